//! Procedures: what a resident sees and what the law says.

use std::{collections::HashMap, sync::Arc};

use indexmap::IndexMap;

use super::{At, Gathered, Known, Merged, PROCEDURES, field, steps, workers::several_at_a_time};
use crate::{
    branches::Branches,
    condition::{Scope, Type},
    ids::*,
    keys::DOCUMENTS,
    library::{Kept, Print},
    procedure::*,
    read::{Entry, Node},
    register::Register,
    values, version,
};

const IDENTITIES: &[(&str, Identity)] = &[
    ("self_asserted", Identity::SelfAsserted),
    ("letter", Identity::Letter),
    ("seen", Identity::Seen),
    ("signature", Identity::Signature),
];
const SESSIONS: &[(&str, Session)] =
    &[("none", Session::None), ("contact", Session::Contact), ("passkey", Session::Passkey), ("card", Session::Card)];
const RELATIONS: &[(&str, Relation)] = &[
    ("own", Relation::Own),
    ("legal_guardian", Relation::LegalGuardian),
    ("same_household", Relation::SameHousehold),
    ("main_earner", Relation::MainEarner),
    ("delegate", Relation::Delegate),
];

/// Below so many for each, a second worker costs more than it saves.
const EACH_MIN: usize = 16;

/// What every procedure of a town is made with.
pub(super) struct Of<'a> {
    /// What every condition of the town may ask.
    pub(super) scope: &'a Scope,
    /// The town's registers.
    pub(super) registers: &'a IndexMap<RegisterId, Register>,
    /// What the town holds of people.
    pub(super) facts: &'a IndexMap<String, Type>,
}

/// All procedures. Several are made at a time, since none knows of another; those that a
/// library knows are not made again.
pub(super) fn procedures(merged: &Merged, gathered: &Gathered, known: &Known<'_>, of: &Of<'_>) -> IndexMap<ProcedureId, Arc<Procedure>> {
    let Some(document) = DOCUMENTS.iter().find(|document| document.key == "procedure") else { return IndexMap::new() };
    let members: Vec<_> = merged.section(PROCEDURES).and_then(Node::map).into_iter().flatten().collect();
    let library = known.library;
    let mut behind: HashMap<&str, Vec<Print>> = HashMap::new();
    if !known.written.is_empty() {
        let registers = of.registers.iter().map(|(id, register)| (id.as_str(), format!("{register:?}")));
        let facts = of.facts.iter().map(|(id, fact)| (id.as_str(), format!("{fact:?}")));
        for (name, shown) in registers.chain(facts) {
            behind.entry(name).or_default().extend(library.print_of(&shown));
        }
    }
    let made_of = |id: &str| library.made_of(known.written.get(id)?, &behind);
    let make = |(id, entry): &(&String, &Entry)| {
        if let Some(kept) = made_of(id).and_then(|made_of| library.find(made_of)) {
            return Made::Kept(kept);
        }
        let own = Gathered::default();
        let procedure = procedure(&At::new(&own, &entry.node, document.form, format!("{PROCEDURES}.{id}")), of.scope, of.registers);
        Made::New(procedure.map(Arc::new), own)
    };
    let made = several_at_a_time(&members, EACH_MIN, make);
    let mut procedures = IndexMap::with_capacity(members.len());
    for ((id, _), made) in members.into_iter().zip(made) {
        let procedure = match made {
            Made::Kept(Kept { procedure, texts }) => {
                gathered.parts.borrow_mut().push(texts);
                Some(procedure)
            }
            Made::New(procedure, own) => {
                let is_sound = own.problems.borrow().is_empty();
                let texts = gathered.join(own);
                if let Some((made_of, procedure)) = made_of(id).zip(procedure.as_ref()).filter(|_| is_sound) {
                    library.keep(made_of, Kept { procedure: Arc::clone(procedure), texts });
                }
                procedure
            }
        };
        procedures.extend(procedure.map(|procedure| (procedure.id.clone(), procedure)));
    }
    procedures
}

enum Made {
    Kept(Kept),
    New(Option<Arc<Procedure>>, Gathered),
}

fn branches(at: &At<'_>) -> Option<Branches> {
    let at = at.below("branches")?;
    let to = at.map("to").filter_map(|(choice, node)| Some((choice.to_owned(), node.text()?.parse().ok()?))).collect();
    let authorities = at.map("authorities").filter_map(|(choice, node)| Some((choice.to_owned(), node.text()?.parse().ok()?))).collect();
    Some(Branches { by: at.needed_id("by")?, to, authorities })
}

fn procedure(at: &At<'_>, town: &Scope, registers: &IndexMap<RegisterId, Register>) -> Option<Procedure> {
    at.line("like");
    at.key("examples");
    at.yes("complete");
    let scope = answers_scope(at, town);
    let pages = pages(at, Some(&scope));
    let later = steps::later_scope(at, &scope);
    Some(Procedure {
        id: at.id("procedure")?,
        version: version::of(at.node, at.form),
        title: at.needed_text("title"),
        summary: at.needed_text("summary"),
        words: at.lines("words").into_iter().map(str::to_owned).collect(),
        needless: at.text("needless"),
        needs: at.texts::<FieldId>("needs").into_values().collect(),
        department: at.needed_id("department")?,
        branches: branches(at),
        authority: at.needed_id("authority")?,
        life_events: at.ids("life_events"),
        law: law(at),
        channels: channels(at),
        applicant: applicant(at)?,
        minutes: at.number("minutes").unwrap_or(0),
        keep_fiscal_years: at.key("keep").and_then(|node| values::fiscal_years(node.text()?)).unwrap_or(0),
        fee: fee(at, &scope),
        classification: at.line("classification"),
        inventory: at.ids("inventory"),
        pages,
        formal: rules(at, "formal", &scope),
        merit: rules(at, "merit", &scope),
        steps: steps::steps(at, &later, registers),
        outcomes: steps::outcomes(at, &scope, registers),
        straight_through: straight_through(at, &scope),
        drafts: drafts(at),
    })
}

/// Types first: every question of the form by its id, so that conditions may stand before what they ask about.
fn answers_scope(at: &At<'_>, town: &Scope) -> Scope {
    let quiet = at.gathered.quiet.replace(true);
    let pages = pages(at, None);
    at.gathered.quiet.set(quiet);
    // A question that could not be understood has been reported; whatever a condition says of it may stand.
    let written = at.each::<PageId>("pages").into_iter().flat_map(|(_, page)| page.map("fields").map(|(id, _)| id).collect::<Vec<_>>());
    let scope = written.fold(town.clone(), |scope, id| scope.with(id, Type::Any));
    pages.values().fold(scope, |scope, page| scope.with_fields(&page.fields))
}

fn pages(at: &At<'_>, scope: Option<&Scope>) -> IndexMap<PageId, Page> {
    let pages = at.each::<PageId>("pages").into_iter().map(|(id, at)| Page {
        id,
        title: at.needed_text("title"),
        lead: at.text("lead"),
        when: at.condition("when", scope, &Type::Bool),
        fields: field::fields(&at, "fields", scope),
    });
    pages.map(|page| (page.id.clone(), page)).collect()
}

fn rules(at: &At<'_>, key: &str, scope: &Scope) -> IndexMap<RuleId, Rule> {
    let rules = at.each::<RuleId>(key).into_iter().filter_map(|(id, at)| {
        Some(Rule {
            id,
            holds: at.condition("holds", Some(scope), &Type::Bool)?,
            say: at.needed_text("say"),
            at: at.id("at"),
            instead: at.id("instead"),
        })
    });
    rules.map(|rule| (rule.id.clone(), rule)).collect()
}

/// Looked at afterwards, of a hundred, where the folder does not say.
const SAMPLE_PERCENT: u8 = 5;

fn straight_through(at: &At<'_>, answers: &Scope) -> Option<StraightThrough> {
    let own = at.below("straight_through")?;
    let scope = steps::straight_scope(at, answers);
    let criteria = own.each::<RuleId>("criteria").into_iter().filter_map(|(id, at)| {
        Some((id, Criterion { title: at.needed_text("title"), holds: at.condition("holds", Some(&scope), &Type::Bool)? }))
    });
    Some(StraightThrough {
        criteria: criteria.collect(),
        outcome: own.needed_id("outcome")?,
        sample_percent: own.number("sample").unwrap_or(SAMPLE_PERCENT),
    })
}

fn law(at: &At<'_>) -> Law {
    let Some(at) = at.below("law") else {
        let basis = at.needed_text("law");
        return Law {
            basis,
            standard_period: None,
            statutory_limit: None,
            extension: None,
            extension_named: false,
            extension_letter: None,
            special_extension_letter: None,
            correction_excluded: false,
            disposition: false,
        };
    };
    Law {
        basis: at.needed_text("basis"),
        standard_period: at.period("standard_period"),
        statutory_limit: at.period("statutory_limit"),
        extension: at.period("extension"),
        extension_named: at.line("extension").as_deref() == Some("named"),
        extension_letter: at.id("extension_letter"),
        special_extension_letter: at.id("special_extension_letter"),
        correction_excluded: at.yes("correction_excluded").unwrap_or(false),
        disposition: at.yes("disposition").unwrap_or(false),
    }
}

fn channels(at: &At<'_>) -> Channels {
    let at = at.below("channels");
    let channel = |name: &str| match at.as_ref().and_then(|at| Some((at, at.line(name)?))) {
        Some((at, line)) if line != "yes" => Channel::Closed(at.needed_text(name)),
        _ => Channel::Open,
    };
    let prepare = || Some(Online::Prepare(at.as_ref()?.below("online")?.needed_text("prepare")));
    let online = || match channel("online") {
        Channel::Open => Online::Open,
        Channel::Closed(why) => Online::Closed(why),
    };
    Channels { online: prepare().unwrap_or_else(online), counter: channel("counter"), paper: channel("paper"), line: channel("line") }
}

fn applicant(at: &At<'_>) -> Option<Applicant> {
    let Some(at) = at.below("applicant") else {
        return Some(Applicant {
            who: at.needed_text("applicant"),
            acts_for: None,
            relation: Relation::Own,
            identity: Identity::Signature,
            session: Session::Card,
            name: at.needed_id("applicant")?,
            kana: None,
            address: None,
            mail: None,
            phone: None,
        });
    };
    Some(Applicant {
        who: at.needed_text("who"),
        acts_for: at.id("acts_for"),
        relation: at.word("relation", RELATIONS).unwrap_or_default(),
        identity: at.word("identity", IDENTITIES).unwrap_or(Identity::Signature),
        session: at.word("session", SESSIONS).unwrap_or(Session::Card),
        name: at.needed_id("name")?,
        kana: at.id("kana"),
        address: at.id("address"),
        mail: at.id("mail"),
        phone: at.id("phone"),
    })
}

fn fee(at: &At<'_>, scope: &Scope) -> Option<Fee> {
    let at = at.below("fee")?;
    if at.key("yen").is_some() && at.key("amount").is_some() {
        at.gathered.problem(at.place(), "額が二とおりに書かれている", "`yen:`（決まった額）か `amount:`（式）の一方にする");
    }
    Some(Fee { yen: at.number("yen"), amount: at.condition("amount", Some(scope), &Type::Int), text: at.needed_text("text") })
}

fn drafts(at: &At<'_>) -> DraftRule {
    let Some(at) = at.below("drafts") else { return DraftRule::Keep };
    at.line("on_change");
    let pages = at.ids("ask_again");
    match (at.moment("close"), pages.is_empty()) {
        (Some(moment), _) => DraftRule::Close(moment),
        (None, false) => DraftRule::AskAgain(pages),
        (None, true) => DraftRule::Keep,
    }
}
