//! Programs: what lets one in and what does not, on both engines, and what passes the hatch.

use std::collections::BTreeSet;

use access::{
    ProgramId,
    program::{self, Admitted, NotAdmitted, NotIssued, Program, Scope, Secret},
};
use jiff::{Timestamp, ToSpan};
use store::{Desk, Portal, hatch, keys::Face, params, testing::Place};

fn now() -> Timestamp {
    "2026-11-24T01:48:00Z".parse().unwrap()
}

fn program(scopes: &[Scope], procedures: &[&str]) -> Program {
    Program {
        id: ProgramId::draw(now()),
        name: "子育てアプリ".into(),
        department: "children".parse().unwrap(),
        scopes: scopes.iter().copied().collect(),
        procedures: procedures.iter().map(|id| id.parse().unwrap()).collect(),
        ends_on: "2027-03-31".parse().unwrap(),
        issued_by: "staff:1".into(),
        issued_at: now(),
        revoked_at: None,
        used_at: None,
    }
}

struct World {
    portal: Portal,
    desk: Desk,
}

impl World {
    fn new(place: &Place) -> World {
        World {
            portal: Portal::new(place.open("portal", access::PORTAL_MIGRATIONS)),
            desk: Desk::new(place.open("desk", access::DESK_MIGRATIONS)),
        }
    }

    fn issue(&self, program: &Program) -> Secret {
        let secret = Secret::draw(program.id).unwrap();
        let (program, given) = (program.clone(), secret.clone());
        self.desk.write(move |tx| program::issue(tx, &program, &given, "grant:x@y")).unwrap();
        self.carry();
        secret
    }

    fn carry(&self) {
        let (up, down) = (program::desk_receivers(), program::portal_receivers());
        // On PostgreSQL a parcel gets its number a moment after the commit.
        store::testing::until("a parcel came through", || hatch::carry_all(&self.portal, &self.desk, &up, &down).unwrap() > 0);
    }

    fn at_portal(&self, secret: &Secret, at: Timestamp) -> Result<Admitted, NotAdmitted> {
        let secret = secret.clone();
        self.portal.write(move |tx| program::admit(tx, Face::Portal, &secret, at)).unwrap()
    }

    fn at_desk(&self, secret: &Secret, at: Timestamp) -> Result<Admitted, NotAdmitted> {
        let secret = secret.clone();
        self.desk.write(move |tx| program::admit(tx, Face::Desk, &secret, at)).unwrap()
    }

    fn revoke(&self, id: ProgramId) -> bool {
        self.desk.write(move |tx| program::revoke(tx, id, "staff:2", "grant:x@y", now())).unwrap()
    }
}

store::on_both_engines! {
    fn a_secret_opens_its_own_scopes_on_each_face_until_its_last_day(place: Place) {
        let w = World::new(place);
        let issued = program(&[Scope::CasesFile, Scope::ResultsWrite], &["dog_registration"]);
        let secret = w.issue(&issued);
        let admitted = w.at_portal(&secret, now()).unwrap();
        assert_eq!(admitted.scopes, BTreeSet::from([Scope::CasesFile]), "what is the desk's is not known here");
        assert!(admitted.reaches(&"dog_registration".parse().unwrap()) && !admitted.reaches(&"disclosure".parse().unwrap()));
        assert_eq!(w.at_desk(&secret, now()).unwrap().scopes, BTreeSet::from([Scope::ResultsWrite]));
        let last_moment: Timestamp = "2027-03-31T14:59:59Z".parse().unwrap();
        assert!(w.at_portal(&secret, last_moment).is_ok());
        assert_eq!(w.at_portal(&secret, last_moment + 1.second()), Err(NotAdmitted::Expired));
        assert_eq!(w.at_desk(&secret, last_moment + 1.second()), Err(NotAdmitted::Expired));
    }

    fn another_secret_and_a_revoked_one_open_nothing(place: Place) {
        let w = World::new(place);
        let issued = program(&[Scope::CasesFile], &[]);
        let secret = w.issue(&issued);
        assert_eq!(w.at_portal(&Secret::draw(issued.id).unwrap(), now()), Err(NotAdmitted::Unknown), "the right name with a guessed secret");
        assert_eq!(w.at_portal(&Secret::draw(ProgramId::draw(now())).unwrap(), now()), Err(NotAdmitted::Unknown));
        assert!(w.revoke(issued.id));
        assert!(w.at_portal(&secret, now()).is_ok(), "until the hatch has carried it");
        w.carry();
        assert_eq!(w.at_portal(&secret, now()), Err(NotAdmitted::Revoked));
        assert_eq!(w.at_desk(&secret, now()), Err(NotAdmitted::Revoked));
        assert!(!w.revoke(issued.id), "twice changes nothing");
        let kept = w.desk.read(move |tx| program::by_id(tx, issued.id)).unwrap().unwrap();
        assert_eq!((kept.revoked_at, kept.name.as_str()), (Some(now()), "子育てアプリ"));
    }

    fn a_revocation_that_overtakes_its_issuing_stays(place: Place) {
        let w = World::new(place);
        let issued = program(&[Scope::CasesFile], &[]);
        let secret = w.issue(&issued);
        w.revoke(issued.id);
        w.carry();
        // The portal was restored from a backup and all parcels come again.
        hatch::replay_from(&w.desk, &w.portal, 1).unwrap();
        w.carry();
        assert_eq!(w.at_portal(&secret, now()), Err(NotAdmitted::Revoked));
    }

    fn the_secret_is_kept_nowhere_and_each_issue_is_journalled(place: Place) {
        let w = World::new(place);
        let issued = program(&[Scope::CasesFile], &[]);
        let secret = w.issue(&issued);
        let shown = secret.shown();
        let hidden = shown.rsplit('_').next().unwrap().to_owned();
        let marks = w.desk.read(|tx| tx.all("select mark, name from program", params![])).unwrap();
        assert!(marks.iter().all(|row| !row.get::<String>(0).unwrap().contains(&hidden)));
        w.revoke(issued.id);
        let lines = || w.desk.read(move |tx| tx.entries_of("program", &issued.id.to_string(), 10)).unwrap();
        store::testing::until("both lines are sealed", || lines().len() == 2);
        let told = lines();
        let what: Vec<_> = told.iter().map(|entry| (entry.what.as_str(), entry.actor.as_str())).collect();
        assert_eq!(what, [("revoked", "staff:2"), ("issued", "staff:1")]);
    }

    fn the_desk_learns_once_a_day_that_a_program_came(place: Place) {
        let w = World::new(place);
        let issued = program(&[Scope::CasesFile], &[]);
        let secret = w.issue(&issued);
        let used = |w: &World| w.desk.read(move |tx| program::by_id(tx, issued.id)).unwrap().unwrap().used_at;
        assert_eq!(used(&w), None);
        w.at_portal(&secret, now()).unwrap();
        w.at_portal(&secret, now() + 10.minutes()).unwrap();
        w.carry();
        assert!(used(&w).is_some());
    }

    fn who_asks_too_often_waits_and_others_do_not(place: Place) {
        let w = World::new(place);
        let (one, other) = (program(&[Scope::CasesFile], &[]), program(&[Scope::CasesFile], &[]));
        let (secret, calm) = (w.issue(&one), w.issue(&other));
        let first = secret.clone();
        let left = w.portal.write(move |tx| {
            let mut left = 0;
            for _ in 0..program::REQUESTS.most + 5 {
                left += u32::from(program::admit(tx, Face::Portal, &first, now())?.is_ok());
            }
            Ok::<_, store::StoreError>(left)
        });
        assert_eq!(left.unwrap(), program::REQUESTS.most);
        assert!(matches!(w.at_portal(&secret, now()), Err(NotAdmitted::TooMany(_))));
        assert!(w.at_portal(&calm, now()).is_ok());
        assert!(w.at_portal(&secret, now() + 1.second()).is_ok());
    }
}

#[test]
fn what_is_no_secret_is_none_and_a_secret_reads_back() {
    let secret = Secret::draw(ProgramId::draw(now())).unwrap();
    assert_eq!(Secret::read(&secret.shown()), Some(secret.clone()));
    assert!(!format!("{secret:?}").contains(secret.shown().rsplit('_').next().unwrap()));
    let shown = secret.shown();
    for text in ["", "yk", "yk_", "yk__", &shown[1..], &shown[..shown.len() - 1], &format!("{shown}A"), &shown.replace("yk_", "xx_")] {
        assert_eq!(Secret::read(text), None, "{text}");
    }
}

#[test]
fn a_program_is_named_bound_and_ends() {
    let today = "2026-11-24".parse().unwrap();
    let good = program(&[Scope::CasesFile], &[]);
    assert_eq!(good.check(today), Ok(()));
    assert_eq!(Program { name: "  ".into(), ..good.clone() }.check(today), Err(NotIssued::Name));
    assert_eq!(Program { name: "長".repeat(81), ..good.clone() }.check(today), Err(NotIssued::Name));
    assert_eq!(Program { scopes: BTreeSet::new(), ..good.clone() }.check(today), Err(NotIssued::NoScope));
    assert_eq!(program(&[Scope::CasesDecidedRead], &[]).check(today), Err(NotIssued::Unbound));
    assert_eq!(program(&[Scope::CasesDecidedRead], &["dog_registration"]).check(today), Ok(()));
    assert_eq!(Program { ends_on: "2026-11-23".parse().unwrap(), ..good.clone() }.check(today), Err(NotIssued::LastDay));
    assert_eq!(Program { ends_on: "2036-11-23".parse().unwrap(), ..good }.check(today), Err(NotIssued::LastDay));
}
