//! Addresses, against the published cases of two normalisers; the rates are printed (`--nocapture`), and with `SHOW=1` each that differs.

use jp::address::{Address, Home, match_key};
use shared::{fields, read};

mod shared;

#[derive(Default)]
struct Rate {
    all: usize,
    right: usize,
}

impl Rate {
    fn count(&mut self, right: bool) {
        self.all += 1;
        self.right += usize::from(right);
    }
    fn share(&self) -> f64 {
        100.0 * self.right as f64 / self.all.max(1) as f64
    }
}

fn city(address: &Address) -> String {
    address.municipality.as_ref().map(ToString::to_string).unwrap_or_default()
}

#[test]
fn most_addresses_of_the_normaliser_are_read_alike() {
    let Some(text) = read("addresses/normalize_cases.csv") else { return };
    let (mut prefecture, mut municipality, mut exact, mut by_key, mut block) = <(Rate, Rate, Rate, Rate, Rate)>::default();
    for line in text.lines().skip(1) {
        let row = fields(line);
        let address = Address::read(&row[0]);
        let right_prefecture = address.prefecture.map(|p| p.name()).unwrap_or_default() == row[1];
        let right_city = right_prefecture && city(&address) == row[2];
        let town = address.town.to_string();
        let right_town = right_city && match_key(&town) == match_key(&row[3]);
        prefecture.count(right_prefecture);
        municipality.count(right_city);
        exact.count(right_city && town == row[3]);
        by_key.count(right_town);
        if row[6] == "8" {
            block.count(right_town && address.block == row[4]);
        }
        if std::env::var_os("SHOW").is_some() && (!right_town || (row[6] == "8" && address.block != row[4])) {
            eprintln!(
                "{} | want {} {} {} {} {} | {:?} {} {} / {} / {}",
                row[0],
                row[1],
                row[2],
                row[3],
                row[4],
                row[5],
                address.prefecture.map(|p| p.name()),
                city(&address),
                town,
                address.block,
                address.building
            );
        }
    }
    eprintln!(
        "normalize_cases: {} addresses: prefecture {:.2} %, municipality {:.2} %, town to the letter {:.2} %, town by key {:.2} %, block (of {}) {:.2} %",
        prefecture.all,
        prefecture.share(),
        municipality.share(),
        exact.share(),
        by_key.share(),
        block.all,
        block.share()
    );
    // What text alone cannot tell (a prefecture left out, a 大字 that was dropped) stays; anything worse is a fault of ours.
    assert!(prefecture.share() > 99.8 && municipality.share() > 99.8 && by_key.share() > 99.3 && block.share() > 99.7);
}

#[test]
fn addresses_of_the_registry_s_geocoder_are_read_alike_as_far_as_text_goes() {
    let folders = [
        "basic-test-cases",
        "general-test-cases",
        "issue122",
        "issue131",
        "issue157",
        "issue166",
        "issue186",
        "issue188",
        "issue190",
        "issue201",
        "kyoto-schools",
    ];
    let (mut prefecture, mut municipality, mut town_rate, mut without_home) = <(Rate, Rate, Rate, Rate)>::default();
    for folder in folders {
        let Some(text) = read(&format!("addresses/abr-geocoder/{folder}/expects.json")) else { return };
        let cases: serde_json::Value = serde_json::from_str(&text).unwrap();
        for case in cases.as_array().unwrap() {
            let part = |name: &str| case["result"][name].as_str().unwrap_or_default().to_string();
            let input = case["query"]["input"].as_str().unwrap();
            // The schools of Kyoto are written as people within the city write.
            let kyoto = Home::named("京都府京都市").unwrap();
            let address = if folder == "kyoto-schools" { Address::read_within(input, &kyoto) } else { Address::read(input) };
            let right_prefecture = address.prefecture.map(|p| p.name()).unwrap_or_default() == part("pref");
            let want_city = format!("{}{}{}", part("county"), part("city"), part("ward"));
            let right_city = right_prefecture && match_key(&city(&address)) == match_key(&want_city);
            let want_town = format!("{}{}{}", part("oaza_cho"), part("chome"), part("koaza"));
            let kyoto = format!("{}{}", part("koaza"), part("oaza_cho"));
            let got = address.town.to_string();
            let streets = format!("{}{got}", address.town.street);
            let right_town = right_city && (match_key(&got) == match_key(&want_town) || match_key(&streets) == match_key(&kyoto));
            without_home.count(match_key(&city(&Address::read(input))) == match_key(&want_city));
            prefecture.count(right_prefecture);
            municipality.count(right_city);
            town_rate.count(right_town);
            if std::env::var_os("SHOW").is_some() && !right_town {
                eprintln!(
                    "{folder}: {input} | want {} {want_city} {want_town} | {:?} {} {} [{}] / {} / {}",
                    part("pref"),
                    address.prefecture.map(|p| p.name()),
                    city(&address),
                    got,
                    address.town.street,
                    address.block,
                    address.building
                );
            }
        }
    }
    eprintln!(
        "abr-geocoder: {} addresses: prefecture {:.2} %, municipality {:.2} % ({:.2} % when the schools of Kyoto are read without their city), town by key {:.2} %",
        prefecture.all,
        prefecture.share(),
        municipality.share(),
        without_home.share(),
        town_rate.share()
    );
    assert!(prefecture.share() > 97.0 && municipality.share() > 97.0 && town_rate.share() > 93.0);
}

#[test]
fn every_municipality_of_the_country_is_told_from_the_town_behind_it() {
    let Some(text) = read("addresses/localgov_codes.csv") else { return };
    let mut wrong = Vec::new();
    let mut all = 0;
    for line in text.lines().skip(1) {
        let row = fields(line);
        let (prefecture, city) = (&row[1], row[3].replace(' ', ""));
        // Towns whose names begin with a suffix letter are the hardest neighbours.
        for town in ["本町１丁目２番３号", "市場1-2-3", "町屋12番地3", "村松１２－３", "区画通4-5", "字上ノ原9"]
        {
            all += 1;
            let address = Address::read(&format!("{prefecture}{city}{town}"));
            let got = address.municipality.as_ref().map(ToString::to_string).unwrap_or_default();
            if address.prefecture.map(|p| p.name()) != Some(prefecture) || got != city {
                wrong.push(format!("{prefecture}{city}{town}: {got}"));
            }
        }
    }
    eprintln!("municipalities: {} of {all} told from what follows; not: {:?}", all - wrong.len(), &wrong[..wrong.len().min(60)]);
    assert!(wrong.is_empty());
}

#[test]
fn the_towns_of_postal_codes_are_told_from_their_municipality() {
    let Some(text) = read("addresses/postal_sample.csv") else { return };
    let mut rate = Rate::default();
    for line in text.lines().skip(1) {
        let row = fields(line);
        let address = Address::read(&format!("{}{}{}", row[2], row[3], row[4]));
        let right = city(&address) == row[3] && match_key(&address.town.to_string()) == match_key(&row[4]);
        rate.count(right);
        if std::env::var_os("SHOW").is_some() && !right {
            eprintln!(
                "{}|{}|{} -> {} {} [{}] {} / {}",
                row[2],
                row[3],
                row[4],
                city(&address),
                address.town,
                address.town.street,
                address.block,
                address.building
            );
        }
    }
    eprintln!("postal_sample: {} towns, {:.2} % alike", rate.all, rate.share());
    assert!(rate.share() > 99.5);
}

#[test]
fn names_that_hold_a_suffix_are_read_whole() {
    for (typed, city_name, town) in [
        ("三重県四日市市諏訪町1-5", "四日市市", "諏訪町"),
        ("千葉県市川市市川1丁目", "市川市", "市川一丁目"),
        ("千葉県市原市国分寺台中央1-1-1", "市原市", "国分寺台中央一丁目"),
        ("北海道余市郡余市町朝日町26", "余市郡余市町", "朝日町"),
        ("奈良県大和郡山市北郡山町248-4", "大和郡山市", "北郡山町"),
        ("広島県廿日市市下平良1-11-1", "廿日市市", "下平良一丁目"),
        ("石川県野々市市三納1-1", "野々市市", "三納"),
        ("愛知県蒲郡市旭町17-1", "蒲郡市", "旭町"),
        ("福岡県小郡市小郡255-1", "小郡市", "小郡"),
        ("奈良県高市郡高取町観覚寺990-1", "高市郡高取町", "観覚寺"),
        ("山梨県西八代郡市川三郷町市川大門1790-3", "西八代郡市川三郷町", "市川大門"),
        ("新潟県十日町市千歳町3-3", "十日町市", "千歳町"),
        ("東京都羽村市緑ヶ丘5-2-1", "羽村市", "緑ヶ丘五丁目"),
        ("東京都東村山市本町1-2-3", "東村山市", "本町一丁目"),
        ("東京都町田市森野2-2-22", "町田市", "森野二丁目"),
        ("佐賀県杵島郡大町町大町5017", "杵島郡大町町", "大町"),
        ("群馬県佐波郡玉村町下新田201", "佐波郡玉村町", "下新田"),
        ("大阪府大阪狭山市狭山1-2384-1", "大阪狭山市", "狭山一丁目"),
        ("兵庫県神崎郡市川町西川辺165-3", "神崎郡市川町", "西川辺"),
        ("富山県中新川郡上市町法音寺1", "中新川郡上市町", "法音寺"),
        ("福島県南相馬市原町区本町2-27", "南相馬市", "原町区本町"),
    ] {
        let address = Address::read(typed);
        assert_eq!((city(&address).as_str(), address.town.to_string().as_str()), (city_name, town), "{typed}");
    }
}

#[test]
fn what_stands_behind_the_block_is_the_building() {
    for (typed, block, building) in [
        ("東京都千代田区紀尾井町1-3　ＤＩＧＩＴＡＬビル", "1-3", "DIGITALビル"),
        ("東京都調布市国領町３－８－１５都営くすのきアパート２号棟１階", "8-15", "都営くすのきアパート2号棟1階"),
        ("札幌市中央区南２条西１ー５ー２F", "5", "2F"),
        ("札幌市中央区南２条西１ー５ー301C", "5", "301C"),
        ("千葉県市川市南行徳１丁目　以下未定", "", "以下未定"),
        ("山武郡横芝光町横芝字真砂４８２番地の２", "482-2", ""),
        ("東京都千代田区三番町２番地４三番町ＫＳビル１０階", "2-4", "三番町KSビル10階"),
        ("大阪府大阪市中央区上町A-5どこか", "A-5", "どこか"),
        ("福島県大沼郡会津美里町大戸町大字高川甲1324", "甲1324", ""),
    ] {
        let address = Address::read(typed);
        assert_eq!(
            (address.block.trim_start_matches('-'), address.building.trim_start_matches('-')),
            (block, building),
            "{typed}: {address:?}"
        );
    }
}

#[test]
fn a_sign_apart_from_its_number_is_part_of_the_name() {
    let address = Address::read("広島市西区上之乙 5");
    assert_eq!((address.town.to_string().as_str(), address.block.as_str()), ("上之乙", "5"));
    let address = Address::read("広島市西区上之乙5");
    assert_eq!((address.town.to_string().as_str(), address.block.as_str()), ("上之", "乙5"));
}

#[test]
fn a_chome_is_only_inferred_from_three_numbers_and_says_so() {
    assert!(Address::read("東京都中野区大和町２－８－９").town.chome_is_inferred());
    assert!(!Address::read("東京都中野区大和町２丁目８－９").town.chome_is_inferred());
    assert_eq!(Address::read("東京都千代田区紀尾井町1-3").town.chome(), None);
    // 1234番地 with two branches is no 丁目.
    assert_eq!(Address::read("東京都青梅市沢井1234-5-6").town.chome(), None);
}

#[test]
fn a_town_that_leaves_its_own_name_out_is_at_home() {
    let home = Home::named("埼玉県川口市").unwrap();
    for (typed, prefecture, want) in [
        ("本町2-1-1", "埼玉県", "川口市"),
        ("川口市本町2-1-1", "埼玉県", "川口市"),
        ("埼玉県戸田市上戸田1-18-1", "埼玉県", "戸田市"),
        ("東京都北区王子本町1-15-22", "東京都", "北区"),
    ] {
        let address = Address::read_within(typed, &home);
        assert_eq!((address.prefecture.unwrap().name(), city(&address).as_str()), (prefecture, want), "{typed}");
    }
    assert_eq!(Home::named("川口市"), None);
    assert_eq!(Home::named("埼玉県川口市本町"), None);
}

#[test]
fn without_a_prefecture_a_name_that_two_share_has_none() {
    assert_eq!(Address::read("府中市宮西町2丁目24番地").prefecture, None);
    assert_eq!(Address::read("千代田区霞が関2-1-6").prefecture.unwrap().name(), "東京都");
    assert_eq!(Address::read("北区王子本町1-15-22").prefecture, None);
    assert_eq!(Address::read("岩手花巻市花城町9-30").prefecture.unwrap().name(), "岩手県");
}

#[test]
fn what_was_typed_stays_as_it_was_typed() {
    for typed in ["東京都　葛飾区葛\u{E0100}飾１ー２", "  塚本\u{FA10}町 ", "", "\u{0}", "〒100-8918"] {
        assert_eq!(Address::read(typed).typed, typed);
    }
}
