//! Where a case stands, for the program that filed it or that brings the receipt's secret. The secret comes in a header, never in an address.

use std::time::Duration;

use access::{
    PortalFace,
    program::{Admitted, Scope},
    throttle::{self, Rate},
};
use axum::{http::StatusCode, response::Response};
use cases::{
    CaseNumber, ReceiptSecret, filing,
    own::{self, OwnCase, OwnLetter, OwnState, Seen},
    parcel::News,
};
use definitions::procedure::Procedure;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    answers,
    ask::{self, Ask},
    evaluation,
    problem::{self, Problem},
    rows,
};

/// Tries with a receipt's secret: as on the page.
const TRIES: Rate = Rate { most: 20, per: Duration::from_secs(3600) };

/// The header that carries the receipt's secret.
const SECRET: &str = "receipt-secret";

/// A case that may be seen, with its story.
pub(super) struct Found {
    pub(super) case: OwnCase,
    pub(super) procedure: Procedure,
    pub(super) story: Vec<(Timestamp, Seen)>,
    letters: Vec<OwnLetter>,
}

/// The case of the path, when this program filed it or its secret is right. Any other is not there.
pub(super) async fn found(ask: &Ask<PortalFace>, program: &Admitted) -> Result<Found, Problem> {
    let number: CaseNumber = ask.param("number")?;
    let given = ask.header(SECRET).map(ToOwned::to_owned);
    let (id, key) = (program.id, throttle::of_text(&ask.face.keys, &program.actor()));
    let is_theirs = ask.read(move |tx, _| Ok(rows::is_filed_by(tx, id, number)?)).await?;
    if !is_theirs {
        let Some(given) = given else { return Err(problem::NOT_FOUND.into()) };
        opens(ask, number, &given, key).await?;
    }
    ask.read(move |tx, terms| {
        let case = own::by_number(tx, terms.keys, number)?.ok_or(problem::NOT_FOUND)?;
        let procedure = own::procedure(tx, &case.version)?.ok_or(problem::NOT_FOUND)?;
        let (story, letters) = (own::story(tx, terms.keys, case.id)?, own::letters(tx, case.id)?);
        Ok(Found { case, procedure, story, letters })
    })
    .await
}

/// Whether the secret is that of the receipt; tries are limited.
async fn opens(ask: &Ask<PortalFace>, number: CaseNumber, given: &str, key: String) -> Result<(), Problem> {
    let given = ReceiptSecret::typed(given);
    let right = ask
        .write(move |tx, terms| {
            if let Err(throttle::Wait(wait)) = throttle::take(tx, "status", &key, TRIES, terms.now)? {
                return Ok(Err(wait));
            }
            let case = own::by_number(tx, terms.keys, number)?;
            let secret = case.map(|case| filing::receipt_secret(terms.keys, case.id));
            Ok(Ok(matches!((&secret, &given), (Some(secret), Some(given)) if given.is(secret))))
        })
        .await?;
    match right {
        Ok(true) => Ok(()),
        Ok(false) => Err(problem::NOT_FOUND.into()),
        Err(wait) => Err(Problem { retry_after: Some(wait), ..problem::TOO_MANY.into() }),
    }
}

pub(super) async fn show(ask: Ask<PortalFace>) -> Response {
    let shown = async {
        let program = ask.program(Scope::CasesReadOwn).await?;
        let found = found(&ask, &program).await?;
        Ok(ask::json(StatusCode::OK, &ask.status(&found)))
    };
    ask.answer(shown.await)
}

impl Ask<PortalFace> {
    /// Where it stands.
    pub(super) fn status(&self, found: &Found) -> Value {
        let (case, procedure) = (&found.case, &found.procedure);
        let department = self.town.departments.get(&case.department);
        let number = case.number.plain();
        let mut body = json!({
            "number": number,
            "shown": case.number.to_string(),
            "procedure": procedure.id.to_string(),
            "version": case.version.0,
            "title": self.plain(&procedure.title),
            "state": case.state.code(),
            "is_open": case.state.is_open(),
            "filed_at": case.filed_at.to_string(),
            "hear_by": case.hear_by.map(|day| day.to_string()),
            "step": case.step.as_ref().and_then(|step| procedure.steps.get(step)).and_then(|step| step.resident.as_ref()).map(|text| self.plain(text)),
            "department": {
                "id": case.department.to_string(),
                "name": department.map(|department| self.plain(&department.name)),
                "phone": department.and_then(|department| department.phone.clone()).unwrap_or_else(|| self.town.office.phone.clone()),
            },
            "answers": answers::of_answers(&case.answers),
            "story": found.story.iter().map(|(at, seen)| line(*at, seen)).collect::<Vec<_>>(),
            "letters": found.letters.iter().map(letter).collect::<Vec<_>>(),
            "status_page": format!("/status/{number}"),
        });
        match &case.state {
            OwnState::Correct { asked } => {
                body["correction"] = json!({
                    "fields": evaluation::pointers(&asked.fields),
                    "say": asked.say,
                    "until": asked.until.to_string(),
                    "asked_on": asked.asked_on.to_string(),
                });
            }
            OwnState::Decided { outcome, sense, reason, details } => {
                body["decision"] = json!({
                    "outcome": outcome.to_string(),
                    "say": procedure.outcomes.get(outcome).map(|outcome| self.plain(&outcome.resident)),
                    "sense": sense,
                    "reason": reason,
                    "details": answers::of_answers(details),
                });
            }
            _ => {}
        }
        body
    }
}

fn letter(letter: &OwnLetter) -> Value {
    json!({
        "id": letter.id,
        "title": letter.title,
        "document_number": letter.document_number,
        "issued_on": letter.issued_on.to_string(),
        "voided_on": letter.voided_on.map(|day| day.to_string()),
    })
}

/// A line of the story: what happened, without what was written (see `…/messages`).
fn line(at: Timestamp, seen: &Seen) -> Value {
    let (by, what) = match seen {
        Seen::Filed => ("applicant", "filed"),
        Seen::Corrected { .. } => ("applicant", "corrected"),
        Seen::Wrote { .. } => ("applicant", "wrote"),
        Seen::Withdrew => ("applicant", "withdrew"),
        Seen::Desk { news } => ("office", of_news(news)),
    };
    json!({ "at": at.to_string(), "by": by, "what": what })
}

/// The name of what the office told.
pub(crate) fn of_news(news: &News) -> &'static str {
    match news {
        News::Received { .. } => "received",
        News::HandedOver { .. } => "handed-over",
        News::Step { .. } => "step",
        News::CorrectionRequested { .. } => "correction-requested",
        News::Deciding => "deciding",
        News::BackToReview => "back-to-review",
        News::Decided { .. } => "decided",
        News::Letter { .. } => "letter",
        News::Wrote { .. } => "wrote",
        News::Delayed { .. } => "delayed",
        News::FeeChanged { .. } => "fee-changed",
        News::Withdrawn => "withdrawn",
        News::CameTooLate { .. } => "came-too-late",
    }
}
