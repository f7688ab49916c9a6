//! What several pages show of a revision: its state, its story, what it changes, what is wrong with it, whom it concerns.

use definitions::{
    check::watched::Watched,
    overlay::{Change, ChangedThing, What},
    problem::Problem,
};
use jiff::{Timestamp, civil::Date};
use maud::{Markup, html};
use ui::parts::{self, ChipTone, Tone};

use super::Sheet;
use crate::{
    revision::{Event, File, State},
    texts::{Line, difference},
};

pub(super) fn chip(sheet: &Sheet, state: State) -> Markup {
    let tone = match state {
        State::Draft => ChipTone::Wait,
        State::Review => ChipTone::Act,
        State::Scheduled | State::Published => ChipTone::Good,
        State::Withdrawn => ChipTone::Still,
    };
    parts::chip(tone, &sheet.word(&format!("desk-revisions-state-{}", state.code())))
}

pub(super) fn moment(sheet: &Sheet, at: Timestamp) -> String {
    sheet.words.moment(definitions::text::Language::Ja, cases::clock::local(at))
}

pub(super) fn day(sheet: &Sheet, day: Date) -> String {
    sheet.words.day(definitions::text::Language::Ja, day)
}

/// Who did what when, and what they wrote to it.
pub(super) fn story(sheet: &Sheet, events: &[Event]) -> Markup {
    html! {
        ol.list {
            @for event in events {
                li {
                    b { (sheet.word(&format!("desk-revisions-event-{}", event.what))) }
                    " " small { @if event.name.is_empty() { (sheet.word("desk-revisions-by-itself")) } @else { (event.name) } " ・ " (moment(sheet, event.at)) }
                    @if !event.note.is_empty() { p { (event.note) } }
                }
            }
        }
    }
}

/// Mistakes, each at its line; `own` are the files that stand on the page.
pub(super) fn mistakes(sheet: &Sheet, watched: &Watched, files: &[File]) -> Markup {
    let say = sheet.say();
    let problems = &watched.report.problems;
    html! {
        @if problems.is_empty() {
            (parts::notice(Tone::Good, html! { p { (say.html("desk-revisions-no-mistakes", &[])) } }))
        } @else {
            (parts::notice(Tone::Error, html! {
                b { (say.html("desk-revisions-mistakes", &[("count", problems.len().into())])) }
                ol.mistakes { @for problem in problems.iter().take(MISTAKES_SHOWN) { li { (mistake(sheet, problem, files)) } } }
                @if problems.len() > MISTAKES_SHOWN { p { (say.html("desk-revisions-mistakes-more", &[("count", (problems.len() - MISTAKES_SHOWN).into())])) } }
            }))
        }
    }
}

/// Mistakes beyond these follow from the first ones more often than not.
const MISTAKES_SHOWN: usize = 20;

/// A file as its authors name it: without where the towns lie on this machine.
pub(super) fn below_the_towns(file: &str) -> String {
    let parts: Vec<&str> = file.rsplitn(4, '/').take(3).collect();
    parts.into_iter().rev().collect::<Vec<_>>().join("/")
}

fn mistake(sheet: &Sheet, problem: &Problem, files: &[File]) -> Markup {
    let (place, line) = (&problem.place, problem.place.line);
    let at = files.iter().position(|file| place.file.ends_with(&format!("/{}", file.path)));
    let text = at.and_then(|at| files.get(at)).and_then(|file| file.text.lines().nth(line.saturating_sub(1) as usize)).map(str::trim);
    html! {
        @match at {
            // The script goes to the line; without it the link goes to the text.
            Some(at) => a href={ "#text-" (at) } data-line=(line) data-column=(place.column) {
                (sheet.say().html("desk-revisions-line", &[("line", i64::from(line).into())]))
            },
            None => code { (below_the_towns(&place.file)) ":" (line) },
        }
        @if let Some(text) = text.filter(|text| !text.is_empty()) { " " code { (text.chars().take(60).collect::<String>()) } }
        br;
        (problem.what) "。" (problem.hint)
    }
}

/// What the examples came to.
pub(super) fn examples(sheet: &Sheet, watched: &Watched, here: &str) -> Markup {
    let say = sheet.say();
    let good = watched.examples.iter().filter(|walked| walked.differences.is_empty()).count();
    html! {
        h2 #examples { (say.html("desk-revisions-examples", &[("good", good.into()), ("count", watched.examples.len().into())])) }
        @if watched.examples.is_empty() { p { (say.html("desk-revisions-examples-none", &[])) } }
        ul.walked {
            @for walked in &watched.examples {
                li {
                    @if walked.differences.is_empty() {
                        (parts::chip(ChipTone::Good, &sheet.word("desk-revisions-example-good")))
                    } @else {
                        (parts::chip(ChipTone::Late, &sheet.word("desk-revisions-example-bad")))
                    }
                    " " a href={ (here) "?example=" (walked.id) } { (walked.id) }
                    " " small { (say.html(if walked.accepted { "desk-revisions-example-accepted" } else { "desk-revisions-example-refused" }, &[])) }
                    @for difference in &walked.differences { p.err { (difference) } }
                }
            }
        }
    }
}

/// What changes, in words.
pub(super) fn changes(sheet: &Sheet, things: &[ChangedThing]) -> Markup {
    html! {
        @if things.is_empty() { p { (sheet.say().html("desk-revisions-changes-none", &[])) } }
        @for thing in things {
            h3 { (thing.words) }
            ul.list { @for change in &thing.changes { li { (one_change(sheet, change)) } } }
        }
    }
}

fn one_change(sheet: &Sheet, change: &Change) -> Markup {
    let what = match change.what {
        What::Added => "added",
        What::Removed => "removed",
        What::Changed => "changed",
        What::Reordered => "reordered",
    };
    html! {
        b { (sheet.word(&format!("desk-revisions-change-{what}"))) } " " (change.words)
        @if let Some(before) = &change.before { br; del { (before) } }
        @if let Some(after) = &change.after { br; ins { (after) } }
    }
}

/// Lines around a change that are shown with it.
const AROUND: usize = 3;

/// The texts, line by line; long stretches that stay are left out.
pub(super) fn lines(sheet: &Sheet, file: &File) -> Markup {
    let base = file.base.as_deref().unwrap_or_default();
    let lines = difference(base, &file.text);
    let near = |at: usize| {
        let (from, to) = (at.saturating_sub(AROUND), (at + AROUND + 1).min(lines.len()));
        lines.get(from..to).unwrap_or_default().iter().any(|line| !matches!(line, Line::Same(_)))
    };
    let changed = lines.iter().filter(|line| !matches!(line, Line::Same(_))).count();
    html! {
        @if changed > 0 {
            h3 { code { (file.path) } }
            div.scroll tabindex="0" role="region" aria-label=(file.path) {
                table.diff {
                    thead.sr { tr { th scope="col" { (sheet.word("desk-revisions-sign")) } th scope="col" { (sheet.word("desk-revisions-line-text")) } } }
                    tbody {
                        @for (at, line) in lines.iter().enumerate() {
                            @if near(at) {
                                @match line {
                                    Line::Same(text) => tr { td { " " } td { code { (text) } } },
                                    Line::Gone(text) => tr.gone { td { "−" } td { code { (text) } } },
                                    Line::New(text) => tr.new { td { "＋" } td { code { (text) } } },
                                }
                            } @else if at > 0 && near(at - 1) {
                                tr { td { "⋮" } td { " " } }
                            }
                        }
                    }
                }
            }
        }
    }
}
