//! Key colours. A town chooses one family of the Digital Agency's tokens (デジタル庁デザインシステム, MIT); the family gives the ground of
//! filled buttons, the tint of chosen cards, the colour of progress. Every pair that we print text in has at least 4.5 : 1 (WCAG 2.2, 1.4.3).

use std::str::FromStr;

/// The family of a town's key colour: `look: { key_colour: green }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum KeyColour {
    /// 緑.
    #[default]
    Green,
    /// 青.
    Blue,
    /// 空色.
    LightBlue,
    /// 青緑.
    Teal,
    /// 黄緑.
    Lime,
    /// 橙.
    Orange,
    /// 赤. Errors keep their own red, a mark and words.
    Red,
    /// 赤紫.
    Magenta,
    /// 紫.
    Purple,
}

impl KeyColour {
    /// All families.
    pub const ALL: [KeyColour; 9] = [
        KeyColour::Green,
        KeyColour::Blue,
        KeyColour::LightBlue,
        KeyColour::Teal,
        KeyColour::Lime,
        KeyColour::Orange,
        KeyColour::Red,
        KeyColour::Magenta,
        KeyColour::Purple,
    ];

    /// Its name in a town's folder and in `data-key` of the page.
    pub fn name(self) -> &'static str {
        match self {
            KeyColour::Green => "green",
            KeyColour::Blue => "blue",
            KeyColour::LightBlue => "light-blue",
            KeyColour::Teal => "teal",
            KeyColour::Lime => "lime",
            KeyColour::Orange => "orange",
            KeyColour::Red => "red",
            KeyColour::Magenta => "magenta",
            KeyColour::Purple => "purple",
        }
    }
}

/// No family has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no key colour is called `{0}`; choose green, blue, light-blue, teal, lime, orange, red, magenta or purple")]
pub struct NoSuchColour(String);

impl FromStr for KeyColour {
    type Err = NoSuchColour;
    fn from_str(name: &str) -> Result<KeyColour, NoSuchColour> {
        let name = name.replace('_', "-");
        KeyColour::ALL.into_iter().find(|colour| colour.name() == name).ok_or(NoSuchColour(name))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// WCAG 2.2, relative luminance.
    fn luminance(hex: &str) -> f64 {
        let hex = hex.trim_start_matches('#');
        let hex = if hex.len() == 3 { hex.chars().flat_map(|c| [c, c]).collect() } else { hex.to_owned() };
        let channel = |at: usize| {
            let c = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (a, b) = (luminance(one), luminance(other));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// The custom properties that a rule of the sheet sets: read from the sheet itself, so that the test cannot be beautiful on its own.
    fn tokens(selector: &str) -> BTreeMap<String, String> {
        let (look, desk) = (include_str!("../assets/look.css"), include_str!("../assets/desk.css"));
        let css = if selector.starts_with(".desk-page") { desk } else { look };
        let at = css.find(&format!("{selector}{{")).unwrap_or_else(|| panic!("no rule {selector}"));
        let body = &css[at + selector.len() + 1..];
        let body = &body[..body.find('}').unwrap()];
        body.split(';')
            .filter_map(|line| line.trim().strip_prefix("--")?.split_once(':'))
            .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
            .collect()
    }

    fn check(tokens: &BTreeMap<String, String>, what: &str, pairs: &[(&str, &str, f64)]) {
        for (text, ground, least) in pairs {
            let ratio = contrast(&tokens[*text], &tokens[*ground]);
            assert!(ratio >= *least, "{what}: {text} on {ground} has {ratio:.2}, needs {least}");
        }
    }

    const KEY_PAIRS: &[(&str, &str, f64)] = &[
        ("on-key", "key-fill", 4.5),
        ("on-key", "key-hover", 4.5),
        ("key-text", "ground", 4.5),
        ("key-text", "key-50", 4.5),
        ("key-text", "key-100", 4.5),
        ("ink", "key-50", 4.5),
        ("ink-2", "key-50", 4.5),
        ("ink-3", "key-50", 4.5),
        ("link", "key-50", 4.5),
        ("key-mark", "ground", 3.0),
        ("key-fill", "ground", 3.0),
    ];

    const ORDINARY_PAIRS: &[(&str, &str, f64)] = &[
        ("ink", "ground", 7.0),
        ("ink-2", "ground", 4.5),
        ("ink-3", "ground", 4.5),
        ("ink-2", "ground-2", 4.5),
        ("ink-3", "ground-2", 4.5),
        ("link", "ground", 4.5),
        ("link", "ground-2", 4.5),
        ("visited", "ground", 4.5),
        ("error", "ground", 4.5),
        ("error", "error-50", 4.5),
        ("on-error", "error-fill", 4.5),
        ("warn", "warn-50", 4.5),
        ("ink", "warn-50", 4.5),
        ("ink-2", "warn-50", 4.5),
        ("ink-3", "warn-50", 4.5),
        ("link", "warn-50", 4.5),
        ("link", "info-50", 4.5),
        ("ok", "ok-50", 4.5),
        ("info", "info-50", 4.5),
        ("act", "act-50", 4.5),
        ("line-strong", "ground", 3.0),
        ("late-bar", "ground", 3.0),
        ("near-bar", "ground", 3.0),
    ];

    #[test]
    fn every_key_colour_can_be_read_by_light() {
        let base = tokens(":root");
        check(&base, "portal", ORDINARY_PAIRS);
        for colour in KeyColour::ALL {
            let mut all = base.clone();
            all.extend(tokens(&format!("[data-key={}]", colour.name())));
            check(&all, colour.name(), KEY_PAIRS);
        }
    }

    #[test]
    fn every_key_colour_can_be_read_in_the_dark_at_the_desk() {
        let mut base = tokens(":root");
        base.extend(tokens(".desk-page"));
        check(&base, "desk, dark", ORDINARY_PAIRS);
        for colour in KeyColour::ALL {
            let mut all = base.clone();
            all.extend(tokens(&format!(".desk-page[data-key={}]", colour.name())));
            check(&all, colour.name(), KEY_PAIRS);
        }
    }

    #[test]
    fn an_unknown_colour_names_the_known_ones() {
        assert!("light_blue".parse::<KeyColour>().is_ok());
        assert!("pink".parse::<KeyColour>().unwrap_err().to_string().contains("green, blue"));
    }
}
