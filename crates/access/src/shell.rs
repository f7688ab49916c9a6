//! The shell around a page: the town's look in the reader's language, who is signed in, and the pages that say what went wrong.

use definitions::{text::Language, town::Town};
use maud::Markup;
use ui::{
    page::{DeskPage, NavGroup, NavItem, PortalPage, SignedIn, StaffMenu, TownLook, Urgency},
    parts::Say,
};

use crate::{
    desk::absences,
    face::{DeskFace, PortalFace},
    link, looked,
    staff::{Post, Staff, directory},
    visitor::Visitor,
};

/// Calls `show` with the town's look: its name, colour, office and the languages to choose from.
pub fn with_look<T>(town: &Town, language: Language, demo: bool, show: impl FnOnce(&TownLook<'_>) -> T) -> T {
    let languages: Vec<Language> =
        Language::ALL.into_iter().filter(|one| *one == Language::Ja || town.languages.contains_key(one)).collect();
    show(&TownLook::of(town, language, &languages, demo))
}

/// A residents' page around `body`. `prepare` says what differs from an ordinary one.
pub fn portal_page(
    face: &PortalFace,
    visitor: &Visitor,
    title: &str,
    prepare: impl for<'p> FnOnce(PortalPage<'p>) -> PortalPage<'p>,
    body: Markup,
) -> Markup {
    let (town, words) = (face.town.current(), face.words());
    with_look(&town, visitor.language, face.demo, |look| {
        let who = visitor.account.as_ref().map(|account| SignedIn { name: account.shown(), csrf: &visitor.csrf });
        prepare(PortalPage::new(&words, visitor.language, look, title).signed_in(who)).show(body)
    })
}

/// A staff's page around `body`, with the links at the side that this person's grants open.
pub fn desk_page(
    face: &DeskFace,
    staff: Option<&Staff>,
    title: &str,
    prepare: impl for<'p> FnOnce(DeskPage<'p>) -> DeskPage<'p>,
    body: Markup,
) -> Markup {
    desk_page_at(face, staff, title, "", prepare, body)
}

/// The same, with the link at the side that this page belongs to.
pub fn desk_page_at(
    face: &DeskFace,
    staff: Option<&Staff>,
    title: &str,
    here: &str,
    prepare: impl for<'p> FnOnce(DeskPage<'p>) -> DeskPage<'p>,
    body: Markup,
) -> Markup {
    let (town, words) = (face.town.current(), face.words());
    let say = Say { words: &words, language: Language::Ja };
    let posts = staff.map(|staff| posts_shown(staff, &town)).unwrap_or_default();
    let links = staff.map(|staff| desk_links(staff, &town, say)).unwrap_or_default();
    let (cases, group) = (say.text("access-nav-cases", &[]), say.text("access-nav-group", &[]));
    let item = |label, href| NavItem { label, href, count: None, urgency: Urgency::Calm };
    let others = staff.map(|staff| open_doors(staff, face, &town, say)).unwrap_or_default();
    let own = others.iter().chain(&links).map(|(label, href)| item(label.as_str(), *href)).collect();
    let navigation = [NavGroup { title: &cases, items: vec![item(&cases, "/desk")] }, NavGroup { title: &group, items: own }];
    with_look(&town, Language::Ja, face.demo, |look| {
        let who = staff.map(|staff| StaffMenu { name: &staff.name, post: &posts, csrf: &staff.csrf });
        prepare(DeskPage::new(&words, look, title).navigation(&navigation, here).who(who)).show(body)
    })
}

/// The pages of this room that this person's grants open, as label and address: the foot of the desk's navigation, for all rooms.
pub fn desk_links(staff: &Staff, town: &Town, say: Say<'_>) -> Vec<(String, &'static str)> {
    let doors = [
        ("access-absences-title", "/desk/absences", absences::is_for(staff, town)),
        ("access-linking-title", "/desk/link-account", link::may_link(staff).is_some()),
        ("access-staff-title", "/desk/staff", directory::may_administer(staff).is_some()),
        ("access-log-title", "/desk/access-log", looked::may_read_log(staff).is_some()),
        ("access-sessions-title", "/desk/sessions", true),
    ];
    doors.into_iter().filter(|(_, _, open)| *open).map(|(id, href, _)| (say.text(id, &[]), href)).collect()
}

/// The pages of rooms above this one that are open to this person, as label and address.
pub fn open_doors(staff: &Staff, face: &DeskFace, town: &Town, say: Say<'_>) -> Vec<(String, &'static str)> {
    face.doors.iter().filter(|door| (door.open)(staff, town)).map(|door| (say.text(door.word, &[]), door.href)).collect()
}

/// 子育て支援課 担当、総務課 担当: the posts as they are shown.
pub fn posts_shown(staff: &Staff, town: &Town) -> String {
    staff.posts.iter().map(|post| post_shown(post, town)).collect::<Vec<_>>().join("、")
}

/// 子育て支援課 担当.
pub fn post_shown(post: &Post, town: &Town) -> String {
    let department = town.departments.get(&post.department).map_or(post.department.as_str(), |department| department.name.ja.as_str());
    let role = town.roles.get(&post.role).map_or(post.role.as_str(), |role| role.name.ja.as_str());
    ui::words::ruby::plain(&format!("{department} {role}"))
}
