//! ログイン中の端末 One's own sessions: where one is signed in, and the way to end it.

use axum::{extract::State, response::Redirect};
use definitions::text::Language;
use maud::{Markup, html};
use store::StoreError;
use ui::{
    page::csrf_input,
    parts::{self, Column, Say, Weight},
};

use crate::{
    clock::time_in_japan,
    error::PageError,
    face::DeskFace,
    posted::Posted,
    session::SessionId,
    shell,
    staff::{Staff, directory::entry, session},
};

pub(super) async fn show(State(face): State<DeskFace>, staff: Staff) -> Result<Markup, PageError> {
    let (id, now) = (staff.id, face.clock.now());
    let found = face.store.reading(move |tx| -> Result<_, StoreError> { session::of_staff(tx, id, now) }).await?;
    let words = face.words();
    let say = Say { words: &words, language: Language::Ja };
    let title = say.text("access-sessions-title", &[]);
    let headings: Vec<String> = ["access-sessions-agent", "access-sessions-began", "access-sessions-seen", "access-sessions-what"]
        .map(|id| say.text(id, &[]))
        .to_vec();
    let columns: Vec<Column<'_>> = headings.iter().map(|label| Column { label, numeric: false }).collect();
    let lines: Vec<Vec<Markup>> = found
        .iter()
        .map(|one| {
            let moment = |at| words.moment_html(Language::Ja, time_in_japan(at));
            let what = if one.id == staff.session {
                say.html("access-sessions-this", &[])
            } else {
                html! {
                    form method="post" action="/desk/sessions/end" {
                        (csrf_input(&staff.csrf))
                        (parts::submit(Weight::Second, "session", one.id.as_str(), say.html("access-sessions-end", &[])))
                    }
                }
            };
            vec![html! { (one.agent) }, moment(one.began_at), moment(one.seen_at), what]
        })
        .collect();
    let body = html! {
        p { (say.html("access-sessions-lead", &[])) }
        (parts::table(Some(&title), &columns, &lines))
    };
    Ok(shell::desk_page_at(&face, Some(&staff), &title, "/desk/sessions", |page| page, body))
}

/// Ends one of one's own sessions. Of other people's sessions it is as if there were none.
pub(super) async fn end(State(face): State<DeskFace>, staff: Staff, Posted(typed): Posted) -> Result<Redirect, PageError> {
    let asked: SessionId = typed.first("session").unwrap_or_default().parse().map_err(|_| PageError::NotFound)?;
    let now = face.clock.now();
    face.store
        .writing(move |tx| -> Result<_, PageError> {
            if !session::of_staff(tx, staff.id, now)?.iter().any(|one| one.id == asked) {
                return Err(PageError::NotFound);
            }
            session::end(tx, &asked, "ended-elsewhere", now)?;
            Ok(tx.journal(&entry(&staff.actor(), "session-ended", staff.id))?)
        })
        .await?;
    Ok(Redirect::to("/desk/sessions"))
}
