//! 受渡口: what passes between the faces, in order and out of it: the person's copy and the office's case end up saying the same.

mod world;

use cases::{
    FilingRefused,
    case::Stage,
    decide::{self, Draft},
    event::Event,
    own::{OwnCase, OwnState, Seen},
    parcel::{Down, News, Up},
    verbs::{self, Correction, Refused, StepDone},
};
use definitions::procedure::Version;
use jiff::ToSpan;
use world::*;

/// One who proposes and two who decide.
struct Office {
    clerk: access::Staff,
    chief: access::Staff,
    director: access::Staff,
}

fn office(w: &World) -> Office {
    Office {
        clerk: w.hire("鈴木", "general_affairs", "clerk"),
        chief: w.hire("高橋", "general_affairs", "chief"),
        director: w.hire("伊藤", "general_division", "director"),
    }
}

fn ask(w: &World, office: &Office, own: &OwnCase, fields: &[&str]) -> Result<cases::Case, Refused> {
    let (number, seen, until) = (own.number, w.case(own.number).row, w.today().saturating_add(14.days()));
    let fields: Vec<_> = fields.iter().map(|field| field.parse().unwrap()).collect();
    w.act(&office.clerk, move |tx, acting| {
        verbs::request_correction(tx, acting, number, seen, Correction { fields: fields.clone(), say: "読めません。".into(), until })
    })
}

fn end_correction(w: &World, office: &Office, own: &OwnCase) {
    let (number, seen) = (own.number, w.case(own.number).row);
    w.act(&office.clerk, move |tx, acting| verbs::end_correction(tx, acting, number, seen)).unwrap();
}

fn propose(w: &World, office: &Office, own: &OwnCase) {
    let number = own.number;
    while w.case(number).stage.step().is_some_and(|step| step.as_str() != "propose") {
        let seen = w.case(number).row;
        w.act(&office.clerk, move |tx, acting| verbs::advance(tx, acting, number, seen, StepDone::default())).unwrap();
    }
    let seen = w.case(number).row;
    w.act(&office.clerk, move |tx, acting| {
        let details = answers(&[("day", "12月15日 午後2時")]);
        decide::propose(tx, acting, number, seen, Draft { outcome: "full".parse().unwrap(), reason: String::new(), details })
    })
    .unwrap();
}

fn approve(w: &World, office: &Office, own: &OwnCase) {
    for who in [&office.chief, &office.director] {
        let (number, seen) = (own.number, w.case(own.number).row);
        w.act(who, move |tx, acting| decide::approve(tx, acting, number, seen)).unwrap();
    }
}

fn downs(w: &World) -> Vec<Down> {
    w.downs()
}

fn ups(w: &World) -> Vec<Up> {
    w.ups()
}

store::on_both_engines! {
    fn from_the_filing_to_the_decision_both_sides_say_the_same(place: Place) {
        let w = World::new(place);
        let office = office(&w);
        let own = w.filed("paper_request", HANAKO);
        ask(&w, &office, &own, &["documents"]).unwrap();
        w.carry();
        w.correct(own.id, &[("documents", "西公園の改修工事の契約書")]).unwrap();
        w.carry();
        propose(&w, &office, &own);
        w.carry();
        assert_eq!(w.own(own.id).state, OwnState::Deciding);
        approve(&w, &office, &own);
        w.carry();
        let (mine, theirs) = (w.own(own.id), w.case(own.number));
        let (OwnState::Decided { outcome, details, .. }, Stage::Decided { proposal, .. }) = (&mine.state, &theirs.stage) else {
            panic!("{:?} and {:?}", mine.state, theirs.stage)
        };
        assert_eq!((outcome, details), (&proposal.outcome, &proposal.details));
        assert_eq!(mine.answers, theirs.answers);
        assert_eq!(mine.hear_by, None);
        assert!(w.dead().is_empty());
    }

    fn a_parcel_that_comes_twice_takes_effect_once(place: Place) {
        let w = World::new(place);
        let office = office(&w);
        let own = w.filed("paper_request", HANAKO);
        for up in ups(&w).iter().filter(|up| matches!(up, Up::Filed(_))) {
            w.hand_up(up).unwrap();
        }
        assert_eq!(w.count(&w.desk, "select count(*) from case_"), 1);
        assert_eq!(w.story_codes(own.id).iter().filter(|what| **what == "received").count(), 1);
        propose(&w, &office, &own);
        approve(&w, &office, &own);
        w.carry();
        let before = (w.own(own.id), w.count(&w.portal, "select count(*) from notice"));
        for down in downs(&w) {
            w.hand_down(&down).unwrap();
        }
        assert_eq!((w.own(own.id), w.count(&w.portal, "select count(*) from notice")), before);
    }

    fn late_and_reordered_news_turns_nothing_back(place: Place) {
        let w = World::new(place);
        let office = office(&w);
        let own = w.filed("paper_request", HANAKO);
        propose(&w, &office, &own);
        approve(&w, &office, &own);
        let mut news = downs(&w);
        news.reverse();
        for down in &news {
            w.hand_down(down).unwrap();
        }
        assert!(matches!(w.own(own.id).state, OwnState::Decided { .. }));
        assert_eq!(w.own(own.id).turn, news[0].turn);
        w.carry();
        assert!(matches!(w.own(own.id).state, OwnState::Decided { .. }));
    }

    fn a_correction_that_came_after_the_clerk_went_on_changes_nothing(place: Place) {
        let w = World::new(place);
        let office = office(&w);
        let own = w.filed("paper_request", HANAKO);
        ask(&w, &office, &own, &["documents"]).unwrap();
        w.carry();
        end_correction(&w, &office, &own);
        w.correct(own.id, &[("documents", "西公園の改修工事の契約書")]).unwrap();
        w.carry();
        let case = w.case(own.number);
        assert!(matches!(case.stage, Stage::Working { .. }));
        assert_eq!(case.answers, own.answers);
        assert_eq!(w.story_codes(own.id).last(), Some(&"came-too-late"));
        assert!(!case.clock.is_paused());
        let told = w.story(own.id).pop().unwrap();
        let Event::CameTooLate { sent } = told.event else { panic!("{told:?}") };
        assert!(sent.get("documents").is_some_and(|said| *said != case.answers.get("documents").unwrap().clone()), "staff read what was sent");
        let copy = w.own(own.id);
        assert_eq!(copy.state, OwnState::InReview);
        assert_eq!(copy.answers, case.answers, "both sides say the same");
    }

    fn a_late_correction_empties_nothing_that_is_asked_for_now(place: Place) {
        let w = World::new(place);
        let office = office(&w);
        let own = w.filed("paper_request", HANAKO);
        ask(&w, &office, &own, &["documents"]).unwrap();
        w.carry();
        end_correction(&w, &office, &own);
        ask(&w, &office, &own, &["name"]).unwrap();
        w.correct(own.id, &[("documents", "西公園の改修工事の契約書")]).unwrap();
        w.carry();
        let case = w.case(own.number);
        assert_eq!(case.answers.get("name"), own.answers.get("name"), "the name was asked for meanwhile and is still there");
        assert!(matches!(case.stage, Stage::Correcting { .. }));
        assert!(matches!(w.own(own.id).state, OwnState::Correct { ref asked } if asked.fields[0].as_str() == "name"));
    }

    fn a_withdrawal_after_the_decision_leaves_the_decision(place: Place) {
        let w = World::new(place);
        let office = office(&w);
        let own = w.filed("paper_request", HANAKO);
        propose(&w, &office, &own);
        w.carry();
        approve(&w, &office, &own);
        w.withdraw(own.id).unwrap();
        w.carry();
        assert!(matches!(w.case(own.number).stage, Stage::Decided { .. }));
        assert!(w.story_codes(own.id).contains(&"came-too-late"));
        assert!(matches!(w.own(own.id).state, OwnState::Decided { .. }), "the person reads what was decided");
    }

    fn a_decision_that_nobody_reads_is_looked_for_when_the_folder_says_and_becomes_a_call(place: Place) {
        let w = World::new(place);
        let own = w.filed("paper_request", HANAKO);
        w.carry();
        let office = office(&w);
        propose(&w, &office, &own);
        approve(&w, &office, &own);
        w.carry();
        let due = w.count(&w.portal, "select due from store_job where kind = 'notice.unread'");
        // Decided on a Tuesday: the fifth day is a Sunday, so Monday is the last, and on Tuesday the office is about to open.
        let morning = cases::clock::noon(w.today().saturating_add(7.days())) - jiff::SignedDuration::from_hours(4);
        assert_eq!(due, morning.as_microsecond());
        let fate = Up::Fate { case: own.id.to_string(), channel: "phone".into(), fate: "messages-fate-unread-call".into(), at: w.now() };
        w.hand_up(&fate).unwrap();
        assert_eq!(w.count(&w.desk, "select count(*) from case_ where reach = 'call'"), 1);
    }

    fn a_withdrawal_sent_from_a_page_older_than_the_decision_leaves_the_decision(place: Place) {
        let w = World::new(place);
        let own = w.filed("paper_request", HANAKO);
        w.carry();
        let office = office(&w);
        propose(&w, &office, &own);
        approve(&w, &office, &own);
        w.carry();
        assert!(matches!(w.withdraw(own.id), Err(FilingRefused::NotNow(_))));
        assert!(matches!(w.own(own.id).state, OwnState::Decided { .. }));
        assert!(matches!(w.case(own.number).stage, Stage::Decided { .. }));
    }

    fn news_that_crosses_a_withdrawal_does_not_undo_it(place: Place) {
        let w = World::new(place);
        let office = office(&w);
        let own = w.filed("paper_request", HANAKO);
        ask(&w, &office, &own, &["documents"]).unwrap();
        w.withdraw(own.id).unwrap();
        w.carry();
        assert_eq!(w.own(own.id).state, OwnState::Withdrawn);
        assert!(matches!(w.case(own.number).stage, Stage::Withdrawn { .. }));
    }

    fn what_was_asked_for_is_still_asked_for_after_the_case_is_handed_over(place: Place) {
        let w = World::new(place);
        let office = office(&w);
        w.hire("上田", "environment", "clerk");
        let own = w.filed("paper_request", HANAKO);
        ask(&w, &office, &own, &["documents"]).unwrap();
        let (number, seen) = (own.number, w.case(own.number).row);
        w.act(&office.clerk, move |tx, acting| {
            verbs::hand_over(tx, acting, number, seen, "environment".parse().unwrap(), "環境課の文書です。")
        })
        .unwrap();
        w.carry();
        assert_eq!(w.own(own.id).department.as_str(), "environment");
        assert!(matches!(w.own(own.id).state, OwnState::Correct { .. }));
        w.correct(own.id, &[("documents", "西公園の改修工事の契約書")]).unwrap();
        w.carry();
        assert!(matches!(w.case(own.number).stage, Stage::Working { .. }));
    }

    fn a_filing_under_a_definition_that_the_desk_has_not_loaded_waits(place: Place) {
        let w = World::new(place);
        let own = w.filed("paper_request", HANAKO);
        let Some(Up::Filed(mut filed)) = ups(&w).into_iter().find(|up| matches!(up, Up::Filed(_))) else { panic!("one was filed") };
        filed.case = access::CaseId::new(uuid::Uuid::from_u128(77)).to_string();
        filed.number = w.number().plain();
        filed.version = Version("of tomorrow".into());
        assert!(w.hand_up(&Up::Filed(filed.clone())).is_err(), "the hatch keeps it and tries again");
        assert_eq!(w.count(&w.desk, "select count(*) from case_"), 1);
        filed.version = own.version.clone();
        w.hand_up(&Up::Filed(filed)).unwrap();
        assert_eq!(w.count(&w.desk, "select count(*) from case_"), 2);
    }

    fn what_belongs_to_no_case_is_refused_and_changes_nothing(place: Place) {
        let w = World::new(place);
        let own = w.filed("paper_request", HANAKO);
        let before = w.case(own.number);
        for case in ["nonsense".to_owned(), access::CaseId::new(uuid::Uuid::from_u128(99)).to_string()] {
            assert!(w.hand_up(&Up::Withdrew { case: case.clone(), at: w.now() }).is_err(), "{case}");
        }
        assert_eq!(w.case(own.number), before);
        let lost = Down { case: access::CaseId::new(uuid::Uuid::from_u128(99)).to_string(), turn: 1, at: w.now(), hear_by: None, news: News::Deciding };
        w.hand_down(&lost).unwrap();
        assert_eq!(w.count(&w.portal, "select count(*) from own_case"), 1, "a case on paper has no copy here");
    }

    fn what_the_person_writes_stands_in_the_desks_story_and_back(place: Place) {
        let w = World::new(place);
        let office = office(&w);
        let own = w.filed("paper_request", HANAKO);
        w.write(own.id, "w-1", "急いでいます。").unwrap();
        w.carry();
        assert!(w.story(own.id).iter().any(|told| matches!(&told.event, Event::ApplicantWrote { text } if text == "急いでいます。")));
        let (number, seen) = (own.number, w.case(own.number).row);
        w.act(&office.clerk, move |tx, acting| {
            verbs::write_to_applicant(tx, acting, number, seen, "d-1".into(), "来週お返事します。".into())
        })
        .unwrap();
        w.act(&office.clerk, move |tx, acting| verbs::note(tx, acting, number, seen + 1, "内輪のメモ".into())).unwrap();
        w.carry();
        let seen = w.seen(own.id);
        let wrote = |seen: &&Seen| matches!(seen, Seen::Desk { news } if matches!(&**news, News::Wrote { text, .. } if text == "来週お返事します。"));
        assert_eq!(seen.iter().filter(wrote).count(), 1);
        assert!(!format!("{seen:?}").contains("内輪のメモ"), "a note stays inside");
    }

    fn a_receipt_number_is_not_used_up_by_a_repetition(place: Place) {
        let w = World::new(place);
        let first = w.filed("paper_request", HANAKO);
        for up in ups(&w).iter().filter(|up| matches!(up, Up::Filed(_))) {
            w.hand_up(up).unwrap();
        }
        let second = w.filed("paper_request", TARO);
        assert_eq!(w.case(first.number).receipt_number, "令和8年度収受第1号");
        assert_eq!(w.case(second.number).receipt_number, "令和8年度収受第2号");
    }
}
