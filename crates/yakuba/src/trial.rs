//! `yakuba try PROCEDURE --town FOLDER --answers FILE`: what would come of somebody's answers, without a town being open.

use std::{fs, path::Path, process::ExitCode};

use definitions::{
    check::trial::{Named, Said, Trial, TriedPage, Trying, WrongAnswer, try_out},
    problem::{Place, Problem},
    sources::Sources,
    text::Language,
    town::Town,
};
use ui::words::{Value, Words};

use crate::{Failure, command::Try, table, town};

/// Prints what came of it; the mistakes of folder or answers instead, with exit code 1, when there are any.
///
/// # Errors
/// When the town's words cannot be read.
pub fn run(asked: &Try) -> Result<ExitCode, Failure> {
    match tried(asked) {
        Ok((trial, _)) if asked.json => table::print(&format!("{:#}\n", serde_json::json!(trial))),
        Ok((trial, town)) => table::print(&as_text(&trial, &town::words(&town)?)),
        Err(problems) => {
            problems.iter().for_each(|problem| println!("{problem}"));
            eprintln!("{} mistakes", problems.len());
            return Ok(ExitCode::FAILURE);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn tried(asked: &Try) -> Result<(Trial, Town), Vec<Problem>> {
    let sources = Sources::read(&asked.town)?;
    let (answers_name, answers) = file(&asked.answers)?;
    let of_outcome = asked.outcome_answers.as_deref().map(file).transpose()?;
    let trying = Trying {
        procedure: &asked.procedure,
        answers: (&answers_name, &answers),
        on: asked.on.unwrap_or_else(|| access::Clock::Real.today()),
        who: asked.who.as_deref(),
        outcome: asked.outcome.as_deref(),
        outcome_answers: of_outcome.as_ref().map(|(name, bytes)| (name.as_str(), bytes.as_slice())),
    };
    Ok((try_out(&sources, &trying)?, Town::from_sources(&sources)?))
}

fn file(path: &Path) -> Result<(String, Vec<u8>), Vec<Problem>> {
    let name = path.display().to_string();
    match fs::read(path) {
        Ok(bytes) => Ok((name, bytes)),
        Err(error) => Err(vec![Problem::new(&Place::file(&name), format!("読めない：{error}"), "答えのファイル（JSON か YAML）を指す")]),
    }
}

fn as_text(trial: &Trial, words: &Words) -> String {
    let mut text = vec![format!("{}（{}）　{}", trial.title, trial.procedure, trial.on)];
    trial.pages.iter().for_each(|page| text.extend(page_lines(page)));
    text.push(String::new());
    text.push(if trial.accepted { "→ 申請できる" } else { "→ 申請できない" }.to_owned());
    text.extend(trial.wrong.iter().map(|wrong| format!("  直す　　　{}：{}", wrong.path, in_words(wrong, words))));
    let rules = [("形式要件", &trial.formal), ("伝える　", &trial.warned), ("窓口で　", &trial.at_desk)];
    text.extend(rules.iter().flat_map(|(head, rules)| rules.iter().map(move |rule| rule_line(head, rule))));
    text.extend(trial.later.iter().map(|path| format!("  あとで　　{path}")));
    text.extend(trial.faults.iter().map(|path| format!("  計算できない条件　{path}")));
    if trial.accepted {
        text.push(format!("  手数料　　{} 円", table::grouped(trial.fee.unsigned_abs())));
        text.push(format!("  お返事　　{}", trial.due.map_or_else(|| "期限なし".to_owned(), |due| format!("{due} まで"))));
        text.push(format!("  仕事　　　{}", named(&trial.steps)));
        text.extend(trial.sole_decision.iter().map(|role| format!("  専決　　　{role}")));
        text.extend((!trial.letters.is_empty()).then(|| format!("  文書　　　{}", named(&trial.letters))));
        text.extend((!trial.told.is_empty()).then(|| format!("  お知らせ　{}", trial.told.join("、"))));
        text.extend(trial.entered.iter().map(|(effect, column, value)| format!("  台帳　　　{effect}.{column} = {value}")));
    }
    text.iter().map(|line| format!("{line}\n")).collect()
}

fn page_lines(page: &TriedPage) -> Vec<String> {
    let mut lines = vec![String::new(), format!("■ {}（{}）{}", page.title, page.id, if page.shown { "" } else { "　出ない" })];
    if page.shown {
        lines.extend(page.fields.iter().map(|field| match (&field.answer, field.asked) {
            (_, false) => format!("  ―　{}（{}）　たずねない", field.label, field.id),
            (Some(answer), true) => format!("  ・　{}（{}）　{}", field.label, field.id, answer.replace('\n', "⏎")),
            (None, true) => format!("  ・　{}（{}）　答えなし", field.label, field.id),
        }));
    }
    lines
}

fn rule_line(head: &str, rule: &Said) -> String {
    let instead = rule.instead.as_ref().map_or(String::new(), |instead| format!("　→ {instead}"));
    format!("  {head}　{}：{}{instead}", rule.id, rule.say)
}

fn named(things: &[Named]) -> String {
    things.iter().map(|thing| format!("{}（{}）", thing.title, thing.id)).collect::<Vec<_>>().join("、")
}

/// What a person would read beside the question.
fn in_words(wrong: &WrongAnswer, words: &Words) -> String {
    let mut args: Vec<(&str, Value<'_>)> = vec![("label", wrong.label.as_str().into())];
    // Counts are numbers to Fluent, so that plurals agree.
    args.extend(wrong.args.iter().map(|(name, value)| (*name, value.parse::<i64>().map_or_else(|_| value.as_str().into(), Value::from))));
    words.say(Language::Ja, wrong.says, &args)
}
