//! Registers and their columns.

use indexmap::IndexMap;

use super::{At, Gathered, Merged, field, town::SENSITIVITIES};
use crate::{
    condition::{Scope, Type},
    ids::*,
    keys::{DOCUMENTS, kind_form},
    kinds,
    read::Node,
    register::{Column, ColumnKind, Counter, Register},
};

/// All registers, without their counters: these need the columns of all others.
pub(super) fn registers(merged: &Merged, gathered: &Gathered) -> IndexMap<RegisterId, Register> {
    each(merged, gathered).into_iter().filter_map(|at| Some((at.id::<RegisterId>("register")?, register(&at)?))).collect()
}

fn each<'a>(merged: &'a Merged, gathered: &'a Gathered) -> Vec<At<'a>> {
    let Some(document) = DOCUMENTS.iter().find(|document| document.key == "register") else { return Vec::new() };
    let members = merged.section("registers").and_then(Node::map);
    members.into_iter().flatten().map(|(id, entry)| At::new(gathered, &entry.node, document.form, format!("registers.{id}"))).collect()
}

fn register(at: &At<'_>) -> Option<Register> {
    let startable = at.map("startable").filter_map(|(state, node)| {
        let procedures = node.list()?.iter().filter_map(|id| id.text()?.parse().ok()).collect();
        Some((state.parse().ok()?, procedures))
    });
    let records = at.map("records").filter_map(|(key, node)| {
        let values = node.map()?.iter().filter_map(|(column, entry)| Some((column.parse().ok()?, entry.node.text()?.to_owned())));
        Some((key.parse().ok()?, values.collect()))
    });
    Some(Register {
        id: at.id("register")?,
        title: at.needed_text("title"),
        key: at.id("key"),
        owner: at.id("owner"),
        shown_to: at.id("shown_to"),
        fields: columns(at, "fields"),
        states: at.texts("states"),
        counters: IndexMap::new(),
        unique: at.ids("unique"),
        startable: startable.collect(),
        records: records.collect(),
        department: at.id("department"),
    })
}

/// The columns that stand under a key.
pub(super) fn columns(at: &At<'_>, key: &str) -> IndexMap<FieldId, Column> {
    let base = at.path_of(key);
    at.map(key)
        .filter_map(|(id, node)| column(at.gathered, id, node, &format!("{base}.{id}")))
        .map(|column| (column.id.clone(), column))
        .collect()
}

fn column(gathered: &Gathered, id: &str, node: &Node, path: &str) -> Option<Column> {
    let word = node.get("kind")?.text()?;
    let at = At::new(gathered, node, kind_form(word, true)?, path);
    let kind = match word {
        "code" => ColumnKind::Code,
        "resident" => ColumnKind::Resident,
        "household" => ColumnKind::Household,
        _ => ColumnKind::Answer(field::kind(&at, word, None)?),
    };
    let label = at.text("label").unwrap_or_else(|| crate::text::Text::new(at.path_of("label"), id));
    Some(Column { id: id.parse().ok()?, label, kind, sensitivity: at.word("sensitivity", SENSITIVITIES).unwrap_or_default() })
}

/// What conditions see of a column.
pub(super) fn column_type(kind: &ColumnKind) -> Option<Type> {
    match kind {
        ColumnKind::Code | ColumnKind::Household => Some(Type::Text),
        ColumnKind::Resident => Some(Type::Any),
        ColumnKind::Answer(kind) => kinds::type_of(kind),
    }
}

/// The counters, with their conditions over the columns.
pub(super) fn with_counters(
    registers: IndexMap<RegisterId, Register>,
    merged: &Merged,
    gathered: &Gathered,
) -> IndexMap<RegisterId, Register> {
    let mut done = registers.clone();
    for at in each(merged, gathered) {
        let Some(id) = at.id::<RegisterId>("register") else { continue };
        let Some(own) = registers.get(&id) else { continue };
        let names: Vec<&str> = at.map("counters").map(|(name, _)| name).collect();
        let scope = names.iter().fold(columns_scope(own), |scope, name| scope.with(*name, Type::Int));
        let counters =
            at.each::<CounterId>("counters").into_iter().filter_map(|(name, at)| Some((name, counter(&at, &scope, &registers)?)));
        let counters: IndexMap<CounterId, Counter> = counters.collect();
        if let Some(register) = done.get_mut(&id) {
            register.counters = counters;
        }
    }
    done
}

fn columns_scope(register: &Register) -> Scope {
    let columns = register.fields.iter().filter_map(|(id, column)| Some((id.as_str(), column_type(&column.kind)?)));
    columns.fold(Scope::empty().with("state", Type::Text), |scope, (name, of)| scope.with(name, of))
}

/// A record of a register, as conditions see it under `it`.
pub(super) fn record_type(register: &Register) -> Type {
    let states: Vec<String> = register.states.keys().map(|state| state.as_str().to_owned()).collect();
    let state = if states.is_empty() { Type::Text } else { Type::OneOf(states.into()) };
    let mut fields: IndexMap<String, Type> =
        register.fields.iter().filter_map(|(id, column)| Some((id.as_str().to_owned(), column_type(&column.kind)?))).collect();
    fields.insert("state".to_owned(), state);
    fields.insert("from".to_owned(), Type::Date);
    fields.insert("until".to_owned(), Type::Date);
    Type::Record(std::sync::Arc::new(crate::condition::Record { name: register.id.as_str().to_owned(), fields }))
}

fn counter(at: &At<'_>, scope: &Scope, registers: &IndexMap<RegisterId, Register>) -> Option<Counter> {
    if at.key("formula").is_some() {
        return Some(Counter::Formula(at.condition("formula", Some(scope), &Type::Int)?));
    }
    let Some(of) = at.id::<RegisterId>("of") else {
        at.gathered.problem(at.place(), "何を数えるか分からない", "`of:`（数える台帳）と `by:`（その欄）、または `formula:` を書く");
        return None;
    };
    let Some(by) = at.id::<FieldId>("by") else {
        at.gathered.problem(at.place(), "`by` がない", "この記録を名ざす、その台帳の欄を書く");
        return None;
    };
    let counted = registers.get(&of);
    let scope = counted.map(|counted| Scope::empty().with("it", record_type(counted)));
    Some(Counter::Count { of, by, only: at.condition("where", scope.as_ref(), &Type::Bool) })
}
