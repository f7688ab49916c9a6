//! 連絡先: how to reach an applicant. Telephone only and post only are contacts too.

use definitions::{
    answer::{Answer, Answers},
    ids::FieldId,
    procedure::Procedure,
};
use serde::{Deserialize, Serialize};

/// How to reach the applicant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contacts {
    /// The applicant's name as they wrote it.
    pub name: String,
    /// Its reading.
    pub kana: String,
    /// Postal address with postal code, for letters.
    pub address: Option<String>,
    /// Mail address for notices.
    pub mail: Option<String>,
    /// Telephone number, digits only.
    pub phone: Option<String>,
}

impl Contacts {
    /// From the questions that the procedure names as the applicant's own.
    pub fn of(procedure: &Procedure, answers: &Answers) -> Contacts {
        let applicant = &procedure.applicant;
        let said = |id: &FieldId| answers.get(id.as_str()).and_then(in_one_line);
        let asked = |id: &Option<FieldId>| id.as_ref().and_then(said);
        Contacts {
            name: said(&applicant.name).unwrap_or_default(),
            kana: asked(&applicant.kana).unwrap_or_default(),
            address: asked(&applicant.address),
            mail: asked(&applicant.mail),
            phone: asked(&applicant.phone),
        }
    }
}

/// A contact as it stands on an envelope or in a list.
fn in_one_line(answer: &Answer) -> Option<String> {
    match answer {
        Answer::Text(text) | Answer::Kana(text) | Answer::Phone(text) | Answer::Mail(text) => Some(text.clone()),
        Answer::PersonName(name) => Some(name.whole()),
        Answer::Member(member) => Some(member.name.clone()),
        Answer::Address(address) => {
            let code =
                address.postal_code.as_deref().and_then(|code| code.split_at_checked(3)).map(|(area, rest)| format!("〒{area}-{rest} "));
            let building = address.building.as_deref().map(|building| format!(" {building}"));
            Some(format!("{}{}{}", code.unwrap_or_default(), address.line, building.unwrap_or_default()))
        }
        _ => None,
    }
}
