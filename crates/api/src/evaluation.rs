//! What a form makes of answers now: what is wrong, warned of, asked.

use definitions::{
    field::Kind,
    form::Filled,
    ids::FieldId,
    procedure::{Procedure, Rule},
};
use serde_json::{Value, json};

use crate::{
    answers::Misshapen,
    ask::{Ask, OpenToPrograms},
    pointer,
    problem::{self, Problem, Wrong},
};

/// Below which member of the body the answers stand.
pub(crate) const ANSWERS: &str = "/answers";

impl<F: OpenToPrograms> Ask<F> {
    /// What is wrong with the answers themselves and with formal rules.
    pub(crate) fn wrong_in(&self, procedure: &Procedure, filled: &Filled) -> Vec<Wrong> {
        let of_fields = filled.problems.iter().map(|problem| {
            let (question, _) = pointer::split(procedure, &problem.path);
            let label = procedure.field(question).map(|field| self.plain(&field.label)).unwrap_or_default();
            Wrong {
                pointer: format!("{ANSWERS}{}", pointer::of(procedure, &problem.path)),
                code: problem.id.to_owned(),
                detail: self.words_of(problem.id, &label, &problem.args),
            }
        });
        let rules = filled.formal.iter().filter_map(|id| procedure.formal.get(id)).map(|rule| self.broken(procedure, rule));
        of_fields.chain(rules).collect()
    }

    pub(crate) fn broken(&self, procedure: &Procedure, rule: &Rule) -> Wrong {
        let at = rule.at.as_ref().map(|at| pointer::of(procedure, at.as_str())).unwrap_or_default();
        Wrong { pointer: format!("{ANSWERS}{at}"), code: format!("rule:{}", rule.id), detail: self.plain(&rule.say) }
    }

    /// Shapes that fit no question, as a problem.
    pub(crate) fn misshapen(&self, wrong: Vec<Misshapen>) -> Problem {
        let errors = wrong.into_iter().map(|wrong| Wrong {
            pointer: format!("{ANSWERS}{}", wrong.pointer),
            code: wrong.id.to_owned(),
            detail: self.say().text(wrong.id, &[("expected", wrong.expected.into())]),
        });
        Problem::wrong(problem::ANSWERS, errors.collect())
    }

    /// Answers that may not be filed, as a problem.
    pub(crate) fn incomplete(&self, procedure: &Procedure, filled: &Filled) -> Problem {
        Problem::wrong(problem::ANSWERS, self.wrong_in(procedure, filled))
    }

    /// All of it.
    pub(crate) fn evaluation(&self, procedure: &Procedure, filled: &Filled) -> Value {
        let warned = filled.warned.iter().filter_map(|id| procedure.merit.get(id)).map(|rule| {
            let mut said = self.broken(procedure, rule).json();
            if let Some(instead) = &rule.instead {
                said["instead"] = instead.to_string().into();
            }
            said
        });
        let asked = procedure.pages.values().flat_map(|page| page.fields.values());
        let asked = asked.filter(|field| !matches!(field.kind, Kind::Note) && filled.is_asked(field.id.as_str()));
        let documents = |field: &&definitions::field::Field| matches!(field.kind, Kind::Files { .. });
        let later = filled.later.iter().map(|path| pointer::of(procedure, path));
        json!({
            "version": procedure.version.0,
            "may_be_filed": filled.may_be_filed(),
            "wrong": self.wrong_in(procedure, filled).iter().map(Wrong::json).collect::<Vec<_>>(),
            "warned": warned.collect::<Vec<_>>(),
            "asked": asked.clone().filter(|field| !documents(field)).map(|field| format!("{ANSWERS}/{}", field.id)).collect::<Vec<_>>(),
            "documents_asked": asked.filter(documents).map(|field| field.id.to_string()).collect::<Vec<_>>(),
            "documents_may_follow": later.map(|path| path.trim_start_matches('/').replace('/', ".")).collect::<Vec<_>>(),
        })
    }

    /// A procedure of the town that programs may ask of.
    pub(crate) fn procedure(&self, id: &str) -> Result<&Procedure, Problem> {
        self.town.procedures.get(id).map(std::convert::AsRef::as_ref).ok_or(problem::NOT_FOUND.into())
    }

    /// Whether a program may begin this: it is offered online, and nobody needs to be known more surely than a program can say. Else the
    /// reason with the other ways, as the pages give them.
    pub(crate) fn may_begin(&self, procedure: &Procedure) -> Result<(), Problem> {
        use definitions::procedure::{Identity, Online, Session};
        let refused = |kind: problem::Kind| Problem::from(kind).with("channels", self.channels(procedure));
        match &procedure.channels.online {
            Online::Open => {}
            Online::Prepare(why) | Online::Closed(why) => return Err(refused(problem::NOT_OFFERED).detail(self.plain(why))),
        }
        let asked = &procedure.applicant;
        if asked.identity > Identity::SelfAsserted || asked.session > Session::None {
            let needed = json!({ "identity": asked.identity, "session": asked.session });
            return Err(refused(problem::NOT_SURE).with("needed", needed));
        }
        Ok(())
    }

    /// Every way to file, and why not by the others.
    pub(crate) fn channels(&self, procedure: &Procedure) -> Value {
        use definitions::procedure::{Channel, Online};
        let open = |channel: &Channel| match channel {
            Channel::Open => json!({ "open": true }),
            Channel::Closed(why) => json!({ "open": false, "why": self.plain(why) }),
        };
        let online = match &procedure.channels.online {
            Online::Open => json!({ "open": true }),
            Online::Prepare(why) => json!({ "open": false, "prepared": true, "why": self.plain(why) }),
            Online::Closed(why) => json!({ "open": false, "why": self.plain(why) }),
        };
        let page = format!("/procedures/{}", procedure.id);
        json!({
            "online": online,
            "counter": open(&procedure.channels.counter),
            "paper": open(&procedure.channels.paper),
            "page": page,
        })
    }
}

/// Which questions of a form stand where a correction asks, as pointers.
pub(crate) fn pointers(fields: &[FieldId]) -> Vec<String> {
    fields.iter().map(|id| format!("{ANSWERS}/{id}")).collect()
}
