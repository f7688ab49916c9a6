//! The town itself: office, look, languages, departments, roles, grants.

use std::{collections::HashMap, sync::Arc};

use indexmap::IndexMap;
use jp::{
    calendar::{BusinessCalendar, ClosedDays, ClosedRule},
    holiday::Holidays,
    number::LocalGovernmentCode,
};

use super::{At, Gathered, Known, Merged, authority::authority, mapping, message, procedure, register, round};
use crate::{
    cast::{Cast, CastResident, CastStaff},
    condition::{Scope, Type},
    department::{Department, Role},
    field::Sensitivity,
    grant::{Act, Grant, RecordKind, Scope as GrantScope},
    ids::*,
    inventory::InventoryId,
    keys::{DOCUMENTS, nearest},
    letter::LetterTemplate,
    place::{TownMap, ZOOMS},
    read::Node,
    sources::Sources,
    text::{Language, Text},
    town::{Completeness, LifeEvent, Look, Office, Town},
    words::Translations,
};

pub(super) const SENSITIVITIES: &[(&str, Sensitivity)] = &[
    ("ordinary", Sensitivity::Ordinary),
    ("tax", Sensitivity::Tax),
    ("health", Sensitivity::Health),
    ("child_welfare", Sensitivity::ChildWelfare),
    ("individual_number", Sensitivity::IndividualNumber),
];

/// The town, as far as it can be made.
pub(super) fn town(merged: &Merged, gathered: &Gathered, sources: &Sources, known: &Known<'_>) -> Option<Town> {
    let document = DOCUMENTS.iter().find(|document| document.key == "town")?;
    let at = At::new(gathered, merged.section("town")?, document.form, "town");
    at.id::<TownId>("over");
    let collections = Collections { merged, gathered };
    let registers = register::registers(merged, gathered);
    let person_facts = register::columns(&at, "person_facts");
    let facts: IndexMap<String, Type> =
        person_facts.iter().filter_map(|(id, column)| Some((id.as_str().to_owned(), register::column_type(&column.kind)?))).collect();
    let scope = Scope::of_town(registers.keys(), &facts);
    let registers = register::with_counters(registers, merged, gathered);
    let procedures = procedure::procedures(merged, gathered, known, &procedure::Of { scope: &scope, registers: &registers, facts: &facts });
    let mappings = mapping::mappings(merged, gathered, &scope, &procedures);
    let rounds = round::rounds(merged, gathered, &scope, &procedures);
    Some(Town {
        id: at.id("town")?,
        name: at.needed_text("name"),
        kana: at.line("kana"),
        code: code(&at),
        office: office(&at).unwrap_or_else(no_office),
        look: look(&at, merged),
        languages: languages(&at),
        closed: closed(&at),
        staff_hour: at.number("staff_hour"),
        map: map(&at),
        authorities: at
            .each("authorities")
            .into_iter()
            .filter_map(|(id, at)| Some((AuthorityId::clone(&id), authority(id, &at)?)))
            .collect(),
        person_facts,
        departments: collections.each("departments", department),
        roles: collections.each("roles", role),
        grants: collections.each("grants", grant).into_values().collect(),
        procedures,
        registers,
        mappings,
        rounds: rounds.into_iter().map(|round| (round.id.clone(), Arc::new(round))).collect(),
        letters: letters(&collections),
        letter_parts: letter_parts(merged),
        messages: message::messages(merged, gathered),
        life_events: collections.each("life_events", life_event),
        words: merged.words.clone(),
        translations: Translations::of(merged.translations.clone()),
        cast: Cast { residents: collections.each("residents", resident), staff: collections.each("staff", staff) },
        pictures: merged.pictures.iter().map(|(name, bytes)| (name.clone(), Arc::clone(bytes))).collect::<HashMap<_, _>>(),
        postal: Arc::new(crate::postal::PostalCodes::of(sources.postal.clone())),
        inventory_excluded: inventory_excluded(merged, gathered),
        digest: sources.digest(),
    })
}

/// 取り扱う手続: a town that says `offers:` takes in those and no others, whatever it lies over. What is left out was checked all the same.
pub(super) fn keep_offered(town: &mut Town, merged: &Merged, gathered: &Gathered) {
    let Some(document) = DOCUMENTS.iter().find(|document| document.key == "town") else { return };
    let Some(node) = merged.section("town") else { return };
    let Some(offers) = At::new(gathered, node, document.form, "town").key("offers") else { return };
    let mut offered = Vec::new();
    for item in offers.list().into_iter().flatten() {
        let id = item.text().unwrap_or_default();
        if town.procedures.contains_key(id) {
            offered.push(id.to_owned());
        } else {
            gathered.problem(&item.place, format!("手続 `{id}` がない"), "手続の id（ファイルの procedure:）を書く");
        }
    }
    town.procedures.retain(|id, _| offered.iter().any(|offered| offered == id.as_str()));
    let procedures = &town.procedures;
    town.rounds.retain(|_, round| procedures.contains_key(&round.procedure));
}

/// Maps of things by id, from any file.
struct Collections<'a> {
    merged: &'a Merged,
    gathered: &'a Gathered,
}

impl<'a> Collections<'a> {
    fn each<I, T>(&self, name: &'static str, make: impl Fn(I, &At<'a>) -> Option<T>) -> IndexMap<I, T>
    where
        I: std::str::FromStr + std::hash::Hash + Eq + Clone,
    {
        let Some(document) = DOCUMENTS.iter().find(|document| document.key == name) else { return IndexMap::new() };
        let Some(node) = self.merged.section(name) else { return IndexMap::new() };
        let Some(crate::keys::Shape::Map(crate::keys::Shape::Form(form))) = document.form.key(name).map(|key| key.shape) else {
            return IndexMap::new();
        };
        self.gathered.asked.borrow_mut().insert((document.form.name, name));
        let members = node.map().into_iter().flatten();
        members
            .filter_map(|(id, entry)| {
                let at = At::new(self.gathered, &entry.node, form, format!("{name}.{id}"));
                let id: I = id.parse().ok()?;
                Some((id.clone(), make(id, &at)?))
            })
            .collect()
    }
}

fn code(at: &At<'_>) -> Option<String> {
    let node = at.key("code")?;
    let code = node.text()?;
    if code.len() != 6 || LocalGovernmentCode::parse(code).is_err() {
        at.gathered.problem(&node.place, format!("`{code}` は全国地方公共団体コードではない"), "検査数字までの 6 桁を引用符で囲んで書く");
    }
    Some(code.to_owned())
}

fn office(at: &At<'_>) -> Option<Office> {
    let at = at.below("office")?;
    Some(Office {
        post: at.line("post")?,
        address: at.needed_text("address"),
        phone: at.line("phone")?,
        hours: at.needed_text("hours"),
        mail: at.line("mail"),
    })
}

/// How closely a map is shown at first, when nothing else is said: a neighbourhood.
const ZOOM: u8 = 15;

fn map(at: &At<'_>) -> Option<TownMap> {
    let at = at.below("map")?;
    let wrong = |key: &str, what: &str, hint: &str| {
        let place = at.key(key).map_or_else(|| at.place(), |node| &node.place);
        at.gathered.problem(place, what, hint);
    };
    let tiles = at.line("tiles")?;
    // A map of one's own on the same machine needs no certificate.
    let is_safe = tiles.starts_with("https://") || tiles.starts_with("http://127.0.0.1:");
    if !is_safe || !["{z}", "{x}", "{y}"].iter().all(|part| tiles.contains(part)) {
        wrong("tiles", "地図の画像のありかとして読めない", "https:// から始まり、{z}・{x}・{y} の入った URL を書く");
    }
    let center = at
        .line("center")?
        .parse()
        .map_err(|_| wrong("center", "日本の中の位置として読めない", "北緯,東経 を書く（35.681236,139.767125）"))
        .ok()?;
    let zoom = at.number("zoom").unwrap_or(ZOOM);
    if !ZOOMS.contains(&zoom) {
        wrong("zoom", "地図の大きさが範囲にない", "5 から 18 までを書く");
    }
    Some(TownMap { tiles, credit: at.needed_text("credit"), center, zoom: zoom.clamp(*ZOOMS.start(), *ZOOMS.end()) })
}

/// The nation and a prefecture's shared folder have no office; they are loaded to be checked, never served.
fn no_office() -> Office {
    Office { post: String::new(), address: Text::default(), phone: String::new(), hours: Text::default(), mail: None }
}

fn look(at: &At<'_>, merged: &Merged) -> Look {
    let Some(at) = at.below("look") else { return Look { key_colour: "green".to_owned(), seal: None, mark: None } };
    let picture = |key: &str| {
        let node = at.key(key)?;
        let name = node.text()?;
        if !merged.pictures.contains_key(name) {
            let near = nearest(name, merged.pictures.keys().map(String::as_str));
            let hint = near.map_or_else(|| format!("まちのフォルダに {name} を置く"), |near| format!("`{near}` のことか"));
            at.gathered.problem(&node.place, format!("`{name}` というファイルがない"), hint);
        }
        Some(name.to_owned())
    };
    Look { key_colour: at.line("key_colour").unwrap_or_else(|| "green".to_owned()), seal: picture("seal"), mark: picture("mark") }
}

fn languages(at: &At<'_>) -> IndexMap<Language, Completeness> {
    let mut languages = IndexMap::from([(Language::Ja, Completeness::Complete)]);
    let Some(at) = at.below("languages") else { return languages };
    let words = &[("complete", Completeness::Complete), ("partial", Completeness::Partial)];
    for language in Language::ALL {
        if let Some(completeness) = at.word(language.code(), words) {
            languages.insert(language, completeness);
        }
    }
    languages
}

fn closed(at: &At<'_>) -> BusinessCalendar {
    let mut rules = Vec::new();
    for node in at.key("closed").and_then(Node::list).into_iter().flatten() {
        let Some(word) = node.text() else { continue };
        match word.parse::<ClosedDays>() {
            Ok(days) => rules.push(ClosedRule::always(days)),
            Err(_) => {
                let hint = "saturday、sunday、holiday、12-29..01-03、2026-05-01 のように書く";
                at.gathered.problem(&node.place, format!("`{word}` は閉庁日として読めない"), hint);
            }
        }
    }
    let weekdays = rules.iter().filter(|rule| matches!(rule.days, ClosedDays::Weekday(_))).count();
    if weekdays >= 7 {
        at.gathered.problem(at.place(), "開いている曜日がない", "`closed:` の曜日を減らす");
        return BusinessCalendar::common();
    }
    BusinessCalendar::new(rules, Vec::new(), Holidays::by_law())
}

fn department(id: DepartmentId, at: &At<'_>) -> Option<Department> {
    Some(Department {
        id,
        name: at.needed_text("name"),
        phone: at.line("phone"),
        mail: at.line("mail"),
        place: at.text("place"),
        under: at.id("under"),
        mark: at.line("mark"),
    })
}

fn role(id: RoleId, at: &At<'_>) -> Option<Role> {
    Some(Role { id, name: at.needed_text("name"), stand_in: at.id("stand_in"), one_for_each: at.id("one_for_each") })
}

fn grant(id: GrantId, at: &At<'_>) -> Option<Grant> {
    let only_if = at.condition("only_if", Some(&grant_scope()), &Type::Bool);
    Some(Grant {
        id,
        role: at.id("role")?,
        department: at.id("department"),
        may: at.lines("may").into_iter().filter_map(Act::from_word).collect(),
        record: RecordKind::from_word(&at.line("record")?)?,
        scope: GrantScope::from_word(&at.line("scope")?)?,
        sensitivity: at.word("sensitivity", SENSITIVITIES).unwrap_or_default(),
        only_if,
        until: at.day("until"),
    })
}

/// What a grant's `only_if` may ask of a record.
fn grant_scope() -> Scope {
    let record = ["step", "procedure", "department", "channel", "register", "state"].map(|name| (name, Type::Text));
    Scope::empty().with("it", Type::record("record", record)).with("today", Type::Date)
}

/// Rows of the national inventory that are not the town's, with the reason.
fn inventory_excluded(merged: &Merged, gathered: &Gathered) -> IndexMap<InventoryId, String> {
    const KEY: &str = "inventory_excluded";
    let Some(document) = DOCUMENTS.iter().find(|document| document.key == KEY) else { return IndexMap::new() };
    gathered.asked.borrow_mut().insert((document.form.name, KEY));
    let rows = merged.section(KEY).and_then(Node::map).into_iter().flatten();
    rows.filter_map(|(id, entry)| Some((id.parse().ok()?, entry.node.text()?.to_owned()))).collect()
}

fn life_event(id: LifeEventId, at: &At<'_>) -> Option<LifeEvent> {
    Some(LifeEvent { id, title: at.needed_text("title"), words: at.lines("words").into_iter().map(str::to_owned).collect() })
}

fn letters(collections: &Collections<'_>) -> IndexMap<LetterId, LetterTemplate> {
    collections.each("letters", |id: LetterId, at| {
        let title = at.needed_text("title");
        let form = at.text("form");
        let Some((file, source)) = collections.merged.letters.get(id.as_str()) else {
            let names = collections.merged.letters.keys().map(String::as_str);
            let hint = match nearest(id.as_str(), names) {
                Some(near) => format!("letters/{near}.typ のことか"),
                None => format!("letters/{id}.typ を置く"),
            };
            at.gathered.problem(at.place(), format!("文書 `{id}` のひな形がない"), hint);
            return None;
        };
        Some(LetterTemplate { id, title, form, file: Arc::clone(file), source: Arc::clone(source) })
    })
}

/// Files of `letters/` that have no title are there to be imported by those that have one.
fn letter_parts(merged: &Merged) -> IndexMap<String, Arc<str>> {
    let parts = merged.letters.iter().filter(|(name, _)| merged.find(&format!("letters.{name}")).is_none());
    parts.map(|(name, (_, source))| (format!("{name}.typ"), Arc::clone(source))).collect()
}

fn resident(id: CastId, at: &At<'_>) -> Option<CastResident> {
    let records = at
        .map("records")
        .filter_map(|(register, node)| {
            let values = node.map()?.iter().filter_map(|(column, entry)| Some((column.clone(), entry.node.text()?.to_owned())));
            Some((register.parse().ok()?, values.collect()))
        })
        .collect();
    Some(CastResident {
        id,
        name: at.line("name")?,
        kana: at.line("kana"),
        born: at.day("born")?,
        household: at.line("household"),
        relation: at.line("relation").unwrap_or_else(|| "head".to_owned()),
        address: at.line("address"),
        post: at.line("post"),
        phone: at.line("phone"),
        mail: at.line("mail"),
        residence: at.line("residence"),
        languages: at.lines("languages").into_iter().filter_map(Language::from_code).collect(),
        protected_until: at.day("protected"),
        note: at.line("note"),
        records,
        facts: at.map("facts").filter_map(|(id, node)| Some((id.parse().ok()?, node.text()?.to_owned()))).collect(),
    })
}

fn staff(id: CastId, at: &At<'_>) -> Option<CastStaff> {
    Some(CastStaff { id, name: at.line("name")?, department: at.id("department")?, role: at.id("role")?, note: at.line("note") })
}
