//! 申請した人の声: two questions after filing, answered or not, once for each case. What was answered is counted; who answered is not kept with
//! it. Words of one's own go to the department, apart from the case.

use access::{PageError, PortalFace, Posted, Visitor, shell::portal_page};
use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use cases::{CaseNumber, own::OwnCase};
use definitions::typed::Typed;
use jiff::Timestamp;
use maud::{Markup, html};
use store::{
    Parcel, Read, StoreError, Write,
    keys::{Face, Keys},
    params,
};
use ui::{
    page::csrf_input,
    parts::{self, Say, Tone, Weight},
};

use crate::{
    counted::short_version,
    period::Month,
    telling::{SAID, Said, unnamed},
};

/// Most characters of what somebody writes.
pub const CHARACTERS_MAX: usize = 1_000;

/// `/voice/{number}`.
pub fn router() -> Router<PortalFace> {
    Router::new().route("/voice/{number}", get(ask).post(take))
}

/// What somebody answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Voice {
    /// How easy it was: 1 to 5.
    pub ease: Option<i64>,
    /// Whether they got what they need: 5 yes, 3 partly, 1 no.
    pub got: Option<i64>,
    /// In their own words.
    pub said: String,
}

/// A form that our page does not send, or one with nothing in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoVoice {
    /// Nothing was answered.
    Empty,
    /// A mark that is not asked for, or too many words.
    Bad,
}

impl Voice {
    /// Reads what came in.
    ///
    /// # Errors
    /// See [`NoVoice`].
    pub fn read(typed: &Typed) -> Result<Voice, NoVoice> {
        let mark = |name: &str, marks: &[i64]| match typed.first(name).unwrap_or_default() {
            "" => Ok(None),
            text => text.parse().ok().filter(|mark| marks.contains(mark)).map(Some).ok_or(NoVoice::Bad),
        };
        let said = typed.first("said").unwrap_or_default().trim().to_owned();
        let voice = Voice { ease: mark("ease", &[1, 2, 3, 4, 5])?, got: mark("got", &[1, 3, 5])?, said };
        match () {
            () if voice.said.chars().count() > CHARACTERS_MAX => Err(NoVoice::Bad),
            () if voice == Voice::default() => Err(NoVoice::Empty),
            () => Ok(voice),
        }
    }
}

const ASKED: &str = "insert into figures_asked (case_id) values ($1) on conflict (case_id) do nothing";
const IS_ASKED: &str = "select 1 from figures_asked where case_id = $1";
const COUNT: &str = "insert into figures_voice (day, procedure, version, question, value, n) values ($1, $2, $3, $4, $5, 1) \
    on conflict (day, procedure, version, question, value) do update set n = figures_voice.n + 1";

/// Takes in an answer. No: this case has answered already, and nothing is counted.
///
/// # Errors
/// When the store fails.
pub fn answer(tx: &Write<'_>, keys: &Keys, case: &OwnCase, voice: &Voice, now: Timestamp) -> Result<bool, StoreError> {
    if tx.run(ASKED, params![case.id.to_string()])? == 0 {
        return Ok(false);
    }
    let day = access::day_in_japan(now);
    for (question, mark) in [("ease", voice.ease), ("got", voice.got)] {
        if let Some(mark) = mark {
            tx.run(COUNT, params![day, case.procedure.to_string(), short_version(&case.version), question, mark])?;
        }
    }
    if !voice.said.is_empty() {
        let said = Said { procedure: case.procedure.clone(), month: Month::of(day).to_string(), text: voice.said.clone() };
        tx.send(&Parcel { kind: SAID.to_owned(), id: unnamed(), body: cases::parcel::sealed(keys, Face::Desk, &said)? })?;
    }
    Ok(true)
}

/// Whether this case has answered.
///
/// # Errors
/// When the store fails.
pub fn has_answered(tx: &Read<'_>, case: &OwnCase) -> Result<bool, StoreError> {
    Ok(tx.first(IS_ASKED, params![case.id.to_string()])?.is_some())
}

/// The visitor's own case, or nothing: numbers that exist and numbers that do not are answered alike.
fn own(tx: &Read<'_>, keys: &Keys, visitor: &Visitor, number: &str, now: Timestamp) -> Result<Option<OwnCase>, StoreError> {
    let Ok(number) = number.parse::<CaseNumber>() else { return Ok(None) };
    cases::own::seen_by(tx, keys, number, (&visitor.session, visitor.account.as_ref().map(|account| account.id)), now)
}

async fn ask(State(face): State<PortalFace>, visitor: Visitor, Path(number): Path<String>) -> Result<Response, PageError> {
    let (keys, who, wanted, now) = (face.keys.clone(), visitor.clone(), number.clone(), face.clock.now());
    let found = face
        .store
        .reading(move |tx| match own(tx, &keys, &who, &wanted, now)? {
            Some(case) => Ok::<_, StoreError>(Some(has_answered(tx, &case)?)),
            None => Ok(None),
        })
        .await?;
    Ok(match found {
        // Where the case stands asks for the receipt's numbers.
        None => Redirect::to(&format!("/status/{}", plain(&number))).into_response(),
        Some(true) => thanks(&face, &visitor, &number).into_response(),
        Some(false) => form(&face, &visitor, &number, &Typed::default(), None).into_response(),
    })
}

async fn take(
    State(face): State<PortalFace>,
    visitor: Visitor,
    Path(number): Path<String>,
    Posted(typed): Posted,
) -> Result<Response, PageError> {
    let voice = match Voice::read(&typed) {
        Ok(voice) => voice,
        Err(why) => {
            let wrong = if why == NoVoice::Empty { "figures-voice-empty" } else { "figures-voice-bad" };
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, form(&face, &visitor, &number, &typed, Some(wrong))).into_response());
        }
    };
    let (keys, who, wanted, now) = (face.keys.clone(), visitor.clone(), number.clone(), face.clock.now());
    let taken = face
        .store
        .writing(move |tx| match own(tx, &keys, &who, &wanted, now)? {
            Some(case) => answer(tx, &keys, &case, &voice, now).map(Some),
            None => Ok::<_, StoreError>(None),
        })
        .await?;
    match taken {
        Some(_) => Ok(Redirect::to(&format!("/voice/{}", plain(&number))).into_response()),
        None => Err(PageError::NotFound),
    }
}

/// A number as it stands in an address; what is no number leads nowhere.
fn plain(number: &str) -> String {
    number.parse::<CaseNumber>().map(|number| number.plain()).unwrap_or_default()
}

fn form(face: &PortalFace, visitor: &Visitor, number: &str, typed: &Typed, wrong: Option<&str>) -> Markup {
    let words = face.words();
    let say = Say { words: &words, language: visitor.language };
    let title = say.text("figures-voice-title", &[]);
    let marks = |name: &str, label: &str, options: &[(&str, &str)]| {
        html! {
            fieldset.q {
                legend.label { (say.html(label, &[])) " " small { (say.html("figures-voice-optional", &[])) } }
                div.picks {
                    @for (value, words) in options {
                        label.pick {
                            input type="radio" name=(name) value=(value) checked[typed.first(name) == Some(*value)];
                            span { (say.html(words, &[])) }
                        }
                    }
                }
            }
        }
    };
    let body = html! {
        h1 { (say.html("figures-voice-title", &[])) }
        p.lead { (say.html("figures-voice-lead", &[])) }
        @if let Some(wrong) = wrong { div role="alert" { (parts::notice(Tone::Error, html! { p { (say.html(wrong, &[])) } })) } }
        form method="post" action={ "/voice/" (plain(number)) } data-guard {
            (csrf_input(&visitor.csrf))
            (marks("ease", "figures-voice-ease", &[("5", "figures-voice-ease-5"), ("4", "figures-voice-ease-4"), ("3", "figures-voice-ease-3"), ("2", "figures-voice-ease-2"), ("1", "figures-voice-ease-1")]))
            (marks("got", "figures-voice-got", &[("5", "figures-voice-got-5"), ("3", "figures-voice-got-3"), ("1", "figures-voice-got-1")]))
            div.q {
                label.label for="said" { (say.html("figures-voice-said", &[])) " " small { (say.html("figures-voice-optional", &[])) } }
                p.help #said-help { (say.html("figures-voice-said-help", &[])) }
                textarea.in #said name="said" rows="5" maxlength=(CHARACTERS_MAX) aria-describedby="said-help" { (typed.first("said").unwrap_or_default()) }
            }
            div.row.actions { (parts::button(Weight::Primary, say.html("figures-voice-send", &[]))) }
        }
        p { (parts::back_link(&format!("/status/{}", plain(number)), say.html("figures-voice-back", &[]))) }
    };
    portal_page(face, visitor, &title, |page| page.personal(), body)
}

fn thanks(face: &PortalFace, visitor: &Visitor, number: &str) -> Markup {
    let words = face.words();
    let say = Say { words: &words, language: visitor.language };
    let title = say.text("figures-voice-thanks", &[]);
    let body = html! {
        h1 { (say.html("figures-voice-thanks", &[])) }
        p.lead { (say.html("figures-voice-thanks-lead", &[])) }
        p { (parts::back_link(&format!("/status/{}", plain(number)), say.html("figures-voice-back", &[]))) }
    };
    portal_page(face, visitor, &title, |page| page.personal(), body)
}
