//! The mail server that takes our mail: where it is, how it is spoken to, and what it answered.

use std::{
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use lettre::transport::smtp::{
    Error as SmtpError,
    authentication::{Credentials, Mechanism},
    client::{Certificate, SmtpConnection, TlsParameters},
    commands::{Data, Mail, Rcpt},
    extension::ClientId,
};

use crate::{compose::Composed, fate::Why, pace::Pace};

/// How the line to the relay is guarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Plain text: only to loopback.
    Plain,
    /// STARTTLS, required: a relay that does not offer it gets nothing.
    StartTls,
    /// TLS from the first byte.
    Tls,
}

/// Where mail is handed over. Read from an address such as `smtps://name:password@mail.example.jp:465`.
#[derive(Clone, PartialEq, Eq)]
pub struct Relay {
    /// Host name, or an IP address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// See there.
    pub security: Security,
    /// Name and password.
    pub login: Option<(String, String)>,
    /// A certificate authority beside the public ones, PEM: relays inside a town's network have their own.
    pub authority: Option<Vec<u8>>,
    /// What we call ourselves in EHLO.
    pub hello: String,
    /// Connecting and each answer before the content. RFC 5321 4.5.3.2 names five minutes; a worker is worth more.
    pub answer_within: Duration,
    /// The answer after the last dot. RFC 5321 4.5.3.2.6 names ten minutes; a job is claimed for five, and giving up earlier makes a message
    /// unsure, never double.
    pub taken_within: Duration,
    /// Most mails a second, over all connections.
    pub per_second: u32,
    /// How long a relay that could not be reached is left alone, so that a thousand jobs do not wait for it one after another.
    pub left_alone_for: Duration,
}

impl std::fmt::Debug for Relay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never the login.
        write!(f, "Relay({}:{}, {:?})", self.host, self.port, self.security)
    }
}

/// Why a relay cannot be used as configured.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRelay {
    /// The address is not one of the three forms.
    #[error("write smtp://localhost:25, smtp+starttls://name:password@host:587 or smtps://name:password@host:465")]
    Form,
    /// Plain text to another machine.
    #[error("plain smtp:// is only for this machine; write smtp+starttls:// or smtps://")]
    PlainAfar,
    /// The certificate authority or the host name cannot be used.
    #[error("the relay's certificate authority or host name cannot be used")]
    Tls,
}

impl Relay {
    /// Reads an address. Names and passwords may be percent-encoded.
    ///
    /// # Errors
    /// See [`BadRelay`]; each says how to mend it.
    pub fn from_url(url: &str) -> Result<Relay, BadRelay> {
        let (scheme, rest) = url.trim().split_once("://").ok_or(BadRelay::Form)?;
        let (security, usual_port) = match scheme {
            "smtp" => (Security::Plain, 25),
            "smtp+starttls" => (Security::StartTls, 587),
            "smtps" => (Security::Tls, 465),
            _ => return Err(BadRelay::Form),
        };
        let (login, place) = match rest.rsplit_once('@') {
            None => (None, rest),
            Some((login, place)) => {
                let (name, password) = login.split_once(':').ok_or(BadRelay::Form)?;
                (Some((percent_decoded(name)?, percent_decoded(password)?)), place)
            }
        };
        let place = place.trim_end_matches('/');
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) if !host.ends_with(':') && !port.ends_with(']') => (host, port.parse().map_err(|_| BadRelay::Form)?),
            _ => (place, usual_port),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        if host.is_empty() || host.contains(['/', '?', '#', ' ']) {
            return Err(BadRelay::Form);
        }
        if security == Security::Plain && !is_loopback(&host) {
            return Err(BadRelay::PlainAfar);
        }
        Ok(Relay {
            host,
            port,
            security,
            login,
            authority: None,
            hello: "localhost".into(),
            answer_within: Duration::from_secs(30),
            taken_within: Duration::from_secs(180),
            per_second: 20,
            left_alone_for: Duration::from_secs(10),
        })
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn percent_decoded(text: &str) -> Result<String, BadRelay> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digit = |b: Option<u8>| b.and_then(|b| char::from(b).to_digit(16)).ok_or(BadRelay::Form);
            let (high, low) = (digit(rest.next())?, digit(rest.next())?);
            bytes.push(u8::try_from(high * 16 + low).map_err(|_| BadRelay::Form)?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).map_err(|_| BadRelay::Form)
}

/// What came of one try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Try {
    /// The relay took it.
    Taken,
    /// Not now: another try may succeed.
    NotYet(Answer),
    /// Never to this recipient.
    Never(Answer),
    /// The line broke, or the time ran out, after the last dot.
    Unsure,
    /// Somebody else is handing this one over, or has: nothing was sent.
    NotOurs,
}

/// What the relay said, without its sentence: that often repeats the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The reply code; none when there was no answer.
    pub code: Option<u16>,
    /// For staff.
    pub why: Why,
}

/// A connection that stays open between mails.
struct Line {
    connection: SmtpConnection,
    used: u32,
    rests_since: Instant,
}

/// Open lines to keep; as many as there are workers that send.
const LINES_MAX: usize = 4;
/// Relays commonly end a session after a hundred mails.
const MAILS_PER_LINE: u32 = 100;
/// A line that rested for longer is asked (NOOP) before it is used.
const RESTED: Duration = Duration::from_secs(5);
/// A relay may drop a line after five minutes; ours is closed by then.
const RESTS_AT_MOST: Duration = Duration::from_secs(60);

/// The post office: hands mail to a [`Relay`] over a few lines that it keeps open.
pub struct PostOffice {
    relay: Relay,
    tls: Option<TlsParameters>,
    lines: Mutex<Vec<Line>>,
    pace: Mutex<Pace>,
    left_alone_until: Mutex<Option<Instant>>,
}

/// A step of the conversation that failed.
struct Failed {
    error: SmtpError,
    ours: bool,
}

impl PostOffice {
    /// Opens the post office; no connection is made yet, so that a town starts while its mail server is down.
    ///
    /// # Errors
    /// When the certificate authority or the host's name cannot be used.
    pub fn open(relay: Relay) -> Result<PostOffice, BadRelay> {
        let tls = match relay.security {
            Security::Plain => None,
            Security::StartTls | Security::Tls => {
                let mut tls = TlsParameters::builder(relay.host.clone());
                if let Some(pem) = &relay.authority {
                    tls = tls.add_root_certificate(Certificate::from_pem(pem).map_err(|_| BadRelay::Tls)?);
                }
                Some(tls.build().map_err(|_| BadRelay::Tls)?)
            }
        };
        let pace = Mutex::new(Pace::new(relay.per_second));
        Ok(PostOffice { relay, tls, lines: Mutex::default(), pace, left_alone_until: Mutex::default() })
    }

    /// How long to wait before the next mail may be begun, so that the relay is not flooded.
    pub fn wait(&self) -> Duration {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner).next(Instant::now())
    }

    /// The longest that a hand-over may take from its 354 to its answer, with a minute for writing it down.
    pub fn hand_over_at_most(&self) -> Duration {
        self.relay.taken_within * 2 + Duration::from_secs(60)
    }

    /// Hands one mail over. `before_content` is asked when the relay is ready for the content (354) and nothing of it has been
    /// written; it commits that we are handing over, and answers whether this try is ours. See the window in [`crate::fate`].
    ///
    /// # Errors
    /// Whatever `before_content` fails with; nothing has been sent then.
    pub fn hand_over<E>(&self, mail: &Composed, before_content: impl FnOnce() -> Result<bool, E>) -> Result<Try, E> {
        if self.is_left_alone() {
            return Ok(Try::NotYet(Answer { code: None, why: Why::Relay }));
        }
        let mut line = match self.line_ready_for(mail) {
            Ok(line) => line,
            Err(failed) => {
                let failed = tried(&failed);
                if matches!(failed, Try::NotYet(Answer { why: Why::Relay, .. })) {
                    self.leave_alone();
                }
                return Ok(failed);
            }
        };
        let ours = before_content();
        if !matches!(ours, Ok(true)) {
            // There is no way back from DATA but to hang up; the relay drops what is not ended by a dot. Not `abort`: it would write
            // QUIT into the content.
            drop(line);
            return ours.map(|_| Try::NotOurs);
        }
        let _ = line.connection.set_timeout(Some(self.relay.taken_within));
        let mut all_given = false;
        let mut content = Some(mail.content());
        let given = std::iter::from_fn(|| {
            let next = content.take();
            all_given = next.is_none();
            next
        });
        match line.connection.message_iter(given) {
            Ok(_) => {
                self.rest(line);
                Ok(Try::Taken)
            }
            // A clear no after the last dot: the relay did not take it (RFC 5321 4.2.5), and the line is good for the next.
            Err(error) if error.status().is_some() => {
                self.rest(line);
                Ok(tried(&Failed { error, ours: false }))
            }
            Err(error) if all_given => {
                tracing::warn!(timed_out = error.is_timeout(), "the line to the mail relay broke after the last dot");
                Ok(Try::Unsure)
            }
            // The last dot was not written: nothing can have been taken.
            Err(error) => Ok(tried(&Failed { error, ours: true })),
        }
    }

    /// A line on which the relay has said 354 to this mail. A line that had rested and turns out dead is replaced once.
    fn line_ready_for(&self, mail: &Composed) -> Result<Line, Failed> {
        if let Some(mut line) = self.rested() {
            match envelope(&mut line.connection, mail) {
                Ok(()) => return Ok(line),
                Err(failed) if failed.error.status().is_none() => {}
                Err(failed) => {
                    line.connection.abort();
                    return Err(failed);
                }
            }
        }
        let mut connection = self.connect().map_err(|error| Failed { error, ours: true })?;
        match envelope(&mut connection, mail) {
            Ok(()) => Ok(Line { connection, used: 0, rests_since: Instant::now() }),
            Err(failed) => {
                connection.abort();
                Err(failed)
            }
        }
    }

    fn is_left_alone(&self) -> bool {
        let until = *self.left_alone_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }

    fn leave_alone(&self) {
        let until = Instant::now() + self.relay.left_alone_for;
        *self.left_alone_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
    }

    fn connect(&self) -> Result<SmtpConnection, SmtpError> {
        let relay = &self.relay;
        let hello = ClientId::Domain(relay.hello.clone());
        let wrapped = if relay.security == Security::Tls { self.tls.as_ref() } else { None };
        let place = (relay.host.as_str(), relay.port);
        let mut connection = SmtpConnection::connect(place, Some(relay.answer_within), &hello, wrapped, None)?;
        if let (Security::StartTls, Some(tls)) = (relay.security, &self.tls) {
            connection.starttls(tls, &hello)?;
        }
        if let Some((name, password)) = &relay.login {
            let login = Credentials::new(name.clone(), password.clone());
            connection.auth(&[Mechanism::Plain, Mechanism::Login], &login)?;
        }
        Ok(connection)
    }

    fn rested(&self) -> Option<Line> {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let mut line = lines.pop()?;
        drop(lines);
        let rested = line.rests_since.elapsed();
        if rested > RESTS_AT_MOST || (rested > RESTED && !line.connection.test_connected()) {
            return None;
        }
        let _ = line.connection.set_timeout(Some(self.relay.answer_within));
        Some(line)
    }

    fn rest(&self, mut line: Line) {
        line.used += 1;
        line.rests_since = Instant::now();
        if line.used >= MAILS_PER_LINE || line.connection.has_broken() {
            let _ = line.connection.quit();
            return;
        }
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() < LINES_MAX {
            lines.push(line);
        }
    }
}

/// MAIL, RCPT, DATA: until the relay waits for the content. Only an answer to RCPT speaks of the recipient; one to DATA may.
fn envelope(connection: &mut SmtpConnection, mail: &Composed) -> Result<(), Failed> {
    let ours = |error| Failed { error, ours: true };
    let theirs = |error| Failed { error, ours: false };
    connection.command(Mail::new(Some(mail.from.for_envelope()), Vec::new())).map_err(ours)?;
    connection.command(Rcpt::new(mail.to.for_envelope(), Vec::new())).map_err(theirs)?;
    connection.command(Data).map_err(theirs)?;
    Ok(())
}

/// A refusal for good is one only where it speaks of the recipient. A 5xx to our greeting, login or sender address is our own mistake:
/// every mail would be refused for good before somebody has looked, so that it waits and the log says so.
fn tried(failed: &Failed) -> Try {
    let code = failed.error.status().map(u16::from);
    if failed.ours {
        tracing::error!(code, timed_out = failed.error.is_timeout(), tls = failed.error.is_tls(), "the mail relay does not take our mail");
        return Try::NotYet(Answer { code, why: Why::Relay });
    }
    let Some(number) = code else { return Try::NotYet(Answer { code, why: Why::Relay }) };
    let why = Why::from_reply(number, enhanced_code(&failed.error).as_deref());
    if failed.error.is_permanent() { Try::Never(Answer { code, why }) } else { Try::NotYet(Answer { code, why }) }
}

/// `5.1.1` at the beginning of the relay's sentence (RFC 2034).
fn enhanced_code(error: &SmtpError) -> Option<String> {
    let sentence = std::error::Error::source(error)?.to_string();
    let first = sentence.split_whitespace().next()?;
    let is_code =
        first.split('.').count() == 3 && first.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    is_code.then(|| first.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relays_address_is_read_in_its_three_forms() {
        let relay = Relay::from_url("smtps://mihon%40x:p%3Ass@mail.example.jp").unwrap();
        assert_eq!((relay.host.as_str(), relay.port, relay.security), ("mail.example.jp", 465, Security::Tls));
        assert_eq!(relay.login, Some(("mihon@x".into(), "p:ss".into())));
        let relay = Relay::from_url("smtp+starttls://mail.example.jp:2587/").unwrap();
        assert_eq!((relay.port, relay.security, relay.login), (2587, Security::StartTls, None));
        let relay = Relay::from_url("smtp://[::1]:2525").unwrap();
        assert_eq!((relay.host.as_str(), relay.port), ("::1", 2525));
        assert_eq!(Relay::from_url("smtp://127.0.0.1").unwrap().port, 25);
    }

    #[test]
    fn plain_text_goes_nowhere_but_to_this_machine() {
        assert_eq!(Relay::from_url("smtp://mail.example.jp:25"), Err(BadRelay::PlainAfar));
        assert_eq!(Relay::from_url("smtp://localhost.example.jp"), Err(BadRelay::PlainAfar));
        assert!(Relay::from_url("smtp://localhost:2525").is_ok());
    }

    #[test]
    fn what_is_no_relay_is_told_how_to_write_one() {
        for wrong in
            ["mail.example.jp", "http://x", "smtps://", "smtps://host:port", "smtps://name@host", "smtps://a:%zz@host", "smtps://host/path"]
        {
            assert_eq!(Relay::from_url(wrong), Err(BadRelay::Form), "{wrong}");
        }
    }

    #[test]
    fn a_relay_never_prints_its_password() {
        let relay = Relay::from_url("smtps://mihon:geheim@mail.example.jp").unwrap();
        assert!(!format!("{relay:?}").contains("geheim"));
    }
}
