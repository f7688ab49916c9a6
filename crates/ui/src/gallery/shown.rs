//! Every part in every state.

use maud::{Markup, html};

use super::people;
use crate::parts::{self, ChipTone, Due, Say, Tone, Weight, icons};

pub(super) fn parts(say: Say<'_>) -> Markup {
    html! {
        (buttons())
        (notices(say))
        (known(say))
        (progress(say))
        (lists(say))
        (tables(say))
        (charts())
        h2 { "アイコン" }
        p.row { @for icon in icons::ALL { span.ico title=(icon.name()) { (icon) } } }
    }
}

fn buttons() -> Markup {
    html! {
        h2 { "ボタン" }
        div.row {
            (parts::button(Weight::Primary, "次へ進む"))
            (parts::button(Weight::Second, "担当課に書く"))
            (parts::button(Weight::Danger, "申請を取り下げる"))
            (parts::link_button(Weight::Quiet, "#", "申請内容を見る"))
            (parts::submit(Weight::Second, "verb", "claim", "担当する"))
            (parts::back_link("#", "前に戻る"))
            button.btn type="button" disabled { "送っています" }
        }
        (parts::post_button(Weight::Second, "#", "token", "1つの操作"))
    }
}

fn notices(say: Say<'_>) -> Markup {
    let mistakes = [
        parts::Mistake { anchor: "f-w_born".into(), text: "生年月日を年・月・日で入力してください".into() },
        parts::Mistake { anchor: "f-w_phone".into(), text: "電話番号を入力してください".into() },
    ];
    html! {
        h2 { "お知らせ" }
        (parts::notice(Tone::Info, html! { b { "準備するもの" } p { "就労証明書を、写真かPDFで送ってください。" } }))
        (parts::notice(Tone::Good, html! { p { "保存しました。" } }))
        (parts::notice(Tone::Warn, html! { p { "準備に7日かかるため、12月1日より前は、開始が遅れることがあります。このまま申請することもできます。" } }))
        (parts::notice(Tone::Error, html! { b { "送れませんでした" } p { "入力した内容は残っています。もう一度お試しください。" } }))
        (parts::error_summary(say, &mistakes))
        (parts::saved(html! { "ここまで保存しました（10:42）" }))
        (parts::empty(icons::INBOX, "まだ申請はありません", html! { p { "手続を探して、オンラインで申請できます。" a href="#" { "手続を探す" } } }))
        (parts::confirm(say, "#", "token", html! { p { b { "申請を取り下げますか" } } p { "取り下げると、元に戻せません。" } }, "取り下げる", Weight::Danger, "#"))
    }
}

fn known(say: Say<'_>) -> Markup {
    html! {
        h2 { "わかっていること" }
        (parts::receipt_number("受付番号", "K9P-4M2-A"))
        (parts::facts(&people::facts()))
        (parts::answers(say, &people::answers()))
        p.row {
            (parts::chip(ChipTone::Wait, "審査中"))
            (parts::chip(ChipTone::Act, "補正が来た"))
            (parts::chip(ChipTone::Good, "決裁済"))
            (parts::chip(ChipTone::Still, "補正待ち"))
            (parts::chip(ChipTone::Late, "期限超過"))
        }
    }
}

fn progress(say: Say<'_>) -> Markup {
    html! {
        h2 { "進み具合" }
        (parts::steps(say, "放課後児童会 入会申請", 4, 8))
        (parts::timeline(say, &people::timeline(html! { (parts::link_button(Weight::Primary, "#", "面談の日を選ぶ")) })))
        p.row {
            @for due in [Due::Left { days: 8, of: 14 }, Due::Left { days: 1, of: 14 }, Due::Left { days: 0, of: 14 }, Due::Over { days: 2 }, Due::Stopped, Due::Done, Due::Open] {
                (parts::due(say, due))
            }
        }
    }
}

fn lists(say: Say<'_>) -> Markup {
    html! {
        h2 { "一覧" }
        (parts::cards(&people::life_events()[..4]))
        (parts::tags(&[("#", "住民票の写し"), ("#", "学童に入りたい"), ("#", "水道を使い始める")]))
        (parts::files(&[
            parts::Attached { name: "就労証明書.pdf", href: Some("#"), about: "340 KB", action: None },
            parts::Attached { name: "母子手帳の写真.jpg", href: None, about: "確かめています", action: None },
        ]))
        (parts::thread(&people::thread()))
        (parts::next_page(say, 40, Some("#"), Some("#")))
        div.letter { div.sheet { p { "見本市指令第12号" } p { "見本 花子 様" } p { "放課後児童会の入会を承認します。" } } }
    }
}

fn tables(say: Say<'_>) -> Markup {
    let columns = [parts::Column { label: "日付", numeric: false }, parts::Column { label: "手数料", numeric: true }];
    html! {
        h2 { "表" }
        (parts::table(Some("手数料の記録"), &columns, &[vec![html! { "11月24日" }, html! { "300円" }], vec![html! { "11月25日" }, html! { "1,200円" }]]))
        (parts::tabs("状態", &[
            parts::Tab { label: "すべて", href: "#", count: Some(23), open: true },
            parts::Tab { label: "審査", href: "#", count: Some(9), open: false },
        ]))
        (parts::compare(say, ["項目", "申請", "住民登録・台帳"], &people::comparison()))
        (parts::search_box(&parts::SearchBox {
            action: "#", sought: parts::Sought::Things, name: "q", value: "", label: "手続を探す言葉", example: "例：住民票、学童", button: "探す",
        }))
    }
}

fn charts() -> Markup {
    let months = ["4月", "5月", "6月", "7月", "8月", "9月"];
    let this = parts::Series { name: "今年度", values: vec![41, 128, 36, 57, 23, 60] };
    let last = parts::Series { name: "前年度", values: vec![50, 90, 44, 40, 30, 35] };
    html! {
        h2 { "グラフ" }
        (parts::bars("月ごとの申請", "件", &months, &this))
        (parts::lines("前年度との比べ", "件", &months, &[this.clone(), last]))
    }
}
