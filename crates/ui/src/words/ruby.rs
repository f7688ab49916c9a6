//! Furigana in wording, in the notation that Japanese readers know from 青空文庫: `申請《しんせい》` puts the reading over the kanji
//! before it, `｜お子さん《おこさん》` says where the base begins. Braces are Fluent's own, so they cannot carry readings.
//!
//! Readings come from authors, never from guesses: a name is read as the register or its owner says, or not at all.

use maud::{Markup, PreEscaped};

/// What stands for the three marks inside a value that is put into a message, so that a name with 《 in it stays itself.
const SHIELDS: [(char, char); 3] = [('《', '\u{e000}'), ('》', '\u{e001}'), ('｜', '\u{e002}')];

/// Ends a value, so that its kanji do not grow together with those of the message: `{ $town }役所《やくしょ》` reads 役所 only.
const END: char = '\u{e003}';

/// Hides the marks of a value from the notation until [`plain`] or [`html`] has read the message.
pub(super) fn shield(value: &str) -> String {
    let shielded = value.chars().map(|c| SHIELDS.iter().find(|(mark, _)| *mark == c).map_or(c, |(_, shield)| *shield));
    shielded.chain([END]).collect()
}

/// What is never shown: the bar that begins a base, the end of a value.
fn is_silent(c: char) -> bool {
    c == '｜' || c == END
}

/// Takes the shields away again: for values that are themselves our messages.
pub(super) fn open(text: &str) -> String {
    text.chars().filter(|c| *c != END).map(unshield).collect()
}

fn unshield(c: char) -> char {
    SHIELDS.iter().find(|(_, shield)| *shield == c).map_or(c, |(mark, _)| *mark)
}

/// A piece of a text: as it is, or with a reading above it.
#[derive(Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Ruby { base: String, reading: String },
}

/// The kanji that a reading without `｜` belongs to; 々 repeats, 〆 and ヶ are read with their neighbours.
fn is_kanji(c: char) -> bool {
    matches!(c, '々' | '〆' | 'ヶ' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' | '\u{e0100}'..='\u{e01ef}')
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(open) = rest.find('《') {
        let Some(close) = rest[open..].find('》').map(|at| open + at) else { break };
        let before = &rest[..open];
        let reading = &rest[open + '《'.len_utf8()..close];
        let start = match before.rfind('｜') {
            Some(bar) => bar,
            None => before.char_indices().rev().take_while(|(_, c)| is_kanji(*c)).last().map_or(open, |(at, _)| at),
        };
        let base = before[start..].trim_start_matches('｜');
        plain.push_str(&before[..start]);
        if base.is_empty() {
            // A reading without a base: an author's slip. The reading itself is the more useful half.
            plain.push_str(reading);
        } else {
            if !plain.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
            }
            pieces.push(Piece::Ruby { base: base.into(), reading: reading.into() });
        }
        rest = &rest[close + '》'.len_utf8()..];
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    pieces
}

/// The text without readings: for attributes, titles, mail.
pub fn plain(text: &str) -> String {
    if !text.contains('《') {
        return text.chars().filter(|c| !is_silent(*c)).map(unshield).collect();
    }
    pieces(text)
        .into_iter()
        .flat_map(|piece| match piece {
            Piece::Text(text) => text.chars().filter(|c| !is_silent(*c)).map(unshield).collect::<Vec<_>>(),
            Piece::Ruby { base, .. } => base.chars().filter(|c| !is_silent(*c)).map(unshield).collect(),
        })
        .collect()
}

/// The text with its readings as `<ruby>`, everything else escaped. Readers without ruby see 漢字(かんじ).
pub fn html(text: &str) -> Markup {
    let mut out = String::with_capacity(text.len() * 2);
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => escape(&text, &mut out),
            Piece::Ruby { base, reading } => {
                out.push_str("<ruby>");
                escape(&base, &mut out);
                out.push_str("<rp>(</rp><rt>");
                escape(&reading, &mut out);
                out.push_str("</rt><rp>)</rp></ruby>");
            }
        }
    }
    PreEscaped(out)
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars().filter(|c| !is_silent(*c)).map(unshield) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_stand_over_their_kanji() {
        assert_eq!(
            html("申請《しんせい》を 出《だ》す").into_string(),
            "<ruby>申請<rp>(</rp><rt>しんせい</rt><rp>)</rp></ruby>を <ruby>出<rp>(</rp><rt>だ</rt><rp>)</rp></ruby>す"
        );
        assert_eq!(html("｜お子さん《おこさん》").into_string(), "<ruby>お子さん<rp>(</rp><rt>おこさん</rt><rp>)</rp></ruby>");
    }

    #[test]
    fn attributes_hold_the_text_without_readings() {
        assert_eq!(plain("申請《しんせい》を 出《だ》す"), "申請を 出す");
        assert_eq!(plain("｜11月《がつ》"), "11月");
    }

    #[test]
    fn what_people_typed_is_neither_markup_nor_furigana() {
        assert_eq!(html("<b>&\"").into_string(), "&lt;b&gt;&amp;&quot;");
        assert_eq!(plain(&shield("山《やま》｜")), "山《やま》｜");
        assert_eq!(html(&shield("山《やま》")).into_string(), "山《やま》");
    }

    #[test]
    fn the_name_of_a_town_does_not_take_part_in_the_reading_after_it() {
        let message = format!("{}役所《やくしょ》", shield("見本市"));
        assert_eq!(html(&message).into_string(), "見本市<ruby>役所<rp>(</rp><rt>やくしょ</rt><rp>)</rp></ruby>");
        assert_eq!(plain(&message), "見本市役所");
    }

    #[test]
    fn a_mark_left_open_loses_nothing() {
        assert_eq!(html("申請《しんせい").into_string(), "申請《しんせい");
        assert_eq!(plain("《だ》す"), "だす");
    }
}
