//! 申請と台帳: what was answered beside what the registry has, differences marked.

use access::RecordKind;
use definitions::{
    answer::{Answer, Papers, Spot},
    field::{Field, Kind},
    procedure::Procedure,
    text::Language,
};
use maud::{Markup, html};
use registry::resident::Resident;
use store::Write;
use ui::parts::{self, Comparison};

use super::{Sheet, attached, case::Opened};
use crate::{
    case::Case,
    event::Event,
    likeness::{Meant, Of, is_own_birth},
    rows,
    verbs::{Acting, Refused},
};

/// What the registry has of the applicant, and of whom they live with, as far as this member of staff may see it.
#[derive(Default)]
pub(super) struct Known {
    /// The applicant; none when nobody has found out who they are, or the reader may not know of them.
    pub person: Option<Resident>,
    /// Those who live with them.
    pub household: Vec<Resident>,
}

impl Known {
    /// Whether there is anything to compare with.
    pub(super) fn is_known(&self) -> bool {
        self.person.is_some()
    }
}

/// Looks the applicant up: by the account that a clerk linked, or as staff found them. The look is recorded with the case as its reason.
pub(super) fn known(tx: &Write<'_>, acting: &Acting<'_>, case: &Case) -> Result<Known, Refused> {
    let Some(id) = rows::marks::resident_of(tx, case)? else { return Ok(Known::default()) };
    let Some(person) = registry::permitted::resident(tx, acting.staff, id)? else { return Ok(Known::default()) };
    let household = registry::permitted::household(tx, acting.staff, &person)?;
    let household: Vec<Resident> = household.into_iter().map(access::Permitted::into_record).filter(|member| member.id != id).collect();
    let why = format!("case:{}", case.number);
    access::looked::looked(tx, acting.staff, person.authority(), RecordKind::Resident, &id.to_string(), &why)?;
    registry::permitted::looked_at(tx, acting.staff, &household, &why)?;
    Ok(Known { person: Some(person.into_record()), household })
}

/// The table of all answers.
pub(super) fn table(sheet: &Sheet, opened: &Opened) -> Markup {
    let rows = comparisons(sheet, opened);
    let headings = ["desk-answers-question", "desk-answers-filed", "desk-answers-known"].map(|id| sheet.word(id));
    let differing = rows.iter().filter(|row| row.differs).count();
    let compared = rows.iter().filter(|row| row.known.is_some()).count();
    html! {
        @if opened.known.is_known() {
            @if differing == 0 { p.sub { (sheet.say().html("desk-answers-same", &[("count", compared.into())])) } }
            @else { p { b { (sheet.say().html("desk-answers-differ", &[("count", differing.into())])) } } }
        } @else {
            p.sub {
                (sheet.say().html("desk-answers-unknown", &[])) " "
                a href={ "/desk/cases/" (opened.case.number.plain()) "/person" } { (sheet.say().html("desk-person-find", &[])) }
            }
        }
        (parts::compare(sheet.say(), [&headings[0], &headings[1], &headings[2]], &rows))
    }
}

/// Whether the registry is at hand and says the same everywhere: then one key goes on.
pub(super) fn nothing_differs(sheet: &Sheet, opened: &Opened) -> bool {
    opened.known.is_known() && comparisons(sheet, opened).iter().all(|row| !row.differs)
}

fn comparisons(sheet: &Sheet, opened: &Opened) -> Vec<Comparison> {
    let fields = opened.procedure.pages.values().flat_map(|page| page.fields.values());
    fields
        .filter_map(|field| Some((field, opened.case.answers.get(field.id.as_str())?)))
        .map(|(field, answer)| row(sheet, opened, field, answer))
        .collect()
}

fn row(sheet: &Sheet, opened: &Opened, field: &Field, answer: &Answer) -> Comparison {
    let held = held(sheet, opened, field, answer);
    let shown = answer.shown(field, &sheet.town, Language::Ja);
    let differs = held.as_ref().is_some_and(|held| !held.same);
    Comparison {
        label: html! { (sheet.plain(&field.label)) (corrected(sheet, opened, field)) },
        filed: filed(sheet, opened, field, answer, &shown),
        known: held.map(|held| html! { (held.shown) }),
        differs,
    }
}

/// What the registry has for a question.
struct Held {
    shown: String,
    same: bool,
}

/// Whether it is the same is known from [`likeness`](crate::likeness); how it reads is said here.
fn held(sheet: &Sheet, opened: &Opened, field: &Field, answer: &Answer) -> Option<Held> {
    let person = opened.known.person.as_ref()?;
    let of = Of { person, household: &opened.known.household };
    let same = of.is_same(&opened.procedure, field, answer)?;
    let shown = match answer {
        Answer::Member(member) => member_shown(sheet, of.meant(member)),
        Answer::Kana(_) => person.name.full_kana()?,
        // Whether it is the same is said; where a protected person lives is not.
        Answer::Address(_) => person
            .address_shown()
            .unwrap_or_else(|| sheet.word(if same { "desk-address-masked-same" } else { "desk-address-masked-differs" })),
        Answer::Phone(_) => person.phone.clone()?,
        Answer::Date(_) => jp::era::wareki(person.born),
        _ => person.name.full(),
    };
    Some(Held { shown, same })
}

fn member_shown(sheet: &Sheet, meant: Meant<'_>) -> String {
    let shown = |found: &Resident| format!("{}　{}", found.name.full(), jp::era::wareki(found.born));
    match meant {
        Meant::Themselves(found) => shown(found),
        Meant::OtherName(found) => format!("{}　{}", shown(found), sheet.word("desk-answers-other-name")),
        Meant::OtherId(named) => format!("{}　{}", shown(named), sheet.word("desk-answers-other-id")),
        Meant::Nobody => sheet.word("desk-answers-not-in-household"),
    }
}

/// Whether this answer was corrected after filing.
fn corrected(sheet: &Sheet, opened: &Opened, field: &Field) -> Markup {
    let was = opened.story.iter().any(|told| match &told.event {
        Event::Corrected { before, .. } => before.get(field.id.as_str()) != opened.case.answers.get(field.id.as_str()),
        _ => false,
    });
    html! { @if was { " " (parts::chip(parts::ChipTone::Good, &sheet.word("desk-corrected"))) } }
}

fn filed(sheet: &Sheet, opened: &Opened, field: &Field, answer: &Answer, shown: &str) -> Markup {
    match (answer, &field.kind) {
        (Answer::Files(files), _) => attached::in_place(sheet, opened, files),
        (Answer::Papers(papers), _) => html! { (attached::in_place(sheet, opened, &papers.files)) (on_paper(papers)) },
        (Answer::Group(rows), Kind::Group { fields, .. }) => html! {
            @for line in shown.lines() { p { (line) } }
            @for (at, row) in rows.iter().enumerate() {
                @for (id, answer) in row.iter() {
                    @if let (Answer::Files(_) | Answer::Papers(_), Some(asked)) = (answer, fields.get(id)) {
                        p.sub { (sheet.say().text("desk-attached-row", &[("row", (at + 1).into()), ("what", sheet.plain(&asked.label).into())])) }
                        (attached::in_place(sheet, opened, answer.attached()))
                    }
                }
            }
        },
        (Answer::Place(Spot { position: Some(position), .. }), _) => html! {
            (shown)
            @if let Some(map) = &sheet.town.map { (ui::field::place::shown(&sheet.say(), &sheet.town, map, *position)) }
        },
        _ => html! { @for (at, line) in shown.lines().enumerate() { @if at > 0 { br; } (line) } },
    }
}

/// What lies on paper, said as such.
fn on_paper(papers: &Papers) -> Markup {
    html! { p { (ui::parts::icons::FILE_TEXT) " " (definitions::kinds::on_paper(papers, Language::Ja)) } }
}

/// Fields by which a person of the registry is looked for: their name, and their birth date where it was asked.
pub(super) fn sought(case: &Case, procedure: &Procedure) -> String {
    let born = procedure.pages.values().flat_map(|page| page.fields.values()).filter(|field| is_own_birth(field)).find_map(|field| {
        match case.answers.get(field.id.as_str()) {
            Some(Answer::Date(day)) => Some(day.to_string()),
            _ => None,
        }
    });
    [Some(case.contacts.name.clone()), born].into_iter().flatten().collect::<Vec<_>>().join(" ")
}
