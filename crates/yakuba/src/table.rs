//! Tables at the terminal, where a character of Japanese takes the room of two letters.

/// How a column stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// Lines of a table whose columns stand below each other, indented by two.
pub fn lines(sides: &[Side], rows: &[Vec<String>]) -> Vec<String> {
    let widest = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max().unwrap_or(0);
    let widths: Vec<usize> = (0..sides.len()).map(widest).collect();
    rows.iter()
        .map(|row| {
            let cells = row.iter().zip(sides).zip(&widths).map(|((cell, side), wide)| {
                let room = " ".repeat(wide.saturating_sub(width(cell)));
                if *side == Side::Left { format!("{cell}{room}") } else { format!("{room}{cell}") }
            });
            format!("  {}", cells.collect::<Vec<_>>().join("  ")).trim_end().to_owned()
        })
        .collect()
}

/// Prints a text that may be long. That its reader has gone away, as behind `| head`, is no fault of ours.
pub fn print(text: &str) {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// How many letters wide a text is: kana, kanji and full-width forms count two (Unicode TR11, as far as definitions need it).
fn width(text: &str) -> usize {
    text.chars()
        .map(|c| {
            if matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{ffdc}' | '\u{ffe0}'..='\u{ffee}' | '\u{20000}'..='\u{3ffff}')
                && !matches!(c, '\u{ff61}'..='\u{ffdc}')
            {
                2
            } else {
                1
            }
        })
        .sum()
}

/// A number with commas: `1,234,567`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A share as percent with one digit, rounded down: 99.99 % are not all.
pub fn percent(share: f64) -> String {
    format!("{:.1} %", (share * 1000.0).floor() / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other() {
        let rows = [vec!["転入".to_owned(), "1,234".to_owned()], vec!["ab".to_owned(), "5".to_owned()]];
        assert_eq!(lines(&[Side::Left, Side::Right], &rows), ["  転入  1,234", "  ab        5"]);
        assert_eq!(width("ｶﾅ（全角）"), 10);
    }

    #[test]
    fn numbers_are_read_aloud_by_their_commas() {
        assert_eq!([0, 999, 1_000, 123_490_614].map(grouped), ["0", "999", "1,000", "123,490,614"]);
        assert_eq!([0.0, 0.9999, 1.0, 0.1234].map(percent), ["0.0 %", "99.9 %", "100.0 %", "12.3 %"]);
    }
}
