//! 収受: the residents' side stands outside. What the desk can know by itself it does not take from a parcel; what no portal of ours sends is
//! refused; all else is taken in, and staff read what does not fit.

mod world;

use std::sync::Arc;

use cases::{
    Channel,
    attachments::ReceiveFile,
    case::Stage,
    event::{Doubt, Event, Who},
    own::OwnState,
    parcel::{Filed, Up},
    receiving,
    verbs::{self, Correction, Refused},
};
use definitions::{
    answer::Answer,
    procedure::{Identity, Online, Procedure, Version},
};
use jiff::{SignedDuration, ToSpan};
use store::{Parcel, files::Files, hatch::NotYet, hatch::Receiver, keys::Face, params};
use world::*;

/// What an honest portal sent, under another case and number: as if it were another filing.
fn another_filing(w: &World, change: impl FnOnce(&mut Filed)) -> Up {
    let mut filed = honest(w);
    filed.case = access::CaseId::new(uuid::Uuid::from_u128(77)).to_string();
    filed.number = w.number().plain();
    change(&mut filed);
    Up::Filed(filed)
}

fn honest(w: &World) -> Box<Filed> {
    w.ups().into_iter().find_map(|up| if let Up::Filed(filed) = up { Some(filed) } else { None }).expect("one was filed")
}

fn cases(w: &World) -> i64 {
    w.count(&w.desk, "select count(*) from case_")
}

fn why(done: Result<(), store::hatch::Failure>) -> String {
    done.expect_err("it is refused").to_string()
}

/// The desk's town with one procedure changed, its version left as it is.
fn with_procedure(w: &World, id: &str, change: impl FnOnce(&mut Procedure)) {
    let mut town = town();
    let procedure = town.procedures.get_mut(id).unwrap();
    change(Arc::make_mut(procedure));
    w.town.replace(town);
}

fn doubts(w: &World, case: access::CaseId) -> Vec<Doubt> {
    let told = w.story(case).into_iter().filter(|told| told.who == Who::System);
    told.filter_map(|told| if let Event::Doubted { doubts } = told.event { Some(doubts) } else { None }).flatten().collect()
}

const FORGED: access::CaseId = access::CaseId::new(uuid::Uuid::from_u128(77));

store::on_both_engines! {
    fn what_no_portal_of_ours_sends_is_refused_with_a_reason_that_says_nothing_of_the_person(place: Place) {
        let w = World::new(place);
        w.filed("paper_request", HANAKO);
        let other = w.version("care_request");
        type Change = Box<dyn FnOnce(&mut Filed)>;
        let forged: Vec<(&str, Change)> = vec![
            ("desk-refused-channel", Box::new(|filed| filed.channel = Channel::Paper)),
            ("desk-refused-answers", Box::new(|filed| filed.answers.insert("nothing_of_ours".parse().unwrap(), Answer::Consent))),
            ("desk-refused-answers", Box::new(|filed| filed.answers.insert("documents".parse().unwrap(), Answer::Number(7)))),
            ("desk-refused-answers", Box::new(|filed| filed.answers.insert("items".parse().unwrap(), Answer::Group(vec![answers(&[("strange", "x")])])))),
            ("desk-refused-incomplete", Box::new(|filed| drop(filed.answers.replace(&"name".parse().unwrap(), None)))),
            // 形式要件: five letters at least.
            ("desk-refused-incomplete", Box::new(|filed| filed.answers.insert("documents".parse().unwrap(), Answer::Text("文書".into())))),
        ];
        for (reason, change) in forged {
            assert_eq!(why(w.hand_up(&another_filing(&w, change))), reason);
        }
        let elsewhere = another_filing(&w, |filed| filed.version = other);
        assert!(w.hand_up(&elsewhere).unwrap_err().is::<NotYet>(), "the desk has never kept this version");
        w.desk.write({ let town = w.town.current(); move |tx| receiving::keep_definitions(tx, &town) }).unwrap();
        assert_eq!(why(w.hand_up(&elsewhere)), "desk-refused-procedure");
        with_procedure(&w, "paper_request", |procedure| procedure.channels.online = Online::Closed(definitions::text::Text::new("", "窓口へ")));
        assert_eq!(why(w.hand_up(&another_filing(&w, |_| {}))), "desk-refused-not-online");
        assert_eq!(cases(&w), 1, "nothing of them was taken");
        w.town.replace(town());
        w.hand_up(&another_filing(&w, |_| {})).unwrap();
        assert_eq!((cases(&w), doubts(&w, FORGED)), (2, vec![]), "what an honest portal sends is taken as it is");
    }

    fn what_the_desk_knows_better_is_not_taken_from_the_parcel(place: Place) {
        let w = World::new(place);
        w.filed("paper_request", HANAKO);
        let later = w.now() + SignedDuration::from_hours(24 * 400);
        let number = w.number();
        w.hand_up(&another_filing(&w, |filed| {
            filed.number = number.plain();
            filed.at = later;
            filed.contacts.mail = Some("thief@example.jp".into());
            filed.contacts.name = "別人".into();
            filed.warned = vec!["no_such_rule".into()];
        })).unwrap();
        let case = w.case(number);
        assert_eq!(case.filed_at, w.now(), "nothing reaches us tomorrow");
        assert_eq!(case.contacts, honest(&w).contacts, "letters go where the answers say");
        assert!(!case.warned.contains(&"no_such_rule".to_owned()));
        assert_eq!(doubts(&w, FORGED), [Doubt::Moment { said: later }], "staff read what it said");
    }

    fn what_waited_while_the_desk_was_down_keeps_its_day(place: Place) {
        let w = World::new(place);
        let draft = w.typed("paper_request", &hanako(), HANAKO);
        let own = w.file(&draft, &hanako()).unwrap();
        let then = w.now();
        w.days_later(40);
        w.carry();
        assert_eq!(w.case(own.number).filed_at, then);
        assert_eq!(doubts(&w, own.id), []);
        assert!(w.dead().is_empty());
    }

    fn where_facts_decide_a_filing_is_taken_and_what_does_not_fit_is_said(place: Place) {
        let w = World::new(place);
        let own = w.filed("club_join", &[("name", "佐藤 花子"), ("mail", "hanako@example.jp"), ("garden", "east")]);
        assert_eq!(doubts(&w, own.id), []);
        // The garden was closed between the filing and its arrival, or somebody made it up: staff find out which.
        w.hand_up(&another_filing(&w, |filed| filed.answers.insert("garden".parse().unwrap(), Answer::Choice("closed_last_night".into())))).unwrap();
        assert_eq!(doubts(&w, FORGED), [Doubt::Answers { fields: vec!["garden".parse().unwrap()] }]);
    }

    fn who_filed_is_held_against_the_desks_own_links(place: Place) {
        let w = World::new(place);
        w.filed("paper_request", HANAKO);
        with_procedure(&w, "paper_request", |procedure| procedure.applicant.identity = Identity::Seen);
        let account = access::AccountId::draw(w.now());
        let by = |case: u128, account: access::AccountId| another_filing(&w, |filed| {
            filed.case = access::CaseId::new(uuid::Uuid::from_u128(case)).to_string();
            filed.account = Some(account.to_string());
        });
        w.hand_up(&by(77, account)).unwrap();
        assert_eq!(doubts(&w, FORGED), [Doubt::Identity], "no clerk has linked this account");
        let (linked, now) = (account.to_string(), w.now());
        w.desk.write(move |tx| {
            tx.run("insert into account_link (account, resident, identity, seen, staff, linked_at) values ($1, $2, 'seen', 'passport', 's', $3)",
                params![&linked, access::ResidentId::draw(now).to_string(), now])
        }).unwrap();
        w.hand_up(&by(78, account)).unwrap();
        assert_eq!(doubts(&w, access::CaseId::new(uuid::Uuid::from_u128(78))), []);
    }

    fn a_correction_changes_what_was_asked_for_and_nothing_else(place: Place) {
        let w = World::new(place);
        let clerk = w.hire("鈴木", "general_affairs", "clerk");
        let own = w.filed("paper_request", HANAKO);
        let (number, until) = (own.number, w.today().saturating_add(14.days()));
        let seen = w.case(number).row;
        w.act(&clerk, move |tx, acting| {
            let fields = vec!["documents".parse().unwrap()];
            verbs::request_correction(tx, acting, number, seen, Correction { fields, say: "読めません。".into(), until })
        }).unwrap();
        let asked = vec!["documents".parse().unwrap()];
        let sent = |answers| Up::Corrected { case: own.id.to_string(), asked: asked.clone(), answers, dropped: vec![], at: w.now() };
        assert_eq!(why(w.hand_up(&sent(answers(&[("documents", "契約書の全部"), ("name", "別人")])))), "desk-refused-answers");
        let mut wrong = answers(&[]);
        wrong.insert("documents".parse().unwrap(), Answer::Number(1));
        assert_eq!(why(w.hand_up(&sent(wrong))), "desk-refused-answers");
        assert!(matches!(w.case(number).stage, Stage::Correcting { .. }), "nothing of them was taken");
        w.hand_up(&sent(answers(&[("documents", "紙")]))).unwrap();
        assert_eq!(doubts(&w, own.id), [], "a line of the applicant's, not of ours");
        let lines = w.story(own.id).into_iter().filter_map(|told| if let Event::Doubted { doubts } = told.event { Some(doubts) } else { None });
        assert_eq!(lines.flatten().collect::<Vec<_>>(), [Doubt::Rules { rules: vec!["documents_can_be_identified".parse().unwrap()] }]);
    }

    fn a_filing_under_a_version_that_the_desk_has_not_waits_and_what_follows_it_too(place: Place) {
        let w = World::new(place);
        let draft = w.typed("paper_request", &hanako(), HANAKO);
        let own = w.file(&draft, &hanako()).unwrap();
        let before = town();
        // Both folders were changed while the desk was down: it never had the version of the filing.
        with_procedure(&w, "paper_request", |procedure| procedure.version = Version("c0ffee".into()));
        w.carry();
        w.write(own.id, "w-1", "急いでいます。").unwrap();
        w.carry();
        let waiting = w.desk.read(|tx| tx.waiting_parcels(10)).unwrap();
        let whys: Vec<&str> = waiting.iter().filter_map(|one| one.error.as_deref()).collect();
        assert!(whys[0].starts_with("desk-waits-definition paper_request "), "{whys:?}");
        assert!(whys.len() >= 2 && whys[1..].iter().all(|why| *why == "desk-waits-filing"), "{whys:?}");
        assert_eq!((cases(&w), w.dead()), (0, vec![]), "nothing is given up");
        // It holds nobody else up.
        w.filed("care_request", &[("name", "田中 太郎"), ("illness", "腰が痛い")]);
        assert_eq!(cases(&w), 1);
        assert_eq!(store::hatch::try_waiting(&w.desk, &[w.desk_receiver()]).unwrap(), 0);
        w.desk.write(move |tx| receiving::keep_definitions(tx, &before)).unwrap();
        let all = u64::try_from(waiting.len()).unwrap();
        assert_eq!(store::hatch::try_waiting(&w.desk, &[w.desk_receiver()]).unwrap(), all, "the old folder was laid once");
        assert_eq!(w.case(own.number).version, own.version);
        assert!(w.story_codes(own.id).contains(&"applicant-wrote"));
        w.carry();
        assert_eq!(w.own(own.id).state, OwnState::InReview, "and the person hears of it");
    }

    fn a_version_that_was_kept_is_known_after_the_folder_changed(place: Place) {
        let w = World::new(place);
        let draft = w.typed("paper_request", &hanako(), HANAKO);
        let own = w.file(&draft, &hanako()).unwrap();
        w.desk.write({ let town = w.town.current(); move |tx| receiving::keep_definitions(tx, &town) }).unwrap();
        with_procedure(&w, "paper_request", |procedure| procedure.version = Version("c0ffee".into()));
        w.carry();
        assert_eq!(w.case(own.number).version, own.version);
    }

    fn a_draft_that_clerk_and_owner_both_filed_is_one_case_that_loses_nothing(place: Place) {
        let w = World::new(place);
        let clerk = w.hire("鈴木", "general_affairs", "clerk");
        let draft = w.typed("paper_request", &hanako(), &with(HANAKO, &[("documents", "花子が書き直した契約書")]));
        // The clerk files what was lent.
        let at_the_desk = w.number();
        let account = access::AccountId::draw(w.now());
        let lent = Filed {
            case: draft.case.to_string(),
            account: None,
            number: at_the_desk.plain(),
            procedure: "paper_request".parse().unwrap(),
            version: w.version("paper_request"),
            answers: answers(&[("name", "佐藤 花子"), ("documents", "中央公園の改修工事の契約書")]),
            warned: vec![],
            channel: Channel::Phone,
            at: w.now(),
            language: definitions::text::Language::Ja,
            contacts: cases::Contacts { name: "佐藤 花子".into(), ..cases::Contacts::default() },
        };
        let (first, again) = (lent.clone(), lent.clone());
        assert_eq!(w.act(&clerk, move |tx, acting| receiving::taken_in(tx, acting, first.clone(), None)).unwrap(), at_the_desk);
        // A second tap on the same form, under the number that was drawn for it.
        let other = w.number();
        let tapped = w.act(&clerk, move |tx, acting| receiving::taken_in(tx, acting, Filed { number: other.plain(), ..again.clone() }, None));
        assert_eq!(tapped.unwrap(), at_the_desk, "the second tap leads to the first case");
        let changed = w.act(&clerk, move |tx, acting| {
            let filed = Filed { answers: answers(&[("name", "他の人")]), number: other.plain(), ..lent.clone() };
            receiving::taken_in(tx, acting, filed, None)
        });
        assert!(matches!(changed, Err(Refused::NotNow(_))), "another paper is not thrown away unseen");
        // The owner files before they hear of it.
        let own = w.file(&draft, &hanako()).unwrap();
        let mut mine = honest(&w);
        mine.account = Some(account.to_string());
        w.hand_up(&Up::Filed(mine.clone())).unwrap();
        w.hand_up(&Up::Filed(mine)).unwrap();
        assert_eq!(cases(&w), 1);
        let case = w.case(at_the_desk);
        assert_eq!((case.also.clone(), case.account.clone()), (vec![own.number], Some(account.to_string())));
        assert_eq!(case.answers.get("documents"), Some(&Answer::Text("中央公園の改修工事の契約書".into())), "what the clerk filed stands");
        let told: Vec<_> = w.story(draft.case).into_iter().filter(|told| told.event.code() == "filed-again").collect();
        let [told] = told.as_slice() else { panic!("{told:?}") };
        let Event::FiledAgain { number, sent } = &told.event else { panic!("{told:?}") };
        assert_eq!(*number, own.number.plain());
        assert_eq!(sent.get("documents"), Some(&Answer::Text("花子が書き直した契約書".into())), "and what the owner changed is read");
        let found = w.look(&clerk, move |tx, acting| Ok(cases::desk_lists::search(tx, acting.staff, &own.number.to_string(), 10)?)).unwrap();
        assert_eq!(found.len(), 1, "the number on the receipt finds it");
        w.carry();
        assert_eq!(w.own(draft.case).state, OwnState::InReview, "the person hears that the office has it");
        assert_eq!(w.count(&w.desk, "select count(*) from case_ where replied = 1"), 1, "staff are to look at it");
    }

    fn a_second_filing_of_what_came_from_the_portal_changes_nothing_and_takes_it_from_nobody(place: Place) {
        let w = World::new(place);
        let own = w.filed("paper_request", HANAKO);
        let before = w.case(own.number);
        let thief = access::AccountId::draw(w.now()).to_string();
        w.hand_up(&another_filing(&w, |filed| {
            filed.case = own.id.to_string();
            filed.account = Some(thief.clone());
        }))
        .unwrap();
        let after = w.case(own.number);
        assert_eq!((after.answers, after.account, after.filed_at), (before.answers, before.account, before.filed_at));
        assert_eq!(after.also.len(), 1, "the other number finds it");
        assert!(w.story_codes(own.id).contains(&"filed-again"), "and staff read what came");
        let other = another_filing(&w, |filed| {
            filed.case = own.id.to_string();
            filed.procedure = "care_request".parse().unwrap();
        });
        assert!(w.hand_up(&other).is_err(), "of another procedure it is forged");
    }

    fn an_attachment_that_no_browser_shows_safely_is_not_kept(place: Place) {
        let w = World::new(place);
        let files = Files::open(&place.folder().join("desk-files"), w.desk_keys.as_ref().clone()).unwrap();
        let receiver: Arc<dyn Receiver> = Arc::new(ReceiveFile { keys: w.desk_keys.clone(), files });
        let hand_up = |filed: &str, bytes: &[u8]| {
            let mut body = serde_json::to_vec(&serde_json::json!({ "case": FORGED.to_string(), "filed": filed })).unwrap();
            body.push(b'\n');
            body.extend_from_slice(bytes);
            let parcel = Parcel { kind: "case.file".into(), id: filed.to_owned(), body: w.keys.seal_to(Face::Desk, &body).unwrap() };
            let receiver = receiver.clone();
            w.desk.write(move |tx| receiver.receive(tx, &parcel))
        };
        assert_eq!(why(hand_up("a", b"<!doctype html><script src=\"/files/b\"></script>")), "desk-refused-file");
        assert_eq!(why(hand_up("b", b"fetch('/desk/cases')")), "desk-refused-file");
        hand_up("c", b"\x89PNG\r\n\x1a\n....").unwrap();
        assert_eq!(w.count(&w.desk, "select count(*) from case_file"), 1);
    }
}
