//! 受け取る: results and lists come in line by line, once, with a report; what is looked at first changes nothing.

mod world;

use access::Staff;
use cases::CaseNumber;
use definitions::mapping::{Encoding, Mapping};
use exchange::{
    file::encoding::encode,
    import::{State, Way},
    office::By,
};
use store::testing::Place;
use world::{World, staff};

fn cp932(text: &str) -> Vec<u8> {
    encode(text, Encoding::Cp932).unwrap()
}

fn water(world: &World) -> (Staff, Mapping, CaseNumber) {
    let clerk = world.hire("水野", "water", "clerk");
    let number = world.filed(&clerk, "water_start", world::WATER);
    (clerk, world.mapping("water_meters"), number)
}

fn step(world: &World, number: CaseNumber) -> String {
    world.case(number).stage.step().map(ToString::to_string).unwrap_or_default()
}

store::on_both_engines! {
    fn a_result_ends_a_step_once(place: Place) {
        let world = World::new(place);
        let (clerk, mapping, number) = water(&world);
        let by = staff(&clerk);
        let file = cp932(&format!("受付番号,メーター番号,確認日\r\n{number},A-0042,20261125\r\n"));
        let import = world.brought(&mapping, &by, &file);
        let looked = world.through(&mapping, &by, &import, Way::Look, &file);
        assert_eq!((looked.state, looked.taken, looked.wrong), (State::Looked, 1, 0));
        assert_eq!(step(&world, number), "receive", "a look changes nothing");
        let taken = world.through(&mapping, &by, &import, Way::Take, &file);
        assert_eq!((taken.state, taken.next_row, taken.taken, taken.same, taken.wrong), (State::Done, 1, 1, 0, 0));
        let case = world.case(number);
        assert_eq!(step(&world, number), "propose");
        assert!(case.noted.values().any(|noted| noted.get("meter").is_some()));
        assert_eq!(world.count("select count(*) from case_event where what = 'note'"), 1);
        // The same file, and the same line in another file, change nothing.
        assert_eq!(world.brought(&mapping, &by, &file).state, State::Done);
        let again = cp932(&format!("受付番号,メーター番号,確認日\r\n{number},A-0042,20261125\r\n{number},A-0042,20261125\r\n"));
        let same = world.taken(&mapping, &by, &again);
        assert_eq!((same.taken, same.same, same.wrong), (0, 2, 0));
        assert_eq!(world.count("select count(*) from case_event where what = 'note'"), 1);
    }
}

#[test]
fn each_line_that_cannot_be_taken_says_why_and_the_others_are_taken() {
    let place = Place::sqlite();
    let world = World::new(&place);
    let (clerk, mapping, number) = water(&world);
    let other = world.filed(&clerk, "water_start", world::WATER);
    let stop = world.filed(&clerk, "water_start", world::WATER);
    let by = staff(&clerk);
    let file = cp932(&format!(
        "受付番号,メーター番号,確認日\r\nZZZ-ZZZ-Z,A-1,20261125\r\n{number},,20261125\r\n{number},A-2,20261399\r\n{other},A-3,20261125\r\n\
         {other},A-4,20261125\r\n{stop},\"A-5\"x,20261125\r\n{stop},A-6\r\n{number},A-7,20261125\r\n"
    ));
    let taken = world.taken(&mapping, &by, &file);
    assert_eq!((taken.state, taken.next_row, taken.taken, taken.same, taken.wrong), (State::Done, 8, 2, 0, 6));
    assert_eq!(
        (step(&world, number).as_str(), step(&world, other).as_str(), step(&world, stop).as_str()),
        ("propose", "propose", "receive")
    );
    let told = world.problems(&taken);
    let begins =
        ["2行 1列「受付番号」：", "3行 2列「メーター番号」：", "4行 3列「確認日」：", "6行：", "7行 2列「メーター番号」：", "8行："];
    assert_eq!(told.len(), begins.len(), "{told:#?}");
    for (line, begin) in told.iter().zip(begins) {
        assert!(line.starts_with(begin), "{line} should begin with {begin}");
    }
    assert!(told[3].contains("「受付・場所の確認」のところにありません"), "{}", told[3]);
}

#[test]
fn grants_count_for_each_line_and_nobody_may_import_nameless_results() {
    let place = Place::sqlite();
    let world = World::new(&place);
    let (_, mapping, number) = water(&world);
    let file = cp932(&format!("受付番号,メーター番号,確認日\r\n{number},A-0042,20261125\r\n"));
    let stranger = world.hire("総田", "general_affairs", "clerk");
    let refused = world.taken(&mapping, &staff(&stranger), &file);
    assert_eq!((refused.taken, refused.wrong), (0, 1));
    assert!(
        world.problems(&refused)[0].contains("の案件がありません"),
        "whom it is not for learns nothing: {:?}",
        world.problems(&refused)
    );
    let more = cp932(&format!("受付番号,メーター番号,確認日\r\n{number},A-0043,20261125\r\n"));
    let nameless = world.taken(&mapping, &By::Terminal, &more);
    assert!(world.problems(&nameless)[0].contains("--as"), "{:?}", world.problems(&nameless));
    assert_eq!(step(&world, number), "receive");
}

fn facilities(lines: &[&str]) -> Vec<u8> {
    let head = "\u{feff}施設番号,施設名,種別,受入年齢,所在地,利用定員\r\n";
    [head.to_owned(), lines.iter().map(|line| format!("{line}\r\n")).collect()].concat().into_bytes()
}

store::on_both_engines! {
    fn a_list_is_compared_with_the_register(place: Place) {
        let world = World::new(place);
        let clerk = world.hire("子田", "childcare", "clerk");
        let (mapping, by) = (world.mapping("nursery_facilities"), staff(&clerk));
        let one = facilities(&["minami_hoiku,南保育所,認可保育所,0歳から5歳,南町1丁目,100", "nishi,西こども園,認定こども園,,西町2丁目,60"]);
        let import = world.brought(&mapping, &by, &one);
        let looked = world.through(&mapping, &by, &import, Way::Look, &one);
        assert_eq!((looked.taken, world.count("select count(*) from register_fact")), (2, 0), "a look enters nothing");
        let taken = world.through(&mapping, &by, &import, Way::Take, &one);
        assert_eq!((taken.taken, taken.same, taken.wrong), (2, 0, 0), "{:?}", world.problems(&taken));
        let two = facilities(&["minami_hoiku,南保育所,認可保育所,0歳から5歳,南町1丁目,100", "nishi,西こども園,認定こども園,,西町2丁目,80"]);
        let changed = world.taken(&mapping, &by, &two);
        assert_eq!((changed.taken, changed.same), (1, 1));
        let nobody = facilities(&[",名のない園,認可保育所,,,1", "x,別,無認可,,,1", "y,別,認可保育所,,,たくさん"]);
        let wrong = world.taken(&mapping, &by, &nobody);
        assert_eq!((wrong.taken, wrong.wrong), (0, 3));
        let told = world.problems(&wrong);
        assert!(told[0].starts_with("2行 1列「施設番号」：") && told[1].starts_with("3行 3列「種別」：") && told[2].starts_with("4行 6列「利用定員」："), "{told:#?}");
        assert_eq!(world.count("select count(*) from register_record"), 2);
    }
}

#[test]
fn what_the_folder_holds_is_the_same_or_becomes_a_record() {
    let place = Place::sqlite();
    let world = World::new(&place);
    let by = staff(&world.hire("子田", "childcare", "clerk"));
    let mapping = world.mapping("nursery_facilities");
    let same = world.taken(&mapping, &by, &facilities(&["chuo_hoiku,中央保育所,認可保育所,0歳から5歳,中央2丁目,120"]));
    assert_eq!((same.taken, same.same, world.count("select count(*) from register_record")), (0, 1, 0));
    let grown = world.taken(&mapping, &by, &facilities(&["chuo_hoiku,中央保育所,認可保育所,0歳から5歳,中央2丁目,150"]));
    assert_eq!((grown.taken, world.count("select count(*) from register_record")), (1, 1), "{:?}", world.problems(&grown));
    let stranger = staff(&world.hire("水野", "water", "clerk"));
    let refused = world.taken(&mapping, &stranger, &facilities(&["chuo_hoiku,中央保育所,認可保育所,0歳から5歳,中央2丁目,10"]));
    assert_eq!((refused.taken, refused.wrong), (0, 1));
}

#[test]
fn an_import_goes_on_at_the_line_where_it_was_cut_off() {
    let place = Place::sqlite();
    let world = World::new(&place);
    let by = staff(&world.hire("子田", "childcare", "clerk"));
    let mapping = world.mapping("nursery_facilities");
    let lines: Vec<String> = (0..250).map(|at| format!("f{at},園{at},認可保育所,,町{at},{at}")).collect();
    let file = facilities(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    let import = world.brought(&mapping, &by, &file);
    // Somebody presses stop after the first transaction; a power cut leaves the same row behind.
    let (desk, id, by_of) = (world.desk.clone(), import.id.clone(), by.clone());
    world
        .desk
        .write({
            let id = id.clone();
            move |tx| -> Result<(), store::StoreError> {
                let mut import = exchange::import::by_id(tx, &id)?.unwrap();
                exchange::import::set_out(tx, &mut import, Way::Take, &by_of, "係")
            }
        })
        .unwrap();
    let mut seen = 0;
    let stopped = exchange::work::go_through(&world.desk, &world.office, &mapping, &by, &id, Way::Take, &file[..], |gone| {
        seen = gone.next_row;
        if gone.next_row == 100 {
            let id = id.clone();
            desk.write(move |tx| tx.run("update exchange_import set stopping = 1 where id = $1", store::params![id.as_str()])).unwrap();
        }
    })
    .unwrap();
    assert_eq!((stopped.state, stopped.next_row, seen), (State::Stopped, 200, 200), "the transaction under way ends, then it stops");
    assert_eq!(world.count("select count(*) from register_record"), 200);
    let done = world.through(&mapping, &by, &stopped, Way::Take, &file);
    assert_eq!((done.state, done.next_row, done.taken, done.same), (State::Done, 250, 250, 0), "no line was taken twice");
    assert_eq!(world.count("select count(*) from register_record"), 250);
}

#[test]
fn a_file_that_cannot_be_opened_is_refused_with_its_reason() {
    let place = Place::sqlite();
    let world = World::new(&place);
    let (clerk, mapping, _) = water(&world);
    let by = staff(&clerk);
    let bom = world.taken(&mapping, &by, "\u{feff}受付番号,メーター番号,確認日\r\n".as_bytes());
    assert_eq!((bom.state, bom.wrong), (State::Refused, 1));
    assert!(world.problems(&bom)[0].starts_with("1行：文字コードが UTF-8（BOM 付き） です"), "{:?}", world.problems(&bom));
    let header = world.taken(&mapping, &by, &cp932("受付番号,確認日,メーター番号\r\n"));
    assert!(world.problems(&header)[0].starts_with("1行 2列「メーター番号」：一行目は"), "{:?}", world.problems(&header));
    let open = world.taken(&mapping, &by, &cp932("受付番号,メーター番号,確認日\r\nK7P,\"A\r\n"));
    assert_eq!((open.state, open.wrong), (State::Refused, 1));
}
