//! 受付票: what a person keeps of a filing, as PDF.

use definitions::{procedure::Procedure, town::Town};
use jiff::civil::Date;
use letters::{LetterProblem, Press, given::day, template::Templates, typeset::Job};
use serde_json::{Map, Value as Json, json};

use crate::{clock, own::OwnCase};

/// The receipt of a case, with both numbers. It is set when it is asked for and kept nowhere: all of it stands on the page too.
pub(crate) fn receipt(
    town: &Town,
    press: &Press,
    portal: &str,
    case: &OwnCase,
    procedure: &Procedure,
    secret: &str,
) -> Result<Vec<u8>, LetterProblem> {
    let plain = |text: &definitions::text::Text| ui::words::ruby::plain(&text.ja);
    let department = town.departments.get(&case.department);
    let phone = department.and_then(|department| department.phone.clone()).unwrap_or_else(|| town.office.phone.clone());
    let on: Date = clock::day(case.filed_at);
    let given = json!({
        "town": {
            "name": plain(&town.name), "post": town.office.post, "address": plain(&town.office.address),
            "phone": town.office.phone, "hours": plain(&town.office.hours),
        },
        "department": { "name": department.map(|department| plain(&department.name)), "place": null, "phone": phone, "mail": null },
        "applicant": { "name": case.contacts.name, "honorific": "様", "post": null, "address": [] },
        "case": {
            "number": case.number.to_string(),
            "secret": secret,
            "procedure": plain(&procedure.title),
            "filed_on": day(on),
            "received": format!("{} {}", jp::era::wareki(on), clock::local(case.filed_at).strftime("%H:%M")),
            "hear_by": case.hear_by.map(|day| format!("{}まで", jp::era::wareki(day))),
            "next": [
                "担当の課が内容を確認します。直していただきたいところがあれば、お知らせします。".to_owned(),
                "結果が決まると、お知らせします。通知書は申請の状況のページから読めます。".to_owned(),
                format!("申請の状況は {portal}/status で、受付番号と確認番号を入力すると見られます。"),
            ],
        },
        "outcome": {}, "reason": [], "instruction": [],
        "paper": { "number": "", "date": day(on) },
    });
    let mut given = match given {
        Json::Object(map) => map,
        _ => Map::new(),
    };
    // A receipt is not refused for an emoji in a name: it prints 〓 and says so.
    letters::typeset::with_geta(&mut given);
    let job = Job { template: "receipt".to_owned(), given, date: on, ident: case.id.to_string() };
    Ok(press.set(&Templates::of_town(town), &job)?.pdf)
}
