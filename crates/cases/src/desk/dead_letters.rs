//! 届かなかった仕事: jobs that kept failing and messages between the two sides that were set aside. Staff who look after the system mend the
//! cause and send them on by hand. Those of staff's own side: what stopped on the residents' side is shown by `yakuba dead-letters` where that
//! side is served.

use std::sync::Arc;

use access::{PageError, Posted, RecordKind};
use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use definitions::text::Language;
use maud::{Markup, html};
use store::{Entry, hatch::DeadParcel, jobs::Listed};
use ui::{
    page::csrf_input,
    parts::{self, Column, Tone, Weight, icons},
};

use super::{Sheet, Side, refusal, side};
use crate::clock;

/// Lines of each list: whoever has more has one cause, and sees it in the first of them.
const LINES: i64 = 200;

struct Found {
    jobs: Vec<Listed>,
    parcels: Vec<DeadParcel>,
    waiting: Vec<DeadParcel>,
    side: Side,
}

async fn read(sheet: &Sheet) -> Result<Found, PageError> {
    if !sheet.may_administer(RecordKind::Job) {
        return Err(PageError::NotFound);
    }
    let words = sheet.words.clone();
    sheet
        .read(move |tx, acting| {
            let (jobs, parcels, waiting) = (tx.dead_jobs(LINES)?, tx.dead_parcels(LINES)?, tx.waiting_parcels(LINES)?);
            Ok(Found { jobs, parcels, waiting, side: side(tx, acting, &words, "/desk/dead-letters")? })
        })
        .await
        .map_err(refusal)
}

/// What was just done.
#[derive(serde::Deserialize)]
pub(super) struct Done {
    done: Option<String>,
}

pub(super) async fn show(sheet: Sheet, axum::extract::Query(asked): axum::extract::Query<Done>) -> Result<Markup, PageError> {
    page(&sheet, sheet.done(asked.done.as_deref())).await
}

async fn page(sheet: &Sheet, above: Markup) -> Result<Markup, PageError> {
    let found = read(sheet).await?;
    let say = sheet.say();
    let resume = |of: &str, kind: &str, key: &str| {
        html! {
            form method="post" action="/desk/dead-letters" {
                (csrf_input(&sheet.staff.csrf))
                input type="hidden" name="of" value=(of);
                input type="hidden" name="kind" value=(kind);
                input type="hidden" name="key" value=(key);
                (parts::button(Weight::Second, say.html("desk-dead-resume", &[])))
            }
        }
    };
    let jobs: Vec<Vec<Markup>> = found
        .jobs
        .iter()
        .map(|job| {
            let why = job.error.as_deref().unwrap_or("—");
            vec![html! { (job.kind) " " small { (job.key) } }, html! { (job.tries) }, html! { (why) }, resume("job", &job.kind, &job.key)]
        })
        .collect();
    let lines = |parcels: &[DeadParcel]| -> Vec<Vec<Markup>> {
        let line = |parcel: &DeadParcel| {
            let at = sheet.words.moment_html(Language::Ja, clock::local(parcel.at));
            let why = parcel.error.as_deref().unwrap_or("—");
            vec![
                html! { (parcel.kind) " " small { (parcel.id) } },
                html! { (at) },
                html! { (in_words(sheet, why)) },
                resume("parcel", &parcel.kind, &parcel.id),
            ]
        };
        parcels.iter().map(line).collect()
    };
    let (parcels, waiting) = (lines(&found.parcels), lines(&found.waiting));
    let table = |title: &str, second: &str, rows: &[Vec<Markup>]| {
        let why = if title == "desk-waiting-parcels" { "desk-waiting-why" } else { "desk-dead-why" };
        let labels = ["desk-dead-what", second, why, "desk-dead-do"].map(|id| sheet.word(id));
        let columns: Vec<Column<'_>> = labels.iter().map(|label| Column { label, numeric: false }).collect();
        parts::table(Some(&sheet.word(title)), &columns, rows)
    };
    let body = html! {
        (above)
        p { (say.html("desk-dead-lead", &[])) }
        @if jobs.is_empty() && parcels.is_empty() && waiting.is_empty() {
            (parts::empty(icons::CIRCLE_CHECK, say.html("desk-dead-none", &[]), html! { p { (say.html("desk-dead-none-next", &[])) } }))
        }
        @if !jobs.is_empty() { (table("desk-dead-jobs", "desk-dead-tries", &jobs)) }
        @if !parcels.is_empty() { (table("desk-dead-parcels", "desk-dead-since", &parcels)) }
        @if !waiting.is_empty() {
            (table("desk-waiting-parcels", "desk-dead-since", &waiting))
            p.sub { (say.html("desk-waiting-lead", &[])) }
        }
        p.sub { (say.html("desk-dead-other-side", &[])) }
    };
    Ok(sheet.page(&sheet.word("desk-nav-dead-letters"), &found.side, |page| page, body))
}

/// Why a message was set aside: in our words where the receiver gave a word's id, with what it names behind it.
fn in_words(sheet: &Sheet, why: &str) -> String {
    let (id, named) = why.split_once(' ').unwrap_or((why, ""));
    if REASONS.contains(&id) { format!("{} {named}", sheet.word(id)).trim_end().to_owned() } else { why.to_owned() }
}

/// The reasons that receivers of this room give.
const REASONS: [&str; 10] = [
    "desk-waits-definition",
    "desk-waits-filing",
    "desk-refused-file",
    "desk-refused-channel",
    "desk-refused-procedure",
    "desk-refused-not-online",
    "desk-refused-answers",
    "desk-refused-incomplete",
    "desk-refused-case",
    "desk-refused-message",
];

/// もう一度: sends one of them on, and writes down who did.
pub(super) async fn resume(sheet: Sheet, Posted(typed): Posted) -> Result<Response, PageError> {
    if !sheet.may_administer(RecordKind::Job) {
        return Err(PageError::NotFound);
    }
    let word = |name: &str| typed.first(name).unwrap_or_default().to_owned();
    let (kind, key, of) = (word("kind"), word("key"), word("of"));
    let (job_kind, job_key, is_job) = (kind.clone(), key.clone(), of == "job");
    let resumed = sheet
        .write(move |tx, acting| {
            tx.journal(&Entry {
                actor: acting.staff.actor(),
                what: "resumed",
                kind: "job",
                record: format!("{job_kind}:{job_key}"),
                authority: "administer:job".to_owned(),
                why: String::new(),
            })?;
            if is_job { Ok(tx.resume_job(&job_kind, &job_key)?) } else { Ok(true) }
        })
        .await
        .map_err(refusal)?;
    let resumed = if is_job || !resumed { Ok(resumed) } else { again(&sheet, kind, key).await? };
    match resumed {
        Ok(true) => Ok(Redirect::to("/desk/dead-letters?done=resume").into_response()),
        Ok(false) => Err(PageError::NotFound),
        Err(why) => {
            let above = parts::notice(
                Tone::Error,
                html! { p role="alert" { (sheet.say().html("desk-dead-again", &[("why", in_words(&sheet, &why).into())])) } },
            );
            Ok((StatusCode::CONFLICT, page(&sheet, above).await?).into_response())
        }
    }
}

/// Gives a message that was set aside to its receiver once more.
async fn again(sheet: &Sheet, kind: String, id: String) -> Result<Result<bool, String>, PageError> {
    let (store, receivers) = (sheet.face.store.clone(), Arc::clone(&sheet.face.receivers));
    let tried =
        tokio::task::spawn_blocking(move || store::hatch::resume(store.store(), &receivers, &kind, &id).map_err(|why| why.to_string()));
    tried.await.map_err(PageError::internal)
}
