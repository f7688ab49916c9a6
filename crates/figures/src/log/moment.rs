//! Moments as logs write them: a day, a day with a time, with or without an offset. Without one it is Japan's time.

use jiff::{
    Timestamp,
    civil::{DateTime, Time},
    tz::{Offset, offset},
};

/// The offset of Japan.
const JAPAN: Offset = offset(9);

/// Reads `2026-11-24`, `2026/11/24`, `2026-11-24 10:15`, `2026-11-24T10:15:00.5+09:00`, `…Z`.
pub fn read(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let dashed = text.replace('/', "-");
    let civil =
        dashed.parse::<DateTime>().ok().or_else(|| Some(dashed.parse::<jiff::civil::Date>().ok()?.to_datetime(Time::midnight())))?;
    JAPAN.to_timestamp(civil).ok()
}

/// As CSV writes it: midnight in Japan as the day alone.
pub fn short(at: Timestamp) -> String {
    let local = JAPAN.to_datetime(at);
    if local.time() == Time::midnight() { local.date().to_string() } else { full(at) }
}

/// As XES writes it (xs:dateTime with an offset).
pub fn full(at: Timestamp) -> String {
    format!("{}+09:00", JAPAN.to_datetime(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ways_in_which_logs_write_a_moment_are_read() {
        for (text, said) in [
            ("2026-11-24", "2026-11-24"),
            ("2026/11/24", "2026-11-24"),
            ("2026-11-24T00:00:00.000+09:00", "2026-11-24"),
            ("2026-11-24 10:15:00", "2026-11-24T10:15:00+09:00"),
            ("2026-11-24T01:15:00Z", "2026-11-24T10:15:00+09:00"),
            ("2026-11-24T03:15:00.250+02:00", "2026-11-24T10:15:00.25+09:00"),
        ] {
            assert_eq!(read(text).map(short).as_deref(), Some(said), "{text}");
        }
        for text in ["", "yesterday", "2026-13-01", "24.11.2026", "2026-11-24T25:00"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
