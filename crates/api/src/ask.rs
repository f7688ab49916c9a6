//! Who asks, in which language, with what: a request of a program, on either face. Cookies are not looked at: what a browser sends by itself
//! opens nothing here.

use std::{convert::Infallible, sync::Arc};

use access::{
    Assurance, ClientAddress, DeskFace, PortalFace,
    program::{self, Admitted, NotAdmitted, Scope, Secret},
    throttle::Wait,
};
use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use cases::{FilingRefused, draft::Owner, filing::Terms};
use definitions::{
    form::Filled,
    ids::ProcedureId,
    procedure::{Identity, Session},
    text::{Language, Text},
    town::Town,
};
use jiff::Timestamp;
use registry::known::PortalFacts;
use serde_json::Value;
use store::{Read, StoreError, Write, keys::Face};
use ui::{
    parts::Say,
    words::{Value as Word, Words},
};

use crate::{
    language,
    problem::{self, Problem},
    schema::Speaking,
};

/// Longest key of a filing or a result: a UUID has 36 letters.
const KEY_LETTERS_MAX: usize = 200;

/// What a handler answers: a response, or a problem that is said in the language of the request.
pub(crate) type Answer = Result<Response, Problem>;

/// A request to one face.
pub(crate) struct Ask<F> {
    pub(crate) face: F,
    pub(crate) town: Arc<Town>,
    pub(crate) words: Arc<Words>,
    pub(crate) language: Language,
    pub(crate) headers: HeaderMap,
    pub(crate) address: ClientAddress,
    /// The query as it came.
    pub(crate) query: String,
    params: Vec<(String, String)>,
}

/// A face whose programs may ask.
pub(crate) trait OpenToPrograms: Clone + Send + Sync + 'static {
    const FACE: Face;
    fn town(&self) -> Arc<Town>;
    fn words(&self) -> Arc<Words>;
    fn now(&self) -> Timestamp;
    fn store(&self) -> &store::Store;
}

impl OpenToPrograms for PortalFace {
    const FACE: Face = Face::Portal;
    fn town(&self) -> Arc<Town> {
        self.town.current()
    }
    fn words(&self) -> Arc<Words> {
        self.words.current()
    }
    fn now(&self) -> Timestamp {
        self.clock.now()
    }
    fn store(&self) -> &store::Store {
        self.store.store()
    }
}

impl OpenToPrograms for DeskFace {
    const FACE: Face = Face::Desk;
    fn town(&self) -> Arc<Town> {
        self.town.current()
    }
    fn words(&self) -> Arc<Words> {
        self.words.current()
    }
    fn now(&self) -> Timestamp {
        self.clock.now()
    }
    fn store(&self) -> &store::Store {
        self.store.store()
    }
}

impl<F: OpenToPrograms> FromRequestParts<F> for Ask<F> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, face: &F) -> Result<Ask<F>, Infallible> {
        // A path that is no UTF-8 names nothing.
        let params = RawPathParams::from_request_parts(parts, face).await.ok();
        let params = params.iter().flatten().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let address = ClientAddress::from_request_parts(parts, face).await?;
        Ok(Ask {
            face: face.clone(),
            town: face.town(),
            words: face.words(),
            language: language::asked(&parts.headers),
            headers: parts.headers.clone(),
            address,
            query: parts.uri.query().unwrap_or_default().to_owned(),
            params,
        })
    }
}

impl<F: OpenToPrograms> Ask<F> {
    pub(crate) fn say(&self) -> Say<'_> {
        Say { words: &self.words, language: self.language }
    }

    pub(crate) fn speaking(&self) -> Speaking<'_> {
        Speaking { town: &self.town, language: self.language }
    }

    /// A text of a definition, without furigana.
    pub(crate) fn plain(&self, text: &Text) -> String {
        self.speaking().plain(text)
    }

    /// Words of the form, of which the counts are numbers so that plurals agree.
    pub(crate) fn words_of(&self, id: &str, label: &str, args: &[(&'static str, String)]) -> String {
        let mut given: Vec<(&str, Word<'_>)> = vec![("label", label.into())];
        given.extend(args.iter().map(|(name, value)| (*name, value.parse::<i64>().map_or_else(|_| value.as_str().into(), Word::from))));
        self.say().text(id, &given)
    }

    /// One part of the path.
    pub(crate) fn param<T: std::str::FromStr>(&self, name: &str) -> Result<T, Problem> {
        let value = self.params.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        value.and_then(|value| value.parse().ok()).ok_or(problem::NOT_FOUND.into())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A key as the header carries it (draft-ietf-httpapi-idempotency-key-header writes it in quotes; many leave them out).
    pub(crate) fn idempotency_key(&self) -> Result<String, Problem> {
        let said = self.header("idempotency-key").map(|key| key.trim().trim_matches('"').to_owned()).unwrap_or_default();
        let is_key = !said.is_empty() && said.len() <= KEY_LETTERS_MAX && said.bytes().all(|byte| byte.is_ascii_graphic());
        if is_key { Ok(said) } else { Err(problem::KEY_MISSING.into()) }
    }

    /// The answer as it goes out.
    pub(crate) fn answer(&self, answer: Answer) -> Response {
        match answer {
            Ok(mut response) => {
                let headers = response.headers_mut();
                headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-store"));
                headers.entry(header::CONTENT_LANGUAGE).or_insert(HeaderValue::from_static(self.language.tag()));
                response
            }
            Err(problem) => problem.answer(self.say()),
        }
    }

    /// The program that asks, which must hold this scope (RFC 6750: 401 for who is not known, 403 for who may not).
    ///
    /// # Errors
    /// When there is no secret, it opens nothing, or not this.
    pub(crate) async fn program(&self, scope: Scope) -> Result<Admitted, Problem> {
        let mut lines = self.headers.get_all(header::AUTHORIZATION).iter();
        let Some(line) = lines.next() else { return Err(challenged(problem::NO_TOKEN, "")) };
        let text = line.to_str().ok().filter(|_| lines.next().is_none());
        let bearer = text.and_then(|text| text.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let Some((_, token)) = bearer else { return Err(challenged(problem::NO_TOKEN, "")) };
        let invalid = || challenged(problem::INVALID_TOKEN, ", error=\"invalid_token\"");
        let secret = Secret::read(token.trim()).ok_or_else(invalid)?;
        let now = self.face.now();
        let admitted = self.face.store().writing(move |tx| program::admit(tx, F::FACE, &secret, now)).await?;
        match admitted {
            Ok(admitted) if admitted.may(scope) => Ok(admitted),
            Ok(_) => {
                let needed = format!(", error=\"insufficient_scope\", scope=\"{}\"", scope.code());
                Err(challenged(problem::SCOPE, &needed).with("scope", scope.code()))
            }
            Err(NotAdmitted::TooMany(Wait(wait))) => Err(Problem { retry_after: Some(wait), ..problem::TOO_MANY.into() }),
            // Whether it is unknown, has ended or was revoked is the staff's to say.
            Err(NotAdmitted::Unknown | NotAdmitted::Expired | NotAdmitted::Revoked) => Err(invalid()),
        }
    }
}

fn challenged(kind: problem::Kind, more: &str) -> Problem {
    Problem { challenge: Some(format!("Bearer realm=\"yakuba\"{more}")), ..kind.into() }
}

/// What a program vouches for: nothing. It files as anybody does who is not signed in.
const VOUCHED: Assurance = Assurance { identity: Identity::SelfAsserted, session: Session::None };

/// Why a transaction of the residents' side stops.
#[derive(Debug)]
pub(crate) enum Stop {
    Refused(FilingRefused),
    Problem(Box<Problem>),
    /// The answers may not be filed: said outside the transaction, where the words are.
    Incomplete(Box<(ProcedureId, Filled)>),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Stop {
        Stop::Refused(error.into())
    }
}

impl From<FilingRefused> for Stop {
    fn from(refused: FilingRefused) -> Stop {
        Stop::Refused(refused)
    }
}

impl From<definitions::typed::TooMuch> for Stop {
    fn from(error: definitions::typed::TooMuch) -> Stop {
        Stop::Refused(error.into())
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Stop {
        Stop::Problem(Box::new(problem))
    }
}

impl From<problem::Kind> for Stop {
    fn from(kind: problem::Kind) -> Stop {
        Problem::from(kind).into()
    }
}

impl Ask<PortalFace> {
    /// What is said of a transaction that stopped.
    pub(crate) fn stopped(&self, stop: Stop) -> Problem {
        match stop {
            Stop::Refused(refused) => refused.into(),
            Stop::Problem(problem) => *problem,
            Stop::Incomplete(what) => match self.procedure(what.0.as_str()) {
                Ok(procedure) => self.incomplete(procedure, &what.1),
                Err(problem) => problem,
            },
        }
    }

    /// Runs a closure in a reading transaction of the portal, on the terms of anybody.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        act: impl Fn(&Read<'_>, &Terms<'_>) -> Result<T, Stop> + Send + 'static,
    ) -> Result<T, Problem> {
        let (town, keys, now) = (Arc::clone(&self.town), Arc::clone(&self.face.keys), self.face.clock.now());
        let done = self.face.store.reading(move |tx| {
            let facts = PortalFacts::of(tx, &town, None, None, cases::clock::day(now))?;
            act(tx, &Terms { town: &town, keys: &keys, facts: &facts, assurance: VOUCHED, now })
        });
        done.await.map_err(|stop| self.stopped(stop))
    }

    /// The same in a writing transaction.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        act: impl Fn(&Write<'_>, &Terms<'_>) -> Result<T, Stop> + Send + 'static,
    ) -> Result<T, Problem> {
        let (town, keys, now) = (Arc::clone(&self.town), Arc::clone(&self.face.keys), self.face.clock.now());
        let done = self.face.store.writing(move |tx| {
            let facts = PortalFacts::of(tx, &town, None, None, cases::clock::day(now))?;
            act(tx, &Terms { town: &town, keys: &keys, facts: &facts, assurance: VOUCHED, now })
        });
        done.await.map_err(|stop| self.stopped(stop))
    }

    /// The same for filing: its unique keys and conditional updates hold what must hold, as on the pages.
    pub(crate) async fn write_filing<T: Send + 'static>(
        &self,
        act: impl Fn(&Write<'_>, &Terms<'_>) -> Result<T, Stop> + Send + 'static,
    ) -> Result<T, Stop> {
        let (town, keys, now) = (Arc::clone(&self.town), Arc::clone(&self.face.keys), self.face.clock.now());
        let done = self.face.store.writing_relaxed(move |tx| {
            let facts = PortalFacts::of(tx, &town, None, None, cases::clock::day(now))?;
            act(tx, &Terms { town: &town, keys: &keys, facts: &facts, assurance: VOUCHED, now })
        });
        done.await
    }
}

/// Whose drafts a program's are.
pub(crate) fn owner(program: &Admitted) -> Owner {
    Owner::of_program(program.id)
}

/// A JSON answer.
pub(crate) fn json(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}
