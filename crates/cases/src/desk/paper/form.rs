//! The sheet as a clerk types it: all questions on one page, for a clerk with a sheet of paper does not page.

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
    field::{self, FieldView, Papers},
    page::csrf_input,
    parts::{self, Mistake, Tone, Weight},
};

use super::{OpenSheet, Origin, Sheet, allowed, at_the_side, give_back_button, may_take_in, refusal};
use crate::{
    Channel,
    identity::{NOTE, PROOF, Proof, WHO, WhoCame},
    portal::has_files,
    receiving, rows,
    verbs::Refused,
};

/// How a filing came, or which sheet is gone on with.
#[derive(Deserialize)]
pub(in crate::desk) struct Came {
    channel: Option<String>,
    sheet: Option<String>,
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
            received: None,
            origin: Origin::Blank,
            lent_at: None,
        },
    };
    page(&sheet, &procedure, &open, &Wrong::default()).await
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
    /// What was posted about who was seen, to be shown again.
    pub posted: Typed,
}

pub(super) async fn page(sheet: &Sheet, procedure: &Procedure, open: &OpenSheet, wrong: &Wrong) -> Result<Markup, PageError> {
    let side = at_the_side(sheet).await?;
    let filled = filled(sheet, procedure, &open.typed).await?;
    let scans = super::scans::list(sheet, procedure, open).await?;
    let say = sheet.say();
    let fields = fields(procedure);
    let view = FieldView {
        say,
        town: &sheet.town,
        typed: &open.typed,
        filled: &filled,
        prefix: "",
        problems: &wrong.problems,
        upload: None,
        papers: Papers::Asked,
        postal: None,
    };
    let mut mistakes = field::mistakes(&fields, &view);
    mistakes.extend(wrong.seen.map(|(input, words)| Mistake { anchor: input.to_owned(), text: sheet.word(words) }));
    let title = format!("{}　{}", sheet.word("desk-nav-paper"), sheet.plain(&procedure.title));
    let body = html! {
        (parts::error_summary(say, &mistakes))
        @if !wrong.formal.is_empty() {
            (parts::notice(Tone::Error, html! { b { (sheet.word("desk-paper-formal")) } @for rule in &wrong.formal { p { (rule) } } }))
        }
        (origin(sheet, procedure, open))
        (scans)
        form method="post" action={ "/desk/paper/" (procedure.id) } enctype=[has_files(fields.values()).then_some("multipart/form-data")] data-guard novalidate {
            (csrf_input(&sheet.staff.csrf))
            // Return in a line of text means "file", not the first button that happens to stand above it.
            button.sr type="submit" name="verb" value="file" tabindex="-1" aria-hidden="true" {}
            input type="hidden" name="draft-case" value=(open.case);
            input type="hidden" name="draft-language" value=(open.language.code());
            (how_it_came(sheet, procedure, open))
            @for page in procedure.pages.values() {
                @if page.fields.keys().any(|id| filled.is_asked(id.as_str())) {
                    section.panel {
                        h2 { (sheet.plain(&page.title)) }
                        @for field in page.fields.values() { (field::render(field, &view)) }
                    }
                }
            }
            @if receiving::asks_identity(procedure, Channel::Counter) { (seen(sheet, wrong)) }
            div.row.actions {
                (parts::submit(Weight::Primary, "verb", "file", say.html("desk-paper-file", &[])))
                (parts::submit(Weight::Second, "verb", "keep", say.html("desk-sheet-keep", &[])))
                (parts::back_link("/desk/paper", say.html("desk-bulk-back", &[])))
            }
        }
        @if open.origin != Origin::Blank { (give_back_button(sheet, procedure, open)) }
    };
    Ok(sheet.page(&title, &side, |page| page, body))
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

fn how_it_came(sheet: &Sheet, procedure: &Procedure, open: &OpenSheet) -> Markup {
    let today = sheet.today();
    html! {
        div.row {
            div.field {
                label for="channel" { (sheet.word("desk-paper-channel")) }
                select.in.m id="channel" name="came-channel" {
                    @for channel in receiving::taken_in_by(procedure) {
                        option value=(channel.code()) selected[*channel == open.channel] { (sheet.word(&format!("cases-channel-{}", channel.code()))) }
                    }
                }
            }
            div.field {
                label for="received" { (sheet.word("desk-paper-received")) }
                input.in.m id="received" type="date" name="came-on" value=(open.received.unwrap_or(today)) max=(today);
            }
        }
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
