//! 受け取る: a file is brought, looked at first, then taken; each line that cannot be is told with what to mend.

use access::{CSRF_INPUT, CaseId, DeskFace, PageError, Posted, Staff, shell::desk_page};
use axum::{
    RequestExt,
    extract::{Multipart, Path, Query, Request, State, multipart::Field},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use definitions::{
    mapping::{Direction, Mapping},
    text::Language,
};
use maud::{Markup, html};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use ui::{
    page::csrf_input,
    parts::{self, ChipTone, Column, Fact, Say, Tone, Weight, icons},
};

use super::{by, mapping_of, office, plain, show};
use crate::{
    import::{self, Import, State as Stands, Way},
    pieces::{FILE_BYTES_MAX, PIECE_BYTES},
    rows, work,
};

/// Imports on the page.
const IMPORTS: i64 = 30;
/// Problems on a page of the report.
const PROBLEMS: i64 = 100;
/// Applications of another service on a page.
const ARRIVED: i64 = 100;

pub(super) async fn list(face: &DeskFace, staff: &Staff, mapping: &Mapping, wrong: Option<&str>) -> Result<Markup, PageError> {
    let id = mapping.id.clone();
    let imports = face.store.reading(move |tx| rows::imports(tx, &id, IMPORTS)).await?;
    let words = face.words();
    let say = Say { words: &words, language: Language::Ja };
    let base = format!("/desk/exchange/{}", mapping.id);
    let accept = match mapping.file.format {
        definitions::mapping::Format::Csv => ".csv,.txt,.tsv",
        definitions::mapping::Format::Xlsx => ".xlsx",
        definitions::mapping::Format::Json => ".json",
    };
    let body = html! {
        p { a href="/desk/exchange" { (say.html("desk-exchange-title", &[])) } }
        @if let Some(wrong) = wrong { (parts::notice(Tone::Error, html! { p role="alert" { (say.html(wrong, &[])) } })) }
        p { (show::form_in_words(say, mapping)) }
        (show::columns(say, mapping))
        form.panel method="post" action={ (base) "/imports" } enctype="multipart/form-data" data-guard {
            (csrf_input(&staff.csrf))
            div.field {
                label for="file" { (say.html("desk-exchange-file", &[])) }
                p.help #file-help { (say.html("desk-exchange-file-help", &[])) }
                input.in id="file" name="file" type="file" accept=(accept) required aria-describedby="file-help";
            }
            (parts::button(Weight::Primary, say.html("desk-exchange-look", &[])))
        }
        h2 { (say.html("desk-exchange-imports", &[])) }
        @if imports.is_empty() {
            (parts::empty(icons::FILES, say.html("desk-exchange-no-import", &[]), say.html("desk-exchange-no-import-help", &[])))
        } @else {
            (table(face, say, &base, &imports))
        }
    };
    Ok(desk_page(face, Some(staff), &plain(&mapping.title), |page| page, body))
}

fn table(face: &DeskFace, say: Say<'_>, base: &str, imports: &[Import]) -> Markup {
    let labels = ["name", "state", "made", "by", "taken", "same", "wrong"].map(|id| say.text(&format!("desk-exchange-import-{id}"), &[]));
    let columns: Vec<Column<'_>> = labels.iter().enumerate().map(|(at, label)| Column { label, numeric: at >= 4 }).collect();
    let rows: Vec<Vec<Markup>> = imports
        .iter()
        .map(|import| {
            vec![
                html! { a href={ (base) "/imports/" (import.id) } { (import.name) } },
                // Second, so that it is in sight on a telephone.
                parts::chip(chip_tone(import.state), &say.text(&format!("desk-exchange-state-{}", import.state.word()), &[])),
                html! { (show::moment(face, import.made_at)) },
                html! { (import.by) },
                // What was only looked at has taken nothing in.
                html! { @if is_look(import) { "–" } @else { (import.taken) } },
                html! { (import.same) },
                html! { (import.wrong) },
            ]
        })
        .collect();
    parts::table(Some(&say.text("desk-exchange-imports", &[])), &columns, &rows)
}

fn chip_tone(state: Stands) -> ChipTone {
    match state {
        Stands::Looking | Stands::Taking => ChipTone::Wait,
        Stands::Looked | Stands::Stopped => ChipTone::Act,
        Stands::Done => ChipTone::Good,
        Stands::Refused => ChipTone::Late,
    }
}

fn is_look(import: &Import) -> bool {
    matches!(import.state, Stands::Looking | Stands::Looked)
}

/// Where a page of the report begins.
#[derive(Deserialize)]
pub(super) struct After {
    #[serde(default)]
    after: i64,
}

async fn import_of(face: &DeskFace, mapping: &Mapping, id: &str) -> Result<Import, PageError> {
    let (id, of) = (id.to_owned(), mapping.id.clone());
    face.store.reading(move |tx| rows::import_by_id(tx, &id)).await?.filter(|import| import.mapping == of).ok_or(PageError::NotFound)
}

pub(super) async fn show(
    State(face): State<DeskFace>,
    staff: Staff,
    Path((id, import)): Path<(String, String)>,
    Query(After { after }): Query<After>,
) -> Result<Markup, PageError> {
    let mapping = mapping_of(&face, &staff, &id, Direction::In)?;
    let import = import_of(&face, &mapping, &import).await?;
    let (office, of) = (office(&face), import.id.clone());
    let problems = face.store.reading(move |tx| import::problems(tx, &office, &of, after, PROBLEMS)).await?;
    let words = face.words();
    let say = Say { words: &words, language: Language::Ja };
    let base = format!("/desk/exchange/{id}/imports/{}", import.id);
    let next = (problems.len() as i64 == PROBLEMS).then(|| problems.last().map(|(place, _)| format!("{base}?after={place}"))).flatten();
    let shown: Vec<_> = problems.into_iter().map(|(_, problem)| problem).collect();
    let fact = |label: &str, value: i64| Fact { label: say.html(label, &[]), value: html! { (value) } };
    let body = html! {
        p { a href={ "/desk/exchange/" (id) } { (plain(&mapping.title)) } }
        (parts::notice(tone(import.state), html! { p role="status" {
            (say.html(&format!("desk-exchange-now-{}", import.state.word()), &[]))
            @if matches!(import.state, Stands::Looking | Stands::Taking) { " " a href=(base) { (say.html("desk-exchange-look-again", &[])) } }
        } }))
        (parts::facts(&[
            fact("desk-exchange-gone", import.next_row),
            fact(if is_look(&import) { "desk-exchange-would-take" } else { "desk-exchange-import-taken" }, import.taken),
            fact("desk-exchange-import-same", import.same),
            fact("desk-exchange-import-wrong", import.wrong),
        ]))
        (verbs(say, &staff, &base, import.state))
        @if !shown.is_empty() {
            h2 { (say.html("desk-exchange-problems", &[])) }
            p { (say.html("desk-exchange-problems-help", &[])) }
            @if import.wrong > import::PROBLEMS_MAX {
                p { (say.html("desk-exchange-problems-most", &[("count", import::PROBLEMS_MAX.into())])) }
            }
            (show::problems(say, &say.text("desk-exchange-problems", &[]), &shown))
            (parts::next_page(say, shown.len(), next.as_deref(), (after > 0).then_some(base.as_str())))
        }
        (show::columns(say, &mapping))
    };
    Ok(desk_page(&face, Some(&staff), &import.name, |page| page, body))
}

fn tone(state: Stands) -> Tone {
    match state {
        Stands::Done => Tone::Good,
        Stands::Refused => Tone::Error,
        Stands::Stopped => Tone::Warn,
        Stands::Looking | Stands::Looked | Stands::Taking => Tone::Info,
    }
}

fn verbs(say: Say<'_>, staff: &Staff, base: &str, state: Stands) -> Markup {
    let button = |weight, verb: &str, word: &str| parts::post_button(weight, &format!("{base}/{verb}"), &staff.csrf, say.html(word, &[]));
    html! {
        div.row.actions {
            @match state {
                Stands::Looking | Stands::Taking => (button(Weight::Second, "stop", "desk-exchange-stop")),
                Stands::Looked => {
                    (button(Weight::Primary, "take", "desk-exchange-take"))
                    (button(Weight::Quiet, "look", "desk-exchange-look-anew"))
                }
                Stands::Stopped => {
                    (button(Weight::Primary, "take", "desk-exchange-go-on"))
                    (button(Weight::Quiet, "look", "desk-exchange-look-anew"))
                }
                Stands::Refused => (button(Weight::Second, "look", "desk-exchange-look-anew")),
                Stands::Done => {}
            }
        }
    }
}

/// A file comes in: its token first, then its bytes in pieces. It is looked at behind the page.
pub(super) async fn upload(
    State(face): State<DeskFace>,
    staff: Staff,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, PageError> {
    let mapping = mapping_of(&face, &staff, &id, Direction::In)?;
    let mut parts: Multipart = request.extract().await.map_err(|_| PageError::BadInput("the body is no form"))?;
    let first = parts.next_field().await.map_err(|_| PageError::TooLarge)?.ok_or(PageError::Stale)?;
    if first.name() != Some(CSRF_INPUT) {
        return Err(PageError::Stale);
    }
    staff.check_csrf(&face.keys, &first.text().await.map_err(|_| PageError::Stale)?)?;
    let field = parts.next_field().await.map_err(|_| PageError::TooLarge)?;
    let Some(field) = field.filter(|field| field.name() == Some("file")) else {
        return Err(PageError::BadInput("no file came"));
    };
    let name = shown_name(field.file_name().unwrap_or_default());
    let new_id = uuid::Uuid::now_v7().to_string();
    let Some((digest, bytes)) = kept(&face, field, &new_id).await? else {
        return Ok((StatusCode::PAYLOAD_TOO_LARGE, list(&face, &staff, &mapping, Some("desk-exchange-too-large")).await?).into_response());
    };
    if bytes == 0 {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, list(&face, &staff, &mapping, Some("desk-exchange-empty")).await?).into_response());
    }
    let (who, now) = (staff.clone(), face.clock.now());
    let entered = face
        .store
        .writing(move |tx| {
            let new = Import {
                id: new_id.clone(),
                mapping: mapping.id.clone(),
                digest: digest.clone(),
                name: name.clone(),
                by: who.name.clone(),
                staff: Some(who.id),
                made_at: tx.now(),
                state: Stands::Looking,
                next_row: 0,
                taken: 0,
                same: 0,
                wrong: 0,
                bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
            };
            let there = import::enter(tx, &mapping, &new)?;
            if there.id == new_id {
                work::ask_import(tx, &there, Way::Look, now)?;
            } else if there.state == Stands::Done && there.wrong > 0 {
                // Lines that could not be taken then may be possible now.
                let mut again = there.clone();
                rows::move_pieces(tx, &new_id, &there.id)?;
                import::set_out(tx, &mut again, Way::Look, &by(&who), &who.name)?;
                work::ask_import(tx, &again, Way::Look, now)?;
            } else if there.state != Stands::Done && !rows::has_pieces(tx, &there.id)? {
                // It was brought at the terminal, or waited too long for somebody's yes: it can go on here now.
                rows::move_pieces(tx, &new_id, &there.id)?;
            } else {
                // The same bytes are here already: nothing of them needs to be kept twice.
                rows::forget_pieces(tx, &new_id)?;
            }
            Ok::<_, store::StoreError>(there)
        })
        .await?;
    Ok(Redirect::to(&format!("/desk/exchange/{id}/imports/{}", entered.id)).into_response())
}

/// Keeps a file's pieces; none when it is too large.
async fn kept(face: &DeskFace, mut field: Field<'_>, import: &str) -> Result<Option<(String, usize)>, PageError> {
    let (mut digest, mut bytes, mut place, mut piece) = (Sha256::new(), 0_usize, 0_i64, Vec::new());
    while let Some(chunk) = field.chunk().await.map_err(|_| PageError::TooLarge)? {
        bytes += chunk.len();
        if bytes > FILE_BYTES_MAX {
            return Ok(None);
        }
        digest.update(&chunk);
        piece.extend_from_slice(&chunk);
        while piece.len() >= PIECE_BYTES {
            let rest = piece.split_off(PIECE_BYTES);
            keep(face, import, place, std::mem::replace(&mut piece, rest)).await?;
            place += 1;
        }
    }
    if !piece.is_empty() {
        keep(face, import, place, piece).await?;
    }
    let digest: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Some((digest, bytes)))
}

async fn keep(face: &DeskFace, import: &str, place: i64, piece: Vec<u8>) -> Result<(), PageError> {
    let (import, keys) = (import.to_owned(), std::sync::Arc::clone(&face.keys));
    Ok(face.store.writing(move |tx| rows::add_piece(tx, &keys, &import, place, &piece)).await?)
}

/// A file's name without folders or control characters: it is shown, never used as a path.
fn shown_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control()).take(80).collect();
    if clean.trim().is_empty() { "file".to_owned() } else { clean }
}

pub(super) async fn act(
    State(face): State<DeskFace>,
    staff: Staff,
    Path((id, import, verb)): Path<(String, String, String)>,
    _: Posted,
) -> Result<Response, PageError> {
    let mapping = mapping_of(&face, &staff, &id, Direction::In)?;
    let import = import_of(&face, &mapping, &import).await?;
    let way = match verb.as_str() {
        "stop" => None,
        "take" => Some(Way::Take),
        "look" => Some(Way::Look),
        _ => return Err(PageError::NotFound),
    };
    let (of, by, name, now) = (import.id.clone(), by(&staff), staff.name.clone(), face.clock.now());
    let is_here = face
        .store
        .writing(move |tx| {
            let Some(mut import) = rows::import_by_id(tx, &of)? else { return Ok::<_, store::StoreError>(true) };
            let Some(way) = way else { return import::stop(tx, &by, &of).map(|()| true) };
            // What runs, runs; what is done is done.
            if matches!(import.state, Stands::Looking | Stands::Taking | Stands::Done) {
                return Ok(true);
            }
            if !rows::has_pieces(tx, &of)? {
                return Ok(false);
            }
            import::set_out(tx, &mut import, way, &by, &name)?;
            work::ask_import(tx, &import, way, now)?;
            Ok(true)
        })
        .await?;
    if !is_here {
        return Ok((StatusCode::CONFLICT, list(&face, &staff, &mapping, Some("desk-exchange-no-file")).await?).into_response());
    }
    Ok(Redirect::to(&format!("/desk/exchange/{id}/imports/{}", import.id)).into_response())
}

/// What came from another service: taken in at the terminal, shown here.
pub(super) async fn arrived(face: &DeskFace, staff: &Staff, mapping: &Mapping, before: Option<CaseId>) -> Result<Markup, PageError> {
    let (id, office) = (mapping.id.clone(), office(face));
    let arrived = face
        .store
        .reading(move |tx| {
            let rows = rows::arrived_before(tx, &id, before, ARRIVED)?;
            let number = |case| cases::handing::case(tx, &office.keys, case).map(|case| case.map(|case| case.number));
            rows.into_iter().map(|row| Ok::<_, store::StoreError>((number(row.case)?, row))).collect::<Result<Vec<_>, _>>()
        })
        .await?;
    let words = face.words();
    let say = Say { words: &words, language: Language::Ja };
    let labels = ["source", "case", "arrived", "signature", "told"].map(|id| say.text(&format!("desk-exchange-arrived-{id}"), &[]));
    let columns: Vec<Column<'_>> = labels.iter().map(|label| Column { label, numeric: false }).collect();
    let rows: Vec<Vec<Markup>> = arrived
        .iter()
        .map(|(number, row)| {
            vec![
                html! { (row.source_number) },
                html! { @if let Some(number) = number { a href={ "/desk/cases/" (number.plain()) } { (number) } } },
                html! { (show::moment(face, row.at)) },
                html! { (say.html(&format!("desk-exchange-signature-{}", row.signature), &[])) },
                html! { (row.told) },
            ]
        })
        .collect();
    let base = format!("/desk/exchange/{}", mapping.id);
    let next = (arrived.len() as i64 == ARRIVED).then(|| arrived.last().map(|(_, row)| format!("{base}?before={}", row.case))).flatten();
    let body = html! {
        p { a href="/desk/exchange" { (say.html("desk-exchange-title", &[])) } }
        p { (show::form_in_words(say, mapping)) }
        p { (say.html("desk-exchange-intake-how", &[])) }
        @if rows.is_empty() {
            (parts::empty(icons::FILES, say.html("desk-exchange-no-arrived", &[]), say.html("desk-exchange-no-arrived-help", &[])))
        } @else {
            (parts::table(Some(&say.text("desk-exchange-arrived-title", &[])), &columns, &rows))
            (parts::next_page(say, rows.len(), next.as_deref(), before.is_some().then_some(base.as_str())))
        }
        (show::columns(say, mapping))
    };
    Ok(desk_page(face, Some(staff), &plain(&mapping.title), |page| page, body))
}
