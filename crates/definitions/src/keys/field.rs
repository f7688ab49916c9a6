//! Keys of fields by their kind, of a register's columns, and of verbs.

use super::{
    Form, Key,
    Shape::{self, *},
    may, must, todays,
};

/// 個人情報の機微の段階.
pub const SENSITIVITY: Shape = OneOf(&["ordinary", "tax", "health", "child_welfare", "individual_number"]);

/// Keys that a field of any kind has.
pub const FIELD_COMMON: &[Key] = &[
    must("kind", Line, "答えの種類"),
    must("label", Words, "質問の見出し"),
    may("hint", Words, "見出しの下の一行の説明"),
    may("required", YesNo, "必ず答えてもらうか（既定は yes）"),
    may("when", Condition, "これが成り立つときだけ たずねる"),
    may("default", Condition, "はじめから入れておく値（式）"),
    may("sensitivity", SENSITIVITY, "情報の機微の段階（閲覧権限が見る）"),
];

const fn kind(name: &'static str, says: &'static str, keys: &'static [&'static [Key]]) -> Form {
    Form { name, says, keys, others: None }
}

const COMMON: &[&[Key]] = &[FIELD_COMMON];
const AT_MOST: &[Key] = &[may("at_most", Number, "多くていくつまで（文字数・個数・値）")];
const AT_LEAST: &[Key] = &[may("at_least", Number, "少なくともいくつ")];
const PATTERN: &[Key] = &[
    may("pattern", Line, "行全体の形（正規表現）。電話・口座などの種類があるものには使わない"),
    may("pattern_says", Words, "その形を言葉で（pattern を書いたら必ず）"),
];
const PLACES: &[Key] = &[
    may("places", Number, "小数点から下は何けたまでか（既定は 1）"),
    may("at_least", Line, "少なくともいくつ（0.1）"),
    may("at_most", Line, "多くていくつ（999.9）"),
];
const UNIT: &[Key] = &[may("unit", Words, "数える単位（人・枚など）")];
const OPTIONS: &[Key] = &[
    may("options", Shape::Options, "選択肢：id → 見出し"),
    may("from", Id, "選択肢にする台帳"),
    may("show", List(&Id), "台帳のどの欄を見せるか"),
];
const STYLE: &[Key] = &[may("style", OneOf(&["radio", "select"]), "ラジオボタンか、開く一覧か")];
const EACH: &[Key] = &[
    must("each", Words, "繰り返す一つの呼び名（保護者・お子さん）"),
    must("count", Range, "いくつからいくつまで（1..2）"),
    must("fields", Map(&Field), "その中の質問"),
];

/// The kinds of field.
pub static KINDS: &[(&str, Form)] = &[
    ("text", kind("field_text", "一行の文", &[FIELD_COMMON, AT_MOST, PATTERN])),
    ("long_text", kind("field_long_text", "何行かの文", &[FIELD_COMMON, AT_MOST])),
    ("kana", kind("field_kana", "フリガナ（全角カタカナにそろえる）", COMMON)),
    ("person_name", kind("field_person_name", "氏名", COMMON)),
    ("date", kind("field_date", "日付（西暦・和暦）", COMMON)),
    ("number", kind("field_number", "整数", &[FIELD_COMMON, AT_LEAST, AT_MOST, UNIT])),
    ("decimal", kind("field_decimal", "小数（面積・割合）", &[FIELD_COMMON, PLACES, UNIT])),
    ("money", kind("field_money", "金額（円）", COMMON)),
    ("choice", kind("field_choice", "一つを選ぶ", &[FIELD_COMMON, OPTIONS, STYLE])),
    ("choices", kind("field_choices", "いくつでも選ぶ", &[FIELD_COMMON, OPTIONS, AT_LEAST, AT_MOST])),
    ("ranked", kind("field_ranked", "希望順に選ぶ", &[FIELD_COMMON, OPTIONS, AT_MOST])),
    ("yes_no", kind("field_yes_no", "はい・いいえ", COMMON)),
    ("address", kind("field_address", "郵便番号と住所", COMMON)),
    ("place", kind("field_place", "場所（言葉と地図の上の一点）", COMMON)),
    (
        "household_member",
        kind(
            "field_household_member",
            "世帯の人（連携がなければ氏名と生年月日をたずねる）",
            &[FIELD_COMMON, &[may("when_listed", Condition, "どの人を挙げるか（it はその人）")]],
        ),
    ),
    ("phone", kind("field_phone", "電話番号", COMMON)),
    ("mail", kind("field_mail", "メールアドレス", COMMON)),
    ("bank_account", kind("field_bank_account", "口座（暗号化して持つ）", COMMON)),
    (
        "individual_number",
        kind(
            "field_individual_number",
            "個人番号（番号法の根拠がなければ使えない）",
            &[FIELD_COMMON, &[may("number_use", Words, "番号法の根拠（これがない個人番号は check が断る）")]],
        ),
    ),
    (
        "files",
        kind(
            "field_files",
            "書類・写真（何枚でも）",
            &[FIELD_COMMON, AT_MOST, &[may("later", Period, "申請のあとでもよい：何日以内（days）")]],
        ),
    ),
    ("signature", kind("field_signature", "署名（毎回あらためて）", COMMON)),
    ("consent", kind("field_consent", "同意（毎回あらためて）", COMMON)),
    ("note", kind("field_note", "読むだけの案内", COMMON)),
    ("group", kind("field_group", "同じ質問を人数分くりかえす", &[FIELD_COMMON_OF_GROUP, EACH])),
];

/// A group is named by what each one of it is called; its own heading may be left out.
const FIELD_COMMON_OF_GROUP: &[Key] = &[
    must("kind", Line, "答えの種類"),
    may("label", Words, "質問の見出し（なければ each）"),
    may("hint", Words, "見出しの下の一行の説明"),
    may("when", Condition, "これが成り立つときだけ たずねる"),
    may("sensitivity", SENSITIVITY, "情報の機微の段階（閲覧権限が見る）"),
];

const COLUMN: &[Key] =
    &[must("kind", Line, "欄の種類"), may("label", Words, "欄の名"), may("sensitivity", SENSITIVITY, "情報の機微の段階（閲覧権限が見る）")];

/// The kinds that only a register's columns have.
pub static COLUMN_KINDS: &[(&str, Form)] = &[
    ("code", kind("column_code", "記録の名となる id", &[COLUMN])),
    ("resident", kind("column_resident", "住民", &[COLUMN])),
    ("household", kind("column_household", "世帯", &[COLUMN])),
];

const RECORD_KEYS: &[Key] =
    &[may("state", Id, "記録の状態"), may("from", Condition, "いつから（式）"), may("until", Condition, "いつまで（式）")];

/// The verbs of `do:`.
pub static VERBS: &[(&str, Form)] = &[
    (
        "letter",
        kind(
            "do_letter",
            "文書を出す",
            &[&[must("letter", Id, "文書のひな形"), may("starts_appeal", YesNo, "この文書が届いてから審査請求の期間が始まるか")]],
        ),
    ),
    ("tell", kind("do_tell", "お知らせを送る", &[&[must("tell", Id, "お知らせのひな形")]])),
    (
        "enter",
        Form {
            name: "do_enter",
            says: "台帳に記録する。ほかのキーは欄の名 → 値の式",
            keys: &[&[must("enter", Id, "台帳")], RECORD_KEYS],
            others: Some(Condition),
        },
    ),
    (
        "change",
        Form {
            name: "do_change",
            says: "台帳の記録を、ある日から変える。ほかのキーは欄の名 → 値の式",
            keys: &[&[must("change", Id, "台帳"), must("of", Condition, "だれの（どの）記録か（式）")], RECORD_KEYS],
            others: Some(Condition),
        },
    ),
    (
        "charge",
        kind(
            "do_charge",
            "納める額を記録する（調定）",
            &[&[must("charge", Condition, "円（式）"), todays(must("text", Words, "何の額か"))]],
        ),
    ),
];
