//! Staff's pages of this room: the door of the desk, one's sessions, the directory, linking accounts, who looked at what.

pub(crate) mod absences;
mod directory;
mod door;
mod leaving;
mod linking;
mod log;
mod sessions;
mod set_up;

use axum::{
    Router,
    http::{HeaderMap, header},
    middleware::from_fn_with_state,
    response::{IntoResponse, Redirect, Response},
    routing::{any, get, post},
};

use crate::{
    StaffId, around,
    error::PageError,
    face::DeskFace,
    session::SessionId,
    staff::{self, directory as people, session::Guest},
    token::Token,
};

/// Signing in and out, sessions, the directory, linking, the access log.
pub fn router() -> Router<DeskFace> {
    Router::new()
        .route("/desk/sign-in", get(door::show).post(door::enter))
        .route("/desk/sign-out", post(door::leave))
        .route("/desk/set-up", get(set_up::code_page).post(set_up::enter_code))
        .route("/desk/set-up/factor", get(set_up::factor_page).post(set_up::choose))
        .route("/desk/sessions", get(sessions::show))
        .route("/desk/sessions/end", post(sessions::end))
        .route("/desk/absences", get(absences::show).post(absences::enter))
        .route("/desk/absences/end", post(absences::end))
        .route("/desk/staff", get(directory::show))
        .route("/desk/staff/{staff}", get(leaving::show))
        .route("/desk/staff/{staff}/leave", post(leaving::leave))
        .route("/desk/staff/{staff}/sign-out", post(directory::sign_out))
        .route("/desk/staff/{staff}/set-up-code", post(directory::set_up_code))
        .route("/desk/link-account", get(linking::show).post(linking::link))
        .route("/desk/link-account/end", post(linking::unlink))
        .route("/desk/access-log", get(log::show))
}

/// Puts sessions and error pages around a face's routes, and gives them their state. What does not exist below `/desk` is a page of the
/// desk, also where one server shows both faces.
pub fn serve(routes: Router<DeskFace>, face: DeskFace) -> Router {
    let nowhere = || async { PageError::NotFound };
    routes.route("/desk/{*elsewhere}", any(nowhere)).layer(from_fn_with_state(face.clone(), around::desk)).with_state(face)
}

/// Signs a member of staff in without a password. Only the demo's routes call it; elsewhere it does not exist.
///
/// # Errors
/// Not found where this is not a demo or nobody has this id; and when the store fails. The answer carries the new cookie.
pub async fn sign_in_as(face: &DeskFace, guest: &Guest, staff: StaffId, headers: &HeaderMap, then: &str) -> Result<Response, PageError> {
    if !face.demo {
        return Err(PageError::NotFound);
    }
    let (token, now) = (Token::draw()?, face.clock.now());
    let (session, before, agent) = (SessionId::of(&token), guest.session.clone(), agent(headers));
    let known = face
        .store
        .writing(move |tx| -> Result<_, store::StoreError> {
            let known = people::by_id(tx, staff)?.is_some_and(|who| who.active);
            if known {
                staff::begin_signed_in(tx, staff, &session, &before, &agent, now)?;
            }
            Ok(known)
        })
        .await?;
    if !known {
        return Err(PageError::NotFound);
    }
    guest.hand_out(&token, face.https);
    Ok(Redirect::to(around::place_below(then, "/desk", "/desk")).into_response())
}

/// What the browser calls itself.
fn agent(headers: &HeaderMap) -> String {
    headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default().to_owned()
}
