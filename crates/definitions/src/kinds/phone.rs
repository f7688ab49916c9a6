//! 電話番号: as people write it; kept as digits, a foreign one with +.

use jp::phone::{PhoneError, PhoneKind};

use super::{Parsed, Wrong, written::Written};
use crate::answer::Answer;

/// 電話番号.
pub(super) const PHONE: Written =
    Written { read, line: |answer| if let Answer::Phone(phone) = answer { Some(phone) } else { None }, shown: jp::phone::grouped };

fn read(typed: &str) -> Parsed {
    let id = match jp::phone::Phone::parse(typed) {
        Ok(phone) if phone.kind() == PhoneKind::Abroad => return Ok(Some(Answer::Phone(phone.e164().to_owned()))),
        Ok(phone) => return Ok(Some(Answer::Phone(phone.national()))),
        Err(PhoneError::Empty) => return Ok(None),
        Err(PhoneError::NotDigits) => "kind-phone-not-digits",
        Err(PhoneError::Short) => "kind-phone-short",
        Err(PhoneError::NoAreaCode) => "kind-phone-area-code",
        Err(PhoneError::Length) => "kind-phone-length",
    };
    Err(vec![Wrong::whole(id)])
}
