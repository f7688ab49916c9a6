//! What one face says, the other does: once, in order, whatever happens on the way.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use store::{
    Desk, Migration, Parcel, Portal, Store, Write,
    hatch::{self, Failure, FolderSide, NotYet, Pass, Receiver},
    keys::{Face, Keys},
    on_both_engines, params,
    testing::{Place, until},
};

const FILED: Migration =
    Migration { name: "filed-0001", sql: "create table filed (place bigint primary key, id text not null, times bigint not null)" };

/// Writes down each case in the order in which it came.
struct Clerk {
    is_ill: AtomicBool,
}

impl Receiver for Clerk {
    fn kind(&self) -> &str {
        "filed"
    }

    fn receive(&self, tx: &Write<'_>, parcel: &Parcel) -> Result<(), Failure> {
        let id = String::from_utf8(parcel.body.clone())?;
        let place = "insert into filed (place, id, times) values ((select count(*) from filed), $1, 1)";
        tx.run(place, params![&id])?;
        if id == "poison" && self.is_ill.load(Ordering::Relaxed) {
            return Err("the clerk cannot read this".into());
        }
        Ok(())
    }
}

/// Waits for a form that is not here yet.
struct Patient {
    is_there: AtomicBool,
}

impl Receiver for Patient {
    fn kind(&self) -> &str {
        "filed"
    }

    fn receive(&self, tx: &Write<'_>, parcel: &Parcel) -> Result<(), Failure> {
        match parcel.body.as_slice() {
            b"early" if !self.is_there.load(Ordering::Relaxed) => Err(NotYet("the form is not here yet".to_owned()).into()),
            b"poison" => Err("the clerk cannot read this".into()),
            _ => Clerk { is_ill: AtomicBool::new(false) }.receive(tx, parcel),
        }
    }
}

fn clerk() -> Vec<Arc<dyn Receiver>> {
    vec![Arc::new(Clerk { is_ill: AtomicBool::new(true) })]
}

fn faces(place: &Place) -> (Portal, Desk) {
    (Portal::new(place.open("portal", &[FILED])), Desk::new(place.open("desk", &[FILED])))
}

fn file(store: &Store, id: &str) {
    let parcel = Parcel { kind: "filed".to_owned(), id: format!("id-{id}"), body: id.as_bytes().to_vec() };
    store.write(move |tx| tx.send(&parcel)).expect("sent");
}

fn filed(store: &Store) -> Vec<String> {
    let rows = store.read(|tx| tx.all("select id from filed order by place", params![])).expect("read");
    rows.iter().map(|row| row.get(0).expect("an id")).collect()
}

fn keys(place: &Place) -> Keys {
    let path = place.folder().join("town.key");
    Keys::open(&path).unwrap_or_else(|_| Keys::init(&path).expect("a key").0)
}

/// Both ends of a folder; the hatch's thread only calls `pass`, so the tests do.
fn ends(place: &Place, portal: &Store, desk: &Store) -> (FolderSide, FolderSide, PathBuf) {
    let (keys, folder) = (keys(place), place.folder().join("hatch"));
    let up = FolderSide::open(portal, Face::Portal, &keys, &folder, clerk()).expect("opens");
    let down = FolderSide::open(desk, Face::Desk, &keys, &folder, clerk()).expect("opens");
    (up, down, folder.join("to-desk"))
}

/// Sends until the sealer has numbered what was filed and `count` parcels lie in the folder.
fn send(side: &FolderSide, folder: &Path, count: usize) {
    until("the parcels are written", || {
        side.pass().expect("looked");
        parcels(folder).len() == count
    });
}

fn parcels(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("there").map(|entry| entry.expect("an entry").path());
    let mut found: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|end| end == "parcel")).collect();
    found.sort();
    found
}

fn whys(pass: &Pass) -> Vec<&str> {
    pass.refused.iter().map(|refused| refused.why.as_str()).collect()
}

on_both_engines! {
    fn within_one_process_a_message_arrives_at_once_and_in_order(place: Place) {
        let (portal, desk) = faces(place);
        let hatch = hatch::local(&portal, &desk, clerk(), clerk()).expect("runs");
        for number in 0..50 {
            file(&portal, &format!("{number:02}"));
        }
        file(&desk, "answer");
        until("all arrived", || filed(&desk).len() == 50 && filed(&portal) == ["answer"]);
        assert_eq!(filed(&desk), (0..50).map(|number| format!("{number:02}")).collect::<Vec<_>>());
        hatch.stop();
        file(&portal, "while it was closed");
        let _hatch = hatch::local(&portal, &desk, clerk(), clerk()).expect("runs");
        until("it arrived after the start", || filed(&desk).len() == 51);
    }

    fn a_message_that_is_not_committed_is_not_sent_and_the_same_id_is_done_once(place: Place) {
        let (portal, desk) = faces(place);
        let refused: Result<(), store::StoreError> = portal.write(|tx| {
            tx.send(&Parcel { kind: "filed".to_owned(), id: "id-no".to_owned(), body: b"no".to_vec() })?;
            Err(store::StoreError::Other("no".to_owned()))
        });
        assert!(refused.is_err());
        file(&portal, "1");
        file(&portal, "1");
        file(&portal, "2");
        until("all arrived", || { hatch::carry_all(&portal, &desk, &clerk(), &[]).expect("carried"); filed(&desk).len() == 2 });
        assert_eq!(filed(&desk), ["1", "2"]);
        hatch::replay_from(&portal, &desk, 1).expect("again");
        assert_eq!(hatch::carry_all(&portal, &desk, &clerk(), &[]).expect("carried"), 3, "all are looked at again");
        assert_eq!(filed(&desk), ["1", "2"], "and nothing is done twice");
    }

    fn a_poison_message_is_set_aside_and_the_queue_goes_on(place: Place) {
        let (portal, desk) = faces(place);
        for id in ["before", "poison", "after"] {
            file(&portal, id);
        }
        portal.write(|tx| tx.send(&Parcel { kind: "unknown".to_owned(), id: "1".to_owned(), body: vec![] })).expect("sent");
        until("the queue goes on", || {
            hatch::carry_all(&portal, &desk, &clerk(), &[]).expect("carried");
            desk.read(|tx| tx.dead_parcels(10)).expect("read").len() == 2
        });
        assert_eq!(filed(&desk), ["before", "after"]);
        let dead = desk.read(|tx| tx.dead_parcels(10)).expect("read");
        assert_eq!((dead[0].id.as_str(), dead[0].error.as_deref()), ("id-poison", Some("the clerk cannot read this")));
        assert_eq!(dead[1].error.as_deref(), Some("nobody here receives \"unknown\""));
        assert!(hatch::resume(&desk, &clerk(), "filed", "id-poison").is_err(), "the clerk is still ill");
        assert_eq!(desk.read(|tx| tx.dead_parcels(10)).expect("read")[0].failures, dead[0].failures + 1);
        let well: Arc<dyn Receiver> = Arc::new(Clerk { is_ill: AtomicBool::new(false) });
        assert!(hatch::resume(&desk, &[well], "filed", "id-poison").expect("done"));
        assert!(!hatch::resume(&desk, &clerk(), "filed", "id-poison").expect("nothing is left"));
        assert_eq!(filed(&desk), ["before", "after", "poison"]);
    }

    fn a_message_whose_time_has_not_come_waits_without_a_try_and_the_others_pass_it(place: Place) {
        let (portal, desk) = faces(place);
        let patient = Arc::new(Patient { is_there: AtomicBool::new(false) });
        let receivers: Vec<Arc<dyn Receiver>> = vec![patient.clone()];
        for id in ["before", "early", "after"] {
            file(&portal, id);
        }
        until("the queue goes on", || { hatch::carry_all(&portal, &desk, &receivers, &[]).expect("carried"); filed(&desk).len() == 2 });
        let (dead, waiting) = desk.read(|tx| Ok::<_, store::StoreError>((tx.dead_parcels(10)?, tx.waiting_parcels(10)?))).expect("read");
        assert_eq!(dead, [], "it is no dead letter");
        assert_eq!((waiting[0].id.as_str(), waiting[0].failures), ("id-early", 0));
        assert_eq!(waiting[0].error.as_deref(), Some("the form is not here yet"));
        assert!(desk.read(|tx| tx.is_set_aside("filed", "id-early")).expect("read"));
        for _ in 0..6 {
            assert_eq!(hatch::try_waiting(&desk, &receivers).expect("tried"), 0);
            assert!(hatch::resume(&desk, &receivers, "filed", "id-early").is_err(), "by hand neither");
        }
        assert_eq!(desk.read(|tx| tx.waiting_parcels(10)).expect("read"), waiting, "however often it is tried, it waits");
        patient.is_there.store(true, Ordering::Relaxed);
        assert_eq!(hatch::try_waiting(&desk, &receivers).expect("tried"), 1);
        assert_eq!(filed(&desk), ["before", "after", "early"]);
        assert!(!desk.read(|tx| tx.is_set_aside("filed", "id-early")).expect("read"));
        assert_eq!(hatch::try_waiting(&desk, &receivers).expect("nothing waits"), 0);
    }

    fn a_hatch_that_starts_tries_what_waited(place: Place) {
        let (portal, desk) = faces(place);
        let early: Arc<dyn Receiver> = Arc::new(Patient { is_there: AtomicBool::new(false) });
        file(&portal, "early");
        until("it waits", || {
            hatch::carry_all(&portal, &desk, std::slice::from_ref(&early), &[]).expect("carried");
            desk.read(|tx| tx.waiting_parcels(10)).expect("read").len() == 1
        });
        let (keys, folder) = (keys(place), place.folder().join("hatch"));
        let now: Arc<dyn Receiver> = Arc::new(Patient { is_there: AtomicBool::new(true) });
        let (_down, _) = hatch::folder(&desk, Face::Desk, &keys, &folder, vec![now]).expect("runs");
        until("it was done", || filed(&desk) == ["early"]);
    }

    fn through_a_folder_what_was_receipted_is_forgotten_and_nothing_else(place: Place) {
        let (portal, desk) = faces(place);
        let (up, down, folder) = ends(place, &portal, &desk);
        let bodies = || portal.read(|tx| tx.first("select count(*) from store_message", params![])).expect("read").expect("a row").get::<i64>(0).expect("a count");
        for id in ["1", "2"] {
            file(&portal, id);
        }
        send(&up, &folder, 2);
        let (soon, long_ago) = (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1), jiff::Timestamp::now() - jiff::SignedDuration::from_hours(1));
        assert_eq!(up.forget_taken(soon).expect("looked"), 0, "nobody has receipted them");
        assert_eq!(down.pass().expect("looked").received, 2);
        file(&portal, "3");
        until("it is numbered", || { up.pass().expect("looked"); parcels(&folder).len() == 1 });
        // As right after a start: this end has not looked at the folder yet.
        let (again, _, _) = ends(place, &portal, &desk);
        assert_eq!(again.forget_taken(long_ago).expect("looked"), 0, "they are too young");
        assert_eq!(again.forget_taken(soon).expect("looked"), 2);
        assert_eq!(bodies(), 1, "what is not receipted stays");
        assert_eq!(again.pass().expect("looked").refused, []);
        assert_eq!(down.pass().expect("looked").received, 1);
        assert_eq!(filed(&desk), ["1", "2", "3"], "the queue goes on behind what was forgotten");
        again.pass().expect("looked");
        assert!(parcels(&folder).is_empty(), "no file of them is left");
        assert_eq!(again.forget_taken(soon).expect("looked"), 1);
    }

    fn through_a_folder_messages_arrive_and_their_files_go(place: Place) {
        let (portal, desk) = faces(place);
        let (up, down, folder) = ends(place, &portal, &desk);
        for id in ["1", "2", "3"] {
            file(&portal, id);
        }
        send(&up, &folder, 3);
        let on_disk = fs::read(&parcels(&folder)[0]).expect("read");
        assert!(!on_disk.windows(5).any(|part| part == b"filed"), "who carries the folder reads nothing");
        assert_eq!(down.pass().expect("looked").received, 3);
        assert_eq!(filed(&desk), ["1", "2", "3"]);
        up.pass().expect("looked");
        assert!(parcels(&folder).is_empty(), "receipted parcels are tidied away");
        file(&desk, "answer");
        until("the answer is there", || { down.pass().expect("looked"); up.pass().expect("looked"); filed(&portal) == ["answer"] });
        assert_eq!(down.pass().expect("looked"), Pass::default());
    }

    fn the_running_folder_carries_both_ways(place: Place) {
        let (portal, desk) = faces(place);
        let (keys, folder) = (keys(place), place.folder().join("hatch"));
        let (_up, _) = hatch::folder(&portal, Face::Portal, &keys, &folder, clerk()).expect("runs");
        let (_down, side) = hatch::folder(&desk, Face::Desk, &keys, &folder, clerk()).expect("runs");
        file(&portal, "question");
        file(&desk, "answer");
        until("both arrived", || filed(&desk) == ["question"] && filed(&portal) == ["answer"]);
        assert_eq!(side.last_pass().refused, []);
    }

    fn tampered_renamed_and_foreign_files_are_refused_and_listed_and_the_true_ones_come_again(place: Place) {
        let (portal, desk) = faces(place);
        let (up, down, folder) = ends(place, &portal, &desk);
        for id in ["1", "2", "3", "4"] {
            file(&portal, id);
        }
        send(&up, &folder, 4);
        let files = parcels(&folder);
        let mut tampered = fs::read(&files[1]).expect("read");
        let middle = tampered.len() / 2;
        tampered[middle] ^= 1;
        fs::write(&files[1], tampered).expect("written");
        fs::copy(&files[0], &files[3]).expect("a copy under a later number");
        fs::write(folder.join("readme.txt"), "hello").expect("written");
        fs::write(folder.join(files[0].file_name().expect("a name").to_string_lossy().replace(".parcel", ".parcel.parcel")), "x").expect("written");
        let pass = down.pass().expect("never an error");
        assert_eq!((pass.received, pass.missing), (1, Some(2)));
        assert_eq!(filed(&desk), ["1"], "what comes after a gap waits");
        assert_eq!(pass.refused.len(), 4, "{pass:?}");
        assert!(whys(&pass).contains(&"its signature is not the other face's, or it was changed on the way"));
        assert!(whys(&pass).contains(&"its name is not the number that was signed: it was renamed"));
        assert!(whys(&pass).contains(&"nobody of this hatch writes such files"));
        up.pass().expect("writes them anew");
        assert_eq!(down.pass().expect("looked").received, 3);
        assert_eq!(filed(&desk), ["1", "2", "3", "4"]);
        assert_eq!(fs::read_dir(folder.join("refused")).expect("there").count(), 2, "the evidence is kept");
    }

    fn a_deleted_parcel_is_written_again_and_a_replayed_one_does_nothing(place: Place) {
        let (portal, desk) = faces(place);
        let (up, down, folder) = ends(place, &portal, &desk);
        for id in ["1", "2"] {
            file(&portal, id);
        }
        send(&up, &folder, 2);
        let first = parcels(&folder)[0].clone();
        let kept = fs::read(&first).expect("read");
        fs::remove_file(&first).expect("removed");
        let pass = down.pass().expect("looked");
        assert_eq!((pass.received, pass.missing), (0, Some(1)));
        up.pass().expect("looked");
        down.pass().expect("looked");
        assert_eq!(filed(&desk), ["1", "2"]);
        fs::write(&first, &kept).expect("replayed");
        assert_eq!(down.pass().expect("looked").received, 0);
        assert_eq!(filed(&desk), ["1", "2"]);
    }

    fn parcels_and_receipts_of_another_town_are_refused(place: Place) {
        let (portal, desk) = faces(place);
        let (up, down, folder) = ends(place, &portal, &desk);
        file(&portal, "1");
        send(&up, &folder, 1);
        let stranger = Place::sqlite();
        let other = stranger.open("portal", &[FILED]);
        file(&other, "forged");
        let forger = FolderSide::open(&other, Face::Portal, &keys(&stranger), stranger.folder(), vec![]).expect("opens");
        send(&forger, &stranger.folder().join("to-desk"), 1);
        let forged = parcels(&stranger.folder().join("to-desk"))[0].clone();
        let name = parcels(&folder)[0].clone();
        let truth = fs::read(&name).expect("read");
        fs::copy(&forged, folder.join(forged.file_name().expect("a name"))).expect("slipped in");
        let pass = down.pass().expect("looked");
        assert_eq!((pass.received, pass.refused.len()), (1, 1));
        assert_eq!(filed(&desk), ["1"]);
        let receipt = fs::read_dir(&folder).expect("there").map(|entry| entry.expect("an entry").path()).find(|path| path.extension().is_some_and(|end| end == "taken")).expect("a receipt");
        let mut forged_receipt = fs::read(&receipt).expect("read");
        forged_receipt[31] = 9;
        fs::write(&receipt, forged_receipt).expect("forged");
        fs::write(&name, truth).expect("still there");
        assert_eq!(whys(&up.pass().expect("looked")), ["its signature is not the other face's, or it was changed on the way"]);
        assert!(parcels(&folder).contains(&name), "nothing is deleted on a forger's word");
        assert!(FolderSide::open(&portal, Face::Portal, &{ keys(place).save_face(Face::Desk, &place.folder().join("d.key")).expect("saved"); Keys::open(&place.folder().join("d.key")).expect("opens") }, place.folder(), vec![]).is_err());
    }
}
