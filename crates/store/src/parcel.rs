//! A message as a file: numbered, sealed to the face that it is for, signed by the face that it is from.
//!
//! ```text
//! "yakuba parcel 1\n"  epoch 8  number 8  sealed (crypto_box) to the receiver  signature 64 over all before it
//! ```
//! Who carries the folder sees numbers and sizes. Kind and id are sealed too: what a message is about is the residents' affair.

use crate::{
    Parcel, StoreError,
    keys::{Face, Keys},
};

const MAGIC: &[u8; 16] = b"yakuba parcel 1\n";
const ACK_MAGIC: &[u8; 16] = b"yakuba taken   \n";
const SIGNATURE_BYTES: usize = 64;

/// Where a parcel stands in its sender's queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) epoch: i64,
    pub(crate) number: i64,
}

impl Place {
    pub(crate) fn parcel_name(self) -> String {
        format!("{:016x}-{:012}.parcel", self.epoch, self.number)
    }

    pub(crate) fn ack_name(epoch: i64) -> String {
        format!("{epoch:016x}.taken")
    }

    /// The place that a file's name says.
    pub(crate) fn of_name(name: &str) -> Option<Place> {
        let (epoch, number) = name.strip_suffix(".parcel")?.split_once('-')?;
        let place = Place { epoch: i64::from_str_radix(epoch, 16).ok()?, number: number.parse().ok()? };
        (place.parcel_name() == name).then_some(place)
    }

    fn signed(self, magic: &[u8; 16], rest: &[u8]) -> Vec<u8> {
        [magic, &self.epoch.to_be_bytes()[..], &self.number.to_be_bytes(), rest].concat()
    }
}

/// Seals and signs.
pub(crate) fn pack(keys: &Keys, to: Face, place: Place, parcel: &Parcel) -> Result<Vec<u8>, StoreError> {
    let mut plain = Vec::with_capacity(parcel.body.len() + parcel.kind.len() + parcel.id.len() + 24);
    for part in [parcel.kind.as_bytes(), parcel.id.as_bytes(), &parcel.body] {
        plain.extend((part.len() as u64).to_be_bytes());
        plain.extend(part);
    }
    let mut file = place.signed(MAGIC, &keys.seal_to(to, &plain)?);
    let signature = keys.sign(&file);
    file.extend(signature);
    Ok(file)
}

/// Opens a file that says it stands at `place`; anything but the sender's own unchanged file is refused, with the reason.
pub(crate) fn unpack(keys: &Keys, from: Face, place: Place, file: &[u8]) -> Result<Parcel, &'static str> {
    let (signed, signature) = file.split_last_chunk::<SIGNATURE_BYTES>().ok_or("it is too short for a parcel")?;
    let head = place.signed(MAGIC, &[]);
    if !signed.starts_with(MAGIC) {
        return Err("it is no parcel");
    }
    if !keys.signed_by(from, signed, signature) {
        return Err("its signature is not the other face's, or it was changed on the way");
    }
    let sealed = signed.strip_prefix(&head[..]).ok_or("its name is not the number that was signed: it was renamed")?;
    let plain = keys.unseal_own(sealed).map_err(|_| "it is not sealed to this face")?;
    let mut rest = &plain[..];
    let mut part = || -> Option<&[u8]> {
        let (length, after) = rest.split_first_chunk::<8>()?;
        let (part, after) = after.split_at_checked(usize::try_from(u64::from_be_bytes(*length)).ok()?)?;
        rest = after;
        Some(part)
    };
    let (kind, id, body) = (part(), part(), part());
    let text = |part: Option<&[u8]>| part.and_then(|bytes| String::from_utf8(bytes.to_vec()).ok()).ok_or("its content cannot be read");
    Ok(Parcel { kind: text(kind)?, id: text(id)?, body: body.ok_or("its content cannot be read")?.to_vec() })
}

/// Says that all messages up to a number were taken.
pub(crate) fn acknowledge(keys: &Keys, place: Place) -> Vec<u8> {
    let mut file = place.signed(ACK_MAGIC, &[]);
    let signature = keys.sign(&file);
    file.extend(signature);
    file
}

/// Up to which number the other face says that it took all messages of `epoch`.
pub(crate) fn acknowledged(keys: &Keys, from: Face, epoch: i64, file: &[u8]) -> Result<i64, &'static str> {
    let (signed, signature) = file.split_last_chunk::<SIGNATURE_BYTES>().ok_or("it is too short for a receipt")?;
    if !keys.signed_by(from, signed, signature) {
        return Err("its signature is not the other face's, or it was changed on the way");
    }
    let (start, number) = signed.split_last_chunk::<8>().ok_or("it is too short for a receipt")?;
    if start != [&ACK_MAGIC[..], &epoch.to_be_bytes()].concat() {
        return Err("it is a receipt for something else");
    }
    Ok(i64::from_be_bytes(*number))
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn no_file_makes_the_hatch_stumble(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400), name in ".{0,40}") {
            let keys = crate::testing::keys();
            let place = Place { epoch: 1, number: 1 };
            proptest::prop_assert!(unpack(&keys, Face::Portal, place, &bytes).is_err());
            proptest::prop_assert!(acknowledged(&keys, Face::Portal, 1, &bytes).is_err());
            proptest::prop_assert!(Place::of_name(&name).is_none_or(|place| place.parcel_name() == name));
            // The same bytes under a true signature: what the other face itself wrote wrongly.
            let portal = keys.face(Face::Portal).expect("the town has both");
            let mut file = place.signed(MAGIC, &keys.seal_to(Face::Desk, &bytes).expect("sealed"));
            file.extend(portal.sign(&file));
            let _ = unpack(&keys.face(Face::Desk).expect("the town has both"), Face::Portal, place, &file);
        }
    }

    #[test]
    fn only_the_name_that_was_written_is_a_name() {
        let place = Place { epoch: 0x12, number: 7 };
        assert_eq!(Place::of_name(&place.parcel_name()), Some(place));
        for other in ["7.parcel", "0000000000000012-7.parcel", "0000000000000012-000000000007.parce", "..parcel", "-.parcel", ""] {
            assert_eq!(Place::of_name(other), None, "{other}");
        }
    }
}
