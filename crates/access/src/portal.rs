//! Residents' pages of this room: signing in by a mailed code, signing out, one's account, and the code to read to a clerk.

mod account;
mod sign_in;

pub use account::unlinked;
use axum::{
    Router,
    middleware::from_fn_with_state,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};

use crate::{
    AccountId, accounts, around,
    error::PageError,
    face::{PortalFace, SignedIn},
    session::SessionId,
    token::Token,
    visitor::Visitor,
};

/// Signing in and out, and the account.
pub fn router() -> Router<PortalFace> {
    Router::new()
        .route("/sign-in", get(sign_in::address_page).post(sign_in::ask))
        .route("/sign-in/code", get(sign_in::code_page).post(sign_in::enter))
        .route("/sign-out", post(sign_in::out))
        .route("/my/account", get(account::show))
        .route("/my/account/link-code", post(account::link_code))
        .route("/my/account/sign-out-everywhere", post(account::out_everywhere))
}

/// Puts sessions, languages and error pages around a face's routes, and gives them their state. A route that does not exist is a page too:
/// axum's own bare answer goes through the same layer. (A fallback of our own would forbid merging the two faces into one server.)
pub fn serve(routes: Router<PortalFace>, face: PortalFace) -> Router {
    routes.layer(from_fn_with_state(face.clone(), around::portal)).with_state(face)
}

/// Signs the visitor in without a code. Only the demo's routes call it; elsewhere it does not exist.
///
/// # Errors
/// Not found where this is not a demo; and when the store fails.
pub async fn sign_in_as(face: &PortalFace, visitor: &Visitor, account: AccountId, then: &str) -> Result<Response, PageError> {
    if !face.demo {
        return Err(PageError::NotFound);
    }
    let token = Token::draw()?;
    let signed_in = SignedIn { before: visitor.session.clone(), session: SessionId::of(&token), account, at: face.clock.now() };
    let rooms = face.on_sign_in.clone();
    face.store.writing(move |tx| accounts::begin(tx, &signed_in, "demo", &rooms)).await?;
    visitor.hand_out(&token, face.https);
    Ok(Redirect::to(around::place_below(then, "/", "/my")).into_response())
}
