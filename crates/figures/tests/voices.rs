//! What the residents' side tells: forms walked and left, answers after filing; once for each case, twice told is once counted.

#[path = "../../cases/tests/world/mod.rs"]
mod world;

use figures::{
    counted::Scope,
    period::Period,
    rows,
    summary::Summary,
    telling::{self, CountsReceiver, SaidReceiver, said_of},
    voice::{self, NoVoice, Voice},
};
use jiff::Timestamp;
use store::{Parcel, hatch::Receiver, on_both_engines, testing::Place};
use world::*;

const TREE: &[(&str, &str)] = &[("name", "佐藤 花子")];

fn world(place: &Place) -> World {
    World::with(place, figures::PORTAL_MIGRATIONS, figures::DESK_MIGRATIONS)
}

fn tell(w: &World) -> Parcel {
    let (today, now) = (w.today(), w.now());
    w.portal.write(move |tx| telling::tell(tx, today, now)).unwrap();
    w.parcels(&w.portal, telling::COUNTS).pop().unwrap()
}

fn receive(w: &World, parcel: &Parcel) {
    let (receiver, parcel) = (CountsReceiver { town: w.town.clone() }, parcel.clone());
    w.desk.write(move |tx| receiver.receive(tx, &parcel)).unwrap();
}

fn november(w: &World, scope: &str) -> Summary {
    let (scope, period) = (Scope::from_code(scope).unwrap(), "2026-11".parse::<Period>().unwrap());
    Summary::of(&w.desk.read(move |tx| rows::months(tx, &scope, period.first, period.last())).unwrap())
}

fn answer(w: &World, own: &cases::own::OwnCase, voice: Voice) -> bool {
    let (keys, own, now): (_, _, Timestamp) = (w.keys.clone(), own.clone(), w.now());
    w.portal.write(move |tx| voice::answer(tx, &keys, &own, &voice, now)).unwrap()
}

on_both_engines! {
    fn counts_come_to_the_desk_as_they_stand_however_often_and_in_whatever_order(place: Place) {
        let w = world(place);
        w.begin("tree_request", &hanako()).unwrap();
        w.filed("tree_request", TREE);
        let first = tell(&w);
        w.minutes_later(60);
        w.filed("tree_request", TREE);
        let second = tell(&w);
        for parcel in [&second, &second, &first] {
            receive(&w, parcel);
        }
        for scope in ["town", "department:environment", "procedure:tree_request"] {
            let told = november(&w, scope);
            assert_eq!((told.begun, told.form_filed, told.completion()), (3, 2, Some(666)), "{scope}");
        }
        assert_eq!(november(&w, "procedure:tree_request").pages["what"], 2);
        assert!(november(&w, "town").pages.is_empty());
    }

    fn a_case_answers_once_and_its_words_reach_the_department_apart_from_it(place: Place) {
        let w = world(place);
        let own = w.filed("tree_request", TREE);
        assert!(answer(&w, &own, Voice { ease: Some(4), got: Some(5), said: "写真の例があると助かります。".into() }));
        assert!(!answer(&w, &own, Voice { ease: Some(1), got: None, said: "もう一度".into() }));
        let told = tell(&w);
        receive(&w, &told);
        let voices = november(&w, "procedure:tree_request").voices;
        assert_eq!((voices["ease"].count(), voices["ease"].mean_hundredths(), voices["got"].mean_hundredths()), (1, Some(400), Some(500)));
        // Neither the counts nor the words say whose they are.
        let text = String::from_utf8(told.body.clone()).unwrap();
        assert!(!text.contains(&own.id.to_string()) && !text.contains(&own.number.plain()) && !text.contains("写真"));
        let parcels = w.parcels(&w.portal, telling::SAID);
        assert_eq!(parcels.len(), 1);
        let keys = w.desk_keys.clone();
        w.desk.write(move |tx| SaidReceiver { keys: keys.clone() }.receive(tx, &parcels[0])).unwrap();
        let keys = w.desk_keys.clone();
        let said = w.desk.read(move |tx| said_of(tx, &keys, &"tree_request".parse().unwrap(), 10)).unwrap();
        assert_eq!(said, [("2026-11".to_owned(), "写真の例があると助かります。".to_owned())]);
    }

    fn a_broken_portal_cannot_count_what_is_not_its_own(place: Place) {
        let w = world(place);
        let count = |measure: &str, detail: &str, value: i64, n: i64| serde_json::json!({
            "day": "2026-11-24", "procedure": "tree_request", "version": "0123456789ab", "measure": measure, "detail": detail, "value": value, "n": n
        });
        let counts = [
            count("filed", "online", 0, 1000),
            count("decided", "cut", 1, 1000),
            count("form-begun", "", 0, -5),
            count("form-page", "<script>", 0, 5),
            count("voice", "ease", 6, 5),
            count("voice", "who", 5, 5),
            count("form-begun", "", 0, 7),
        ];
        let body = serde_json::json!({ "at": w.now(), "counts": counts }).to_string().into_bytes();
        receive(&w, &Parcel { kind: telling::COUNTS.to_owned(), id: "1".to_owned(), body });
        let wanted = Summary { begun: 7, ..Summary::default() };
        assert_eq!(november(&w, "procedure:tree_request"), wanted);
        let receiver = CountsReceiver { town: w.town.clone() };
        let rubbish = Parcel { kind: telling::COUNTS.to_owned(), id: "2".to_owned(), body: b"{".to_vec() };
        assert!(w.desk.write(move |tx| receiver.receive(tx, &rubbish)).is_err());
    }
}

#[test]
fn what_no_page_of_ours_sends_is_refused() {
    let read = |pairs: &[(&str, &str)]| Voice::read(&typed(pairs));
    assert_eq!(read(&[]), Err(NoVoice::Empty));
    assert_eq!(read(&[("ease", ""), ("said", "  ")]), Err(NoVoice::Empty));
    for bad in [("ease", "6"), ("ease", "0"), ("got", "2"), ("ease", "five")] {
        assert_eq!(read(&[bad]), Err(NoVoice::Bad), "{bad:?}");
    }
    assert_eq!(read(&[("said", &"あ".repeat(1_001))]), Err(NoVoice::Bad));
    assert_eq!(read(&[("got", "3")]), Ok(Voice { got: Some(3), ..Voice::default() }));
}

#[test]
fn the_words_of_this_room_are_whole_in_every_language() {
    let src = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let residents: Vec<_> = figures::words().iter().filter(|(_, text)| !text.starts_with("desk-")).copied().collect();
    assert_eq!(ui::words::check::problems(&residents, &[src], &["figures-voice"]), Vec::<String>::new());
    // Staff's pages are in Japanese alone: only an id that nobody wrote is a mistake there.
    let said = ui::words::check::problems(figures::words(), &[src], &["desk-figures"]);
    assert_eq!(said.iter().filter(|problem| problem.starts_with("code says")).collect::<Vec<_>>(), Vec::<&String>::new());
}
