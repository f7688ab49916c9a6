//! Every kind of question: empty, answered, wrong.

use std::collections::BTreeMap;

use definitions::{
    answer::FileAnswer,
    facts::{Listed, Listing},
    field::{ChoiceStyle, Field, Kind, Options, Sensitivity},
    form::{FieldProblem, Filled},
    ids::{FieldId, OptionId},
    text::Text,
    town::Town,
    typed::Typed,
};
use indexmap::IndexMap;
use maud::{Markup, html};

use crate::{
    field::{FieldView, HalfSent, Papers, Postal, Uploads, render},
    parts::Say,
};

/// How a question stands when it is shown.
#[derive(Clone, Copy)]
enum State {
    Empty,
    Answered,
    Wrong,
}

pub(super) fn kinds(say: Say<'_>, town: &Town) -> Markup {
    html! {
        h2 { "質問の種類" }
        @for (title, state) in [("空の状態", State::Empty), ("入力した状態", State::Answered), ("誤りのある状態", State::Wrong)] {
            h3 { (title) }
            @let prefix = match state { State::Empty => "e", State::Answered => "a", State::Wrong => "w" };
            form method="post" action="#" {
                @for field in fields(prefix) { (in_state(say, town, &field, state)) }
            }
        }
    }
}

fn in_state(say: Say<'_>, town: &Town, field: &Field, state: State) -> Markup {
    let typed = match state {
        State::Empty => Typed::default(),
        State::Answered | State::Wrong => answered(field),
    };
    let wrong = [problem(field)];
    let half_sent = match state {
        State::Answered => vec![half_sent(field)],
        State::Empty | State::Wrong => Vec::new(),
    };
    let filled = Filled { listed: BTreeMap::from([(field.id.as_str().to_owned(), household())]), ..Filled::default() };
    let view = FieldView {
        say,
        town,
        typed: &typed,
        filled: if matches!(field.kind, Kind::HouseholdMember { .. }) { &filled } else { &Filled::default() },
        problems: if matches!(state, State::Wrong) { &wrong } else { &[] },
        prefix: "",
        upload: Some(Uploads { url: "/gallery/files", half_sent: &half_sent }),
        papers: Papers::NotAsked,
        postal: Some(Postal { url: "/gallery/postal", said: None }),
        keying: None,
    };
    render(field, &view)
}

/// A photograph that stopped on its way.
fn half_sent(field: &Field) -> HalfSent {
    let url = "/gallery/files/uploads/1".to_owned();
    HalfSent { path: field.id.to_string(), name: "家の写真.jpg".to_owned(), size: 4_000_000, received: 1_800_000, url }
}

/// A mistake that this kind knows, at the part that has it.
fn problem(field: &Field) -> FieldProblem {
    let (part, id) = match &field.kind {
        Kind::Date => (".day", "kind-date-no-such-day"),
        Kind::Address => (".postal", "kind-address-postal-code"),
        Kind::BankAccount => (".branch", "kind-account-branch"),
        Kind::IndividualNumber { .. } => ("", "kind-individual-number-digits"),
        Kind::Mail => ("", "kind-mail-unreadable"),
        Kind::Place => (".position", "kind-place-outside"),
        Kind::Phone => ("", "kind-phone-area-code"),
        Kind::Ranked { .. } => ("", "kind-ranked-twice"),
        Kind::Files { .. } => ("", "kind-files-required"),
        Kind::Signature => ("", "kind-signature-required"),
        Kind::Consent => ("", "kind-consent-required"),
        Kind::Choice { .. } | Kind::YesNo | Kind::HouseholdMember { .. } => ("", "kind-choice-required"),
        Kind::Group { .. } => (".0.reason", "kind-choice-required"),
        _ => ("", "kind-required"),
    };
    FieldProblem { path: format!("{}{part}", field.id), id, args: Vec::new() }
}

fn household() -> Listing {
    Listing::from(vec![
        Listed { key: "p1".into(), shown: vec!["見本 花子".into(), "ミホン ハナコ".into(), "平成2年4月1日生".into()] },
        Listed { key: "p2".into(), shown: vec!["見本 さくら".into(), "ミホン サクラ".into(), "令和2年5月3日生".into()] },
    ])
}

/// Ids in this file are our own and right; a wrong one would only leave its sample out.
fn id<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

fn text(ja: &str) -> Text {
    Text::new("", ja)
}

pub(super) fn field(name: &str, label: &str, kind: Kind, required: bool) -> Option<Field> {
    Some(Field {
        id: id(name)?,
        label: text(label),
        hint: None,
        kind,
        required,
        when: None,
        default: None,
        sensitivity: Sensitivity::Ordinary,
    })
}

pub(super) fn listed(options: &[(&str, &str)]) -> Options {
    Options::Listed(options.iter().filter_map(|(name, label)| Some((id::<OptionId>(name)?, text(label)))).collect())
}

const REASONS: &[(&str, &str)] = &[
    ("work", "働いている"),
    ("illness", "病気・けが・障害がある"),
    ("care", "家族を介護している"),
    ("study", "学校に通っている・仕事を探している"),
];
const PLACES: &[(&str, &str)] = &[("chuo", "中央小 児童会"), ("higashi", "東小 児童会"), ("nishi", "西小 児童会")];

fn fields(prefix: &str) -> Vec<Field> {
    let named = |name: &str| format!("{prefix}_{name}");
    let inner: IndexMap<FieldId, Field> = [
        field("name", "氏名", Kind::PersonName, true),
        field("reason", "理由", Kind::Choice { options: listed(REASONS), style: ChoiceStyle::Select }, true),
    ]
    .into_iter()
    .flatten()
    .map(|field| (field.id.clone(), field))
    .collect();
    let all = [
        ("text", "職業", Kind::Text { at_most: 50, pattern: None }, false),
        ("long", "請求する文書の内容", Kind::LongText { at_most: 500 }, true),
        ("kana", "フリガナ", Kind::Kana, true),
        ("person", "お名前", Kind::PersonName, true),
        ("born", "生年月日", Kind::Date, true),
        ("count", "必要な通数", Kind::Number { at_least: Some(1), at_most: Some(10), unit: Some(text("通")) }, true),
        (
            "area",
            "使う面積",
            Kind::Decimal { places: 1, at_least: None, at_most: Some(definitions::decimal::Decimal::from(1_000)), unit: Some(text("㎡")) },
            true,
        ),
        ("money", "寄付の金額", Kind::Money, false),
        ("radio", "お子さんを見られない理由", Kind::Choice { options: listed(REASONS), style: ChoiceStyle::Radio }, true),
        ("select", "通っている学校", Kind::Choice { options: listed(PLACES), style: ChoiceStyle::Select }, true),
        ("choices", "アレルギー", Kind::Choices { options: listed(PLACES), at_least: 0, at_most: Some(2) }, false),
        ("ranked", "希望する児童会", Kind::Ranked { options: listed(PLACES), at_most: 3 }, true),
        ("yes_no", "エピペンを持っていますか", Kind::YesNo, true),
        ("address", "住所", Kind::Address, true),
        ("place", "こわれているところ", Kind::Place, true),
        ("member", "申請するお子さん", Kind::HouseholdMember { when_listed: None }, true),
        ("phone", "昼間に連絡できる電話番号", Kind::Phone, true),
        ("mail", "メールアドレス", Kind::Mail, false),
        ("account", "振込先の口座", Kind::BankAccount, true),
        ("number", "個人番号（マイナンバー）", Kind::IndividualNumber { number_use: text("番号法 別表 第56の項") }, true),
        ("files", "就労証明書", Kind::Files { at_most: 3, later_days: Some(14) }, false),
        ("signature", "署名", Kind::Signature, true),
        ("consent", "上の内容に同意します", Kind::Consent, true),
        ("note", "次のページで、保護者の方についてお聞きします。", Kind::Note, false),
        ("group", "保護者", Kind::Group { each: text("保護者"), at_least: 1, at_most: 3, fields: inner }, true),
    ];
    all.into_iter().filter_map(|(name, label, kind, required)| field(&named(name), label, kind, required)).collect()
}

/// What a person typed: right for most kinds, and long where long things happen.
fn answered(field: &Field) -> Typed {
    let name = field.id.as_str();
    let mut typed = Typed::default();
    let mut put = |part: &str, values: &[&str]| {
        let name = if part.is_empty() { name.to_owned() } else { format!("{name}.{part}") };
        typed.set(name, values);
    };
    match &field.kind {
        Kind::Text { .. } => put("", &["会社員"]),
        Kind::LongText { .. } => put("", &["令和7年度の道路工事の契約書\n（中央二丁目 <地内> のもの）"]),
        Kind::Kana => put("", &["ミホン ハナコ"]),
        Kind::PersonName => {
            put("family", &["見本"]);
            put("given", &["花子"]);
        }
        Kind::Date => {
            [("era", "heisei"), ("year", "2"), ("month", "4"), ("day", "31")].iter().for_each(|(part, value)| put(part, &[value]))
        }
        Kind::Number { .. } => put("", &["２"]),
        Kind::Decimal { .. } => put("", &["１２．５"]),
        Kind::Money => put("", &["10,000"]),
        Kind::Choice { .. } => put("", &[if name.ends_with("radio") { "work" } else { "chuo" }]),
        Kind::Choices { .. } | Kind::Ranked { .. } => put("", &["higashi", "chuo"]),
        Kind::YesNo | Kind::Consent => put("", &["yes"]),
        Kind::Address => {
            put("postal", &["000-0000"]);
            put("text", &["見本県見本市中央二丁目3番4号"]);
            put("building", &["見本ハイツ 101"]);
        }
        Kind::Place => {
            put("words", &["中央公園の北側の歩道（街灯の下）"]);
            put("position", &["35.681236,139.767125"]);
        }
        Kind::HouseholdMember { .. } => put("", &["p2"]),
        Kind::Phone => put("", &["000-0000-0000"]),
        Kind::Mail => put("", &["hanako@example.jp"]),
        Kind::BankAccount => put("kind", &["bank"]),
        Kind::IndividualNumber { .. } => put("", &["1234"]),
        Kind::Files { .. } => put("", &[&kept()]),
        Kind::Signature => put("typed", &["見本 花子"]),
        Kind::Note => {}
        Kind::Group { .. } => {
            put("rows", &["2"]);
            put("0.name.family", &["見本"]);
            put("0.name.given", &["花子"]);
            put("1.name.family", &["NGUYEN THI LAN"]);
        }
    }
    typed
}

fn kept() -> String {
    let file =
        FileAnswer {
            file: "sample".into(), name: "就労証明書（会社の印あり）.jpg".into(), media: "image/jpeg".into(), bytes: 1_240_000
        };
    serde_json::to_string(&file).unwrap_or_default()
}
