//! # 文書の確認 Verifying
//!
//! Whoever holds a letter asks the portal whether this office issued it. The portal knows of a letter its number, its day, who sent it and
//! whether it was voided; nothing of what it says, and to whom. It learns that through the hatch.

use std::collections::BTreeMap;

use access::LetterId;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::{
    Param, Parcel, Read, StoreError, Write,
    hatch::{Failure, Receiver},
    params,
};

use crate::{code::VerifyCode, letter::RenderedLetter};

/// The hatch's name for a [`Notice`].
pub const KIND: &str = "letter.verify";

// A letter's voiding may arrive before its issuing is sent anew: once voided, it stays so.
const LEARN: &str = "insert into letter_verify (mark, document_number, sender, bears, voided_on) values ($1, $2, $3, $4, $5) \
    on conflict (mark) do update set voided_on = coalesce(letter_verify.voided_on, excluded.voided_on)";
const FIND: &str = "select document_number, sender, bears, voided_on from letter_verify where mark = $1";

/// What the desk tells the portal of a letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    mark: String,
    document_number: String,
    sender: String,
    bears: Date,
    voided_on: Option<Date>,
}

impl Notice {
    /// The notice of a letter, or of its voiding.
    pub(crate) fn of(letter: &RenderedLetter, sender: &str, voided_on: Option<Date>) -> Notice {
        Notice {
            mark: letter.verify.mark(),
            document_number: letter.document_number.clone(),
            sender: sender.to_owned(),
            bears: letter.issued_on,
            voided_on,
        }
    }

    pub(crate) fn parcel(&self, id: LetterId) -> Result<Parcel, StoreError> {
        let id = if self.voided_on.is_some() { format!("{id} voided") } else { id.to_string() };
        let body = serde_json::to_vec(self).map_err(|_| StoreError::damaged("letter_verify"))?;
        Ok(Parcel { kind: KIND.into(), id, body })
    }
}

/// What the portal says of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// 文書番号.
    pub document_number: String,
    /// Who issued it.
    pub sender: String,
    /// The day it bears.
    pub bears: Date,
    /// Since when it is no longer true.
    pub voided_on: Option<Date>,
}

/// The letter with this code, if this office issued it.
///
/// # Errors
/// When the store fails.
pub fn find(tx: &Read<'_>, code: &VerifyCode) -> Result<Option<Known>, StoreError> {
    let Some(row) = tx.first(FIND, params![code.mark()])? else { return Ok(None) };
    Ok(Some(Known { document_number: row.get(0)?, sender: row.get(1)?, bears: row.get(2)?, voided_on: row.get(3)? }))
}

/// Which of these letters, by the codes that they bear, are void, and since when. One statement, however many they are.
///
/// # Errors
/// When the store fails.
pub fn voided<'c>(tx: &Read<'_>, codes: impl IntoIterator<Item = &'c str>) -> Result<BTreeMap<String, Date>, StoreError> {
    let marks: BTreeMap<String, &str> =
        codes.into_iter().filter_map(|text| Some((VerifyCode::typed(text)?.mark(), text))).take(VOIDED_TOGETHER).collect();
    if marks.is_empty() {
        return Ok(BTreeMap::new());
    }
    let places: Vec<String> = (1..=marks.len()).map(|at| format!("${at}")).collect();
    let sql = format!("select mark, voided_on from letter_verify where voided_on is not null and mark in ({})", places.join(", "));
    let asked: Vec<Param> = marks.keys().map(Param::from).collect();
    let mut voided = BTreeMap::new();
    for row in tx.all(&sql, &asked)? {
        if let Some(code) = marks.get(&row.get::<String>(0)?) {
            voided.insert((*code).to_owned(), row.get(1)?);
        }
    }
    Ok(voided)
}

/// Nobody has more letters on one page, and no engine minds so many values.
const VOIDED_TOGETHER: usize = 500;

/// Takes [`Notice`]s at the portal.
pub struct VerifyReceiver;

impl Receiver for VerifyReceiver {
    fn kind(&self) -> &str {
        KIND
    }

    fn receive(&self, tx: &Write<'_>, parcel: &Parcel) -> Result<(), Failure> {
        let notice: Notice = serde_json::from_slice(&parcel.body)?;
        tx.run(LEARN, params![notice.mark, notice.document_number, notice.sender, notice.bears, notice.voided_on])?;
        Ok(())
    }
}
