//! What residents and strangers are refused at the portal, and how it looks to them.

mod world;

use std::{net::IpAddr, time::Duration};

use access::{CaseId, SessionId, sessions};
use axum::{body::Body, http::Method};
use store::{StoreError, on_both_engines, testing::Place};
use world::{Browser, World};

const HOUR: Duration = Duration::from_secs(3600);

/// Another six digits.
fn wrong(code: &str) -> String {
    let last = code.bytes().last().unwrap();
    format!("{}{}", &code[..5], char::from(if last == b'0' { b'1' } else { last - 1 }))
}

on_both_engines! {
    fn a_wrong_code_is_told_and_the_sixth_try_comes_too_late_even_with_the_right_code(place: Place) {
        let world = World::new(place);
        let mut hanako = world.resident();
        hanako.ask_code("hanako@example.jp");
        let code = world.newest_code();
        for left in ["あと4回", "あと3回", "あと2回", "あと1回"] {
            hanako.enter_code(&wrong(&code)).is(422).says("確認コードが違います").says(left);
        }
        hanako.enter_code(&wrong(&code)).is(422).says("確認コードが違います").says_not("あと");
        hanako.enter_code(&code).is(422).says("この確認コードは使えません");
        assert_eq!(world.count("select count(*) from account"), 0);
    }

    fn a_code_runs_out_after_ten_minutes(place: Place) {
        let world = World::new(place);
        let mut hanako = world.resident();
        hanako.ask_code("hanako@example.jp");
        let code = world.newest_code();
        world.later(Duration::from_secs(600));
        hanako.enter_code(&code).is(422).says("この確認コードは使えません");
    }

    fn a_code_works_once_and_only_in_the_browser_that_asked(place: Place) {
        let world = World::new(place);
        let mut hanako = world.resident();
        hanako.ask_code("hanako@example.jp");
        let code = world.newest_code();
        let mut thief = world.resident();
        thief.ask_code("thief@example.jp");
        thief.enter_code(&code).is(422);
        let (before, token) = (hanako.cookies.clone(), hanako.csrf.clone());
        hanako.enter_code(&code).goes_to("/my");
        let mut replay = world.resident();
        (replay.cookies, replay.csrf) = (before, token);
        replay.enter_code(&code).is(403);
        replay.get("/my/account").goes_to("/sign-in?then=%2Fmy%2Faccount");
    }

    fn a_second_code_makes_the_first_void(place: Place) {
        let world = World::new(place);
        let mut hanako = world.resident();
        hanako.ask_code("hanako@example.jp");
        let first = world.newest_code();
        hanako.ask_code("hanako@example.jp");
        let second = world.newest_code();
        if first != second {
            hanako.enter_code(&first).is(422);
        }
        hanako.enter_code(&second).goes_to("/my");
    }

    fn asking_and_failing_look_alike_whether_the_address_has_an_account(place: Place) {
        let world = World::new(place);
        world.signed_in("known@example.jp");
        let pages = |mail: &str| {
            let mut browser = world.resident();
            let asked = browser.ask_code(mail);
            let failed = browser.enter_code(&wrong(&world.newest_code()));
            let forget = |html: String| html.replace(&browser.csrf, "").replace("k•••", "").replace("n•••", "");
            (asked.status, forget(asked.html), failed.status, forget(failed.html))
        };
        assert_eq!(pages("known@example.jp"), pages("nobody@example.jp"));
    }

    fn codes_for_one_address_are_slowed_down_from_wherever_they_are_asked(place: Place) {
        let world = World::new(place);
        for host in 1..=20 {
            let mut browser = world.resident();
            browser.address = IpAddr::from([192, 0, 2, host]);
            browser.ask_code("hanako@example.jp");
        }
        let mut browser = world.resident();
        browser.address = IpAddr::from([192, 0, 2, 99]);
        browser.get("/sign-in");
        let page = browser.post("/sign-in", &[("mail", "HANAKO@example.jp")]).is(429).says("約3分後").says("0000-00-0000");
        let seconds: u32 = page.retry_after.unwrap().parse().unwrap();
        assert!((179..=180).contains(&seconds), "{seconds}");
        browser.post("/sign-in", &[("mail", "other@example.jp"), ("then", "")]).goes_to("/sign-in/code?then=");
        world.later(Duration::from_secs(180));
        browser.post("/sign-in", &[("mail", "hanako@example.jp"), ("then", "")]).goes_to("/sign-in/code?then=");
    }

    fn a_stranger_who_asks_for_anothers_codes_uses_up_their_own_share_only(place: Place) {
        let world = World::new(place);
        let mut stranger = world.resident();
        stranger.address = IpAddr::from([192, 0, 2, 66]);
        stranger.get("/sign-in");
        for _ in 0..5 {
            stranger.post("/sign-in", &[("mail", "hanako@example.jp"), ("then", "")]).goes_to("/sign-in/code?then=");
            world.later(Duration::from_millis(1));
        }
        stranger.post("/sign-in", &[("mail", "hanako@example.jp")]).is(429).says("約12分後");
        let mut hanako = world.resident();
        hanako.ask_code("hanako@example.jp");
    }

    fn one_network_address_cannot_have_mails_sent_to_everyone(place: Place) {
        let world = World::new(place);
        let mut browser = world.resident();
        browser.get("/sign-in");
        for person in 0..30 {
            browser.post("/sign-in", &[("mail", &format!("p{person}@example.jp")), ("then", "")]).goes_to("/sign-in/code?then=");
            world.later(Duration::from_millis(1));
        }
        browser.post("/sign-in", &[("mail", "one-more@example.jp")]).is(429);
        assert_eq!(world.count("select count(*) from store_job"), 30);
    }

    fn a_session_planted_before_signing_in_is_worth_nothing_afterwards(place: Place) {
        let world = World::new(place);
        let mut attacker = world.resident();
        attacker.get("/sign-in");
        let mut hanako = world.resident();
        hanako.cookies = attacker.cookies.clone();
        hanako.ask_code("hanako@example.jp");
        let code = world.newest_code();
        hanako.enter_code(&code).goes_to("/my");
        assert_ne!(hanako.cookies["yakuba"], attacker.cookies["yakuba"]);
        attacker.get("/my/account").goes_to("/sign-in?then=%2Fmy%2Faccount");
        hanako.get("/my/account").is(200);
    }

    fn a_form_without_our_token_is_refused(place: Place) {
        let world = World::new(place);
        let mut browser = world.resident();
        browser.get("/sign-in");
        let own = browser.csrf.clone();
        let mut other = world.resident();
        other.get("/sign-in");
        for csrf in ["", "0", &other.csrf, &own[1..], &own.to_uppercase(), &format!("{own}0")] {
            browser.post_bare("/sign-in", &[("csrf", csrf), ("mail", "a@example.jp")]).is(403).says("古くなりました");
        }
        browser.post_bare("/sign-in", &[("mail", "a@example.jp")]).is(403);
        browser.send(Method::POST, "/sign-in", Some("application/json"), Body::from("{}")).is(400);
        browser.send(Method::POST, "/sign-in", None, Body::from(format!("csrf={own}&mail=a@example.jp"))).is(400);
        assert_eq!(world.count("select count(*) from sign_in_code"), 0);
        browser.post_bare("/sign-in", &[("csrf", &own), ("mail", "a@example.jp"), ("then", "")]).goes_to("/sign-in/code?then=");
    }

    fn a_strangers_page_cannot_borrow_the_button_that_sends_again(place: Place) {
        let world = World::new(place);
        let mut browser = world.resident();
        browser.get("/sign-in");
        browser.post_bare("/sign-in", &[("mail", "kept@example.jp")]).is(403).says("kept@example.jp").says("もう一度送る");
        browser.same_origin = false;
        browser.post_bare("/sign-in", &[("mail", "planted@example.jp")]).is(403).says_not("planted@example.jp");
    }

    fn broken_bodies_get_a_clear_page(place: Place) {
        let world = World::new(place);
        let mut browser = world.resident();
        browser.get("/sign-in");
        let token = browser.csrf.clone();
        let form = Some("application/x-www-form-urlencoded");
        let mut send = |rest: &str| browser.send(Method::POST, "/sign-in", form, Body::from(format!("csrf={token}&{rest}")));
        send("mail=%ff%fe").is(400).says("読み取れませんでした").says("0000-00-0000");
        send("mail=a%00b@example.jp").is(400);
        send("mail=%zz").is(400);
        send(&format!("mail={}", "a".repeat(10_000_000))).is(413).says("大きすぎます");
        send(&"x=1&".repeat(2000)).is(413);
        browser.get("/no-such-page").is(404).says("ページが見つかりません");
        browser.get("/sign-in?lang=en").is(200).says("Sign in");
        browser.get("/no-such-page").is(404).says("Page not found");
    }

    fn an_idle_session_ends_and_its_secret_opens_nothing_again(place: Place) {
        let world = World::new(place);
        let mut hanako = world.signed_in("hanako@example.jp");
        let secret = hanako.cookies.clone();
        world.later(2 * HOUR);
        hanako.get("/my/account").goes_to("/sign-in?then=%2Fmy%2Faccount");
        assert_ne!(hanako.cookies["yakuba"], secret["yakuba"], "the browser gets a new secret");
        let mut later = world.resident();
        later.cookies = secret;
        later.get("/my/account").goes_to("/sign-in?then=%2Fmy%2Faccount");
    }

    fn a_session_in_use_ends_after_a_day(place: Place) {
        let world = World::new(place);
        let mut hanako = world.signed_in("hanako@example.jp");
        for _ in 0..23 {
            world.later(HOUR);
            hanako.get("/my/account").is(200);
        }
        world.later(HOUR);
        hanako.get("/my/account").goes_to("/sign-in?then=%2Fmy%2Faccount");
    }

    fn a_case_is_seen_by_the_session_that_was_let_see_it_and_after_sign_in_by_the_next(place: Place) {
        let world = World::new(place);
        let (one, other): (SessionId, SessionId) = ("a".repeat(64).parse().unwrap(), "b".repeat(64).parse().unwrap());
        let now = world.clock.now();
        let (case, another) = (CaseId::draw(now), CaseId::draw(now));
        let (mine, theirs) = (one.clone(), other.clone());
        let seen = world.portal.store.write(move |tx| -> Result<_, StoreError> {
            sessions::allow_case(tx, &mine, case, now)?;
            Ok([
                sessions::may_see_case(tx, &mine, case, now)?,
                sessions::may_see_case(tx, &mine, another, now)?,
                sessions::may_see_case(tx, &theirs, case, now)?,
                sessions::may_see_case(tx, &mine, case, now + Duration::from_secs(8 * 86_400))?,
            ])
        });
        assert_eq!(seen.unwrap(), [true, false, false, false]);

        let mut hanako = world.resident();
        hanako.ask_code("hanako@example.jp");
        let before = SessionId::of(&access::token::Token::read(&hanako.cookies["yakuba"]).unwrap());
        let code = world.newest_code();
        world.portal.store.write(move |tx| sessions::allow_case(tx, &before, case, now)).unwrap();
        hanako.enter_code(&code).goes_to("/my");
        let after = SessionId::of(&access::token::Token::read(&hanako.cookies["yakuba"]).unwrap());
        assert!(world.portal.store.read(move |tx| sessions::may_see_case(tx, &after, case, now)).unwrap());
    }
}

#[test]
fn two_presses_at_once_use_a_code_once_and_a_race_of_guesses_gets_five_tries() {
    for place in [Place::sqlite(), Place::postgres()] {
        let world = World::new(&place);
        let mut hanako = world.resident();
        hanako.ask_code("hanako@example.jp");
        let code = world.newest_code();
        let race = |hanako: &Browser<'_>, code: &str| -> Vec<u16> {
            std::thread::scope(|scope| {
                let presses: Vec<_> = (0..8)
                    .map(|_| {
                        let mut browser: Browser<'_> = world.resident();
                        (browser.cookies, browser.csrf) = (hanako.cookies.clone(), hanako.csrf.clone());
                        scope.spawn(move || browser.enter_code(code).status.as_u16())
                    })
                    .collect();
                presses.into_iter().map(|press| press.join().unwrap()).collect()
            })
        };
        let statuses = race(&hanako, &wrong(&code));
        assert!(statuses.iter().all(|status| *status == 422 || *status == 503), "{statuses:?}");
        assert!(world.count("select tries from sign_in_code") <= 5);
        hanako.ask_code("hanako@example.jp");
        let code = world.newest_code();
        let statuses = race(&hanako, &code);
        assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
    }
}
