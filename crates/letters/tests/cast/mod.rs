//! The town and the people of these tests: 見本市, 佐藤花子, and a request for disclosure.

#![allow(dead_code)] // each test file uses its part of the cast

use std::path::{Path, PathBuf};

use definitions::town::Town;
use jiff::civil::{Date, date};
use letters::{
    code::VerifyCode,
    given::{Addressee, AuthorityGiven, DepartmentGiven, Given, Seal, TownGiven, day, paragraphs},
    instruction::Instruction,
    template::Templates,
    typeset::{Job, Sheet},
};
use serde_json::{Value as Json, json};

pub fn towns() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../towns")
}

pub fn templates() -> Templates {
    let towns = towns();
    Templates::load([towns.join("base").as_path(), towns.join("mihon_ken").as_path(), towns.join("mihon").as_path()]).unwrap()
}

const TOWN: &str = "
town: trial
name: 見本市
languages: { ja: complete }
office: { post: 000-0000, address: 見本県見本市中央1-1, phone: 0000-00-0000, hours: 平日 8:30〜17:15 }
closed: [saturday, sunday, holiday]
authorities:
  mayor: { name: 見本市長, holders: { 2023-05-01: 見本 一郎, 2027-05-01: 見本 二郎 }, appeal: { to: 見本市長, within: 3 months, sue: 6 months, defendant: 見本市（訴訟において見本市を代表する者は見本市長） } }
  water: { name: 見本市水道事業管理者, appeal: none }
";
const DEPARTMENTS: &str = "
departments:
  general_affairs: { name: 総務課, phone: 0000-00-0010, mark: 見総 }
  water: { name: 水道課, phone: 0000-00-0050 }
";
const TITLES: &str = "
letters:
  disclosure_full: { title: 公文書開示決定通知書 }
  decision_notice: { title: 決定通知書 }
";

pub const DECIDED: Date = date(2026, 11, 24);

pub fn given() -> Given {
    let code = VerifyCode::draw(std::array::from_fn(|at| u8::try_from(at * 11 % 256).unwrap()));
    let url = format!("https://mihon.example/verify/{}", code.plain());
    let object = |json: Json| json.as_object().cloned().unwrap();
    Given {
        town: TownGiven {
            name: "見本市".into(),
            post: "000-0000".into(),
            address: "見本県見本市中央1-1".into(),
            phone: "0000-00-0000".into(),
            hours: "平日 8:30〜17:15".into(),
        },
        authority: AuthorityGiven { name: "見本市長".into(), holder: Some("見本　太郎".into()), seal: Seal::Omitted },
        department: DepartmentGiven {
            name: "総務課".into(),
            place: Some("本庁舎3階".into()),
            phone: "0000-00-0021".into(),
            mail: Some("somu@mihon.example".into()),
        },
        applicant: Addressee::person("佐藤　花子", Some("000-0012"), &["見本県見本市緑町三丁目4番5号", "みどりハイツ201号"]),
        case: object(json!({
            "number": "K7P-4M2-9", "secret": "7KQP-M3XA",
            "procedure": "公文書の開示請求",
            "basis": "見本市情報公開条例第11条第1項",
            "filed_on": day(date(2026, 11, 10)),
            "decided_on": day(DECIDED),
            "received": "令和8年11月10日（火）10時12分",
            "hear_by": "令和8年11月24日（火）まで",
            "fee": "無料（写しの交付を受ける場合は1枚10円と郵送料）",
            "next": ["担当課が請求の内容を確かめます。分からないことがあれば、電話又はメールでお尋ねします。", "11月24日（火）までに、開示するかどうかを決めて、文書でお知らせします。",
                     "申請の状況は、見本市のウェブサイトの「申請の状況」で、受付番号と確認番号を入れると見られます。"],
            "fields": { "documents": "令和7年度に実施した中央公園再整備工事に係る設計書及び契約書の一式", "child": "佐藤　さくら（平成30年7月2日生）",
                        "days": "月、火、水、木、金", "school": ["第1希望　中央児童会", "第2希望　東児童会"] },
            "outcome": "承認する",
            "details": [{ "label": "期間", "value": "令和9年4月1日から" }],
            "answers": [
                { "label": "請求する公文書", "value": "令和7年度に実施した中央公園再整備工事に係る設計書及び契約書の一式" },
                { "label": "希望する開示の方法", "value": "写しの交付（郵送）" },
            ],
        })),
        outcome: object(json!({
            "title": "承認する",
            "documents": "中央公園再整備工事設計書（令和7年7月）、工事請負契約書（令和7年9月1日付け）",
            "withheld": "契約書のうち、受注者の代表者印の印影及び口座番号",
            "day": "令和8年12月1日（火）午前10時から", "place": "本庁舎3階　情報公開コーナー", "method": "閲覧及び写しの交付",
            "fee": "写しの交付　1枚につき10円", "facility": "中央児童会",
            "from": day(date(2027, 4, 1)), "until": day(date(2028, 3, 31)),
            "due_before": day(DECIDED), "due": day(date(2026, 12, 24)), "part_due": day(date(2026, 12, 20)),
            "fields": ["請求する公文書の名称又は内容（特定できる程度に）", "連絡先の電話番号"],
        })),
        reason: paragraphs(
            "開示しない部分は、法人の代表者印の印影及び口座番号であり、公にすることにより、当該法人の正当な利益を害するおそれがあると認められるため、見本市情報公開条例第7条第3号アに該当します。\n\
             なお、口座番号は、入金以外の目的で公にされていないことを確認しています。",
        ),
        instruction: Instruction::usual("見本市長", "見本市", "見本市長").paragraphs("この決定"),
        number: "8見総第123号".into(),
        title: "通知書".into(),
        form: Some("様式第2号（第5条関係）".into()),
        date: DECIDED,
        verify: Some((code, url)),
        draft: None,
    }
}

/// A notice that decides nothing has no 教示.
/// Templates that follow from no disposition that anybody appeals against: contracts, notices of delay, permits of a prescribed form that give
/// all that was asked for, and the refusal of a notification, which names the family court (戸籍法122条).
const WITHOUT_INSTRUCTION: [&str; 13] = [
    "burial_permit",
    "care_deferral",
    "contract_notice",
    "correction_request",
    "cremation_permit",
    "disclosure_extension",
    "disclosure_special_extension",
    "koseki_refusal",
    "nursery_extension",
    "personal_extension",
    "receipt",
    "reburial_permit",
    "welfare_delay",
];

pub fn given_for(template: &str) -> Given {
    let mut given = given();
    if WITHOUT_INSTRUCTION.contains(&template) {
        given.instruction.clear();
    }
    if template == "receipt" {
        given.verify = None;
    }
    given
}

pub fn job(template: &str, given: Given) -> Job {
    let date = given.date;
    Job { template: template.into(), given: given.into_json(), date, ident: format!("test {template}") }
}

/// Keeps a PDF where a person can look at it, and gives its path.
pub fn keep(name: &str, sheet: &Sheet) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("letters");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("{name}.pdf"));
    std::fs::write(&path, &sheet.pdf).unwrap();
    path
}

/// What a program of poppler says of a PDF.
pub fn poppler(program: &str, arguments: &[&str], pdf: &Path) -> String {
    let output = std::process::Command::new(program).args(arguments).arg(pdf).args((program == "pdftotext").then_some("-")).output();
    let output = output.unwrap_or_else(|error| panic!("{program} (poppler-utils) must be there, see scripts/install-test-tools: {error}"));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A small town of its own, so that these tests do not depend on what 見本市 offers today.
pub fn trial_town(folder: &Path) -> Town {
    let folder = folder.join("trial");
    std::fs::create_dir_all(folder.join("letters")).unwrap();
    for (file, text) in [("town.yaml", TOWN), ("departments.yaml", DEPARTMENTS), ("letters.yaml", TITLES)] {
        std::fs::write(folder.join(file), text).unwrap();
    }
    for file in ["parts.typ", "disclosure_full.typ", "decision_notice.typ"] {
        std::fs::copy(towns().join("base/letters").join(file), folder.join("letters").join(file)).unwrap();
    }
    Town::load(&folder).unwrap_or_else(|problems| panic!("{problems:#?}"))
}
