//! A mailroom of 見本市 for the tests of this room.
#![allow(dead_code)] // Each test file uses a part of it.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use access::Clock;
use definitions::text::Language;
use messages::{
    Contacts, Content, Fate, FateNews, Notice, PORTAL_MIGRATIONS, Told,
    mailing::{FateHook, Letterhead, Mailing, Outcome, Voice},
    relay::{PostOffice, Relay},
};
use store::{Portal, StoreError, Write, params, testing::Place};
use ui::words::Words;

/// The residents' store in a test's place.
pub fn portal(place: &Place) -> Portal {
    Portal::new(place.open("portal", PORTAL_MIGRATIONS))
}

pub fn contacts(mail: Option<&str>, phone: bool, post: bool) -> Contacts {
    Contacts { mail: mail.map(Into::into), phone, post }
}

pub fn notice(id: &str, mail: &str) -> Notice {
    Notice {
        id: id.into(),
        account: None,
        case: Some("01932f3c-0000-7000-8000-000000000001".parse().unwrap()),
        kind: "decided",
        language: Language::Ja,
        contacts: contacts(Some(mail), false, false),
        content: Content::Text("佐藤 花子さんの情報公開請求の決定が出ました。".into()),
        link: "/status/K7P4M29".into(),
        if_unread: None,
    }
}

struct RealWords(Words);

impl Voice for RealWords {
    fn letterhead(&self, _: Language) -> Letterhead {
        Letterhead { town: "見本市".into(), phone: "0000-00-0000".into() }
    }

    fn say(&self, language: Language, id: &str, args: &[(&str, &str)]) -> String {
        let args: Vec<(&str, ui::words::Value<'_>)> = args.iter().map(|(name, value)| (*name, (*value).into())).collect();
        self.0.say(language, id, &args)
    }
}

pub fn words() -> Words {
    Words::new(messages::words().iter().chain(ui::words::words()).copied(), []).unwrap()
}

#[derive(Default)]
struct Heard(Mutex<Vec<FateNews>>);

impl FateHook for Heard {
    fn told(&self, _: &Write<'_>, news: &FateNews) -> Result<(), StoreError> {
        self.0.lock().unwrap().push(news.clone());
        Ok(())
    }
}

struct Dies;

impl FateHook for Dies {
    fn told(&self, _: &Write<'_>, _: &FateNews) -> Result<(), StoreError> {
        panic!("the machine is gone");
    }
}

pub struct Mailroom {
    pub mailing: Mailing,
    pub clock: Clock,
    told: Arc<Heard>,
}

impl Mailroom {
    pub fn open(store: Portal, port: u16) -> Mailroom {
        let told = Arc::new(Heard::default());
        Mailroom::with(store, port, told.clone(), told)
    }

    pub fn that_dies_when_told(store: Portal, port: u16) -> Mailroom {
        Mailroom::with(store, port, Arc::new(Dies), Arc::default())
    }

    fn with(store: Portal, port: u16, hook: Arc<dyn FateHook>, told: Arc<Heard>) -> Mailroom {
        let mut relay = Relay::from_url(&format!("smtp://127.0.0.1:{port}")).unwrap();
        relay.answer_within = Duration::from_millis(1_000);
        relay.taken_within = Duration::from_millis(1_500);
        relay.left_alone_for = Duration::ZERO;
        let clock = Clock::fixed("2026-11-24T06:00:00Z".parse().unwrap());
        let mailing = Mailing {
            store,
            office: Arc::new(PostOffice::open(relay).unwrap()),
            from: "oshirase@mihon.example.jp".parse().unwrap(),
            site: "https://mihon.example.jp".into(),
            voice: Arc::new(RealWords(words())),
            hook,
            clock: clock.clone(),
        };
        Mailroom { mailing, clock, told }
    }

    pub fn tell(&self, notice: &Notice) -> Told {
        let (notice, now) = (notice.clone(), self.clock.now());
        self.mailing.store.write::<_, StoreError>(move |tx| messages::tell(tx, &notice, now)).unwrap()
    }

    pub fn deliver(&self, id: &str) {
        assert_eq!(self.try_deliver(id).unwrap(), Outcome::Done);
    }

    pub fn try_deliver(&self, id: &str) -> Result<Outcome, StoreError> {
        self.mailing.notice(id)
    }

    pub fn fate(&self, id: &str) -> Fate {
        let id = id.to_owned();
        self.mailing.store.read::<_, StoreError>(move |tx| messages::fate_of(tx, &id)).unwrap().unwrap().fate
    }

    pub fn told(&self) -> Vec<FateNews> {
        self.told.0.lock().unwrap().clone()
    }

    /// Does what was asked for the time when a notice is still unread; says when that is.
    pub fn look_whether_read(&self) -> Option<jiff::Timestamp> {
        let sql = "select body, due from store_job where kind = $1 order by due desc limit 1";
        let row = self.mailing.store.read::<_, StoreError>(move |tx| tx.first(sql, params![messages::UNREAD_NOTICE])).unwrap()?;
        let body: serde_json::Value = serde_json::from_str(&row.get::<String>(0).unwrap()).unwrap();
        let then = definitions::message::Then::from_word(body["then"].as_str().unwrap()).unwrap();
        self.mailing.look_whether_read(body["id"].as_str().unwrap(), then).unwrap();
        Some(row.get(1).unwrap())
    }

    /// Keys of the jobs asked for, in their order.
    pub fn jobs(&self) -> Vec<String> {
        let sql = "select key from store_job order by key";
        let rows = self.mailing.store.read::<_, StoreError>(move |tx| tx.all(sql, params![])).unwrap();
        rows.iter().map(|row| row.get(0).unwrap()).collect()
    }

    pub fn addresses_kept(&self) -> i64 {
        let sql = "select count(*) from outgoing where address is not null";
        self.mailing.store.read::<_, StoreError>(move |tx| tx.first(sql, params![])?.unwrap().get(0)).unwrap()
    }
}
