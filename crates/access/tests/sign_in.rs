//! Getting in: residents by a mailed code, staff by password and second factor.

mod world;

use std::{sync::Arc, time::Duration};

use access::{Linked, OnSignIn, SignedIn, link::Document, staff};
use store::{on_both_engines, testing::Place};
use world::{PASSWORD, World};

/// The code that a resident reads aloud at the counter.
fn code_of(resident: &mut world::Browser<'_>) -> String {
    let page = resident.post("/my/account/link-code", &[]).is(200).html;
    page.split("class=\"number\">").nth(1).unwrap().split('<').next().unwrap().to_owned()
}

on_both_engines! {
    fn a_resident_signs_in_with_the_code_that_came_by_mail(place: Place) {
        let world = World::new(place);
        let mut hanako = world.resident();
        hanako.ask_code("hanako@example.jp").is(200).says("h•••@example.jp").says_not("hanako@");
        let code = world.newest_code();
        hanako.enter_code(&code).goes_to("/my");
        hanako.get("/my/account").is(200).says("hanako@example.jp").says("まだ行っていません");
        assert_eq!(world.count("select count(*) from account"), 1);
    }

    fn the_same_person_comes_back_to_the_same_account_however_they_type_the_address(place: Place) {
        let world = World::new(place);
        world.signed_in("hanako@example.jp");
        world.signed_in(" Ｈanako@Example.JP ");
        assert_eq!(world.count("select count(*) from account"), 1);
    }

    fn reading_public_pages_makes_no_row(place: Place) {
        let world = World::new(place);
        let mut visitor = world.resident();
        visitor.get("/sign-in").is(200);
        visitor.get("/sign-in/code").is(200);
        assert_eq!(world.count("select count(*) from portal_session"), 0);
        visitor.post("/sign-in", &[("mail", "no address")]).is(422).says("no address");
        assert_eq!(world.count("select count(*) from portal_session"), 1);
    }

    fn what_other_rooms_do_at_sign_in_happens_with_it(place: Place) {
        const ROOM: OnSignIn = |tx, signed_in: &SignedIn| {
            assert_ne!(signed_in.before, signed_in.session);
            tx.run("update account set language = 'en' where id = $1", store::params![signed_in.account.to_string()]).map(|_| ())
        };
        let mut world = World::new(place);
        world.portal.on_sign_in = Arc::new([ROOM]);
        world.signed_in("hanako@example.jp");
        assert_eq!(world.count("select count(*) from account where language = 'en'"), 1);
    }

    fn signing_out_everywhere_ends_the_lost_telephones_session(place: Place) {
        let world = World::new(place);
        let mut lost = world.signed_in("hanako@example.jp");
        let mut at_home = world.signed_in("hanako@example.jp");
        at_home.get("/my/account").is(200);
        at_home.post("/my/account/sign-out-everywhere", &[]).goes_to("/sign-in");
        lost.get("/my/account").goes_to("/sign-in?then=%2Fmy%2Faccount");
        at_home.get("/my/account").goes_to("/sign-in?then=%2Fmy%2Faccount");
    }

    fn after_signing_in_one_comes_back_to_where_one_was(place: Place) {
        let world = World::new(place);
        let mut hanako = world.resident();
        hanako.ask_code("hanako@example.jp");
        let code = world.newest_code();
        hanako.post("/sign-in/code", &[("code", &code), ("then", "/my/account")]).goes_to("/my/account");
    }

    fn a_clerk_signs_in_with_password_and_app(place: Place) {
        let world = World::new(place);
        let suzuki = world.hire("suzuki", "childcare", "clerk");
        let mut desk = world.clerk();
        desk.get("/desk/sessions").goes_to("/desk/sign-in?then=%2Fdesk%2Fsessions");
        desk.sign_in(&suzuki).goes_to("/desk");
        desk.get("/desk/sessions").is(200).says("suzuki さん").says("子育て支援課 担当").says("この端末");
        assert_eq!(world.count_at_desk("select count(*) from desk_session where ended_at is null"), 1);
    }

    fn a_new_colleague_chooses_password_and_app_with_the_code_from_the_paper(place: Place) {
        let world = World::new(place);
        let keeper = world.hire("keeper", "tax", "keeper");
        let suzuki = world.hire("suzuki", "childcare", "clerk");
        let mut office = world.clerk();
        office.sign_in(&keeper).goes_to("/desk");
        office.get("/desk/staff").is(200).says("suzuki");
        let paper = office.post(&format!("/desk/staff/{}/set-up-code", suzuki.id), &[]).is(200).html;
        let code: String = paper.split("class=\"number\">").nth(1).unwrap().chars().take(19).collect();

        let mut desk = world.clerk();
        desk.get("/desk/set-up").is(200);
        desk.post("/desk/set-up", &[("login", "suzuki"), ("code", &code.to_lowercase())]).goes_to("/desk/set-up/factor");
        let page = desk.get("/desk/set-up/factor").is(200).says("<svg").html;
        let key: String = page.split("class=\"number\">").nth(1).unwrap().split('<').next().unwrap().replace(' ', "");
        let app = staff::factor::Factor::of(base32(&key));
        let chosen = "新しい机は窓のそばにある";
        let digits = app.code_at(world.clock.now());
        let choose = |password: &str, again: &str, code: &str| {
            [("password", password.to_owned()), ("password-again", again.to_owned()), ("code", code.to_owned())]
        };
        for (inputs, says) in [
            (choose("short", "short", &digits), "12文字以上"),
            (choose(chosen, PASSWORD, &digits), "2つのパスワードが違います"),
            (choose(chosen, chosen, "000000"), "数字が違います"),
        ] {
            let inputs: Vec<(&str, &str)> = inputs.iter().map(|(name, value)| (*name, value.as_str())).collect();
            desk.post("/desk/set-up/factor", &inputs).is(422).says(says).says_not(chosen);
        }
        let inputs = choose(chosen, chosen, &digits);
        let inputs: Vec<(&str, &str)> = inputs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        desk.post("/desk/set-up/factor", &inputs).goes_to("/desk");
        desk.get("/desk/sessions").is(200);

        world.later(Duration::from_secs(60));
        let mut again = world.clerk();
        again.sign_in_with("suzuki", PASSWORD, &suzuki.factor.code_at(world.clock.now())).is(422);
        again.sign_in_with("suzuki", chosen, &app.code_at(world.clock.now())).goes_to("/desk");
        desk.post("/desk/set-up", &[("login", "suzuki"), ("code", &code)]).is(422).says("期限が切れています");
    }

    fn a_clerk_who_saw_the_document_links_the_account(place: Place) {
        let world = World::new(place);
        let mut hanako = world.signed_in("hanako@example.jp");
        hanako.get("/my/account").is(200);
        let code = code_of(&mut hanako);
        world.carry();

        let suzuki = world.hire("suzuki", "childcare", "clerk");
        let mut desk = world.clerk();
        desk.sign_in(&suzuki).goes_to("/desk");
        let resident = access::ResidentId::draw(world.clock.now());
        desk.get(&format!("/desk/link-account?resident={resident}")).is(200).says("マイナンバーカード");
        let resident = resident.to_string();
        let form = |code| [("resident", resident.as_str()), ("seen", Document::MyNumberCard.code()), ("link-code", code)];
        desk.post("/desk/link-account", &form("00000000")).is(422).says("使えません");
        desk.post("/desk/link-account", &form(&code)).is(200).says("結び付けました");
        desk.post("/desk/link-account", &form(&code)).is(422);
        world.carry();
        hanako.get("/my/account").is(200).says("窓口で確認しました").says_not("窓口で伝える番号");
        // The wrong person: the link is taken back for a reason, by who may link, and the owner of the account is told.
        let account = world.account_of("hanako@example.jp").to_string();
        let end = |reason| [("resident", resident.as_str()), ("account", account.as_str()), ("reason", reason)];
        let (auditor, mut other) = (world.hire("auditor", "tax", "auditor"), world.clerk());
        other.sign_in(&auditor).goes_to("/desk");
        other.get("/desk/sessions");
        other.post("/desk/link-account/end", &end("wrong-person")).is(404);
        desk.get(&format!("/desk/link-account?resident={resident}")).is(200).says("この方に結び付いている利用者登録").says("suzuki さん");
        desk.post("/desk/link-account/end", &end("because")).is(422).says("理由を選んでください");
        let elsewhere = access::ResidentId::draw(world.clock.now()).to_string();
        let of_another = [("resident", elsewhere.as_str()), ("account", account.as_str()), ("reason", "asked")];
        desk.post("/desk/link-account/end", &of_another).is(422).says("もうありません");
        desk.post_bare("/desk/link-account/end", &end("wrong-person")).is(403);
        assert_eq!(world.count_at_desk("select count(*) from account_link"), 1);
        desk.get(&format!("/desk/link-account?resident={resident}"));
        desk.post("/desk/link-account/end", &end("wrong-person")).is(200).says("結び付けをやめました").says_not("この方に結び付いている");
        desk.post("/desk/link-account/end", &end("wrong-person")).is(422);
        assert_eq!(world.count_at_desk("select count(*) from account_link"), 0);
        let lines = "select count(*) from store_entry where what = 'account-unlinked' and why = 'wrong-person' and authority like 'grant:clerk_links%'";
        assert_eq!(world.count_at_desk(lines), 1);
        assert_eq!(world.count_at_desk("select count(*) from looked where why = 'link' and authority like 'grant:clerk_links%'"), 5, "each page that showed it");
        world.carry();
        hanako.get("/my/account").is(200).says("結び付けをやめました").says("窓口で伝える番号").says_not("窓口で確認しました");
        // Linked again, it says so no more.
        world.later(Duration::from_secs(60));
        let code = code_of(&mut hanako);
        world.carry();
        let form = [("resident", resident.as_str()), ("seen", Document::MyNumberCard.code()), ("link-code", code.as_str())];
        desk.post("/desk/link-account", &form).is(200);
        world.carry();
        hanako.get("/my/account").is(200).says("窓口で確認しました").says_not("結び付けをやめました");
    }

    fn the_demo_signs_in_without_a_code_and_nothing_else_does(place: Place) {
        let mut world = World::new(place);
        let account = world.account_of("hanako@example.jp");
        for (demo, expect) in [(false, 404), (true, 303)] {
            world.portal.demo = demo;
            let face = world.portal.clone();
            let route = axum::Router::new().route(
                "/demo/hanako",
                axum::routing::get(move |axum::extract::State(face): axum::extract::State<access::PortalFace>, visitor: access::Visitor| async move {
                    access::portal::sign_in_as(&face, &visitor, account, "/my").await
                }),
            );
            let app = access::portal::serve(route, face);
            assert_eq!(world.browser(app).get("/demo/hanako").status.as_u16(), expect);
        }
    }
}

#[test]
fn one_server_shows_both_faces_and_each_has_its_own_page_for_what_does_not_exist() {
    let place = Place::sqlite();
    let world = World::new(&place);
    let portal = access::portal::serve(access::portal::router(), world.portal.clone());
    let desk = access::desk::serve(access::desk::router(), world.desk.clone());
    let mut browser = world.browser(axum::Router::new().merge(desk).merge(portal));
    browser.get("/no/such/page").is(404).says("ページが見つかりません").says("最初のページへ");
    browser.get("/desk/no/such/page").is(404).says("ページが見つかりません").says("案件一覧へ");
    browser.get("/desk/elsewhere/somebody").is(404).says("案件一覧へ");
    browser.get("/sign-in").is(200);
    browser.get("/desk/sign-in").is(200);
}

#[test]
fn a_link_says_who_was_linked() {
    let place = Place::sqlite();
    let world = World::new(&place);
    let linked =
        Linked { account: world.account_of("a@example.jp"), resident: access::ResidentId::draw(world.clock.now()), at: world.clock.now() };
    let told = linked.clone();
    world.desk.store.write(move |tx| access::link::record(tx, &told, Document::Passport, "town", "demo", &[])).unwrap();
    world.carry();
    let resident = linked.resident;
    let found = world.portal.store.read(move |tx| access::accounts::of_resident(tx, resident)).unwrap();
    assert_eq!(found, vec![linked.account]);
}

/// RFC 4648, section 6: as an app reads the key that was typed by hand.
fn base32(text: &str) -> Vec<u8> {
    let mut bits = 0_u32;
    let mut held = 0;
    let mut bytes = Vec::new();
    for letter in text.trim_end_matches('=').bytes() {
        let value = u32::from(if letter.is_ascii_uppercase() { letter - b'A' } else { letter - b'2' + 26 });
        bits = (bits << 5) | value;
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    bytes
}
