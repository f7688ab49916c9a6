//! The invented people and cases of the gallery: 見本 花子 and her town.

use maud::{Markup, html};

use crate::parts::{Answer, Card, Comparison, Fact, Message, Side, Stage, Step, icons};

fn plain(text: &str) -> Markup {
    html! { (text) }
}

pub(super) fn facts() -> Vec<Fact> {
    [("受付番号", "K9P-4M2-A"), ("申請した日", "11月24日（火）"), ("結果がわかる日", "12月8日（火）まで"), ("担当", "子育て支援課")]
        .map(|(label, value)| Fact { label: plain(label), value: plain(value) })
        .into()
}

pub(super) fn answers() -> Vec<Answer> {
    [
        ("お子さん", Some("見本 さくら　令和2年5月3日生")),
        ("住所", Some("〒000-0000\n見本県見本市中央二丁目3番4号\n見本ハイツ 101")),
        ("希望する児童会", Some("第1希望　中央小 児童会\n第2希望　東小 児童会")),
        ("アレルギー", None),
    ]
    .map(|(label, value)| Answer { label: plain(label), value: value.map(plain), change: Some("#".into()) })
    .into()
}

pub(super) fn timeline(button: Markup) -> Vec<Step> {
    let step =
        |stage, title: &str, when: Option<&str>, more: Option<Markup>| Step { stage, title: plain(title), when: when.map(plain), more };
    vec![
        step(Stage::Done, "申請を受け取りました", Some("11月24日（火）10:48　オンライン"), None),
        step(
            Stage::Done,
            "書類を確認しました",
            Some("11月24日（火）13:05"),
            Some(html! { p { "就労証明書の事業所印がないため、確認の連絡をしました。" } }),
        ),
        step(Stage::Done, "直したものを受け取りました", Some("11月25日（水）7:12"), None),
        step(Stage::Now, "面談の日を決めています", Some("あと2営業日"), Some(html! { p { (button) } })),
        step(Stage::Later, "決定", Some("12月8日（火）まで（標準処理期間 14日）"), None),
        step(Stage::Later, "お知らせと通知書", None, None),
    ]
}

pub(super) fn life_events() -> Vec<Card<'static>> {
    [
        (icons::HOUSE, "引っ越し", "転入・転居・転出、水道、学校"),
        (icons::BABY, "妊娠・出産", "妊娠届の予約、出生届、児童手当"),
        (icons::BACKPACK, "入園・入学", "保育所、放課後児童会、就学援助"),
        (icons::HEART_HANDSHAKE, "結婚・離婚", "戸籍、名前の変更、ひとり親の支援"),
        (icons::FLOWER_2, "ご家族が亡くなったとき", "届出と、その後の手続をまとめて"),
        (icons::ACCESSIBILITY, "介護・高齢", "認定申請、見守り、介護予防"),
        (icons::WAVES, "災害にあったとき", "罹災証明書、見舞金、税の減免"),
        (icons::BRIEFCASE, "仕事・事業", "証明、補助金、営業の届出"),
    ]
    .map(|(icon, title, text)| Card { href: Some("#"), icon: Some(icon), title: plain(title), text: plain(text) })
    .into()
}

pub(super) fn thread() -> Vec<Message<'static>> {
    vec![
        Message {
            side: Side::Theirs,
            from: "子育て支援課",
            when: plain("11月24日（火）13:05"),
            text: "就労証明書に事業所の印がありません。\n印のあるものを、もう一度送ってください。",
            fate: None,
        },
        Message {
            side: Side::Mine,
            from: "見本 花子",
            when: plain("11月25日（水）7:12"),
            text: "会社の印をもらって撮り直しました。よろしくお願いします。",
            fate: Some(plain("読まれました")),
        },
    ]
}

pub(super) fn comparison() -> Vec<Comparison> {
    [
        ("お子さん", "見本 さくら　令和2年5月3日生（6歳）", Some("見本 さくら"), false),
        ("住所", "見本市中央二丁目3番4号", Some("見本市中央二丁目3番4号"), false),
        ("保護者 2", "見本 太郎（単身赴任）", Some("令和8年10月1日 転出（隣県）"), true),
        ("理由 1", "就労　週5日 9:00–17:30", None, false),
        ("希望施設", "中央小 児童会（第1）／東小（第2）", Some("空き 3・待ち 0"), false),
        ("アレルギー", "卵（エピペンなし）", None, false),
    ]
    .map(|(label, filed, known, differs)| Comparison { label: plain(label), filed: plain(filed), known: known.map(plain), differs })
    .into()
}

/// 申請者, フリガナ, 手続, 経路 of twelve cases; the inbox repeats them.
pub(super) const CASES: [(&str, &str, &str, &str); 12] = [
    ("見本 花子", "ミホン ハナコ", "放課後児童会 入会", "オンライン"),
    ("佐々木 健", "ササキ ケン", "放課後児童会 入会", "LINE"),
    ("髙橋 美咲", "タカハシ ミサキ", "保育所 入所", "窓口"),
    ("グエン ティ ラン", "NGUYEN THI LAN", "放課後児童会 退会", "紙"),
    ("山﨑 大輔", "ヤマサキ ダイスケ", "児童手当 認定請求", "オンライン"),
    ("渡邉 葵", "ワタナベ アオイ", "保育所 入所", "オンライン"),
    ("小林 誠", "コバヤシ マコト", "放課後児童会 変更", "窓口"),
    ("中村 結衣", "ナカムラ ユイ", "児童手当 認定請求", "オンライン"),
    ("伊藤 蓮", "イトウ レン", "放課後児童会 入会", "LINE"),
    ("加藤 陽菜", "カトウ ヒナ", "保育所 入所", "紙"),
    ("吉田 翔", "ヨシダ ショウ", "就学援助", "オンライン"),
    ("斉藤 愛", "サイトウ アイ", "放課後児童会 休会", "オンライン"),
];
