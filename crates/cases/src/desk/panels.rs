//! The panels of a case's page: what the law counts, who has it, the person, the decision that is put before me, whom to ring up.

use access::{Act, RecordKind};
use definitions::text::Language;
use maud::{Markup, html};
use ui::{
    page::csrf_input,
    parts::{self, Fact, Tone, Weight},
};

use super::{
    Sheet,
    case::{Opened, do_button},
};
use crate::{
    case::{Approval, Case, Proposal, Stage},
    clock::{self, Standing},
    decide::{
        Place,
        consult::{Consultation, Said, asked_of},
    },
    verbs,
};

fn may(sheet: &Sheet, opened: &Opened, act: Act) -> bool {
    access::may(&sheet.staff, act, &verbs::attributes(&opened.case, crate::case::sensitivity(&opened.procedure))).is_some()
}

/// The same of what lies beside the case: its letters, its messages.
pub(super) fn may_beside(sheet: &Sheet, opened: &Opened, act: Act, kind: RecordKind) -> bool {
    access::may(&sheet.staff, act, &verbs::attributes_beside(kind, &opened.case)).is_some()
}

/// Both clocks, with what stops them.
pub(super) fn clock_panel(sheet: &Sheet, opened: &Opened) -> Markup {
    html! {
        (clock_of(sheet, &opened.case))
        @if opened.case.stage.is_open() && may(sheet, opened, Act::Work) {
            (parts::link_button(Weight::Quiet, &format!("/desk/cases/{}/delay", opened.case.number.plain()), sheet.say().html("desk-verb-delay", &[])))
        }
    }
}

/// Both clocks.
pub(super) fn clock_of(sheet: &Sheet, case: &Case) -> Markup {
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
        ]))
        @for pause in &case.clock.pauses {
            p.sub {
                (say.html("desk-clock-pause", &[
                    ("from", sheet.words.short_day(Language::Ja, pause.from).into()),
                    ("until", pause.until.map_or_else(|| "…".to_owned(), |until| sheet.words.short_day(Language::Ja, until)).into()),
                ]))
            }
        }
        @if let Some(special) = &case.clock.special {
            p.sub { (say.html("desk-clock-special", &[
                ("on", sheet.words.short_day(Language::Ja, special.on).into()),
                ("part", case.clock.extended_due(calendar, today).map(|part| sheet.words.short_day(Language::Ja, part)).unwrap_or_default().into()),
                ("reason", special.reason.as_str().into()),
            ])) }
        }
        @if let Some(extended) = &case.clock.extended {
            p.sub { (say.html("desk-clock-extended", &[("on", sheet.words.short_day(Language::Ja, extended.on).into()), ("reason", extended.reason.as_str().into())])) }
        }
    }
}

/// 電話・郵便で知らせる: no message reaches this person by itself; whoever has told them says so here.
pub(super) fn reach_panel(sheet: &Sheet, opened: &Opened) -> Markup {
    let Some(how) = opened.beside.reach.as_deref() else { return html! {} };
    let (say, contacts) = (sheet.say(), &opened.case.contacts);
    let to = match how {
        "call" => contacts.phone.as_deref(),
        "post" => contacts.address.as_deref(),
        _ => None,
    };
    html! {
        (parts::notice(Tone::Warn, html! {
            p { b { (say.html(&format!("desk-reach-do-{how}"), &[])) } @if let Some(to) = to { "　" (to) } }
            @if may(sheet, opened, Act::Work) && may_beside(sheet, opened, Act::Work, RecordKind::Message) {
                form.row method="post" action={ "/desk/cases/" (opened.case.number.plain()) "/do/reached" } data-guard {
                    (csrf_input(&sheet.staff.csrf))
                    input type="hidden" name="row" value=(opened.case.row);
                    input type="hidden" name="how" value=(how);
                    label.sr for="reached-text" { (sheet.word("desk-reach-note")) }
                    input.in.m id="reached-text" name="text" maxlength="200" placeholder=(sheet.word("desk-reach-note"));
                    (parts::button(Weight::Second, say.html(&format!("desk-reached-button-{how}"), &[])))
                }
            }
        }))
    }
}

/// 起案: what was put before the chain, who approved so far, who was asked to agree; and my answer, if I am asked.
pub(super) fn proposal_panel(sheet: &Sheet, opened: &Opened) -> Markup {
    let (proposal, approvals) = match &opened.case.stage {
        Stage::Approving { proposal, approvals, .. } | Stage::Decided { proposal, approvals, .. } => (proposal, approvals),
        _ => return html! {},
    };
    let say = sheet.say();
    html! {
        section.panel aria-labelledby="proposal" {
            h2 #proposal { (say.html("desk-proposal", &[])) }
            (proposed(sheet, opened, proposal))
            (chain(sheet, opened, approvals))
            (consulted(sheet, opened, opened.case.stage.consulted()))
            (my_turn(sheet, opened, proposal))
        }
    }
}

/// What the reader's place in the chain means: 代決, 専決, what must come first.
fn my_turn(sheet: &Sheet, opened: &Opened, proposal: &Proposal) -> Markup {
    let (say, turn) = (sheet.say(), &opened.turn);
    let named = |id, word: &str| say.html(word, &[("role", role(sheet, id).into())]);
    html! {
        @if let Place::HolderPresent(id) = &turn.place {
            p { (named(id, "desk-proposal-holder-present")) " " a href="/desk/absences" { (say.html("desk-proposal-absences", &[])) } }
        }
        @if let Some((id, stands_in)) = turn.place.capacity() {
            @if proposal.by == sheet.staff.id { p.sub { (say.html("desk-why-own-draft", &[])) } }
            @if stands_in { p { (named(&id, "desk-proposal-stands-in")) } }
            @if turn.alone { p { (named(&id, "desk-proposal-alone")) } }
            @if turn.waits { p { (say.html("desk-proposal-waits", &[])) } }
        }
    }
}

fn proposed(sheet: &Sheet, opened: &Opened, proposal: &Proposal) -> Markup {
    let say = sheet.say();
    let outcome = opened.procedure.outcomes.get(&proposal.outcome);
    let title = outcome.map_or_else(|| proposal.outcome.to_string(), |outcome| sheet.plain(&outcome.title));
    let asked = outcome.map(|outcome| outcome.ask.values().collect::<Vec<_>>()).unwrap_or_default();
    html! {
        dl.answers {
            div { dt { (say.html("desk-propose-outcome", &[])) } dd { b { (title) } } }
            @if !proposal.reason.is_empty() { div { dt { (say.html("desk-propose-reason", &[])) } dd.written { (proposal.reason) } } }
            @for field in asked {
                @if let Some(answer) = proposal.details.get(field.id.as_str()) {
                    div { dt { (sheet.plain(&field.label)) } dd { (answer.shown(field, &sheet.town, Language::Ja)) } }
                }
            }
            div { dt { (say.html("desk-proposal-by", &[])) } dd { (name(sheet, opened, proposal.by)) " " small { (sheet.words.moment_html(Language::Ja, clock::local(proposal.at))) } } }
        }
    }
}

/// 決裁欄: each role of the chain with who approved in it.
fn chain(sheet: &Sheet, opened: &Opened, approvals: &[Approval]) -> Markup {
    let decide = opened.procedure.steps.values().find(|step| step.act == definitions::procedure::StepAct::Decide);
    let roles = decide.map(|step| step.role.as_slice()).unwrap_or_default();
    let open = opened.case.stage.is_open();
    html! {
        ol.stamps {
            @for (at, id) in roles.iter().enumerate() {
                @let approval = approvals.iter().find(|approval| approval.role == *id);
                @if approval.is_some() || open {
                    li {
                        b { (role(sheet, id)) } " "
                        @match approval {
                            Some(approval) => {
                                (name(sheet, opened, approval.by))
                                @if approval.stands_in { (sheet.word("desk-stands-in")) }
                                " " small { (sheet.words.moment_html(Language::Ja, clock::local(approval.at))) }
                                @if let Some(looked) = approval.looked_at { " " small { (sheet.word("desk-event-looked-afterwards")) " " (sheet.words.moment_html(Language::Ja, clock::local(looked))) } }
                            },
                            None if at == approvals.len() => { (parts::chip(parts::ChipTone::Act, &sheet.word("desk-proposal-next"))) },
                            None => "—",
                        }
                    }
                }
            }
        }
    }
}

/// 合議: which departments were asked, what they said, and my department's answer.
fn consulted(sheet: &Sheet, opened: &Opened, asked: &[Consultation]) -> Markup {
    if asked.is_empty() {
        return html! {};
    }
    let say = sheet.say();
    let mine = asked_of(&sheet.staff, &opened.case).filter(|_| may(sheet, opened, Act::Decide));
    let department =
        |id| sheet.town.departments.get(id).map_or_else(|| ToString::to_string(id), |department| sheet.plain(&department.name));
    html! {
        h3 { (say.html("desk-consult", &[])) }
        ul {
            @for one in asked {
                li {
                    b { (department(&one.department)) } " "
                    @match &one.answer {
                        Some(answer) => {
                            (parts::chip(if answer.said == Said::Agreed { parts::ChipTone::Good } else { parts::ChipTone::Late }, &sheet.word(&format!("desk-consult-{}", answer.said.code()))))
                            " " (name(sheet, opened, answer.by)) " " (answer.say)
                        },
                        None => (parts::chip(parts::ChipTone::Still, &sheet.word("desk-consult-waiting"))),
                    }
                }
            }
        }
        @if mine.is_some() {
            form.row method="post" action={ "/desk/cases/" (opened.case.number.plain()) "/do/agree" } data-guard {
                (csrf_input(&sheet.staff.csrf))
                input type="hidden" name="row" value=(opened.case.row);
                label.sr for="consult-text" { (sheet.word("desk-consult-say")) }
                input.in id="consult-text" name="text" maxlength="500" placeholder=(sheet.word("desk-consult-say"));
                (parts::button(Weight::Primary, say.html("desk-verb-agree", &[])))
                @for verb in ["ask-change", "object"] {
                    button.btn.second type="submit" formaction={ "/desk/cases/" (opened.case.number.plain()) "/do/" (verb) } { (say.html(&format!("desk-verb-{verb}"), &[])) }
                }
            }
        }
    }
}

fn role(sheet: &Sheet, id: &definitions::ids::RoleId) -> String {
    sheet.town.roles.get(id).map_or_else(|| id.to_string(), |role| sheet.plain(&role.name))
}

fn name(sheet: &Sheet, opened: &Opened, id: access::StaffId) -> String {
    opened.names.get(&id).cloned().unwrap_or_else(|| sheet.word("desk-who-staff"))
}

/// 担当: who has it, since when, and to whom it can be given.
pub(super) fn holder(sheet: &Sheet, opened: &Opened) -> Markup {
    let (say, case) = (sheet.say(), &opened.case);
    html! {
        p {
            @match case.assignee {
                Some(id) if id == sheet.staff.id => b { (sheet.word("desk-assignee-me")) },
                Some(id) => b { (name(sheet, opened, id)) },
                None => (say.html("desk-holder-none", &[])),
            }
            @if let Some(since) = case.assigned_at { " " small { (sheet.words.moment_html(Language::Ja, clock::local(since))) } }
        }
        @if case.stage.is_open() {
            @if may(sheet, opened, Act::Assign) && !opened.colleagues.is_empty() {
                form.row method="post" action={ "/desk/cases/" (case.number.plain()) "/do/give" } data-guard {
                    (csrf_input(&sheet.staff.csrf))
                    input type="hidden" name="row" value=(case.row);
                    label.sr for="give-to" { (sheet.word("desk-give-to")) }
                    select.in.m id="give-to" name="to" {
                        @for (id, name) in opened.colleagues.iter().filter(|(id, _)| case.assignee != Some(*id)) { option value=(id) { (name) } }
                    }
                    (parts::button(Weight::Second, say.html("desk-verb-give", &[])))
                }
            }
            @if may(sheet, opened, Act::Work) {
                div.row {
                    @if case.assignee == Some(sheet.staff.id) { (do_button(sheet, case, Weight::Quiet, "release")) }
                    @if !matches!(case.stage, Stage::Approving { .. }) { (parts::link_button(Weight::Quiet, &format!("/desk/cases/{}/hand-over", case.number.plain()), say.html("desk-verb-hand-over", &[]))) }
                }
            }
        }
    }
}

/// この人: contacts, what the registry says of the household, what may be told to a caller, what they filed before.
pub(super) fn person(sheet: &Sheet, opened: &Opened) -> Markup {
    let say = sheet.say();
    let contacts = &opened.case.contacts;
    let at = format!("/desk/cases/{}", opened.case.number.plain());
    html! {
        p { b { (contacts.name) } " " small { (contacts.kana) } }
        @if let Some(address) = &contacts.address { p { (address) } }
        @if let Some(phone) = &contacts.phone { p { (say.html("desk-person-phone", &[])) " " (phone) } }
        @if let Some(mail) = &contacts.mail { p { (say.html("desk-person-mail", &[])) " " (mail) } }
        @if let Some(resident) = &opened.known.person {
            p {
                a href={ "/desk/residents/" (resident.id) } { (say.html("desk-person-record", &[])) }
                " " small { (jp::era::wareki(resident.born)) "（" (age(resident, sheet.today())) "）" }
                @for member in &opened.known.household { br; (member.name.full()) " " small { "（" (age(member, sheet.today())) "）" } }
            }
        } @else {
            p { a href={ (at) "/person" } { (say.html("desk-person-find", &[])) } }
        }
        details { summary { (say.html("desk-caller-rules", &[])) } p { (say.html("desk-caller", &[])) } }
        @if !opened.earlier.is_empty() {
            h3 { (say.html("desk-earlier", &[("count", opened.earlier.len().into())])) }
            ul {
                @for line in &opened.earlier {
                    li {
                        a href={ "/desk/cases/" (line.number.plain()) } { (super::inbox::title_of(sheet, line)) }
                        " " small { (sheet.words.short_day(Language::Ja, clock::day(line.filed_at))) " " (sheet.word(&format!("desk-stage-{}", line.stage))) }
                    }
                }
            }
        }
    }
}

/// Years of age today; nobody is negative: a record from tomorrow says nothing.
fn age(resident: &registry::resident::Resident, today: jiff::civil::Date) -> String {
    jp::age::age_on(resident.born, today).map(|age| age.to_string()).unwrap_or_default()
}

/// 文書管理: numbers, classification, retention, what is due, the version under which it was filed.
pub(super) fn papers(sheet: &Sheet, opened: &Opened) -> Markup {
    let (say, case, procedure) = (sheet.say(), &opened.case, &opened.procedure);
    let numbers: Vec<&str> = opened.letters.iter().map(|letter| letter.document_number.as_str()).collect();
    let version: String = case.version.0.chars().take(10).collect();
    html! {
        dl.facts {
            div { dt { (say.html("desk-receipt-number", &[])) } dd { (case.receipt_number) } }
            @if !numbers.is_empty() { div { dt { (say.html("desk-document-number", &[])) } dd { (numbers.join("、")) } } }
            div { dt { (say.html("desk-classification", &[])) } dd { (procedure.classification.as_deref().unwrap_or("—")) } }
            div { dt { (say.html("desk-retention", &[])) } dd { (say.html("desk-retention-years", &[("years", procedure.keep_fiscal_years.into())])) } }
            div { dt { (say.html("desk-definitions-version", &[])) } dd { code { (version) } } }
            @for (what, yen) in &opened.charges { div { dt { (what) } dd { (say.html("desk-charge-yen", &[("yen", (*yen).into())])) } } }
        }
    }
}

pub(super) fn letters_of(sheet: &Sheet, opened: &Opened) -> Markup {
    let say = sheet.say();
    let may_void = crate::voiding::may_void(&sheet.staff, &opened.case).is_some();
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
                        @if let Some(on) = letter.voided_on { small { (sheet.words.short_day(Language::Ja, on)) } }
                        @if letter.state == letters::State::Issued && may_void {
                            a href={ "/desk/cases/" (opened.case.number.plain()) "/letters/" (letter.id) "/void" } { (say.html("desk-void-title", &[])) }
                        }
                        @if let Some(problem) = &letter.problem { p { (problem) } }
                    }
                }
            }
        }
    }
}
