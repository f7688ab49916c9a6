//! 印刷: a case on paper, from the first page to the last: answers, decision, story, notes. A print is a look, and is recorded as one.

use access::{Act, PageError};
use axum::extract::Path;
use definitions::text::Language;
use maud::{Markup, html};
use ui::parts::{self, Fact};

use super::{Sheet, case, panels, story};
use crate::{clock, verbs};

pub(super) async fn show(sheet: Sheet, Path(number): Path<String>) -> Result<Markup, PageError> {
    let opened = case::open(&sheet, &number).await?;
    let (say, case, procedure) = (sheet.say(), &opened.case, &opened.procedure);
    let printed = verbs::attributes(case, crate::case::sensitivity(procedure));
    access::may(&sheet.staff, Act::Print, &printed).ok_or(PageError::Refused)?;
    let title = format!("{}　{}", sheet.plain(&procedure.title), case.contacts.name);
    let number = case.number.to_string();
    let channel = sheet.word(&format!("cases-channel-{}", case.channel.code()));
    let facts = [
        Fact { label: say.html("desk-column-number", &[]), value: parts::grouped_number(&number) },
        Fact { label: say.html("desk-receipt-number", &[]), value: html! { (case.receipt_number) } },
        Fact { label: say.html("desk-clock-arrived", &[]), value: sheet.words.day_html(Language::Ja, case.clock.arrived_on) },
        Fact { label: say.html("desk-column-channel", &[]), value: html! { (channel) } },
    ];
    let fields = procedure.pages.values().flat_map(|page| page.fields.values());
    let answers: Vec<parts::Answer> = fields
        .filter_map(|field| Some((field, case.answers.get(field.id.as_str())?)))
        .map(|(field, answer)| parts::Answer {
            label: html! { (sheet.plain(&field.label)) },
            value: Some(html! { @for (at, line) in answer.shown(field, &sheet.town, Language::Ja).lines().enumerate() { @if at > 0 { br; } (line) } }),
            change: None,
        })
        .collect();
    let printed = sheet.words.moment(Language::Ja, clock::local(sheet.clock.now()));
    let body = html! {
        p.sub { (say.html("desk-print-by", &[("who", sheet.staff.name.as_str().into()), ("at", printed.into())])) }
        (parts::facts(&facts))
        section.panel { h2 { (say.html("desk-print-answers", &[])) } (parts::answers(say, &answers)) }
        (panels::proposal_panel(&sheet, &opened))
        section.panel { h2 { (say.html("desk-clock", &[])) } (panels::clock_of(&sheet, case)) }
        section.panel { h2 { (say.html("desk-history", &[])) } (story::history(&sheet, &opened)) }
        section.panel { h2 { (say.html("cases-thread-title", &[])) } (story::messages(&sheet, &opened)) }
        section.panel { h2 { (say.html("desk-notes", &[])) } (story::notes(&sheet, &opened)) }
        section.panel { h2 { (say.html("desk-papers", &[])) } (panels::papers(&sheet, &opened)) }
        p.actions { (parts::back_link(&format!("/desk/cases/{}", case.number.plain()), say.html("desk-back-to-case", &[]))) }
        p.sub { (say.html("desk-print-how", &[])) }
    };
    Ok(sheet.page(&title, &opened.side, |page| page, body))
}
