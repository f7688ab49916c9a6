//! Pages made of the parts: what a resident and a clerk see most.

use definitions::{
    field::{ChoiceStyle, Kind},
    form::{FieldProblem, Filled},
    text::Language,
    town::Town,
    typed::Typed,
};
use maud::{Markup, html};

use super::{
    kinds::{field, listed},
    people,
};
use crate::{
    field::{FieldView, Papers, mistakes, render},
    page::{Crumb, DeskPage, NavGroup, NavItem, PortalPage, SignedIn, StaffMenu, TownLook, Urgency},
    parts::{self, ChipTone, Column, Due, KeyHint, Row, Say, SearchBox, Sought, Tone, Weight, icons},
    words::Words,
};

/// The front of the portal.
pub fn front(words: &Words, town: &Town, language: Language) -> Markup {
    let look = TownLook::of(town, language, &Language::ALL, false);
    let hero = html! {
        h1 { "何の手続をしますか" }
        (parts::search_box(&SearchBox {
            action: "#", sought: Sought::Things, name: "q", value: "", label: "手続を探す言葉", example: "例：住民票、学童、引っ越し", button: "探す",
        }))
        (parts::tags(&[("#", "住民票の写し"), ("#", "学童に入りたい"), ("#", "水道を使い始める"), ("#", "犬を飼い始めた"), ("#", "粗大ごみ")]))
    };
    let family = [
        parts::Card {
            href: Some("#"),
            icon: Some(icons::SCHOOL),
            title: html! { "見本 さくら さん：小学校入学（4月）" },
            text: html! { "放課後児童会の申請は 1月31日まで" },
        },
        parts::Card {
            href: Some("#"),
            icon: Some(icons::ID_CARD),
            title: html! { "見本 一郎 さん：65歳（3月12日）" },
            text: html! { "介護保険証が届きます。手続はいりません" },
        },
    ];
    let body = html! {
        (parts::notice(Tone::Warn, html! {
            b { "確認をお願いします" }
            p { "放課後児童会 入会申請（受付番号 " (parts::grouped_number("K9P-4M2-A")) "）に、直していただきたいところがあります。" a href="#" { "内容を見る" } }
        }))
        h2 { "できごとから探す" }
        (parts::cards(&people::life_events()))
        h2 { "あなたの家族の予定" }
        p.help { "住民登録の情報から、これから必要になりそうな手続をお知らせしています。" }
        (parts::cards(&family))
    };
    PortalPage::new(words, language, &look, "オンライン窓口").wide().hero(hero).show(body)
}

/// A question on a phone, with a mistake and a warning.
pub fn question(words: &Words, town: &Town, language: Language) -> Markup {
    let look = TownLook::of(town, language, &Language::ALL, false);
    let say = Say { words, language };
    let options = listed(&[
        ("work", "働いている"),
        ("illness", "病気・けが・障害がある"),
        ("care", "家族を介護している"),
        ("study", "学校に通っている・仕事を探している"),
    ]);
    let fields: indexmap::IndexMap<_, _> = [
        field("reason", "保護者 1：見本 花子 さん", Kind::Choice { options, style: ChoiceStyle::Radio }, true),
        field("start", "利用を始める日", Kind::Date, true),
    ]
    .into_iter()
    .flatten()
    .map(|field| (field.id.clone(), field))
    .collect();
    let mut typed = Typed::default();
    for (name, value) in [("reason", "work"), ("start.era", "reiwa"), ("start.year", "8"), ("start.month", "11")] {
        typed.set(name, [value]);
    }
    let problems = [FieldProblem { path: "start.day".into(), id: "kind-date-incomplete", args: Vec::new() }];
    let filled = Filled::default();
    let view = FieldView {
        say,
        town,
        typed: &typed,
        filled: &filled,
        problems: &problems,
        prefix: "",
        upload: None,
        papers: Papers::NotAsked,
        postal: None,
        keying: None,
    };
    let body = html! {
        (parts::steps(say, "放課後児童会 入会申請", 4, 8))
        (parts::error_summary(say, &mistakes(&fields, &view)))
        h1 { "お子さんを見られない理由を教えてください" }
        form method="post" action="#" data-guard novalidate {
            @for field in fields.values() { (render(field, &view)) }
            (parts::notice(Tone::Warn, html! { p { "準備に7日かかるため、12月1日より前は、開始が遅れることがあります。このまま申請することもできます。" } }))
            div.row.actions {
                (parts::button(Weight::Primary, html! { "次へ進む" (icons::ARROW_RIGHT) }))
                (parts::back_link("#", "前に戻る"))
            }
        }
        (parts::saved(html! { "ここまで保存しました（10:42）　" a href="#" { "あとで続ける" } }))
    };
    PortalPage::new(words, language, &look, "誤り：お子さんを見られない理由").personal().show(body)
}

/// Where a case stands.
pub fn status(words: &Words, town: &Town, language: Language) -> Markup {
    let look = TownLook::of(town, language, &Language::ALL, false);
    let say = Say { words, language };
    let trail = [Crumb { label: "マイページ", href: Some("#") }, Crumb { label: "放課後児童会 入会申請", href: None }];
    let body = html! {
        h1 { "審査しています" (parts::chip(ChipTone::Wait, "審査中")) }
        (parts::facts(&people::facts()))
        (parts::timeline(say, &people::timeline(parts::link_button(Weight::Primary, "#", "面談の日を選ぶ"))))
        h2 { "連絡" }
        (parts::thread(&people::thread()))
        div.row {
            (parts::link_button(Weight::Second, "#", "担当課に書く"))
            (parts::link_button(Weight::Quiet, "#", "申請内容を見る"))
            (parts::link_button(Weight::Quiet, "#", "申請を取り下げる"))
        }
    };
    PortalPage::new(words, language, &look, "申請の状況")
        .signed_in(Some(SignedIn { name: "見本 花子", csrf: "token" }))
        .here("/my")
        .trail(&trail)
        .show(body)
}

const KEYS: &[KeyHint<'_>] = &[
    KeyHint { keys: &["j", "k"], what: "移動", at_foot: true },
    KeyHint { keys: &["Enter"], what: "開く", at_foot: true },
    KeyHint { keys: &["a"], what: "担当する", at_foot: true },
    KeyHint { keys: &["x"], what: "選ぶ", at_foot: true },
    KeyHint { keys: &["/"], what: "さがす", at_foot: false },
];

fn navigation() -> Vec<NavGroup<'static>> {
    let item = |label, href, count, urgency| NavItem { label, href, count, urgency };
    vec![
        NavGroup {
            title: "わたしの仕事",
            items: vec![
                item("担当の案件", "/desk", Some(23), Urgency::Calm),
                item("期限が近い・過ぎた", "#late", Some(4), Urgency::Hot),
                item("決裁を待つ", "#approve", Some(6), Urgency::Calm),
                item("返事が来た", "#replies", Some(3), Urgency::Calm),
            ],
        },
        NavGroup {
            title: "子育て支援課",
            items: vec![
                item("だれも持っていない", "#free", Some(17), Urgency::Calm),
                item("放課後児童会", "#after", Some(41), Urgency::Calm),
                item("保育所 入所", "#nursery", Some(128), Urgency::Calm),
                item("児童手当", "#allowance", Some(36), Urgency::Calm),
            ],
        },
        NavGroup {
            title: "しらべる",
            items: vec![
                item("住民・台帳", "#residents", None, Urgency::Calm),
                item("統計", "#figures", None, Urgency::Calm),
                item("手続の定義", "#definitions", None, Urgency::Calm),
            ],
        },
    ]
}

const WHO: StaffMenu<'static> = StaffMenu { name: "鈴木 一郎", post: "子育て支援課　担当", csrf: "token" };

/// The inbox with forty cases.
pub fn inbox(words: &Words, town: &Town) -> Markup {
    let look = TownLook::of(town, Language::Ja, &Language::ALL, false);
    let say = Say { words, language: Language::Ja };
    let columns =
        ["状態", "申請者", "手続", "番号", "経路", "受付", "期限（営業日）", "担当"].map(|label| Column { label, numeric: false });
    let rows: Vec<Row<'_>> = (0..40).map(|at| inbox_row(say, at)).collect();
    let tabs = [("すべて", 23, true), ("審査", 9, false), ("補正待ち", 5, false), ("起案", 3, false), ("期限超過", 1, false)]
        .map(|(label, count, open)| parts::Tab { label, href: "#", count: Some(count), open });
    let body = html! {
        (parts::tabs("状態", &tabs))
        (parts::bulk_bar(say, "#", "token", html! {
            button.btn.second type="submit" name="verb" value="claim" data-shortcut="a" { "担当する" }
            button.btn.second type="submit" name="verb" value="hand" { "渡す" }
        }, parts::rows(say, &columns, &rows)))
        (parts::next_page(say, 40, Some("#"), None))
    };
    let search = html! {
        (parts::search_box(&SearchBox {
            action: "#", sought: Sought::People("token"), name: "q", value: "", label: "さがす", example: "氏名・カナ・番号・住所（/）", button: "さがす",
        }))
        (parts::link_button(Weight::Primary, "#", "紙の申請を入力"))
    };
    let navigation = navigation();
    DeskPage::new(words, &look, "担当の案件")
        .beside(html! { "23件・うち4件が期限近く" })
        .next(search)
        .navigation(&navigation, "/desk")
        .who(Some(WHO))
        .keys(KEYS)
        .show(body)
}

fn inbox_row(say: Say<'_>, at: usize) -> Row<'static> {
    const NUMBERS: [&str; 5] = ["K2P-4M2-2", "K3P-4M2-3", "K4P-4M2-4", "K5P-4M2-5", "K6P-4M2-6"];
    let (name, kana, procedure, channel) = people::CASES[at % people::CASES.len()];
    let (chip, due) = match at % 12 {
        0 => (parts::chip(ChipTone::Act, "補正が来た"), Due::Left { days: 1, of: 14 }),
        3 => (parts::chip(ChipTone::Late, "期限超過"), Due::Over { days: 2 }),
        5 | 11 => (parts::chip(ChipTone::Still, "補正待ち"), Due::Stopped),
        7 => (parts::chip(ChipTone::Good, "決裁済"), Due::Done),
        8 | 9 => (parts::chip(ChipTone::Wait, "受付"), Due::Left { days: 13, of: 14 }),
        other => (parts::chip(ChipTone::Wait, "審査"), Due::Left { days: 4 + other as u32, of: 14 }),
    };
    Row {
        id: at.to_string(),
        name,
        href: "#case",
        cells: vec![
            chip,
            html! { span.name { a href="#case" { (name) } small { (kana) } } },
            html! { (procedure) },
            html! { (parts::grouped_number(NUMBERS[at % NUMBERS.len()])) },
            html! { (channel) },
            html! { "11/" (24 - at % 12) },
            parts::due(say, due),
            html! { @if at.is_multiple_of(3) { "自分" } @else if at.is_multiple_of(2) { "田中" } @else { "—" } },
        ],
    }
}

/// A case at the desk.
pub fn case(words: &Words, town: &Town) -> Markup {
    let look = TownLook::of(town, Language::Ja, &Language::ALL, false);
    let say = Say { words, language: Language::Ja };
    let trail =
        [Crumb { label: "担当の案件", href: Some("/desk") }, Crumb { label: "K9P-4M2-A・オンライン・11/24 受付・定義 第3版", href: None }];
    let body = html! {
        div.split {
            div {
                section.panel { h2 { "申請内容と台帳" } (parts::compare(say, ["項目", "申請", "住民登録・台帳"], &people::comparison())) }
                section.panel {
                    h2 { "連絡" }
                    (parts::thread(&people::thread()))
                    form method="post" action="#" data-guard {
                        label.label for="reply" { "返信" }
                        textarea.in #reply name="text" rows="3" {}
                        p.row { (parts::button(Weight::Second, html! { (icons::SEND) "送る" })) }
                    }
                }
            }
            div {
                section.panel {
                    h2 { "進み具合" }
                    div.due.wide { (parts::due(say, Due::Left { days: 8, of: 14 })) }
                    (parts::timeline(say, &people::timeline(html! { "候補を送りました" })))
                }
                section.panel {
                    h2 { "この人・世帯" }
                    p { "見本 花子（36）世帯主" br; "見本 さくら（6）子" }
                    p { "これまでの案件 4　" a href="#" { "見る" } small { "（閲覧は記録されます）" } }
                }
                section.panel { h2 { "メモ（内部）" } p { small { "田中 11/24" } br; "事業所に電話済み。印は再提出でよい。" } }
            }
        }
    };
    let next = html! {
        (parts::link_button(Weight::Second, "#", "補正を求める"))
        (parts::link_button(Weight::Second, "#", "渡す"))
        (parts::link_button(Weight::Primary, "#", "起案する"))
    };
    let navigation = navigation();
    DeskPage::new(words, &look, "放課後児童会 入会申請　見本 花子 さん")
        .heading(html! { "放課後児童会 入会申請　見本 花子 さん" (parts::chip(ChipTone::Act, "補正が来た")) })
        .next(next)
        .navigation(&navigation, "/desk")
        .who(Some(WHO))
        .trail(&trail)
        .keys(KEYS)
        .show(body)
}
