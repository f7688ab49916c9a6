//! Examples of mappings: answers that give lines, lines that give what is to be done.

use indexmap::IndexMap;

use super::{Report, facts, typing};
use crate::{
    answer::Answers,
    field::Field,
    form,
    ids::FieldId,
    keys::MAPPING_EXAMPLE,
    lower::{At, Loaded},
    mapping::{CaseFacts, Direction, Mapping, lines, raw_shown, read_answers, read_line},
    problem::{Place, Problem},
    procedure::Procedure,
    read::{Node, Value},
    town::Town,
    typed::Typed,
};

/// Walks the examples of every mapping in whose file nothing is wrong.
pub(super) fn check(town: &Town, loaded: &Loaded, report: &mut Report) {
    for mapping in town.mappings.values() {
        let base = format!("mappings.{}", mapping.id);
        let node = loaded.merged.find(&base);
        if node.is_some_and(|node| node.stands_in(&|file| loaded.unsound.contains(file))) {
            continue;
        }
        let members = loaded.merged.find(&format!("{base}.examples")).and_then(Node::map).into_iter().flatten();
        let mut count = 0;
        for (id, entry) in members {
            let at = At::new(&loaded.gathered, &entry.node, &MAPPING_EXAMPLE, format!("{base}.examples.{id}"));
            Walking { town, mapping, at: &at, id, problems: &mut report.problems }.walk();
            count += 1;
        }
        report.examples += count;
        if count == 0 {
            let what = format!("対応表 `{}` に例がない", mapping.id);
            report.warnings.push(Problem::new(
                &loaded.merged.place(&base),
                what,
                "`examples:` に、答えとできる行（in なら、行とすること）を一つ書く",
            ));
        }
    }
}

struct Walking<'a, 'n> {
    town: &'a Town,
    mapping: &'a Mapping,
    at: &'a At<'n>,
    id: &'a str,
    problems: &'a mut Vec<Problem>,
}

impl Walking<'_, '_> {
    fn wrong(&mut self, place: &Place, what: impl std::fmt::Display) {
        let what = format!("例 `{}`：{what}", self.id);
        self.problems.push(Problem::new(place, what, "対応表か例の、まちがっているほうを直す"));
    }

    fn walk(&mut self) {
        let at = self.at;
        let wrong: Vec<String> = at.lines("wrong").into_iter().map(str::to_owned).collect();
        let place = at.key("wrong").map_or_else(|| at.place().clone(), |node| node.place.clone());
        let found = match self.mapping.direction {
            Direction::Out => self.out(),
            Direction::In => self.come(),
            Direction::Intake => self.intake(),
        };
        if found != wrong {
            self.wrong(&place, format_args!("渡せない・読めない列は [{}] のはずが [{}]", wrong.join(", "), found.join(", ")));
        }
    }

    fn procedure(&self) -> Option<&Procedure> {
        self.mapping.procedure.as_ref().and_then(|id| self.town.procedures.get(id)).map(AsRef::as_ref)
    }

    fn out(&mut self) -> Vec<String> {
        let (at, town) = (self.at, self.town);
        let Some(procedure) = self.mapping.procedure.as_ref().and_then(|id| town.procedures.get(id)) else { return Vec::new() };
        let asked: IndexMap<FieldId, Field> = fields(procedure.pages.values().flat_map(|page| &page.fields));
        let details: IndexMap<FieldId, Field> = fields(procedure.outcomes.values().flat_map(|outcome| &outcome.ask));
        let noted: IndexMap<FieldId, Field> = fields(procedure.steps.values().flat_map(|step| &step.ask));
        let on = at.day("on").unwrap_or_default();
        let options = facts::facts(town, procedure, None, &facts::options(town));
        let answers = form::fill(procedure, &self.typed("answers", &asked), &options, on).answers;
        let by_staff = |typed: &Typed, fields: &IndexMap<FieldId, Field>| -> Answers {
            let around = form::Known::new(procedure, &answers, &options, on);
            form::fill_fields(fields, typed, &options, on, &around).answers
        };
        let (details_typed, noted_typed) = (self.typed("outcome", &details), self.typed("noted", &noted));
        let said = |name: &str| at.map("case").find(|(known, _)| *known == name).and_then(|(_, node)| node.text()).map(str::to_owned);
        let facts = CaseFacts {
            number: said("number").unwrap_or_default(),
            receipt_number: said("receipt_number").unwrap_or_default(),
            filed_on: Some(on),
            decided_on: said("decided_on").and_then(|day| day.parse().ok()),
            outcome: said("outcome").and_then(|id| id.parse().ok()),
            details: by_staff(&details_typed, &details),
            noted: by_staff(&noted_typed, &noted),
            reason: said("reason").unwrap_or_default(),
            resident_number: said("resident_number"),
            channel: said("channel").unwrap_or_else(|| "online".to_owned()),
            department: Some(procedure.department.clone()),
            answers,
        };
        let made = lines(self.mapping, procedure, &facts);
        let expected = at.key("lines").and_then(Node::list).unwrap_or_default();
        if !expected.is_empty() && expected.len() != made.len() {
            self.wrong(at.place(), format_args!("行は {} のはずが {}", expected.len(), made.len()));
        }
        let columns: Vec<&FieldId> = self.mapping.columns.keys().collect();
        let mut found = Vec::new();
        for line in &made {
            for (column, cell) in columns.iter().zip(line) {
                if cell.is_err() && !found.contains(&column.to_string()) {
                    found.push(column.to_string());
                }
            }
        }
        for (expected, line) in expected.iter().zip(&made) {
            for (column, entry) in expected.map().into_iter().flatten() {
                let Some(place) = columns.iter().position(|id| id.as_str() == column) else {
                    self.wrong(&entry.key, format_args!("`{column}` という列はない"));
                    continue;
                };
                let stands = line.get(place).map(|cell| cell.clone().unwrap_or_else(|wrong| format!("（{wrong}）"))).unwrap_or_default();
                let should = entry.node.text().unwrap_or_default();
                if stands != should {
                    self.wrong(&entry.node.place, format_args!("列 `{column}` は「{should}」のはずが「{stands}」"));
                }
            }
        }
        found
    }

    /// What an example types. Days, addresses and groups as in the examples of procedures.
    fn typed(&mut self, key: &str, fields: &IndexMap<FieldId, Field>) -> Typed {
        let Some(node) = self.at.key(key) else { return Typed::default() };
        let mut typing = typing::Typing { cast: &self.town.cast, linked: false, pairs: Vec::new(), problems: self.problems };
        typing.fields(node, fields, "");
        Typed::from_pairs(std::mem::take(&mut typing.pairs)).unwrap_or_default()
    }

    fn cells(&mut self) -> Vec<String> {
        let line = self.at.key("line");
        for (column, entry) in line.and_then(Node::map).into_iter().flatten() {
            if !self.mapping.columns.contains_key(column.as_str()) {
                self.wrong(&entry.key, format_args!("`{column}` という列はない"));
            }
        }
        let cell = |id: &FieldId| line.and_then(|line| line.get(id.as_str())).and_then(Node::text).unwrap_or_default().to_owned();
        self.mapping.columns.keys().map(cell).collect()
    }

    fn come(&mut self) -> Vec<String> {
        let cells = self.cells();
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        let brought = match read_line(self.mapping, &cells) {
            Ok(brought) => brought,
            Err(wrong) => return wrong.into_iter().map(|(column, _)| column.to_string()).collect(),
        };
        let Some(gives) = self.at.key("gives") else { return Vec::new() };
        for (key, entry) in gives.map().into_iter().flatten() {
            match (key.as_str(), &entry.node.value) {
                ("find", _) => self.same(&entry.node, key, &brought.find),
                ("note", _) => self.same(&entry.node, key, brought.note.as_deref().unwrap_or_default()),
                ("write", _) => self.same(&entry.node, key, brought.write.as_deref().unwrap_or_default()),
                ("from", _) => self.same(&entry.node, key, brought.from.as_deref().unwrap_or_default()),
                ("ask", Value::Map(asked)) => {
                    for (question, entry) in asked.iter() {
                        self.same(&entry.node, question, brought.ask.first(question).unwrap_or_default());
                    }
                }
                ("values", Value::Map(values)) => {
                    for (column, entry) in values.iter() {
                        let stands = brought.values.get(column.as_str()).cloned().unwrap_or_default();
                        self.same(&entry.node, column, &stands);
                    }
                }
                _ => self.wrong(&entry.key, format_args!("`{key}` というキーはここにない（find・note・write・from・ask・values）")),
            }
        }
        Vec::new()
    }

    fn intake(&mut self) -> Vec<String> {
        let cells = self.cells();
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        let Some(procedure) = self.procedure() else { return Vec::new() };
        let answered = match read_answers(self.mapping, procedure, &cells) {
            Ok(answered) => answered,
            Err(wrong) => return wrong.into_iter().map(|(column, _)| column.to_string()).collect(),
        };
        let on = self.at.day("on").unwrap_or_default();
        let options = facts::facts(self.town, procedure, None, &facts::options(self.town));
        let filled = form::fill(procedure, &answered.typed, &options, on);
        let found: Vec<String> = filled.problems.iter().map(|problem| problem.path.clone()).collect();
        let Some(gives) = self.at.key("gives") else { return found };
        for (question, entry) in gives.map().into_iter().flatten() {
            let stands = filled.answers.get(question).map(raw_shown).unwrap_or_default();
            self.same(&entry.node, question, &stands);
        }
        found
    }

    fn same(&mut self, node: &Node, what: &str, stands: &str) {
        let should = node.text().unwrap_or_default();
        if should != stands {
            self.wrong(&node.place, format_args!("`{what}` は「{should}」のはずが「{stands}」"));
        }
    }
}

fn fields<'f>(fields: impl Iterator<Item = (&'f FieldId, &'f Field)>) -> IndexMap<FieldId, Field> {
    fields.map(|(id, field)| (id.clone(), field.clone())).collect()
}
