//! 下見 A procedure that nobody can file yet, as a resident and as a clerk would see it. The pages are the portal's own; only their addresses
//! are turned, so that they lead to each other and nowhere else.

use std::sync::Arc;

use cases::tried::Trial;
use definitions::{
    check::watched::{Walked, Watched},
    facts::FactsSheet,
    procedure::Procedure,
    text::Language,
    typed::Typed,
};
use jiff::civil::Date;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use ui::{assets, words::Words, words::ruby};

use crate::revision::File;

/// What somebody tries: the texts, what looking at them found, and the answers so far.
#[derive(Clone)]
pub struct Tryout {
    /// The texts.
    pub files: Vec<File>,
    /// What was found.
    pub watched: Arc<Watched>,
    /// What was typed.
    pub typed: Typed,
    /// What is known of the person.
    pub facts: FactsSheet,
    /// The day.
    pub on: Date,
    /// The language.
    pub language: Language,
}

impl Tryout {
    /// A tryout with nothing typed, on this day.
    pub fn begin(files: Vec<File>, watched: Watched, today: Date) -> Tryout {
        let calendar = watched.town.as_ref().map(|town| Arc::new(town.closed.clone()));
        let facts = FactsSheet { calendar, ..FactsSheet::default() };
        Tryout { files, watched: Arc::new(watched), typed: Typed::default(), facts, on: today, language: Language::Ja }.of_nobody()
    }

    /// The same texts looked at again, with what was typed before.
    pub fn again(self, files: Vec<File>, watched: Watched) -> Tryout {
        Tryout { files, watched: Arc::new(watched), ..self }
    }

    /// As somebody of whom nothing is known. What can be chosen is known all the same.
    fn of_nobody(mut self) -> Tryout {
        if let Some(walked) = self.watched.examples.first() {
            self.facts.options = walked.facts.options.clone();
        }
        self
    }

    /// With the answers of an example, on its day, as its person.
    pub fn as_example(mut self, id: &str) -> Tryout {
        if let Some(Walked { typed, facts, on, .. }) = self.watched.examples.iter().find(|walked| walked.id == id) {
            (self.typed, self.facts, self.on) = (typed.clone(), facts.clone(), *on);
        }
        self
    }

    /// The pages; `None` while the texts cannot be understood as far as that.
    pub fn trial(&self, words: Arc<Words>, procedure: &str, csrf: &str) -> Option<Trial> {
        let town = Arc::clone(self.watched.town.as_ref()?);
        Trial::new(town, words, self.language, procedure, self.typed.clone(), self.facts.clone(), self.on, csrf)
    }
}

/// A page with its addresses turned to those of the preview below `base`.
pub fn turned(page: Markup, base: &str, procedure: &str) -> Markup {
    let draft = format!("\"/drafts/{}/", Trial::DRAFT);
    let page = page
        .into_string()
        .replace(" enctype=\"multipart/form-data\"", "")
        .replace(&format!("{draft}check"), &format!("\"{base}/check"))
        .replace(&format!("{draft}file\""), &format!("\"{base}/after\""))
        .replace(&format!("{draft}prepare\""), &format!("\"{base}/after\""))
        .replace(&draft, &format!("\"{base}/pages/"))
        .replace(&format!("\"/procedures/{procedure}/begin\""), &format!("\"{base}/begin\""))
        .replace(&format!("\"/procedures/{procedure}\""), &format!("\"{base}/start\""));
    let mut turned = String::with_capacity(page.len());
    let mut rest = page.as_str();
    while let Some(at) = rest.find("=\"/") {
        let (before, after) = rest.split_at(at + 2);
        turned.push_str(before);
        let leads = before.ends_with("href=\"") || before.ends_with("action=\"");
        let stays = after.starts_with("/assets/") || after.starts_with(base);
        rest = after;
        if leads && !stays {
            turned.push_str(base);
            turned.push_str("/elsewhere");
            rest = &after[after.find('"').unwrap_or(after.len())..];
        }
    }
    turned.push_str(rest);
    PreEscaped(turned)
}

/// A page of the frame that is no resident's page: in the same dress, with nothing around it.
pub fn plain_page(title: &str, body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="ja" data-lang="ja" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                meta name="robots" content="noindex, nofollow";
                link rel="stylesheet" href=(assets::href(assets::LOOK));
            }
            body { main #content .wrap.narrow tabindex="-1" { h1 { (title) } (body) } }
        }
    }
}

/// What comes after filing: the answers as staff read them, the steps with their due days, and what each outcome does.
pub fn after(trial: &Trial, tryout: &Tryout) -> Markup {
    let procedure: &Procedure = trial.procedure();
    let town = tryout.watched.town.as_ref();
    let plain = |text: &definitions::text::Text| ruby::plain(&text.ja);
    let role =
        |id: &definitions::ids::RoleId| town.and_then(|town| town.roles.get(id)).map_or_else(|| id.to_string(), |role| plain(&role.name));
    let due = town.and_then(|town| town.due(procedure, tryout.on));
    let answers: Vec<(String, String)> = procedure
        .pages
        .values()
        .flat_map(|page| page.fields.values())
        .filter_map(|field| {
            let answer = trial.filled().answers.get(field.id.as_str())?;
            Some((plain(&field.label), answer.shown(field, town?, Language::Ja)))
        })
        .collect();
    let body = html! {
        h2 { "職員が読む内容" }
        @if answers.is_empty() { p { "まだ何も入力されていません。" } }
        dl.answers { @for (label, value) in &answers { div { dt { (label) } dd { (value) } } } }
        h2 { "仕事の流れ" }
        @if let Some(due) = due { p { "お返事の期限：" (due) } }
        ol {
            @for step in procedure.steps.values() {
                li { (plain(&step.title)) "（" (step.role.iter().map(role).collect::<Vec<_>>().join(" → ")) "）" }
            }
        }
        h2 { "結論" }
        ul { @for outcome in procedure.outcomes.values() { li { (plain(&outcome.title)) } } }
    };
    plain_page("申請のあと", body)
}
