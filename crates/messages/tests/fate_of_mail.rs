//! What becomes of a notice on its way out, against someone else's mail server, on both engines.

mod smtp_server;
mod town;

use std::time::Duration;

use definitions::message::Then;
use messages::{Contacts, Fate, IfUnread, Notice, contact::Instead, fate::Why, mailing::CodeMail};
use smtp_server::SmtpServer;
use store::StoreError;
use town::{Mailroom, contacts, notice, portal};

store::on_both_engines! {
    fn a_mail_names_the_town_and_the_way_in_and_nothing_else(place: Place) {
        let store = portal(place);
        let server = SmtpServer::start();
        let room = Mailroom::open(store, server.port);
        for language in definitions::text::Language::ALL {
            let mut notice = notice(&format!("case:1:{}", language.code()), "hanako@example.jp");
            notice.language = language;
            room.tell(&notice);
            room.deliver(&notice.id);
            let mail = server.mail();
            let text = mail["text"].as_str().unwrap();
            assert!(text.contains("https://mihon.example.jp/status/K7P4M29"), "{text}");
            assert!(mail["headers"]["Subject"].as_str().unwrap().contains("見本市"));
            let raw = format!("{mail}");
            for secret in ["情報公開", "佐藤", "花子さん", "決定", "decided"] {
                assert!(!raw.contains(secret), "{secret} in {raw}");
            }
            assert_eq!(room.fate(&notice.id), Fate::HandedOver);
        }
    }

    fn what_is_told_twice_is_sent_once(place: Place) {
        let store = portal(place);
        let server = SmtpServer::start();
        let room = Mailroom::open(store, server.port);
        let notice = notice("case:1:2", "hanako@example.jp");
        assert!(room.tell(&notice).new);
        assert!(!room.tell(&notice).new);
        room.deliver(&notice.id);
        room.deliver(&notice.id);
        server.mail();
        assert!(server.is_quiet());
    }

    fn a_relay_that_says_later_is_asked_later_and_each_fate_is_told_once(place: Place) {
        let store = portal(place);
        let server = SmtpServer::start();
        let room = Mailroom::open(store, server.port);
        let notice = notice("case:1:2", "later2@example.jp");
        room.tell(&notice);
        room.deliver(&notice.id);
        assert!(matches!(room.fate(&notice.id), Fate::TryingAgain { why: Why::Other, .. }));
        room.clock.advance(Duration::from_secs(60));
        room.deliver(&notice.id);
        room.clock.advance(Duration::from_secs(300));
        room.deliver(&notice.id);
        assert_eq!(room.fate(&notice.id), Fate::HandedOver);
        server.mail();
        let told: Vec<(i64, &str)> = room.told().iter().map(|news| (news.turn, news.fate.code())).collect();
        assert_eq!(told, [(2, "trying-again"), (3, "trying-again"), (4, "handed-over")]);
        assert_eq!(room.jobs(), ["case:1:2", "case:1:2#1", "case:1:2#2"]);
    }

    fn what_nobody_reads_in_time_becomes_a_call_once(place: Place) {
        let store = portal(place);
        let server = SmtpServer::start();
        let room = Mailroom::open(store.clone(), server.port);
        let at = room.clock.now() + jiff::SignedDuration::from_hours(5 * 24);
        let unread = Notice { if_unread: Some(IfUnread { at, then: Then::PhoneList }), ..notice("case:1:2", "hanako@example.jp") };
        room.tell(&unread);
        assert_eq!(room.look_whether_read(), Some(at), "looked at when the folder says");
        assert_eq!(room.fate("case:1:2"), Fate::Queued, "the mail is still being tried: the look waits for it");
        room.deliver("case:1:2");
        room.look_whether_read();
        assert_eq!(room.fate("case:1:2"), Fate::UnreadCall);
        assert!(Fate::UnreadCall.is_work_for_staff());
        room.look_whether_read();
        let told: Vec<&str> = room.told().iter().map(|news| news.fate.code()).collect();
        assert_eq!(told, ["handed-over", "unread-call"], "staff are told once");
    }

    fn what_was_read_on_the_status_page_calls_nobody(place: Place) {
        let store = portal(place);
        let server = SmtpServer::start();
        let room = Mailroom::open(store.clone(), server.port);
        let at = room.clock.now() + jiff::SignedDuration::from_hours(24);
        let told = Notice { if_unread: Some(IfUnread { at, then: Then::Post }), ..notice("case:1:2", "hanako@example.jp") };
        let case = told.case.unwrap();
        room.tell(&told);
        room.deliver("case:1:2");
        let is_unread = || store.read::<_, StoreError>(move |tx| messages::is_any_unread_of(tx, case)).unwrap();
        assert!(is_unread());
        let now = room.clock.now();
        assert_eq!(store.write::<_, StoreError>(move |tx| messages::read_of(tx, case, now)).unwrap(), 1);
        assert!(!is_unread());
        room.look_whether_read();
        assert_eq!(room.fate("case:1:2"), Fate::HandedOver);
        assert_eq!(room.told().len(), 1);
    }

    fn who_is_called_from_the_beginning_is_not_put_on_the_list_twice(place: Place) {
        let store = portal(place);
        let room = Mailroom::open(store, 1);
        let at = room.clock.now();
        let mut told = Notice { if_unread: Some(IfUnread { at, then: Then::PhoneList }), ..notice("case:1:2", "") };
        told.contacts = contacts(None, true, false);
        room.tell(&told);
        assert_eq!(room.look_whether_read(), None);
    }

    fn a_refusal_for_good_ends_in_the_telephone_and_the_address_is_forgotten(place: Place) {
        let store = portal(place);
        let server = SmtpServer::start();
        let room = Mailroom::open(store, server.port);
        let mut notice = notice("case:1:2", "never@example.jp");
        notice.contacts.phone = true;
        room.tell(&notice);
        room.deliver(&notice.id);
        let refused = Fate::Refused { why: Why::NoSuchAddress, instead: Instead::Phone };
        assert_eq!(room.fate(&notice.id), refused);
        assert!(refused.is_work_for_staff());
        assert_eq!(room.told().len(), 1);
        assert_eq!(room.addresses_kept(), 0);
        room.deliver(&notice.id);
        assert_eq!(room.told().len(), 1);
    }

    fn a_mail_server_that_is_down_delays_and_loses_nothing(place: Place) {
        let store = portal(place);
        let port = SmtpServer::start().port;
        let room = Mailroom::open(store, port);
        let notice = notice("case:1:2", "hanako@example.jp");
        room.tell(&notice);
        room.deliver(&notice.id);
        assert!(matches!(room.fate(&notice.id), Fate::TryingAgain { why: Why::Relay, .. }));
        assert_eq!(room.addresses_kept(), 1);
        let server = SmtpServer::on(port);
        room.clock.advance(Duration::from_secs(60));
        room.deliver(&notice.id);
        assert_eq!(room.fate(&notice.id), Fate::HandedOver);
        server.mail();
    }

    fn after_two_days_in_vain_staff_are_told_to_write_by_post(place: Place) {
        let store = portal(place);
        let port = SmtpServer::start().port;
        let room = Mailroom::open(store, port);
        let mut notice = notice("case:1:2", "hanako@example.jp");
        notice.contacts.post = true;
        room.tell(&notice);
        for _ in 0..60 {
            room.deliver(&notice.id);
            room.clock.advance(Duration::from_secs(4 * 3_600));
        }
        assert_eq!(room.fate(&notice.id), Fate::GivenUp { why: Why::Relay, instead: Instead::Post });
        assert_eq!(room.told().last().unwrap().fate.code(), "given-up");
    }

    fn a_crash_between_the_last_dot_and_our_books_sends_nothing_twice(place: Place) {
        let store = portal(place);
        let server = SmtpServer::start();
        let notice = notice("case:1:2", "hanako@example.jp");
        let crashing = Mailroom::that_dies_when_told(store.clone(), server.port);
        crashing.tell(&notice);
        crashing.try_deliver(&notice.id).unwrap_err();
        server.mail();
        let restarted = Mailroom::open(store, server.port);
        restarted.deliver(&notice.id);
        assert_eq!(restarted.fate(&notice.id), Fate::Queued, "the first try may still be under way elsewhere");
        restarted.clock.advance(Duration::from_secs(3_600));
        restarted.deliver(&notice.id);
        assert_eq!(restarted.fate(&notice.id), Fate::Unsure { instead: Instead::Nothing });
        restarted.deliver(&notice.id);
        assert!(server.is_quiet());
        assert_eq!(restarted.told().len(), 1);
    }

    fn a_relay_that_answers_too_late_leaves_the_mail_unsure_and_it_is_not_sent_again(place: Place) {
        let store = portal(place);
        let server = SmtpServer::start();
        let room = Mailroom::open(store, server.port);
        let notice = notice("case:1:2", "slow30@example.jp");
        room.tell(&notice);
        room.deliver(&notice.id);
        assert_eq!(room.fate(&notice.id), Fate::Unsure { instead: Instead::Nothing });
        server.mail();
        room.deliver(&notice.id);
        assert!(server.is_quiet());
    }

    fn two_workers_with_the_same_job_hand_over_one_mail(place: Place) {
        let store = portal(place);
        let server = SmtpServer::start();
        let rooms: Vec<Mailroom> = (0..4).map(|_| Mailroom::open(store.clone(), server.port)).collect();
        let notice = notice("case:1:2", "slow0.3@example.jp");
        rooms[0].tell(&notice);
        std::thread::scope(|scope| {
            for room in &rooms {
                let id = &notice.id;
                scope.spawn(move || room.deliver(id));
            }
        });
        assert_eq!(rooms[0].fate(&notice.id), Fate::HandedOver);
        server.mail();
        assert!(server.is_quiet());
    }

    fn telephone_only_and_post_only_are_contacts_and_become_work_for_staff(place: Place) {
        let store = portal(place);
        let room = Mailroom::open(store, 1);
        let check = |id: &str, contacts: Contacts, expect: Fate| {
            let mut notice = notice(id, "");
            notice.contacts = contacts;
            let news = room.tell(&notice).news.unwrap();
            assert_eq!((&news.fate, news.turn), (&expect, 1), "{id}");
            assert!(expect.is_work_for_staff());
            assert_eq!(room.fate(id), expect);
        };
        check("phone", contacts(None, true, true), Fate::Call);
        check("post", contacts(None, false, true), Fate::Post);
        check("none", contacts(None, false, false), Fate::Unreachable);
        let bad = Fate::Refused { why: Why::BadAddress, instead: Instead::Phone };
        check("bad", contacts(Some("花子@example.jp"), true, true), bad.clone());
        check("evil", contacts(Some("a@example.jp\r\nBcc: b@example.jp"), true, true), bad);
        assert!(room.jobs().is_empty());
        assert_eq!(room.addresses_kept(), 0);
    }

    fn a_code_is_mailed_once_and_tried_again_within_its_ten_minutes(place: Place) {
        let store = portal(place);
        let server = SmtpServer::start();
        let room = Mailroom::open(store, server.port);
        let code = |to: &str| CodeMail { to: to.into(), code: "4821-7730".into(), language: Default::default() };
        room.mailing.code("code:1", &code("hanako@example.jp"), serde_json::json!({})).unwrap();
        room.mailing.code("code:1", &code("hanako@example.jp"), serde_json::json!({})).unwrap();
        assert!(server.mail()["text"].as_str().unwrap().contains("4821-7730"));
        assert!(server.is_quiet());
        room.mailing.code("code:2", &code("later1@example.jp"), serde_json::json!({ "sealed": "x" })).unwrap();
        assert_eq!(room.jobs(), ["code:2#1"]);
        room.clock.advance(Duration::from_secs(5));
        room.mailing.code("code:2", &code("later1@example.jp"), serde_json::json!({ "sealed": "x" })).unwrap();
        server.mail();
        assert_eq!(room.addresses_kept(), 0);
    }
}
