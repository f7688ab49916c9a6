//! 遅れを知らせる・期間を延長する: what can still be done about a day that cannot be kept, the notice before it goes, and what is too late.

use access::{Act, PageError, Posted};
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use definitions::{text::Language, typed::Typed};
use jiff::civil::Date;
use maud::{Markup, html};
use ui::{
    page::Crumb,
    parts::{self, Tone},
};

use super::{
    Sheet,
    case::{self, Opened},
    decision::draft_of,
    verbs::{answer_with_form, day_input, number_of, row_of, text_input, verb_page, why},
};
use crate::{
    case::NotNow,
    verbs::{self, Delay, Moved},
};

/// What the form names a way of moving the day.
fn code(delay: Delay) -> &'static str {
    match delay {
        Delay::Promise { .. } => "promise",
        Delay::Extension => "extension",
        Delay::Named { .. } => "named",
        Delay::Special { .. } => "special",
    }
}

/// The new day: each way on a page has its own, since hidden ones are sent too.
const UNTIL: &str = "until";
const UNTIL_NAMED: &str = "named-until";

fn typed_delay(typed: &Typed) -> Result<Delay, NotNow> {
    let until = |name| typed.first(name).and_then(|day| day.parse::<Date>().ok()).ok_or(NotNow::DayPassed);
    match typed.first("delay") {
        Some("promise") => Ok(Delay::Promise { until: until(UNTIL)? }),
        Some("named") => Ok(Delay::Named { until: until(UNTIL_NAMED)? }),
        Some("special") => Ok(Delay::Special { until: until(UNTIL)? }),
        Some("extension") => Ok(Delay::Extension),
        _ => Err(NotNow::Unknown("delay")),
    }
}

/// The ways that there are for this case, each with what it would do or why it is too late.
fn ways(sheet: &Sheet, opened: &Opened) -> Vec<(Delay, Result<Moved, NotNow>)> {
    let (clock, calendar, today) = (&opened.case.clock, &sheet.town.closed, sheet.today());
    let later = |from: Date, days| calendar.add_business_days(from.max(today), days);
    let mut ways = Vec::new();
    if clock.statutory.is_none() || clock.standard.is_some() {
        let from = clock.standard_due(calendar, today).unwrap_or(today);
        ways.push(Delay::Promise { until: later(from, 5) });
    }
    if clock.extension.is_some() && clock.statutory.is_some() {
        ways.push(Delay::Extension);
        if verbs::law(&sheet.town, &opened.procedure).special_extension_letter.is_some() {
            ways.push(Delay::Special { until: later(clock.extended_due(calendar, today).unwrap_or(today), 20) });
        }
    }
    if clock.extension_named && clock.statutory.is_some() {
        ways.push(Delay::Named { until: later(clock.first_due(calendar, today).unwrap_or(today), 20) });
    }
    let would = |delay| verbs::moved(&sheet.town, &opened.case, &opened.procedure, delay, "", today);
    ways.into_iter().map(|delay| (delay, would(delay))).collect()
}

pub(super) async fn show(sheet: Sheet, Path(number): Path<String>) -> Result<Markup, PageError> {
    let opened = case::open(&sheet, &number).await?;
    let attributes = verbs::attributes(&opened.case, crate::case::sensitivity(&opened.procedure));
    access::may(&sheet.staff, Act::Work, &attributes).ok_or(PageError::NotFound)?;
    Ok(form(&sheet, &opened, &Typed::default(), html! {}))
}

fn form(sheet: &Sheet, opened: &Opened, typed: &Typed, above: Markup) -> Markup {
    let ways = ways(sheet, opened);
    let first = ways.iter().find(|(_, would)| would.is_ok()).map(|(delay, _)| code(*delay));
    if first.is_none() {
        return nothing_left(sheet, opened, &ways, above);
    }
    let chosen = typed.first("delay").or(first);
    let by_letter = ways.iter().any(|(_, would)| would.as_ref().is_ok_and(|moved| moved.letter.is_some()));
    let inside = html! {
        fieldset {
            legend { (sheet.word("desk-delay-how")) }
            @for (delay, would) in &ways { (way(sheet, *delay, would, chosen, typed)) }
        }
        (text_input(sheet, "reason", "desk-delay-reason", typed.first("reason").unwrap_or_default()))
        @if by_letter {
            button.btn.second type="submit" formaction={ "/desk/cases/" (opened.case.number.plain()) "/delay-preview" } formtarget="_blank" {
                (sheet.say().html("desk-propose-preview", &[]))
            }
        }
    };
    verb_page(sheet, opened, "delay", above, inside)
}

/// Too late, or used up: why, and the way back. There is nothing to fill in.
fn nothing_left(sheet: &Sheet, opened: &Opened, ways: &[(Delay, Result<Moved, NotNow>)], above: Markup) -> Markup {
    let (say, number) = (sheet.say(), opened.case.number.to_string());
    let at = format!("/desk/cases/{}", opened.case.number.plain());
    let what = sheet.word("desk-verb-delay");
    let trail = [Crumb { label: &number, href: Some(&at) }, Crumb { label: &what, href: None }];
    let body = html! {
        (above)
        section.panel aria-labelledby="none" {
            h2 #none { (say.html("desk-delay-none", &[])) }
            @for (delay, would) in ways {
                @if let Err(reason) = would { p { b { (say.html(&format!("desk-delay-{}", code(*delay)), &[])) } br; (sheet.word(why(reason))) } }
            }
            div.row.actions { (parts::back_link(&at, say.html("desk-back-to-case", &[]))) }
        }
    };
    sheet.page_with(&format!("{what}　{}", opened.case.contacts.name), &opened.side, &trail, &[], |page| page, body)
}

/// One way: what it would do, or why it cannot be gone.
fn way(sheet: &Sheet, delay: Delay, would: &Result<Moved, NotNow>, chosen: Option<&str>, typed: &Typed) -> Markup {
    let (say, code) = (sheet.say(), code(delay));
    let day = |day: Date| sheet.words.day(Language::Ja, day);
    let name = if matches!(delay, Delay::Named { .. }) { UNTIL_NAMED } else { UNTIL };
    let until = |offered| typed.first(name).and_then(|day| day.parse().ok()).unwrap_or(offered);
    html! {
        label.pick {
            input type="radio" name="delay" value=(code) checked[chosen == Some(code)] disabled[would.is_err()];
            span {
                b { (say.html(&format!("desk-delay-{code}"), &[])) } br;
                @match would {
                    Ok(moved) => {
                        @if delay == Delay::Extension { (say.html("desk-delay-extension-what", &[("until", day(moved.until).into())])) }
                        @else if let Some(part) = moved.part { (say.html("desk-delay-special-what", &[("part", day(part).into())])) }
                        @else if let Delay::Named { .. } = delay { (say.html("desk-delay-named-what", &[])) }
                        @else { (say.html("desk-delay-promise-what", &[])) }
                    },
                    Err(reason) => (sheet.word(why(reason))),
                }
            }
        }
        @if let (Ok(_), Delay::Promise { until: offered } | Delay::Named { until: offered } | Delay::Special { until: offered }) = (would, delay) {
            div.indent data-shown-by="delay" data-when=(code) { (day_input(sheet, name, until(offered), "desk-delay-until")) }
        }
    }
}

pub(super) async fn notify(sheet: Sheet, Path(at): Path<String>, Posted(typed): Posted) -> Result<Response, PageError> {
    let number = number_of(&at)?;
    let (delay, row) = (typed_delay(&typed), row_of(&typed));
    let reason = typed.first("reason").unwrap_or_default().to_owned();
    let opened = case::open(&sheet, &at).await?;
    let missing = content(&sheet, &opened, &typed).map(|content| letters::missing_characters(&content)).unwrap_or_default();
    if !missing.is_empty() {
        let characters = missing.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let above = html! { p role="alert" { (sheet.say().html("desk-propose-missing", &[("characters", characters.into())])) } };
        let above = parts::notice(Tone::Error, above);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, form(&sheet, &opened, &typed, above)).into_response());
    }
    let done = match delay {
        Ok(delay) => sheet.write(move |tx, acting| verbs::notify_delay(tx, acting, number, row, delay, &reason)).await,
        Err(reason) => Err(reason.into()),
    };
    answer_with_form(&sheet, number, "delay", done, |opened, above| form(&sheet, opened, &typed, above)).await
}

/// The notice that would go, if one would.
fn content(sheet: &Sheet, opened: &Opened, typed: &Typed) -> Option<letters::Content> {
    let (case, procedure, today) = (&opened.case, &opened.procedure, sheet.today());
    let reason = typed.first("reason").unwrap_or_default();
    let moved = verbs::moved(&sheet.town, case, procedure, typed_delay(typed).ok()?, reason, today).ok()?;
    verbs::notice(&sheet.town, case, procedure, &moved, reason, today)
}

/// The notice before it goes. By POST: reasons never stand in an address.
pub(super) async fn preview(sheet: Sheet, Path(number): Path<String>, Posted(typed): Posted) -> Result<Response, PageError> {
    let opened = case::open(&sheet, &number).await?;
    draft_of(&sheet, content(&sheet, &opened, &typed).ok_or(PageError::NotFound)?).await
}
