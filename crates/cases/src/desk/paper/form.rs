//! The sheet as a clerk types it: all questions on one page in two columns with the numbers of the printed form, the scan beside them. It is a
//! plain form that is posted whole; `entry.js` makes it quick to type in.

use access::{Act, CaseId, PageError, RecordKind};
use axum::extract::{Path, Query};
use definitions::{
    field::Field,
    form::{FieldProblem, Filled},
    ids::FieldId,
    procedure::{Online, Procedure},
    text::Language,
    typed::Typed,
};
use indexmap::IndexMap;
use maud::{Markup, html};
use registry::known::DeskFacts;
use serde::Deserialize;
use ui::{
    assets,
    field::{self, FieldView, Keying, Papers, Postal},
    page::csrf_input,
    parts::{self, KeyHint, Mistake, Tone, Weight},
};

use super::{OpenSheet, Origin, Sheet, allowed, at_the_side, came, give_back_button, may_take_in, reading::Reading, refusal, scans};
use crate::{
    CaseNumber, Channel,
    identity::{NOTE, PROOF, Proof, WHO, WhoCame},
    keyed,
    portal::postal,
    receiving, rows,
    verbs::Refused,
};

/// How a filing came, or which sheet is gone on with; after a sheet of a pile, the case that it became.
#[derive(Deserialize)]
pub(in crate::desk) struct Came {
    channel: Option<String>,
    sheet: Option<String>,
    on: Option<String>,
    last: Option<String>,
}

/// All questions of a procedure, page after page.
pub(super) fn fields(procedure: &Procedure) -> IndexMap<FieldId, Field> {
    procedure.pages.values().flat_map(|page| page.fields.clone()).collect()
}

pub(in crate::desk) async fn show(sheet: Sheet, Path(procedure): Path<String>, Query(came): Query<Came>) -> Result<Markup, PageError> {
    let procedure = sheet.town.procedures.get(procedure.as_str()).cloned().ok_or(PageError::NotFound)?;
    if !may_take_in(&sheet, &procedure) {
        return Err(PageError::NotFound);
    }
    let open = match came.sheet {
        Some(case) => own(&sheet, &procedure, &case).await?,
        None => OpenSheet {
            case: CaseId::draw(sheet.clock.now()),
            procedure: procedure.id.clone(),
            typed: Typed::default(),
            channel: allowed(&procedure, came.channel.as_deref().and_then(Channel::from_code).unwrap_or(Channel::Paper)),
            language: Language::Ja,
            // A pile came on one day.
            received: came.on.and_then(|day| came::received(&day, sheet.today()).ok()).flatten(),
            origin: Origin::Blank,
            lent_at: None,
            scans: Vec::new(),
        },
    };
    let wrong = Wrong { last: came.last.and_then(|number| number.parse().ok()), ..Wrong::default() };
    page(&sheet, &procedure, &open, &wrong).await
}

/// A sheet of this clerk's own; the look is recorded.
async fn own(sheet: &Sheet, procedure: &Procedure, case: &str) -> Result<OpenSheet, PageError> {
    let (case, wanted): (CaseId, _) = (case.parse().map_err(|_| PageError::NotFound)?, procedure.id.clone());
    sheet
        .write(move |tx, acting| {
            let open = rows::sheets::sheet(tx, acting.keys, acting.staff.id, case)?;
            let open = open.filter(|open| open.procedure == wanted).ok_or(Refused::NotFound)?;
            let authority = access::grants::may_any(acting.staff, Act::Work, RecordKind::Case).ok_or(Refused::NotFound)?;
            access::looked::looked(tx, acting.staff, &authority, RecordKind::Case, &case.to_string(), "draft")?;
            Ok(open)
        })
        .await
        .map_err(refusal)
}

/// What is wrong with a sheet that was sent.
#[derive(Default)]
pub(super) struct Wrong {
    /// With the questions, files that were refused among them.
    pub problems: Vec<FieldProblem>,
    /// Formal rules that do not hold.
    pub formal: Vec<String>,
    /// With who was seen: the input and the words.
    pub seen: Option<(&'static str, &'static str)>,
    /// With the day on which it was stamped.
    pub came: Option<&'static str>,
    /// What was posted about how it came and who was seen, to be shown again.
    pub posted: Typed,
    /// Nothing: the sheet before this one became a case.
    pub last: Option<CaseNumber>,
    /// Nothing: what became of looking for a reading.
    pub reading: Option<Reading>,
}

pub(super) async fn page(sheet: &Sheet, procedure: &Procedure, open: &OpenSheet, wrong: &Wrong) -> Result<Markup, PageError> {
    let side = at_the_side(sheet).await?;
    let filled = filled(sheet, procedure, &open.typed).await?;
    let files = scans::list(sheet, procedure, open).await?;
    let today = keyed_today(sheet).await?;
    let completed = completed(sheet, wrong, &open.typed).await?;
    let say = sheet.say();
    let fields = fields(procedure);
    // What was printed from a draft counts only what it asked.
    let is_printed = open.origin == Origin::Prepared && !matches!(procedure.channels.online, Online::Prepare(_));
    let numbers = paper::form::numbers(&sheet.town, procedure, is_printed.then_some(&filled));
    let said = completed.as_ref().map(|(path, words)| (path.as_str(), words.as_str()));
    let view = FieldView {
        say,
        town: &sheet.town,
        typed: &open.typed,
        filled: &filled,
        prefix: "",
        problems: &wrong.problems,
        upload: None,
        papers: Papers::Asked,
        postal: sheet.town.postal.are_there().then_some(Postal { url: "/desk/postal", said }),
        keying: Some(Keying { numbers: &numbers }),
    };
    let mut mistakes: Vec<Mistake> = came::mistake(sheet, wrong).into_iter().chain(field::mistakes(&fields, &view)).collect();
    mistakes.extend(wrong.seen.map(|(input, words)| Mistake { anchor: input.to_owned(), text: sheet.word(words) }));
    mistakes.extend(scans::mistakes(sheet, wrong));
    let title = format!("{}　{}", sheet.word("desk-nav-paper"), sheet.plain(&procedure.title));
    let body = html! {
        link rel="stylesheet" href=(assets::href(assets::ENTRY_LOOK));
        (last(sheet, wrong))
        @if let Some(reading) = wrong.reading {
            div role="status" tabindex="-1" autofocus { (parts::notice(Tone::Info, html! { p { (sheet.word(reading.words())) } })) }
        }
        (parts::error_summary(say, &mistakes))
        @if !wrong.formal.is_empty() {
            (parts::notice(Tone::Error, html! { b { (sheet.word("desk-paper-formal")) } @for rule in &wrong.formal { p { (rule) } } }))
        }
        (origin(sheet, procedure, open))
        div.entry {
            div {
                (files)
                form #entry method="post" action={ "/desk/paper/" (procedure.id) } enctype="multipart/form-data" data-guard novalidate
                    data-entry={ "/desk/paper/" (procedure.id) "?sheet=" (open.case) }
                    data-saved=(sheet.word("desk-entry-saved")) data-unsaved=(sheet.word("desk-entry-unsaved")) {
                    (csrf_input(&sheet.staff.csrf))
                    // Return in a line of text looks again: half a sheet is never filed by a slip.
                    button.sr type="submit" name="verb" value="look" tabindex="-1" aria-hidden="true" {}
                    input type="hidden" name="draft-case" value=(open.case);
                    input type="hidden" name="draft-language" value=(open.language.code());
                    section.panel { (came::inputs(sheet, procedure, open, wrong)) }
                    @for page in procedure.pages.values() {
                        // A page that asks nothing now is kept for scripts, which bring its questions as its condition is met.
                        section.panel data-page=(page.id) hidden[!page.fields.keys().any(|id| filled.is_asked(id.as_str()))] {
                            h2 { (sheet.plain(&page.title)) }
                            div.qs { @for field in page.fields.values() { (field::render(field, &view)) } }
                        }
                    }
                    @if receiving::asks_identity(procedure, Channel::Counter) { (seen(sheet, wrong)) }
                    div.row.actions {
                        (parts::submit(Weight::Primary, "verb", "file", say.html("desk-paper-file", &[])))
                        (parts::submit(Weight::Second, "verb", "next", say.html("desk-entry-next", &[])))
                        (parts::submit(Weight::Second, "verb", "look", say.html("desk-entry-look", &[])))
                        @if knows_readings(sheet, procedure) {
                            (parts::submit(Weight::Second, "verb", "reading", say.html("desk-entry-reading", &[])))
                        }
                        (parts::submit(Weight::Second, "verb", "keep", say.html("desk-sheet-keep", &[])))
                        (parts::back_link("/desk/paper", say.html("desk-bulk-back", &[])))
                    }
                    p.rest role="status" data-entry-state {}
                }
                @if open.origin != Origin::Blank { (give_back_button(sheet, procedure, open)) }
            }
            (scans::beside(sheet, procedure, open, wrong))
        }
    };
    let [enter, back, digit, go_on] = ["enter", "back", "digit", "next"].map(|key| sheet.word(&format!("desk-entry-key-{key}")));
    let keys = [
        KeyHint { keys: &["Enter"], what: &enter, at_foot: true },
        KeyHint { keys: &["Shift+Enter"], what: &back, at_foot: true },
        KeyHint { keys: &["1–9"], what: &digit, at_foot: true },
        KeyHint { keys: &["Ctrl+Enter"], what: &go_on, at_foot: true },
    ];
    let beside = say.html("desk-entry-today", &[("count", today.into())]);
    Ok(sheet.page_with(&title, &side, &[], &keys, |page| page.beside(beside), body))
}

/// Whether the reading of the applicant is asked, and this person may look it up in the registry.
fn knows_readings(sheet: &Sheet, procedure: &Procedure) -> bool {
    procedure.applicant.kana.is_some() && access::grants::may_any(&sheet.staff, Act::Read, RecordKind::Resident).is_some()
}

/// How many sheets this clerk has made cases of today.
async fn keyed_today(sheet: &Sheet) -> Result<i64, PageError> {
    sheet.read(|tx, acting| Ok(keyed::count(tx, acting.staff.id, acting.today())?)).await.map_err(refusal)
}

/// What is said beside an address whose postal code was to complete it.
async fn completed(sheet: &Sheet, wrong: &Wrong, typed: &Typed) -> Result<Option<(String, String)>, PageError> {
    let Some(field::Pressed::Postal { path }) = field::pressed(&wrong.posted) else { return Ok(None) };
    let words = postal::said(&sheet.town, sheet.say(), typed, &path).await?;
    Ok(Some((path, words)))
}

/// That the sheet before this one became a case.
fn last(sheet: &Sheet, wrong: &Wrong) -> Markup {
    html! {
        @if let Some(number) = wrong.last {
            div role="status" {
                (parts::notice(Tone::Good, html! {
                    p { (sheet.word("desk-done-paper")) " " a href={ "/desk/cases/" (number.plain()) } { (number.to_string()) } "　" (sheet.word("desk-entry-go-on")) }
                }))
            }
        }
    }
}

/// What the definition makes of the sheet, with what the desk knows of the town.
async fn filled(sheet: &Sheet, procedure: &Procedure, typed: &Typed) -> Result<Filled, PageError> {
    let (town, typed, asked, today) = (sheet.town.clone(), typed.clone(), procedure.clone(), sheet.today());
    let filled = move |tx: &store::Read<'_>| -> Result<Filled, store::StoreError> {
        Ok(definitions::form::fill(&asked, &typed, &DeskFacts::of(tx, &town, None, today)?, today))
    };
    sheet.read(move |tx, _| Ok(filled(tx)?)).await.map_err(refusal)
}

/// Whose draft it is, and that nothing was filed yet.
fn origin(sheet: &Sheet, procedure: &Procedure, open: &OpenSheet) -> Markup {
    let words = match open.origin {
        Origin::Blank => return html! {},
        Origin::Lent => "desk-sheet-lent",
        Origin::Prepared if matches!(procedure.channels.online, Online::Prepare(_)) => "desk-sheet-prepared",
        Origin::Prepared => "desk-sheet-printed",
    };
    html! {
        (parts::notice(Tone::Info, html! {
            p { (sheet.word(words)) }
            @if open.origin == Origin::Prepared && !procedure.needs.is_empty() {
                b { (sheet.word("desk-sheet-needs")) }
                ul { @for need in &procedure.needs { li { (sheet.plain(need)) } } }
            }
        }))
    }
}

/// 本人確認: who came, and what they showed.
fn seen(sheet: &Sheet, wrong: &Wrong) -> Markup {
    let said = |name: &str| wrong.posted.first(name).unwrap_or_default();
    let is_wrong = |name: &str| wrong.seen.is_some_and(|(input, _)| input == name);
    let choose = |name: &'static str, label: &str, codes: &[&'static str]| {
        html! {
            div.field {
                label for=(name) { (sheet.word(label)) }
                (mistake(sheet, wrong, name))
                select.in.m id=(name) name=(name) aria-invalid=[is_wrong(name).then_some("true")] aria-describedby=[is_wrong(name).then(|| format!("{name}-wrong"))] {
                    option value="" { (sheet.word("desk-seen-choose")) }
                    @for code in codes { option value=(code) selected[said(name) == *code] { (sheet.word(&format!("{label}-{code}"))) } }
                }
            }
        }
    };
    html! {
        section.panel aria-labelledby="seen" {
            h2 #seen { (sheet.word("desk-seen")) }
            p.help { (sheet.word("desk-seen-help")) }
            (choose(WHO, "desk-seen-who", &WhoCame::ALL.map(WhoCame::code)))
            (choose(PROOF, "desk-seen-proof", &Proof::ALL.map(Proof::code)))
            div.field {
                label for=(NOTE) { (sheet.word("desk-seen-note")) }
                (mistake(sheet, wrong, NOTE))
                input.in id=(NOTE) name=(NOTE) value=(said(NOTE)) maxlength="200" autocomplete="off" aria-invalid=[is_wrong(NOTE).then_some("true")] aria-describedby=[is_wrong(NOTE).then(|| format!("{NOTE}-wrong"))];
            }
        }
    }
}

fn mistake(sheet: &Sheet, wrong: &Wrong, name: &str) -> Markup {
    html! {
        @if let Some((input, words)) = wrong.seen && input == name {
            p.err id={ (name) "-wrong" } { (parts::icons::CIRCLE_ALERT) span { (sheet.word(words)) } }
        }
    }
}
