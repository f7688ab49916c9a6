//! The post office against someone else's mail server.

mod smtp_server;

use std::{
    convert::Infallible,
    time::{Duration, Instant},
};

use messages::{
    compose::{Composed, Sender, Words, compose},
    fate::Why,
    relay::{Answer, PostOffice, Relay, Try},
};
use smtp_server::SmtpServer;

fn relay(port: u16) -> Relay {
    let mut relay = Relay::from_url(&format!("smtp://127.0.0.1:{port}")).unwrap();
    relay.answer_within = Duration::from_millis(600);
    relay.taken_within = Duration::from_millis(900);
    relay.per_second = 10_000;
    relay.left_alone_for = Duration::ZERO;
    relay
}

fn mail_from(sender: &str, to: &str, words: &Words<'_>) -> Composed {
    let sender = Sender { name: "見本市".into(), address: sender.parse().unwrap() };
    compose(&sender, &to.parse().unwrap(), to, words, "2026-11-24T06:00:00Z".parse().unwrap()).unwrap()
}

fn mail(to: &str) -> Composed {
    mail_from("oshirase@mihon.example.jp", to, &Words { subject: "お知らせ", body: "届きました。", language: "ja" })
}

fn hand_over(office: &PostOffice, mail: &Composed) -> Try {
    office.hand_over(mail, || Ok::<_, Infallible>(true)).unwrap()
}

#[test]
fn what_we_say_in_three_languages_arrives_as_it_was_said() {
    let server = SmtpServer::start();
    let office = PostOffice::open(relay(server.port)).unwrap();
    for (language, subject, body) in [
        ("ja", "【見本市】お知らせが届いています", "辻󠄀さんと𠮷さんへ\n.\n..点で始まる行\nhttps://mihon.example.jp/my\n"),
        ("ja", "おしらせが きました", "市役所（しやくしょ）から おしらせが きました。\n"),
        ("en", "A notice from Mihon City", "Something has come.\n.\nSign in to read it.\n"),
    ] {
        let words = Words { subject, body, language };
        assert_eq!(hand_over(&office, &mail_from("oshirase@mihon.example.jp", "hanako@example.jp", &words)), Try::Taken);
        let arrived = server.mail();
        assert_eq!(arrived["headers"]["Subject"], subject);
        assert_eq!(arrived["text"].as_str().unwrap().replace("\r\n", "\n"), body);
        assert_eq!(arrived["headers"]["From"], "見本市 <oshirase@mihon.example.jp>");
        assert_eq!(arrived["headers"]["Auto-Submitted"], "auto-generated");
        assert_eq!(arrived["headers"]["Content-Language"], language);
        assert_eq!(arrived["to"], serde_json::json!(["hanako@example.jp"]));
    }
}

#[test]
fn one_line_carries_many_mails_and_a_dead_one_is_replaced() {
    let mut server = SmtpServer::start();
    let port = server.port;
    let office = PostOffice::open(relay(port)).unwrap();
    let mut sessions = Vec::new();
    for _ in 0..3 {
        assert_eq!(hand_over(&office, &mail("hanako@example.jp")), Try::Taken);
        sessions.push(server.mail()["session"].clone());
    }
    assert!(sessions.windows(2).all(|two| two[0] == two[1]), "{sessions:?}");
    drop(server);
    server = SmtpServer::on(port);
    assert_eq!(hand_over(&office, &mail("hanako@example.jp")), Try::Taken);
    server.mail();
}

#[test]
fn a_relay_that_is_down_means_later_and_never_for_good() {
    let port = SmtpServer::start().port;
    let office = PostOffice::open(relay(port)).unwrap();
    assert_eq!(hand_over(&office, &mail("hanako@example.jp")), Try::NotYet(Answer { code: None, why: Why::Relay }));
    let server = SmtpServer::on(port);
    assert_eq!(hand_over(&office, &mail("hanako@example.jp")), Try::Taken);
    server.mail();
}

#[test]
fn a_relay_that_is_down_is_left_alone_for_a_while() {
    let port = SmtpServer::start().port;
    let mut down = relay(port);
    down.left_alone_for = Duration::from_millis(300);
    let office = PostOffice::open(down).unwrap();
    let later = Try::NotYet(Answer { code: None, why: Why::Relay });
    assert_eq!(hand_over(&office, &mail("hanako@example.jp")), later);
    let server = SmtpServer::on(port);
    let begun = Instant::now();
    while hand_over(&office, &mail("hanako@example.jp")) == later {
        std::thread::sleep(Duration::from_millis(20));
        assert!(begun.elapsed() < Duration::from_secs(5));
    }
    server.mail();
}

#[test]
fn refusals_say_what_staff_can_do_and_only_those_of_the_recipient_are_for_good() {
    let server = SmtpServer::start();
    let office = PostOffice::open(relay(server.port)).unwrap();
    let never = |code, why| Try::Never(Answer { code: Some(code), why });
    let later = |code, why| Try::NotYet(Answer { code: Some(code), why });
    assert_eq!(hand_over(&office, &mail("never@example.jp")), never(550, Why::NoSuchAddress));
    assert_eq!(hand_over(&office, &mail("full@example.jp")), never(552, Why::Full));
    assert_eq!(hand_over(&office, &mail("blocked@example.jp")), never(550, Why::Blocked));
    assert_eq!(hand_over(&office, &mail("spam@example.jp")), never(554, Why::Blocked));
    assert_eq!(hand_over(&office, &mail("later1@example.jp")), later(451, Why::Other));
    assert_eq!(hand_over(&office, &mail("busy@example.jp")), later(452, Why::Other));
    let words = Words { subject: "x", body: "x", language: "ja" };
    let ours = mail_from("unknown-sender@mihon.example.jp", "hanako@example.jp", &words);
    assert_eq!(hand_over(&office, &ours), later(550, Why::Relay));
    assert!(server.is_quiet());
    assert_eq!(hand_over(&office, &mail("later1@example.jp")), Try::Taken);
    assert_eq!(hand_over(&office, &mail("busy@example.jp")), Try::Taken);
}

#[test]
fn a_relay_that_hangs_before_the_content_is_left_in_time_and_asked_again() {
    let server = SmtpServer::start();
    let office = PostOffice::open(relay(server.port)).unwrap();
    let begun = Instant::now();
    assert_eq!(hand_over(&office, &mail("hangs@example.jp")), Try::NotYet(Answer { code: None, why: Why::Relay }));
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[test]
fn a_slow_relay_is_waited_for_and_a_too_slow_one_leaves_the_mail_unsure() {
    let server = SmtpServer::start();
    let office = PostOffice::open(relay(server.port)).unwrap();
    assert_eq!(hand_over(&office, &mail("slow0.5@example.jp")), Try::Taken);
    server.mail();
    assert_eq!(hand_over(&office, &mail("slow30@example.jp")), Try::Unsure);
}

#[test]
fn a_relay_that_dies_after_the_last_dot_leaves_the_mail_unsure() {
    let server = SmtpServer::start();
    let office = PostOffice::open(relay(server.port)).unwrap();
    assert_eq!(hand_over(&office, &mail("dies@example.jp")), Try::Unsure);
}

#[test]
fn nothing_is_sent_when_the_hand_over_is_not_ours_or_cannot_be_written_down() {
    let server = SmtpServer::start();
    let office = PostOffice::open(relay(server.port)).unwrap();
    assert_eq!(office.hand_over(&mail("hanako@example.jp"), || Ok::<_, Infallible>(false)), Ok(Try::NotOurs));
    assert_eq!(office.hand_over(&mail("hanako@example.jp"), || Err("disk full")), Err("disk full"));
    assert!(server.is_quiet());
    assert_eq!(hand_over(&office, &mail("hanako@example.jp")), Try::Taken);
}

#[test]
fn carriers_old_addresses_arrive_quoted() {
    let server = SmtpServer::start();
    let office = PostOffice::open(relay(server.port)).unwrap();
    assert_eq!(hand_over(&office, &mail("hana..ko.@carrier.ne.jp")), Try::Taken);
    assert_eq!(server.mail()["to"][0].as_str().unwrap().replace('"', ""), "hana..ko.@carrier.ne.jp");
}

#[test]
fn tls_with_a_password_works_both_ways_and_nothing_is_said_in_the_clear() {
    for (mode, scheme) in [("starttls", "smtp+starttls"), ("tls", "smtps")] {
        let folder = tempfile::tempdir().unwrap();
        let server = SmtpServer::guarded(folder.path(), mode);
        let guarded = |password: &str| {
            let mut relay = Relay::from_url(&format!("{scheme}://mihon:{password}@localhost:{}", server.port)).unwrap();
            relay.authority = Some(std::fs::read(folder.path().join("cert.pem")).unwrap());
            relay.answer_within = Duration::from_secs(2);
            relay
        };
        assert_eq!(hand_over(&PostOffice::open(guarded("geheim")).unwrap(), &mail("hanako@example.jp")), Try::Taken, "{mode}");
        assert_eq!(server.mail()["tls"], true);
        let wrong = hand_over(&PostOffice::open(guarded("falsch")).unwrap(), &mail("hanako@example.jp"));
        assert!(matches!(wrong, Try::NotYet(Answer { why: Why::Relay, .. })), "{mode}: {wrong:?}");
        let mut stranger = guarded("geheim");
        stranger.authority = None;
        let unknown = hand_over(&PostOffice::open(stranger).unwrap(), &mail("hanako@example.jp"));
        assert_eq!(unknown, Try::NotYet(Answer { code: None, why: Why::Relay }), "{mode}");
        assert!(server.is_quiet());
    }
    let plain = SmtpServer::start();
    let mut relay = Relay::from_url(&format!("smtp+starttls://localhost:{}", plain.port)).unwrap();
    relay.answer_within = Duration::from_secs(2);
    let stripped = hand_over(&PostOffice::open(relay).unwrap(), &mail("hanako@example.jp"));
    assert_eq!(stripped, Try::NotYet(Answer { code: None, why: Why::Relay }));
    assert!(plain.is_quiet());
}
