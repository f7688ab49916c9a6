//! 渡す: decided cases leave once, in numbered batches that can be had again; what cannot be written is held back and told.

mod world;

use access::Staff;
use definitions::{answer::Answer, mapping::Mapping};
use exchange::{
    batch::{self, HeldBack, NotHanded},
    office::By,
};
use jiff::civil::date;
use store::{params, testing::Place};
use world::{World, staff};

fn water(world: &World) -> (Staff, Staff, Mapping) {
    (world.hire("水野", "water", "clerk"), world.hire("川田", "water", "chief"), world.mapping("water_start_billing"))
}

store::on_both_engines! {
    fn each_case_leaves_once(place: Place) {
        let world = World::new(place);
        let (clerk, chief, mapping) = water(&world);
        let by = staff(&clerk);
        let first = world.water_decided(&clerk, &chief, "佐藤 花子", "11");
        world.water_decided(&clerk, &chief, "田中 太郎", "12");
        let elsewhere = world.filed(&clerk, "water_start", world::WATER);
        world.decided(&clerk, &chief, elsewhere, "not_found", &[]);
        world.filed(&clerk, "water_start", world::WATER);
        let one = world.batch(&mapping, &by);
        assert_eq!((one.number, one.cases, one.lines, one.held), (1, 2, 2, 0), "undecided cases and other outcomes stay");
        let (bytes, same) = world.file_of(&mapping, &by, &one);
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(text.starts_with("\u{feff}受付番号,お客さま番号,"), "{text}");
        assert!(text.contains(&format!("{},11,,2026/12/01,0,", first.plain())), "{text}");
        assert!(same);
        assert_eq!(world.file_of(&mapping, &by, &one).0, bytes, "the same file again");
        let two = world.batch(&mapping, &by);
        assert_eq!((two.number, two.cases), (2, 0), "nothing is handed over twice");
        world.water_decided(&clerk, &chief, "鈴木 健二", "13");
        let three = world.batch(&mapping, &by);
        assert_eq!((three.number, three.cases), (3, 1));
        assert_eq!(world.count("select count(*) from looked where why = 'exchange:water_start_billing'"), 3, "each look is logged");
        assert_eq!(world.count("select count(*) from looked where why = 'exchange-file'"), 2);
    }
}

fn held(world: &World, mapping: &Mapping, by: &By) -> Vec<HeldBack> {
    let (office, mapping, by) = (world.office.clone(), mapping.clone(), by.clone());
    world.desk.write(move |tx| batch::held(tx, &office, &mapping, &by, 10)).unwrap()
}

store::on_both_engines! {
    fn a_case_beyond_the_grants_of_who_makes_the_batch_waits_and_is_in_no_file_of_theirs(place: Place) {
        let world = World::new(place);
        let (clerk, chief, mapping) = water(&world);
        let by = staff(&clerk);
        world.water_decided(&clerk, &chief, "佐藤 花子", "11");
        let moved = world.water_decided(&clerk, &chief, "田中 太郎", "12");
        let number = moved.plain();
        world.desk.write(move |tx| tx.run("update case_ set department = 'childcare' where number = $1", params![number.as_str()])).unwrap();
        let one = world.batch(&mapping, &by);
        assert_eq!((one.cases, one.held), (1, 1), "it is not lost behind the place to which the walk came");
        assert_eq!(held(&world, &mapping, &by), [], "whom it is not for does not learn of it");
        assert_eq!(held(&world, &mapping, &By::Terminal).iter().map(|held| held.number).collect::<Vec<_>>(), [moved]);
        let two = world.batch(&mapping, &By::Terminal);
        assert_eq!((two.number, two.cases), (2, 1), "who may take it out does");
        let (office, of, who, which) = (world.office.clone(), mapping.clone(), by.clone(), two.clone());
        let asked = world.desk.read(move |tx| batch::may_have(tx, &office, &of, &who, &which));
        assert!(matches!(asked, Err(NotHanded::Beyond)), "{asked:?}");
        let mut bytes = Vec::new();
        let out = batch::write(&world.desk, &world.office, &mapping, &by, &two, &mut bytes);
        assert!(matches!(out, Err(NotHanded::Beyond)), "{out:?}");
        assert!(!String::from_utf8(bytes).unwrap().contains("田中"));
        assert_eq!(world.file_of(&mapping, &by, &one).0.iter().filter(|byte| **byte == b'\n').count(), 2);
    }
}

#[test]
fn the_file_of_an_old_batch_holds_what_is_left_behind_those_that_were_destroyed() {
    let place = Place::sqlite();
    let world = World::new(&place);
    let (clerk, chief, mapping) = water(&world);
    let by = staff(&clerk);
    world.water_decided(&clerk, &chief, "佐藤 花子", "11");
    let batch = world.batch(&mapping, &by);
    let id = batch.id.clone();
    // More than are read together, before the one that is left.
    world
        .desk
        .write(move |tx| -> Result<(), store::StoreError> {
            tx.run("update exchange_case set place = 5000 where batch = $1", params![id.as_str()])?;
            let sql = "insert into exchange_case (mapping, case_id, batch, place) values ('water_start_billing', $1, $2, $3)";
            (1..=1_200_i64).try_for_each(|at| {
                let gone = access::CaseId::new(uuid::Uuid::from_u128(u128::try_from(at).unwrap())).to_string();
                tx.run(sql, params![gone, id.as_str(), at]).map(drop)
            })
        })
        .unwrap();
    let (bytes, _) = world.file_of(&mapping, &by, &batch);
    assert!(String::from_utf8(bytes).unwrap().contains("佐藤"));
}

#[test]
fn a_workbook_that_is_full_ends_its_batch_and_the_next_case_comes_with_the_next() {
    let place = Place::sqlite();
    let world = World::new(&place);
    let (clerk, chief, mut mapping) = water(&world);
    mapping.file.format = definitions::mapping::Format::Xlsx;
    let by = staff(&clerk);
    for customer in ["11", "12", "13"] {
        world.water_decided(&clerk, &chief, "佐藤 花子", customer);
    }
    let mut batch = world.begin(&mapping, &by).unwrap();
    // As if so many lines were in it already: a file with more of them could never be written.
    world.desk.write(|tx| tx.run("update exchange_batch set cases = 1, lines = 199998", params![])).unwrap();
    while !batch.is_ready {
        batch = world.go_on(&mapping, &by, &batch.id).unwrap();
    }
    assert_eq!((batch.cases, batch.lines), (3, 200_000));
    let next = world.batch(&mapping, &by);
    assert_eq!((next.number, next.cases, next.held), (2, 1, 0));
    assert_eq!(world.batch(&mapping, &by).cases, 0);
}

#[test]
fn a_batch_tells_whether_its_mapping_is_still_the_same() {
    let place = Place::sqlite();
    let world = World::new(&place);
    let (_, _, mut mapping) = water(&world);
    let batch = world.batch(&mapping, &By::Terminal);
    assert!(batch.is_of(&mapping));
    mapping.file.header = false;
    assert!(!batch.is_of(&mapping));
}

store::on_both_engines! {
    fn what_cannot_be_written_is_held_back(place: Place) {
        let world = World::new(place);
        let (clerk, chief) = (world.hire("子田", "childcare", "clerk"), world.hire("育山", "childcare", "chief"));
        let mut mapping = world.mapping("water_start_billing");
        let (water_clerk, water_chief) = (world.hire("水野", "water", "clerk"), world.hire("川田", "water", "chief"));
        mapping.file.encoding = definitions::mapping::Encoding::Cp932;
        let by = staff(&water_clerk);
        let number = world.water_decided(&water_clerk, &water_chief, "𠮷田 花子", "11");
        world.water_decided(&water_clerk, &water_chief, "髙田 花子", "12");
        let one = world.batch(&mapping, &by);
        assert_eq!((one.cases, one.held), (1, 1), "CP932 has 髙 and lacks 𠮷");
        let held = held(&world, &mapping, &by);
        assert_eq!(held.len(), 1);
        assert_eq!(held[0].number, number);
        let problem = &held[0].problems[0];
        assert_eq!((problem.header.as_str(), problem.goes), ("使用者名", false));
        assert!(problem.say.contains("「𠮷」（U+20BB7）"), "{}", problem.say);
        assert_eq!(world.count("select count(*) from looked where why = 'exchange-held:water_start_billing'"), 1);
        let again = world.batch(&mapping, &by);
        assert_eq!((again.cases, again.held), (0, 1), "it is tried again");
        mapping.file.lacking = definitions::mapping::Lacking::Geta;
        let mended = world.batch(&mapping, &by);
        assert_eq!((mended.number, mended.cases, mended.held), (3, 1, 0), "once it can be written it goes");
        let bytes = world.file_of(&mapping, &by, &mended).0;
        assert!(bytes.windows(4).any(|two| two == b"\x81\xac\x93\x63"), "〓田, never a silent ?");
        // A person of another department may not take these cases out, nor know of them.
        let (other, chief) = (staff(&clerk), staff(&chief));
        assert!(matches!(world.begin(&mapping, &other), Err(NotHanded::NotFound)));
        assert!(matches!(world.begin(&mapping, &chief), Err(NotHanded::NotFound)));
        assert!(matches!(world.begin(&mapping, &staff(&water_chief)), Err(NotHanded::NotFound)), "a chief has no grant to export");
        let out = batch::write(&world.desk, &world.office, &mapping, &other, &mended, Vec::new());
        assert!(matches!(out, Err(NotHanded::NotFound)));
    }
}

#[test]
fn a_batch_goes_on_where_it_was_cut_off_and_can_be_stopped() {
    let place = Place::sqlite();
    let world = World::new(&place);
    let (clerk, chief, mapping) = water(&world);
    let by = By::Terminal;
    for at in 0..5 {
        world.water_decided(&clerk, &chief, "佐藤 花子", &at.to_string());
    }
    let whole = world.begin(&mapping, &by).unwrap();
    // Each transaction is whole: what was cut off after any of them goes on with the next, begun anew or not.
    let mut steps = 0;
    loop {
        let again = world.begin(&mapping, &by).unwrap();
        assert_eq!(again.id, whole.id, "a batch that is being made is gone on with, not begun twice");
        steps += 1;
        let gone = world.go_on(&mapping, &by, &whole.id).unwrap();
        if gone.is_ready {
            assert_eq!((gone.number, gone.cases, gone.lines), (1, 5, 5));
            break;
        }
        assert!(steps < 10);
    }
    assert_eq!(world.go_on(&mapping, &by, &whole.id).unwrap().cases, 5, "a whole batch stays as it is");
    world.water_decided(&clerk, &chief, "佐藤 花子", "6");
    let next = world.begin(&mapping, &by).unwrap();
    let (office, of, who, id) = (world.office.clone(), mapping.clone(), by.clone(), next.id.clone());
    world.desk.write(move |tx| batch::stop(tx, &office, &of, &who, &id)).unwrap();
    let stopped = world.go_on(&mapping, &by, &next.id).unwrap();
    assert_eq!((stopped.is_ready, stopped.cases), (true, 0));
    assert_eq!(world.batch(&mapping, &by).cases, 1, "what was left comes with the next");
}

#[test]
fn a_case_with_several_children_is_several_lines() {
    let place = Place::sqlite();
    let world = World::new(&place);
    let (clerk, chief) = (world.hire("子田", "childcare", "clerk"), world.hire("育山", "childcare", "chief"));
    let (mapping, by) = (world.mapping("child_allowance_base"), staff(&clerk));
    let pairs = [
        ("event", "moved_in"),
        ("event_on", "2026-11-09"),
        ("name", "佐藤 花子"),
        ("born", "1990-08-02"),
        ("address.text", "見本県見本市中央1-2-3"),
        ("job", "employee"),
        ("married", "no"),
        ("children.rows", "2"),
        ("children.0.child.name", "佐藤 さくら"),
        ("children.0.child.born", "2019-05-03"),
        ("children.0.relation", "child"),
        ("children.0.together", "yes"),
        ("children.1.child.name", "佐藤 二郎"),
        ("children.1.child.born", "2023-06-01"),
        ("children.1.relation", "child"),
        ("children.1.together", "yes"),
        ("grown_up", "0"),
        ("account.kind", "bank"),
        ("account.bank", "0001"),
        ("account.branch", "001"),
        ("account.deposit", "ordinary"),
        ("account.number", "1234567"),
        ("account.holder", "サトウ ハナコ"),
        ("my_own", "yes"),
    ];
    let number = world.filed(&clerk, "child_allowance", &pairs);
    let resident = registry::resident::Resident {
        id: access::ResidentId::new(uuid::Uuid::from_u128(7)),
        number: "1000012".into(),
        household: None,
        place: 1,
        relation: "head".into(),
        name: jp::name::PersonName::parse("佐藤 花子").unwrap(),
        born: date(1990, 8, 2),
        sex: registry::resident::Sex::NotStated,
        address: registry::resident::Address { postal_code: None, line: "見本県見本市中央1-2-3".into(), building: None },
        phone: None,
        mail: None,
        state: registry::resident::State::Resident,
        since: date(1990, 8, 2),
        protected_until: None,
        residence: None,
    };
    let id = resident.id;
    world.desk.write(move |tx| registry::rows::put(tx, &resident)).unwrap();
    let seen = world.case(number).row;
    world.act(&clerk, move |tx, acting| cases::verbs::identify(tx, acting, number, seen, Some(id))).unwrap();
    let details = [("from", Answer::Date(date(2026, 12, 1))), ("children_count", Answer::Number(2)), ("monthly", Answer::Money(25_000))];
    world.decided(&clerk, &chief, number, "grant", &details);
    let batch = world.batch(&mapping, &by);
    assert_eq!((batch.cases, batch.lines, batch.held), (1, 2, 0));
    let bytes = world.file_of(&mapping, &by, &batch).0;
    let text = exchange::file::encoding::decode(&bytes, definitions::mapping::Encoding::Cp932).unwrap();
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(lines.len(), 4, "{text}");
    assert!(
        lines[1].contains("\"0001000012\",\"佐藤　花子\",\"\",\"4020802\",\"2\",\"20261109\",\"1\",\"佐藤　さくら\",\"5010503\""),
        "{text}"
    );
    assert!(lines[2].contains("\"佐藤　二郎\",\"5050601\"") && lines[2].ends_with("\"20261201\",\"0025000\",\"20261124\""), "{text}");
}

#[test]
fn the_index_answers_what_is_to_be_handed_over() {
    let place = Place::sqlite();
    let world = World::new(&place);
    let sql = "explain query plan select ended_at, id from case_ where procedure = $1 and stage = 'decided' and (ended_at > $2 or \
        (ended_at = $2 and id > $3)) order by ended_at, id limit $4";
    let plan: Vec<String> = world
        .desk
        .read(move |tx| tx.all(sql, params!["water_start", 0_i64, "", 10_i64]))
        .unwrap()
        .iter()
        .map(|row| row.get::<String>(3).unwrap())
        .collect();
    assert!(plan.iter().any(|line| line.contains("case_decided")) && !plan.iter().any(|line| line.contains("SCAN case_ ")), "{plan:?}");
}
