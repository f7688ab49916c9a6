//! 手続 for programs: what there is, with the JSON Schema of its answers, and what would come of some answers. Anybody may read this.

use access::{PortalFace, throttle};
use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use definitions::{
    field::{Kind, Options},
    procedure::{Page, Procedure},
};
use serde_json::{Map, Value, json};

use crate::{
    answers,
    ask::{self, Answer, Ask},
    body, problem, schema,
};

/// What is public may be kept for a while: definitions change between two working days.
const KEPT: &str = "public, max-age=60";

/// Evaluations from one network address: a person who fills in a form asks after each page.
const EVALUATIONS: throttle::Rate = throttle::Rate { most: 120, per: std::time::Duration::from_secs(60) };

pub(super) async fn list(ask: Ask<PortalFace>) -> Response {
    let each = ask.town.procedures.values().map(|procedure| ask.brief(procedure));
    let body = json!({ "procedures": each.collect::<Vec<_>>() });
    ask.answer(Ok(kept(ask::json(StatusCode::OK, &body))))
}

pub(super) async fn show(ask: Ask<PortalFace>) -> Response {
    ask.answer(whole(&ask).await)
}

async fn whole(ask: &Ask<PortalFace>) -> Answer {
    let procedure = ask.procedure(&ask.param::<String>("procedure")?)?;
    let mut body = ask.brief(procedure);
    body["needs"] = procedure.needs.iter().map(|text| ask.plain(text)).collect();
    body["pages"] = procedure.pages.values().map(|page| ask.page(page)).collect();
    body["rules"] = rules(ask, procedure);
    body["options"] = options(ask, procedure).await?;
    body["answers"] = schema::of(&ask.speaking(), procedure);
    Ok(kept(ask::json(StatusCode::OK, &body)))
}

fn kept(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(KEPT));
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-language"));
    response
}

impl Ask<PortalFace> {
    fn brief(&self, procedure: &Procedure) -> Value {
        let department = self.town.departments.get(&procedure.department);
        json!({
            "id": procedure.id.to_string(),
            "version": procedure.version.0,
            "title": self.plain(&procedure.title),
            "summary": self.plain(&procedure.summary),
            "department": {
                "id": procedure.department.to_string(),
                "name": department.map(|department| self.plain(&department.name)),
                "phone": department.and_then(|department| department.phone.clone()).unwrap_or_else(|| self.town.office.phone.clone()),
            },
            "channels": self.channels(procedure),
            "applicant": { "identity": procedure.applicant.identity, "session": procedure.applicant.session },
            "may_be_filed_by_programs": self.may_begin(procedure).is_ok(),
            "fee": procedure.fee.as_ref().map(|fee| json!({ "yen": fee.yen, "text": self.plain(&fee.text) })),
            "minutes": procedure.minutes,
            "href": format!("/api/v1/procedures/{}", procedure.id),
        })
    }

    fn page(&self, page: &Page) -> Value {
        let fields = page.fields.values().filter(|field| !matches!(field.kind, Kind::Note)).map(|field| field.id.to_string());
        json!({
            "id": page.id.to_string(),
            "title": self.plain(&page.title),
            "when": page.when.as_ref().map(|when| when.source.as_str()),
            "fields": fields.collect::<Vec<_>>(),
        })
    }
}

/// The rules in words and as the author wrote them: formal ones stop a filing, merit ones only warn (行政手続法7条).
fn rules(ask: &Ask<PortalFace>, procedure: &Procedure) -> Value {
    let of = |rule: &definitions::procedure::Rule, stops: bool| {
        json!({
            "id": rule.id.to_string(),
            "stops": stops,
            "holds": rule.holds.source,
            "say": ask.plain(&rule.say),
            "at": rule.at.as_ref().map(ToString::to_string),
        })
    };
    let formal = procedure.formal.values().map(|rule| of(rule, true));
    formal.chain(procedure.merit.values().map(|rule| of(rule, false))).collect()
}

/// What may be chosen from registers, as it is today.
async fn options(ask: &Ask<PortalFace>, procedure: &Procedure) -> Result<Value, problem::Problem> {
    let mut registers = std::collections::BTreeSet::new();
    let all = procedure.pages.values().flat_map(|page| page.fields.values());
    for field in all.flat_map(|field| field.kind.group_fields().into_iter().flat_map(|rows| rows.values()).chain([field])) {
        if let Kind::Choice { options, .. } | Kind::Choices { options, .. } | Kind::Ranked { options, .. } = &field.kind
            && let Options::Register { register, .. } = options
        {
            registers.insert(register.clone());
        }
    }
    if registers.is_empty() {
        return Ok(json!({}));
    }
    ask.read(move |_, terms| {
        let each = registers.iter().filter_map(|register| {
            let listing = terms.facts.options(register)?;
            let listed = listing.iter().map(|one| json!({ "key": one.key, "shown": one.shown }));
            Some((register.to_string(), listed.collect::<Value>()))
        });
        Ok(Value::Object(each.collect::<Map<String, Value>>()))
    })
    .await
}

/// `POST …/evaluate`: what a form would make of these answers. Nothing is kept.
pub(super) async fn evaluate(ask: Ask<PortalFace>, body: Body) -> Response {
    ask.answer(evaluated(&ask, body).await)
}

async fn evaluated(ask: &Ask<PortalFace>, body: Body) -> Answer {
    let procedure = ask.procedure(&ask.param::<String>("procedure")?)?;
    let key = throttle::of_address(&ask.face.keys, ask.address.0);
    let now = ask.face.clock.now();
    let waits = ask.face.store.writing(move |tx| throttle::take(tx, "evaluate-address", &key, EVALUATIONS, now)).await?;
    if let Err(throttle::Wait(wait)) = waits {
        return Err(problem::Problem { retry_after: Some(wait), ..problem::TOO_MANY.into() });
    }
    let members = body::object(&ask.headers, body, body::JSON_BYTES_MAX).await?;
    body::only(&members, &["answers"], |id| ask.say().text(id, &[]))?;
    let given = members.get("answers").cloned().unwrap_or(Value::Null);
    let typed = answers::typed(procedure, &given).map_err(|wrong| ask.misshapen(wrong))?;
    let id = procedure.id.clone();
    let filled = ask
        .read(move |_, terms| {
            let procedure = terms.town.procedures.get(&id).ok_or(problem::NOT_FOUND)?;
            Ok(terms.fill(procedure, &typed))
        })
        .await?;
    Ok(ask::json(StatusCode::OK, &ask.evaluation(procedure, &filled)))
}
