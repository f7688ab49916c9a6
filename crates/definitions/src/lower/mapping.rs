//! Mappings (対応表).

use std::sync::Arc;

use indexmap::IndexMap;

use super::{At, Gathered, Merged};
use crate::{
    condition::{Record, Scope, Type},
    field::Field,
    ids::*,
    keys::DOCUMENTS,
    kinds,
    mapping::*,
    procedure::Procedure,
    read::Node,
    town::Town,
};

/// All mappings.
pub(super) fn mappings(
    merged: &Merged,
    gathered: &Gathered,
    scope: &Scope,
    procedures: &IndexMap<ProcedureId, Arc<Procedure>>,
) -> IndexMap<MappingId, Mapping> {
    let Some(document) = DOCUMENTS.iter().find(|document| document.key == "mapping") else { return IndexMap::new() };
    let members = merged.section("mappings").and_then(Node::map).into_iter().flatten();
    members
        .filter_map(|(id, entry)| mapping(&At::new(gathered, &entry.node, document.form, format!("mappings.{id}")), scope, procedures))
        .map(|mapping| (mapping.id.clone(), mapping))
        .collect()
}

/// A town that does not offer a procedure has no cases to hand over.
pub(super) fn keep_offered(town: &mut Town) {
    let procedures = &town.procedures;
    town.mappings.retain(|_, mapping| mapping.procedure.as_ref().is_none_or(|id| procedures.contains_key(id)));
}

fn mapping(at: &At<'_>, town: &Scope, procedures: &IndexMap<ProcedureId, Arc<Procedure>>) -> Option<Mapping> {
    at.key("examples");
    let procedure: Option<ProcedureId> = at.id("procedure");
    let rows: Option<FieldId> = at.id("rows");
    let scope = procedure.as_ref().and_then(|id| procedures.get(id)).map(|procedure| scope_of(town, procedure, rows.as_ref()));
    Some(Mapping {
        id: at.id("mapping")?,
        title: at.needed_text("title"),
        direction: at.word("direction", crate::keys::DIRECTIONS)?,
        procedure,
        outcomes: at.ids("outcomes"),
        rows,
        file: file(&at.below("file")?)?,
        columns: at.each("columns").into_iter().map(|(id, at)| (FieldId::clone(&id), column(id, &at, scope.as_ref()))).collect(),
        find: at.below("find").and_then(|at| Some(Find { what: at.word("by", FindBy::ALL)?, column: at.id("column")? })),
        does: at.below("do").map(|at| does(&at)).unwrap_or_default(),
        source: at.below("source").and_then(|at| source(&at)),
    })
}

fn file(at: &At<'_>) -> Option<FileForm> {
    Some(FileForm {
        format: at.word("format", Format::ALL)?,
        encoding: at.word("encoding", Encoding::ALL).unwrap_or(Encoding::Utf8Bom),
        line_end: at.word("line_end", LineEnd::ALL).unwrap_or(LineEnd::Crlf),
        quote: at.word("quote", Quote::ALL).unwrap_or(Quote::Needed),
        separator: at.word("separator", Separator::ALL).unwrap_or(Separator::Comma),
        header: at.yes("header").unwrap_or(true),
        sheet: at.line("sheet"),
        lacking: at.word("lacking", Lacking::ALL).unwrap_or(Lacking::Stop),
        formulas: at.word("formulas", Formulas::ALL).unwrap_or(Formulas::Guard),
    })
}

fn column(id: FieldId, at: &At<'_>, scope: Option<&Scope>) -> Column {
    let yes = |key: &str, holds: Holds| at.yes(key).filter(|yes| *yes).map(|_| holds);
    let all = [
        at.line("answer").map(Holds::Answer),
        at.line("outcome").map(Holds::Outcome),
        at.line("noted").map(Holds::Noted),
        at.word("case", CaseAttribute::ALL).map(Holds::Case),
        at.line("constant").map(Holds::Constant),
        at.condition("value", scope, &Type::Any).map(Holds::Value),
        at.line("files").map(Holds::Files),
        yes("blank", Holds::Blank),
        yes("source_number", Holds::SourceNumber),
        yes("source_moment", Holds::SourceMoment),
    ];
    let mut said = all.into_iter().flatten();
    let holds = said.next();
    if said.next().is_some() {
        at.gathered.problem(
            at.place(),
            format!("列 `{id}` の中身が二つ書かれている"),
            "answer・outcome・noted・case・constant・value・blank などから一つにする",
        );
    }
    let codes = at.map("codes").filter_map(|(id, code)| Some((id.to_owned(), code.text()?.to_owned())));
    Column {
        header: at.line("header").unwrap_or_default(),
        holds,
        write: Write {
            form: at.word("as", As::ALL).unwrap_or(As::Text),
            zero_pad: at.number("zero_pad"),
            codes: codes.collect(),
            empty: at.line("empty").unwrap_or_default(),
            at_most: at.number("at_most"),
            required: at.yes("required").unwrap_or(false),
        },
        id,
    }
}

fn does(at: &At<'_>) -> Does {
    let columns = |at: &At<'_>, key: &str| -> IndexMap<FieldId, FieldId> {
        at.map(key).filter_map(|(id, column)| Some((id.parse().ok()?, column.text()?.parse().ok()?))).collect()
    };
    Does {
        step: at.below("step").and_then(|at| Some(StepDone { step: at.id("step")?, ask: columns(&at, "ask") })),
        note: at.line("note"),
        write: at.line("write"),
        record: at.below("record").and_then(|at| {
            Some(RecordDone { register: at.id("register")?, values: columns(&at, "values"), state: at.id("state"), from: at.id("from") })
        }),
    }
}

fn source(at: &At<'_>) -> Option<Source> {
    let status = at.below("status");
    let said = |stage: &&str| Some(((*stage).to_owned(), status.as_ref()?.line(stage)?));
    Some(Source {
        kind: at.word("kind", SourceKind::ALL)?,
        name: at.needed_text("name"),
        status: STATUSES.iter().filter_map(said).collect(),
    })
}

/// What `value:` may name: the answers, `case`, `outcome`, and `it` for a row.
fn scope_of(town: &Scope, procedure: &Procedure, rows: Option<&FieldId>) -> Scope {
    let answers = procedure.pages.values().fold(town.clone(), |scope, page| scope.with_fields(&page.fields));
    let noted = record(procedure.steps.values().flat_map(|step| &step.ask));
    let mut case = noted;
    case.extend(["channel", "number", "receipt_number", "resident_number"].map(|name| (name.to_owned(), Type::Text)));
    case.extend(["filed_on", "decided_on"].map(|name| (name.to_owned(), Type::Date)));
    let mut outcome = record(procedure.outcomes.values().flat_map(|outcome| &outcome.ask));
    let ids: Vec<String> = procedure.outcomes.keys().map(ToString::to_string).collect();
    outcome.insert("id".to_owned(), Type::OneOf(ids.into()));
    let named = |name: &str, fields| Type::Record(Record { name: name.to_owned(), fields }.into());
    let scope = answers.with("case", named("case", case)).with("outcome", named("outcome", outcome));
    let group = rows.and_then(|rows| procedure.pages.values().find_map(|page| page.fields.get(rows)));
    match group.and_then(|group| kinds::type_of(&group.kind)) {
        Some(Type::List(row)) => scope.with("it", *row),
        _ => scope,
    }
}

fn record<'f>(fields: impl Iterator<Item = (&'f FieldId, &'f Field)>) -> IndexMap<String, Type> {
    fields.filter_map(|(id, field)| Some((id.to_string(), kinds::type_of(&field.kind)?))).collect()
}
