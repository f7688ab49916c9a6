//! One session with the catcher, RFC 5321.

use std::{io, time::Duration};

use jiff::Timestamp;
use tokio::{
    io::{AsyncBufRead, AsyncBufReadExt, AsyncWrite, AsyncWriteExt, BufReader},
    net::TcpStream,
};

use super::{Caughts, LINE_BYTES_MAX, MAIL_BYTES_MAX, RECIPIENTS_MAX};

/// After this many commands that were not understood the line is closed: it is no mail server that talks there.
const NONSENSE_MAX: u32 = 20;

/// What has been said so far of the mail to come.
#[derive(Default)]
struct Envelope {
    from: Option<String>,
    to: Vec<String>,
}

/// What a command leads to.
enum Next {
    Say(&'static str),
    Data,
    Quit,
}

pub(super) async fn serve(stream: TcpStream, caughts: &Caughts, patience: Duration, now: fn() -> Timestamp) -> io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::with_capacity(LINE_BYTES_MAX, read);
    say(&mut write, "220 localhost ESMTP catcher of a demo: mail goes no further").await?;
    let (mut greeted, mut nonsense, mut envelope) = (false, 0, Envelope::default());
    loop {
        let line = match next_line(&mut read, patience).await? {
            Line::Whole(line) => line,
            Line::TooLong => {
                say(&mut write, "500 5.5.6 line too long").await?;
                continue;
            }
            Line::Late => return say(&mut write, "421 4.4.2 waited too long").await,
            Line::End => return Ok(()),
        };
        match command(&line, &mut greeted, &mut envelope) {
            Next::Say(answer) => {
                nonsense += u32::from(answer.starts_with("500"));
                say(&mut write, answer).await?;
                if nonsense >= NONSENSE_MAX {
                    return say(&mut write, "421 4.7.0 this is a mail server").await;
                }
            }
            Next::Data => {
                say(&mut write, "354 end with a dot on a line of its own").await?;
                let Some(answer) = data(&mut read, &mut envelope, caughts, patience, now).await? else { return Ok(()) };
                say(&mut write, answer).await?;
            }
            Next::Quit => return say(&mut write, "221 2.0.0 bye").await,
        }
    }
}

fn command(line: &[u8], greeted: &mut bool, envelope: &mut Envelope) -> Next {
    let Ok(line) = std::str::from_utf8(line) else { return Next::Say("500 5.5.2 not ASCII") };
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    let rest = rest.trim();
    match verb.to_ascii_uppercase().as_str() {
        "EHLO" if !rest.is_empty() => {
            (*greeted, *envelope) = (true, Envelope::default());
            Next::Say("250-localhost\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250-PIPELINING\r\n250 SIZE 262144")
        }
        "HELO" if !rest.is_empty() => {
            (*greeted, *envelope) = (true, Envelope::default());
            Next::Say("250 localhost")
        }
        "EHLO" | "HELO" => Next::Say("501 5.5.4 name yourself"),
        "NOOP" => Next::Say("250 2.0.0 ok"),
        "QUIT" => Next::Quit,
        "RSET" => {
            *envelope = Envelope::default();
            Next::Say("250 2.0.0 forgotten")
        }
        "VRFY" => Next::Say("252 2.1.5 try it"),
        "HELP" => Next::Say("214 2.0.0 RFC 5321"),
        "MAIL" | "RCPT" | "DATA" if !*greeted => Next::Say("503 5.5.1 say EHLO first"),
        "MAIL" => Next::Say(mail(rest, envelope)),
        "RCPT" => Next::Say(rcpt(rest, envelope)),
        "DATA" if !rest.is_empty() => Next::Say("501 5.5.4 DATA stands alone"),
        "DATA" if envelope.to.is_empty() => Next::Say("503 5.5.1 say RCPT first"),
        "DATA" => Next::Data,
        _ => Next::Say("500 5.5.1 not understood"),
    }
}

fn mail(rest: &str, envelope: &mut Envelope) -> &'static str {
    if envelope.from.is_some() {
        return "503 5.5.1 one sender is enough; RSET forgets";
    }
    let Some((from, parameters)) = path(rest, "FROM:") else { return "501 5.5.4 MAIL FROM:<address>" };
    for parameter in parameters.split_whitespace() {
        let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        match key.to_ascii_uppercase().as_str() {
            "SIZE" => match value.parse::<usize>() {
                Ok(size) if size <= MAIL_BYTES_MAX => {}
                Ok(_) => return "552 5.3.4 too large",
                Err(_) => return "501 5.5.4 SIZE wants a number",
            },
            "BODY" if matches!(value.to_ascii_uppercase().as_str(), "7BIT" | "8BITMIME") => {}
            _ => return "555 5.5.4 parameter not known",
        }
    }
    envelope.from = Some(from);
    "250 2.1.0 ok"
}

fn rcpt(rest: &str, envelope: &mut Envelope) -> &'static str {
    if envelope.from.is_none() {
        return "503 5.5.1 say MAIL first";
    }
    match path(rest, "TO:") {
        None => "501 5.5.4 RCPT TO:<address>",
        Some((to, _)) if to.is_empty() => "501 5.1.3 no address",
        Some((_, parameters)) if !parameters.trim().is_empty() => "555 5.5.4 parameter not known",
        Some(_) if envelope.to.len() >= RECIPIENTS_MAX => "452 4.5.3 too many recipients",
        Some((to, _)) => {
            envelope.to.push(to);
            "250 2.1.5 ok"
        }
    }
}

/// `FROM:<hanako@example.jp> SIZE=12` → the address, the parameters. The local part may be quoted and hold a bracket then.
fn path(rest: &str, keyword: &str) -> Option<(String, String)> {
    let head = rest.get(..keyword.len())?;
    if !head.eq_ignore_ascii_case(keyword) {
        return None;
    }
    let inner = rest[keyword.len()..].trim_start().strip_prefix('<')?;
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in inner.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '>' if !quoted => return Some((inner[..at].to_owned(), inner[at + 1..].to_owned())),
            c if c.is_control() => return None,
            _ => {}
        }
    }
    None
}

/// Reads the content to its last dot. None when the line broke: the mail was not taken then.
async fn data<R: AsyncBufRead + Unpin>(
    read: &mut R,
    envelope: &mut Envelope,
    caughts: &Caughts,
    patience: Duration,
    now: fn() -> Timestamp,
) -> io::Result<Option<&'static str>> {
    let mut content = Vec::new();
    let mut refused = None;
    loop {
        match next_line(read, patience).await? {
            Line::Late | Line::End => return Ok(None),
            Line::TooLong => refused = Some("500 5.5.6 line too long"),
            Line::Whole(line) if line == b"." => break,
            Line::Whole(line) => {
                // A leading dot was doubled by the sender, 4.5.2.
                let line = line.strip_prefix(b".").unwrap_or(&line);
                if content.len() + line.len() + 2 > MAIL_BYTES_MAX {
                    refused = Some("552 5.3.4 too large");
                    content.clear();
                } else if refused.is_none() {
                    content.extend_from_slice(line);
                    content.extend_from_slice(b"\r\n");
                }
            }
        }
    }
    let envelope = std::mem::take(envelope);
    if let Some(answer) = refused {
        return Ok(Some(answer));
    }
    caughts.put(now(), envelope.from.unwrap_or_default(), envelope.to, content);
    Ok(Some("250 2.0.0 caught"))
}

enum Line {
    Whole(Vec<u8>),
    TooLong,
    Late,
    End,
}

/// A line without its CRLF. Only CRLF ends a line (2.3.8): a bare LF or CR is text, so that nobody smuggles a second mail behind a dot.
async fn next_line<R: AsyncBufRead + Unpin>(read: &mut R, patience: Duration) -> io::Result<Line> {
    let reading = async {
        let mut line = Vec::new();
        let mut too_long = false;
        loop {
            let some = read.fill_buf().await?;
            if some.is_empty() {
                return Ok(Line::End);
            }
            let end = some.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
            let taken = end.unwrap_or(some.len());
            line.extend_from_slice(&some[..taken]);
            read.consume(taken);
            let whole = end.is_some() && line.ends_with(b"\r\n");
            if line.len() > LINE_BYTES_MAX {
                too_long = true;
                // The last byte stays: a CR may be waiting for its LF.
                line.drain(..line.len() - 2);
            }
            if whole {
                line.truncate(line.len().saturating_sub(2));
                return Ok(if too_long { Line::TooLong } else { Line::Whole(line) });
            }
        }
    };
    tokio::time::timeout(patience, reading).await.unwrap_or(Ok(Line::Late))
}

async fn say<W: AsyncWrite + Unpin>(write: &mut W, answer: &str) -> io::Result<()> {
    write.write_all(answer.as_bytes()).await?;
    write.write_all(b"\r\n").await?;
    write.flush().await
}
