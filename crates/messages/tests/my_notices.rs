//! Notices on my page, and the jobs as the store runs them, on both engines.

mod smtp_server;
mod town;

use std::sync::Arc;

use access::{AccountId, accounts::MailCode};
use definitions::text::Language;
use messages::{Before, Content, Fate, Notice, portal};
use smtp_server::SmtpServer;
use store::{NewJob, Portal, StoreError, jobs, keys::Keys, testing::until};
use town::{Mailroom, notice, words};
use ui::parts::Say;

fn account(number: u128) -> AccountId {
    AccountId::new(uuid::Uuid::from_u128(number))
}

fn told(room: &Mailroom, count: usize, of: AccountId) {
    for number in 0..count {
        let content = Content::Words { id: "messages-notice-decided".into(), args: vec![("procedure".into(), format!("手続{number}"))] };
        room.tell(&Notice { account: Some(of), content, ..notice(&format!("case:{of}:{number:03}"), "hanako@example.jp") });
        room.clock.advance(std::time::Duration::from_secs(1));
    }
}

fn list(store: &Portal, of: AccountId, before: Option<Before>, limit: i64) -> Vec<messages::Shown> {
    store.read::<_, StoreError>(move |tx| messages::notices(tx, of, before.as_ref(), limit)).unwrap()
}

store::on_both_engines! {
    fn notices_stand_newest_first_and_each_once_over_all_pages(place: Place) {
        let store = town::portal(place);
        let room = Mailroom::open(store.clone(), 1);
        told(&room, 25, account(1));
        let first = list(&store, account(1), None, 20);
        let last = first.last().unwrap();
        let rest = list(&store, account(1), Some(Before { at: last.at, id: last.id.clone() }), 20);
        let ids: Vec<String> = first.iter().chain(&rest).map(|one| one.id.clone()).collect();
        let mut expected: Vec<String> = (0..25).map(|number| format!("case:{}:{number:03}", account(1))).collect();
        expected.reverse();
        assert_eq!(ids, expected);
    }

    fn opening_marks_as_read_and_leads_to_the_case(place: Place) {
        let store = town::portal(place);
        let room = Mailroom::open(store.clone(), 1);
        told(&room, 3, account(1));
        let (mine, now) = (account(1), room.clock.now());
        let id = format!("case:{mine}:001");
        let link = store.write::<_, StoreError>(move |tx| messages::open(tx, mine, &id, now)).unwrap();
        assert_eq!(link.as_deref(), Some("/status/K7P4M29"));
        assert_eq!(store.read::<_, StoreError>(move |tx| messages::unread(tx, mine)).unwrap(), 2);
        assert_eq!(store.write::<_, StoreError>(move |tx| messages::read_all(tx, mine, now)).unwrap(), 2);
        assert_eq!(store.read::<_, StoreError>(move |tx| messages::unread(tx, mine)).unwrap(), 0);
    }

    fn nobody_reads_or_opens_anothers_notices(place: Place) {
        let store = town::portal(place);
        let room = Mailroom::open(store.clone(), 1);
        told(&room, 2, account(1));
        let (other, now) = (account(2), room.clock.now());
        assert!(list(&store, other, None, 20).is_empty());
        let id = format!("case:{}:001", account(1));
        assert_eq!(store.write::<_, StoreError>(move |tx| messages::open(tx, other, &id, now)).unwrap(), None);
        store.write::<_, StoreError>(move |tx| messages::read_all(tx, other, now)).unwrap();
        assert_eq!(store.read::<_, StoreError>(move |tx| messages::unread(tx, account(1))).unwrap(), 2);
    }

    fn jobs_hand_over_notices_and_codes_by_themselves(place: Place) {
        let server = SmtpServer::start();
        let store = town::portal(place);
        let mut room = Mailroom::open(store.clone(), server.port);
        room.mailing.clock = access::Clock::Real;
        room.clock = access::Clock::Real;
        let (keys, _) = Keys::init(&place.folder().join("key")).unwrap();
        let keys = Arc::new(keys);
        let _runner = jobs::run(&store, messages::handlers(&room.mailing, &keys), 2).unwrap();
        room.tell(&notice("case:1:2", "hanako@example.jp"));
        let code = MailCode::seal(&keys, &access::mail::MailAddress::parse("taro@example.jp").unwrap(), "482177", Language::Easy).unwrap();
        let body = serde_json::to_value(&code).unwrap();
        store.write::<_, StoreError>(move |tx| tx.enqueue(&NewJob { kind: "mail.code", key: "s:1".into(), body: body.clone(), at: tx.now() })).unwrap();
        let mails = [server.mail(), server.mail()];
        let to = |who: &str| mails.iter().find(|mail| mail["to"][0] == who).unwrap();
        assert!(to("taro@example.jp")["text"].as_str().unwrap().contains("482177"));
        assert!(to("hanako@example.jp")["text"].as_str().unwrap().contains("/status/K7P4M29"));
        until("the fate is known", || room.fate("case:1:2") == Fate::HandedOver);
        assert!(server.is_quiet());
    }
}

#[test]
fn a_notice_of_ours_is_read_in_the_language_of_the_page_and_a_text_cannot_become_markup() {
    let words = words();
    let shown = |content| messages::Shown {
        id: "case:1:2".into(),
        kind: "decided".into(),
        content,
        link: "/my".into(),
        at: "2026-11-24T06:00:00Z".parse().unwrap(),
        read_at: None,
    };
    let ours =
        shown(Content::Words { id: "messages-notice-decided".into(), args: vec![("procedure".into(), "情報公開請求".into())] });
    let towns = shown(Content::Text("<script>alert(1)</script>\n二行目".into()));
    for (language, expect) in [(Language::Ja, "結果が出ました"), (Language::En, "has been decided")] {
        let page = portal::notices(Say { words: &words, language }, &[ours.clone(), towns.clone()], 2, "token", false, true).into_string();
        assert!(page.contains(expect) && page.contains("情報公開請求"), "{page}");
        assert!(!page.contains("<script>") && page.contains("<p>二行目</p>"), "{page}");
    }
    let empty = portal::notices(Say { words: &words, language: Language::Ja }, &[], 0, "token", false, true).into_string();
    assert!(empty.contains("ここに届きます"));
}
