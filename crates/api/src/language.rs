//! The language of an answer, as `Accept-Language` asks for it (RFC 9110, 12.5.4). やさしい日本語 is `ja-x-easy`.

use axum::http::{HeaderMap, header};
use definitions::text::Language;

/// The language asked for; Japanese where none of ours is.
pub(crate) fn asked(headers: &HeaderMap) -> Language {
    let line = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut wanted: Vec<(i32, Language)> = line.split(',').take(20).filter_map(range).collect();
    // The first of those that are wanted alike.
    wanted.sort_by_key(|(weight, _)| -weight);
    wanted.first().map_or(Language::Ja, |(_, language)| *language)
}

/// One range with its weight in thousandths.
fn range(text: &str) -> Option<(i32, Language)> {
    let mut parts = text.trim().split(';');
    let tag = parts.next()?.trim().to_ascii_lowercase();
    let weight = parts.find_map(|part| part.trim().strip_prefix("q=")).map_or(Some(1.0), |weight| weight.trim().parse::<f32>().ok())?;
    let language = match tag.as_str() {
        "ja-x-easy" => Language::Easy,
        tag if tag == "ja" || tag.starts_with("ja-") => Language::Ja,
        tag if tag == "en" || tag.starts_with("en-") => Language::En,
        _ => return None,
    };
    // A weight is 0 to 1 with three digits; what is not wanted is not chosen.
    #[allow(clippy::cast_possible_truncation, reason = "0 to 1000")]
    let weight = (weight.clamp(0.0, 1.0) * 1000.0) as i32;
    (weight > 0).then_some((weight, language))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_that_is_wanted_most_of_ours_is_taken() {
        for (line, expect) in [
            ("", Language::Ja),
            ("en", Language::En),
            ("fr, en-GB;q=0.8, ja;q=0.7", Language::En),
            ("en;q=0.2, ja-x-easy", Language::Easy),
            ("en;q=0", Language::Ja),
            ("*", Language::Ja),
            ("en;q=x, ja", Language::Ja),
            ("zh", Language::Ja),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, line.parse().unwrap())]);
            assert_eq!(asked(&headers), expect, "{line}");
        }
    }
}
