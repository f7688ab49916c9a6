//! Who may begin: how surely a procedure wants to know the person, and how surely this visitor is known (本人確認の強さ).

use access::Assurance;
use definitions::procedure::{Identity, Online, Procedure, Session};
use maud::{Markup, html};
use ui::{
    page::csrf_input,
    parts::{self, Tone, Weight},
};

use super::Reader;

/// How a procedure stands open to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Door {
    /// They may begin and file.
    Open,
    /// They must sign in first.
    SignIn,
    /// They are signed in, and a clerk or a letter must make sure first who they are.
    ProveIdentity,
}

/// How `procedure` stands open to somebody who is known this surely.
pub(super) fn of(procedure: &Procedure, known: Assurance) -> Door {
    let asked = &procedure.applicant;
    if known.suffices(asked.identity, asked.session) {
        Door::Open
    } else if known.session == Session::None {
        Door::SignIn
    } else {
        Door::ProveIdentity
    }
}

/// The page to sign in at, which comes back to `then`.
pub(super) fn sign_in(then: &str) -> String {
    // Paths of this room hold letters, digits, dashes and slashes only.
    format!("/sign-in?then={then}")
}

/// The way in at the end of a procedure's guide.
pub(super) fn way_in(sheet: &Reader, procedure: &Procedure) -> Markup {
    let say = sheet.say();
    let here = format!("/procedures/{}", procedure.id);
    match of(procedure, sheet.assurance) {
        Door::Open => html! {
            form method="post" action={ (here) "/begin" } data-guard {
                (csrf_input(&sheet.csrf))
                div.row.actions { (parts::button(Weight::Primary, say.html(if matches!(procedure.channels.online, Online::Prepare(_)) { "cases-prepare-start" } else { "cases-start" }, &[]))) }
            }
        },
        Door::SignIn => html! {
            (parts::notice(Tone::Info, html! {
                p { (say.html("cases-need-sign-in", &[])) }
                @if procedure.applicant.identity > Identity::SelfAsserted { p { (say.html("cases-need-identity-later", &[])) } }
            }))
            div.row.actions { (parts::link_button(Weight::Primary, &sign_in(&here), say.html("cases-sign-in-start", &[]))) }
        },
        Door::ProveIdentity => {
            let (department, phone) = sheet.department(&procedure.department);
            parts::notice(
                Tone::Warn,
                html! {
                    b { (say.html("cases-need-identity-title", &[])) }
                    p { (say.html("cases-need-identity", &[])) }
                    p { a href="/my/account" { (say.html("cases-need-identity-go", &[])) } }
                    p { (say.html("cases-person", &[("department", department.as_str().into()), ("phone", phone.as_str().into())])) }
                },
            )
        }
    }
}
