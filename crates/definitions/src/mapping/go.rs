//! 渡す: the lines of one decided case, cell by cell.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{CaseAttribute, CellWrong, Column, Holds, Mapping, cell, cell::Raw};
use crate::{
    answer::{Account, Answer, Answers, Deposit},
    condition::{RecordValue, Value},
    facts::FactsSheet,
    form::Known,
    ids::{DepartmentId, OutcomeId},
    kinds,
    procedure::Procedure,
};

/// What a line is made of.
#[derive(Clone, Debug, Default)]
pub struct CaseFacts {
    /// 受付番号 without hyphens.
    pub number: String,
    /// 収受番号.
    pub receipt_number: String,
    /// When it was filed.
    pub filed_on: Option<Date>,
    /// When it was decided.
    pub decided_on: Option<Date>,
    /// How it ended.
    pub outcome: Option<OutcomeId>,
    /// What staff added with the outcome.
    pub details: Answers,
    /// What staff wrote down in steps.
    pub noted: Answers,
    /// 理由.
    pub reason: String,
    /// 宛名番号 of the applicant, where staff or their account say who they are.
    pub resident_number: Option<String>,
    /// How it came.
    pub channel: String,
    /// 所管課.
    pub department: Option<DepartmentId>,
    /// What was answered.
    pub answers: Answers,
}

/// One line: a text or a mistake for each column.
pub type Line = Vec<Result<String, CellWrong>>;

/// The lines of a case: one, or one for each row of the mapping's group. A case whose group has no row gives none.
pub fn lines(mapping: &Mapping, procedure: &Procedure, facts: &CaseFacts) -> Vec<Line> {
    let sheet = FactsSheet::default();
    let on = facts.decided_on.or(facts.filed_on).unwrap_or_default();
    let rows = match &mapping.rows {
        None => 1,
        Some(group) => match facts.answers.get(group.as_str()) {
            Some(Answer::Group(rows)) => rows.len(),
            _ => 0,
        },
    };
    let line = |row: usize| {
        let names = Known::new(procedure, &facts.answers, &sheet, on).with("case", case_value(facts)).with("outcome", outcome_value(facts));
        let names = match &mapping.rows {
            Some(group) => names.with("it", row_value(procedure, facts, group.as_str(), row)),
            None => names,
        };
        mapping.columns.values().map(|column| cell::write(&raw(mapping, column, facts, &names, row), &column.write)).collect()
    };
    (0..rows).map(line).collect()
}

/// `case` as `value:` sees it.
fn case_value(facts: &CaseFacts) -> Value {
    let mut fields: BTreeMap<String, Value> = fields_of(&facts.noted);
    fields.insert("channel".to_owned(), Value::text(&facts.channel));
    fields.insert("number".to_owned(), Value::text(&facts.number));
    fields.insert("receipt_number".to_owned(), Value::text(&facts.receipt_number));
    let mut known = |name: &str, value: Option<Value>| fields.extend(value.map(|value| (name.to_owned(), value)));
    known("filed_on", facts.filed_on.map(Value::Date));
    known("decided_on", facts.decided_on.map(Value::Date));
    known("resident_number", facts.resident_number.as_deref().map(Value::text));
    Value::Record(RecordValue { id: None, fields, missing: Value::Absent }.into())
}

fn outcome_value(facts: &CaseFacts) -> Value {
    let mut fields = fields_of(&facts.details);
    fields.extend(facts.outcome.as_ref().map(|id| ("id".to_owned(), Value::text(id.as_str()))));
    Value::Record(RecordValue { id: None, fields, missing: Value::Absent }.into())
}

fn fields_of(answers: &Answers) -> BTreeMap<String, Value> {
    match kinds::record(answers, &[]) {
        Value::Record(record) => record.fields.clone(),
        _ => BTreeMap::new(),
    }
}

fn row_value(procedure: &Procedure, facts: &CaseFacts, group: &str, row: usize) -> Value {
    let field = procedure.pages.values().find_map(|page| page.fields.get(group));
    match (field, facts.answers.get(group)) {
        (Some(field), Some(answer)) => match kinds::value_of(&field.kind, answer, &[]) {
            Value::List(rows) => rows.get(row).cloned().unwrap_or(Value::Absent),
            _ => Value::Absent,
        },
        _ => Value::Absent,
    }
}

fn raw(mapping: &Mapping, column: &Column, facts: &CaseFacts, names: &Known<'_>, row: usize) -> Raw {
    let text = |text: &str| if text.is_empty() { Raw::Nothing } else { Raw::Text(text.to_owned()) };
    match &column.holds {
        None | Some(Holds::Blank | Holds::SourceNumber | Holds::SourceMoment | Holds::Files(_)) => Raw::Nothing,
        Some(Holds::Constant(constant)) => Raw::Text(constant.clone()),
        Some(Holds::Answer(path)) => {
            let (first, rest) = path.split_once('.').unwrap_or((path, ""));
            match &mapping.rows {
                Some(group) if group.as_str() == first => match facts.answers.get(first) {
                    Some(Answer::Group(rows)) => rows.get(row).map_or(Raw::Nothing, |row| at(row, rest)),
                    _ => Raw::Nothing,
                },
                _ => at(&facts.answers, path),
            }
        }
        Some(Holds::Outcome(path)) => at(&facts.details, path),
        Some(Holds::Noted(path)) => at(&facts.noted, path),
        Some(Holds::Case(what)) => match what {
            CaseAttribute::Number => text(&facts.number),
            CaseAttribute::ReceiptNumber => text(&facts.receipt_number),
            CaseAttribute::FiledOn => facts.filed_on.map_or(Raw::Nothing, Raw::Day),
            CaseAttribute::DecidedOn => facts.decided_on.map_or(Raw::Nothing, Raw::Day),
            CaseAttribute::Outcome => facts.outcome.as_ref().map_or(Raw::Nothing, |id| Raw::Ids(vec![id.to_string()])),
            CaseAttribute::ResidentNumber => facts.resident_number.as_deref().map_or(Raw::Nothing, text),
            CaseAttribute::Channel => Raw::Ids(vec![facts.channel.clone()]),
            CaseAttribute::Department => facts.department.as_ref().map_or(Raw::Nothing, |id| Raw::Ids(vec![id.to_string()])),
            CaseAttribute::Reason => text(&facts.reason),
        },
        Some(Holds::Value(condition)) => of_value(&condition.value(names)),
    }
}

fn of_value(value: &Value) -> Raw {
    match value {
        Value::Bool(yes) => Raw::YesNo(*yes),
        Value::Int(number) => Raw::Number(*number),
        Value::Decimal(number) => Raw::Decimal(*number),
        Value::Text(text) if text.is_empty() => Raw::Nothing,
        Value::Text(text) => Raw::Text(text.to_string()),
        Value::Date(day) => Raw::Day(*day),
        Value::Absent | Value::Null => Raw::Nothing,
        Value::Unknown => Raw::NotKnown,
        Value::Fault(fault) => Raw::Fault(fault.to_string()),
        Value::List(values) => {
            let texts = values.iter().filter_map(|value| if let Value::Text(text) = value { Some(text.to_string()) } else { None });
            Raw::Ids(texts.collect())
        }
        Value::Record(record) => record.id.as_deref().map_or(Raw::Nothing, |id| Raw::Text(id.to_owned())),
        Value::Length(_) => Raw::Fault("a length of time".to_owned()),
    }
}

/// What stands at a path among answers: an answer, or a part of one.
fn at(answers: &Answers, path: &str) -> Raw {
    let (field, part) = path.split_once('.').unwrap_or((path, ""));
    answers.get(field).map_or(Raw::Nothing, |answer| of_answer(answer, part))
}

/// How an answer is handed over, for those who only compare: examples, reports.
pub fn raw_shown(answer: &Answer) -> String {
    match of_answer(answer, "") {
        Raw::Text(text) => text,
        Raw::Day(day) => day.to_string(),
        Raw::Number(number) => number.to_string(),
        Raw::Decimal(number) => number.to_string(),
        Raw::YesNo(yes) => if yes { "yes" } else { "no" }.to_owned(),
        Raw::Ids(ids) => ids.join(";"),
        Raw::Nothing | Raw::NotKnown | Raw::Fault(_) => String::new(),
    }
}

fn of_answer(answer: &Answer, part: &str) -> Raw {
    let some = |text: Option<&String>| text.filter(|text| !text.is_empty()).map_or(Raw::Nothing, |text| Raw::Text(text.clone()));
    match (answer, part) {
        (Answer::Text(text) | Answer::Kana(text) | Answer::Phone(text) | Answer::Mail(text), _) => some(Some(text)),
        (Answer::PersonName(name), "family") => some(Some(&name.family)),
        (Answer::PersonName(name), "given") => some(name.given.as_ref()),
        (Answer::PersonName(name), _) => Raw::Text(name.whole()),
        (Answer::Date(day), _) => Raw::Day(*day),
        (Answer::Number(number) | Answer::Money(number), _) => Raw::Number(*number),
        (Answer::Decimal(number), _) => Raw::Decimal(*number),
        (Answer::Choice(id), _) => Raw::Ids(vec![id.clone()]),
        (Answer::Choices(ids) | Answer::Ranked(ids), "") => Raw::Ids(ids.clone()),
        // 第1希望, 第2希望: counted from 1.
        (Answer::Choices(ids) | Answer::Ranked(ids), place) => {
            let id = place.parse::<usize>().ok().and_then(|place| ids.get(place.checked_sub(1)?));
            id.map_or(Raw::Nothing, |id| Raw::Ids(vec![id.clone()]))
        }
        (Answer::YesNo(yes), _) => Raw::YesNo(*yes),
        (Answer::Consent, _) => Raw::YesNo(true),
        (Answer::Address(address), "postal_code") => some(address.postal_code.as_ref()),
        (Answer::Address(address), "line") => some(Some(&address.line)),
        (Answer::Address(address), "building") => some(address.building.as_ref()),
        (Answer::Address(address), _) => match &address.building {
            Some(building) => Raw::Text(format!("{} {building}", address.line)),
            None => some(Some(&address.line)),
        },
        (Answer::Place(spot), "latitude") => spot.position.map_or(Raw::Nothing, |position| Raw::Decimal(position.latitude)),
        (Answer::Place(spot), "longitude") => spot.position.map_or(Raw::Nothing, |position| Raw::Decimal(position.longitude)),
        (Answer::Place(spot), _) => some(Some(&spot.words)),
        (Answer::Member(member), "kana") => some(member.kana.as_ref()),
        (Answer::Member(member), "born") => member.born.map_or(Raw::Nothing, Raw::Day),
        (Answer::Member(member), _) => some(Some(&member.name)),
        (Answer::BankAccount(account), part) => of_account(account, part),
        (Answer::Signature(_) | Answer::Files(_) | Answer::Papers(_) | Answer::IndividualNumber(_) | Answer::Group(_), _) => Raw::Nothing,
    }
}

fn of_account(account: &Account, part: &str) -> Raw {
    let text = |text: &str| Raw::Text(text.to_owned());
    match (account, part) {
        (Account::Bank { .. }, "kind") => Raw::Ids(vec!["bank".to_owned()]),
        (Account::PostBank { .. }, "kind") => Raw::Ids(vec!["post".to_owned()]),
        (Account::Bank { bank, .. }, "bank") => text(bank),
        (Account::Bank { branch, .. }, "branch") => text(branch),
        (Account::Bank { deposit, .. }, "deposit") => {
            let id = match deposit {
                Deposit::Ordinary => "ordinary",
                Deposit::Current => "current",
                Deposit::Savings => "savings",
            };
            Raw::Ids(vec![id.to_owned()])
        }
        (Account::Bank { number, .. }, "number") => text(number),
        (Account::PostBank { symbol, .. }, "symbol") => text(symbol),
        (Account::PostBank { number, .. }, "post_number") => text(number),
        (Account::Bank { holder, .. } | Account::PostBank { holder, .. }, "holder") => text(holder),
        _ => Raw::Nothing,
    }
}
