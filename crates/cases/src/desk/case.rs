//! 案件: answers beside the registry, attachments in place, the person's earlier cases, messages, notes, history; what the law counts is
//! always in sight, what I do next stands at the top right. Each look is recorded.

use access::{Act, PageError, looked};
use axum::{
    extract::{Path, Query},
    response::Response,
};
use definitions::{
    answer::FileAnswer,
    form::Filled,
    procedure::{Procedure, StepAct},
    text::Language,
    typed::Typed,
};
use maud::{Markup, html};
use ui::{
    page::{Crumb, csrf_input},
    parts::{self, KeyHint, Tone, Weight},
};

use super::{
    Sheet, Side, compare, individual_number,
    panels::{clock_panel, holder, letters_of, papers, person, proposal_panel, reach_panel},
    refusal, side,
    side::names,
    story,
};
use crate::{
    CaseNumber, apart,
    asked::Asking,
    case::{Approval, Case, Stage},
    clock, decide,
    event::{Event, Told, Who},
    rows::{self, inbox::InboxLine, marks},
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
    pub beside: marks::Side,
    pub charges: Vec<(String, i64)>,
    /// Attachments that came through the hatch, as they were filed.
    pub files_here: std::collections::BTreeSet<String>,
    /// The sheet of paper that a clerk made it of.
    pub scans: Vec<definitions::answer::FileAnswer>,
    /// Individual numbers, which lie apart: that there are any, not which.
    pub apart: Vec<apart::Lies>,
    /// To whom the case can be given.
    pub colleagues: Vec<(access::StaffId, String)>,
    /// In which role this person approves, and what stands in the way.
    pub turn: Turn,
    /// What the step asks staff, with what is known beforehand.
    pub in_step: (Typed, Filled),
    pub side: Side,
}

/// The reader's place in the chain.
pub(super) struct Turn {
    pub place: decide::Place,
    /// 専決: the reader's approval ends the chain before its last role.
    pub alone: bool,
    /// 合議 that must be complete first, because the reader's approval ends the chain.
    pub waits: bool,
}

impl Turn {
    fn of(tx: &store::Read<'_>, acting: &verbs::Acting<'_>, case: &Case, procedure: &Procedure) -> Result<Turn, store::StoreError> {
        let place = decide::place(tx, acting, case, procedure)?;
        let alone = match place.capacity() {
            Some((role, _)) => decide::consult::decides_alone(tx, acting, case, procedure, &role)?,
            None => false,
        };
        let waits = case.ends_next(procedure, alone) && !case.stage.consulted().iter().all(|asked| asked.agrees());
        Ok(Turn { place, alone, waits })
    }
}

/// Opens a case for this person and records the look.
pub(super) async fn open(sheet: &Sheet, number: &str) -> Result<Opened, PageError> {
    let number: CaseNumber = number.parse().map_err(|_| PageError::NotFound)?;
    let words = sheet.words.clone();
    sheet
        .write(move |tx, acting| {
            let (case, procedure) = verbs::read(tx, acting, number)?;
            let authority = verbs::read_by(acting, &case, &procedure)?;
            looked::looked(tx, acting.staff, &authority, access::RecordKind::Case, &case.id.to_string(), "case")?;
            let story = rows::desk::story(tx, acting.keys, case.id)?;
            let names = names(tx, staff_in(&case, &story))?;
            let may_read = access::may(acting.staff, Act::Read, &verbs::attributes_beside(access::RecordKind::Letter, &case)).is_some();
            let letters = if may_read { letters::of_case(tx, case.id)? } else { Vec::new() };
            let earlier = rows::inbox::earlier_of(tx, acting.staff, &case, 10)?;
            let known = compare::known(tx, acting, &case)?;
            let beside = marks::side(tx, case.id)?;
            // Whoever has the case has now seen what came; of a case that nobody has, anybody.
            if beside.replied && case.assignee.is_none_or(|assignee| assignee == acting.staff.id) {
                marks::seen(tx, case.id)?;
            }
            let charges = crate::registers::due(tx, case.id)?;
            let apart = apart::lies(tx, case.id)?;
            let files_here = crate::attachments::here(tx, case.id)?;
            let scans = crate::keyed::scans(tx, acting.keys, case.id)?;
            let colleagues = access::staff::directory::in_department(tx, &case.department, acting.today())?;
            let colleagues = colleagues.into_iter().filter(|one| one.id != acting.staff.id).map(|one| (one.id, one.name)).collect();
            let turn = Turn::of(tx, acting, &case, &procedure)?;
            let in_step = in_step(tx, acting, &case, &procedure)?;
            let side = side(tx, acting, &words, "")?;
            Ok(Opened {
                case,
                procedure,
                story,
                names,
                letters,
                earlier,
                known,
                beside,
                charges,
                files_here,
                scans,
                apart,
                colleagues,
                turn,
                in_step,
                side,
            })
        })
        .await
        .map_err(refusal)
}

/// Who of the staff stands somewhere on the page.
fn staff_in(case: &Case, story: &[Told]) -> Vec<access::StaffId> {
    let mut ids: Vec<access::StaffId> = case.assignee.into_iter().collect();
    for told in story {
        ids.extend(match &told.who {
            Who::Staff(id) => Some(*id),
            _ => None,
        });
        ids.extend(match &told.event {
            Event::Assigned { to } => Some(*to),
            _ => None,
        });
    }
    ids
}

/// What was just done.
#[derive(serde::Deserialize)]
pub(super) struct Done {
    done: Option<String>,
}

impl Done {
    pub(super) fn done(&self) -> Option<&str> {
        self.done.as_deref()
    }
}

pub(super) async fn show(sheet: Sheet, Path(number): Path<String>, Query(asked): Query<Done>) -> Result<Markup, PageError> {
    let opened = open(&sheet, &number).await?;
    Ok(case_page(&sheet, &opened, sheet.done(asked.done.as_deref())))
}

/// The page, with `above` before everything: a clash, a mistake, what was done.
pub(super) fn case_page(sheet: &Sheet, opened: &Opened, above: Markup) -> Markup {
    let say = sheet.say();
    let (case, procedure) = (&opened.case, &opened.procedure);
    let title = format!("{}　{}", sheet.plain(&procedure.title), case.contacts.name);
    let all = sheet.word("desk-nav-all");
    let channel = sheet.word(&format!("cases-channel-{}", case.channel.code()));
    let filed = sheet.words.short_day(Language::Ja, clock::day(case.filed_at));
    let number =
        say.text("desk-case-trail", &[("number", case.number.to_string().into()), ("channel", channel.into()), ("filed", filed.into())]);
    let trail = [Crumb { label: &all, href: Some("/desk/cases?queue=all") }, Crumb { label: &number, href: None }];
    let attributes = verbs::attributes(case, crate::case::sensitivity(procedure));
    let may_work = access::may(&sheet.staff, Act::Work, &attributes).is_some();
    let heading = html! {
        (sheet.plain(&procedure.title)) "　" (case.contacts.name) " " (say.html("desk-san", &[])) " "
        (parts::chip(tone(case), &stage(sheet, case, procedure)))
        @if opened.beside.replied { " " (parts::chip(parts::ChipTone::Act, &sheet.word("desk-chip-replied"))) }
        @if case.hear_by(&sheet.town.closed, sheet.today()).is_some_and(|due| due < sheet.today()) {
            " " (parts::chip(parts::ChipTone::Late, &sheet.word("desk-chip-late")))
        }
    };
    let body = html! {
        (above)
        (reach_panel(sheet, opened))
        (proposal_panel(sheet, opened))
        div.split {
            div {
                @if may_work { (step_panel(sheet, opened)) }
                section.panel aria-labelledby="answers" {
                    h2 #answers { (say.html("desk-answers", &[])) }
                    (super::attached::sheet_of_paper(sheet, opened))
                    (story::doubts(sheet, opened))
                    (warned(sheet, case, procedure))
                    (compare::table(sheet, opened))
                    (individual_number::beside(sheet, opened))
                }
                section.panel aria-labelledby="messages" {
                    h2 #messages { (say.html("cases-thread-title", &[])) }
                    (story::messages(sheet, opened))
                    @if may_work { (write_form(sheet, case, "write", "desk-write", "desk-write-send")) }
                }
                section.panel aria-labelledby="letters" {
                    h2 #letters { (say.html("desk-letters", &[])) }
                    (letters_of(sheet, opened))
                }
                section.panel aria-labelledby="notes" {
                    h2 #notes { (say.html("desk-notes", &[])) }
                    (story::notes(sheet, opened))
                    @if may_work { (write_form(sheet, case, "note", "desk-note", "desk-note-keep")) }
                }
            }
            div {
                section.panel aria-labelledby="clock" { h2 #clock { (say.html("desk-clock", &[])) } (clock_panel(sheet, opened)) }
                section.panel aria-labelledby="holder" { h2 #holder { (say.html("desk-holder", &[])) } (holder(sheet, opened)) }
                section.panel aria-labelledby="person" { h2 #person { (say.html("desk-person", &[])) } (person(sheet, opened)) }
                section.panel aria-labelledby="history" { h2 #history { (say.html("desk-history", &[])) } (story::history(sheet, opened)) }
                section.panel aria-labelledby="papers" { h2 #papers { (say.html("desk-papers", &[])) } (papers(sheet, opened)) @if access::may(&sheet.staff, Act::Print, &attributes).is_some() { (parts::link_button(Weight::Quiet, &format!("/desk/cases/{}/print", case.number.plain()), say.html("desk-verb-print", &[]))) } }
            }
        }
        p.sub { (say.html("desk-looked", &[])) }
    };
    let claim = sheet.word("desk-key-claim");
    let (search, go_on) = (sheet.word("desk-key-search"), sheet.word("desk-key-go-on"));
    let mut keys = vec![KeyHint { keys: &["a"], what: &claim, at_foot: true }, KeyHint { keys: &["/"], what: &search, at_foot: false }];
    if may_work && compare::nothing_differs(sheet, opened) {
        keys.insert(0, KeyHint { keys: &["o"], what: &go_on, at_foot: true });
    }
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
    let attributes = verbs::attributes(case, crate::case::sensitivity(procedure));
    let may = |act| access::may(&sheet.staff, act, &attributes).is_some();
    let at = format!("/desk/cases/{}", case.number.plain());
    let link =
        |weight, verb: &str| parts::link_button(weight, &format!("{at}/{verb}"), sheet.say().html(&format!("desk-verb-{verb}"), &[]));
    let press = |weight, verb: &str| do_button(sheet, case, weight, verb);
    let works = case.stage.is_open() && may(Act::Work);
    html! {
        @match &case.stage {
            Stage::Working { .. } if works => {
                (link(Weight::Second, "correction"))
                @if case.assignee != Some(sheet.staff.id) { (claim(sheet, case, if case.assignee.is_none() { Weight::Primary } else { Weight::Second })) }
                @match case.step(procedure).map(|step| step.act) {
                    // "o" goes on by one key where the registry says the same everywhere.
                    Some(StepAct::Propose) => a.btn href={ (at) "/propose" } { (sheet.say().html("desk-verb-propose", &[])) },
                    Some(StepAct::Work) => (advance_button(sheet, opened)),
                    _ => {}
                }
            }
            Stage::Correcting { .. } if works => {
                @if case.assignee != Some(sheet.staff.id) { (claim(sheet, case, Weight::Second)) }
                (press(Weight::Second, "end-correction"))
            }
            Stage::Approving { proposal, .. } if may(Act::Decide) && opened.turn.place.capacity().is_some() => {
                (link(Weight::Second, "send-back"))
                @if proposal.by != sheet.staff.id && !opened.turn.waits { (press(Weight::Primary, "approve")) }
            }
            Stage::Decided { approvals, .. } if may(Act::Decide) && awaits_my_look(sheet, case, approvals) => {
                (press(Weight::Primary, "look-afterwards"))
            }
            _ => {}
        }
    }
}

/// 後閲: somebody decided in my place, and I have not looked yet.
fn awaits_my_look(sheet: &Sheet, case: &Case, approvals: &[Approval]) -> bool {
    approvals.iter().any(|one| one.waits_for_a_look() && sheet.staff.holds_role(&case.department, &one.role))
}

fn claim(sheet: &Sheet, case: &Case, weight: Weight) -> Markup {
    html! {
        form method="post" action={ "/desk/cases/" (case.number.plain()) "/do/claim" } data-guard {
            (csrf_input(&sheet.staff.csrf))
            input type="hidden" name="row" value=(case.row);
            button class=(if weight == Weight::Primary { "btn" } else { "btn second" }) type="submit" data-shortcut="a" { (sheet.say().html("desk-verb-claim", &[])) }
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

/// The button of the form below: what I do next stands at the top right. One key goes on where the registry says the same everywhere.
fn advance_button(sheet: &Sheet, opened: &Opened) -> Markup {
    let shortcut = compare::nothing_differs(sheet, opened).then_some("o");
    // Of two buttons one is the next thing to do: what nobody has is claimed first.
    let class = if opened.case.assignee.is_none() { "btn second" } else { "btn" };
    html! { button class=(class) type="submit" form="advance" data-shortcut=[shortcut] { (sheet.say().html("desk-verb-advance", &[])) } }
}

/// The step's work is done when its checks are ticked off; what was not ticked stands in the story.
fn step_panel(sheet: &Sheet, opened: &Opened) -> Markup {
    let (case, procedure) = (&opened.case, &opened.procedure);
    let Some(step) = case.step(procedure).filter(|step| step.act == StepAct::Work && matches!(case.stage, Stage::Working { .. })) else {
        return html! {};
    };
    html! {
        section.panel aria-labelledby="step" hidden[step.checks.is_empty() && step.ask.is_empty()] {
            h2 #step { (sheet.plain(&step.title)) }
            form id="advance" method="post" action={ "/desk/cases/" (case.number.plain()) "/do/advance" } data-guard {
                (csrf_input(&sheet.staff.csrf))
                input type="hidden" name="row" value=(case.row);
                @for (id, text) in &step.checks { label.pick { input type="checkbox" name="check" value=(id); span { (sheet.plain(text)) } } }
                (asked_in_step(sheet, opened))
            }
        }
    }
}

/// What the step asks staff to write down, such as the day of an interview; named `step.FIELD`.
fn asked_in_step(sheet: &Sheet, opened: &Opened) -> Markup {
    let asked = opened.case.step(&opened.procedure).map(|step| step.ask.values().collect::<Vec<_>>()).unwrap_or_default();
    let (typed, filled) = &opened.in_step;
    html! { @for field in asked { (ui::field::render(field, &asked_view(sheet, "step", typed, filled))) } }
}

/// How a question to staff is drawn: below the name of its step or outcome.
pub(super) fn asked_view<'v>(sheet: &'v Sheet, prefix: &'v str, typed: &'v Typed, filled: &'v Filled) -> ui::field::FieldView<'v> {
    ui::field::FieldView {
        say: sheet.say(),
        town: &sheet.town,
        typed,
        filled,
        prefix,
        problems: &[],
        upload: None,
        papers: ui::field::Papers::NotAsked,
        postal: None,
        keying: None,
    }
}

/// The questions of the step as staff find them, under the names of the page.
fn in_step(
    tx: &store::Read<'_>,
    acting: &verbs::Acting<'_>,
    case: &Case,
    procedure: &Procedure,
) -> Result<(Typed, Filled), store::StoreError> {
    let Some(step) = case.step(procedure).filter(|step| !step.ask.is_empty()) else { return Ok(Default::default()) };
    let asking = Asking { town: acting.town, case, procedure, outcome: None, ask: &step.ask, today: acting.today() };
    let (typed, filled) = asking.begin(tx)?;
    Ok((typed.under("step"), filled.under("step")))
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

/// A letter as it was issued.
pub(super) async fn letter(sheet: Sheet, Path((number, letter)): Path<(String, String)>) -> Result<Response, PageError> {
    let opened = open(&sheet, &number).await?;
    let letter = opened.letters.iter().find(|known| known.id.to_string() == letter).ok_or(PageError::NotFound)?.id;
    let issued = sheet.read(move |tx, _| Ok(letters::rendered(tx, letter)?)).await.map_err(refusal)?.ok_or(PageError::NotFound)?;
    let answer = FileAnswer { file: issued.pdf.to_string(), name: issued.title, media: "application/pdf".to_owned(), bytes: 0 };
    crate::portal::served(&sheet.face.files, &answer).await
}
