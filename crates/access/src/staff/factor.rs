//! 確認コード The second factor: time-based codes (TOTP, RFC 6238) from an app on the clerk's telephone or a token in the drawer.

use jiff::Timestamp;
use totp_rs::{Algorithm, Builder, Secret};

use crate::token::{NoChance, percent};

/// What authenticator apps expect when nothing is said: SHA-1, six digits, 30 seconds. SHA-1's collisions do not matter for HMAC
/// (RFC 4226, appendix B.2), and several apps silently fall back to it.
const DIGITS: u8 = 6;
const STEP_SECONDS: u64 = 30;

/// One step earlier and one later, for clocks that go wrong (RFC 6238, section 5.2).
const STEPS_OF_SKEW: u16 = 1;

/// 160 bits, as RFC 4226, section 4 recommends.
const SECRET_BYTES: usize = 20;

/// A secret shared by the town and one clerk's app. Stored sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct Factor(Vec<u8>);

impl std::fmt::Debug for Factor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Factor(…)")
    }
}

impl Factor {
    /// A new one.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn draw() -> Result<Factor, NoChance> {
        let mut bytes = vec![0; SECRET_BYTES];
        getrandom::fill(&mut bytes).map_err(|_| NoChance)?;
        Ok(Factor(bytes))
    }

    /// The secret of these bytes.
    pub fn of(bytes: Vec<u8>) -> Factor {
        Factor(bytes)
    }

    /// The secret's bytes, to be sealed.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Which step of time the code belongs to; `None` when it is wrong. The caller takes only steps later than the last one used: a code
    /// read over a shoulder opens nothing.
    pub fn step_of(&self, typed: &str, now: Timestamp) -> Option<i64> {
        let code: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').map(ascii_digit).collect();
        let seconds = u64::try_from(now.as_second()).ok()?;
        self.totp().check(&code, seconds).and_then(|step| i64::try_from(step).ok())
    }

    /// The code at a moment: what the app shows.
    pub fn code_at(&self, moment: Timestamp) -> String {
        self.totp().generate(u64::try_from(moment.as_second()).unwrap_or(0)).to_string()
    }

    /// For typing by hand, in groups of four.
    pub fn shown(&self) -> String {
        let base32 = Secret::from(self.0.clone()).to_base32();
        let groups: Vec<String> = base32.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
        groups.join(" ")
    }

    /// What the QR code says (Key URI Format of authenticator apps).
    pub fn uri(&self, town: &str, login: &str) -> String {
        let base32 = Secret::from(self.0.clone()).to_base32();
        let (town, login) = (percent(town), percent(login));
        format!("otpauth://totp/{town}:{login}?secret={base32}&issuer={town}&algorithm=SHA1&digits={DIGITS}&period={STEP_SECONDS}")
    }

    fn totp(&self) -> totp_rs::Totp {
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(DIGITS)
            .with_skew(STEPS_OF_SKEW)
            .with_step_duration(STEP_SECONDS)
            .with_secret(self.0.clone())
            .build_noncompliant()
    }
}

fn ascii_digit(c: char) -> char {
    match c {
        '０'..='９' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    /// RFC 6238, appendix B, the last six of the eight digits.
    #[test]
    fn the_codes_are_those_of_the_standards_table() {
        let factor = Factor::of(b"12345678901234567890".to_vec());
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")] {
            assert_eq!(factor.code_at(at(seconds)), code, "{seconds}");
            assert_eq!(factor.step_of(code, at(seconds)), Some(seconds / 30));
        }
    }

    #[test]
    fn a_clock_may_go_wrong_by_one_step_and_not_by_two() {
        let factor = Factor::of(b"12345678901234567890".to_vec());
        let code = factor.code_at(at(300));
        assert_eq!(factor.step_of(&code, at(330)), Some(10));
        assert_eq!(factor.step_of(&code, at(270)), Some(10));
        assert_eq!(factor.step_of(&code, at(360)), None);
        assert_eq!(factor.step_of(&code, at(240)), None);
    }

    #[test]
    fn a_code_may_be_typed_with_a_gap_or_in_full_width() {
        let factor = Factor::of(b"12345678901234567890".to_vec());
        assert_eq!(factor.step_of("287 082", at(59)), Some(1));
        assert_eq!(factor.step_of("２８７０８２", at(59)), Some(1));
        for wrong in ["", "28708", "2870822", "abcdef", "287083"] {
            assert_eq!(factor.step_of(wrong, at(59)), None, "{wrong}");
        }
    }
}
