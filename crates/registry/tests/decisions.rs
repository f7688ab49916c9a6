//! What an outcome of a procedure does to a register, as its definition says it, on both engines.

mod town;

use access::{CaseId, RecordId};
use definitions::{
    condition::{Condition, Names, Scope, Type, Value},
    facts, kinds,
    procedure::Effect,
};
use jiff::civil::{Date, date};
use registry::{
    record_rows,
    records::{self, Cause, Doing, Refused, RegisterError},
};
use store::{Desk, StoreError};
use town::{desk, mihon, resident_id};
use uuid::Uuid;

/// The answers of a case: which child, which facility, from when, until when.
struct Case {
    child: Value,
    facility: &'static str,
    start: Value,
    last: Value,
}

impl Names for Case {
    fn value(&self, name: &str) -> Value {
        match name {
            "child" => self.child.clone(),
            "facility" => Value::text(self.facility),
            "start" => self.start.clone(),
            "last" => self.last.clone(),
            _ => Value::Absent,
        }
    }

    fn holds(&self, _: &str, _: &str, _: Date) -> Value {
        Value::Unknown
    }
}

fn case() -> Case {
    let child = facts::Person { id: Some(resident_id(2).to_string()), name: "佐藤 さくら".into(), ..facts::Person::default() };
    Case { child: kinds::person_value(&child), facility: "chuo", start: Value::Date(date(2026, 4, 1)), last: Value::Absent }
}

fn expression(source: &str) -> Condition {
    let scope = Scope::empty().with("child", Type::Any).with("facility", Type::Text).with("start", Type::Date).with("last", Type::Date);
    Condition::compile_as(source, &scope, &Type::Any).unwrap()
}

fn enters() -> Effect {
    Effect::Enter {
        register: "afterschool_membership".parse().unwrap(),
        values: [("child", "child"), ("facility", "facility")]
            .into_iter()
            .map(|(id, source)| (id.parse().unwrap(), expression(source)))
            .collect(),
        state: Some("member".parse().unwrap()),
        from: Some(expression("start")),
        until: None,
    }
}

fn leaves() -> Effect {
    Effect::Change {
        register: "afterschool_membership".parse().unwrap(),
        of: expression("child"),
        values: Default::default(),
        state: Some("left".parse().unwrap()),
        from: Some(expression("last")),
        until: Some(expression("last")),
    }
}

/// From the first day on the child goes to no facility; nothing is said of the last column.
fn empties() -> Effect {
    let scope = Scope::empty().with("facility", Type::Text).with("last", Type::Date);
    let column = |source: &str, of: Type| Condition::compile_column(source, &scope, &of).unwrap();
    Effect::Change {
        register: "afterschool_membership".parse().unwrap(),
        of: expression("child"),
        values: [("facility", column("has(last) ? facility : null", Type::Text))]
            .into_iter()
            .map(|(id, value)| (id.parse().unwrap(), value))
            .collect(),
        state: None,
        from: Some(expression("start")),
        until: None,
    }
}

fn carry_out(desk: &Desk, effect: Effect, case: Case, record: u128) -> Result<Option<RecordId>, Refused> {
    let cause = Cause::Decision { case: CaseId::new(Uuid::from_u128(9)) };
    let now = "2026-03-01T00:00:00Z".parse().unwrap();
    let doing = Doing { actor: "staff:1".into(), authority: "grant:x".into(), cause, today: date(2026, 3, 1), now };
    let id = RecordId::new(Uuid::from_u128(record));
    desk.write(move |tx| records::carry_out(tx, &mihon(), &doing, &effect, &case, id)).map_err(|error| match error {
        RegisterError::Refused(refused) => refused,
        RegisterError::Store(error) => panic!("{error}"),
    })
}

fn holds(desk: &Desk, on: Date) -> bool {
    let register = "afterschool_membership".parse().unwrap();
    desk.read::<_, StoreError>(move |tx| record_rows::holds(tx, &register, &resident_id(2).to_string(), on)).unwrap()
}

store::on_both_engines! {
    fn a_decision_enters_the_child_from_its_first_day_and_its_leave_ends_it(place: Place) {
        let desk = desk(place);
        carry_out(&desk, enters(), case(), 1).unwrap();
        carry_out(&desk, enters(), case(), 1).unwrap();
        assert!(!holds(&desk, date(2026, 3, 31)) && holds(&desk, date(2026, 4, 1)));
        let leave = || Case { last: Value::Date(date(2026, 9, 30)), ..case() };
        carry_out(&desk, leaves(), leave(), 2).unwrap();
        assert!(holds(&desk, date(2026, 9, 30)) && !holds(&desk, date(2026, 10, 1)));
        let fact = desk.read::<_, StoreError>(|tx| record_rows::of_owner(tx, &resident_id(2).to_string())).unwrap();
        assert_eq!(fact.last().unwrap().stretch.state.as_ref().unwrap().as_str(), "left");
        assert!(matches!(fact[0].cause, Cause::Decision { .. }));
    }

    fn without_a_first_day_a_record_begins_on_the_day_of_the_decision(place: Place) {
        let desk = desk(place);
        carry_out(&desk, enters(), Case { start: Value::Absent, ..case() }, 1).unwrap();
        assert!(holds(&desk, date(2026, 3, 1)) && !holds(&desk, date(2026, 2, 28)));
    }

    fn a_decision_that_the_register_does_not_take_is_refused_whole(place: Place) {
        let desk = desk(place);
        assert_eq!(carry_out(&desk, leaves(), Case { last: Value::Date(date(2026, 9, 30)), ..case() }, 1), Err(Refused::NothingToChange));
        carry_out(&desk, enters(), case(), 1).unwrap();
        let taken = carry_out(&desk, enters(), Case { facility: "midori", ..case() }, 2);
        assert_eq!(taken, Err(Refused::Taken { record: RecordId::new(Uuid::from_u128(1)) }));
        let odd = carry_out(&desk, enters(), Case { start: Value::Bool(true), ..case() }, 3);
        assert_eq!(odd, Err(Refused::NoDays));
        let journal = "select count(*) from store_entry where kind = 'register'";
        let lines = desk.read::<_, StoreError>(move |tx| tx.first(journal, store::params![])?.unwrap().get::<i64>(0)).unwrap();
        assert_eq!(lines, 1, "only what was entered stands in the journal");
    }

    fn a_column_that_a_definition_empties_holds_nothing_from_that_day_and_what_was_not_answered_stays(place: Place) {
        let desk = desk(place);
        carry_out(&desk, enters(), case(), 1).unwrap();
        let facility = |desk: &Desk| {
            let facts = desk.read::<_, StoreError>(|tx| record_rows::of_owner(tx, &resident_id(2).to_string())).unwrap();
            facts.iter().map(|fact| fact.stretch.values.get("facility").is_some()).collect::<Vec<_>>()
        };
        let later = || Case { start: Value::Date(date(2026, 6, 1)), ..case() };
        carry_out(&desk, empties(), Case { facility: "chuo", last: Value::Date(date(2026, 9, 30)), ..later() }, 2).unwrap();
        assert_eq!(facility(&desk), [true], "the same value changes nothing");
        carry_out(&desk, empties(), later(), 3).unwrap();
        assert_eq!(facility(&desk), [true, false], "before June it stands as it stood");
    }
}
