//! 受け取る: results and lists come in line by line, once, with a report; what is looked at first changes nothing.

mod world;

use access::Staff;
use cases::CaseNumber;
use definitions::mapping::{Encoding, Mapping};
use exchange::{
    file::encoding::encode,
    import::{Import, State, Way},
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
fn a_character_that_one_machine_alone_can_read_is_told_and_not_taken() {
    let place = Place::sqlite();
    let world = World::new(&place);
    let (clerk, mapping, number) = water(&world);
    let mut file = cp932(&format!("受付番号,メーター番号,確認日\r\n{number},A"));
    file.extend_from_slice(b"\xf0\x40,20261125\r\n");
    let taken = world.taken(&mapping, &staff(&clerk), &file);
    assert_eq!((taken.taken, taken.wrong), (0, 1));
    let told = world.problems(&taken);
    assert!(told[0].starts_with("2行 2列「メーター番号」：外字（U+E000）"), "{told:?}");
    assert_eq!(step(&world, number), "receive");
}

#[test]
fn a_look_says_what_taking_will_do_behind_a_line_that_is_refused_too() {
    let place = Place::sqlite();
    let world = World::new(&place);
    let (clerk, mapping, decided) = water(&world);
    let (by, chief) = (staff(&clerk), world.hire("川田", "water", "chief"));
    let waiting = world.filed(&clerk, "water_start", world::WATER);
    let file = cp932(&format!(
        "受付番号,メーター番号,確認日\r\n{decided},A-1,20261125\r\n{waiting},A-2,20261125\r\n{waiting},A-2,20261125\r\n{decided},A-3,20261125\r\n"
    ));
    // It was decided while the file was under way.
    world.decided(&clerk, &chief, decided, "not_found", &[]);
    let import = world.brought(&mapping, &by, &file);
    let looked = world.through(&mapping, &by, &import, Way::Look, &file);
    assert_eq!((looked.next_row, looked.taken, looked.same, looked.wrong), (4, 1, 1, 2), "{:?}", world.problems(&looked));
    let told = world.problems(&looked);
    let taken = world.through(&mapping, &by, &import, Way::Take, &file);
    assert_eq!((taken.next_row, taken.taken, taken.same, taken.wrong), (4, 1, 1, 2));
    assert_eq!(world.problems(&taken), told);
    assert!(told[0].starts_with("2行：") && told[1].starts_with("5行："), "{told:#?}");
    assert!(told.iter().all(|line| line.contains("のところにありません")), "{told:#?}");
    assert_eq!(step(&world, waiting), "propose");
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
    world.set_out(&import, Way::Take, &by);
    let mut seen = 0;
    let stopped = exchange::work::go_through(&world.desk, &world.office, &mapping, &by, &import.id, Way::Take, &file[..], |gone| {
        seen = gone.next_row;
        if gone.next_row == 100 {
            let (id, by) = (gone.id.clone(), by.clone());
            world.desk.write(move |tx| exchange::import::stop(tx, &by, &id)).unwrap();
        }
    })
    .unwrap();
    assert_eq!((stopped.state, stopped.next_row, seen), (State::Stopped, 100, 100), "it stops where it stands");
    assert_eq!(world.count("select count(*) from register_record"), 100);
    let done = world.through(&mapping, &by, &stopped, Way::Take, &file);
    assert_eq!((done.state, done.next_row, done.taken, done.same), (State::Done, 250, 250, 0), "no line was taken twice");
    assert_eq!(world.count("select count(*) from register_record"), 250);
}

/// A file that ends badly behind so many bytes.
struct Ends<'f> {
    file: &'f [u8],
    left: usize,
    dies: bool,
}

impl std::io::Read for Ends<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.left == 0 {
            assert!(!self.dies, "killed");
            return Err(std::io::Error::other("the network is gone"));
        }
        let read = self.file.read(&mut buffer[..self.left.min(16)])?;
        self.left -= read;
        Ok(read)
    }
}

#[test]
fn an_import_that_is_killed_or_loses_its_file_at_any_row_goes_on_there() {
    let place = Place::sqlite();
    let world = World::new(&place);
    let by = staff(&world.hire("子田", "childcare", "clerk"));
    let mapping = world.mapping("nursery_facilities");
    let mut entered = 0;
    for (dies, rows) in [(true, 0), (true, 1), (true, 99), (true, 100), (false, 0), (false, 101), (false, 229), (true, 230)] {
        let lines: Vec<String> = (0..230).map(|at| format!("{dies}{rows}n{at},園{at},認可保育所,,町{at},{at}")).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let file = facilities(&lines);
        let import = world.brought(&mapping, &by, &file);
        world.set_out(&import, Way::Take, &by);
        let ends = Ends { file: &file, left: facilities(&lines[..rows]).len(), dies };
        let go = |from: &mut dyn std::io::Read| {
            exchange::work::go_through(&world.desk, &world.office, &mapping, &by, &import.id, Way::Take, from, |_| {})
        };
        let first = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| go(&mut { ends })));
        assert_eq!((first.is_err(), first.is_ok_and(|gone| gone.is_err())), (dies, !dies), "at row {rows}");
        let id = import.id.clone();
        let stands = world.desk.read(move |tx| exchange::import::by_id(tx, &id)).unwrap().unwrap();
        let whole = if dies { rows / 100 * 100 } else { rows };
        assert_eq!((stands.state, stands.next_row), (State::Taking, i64::try_from(whole).unwrap()), "at row {rows}");
        let done = go(&mut &file[..]).unwrap();
        assert_eq!((done.state, done.next_row, done.taken, done.same, done.wrong), (State::Done, 230, 230, 0, 0), "at row {rows}");
        entered += 230;
        assert_eq!(world.count("select count(*) from register_record"), entered);
    }
}

store::on_both_engines! {
    fn two_who_go_through_one_file_pass_over_no_line_and_count_none_twice(place: Place) {
        let world = World::new(place);
        let by = staff(&world.hire("子田", "childcare", "clerk"));
        let mapping = world.mapping("nursery_facilities");
        let lines: Vec<String> = (0..250).map(|at| format!("f{at},園{at},認可保育所,,町{at},{at}")).collect();
        let file = facilities(&lines.iter().map(String::as_str).collect::<Vec<_>>());
        let import = world.brought(&mapping, &by, &file);
        let take = |told: &mut dyn FnMut(&Import)| {
            exchange::work::go_through(&world.desk, &world.office, &mapping, &by, &import.id, Way::Take, &file[..], told).unwrap()
        };
        // A claim is lost after the first transaction: another goes on, to the end, while the first still holds its lines.
        world.set_out(&import, Way::Take, &by);
        let (mut first, mut second) = (0, 0);
        let ended = take(&mut |_| {
            first += 1;
            if first == 1 {
                take(&mut |_| second += 1);
            }
        });
        assert_eq!((ended.state, ended.next_row, ended.taken, ended.same, ended.wrong), (State::Done, 250, 250, 0, 0));
        assert_eq!(first, 1, "who is behind lets go");
        assert_eq!(second, 2);
        // Somebody begins to take it while another only looks: the look neither goes on nor undoes what was begun.
        let more = facilities(&["g1,園,認可保育所,,町,1", "g2,園,認可保育所,,町,2"]);
        let import = world.brought(&mapping, &by, &more);
        world.set_out(&import, Way::Look, &by);
        let looked = exchange::work::go_through(&world.desk, &world.office, &mapping, &by, &import.id, Way::Look, &more[..], |_| {
            world.set_out(&import, Way::Take, &by);
        })
        .unwrap();
        assert_eq!((looked.state, looked.next_row, looked.taken), (State::Taking, 0, 0));
        assert_eq!(world.count("select count(*) from register_record"), 250);
    }
}

#[test]
fn a_file_that_nobody_takes_within_thirty_days_is_thrown_away() {
    let place = Place::sqlite();
    let world = World::new(&place);
    let piece = |at: &str, entered: bool| {
        let millis = u64::try_from(at.parse::<jiff::Timestamp>().unwrap().as_millisecond()).unwrap();
        let id = uuid::Builder::from_unix_timestamp_millis(millis, &[7; 10]).into_uuid().to_string();
        world
            .desk
            .write(move |tx| -> Result<(), store::StoreError> {
                tx.run("insert into exchange_piece (import, place, sealed) values ($1, 0, $2)", store::params![id.as_str(), vec![1_u8]])?;
                let sql = "insert into exchange_import (id, mapping, digest, name, by_whom, made_at, state, stopping, next_row, taken, \
                    same, wrong, bytes) values ($1, 'm', $1, 'f', '係', 0, 'looked', 0, 0, 0, 0, 0, 1)";
                if entered { tx.run(sql, store::params![id.as_str()]).map(drop) } else { Ok(()) }
            })
            .unwrap();
    };
    piece("2026-10-20T00:00:00Z", true);
    piece("2026-11-20T00:00:00Z", true);
    piece("2026-11-21T00:00:00Z", false);
    piece("2026-11-24T00:00:00Z", false);
    assert_eq!(world.count("select count(*) from exchange_piece"), 4);
    world.desk.write(|tx| exchange::sweep(tx, world::morning())).unwrap();
    assert_eq!(world.count("select count(*) from exchange_piece"), 2, "one waits for a yes, one is under way");
    assert_eq!(world.count("select count(*) from exchange_import"), 2);
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
