//! 申請: a resident files, once, what they may; corrects just what was asked; writes and withdraws.

mod world;

use std::sync::{Arc, Barrier};

use access::CaseId;
use cases::{
    Channel, FilingRefused,
    case::NotNow,
    filing::{self, Candidates},
    own::{OwnCase, OwnState, Seen},
    verbs::{self, Correction},
};
use definitions::{
    procedure::{DraftRule, Version},
    typed::Typed,
};
use world::*;

/// 鈴木さん asks 花子 to mend these fields.
fn ask(w: &World, own: &cases::own::OwnCase, fields: &[&str]) {
    let clerk = w.hire("鈴木", "general_affairs", "clerk");
    let (number, seen, until) = (own.number, w.case(own.number).row, w.today().saturating_add(jiff::Span::new().days(14)));
    let fields: Vec<String> = fields.iter().map(ToString::to_string).collect();
    w.act(&clerk, move |tx, acting| {
        let fields = fields.iter().map(|field| field.parse().unwrap()).collect();
        verbs::request_correction(tx, acting, number, seen, Correction { fields, say: "読めません。".into(), until })
    })
    .unwrap();
    w.carry();
}

/// The town publishes the procedure anew with these rules for drafts.
fn publish(w: &World, drafts: DraftRule) {
    let mut town = (*w.town.current()).clone();
    let mut procedure = (*town.procedures["paper_request"]).clone();
    procedure.version = Version("next".to_owned());
    procedure.drafts = drafts;
    town.procedures.insert(procedure.id.clone(), Arc::new(procedure));
    w.town.replace(town);
}

store::on_both_engines! {
    fn what_happens_on_any_case_is_told_in_the_towns_own_words_with_all_its_places_filled(place: Place) {
        let w = World::new(place);
        let own = w.filed("paper_request", HANAKO);
        ask(&w, &own, &["documents"]);
        let rows = w.portal.read(|tx| tx.all("select body from notice where body is not null order by id", store::params![])).unwrap();
        let told: Vec<String> = rows.iter().map(|row| row.get::<String>(0).unwrap()).collect();
        let asked = told.iter().find(|text| text.contains("直してください")).unwrap_or_else(|| panic!("{told:?}"));
        for said in ["佐藤 花子 様", "公文書", "令和8年12月8日", "読めません。"] {
            assert!(asked.contains(said), "{said} in {asked}");
        }
        assert!(!asked.contains('{'), "no place is left open: {asked}");
    }

    fn only_saving_a_page_that_is_asked_again_does_with_it(place: Place) {
        let w = World::new(place);
        let draft = w.typed("paper_request", &hanako(), HANAKO);
        publish(&w, DraftRule::AskAgain(vec!["what".parse().unwrap(), "how".parse().unwrap()]));
        // Another page is saved, and the new version is what the draft was saved under from then on.
        w.save(draft.id, &hanako(), "who", typed(&HANAKO[..7])).unwrap();
        assert!(matches!(w.file(&draft, &hanako()), Err(FilingRefused::DefinitionChanged)), "neither page was looked at");
        w.save(draft.id, &hanako(), "what", typed(&[("documents", "議会の議事録"), ("items.0.title", "契約書")])).unwrap();
        assert!(matches!(w.file(&draft, &hanako()), Err(FilingRefused::DefinitionChanged)), "one of two");
        w.save(draft.id, &hanako(), "how", typed(&[("way", "view")])).unwrap();
        w.file(&draft, &hanako()).unwrap_or_else(|refused| panic!("{refused:?}"));
    }

    fn a_draft_is_there_for_thirty_days_and_then_gone_with_its_files(place: Place) {
        let w = World::new(place);
        let draft = w.typed("paper_request", &hanako(), HANAKO);
        let id = draft.id;
        let is_there = |w: &World| w.resident(move |tx, terms| filing::open(tx, terms, id, &hanako()).map(drop));
        let sweep = |w: &World| {
            let now = w.now();
            w.portal.write(move |tx| cases::sweep_drafts(tx, now)).unwrap()
        };
        w.days_later(cases::draft::DRAFT_KEPT_DAYS);
        assert_eq!(sweep(&w), 0);
        assert!(is_there(&w).is_ok());
        w.minutes_later(1);
        assert_eq!(sweep(&w), 1);
        assert!(matches!(is_there(&w), Err(FilingRefused::NotFound)));
    }

    fn a_file_that_nothing_names_goes_and_one_that_is_named_stays(place: Place) {
        let w = World::new(place);
        let put = |bytes: &[u8]| w.files.put(bytes).unwrap();
        let (typed_file, filed, orphan) = (put(b"typed"), put(b"filed"), put(b"orphan"));
        let json = |file: &store::files::FileRef| {
            serde_json::json!({ "file": file.to_string(), "name": "a.pdf", "media": "application/pdf", "bytes": 5 }).to_string()
        };
        let attach = |draft: cases::draft::DraftId, text: String| {
            w.resident(move |tx, terms| {
                let page = "what".parse().unwrap();
                filing::save_page(tx, terms, draft, &hanako(), &page, |typed, _| typed.push("sketches".to_owned(), text.clone())).map(drop)
            })
            .unwrap();
        };
        let draft = w.typed("paper_request", &hanako(), HANAKO);
        attach(draft.id, json(&typed_file));
        let other = w.typed("paper_request", &hanako(), HANAKO);
        attach(other.id, json(&filed));
        let own = w.file(&other, &hanako()).unwrap_or_else(|refused| panic!("{refused:?}"));
        assert_eq!(cases::attachments::of(&own.answers).len(), 1, "the case names it");
        let in_use = cases::orphans::of_portal(&w.keys);
        let sweep: Vec<Arc<dyn store::jobs::JobHandler>> =
            vec![Arc::new(cases::orphans::SweepFiles { store: w.portal.store().clone(), files: w.files.clone(), in_use })];
        let swept_on = |day: &str| {
            let day = day.parse().unwrap();
            w.portal.write(move |tx| cases::orphans::ask(tx, day)).unwrap();
            assert_eq!(store::jobs::run_due(&w.portal, &sweep).unwrap(), 1);
            w.count(&w.portal, "select count(*) from store_entry where what = 'files-swept'")
        };
        assert_eq!(swept_on("2026-11-25"), 0, "what has just come may be named in a moment");
        for file in [&typed_file, &filed, &orphan] {
            world::two_days_old(&place.folder().join("files"), file);
        }
        assert_eq!(swept_on("2026-11-26"), 1);
        assert!(w.files.get(&typed_file).is_ok() && w.files.get(&filed).is_ok());
        assert!(w.files.get(&orphan).is_err());
    }

    fn a_page_that_was_read_before_the_news_came_turns_nothing_back(place: Place) {
        let w = World::new(place);
        let read = w.filed("paper_request", HANAKO);
        w.withdraw(read.id).unwrap();
        let old = read.clone();
        let again = w.resident(move |tx, terms| filing::withdraw(tx, terms, &hanako(), old.id));
        assert!(matches!(again, Err(FilingRefused::NotNow(_))), "the copy in hand says that it is open; the case is not");
        assert_eq!(w.seen(read.id).iter().filter(|seen| matches!(seen, Seen::Withdrew)).count(), 1);
    }
    fn a_resident_files_and_the_desk_has_the_case(place: Place) {
        let w = World::new(place);
        let own = w.filed("paper_request", HANAKO);
        let case = w.case(own.number);
        assert_eq!(case.id, own.id);
        assert_eq!(case.contacts.name, "佐藤 花子");
        assert_eq!(case.answers, own.answers);
        assert_eq!(w.own(own.id).state, OwnState::InReview);
        assert_eq!(w.story_codes(own.id), ["received", "message-fate"]);
        assert!(w.dead().is_empty());
    }

    fn a_second_tap_files_once_and_both_get_the_number(place: Place) {
        let w = World::new(place);
        let draft = w.typed("paper_request", &hanako(), HANAKO);
        let own = w.file(&draft, &hanako()).unwrap();
        match w.file(&draft, &hanako()) {
            Err(FilingRefused::AlreadyFiled(number)) => assert_eq!(number, own.number),
            other => panic!("{other:?}"),
        }
        w.carry();
        assert_eq!(w.count(&w.portal, "select count(*) from own_case"), 1);
        assert_eq!(w.count(&w.desk, "select count(*) from case_"), 1);
    }

    fn two_taps_at_the_same_moment_make_one_case(place: Place) {
        let w = World::new(place);
        for _ in 0..5 {
            let draft = w.typed("paper_request", &hanako(), HANAKO);
            let start = Arc::new(Barrier::new(2));
            let taps: Vec<_> = (0..2)
                .map(|_| {
                    let (start, window, id) = (start.clone(), w.window(), draft.id);
                    let (seen, candidates) = (w.version("paper_request"), w.candidates());
                    std::thread::spawn(move || {
                        start.wait();
                        window.file(id, seen, candidates)
                    })
                })
                .collect();
            let told: Vec<_> = taps
                .into_iter()
                .map(|tap| match tap.join().unwrap() {
                    Ok(OwnCase { number, .. }) | Err(FilingRefused::AlreadyFiled(number)) => number,
                    Err(other) => panic!("{other:?}"),
                })
                .collect();
            assert_eq!(told[0], told[1]);
        }
        assert_eq!(w.count(&w.portal, "select count(*) from own_case"), 5);
    }

    fn a_page_saved_while_the_draft_is_filed_is_filed_or_kept_and_never_lost(place: Place) {
        let w = World::new(place);
        for _ in 0..12 {
            let draft = w.typed("paper_request", &hanako(), HANAKO);
            let (start, window, id) = (Arc::new(Barrier::new(2)), w.window(), draft.id);
            let (tap_start, seen, candidates) = (start.clone(), w.version("paper_request"), w.candidates());
            let tap = std::thread::spawn(move || {
                tap_start.wait();
                window.file(id, seen, candidates)
            });
            start.wait();
            let saved = w.save(id, &hanako(), "what", typed(&[("documents", "南公園の設計図"), ("items.0.title", "設計図")]));
            match (saved, tap.join().unwrap()) {
                (Ok(()), Ok(own)) => {
                    let filed = format!("{:?}", own.answers.get("documents"));
                    assert!(filed.contains("南公園"), "saved before it was filed, so it is what was filed: {filed}");
                }
                (Err(FilingRefused::AlreadyFiled(number)), Ok(own)) => assert_eq!(number, own.number, "told that it was filed"),
                (Ok(()), Err(FilingRefused::SavedMeanwhile)) => {
                    assert!(w.find_own(draft.case).is_none(), "nothing was filed that the person had not seen");
                    assert_eq!(w.typed_in(id).first("documents"), Some("南公園の設計図"));
                }
                other => panic!("{other:?}"),
            }
        }
    }

    fn two_windows_that_save_at_once_keep_what_both_typed(place: Place) {
        let w = World::new(place);
        for _ in 0..8 {
            let draft = w.typed("paper_request", &hanako(), HANAKO);
            let (start, id) = (Arc::new(Barrier::new(2)), draft.id);
            let windows = [("what", ("documents", "南公園の設計図")), ("who", ("name", "佐藤 華子"))].map(|(page, pair)| {
                let (start, window) = (start.clone(), w.window());
                std::thread::spawn(move || {
                    start.wait();
                    window.save(id, &hanako(), page, typed(&[pair]))
                })
            });
            windows.into_iter().for_each(|window| window.join().unwrap().expect("saved"));
            let typed = w.typed_in(id);
            assert_eq!((typed.first("documents"), typed.first("name")), (Some("南公園の設計図"), Some("佐藤 華子")));
        }
    }

    fn a_correction_sent_twice_is_the_first_on_both_sides(place: Place) {
        let w = World::new(place);
        let own = w.filed("paper_request", HANAKO);
        w.carry();
        ask(&w, &own, &["documents"]);
        w.correct(own.id, &[("documents", "西公園の改修工事の契約書")]).unwrap();
        assert!(matches!(w.correct(own.id, &[("documents", "北公園の設計図")]), Err(FilingRefused::NotNow(_))));
        w.carry();
        assert_eq!(w.case(own.number).answers.get("documents"), w.own(own.id).answers.get("documents"));
        assert!(format!("{:?}", w.own(own.id).answers.get("documents")).contains("西公園"));
    }

    fn anothers_draft_is_not_found(place: Place) {
        let w = World::new(place);
        let draft = w.typed("paper_request", &hanako(), HANAKO);
        assert!(matches!(w.file(&draft, &another()), Err(FilingRefused::NotFound)));
        assert!(matches!(w.save(draft.id, &another(), "what", typed(&[("documents", "消してやる")])), Err(FilingRefused::NotFound)));
        let id = draft.id;
        let dropped = w.resident(move |tx, terms| filing::drop_draft(tx, terms, id, &another()));
        assert!(matches!(dropped, Err(FilingRefused::NotFound)));
        let code = w.number();
        let lent = w.resident(move |tx, terms| filing::lend(tx, terms, id, &another(), code));
        assert!(matches!(lent, Err(FilingRefused::NotFound)));
        assert!(w.file(&draft, &hanako()).is_ok(), "花子 still files what she typed");
    }

    fn what_is_incomplete_leads_to_its_page(place: Place) {
        let w = World::new(place);
        for (missing, page) in [("name", "who"), ("documents", "what"), ("way", "how")] {
            let draft = w.typed("paper_request", &hanako(), &with(HANAKO, &[(missing, "")]));
            match w.file(&draft, &hanako()) {
                Err(FilingRefused::Incomplete(Some(at))) => assert_eq!(at.as_str(), page, "without {missing}"),
                other => panic!("without {missing}: {other:?}"),
            }
        }
    }

    fn a_formal_rule_that_does_not_hold_is_not_filed(place: Place) {
        let w = World::new(place);
        let draft = w.typed("paper_request", &hanako(), &with(HANAKO, &[("documents", "書類")]));
        assert!(matches!(w.file(&draft, &hanako()), Err(FilingRefused::Incomplete(_))));
        assert_eq!(w.count(&w.portal, "select count(*) from own_case"), 0);
    }

    fn a_merit_rule_warns_and_lets_the_person_file(place: Place) {
        let w = World::new(place);
        let own = w.filed("paper_request", TARO);
        assert_eq!(w.case(own.number).warned, ["there_is_a_way_to_ask_back"]);
    }

    fn hidden_answers_are_never_filed(place: Place) {
        let w = World::new(place);
        let own = w.filed("paper_request", &with(HANAKO, &[("representative", "見えない 人"), ("postage", "yes")]));
        assert!(own.answers.get("representative").is_none(), "a person has no representative");
        assert!(own.answers.get("postage").is_none(), "who reads at the counter pays no postage");
        assert_eq!(w.case(own.number).answers, own.answers);
    }

    fn a_forged_option_is_refused(place: Place) {
        let w = World::new(place);
        let draft = w.typed("paper_request", &hanako(), &with(HANAKO, &[("way", "by_helicopter")]));
        assert!(matches!(w.file(&draft, &hanako()), Err(FilingRefused::Incomplete(Some(_)))));
    }

    fn fields_that_no_page_asks_are_not_kept(place: Place) {
        let w = World::new(place);
        let own = w.filed("paper_request", &with(HANAKO, &[("decided", "yes"), ("outcome", "full"), ("items.9.title", "十番目")]));
        assert!(own.answers.iter().all(|(id, _)| !["decided", "outcome"].contains(&id.as_str())));
    }

    fn a_number_that_is_taken_is_passed_over(place: Place) {
        let w = World::new(place);
        let first = w.filed("paper_request", HANAKO);
        let (draft, free) = (w.typed("paper_request", &hanako(), HANAKO), w.number());
        let (id, seen, taken) = (draft.id, w.version("paper_request"), first.number);
        let candidates = [taken, taken, free, w.number()];
        let second = w
            .resident(move |tx, terms| filing::file(tx, terms, id, &hanako(), &seen, Channel::Online, &Candidates(candidates)))
            .unwrap();
        assert_eq!(second.number, free);
    }

    fn a_definition_that_changed_is_looked_at_again_before_filing(place: Place) {
        let w = World::new(place);
        let (draft, seen) = (w.typed("paper_request", &hanako(), HANAKO), w.version("paper_request"));
        publish(&w, DraftRule::Keep);
        assert!(matches!(w.file_seen(&draft, &hanako(), seen), Err(FilingRefused::DefinitionChanged)));
        let own = w.file(&draft, &hanako()).expect("who has seen the new one files");
        assert_eq!(own.version, Version("next".to_owned()));
    }

    fn pages_to_be_asked_again_are_asked_before_filing(place: Place) {
        let w = World::new(place);
        let draft = w.typed("paper_request", &hanako(), HANAKO);
        publish(&w, DraftRule::AskAgain(vec!["what".parse().unwrap()]));
        assert!(matches!(w.file(&draft, &hanako()), Err(FilingRefused::DefinitionChanged)));
        w.save(draft.id, &hanako(), "what", typed(&[("documents", "新しい質問への答え"), ("items.0.title", "契約書")])).unwrap();
        assert!(w.file(&draft, &hanako()).is_ok());
    }

    fn after_the_close_nobody_files(place: Place) {
        let w = World::new(place);
        let draft = w.typed("paper_request", &hanako(), HANAKO);
        publish(&w, DraftRule::Close(jiff::civil::date(2026, 11, 25).at(0, 0, 0, 0)));
        w.minutes_later(13 * 60 + 11);
        let seen = w.version("paper_request");
        assert!(!matches!(w.file_seen(&draft, &hanako(), Version("old".into())), Err(FilingRefused::Closed(_))), "23:59 is in time");
        w.minutes_later(1);
        assert!(matches!(w.file_seen(&draft, &hanako(), seen), Err(FilingRefused::Closed(_))));
    }

    fn only_the_fields_that_were_asked_for_are_corrected(place: Place) {
        let w = World::new(place);
        let own = w.filed("paper_request", HANAKO);
        ask(&w, &own, &["documents"]);
        w.correct(own.id, &[("documents", "西公園の改修工事の契約書"), ("name", "別の 人")]).unwrap();
        w.carry();
        let case = w.case(own.number);
        assert_eq!(case.answers.get("name"), own.answers.get("name"));
        assert_ne!(case.answers.get("documents"), own.answers.get("documents"));
        assert_eq!(case.answers, w.own(own.id).answers);
        assert_eq!(w.own(own.id).state, OwnState::InReview);
    }

    fn a_correction_that_is_still_wrong_changes_nothing(place: Place) {
        let w = World::new(place);
        let own = w.filed("paper_request", HANAKO);
        ask(&w, &own, &["documents"]);
        assert!(matches!(w.correct(own.id, &[("documents", "")]), Err(FilingRefused::Incomplete(_))));
        assert!(matches!(w.correct(own.id, &[("documents", "短い")]), Err(FilingRefused::Incomplete(_))), "a formal rule of the asked field");
        assert!(matches!(w.own(own.id).state, OwnState::Correct { .. }));
        assert_eq!(w.own(own.id).answers, own.answers);
    }

    fn a_second_correction_is_refused(place: Place) {
        let w = World::new(place);
        let own = w.filed("paper_request", HANAKO);
        assert!(matches!(w.correct(own.id, &[("documents", "だれも頼んでいない")]), Err(FilingRefused::NotNow(NotNow::Stage("in-review")))));
        ask(&w, &own, &["documents"]);
        w.correct(own.id, &[("documents", "西公園の改修工事の契約書")]).unwrap();
        assert!(matches!(w.correct(own.id, &[("documents", "もう一度")]), Err(FilingRefused::NotNow(NotNow::Stage("corrected")))));
    }

    fn who_corrects_their_address_gets_the_letter_there(place: Place) {
        let w = World::new(place);
        let own = w.filed("paper_request", HANAKO);
        ask(&w, &own, &["name", "address", "mail"]);
        let mended = [("name", "佐藤 花"), ("address.postal", "100-0002"), ("address.text", "見本市東2-2"), ("mail", "hana@example.jp")];
        w.correct(own.id, &mended).unwrap();
        w.carry();
        let case = w.case(own.number);
        assert_eq!(case.contacts.name, "佐藤 花");
        assert_eq!(case.contacts.address.as_deref(), Some("〒100-0002 見本市東2-2"));
        assert_eq!(w.own(own.id).contacts, case.contacts);
    }

    fn a_message_is_neither_empty_nor_longer_than_a_page(place: Place) {
        let w = World::new(place);
        let own = w.filed("paper_request", HANAKO);
        for (text, taken) in [("", false), (" 　\n", false), (&"あ".repeat(2_000), true), (&"あ".repeat(2_001), false)] {
            assert_eq!(w.write(own.id, "w", text).is_ok(), taken, "{} characters", text.chars().count());
        }
    }

    fn after_the_withdrawal_nothing_is_written_corrected_or_withdrawn(place: Place) {
        let w = World::new(place);
        let own = w.filed("paper_request", HANAKO);
        w.withdraw(own.id).unwrap();
        assert!(matches!(w.withdraw(own.id), Err(FilingRefused::NotNow(NotNow::Stage("withdrawn")))));
        assert!(matches!(w.correct(own.id, &[("documents", "x")]), Err(FilingRefused::NotNow(_))));
        w.carry();
        assert_eq!(w.own(own.id).state, OwnState::Withdrawn);
        assert!(!w.case(own.number).stage.is_open());
        assert_eq!(w.seen(own.id).iter().filter(|seen| **seen == Seen::Withdrew).count(), 1);
    }

    fn a_code_that_was_read_aloud_works_for_half_an_hour(place: Place) {
        let w = World::new(place);
        let draft = w.typed("paper_request", &hanako(), HANAKO);
        let (id, code) = (draft.id, w.number());
        w.resident(move |tx, terms| filing::lend(tx, terms, id, &hanako(), code)).unwrap();
        let lent = match cases::parcel::opened(&w.desk_keys, &w.parcels(&w.portal, cases::parcel::UP).remove(0).body).unwrap() {
            cases::parcel::Up::Lent(lent) => lent,
            other => panic!("{other:?}"),
        };
        assert_eq!(lent.code, code.plain(), "it travels sealed to the desk, which keeps a digest of its own");
        assert_eq!(lent.typed.first("documents"), Some("中央公園の改修工事の契約書"));
        let at = |minutes: i64| w.now() + jiff::SignedDuration::from_mins(minutes);
        assert!(lent.still_works(at(0)) && lent.still_works(at(30)));
        assert!(!lent.still_works(at(31)));
    }

    fn ten_megabytes_of_text_are_refused_and_the_draft_stays(place: Place) {
        let w = World::new(place);
        let draft = w.typed("paper_request", &hanako(), HANAKO);
        let long = "あ".repeat(3_500_000);
        let saved = Typed::from_pairs([("documents", long.as_str())]).map_err(FilingRefused::from);
        let saved = saved.and_then(|typed| w.save(draft.id, &hanako(), "what", typed));
        assert!(matches!(saved, Err(FilingRefused::TooMuch(_))), "{saved:?}");
        assert!(w.file(&draft, &hanako()).is_ok());
    }
}

#[test]
fn a_receipts_secret_is_derived_from_the_town_and_the_case() {
    let keys = store::testing::keys();
    let (one, other) = (CaseId::new(uuid::Uuid::from_u128(1)), CaseId::new(uuid::Uuid::from_u128(2)));
    assert!(filing::receipt_secret(&keys, one).is(&filing::receipt_secret(&keys, one)));
    assert!(!filing::receipt_secret(&keys, one).is(&filing::receipt_secret(&keys, other)));
}
