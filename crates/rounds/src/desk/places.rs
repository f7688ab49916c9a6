//! 枠のようす: how full each facility is by class, as a table whose cells show it as bars; another capacity tried out; two runs beside each other.

use std::{collections::BTreeMap, sync::Arc};

use access::PageError;
use axum::extract::{Path, Query};
use definitions::round::Round;
use maud::{Markup, html};
use serde::Deserialize;
use ui::parts::{self, Column, Tone, Weight};

use super::{Sheet, page::note_looks, refusal};
use crate::{
    allocation::Allocation,
    rows,
    verbs::{self, Held, NotNow},
};

/// Another capacity, tried out: the place as `facility.class`.
#[derive(Deserialize)]
pub(super) struct WhatIf {
    #[serde(default)]
    place: String,
    #[serde(default)]
    capacity: String,
}

pub(super) async fn show(sheet: Sheet, Path(id): Path<String>, Query(what_if): Query<WhatIf>) -> Result<Markup, PageError> {
    let round = sheet.round(&id)?;
    let (held, kept) = read(&sheet, &round, None).await?;
    let now = kept.unwrap_or_else(|| verbs::reckon(&round, &held));
    let tried = what_if.place.split_once('.').zip(what_if.capacity.trim().parse::<u32>().ok().filter(|capacity| *capacity <= 1_000));
    let tried = match tried {
        Some(((facility, class), capacity)) => {
            let capacities = BTreeMap::from([((facility.to_owned(), class.to_owned()), capacity)]);
            let other = verbs::what_if(&round, &held, &capacities);
            Some(differences(&sheet, &round, &held, &now, &other).await?)
        }
        None => None,
    };
    let say = sheet.say();
    let title = sheet.word("desk-rounds-places-title");
    let body = html! {
        p { (parts::back_link(&format!("/desk/rounds/{}", round.id), html! { (round.title.ja) })) }
        (heat(&sheet, &round, &held, &now))
        form.panel method="get" action={ "/desk/rounds/" (round.id) "/places" } {
            h2 { (say.html("desk-rounds-what-if", &[])) }
            p.hint { (say.html("desk-rounds-what-if-help", &[])) }
            div.field {
                label for="place" { (say.html("desk-rounds-what-if-place", &[])) }
                select.in #place name="place" {
                    @for seats in &held.seats {
                        @let value = format!("{}.{}", seats.facility, seats.class);
                        option value=(value) selected[value == what_if.place] {
                            (seats.name) " " (round.classes.get(&seats.class).map(|class| class.label.ja.as_str()).unwrap_or_default()) "（" (seats.capacity) "）"
                        }
                    }
                }
            }
            div.field {
                label for="capacity" { (say.html("desk-rounds-what-if-capacity", &[])) }
                input.in.w-s.nums #capacity name="capacity" inputmode="numeric" maxlength="4" value=(what_if.capacity) required;
            }
            div.row.actions { (parts::button(Weight::Second, say.html("desk-rounds-what-if-do", &[]))) }
        }
        @if let Some(tried) = tried { (tried) }
    };
    Ok(sheet.page(&title, body))
}

/// A run beside the one that is to be decided.
pub(super) async fn compare(sheet: Sheet, Path((id, run)): Path<(String, i64)>) -> Result<Markup, PageError> {
    let round = sheet.round(&id)?;
    let (held, other) = read(&sheet, &round, Some(run)).await?;
    let other = other.ok_or(PageError::NotFound)?;
    let (_, chosen) = read(&sheet, &round, None).await?;
    let title = sheet.say().text("desk-rounds-run", &[("run", run.into())]);
    let body = html! {
        p { (parts::back_link(&format!("/desk/rounds/{}", round.id), html! { (round.title.ja) })) }
        (heat(&sheet, &round, &held, &other))
        @if let Some(chosen) = chosen { (differences(&sheet, &round, &held, &chosen, &other).await?) }
    };
    Ok(sheet.page(&title, body))
}

async fn read(sheet: &Sheet, round: &Arc<Round>, run: Option<i64>) -> Result<(Held, Option<Allocation>), PageError> {
    let of = Arc::clone(round);
    let found = sheet.read(move |tx, acting| {
        let held = verbs::held(tx, acting.keys, &of)?.ok_or(NotNow::Stage)?;
        let allocation = run.or(held.kept.run).map(|run| rows::allocation(tx, acting.keys, &of.id, run)).transpose()?.flatten();
        Ok((held, allocation))
    });
    found.await.map_err(refusal)
}

fn heat(sheet: &Sheet, round: &Round, held: &Held, allocation: &Allocation) -> Markup {
    let mut taken: BTreeMap<(&str, &str), (u32, u32)> = BTreeMap::new();
    for entrant in &held.entrants {
        for (number, child) in entrant.children.iter().enumerate() {
            let Some(class) = &child.class else { continue };
            let got = allocation.of(&entrant.number, number).and_then(|result| result.wish);
            if let Some(wish) = got.and_then(|wish| child.wishes.get(wish)) {
                taken.entry((wish.facility.as_str(), class.as_str())).or_default().0 += 1;
            }
            if let Some(first) = child.wishes.first() {
                taken.entry((first.facility.as_str(), class.as_str())).or_default().1 += 1;
            }
        }
    }
    let title = sheet.word("desk-rounds-places-title");
    let facility = sheet.word("desk-rounds-column-facility");
    let mut columns = vec![Column { label: &facility, numeric: false }];
    columns.extend(round.classes.values().map(|class| Column { label: &class.label.ja, numeric: true }));
    let mut facilities: Vec<(&str, &str)> = held.seats.iter().map(|seats| (seats.facility.as_str(), seats.name.as_str())).collect();
    facilities.dedup();
    let rows: Vec<Vec<Markup>> = facilities
        .into_iter()
        .map(|(key, name)| {
            let cell = |class: &definitions::ids::ClassId| {
                let seats = held.seats.iter().find(|seats| seats.facility == key && seats.class == *class);
                let (got, first) = taken.get(&(key, class.as_str())).copied().unwrap_or_default();
                html! {
                    @if let Some(seats) = seats {
                        (got) "／" (seats.capacity)
                        br; small { (sheet.say().html("desk-rounds-first-wishes", &[("count", i64::from(first).into())])) }
                        (parts::bar(percent(got, seats.capacity), ""))
                    } @else { "－" }
                }
            };
            std::iter::once(html! { (name) }).chain(round.classes.keys().map(cell)).collect()
        })
        .collect();
    html! {
        p { (sheet.say().html("desk-rounds-places-help", &[])) }
        (parts::table(Some(&title), &columns, &rows))
    }
}

fn percent(got: u32, capacity: u32) -> u8 {
    u8::try_from((got * 100).checked_div(capacity).unwrap_or(0).min(100)).unwrap_or(100)
}

/// Who would get something else.
async fn differences(sheet: &Sheet, round: &Round, held: &Held, now: &Allocation, other: &Allocation) -> Result<Markup, PageError> {
    let say = sheet.say();
    let name =
        |facility: &str| held.seats.iter().find(|seats| seats.facility == facility).map_or(facility.to_owned(), |seats| seats.name.clone());
    let waits = sheet.word("desk-rounds-waits");
    let mut rows: Vec<Vec<Markup>> = Vec::new();
    let mut looks = Vec::new();
    for entrant in &held.entrants {
        for (number, child) in entrant.children.iter().enumerate() {
            let got = |allocation: &Allocation| {
                let wish = allocation.of(&entrant.number, number).and_then(|result| result.wish);
                wish.and_then(|wish| child.wishes.get(wish)).map_or(waits.clone(), |wish| name(&wish.facility))
            };
            let (before, after) = (got(now), got(other));
            if before != after {
                looks.extend(entrant.case.map(|case| case.to_string()));
                rows.push(vec![html! { (child.name) }, html! { (before) }, html! { (after) }]);
            }
        }
    }
    note_looks(sheet, round, looks).await?;
    let title = sheet.word("desk-rounds-differences");
    let labels = ["desk-rounds-column-child", "desk-rounds-column-now", "desk-rounds-column-instead"].map(|id| sheet.word(id));
    let columns = labels.each_ref().map(|label| Column { label, numeric: false });
    Ok(html! {
        div {
            h2 #differences { (title) }
            p { (say.html("desk-rounds-differences-count", &[("now", (now.placed() as i64).into()), ("instead", (other.placed() as i64).into()), ("others", (rows.len() as i64).into())])) }
            @if rows.is_empty() { (parts::notice(Tone::Info, html! { p { (say.html("desk-rounds-differences-none", &[])) } })) }
            @else { (parts::table(Some(&title), &columns, &rows)) }
        }
    })
}
