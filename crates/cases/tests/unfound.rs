//! 見つからなかった言葉: only what several people looked for is told, never what could name one of them.

mod world;

use cases::unfound::{self, UNFOUND, Unfound, UnfoundReceiver};
use jiff::ToSpan;
use store::{Parcel, StoreError, hatch::Receiver};
use world::World;

fn note(w: &World, who: &str, typed: &str) {
    let (keys, who, typed, today) = (w.keys.clone(), who.to_owned(), typed.to_owned(), w.today());
    w.portal.write::<_, StoreError>(move |tx| unfound::note(tx, &keys, &who, &typed, today)).unwrap();
}

fn tell(w: &World) -> Parcel {
    let (today, now) = (w.today(), w.now());
    w.portal.write::<_, StoreError>(move |tx| unfound::tell(tx, today, now)).unwrap();
    w.parcels(&w.portal, UNFOUND).pop().unwrap()
}

fn take(w: &World, parcel: &Parcel) {
    let parcel = parcel.clone();
    w.desk.write(move |tx| UnfoundReceiver.receive(tx, &parcel).map_err(|_| StoreError::Busy)).unwrap();
}

fn known(w: &World) -> Vec<(String, i64)> {
    let now = w.now();
    let all: Vec<Unfound> = w.desk.read::<_, StoreError>(move |tx| unfound::all(tx, now)).unwrap();
    all.into_iter().map(|one| (one.words, one.people)).collect()
}

store::on_both_engines! {
    fn what_three_people_looked_for_is_told_and_what_two_did_is_not(place: Place) {
        let w = World::new(place);
        for who in ["a", "b", "c"] {
            note(&w, who, "ドローン　ひこう");
            note(&w, who, "ﾄﾞﾛｰﾝ ひこう");
        }
        ["a", "b"].into_iter().for_each(|who| note(&w, who, "温泉権"));
        let parcel = tell(&w);
        assert!(!String::from_utf8_lossy(&parcel.body).contains("温泉"));
        take(&w, &parcel);
        assert_eq!(known(&w), [(jp::kana::fold("ドローン ひこう"), 3)], "one person counts once, however they write it");
        take(&w, &parcel);
        assert_eq!(known(&w).len(), 1, "a parcel that comes twice changes nothing");
    }

    fn an_older_list_does_not_replace_a_newer_one_and_words_are_forgotten(place: Place) {
        let w = World::new(place);
        ["a", "b", "c"].into_iter().for_each(|who| note(&w, who, "温泉権"));
        let older = tell(&w);
        w.minutes_later(5);
        ["a", "b", "c", "d"].into_iter().for_each(|who| note(&w, who, "温泉権"));
        let newer = tell(&w);
        take(&w, &newer);
        take(&w, &older);
        assert_eq!(known(&w), [("温泉権".to_owned(), 4)]);
        w.days_later(31);
        assert_eq!(known(&w), [], "nobody looks for it any more");
        tell(&w);
        assert_eq!(w.count(&w.portal, "select count(*) from case_unfound"), 0);
        let list = serde_json::json!({ "at": w.now() + 480.hours(), "list": [{ "words": "遠い先", "people": 9 }] });
        take(&w, &Parcel { body: serde_json::to_vec(&list).unwrap(), ..newer });
        assert_eq!(w.count(&w.desk, "select count(*) from case_unfound where words = '遠い先'"), 0, "a list of another month is not believed");
    }
}

#[test]
fn what_could_name_a_person_is_not_kept() {
    let sentence = "佐藤花子の児童手当はいつ振り込まれるのか教えてください";
    for typed in ["", " ", "あ", "090-1234-5678", "hanako@example.jp", sentence, "a/b", "<b>", "１２３４５"] {
        assert_eq!(unfound::worth_noting(typed), None, "{typed}");
    }
    assert_eq!(unfound::worth_noting(" 令和8年 　成人式 ").as_deref(), Some(jp::kana::fold("令和8年 成人式").as_str()));
}
