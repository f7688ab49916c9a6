//! Keys open what they sealed and nothing else; files come back as they were put or not at all.

use std::{collections::HashSet, fs, os::unix::fs::PermissionsExt, time::Duration};

use store::{
    StoreError,
    files::{FILE_BYTES_MAX, FileRef, Files},
    keys::{Face, Keys},
    testing::Place,
};

fn town(place: &Place) -> Keys {
    Keys::init(&place.folder().join("town.key")).expect("a key").0
}

#[test]
fn the_key_file_is_its_owners_and_never_overwritten() {
    let place = Place::sqlite();
    let path = place.folder().join("keys/town.key");
    let (keys, _) = Keys::init(&path).expect("a key");
    assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
    assert!(Keys::init(&path).is_err());
    assert_eq!(Keys::open(&path).expect("opens").mac("x", b"y"), keys.mac("x", b"y"));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("changed");
    assert!(matches!(Keys::open(&path), Err(StoreError::Key(why)) if why.contains("chmod 600")));
}

#[test]
fn the_sheet_brings_the_key_back() {
    let place = Place::sqlite();
    let (keys, sheet) = Keys::init(&place.folder().join("town.key")).expect("a key");
    let sealed = keys.seal("account", "普通 1234567".as_bytes()).expect("sealed");
    let recovered = Keys::recover(&sheet.to_string().lines().map(|line| &line[4..]).collect::<String>(), &place.folder().join("again.key"));
    assert_eq!(recovered.expect("recovered").unseal("account", &sealed).expect("opens"), "普通 1234567".as_bytes());
    assert!(Keys::recover("0000", &place.folder().join("third.key")).is_err());
}

#[test]
fn what_is_sealed_opens_for_its_purpose_and_unchanged_only() {
    let keys = town(&Place::sqlite());
    let mut sealed = keys.seal("individual-number", b"123456789018").expect("sealed");
    assert_ne!(sealed, keys.seal("individual-number", b"123456789018").expect("sealed"), "the same twice looks different");
    assert!(keys.unseal("account", &sealed).is_err());
    for at in 0..sealed.len() {
        sealed[at] ^= 1;
        assert!(keys.unseal("individual-number", &sealed).is_err(), "byte {at}");
        sealed[at] ^= 1;
    }
    assert!(keys.unseal("individual-number", b"short").is_err());
    assert_eq!(keys.unseal("individual-number", &sealed).expect("opens"), b"123456789018");
    assert!(keys.mac_fits("find", b"1", &keys.mac("find", b"1")));
    assert!(!keys.mac_fits("find", b"1", &keys.mac("find", b"2")));
    assert!(!keys.mac_fits("find", b"1", &keys.mac("other", b"1")));
}

#[test]
fn a_machine_with_the_portals_keys_opens_nothing_of_the_desk() {
    let place = Place::sqlite();
    let town = town(&place);
    let path = place.folder().join("portal.key");
    town.save_face(Face::Portal, &path).expect("saved");
    let portal = Keys::open(&path).expect("opens");
    let desk = town.face(Face::Desk).expect("the town has both");
    assert!(portal.face(Face::Desk).is_err());
    assert!(portal.unseal("x", &desk.seal("x", b"secret").expect("sealed")).is_err());
    let to_desk = portal.seal_to(Face::Desk, b"filed").expect("sealed");
    assert!(portal.unseal_own(&to_desk).is_err(), "not even what it sealed itself");
    assert_eq!(desk.unseal_own(&to_desk).expect("opens"), b"filed");
    let signature = portal.sign(b"filed");
    assert!(desk.signed_by(Face::Portal, b"filed", &signature));
    assert!(!desk.signed_by(Face::Desk, b"filed", &signature));
    assert!(!desk.signed_by(Face::Portal, b"Filed", &signature));
    assert_eq!(town.face(Face::Portal).expect("the same").mac("x", b"y"), portal.mac("x", b"y"));
}

#[test]
fn a_file_comes_back_as_it_was_put_and_the_disk_holds_none_of_it() {
    let place = Place::sqlite();
    let files = Files::open(&place.folder().join("files"), town(&place)).expect("opens");
    let content = "罹災証明書の写真".repeat(100).into_bytes();
    let (one, two) = (files.put(&content).expect("put"), files.put(&content).expect("put"));
    assert_ne!(one.address(), two.address(), "nothing is shared between cases");
    assert_eq!(files.get(&one).expect("got"), content);
    assert_eq!(files.get(&one.to_string().parse::<FileRef>().expect("a reference")).expect("got"), content);
    let on_disk = fs::read(path_of(&place, &one)).expect("there");
    assert!(!on_disk.windows(12).any(|part| part == &content[..12]));
    assert_eq!(files.get(&files.put(b"").expect("put")).expect("got"), b"");
    assert!(files.put(&vec![0; FILE_BYTES_MAX + 1]).is_err());
}

#[test]
fn a_changed_missing_foreign_or_forged_file_is_refused() {
    let place = Place::sqlite();
    let files = Files::open(&place.folder().join("files"), town(&place)).expect("opens");
    let (one, two) = (files.put(b"one").expect("put"), files.put(b"two").expect("put"));
    let other_place = Place::sqlite();
    let stranger = Files::open(&place.folder().join("files"), town(&other_place)).expect("opens");
    assert!(stranger.get(&one).is_err(), "a backup without the key is ciphertext");
    let swapped = FileRef(one.0.replace(one.address(), two.address()));
    assert!(files.get(&swapped).is_err());
    for forged in ["", "x", "../../town.key", "../../../../../../../../../../../../../../../../../../../etc/passwd.00", &"あ".repeat(64)] {
        assert!(files.get(&FileRef(forged.to_owned())).is_err(), "{forged}");
        assert!(forged.parse::<FileRef>().is_err(), "{forged}");
    }
    let mut bytes = fs::read(path_of(&place, &one)).expect("there");
    bytes[30] ^= 1;
    fs::write(path_of(&place, &one), bytes).expect("changed");
    assert!(matches!(files.get(&one), Err(StoreError::Damaged(_))));
    fs::remove_file(path_of(&place, &one)).expect("removed");
    assert!(files.get(&one).is_err());
}

#[test]
fn a_sweep_takes_old_orphans_and_leaves_what_rows_refer_to() {
    let place = Place::sqlite();
    let files = Files::open(&place.folder().join("files"), town(&place)).expect("opens");
    let (kept, orphan) = (files.put(b"kept").expect("put"), files.put(b"orphan").expect("put"));
    let referenced = HashSet::from([kept.address().to_owned()]);
    assert_eq!(files.sweep(&referenced, Duration::from_secs(3600)).expect("swept"), 0, "it may be on its way into a row");
    assert_eq!(files.sweep(&referenced, Duration::ZERO).expect("swept"), 1);
    assert_eq!(files.get(&kept).expect("got"), b"kept");
    assert!(files.get(&orphan).is_err());
}

#[test]
fn a_file_is_removed_for_good_and_nothing_else_is() {
    let place = Place::sqlite();
    let files = Files::open(&place.folder().join("files"), town(&place)).expect("opens");
    let (one, two) = (files.put(b"one").expect("put"), files.put(b"two").expect("put"));
    files.remove(&one).expect("removed");
    files.remove(&one).expect("removed already");
    assert!(files.get(&one).is_err());
    assert_eq!(files.get(&two).expect("got"), b"two");
    for forged in ["", "../../town.key", &"あ".repeat(64)] {
        assert!(files.remove(&FileRef(forged.to_owned())).is_err(), "{forged}");
    }
}

fn path_of(place: &Place, file: &FileRef) -> std::path::PathBuf {
    let address = file.address();
    place.folder().join("files").join(&address[..2]).join(&address[2..4]).join(address)
}
