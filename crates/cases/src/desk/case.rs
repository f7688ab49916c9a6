//! 案件: answers beside the registry, attachments in place, the person's earlier cases, messages, notes, history; what the law counts is
//! always in sight, what I do next stands at the top right. Each look is recorded.

use access::{Act, PageError, looked};
use axum::{extract::Path, response::Response};
use definitions::{
    answer::FileAnswer,
    procedure::{Procedure, StepAct},
    text::Language,
};
use maud::{Markup, html};
use ui::{
    page::{Crumb, csrf_input},
    parts::{self, Fact, KeyHint, Tone, Weight},
};

use super::{CASE, Sheet, Side, compare, refusal, side, story};
use crate::{
    CaseNumber,
    case::{Case, Stage},
    clock::{self, Standing},
    decide,
    event::Told,
    rows::{self, desk::InboxLine},
    verbs,
};

/// A case as its page shows it.
pub(super) struct Opened {
    pub case: Case,
    pub procedure: Procedure,
    pub story: Vec<Told>,
    pub names: std::collections::BTreeMap<access::StaffId, String>,
    pub letters: Vec<letters::Listed>,
    pub earlier: Vec<InboxLine>,
    pub known: compare::Known,
    pub side: Side,
}

/// Opens a case for this person and records the look.
pub(super) async fn open(sheet: &Sheet, number: &str) -> Result<Opened, PageError> {
    let number: CaseNumber = number.parse().map_err(|_| PageError::NotFound)?;
    let words = sheet.words.clone();
    sheet
        .write(move |tx, acting| {
            let (case, procedure) = verbs::read(tx, acting, number)?;
            looked::looked(tx, acting.staff, access::RecordKind::Case, &case.id.to_string(), "case")?;
            let story = rows::desk::story(tx, acting.keys, case.id)?;
            let names = super::names(tx)?;
            let letters = letters::of_case(tx, case.id)?;
            let filter = access::filter(acting.staff, Act::Read, &CASE, 1);
            let earlier = rows::desk::earlier_of(tx, filter, &case, 10)?;
            let known = compare::known(tx, acting, &case, &procedure)?;
            let side = side(tx, acting, &words, "")?;
            Ok(Opened { case, procedure, story, names, letters, earlier, known, side })
        })
        .await
        .map_err(refusal)
}

pub(super) async fn show(sheet: Sheet, Path(number): Path<String>) -> Result<Markup, PageError> {
    let opened = open(&sheet, &number).await?;
    Ok(case_page(&sheet, &opened, html! {}))
}

/// The page, with `above` before everything: a clash, a mistake, what was done.
pub(super) fn case_page(sheet: &Sheet, opened: &Opened, above: Markup) -> Markup {
    let say = sheet.say();
    let (case, procedure) = (&opened.case, &opened.procedure);
    let title = format!("{}　{}", sheet.plain(&procedure.title), case.contacts.name);
    let all = sheet.word("desk-nav-all");
    let number = case.number.to_string();
    let trail = [Crumb { label: &all, href: Some("/desk/cases?queue=all") }, Crumb { label: &number, href: None }];
    let heading = html! {
        (sheet.plain(&procedure.title)) "　" (case.contacts.name) " " (say.html("desk-san", &[])) " "
        (parts::chip(tone(case), &stage(sheet, case, procedure)))
    };
    let body = html! {
        (above)
        div.split {
            div {
                section.panel aria-labelledby="answers" {
                    h2 #answers { (say.html("desk-answers", &[])) }
                    (warned(sheet, case, procedure))
                    (compare::table(sheet, opened))
                }
                section.panel aria-labelledby="messages" {
                    h2 #messages { (say.html("cases-thread-title", &[])) }
                    (story::messages(sheet, opened))
                    (write_form(sheet, case, "write", "desk-write", "desk-write-send"))
                }
                section.panel aria-labelledby="letters" {
                    h2 #letters { (say.html("desk-letters", &[])) }
                    (letters_of(sheet, opened))
                }
            }
            div {
                section.panel aria-labelledby="clock" { h2 #clock { (say.html("desk-clock", &[])) } (clock_of(sheet, case)) }
                section.panel aria-labelledby="history" { h2 #history { (say.html("desk-history", &[])) } (story::history(sheet, opened)) }
                section.panel aria-labelledby="person" { h2 #person { (say.html("desk-person", &[])) } (person(sheet, opened)) }
                section.panel aria-labelledby="notes" {
                    h2 #notes { (say.html("desk-notes", &[])) }
                    (story::notes(sheet, opened))
                    (write_form(sheet, case, "note", "desk-note", "desk-note-keep"))
                }
            }
        }
        p.sub { (say.html("desk-looked", &[])) }
    };
    let keys = [
        KeyHint { keys: &["a"], what: &sheet.word("desk-key-claim"), at_foot: true },
        KeyHint { keys: &["/"], what: &sheet.word("desk-key-search"), at_foot: true },
    ];
    sheet.page_with(&title, &opened.side, &trail, &keys, |page| page.heading(heading).next(next(sheet, opened)), body)
}

fn stage(sheet: &Sheet, case: &Case, procedure: &Procedure) -> String {
    match (&case.stage, case.step(procedure)) {
        (Stage::Working { .. }, Some(step)) => sheet.plain(&step.title),
        _ => sheet.word(&format!("desk-stage-{}", case.stage.code())),
    }
}

fn tone(case: &Case) -> parts::ChipTone {
    match &case.stage {
        Stage::Working { .. } => parts::ChipTone::Wait,
        Stage::Approving { .. } => parts::ChipTone::Act,
        Stage::Correcting { .. } | Stage::Withdrawn { .. } => parts::ChipTone::Still,
        Stage::Decided { .. } => parts::ChipTone::Good,
    }
}

/// What I can do next, the main thing last. What I may not do is not shown; a refusal would say so all the same.
fn next(sheet: &Sheet, opened: &Opened) -> Markup {
    let (case, procedure) = (&opened.case, &opened.procedure);
    let attributes = verbs::attributes(case, crate::case::sensitivity(&procedure));
    let may = |act| access::may(&sheet.staff, act, &attributes).is_some();
    let at = format!("/desk/cases/{}", case.number.plain());
    let link =
        |weight, verb: &str| parts::link_button(weight, &format!("{at}/{verb}"), sheet.say().html(&format!("desk-verb-{verb}"), &[]));
    let press = |weight, verb: &str| do_button(sheet, case, weight, verb);
    html! {
        @if case.stage.is_open() && may(Act::Work) {
            @if case.assignee != Some(sheet.staff.id) { (press(Weight::Second, "claim")) } @else { (press(Weight::Second, "release")) }
            (link(Weight::Second, "hand-over"))
            (link(Weight::Second, "delay"))
        }
        @match &case.stage {
            Stage::Working { .. } if may(Act::Work) => {
                (link(Weight::Second, "correction"))
                @match case.step(procedure).map(|step| step.act) {
                    Some(StepAct::Propose) => (link(Weight::Primary, "propose")),
                    Some(StepAct::Work) => (advance_form(sheet, case, procedure)),
                    _ => {}
                }
            }
            Stage::Correcting { .. } if may(Act::Work) => (press(Weight::Second, "end-correction")),
            Stage::Approving { .. } if may(Act::Decide) && decide::capacity(&sheet.staff, case, procedure).is_some() => {
                (press(Weight::Primary, "approve"))
            }
            _ => {}
        }
    }
}

/// A verb that needs nothing but a press. The row of the page goes along, so that it acts on what was seen.
pub(super) fn do_button(sheet: &Sheet, case: &Case, weight: Weight, verb: &str) -> Markup {
    html! {
        form method="post" action={ "/desk/cases/" (case.number.plain()) "/do/" (verb) } data-guard data-verb=(verb) {
            (csrf_input(&sheet.staff.csrf))
            input type="hidden" name="row" value=(case.row);
            (parts::button(weight, sheet.say().html(&format!("desk-verb-{verb}"), &[])))
        }
    }
}

/// The step's work is done when its checks are ticked off; what was not ticked stands in the story.
fn advance_form(sheet: &Sheet, case: &Case, procedure: &Procedure) -> Markup {
    let checks = case.step(procedure).map(|step| &step.checks);
    html! {
        form method="post" action={ "/desk/cases/" (case.number.plain()) "/do/advance" } data-guard {
            (csrf_input(&sheet.staff.csrf))
            input type="hidden" name="row" value=(case.row);
            @if let Some(checks) = checks.filter(|checks| !checks.is_empty()) {
                details {
                    summary { (sheet.say().html("desk-checks", &[("count", checks.len().into())])) }
                    @for (id, text) in checks { label.check { input type="checkbox" name="check" value=(id); " " (sheet.plain(text)) } }
                }
            }
            (asked_in_step(sheet, case, procedure))
            (parts::button(Weight::Primary, sheet.say().html("desk-verb-advance", &[])))
        }
    }
}

/// What the step asks staff to write down, such as the day of an interview; named `step.FIELD`.
fn asked_in_step(sheet: &Sheet, case: &Case, procedure: &Procedure) -> Markup {
    let (typed, filled) = (definitions::typed::Typed::default(), definitions::form::Filled::default());
    let asked = case.step(procedure).map(|step| step.ask.values().collect::<Vec<_>>()).unwrap_or_default();
    html! {
        @for field in asked {
            (ui::field::render(field, &ui::field::FieldView {
                say: sheet.say(),
                town: &sheet.town,
                typed: &typed,
                filled: &filled,
                prefix: "step",
                problems: &[],
                upload: None,
                postal: None,
            }))
        }
    }
}

/// Merit rules that do not hold: said to the person, who filed all the same.
fn warned(sheet: &Sheet, case: &Case, procedure: &Procedure) -> Markup {
    let rules: Vec<_> = case.warned.iter().filter_map(|id| procedure.merit.get(id.as_str())).collect();
    html! {
        @if !rules.is_empty() {
            (parts::notice(Tone::Warn, html! {
                b { (sheet.say().html("desk-warned", &[])) }
                @for rule in rules { p { (sheet.plain(&rule.say)) } }
            }))
        }
    }
}

fn write_form(sheet: &Sheet, case: &Case, verb: &str, label: &str, button: &str) -> Markup {
    html! {
        form method="post" action={ "/desk/cases/" (case.number.plain()) "/do/" (verb) } data-guard {
            (csrf_input(&sheet.staff.csrf))
            input type="hidden" name="row" value=(case.row);
            label.sr for={ (verb) "-text" } { (sheet.word(label)) }
            textarea.in id={ (verb) "-text" } name="text" rows="2" placeholder=(sheet.word(label)) maxlength=(verbs::WRITTEN_CHARACTERS_MAX) required {}
            (parts::button(Weight::Second, sheet.say().html(button, &[])))
        }
    }
}

/// Both clocks, with what stops them.
fn clock_of(sheet: &Sheet, case: &Case) -> Markup {
    let (say, today, calendar) = (sheet.say(), sheet.today(), &sheet.town.closed);
    let day = |day: Option<jiff::civil::Date>| html! { @match day { Some(day) => (sheet.words.day_html(Language::Ja, day)), None => "—" } };
    let due = match case.clock.standing(calendar, today) {
        _ if !case.stage.is_open() => parts::Due::Done,
        None => parts::Due::Open,
        Some(Standing::Stopped) => parts::Due::Stopped,
        Some(Standing::Late(_)) => {
            parts::Due::Over { days: case.hear_by(calendar, today).map_or(0, |due| calendar.business_days_between(due, today).into()) }
        }
        Some(Standing::Left(_)) => {
            let due = case.hear_by(calendar, today).unwrap_or(today);
            parts::Due::Left {
                days: calendar.business_days_between(today, due).into(),
                of: calendar.business_days_between(case.clock.arrived_on, due).into(),
            }
        }
    };
    html! {
        (parts::due(say, due))
        (parts::facts(&[
            Fact { label: say.html("desk-clock-arrived", &[]), value: day(Some(case.clock.arrived_on)) },
            Fact { label: say.html("desk-clock-standard", &[]), value: day(case.clock.standard_due(calendar, today)) },
            Fact { label: say.html("desk-clock-statutory", &[]), value: day(case.clock.statutory_due(calendar, today)) },
            Fact { label: say.html("desk-receipt-number", &[]), value: html! { (case.receipt_number) } },
        ]))
        @for pause in &case.clock.pauses {
            p.sub {
                (say.html("desk-clock-pause", &[
                    ("from", sheet.words.short_day(Language::Ja, pause.from).into()),
                    ("until", pause.until.map_or_else(|| "…".to_owned(), |until| sheet.words.short_day(Language::Ja, until)).into()),
                ]))
            }
        }
        @if let Some(extended) = &case.clock.extended {
            p.sub { (say.html("desk-clock-extended", &[("on", sheet.words.short_day(Language::Ja, extended.on).into()), ("reason", extended.reason.as_str().into())])) }
        }
    }
}

fn person(sheet: &Sheet, opened: &Opened) -> Markup {
    let say = sheet.say();
    let contacts = &opened.case.contacts;
    html! {
        p { b { (contacts.name) } " " small { (contacts.kana) } }
        @if let Some(address) = &contacts.address { p { (address) } }
        @if let Some(phone) = &contacts.phone { p { (say.html("desk-person-phone", &[])) " " (phone) } }
        @if let Some(mail) = &contacts.mail { p { (say.html("desk-person-mail", &[])) " " (mail) } }
        p.sub { (say.html("desk-caller", &[])) }
        @if !opened.earlier.is_empty() {
            h3 { (say.html("desk-earlier", &[("count", opened.earlier.len().into())])) }
            ul {
                @for line in &opened.earlier {
                    li {
                        a href={ "/desk/cases/" (line.number.plain()) } {
                            (sheet.town.procedures.get(&line.procedure).map(|procedure| sheet.plain(&procedure.title)).unwrap_or_default())
                        }
                        " " small { (sheet.words.short_day(Language::Ja, clock::day(line.filed_at))) " " (sheet.word(&format!("desk-stage-{}", line.stage))) }
                    }
                }
            }
        }
    }
}

fn letters_of(sheet: &Sheet, opened: &Opened) -> Markup {
    let say = sheet.say();
    html! {
        @if opened.letters.is_empty() { p.sub { (say.html("desk-letters-none", &[])) } } @else {
            ul.files {
                @for letter in &opened.letters {
                    li {
                        span.grow {
                            @let title = letter.title.as_deref().unwrap_or(&letter.template);
                            @if matches!(letter.state, letters::State::Issued | letters::State::Voided) {
                                a href={ "/desk/cases/" (opened.case.number.plain()) "/letters/" (letter.id) } { (title) }
                            } @else { (title) }
                        }
                        small { (letter.document_number) " " (sheet.word(&format!("desk-letter-{}", letter.state.code()))) }
                        @if let Some(problem) = &letter.problem { p { (problem) } }
                    }
                }
            }
        }
    }
}

/// An attachment in place.
pub(super) async fn file(sheet: Sheet, Path((number, file)): Path<(String, String)>) -> Result<Response, PageError> {
    let opened = open(&sheet, &number).await?;
    let attached = crate::attachments::of(&opened.case.answers).into_iter().find(|answer| answer.file == file);
    let mut attached = attached.ok_or(PageError::NotFound)?;
    let (case, filed) = (opened.case.id, attached.file.clone());
    let kept = sheet.read(move |tx, _| Ok(crate::attachments::kept(tx, case, &filed)?)).await.map_err(refusal)?;
    // What was typed at the desk lies here under its own name; what residents sent has a copy here once it came through the hatch.
    attached.file = kept.unwrap_or(attached.file);
    crate::portal::served(&sheet.face.files, &attached).await
}

/// A letter as it was issued.
pub(super) async fn letter(sheet: Sheet, Path((number, letter)): Path<(String, String)>) -> Result<Response, PageError> {
    let opened = open(&sheet, &number).await?;
    let letter = opened.letters.iter().find(|known| known.id.to_string() == letter).ok_or(PageError::NotFound)?.id;
    let issued = sheet.read(move |tx, _| Ok(letters::rendered(tx, letter)?)).await.map_err(refusal)?.ok_or(PageError::NotFound)?;
    let answer = FileAnswer { file: issued.pdf.to_string(), name: issued.title, media: "application/pdf".to_owned(), bytes: 0 };
    crate::portal::served(&sheet.face.files, &answer).await
}
