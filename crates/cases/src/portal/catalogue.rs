//! 手続をさがす: by words, by life event, by department; and what a procedure asks before anything is typed.

use std::sync::Arc;

use access::PageError;
use axum::extract::{Path, Query};
use definitions::{
    ids::DepartmentId,
    procedure::{Channel, Online, Period, Procedure},
    town::LifeEvent,
};
use maud::{Markup, html};
use serde::Deserialize;
use ui::{
    page::Crumb,
    parts::{self, Card, Fact, Icon, Tone, Weight, icons},
};

use super::{Reader, Sheet, door};
use crate::{catalogue, clock, draft::Draft, unfound};

/// `?q=`, what people type into the search box. Words of everyday life are no personal data.
#[derive(Deserialize)]
pub(super) struct Find {
    q: Option<String>,
    event: Option<String>,
    department: Option<String>,
}

/// Longest search: a sentence.
const SEARCH_CHARACTERS_MAX: usize = 100;

pub(super) async fn front(sheet: Sheet) -> Result<Markup, PageError> {
    let say = sheet.say();
    let title = say.text("cases-front-title", &[]);
    let hero = html! {
        h1 { (say.html("cases-front-title", &[])) }
        p { (say.html("cases-front-lead", &[])) }
        (search(&sheet, ""))
    };
    let body = html! {
        (life_events(&sheet))
        h2 { (say.html("cases-by-department", &[])) }
        (departments(&sheet))
        h2 { (say.html("cases-see-status", &[])) }
        (parts::cards(&[Card {
            href: Some("/status"),
            icon: Some(icons::SEARCH),
            title: say.html("cases-see-status", &[]),
            text: say.html("cases-see-status-lead", &[]),
        }]))
    };
    Ok(sheet.page(&title, |page| page.hero(hero).wide(), body))
}

fn search(sheet: &Sheet, value: &str) -> Markup {
    let say = sheet.say();
    let label = say.text("cases-search-label", &[]);
    let hint = say.text("cases-search-hint", &[]);
    let button = say.text("cases-search-button", &[]);
    parts::search_box(&parts::SearchBox {
        action: "/procedures",
        sought: parts::Sought::Things,
        name: "q",
        value,
        label: &label,
        example: &hint,
        button: &button,
    })
}

fn life_events(sheet: &Sheet) -> Markup {
    let events: Vec<(String, &LifeEvent, usize)> = sheet
        .town
        .life_events
        .values()
        .map(|event| (format!("/procedures?event={}", event.id), event, catalogue::of_event(&sheet.town, &event.id).count()))
        .filter(|(_, _, count)| *count > 0)
        .collect();
    let cards: Vec<Card<'_>> = events
        .iter()
        .map(|(href, event, count)| Card {
            href: Some(href),
            icon: Some(icon_of(event.id.as_str())),
            title: sheet.text(&event.title),
            text: sheet.say().html("cases-count", &[("count", (*count).into())]),
        })
        .collect();
    html! { @if !cards.is_empty() { h2 { (sheet.say().html("cases-life-events", &[])) } (parts::cards(&cards)) } }
}

/// A drawing for a life event, by what its id speaks of. A town may name events as it likes: another one gets the town hall.
fn icon_of(event: &str) -> Icon {
    const BY_WORD: [(&str, Icon); 24] = [
        ("moving_out", icons::TRUCK),
        ("moving", icons::HOUSE),
        ("birth", icons::BABY),
        ("child", icons::BABY),
        ("raising", icons::BABY),
        ("school", icons::BACKPACK),
        ("work", icons::BRIEFCASE),
        ("job", icons::BRIEFCASE),
        ("marriage", icons::HEART_HANDSHAKE),
        ("old", icons::HAND_HELPING),
        ("care", icons::HAND_HELPING),
        ("ill", icons::HEART_PULSE),
        ("health", icons::HEART_PULSE),
        ("disab", icons::ACCESSIBILITY),
        ("bereave", icons::FLOWER_2),
        ("death", icons::FLOWER_2),
        ("disaster", icons::WAVES),
        ("home", icons::DROPLETS),
        ("water", icons::DROPLETS),
        ("pet", icons::DOG),
        ("certificate", icons::STAMP),
        ("asking", icons::FILE_TEXT),
        ("tax", icons::WALLET),
        ("business", icons::BUILDING_2),
    ];
    BY_WORD.into_iter().find(|(word, _)| event.contains(word)).map_or(icons::LANDMARK, |(_, icon)| icon)
}

/// Departments, each with how much it does.
fn departments(sheet: &Sheet) -> Markup {
    let here: Vec<(String, Markup, usize)> = sheet
        .town
        .departments
        .iter()
        .map(|(id, department)| (id, department, catalogue::of_department(&sheet.town, id).count()))
        .filter(|(.., count)| *count > 0)
        .map(|(id, department, count)| (format!("/procedures?department={id}"), sheet.text(&department.name), count))
        .collect();
    html! {
        ul.list.departments {
            @for (href, name, count) in &here {
                li { a href=(href) { (name) } span.say { (sheet.say().html("cases-count", &[("count", (*count).into())])) } }
            }
        }
    }
}

/// So many stand on a page one below the other; more are found sooner in parts.
const AT_ONCE: usize = 20;

fn listing(sheet: &Sheet, procedures: &[&Procedure]) -> Markup {
    let hrefs: Vec<String> = procedures.iter().map(|procedure| format!("/procedures/{}", procedure.id)).collect();
    let cards: Vec<Card<'_>> = procedures
        .iter()
        .zip(&hrefs)
        .map(|(procedure, href)| Card {
            href: Some(href),
            icon: None,
            title: sheet.text(&procedure.title),
            text: sheet.text(&procedure.summary),
        })
        .collect();
    parts::cards(&cards)
}

/// What was searched for, the best first; the rest is one tap away.
fn best_first(sheet: &Sheet, found: &[&Procedure]) -> Markup {
    let (first, rest) = found.split_at(found.len().min(AT_ONCE));
    html! {
        (listing(sheet, first))
        @if !rest.is_empty() {
            details { summary { (sheet.say().html("cases-more", &[("count", rest.len().into())])) } (listing(sheet, rest)) }
        }
    }
}

/// Many in parts, by the department that does them. `are_open` shows what is in them.
fn by_department(sheet: &Sheet, found: &[&Procedure], are_open: bool) -> Markup {
    let parts = sheet.town.departments.iter().map(|(id, department)| {
        let here: Vec<&Procedure> = found.iter().copied().filter(|procedure| procedure.department == *id).collect();
        (department, here)
    });
    html! {
        @for (department, here) in parts.filter(|(_, here)| !here.is_empty()) {
            details open[are_open] {
                summary { b { (sheet.text(&department.name)) } "　" (sheet.say().html("cases-count", &[("count", here.len().into())])) }
                (listing(sheet, &here))
            }
        }
    }
}

/// Which procedures a list holds, and so in what order they are shown.
enum Listed<'a> {
    Searched,
    Event,
    Department(&'a DepartmentId),
    All,
}

pub(super) async fn list(sheet: Sheet, Query(find): Query<Find>) -> Result<Markup, PageError> {
    let say = sheet.say();
    let typed: String = find.q.as_deref().unwrap_or_default().trim().chars().take(SEARCH_CHARACTERS_MAX).collect();
    let finder = (!typed.is_empty()).then(|| sheet.tools.finders.of(&sheet.town));
    let (title, found, listed): (String, Vec<&Procedure>, Listed<'_>) = if let Some(finder) = &finder {
        let title = say.text("cases-search-results", &[("words", typed.as_str().into())]);
        (title, finder.search(&typed), Listed::Searched)
    } else if let Some(event) = find.event.as_deref().and_then(|id| sheet.town.life_events.get(id)) {
        (sheet.plain(&event.title), catalogue::of_event(&sheet.town, &event.id).collect(), Listed::Event)
    } else if let Some((id, department)) = find.department.as_deref().and_then(|id| sheet.town.departments.get_key_value(id)) {
        (sheet.plain(&department.name), catalogue::of_department(&sheet.town, id).collect(), Listed::Department(id))
    } else {
        (say.text("cases-all-procedures", &[]), sheet.town.procedures.values().map(AsRef::as_ref).collect(), Listed::All)
    };
    if found.is_empty() && !typed.is_empty() {
        note_unfound(&sheet, &typed).await?;
    }
    let body = html! {
        h1 { (title) }
        (search(&sheet, &typed))
        @if found.is_empty() {
            (parts::empty(
                icons::SEARCH,
                say.html("cases-search-none", &[("words", typed.as_str().into())]),
                html! { p { (say.html("cases-search-none-next", &[])) } (ask_a_person(&sheet, None)) },
            ))
            h2 { (say.html("cases-by-department", &[])) }
            (departments(&sheet))
        } @else {
            p { (say.html("cases-count", &[("count", found.len().into())])) }
            @match listed {
                Listed::Searched => (best_first(&sheet, &found)),
                Listed::Event | Listed::All if found.len() > AT_ONCE => (by_department(&sheet, &found, matches!(listed, Listed::Event))),
                Listed::Event | Listed::All | Listed::Department(_) => (listing(&sheet, &found)),
            }
            (ask_a_person(&sheet, if let Listed::Department(id) = listed { Some(id) } else { None }))
        }
    };
    Ok(sheet.page(&title, |page| page.wide().here("/procedures"), body))
}

/// What was looked for in vain is told to those who write the definitions.
async fn note_unfound(sheet: &Sheet, typed: &str) -> Result<(), PageError> {
    let Some(words) = unfound::worth_noting(typed) else { return Ok(()) };
    let (keys, session, today) = (Arc::clone(&sheet.face.keys), sheet.owner().session, clock::day(sheet.face.clock.now()));
    Ok(sheet.face.store.writing(move |tx| unfound::note(tx, &keys, &session, &words, today)).await?)
}

/// Who answers when none of it is what was looked for: the department of a list, else the town hall.
fn ask_a_person(sheet: &Sheet, department: Option<&DepartmentId>) -> Markup {
    let (name, phone) = match department {
        Some(id) => sheet.department(id),
        None => (sheet.plain(&sheet.town.name), sheet.town.office.phone.clone()),
    };
    html! { p { (sheet.say().html("cases-person", &[("department", name.as_str().into()), ("phone", phone.as_str().into())])) } }
}

pub(super) async fn guide(sheet: Sheet, Path(id): Path<String>) -> Result<Markup, PageError> {
    let procedure = sheet.town.procedures.get(id.as_str()).ok_or(PageError::NotFound)?;
    let (owner, wanted) = (sheet.owner(), procedure.id.clone());
    let drafts = sheet.read(move |tx, terms| Ok(crate::rows::portal::drafts_of(tx, terms.keys, &owner)?)).await.map_err(super::refusal)?;
    let begun = drafts.into_iter().find(|draft| draft.procedure == wanted);
    Ok(guide_page(&sheet, procedure, begun.as_ref()))
}

/// What a procedure asks before anything is typed.
pub(super) fn guide_page(sheet: &Reader, procedure: &Procedure, begun: Option<&Draft>) -> Markup {
    let say = sheet.say();
    let title = sheet.plain(&procedure.title);
    let (department, phone) = sheet.department(&procedure.department);
    let all = say.text("cases-all-procedures", &[]);
    let trail = [Crumb { label: &all, href: Some("/procedures") }, Crumb { label: &title, href: None }];
    let body = html! {
        h1 { (sheet.text(&procedure.title)) }
        p.lead { (sheet.text(&procedure.summary)) }
        @if let Some(needless) = &procedure.needless {
            (parts::notice(Tone::Info, html! { b { (say.html("cases-guide-needless", &[])) } p { (sheet.text(needless)) } }))
        }
        (key_facts(sheet, procedure))
        h2 { (say.html("cases-guide-who", &[])) }
        p { (sheet.text(&procedure.applicant.who)) }
        h2 { (say.html("cases-guide-needs", &[])) }
        @if procedure.needs.is_empty() {
            p { (say.html("cases-guide-needs-none", &[])) }
        } @else {
            ul { @for need in &procedure.needs { li { (sheet.text(need)) } } }
        }
        (fee_in_full(sheet, procedure))
        (begin(sheet, procedure, begun))
        (super::print::blank(sheet, procedure))
        h2 { (say.html("cases-guide-steps", &[])) }
        (after_filing(sheet, procedure))
        h2 { (say.html("cases-guide-other-ways", &[])) }
        (ways(sheet, procedure))
        h2 { (say.html("cases-guide-law", &[])) }
        dl.answers {
            div { dt { (say.html("cases-guide-basis", &[])) } dd { (sheet.text(&procedure.law.basis)) } }
            @if let Some(authority) = sheet.town.authorities.get(&procedure.authority) {
                div { dt { (say.html("cases-guide-authority", &[])) } dd { (sheet.text(&authority.name)) } }
            }
        }
        p { (say.html("cases-person", &[("department", department.as_str().into()), ("phone", phone.as_str().into())])) }
    };
    sheet.page_below(&title, &trail, |page| page.here("/procedures"), body)
}

fn key_facts(sheet: &Reader, procedure: &Procedure) -> Markup {
    let say = sheet.say();
    let fee = match &procedure.fee {
        Some(fee) if !is_long(&sheet.plain(&fee.text)) => sheet.text(&fee.text),
        Some(fee) => match fee.yen {
            Some(yen) => say.html("cases-guide-fee-yen", &[("yen", yen.into())]),
            None => say.html("cases-guide-fee-below", &[]),
        },
        None => say.html("cases-guide-fee-none", &[]),
    };
    parts::facts(&[
        Fact {
            label: say.html("cases-guide-minutes", &[]),
            value: say.html("cases-guide-minutes-value", &[("minutes", procedure.minutes.into())]),
        },
        Fact { label: say.html("cases-guide-fee", &[]), value: fee },
        Fact { label: say.html("cases-guide-hear", &[]), value: hear(sheet, procedure) },
        Fact { label: say.html("cases-guide-department", &[]), value: html! { (sheet.department(&procedure.department).0) } },
    ])
}

/// Characters that stand well in a fact of half a phone's width; what is longer gets a section of its own.
const FACT_CHARACTERS_MAX: usize = 16;

fn is_long(text: &str) -> bool {
    text.chars().count() > FACT_CHARACTERS_MAX
}

/// What is to be paid, at length.
fn fee_in_full(sheet: &Reader, procedure: &Procedure) -> Markup {
    html! {
        @if let Some(fee) = procedure.fee.as_ref().filter(|fee| is_long(&sheet.plain(&fee.text))) {
            h2 { (sheet.say().html("cases-guide-fee", &[])) }
            p { (sheet.text(&fee.text)) }
        }
    }
}

fn hear(sheet: &Reader, procedure: &Procedure) -> Markup {
    let say = sheet.say();
    match procedure.law.standard_period.or(procedure.law.statutory_limit) {
        Some(Period::Days(days)) => say.html("cases-guide-hear-days", &[("days", days.into())]),
        Some(Period::BusinessDays(days)) => say.html("cases-guide-hear-business-days", &[("days", days.into())]),
        Some(Period::Months(months)) => say.html("cases-guide-hear-months", &[("months", months.into())]),
        None => say.html("cases-guide-hear-none", &[]),
    }
}

fn begin(sheet: &Reader, procedure: &Procedure, begun: Option<&Draft>) -> Markup {
    let say = sheet.say();
    match &procedure.channels.online {
        Online::Open | Online::Prepare(_) => html! {
            @if let Online::Prepare(sentence) = &procedure.channels.online {
                (parts::notice(Tone::Info, html! { b { (say.html("cases-prepare-here", &[])) } p { (sheet.text(sentence)) } }))
            }
            @if let Some(draft) = begun {
                (parts::notice(Tone::Info, html! {
                    b { (say.html("cases-start-continue-title", &[])) }
                    p { (say.html("cases-form-saved", &[("time", sheet.words.moment(sheet.language(), crate::clock::local(draft.touched_at)).into())])) }
                    (parts::link_button(Weight::Second, &format!("/drafts/{}", draft.id), say.html("cases-start-continue", &[])))
                }))
            }
            (door::way_in(sheet, procedure))
        },
        Online::Closed(why) => parts::notice(Tone::Warn, html! { b { (say.html("cases-guide-not-online", &[])) } p { (sheet.text(why)) } }),
    }
}

fn after_filing(sheet: &Reader, procedure: &Procedure) -> Markup {
    let steps: Vec<parts::Step> = procedure
        .steps
        .values()
        .filter_map(|step| step.resident.as_ref())
        .map(|text| parts::Step { stage: parts::Stage::Later, title: sheet.text(text), when: None, more: None })
        .collect();
    parts::timeline(sheet.say(), &steps)
}

fn ways(sheet: &Reader, procedure: &Procedure) -> Markup {
    let say = sheet.say();
    let ways = [
        ("cases-channel-counter", &procedure.channels.counter),
        ("cases-channel-paper", &procedure.channels.paper),
        ("cases-channel-line", &procedure.channels.line),
    ];
    html! {
        dl.answers {
            div {
                dt { (say.html("cases-channel-online", &[])) }
                dd {
                    @match &procedure.channels.online {
                        Online::Open => (say.html("cases-channel-open", &[])),
                        Online::Prepare(_) => (say.html("cases-channel-prepare", &[])),
                        Online::Closed(why) => { (say.html("cases-channel-closed", &[])) br; (sheet.text(why)) }
                    }
                }
            }
            @for (name, way) in ways {
                div {
                    dt { (say.html(name, &[])) }
                    dd {
                        @match way {
                            Channel::Open => (say.html("cases-channel-open", &[])),
                            Channel::Closed(why) => { (say.html("cases-channel-closed", &[])) br; (sheet.text(why)) }
                        }
                    }
                }
            }
        }
    }
}
