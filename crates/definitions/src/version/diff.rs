//! What differs between two versions of a procedure, for the person whose draft meets the newer one.

use indexmap::IndexMap;

use crate::{
    field::{Field, Kind},
    ids::*,
    procedure::{Page, Procedure},
    text::Text,
};

/// One difference that a person with a draft is told of. Rooms say it in words; the ids are theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// A page is new.
    PageAdded(PageId, Text),
    /// A page is gone; what was typed on it is kept with the draft, unasked.
    PageRemoved(PageId, Text),
    /// A question is new: by page.
    FieldAdded(PageId, FieldId, Text),
    /// A question is gone.
    FieldRemoved(PageId, FieldId, Text),
    /// A question takes another kind of answer, other options, or other bounds: it should be looked at again.
    FieldChanged(PageId, FieldId, Text),
    /// A question that could be left empty must be answered now.
    FieldNowRequired(PageId, FieldId, Text),
    /// It is asked under another condition.
    WhenChanged(PageId, Option<FieldId>, Text),
    /// A formal rule is new or changed.
    FormalChanged(RuleId, Text),
    /// A merit rule is new or changed.
    MeritChanged(RuleId, Text),
    /// The fee is another.
    FeeChanged(Text),
}

impl Difference {
    /// The page that it is about, if it is about one.
    pub fn page(&self) -> Option<&PageId> {
        match self {
            Difference::PageAdded(page, _)
            | Difference::FieldAdded(page, ..)
            | Difference::FieldRemoved(page, ..)
            | Difference::FieldChanged(page, ..)
            | Difference::FieldNowRequired(page, ..)
            | Difference::WhenChanged(page, ..) => Some(page),
            Difference::PageRemoved(..) | Difference::FormalChanged(..) | Difference::MeritChanged(..) | Difference::FeeChanged(_) => None,
        }
    }

    /// In Japanese, one sentence.
    pub fn words(&self) -> String {
        match self {
            Difference::PageAdded(_, title) => format!("「{}」の画面が増えました", title.ja),
            Difference::PageRemoved(_, title) => format!("「{}」の画面がなくなりました", title.ja),
            Difference::FieldAdded(_, _, label) => format!("「{}」をたずねることになりました", label.ja),
            Difference::FieldRemoved(_, _, label) => format!("「{}」はたずねないことになりました", label.ja),
            Difference::FieldChanged(_, _, label) => format!("「{}」の答え方が変わりました", label.ja),
            Difference::FieldNowRequired(_, _, label) => format!("「{}」は必ず答えることになりました", label.ja),
            Difference::WhenChanged(_, _, label) => format!("「{}」をたずねる場合が変わりました", label.ja),
            Difference::FormalChanged(_, say) | Difference::MeritChanged(_, say) => format!("確かめることが変わりました：{}", say.ja),
            Difference::FeeChanged(text) => format!("手数料が変わりました：{}", text.ja),
        }
    }
}

/// What differs from `old` to `new`, in the order of the newer form. Wording alone is no difference.
pub fn diff(old: &Procedure, new: &Procedure) -> Vec<Difference> {
    let mut found = Vec::new();
    for (id, page) in &new.pages {
        match old.pages.get(id) {
            Some(before) => pages(before, page, &mut found),
            None => found.push(Difference::PageAdded(id.clone(), page.title.clone())),
        }
    }
    for (id, page) in old.pages.iter().filter(|(id, _)| !new.pages.contains_key(*id)) {
        found.push(Difference::PageRemoved(id.clone(), page.title.clone()));
    }
    for (id, rule) in &new.formal {
        if old.formal.get(id).is_none_or(|before| before.holds != rule.holds) {
            found.push(Difference::FormalChanged(id.clone(), rule.say.clone()));
        }
    }
    for (id, rule) in &new.merit {
        if old.merit.get(id).is_none_or(|before| before.holds != rule.holds) {
            found.push(Difference::MeritChanged(id.clone(), rule.say.clone()));
        }
    }
    match (&old.fee, &new.fee) {
        (before, Some(fee)) if before.as_ref().is_none_or(|before| (before.yen, &before.amount) != (fee.yen, &fee.amount)) => {
            found.push(Difference::FeeChanged(fee.text.clone()));
        }
        _ => {}
    }
    found
}

fn pages(old: &Page, new: &Page, found: &mut Vec<Difference>) {
    if old.when != new.when {
        found.push(Difference::WhenChanged(new.id.clone(), None, new.title.clone()));
    }
    for (id, field) in &new.fields {
        match old.fields.get(id) {
            None => found.push(Difference::FieldAdded(new.id.clone(), id.clone(), field.label.clone())),
            Some(before) => fields(&new.id, before, field, found),
        }
    }
    for (id, field) in old.fields.iter().filter(|(id, _)| !new.fields.contains_key(*id)) {
        found.push(Difference::FieldRemoved(new.id.clone(), id.clone(), field.label.clone()));
    }
}

fn fields(page: &PageId, old: &Field, new: &Field, found: &mut Vec<Difference>) {
    let label = || new.label.clone();
    if kind_without_words(&old.kind) != kind_without_words(&new.kind) {
        found.push(Difference::FieldChanged(page.clone(), new.id.clone(), label()));
    }
    if new.required && !old.required {
        found.push(Difference::FieldNowRequired(page.clone(), new.id.clone(), label()));
    }
    if old.when != new.when {
        found.push(Difference::WhenChanged(page.clone(), Some(new.id.clone()), label()));
    }
}

/// A kind as data with every text emptied, so that a reworded option is no change.
fn kind_without_words(kind: &Kind) -> serde_json::Value {
    let mut value = serde_json::to_value(kind).unwrap_or_default();
    empty_texts(&mut value);
    value
}

fn empty_texts(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(map) if map.len() == 2 && map.contains_key("ja") && map.contains_key("path") => {
            *value = serde_json::Value::Null
        }
        serde_json::Value::Object(map) => map.values_mut().for_each(empty_texts),
        serde_json::Value::Array(list) => list.iter_mut().for_each(empty_texts),
        _ => {}
    }
}

/// Pages whose questions the newer version asks anew: those with a difference.
pub fn pages_to_look_at(differences: &[Difference]) -> IndexMap<PageId, Vec<&Difference>> {
    let mut pages: IndexMap<PageId, Vec<&Difference>> = IndexMap::new();
    for difference in differences {
        if let Some(page) = difference.page() {
            pages.entry(page.clone()).or_default().push(difference);
        }
    }
    pages
}
