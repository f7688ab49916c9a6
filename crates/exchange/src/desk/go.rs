//! 渡す: batches of a mapping, their files, and the cases that are held back.

use access::{DeskFace, PageError, Posted, Staff, shell::desk_page};
use axum::{
    body::{Body, Bytes},
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use definitions::{
    mapping::{Direction, Format, Mapping},
    text::Language,
};
use jiff::civil::Date;
use maud::{Markup, html};
use ui::{
    page::csrf_input,
    parts::{self, ChipTone, Column, Say, Tone, Weight, icons},
};

use super::{by, mapping_of, office, plain, show};
use crate::{
    batch::{self, Batch, HeldBack, NotHanded},
    work,
};

/// Batches on the page.
const BATCHES: i64 = 30;
/// Held cases on the page.
const HELD: usize = 100;

fn refusal(not: NotHanded) -> PageError {
    match not {
        NotHanded::NotFound => PageError::NotFound,
        NotHanded::Beyond => PageError::say(StatusCode::FORBIDDEN, "desk-exchange-beyond"),
        NotHanded::File(error) => PageError::internal(error),
        NotHanded::Store(error) => error.into(),
    }
}

pub(super) async fn show(face: &DeskFace, staff: &Staff, mapping: &Mapping) -> Result<Markup, PageError> {
    let (office, of, who) = (office(face), mapping.clone(), by(staff));
    let (batches, held) = face
        .store
        .writing(move |tx| -> Result<_, NotHanded> { Ok((batch::of(tx, &of.id, BATCHES)?, batch::held(tx, &office, &of, &who, HELD)?)) })
        .await
        .map_err(refusal)?;
    let words = face.words();
    let say = Say { words: &words, language: Language::Ja };
    let making = batches.iter().any(|batch| !batch.is_ready);
    let base = format!("/desk/exchange/{}", mapping.id);
    let body = html! {
        p { a href="/desk/exchange" { (say.html("desk-exchange-title", &[])) } }
        p { (show::form_in_words(say, mapping)) }
        (show::columns(say, mapping))
        @if making {
            (parts::notice(Tone::Info, html! { p role="status" { (say.html("desk-exchange-making", &[])) " " a href=(base) { (say.html("desk-exchange-look-again", &[])) } } }))
        } @else {
            form.panel method="post" action={ (base) "/batches" } data-guard {
                (csrf_input(&staff.csrf))
                div.field {
                    label for="since" { (say.html("desk-exchange-since", &[])) }
                    p.help #since-help { (say.html("desk-exchange-since-help", &[])) }
                    input.in.m id="since" name="since" type="date" aria-describedby="since-help";
                }
                (parts::button(Weight::Primary, say.html("desk-exchange-make", &[])))
            }
        }
        h2 { (say.html("desk-exchange-batches", &[])) }
        @if batches.is_empty() {
            (parts::empty(icons::FILES, say.html("desk-exchange-no-batch", &[]), say.html("desk-exchange-no-batch-help", &[])))
        } @else {
            (table(face, say, staff, mapping, &base, &batches))
        }
        @if !held.is_empty() { (held_back(say, &held)) }
    };
    Ok(desk_page(face, Some(staff), &plain(&mapping.title), |page| page, body))
}

fn table(face: &DeskFace, say: Say<'_>, staff: &Staff, mapping: &Mapping, base: &str, batches: &[Batch]) -> Markup {
    let labels = ["number", "state", "made", "by", "cases", "lines", "held"].map(|id| say.text(&format!("desk-exchange-batch-{id}"), &[]));
    let columns: Vec<Column<'_>> = labels.iter().enumerate().map(|(at, label)| Column { label, numeric: at >= 4 }).collect();
    let rows: Vec<Vec<Markup>> = batches
        .iter()
        .map(|batch| {
            let named = say.text("desk-exchange-batch", &[("number", batch.number.into())]);
            let action = if batch.is_ready {
                parts::post_button(
                    Weight::Second,
                    &format!("{base}/batches/{}/file", batch.number),
                    &staff.csrf,
                    html! { (say.html("desk-exchange-download", &[])) span.sr { "：" (named) } },
                )
            } else {
                parts::post_button(
                    Weight::Quiet,
                    &format!("{base}/batches/{}/stop", batch.number),
                    &staff.csrf,
                    html! { (say.html("desk-exchange-stop", &[])) span.sr { "：" (named) } },
                )
            };
            vec![
                html! { (named) },
                // Second, so that it is in sight on a telephone.
                html! { @if batch.cases > 0 || !batch.is_ready {
                    (action)
                    @if batch.is_ready && !batch.is_of(mapping) { p.help { (say.html("desk-exchange-form-changed", &[])) } }
                } @else { (parts::chip(ChipTone::Still, &say.text("desk-exchange-nothing", &[]))) } },
                html! { (show::moment(face, batch.made_at)) },
                html! { (batch.by) },
                html! { (batch.cases) },
                html! { (batch.lines) },
                html! { (batch.held) },
            ]
        })
        .collect();
    parts::table(Some(&say.text("desk-exchange-batches", &[])), &columns, &rows)
}

fn held_back(say: Say<'_>, held: &[HeldBack]) -> Markup {
    let labels = ["desk-exchange-case", "desk-exchange-column", "desk-exchange-mend"].map(|id| say.text(id, &[]));
    let columns: Vec<Column<'_>> = labels.iter().map(|label| Column { label, numeric: false }).collect();
    let rows: Vec<Vec<Markup>> = held
        .iter()
        .flat_map(|held| held.problems.iter().map(|problem| (held.number, problem)))
        .map(|(number, problem)| {
            vec![html! { a href={ "/desk/cases/" (number.plain()) } { (number) } }, html! { (problem.header) }, html! { (problem.say) }]
        })
        .collect();
    html! {
        h2 { (say.html("desk-exchange-held", &[])) }
        p { (say.html("desk-exchange-held-help", &[])) }
        (parts::table(Some(&say.text("desk-exchange-held", &[])), &columns, &rows))
    }
}

pub(super) async fn begin(
    State(face): State<DeskFace>,
    staff: Staff,
    Path(id): Path<String>,
    Posted(typed): Posted,
) -> Result<Redirect, PageError> {
    let mapping = mapping_of(&face, &staff, &id, Direction::Out)?;
    let since: Option<Date> = match typed.first("since").map(str::trim).filter(|since| !since.is_empty()) {
        None => None,
        Some(day) => Some(day.parse().map_err(|_| PageError::say(StatusCode::UNPROCESSABLE_ENTITY, "desk-exchange-no-day"))?),
    };
    let batch_id = uuid::Uuid::now_v7().to_string();
    let (office, by, name) = (office(&face), by(&staff), show::name(&staff));
    face.store
        .writing(move |tx| {
            let begun = batch::begin(tx, &office, &mapping, &by, &name, since, &batch_id)?;
            Ok::<_, NotHanded>(work::ask_batch(tx, &begun)?)
        })
        .await
        .map_err(refusal)?;
    Ok(Redirect::to(&format!("/desk/exchange/{id}")))
}

async fn numbered(face: &DeskFace, mapping: &Mapping, number: i64) -> Result<Batch, PageError> {
    let id = mapping.id.clone();
    face.store.reading(move |tx| batch::numbered(tx, &id, number)).await?.ok_or(PageError::NotFound)
}

pub(super) async fn stop(
    State(face): State<DeskFace>,
    staff: Staff,
    Path((id, number)): Path<(String, i64)>,
    _: Posted,
) -> Result<Redirect, PageError> {
    let mapping = mapping_of(&face, &staff, &id, Direction::Out)?;
    let batch = numbered(&face, &mapping, number).await?;
    let (office, by) = (office(&face), by(&staff));
    face.store.writing(move |tx| batch::stop(tx, &office, &mapping, &by, &batch.id)).await.map_err(refusal)?;
    Ok(Redirect::to(&format!("/desk/exchange/{id}")))
}

/// The file goes out as it is written: nothing of it lies on a disk.
pub(super) async fn file(
    State(face): State<DeskFace>,
    staff: Staff,
    Path((id, number)): Path<(String, i64)>,
    _: Posted,
) -> Result<Response, PageError> {
    let mapping = mapping_of(&face, &staff, &id, Direction::Out)?;
    let batch = numbered(&face, &mapping, number).await?;
    if !batch.is_ready {
        return Err(PageError::say(StatusCode::CONFLICT, "desk-exchange-not-ready"));
    }
    let (office, by) = (office(&face), by(&staff));
    let (with, of, who, which) = (office.clone(), mapping.clone(), by.clone(), batch.clone());
    face.store.reading(move |tx| batch::may_have(tx, &with, &of, &who, &which)).await.map_err(refusal)?;
    let (kind, ending) = match mapping.file.format {
        Format::Csv => ("text/csv", "csv"),
        Format::Xlsx => ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
        Format::Json => ("application/json", "json"),
    };
    let name = format!("attachment; filename=\"{}-{number}.{ending}\"", mapping.id);
    let (send, receive) = tokio::sync::mpsc::channel::<Result<Bytes, std::io::Error>>(8);
    let desk = face.store.clone();
    tokio::task::spawn_blocking(move || {
        let to = std::io::BufWriter::with_capacity(64 << 10, Sending(send.clone()));
        if let Err(error) = batch::write(&desk, &office, &mapping, &by, &batch, to) {
            tracing::warn!(%error, mapping = %mapping.id, number = batch.number, "the file of a batch ended early");
            // The connection breaks, so that nobody takes half a file for a whole one.
            let _ = send.blocking_send(Err(std::io::Error::other("ended early")));
        }
    });
    let stream = futures_util::stream::unfold(receive, |mut receive| async move { receive.recv().await.map(|some| (some, receive)) });
    let headers =
        [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name), (header::CACHE_CONTROL, "no-store".to_owned())];
    Ok((headers, Body::from_stream(stream)).into_response())
}

/// Bytes on their way to the person.
struct Sending(tokio::sync::mpsc::Sender<Result<Bytes, std::io::Error>>);

impl std::io::Write for Sending {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.blocking_send(Ok(Bytes::copy_from_slice(bytes))).map_err(|_| std::io::Error::other("nobody reads any more"))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
