//! Digits as people type them: full width, with spaces and any of a dozen dashes between.

/// The dashes that keyboards, word processors and phones put where a hyphen is meant (standards: address matching, numbers).
pub(crate) fn is_dash(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{2010}'
            ..='\u{2015}'
                | '\u{2043}'
                | '\u{207B}'
                | '\u{2212}'
                | '\u{2500}'
                | '\u{2501}'
                | '\u{30FC}'
                | '\u{FE63}'
                | '\u{FF0D}'
                | '\u{FF70}'
    )
}

/// The value of a digit, half or full width.
pub(crate) fn digit(c: char) -> Option<u8> {
    match c {
        '0'..='9' => Some(c as u8 - b'0'),
        '０'..='９' => u8::try_from(u32::from(c) - u32::from('０')).ok(),
        _ => None,
    }
}

/// The digits of a number of fixed length, spaces and dashes left out. None when anything else stands there or the count is wrong, so that
/// ten megabytes of digits cost no more than one digit too many.
pub(crate) fn exactly<const N: usize>(typed: &str) -> Option<[u8; N]> {
    let mut found = [0u8; N];
    let mut count = 0;
    for c in typed.chars() {
        if let Some(value) = digit(c) {
            *found.get_mut(count)? = value;
            count += 1;
        } else if !(c.is_whitespace() || is_dash(c)) {
            return None;
        }
    }
    (count == N).then_some(found)
}

/// Digits back as text.
pub(crate) fn text(digits: &[u8]) -> String {
    digits.iter().map(|d| char::from(b'0' + d)).collect()
}

/// The value of a digit written as a kanji.
pub(crate) fn kanji_digit(c: char) -> Option<u32> {
    Some(match c {
        '〇' | '零' => 0,
        '一' | '壱' | '壹' => 1,
        '二' | '弐' | '貳' => 2,
        '三' | '参' | '參' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    })
}

/// A number written in kanji, by place (二十三) or by digit (二〇二六); none when anything else stands there or it passes 9,999.
pub(crate) fn kanji_number(text: &str) -> Option<u32> {
    let mut total: u32 = 0;
    let mut run: Option<u32> = None;
    let mut smallest_unit = 10_000;
    for c in text.chars() {
        if let Some(digit) = kanji_digit(c) {
            run = Some(run.unwrap_or(0) * 10 + digit).filter(|value| *value <= 9_999);
            run?;
            continue;
        }
        let unit = match c {
            '十' | '拾' => 10,
            '百' => 100,
            '千' => 1_000,
            _ => return None,
        };
        // Units fall: 百二十 is a number, 十百 is none; before a unit stands one digit.
        if unit >= smallest_unit || run.is_some_and(|digit| digit == 0 || digit > 9) {
            return None;
        }
        total += run.take().unwrap_or(1) * unit;
        smallest_unit = unit;
    }
    if smallest_unit < 10_000 && run.is_some_and(|digit| digit >= smallest_unit) {
        return None;
    }
    (!text.is_empty()).then_some(total + run.unwrap_or(0))
}

/// A number below 10,000 in kanji by place, as registers write a 丁目: 二十四.
pub(crate) fn kanji_text(number: u16) -> String {
    const DIGITS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    if number == 0 || number > 9_999 {
        return if number == 0 { "〇".into() } else { number.to_string() };
    }
    let mut text = String::new();
    for (unit, word) in [(1_000, "千"), (100, "百"), (10, "十"), (1, "")] {
        let digit = number / unit % 10;
        if digit == 0 {
            continue;
        }
        // One ten is 十, not 一十.
        if digit > 1 || unit == 1 {
            text.push(DIGITS[usize::from(digit)]);
        }
        text.push_str(word);
    }
    text
}

/// One to `most` digits, spaces and dashes left out; none when anything else stands there.
pub(crate) fn at_most(typed: &str, most: usize) -> Option<Vec<u8>> {
    let mut found = Vec::with_capacity(most);
    for c in typed.chars() {
        match digit(c) {
            Some(_) if found.len() == most => return None,
            Some(value) => found.push(value),
            None if c.is_whitespace() || is_dash(c) => {}
            None => return None,
        }
    }
    (!found.is_empty()).then_some(found)
}
