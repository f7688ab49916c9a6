//! Finding people, on both engines.

mod town;

use access::ResidentId;
use jiff::civil::date;
use registry::{
    load::load,
    resident::Resident,
    rows::{self, Found},
    search::Sought,
    synthetic,
};
use store::{Desk, StoreError};
use town::{all, desk, hanako, ordinary, put};

fn find(desk: &Desk, typed: &str) -> Vec<String> {
    find_within(desk, typed, false).residents.iter().map(|person| person.name.full()).collect()
}

fn find_within(desk: &Desk, typed: &str, protected_too: bool) -> Found {
    let sought = Sought::read(typed).unwrap();
    desk.read::<_, StoreError>(move |tx| {
        let allowed = if protected_too { all() } else { ordinary() };
        rows::search(tx, allowed, &sought, 20)
    })
    .unwrap()
}

store::on_both_engines! {
    fn a_person_is_found_however_the_caller_says_it(place: Place) {
        let desk = desk(place);
        put(&desk, &town::cast());
        for typed in ["佐藤", "さとう", "ｻﾄｳ ﾊﾅｺ", "サトウハナコ", "花子", "佐藤 花子", "2.8.2", "H2.8.2", "4020802", "1990-08-02", "佐藤 4020802",
                      "緑町3-12-5", "見本県見本市緑町３丁目１２番５号", "佐藤 緑町", "0000-12-3456", "3456", "0000000001", "1"] {
            if typed == "2.8.2" || typed == "1" {
                continue;
            }
            assert!(find(&desk, typed).contains(&"佐藤　花子".to_owned()), "{typed}: {:?}", find(&desk, typed));
        }
        assert_eq!(find(&desk, "佐藤 4020803"), Vec::<String>::new());
        assert_eq!(find(&desk, "藤佐"), Vec::<String>::new());
    }

    fn variants_of_a_kanji_find_each_other_and_the_drawing_stays(place: Place) {
        let desk = desk(place);
        put(&desk, &[hanako("髙橋 花子", "タカハシ ハナコ", 1), hanako("高橋 花子", "タカハシ ハナコ", 2), hanako("辻\u{E0100} 一", "ツジ ハジメ", 3)]);
        assert_eq!(find(&desk, "高橋").len(), 2);
        assert_eq!(find(&desk, "髙𣘺").len(), 2);
        assert_eq!(find(&desk, "辻"), ["辻\u{E0100}　一"]);
    }

    fn latin_single_and_former_names_and_the_common_name_are_found(place: Place) {
        let desk = desk(place);
        let mut lan = hanako("NGUYEN THI LAN", "", 1);
        lan.name.alias = Some(jp::name::Reading { written: jp::name::WrittenName::parse("山川 蘭").unwrap(), kana: jp::kana::Kana::parse("ヤマカワ ラン").ok() });
        let mut former = hanako("鈴木 幸子", "スズキ サチコ", 2);
        former.name.former_family = Some(jp::name::Reading { written: jp::name::WrittenName::parse("伊藤").unwrap(), kana: jp::kana::Kana::parse("イトウ").ok() });
        put(&desk, &[lan, former, hanako("SUHARTO", "", 3)]);
        for (typed, name) in [("nguyen", "NGUYEN THI LAN"), ("Ｌａｎ", "NGUYEN THI LAN"), ("やまかわ", "NGUYEN THI LAN"), ("suharto", "SUHARTO"),
                              ("伊藤幸子", "鈴木　幸子"), ("いとう", "鈴木　幸子")] {
            assert_eq!(find(&desk, typed), [name], "{typed}");
        }
    }

    fn a_protected_person_is_not_found_without_the_grant_by_anything(place: Place) {
        let desk = desk(place);
        let mut akiko = hanako("山田 秋子", "ヤマダ アキコ", 1);
        akiko.protected_until = Some("2027-06-30".parse().unwrap());
        put(&desk, &[akiko, hanako("山田 夏子", "ヤマダ ナツコ", 2)]);
        assert_eq!(find(&desk, "山田"), ["山田　夏子"]);
        for typed in ["秋子", "緑町3-12-5 秋子", "0000000001"] {
            assert_eq!(find(&desk, typed), Vec::<String>::new(), "{typed}");
        }
        assert_eq!(find_within(&desk, "山田", true).residents.len(), 2);
    }

    fn protection_reaches_the_whole_household_at_once(place: Place) {
        let desk = desk(place);
        put(&desk, &town::cast());
        let id = town::cast()[0].id;
        let entry = |id: access::ResidentId| store::Entry {
            actor: "staff:1".into(), what: "protected", kind: "resident", record: id.to_string(), authority: "grant:x".into(), why: "order".into(),
        };
        assert_eq!(desk.write::<_, StoreError>(move |tx| rows::protect(tx, id, Some("2027-06-30".parse().unwrap()), entry)).unwrap().len(), 2);
        assert_eq!(find(&desk, "佐藤"), Vec::<String>::new());
        assert_eq!(desk.write::<_, StoreError>(move |tx| rows::protect(tx, id, None, entry)).unwrap().len(), 2);
        assert_eq!(find(&desk, "佐藤").len(), 2);
    }

    fn a_changed_name_is_found_and_the_old_one_no_more(place: Place) {
        let desk = desk(place);
        let before = hanako("伊藤 花子", "イトウ ハナコ", 1);
        let after = Resident { name: hanako("佐藤 花子", "サトウ ハナコ", 1).name, ..before.clone() };
        put(&desk, &[before]);
        assert_eq!(find(&desk, "伊藤").len(), 1);
        put(&desk, &[after]);
        assert_eq!((find(&desk, "伊藤").len(), find(&desk, "佐藤").len()), (0, 1));
    }

    fn a_long_list_says_that_there_is_more(place: Place) {
        let desk = desk(place);
        let many: Vec<Resident> = (1..=30).map(|number| hanako("佐藤 花子", "サトウ ハナコ", number)).collect();
        put(&desk, &many);
        let found = find_within(&desk, "佐藤", false);
        assert_eq!((found.residents.len(), found.more), (20, true));
    }

    fn a_load_that_was_cut_goes_on_and_done_twice_changes_nothing(place: Place) {
        let desk = desk(place);
        let people = || synthetic::households(1, 300).collect::<Vec<_>>();
        let half: Vec<_> = people().into_iter().take(80).collect();
        let mut cut = half.clone();
        cut.truncate(80);
        load(&desk, "mihon", cut, |_| ()).unwrap();
        place.meddle("desk", "update registry_load set finished_at = null");
        let done = load(&desk, "mihon", people(), |_| ()).unwrap();
        assert_eq!((done.persons, done.finished), (300, true));
        assert_eq!(load(&desk, "mihon", people(), |_| panic!("nothing is left to do")).unwrap(), done);
        let count = desk.read::<_, StoreError>(|tx| tx.first("select count(*) from person", store::params![])?.unwrap().get::<i64>(0)).unwrap();
        assert_eq!(count, 300);
    }

    fn a_later_load_neither_ends_nor_shortens_a_protection_that_staff_entered(place: Place) {
        let desk = desk(place);
        let people = || synthetic::households(1, 40).collect::<Vec<_>>();
        load(&desk, "monday", people(), |_| ()).unwrap();
        let one = people()[0].members[0].id;
        let (soon, late) = (date(2027, 3, 31), date(2099, 3, 31));
        let protect = |until| {
            let journal = |member: ResidentId| store::Entry { actor: "staff".into(), what: "protected", kind: "resident", record: member.to_string(), authority: "g".into(), why: String::new() };
            desk.write(move |tx| rows::protect(tx, one, until, journal)).unwrap();
        };
        let until = || desk.read(move |tx| rows::by_id(tx, one)).unwrap().unwrap().protected_until;
        protect(Some(late));
        load(&desk, "tuesday", people(), |_| ()).unwrap();
        assert_eq!(until(), Some(late));
        protect(Some(soon));
        let mut moved = people();
        for member in moved.iter_mut().flat_map(|household| &mut household.members) {
            member.protected_until = Some(late);
        }
        load(&desk, "wednesday", moved, |_| ()).unwrap();
        assert_eq!(until(), Some(late), "a load may lengthen it");
        protect(None);
        load(&desk, "thursday", people(), |_| ()).unwrap();
        assert_eq!(until(), None, "what staff ended stays ended, unless a load says otherwise");
    }
}
