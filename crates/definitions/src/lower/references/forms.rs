//! The form of a procedure: ids of questions, rules, options.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::Look;
use crate::{
    field::{Field, Kind, Options},
    ids::FieldId,
    procedure::{Channel, Channels, DraftRule, Online, Procedure},
    read::Node,
};

/// The most digits behind a point that a question may ask for.
const DECIMAL_PLACES_MAX: u8 = 6;

/// Names that conditions know already, and parts that inputs have.
const TAKEN: &[&str] =
    &["today", "applicant", "household", "register", "it", "outcome", "case", "rows", "true", "false", "null", "in", "has"];

pub(super) fn check(look: &mut Look<'_>, procedure: &Procedure) {
    let base = format!("procedures.{}", procedure.id);
    ids_are_used_once(look, procedure, &base);
    for (page, contents) in &procedure.pages {
        let path = format!("{base}.pages.{page}");
        if contents.fields.is_empty() {
            look.problem(&path, "質問のない画面", "`fields:` に質問を書くか、画面を消す");
        }
        fields(look, &contents.fields, &format!("{path}.fields"));
    }
    for (id, outcome) in &procedure.outcomes {
        fields(look, &outcome.ask, &format!("{base}.outcomes.{id}.ask"));
    }
    for (id, step) in &procedure.steps {
        fields(look, &step.ask, &format!("{base}.steps.{id}.ask"));
    }
    named_fields(look, procedure, &base);
    rules(look, procedure, &base);
    if let DraftRule::AskAgain(pages) = &procedure.drafts {
        for page in pages.iter().filter(|page| !procedure.pages.contains_key(*page)) {
            look.unknown(&format!("{base}.drafts.ask_again"), "画面", page.as_str(), procedure.pages.keys().map(|id| id.as_str()));
        }
    }
    channels_lead_somewhere(look, &procedure.channels, &base);
}

fn channels_lead_somewhere(look: &mut Look<'_>, channels: &Channels, base: &str) {
    let others = [&channels.counter, &channels.paper, &channels.line];
    if !channels.online.has_form() && others.iter().all(|channel| matches!(channel, Channel::Closed(_))) {
        look.problem(&format!("{base}.channels"), "どの方法でも申請できない", "少なくとも窓口を yes にする");
    }
    // What is prepared takes effect at the counter and nowhere else.
    if matches!((&channels.online, &channels.counter), (Online::Prepare(_), Channel::Closed(_))) {
        let hint = "`counter: yes` にする。窓口でもできないなら、`online:` にできない理由と代わりを書く";
        look.problem(&format!("{base}.channels.online"), "準備したものを済ませる窓口がない", hint);
    }
}

fn ids_are_used_once(look: &mut Look<'_>, procedure: &Procedure, base: &str) {
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    for (page, contents) in &procedure.pages {
        for id in contents.fields.keys() {
            let path = format!("{base}.pages.{page}.fields.{id}");
            if let Some(other) = first.insert(id.as_str(), page.as_str()) {
                look.problem(&path, format!("質問の id `{id}` が画面 `{other}` にもある"), "条件から名ざせるように、別の id にする");
            }
        }
    }
}

fn fields(look: &mut Look<'_>, fields: &IndexMap<FieldId, Field>, base: &str) {
    for (id, field) in fields {
        let path = format!("{base}.{id}");
        if TAKEN.contains(&id.as_str()) {
            look.problem(&path, format!("`{id}` は質問の id にできない"), "条件の言葉と重なるので、別の id にする");
        }
        match &field.kind {
            Kind::Choice { options, .. } => self::options(look, options, &path),
            Kind::Choices { options, at_least, at_most } => {
                self::options(look, options, &path);
                if at_most.is_some_and(|most| most < *at_least) {
                    look.problem(&path, "at_least が at_most より大きい", "どちらかを直す");
                }
            }
            Kind::Ranked { options, .. } => self::options(look, options, &path),
            Kind::Number { at_least: Some(least), at_most: Some(most), .. } if least > most => {
                look.problem(&path, "at_least が at_most より大きい", "どちらかを直す");
            }
            Kind::Decimal { at_least: Some(least), at_most: Some(most), .. } if least > most => {
                look.problem(&path, "at_least が at_most より大きい", "どちらかを直す");
            }
            Kind::Decimal { places, .. } if !(1..=DECIMAL_PLACES_MAX).contains(places) => {
                look.problem(&path, format!("places が {places} になっている"), "1 から 6 まで。整数は `kind: number` にする");
            }
            Kind::Group { fields: inner, .. } => {
                if inner.is_empty() {
                    look.problem(&path, "質問のない くりかえし", "`fields:` に質問を書く");
                }
                self::fields(look, inner, &format!("{path}.fields"));
            }
            _ => {}
        }
    }
}

fn options(look: &mut Look<'_>, options: &Options, path: &str) {
    match options {
        Options::Listed(listed) if listed.is_empty() => look.problem(path, "選択肢がない", "`options:` に id: 見出し を書く"),
        Options::Listed(_) => {}
        Options::Register { register, show } => {
            let town = look.town;
            if !look.register(&format!("{path}.from"), register.as_str()) {
                return;
            }
            let Some(register) = town.registers.get(register) else { return };
            if register.key.is_none() {
                look.problem(
                    &format!("{path}.from"),
                    format!("台帳 `{}` には選ぶための `key` がない", register.id),
                    "台帳に `key:` を書く",
                );
            }
            // A column or a counter (free places) may be shown.
            for column in show.iter().filter(|column| !register.counters.contains_key(column.as_str())) {
                look.column(&format!("{path}.show"), register, column.as_str());
            }
        }
    }
}

/// What `applicant:` names must be questions of the right kind.
fn named_fields(look: &mut Look<'_>, procedure: &Procedure, base: &str) {
    let applicant = &procedure.applicant;
    let named = [
        ("acts_for", applicant.acts_for.as_ref()),
        ("name", Some(&applicant.name)),
        ("kana", applicant.kana.as_ref()),
        ("address", applicant.address.as_ref()),
        ("mail", applicant.mail.as_ref()),
        ("phone", applicant.phone.as_ref()),
    ];
    for (key, id) in named {
        let Some(id) = id else { continue };
        let path = format!("{base}.applicant.{key}");
        match procedure.field(id.as_str()) {
            None => {
                let known: Vec<String> =
                    procedure.pages.values().flat_map(|page| page.fields.keys()).map(|id| id.as_str().to_owned()).collect();
                look.unknown(&path, "質問", id.as_str(), known.iter().map(String::as_str));
            }
            Some(field) if !suits(key, &field.kind) => {
                look.problem(&path, format!("`{id}` は {key} に使える種類の質問ではない"), "種類の合う質問の id を書く");
            }
            Some(_) => {}
        }
    }
}

/// 区役所・支所: a question with one choice, choices that it has, departments that there are.
pub(super) fn branches(look: &mut Look<'_>, procedure: &Procedure, base: &str) {
    let Some(branches) = &procedure.branches else { return };
    let path = format!("{base}.branches");
    let known = match procedure.field(branches.by.as_str()).map(|field| &field.kind) {
        Some(Kind::Choice { options: Options::Listed(options), .. }) => options.keys().map(ToString::to_string).collect::<Vec<_>>(),
        Some(_) => {
            let what = format!("`{}` は、答えで課を決められる質問ではない", branches.by);
            look.problem(&format!("{path}.by"), what, "`kind: choice` と `options:` のある質問の id を書く");
            return;
        }
        None => {
            let known: Vec<&str> = procedure.pages.values().flat_map(|page| page.fields.keys()).map(|id| id.as_str()).collect();
            look.unknown(&format!("{path}.by"), "質問", branches.by.as_str(), known);
            return;
        }
    };
    let choices = branches.to.keys().map(|choice| ("to", choice)).chain(branches.authorities.keys().map(|choice| ("authorities", choice)));
    for (key, choice) in choices.filter(|(_, choice)| !known.contains(choice)) {
        look.unknown(&format!("{path}.{key}.{choice}"), "選択肢", choice, known.iter().map(String::as_str));
    }
    for (choice, department) in &branches.to {
        look.department(&format!("{path}.to.{choice}"), department.as_str());
    }
    for (choice, authority) in &branches.authorities {
        look.authority(&format!("{path}.authorities.{choice}"), authority);
    }
}

fn suits(key: &str, kind: &Kind) -> bool {
    match key {
        "acts_for" => matches!(kind, Kind::HouseholdMember { .. } | Kind::PersonName),
        "name" => matches!(kind, Kind::PersonName | Kind::Text { .. } | Kind::HouseholdMember { .. }),
        "kana" => matches!(kind, Kind::Kana),
        "address" => matches!(kind, Kind::Address),
        "mail" => matches!(kind, Kind::Mail),
        "phone" => matches!(kind, Kind::Phone),
        _ => true,
    }
}

fn rules(look: &mut Look<'_>, procedure: &Procedure, base: &str) {
    let town = look.town;
    for (key, rules) in [("formal", &procedure.formal), ("merit", &procedure.merit)] {
        for (id, rule) in rules {
            let path = format!("{base}.{key}.{id}");
            if key == "merit" && procedure.formal.contains_key(id) {
                look.problem(&path, format!("規則の id `{id}` が formal にもある"), "別の id にする");
            }
            if let Some(at) =
                rule.at.as_ref().filter(|at| procedure.field(at.as_str()).is_none() && !is_written(look, procedure, at.as_str()))
            {
                let known: Vec<String> =
                    procedure.pages.values().flat_map(|page| page.fields.keys()).map(|id| id.as_str().to_owned()).collect();
                look.unknown(&format!("{path}.at"), "質問", at.as_str(), known.iter().map(String::as_str));
            }
            if let Some(instead) = rule.instead.as_ref().filter(|instead| !town.procedures.contains_key(*instead)) {
                look.unknown(&format!("{path}.instead"), "手続", instead.as_str(), town.procedures.keys().map(|id| id.as_str()));
            }
        }
    }
}

/// Whether a question stands in the file, even if it could not be understood: that has been reported.
fn is_written(look: &Look<'_>, procedure: &Procedure, id: &str) -> bool {
    let pages = look.merged.find(&format!("procedures.{}.pages", procedure.id)).and_then(Node::map);
    pages.into_iter().flatten().any(|(_, page)| page.node.get("fields").is_some_and(|fields| fields.get(id).is_some()))
}
