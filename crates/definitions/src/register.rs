//! # 台帳 Registers: data with history that procedures read and change

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::{condition::Condition, field::Kind, ids::*, text::Text};

/// A register.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Register {
    /// Its id in files and conditions.
    pub id: RegisterId,
    /// 放課後児童会の在籍.
    pub title: Text,
    /// The column by which a record is named; a register without it is found by its owner.
    pub key: Option<FieldId>,
    /// The column that says whose record it is: shown on the my page of those who act for that person.
    pub owner: Option<FieldId>,
    /// Where records are found by their key: the column that says on whose my page a record stands, where that person is known.
    #[serde(default)]
    pub shown_to: Option<FieldId>,
    /// Its columns.
    pub fields: IndexMap<FieldId, Column>,
    /// States of a record, by id, as people read them.
    pub states: IndexMap<StateId, Text>,
    /// Totals kept in the transaction that changes them.
    pub counters: IndexMap<CounterId, Counter>,
    /// Columns of which only one valid record may hold the same values on a day.
    pub unique: Vec<FieldId>,
    /// What may be started from a record in a state.
    pub startable: IndexMap<StateId, Vec<ProcedureId>>,
    /// Records that the folder itself holds, by key: facilities, collection areas.
    pub records: IndexMap<OptionId, IndexMap<FieldId, String>>,
    /// Which department looks after it.
    pub department: Option<DepartmentId>,
}

impl Register {
    /// The column that names the person on whose my page a record stands.
    pub fn whose(&self) -> Option<&FieldId> {
        self.owner.as_ref().or(self.shown_to.as_ref())
    }
}

/// A column of a register.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Its id.
    pub id: FieldId,
    /// 名称.
    pub label: Text,
    /// What it holds.
    pub kind: ColumnKind,
    /// How closely it is guarded.
    pub sensitivity: crate::field::Sensitivity,
}

impl Column {
    /// The column as a question, so that what it holds is shown like an answer; none where it names a record, a person or a household.
    pub fn question(&self) -> Option<crate::field::Field> {
        let ColumnKind::Answer(kind) = &self.kind else { return None };
        let (id, label, kind) = (self.id.clone(), self.label.clone(), kind.clone());
        let (hint, when, default) = (None, None, None);
        Some(crate::field::Field { id, label, hint, kind, required: false, when, default, sensitivity: self.sensitivity })
    }
}

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// An id by which records are named.
    Code,
    /// A resident.
    Resident,
    /// A household.
    Household,
    /// An answer of a kind that forms ask too.
    Answer(Kind),
}

/// A total of a keyed register's record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counter {
    /// How many valid records of a register name this record.
    Count {
        /// The register whose records are counted.
        of: RegisterId,
        /// Its column that names this record.
        by: FieldId,
        /// Which of them count: over `it`.
        only: Option<Condition>,
    },
    /// A formula over the record's columns and other counters: `capacity - used`.
    Formula(Condition),
}
