//! Documents and photographs. Without a script they go with the form (`multipart/form-data`); with one, photos are turned upright and made
//! smaller in the browser, sent in pieces, and go on after a lost connection.

use definitions::{
    answer::{FileAnswer, PaperWay},
    typed::{PAPER_NOTE, PAPER_WAYS},
};
use maud::{Markup, html};

use super::{Asked, HalfSent, Papers, anchor};
use crate::{parts::icons, words::ruby};

/// What may be chosen: what phones take, and PDF. The server looks into the bytes all the same.
const ACCEPT: &str = "image/jpeg,image/png,image/heic,image/heif,image/webp,application/pdf";

pub(super) fn render(asked: &Asked<'_>, at_most: u32, later_days: Option<u16>) -> Markup {
    let say = asked.view.say;
    let help = html! {
        (asked.say_with("ui-files-help", &[("count", at_most.into())]))
        @if let Some(days) = later_days { br; (asked.say_with("ui-files-later", &[("days", days.into())])) }
    };
    let kept: Vec<FileAnswer> = asked.view.typed.all(&asked.path).iter().filter_map(|json| serde_json::from_str(json).ok()).collect();
    let id = anchor(&asked.path);
    let input_id = format!("{id}-input");
    let url = asked.view.upload.map(|upload| format!("{}/{}/uploads", upload.url.trim_end_matches('/'), asked.path));
    let half_sent = asked.view.upload.map_or(&[][..], |upload| upload.half_sent);
    let controls = html! {
        ul.files data-kept aria-label=(say.text("ui-files-kept", &[])) { @for (at, file) in kept.iter().enumerate() { (row(asked, at, file)) } }
        @if (kept.len() as u32) < at_most {
            ul.files data-half-sent aria-label=(say.text("ui-files-half", &[])) {
                @for half in half_sent.iter().filter(|half| half.path == asked.path) { (stopped(asked, half)) }
            }
            div.drop data-upload=[url] data-most=(at_most) data-sending=(say.text("ui-files-sending", &[]))
                data-waiting=(say.text("ui-files-waiting", &[])) data-done=(say.text("ui-files-done", &[]))
                data-failed=(say.text("ui-files-failed", &[])) data-big=(say.text("ui-files-too-big", &[]))
                data-again=(say.text("ui-files-again", &[])) {
                label for=(input_id) { (asked.say("ui-files-choose")) }
                input id=(input_id) name=(asked.path) type="file" accept=(ACCEPT) multiple[at_most > 1] aria-invalid=[asked.invalid(&asked.path)];
                // A second way in on a phone: straight to the camera. The script shows it where there is one.
                span data-camera hidden {
                    label for={ (input_id) "-camera" } { (asked.say("ui-files-camera")) }
                    input id={ (input_id) "-camera" } type="file" accept="image/*" capture="environment";
                }
                ul.files data-sent aria-live="polite" {}
            }
        }
    };
    let papers = (asked.view.papers == Papers::Asked).then(|| papers(asked));
    asked.several(Some(help), html! { (controls) @if let Some(papers) = papers { (papers) } })
}

/// What became of the paper, with or without a scan of it.
fn papers(asked: &Asked<'_>) -> Markup {
    let (name, note) = (asked.part(PAPER_WAYS), asked.part(PAPER_NOTE));
    let said = asked.view.typed.all(&name);
    let is_wrong = asked.problems().any(|problem| problem.path == note);
    let what = ruby::plain(asked.view.town.say(&asked.field.label, asked.view.say.language));
    html! {
        div.papers role="group" aria-label=(asked.view.say.text("ui-files-paper", &[("label", what.as_str().into())])) {
            @for way in PaperWay::ALL {
                label.pick {
                    input type="checkbox" name=(name) value=(way.code()) checked[said.iter().any(|said| said == way.code())];
                    span { (asked.say(way_words(way))) }
                }
            }
            label.label for=(anchor(&note)) { (asked.say("ui-files-note")) }
            input.in id=(anchor(&note)) name=(note) value=(asked.typed(&note)) maxlength="200" autocomplete="off" aria-invalid=[is_wrong.then_some("true")];
        }
    }
}

fn way_words(way: PaperWay) -> &'static str {
    match way {
        PaperWay::Seen => "ui-files-paper-seen",
        PaperWay::Kept => "ui-files-paper-kept",
    }
}

/// A file that stopped on its way: chosen again, it goes on from there. To give it up needs the script that began it.
fn stopped(asked: &Asked<'_>, half: &HalfSent) -> Markup {
    let drop = asked.view.say.text("ui-files-half-drop", &[("name", half.name.as_str().into())]);
    let percent = u64::from(half.received) * 100 / u64::from(half.size.max(1));
    html! {
        li data-half=(half.url) data-name=(half.name) data-size=(half.size) {
            (icons::FILE_TEXT)
            span.grow { (half.name) }
            button.btn.quiet.small type="button" data-drop hidden aria-label=(drop) { (icons::X) (asked.say("ui-group-remove")) }
            p { (asked.say_with("ui-files-half-sent", &[("percent", percent.into())])) }
        }
    }
}

fn row(asked: &Asked<'_>, at: usize, file: &FileAnswer) -> Markup {
    let remove = asked.view.say.text("ui-files-remove", &[("name", file.name.as_str().into())]);
    html! {
        li {
            (icons::FILE_TEXT)
            span.grow { (file.name) }
            small { (size(file.bytes)) }
            button.btn.quiet.small type="submit" name={ "remove." (asked.path) "." (at) } value="1" formnovalidate aria-label=(remove) {
                (icons::X) (asked.say("ui-group-remove"))
            }
        }
    }
}

/// 1.2 MB, 340 KB: as a phone shows it.
fn size(bytes: u64) -> String {
    if bytes >= 1_000_000 {
        format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000)
    } else {
        format!("{} KB", bytes.div_ceil(1000))
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn sizes_read_as_on_a_phone() {
        assert_eq!([super::size(1), super::size(340_000), super::size(1_250_000)], ["1 KB", "340 KB", "1.2 MB"]);
    }
}
