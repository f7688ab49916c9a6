//! 郵便番号データ as Japan Post publishes it, with all that its towns column holds beside towns.

use jp::postal::{PostalCode, PostalTable, RowFault, in_common};

fn row(code: &str, prefecture: &str, city: &str, town: &str) -> String {
    format!("13101,\"100  \",\"{code}\",\"カナ\",\"カナ\",\"カナ\",\"{prefecture}\",\"{city}\",\"{town}\",0,0,0,0,0,0\r\n")
}

fn addresses(table: &PostalTable, code: &str) -> Vec<String> {
    table.places(PostalCode::parse(code).unwrap()).iter().map(ToString::to_string).collect()
}

fn common(table: &PostalTable, code: &str) -> String {
    in_common(&table.places(PostalCode::parse(code).unwrap()))
}

fn town(written: &str) -> String {
    let (table, wrong) = PostalTable::read(&row("1000001", "県", "市", written));
    assert!(wrong.is_empty());
    addresses(&table, "1000001").remove(0).trim_start_matches("県市").to_owned()
}

#[test]
fn the_towns_column_is_read_as_an_address_writes_it() {
    for (written, read) in [
        ("千代田", "千代田"),
        ("以下に掲載がない場合", ""),
        ("境町の次に番地がくる場合", ""),
        ("利島村一円", ""),
        ("一円", "一円"),
        ("大通西（１～１９丁目）", "大通西"),
        ("西新宿住友ビル（地階・階層不明）", "西新宿住友ビル"),
        ("種市第１５地割～第２１地割（鹿糠、小路合）", "種市"),
        ("葛巻第４０地割「５７番地１２５、１７６を除く」～第４５地割", "葛巻"),
        ("大野第１地割、大野第２地割", "大野"),
        ("第一", "第一"),
    ] {
        assert_eq!(town(written), read, "{written}");
    }
}

#[test]
fn a_code_of_several_towns_gives_them_all_in_their_order_and_decides_none() {
    let file = [
        row("4980000", "愛知県", "弥富市", "以下に掲載がない場合"),
        row("4980801", "三重県", "桑名郡木曽岬町", "加路戸"),
        row("0600042", "北海道", "札幌市中央区", "大通西（１～１９丁目）"),
        row("0600042", "北海道", "札幌市中央区", "大通西（２０～２８丁目）"),
        row("9960301", "山形県", "最上郡大蔵村", "南山"),
        row("9960301", "山形県", "最上郡戸沢村", "角川"),
        row("0285100", "岩手県", "岩手郡葛巻町", "葛巻"),
        row("0285100", "岩手県", "岩手郡葛巻町", "江刈"),
        row("0285100", "岩手県", "岩手郡葛巻町", "江川"),
    ];
    let (table, wrong) = PostalTable::read(&format!("\u{feff}{}\r\n", file.concat()));
    assert!(wrong.is_empty());
    assert_eq!(table.rows(), 9);
    assert_eq!(addresses(&table, "060-0042"), ["北海道札幌市中央区大通西"], "the same town twice is one");
    assert_eq!(addresses(&table, "028-5100"), ["岩手県岩手郡葛巻町葛巻", "岩手県岩手郡葛巻町江刈", "岩手県岩手郡葛巻町江川"]);
    assert_eq!(common(&table, "028-5100"), "岩手県岩手郡葛巻町");
    assert_eq!(common(&table, "996-0301"), "山形県", "half a name of a village is no place");
    assert_eq!(common(&table, "498-0000"), "愛知県弥富市");
    assert_eq!(addresses(&table, "999-9999"), Vec::<String>::new());
    assert_eq!(in_common(&[]), "");
}

#[test]
fn a_town_over_several_lines_as_in_the_older_edition_is_one() {
    let file = [
        row("0660005", "北海道", "千歳市", "協和（８８－２、２７１－１０、３４３－２、４０４－１、４２７－"),
        row("0660005", "北海道", "千歳市", "３、４３１－１２、４４３－６、６０８－２、６４１－８、６４２－"),
        row("0660005", "北海道", "千歳市", "５、１１３９－３、１１３９－２７、１５８１－１）"),
        row("0660006", "北海道", "千歳市", "蘭越"),
    ];
    let (table, _) = PostalTable::read(&file.concat());
    assert_eq!(addresses(&table, "066-0005"), ["北海道千歳市協和"]);
    assert_eq!(addresses(&table, "066-0006"), ["北海道千歳市蘭越"]);
}

#[test]
fn lines_that_are_no_rows_are_told_and_the_rest_is_read() {
    let file = format!("a,b,c\n{}{}{}", row("100000", "県", "市", "町"), row("1000001", "", "市", "町"), row("1000002", "県", "市", "町"));
    let (table, wrong) = PostalTable::read(&file);
    assert_eq!(
        wrong.iter().map(|wrong| (wrong.line, wrong.why)).collect::<Vec<_>>(),
        [(1, RowFault::Columns(3)), (2, RowFault::Code), (3, RowFault::Place)]
    );
    assert_eq!(addresses(&table, "1000002"), ["県市町"]);
}

proptest::proptest! {
    #[test]
    fn no_file_panics(text in "(\\PC|\n|\"|,|（|）){0,300}", code in "[0-9]{7}") {
        let (table, _) = PostalTable::read(&text);
        let _ = in_common(&table.places(PostalCode::parse(&code).unwrap()));
    }
}
