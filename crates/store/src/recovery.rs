//! The recovery sheet: the town's secret on paper, typed back by a tired person in a cold room.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::StoreError;

/// Crockford's letters: none that look alike, none that make words.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// 256 bits are 52 letters of 5 bits (the last holds one bit): 13 groups of four, each with a fifth that checks it.
const GROUPS: usize = 13;

/// Twenty bits of a digest: the last group, which checks that the groups stand in their order.
const CHECK_LETTERS: usize = 4;

/// The town's secret as groups of five letters. Show it once, print it, put it into the safe; it is kept nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoverySheet {
    groups: Vec<String>,
}

impl RecoverySheet {
    pub(crate) fn of(secret: &[u8; 32]) -> RecoverySheet {
        let letters: Vec<u8> = letters(secret, GROUPS * 4).into_iter().chain(letters(&Sha256::digest(secret), CHECK_LETTERS)).collect();
        let groups = letters.chunks(4).enumerate().map(|(at, group)| {
            let group: Vec<u8> = group.iter().copied().chain([check(at, group)]).collect();
            group.iter().map(|value| char::from(LETTERS[usize::from(*value)])).collect()
        });
        RecoverySheet { groups: groups.collect() }
    }

    /// The groups in their order, for printing.
    pub fn groups(&self) -> &[String] {
        &self.groups
    }

    /// Reads what was typed: small letters, full-width letters, O for 0, I and L for 1, any spaces and dashes are fine.
    pub(crate) fn read(typed: &str) -> Result<[u8; 32], StoreError> {
        let values: Vec<u8> = typed
            .chars()
            .filter(|letter| !letter.is_whitespace() && !"-‐－ー・".contains(*letter))
            .map(value)
            .collect::<Option<Vec<u8>>>()
            .ok_or(StoreError::Key("the recovery sheet has digits and capital letters only"))?;
        if values.len() != (GROUPS + 1) * 5 {
            return Err(StoreError::Other(format!(
                "the recovery sheet has {} groups of five letters; {} letters were typed",
                GROUPS + 1,
                values.len()
            )));
        }
        let groups: Vec<&[u8]> = values.chunks(5).collect();
        if let Some(wrong) = groups.iter().enumerate().find(|(at, group)| check(*at, &group[..4]) != group[4]) {
            return Err(StoreError::Other(format!("group {} of the recovery sheet is mistyped", wrong.0 + 1)));
        }
        let letters: Vec<u8> = groups.iter().flat_map(|group| group[..4].to_vec()).collect();
        let secret = bytes(&letters[..GROUPS * 4]);
        if letters[GROUPS * 4..] != self::letters(&Sha256::digest(secret), CHECK_LETTERS) {
            return Err(StoreError::Key("the groups of the recovery sheet do not belong together; was it the sheet of this town?"));
        }
        Ok(secret)
    }
}

impl fmt::Display for RecoverySheet {
    /// Five groups a line, each line numbered by its first group.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (line, groups) in self.groups.chunks(5).enumerate() {
            writeln!(out, "{:>2}  {}", line * 5 + 1, groups.join("  "))?;
        }
        Ok(())
    }
}

impl fmt::Debug for RecoverySheet {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("RecoverySheet (secret)")
    }
}

/// Five bits at a time, most significant first.
fn letters(bytes: &[u8], count: usize) -> Vec<u8> {
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
    (0..count).map(|letter| (0..5).fold(0, |value, at| value << 1 | bit(letter * 5 + at))).collect()
}

fn bytes(letters: &[u8]) -> [u8; 32] {
    let bit = |at: usize| letters[at / 5] >> (4 - at % 5) & 1;
    let mut bytes = [0; 32];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = (0..8).fold(0, |value, at| value << 1 | bit(index * 8 + at));
    }
    bytes
}

/// Weights that are odd and differ by two or four find any one wrong letter and nearly every swap.
fn check(group: usize, values: &[u8]) -> u8 {
    let weighted: usize = values.iter().enumerate().map(|(at, value)| (2 * at + 3) * usize::from(*value)).sum();
    ((weighted + 7 * group) % 32) as u8
}

fn value(letter: char) -> Option<u8> {
    // Full-width letters lie at a fixed distance from ASCII's.
    let narrow = match u32::from(letter) {
        wide @ 0xFF01..=0xFF5E => char::from_u32(wide - 0xFEE0)?,
        _ => letter,
    };
    let plain = match narrow.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    LETTERS.iter().position(|known| char::from(*known) == plain).and_then(|at| u8::try_from(at).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> [u8; 32] {
        std::array::from_fn(|at| (at * 37 + 11) as u8)
    }

    #[test]
    fn a_sheet_typed_back_gives_the_secret_however_it_is_typed() {
        let printed = RecoverySheet::of(&secret()).groups().join("-");
        let wide: String = printed.chars().map(|letter| char::from_u32(u32::from(letter) + 0xFEE0).expect("a wide letter")).collect();
        for typed in [printed.clone(), printed.to_lowercase(), printed.replace('0', "O").replace('1', "l"), wide] {
            assert_eq!(RecoverySheet::read(&typed).expect("read"), secret());
        }
    }

    #[test]
    fn every_single_mistyped_letter_is_found_in_its_group() {
        let printed = RecoverySheet::of(&secret()).groups().concat();
        for at in 0..printed.len() {
            for wrong in LETTERS.iter().map(|letter| char::from(*letter)) {
                let mut typed: Vec<char> = printed.chars().collect();
                if typed[at] == wrong {
                    continue;
                }
                typed[at] = wrong;
                let refused = RecoverySheet::read(&typed.iter().collect::<String>()).expect_err("mistyped").to_string();
                assert_eq!(refused, format!("group {} of the recovery sheet is mistyped", at / 5 + 1));
            }
        }
    }

    #[test]
    fn groups_of_another_sheet_or_too_few_are_refused() {
        let mut groups = RecoverySheet::of(&secret()).groups().to_vec();
        groups[13] = RecoverySheet::of(&[9; 32]).groups()[13].clone();
        assert!(RecoverySheet::read(&groups.concat()).is_err());
        assert!(RecoverySheet::read(&groups[..13].concat()).is_err());
        assert!(RecoverySheet::read("").is_err());
        assert!(RecoverySheet::read(&"あ".repeat(70)).is_err());
    }
}
