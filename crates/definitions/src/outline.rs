//! # ひな形 The first outline of a procedure
//!
//! Whoever adds a procedure begins with a whole one: every key that must be there, an example that is accepted for each outcome, and the
//! sentences that need a translation. What only the author can know stands as `〔…〕`; until it is written, `check` asks for it by its line.

use std::fmt::Write;

use jiff::civil::Date;

use crate::{
    ids::ProcedureId,
    keys::{is_to_be_written, nearest},
    lower,
    problem::{Place, Problem},
    procedure::{Procedure, StepAct},
    read,
    sources::Sources,
    text::{Language, Text},
    town::Town,
};

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// The id of the procedure.
    pub id: &'a str,
    /// The procedure that it is like, if it is.
    pub like: Option<&'a str>,
    /// 手続名.
    pub title: Option<&'a str>,
    /// The day on which the example is filed.
    pub on: Date,
}

/// A file of the town's folder, as it shall be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    /// Below the folder, with `/`.
    pub path: String,
    /// All of it.
    pub text: String,
}

/// The files of an outline: the procedure, where it is not there yet, and the words with every sentence that still needs a translation.
/// Asked again after the procedure was written, it adds the sentences that came since.
///
/// # Errors
/// When the id is none or another folder's, what it shall be like is not there, or the town lacks what every procedure needs.
pub fn outline(sources: &Sources, asked: &Asked<'_>) -> Result<Vec<NewFile>, Vec<Problem>> {
    let refused = |what: String, hint: String| vec![Problem::new(&Place::file(&format!("{}{}", sources.root, sources.town)), what, hint)];
    if asked.id.parse::<ProcedureId>().is_err() {
        let hint = "英小文字で始め、英小文字・数字・_ で 64 文字まで".to_owned();
        return Err(refused(format!("`{}` は id ではない", asked.id), hint));
    }
    let loaded = lower::load(sources);
    let Some(town) = &loaded.town else { return Err(loaded.problems) };
    let path = format!("procedures/{}.yaml", asked.id);
    let own = sources.folders.get(&sources.town);
    let mut files = Vec::new();
    let mut with_it = sources.clone();
    if !own.is_some_and(|files| files.contains_key(&path)) {
        if loaded.merged.find(&format!("procedures.{}", asked.id)).is_some() {
            let place = loaded.merged.place(&format!("procedures.{}.procedure", asked.id));
            return Err(vec![Problem::new(
                &place,
                format!("手続 `{}` はもうある", asked.id),
                "別の id にするか、重ねて変えるところだけを書く",
            )]);
        }
        let text = match asked.like {
            Some(other) => like(other, asked, town)?,
            None => whole(asked, town).map_err(|what| refused(what, "まずそれを定義する（docs/language.md）".to_owned()))?,
        };
        with_it.folders.entry(sources.town.clone()).or_default().insert(path.clone(), text.clone().into_bytes());
        files.push(NewFile { path, text });
    }
    let loaded = lower::load(&with_it);
    let Some(town) = &loaded.town else { return Err(loaded.problems) };
    let mut texts: Vec<(Text, Place)> = loaded.gathered.each_text(|texts| texts.cloned().collect());
    texts.sort_by(|(_, one), (_, other)| one.cmp(other));
    let texts: Vec<Text> = texts.into_iter().map(|(text, _)| text).collect();
    for language in town.languages.keys().filter(|language| **language != Language::Ja) {
        files.extend(words(asked.id, *language, town, &texts, sources));
    }
    Ok(files)
}

/// The words file of a language, with what is missing added to what is there; none when nothing is missing.
fn words(id: &str, language: Language, town: &Town, texts: &[Text], sources: &Sources) -> Option<NewFile> {
    let at = format!("procedures.{id}.");
    let path = format!("words/{}/{id}.yaml", language.code());
    let there = sources.folders.get(&sources.town).and_then(|files| files.get(&path)).map(|bytes| String::from_utf8_lossy(bytes));
    let written = there.as_ref().map(|text| read::read(&path, text.as_bytes()).0).unwrap_or_default();
    let is_written = |key: &str| written.iter().any(|document| document.get("texts").is_some_and(|texts| texts.get(key).is_some()));
    let mut lines = String::new();
    for text in texts {
        let Some(key) = text.path.strip_prefix(&at) else { continue };
        let is_needed = lower::is_for_residents(&text.path) && town.translations.find(text, language).is_none();
        if is_needed && !is_to_be_written(&text.ja) && !is_written(key) {
            let _ = writeln!(lines, "  {key}: {{ of: {}, say: \"\" }}", quoted(&text.ja));
        }
    }
    if lines.is_empty() {
        return None;
    }
    let mut before = there.map_or_else(|| format!("words: {}\nat: procedures.{id}\ntexts:\n", language.code()), |text| text.into_owned());
    if !before.ends_with('\n') {
        before.push('\n');
    }
    Some(NewFile { path, text: before + &lines })
}

/// A text in double quotes: what JSON writes is YAML too.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

fn title(asked: &Asked<'_>) -> String {
    asked.title.map_or_else(|| "〔手続名〕".to_owned(), quoted)
}

fn like(other: &str, asked: &Asked<'_>, town: &Town) -> Result<String, Vec<Problem>> {
    let Some(below) = town.procedures.get(other) else {
        let near = nearest(other, town.procedures.keys().map(ProcedureId::as_str));
        let hint = near.map_or_else(|| "土台にする手続の id を書く".to_owned(), |near| format!("`{near}` のことか"));
        return Err(vec![Problem::new(&Place::file("—"), format!("`{other}` という手続はない"), hint)]);
    };
    let mut text = format!("# `{other}`（{}）と違うところだけを書く。消すものは `キー: ~`。\n", below.title.ja);
    let _ = write!(text, "procedure: {}\nlike: {other}\ntitle: {}\nsummary: 〔何のための手続か、一文で〕\n", asked.id, title(asked));
    if !below.inventory.is_empty() {
        text.push_str("inventory: ~   # 国の棚卸調査の手続ID。同じものを扱うなら、この行を消す\n");
    }
    Ok(text)
}

/// What every procedure of a town names: its department, its authority, its roles, a message.
struct Surroundings<'t> {
    department: &'t str,
    authority: &'t str,
    clerk: &'t str,
    chief: &'t str,
    message: &'t str,
}

impl<'t> Surroundings<'t> {
    /// As the town's first procedure has them, else the first of each.
    fn of(town: &'t Town) -> Result<Surroundings<'t>, String> {
        let model = town.procedures.values().next();
        let role = |act: StepAct| {
            let steps = model.into_iter().flat_map(|model: &std::sync::Arc<Procedure>| model.steps.values());
            steps.filter(|step| step.act == act).find_map(|step| step.role.first())
        };
        let first = |what: &str| format!("まちに{what}が一つもない");
        let department = model.map(|model| &model.department).or_else(|| town.departments.keys().next());
        let authority = model.map(|model| &model.authority).or_else(|| town.authorities.keys().next());
        let message = town.messages.keys().find(|id| id.as_str() == "decided").or_else(|| town.messages.keys().next());
        let clerk = role(StepAct::Work).or_else(|| town.roles.keys().next());
        let chief = role(StepAct::Decide).or_else(|| town.roles.keys().last());
        Ok(Surroundings {
            department: department.ok_or_else(|| first("課（departments）"))?.as_str(),
            authority: authority.ok_or_else(|| first("処分庁（authorities）"))?.as_str(),
            clerk: clerk.ok_or_else(|| first("職（roles）"))?.as_str(),
            chief: chief.ok_or_else(|| first("職（roles）"))?.as_str(),
            message: message.ok_or_else(|| first("お知らせ（message）"))?.as_str(),
        })
    }
}

fn whole(asked: &Asked<'_>, town: &Town) -> Result<String, String> {
    let Surroundings { department, authority, clerk, chief, message } = Surroundings::of(town)?;
    let (id, title, on) = (asked.id, title(asked), asked.on);
    let person = town.cast.residents.iter().next();
    let applicant = person.map_or(String::new(), |(who, _)| format!("    as: {who}\n"));
    let name = quoted(person.map_or("見本 花子", |(_, person)| &person.name));
    Ok(format!(
        "\
# 〔 〕のところを書きかえる。`yakuba check` が、残りを行で教える。
procedure: {id}
title: {title}
summary: 〔何のための手続か、一文で〕
words: [〔住民が探すときの言い方〕]
department: {department}
authority: {authority}
law:
  basis: 〔根拠法令と条〕
  standard_period: 14 days # 標準処理期間
  statutory_limit: none
  disposition: no # 処分（許可・決定など）なら yes。認めない結論に、教示のある文書が要る
channels: {{ online: yes, counter: yes, paper: yes, line: LINEではできません。オンラインの画面か、窓口・郵送をお使いください。 }}
applicant:
  who: 〔だれが申請できるか〕
  relation: own
  identity: self_asserted
  session: none
  name: name
  kana: kana
  mail: mail
  phone: phone
minutes: 5
keep: 5 fiscal years

pages:
  what:
    title: 〔はじめの画面の見出し〕
    fields:
      request: {{ kind: long_text, label: 〔たずねること〕, at_most: 1000 }}
  who:
    title: 申請する方
    fields:
      name: {{ kind: person_name, label: 氏名 }}
      kana: {{ kind: kana, label: フリガナ, required: no }}
      phone: {{ kind: phone, label: 日中つながる電話番号, required: no }}
      mail: {{ kind: mail, label: メールアドレス, required: no, hint: 受け付けたことや、決まったことをお知らせします。 }}

steps:
  receive: {{ title: 受付, resident: 〔受け付けて確かめている間、住民が読む文〕, role: {clerk}, due: 3 business days }}
  propose: {{ title: 起案, act: propose, role: {clerk} }}
  decide: {{ title: 決裁, act: decide, role: [{chief}] }}

outcomes:
  granted:
    title: 認める
    resident: 〔認めたとき、住民が読む文〕
    sense: granted
    do: {{ told: {{ tell: {message} }} }}
  refused:
    title: 認めない
    resident: 〔認めないとき、住民が読む文〕
    sense: refused
    reason: required
    do: {{ told: {{ tell: {message} }} }}

complete: yes

examples:
  granted:
    on: {on}
{applicant}    answers: {{ request: お願いします, name: {name} }}
    decide: {{ outcome: granted }}
    gives: {{ accepted: yes, fee: 0, steps: [receive, propose, decide], told: [{message}] }}
  refused: {{ like: granted, decide: {{ outcome: refused }}, gives: {{ accepted: yes }} }}
  nobody: {{ like: granted, answers: {{ name: ~ }}, decide: ~, gives: {{ accepted: no, wrong: [name] }} }}
"
    ))
}
