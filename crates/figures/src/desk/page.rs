//! The page of figures.

use access::{DeskFace, Staff, shell::desk_page_at};
use definitions::ids::DepartmentId;
use maud::{Markup, html};
use ui::{
    parts::{self, Weight, icons},
    words::grouped,
};

use super::{
    Found, Names,
    chart::{self, Bar, Series, tenths},
    sees,
    sheet::{Cell, Sheet},
    tables,
};
use crate::{
    counted::Scope,
    counting::Wait,
    period::{Length, Period},
    summary::Summary,
};

pub(super) fn page(face: &DeskFace, staff: &Staff, names: &Names<'_>, found: &Found, is_year: bool, said: &[(String, String)]) -> Markup {
    let say = names.say;
    let tables = tables::all(names, found);
    let sheet = |name: &str| tables.iter().find(|table| table.name == name);
    let table = |name: &str| html! { @if let Some(sheet) = sheet(name) { (shown(names, found, is_year, sheet)) } };
    let trail = trail(staff, names, &found.scope);
    let title = say.text("desk-figures-title-of", &[("of", names.of(&found.scope).as_str().into())]);
    let is_empty = found.now == Summary::default() && found.open == 0;
    let body = html! {
        nav aria-label=(names.word("desk-figures-way")) {
            ol.trail {
                @for (label, href) in &trail {
                    li { @if let Some(href) = href { a href=(href) { (label) } } @else { span aria-current="page" { (label) } } }
                }
            }
        }
        (chooser(names, found, is_year))
        @if is_empty {
            (parts::empty(icons::SEARCH, say.html("desk-figures-none", &[]), say.html("desk-figures-none-help", &[])))
        } @else {
            (tiles(names, found))
            p.sub { (say.html("desk-figures-today", &[])) }
        }
        (charts(names, found))
        (table("months"))
        @if !found.parts.is_empty() { (table("parts")) }
        h2 { (say.html("desk-figures-waits", &[])) }
        p.sub { (say.html("desk-figures-waits-lead", &[])) }
        (waits_chart(names, found))
        (table("waits"))
        @if let Scope::Procedure(_) = &found.scope {
            (table("steps"))
            h2 { (say.html("desk-figures-form", &[])) }
            (pages_chart(names, sheet("pages")))
            (table("pages"))
            (fields_chart(names, sheet("fields")))
            (table("fields"))
            (change(names, found, table("versions"), table("change")))
        }
        @if sheet("voices").is_some() {
            h2 { (say.html("desk-figures-voices", &[])) }
            p.sub { (say.html("desk-figures-voices-lead", &[])) }
            (table("voices"))
        }
        @if !said.is_empty() {
            h3 { (say.html("desk-figures-said", &[])) }
            p.sub { (say.html("desk-figures-said-lead", &[])) }
            ul { @for (month, text) in said { li { small { (month) } " " (text) } } }
        }
        details { summary { (say.html("desk-figures-overview", &[])) } (table("overview")) }
        p.sub { (say.html("desk-figures-definitions", &[])) }
    };
    let body = html! { link rel="stylesheet" href=(ui::assets::href(ui::assets::FIGURES_LOOK)); (body) };
    desk_page_at(face, Some(staff), &title, "/desk/figures", |page| page, body)
}

/// A table with the link to its CSV; an empty one says so.
fn shown(names: &Names<'_>, found: &Found, is_year: bool, sheet: &Sheet) -> Markup {
    let mut href = format!("/desk/figures.csv?of={}&period={}&table={}", found.scope.code(), found.period, sheet.name);
    if is_year {
        href.push_str("&against=year");
    }
    if let Some(since) = &found.since {
        href.push_str(&format!("&since={}", since.day));
    }
    let label = names.say.text("desk-figures-csv-of", &[("table", sheet.title.as_str().into())]);
    html! {
        @if sheet.lines.is_empty() {
            p.sub { b { (sheet.title) } "　" (names.say.html("desk-figures-no-lines", &[])) }
        } @else {
            (sheet.shown())
            p.unprinted { a href=(href) aria-label=(label) { (names.say.html("desk-figures-csv", &[])) } }
        }
    }
}

/// The way up: town, division, department.
fn trail(staff: &Staff, names: &Names<'_>, scope: &Scope) -> Vec<(String, Option<String>)> {
    let town = names.town;
    let mut above: Vec<Scope> = Vec::new();
    let mut department: Option<&DepartmentId> = match scope {
        Scope::Town => None,
        Scope::Department(id) => town.departments.get(id).and_then(|found| found.under.as_ref()),
        Scope::Procedure(id) => town.procedures.get(id).map(|procedure| &procedure.department),
    };
    // A folder that is checked has no ring; a short walk is enough all the same.
    while let Some(id) = department.filter(|_| above.len() < 8) {
        above.push(Scope::Department(id.clone()));
        department = town.departments.get(id).and_then(|found| found.under.as_ref());
    }
    above.push(Scope::Town);
    above.reverse();
    let seen = above.into_iter().filter(|one| one != scope && sees(staff, town, one));
    let mut trail: Vec<(String, Option<String>)> =
        seen.map(|one| (names.of(&one), Some(format!("/desk/figures?of={}", one.code())))).collect();
    trail.push((names.of(scope), None));
    trail
}

/// Which period, against which.
fn chooser(names: &Names<'_>, found: &Found, is_year: bool) -> Markup {
    let say = names.say;
    let last = found.months.last().map_or(found.period.last(), |(month, ..)| *month).max(found.period.last());
    let of = |length: Length, many: i32| {
        let first = Period::around(last, length);
        std::iter::successors(Some(first), |period| Some(period.before())).take(usize::try_from(many).unwrap_or(0)).collect::<Vec<_>>()
    };
    let group = |id: &str, periods: Vec<Period>| {
        html! {
            optgroup label=(names.word(id)) {
                @for period in periods { option value=(period) selected[period == found.period] { (names.period(period)) } }
            }
        }
    };
    html! {
        form.choose.unprinted method="get" action="/desk/figures" {
            input type="hidden" name="of" value=(found.scope.code());
            label for="period" { (say.html("desk-figures-period", &[])) }
            select.in #period name="period" {
                (group("desk-figures-by-month", of(Length::Month, 25)))
                (group("desk-figures-by-quarter", of(Length::Quarter, 9)))
                (group("desk-figures-by-year", of(Length::Year, 4)))
            }
            label for="against" { (say.html("desk-figures-against", &[])) }
            select.in #against name="against" {
                option value="before" selected[!is_year] { (say.html("desk-figures-against-before", &[])) }
                option value="year" selected[is_year] { (say.html("desk-figures-against-year", &[])) }
            }
            (parts::button(Weight::Second, say.html("desk-figures-show", &[])))
        }
        p.sub.unprinted {
            @let against = if is_year { "&against=year" } else { "" };
            a href={ "/desk/figures.pdf?of=" (found.scope.code()) "&period=" (found.period) (against) } { (say.html("desk-figures-report", &[])) }
        }
        p.sub {
            (say.html("desk-figures-shown", &[("period", names.period(found.period).as_str().into()), ("against", names.period(found.against).as_str().into())]))
        }
    }
}

/// A number in large, with that of the other period below it.
fn tiles(names: &Names<'_>, found: &Found) -> Markup {
    let (now, then) = (&found.now, &found.then);
    let count = |n: i64| html! { (grouped(n)) small { "件" } };
    let days = |value: Option<i64>| value.map_or(html! { "–" }, |value| html! { (tenths(value)) small { "日" } });
    let rate = |value: Option<i64>| value.map_or(html! { "–" }, |value| html! { (tenths(value)) small { "%" } });
    let ease = |of: &Summary| {
        of.voices
            .get("ease")
            .filter(|sizes| sizes.count() >= tables::TOLD_APART)
            .and_then(|sizes| sizes.mean_hundredths())
            .map(|mean| mean / 10)
    };
    let mark = |value: Option<i64>| value.map_or(html! { "–" }, |value| html! { (tenths(value)) small { "/5" } });
    let tile = |id: &str, value: Markup, before: Option<Markup>| {
        html! {
            li.tile {
                span { (names.say.html(&format!("desk-figures-{id}"), &[])) }
                b { (value) }
                @if let Some(before) = before { small { (names.say.html("desk-figures-then", &[])) " " (before) } }
            }
        }
    };
    html! {
        ul.tiles {
            (tile("filed", count(now.filed_in_all()), Some(count(then.filed_in_all()))))
            (tile("decided", count(now.decided_in_all()), Some(count(then.decided_in_all()))))
            (tile("median", days(now.days.median_tenths()), Some(days(then.days.median_tenths()))))
            (tile("p90", days(now.days.p90().map(|days| days * 10)), Some(days(then.days.p90().map(|days| days * 10)))))
            (tile("kept", rate(now.kept()), Some(rate(then.kept()))))
            (tile("online", rate(now.online()), Some(rate(then.online()))))
            (tile("correction-rate", rate(now.correction_rate()), Some(rate(then.correction_rate()))))
            (tile("completion", rate(now.completion()), Some(rate(then.completion()))))
            (tile("ease", mark(ease(now)), Some(mark(ease(then)))))
            (tile("known", count(now.known_typed.values().sum()), Some(count(then.known_typed.values().sum()))))
            (tile("open", count(found.open), None))
            (tile("late", html! { @if found.late > 0 { span.hot-number { (count(found.late)) } } @else { (count(0)) } }, None))
        }
    }
}

fn charts(names: &Names<'_>, found: &Found) -> Markup {
    let labels: Vec<String> = found
        .months
        .iter()
        .map(|(month, ..)| names.say.text("desk-figures-month-short", &[("month", i64::from(month.month()).into())]))
        .collect();
    let count = |id: &str, of: &dyn Fn(&Summary) -> i64| Series {
        name: names.word(id),
        tenths: found.months.iter().map(|(_, now, _)| Some(of(now) * 10)).collect(),
    };
    let counts = [count("desk-figures-filed", &Summary::filed_in_all), count("desk-figures-decided", &|of| of.decided_in_all())];
    let days = [
        Series {
            name: names.word("desk-figures-median-now"),
            tenths: found.months.iter().map(|(_, now, _)| now.days.median_tenths()).collect(),
        },
        Series {
            name: names.word("desk-figures-median-year-ago"),
            tenths: found.months.iter().map(|(.., then)| then.days.median_tenths()).collect(),
        },
    ];
    html! {
        div {
            (chart::columns(&names.word("desk-figures-chart-counts"), "件", &labels, &counts))
            (chart::lines(&names.word("desk-figures-chart-days"), "日", &labels, &days))
        }
    }
}

fn waits_chart(names: &Names<'_>, found: &Found) -> Markup {
    let decided = found.now.decided_in_all();
    let waits = found.now.waits();
    let bars: Vec<Bar> = Wait::ALL
        .iter()
        .map(|wait| {
            let tenths = waits.get(wait.code()).map_or(0, |minutes| minutes * 10 / (24 * 60) / decided.max(1));
            Bar { label: names.word(&format!("desk-figures-wait-{}", wait.code())), tenths, shown: format!("{}日", chart::tenths(tenths)) }
        })
        .collect();
    html! { @if decided > 0 { (chart::bars(&names.word("desk-figures-waits-chart"), &bars)) } }
}

fn pages_chart(names: &Names<'_>, sheet: Option<&Sheet>) -> Markup {
    bars_of(&names.word("desk-figures-pages-chart"), sheet, 2, 50)
}

fn fields_chart(names: &Names<'_>, sheet: Option<&Sheet>) -> Markup {
    bars_of(&names.word("desk-figures-fields-chart"), sheet, 2, 10)
}

/// Bars of a share that stands in one column of a table.
fn bars_of(title: &str, sheet: Option<&Sheet>, column: usize, most: usize) -> Markup {
    let bar = |line: &Vec<Cell>| match (line.first(), line.get(column)) {
        (Some(Cell::Text(label)), Some(Cell::Share(Some(share)))) => {
            Some(Bar { label: label.clone(), tenths: *share, shown: format!("{}%", tenths(*share)) })
        }
        _ => None,
    };
    let bars: Vec<Bar> = sheet.iter().flat_map(|sheet| &sheet.lines).filter_map(bar).take(most).collect();
    html! { @if bars.iter().any(|bar| bar.tenths > 0) { (chart::bars(title, &bars)) } }
}

/// Before and after a day that one chooses, or on which a version began.
fn change(names: &Names<'_>, found: &Found, versions: Markup, change: Markup) -> Markup {
    let say = names.say;
    html! {
        h2 #since { (say.html("desk-figures-change-title", &[])) }
        (versions)
        form.choose.unprinted method="get" action="/desk/figures#since" {
            input type="hidden" name="of" value=(found.scope.code());
            input type="hidden" name="period" value=(found.period);
            label for="since-day" { (say.html("desk-figures-since", &[])) }
            input.in #since-day type="date" name="since" value=[found.since.as_ref().map(|since| since.day.to_string())];
            (parts::button(Weight::Second, say.html("desk-figures-compare", &[])))
        }
        @if let Some(since) = &found.since {
            p.sub { (say.html("desk-figures-since-shown", &[("day", since.day.to_string().as_str().into()), ("days", i64::from(since.days).into())])) }
            (change)
        }
    }
}
