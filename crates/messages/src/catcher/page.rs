//! The demo's mail page. Its router is mounted by `yakuba demo` alone.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use maud::{DOCTYPE, Markup, html};

use super::{Caughts, readable};

/// `/demo/mail` and `/demo/mail/{number}`; `look` is the address of the style sheet.
pub fn router<S: Clone + Send + Sync + 'static>(caughts: Caughts, look: String) -> Router<S> {
    Router::new().route("/demo/mail", get(list)).route("/demo/mail/{number}", get(one)).with_state((caughts, look))
}

async fn list(State((caughts, look)): State<(Caughts, String)>) -> Html<String> {
    let mails = caughts.newest();
    shell(
        &look,
        "デモのメール",
        html! {
            p.lead { "ここに届くメールは、この機械の外へは出ません。新しい順に 500 通まで残ります。" }
            @if mails.is_empty() {
                p { "まだ届いていません。申請をすると、受付のお知らせがここに届きます。" }
            } @else {
                table {
                    thead { tr { th scope="col" { "番号" } th scope="col" { "宛先" } th scope="col" { "件名" } } }
                    tbody {
                        @for mail in &mails {
                            @let read = readable(&mail.content);
                            tr {
                                td { (mail.number) }
                                td { (mail.to.join(", ")) }
                                td { a href={ "/demo/mail/" (mail.number) } lang=(language(&read.language)) { (subject(&read.subject)) } }
                            }
                        }
                    }
                }
            }
        },
    )
}

async fn one(State((caughts, look)): State<(Caughts, String)>, Path(number): Path<u64>) -> Response {
    let Some(mail) = caughts.number(number) else {
        let gone =
            html! { p { "このメールはありません。新しいものに押し出されたのかもしれません。" } p { a href="/demo/mail" { "一覧へ" } } };
        return (StatusCode::NOT_FOUND, shell(&look, "ありません", gone)).into_response();
    };
    let read = readable(&mail.content);
    shell(
        &look,
        subject(&read.subject),
        html! {
            dl.facts {
                div { dt { "差出人" } dd { (read.from) } }
                div { dt { "宛先" } dd { (mail.to.join(", ")) } }
                div { dt { "日時" } dd { (read.date) } }
            }
            article lang=(language(&read.language)) {
                @for line in read.text.trim_end().lines() {
                    @if line.is_empty() { br; } @else { p { (linked(line)) } }
                }
            }
            details { summary { "届いたまま" } pre tabindex="0" { (String::from_utf8_lossy(&mail.content)) } }
            p { a href="/demo/mail" { "一覧へ" } }
        },
    )
    .into_response()
}

fn subject(subject: &str) -> &str {
    if subject.is_empty() { "（件名なし）" } else { subject }
}

fn language(tag: &str) -> &str {
    if tag.is_empty() { "ja" } else { tag }
}

/// A line that is an address of a page becomes a link, as mail programs do.
fn linked(line: &str) -> Markup {
    let is_link = (line.starts_with("http://") || line.starts_with("https://")) && !line.contains([' ', '"', '<']);
    html! { @if is_link { a href=(line) { (line) } } @else { (line) } }
}

fn shell(look: &str, title: &str, body: Markup) -> Html<String> {
    let page = html! {
        (DOCTYPE)
        html lang="ja" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " - デモ" }
                link rel="stylesheet" href=(look);
            }
            body.portal {
                main #main { h1 { (title) } (body) }
            }
        }
    };
    Html(page.into_string())
}
