//! 準備を終える: the last page of a procedure that takes effect at the counter. The person gets a code, what to bring, where and until when;
//! nothing was filed, and no page says so.

use access::{PageError, Posted};
use axum::{
    extract::Path,
    response::{IntoResponse, Response},
};
use definitions::procedure::{Procedure, Version};
use maud::{Markup, PreEscaped, html};
use ui::parts::{self, Fact, Tone, Weight};

use super::{Reader, Sheet, check, form, see};
use crate::{
    FilingRefused, clock,
    draft::DraftId,
    filing,
    preparation::{PreparationCode, Prepared},
};

pub(super) async fn finish(sheet: Sheet, Path(draft): Path<String>, Posted(typed): Posted) -> Result<Response, PageError> {
    let id: DraftId = draft.parse().map_err(|_| PageError::NotFound)?;
    let mut chance = [0; 22];
    getrandom::fill(&mut chance).map_err(|_| PageError::Busy)?;
    let drawn = PreparationCode::draw(chance);
    let seen = Version(typed.first("version").unwrap_or_default().to_owned());
    let owner = sheet.owner();
    let prepared = sheet.write(move |tx, terms| filing::prepare(tx, terms, id, &owner, &seen, drawn)).await;
    match prepared {
        Ok(_) => Ok(see(&format!("/drafts/{draft}/prepared"))),
        Err(FilingRefused::AlreadyFiled(number)) => Ok(see(&format!("/status/{}", number.plain()))),
        Err(refused) => check::back_to_the_draft(&draft, refused),
    }
}

pub(super) async fn show(sheet: Sheet, Path(draft): Path<String>) -> Result<Response, PageError> {
    let opened = match form::opened(&sheet, &draft).await? {
        Ok(opened) => opened,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let procedure = sheet.town.procedures.get(&opened.draft.procedure).ok_or(PageError::NotFound)?;
    let today = clock::day(sheet.face.clock.now());
    let Some(prepared) = opened.draft.prepared.as_ref().filter(|prepared| prepared.works_on(today)) else {
        // Never finished, or the code has ended: the check leads on.
        return Ok(see(&format!("/drafts/{draft}/check")));
    };
    if !check::is_prepared(procedure) {
        // Its code is on a sheet that was printed.
        return Ok(see(&format!("/drafts/{draft}/print")));
    }
    Ok(page(&sheet, procedure, &draft, prepared).into_response())
}

fn page(sheet: &Sheet, procedure: &Procedure, draft: &str, prepared: &Prepared) -> Markup {
    let say = sheet.say();
    let title = say.text("cases-prepared-title", &[]);
    let until = sheet.words.day(sheet.language(), prepared.until);
    let body = html! {
        h1 { (say.html("cases-prepared-title", &[])) }
        p.lead { (sheet.text(&procedure.title)) }
        (parts::notice(Tone::Warn, html! {
            b { (say.html("cases-prepared-not-yet", &[])) }
            (sentence(sheet, procedure))
        }))
        (parts::receipt_number(say.html("cases-prepared-code", &[]), &prepared.code.to_string()))
        @if let Some(drawing) = qr(prepared) {
            div.qr role="img" aria-label=(say.text("cases-prepared-qr", &[])) { (drawing) }
        }
        p { (say.html("cases-prepared-until", &[("day", until.into())])) }
        h2 { (say.html("cases-prepared-bring", &[])) }
        @if procedure.needs.is_empty() {
            p { (say.html("cases-guide-needs-none", &[])) }
        } @else {
            ul { @for need in &procedure.needs { li { (sheet.text(need)) } } }
        }
        h2 { (say.html("cases-prepared-where", &[])) }
        (where_and_when(sheet, procedure))
        p { (say.html("cases-prepared-changeable", &[])) }
        div.row.actions {
            (parts::link_button(Weight::Second, &format!("/drafts/{draft}/check"), say.html("cases-prepared-change", &[])))
            (parts::link_button(Weight::Second, "/my", say.html("cases-my-title", &[])))
        }
    };
    sheet.page(&title, |page| page.personal(), body)
}

/// The folder's own sentence: what is prepared here and takes effect at the counter.
pub(super) fn sentence(sheet: &Reader, procedure: &Procedure) -> Markup {
    match &procedure.channels.online {
        definitions::procedure::Online::Prepare(sentence) => html! { p { (sheet.text(sentence)) } },
        _ => html! {},
    }
}

/// The code and nothing else, for a reader at the counter. Black on white whatever the page's colours; the prologue of a file has no place
/// inside a page.
fn qr(prepared: &Prepared) -> Option<Markup> {
    let drawing = letters::code::qr_svg(&prepared.code.plain())?;
    let start = drawing.find("<svg")?;
    Some(PreEscaped(drawing[start..].to_owned()))
}

pub(super) fn where_and_when(sheet: &Sheet, procedure: &Procedure) -> Markup {
    let say = sheet.say();
    let (department, phone) = sheet.department(&procedure.department);
    let place = sheet.town.departments.get(&procedure.department).and_then(|department| department.place.as_ref());
    let fact = |label: &str, value: Markup| Fact { label: say.html(label, &[]), value };
    parts::facts(&[
        fact("cases-guide-department", html! { (department) @if let Some(place) = place { br; (sheet.text(place)) } }),
        fact("cases-prepared-address", sheet.text(&sheet.town.office.address)),
        fact("cases-prepared-hours", sheet.text(&sheet.town.office.hours)),
        fact("cases-prepared-phone", html! { (phone) }),
    ])
}
