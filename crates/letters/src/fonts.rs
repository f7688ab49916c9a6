//! # 書体 Fonts
//!
//! The three fonts of every letter, embedded in the program so that a letter never depends on the machine: BIZ UDMincho for the text, BIZ
//! UDGothic for labels and receipts, Noto Serif CJK JP for what the two lack. All are under the SIL Open Font License (`fonts/README.md`).
//!
//! A name is printed as the person writes it. A kanji with a variation selector (IVS, 異体字) counts as covered only by a font that has this
//! very shape, because a font without it silently prints the ordinary one.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use typst::{
    foundations::Bytes,
    layout::Abs,
    text::{Font, FontBook, FontInstance, FontVariant, FontVariations},
    utils::LazyHash,
};

const FILES: [&[u8]; 3] = [
    include_bytes!("../fonts/BIZUDMincho-Regular.ttf"),
    include_bytes!("../fonts/BIZUDGothic-Regular.ttf"),
    include_bytes!("../fonts/NotoSerifCJKjp-Regular.otf"),
];

/// The fonts, opened once.
pub(crate) struct Fonts {
    pub(crate) book: LazyHash<FontBook>,
    pub(crate) fonts: Vec<Font>,
    faces: Vec<FontInstance>,
}

static FONTS: LazyLock<Fonts> = LazyLock::new(|| {
    let fonts: Vec<Font> = FILES.iter().flat_map(|file| Font::iter(Bytes::new(*file))).collect();
    let faces =
        fonts.iter().map(|font| font.clone().instantiate(FontVariant::default(), Abs::pt(10.5), &FontVariations::default())).collect();
    Fonts { book: LazyHash::new(FontBook::from_fonts(&fonts)), fonts, faces }
});

/// Written down, so that no decision waits for 20 MB to be hashed; a test compares it with the files.
const DIGEST: &str = "7cfb17efc89c2b64024acc5c5d900fa67d3a326c7a7db474d67ad3f0a92a48ad";

/// The fonts.
pub(crate) fn fonts() -> &'static Fonts {
    &FONTS
}

/// The digest of all fonts, frozen with every letter.
pub const fn digest() -> &'static str {
    DIGEST
}

/// What is printed as one shape: a character and, for 異体字, its variation selector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Character {
    /// The character.
    pub base: char,
    /// The variation selector that chooses among its shapes (IVS, or a standardized variation).
    pub selector: Option<char>,
}

impl std::fmt::Display for Character {
    /// As staff read it: the character and its code points, since a screen may lack the shape too: `𠮟（U+20B9F）`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown = if self.base.is_control() { '□' } else { self.base };
        match self.selector {
            Some(selector) => write!(f, "{shown}{selector}（U+{:04X} U+{:04X}）", u32::from(self.base), u32::from(selector)),
            None => write!(f, "{shown}（U+{:04X}）", u32::from(self.base)),
        }
    }
}

fn is_selector(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// Lays no ink by design: line ends, spaces, joiners and marks of direction.
fn is_without_ink(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{FEFF}')
}

/// The shapes that a text asks for. A selector without a character before it stands for itself, and no font has it.
pub(crate) fn characters(text: &str) -> impl Iterator<Item = Character> {
    let mut chars = text.chars().peekable();
    std::iter::from_fn(move || {
        loop {
            let base = chars.next()?;
            if is_without_ink(base) {
                continue;
            }
            let selector = if is_selector(base) { None } else { chars.next_if(|c| is_selector(*c)) };
            return Some(Character { base, selector });
        }
    })
}

impl Fonts {
    fn has(face: &FontInstance, character: Character) -> bool {
        match character.selector {
            None => face.ttf().glyph_index(character.base).is_some_and(|glyph| glyph.0 != 0),
            Some(selector) => face.ttf().glyph_variation_index(character.base, selector).is_some_and(|glyph| glyph.0 != 0),
        }
    }

    /// Whether some font has this very shape.
    pub(crate) fn cover(&self, character: Character) -> bool {
        self.faces.iter().any(|face| Self::has(face, character))
    }

    /// Whether the shape must come from the fallback though the BIZ fonts have its ordinary form: the typesetter would stay with them.
    pub(crate) fn needs_fallback(&self, character: Character) -> bool {
        let mut faces = self.faces.iter();
        let mincho = faces.next().is_some_and(|face| Self::has(face, character));
        let gothic = faces.next().is_some_and(|face| Self::has(face, character));
        character.selector.is_some() && !(mincho && gothic) && self.cover(character)
    }
}

/// The characters of a text that no font of ours has, each once, in order of their code.
pub fn missing_characters(text: &str) -> Vec<Character> {
    let mut missing: Vec<Character> = characters(text).filter(|character| !fonts().cover(*character)).collect();
    missing.sort_unstable();
    missing.dedup();
    missing
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn the_digest_is_that_of_the_files() {
        let mut digest = Sha256::new();
        for file in FILES {
            digest.update((file.len() as u64).to_be_bytes());
            digest.update(file);
        }
        assert_eq!(crate::hex(&digest.finalize()), DIGEST, "a font was changed: write its digest down");
    }

    #[test]
    fn all_three_fonts_open() {
        assert_eq!(fonts().fonts.len(), 3);
        assert_eq!(fonts().fonts[2].info().family, "Noto Serif CJK JP");
    }

    #[test]
    fn names_of_real_people_can_be_printed() {
        // 髙 and 﨑 are in BIZ; 𠮷 and 𠮟 need the fallback; 葛 and 辻 with a selector are other shapes of the same kanji.
        for name in
            ["佐藤花子", "髙橋", "山﨑", "𠮷田", "𠮟", "葛\u{E0100}城", "辻\u{E0101}", "グエン・ヴァン・アン", "Maria da Conceição", "か゚"]
        {
            assert_eq!(missing_characters(name), [], "{name}");
        }
    }

    #[test]
    fn what_no_font_has_is_named_once_with_its_code() {
        let missing = missing_characters("田中😀太郎😀\u{E000}\u{0}");
        let shown: Vec<String> = missing.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["□（U+0000）", "\u{E000}（U+E000）", "😀（U+1F600）"]);
    }

    #[test]
    fn a_shape_that_no_font_has_is_missing_although_its_ordinary_form_is_there() {
        let unknown = "田\u{E01EF}";
        assert_eq!(missing_characters(unknown), [Character { base: '田', selector: Some('\u{E01EF}') }]);
        assert_eq!(missing_characters("\u{E0100}"), [Character { base: '\u{E0100}', selector: None }]);
    }
}
