//! Ids that point nowhere, and procedures that law or office could not carry out.

mod facts;
mod forms;
mod inventory;
mod law;
mod mappings;
mod messages;
mod rounds;

use crate::{
    keys::nearest,
    lower::{Merged, NOT_GIVEN},
    problem::Problem,
    procedure::{Effect, Procedure},
    read::Node,
    register::{ColumnKind, Register},
    town::Town,
};

/// Looks everything up.
pub(super) fn check(town: &Town, merged: &Merged, problems: &mut Vec<Problem>) {
    let mut look = Look { town, merged, problems };
    look.departments_and_roles();
    look.registers();
    for procedure in town.procedures.values() {
        look.procedure(procedure);
        forms::check(&mut look, procedure);
        law::check(&mut look, procedure);
        facts::check(&mut look, procedure);
    }
    messages::check(&mut look);
    mappings::check(&mut look);
    rounds::check(&mut look);
    inventory::check(&mut look);
}

/// The town, where its parts stand, and what is wrong.
pub(super) struct Look<'a> {
    town: &'a Town,
    merged: &'a Merged,
    problems: &'a mut Vec<Problem>,
}

impl Look<'_> {
    fn problem(&mut self, path: &str, what: impl Into<String>, hint: impl Into<String>) {
        self.problems.push(Problem::new(&self.merged.place(path), what, hint));
    }

    /// Says that an id is not among those known.
    fn unknown<'k>(&mut self, path: &str, what: &str, id: &str, known: impl IntoIterator<Item = &'k str>) {
        if id == NOT_GIVEN {
            return;
        }
        let known: Vec<&str> = known.into_iter().collect();
        let hint = match nearest(id, known.iter().copied()) {
            Some(near) => format!("`{near}` のことか"),
            None if known.is_empty() => format!("{what}をまず定義する"),
            None => format!("どれかを書く：{}", known.join("、")),
        };
        self.problem(path, format!("`{id}` という{what}はない"), hint);
    }

    fn departments_and_roles(&mut self) {
        let town = self.town;
        for (id, department) in &town.departments {
            let mut seen = vec![id];
            let mut above = department.under.as_ref();
            while let Some(up) = above {
                let path = format!("departments.{id}.under");
                if seen.contains(&up) {
                    self.problem(&path, format!("`{id}` の上をたどると輪になる"), "`under` のどれかを消す");
                    break;
                }
                seen.push(up);
                match town.departments.get(up) {
                    Some(next) => above = next.under.as_ref(),
                    None => {
                        self.unknown(&path, "課", up.as_str(), town.departments.keys().map(|id| id.as_str()));
                        break;
                    }
                }
            }
        }
        for (id, role) in &town.roles {
            if let Some(stand_in) = role.stand_in.as_ref().filter(|stand_in| !town.roles.contains_key(*stand_in)) {
                self.unknown(&format!("roles.{id}.stand_in"), "職", stand_in.as_str(), town.roles.keys().map(|id| id.as_str()));
            }
            if let Some(register) = role.one_for_each.as_ref() {
                self.register(&format!("roles.{id}.one_for_each"), register.as_str());
            }
        }
        for grant in &town.grants {
            if !town.roles.contains_key(&grant.role) {
                self.unknown(&format!("grants.{}.role", grant.id), "職", grant.role.as_str(), town.roles.keys().map(|id| id.as_str()));
            }
            if let Some(department) = &grant.department {
                self.department(&format!("grants.{}.department", grant.id), department.as_str());
            }
        }
        for (id, staff) in &town.cast.staff {
            self.department(&format!("staff.{id}.department"), staff.department.as_str());
            if !town.roles.contains_key(&staff.role) {
                self.unknown(&format!("staff.{id}.role"), "職", staff.role.as_str(), town.roles.keys().map(|id| id.as_str()));
            }
        }
    }

    fn authority(&mut self, path: &str, id: &crate::ids::AuthorityId) {
        if !self.town.authorities.contains_key(id) {
            let town = self.town;
            self.unknown(path, "処分庁", id.as_str(), town.authorities.keys().map(|id| id.as_str()));
        }
    }

    fn department(&mut self, path: &str, id: &str) {
        if !self.town.departments.contains_key(id) {
            let town = self.town;
            self.unknown(path, "課", id, town.departments.keys().map(|id| id.as_str()));
        }
    }

    fn register(&mut self, path: &str, id: &str) -> bool {
        let found = self.town.registers.contains_key(id);
        if !found {
            let town = self.town;
            self.unknown(path, "台帳", id, town.registers.keys().map(|id| id.as_str()));
        }
        found
    }

    fn column(&mut self, path: &str, register: &Register, id: &str) {
        if !register.fields.contains_key(id) {
            self.unknown(path, &format!("台帳 `{}` の欄", register.id), id, register.fields.keys().map(|id| id.as_str()));
        }
    }

    fn registers(&mut self) {
        let town = self.town;
        for (id, register) in &town.registers {
            let base = format!("registers.{id}");
            for (key, column) in [("key", &register.key), ("owner", &register.owner), ("shown_to", &register.shown_to)] {
                if let Some(column) = column {
                    self.column(&format!("{base}.{key}"), register, column.as_str());
                }
            }
            if let Some(column) = &register.shown_to {
                self.shown_to(&format!("{base}.shown_to"), register, column);
            }
            for column in &register.unique {
                self.column(&format!("{base}.unique"), register, column.as_str());
            }
            if register.key.is_none() && register.owner.is_none() {
                self.problem(&base, "記録を見つける手がかりがない", "`key:`（記録を名ざす欄）か `owner:`（だれの記録か）を書く");
            }
            for (state, procedures) in &register.startable {
                let path = format!("{base}.startable.{state}");
                if !register.states.contains_key(state) {
                    self.unknown(&path, "状態", state.as_str(), register.states.keys().map(|id| id.as_str()));
                }
                for procedure in procedures.iter().filter(|procedure| !town.procedures.contains_key(*procedure)) {
                    self.unknown(&path, "手続", procedure.as_str(), town.procedures.keys().map(|id| id.as_str()));
                }
            }
            for (record, values) in &register.records {
                for column in values.keys() {
                    self.column(&format!("{base}.records.{record}.{column}"), register, column.as_str());
                }
            }
            for (name, counter) in &register.counters {
                if let crate::register::Counter::Count { of, by, .. } = counter {
                    let path = format!("{base}.counters.{name}");
                    if self.register(&format!("{path}.of"), of.as_str())
                        && let Some(counted) = town.registers.get(of)
                    {
                        self.column(&format!("{path}.by"), counted, by.as_str());
                    }
                }
            }
        }
    }

    /// A person without whom the record is found, by its key; who must be known is the owner.
    fn shown_to(&mut self, path: &str, register: &Register, column: &crate::ids::FieldId) {
        if register.key.is_none() || register.owner.is_some() {
            let hint = "`key:` だけで名ざす台帳に書く。だれの記録かが いつも決まるなら `owner:` だけを書く";
            self.problem(path, "`shown_to` の使いどころではない", hint);
        }
        if register.fields.get(column).is_some_and(|column| column.kind != ColumnKind::Resident) {
            self.problem(path, format!("`{column}` は住民の欄ではない"), "`kind: resident` の欄を書く");
        }
    }

    fn procedure(&mut self, procedure: &Procedure) {
        let town = self.town;
        let base = format!("procedures.{}", procedure.id);
        self.department(&format!("{base}.department"), procedure.department.as_str());
        forms::branches(self, procedure, &base);
        for event in procedure.life_events.iter().filter(|event| !town.life_events.contains_key(*event)) {
            self.unknown(&format!("{base}.life_events"), "ライフイベント", event.as_str(), town.life_events.keys().map(|id| id.as_str()));
        }
        self.authority(&format!("{base}.authority"), &procedure.authority);
        self.extension(&base, procedure);
        for (id, step) in &procedure.steps {
            let path = format!("{base}.steps.{id}");
            for role in step.role.iter().filter(|role| !town.roles.contains_key(*role)) {
                self.unknown(&format!("{path}.role"), "職", role.as_str(), town.roles.keys().map(|id| id.as_str()));
            }
            for department in &step.consult {
                self.department(&format!("{path}.consult"), department.as_str());
            }
            for role in step.sole_decision.keys().filter(|role| !step.role.contains(*role)) {
                let known = step.role.iter().map(|id| id.as_str());
                self.unknown(&format!("{path}.sole_decision.{role}"), "この決裁の職", role.as_str(), known);
            }
            self.effects(&path, step.effects.iter());
        }
        for (id, outcome) in &procedure.outcomes {
            self.effects(&format!("{base}.outcomes.{id}"), outcome.effects.iter());
        }
    }

    /// What extends a limit set by law is a notice in writing.
    fn extension(&mut self, base: &str, procedure: &Procedure) {
        let (town, law) = (self.town, &procedure.law);
        for (key, letter) in [("extension_letter", &law.extension_letter), ("special_extension_letter", &law.special_extension_letter)] {
            if let Some(letter) = letter.as_ref().filter(|letter| !town.letters.contains_key(*letter)) {
                let known = town.letters.keys().map(|id| id.as_str());
                self.unknown(&format!("{base}.law.{key}"), "文書（letters/ のひな形）", letter.as_str(), known);
            }
        }
        if law.statutory_limit.is_some() && (law.extension.is_some() || law.extension_named) && law.extension_letter.is_none() {
            self.problem(
                &format!("{base}.law.extension"),
                "延長を知らせる文書がない",
                "`extension_letter: 文書の id` を書く（延長は書面で知らせる）",
            );
        }
    }

    fn effects<'e>(&mut self, base: &str, effects: impl Iterator<Item = (&'e crate::ids::EffectId, &'e Effect)>) {
        let town = self.town;
        for (id, effect) in effects {
            let path = format!("{base}.do.{id}");
            match effect {
                Effect::Letter { letter, .. } if !town.letters.contains_key(letter) => {
                    self.unknown(
                        &format!("{path}.letter"),
                        "文書（letters/ のひな形）",
                        letter.as_str(),
                        town.letters.keys().map(|id| id.as_str()),
                    );
                }
                Effect::Tell { message } if !town.messages.contains_key(message) => {
                    self.unknown(&format!("{path}.tell"), "お知らせ", message.as_str(), town.messages.keys().map(|id| id.as_str()));
                }
                Effect::Enter { register, state, values, .. } => {
                    self.record(&path, "enter", register.as_str(), state.as_ref());
                    self.columns_that_name_a_record(&path, register.as_str(), values);
                    self.columns_that_are_emptied(&path, register.as_str(), values);
                }
                Effect::Change { register, state, values, .. } => {
                    self.record(&path, "change", register.as_str(), state.as_ref());
                    self.columns_that_are_emptied(&path, register.as_str(), values);
                }
                Effect::Letter { .. } | Effect::Tell { .. } | Effect::Charge { .. } => {}
            }
        }
    }

    fn record(&mut self, path: &str, verb: &str, register: &str, state: Option<&crate::ids::StateId>) {
        if !self.register(&format!("{path}.{verb}"), register) {
            return;
        }
        let town = self.town;
        let Some(register) = town.registers.get(register) else { return };
        match state {
            Some(state) if !register.states.contains_key(state) => {
                self.unknown(&format!("{path}.state"), "状態", state.as_str(), register.states.keys().map(|id| id.as_str()));
            }
            None if verb == "enter" && !register.states.is_empty() => {
                self.problem(
                    path,
                    "記録の状態がない",
                    format!("`state:` に どれかを書く：{}", names(register.states.keys().map(|id| id.as_str()))),
                );
            }
            _ => {}
        }
    }

    /// Nor may they be emptied.
    fn columns_that_are_emptied(
        &mut self,
        path: &str,
        register: &str,
        values: &indexmap::IndexMap<crate::ids::FieldId, crate::condition::Condition>,
    ) {
        let town = self.town;
        let Some(register) = town.registers.get(register) else { return };
        for column in
            register.key.iter().chain(&register.owner).filter(|column| values.get(*column).is_some_and(|value| value.may_be_null()))
        {
            let what = format!("台帳 `{}` の `{column}` は、記録を見つける手がかりなので、空にできない", register.id);
            self.problem(&format!("{path}.{column}"), what, "`null` を消す");
        }
    }

    /// A record without its key or owner could never be found again.
    fn columns_that_name_a_record(
        &mut self,
        path: &str,
        register: &str,
        values: &indexmap::IndexMap<crate::ids::FieldId, crate::condition::Condition>,
    ) {
        let town = self.town;
        let Some(register) = town.registers.get(register) else { return };
        for column in register.key.iter().chain(&register.owner) {
            // A value that did not compile has been reported already.
            let written = self.merged.find(path).and_then(|node| node.get(column.as_str())).map(Node::is_nothing);
            if !values.contains_key(column) && written.is_none() {
                self.problem(path, format!("台帳 `{}` の `{column}` に入れる値がない", register.id), format!("`{column}:` に式を書く"));
            }
        }
    }
}

fn names<'a>(ids: impl Iterator<Item = &'a str>) -> String {
    ids.collect::<Vec<_>>().join("、")
}
