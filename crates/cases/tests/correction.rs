//! 補正 as a whole: what a correction hides is dropped, what it opens is asked, rules and the fee are judged anew, on both faces alike.

mod world;

use std::sync::Arc;

use cases::{
    FilingRefused,
    event::{Doubt, Event},
    filing::{self, Corrected},
    own::{OwnCase, OwnState, Seen},
    parcel::{News, Up},
    verbs::{self, Correction},
};
use definitions::{
    answer::{Answer, Answers, FileAnswer},
    ids::FieldId,
    procedure::Version,
};
use world::*;

const MEETING: &[(&str, &str)] = &[
    ("name", "佐藤 花子"),
    ("purpose", "meeting"),
    ("hours", "2"),
    ("first_on", "2027-01-10"),
    ("last_on", "2027-01-12"),
    ("quiet", "yes"),
    ("number", "123456789018"),
];

const PARTY: &[(&str, &str)] = &[
    ("name", "佐藤 花子"),
    ("purpose", "party"),
    ("hours", "2"),
    ("first_on", "2027-01-10"),
    ("last_on", "2027-01-12"),
    ("food", "no"),
    ("guests", "20"),
];

/// 鈴木さん asks 花子 to mend these fields.
fn ask(w: &World, own: &OwnCase, fields: &[&str]) {
    let clerk = w.hire("鈴木", "general_affairs", "clerk");
    let (number, seen, until) = (own.number, w.case(own.number).row, w.today().saturating_add(jiff::Span::new().days(14)));
    let fields = ids(fields);
    w.act(&clerk, move |tx, acting| {
        verbs::request_correction(tx, acting, number, seen, Correction { fields: fields.clone(), say: "確かめてください。".into(), until })
    })
    .unwrap();
    w.carry();
}

fn ids(fields: &[&str]) -> Vec<FieldId> {
    fields.iter().map(|field| field.parse().unwrap()).collect()
}

/// What she sends from a page on which these questions stood.
fn send(w: &World, own: &OwnCase, shown: &[&str], pairs: &[(&str, &str)]) -> Result<OwnCase, FilingRefused> {
    send_all(w, own, Corrected { typed: typed(pairs), shown: ids(shown), ..Corrected::default() })
}

fn send_all(w: &World, own: &OwnCase, sent: Corrected) -> Result<OwnCase, FilingRefused> {
    let case = own.id;
    w.resident(move |tx, terms| filing::correct(tx, terms, &hanako(), case, &sent))
}

/// What the page of a correction makes of this: the questions that may be answered, and those that follow.
fn page(w: &World, own: &OwnCase, pairs: &[(&str, &str)], shown: &[&str]) -> (Vec<String>, Vec<String>) {
    let (own, sent) = (w.own(own.id), Corrected { typed: typed(pairs), shown: ids(shown), ..Corrected::default() });
    w.resident(move |_, terms| {
        let whole = filing::corrected(terms, &terms.town.procedures["room_use"].clone(), &own, &sent)?;
        let asked = |ids: &[FieldId]| ids.iter().filter(|id| whole.filled.is_asked(id.as_str())).map(ToString::to_string).collect();
        Ok((asked(&whole.open), asked(&whole.opened)))
    })
    .unwrap()
}

fn corrected(w: &World, own: &OwnCase) -> (Answers, Vec<FieldId>, Vec<FieldId>) {
    let told = w.story(own.id).into_iter().rev();
    told.filter_map(|told| match told.event {
        Event::Corrected { before, opened, dropped } => Some((before, opened, dropped)),
        _ => None,
    })
    .next()
    .expect("it was corrected")
}

fn doubts(w: &World, own: &OwnCase) -> Vec<Doubt> {
    w.story(own.id)
        .into_iter()
        .filter_map(|told| if let Event::Doubted { doubts } = told.event { Some(doubts) } else { None })
        .flatten()
        .collect()
}

fn due(w: &World, own: &OwnCase) -> Vec<(String, i64)> {
    let case = own.id;
    w.desk.read(move |tx| cases::registers::due(tx, case)).unwrap()
}

fn file() -> FileAnswer {
    FileAnswer { file: "f".repeat(32), name: "許可証.pdf".into(), media: "application/pdf".into(), bytes: 5 }
}

/// Both faces say the same of the case, but for the number that lies apart.
fn agree(w: &World, own: &OwnCase) {
    assert_eq!(w.case(own.number).answers, w.own(own.id).answers);
    assert_eq!(w.own(own.id).state, OwnState::InReview);
    assert!(w.dead().is_empty());
}

store::on_both_engines! {
    fn what_a_correction_hides_is_dropped_on_both_sides_and_read_in_the_history(place: Place) {
        let w = World::new(place);
        let own = w.filed("room_use", MEETING);
        assert_eq!(w.count(&w.desk, "select count(*) from case_apart"), 1);
        ask(&w, &own, &["purpose"]);
        send(&w, &own, &["purpose", "food", "guests"], &[("purpose", "party"), ("food", "no"), ("guests", "8")]).unwrap();
        w.carry();
        agree(&w, &own);
        let case = w.case(own.number);
        assert!(case.answers.get("quiet").is_none() && case.answers.get("food").is_some());
        let (before, opened, dropped) = corrected(&w, &own);
        assert_eq!((opened, dropped), (ids(&["food", "guests"]), ids(&["quiet", "number"])));
        assert_eq!(before.get("quiet"), Some(&Answer::Consent), "nothing is lost");
        assert_eq!(w.count(&w.desk, "select count(*) from case_apart"), 0, "a number that is not asked for is not kept (番号法20条)");
        assert!(w.seen(own.id).contains(&Seen::Corrected { dropped: ids(&["quiet"]) }), "the person reads it too");
        assert_eq!(doubts(&w, &own), []);
    }

    fn what_a_correction_opens_is_asked_and_nothing_is_sent_before_it_was_seen(place: Place) {
        let w = World::new(place);
        let own = w.filed("room_use", MEETING);
        ask(&w, &own, &["purpose"]);
        assert_eq!(page(&w, &own, &[], &[]), (vec!["purpose".to_owned()], vec![]));
        let refused = send(&w, &own, &["purpose"], &[("purpose", "party")]);
        assert!(matches!(refused, Err(FilingRefused::Incomplete(_))), "food is required: {refused:?}");
        let all = |ids: &[&str]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
        let opened = page(&w, &own, &[("purpose", "party")], &["purpose"]);
        assert_eq!(opened, (all(&["purpose", "food", "guests"]), all(&["food", "guests"])));
        // The number of guests begins with what the definition gives; nobody files it without having seen it.
        let refused = send(&w, &own, &["purpose", "food"], &[("purpose", "party"), ("food", "no")]);
        assert!(matches!(refused, Err(FilingRefused::MoreAsked)), "{refused:?}");
        assert_eq!(w.own(own.id).answers, own.answers, "nothing of it was kept");
        send(&w, &own, &["purpose", "food", "guests"], &[("purpose", "party"), ("food", "no"), ("guests", "20")]).unwrap();
        w.carry();
        agree(&w, &own);
        assert_eq!(w.case(own.number).answers.get("guests"), Some(&Answer::Number(20)));
    }

    fn a_question_may_open_another_and_that_one_a_document(place: Place) {
        let w = World::new(place);
        let own = w.filed("room_use", MEETING);
        ask(&w, &own, &["purpose"]);
        let pairs = [("purpose", "party"), ("food", "yes"), ("guests", "20"), ("caterer", "みほん食堂")];
        let shown = ["purpose", "food", "guests", "caterer", "permit"];
        let opened = page(&w, &own, &pairs[..3], &shown[..3]).1;
        assert_eq!(opened, ["food", "guests", "caterer", "permit"]);
        let refused = send(&w, &own, &shown, &pairs);
        assert!(matches!(refused, Err(FilingRefused::Incomplete(_))), "the permit is required: {refused:?}");
        let files = vec![("permit".to_owned(), file()), ("name".to_owned(), file())];
        send_all(&w, &own, Corrected { typed: typed(&pairs), files, shown: ids(&shown), told: vec![] }).unwrap();
        w.carry();
        agree(&w, &own);
        assert_eq!(w.case(own.number).answers.get("permit"), Some(&Answer::Files(vec![file()])));
        assert_eq!(corrected(&w, &own).1, ids(&["food", "guests", "caterer", "permit"]));
        let jobs = w.count(&w.portal, "select count(*) from store_job where kind = 'case.files'");
        assert_eq!(jobs, 1, "the document goes up");
    }

    fn what_was_not_asked_for_and_does_not_open_stays_as_it_was(place: Place) {
        let w = World::new(place);
        let own = w.filed("room_use", MEETING);
        ask(&w, &own, &["hours"]);
        let pairs = [("hours", "3"), ("purpose", "party"), ("food", "yes"), ("name", "別の 人")];
        send(&w, &own, &["hours", "purpose", "food", "name"], &pairs).unwrap();
        w.carry();
        agree(&w, &own);
        let case = w.case(own.number);
        let same = ["purpose", "name", "quiet"].iter().all(|id| case.answers.get(id) == own.answers.get(id));
        assert!(same && case.answers.get("food").is_none());
    }

    fn the_fee_is_reckoned_anew_up_and_down_and_recorded(place: Place) {
        let w = World::new(place);
        let own = w.filed("room_use", MEETING);
        assert_eq!(due(&w, &own), [("使用料".to_owned(), 1_000)]);
        ask(&w, &own, &["hours"]);
        send(&w, &own, &["hours"], &[("hours", "9")]).unwrap();
        w.carry();
        assert_eq!(due(&w, &own), [("使用料".to_owned(), 4_500)]);
        assert!(w.story(own.id).iter().any(|told| told.event == Event::FeeChanged { before: 1_000, yen: 4_500 }));
        assert_eq!(w.count(&w.desk, "select count(*) from store_entry where what = 'fee-changed'"), 1);
        assert_eq!(w.case(own.number).warned, ["not_too_long"], "merit rules are judged anew too");
        assert!(w.downs().iter().any(|down| down.news == News::FeeChanged { yen: 4_500 }), "the person hears of it");
        // Corrected a second time.
        let own = w.own(own.id);
        ask(&w, &own, &["hours", "purpose"]);
        send(&w, &own, &["hours", "purpose"], &[("hours", "1"), ("purpose", "meeting")]).unwrap();
        w.carry();
        assert_eq!(due(&w, &own), [("使用料".to_owned(), 500)]);
        assert!(w.case(own.number).warned.is_empty());
        agree(&w, &own);
        ask(&w, &own, &["hours"]);
        send(&w, &own, &["hours"], &[("hours", "1")]).unwrap();
        w.carry();
        assert_eq!(w.count(&w.desk, "select count(*) from store_entry where what = 'fee-changed'"), 2, "the same fee is no change");
    }

    fn a_rule_over_what_may_not_be_changed_is_told_once_and_traps_nobody(place: Place) {
        let w = World::new(place);
        let own = w.filed("room_use", MEETING);
        ask(&w, &own, &["first_on"]);
        let late = [("first_on", "2027-01-20")];
        assert!(matches!(send(&w, &own, &["first_on"], &late), Err(FilingRefused::Incomplete(_))), "it is told first");
        let (seen, sent) = (w.own(own.id), Corrected { typed: typed(&late), shown: ids(&["first_on"]), ..Corrected::default() });
        let beside = w.resident(move |_, terms| {
            let procedure = terms.town.procedures["room_use"].clone();
            let whole = filing::corrected(terms, &procedure, &seen, &sent)?;
            let broken = filing::broken(terms, &procedure, &seen, &whole)?;
            Ok(broken.into_iter().map(|(rule, at, theirs)| (rule.id.to_string(), at, theirs)).collect::<Vec<_>>())
        }).unwrap();
        assert_eq!(beside, [("ends_after_it_begins".to_owned(), Some("first_on".parse().unwrap()), false)], "beside what she may change");
        let told = vec!["ends_after_it_begins".parse().unwrap()];
        send_all(&w, &own, Corrected { typed: typed(&late), shown: ids(&["first_on"]), told: told.clone(), ..Corrected::default() }).unwrap();
        w.carry();
        agree(&w, &own);
        assert_eq!(doubts(&w, &own), [Doubt::Rules { rules: told }], "staff read it");
    }

    fn a_rule_over_what_may_all_be_changed_must_hold(place: Place) {
        let w = World::new(place);
        let own = w.filed("room_use", MEETING);
        ask(&w, &own, &["first_on", "last_on"]);
        let sent = |last: &str| Corrected {
            typed: typed(&[("first_on", "2027-01-20"), ("last_on", last)]),
            shown: ids(&["first_on", "last_on"]),
            told: vec!["ends_after_it_begins".parse().unwrap()],
            ..Corrected::default()
        };
        assert!(matches!(send_all(&w, &own, sent("2027-01-19")), Err(FilingRefused::Incomplete(_))));
        send_all(&w, &own, sent("2027-01-20")).unwrap();
        w.carry();
        agree(&w, &own);
        assert_eq!(doubts(&w, &own), []);
    }

    fn corrected_twice_there_and_back(place: Place) {
        let w = World::new(place);
        let own = w.filed("room_use", PARTY);
        ask(&w, &own, &["purpose"]);
        send(&w, &own, &["purpose", "quiet", "number"], &[("purpose", "meeting"), ("quiet", "yes")]).unwrap();
        w.carry();
        agree(&w, &own);
        assert_eq!(corrected(&w, &own).2, ids(&["food", "guests"]));
        let own = w.own(own.id);
        ask(&w, &own, &["purpose"]);
        send(&w, &own, &["purpose", "food", "guests"], &[("purpose", "party"), ("food", "no"), ("guests", "4")]).unwrap();
        w.carry();
        agree(&w, &own);
        let answers = w.case(own.number).answers;
        assert_eq!((answers.get("guests"), answers.get("quiet")), (Some(&Answer::Number(4)), None));
    }

    fn what_opens_and_hides_in_the_rows_of_a_group_is_asked_and_dropped_there_alone(place: Place) {
        let w = World::new(place);
        let own = w.filed("room_use", &with(MEETING, &[("helped", "yes"), ("helpers.0.helper", "鈴木 一"), ("helpers.1.helper", "田中 二")]));
        ask(&w, &own, &["purpose"]);
        let mut pairs = vec![("purpose", "party"), ("food", "no"), ("guests", "8")];
        let opened = page(&w, &own, &pairs, &["purpose", "food", "guests"]).1;
        assert_eq!(opened, ["food", "guests", "helpers"], "a question opened in its rows");
        pairs.extend([("helpers.0.helper", "鈴木 一"), ("helpers.0.duty", "受付"), ("helpers.1.helper", "田中 二"), ("helpers.1.duty", "会場")]);
        send(&w, &own, &["purpose", "food", "guests", "helpers"], &pairs).unwrap();
        w.carry();
        agree(&w, &own);
        assert_eq!(w.case(own.number).answers.get("helpers.1.duty"), Some(&Answer::Text("会場".into())));
        assert_eq!(doubts(&w, &own), []);
        let own = w.own(own.id);
        ask(&w, &own, &["purpose"]);
        send(&w, &own, &["purpose", "quiet", "number"], &[("purpose", "meeting"), ("quiet", "yes")]).unwrap();
        w.carry();
        agree(&w, &own);
        let answers = w.case(own.number).answers;
        assert_eq!(answers.get("helpers.1.helper"), Some(&Answer::Text("田中 二".into())), "the rows stay");
        assert!(answers.get("helpers.0.duty").is_none() && answers.get("helpers.1.duty").is_none());
        assert_eq!(corrected(&w, &own).2, ids(&["food", "guests", "helpers"]));
    }

    fn what_the_form_does_not_ask_now_comes_with_the_question_that_opens_it(place: Place) {
        let w = World::new(place);
        let own = w.filed("room_use", MEETING);
        ask(&w, &own, &["caterer"]);
        assert_eq!(page(&w, &own, &[], &[]), (vec!["purpose".to_owned()], vec![]), "nobody could answer it else");
        let pairs = [("purpose", "party"), ("food", "yes"), ("guests", "20"), ("caterer", "みほん食堂")];
        let shown = ["purpose", "food", "guests", "caterer", "permit"];
        let files = vec![("permit".to_owned(), file())];
        send_all(&w, &own, Corrected { typed: typed(&pairs), files, shown: ids(&shown), told: vec![] }).unwrap();
        w.carry();
        agree(&w, &own);
        assert_eq!(w.case(own.number).answers.get("caterer"), Some(&Answer::Text("みほん食堂".into())));
        assert_eq!(doubts(&w, &own), []);
        // It stays as it is when she says so.
        let other = w.filed("room_use", MEETING);
        ask(&w, &other, &["caterer"]);
        send(&w, &other, &["purpose"], &[("purpose", "meeting")]).unwrap();
        w.carry();
        agree(&w, &other);
        assert_eq!(w.case(other.number).answers, other.answers);
    }

    fn a_correction_is_judged_by_the_definition_of_its_case(place: Place) {
        let w = World::new(place);
        let own = w.filed("room_use", MEETING);
        ask(&w, &own, &["purpose"]);
        // The town takes the question about food out of the form meanwhile.
        let mut town = (*w.town.current()).clone();
        let mut procedure = (*town.procedures["room_use"]).clone();
        procedure.version = Version("next".to_owned());
        for id in ["food", "guests", "caterer", "permit"] {
            procedure.pages.get_mut("what").unwrap().fields.shift_remove(id);
        }
        town.procedures.insert(procedure.id.clone(), Arc::new(procedure));
        w.town.replace(town);
        let refused = send(&w, &own, &["purpose"], &[("purpose", "party")]);
        assert!(matches!(refused, Err(FilingRefused::Incomplete(_))), "its own version asks: {refused:?}");
        send(&w, &own, &["purpose", "food", "guests"], &[("purpose", "party"), ("food", "no"), ("guests", "8")]).unwrap();
        w.carry();
        agree(&w, &own);
        assert!(w.case(own.number).answers.get("food").is_some());
    }

    fn after_a_withdrawal_nothing_is_corrected_and_a_parcel_that_crossed_it_is_read(place: Place) {
        let w = World::new(place);
        let own = w.filed("room_use", MEETING);
        ask(&w, &own, &["purpose"]);
        w.withdraw(own.id).unwrap();
        let pairs = [("purpose", "party"), ("food", "no"), ("guests", "8")];
        assert!(matches!(send(&w, &own, &["purpose", "food", "guests"], &pairs), Err(FilingRefused::NotNow(_))));
        w.carry();
        let mut sent = Answers::default();
        sent.insert("purpose".parse().unwrap(), Answer::Choice("party".into()));
        sent.insert("food".parse().unwrap(), Answer::YesNo(false));
        let up = Up::Corrected { case: own.id.to_string(), asked: ids(&["purpose"]), answers: sent.clone(), dropped: ids(&["quiet"]), at: w.now() };
        w.hand_up(&up).unwrap();
        let last = w.story(own.id).pop().unwrap();
        assert_eq!(last.event, Event::CameTooLate { sent });
        let case = w.case(own.number);
        assert_eq!((&case.answers, case.stage.code()), (&own.answers, "withdrawn"));
        assert_eq!(due(&w, &own), [("使用料".to_owned(), 1_000)]);
    }

    fn what_staff_no_longer_wait_for_leaves_both_copies_as_they_were(place: Place) {
        let w = World::new(place);
        let own = w.filed("room_use", MEETING);
        ask(&w, &own, &["purpose"]);
        send(&w, &own, &["purpose", "food", "guests"], &[("purpose", "party"), ("food", "no"), ("guests", "8")]).unwrap();
        let clerk = w.hire("田中", "general_affairs", "clerk");
        let (number, seen) = (own.number, w.case(own.number).row);
        w.act(&clerk, move |tx, acting| verbs::end_correction(tx, acting, number, seen)).unwrap();
        w.carry();
        agree(&w, &own);
        assert_eq!(w.own(own.id).answers, own.answers, "what was dropped and opened is back as it stands at the desk");
    }

    fn a_portal_that_was_broken_into_changes_nothing_else_under_the_name_of_a_correction(place: Place) {
        let w = World::new(place);
        let own = w.filed("room_use", MEETING);
        ask(&w, &own, &["purpose"]);
        let up = |pairs: &[(&str, Answer)]| {
            let answers = pairs.iter().map(|(id, answer)| (id.parse().unwrap(), answer.clone())).collect();
            Up::Corrected { case: own.id.to_string(), asked: ids(&["purpose"]), answers, dropped: vec![], at: w.now() }
        };
        let meeting = || ("purpose", Answer::Choice("meeting".into()));
        for other in [("name", Answer::Text("別人".into())), ("food", Answer::YesNo(true)), ("hours", Answer::Number(1))] {
            let refused = w.hand_up(&up(&[meeting(), other])).expect_err("it is refused");
            assert_eq!(refused.to_string(), "desk-refused-answers");
        }
        // It opens something and leaves it out: taken, and staff look.
        w.hand_up(&up(&[("purpose", Answer::Choice("party".into()))])).unwrap();
        assert_eq!(doubts(&w, &own), [Doubt::Answers { fields: ids(&["food", "guests", "quiet"]) }]);
        assert!(w.case(own.number).answers.get("quiet").is_none());
    }
}
