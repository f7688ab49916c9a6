//! What is printed into the boxes of a sheet that is only to be signed.

use definitions::{
    answer::{Answer, Answers},
    field::Field,
    form::Filled,
    ids::PageId,
    kinds,
    procedure::{Page, Procedure},
    typed::Typed,
};
use indexmap::IndexMap;

/// Answers, as they would be typed into the boxes. What must be given anew (署名, 同意, 個人番号) is not among them, nor is anything that was
/// not understood: such a box stays empty and is filled in by hand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prefill {
    /// By the names of the inputs.
    pub(crate) typed: Typed,
    /// How many documents came with it, by question.
    pub(crate) files: IndexMap<String, usize>,
    /// Pages that are not shown.
    hidden_pages: Vec<PageId>,
    /// Questions that are not asked.
    hidden: std::collections::BTreeSet<String>,
    /// What may be chosen where that comes from a register, by question.
    pub(crate) listed: std::collections::BTreeMap<String, definitions::facts::Listing>,
    /// 準備番号: how a clerk takes the draft over. Nothing personal.
    pub(crate) code: Option<String>,
}

impl Prefill {
    /// Of a form as it was filled in. `code` is the draft's code without hyphens, where a clerk may take it over.
    pub fn of(procedure: &Procedure, filled: &Filled, code: Option<String>) -> Prefill {
        let mut prefill = Prefill {
            hidden_pages: filled.pages.iter().filter(|page| !page.visible).map(|page| page.id.clone()).collect(),
            hidden: filled.hidden.clone(),
            listed: filled.listed.clone(),
            code,
            ..Prefill::default()
        };
        let fields: Vec<&Field> = procedure.pages.values().flat_map(|page| page.fields.values()).collect();
        prefill.type_back(&fields, &filled.answers, "");
        prefill
    }

    fn type_back(&mut self, fields: &[&Field], answers: &Answers, prefix: &str) {
        for field in fields {
            let path = format!("{prefix}{}", field.id);
            match answers.get(field.id.as_str()) {
                None => {}
                Some(_) if field.kind.is_given_anew() => {}
                Some(Answer::Group(rows)) => {
                    self.typed.set(definitions::typed::rows_name(&path), [rows.len().to_string()]);
                    let inner: Vec<&Field> = field.kind.group_fields().into_iter().flat_map(|fields| fields.values()).collect();
                    for (row, answers) in rows.iter().enumerate() {
                        self.type_back(&inner, answers, &format!("{path}.{row}."));
                    }
                }
                // On paper a member of the household is a name and a day, not an id of the registry.
                Some(Answer::Member(member)) => {
                    let by_hand = Answer::Member(definitions::answer::Member { id: None, ..member.clone() });
                    kinds::type_back(&by_hand, &path, &mut self.typed);
                }
                Some(Answer::PersonName(name)) => self.typed.set(path, [name.whole()]),
                Some(answer @ (Answer::Files(_) | Answer::Papers(_))) => {
                    self.files.insert(path, answer.attached().len().max(1));
                }
                Some(answer) => kinds::type_back(answer, &path, &mut self.typed),
            }
        }
    }

    pub(crate) fn shows(&self, page: &Page) -> bool {
        !self.hidden_pages.contains(&page.id)
    }

    pub(crate) fn asks(&self, path: &str) -> bool {
        !self.hidden.contains(path)
    }
}
