//! 文書の取消しと再発行: who may, what stays, what is new, and that the decision is untouched.

mod world;

use access::{LetterId, Staff};
use cases::{
    CaseNumber,
    case::{NotNow, Stage},
    decide::{self, Draft},
    event::Event,
    own::{OwnCase, Seen},
    parcel::News,
    verbs::{self, Refused, StepDone},
    voiding::{self, Mistake, Voiding},
};
use definitions::answer::Answers;
use letters::{Addressee, Listed, State};
use sha2::{Digest, Sha256};
use store::{params, testing::Place};
use world::{HANAKO, World};

struct Office {
    clerk: Staff,
    chief: Staff,
    director: Staff,
    stranger: Staff,
}

fn office(w: &World) -> Office {
    Office {
        clerk: w.hire("鈴木", "general_affairs", "clerk"),
        chief: w.hire("高橋", "general_affairs", "chief"),
        director: w.hire("伊藤", "general_division", "director"),
        stranger: w.hire("別課", "environment", "chief"),
    }
}

/// A case that was refused, whose letter the press has set.
fn refused(w: &World, place: &Place, office: &Office) -> (OwnCase, LetterId) {
    let own = w.filed("paper_request", HANAKO);
    let number = own.number;
    while w.case(number).stage.step().is_some_and(|step| step.as_str() != "propose") {
        let seen = w.case(number).row;
        w.act(&office.clerk, move |tx, acting| verbs::advance(tx, acting, number, seen, StepDone::default())).unwrap();
    }
    let seen = w.case(number).row;
    w.act(&office.clerk, move |tx, acting| {
        let draft = Draft { outcome: "refused".parse().unwrap(), reason: "文書がない。".into(), details: Answers::default() };
        decide::propose(tx, acting, number, seen, draft)
    })
    .unwrap();
    for who in [&office.chief, &office.director] {
        let seen = w.case(number).row;
        w.act(who, move |tx, acting| decide::approve(tx, acting, number, seen)).unwrap();
    }
    set(place);
    (own.clone(), listed(w, number)[0].id)
}

/// What the press does, without the press.
fn set(place: &Place) {
    place.meddle("desk", "update letter set state = 'issued', title = '不開示決定通知書', pages = 1, file = 'f' where state = 'ordered'");
}

fn listed(w: &World, number: CaseNumber) -> Vec<Listed> {
    let case = w.case(number).id;
    w.desk.read(move |tx| letters::of_case(tx, case)).unwrap()
}

fn voiding(letter: LetterId, again: bool) -> Voiding {
    let to = Addressee::person("佐藤 花子", Some("100-0009"), &["見本県見本市南町1-1"]);
    Voiding {
        letter,
        mistake: Mistake::Addressee,
        reason: "住所が違いました。".into(),
        again_to: again.then_some(to),
        told: "取り消しました。".into(),
        message: format!("void-{letter}"),
    }
}

fn void(w: &World, who: &Staff, number: CaseNumber, voiding: Voiding) -> Result<cases::Case, Refused> {
    w.act(who, move |tx, acting| voiding::void(tx, acting, number, &voiding))
}

/// The voiding as the journal has it: who, on which grant, why. Lines are sealed a moment after the commit.
fn journalled(w: &World, letter: LetterId) -> (String, String, String) {
    let lines = || w.desk.read(move |tx| tx.entries_of("letter", &letter.to_string(), 20)).unwrap();
    store::testing::until("the journal is sealed", || lines().iter().any(|line| line.what == "voided"));
    let line = lines().into_iter().find(|line| line.what == "voided").unwrap();
    (line.actor, line.authority, line.why)
}

store::on_both_engines! {
    fn a_void_letter_stays_with_its_number_and_the_new_one_has_its_own(place: Place) {
        let w = World::new(place);
        let office = office(&w);
        let (own, letter) = refused(&w, place, &office);
        let before = w.case(own.number);
        void(&w, &office.chief, own.number, voiding(letter, true)).unwrap();
        let letters = listed(&w, own.number);
        assert_eq!(letters.iter().map(|one| one.state).collect::<Vec<_>>(), [State::Voided, State::Ordered]);
        assert_eq!(letters[0].voided_on, Some(w.today()));
        assert_ne!(letters[0].document_number, letters[1].document_number);
        assert!(letters[1].document_number.ends_with("第2号"), "{}", letters[1].document_number);
        let Some(Event::LetterVoided { document_number, again, reason, .. }) =
            w.story(own.id).into_iter().find_map(|told| matches!(told.event, Event::LetterVoided { .. }).then_some(told.event)) else { panic!("a line") };
        assert_eq!((document_number, again, reason.as_str()), (letters[0].document_number.clone(), Some(letters[1].document_number.clone()), "住所が違いました。"));
        let after = w.case(own.number);
        assert_eq!(after.stage, before.stage, "the decision is untouched");
        assert!(matches!(after.stage, Stage::Decided { .. }));
        assert_eq!(w.count(&w.desk, "select count(*) from store_message where kind = 'letter.verify'"), 1, "the verify page hears of it");
        w.carry();
        let told = w.seen(own.id);
        assert!(told.iter().any(|seen| matches!(seen, Seen::Desk { news } if matches!(&**news, News::Wrote { text, .. } if text == "取り消しました。"))));
        // Made again once more, it has a third number.
        set(place);
        let second = listed(&w, own.number)[1].id;
        void(&w, &office.chief, own.number, voiding(second, true)).unwrap();
        assert!(listed(&w, own.number)[2].document_number.ends_with("第3号"));
    }

    fn a_letter_is_voided_once_and_only_after_it_was_issued(place: Place) {
        let w = World::new(place);
        let office = office(&w);
        let (own, letter) = refused(&w, place, &office);
        void(&w, &office.chief, own.number, voiding(letter, false)).unwrap();
        assert_eq!(listed(&w, own.number).len(), 1, "no other unless it is asked for");
        for again in [false, true] {
            assert!(matches!(void(&w, &office.chief, own.number, voiding(letter, again)), Err(Refused::NotNow(NotNow::Stage("voided")))));
        }
        assert_eq!(listed(&w, own.number).len(), 1, "a second press makes no second letter");
        let (other, ordered) = refused(&w, place, &office);
        place.meddle("desk", "update letter set state = 'ordered' where state = 'issued'");
        assert!(matches!(void(&w, &office.chief, other.number, voiding(ordered, false)), Err(Refused::NotNow(NotNow::Stage("ordered")))));
    }

    fn without_the_grant_without_a_reason_and_for_anothers_letter_nothing_happens(place: Place) {
        let w = World::new(place);
        let office = office(&w);
        let (own, letter) = refused(&w, place, &office);
        let (other, anothers) = refused(&w, place, &office);
        assert!(matches!(void(&w, &office.clerk, own.number, voiding(letter, true)), Err(Refused::NotPermitted(_))), "a clerk sees it and may not");
        assert!(matches!(void(&w, &office.director, own.number, voiding(letter, true)), Err(Refused::NotPermitted(_))), "who decides may not for that alone");
        assert!(matches!(void(&w, &office.stranger, own.number, voiding(letter, true)), Err(Refused::NotFound)), "another department");
        assert!(matches!(void(&w, &office.chief, own.number, voiding(anothers, true)), Err(Refused::NotFound)), "a letter of another case");
        let silent = Voiding { reason: "　\n".into(), ..voiding(letter, true) };
        assert!(matches!(void(&w, &office.chief, own.number, silent), Err(Refused::NotNow(NotNow::ReasonDue))));
        for number in [own.number, other.number] {
            assert_eq!(listed(&w, number).iter().map(|one| one.state).collect::<Vec<_>>(), [State::Issued]);
        }
        assert_eq!(w.count(&w.desk, "select count(*) from store_message where kind = 'letter.verify'"), 0);
    }

    fn a_new_addressee_that_cannot_be_printed_leaves_the_old_letter_as_it_was(place: Place) {
        let w = World::new(place);
        let office = office(&w);
        let (own, letter) = refused(&w, place, &office);
        let unprintable = Voiding { again_to: Some(Addressee::person("\u{13000}", None, &[])), ..voiding(letter, true) };
        assert!(matches!(void(&w, &office.chief, own.number, unprintable), Err(Refused::Letter(_))));
        assert_eq!(listed(&w, own.number).iter().map(|one| one.state).collect::<Vec<_>>(), [State::Issued]);
    }

    fn the_journal_names_who_voided_it_why_and_on_which_grant(place: Place) {
        let w = World::new(place);
        let office = office(&w);
        let (own, letter) = refused(&w, place, &office);
        void(&w, &office.chief, own.number, voiding(letter, false)).unwrap();
        let grant = "grant:chief_voids_letters@general_affairs".to_owned();
        assert_eq!(journalled(&w, letter), (office.chief.actor(), grant, "wrong-addressee".to_owned()));
        let row = w.desk.read(move |tx| tx.first("select voided_why from letter where id = $1", params![letter.to_string()])).unwrap().unwrap();
        assert_eq!(row.get::<String>(0).unwrap(), "wrong-addressee");
    }

    fn a_letter_of_an_earlier_release_is_known_by_the_name_that_it_had(place: Place) {
        let w = World::new(place);
        let office = office(&w);
        let (own, letter) = refused(&w, place, &office);
        let (case, procedure) = w.find_case(own.number).unwrap();
        let digest = Sha256::new().chain_update(case.id.uuid().as_bytes()).chain_update("notice").finalize();
        let old = LetterId::new(uuid::Builder::from_custom_bytes(digest[..16].try_into().unwrap()).into_uuid());
        assert_ne!(old, letter, "now the outcome stands in its name");
        assert!(voiding::can_be_made_again(&case, &procedure, letter) && voiding::can_be_made_again(&case, &procedure, old));
        let nobodys = LetterId::new(uuid::Uuid::from_u128(7));
        assert!(!voiding::can_be_made_again(&case, &procedure, nobodys));
    }
}
