//! The tables of a page of figures.

use std::collections::BTreeMap;

use definitions::{ids::ProcedureId, procedure::Procedure};

use super::{
    Found, Names, Since,
    sheet::{Cell, Sheet},
};
use crate::{
    counted::Scope,
    counting::Wait,
    summary::{Summary, share},
};

/// Fewer answers than this are not told apart: who answered could be guessed.
pub const TOLD_APART: i64 = 5;

/// All tables that a page has.
pub fn all(names: &Names<'_>, found: &Found) -> Vec<Sheet> {
    let mut tables = vec![overview(names, found), months(names, found)];
    if !found.parts.is_empty() {
        tables.push(parts(names, found));
    }
    tables.push(waits(names, found));
    tables.extend(voices(names, found));
    if let Scope::Procedure(id) = &found.scope
        && let Some(procedure) = names.town.procedures.get(id)
    {
        tables.push(steps(names, found, procedure));
        tables.push(pages(names, found, procedure));
        tables.push(fields(names, found, procedure));
        tables.push(versions(names, found, id));
        tables.extend(found.since.as_ref().map(|since| change(names, since)));
    }
    tables
}

fn headings(names: &Names<'_>, ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| names.word(&format!("desk-figures-{id}"))).collect()
}

/// The figures that stand in the tiles, with those of the other period.
fn overview(names: &Names<'_>, found: &Found) -> Sheet {
    let (now, then) = (&found.now, &found.then);
    let line = |id: &str, of: &dyn Fn(&Summary) -> Cell| vec![Cell::Text(names.word(&format!("desk-figures-{id}"))), of(now), of(then)];
    let mut lines = vec![
        line("filed", &|of| Cell::Count(of.filed_in_all())),
        line("decided", &|of| Cell::Count(of.decided_in_all())),
        line("withdrawn", &|of| Cell::Count(of.withdrawn)),
        line("median", &|of| Cell::Tenths(of.days.median_tenths())),
        line("p90", &|of| Cell::Tenths(of.days.p90().map(|days| days * 10))),
        line("kept", &|of| Cell::Share(of.kept())),
        line("moved", &|of| Cell::Count(of.promise.get("moved").copied().unwrap_or(0))),
        line("broken", &|of| Cell::Count(of.promise.get("broken").copied().unwrap_or(0))),
        line("correction-rate", &|of| Cell::Share(of.correction_rate())),
        line("completion", &|of| Cell::Share(of.completion())),
        line("known", &|of| Cell::Count(of.known_typed.values().sum())),
        line("minutes", &|of| Cell::Tenths((of.worked_cases > 0).then(|| of.worked_seconds * 10 / 60 / of.worked_cases))),
    ];
    if let Some(staff_hour) = names.town.staff_hour {
        lines.push(line("cost", &|of| Cell::Yen(of.cost(staff_hour))));
    }
    for channel in ["online", "counter", "paper", "phone"] {
        let of = |summary: &Summary| Cell::Share(share(summary.filed.get(channel).copied().unwrap_or(0), summary.filed_in_all()));
        let label = names.say.text("desk-figures-channel", &[("channel", names.word(&format!("cases-channel-{channel}")).as_str().into())]);
        lines.push(vec![Cell::Text(label), of(now), of(then)]);
    }
    Sheet {
        name: "overview",
        title: names.word("desk-figures-overview"),
        headings: vec![names.word("desk-figures-figure"), names.period(found.period), names.period(found.against)],
        lines,
    }
}

fn months(names: &Names<'_>, found: &Found) -> Sheet {
    let lines = found.months.iter().map(|(month, now, then)| {
        vec![
            Cell::Text(names.month(*month)),
            Cell::Count(now.filed_in_all()),
            Cell::Count(now.decided_in_all()),
            Cell::Count(now.withdrawn),
            Cell::Tenths(now.days.median_tenths()),
            Cell::Tenths(now.days.p90().map(|days| days * 10)),
            Cell::Tenths(then.days.median_tenths()),
            Cell::Share(now.kept()),
            Cell::Share(now.online()),
            Cell::Share(now.correction_rate()),
        ]
    });
    Sheet {
        name: "months",
        title: names.word("desk-figures-months"),
        headings: headings(
            names,
            &[
                "month-heading",
                "filed",
                "decided",
                "withdrawn",
                "col-median",
                "col-p90",
                "col-year-ago",
                "col-kept",
                "col-online",
                "col-correction",
            ],
        ),
        lines: lines.collect(),
    }
}

fn parts(names: &Names<'_>, found: &Found) -> Sheet {
    let is_town = found.scope == Scope::Town;
    let lines = found.parts.iter().map(|part| {
        let href = format!("/desk/figures?of={}&period={}", part.scope.code(), found.period);
        vec![
            Cell::Link(names.of(&part.scope), href),
            Cell::Count(part.now.filed_in_all()),
            Cell::Count(part.open),
            Cell::Late(part.late),
            Cell::Count(part.now.decided_in_all()),
            Cell::Tenths(part.now.days.median_tenths()),
            Cell::Tenths(part.now.days.p90().map(|days| days * 10)),
            Cell::Share(part.now.kept()),
            Cell::Share(part.now.online()),
            Cell::Share(part.now.correction_rate()),
            Cell::Share(part.now.completion()),
        ]
    });
    let first = if is_town { "department" } else { "procedure" };
    Sheet {
        name: "parts",
        title: names.word(if is_town { "desk-figures-departments" } else { "desk-figures-procedures" }),
        headings: headings(
            names,
            &[
                first,
                "filed",
                "col-open",
                "col-late",
                "decided",
                "col-median",
                "col-p90",
                "col-kept",
                "col-online",
                "col-correction",
                "col-completion",
            ],
        ),
        lines: lines.collect(),
    }
}

/// Days of a decided case on average, in tenths.
fn days_each(minutes: i64, cases: i64) -> Option<i64> {
    (cases > 0).then(|| minutes * 10 / (24 * 60) / cases)
}

fn waits(names: &Names<'_>, found: &Found) -> Sheet {
    let (now, then) = (found.now.waits(), found.then.waits());
    let whole = now.values().sum();
    let lines = Wait::ALL.iter().map(|wait| {
        let minutes = |of: &BTreeMap<&str, i64>| of.get(wait.code()).copied().unwrap_or(0);
        vec![
            Cell::Text(names.word(&format!("desk-figures-wait-{}", wait.code()))),
            Cell::Tenths(days_each(minutes(&now), found.now.decided_in_all())),
            Cell::Share(share(minutes(&now), whole)),
            Cell::Tenths(days_each(minutes(&then), found.then.decided_in_all())),
        ]
    });
    Sheet {
        name: "waits",
        title: names.word("desk-figures-waits"),
        headings: headings(names, &["wait", "days-each", "share", "days-each-then"]),
        lines: lines.collect(),
    }
}

fn voices(names: &Names<'_>, found: &Found) -> Option<Sheet> {
    let line = |question: &str| {
        let sizes = |of: &Summary| of.voices.get(question).cloned().unwrap_or_default();
        let (now, then) = (sizes(&found.now), sizes(&found.then));
        let told = |of: &crate::summary::Sizes| of.mean_hundredths().filter(|_| of.count() >= TOLD_APART).map(|mean| mean / 10);
        vec![
            Cell::Text(names.word(&format!("desk-figures-voice-{question}"))),
            Cell::Count(now.count()),
            Cell::Tenths(told(&now)),
            Cell::Tenths(told(&then)),
        ]
    };
    (!found.now.voices.is_empty() || !found.then.voices.is_empty()).then(|| Sheet {
        name: "voices",
        title: names.word("desk-figures-voices"),
        headings: headings(names, &["question", "answers", "mean", "mean-then"]),
        lines: vec![line("ease"), line("got")],
    })
}

fn steps(names: &Names<'_>, found: &Found, procedure: &Procedure) -> Sheet {
    let mut lines = Vec::new();
    let plain = |text: &definitions::text::Text| ui::words::ruby::plain(&text.ja);
    for step in procedure.steps.values() {
        for wait in Wait::ALL {
            let detail = format!("{}|{}", step.id, wait.code());
            let minutes = |of: &Summary| of.spent.get(&detail).copied().unwrap_or(0);
            if minutes(&found.now) + minutes(&found.then) > 0 {
                lines.push(vec![
                    Cell::Text(plain(&step.title)),
                    Cell::Text(names.word(&format!("desk-figures-wait-{}", wait.code()))),
                    Cell::Tenths(days_each(minutes(&found.now), found.now.decided_in_all())),
                    Cell::Tenths(days_each(minutes(&found.then), found.then.decided_in_all())),
                ]);
            }
        }
    }
    Sheet {
        name: "steps",
        title: names.word("desk-figures-steps"),
        headings: headings(names, &["step", "wait", "days-each", "days-each-then"]),
        lines,
    }
}

fn pages(names: &Names<'_>, found: &Found, procedure: &Procedure) -> Sheet {
    let now = &found.now;
    let mut lines =
        vec![vec![Cell::Text(names.word("desk-figures-begun")), Cell::Count(now.begun), Cell::Share(share(now.begun, now.begun))]];
    for page in procedure.pages.values() {
        let reached = now.pages.get(page.id.as_str()).copied().unwrap_or(0);
        let title = ui::words::ruby::plain(&page.title.ja);
        lines.push(vec![Cell::Text(title), Cell::Count(reached), Cell::Share(share(reached, now.begun))]);
    }
    lines.push(vec![Cell::Text(names.word("desk-figures-form-filed")), Cell::Count(now.form_filed), Cell::Share(now.completion())]);
    Sheet { name: "pages", title: names.word("desk-figures-pages"), headings: headings(names, &["page", "drafts", "share-begun"]), lines }
}

fn fields(names: &Names<'_>, found: &Found, procedure: &Procedure) -> Sheet {
    let now = &found.now;
    let mut lines: Vec<(i64, Vec<Cell>)> = Vec::new();
    for field in procedure.pages.values().flat_map(|page| page.fields.values()) {
        let of = |counts: &BTreeMap<String, i64>| counts.get(field.id.as_str()).copied().unwrap_or(0);
        let (corrected, wrong, known) = (of(&now.corrected_fields), of(&now.wrong), of(&now.known_typed));
        if corrected + wrong + known > 0 {
            let line = vec![
                Cell::Text(ui::words::ruby::plain(&field.label.ja)),
                Cell::Count(corrected),
                Cell::Share(share(corrected, now.filed_in_all())),
                Cell::Count(wrong),
                Cell::Share(share(wrong, now.begun)),
                Cell::Count(known),
            ];
            lines.push((corrected * 1000 + wrong, line));
        }
    }
    lines.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    Sheet {
        name: "fields",
        title: names.word("desk-figures-fields"),
        headings: headings(names, &["field", "corrected", "correction-rate", "wrong", "wrong-rate", "known"]),
        lines: lines.into_iter().map(|(_, line)| line).collect(),
    }
}

fn versions(names: &Names<'_>, found: &Found, id: &ProcedureId) -> Sheet {
    let current = names.town.procedures.get(id).map(|procedure| crate::counted::short_version(&procedure.version));
    let lines = found.versions.iter().map(|(version, first, cases)| {
        let href = format!("/desk/figures?of=procedure:{id}&period={}&since={first}#since", found.period);
        let is_current = current.as_ref() == Some(version);
        let label =
            if is_current { names.say.text("desk-figures-version-now", &[("version", version.as_str().into())]) } else { version.clone() };
        vec![Cell::Text(label), Cell::Link(first.to_string(), href), Cell::Count(*cases)]
    });
    Sheet {
        name: "versions",
        title: names.word("desk-figures-versions"),
        headings: headings(names, &["version", "first-filed", "filed"]),
        lines: lines.collect(),
    }
}

fn change(names: &Names<'_>, since: &Since) -> Sheet {
    let (before, after) = (&since.before, &since.after);
    let line = |id: &str, of: &dyn Fn(&Summary) -> Cell| vec![Cell::Text(names.word(&format!("desk-figures-{id}"))), of(before), of(after)];
    Sheet {
        name: "change",
        title: names.word("desk-figures-change"),
        headings: headings(names, &["figure", "before", "after"]),
        lines: vec![
            line("filed", &|of| Cell::Count(of.filed_in_all())),
            line("online", &|of| Cell::Share(of.online())),
            line("decided", &|of| Cell::Count(of.decided_in_all())),
            line("median", &|of| Cell::Tenths(of.days.median_tenths())),
            line("p90", &|of| Cell::Tenths(of.days.p90().map(|days| days * 10))),
            line("kept", &|of| Cell::Share(of.kept())),
            line("correction-rate", &|of| Cell::Share(of.correction_rate())),
            line("completion", &|of| Cell::Share(of.completion())),
        ],
    }
}
