//! 教示: every disposition of the nation's folder names the body that the law gives, read against a table of our own.

use std::{collections::BTreeSet, path::Path};

use definitions::{
    authority::{Appeal, Review},
    procedure::Procedure,
    town::Town,
};

/// Who looks again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Body {
    /// The one that decided, when nobody stands above it (行政不服審査法4条1号).
    Mayor,
    /// The same, of a board of education.
    Board,
    /// 都道府県知事, as for 第一号法定受託事務 (地方自治法255条の2第1項2号).
    Governor,
    /// 都道府県知事, and nobody sues before.
    GovernorFirst,
    /// 長 for taxes, and nobody sues before.
    MayorFirst,
    /// 介護保険審査会, and nobody sues before.
    CareFirst,
    /// 国民健康保険審査会, and nobody sues before.
    HealthInsuranceFirst,
    /// 法務局又は地方法務局の長.
    LegalAffairsBureau,
    /// 家庭裁判所, and no review.
    FamilyCourt,
    /// Only the suit.
    SuitOnly,
}

/// A law, by the first words of `law.basis`; who looks again; and where the law says so. The first line that fits holds.
const TABLE: &[(&str, Body, &str)] = &[
    // 戸籍: 124条 names the requests for copies (10条, 10条の2, 48条2項, 120条, 120条の3, 120条の6); all else is 122条.
    ("戸籍法第10条", Body::LegalAffairsBureau, "戸籍法124条"),
    ("戸籍法第48条第2項", Body::LegalAffairsBureau, "戸籍法124条"),
    ("戸籍法第120条の", Body::LegalAffairsBureau, "戸籍法124条"),
    ("戸籍法第113条", Body::FamilyCourt, "戸籍法122条・123条"),
    ("戸籍法第", Body::FamilyCourt, "戸籍法122条・123条"),
    ("民法第", Body::FamilyCourt, "戸籍法122条・123条"),
    ("国籍法第", Body::FamilyCourt, "戸籍法122条・123条"),
    // Insurance.
    ("介護保険法第", Body::CareFirst, "介護保険法183条・196条"),
    ("国民健康保険法", Body::HealthInsuranceFirst, "国民健康保険法91条・103条"),
    // Welfare.
    ("生活保護法第", Body::GovernorFirst, "生活保護法64条・69条"),
    ("中国残留邦人等の", Body::GovernorFirst, "中国残留邦人等支援法14条4項・生活保護法64条・69条"),
    ("特別児童扶養手当等の", Body::Governor, "地方自治法255条の2第1項2号・特別児童扶養手当等の支給に関する法律28条・39条の2"),
    ("児童手当法第", Body::Governor, "地方自治法255条の2第1項2号・児童手当法29条の2"),
    ("児童扶養手当法第", Body::Governor, "地方自治法255条の2第1項2号・児童扶養手当法33条の3"),
    ("予防接種法第15条", Body::Governor, "地方自治法255条の2第1項2号・予防接種法"),
    ("児童福祉法第21条の5の6", Body::GovernorFirst, "児童福祉法56条の5の5"),
    // 障害者総合支援法97条 covers 介護給付費等 and 地域相談支援給付費等, not 自立支援医療 (52条以下), 補装具 (76条), 地域生活支援事業 (77条).
    ("障害者の日常生活及び社会生活を総合的に支援するための法律第20条", Body::GovernorFirst, "障害者総合支援法97条・105条"),
    ("障害者の日常生活及び社会生活を総合的に支援するための法律第24条", Body::GovernorFirst, "障害者総合支援法97条・105条"),
    ("障害者の日常生活及び社会生活を総合的に支援するための法律第30条", Body::GovernorFirst, "障害者総合支援法97条・105条"),
    ("障害者の日常生活及び社会生活を総合的に支援するための法律第", Body::Mayor, "行政不服審査法4条1号"),
    // Taxes: levies and refunds come first to the mayor; looking at the ledger (382条の2, 382条の3) is no matter of 19条.
    ("地方税法第432条", Body::SuitOnly, "地方税法434条"),
    ("地方税法第382条の", Body::Mayor, "行政不服審査法4条1号"),
    ("地方税法第", Body::MayorFirst, "地方税法19条・19条の12"),
    // Land, traffic.
    ("農地法第3条", Body::Governor, "地方自治法255条の2第1項2号・農地法63条1項"),
    ("道路運送車両法第34条", Body::Governor, "地方自治法255条の2第1項2号・道路運送車両法100条の2"),
    ("道路法第", Body::Mayor, "道路法96条2項（裁決に不服なら知事へ再審査請求）"),
    // Schools.
    ("学校教育法", Body::Board, "行政不服審査法4条1号・地方教育行政法56条"),
    ("社会教育法第45条", Body::Board, "行政不服審査法4条1号・地方教育行政法56条"),
    ("奨学金条例", Body::Board, "行政不服審査法4条1号"),
    ("特別支援教育就学奨励費", Body::Board, "行政不服審査法4条1号"),
];

/// Laws and rules whose dispositions are the municipality's own matter: 自治事務 with nobody above the mayor (行政不服審査法4条1号).
const OWN: &[&str] = &[
    "がん患者アピアランスケア助成要綱",
    "ひとり親家庭等医療費助成条例",
    "下水道法",
    "不妊治療費等助成要綱",
    "中小企業信用保険法",
    "中小企業等経営強化法",
    "住民基本台帳法",
    "個人情報の保護に関する法律",
    "児童福祉法第24条",
    "児童福祉法第6条の3",
    "公営住宅法",
    "印鑑条例",
    "地方自治法第244条",
    "地方自治法第260条の2",
    "墓園条例",
    "墓地、埋葬等に関する法律",
    "子ども・子育て支援法",
    "子ども医療費助成条例",
    "屋外広告物法",
    "建築物のエネルギー消費性能の向上等に関する法律",
    "情報公開条例",
    "所得税法施行令",
    "斎場条例",
    "母子及び父子並びに寡婦福祉法",
    "母子保健法",
    "災害弔慰金の支給等に関する法律",
    "狂犬病予防法",
    "生活困窮者自立支援法",
    "老人福祉法",
    "農業経営基盤強化促進法",
    "都市の低炭素化の促進に関する法律",
    "都市公園法",
    "都市計画法第53条",
    "重度心身障害者医療費助成条例",
    "長期優良住宅の普及の促進に関する法律",
    "障害者福祉手当条例",
    "身体障害者福祉法第22条",
    "養育費確保支援補助金交付要綱",
    "鳥獣の保護及び管理並びに狩猟の適正化に関する法律",
];

fn base() -> Town {
    Town::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../towns/base")).expect("the nation's folder")
}

/// What the table gives for a procedure.
fn by_law(procedure: &Procedure) -> Option<Body> {
    let basis = procedure.law.basis.ja.as_str();
    let special = TABLE.iter().find(|(law, ..)| basis.starts_with(law)).map(|(_, body, _)| *body);
    special.or_else(|| OWN.iter().any(|law| basis.starts_with(law)).then_some(Body::Mayor))
}

/// What the town's authority gives.
fn by_town(town: &Town, procedure: &Procedure) -> Option<Body> {
    let authority = town.authorities.get(&procedure.authority)?;
    let notice = match &authority.appeal {
        Appeal::None => return None,
        Appeal::Court(court) => {
            return (court.to.ja.contains("家庭裁判所") && court.by.ja == "戸籍法第122条" && court.no_review.ja == "戸籍法第123条")
                .then_some(Body::FamilyCourt);
        }
        Appeal::Open(notice) => notice,
    };
    let Review::To { to, .. } = &notice.review else { return Some(Body::SuitOnly) };
    match (to.ja.as_str(), notice.review_first) {
        (to, false) if to.contains("法務局") => Some(Body::LegalAffairsBureau),
        ("市町村長", false) => Some(Body::Mayor),
        ("市町村長", true) => Some(Body::MayorFirst),
        ("教育委員会", false) => Some(Body::Board),
        ("都道府県知事", false) => Some(Body::Governor),
        ("都道府県知事", true) => Some(Body::GovernorFirst),
        (to, true) if to.contains("介護保険審査会") => Some(Body::CareFirst),
        (to, true) if to.contains("国民健康保険審査会") => Some(Body::HealthInsuranceFirst),
        _ => None,
    }
}

#[test]
fn every_disposition_names_the_body_that_the_law_gives() {
    let town = base();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for procedure in town.procedures.values().filter(|procedure| procedure.law.disposition) {
        seen += 1;
        let (law, town) = (by_law(procedure), by_town(&town, procedure));
        if law.is_none() || law != town {
            wrong.push(format!("{} （{}）: the law gives {law:?}, the folder {town:?}", procedure.id, procedure.law.basis.ja));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen >= 150, "{seen} dispositions");
}

#[test]
fn every_line_of_the_table_is_used() {
    let town = base();
    let bases: BTreeSet<&str> =
        town.procedures.values().filter(|procedure| procedure.law.disposition).map(|procedure| procedure.law.basis.ja.as_str()).collect();
    let unused: Vec<&str> = TABLE
        .iter()
        .map(|(law, ..)| *law)
        .chain(OWN.iter().copied())
        .filter(|law| !bases.iter().any(|basis| basis.starts_with(law)))
        .collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn what_the_family_court_sees_is_no_matter_of_review_in_any_letter() {
    let town = base();
    let appealable = |procedure: &&std::sync::Arc<Procedure>| {
        matches!(town.authorities.get(&procedure.authority).map(|authority| &authority.appeal), Some(Appeal::Court(_)))
    };
    let by_court: Vec<_> = town.procedures.values().filter(appealable).collect();
    assert!(by_court.len() >= 25, "{}", by_court.len());
    assert!(by_court.iter().all(|procedure| procedure.law.disposition), "戸籍の届出の不受理は処分");
}
