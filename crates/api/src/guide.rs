//! プログラムの窓口: the page that people read who write programs. The examples on it are run by a test, against a town of its own.

use access::{PortalFace, Visitor, program::Scope, shell::portal_page};
use axum::extract::State;
use maud::{Markup, html};
use ui::parts::{self, Column, Say};

use crate::{
    openapi::{self, OPERATIONS},
    problem,
};

/// What is tried first: each stands on the page and is run by a test. `SITE`, `TOKEN` and `NUMBER` are the reader's own.
pub(crate) const EXAMPLES: [(&str, &str); 5] = [
    ("api-guide-list", "curl SITE/api/v1/procedures"),
    ("api-guide-schema", "curl SITE/api/v1/procedures/PROCEDURE"),
    (
        "api-guide-evaluate",
        "curl SITE/api/v1/procedures/PROCEDURE/evaluate \\\n  -H 'Content-Type: application/json' \\\n  -d '{\"answers\": ANSWERS}'",
    ),
    (
        "api-guide-file",
        "curl SITE/api/v1/cases \\\n  -H 'Authorization: Bearer TOKEN' \\\n  -H 'Idempotency-Key: KEY' \\\n  -H 'Content-Type: application/json' \\\n  -d '{\"procedure\": \"PROCEDURE\", \"answers\": ANSWERS}'",
    ),
    ("api-guide-status", "curl SITE/api/v1/cases/NUMBER \\\n  -H 'Authorization: Bearer TOKEN'"),
];

pub(crate) async fn show(State(face): State<PortalFace>, visitor: Visitor) -> Markup {
    let words = face.words();
    let say = Say { words: &words, language: visitor.language };
    let title = say.text("api-title", &[]);
    let body = html! {
        h1 { (say.html("api-title", &[])) }
        p.lead { (say.html("api-lead", &[])) }
        p { a href="/api/openapi.json" { (say.html("api-openapi", &[])) } }
        h2 #token { (say.html("api-token", &[])) }
        p { (say.html("api-token-lead", &[])) }
        (scopes(say))
        h2 #examples { (say.html("api-guide", &[])) }
        p { (say.html("api-guide-lead", &[])) }
        @for (words, example) in EXAMPLES {
            h3 { (say.html(words, &[])) }
            pre tabindex="0" { code { (example) } }
        }
        h2 #operations { (say.html("api-operations", &[])) }
        (operations(say))
        h2 #errors { (say.html("api-errors", &[])) }
        p { (say.html("api-errors-lead", &[])) }
        dl {
            @for kind in problem::ALL {
                dt id={ "problem-" (kind.name) } { code { (kind.status.as_u16()) " " (kind.name) } "　" (say.html(kind.words[0], &[])) }
                dd { (say.html(kind.words[1], &[])) }
            }
        }
    };
    portal_page(&face, &visitor, &title, |page| page.wide(), body)
}

fn scopes(say: Say<'_>) -> Markup {
    html! {
        ul { @for scope in Scope::ALL { li { code { (scope.code()) } "　" (say.html(openapi::scope_words(scope), &[])) } } }
    }
}

fn operations(say: Say<'_>) -> Markup {
    let labels = ["api-operations-what", "api-operations-address", "api-operations-scope"].map(|id| say.text(id, &[]));
    let columns: Vec<Column<'_>> = labels.iter().map(|label| Column { label, numeric: false }).collect();
    let line = |operation: &openapi::Operation| {
        vec![
            say.html(operation.words, &[]),
            html! { code { (operation.method.to_uppercase()) " " (address(operation.path)) } },
            html! { @if let Some(scope) = operation.scope { code { (scope.code()) } } @else { (say.html("api-operations-anybody", &[])) } },
        ]
    };
    let lines: Vec<Vec<Markup>> = OPERATIONS.iter().map(line).collect();
    parts::table(Some(&say.text("api-operations", &[])), &columns, &lines)
}

/// An address with the reader's own parts in capitals, as the examples write them.
fn address(path: &str) -> String {
    let part =
        |part: &str| part.strip_prefix('{').and_then(|part| part.strip_suffix('}')).map_or_else(|| part.to_owned(), str::to_uppercase);
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}
