//! 一行を取り込む: finds the case or the record that a line is about, and does what the mapping says, by the same verbs as a clerk's own page.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use access::{Act, RecordId};
use cases::{CaseNumber, handing, verbs::Acting};
use definitions::{
    answer::{Answer, Answers},
    facts::Listing,
    field::{Kind, Options},
    ids::{FieldId, RegisterId},
    kinds::{self, Asked},
    mapping::{Brought, FindBy, Mapping, RecordDone, read_line},
    register::{Column, ColumnKind, Register},
    typed::Typed,
};
use jiff::civil::Date;
use registry::{
    history::{Amend, Days},
    records::{self, Cause, Change, Doing, New, RegisterError, Which},
};
use store::{StoreError, Write};

use crate::{
    file::{Row, encoding},
    office::{By, Office},
    problem::LineProblem,
    rows,
};

/// What became of a line.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It changed something.
    Taken,
    /// It says what is known.
    Same,
    /// It cannot be taken, and nothing was written for it.
    Wrong(LineProblem),
}

/// Why the transaction cannot be kept.
#[derive(Debug)]
pub enum Stop {
    /// The line was refused after something may have been written for it.
    Refused(LineProblem),
    /// The store failed.
    Store(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Stop {
        Stop::Store(error)
    }
}

/// What may be chosen from registers, read once for the lines of a transaction and not for each of them.
#[derive(Default)]
pub struct Listings(RefCell<BTreeMap<RegisterId, Rc<Listing>>>);

impl Listings {
    fn of(&self, tx: &Write<'_>, office: &Office, register: &RegisterId, today: Date) -> Result<Option<Rc<Listing>>, StoreError> {
        if let Some(known) = self.0.borrow().get(register) {
            return Ok(Some(Rc::clone(known)));
        }
        let Some(of) = office.town.registers.get(register) else { return Ok(None) };
        let listing = Rc::new(registry::options::listing(tx, &office.town, of, today)?);
        self.0.borrow_mut().insert(register.clone(), Rc::clone(&listing));
        Ok(Some(listing))
    }

    /// A line wrote into a register: the next one may choose what it wrote.
    fn forget(&self, register: &RegisterId) {
        self.0.borrow_mut().remove(register);
    }
}

/// Takes one line. `record` is the id of a record that it may enter; `listed` lives as long as the transaction.
///
/// # Errors
/// See [`Stop`].
#[allow(clippy::too_many_arguments)]
pub fn take_row(
    tx: &Write<'_>,
    office: &Office,
    mapping: &Mapping,
    by: &By,
    import: &str,
    listed: &Listings,
    row: &Row,
    record: RecordId,
) -> Result<Outcome, Stop> {
    let at = Line { mapping, row, listed };
    let cells: Vec<&str> = row.cells.iter().map(String::as_str).collect();
    let brought = match read_line(mapping, &cells) {
        Ok(brought) => brought,
        Err(wrongs) => {
            let Some((column, why)) = wrongs.first() else { return Ok(Outcome::Same) };
            let more = if wrongs.len() > 1 { format!("（ほかに {} 列）", wrongs.len() - 1) } else { String::new() };
            return Ok(Outcome::Wrong(at.column(column, format!("{why}{more}"))));
        }
    };
    if let Some(character) = private(&brought) {
        let is_in = |cell: &&str| cell.contains(character);
        let column = cells.iter().position(is_in).and_then(|place| mapping.columns.get_index(place));
        let say = format!("外字（U+{:04X}）があります。送り主の機械でしか読めない字です。正しい字に直してください", u32::from(character));
        return Ok(Outcome::Wrong(column.map_or_else(|| at.whole(say.clone()), |(column, _)| at.column(column, say.clone()))));
    }
    match &mapping.find {
        Some(_) => of_case(tx, office, by, import, &at, &brought, record),
        None => of_list(tx, office, by, &at, &brought, record),
    }
}

/// The first 外字 in what a line brings; in a column that nothing is made of it does no harm.
fn private(brought: &Brought) -> Option<char> {
    let asked = brought.ask.iter().flat_map(|(_, values)| values);
    let texts = [Some(&brought.find), brought.from.as_ref(), brought.note.as_ref(), brought.write.as_ref()];
    texts.into_iter().flatten().chain(brought.values.values()).chain(asked).find_map(|text| encoding::private(text))
}

/// A line with where it stands, for what is said of it.
struct Line<'l> {
    mapping: &'l Mapping,
    row: &'l Row,
    listed: &'l Listings,
}

impl Line<'_> {
    fn column(&self, column: &FieldId, say: impl Into<String>) -> LineProblem {
        let place = self.mapping.columns.get_index_of(column);
        let header = self.mapping.columns.get(column).map(|column| column.header.clone()).unwrap_or_default();
        LineProblem { line: self.row.line, column: place.map(|place| place + 1), header, say: say.into(), goes: false }
    }

    fn whole(&self, say: impl Into<String>) -> LineProblem {
        LineProblem { line: self.row.line, column: None, header: String::new(), say: say.into(), goes: false }
    }

    /// Of the column that a question or a column of the register gets its value from.
    fn source(&self, of: &str, say: String) -> LineProblem {
        let does = &self.mapping.does;
        let asked = does.step.as_ref().and_then(|step| step.ask.get(of));
        let entered = does.record.as_ref().and_then(|record| record.values.get(of));
        match asked.or(entered) {
            Some(column) => self.column(column, say),
            None => self.whole(say),
        }
    }
}

fn of_case(
    tx: &Write<'_>,
    office: &Office,
    by: &By,
    import: &str,
    at: &Line<'_>,
    brought: &Brought,
    record: RecordId,
) -> Result<Outcome, Stop> {
    let By::Staff(staff) = by else {
        return Ok(Outcome::Wrong(at.whole("案件の結果は、だれの名で取り込むかが要ります。`--as ログインID` を付けてください")));
    };
    let (bureau, now) = (office.bureau(), tx.now());
    let acting = Acting::new(staff, &bureau, now);
    let Some(find) = &at.mapping.find else { return Ok(Outcome::Same) };
    let number: Option<CaseNumber> = match find.what {
        FindBy::Number => brought.find.parse().ok(),
        FindBy::ReceiptNumber => handing::by_receipt_number(tx, &brought.find)?,
    };
    let unknown = || at.column(&find.column, format!("「{}」の案件がありません。番号を確かめてください", brought.find));
    let Some(number) = number else { return Ok(Outcome::Wrong(unknown())) };
    let case = match cases::verbs::read(tx, &acting, number) {
        Ok((case, _)) => case,
        Err(cases::verbs::Refused::Store(error)) => return Err(error.into()),
        Err(_) => return Ok(Outcome::Wrong(unknown())),
    };
    if at.mapping.procedure.as_ref() != Some(&case.procedure) {
        return Ok(Outcome::Wrong(
            at.column(&find.column, format!("「{}」は別の手続の案件です。ファイルと対応表を確かめてください", brought.find)),
        ));
    }
    let said = at.row.cells.join("\u{1f}");
    let mark: String =
        office.keys.mac("exchange taken", format!("{}\u{1f}{said}", case.id).as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    if !rows::take(tx, at.mapping, &mark, import)? {
        return Ok(Outcome::Same);
    }
    verbs(tx, office, &acting, at, brought, number, case.row, &mark)?;
    if let Some(done) = &at.mapping.does.record {
        match entered(tx, office, by, at, brought, done, record, Cause::Decision { case: case.id })? {
            Outcome::Wrong(problem) => return Err(Stop::Refused(problem)),
            Outcome::Taken | Outcome::Same => {}
        }
    }
    Ok(Outcome::Taken)
}

#[allow(clippy::too_many_arguments)]
fn verbs(
    tx: &Write<'_>,
    office: &Office,
    acting: &Acting<'_>,
    at: &Line<'_>,
    brought: &Brought,
    number: CaseNumber,
    row: i64,
    mark: &str,
) -> Result<(), Stop> {
    let does = &at.mapping.does;
    let mut row = row;
    if let Some(done) = &does.step {
        let (case, procedure) = cases::verbs::read(tx, acting, number).map_err(|refused| refusal(at, refused))?;
        if case.stage.step() != Some(&done.step) {
            let title = procedure.steps.get(&done.step).map(|step| step.title.ja.to_string()).unwrap_or_default();
            return Err(Stop::Refused(at.whole(format!("案件は、いま「{title}」のところにありません。案件を開いて確かめてください"))));
        }
        let case = handing::done(tx, acting, number, row, &brought.ask).map_err(|not| match not {
            handing::NotTaken::Wrong(problems) => match problems.first() {
                Some(problem) => {
                    let question = problem.path.split('.').next().unwrap_or_default();
                    Stop::Refused(at.source(question, office.says(problem)))
                }
                None => Stop::Refused(at.whole("答えが足りません。列を確かめてください")),
            },
            handing::NotTaken::Refused(refused) => refusal(at, refused),
        })?;
        row = case.row;
    }
    if let Some(note) = &brought.note {
        row = cases::verbs::note(tx, acting, number, row, note.clone()).map_err(|refused| refusal(at, refused))?.row;
    }
    if let Some(text) = &brought.write {
        let id = mark.chars().take(32).collect();
        cases::verbs::write_to_applicant(tx, acting, number, row, id, text.clone()).map_err(|refused| refusal(at, refused))?;
    }
    Ok(())
}

fn refusal(at: &Line<'_>, refused: cases::verbs::Refused) -> Stop {
    use cases::verbs::Refused;
    let say = match refused {
        Refused::Store(error) => return Stop::Store(error),
        Refused::NotFound => "案件がないか、見る権限がありません".to_owned(),
        Refused::NotPermitted(_) => "この案件を進める権限がありません。担当の方が取り込んでください".to_owned(),
        Refused::Register(refused) => format!("台帳に書けません（{refused}）。案件を開いて確かめてください"),
        Refused::Changed(_) | Refused::NotNow(_) | Refused::Letter(_) => {
            "案件は、いま これを受けられる段階にありません。案件を開いて確かめてください".to_owned()
        }
    };
    Stop::Refused(at.whole(say))
}

fn of_list(tx: &Write<'_>, office: &Office, by: &By, at: &Line<'_>, brought: &Brought, record: RecordId) -> Result<Outcome, Stop> {
    match &at.mapping.does.record {
        Some(done) => entered(tx, office, by, at, brought, done, record, Cause::Load),
        None => Ok(Outcome::Wrong(at.whole("対応表に、行で何をするかが書かれていません"))),
    }
}

/// A record of a register with a key: entered when nothing has the key, changed where it says something else.
#[allow(clippy::too_many_arguments)]
fn entered(
    tx: &Write<'_>,
    office: &Office,
    by: &By,
    at: &Line<'_>,
    brought: &Brought,
    done: &RecordDone,
    record: RecordId,
    cause: Cause,
) -> Result<Outcome, Stop> {
    let Some(register) = office.town.registers.get(&done.register) else {
        return Ok(Outcome::Wrong(at.whole("対応表の台帳が、いまのまちにありません")));
    };
    let state = done.state.clone().or_else(|| register.states.keys().next().cloned());
    let authority = match by {
        By::Terminal => Some("terminal".to_owned()),
        By::Staff(staff) => {
            let state = state.as_ref().map(|state| state.as_str());
            registry::permitted::may_on_register(staff, Act::Correct, register, state).map(|authority| authority.to_string())
        }
    };
    let Some(authority) = authority else {
        return Ok(Outcome::Wrong(at.whole(format!("台帳「{}」を直す権限がありません。担当の方が取り込んでください", register.title.ja))));
    };
    let today = access::day_in_japan(tx.now());
    let from = match brought.from.as_deref().map(jp::era::parse_date) {
        None => today,
        Some(Ok(day)) => day,
        Some(Err(_)) => {
            return Ok(Outcome::Wrong(at.whole(format!("「{}」は日付として読めません", brought.from.as_deref().unwrap_or_default()))));
        }
    };
    let (values, emptied) = match values(tx, office, at, register, brought, today)? {
        Ok(values) => values,
        Err(problem) => return Ok(Outcome::Wrong(problem)),
    };
    let key = register.key.as_ref().and_then(|key| values.get(key.as_str())).and_then(records::key_of);
    let Some(key) = key else { return Ok(Outcome::Wrong(at.whole("記録を名ざす列が空です。値を入れてください"))) };
    let there = records::keyed_on(tx, register, &key, from)?;
    if let Some(there) = &there {
        let is_same = values.iter().all(|(id, value)| there.values.get(id.as_str()) == Some(value))
            && emptied.iter().all(|id| there.values.get(id.as_str()).is_none())
            && done.state.as_ref().is_none_or(|state| there.state.as_ref() == Some(state));
        if is_same {
            return Ok(Outcome::Same);
        }
    }
    let doing = Doing { actor: by.actor(), authority, cause, today, now: tx.now() };
    let amend = Amend { state: done.state.clone(), values: values.clone(), emptied };
    let change = Change { amend, from, until: None };
    let changed = match records::change(tx, &office.town, &doing, &register.id, &Which::Of(key), &change) {
        Err(RegisterError::Refused(records::Refused::NothingToChange)) => {
            // What only the folder holds becomes a record with all that the folder says of it.
            let mut whole = there.map(|there| there.values).unwrap_or_default();
            whole.extend_with(values);
            let new = New { id: record, register: register.id.clone(), state, values: whole, days: Days::since(from) };
            records::enter(tx, &office.town, &doing, &new)
        }
        other => other,
    };
    match changed {
        Ok(_) => {
            at.listed.forget(&register.id);
            Ok(Outcome::Taken)
        }
        Err(RegisterError::Store(error)) => Err(error.into()),
        Err(RegisterError::Refused(refused)) => {
            Err(Stop::Refused(at.whole(format!("台帳に書けません（{refused}）。台帳の記録を確かめてください"))))
        }
    }
}

/// Lays answers over others.
trait Over {
    fn extend_with(&mut self, more: Answers);
}

impl Over for Answers {
    fn extend_with(&mut self, more: Answers) {
        for (id, value) in more {
            self.insert(id, value);
        }
    }
}

/// Columns of a register as a line says them, and those that it empties.
type Columns = (Answers, Vec<FieldId>);

fn values(
    tx: &Write<'_>,
    office: &Office,
    at: &Line<'_>,
    register: &Register,
    brought: &Brought,
    today: Date,
) -> Result<Result<Columns, LineProblem>, StoreError> {
    let (mut values, mut emptied) = (Answers::default(), Vec::new());
    for (id, text) in &brought.values {
        let Some(column) = register.fields.get(id) else { continue };
        if text.is_empty() {
            emptied.push(id.clone());
            continue;
        }
        match value(tx, office, at.listed, column, text, today)? {
            Ok(Some(answer)) => values.insert(id.clone(), answer),
            Ok(None) => emptied.push(id.clone()),
            Err(say) => return Ok(Err(at.source(id.as_str(), say))),
        }
    }
    Ok(Ok((values, emptied)))
}

/// A column's text, read by the same kind of question that forms ask.
fn value(
    tx: &Write<'_>,
    office: &Office,
    listings: &Listings,
    column: &Column,
    text: &str,
    today: Date,
) -> Result<Result<Option<Answer>, String>, StoreError> {
    let Some(field) = column.question() else {
        // A code, by which records are named.
        return Ok(match column.kind {
            ColumnKind::Code if text.chars().count() <= 100 => Ok(Some(Answer::Text(text.to_owned()))),
            ColumnKind::Code => Err("番号が長すぎます（100 文字まで）".to_owned()),
            _ => Err("人の欄は一覧からは書きません".to_owned()),
        });
    };
    let listed = match &field.kind {
        Kind::Choice { options: Options::Register { register, .. }, .. }
        | Kind::Choices { options: Options::Register { register, .. }, .. } => listings.of(tx, office, register, today)?,
        _ => None,
    };
    let mut typed = Typed::default();
    let several = matches!(field.kind, Kind::Choices { .. } | Kind::Ranked { .. });
    let parts: Vec<&str> = if several { text.split(';').collect() } else { vec![text] };
    for part in parts {
        if typed.push("value", part.trim()).is_err() {
            return Ok(Err("長すぎます。短くしてください".to_owned()));
        }
    }
    let asked = Asked { field: &field, path: "value", typed: &typed, listed: listed.as_deref(), household: &[] };
    Ok(kinds::parse(&asked).map_err(|wrongs| {
        let problem =
            wrongs.first().map(|wrong| definitions::form::FieldProblem { path: String::new(), id: wrong.id, args: wrong.args.clone() });
        problem.map(|problem| office.says(&problem)).unwrap_or_default()
    }))
}
