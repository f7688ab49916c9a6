//! 不在の予定 Absences: when I am away, and when those are for whom I stand in, so that work goes on without the wrong person deciding.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use definitions::text::Language;
use jiff::civil::Date;
use maud::{Markup, html};
use store::StoreError;
use ui::{
    page::csrf_input,
    parts::{self, Say, Tone, Weight},
};

use crate::{
    error::PageError,
    face::DeskFace,
    posted::Posted,
    shell,
    staff::{
        Staff,
        absence::{self, Absence, NotEntered},
        directory,
    },
};

/// Whether the page is of use to this person: they hold a role in which somebody may stand in for them, or stand in themselves.
pub(crate) fn is_for(staff: &Staff, town: &definitions::town::Town) -> bool {
    let has_deputy = |post: &crate::staff::Post| town.roles.get(&post.role).is_some_and(|role| role.stand_in.is_some());
    staff.stood_for().next().is_some() || staff.posts.iter().any(has_deputy)
}

pub(super) async fn show(State(face): State<DeskFace>, staff: Staff) -> Result<Markup, PageError> {
    page(&face, &staff, html! {}).await
}

async fn page(face: &DeskFace, staff: &Staff, above: Markup) -> Result<Markup, PageError> {
    let (who, town, today) = (staff.clone(), face.town.current(), face.clock.today());
    let (people, away) = face
        .store
        .reading(move |tx| -> Result<_, StoreError> {
            let people = absence::enterable(tx, &who, &town, today)?;
            let away = absence::coming(tx, &people, today)?;
            let away = away.into_iter().map(|one| Ok((directory::by_id(tx, one.entered_by)?.map(|by| by.name), one)));
            Ok((people, away.collect::<Result<Vec<_>, StoreError>>()?))
        })
        .await?;
    let words = face.words();
    let say = Say { words: &words, language: Language::Ja };
    let title = say.text("access-absences-title", &[]);
    let name = |id| people.iter().find(|known| known.id == id).map(|known| known.name.clone()).unwrap_or_default();
    let line = |by: Option<&str>, one: &Absence| {
        let (from, until) = (words.short_day(Language::Ja, one.from), words.short_day(Language::Ja, one.until));
        html! {
            li {
                span.grow {
                    b { (name(one.staff)) } "　" (from) @if one.until != one.from { " 〜 " (until) }
                    @if let Some(by) = by.filter(|_| one.entered_by != one.staff) { br; small { (say.html("access-absences-by", &[("name", by.into())])) } }
                }
                form method="post" action="/desk/absences/end" {
                    (csrf_input(&staff.csrf))
                    (parts::submit(Weight::Second, "absence", one.id.as_str(), say.html("access-absences-end", &[])))
                }
            }
        }
    };
    let body = html! {
        (above)
        p { (say.html("access-absences-lead", &[])) }
        section.panel aria-labelledby="away" {
            h2 #away { (say.html("access-absences-coming", &[])) }
            @if away.is_empty() { p.sub { (say.html("access-absences-none", &[])) } } @else {
                ul.files { @for (by, one) in &away { (line(by.as_deref(), one)) } }
            }
        }
        form.panel method="post" action="/desk/absences" data-guard novalidate {
            h2 { (say.html("access-absences-new", &[])) }
            (csrf_input(&staff.csrf))
            div.field {
                label for="staff" { (say.html("access-absences-who", &[])) }
                select.in.m id="staff" name="staff" { @for known in &people { option value=(known.id) { (known.name) } } }
            }
            (day(say, "from", today))
            (day(say, "until", today))
            div.row.actions { (parts::button(Weight::Primary, say.html("access-absences-enter", &[]))) }
        }
    };
    Ok(shell::desk_page_at(face, Some(staff), &title, "/desk/absences", |page| page, body))
}

fn day(say: Say<'_>, name: &str, value: Date) -> Markup {
    html! {
        div.field {
            label for=(name) { (say.html(&format!("access-absences-{name}"), &[])) }
            input.in.m id=(name) type="date" name=(name) value=(value) required;
        }
    }
}

pub(super) async fn enter(State(face): State<DeskFace>, staff: Staff, Posted(typed): Posted) -> Result<Response, PageError> {
    let (now, today, town) = (face.clock.now(), face.clock.today(), face.town.current());
    let who = typed.first("staff").unwrap_or_default().parse().map_err(|_| PageError::NotFound)?;
    let day = |name: &str| typed.first(name).and_then(|day| day.parse::<Date>().ok());
    let (Some(from), Some(until)) = (day("from"), day("until")) else { return wrong(&face, &staff).await };
    let id = crate::CaseId::draw(now).to_string();
    let absence = Absence { id, staff: who, from, until, entered_by: staff.id };
    let by = staff.clone();
    let entered = face.store.writing(move |tx| absence::enter(tx, &by, &town, &absence, today, now)).await;
    match entered {
        Ok(()) => Ok(Redirect::to("/desk/absences").into_response()),
        Err(NotEntered::BadDays) => wrong(&face, &staff).await,
        Err(NotEntered::NotFound) => Err(PageError::NotFound),
        Err(NotEntered::Store(error)) => Err(error.into()),
    }
}

async fn wrong(face: &DeskFace, staff: &Staff) -> Result<Response, PageError> {
    let words = face.words();
    let say = Say { words: &words, language: Language::Ja };
    let above = parts::notice(Tone::Error, html! { p role="alert" { (say.html("access-absences-wrong", &[])) } });
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(face, staff, above).await?).into_response())
}

pub(super) async fn end(State(face): State<DeskFace>, staff: Staff, Posted(typed): Posted) -> Result<Redirect, PageError> {
    let (now, today, town) = (face.clock.now(), face.clock.today(), face.town.current());
    let id = typed.first("absence").unwrap_or_default().to_owned();
    face.store.writing(move |tx| absence::end(tx, &staff, &town, &id, today, now)).await.map_err(|refused| match refused {
        NotEntered::NotFound | NotEntered::BadDays => PageError::NotFound,
        NotEntered::Store(error) => error.into(),
    })?;
    Ok(Redirect::to("/desk/absences"))
}
