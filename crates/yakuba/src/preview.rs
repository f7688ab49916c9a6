//! `yakuba preview FOLDER`: a town's procedures as residents would see them, straight from the folder, looked at again at each change of a file.
//! No store and no session: what is typed into the pages lives as long as the process.

use std::{
    collections::HashMap,
    path::{Path as Folder, PathBuf},
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use access::Clock;
use axum::{
    Form, Router,
    extract::{Path, Query, RawQuery, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use cases::tried::{Next, Trial};
use definitions::{check::watched::watch, problem::Problem, sources::Sources, text::Language, typed::Typed};
use maud::{Markup, html};
use revisions::preview::{self, Tryout};
use ui::{assets, words::Words, words::ruby};
use web::{Listening, serve::Proxy};

use crate::{Failure, command::Preview, serve::say, town};

/// How often the folder is looked at while a page waits for a change, and for how long one question waits.
const LOOK_EVERY: Duration = Duration::from_millis(500);
const ASKED_FOR: u32 = 50;

/// The folder, and what is tried of each procedure.
#[derive(Clone)]
struct Bench {
    folder: Arc<Folder>,
    tryouts: Arc<Mutex<HashMap<String, (String, Tryout)>>>,
}

/// Serves until the terminal says stop.
///
/// # Errors
/// When the address is taken, or is not this machine's own: nothing here asks who looks.
pub fn run(asked: &Preview) -> Result<ExitCode, Failure> {
    if !asked.listen.ip().is_loopback() {
        return Err(
            format!("{} is no loopback address; a preview asks nobody who they are, so it stays on this machine", asked.listen).into()
        );
    }
    Sources::read(&asked.folder).map_err(|problems| lines(&problems))?;
    let bench = Bench { folder: PathBuf::from(&asked.folder).into(), tryouts: Arc::default() };
    let routes = Router::new()
        .route("/", get(list))
        .route("/changed", get(changed))
        .route("/{procedure}", get(show))
        .route("/{procedure}/preview/start", get(start))
        .route("/{procedure}/preview/begin", post(begin))
        .route("/{procedure}/preview/check", get(check))
        .route("/{procedure}/preview/after", get(after).post(after))
        .route("/{procedure}/preview/elsewhere", get(elsewhere).post(elsewhere))
        .route("/{procedure}/preview/pages/{page}", get(page).post(send))
        .with_state(bench)
        .merge(web::assets::router())
        .layer(axum::middleware::from_fn(|request, next| web::headers::add(false, request, next)));
    let procedure = asked.procedure.clone().unwrap_or_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async move {
        let listening = Listening::at(asked.listen).await.map_err(|error| format!("{} cannot be listened on: {error}", asked.listen))?;
        say(&format!("the preview is at http://{}/{procedure}", listening.address));
        let stop = async {
            let _ = tokio::signal::ctrl_c().await;
        };
        web::serve(listening, routes, Proxy::None, stop).await.map_err(Failure::from)
    })?;
    Ok(ExitCode::SUCCESS)
}

fn lines(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

impl Bench {
    /// The procedure as the folder has it now: looked at again when a file changed, with what was typed before.
    fn tryout(&self, procedure: &str) -> Result<(String, Tryout), String> {
        let sources = Sources::read(&self.folder).map_err(|problems| lines(&problems))?;
        let digest = sources.digest();
        let kept = self.tryouts.lock().unwrap_or_else(PoisonError::into_inner).get(procedure).cloned();
        let tryout = match kept {
            Some((known, tryout)) if known == digest => return Ok((digest, tryout)),
            Some((_, tryout)) => tryout.again(Vec::new(), watch(&sources, procedure)),
            None => Tryout::begin(Vec::new(), watch(&sources, procedure), Clock::Real.today()),
        };
        self.keep(procedure, &digest, &tryout);
        Ok((digest, tryout))
    }

    fn keep(&self, procedure: &str, digest: &str, tryout: &Tryout) {
        let mut tryouts = self.tryouts.lock().unwrap_or_else(PoisonError::into_inner);
        // One town at a time is enough for one author.
        tryouts.retain(|known, _| known == procedure);
        tryouts.insert(procedure.to_owned(), (digest.to_owned(), tryout.clone()));
    }
}

/// The words of all rooms with the town's own; none while these cannot be read.
fn words_of(tryout: &Tryout) -> Option<Arc<Words>> {
    tryout.watched.town.as_ref().and_then(|town| town::words(town).ok()).map(Arc::new)
}

fn trial(tryout: &Tryout, procedure: &str) -> Option<Trial> {
    tryout.trial(words_of(tryout)?, procedure, "")
}

fn base(procedure: &str) -> String {
    format!("/{procedure}/preview")
}

/// A page of the author's own: the dress, and the script that waits for a change.
fn shell(title: &str, digest: &str, body: Markup) -> Markup {
    html! {
        (maud::DOCTYPE)
        html.desk-page lang="ja" data-lang="ja" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) "｜下見" }
                link rel="icon" href=(assets::href("icon.svg")) type="image/svg+xml";
                link rel="stylesheet" href=(assets::href(assets::LOOK));
                link rel="stylesheet" href=(assets::href(assets::DESK_LOOK));
                link rel="stylesheet" href=(assets::href(assets::REVISE_LOOK));
                script type="module" src=(assets::href("watch.js")) {}
            }
            body data-watch={ "/changed?since=" (digest) } {
                div.wrap.desk-wide { main #content .desk-content tabindex="-1" { h1 { (title) } p { a href="" { "読みなおす" } "　" a href="/" { "手続の一覧" } } (body) } }
            }
        }
    }
}

/// Waits until the folder is another; scripts ask it. Without a script there is the link to read it again.
async fn changed(State(bench): State<Bench>, Query(asked): Query<HashMap<String, String>>) -> String {
    let since = asked.get("since").cloned().unwrap_or_default();
    for _ in 0..ASKED_FOR {
        let folder = Arc::clone(&bench.folder);
        let now = tokio::task::spawn_blocking(move || Sources::read(&folder).map(|sources| sources.digest())).await;
        if let Ok(Ok(now)) = now
            && now != since
        {
            return now;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    since
}

async fn list(State(bench): State<Bench>) -> Response {
    let Ok(looked) = tokio::task::spawn_blocking(move || bench.tryout("")).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let (digest, tryout) = match looked {
        Ok(looked) => looked,
        Err(said) => return shell("まちのフォルダを読めません", "", html! { pre { (said) } }).into_response(),
    };
    let body = html! {
        (mistakes(&tryout))
        ul {
            @for procedure in tryout.watched.town.iter().flat_map(|town| town.procedures.values()) {
                li { a href={ "/" (procedure.id) } { (ruby::plain(&procedure.title.ja)) } " " small { (procedure.id) } }
            }
        }
    };
    shell("手続の下見", &digest, body).into_response()
}

/// Mistakes by file, line and column, as `check` tells them.
fn mistakes(tryout: &Tryout) -> Markup {
    let problems = &tryout.watched.report.problems;
    html! {
        @if problems.is_empty() {
            (ui::parts::notice(ui::parts::Tone::Good, html! { p { "まちがいはありません。" } }))
        } @else {
            (ui::parts::notice(ui::parts::Tone::Error, html! {
                b { "直すところが " (problems.len()) " か所あります" }
                ol.mistakes { @for problem in problems { li { code { (problem.place.file) ":" (problem.place.line) ":" (problem.place.column) } br; (problem.what) "。" (problem.hint) } } }
            }))
        }
    }
}

async fn show(State(bench): State<Bench>, Path(procedure): Path<String>, Query(asked): Query<HashMap<String, String>>) -> Response {
    let (again, wanted) = (bench.clone(), procedure.clone());
    let Ok(looked) = tokio::task::spawn_blocking(move || again.tryout(&wanted)).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let (digest, mut tryout) = match looked {
        Ok(looked) => looked,
        Err(said) => return shell("まちのフォルダを読めません", "", html! { pre { (said) } }).into_response(),
    };
    if let Some(example) = asked.get("example") {
        tryout = tryout.as_example(example);
        bench.keep(&procedure, &digest, &tryout);
    }
    let base = base(&procedure);
    let body = html! {
        div.revise {
            div {
                (mistakes(&tryout))
                h2 { "例" }
                ul.walked {
                    @for walked in &tryout.watched.examples {
                        li {
                            @if walked.differences.is_empty() { "○" } @else { "×" }
                            " " a href={ "?example=" (walked.id) } { (walked.id) }
                            " " small { (walked.place.file) ":" (walked.place.line) }
                            @for difference in &walked.differences { p { (difference) } }
                        }
                    }
                }
            }
            aside aria-labelledby="phone" {
                h2 #phone { "住民の画面" }
                nav.row aria-label="見る画面" {
                    @for (page, word) in [("start", "はじめの画面"), ("check", "確認の画面"), ("after", "申請のあと")] {
                        a href={ (base) "/" (page) } target="phone" { (word) }
                    }
                }
                iframe.phone name="phone" src={ (base) "/start" } title="住民がスマートフォンで見る画面" {}
            }
        }
    };
    shell(&procedure, &digest, body).into_response()
}

/// A page of the frame.
async fn framed(
    bench: Bench,
    procedure: String,
    query: Option<String>,
    make: impl FnOnce(&Trial, &Tryout) -> Option<Markup> + Send + 'static,
) -> Response {
    let made = tokio::task::spawn_blocking(move || {
        let (digest, mut tryout) = bench.tryout(&procedure).ok()?;
        let wished = query.as_deref().and_then(|query| query.split('&').find_map(|part| part.strip_prefix("lang=")));
        if let Some(language) = wished.and_then(Language::from_code) {
            tryout.language = language;
            bench.keep(&procedure, &digest, &tryout);
        }
        let page = make(&trial(&tryout, &procedure)?, &tryout)?;
        Some(preview::turned(page, &base(&procedure), &procedure))
    });
    match made.await {
        Ok(Some(page)) => page.into_response(),
        Ok(None) => preview::plain_page("まだ画面になりません", html! { p { "質問がたずねられないか、直すところがあって読めません。" } })
            .into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn start(State(bench): State<Bench>, Path(procedure): Path<String>, RawQuery(query): RawQuery) -> Response {
    framed(bench, procedure, query, |trial, _| Some(trial.guide())).await
}

async fn check(State(bench): State<Bench>, Path(procedure): Path<String>, RawQuery(query): RawQuery) -> Response {
    framed(bench, procedure, query, |trial, _| Some(trial.check())).await
}

async fn after(State(bench): State<Bench>, Path(procedure): Path<String>) -> Response {
    framed(bench, procedure, None, |trial, tryout| Some(preview::after(trial, tryout))).await
}

async fn page(State(bench): State<Bench>, Path((procedure, page)): Path<(String, String)>, RawQuery(query): RawQuery) -> Response {
    let is_wrong = query.as_deref().is_some_and(|query| query.split('&').any(|part| part == "wrong=1"));
    framed(bench, procedure, query, move |trial, _| trial.page(&page, is_wrong)).await
}

async fn elsewhere() -> Markup {
    preview::plain_page("ここから先は開きません", html! { p { "この手続の外のページです。下見では開きません。" } })
}

async fn begin(State(bench): State<Bench>, Path(procedure): Path<String>) -> Response {
    let looked = bench.tryout(&procedure).ok().and_then(|(_, tryout)| trial(&tryout, &procedure));
    let first = looked.and_then(|trial| trial.filled().pages.iter().find(|state| state.visible).map(|state| state.id.clone()));
    let to = first.map_or_else(|| format!("{}/check", base(&procedure)), |page| format!("{}/pages/{page}", base(&procedure)));
    Redirect::to(&to).into_response()
}

async fn send(
    State(bench): State<Bench>,
    Path((procedure, page)): Path<(String, String)>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let Ok(typed) = Typed::from_pairs(pairs.into_iter().filter(|(name, _)| name != access::CSRF_INPUT)) else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let Ok((digest, mut tryout)) = bench.tryout(&procedure) else { return StatusCode::CONFLICT.into_response() };
    let Some(mut trial) = trial(&tryout, &procedure) else { return StatusCode::CONFLICT.into_response() };
    let Some(next) = trial.send(&page, &typed) else { return StatusCode::NOT_FOUND.into_response() };
    tryout.typed = trial.typed().clone();
    bench.keep(&procedure, &digest, &tryout);
    let base = base(&procedure);
    let to = match next {
        Next::Wrong(page) => format!("{base}/pages/{page}?wrong=1"),
        Next::Again(page, anchor) => format!("{base}/pages/{page}#{anchor}"),
        Next::Page(page) => format!("{base}/pages/{page}"),
        Next::Check => format!("{base}/check"),
    };
    Redirect::to(&to).into_response()
}
