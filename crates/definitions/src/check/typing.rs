//! What an example answers, as a person would type it.

use indexmap::IndexMap;

use crate::{
    cast::Cast,
    field::{Field, Kind},
    ids::FieldId,
    keys::nearest,
    problem::Problem,
    read::{Node, Value},
};

/// Types an example's answers into inputs.
pub(super) struct Typing<'a> {
    pub(super) cast: &'a Cast,
    /// Whether the account is linked, so that members of the household are chosen from a list.
    pub(super) linked: bool,
    pub(super) pairs: Vec<(String, String)>,
    pub(super) problems: &'a mut Vec<Problem>,
}

impl Typing<'_> {
    /// The answers to several questions.
    pub(super) fn fields(&mut self, answers: &Node, fields: &IndexMap<FieldId, Field>, prefix: &str) {
        let Some(map) = answers.map() else {
            self.problems.push(Problem::new(&answers.place, "答えではない", "`質問の id: 答え` を並べて書く"));
            return;
        };
        for (id, entry) in map {
            if entry.node.is_nothing() {
                continue;
            }
            match fields.get(id.as_str()) {
                Some(field) => self.answer(&entry.node, field, &format!("{prefix}{id}")),
                None => {
                    let names = fields.keys().map(|id| id.as_str());
                    let hint = match nearest(id, names.clone()) {
                        Some(near) => format!("`{near}` のことか"),
                        None => format!("質問の id を書く：{}", names.collect::<Vec<_>>().join("、")),
                    };
                    self.problems.push(Problem::new(&entry.key, format!("`{id}` という質問はない"), hint));
                }
            }
        }
    }

    fn answer(&mut self, node: &Node, field: &Field, path: &str) {
        match (&field.kind, &node.value) {
            (Kind::Group { fields, .. }, Value::List(rows)) => {
                self.push(format!("{path}.rows"), rows.len().to_string());
                for (row, answers) in rows.iter().enumerate() {
                    self.fields(answers, fields, &format!("{path}.{row}."));
                }
            }
            (Kind::Group { .. }, _) => {
                self.problems.push(Problem::new(&node.place, "くりかえしの答えは一覧で書く", "`[ { 質問: 答え }, … ]` と書く"));
            }
            (Kind::HouseholdMember { .. }, Value::Text { text, .. }) => self.member(text, path),
            (Kind::Files { .. }, value) => self.files(value, path),
            (Kind::Signature, Value::Text { text, .. }) => self.push(format!("{path}.typed"), text.clone()),
            (_, Value::List(several)) => {
                for one in several.iter().filter_map(Node::text) {
                    self.push(path.to_owned(), one.to_owned());
                }
            }
            (_, Value::Map(parts)) => {
                for (part, entry) in parts.iter() {
                    if let Some(text) = entry.node.text() {
                        self.push(format!("{path}.{part}"), text.to_owned());
                    }
                }
            }
            (_, Value::Text { text, .. }) => self.push(path.to_owned(), text.clone()),
            (_, Value::Nothing) => {}
        }
    }

    /// One of the cast: chosen when the account is linked, else typed with name and birth date.
    fn member(&mut self, text: &str, path: &str) {
        let person = self.cast.residents.get(text);
        match person {
            Some(_) if self.linked => self.push(path.to_owned(), text.to_owned()),
            Some(person) => {
                let (name, born) = (person.name.clone(), person.born);
                self.push(path.to_owned(), "other".to_owned());
                self.push(format!("{path}.name"), name);
                self.push(format!("{path}.born"), born.to_string());
            }
            None => self.push(path.to_owned(), text.to_owned()),
        }
    }

    /// Files are uploaded before they are named: an example says their names, or `yes` for one.
    fn files(&mut self, value: &Value, path: &str) {
        let names: Vec<String> = match value {
            Value::List(list) => list.iter().filter_map(Node::text).map(str::to_owned).collect(),
            Value::Text { text, .. } if text == "yes" => vec!["photo.jpg".to_owned()],
            Value::Text { text, .. } => vec![text.clone()],
            Value::Nothing | Value::Map(_) => Vec::new(),
        };
        for name in names {
            let media = if name.ends_with(".pdf") { "application/pdf" } else { "image/jpeg" };
            let file = serde_json::json!({ "file": format!("example-{name}"), "name": name, "media": media, "bytes": 1000 });
            self.push(path.to_owned(), file.to_string());
        }
    }

    fn push(&mut self, name: String, value: String) {
        self.pairs.push((name, value));
    }
}
