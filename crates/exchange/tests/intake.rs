//! ほかの電子申請から: each application becomes a case once, equal to one that was filed on the web; what does not fit is marked and not lost.

mod world;

use std::{collections::BTreeMap, fs, io::Write, path::Path, sync::Arc};

use access::CaseId;
use cases::{
    Case, Channel, FilingRefused,
    draft::DraftId,
    event::{Event, Told, Who},
    filing::{self, Candidates, DraftIds, Terms},
    handing,
    receiving::DeskReceiver,
};
use definitions::{
    answer::Answers,
    mapping::Encoding,
    procedure::{Identity, Session},
    text::Language,
    typed::Typed,
};
use exchange::{
    file::encoding::encode,
    intake::{self, Taken},
};
use registry::known::PortalFacts;
use store::{
    Portal,
    files::Files,
    keys::{Face, Keys},
    params,
    testing::Place,
};
use world::{World, morning};

/// A photograph's first bytes.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

fn files(place: &Place) -> Files {
    Files::open(&place.folder().join("files"), store::testing::keys().face(Face::Desk).unwrap()).unwrap()
}

fn take(world: &World, place: &Place, id: &str, folder: &Path) -> Taken {
    let mapping = world.mapping(id);
    let packages = intake::packages(&mapping, folder).unwrap();
    intake::take_in(&world.desk, &files(place), &world.office, &mapping, packages).unwrap()
}

fn cases(world: &World) -> Vec<Case> {
    let keys = world.keys();
    world
        .desk
        .read(move |tx| {
            let ids = tx.all("select id from case_ order by filed_at, number", params![])?;
            ids.iter()
                .map(|row| Ok(handing::case(tx, &keys, row.get::<String>(0)?.parse().unwrap())?.unwrap()))
                .collect::<Result<Vec<_>, store::StoreError>>()
        })
        .unwrap()
}

fn story(world: &World, case: CaseId) -> Vec<Told> {
    let keys = world.keys();
    let sql = "select turn, at, who, event from case_event where case_id = $1 order by turn";
    let rows = world.desk.read(move |tx| tx.all(sql, params![case.to_string()])).unwrap();
    rows.iter()
        .map(|row| Told {
            turn: row.get(0).unwrap(),
            at: row.get(1).unwrap(),
            who: Who::from_code(&row.get::<String>(2).unwrap()),
            event: serde_json::from_slice(&keys.unseal("case_event.event", &row.get::<Vec<u8>>(3).unwrap()).unwrap()).unwrap(),
        })
        .collect()
}

const HEAD: &str = "整理番号,申込日時,氏名,フリガナ,電話番号,メール,郵便番号,使用場所,方書,用途,使用開始日,時間帯,支払方法,送付先の指定";

fn water(folder: &Path, lines: &[&str]) {
    let text = [vec![HEAD], lines.to_vec()].concat().join("\r\n");
    fs::write(folder.join("water.csv"), encode(&format!("{text}\r\n"), Encoding::Cp932).unwrap()).unwrap();
}

const HANAKO: &str =
    "A-1,2026/11/24 10:00,佐藤 花子,,090-1234-5678,,100-0001,見本県見本市中央1-2-3,,家庭用,2026/12/01,指定なし,納付書,なし";

store::on_both_engines! {
    fn an_application_arrives_once_and_what_does_not_fit_is_marked(place: Place) {
        let world = World::new(place);
        let folder = place.folder().join("intake");
        fs::create_dir_all(&folder).unwrap();
        let bent = "A-2,,田中 太郎,ｶﾅではない漢字,,,,,,店,2026/13/99,指定なし,納付書,なし";
        water(&folder, &[HANAKO, bent, ",,名無し,,,,,,,家庭用,2026/12/01,指定なし,納付書,なし"]);
        let taken = take(&world, place, "water_start_joint", &folder);
        assert_eq!((taken.arrived, taken.there, taken.wrong.len()), (2, 0, 1), "{:?}", taken.wrong);
        assert_eq!((taken.wrong[0].1.line, taken.wrong[0].0.as_str()), (4, "water.csv"));
        let all = cases(&world);
        assert_eq!(all.len(), 2);
        assert!(all.iter().all(|case| case.channel == Channel::OtherService && case.account.is_none()));
        let bent = all.iter().find(|case| case.contacts.name == "田中 太郎").unwrap();
        let told = story(&world, bent.id);
        let doubted = told.iter().any(|told| matches!(&told.event, Event::Doubted { doubts } if !doubts.is_empty()));
        assert!(doubted, "{told:#?}");
        let note = told.iter().find_map(|told| if let Event::Note { text } = &told.event { Some(text.clone()) } else { None }).unwrap();
        assert!(note.contains("用途：店") && note.contains("使用開始日：2026/13/99"), "nothing of it is lost: {note}");
        let again = take(&world, place, "water_start_joint", &folder);
        assert_eq!((again.arrived, again.there, cases(&world).len()), (0, 2, 2));
        // The status goes back in the words of the source.
        let mapping = world.mapping("water_start_joint");
        let (statuses, _) = intake::statuses(&world.desk, &world.office, &mapping, "").unwrap();
        let said: Vec<(&str, &str)> = statuses.iter().map(|status| (status.source_number.as_str(), status.said.as_str())).collect();
        assert_eq!(said, [("A-1", "処理中"), ("A-2", "処理中")]);
        let (clerk, chief) = (world.hire("水野", "water", "clerk"), world.hire("川田", "water", "chief"));
        let hanako = all.iter().find(|case| case.contacts.name == "佐藤 花子").unwrap().number;
        world.decided(&clerk, &chief, hanako, "not_found", &[]);
        let (after, _) = intake::statuses(&world.desk, &world.office, &mapping, "").unwrap();
        assert_eq!((after[0].said.as_str(), after[0].number.as_str()), ("完了", hanako.plain().as_str()));
        let mut bytes = Vec::new();
        assert_eq!(intake::write_statuses(&world.desk, &world.office, &mapping, &mut bytes).unwrap(), 2);
        let text = exchange::file::encoding::decode(&bytes, Encoding::Cp932).unwrap();
        assert!(text.starts_with(&format!("整理番号,処理状況,自治体の受付番号,日付\r\nA-1,完了,{},", hanako.plain())), "{text}");
        // Years later: as many as are told together are destroyed, and stand before those that are still there.
        world
            .desk
            .write(|tx| -> Result<(), store::StoreError> {
                let sql = "insert into exchange_arrived (mapping, source_number, case_id, at, signature, told) \
                    values ('water_start_joint', $1, $2, 0, 'none', '完了')";
                (0..450).try_for_each(|at| tx.run(sql, params![format!("0-{at:04}"), CaseId::draw(morning()).to_string()]).map(drop))
            })
            .unwrap();
        let mut later = Vec::new();
        assert_eq!(intake::write_statuses(&world.desk, &world.office, &mapping, &mut later).unwrap(), 2);
        assert_eq!(later, bytes);
    }
}

const DOGS: &str = "受付番号,申請日時,申請者氏名,申請者氏名カナ,郵便番号,住所,電話番号,犬の所在地が別,犬の所在地,犬の名,犬の種類,毛色,性別,生年月日,\
    取得年月日,その他の特徴,マイクロチップ,マイクロチップ番号,予防注射,注射済証\r\n";

fn dog(number: &str, proof: &str) -> String {
    format!(
        "\u{feff}{DOGS}{number},2026-11-24T10:00:00,佐藤 花子,サトウ ハナコ,1000001,見本県見本市中央1-2-3,,0,,モモ,柴犬,茶,2,20240501,20261025,,0,,1,{proof}\r\n"
    )
}

fn archive(path: &Path, parts: &[(&str, &[u8])]) {
    let mut zip = zip::ZipWriter::new(fs::File::create(path).unwrap());
    for (name, bytes) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}

#[test]
fn archives_bring_their_files_and_no_name_leads_out_of_them() {
    let place = Place::sqlite();
    let world = World::new(&place);
    let folder = place.folder().join("intake");
    fs::create_dir_all(&folder).unwrap();
    let secret = place.folder().join("secret.png");
    fs::write(&secret, PNG).unwrap();
    archive(
        &folder.join("1.zip"),
        &[("answers.csv", dog("1", "chusha.png").as_bytes()), ("files/chusha.png", PNG), ("signature.p7s", b"cms")],
    );
    archive(&folder.join("2.zip"), &[("answers.csv", dog("2", "../secret.png").as_bytes())]);
    archive(&folder.join("3.zip"), &[("answers.csv", dog("3", "virus.png").as_bytes()), ("../../virus.png", b"MZ\x90\0 no photograph")]);
    archive(&folder.join("4.zip"), &[("readme.txt", b"no table")]);
    fs::write(folder.join("5.zip"), b"no archive").unwrap();
    let taken = take(&world, &place, "dog_registration_pittari", &folder);
    assert_eq!((taken.arrived, taken.there, taken.wrong.len()), (3, 0, 2), "{:?}", taken.wrong);
    let all = cases(&world);
    assert!(all.iter().all(|case| case.channel == Channel::NationalPortal));
    let attached: Vec<usize> = all.iter().map(|case| cases::attachments::of(&case.answers).len()).collect();
    assert_eq!(attached.iter().sum::<usize>(), 1, "one photograph is one, a program is none, a path is none");
    let notes: Vec<String> = all
        .iter()
        .flat_map(|case| story(&world, case.id))
        .filter_map(|told| if let Event::Note { text } = told.event { Some(text) } else { None })
        .collect();
    assert_eq!(notes.len(), 2, "what could not be attached is told: {notes:?}");
    let signed: Vec<String> = world
        .desk
        .read(|tx| tx.all("select signature from exchange_arrived order by source_number", params![]))
        .unwrap()
        .iter()
        .map(|row| row.get(0).unwrap())
        .collect();
    assert_eq!(signed, ["unverified", "none", "none"], "a signature whose chain nobody may ask is never called good");
    assert_eq!(take(&world, &place, "dog_registration_pittari", &folder).there, 3);
}

#[test]
fn archives_of_windows_and_of_macs_name_their_files_in_their_own_ways() {
    let place = Place::sqlite();
    let world = World::new(&place);
    let folder = place.folder().join("intake");
    fs::create_dir_all(&folder).unwrap();
    // Windows writes names in CP932 and does not say so; Macs write が as か and a mark.
    let windows = folder.join("1.zip");
    archive(&windows, &[("AAAAAAAA/answers.csv", dog("1", "注射済証.png").as_bytes()), ("AAAAAAAA/AAAAAAAA.png", PNG)]);
    let name = encode("注射済証", Encoding::Cp932).unwrap();
    let mut bytes = fs::read(&windows).unwrap();
    for at in 0..bytes.len() - 8 {
        if &bytes[at..at + 8] == b"AAAAAAAA" {
            bytes[at..at + 8].copy_from_slice(&name);
        }
    }
    fs::write(&windows, bytes).unwrap();
    archive(
        &folder.join("2.zip"),
        &[("__MACOSX/._answers.csv", b"no table"), ("answers.csv", dog("2", "犬が好き.png").as_bytes()), ("犬か\u{3099}好き.png", PNG)],
    );
    let taken = take(&world, &place, "dog_registration_pittari", &folder);
    assert_eq!((taken.arrived, taken.wrong.len()), (2, 0), "{:?}", taken.wrong);
    let attached: Vec<usize> = cases(&world).iter().map(|case| cases::attachments::of(&case.answers).len()).collect();
    assert_eq!(attached, [1, 1]);
}

#[test]
fn a_name_with_a_character_of_one_machine_alone_arrives_and_is_told() {
    let place = Place::sqlite();
    let world = World::new(&place);
    let folder = place.folder().join("intake");
    fs::create_dir_all(&folder).unwrap();
    let mut bytes = encode(&format!("{HEAD}\r\n{}\r\n", HANAKO.replace("佐藤", "佐Z")), Encoding::Cp932).unwrap();
    let at = bytes.iter().position(|byte| *byte == b'Z').unwrap();
    bytes.splice(at..=at, *b"\xf0\x41");
    fs::write(folder.join("water.csv"), bytes).unwrap();
    assert_eq!(take(&world, &place, "water_start_joint", &folder).arrived, 1);
    let case = cases(&world).remove(0);
    let told = story(&world, case.id);
    let note = told.iter().find_map(|told| if let Event::Note { text } = &told.event { Some(text.clone()) } else { None }).unwrap();
    assert!(note.contains("氏名：外字（U+E001）"), "{note}");
}

#[test]
fn a_package_is_opened_when_it_is_its_turn() {
    let place = Place::sqlite();
    let world = World::new(&place);
    let folder = place.folder().join("intake");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("1.zip"), b"not yet").unwrap();
    let mapping = world.mapping("dog_registration_pittari");
    let packages = intake::packages(&mapping, &folder).unwrap();
    archive(&folder.join("1.zip"), &[("answers.csv", dog("1", "").as_bytes())]);
    let taken = intake::take_in(&world.desk, &files(&place), &world.office, &mapping, packages).unwrap();
    assert_eq!((taken.arrived, taken.wrong.len()), (1, 0), "thousands of archives are not held open at once: {:?}", taken.wrong);
}

#[cfg(unix)]
#[test]
fn a_linked_folder_leads_nowhere() {
    let place = Place::sqlite();
    let world = World::new(&place);
    let (folder, outside) = (place.folder().join("intake"), place.folder().join("outside"));
    fs::create_dir_all(folder.join("2")).unwrap();
    fs::create_dir_all(&outside).unwrap();
    fs::write(outside.join("secret.png"), PNG).unwrap();
    fs::write(folder.join("2").join("own.png"), PNG).unwrap();
    std::os::unix::fs::symlink(&outside, folder.join("1")).unwrap();
    fs::write(folder.join("1.csv"), dog("1", "secret.png")).unwrap();
    fs::write(folder.join("2.csv"), dog("2", "own.png")).unwrap();
    assert_eq!(take(&world, &place, "dog_registration_pittari", &folder).arrived, 2);
    let attached: usize = cases(&world).iter().map(|case| cases::attachments::of(&case.answers).len()).sum();
    assert_eq!(attached, 1, "the file of its own folder, and none from elsewhere");
}

#[test]
fn an_index_answers_what_arrived_last() {
    let place = Place::sqlite();
    let world = World::new(&place);
    let sql = "explain query plan select source_number, case_id, at, signature, told from exchange_arrived \
        where mapping = $1 and case_id < $2 order by case_id desc limit $3";
    let plan: Vec<String> = world
        .desk
        .read(move |tx| tx.all(sql, params!["m", "g", 100_i64]))
        .unwrap()
        .iter()
        .map(|row| row.get::<String>(3).unwrap())
        .collect();
    assert!(plan.iter().any(|line| line.contains("exchange_arrived_newest")) && plan.len() == 1, "{plan:?}");
}

/// The residents' side of the same town.
struct Web {
    portal: Portal,
    keys: Arc<Keys>,
}

impl Web {
    /// Files the same over the web, and brings it to the desk.
    fn file(&self, world: &World, pairs: &[(&str, &str)]) {
        let (town, keys, typed) =
            (Arc::clone(&world.office.town), Arc::clone(&self.keys), Typed::from_pairs(pairs.iter().copied()).unwrap());
        let filed = self.portal.write(move |tx| -> Result<(), FilingRefused> {
            let facts = PortalFacts::of(tx, &town, None, None, cases::clock::day(morning()))?;
            let assurance = access::Assurance { identity: Identity::SelfAsserted, session: Session::None };
            let terms = Terms { town: &town, keys: &keys, facts: &facts, assurance, now: morning() };
            let owner = cases::draft::Owner { session: "a".repeat(64), account: None };
            let procedure = "water_start".parse().unwrap();
            let ids = DraftIds { draft: DraftId(uuid::Uuid::from_u128(77)), case: CaseId::new(uuid::Uuid::from_u128(78)) };
            let draft = filing::begin(tx, &terms, &procedure, &owner, Language::Ja, &ids, &Typed::default())?;
            let pages: Vec<_> = town.procedures["water_start"].pages.keys().cloned().collect();
            for page in pages {
                filing::save_page(tx, &terms, draft.id, &owner, &page, |draft, page| draft.post_page(&page.fields, &typed))?;
            }
            let candidates = Candidates(std::array::from_fn(|at| cases::CaseNumber::draw([3, u8::try_from(at).unwrap(), 1, 1, 1, 1])));
            let version = town.procedures["water_start"].version.clone();
            filing::file(tx, &terms, draft.id, &owner, &version, Channel::Online, &candidates).map(drop)
        });
        filed.unwrap_or_else(|refused| panic!("{refused:?}"));
        let receiver: Arc<dyn store::hatch::Receiver> = Arc::new(DeskReceiver {
            town: access::current::Current::new((*world.office.town).clone()),
            keys: world.keys(),
            clock: access::Clock::fixed(morning()),
        });
        store::hatch::carry_all(&self.portal, &world.desk, &[receiver], &[]).unwrap();
    }
}

#[test]
fn the_same_filed_over_the_web_and_handed_over_is_an_equal_case() {
    let place = Place::sqlite();
    let world = World::new(&place);
    let portal = [
        access::PORTAL_MIGRATIONS,
        registry::PORTAL_MIGRATIONS,
        letters::PORTAL_MIGRATIONS,
        messages::PORTAL_MIGRATIONS,
        cases::PORTAL_MIGRATIONS,
    ];
    let web = Web {
        portal: Portal::new(place.open("portal", &portal.concat())),
        keys: Arc::new(store::testing::keys().face(Face::Portal).unwrap()),
    };
    web.file(&world, world::WATER);
    let folder = place.folder().join("intake");
    fs::create_dir_all(&folder).unwrap();
    water(&folder, &[HANAKO]);
    assert_eq!(take(&world, &place, "water_start_joint", &folder).arrived, 1);
    let all = cases(&world);
    assert_eq!(all.len(), 2);
    let by = |channel: Channel| all.iter().find(|case| case.channel == channel).unwrap();
    let (online, handed) = (by(Channel::Online), by(Channel::OtherService));
    let answers = |case: &Case| -> BTreeMap<String, String> {
        case.answers.iter().map(|(id, answer)| (id.to_string(), serde_json::to_string(answer).unwrap())).collect()
    };
    assert_eq!(answers(online), answers(handed));
    assert_ne!(online.answers, Answers::default());
    assert_eq!(online.contacts, handed.contacts);
    assert_eq!((&online.procedure, &online.version, &online.department), (&handed.procedure, &handed.version, &handed.department));
    assert_eq!((&online.stage, &online.warned), (&handed.stage, &handed.warned));
    // What became of the receipt's notice on the residents' side belongs to the channel.
    let own = |told: &Told| told.event.code() != "message-fate";
    let events =
        |case: &Case| story(&world, case.id).into_iter().filter(own).map(|told| (told.who.code(), told.event.code())).collect::<Vec<_>>();
    assert_eq!(events(online), events(handed), "the same story");
    let line = |case: &Case| {
        let id = case.id;
        let sql = "select procedure, department, stage, step, due, open, assignee, applicant, kana, sensitivity, replied, reach from case_ where id = $1";
        world.desk.read(move |tx| tx.first(sql, params![id.to_string()])).unwrap().unwrap()
    };
    assert_eq!(line(online), line(handed), "the same line of the inbox, apart from number, moment and channel");
}
