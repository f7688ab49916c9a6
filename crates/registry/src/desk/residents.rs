//! 住民を探す・住民の画面. What is typed to find people is posted: no name stands in an address. Each look is recorded before it is shown.

use access::{DeskFace, PageError, Posted, RecordKind, ResidentId, Staff, grants::may_ever, link, looked::looked, shell::desk_page};
use axum::extract::{Path, State};
use definitions::{grant::Act, text::Language};
use jiff::civil::Date;
use maud::{Markup, html};
use store::StoreError;
use ui::{
    page::csrf_input,
    parts::{self, ChipTone, Column, Fact, Say, SearchBox, Sought as SoughtBy, Tone, Weight, icons},
};

use crate::{
    permitted,
    record_rows::{self, Fact as RecordFact},
    resident::{Resident, Sex, State as Living},
    search::{NothingSought, Sought},
};

/// What fits a screen; more means typing more.
const SHOWN_MAX: usize = 50;

/// Why a masked address may be looked at: codes, since the journal holds no words of people.
const REASONS: [&str; 4] = ["post", "identity", "authority", "urgent"];

fn masked_word(reason: &str) -> &'static str {
    match reason {
        "post" => "registry-unmask-post",
        "identity" => "registry-unmask-identity",
        "authority" => "registry-unmask-authority",
        _ => "registry-unmask-urgent",
    }
}

pub(super) async fn ask(State(face): State<DeskFace>, staff: Staff) -> Result<Markup, PageError> {
    may_look(&staff)?;
    Ok(found_page(&face, &staff, "", None, None))
}

fn may_look(staff: &Staff) -> Result<(), PageError> {
    if may_ever(staff, Act::Read, RecordKind::Resident) { Ok(()) } else { Err(PageError::NotFound) }
}

pub(super) async fn search(State(face): State<DeskFace>, staff: Staff, Posted(typed): Posted) -> Result<Markup, PageError> {
    may_look(&staff)?;
    let sought_typed = typed.first("sought").unwrap_or_default().to_owned();
    let sought = match Sought::read(&sought_typed) {
        Ok(sought) => sought,
        Err(NothingSought::Empty) => return Ok(found_page(&face, &staff, &sought_typed, None, Some("registry-search-empty"))),
        Err(NothingSought::TooLong) => return Ok(found_page(&face, &staff, "", None, Some("registry-search-too-long"))),
    };
    let who = staff.clone();
    let found = face
        .store
        .writing(move |tx| {
            let found = permitted::search(tx, &who, &sought, SHOWN_MAX)?;
            // A list of persons is a look at each of them.
            permitted::looked_at(tx, &who, &found.residents, "search")?;
            Ok::<_, StoreError>(found)
        })
        .await?;
    Ok(found_page(&face, &staff, &sought_typed, Some((&found.residents, found.more)), None))
}

fn found_page(face: &DeskFace, staff: &Staff, typed: &str, found: Option<(&[Resident], bool)>, wrong: Option<&'static str>) -> Markup {
    let words = face.words();
    let say = Say { words: &words, language: Language::Ja };
    let (title, label, example, button) = (
        say.text("registry-search-title", &[]),
        say.text("registry-search-label", &[]),
        say.text("registry-search-example", &[]),
        say.text("registry-search-button", &[]),
    );
    let sought = SoughtBy::People(&staff.csrf);
    let search =
        SearchBox { action: "/desk/residents", sought, name: "sought", value: typed, label: &label, example: &example, button: &button };
    let body = html! {
        (parts::search_box(&search))
        p.hint { (say.html("registry-search-help", &[])) }
        @if let Some(id) = wrong { (parts::notice(Tone::Warn, html! { p { (say.html(id, &[])) } })) }
        @if let Some((residents, more)) = found {
            @if residents.is_empty() {
                (parts::empty(icons::USERS, say.html("registry-search-none", &[]), say.html("registry-search-none-help", &[])))
            } @else {
                @if more { (parts::notice(Tone::Info, html! { p { (say.html("registry-search-more", &[])) } })) }
                (table(say, residents))
            }
        }
    };
    desk_page(face, Some(staff), &title, |page| page, body)
}

fn table(say: Say<'_>, residents: &[Resident]) -> Markup {
    let headings = ["registry-name", "registry-born", "registry-address", "registry-number", "registry-state"].map(|id| say.text(id, &[]));
    let columns: Vec<Column<'_>> = headings.iter().map(|label| Column { label, numeric: false }).collect();
    let rows: Vec<Vec<Markup>> = residents
        .iter()
        .map(|person| {
            vec![
                html! { a href={ "/desk/residents/" (person.id) } { (person.name.full()) } " " small { (person.name.full_kana().unwrap_or_default()) } },
                html! { (jp::era::wareki(person.born)) },
                address(say, person),
                html! { (person.number) },
                state(say, person),
            ]
        })
        .collect();
    parts::table(Some(&say.text("registry-found", &[])), &columns, &rows)
}

/// A protected address is masked wherever a person stands; it is shown on their own page alone, for a reason.
fn address(say: Say<'_>, person: &Resident) -> Markup {
    match person.address_shown() {
        Some(shown) => html! { (shown) },
        None => html! { (say.html("registry-masked", &[])) },
    }
}

fn state(say: Say<'_>, person: &Resident) -> Markup {
    html! {
        @match person.state {
            Living::Resident => (say.html("registry-state-resident", &[])),
            Living::MovedOut => (parts::chip(ChipTone::Still, &say.text("registry-state-moved-out", &[]))),
            Living::Dead => (parts::chip(ChipTone::Still, &say.text("registry-state-dead", &[]))),
        }
        @if person.protected_until.is_some() { " " (parts::chip(ChipTone::Late, &say.text("registry-protected", &[]))) }
    }
}

/// What a resident's page shows.
struct Shown {
    person: Resident,
    household: Vec<Resident>,
    records: Vec<RecordFact>,
}

async fn shown(face: &DeskFace, staff: &Staff, id: &str, why: String) -> Result<Shown, PageError> {
    let id: ResidentId = id.parse().map_err(|_| PageError::NotFound)?;
    let who = staff.clone();
    let shown = face
        .store
        .writing(move |tx| {
            let Some(person) = permitted::resident(tx, &who, id)? else { return Ok(None) };
            looked(tx, &who, person.authority(), RecordKind::Resident, &id.to_string(), &why)?;
            let household: Vec<Resident> =
                permitted::household(tx, &who, &person)?.into_iter().map(access::Permitted::into_record).collect();
            let others: Vec<Resident> = household.iter().filter(|member| member.id != id).cloned().collect();
            permitted::looked_at(tx, &who, &others, "household")?;
            let records = record_rows::of_owner(tx, &id.to_string())?;
            Ok::<_, StoreError>(Some(Shown { person: person.into_record(), household, records }))
        })
        .await?;
    shown.ok_or(PageError::NotFound)
}

pub(super) async fn show(State(face): State<DeskFace>, staff: Staff, Path(id): Path<String>) -> Result<Markup, PageError> {
    let shown = shown(&face, &staff, &id, "page".to_owned()).await?;
    Ok(page(&face, &staff, &shown, Address::Masked(None)))
}

/// How the address stands on the page.
enum Address {
    Masked(Option<&'static str>),
    Unmasked,
}

pub(super) async fn unmask(
    State(face): State<DeskFace>,
    staff: Staff,
    Path(id): Path<String>,
    Posted(typed): Posted,
) -> Result<Markup, PageError> {
    let reason = typed.first("reason").and_then(|typed| REASONS.into_iter().find(|known| *known == typed));
    let why = reason.map_or_else(|| "page".to_owned(), |reason| format!("address:{reason}"));
    let shown = shown(&face, &staff, &id, why).await?;
    let address = if reason.is_some() { Address::Unmasked } else { Address::Masked(Some("registry-unmask-reason-due")) };
    Ok(page(&face, &staff, &shown, address))
}

fn page(face: &DeskFace, staff: &Staff, shown: &Shown, address: Address) -> Markup {
    let (words, town) = (face.words(), face.town.current());
    let say = Say { words: &words, language: Language::Ja };
    let person = &shown.person;
    let title = person.name.full();
    let body = html! {
        (parts::notice(Tone::Info, html! { p { (say.html("registry-looked", &[])) } }))
        p { (state(say, person)) }
        (parts::facts(&facts(say, person, face.clock.today())))
        (address_panel(say, staff, person, &address))
        section.panel {
            h2 { (say.html("registry-household", &[])) }
            @if shown.household.is_empty() { p { (say.html("registry-household-none", &[])) } } @else { (household(say, &shown.household)) }
        }
        section.panel {
            h2 { (say.html("registry-records", &[])) }
            (records(say, staff, &town, &shown.records))
        }
        @if crate::protection::may_protect(staff).is_some() {
            p { (parts::link_button(Weight::Second, &format!("/desk/residents/{}/protection", person.id), say.html("registry-protection-open", &[]))) }
        }
        @if link::may_link(staff).is_some() {
            p { (parts::link_button(Weight::Second, &format!("/desk/link-account?resident={}", person.id), say.html("registry-link-account", &[]))) }
        }
    };
    desk_page(face, Some(staff), &title, |page| page, body)
}

fn facts(say: Say<'_>, person: &Resident, today: Date) -> Vec<Fact> {
    let age = jp::age::age_on(person.born, today).ok();
    let born = jp::era::wareki(person.born);
    let born = match age {
        Some(age) if person.state != Living::Dead => {
            say.html("registry-born-age", &[("born", born.into()), ("age", i64::from(age).into())])
        }
        _ => html! { (born) },
    };
    let sex = match person.sex {
        Sex::Male => "registry-sex-male",
        Sex::Female => "registry-sex-female",
        Sex::NotStated => "registry-sex-not-stated",
    };
    let mut facts = vec![
        fact(say, "registry-kana", html! { (person.name.full_kana().unwrap_or_else(|| say.text("registry-kana-none", &[]))) }),
        fact(say, "registry-born", born),
        fact(say, "registry-sex", say.html(sex, &[])),
        fact(say, "registry-number", html! { (person.number) }),
        fact(say, "registry-relation", html! { (relation(say, &person.relation)) }),
        fact(say, "registry-phone", html! { (person.phone.clone().unwrap_or_else(|| say.text("registry-phone-none", &[]))) }),
    ];
    if let Some(former) = &person.name.former_family {
        facts.push(fact(say, "registry-former-name", html! { (former.written) }));
    }
    if let Some(alias) = &person.name.alias {
        facts.push(fact(say, "registry-alias", html! { (alias.written) }));
    }
    if person.state != Living::Resident {
        facts.push(fact(say, "registry-since", html! { (jp::era::wareki(person.since)) }));
    }
    facts
}

fn fact(say: Say<'_>, label: &'static str, value: Markup) -> Fact {
    Fact { label: say.html(label, &[]), value }
}

fn relation(say: Say<'_>, relation: &str) -> String {
    let id = match relation {
        "head" => "registry-relation-head",
        "spouse" => "registry-relation-spouse",
        "child" => "registry-relation-child",
        "parent" => "registry-relation-parent",
        other => return other.to_owned(),
    };
    say.text(id, &[])
}

fn address_panel(say: Say<'_>, staff: &Staff, person: &Resident, address: &Address) -> Markup {
    let is_masked = person.protected_until.is_some() && matches!(address, Address::Masked(_));
    html! {
        section.panel {
            h2 { (say.html("registry-address", &[])) }
            @if is_masked {
                p { (say.html("registry-masked-help", &[])) }
                @if let Address::Masked(Some(wrong)) = address { (parts::notice(Tone::Warn, html! { p { (say.html(wrong, &[])) } })) }
                form method="post" action={ "/desk/residents/" (person.id) "/address" } {
                    (csrf_input(&staff.csrf))
                    fieldset.q {
                        legend.label { (say.html("registry-unmask-why", &[])) }
                        div.picks {
                            @for reason in REASONS {
                                label.pick { input type="radio" name="reason" value=(reason) required; span { (say.html(masked_word(reason), &[])) } }
                            }
                        }
                    }
                    (parts::button(Weight::Second, say.html("registry-unmask", &[])))
                }
            } @else {
                p { @if let Some(code) = &person.address.postal_code { "〒" (postal(code)) " " } (person.address.whole()) }
            }
        }
    }
}

fn postal(code: &str) -> String {
    match (code.get(..3), code.get(3..)) {
        (Some(area), Some(rest)) if !rest.is_empty() => format!("{area}-{rest}"),
        _ => code.to_owned(),
    }
}

fn household(say: Say<'_>, members: &[Resident]) -> Markup {
    let headings = ["registry-name", "registry-relation", "registry-born", "registry-state"].map(|id| say.text(id, &[]));
    let columns: Vec<Column<'_>> = headings.iter().map(|label| Column { label, numeric: false }).collect();
    let rows: Vec<Vec<Markup>> = members
        .iter()
        .map(|member| {
            vec![
                html! { a href={ "/desk/residents/" (member.id) } { (member.name.full()) } },
                html! { (relation(say, &member.relation)) },
                html! { (jp::era::wareki(member.born)) },
                state(say, member),
            ]
        })
        .collect();
    parts::table(Some(&say.text("registry-household", &[])), &columns, &rows)
}

fn records(say: Say<'_>, staff: &Staff, town: &definitions::town::Town, records: &[RecordFact]) -> Markup {
    let seen: Vec<&RecordFact> = records
        .iter()
        .filter(|fact| {
            let state = fact.stretch.state.as_ref().map(|state| state.as_str());
            town.registers
                .get(&fact.register)
                .is_some_and(|register| permitted::may_on_register(staff, Act::Read, register, state).is_some())
        })
        .collect();
    html! {
        @if seen.is_empty() { p { (say.html("registry-records-none", &[])) } } @else {
            ul {
                @for fact in seen {
                    @if let Some(register) = town.registers.get(&fact.register) {
                        li {
                            a href={ "/desk/records/" (fact.record) } { (register.title.ja) }
                            " " (super::registers::state(register, &fact.stretch)) " " (super::registers::days(say, &fact.stretch.days))
                        }
                    }
                }
            }
        }
    }
}
