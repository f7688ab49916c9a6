//! Keys of everything but procedures.

use super::{
    Form, Key,
    Shape::*,
    mapping::MAPPING,
    may, must,
    procedure::{GRANT, PROCEDURE},
    round::ROUND,
};

const fn form(name: &'static str, says: &'static str, keys: &'static [&'static [Key]]) -> Form {
    Form { name, says, keys, others: None }
}

/// A kind of document: known by a key at its top.
#[derive(Debug)]
pub struct Document {
    /// The key by which it is known.
    pub key: &'static str,
    /// Whether the key's value is the id of the one thing that the document is about; otherwise a map of several.
    pub single: bool,
    /// The first part of the path of its texts.
    pub path: &'static str,
    /// All of its keys.
    pub form: &'static Form,
}

/// The kinds of document.
pub static DOCUMENTS: &[Document] = &[
    Document { key: "town", single: true, path: "town", form: &TOWN },
    // Before those whose keys a mapping names: `procedure:`.
    Document { key: "mapping", single: true, path: "mappings", form: &MAPPING },
    // A round names its procedure, so it is looked for first.
    Document { key: "round", single: true, path: "rounds", form: &ROUND },
    Document { key: "procedure", single: true, path: "procedures", form: &PROCEDURE },
    Document { key: "register", single: true, path: "registers", form: &REGISTER },
    Document { key: "message", single: true, path: "messages", form: &MESSAGE },
    Document { key: "departments", single: false, path: "", form: &COLLECTIONS },
    Document { key: "roles", single: false, path: "", form: &COLLECTIONS },
    Document { key: "grants", single: false, path: "", form: &COLLECTIONS },
    Document { key: "life_events", single: false, path: "", form: &COLLECTIONS },
    Document { key: "letters", single: false, path: "", form: &COLLECTIONS },
    Document { key: "residents", single: false, path: "", form: &COLLECTIONS },
    Document { key: "staff", single: false, path: "", form: &COLLECTIONS },
    Document { key: "inventory_excluded", single: false, path: "", form: &COLLECTIONS },
];

static COLLECTIONS: Form = form(
    "collections",
    "いくつものものを id で並べる文書",
    &[&[
        may("departments", Map(&Form(&DEPARTMENT)), "課"),
        may("roles", Map(&Form(&ROLE)), "職"),
        may("grants", Map(&Form(&GRANT)), "権限"),
        may("life_events", Map(&Form(&LIFE_EVENT)), "ライフイベント"),
        may("letters", Map(&Form(&LETTER)), "文書のひな形（本文は letters/<id>.typ）"),
        may("residents", Map(&Form(&RESIDENT)), "例に出る住民"),
        may("staff", Map(&Form(&STAFF)), "例に出る職員"),
        may("inventory_excluded", InventoryMap(&Line), "棚卸調査の手続のうち、このまちが扱わないもの：手続ID → 理由"),
    ]],
);

/// まち.
pub static TOWN: Form = form(
    "town",
    "まち：town.yaml",
    &[&[
        must("town", Id, "フォルダの名と同じ id"),
        may("over", Id, "どのフォルダの上に重ねるか（となりのフォルダ）"),
        must("name", Words, "まちの名"),
        may("kana", Line, "まちの名の読み"),
        may("code", Line, "全国地方公共団体コード（検査数字つき6桁）"),
        may("look", Form(&LOOK), "見た目"),
        may("office", Form(&OFFICE), "役所"),
        must("languages", Form(&LANGUAGES), "言葉：complete なら訳の欠けを誤りとする"),
        may("closed", List(&Line), "閉庁日：saturday・holiday・12-29..01-03・2026-05-01"),
        may("staff_hour", Number, "職員の1時間あたりの人件費（円）：統計の1件あたりの費用に使う"),
        may("map", Form(&MAP), "場所を聞く質問（kind: place）で見せる地図"),
        may("offers", List(&Id), "このまちで受け付ける手続。書かなければ、重ねた先のものを含めてすべて"),
        may("authorities", Map(&Form(&AUTHORITY)), "処分庁"),
        may("person_facts", Map(&Column), "まちが人について持つ事実：条件で applicant.<id> と書けるもの"),
    ]],
);

static LOOK: Form = form(
    "look",
    "見た目",
    &[&[
        must("key_colour", OneOf(&["green", "blue", "teal", "indigo", "purple", "red", "orange", "brown", "grey"]), "基調の色"),
        may("seal", Line, "公印の画像ファイル"),
        may("mark", Line, "市章の画像ファイル"),
    ]],
);

static MAP: Form = form(
    "map",
    "地図",
    &[&[
        must("tiles", Line, "地図の画像のありか：{z}・{x}・{y} の入った https の URL（地理院タイルなど）。役所のサーバーが取りにいく"),
        must("credit", Words, "出典（国土地理院）"),
        must("center", Line, "はじめに見せる所：北緯,東経（35.681236,139.767125）"),
        may("zoom", Number, "はじめの大きさ：5 から 18（既定は 15）"),
    ]],
);

static OFFICE: Form = form(
    "office",
    "役所",
    &[&[
        must("post", Line, "郵便番号"),
        must("address", Words, "所在地"),
        must("phone", Line, "代表電話"),
        must("hours", Words, "開庁時間"),
        may("mail", Line, "メールアドレス"),
    ]],
);

const COMPLETENESS: super::Shape = OneOf(&["complete", "partial"]);

static LANGUAGES: Form = form(
    "languages",
    "言葉",
    &[&[must("ja", COMPLETENESS, "日本語"), may("easy", COMPLETENESS, "やさしい日本語"), may("en", COMPLETENESS, "英語")]],
);

static AUTHORITY: Form = form(
    "authority",
    "処分庁",
    &[&[
        must("name", Words, "名（見本市長）"),
        may("holders", DayMap(&Line), "その職にある人：いつから → 氏名"),
        must("appeal", WordOrForm(&["none", "court"], &APPEAL), "教示。処分をしないなら none、裁判所だけが見なおすなら court"),
        may("court", Form(&COURT), "`appeal: court` のとき：どの裁判所に、どの法律で申し立てるか"),
    ]],
);

static APPEAL: Form = form(
    "appeal",
    "教示",
    &[&[
        may("to", Words, "審査請求の相手"),
        may("within", Period, "審査請求の期間"),
        may("no_review", Words, "審査請求を許さない法律。`to:`・`within:` の代わりに書く（訴訟だけができる）"),
        must("sue", Period, "出訴期間"),
        must("defendant", Words, "訴訟の被告と代表者"),
        may("review_first", YesNo, "審査請求前置：裁決のあとでなければ訴えられないか（法律が定めるときだけ yes）"),
    ]],
);

static COURT: Form = form(
    "court",
    "裁判所への不服の申立て",
    &[&[
        must("to", Words, "裁判所"),
        must("by", Words, "申立てを定める法律（戸籍法第122条）"),
        must("no_review", Words, "審査請求を許さない法律（戸籍法第123条）"),
    ]],
);

static DEPARTMENT: Form = form(
    "department",
    "課",
    &[&[
        must("name", Words, "名"),
        may("phone", Line, "電話"),
        may("mail", Line, "メールアドレス"),
        may("place", Words, "場所"),
        may("under", Id, "上の部・課"),
        may("mark", Line, "文書記号"),
    ]],
);

static ROLE: Form = form(
    "role",
    "職",
    &[&[must("name", Words, "名"), may("stand_in", Id, "代決する職（のち後閲）"), may("one_for_each", Id, "台帳の記録ごとに一人")]],
);

static LIFE_EVENT: Form = form(
    "life_event",
    "ライフイベント",
    &[&[must("title", Words, "名"), may("words", List(&Line), "ふだんの言葉（住民が探すときの言い方）")]],
);

static LETTER: Form = form("letter", "文書", &[&[must("title", Words, "文書名"), may("form", Words, "様式（様式第2号など）")]]);

/// 台帳.
static REGISTER: Form = form(
    "register",
    "台帳",
    &[&[
        must("register", Id, "台帳の id"),
        must("title", Words, "名"),
        may("department", Id, "所管課"),
        may("key", Id, "記録を名ざす欄"),
        may("owner", Id, "だれの記録か（その欄）"),
        may("shown_to", Id, "だれのマイページに出すか（その欄。分からなければ空でよい）"),
        must("fields", Map(&Column), "欄"),
        may("states", Map(&Words), "記録の状態"),
        may("counters", Map(&COUNTER_SHAPE), "数：変わるその時に一緒に数える"),
        may("unique", List(&Id), "同じ値が同時に二つあってはならない欄"),
        may("startable", Map(&List(&Id)), "状態ごとに、この記録から始められる手続"),
        may("records", Map(&Map(&Line)), "フォルダが持つ記録：id → 欄 → 値"),
    ]],
);

const COUNTER_SHAPE: super::Shape = Form(&COUNTER);
static COUNTER: Form = form(
    "counter",
    "数",
    &[&[
        may("of", Id, "数える台帳"),
        may("by", Id, "この記録を名ざす、その台帳の欄"),
        may("where", Condition, "どの記録を数えるか（it）"),
        may("formula", Condition, "ほかの欄と数からの式"),
    ]],
);

/// お知らせ.
static MESSAGE: Form = form(
    "message",
    "お知らせ",
    &[&[
        must("message", Id, "お知らせの id"),
        may("courtesy", YesNo, "届いたことだけを伝えるか（正式な通知は文書）"),
        must("subject", Words, "メールの件名。何の件かは書かない"),
        must("outside", Words, "画面の外（メール・LINE・SMS）に出る文。何の件かは書かない"),
        must("my_page", Words, "ログインして読む文"),
        may("body", Words, "メールの本文（なければ outside）"),
        must("channels", List(&OneOf(crate::message::Way::WORDS)), "届け方"),
        may("if_unread", Form(&IF_UNREAD), "読まれないとき"),
    ]],
);

static IF_UNREAD: Form = form(
    "if_unread",
    "読まれないとき",
    &[&[must("for", Period, "どれだけ読まれなければ"), must("then", OneOf(crate::message::Then::WORDS), "どうするか")]],
);

static RESIDENT: Form = form(
    "resident",
    "例に出る住民",
    &[&[
        must("name", Line, "氏名"),
        may("kana", Line, "フリガナ"),
        must("born", Day, "生年月日"),
        may("household", Line, "世帯"),
        may("relation", OneOf(&["head", "spouse", "child", "parent", "grandchild", "other"]), "世帯主との続柄"),
        may("address", Line, "住所"),
        may("post", Line, "郵便番号"),
        may("phone", Line, "電話"),
        may("mail", Line, "メールアドレス"),
        may("residence", Line, "在留資格"),
        may("languages", List(&OneOf(&["ja", "easy", "en"])), "読みやすい言葉"),
        may("protected", Day, "支援措置：いつまで"),
        may("note", Line, "心得"),
        may("records", Map(&Map(&Line)), "この人の台帳の記録：台帳 → 欄 → 値"),
        may("facts", Map(&Line), "まちがこの人について持つ事実：person_facts の id → 値"),
    ]],
);

static STAFF: Form = form(
    "staff",
    "例に出る職員",
    &[&[must("name", Line, "氏名"), must("department", Id, "課"), must("role", Id, "職"), may("note", Line, "心得")]],
);

/// 訳.
pub static TRANSLATION_FILE: Form = form(
    "translations",
    "訳：words/<言葉>/ の下のファイル",
    &[&[
        must("words", OneOf(&["easy", "en"]), "どの言葉へ"),
        may("at", Line, "この下の道の始まり（procedures.disclosure_request など）"),
        must("texts", Anything, "道 → { of: 日本語, say: 訳 }"),
    ]],
);
