//! The links at the side, with how many wait behind each.

use std::collections::{BTreeMap, BTreeSet};

use access::{Act, RecordAttributes, RecordKind, Staff, StaffId};
use definitions::{
    field::Sensitivity,
    ids::{DepartmentId, RoleId},
    procedure::StepAct,
    text::Language,
    town::Town,
};
use store::{Read, StoreError};
use ui::{
    page::{NavGroup, NavItem, Urgency},
    parts::Say,
    words::Words,
};

use super::inbox::SOON_BUSINESS_DAYS;
use crate::{
    rows::{
        self,
        inbox::{Narrow, Queue},
    },
    verbs::{Acting, Refused},
};

/// Counts stop here and are shown as `99+`: beyond it a number says no more than "many", and each page of staff pays for six of them.
pub(crate) const COUNTED_MOST: i64 = ui::page::COUNTED_MOST as i64 + 1;

/// Procedures of one's departments that have a link of their own; more are found by narrowing the list.
const PROCEDURES_MOST: usize = 8;

/// The links at the side with how many wait behind each.
pub(crate) struct Side {
    groups: Vec<(String, Vec<Link>)>,
    /// The path of the link that the page belongs to.
    pub here: String,
}

struct Link {
    label: String,
    href: String,
    count: Option<i64>,
    urgency: Urgency,
}

impl Side {
    pub(super) fn navigation(&self) -> Vec<NavGroup<'_>> {
        self.groups
            .iter()
            .map(|(title, links)| NavGroup {
                title,
                items: links
                    .iter()
                    .map(|link| NavItem {
                        label: &link.label,
                        href: &link.href,
                        count: link.count.and_then(|count| u64::try_from(count).ok()),
                        urgency: link.urgency,
                    })
                    .collect(),
            })
            .collect()
    }
}

/// Reads the counts at the side.
pub(crate) fn side(tx: &Read<'_>, acting: &Acting<'_>, words: &Words, here: &str) -> Result<Side, Refused> {
    let side = Counted { tx, acting, say: Say { words, language: Language::Ja } };
    let mut groups = vec![side.mine()?, side.department()?, side.filters()?, side.counter(), side.looking()];
    groups.retain(|(_, links)| !links.is_empty());
    Ok(Side { groups, here: here.to_owned() })
}

struct Counted<'a, 't, 'c> {
    tx: &'a Read<'t>,
    acting: &'a Acting<'c>,
    say: Say<'a>,
}

impl Counted<'_, '_, '_> {
    fn title(&self, id: &str) -> String {
        self.say.text(id, &[])
    }

    fn plain(&self, id: &str, href: &str) -> Link {
        Link { label: self.title(id), href: href.to_owned(), count: None, urgency: Urgency::Calm }
    }

    fn counted(&self, name: &str, queue: &Queue, urgency: Urgency) -> Result<Link, StoreError> {
        let count = rows::inbox::count(self.tx, self.acting.staff, queue, &Narrow::default(), COUNTED_MOST)?;
        Ok(Link { label: self.title(&format!("desk-nav-{name}")), href: format!("/desk/cases?queue={name}"), count: Some(count), urgency })
    }

    fn mine(&self) -> Result<(String, Vec<Link>), StoreError> {
        let (staff, town) = (self.acting.staff, self.acting.town);
        let soon = town.closed.add_business_days(self.acting.today(), SOON_BUSINESS_DAYS);
        let mut links = vec![
            self.counted("mine", &Queue::Mine(staff.id), Urgency::Calm)?,
            self.counted("soon", &Queue::DueBy(soon), Urgency::Hot)?,
            self.counted("replied", &Queue::Replied, Urgency::Calm)?,
        ];
        // What only some people ever have stands at the side of those alone.
        let (own, stood_for) = (own_turns(staff, town), stand_in_turns(staff, town));
        if !own.is_empty() {
            links.push(self.counted("turn", &Queue::Turn(own.clone()), Urgency::Calm)?);
            links.push(self.counted("look-after", &Queue::LookAfter(own), Urgency::Calm)?);
        }
        if !stood_for.is_empty() {
            links.push(self.counted("stand-in", &Queue::Turn(stood_for), Urgency::Calm)?);
        }
        if access::grants::may_ever(staff, Act::Decide, RecordKind::Case) {
            let asked = self.counted("consulted", &Queue::Consulted(staff.departments()), Urgency::Calm)?;
            links.extend(Some(asked).filter(|link| link.count != Some(0)));
        }
        Ok((self.title("desk-nav-group-mine"), links))
    }

    fn department(&self) -> Result<(String, Vec<Link>), StoreError> {
        let (staff, town) = (self.acting.staff, self.acting.town);
        let departments = staff.departments();
        let title = match departments.iter().next().and_then(|id| town.departments.get(id)) {
            Some(department) if departments.len() == 1 => ui::words::ruby::plain(&department.name.ja),
            _ => self.title("desk-nav-group-department"),
        };
        let mut links = vec![
            self.counted("all", &Queue::All, Urgency::Calm)?,
            self.counted("unclaimed", &Queue::Unclaimed, Urgency::Calm)?,
            self.counted("reach", &Queue::ToReach, Urgency::Calm)?,
        ];
        let own = town.procedures.values().filter(|procedure| procedure.departments().any(|own| departments.contains(own)));
        let own: Vec<_> = own.take(PROCEDURES_MOST + 1).collect();
        if (2..=PROCEDURES_MOST).contains(&own.len()) {
            for procedure in own {
                let queue = Queue::Of(procedure.id.clone());
                links.push(Link {
                    label: ui::words::ruby::plain(&procedure.title.ja),
                    href: format!("/desk/cases?queue=all&procedure={}", procedure.id),
                    count: Some(rows::inbox::count(self.tx, staff, &queue, &Narrow::default(), COUNTED_MOST)?),
                    urgency: Urgency::Calm,
                });
            }
        }
        links.push(self.plain("desk-nav-ended", "/desk/cases?queue=ended"));
        Ok((title, links))
    }

    fn filters(&self) -> Result<(String, Vec<Link>), StoreError> {
        let kept = rows::marks::filters(self.tx, self.acting.staff.id)?;
        let link = |kept: rows::marks::Kept| Link {
            label: kept.name,
            href: format!("/desk/cases?{}", kept.asked),
            count: None,
            urgency: Urgency::Calm,
        };
        Ok((self.title("desk-nav-group-filters"), kept.into_iter().map(link).collect()))
    }

    fn counter(&self) -> (String, Vec<Link>) {
        let links = vec![self.plain("desk-nav-paper", "/desk/paper"), self.plain("desk-nav-caller", "/desk/caller")];
        (self.title("desk-nav-group-counter"), links)
    }

    fn looking(&self) -> (String, Vec<Link>) {
        let staff = self.acting.staff;
        let administers = |kind| access::may(staff, Act::Administer, &RecordAttributes::of_town(kind, Sensitivity::Ordinary)).is_some();
        let doors = [
            ("desk-nav-residents", "/desk/residents", access::grants::may_ever(staff, Act::Read, RecordKind::Resident)),
            ("desk-nav-registers", "/desk/registers", access::grants::may_ever(staff, Act::Read, RecordKind::Register)),
            ("desk-nav-definitions", "/desk/definitions", true),
            ("desk-nav-straight", "/desk/straight-through", super::straight::is_for(staff, self.acting.town)),
            ("desk-unfound-title", "/desk/unfound", administers(RecordKind::Definition)),
            ("desk-nav-dead-letters", "/desk/dead-letters", administers(RecordKind::Job)),
        ];
        let mut links: Vec<Link> = doors.into_iter().filter(|(_, _, open)| *open).map(|(id, href, _)| self.plain(id, href)).collect();
        links.extend(access::shell::desk_links(staff, self.acting.town, self.say).into_iter().map(|(label, href)| Link {
            label,
            href: href.to_owned(),
            count: None,
            urgency: Urgency::Calm,
        }));
        (self.title("desk-nav-group-look"), links)
    }
}

/// Roles that stand in some chain of decision.
fn deciding_roles(town: &Town) -> BTreeSet<&RoleId> {
    let steps = town.procedures.values().flat_map(|procedure| procedure.steps.values());
    steps.filter(|step| step.act == StepAct::Decide).flat_map(|step| &step.role).collect()
}

fn turns(staff: &Staff, town: &Town, held: impl Fn(&DepartmentId, &RoleId) -> bool) -> Vec<(DepartmentId, RoleId)> {
    let roles = deciding_roles(town);
    let departments = staff.departments();
    let pairs = departments.iter().flat_map(|department| roles.iter().map(move |role| (department, *role)));
    pairs.filter(|(department, role)| held(department, role)).map(|(department, role)| (department.clone(), role.clone())).collect()
}

/// In which departments I decide, and in which role.
pub(super) fn own_turns(staff: &Staff, town: &Town) -> Vec<(DepartmentId, RoleId)> {
    turns(staff, town, |department, role| staff.holds_role(department, role))
}

/// In whose place I may decide (代決).
pub(super) fn stand_in_turns(staff: &Staff, town: &Town) -> Vec<(DepartmentId, RoleId)> {
    turns(staff, town, |department, role| staff.stands_in_for(department, role) && !staff.holds_role(department, role))
}

/// The names of these members of staff.
pub(crate) fn names(tx: &Read<'_>, ids: impl IntoIterator<Item = StaffId>) -> Result<BTreeMap<StaffId, String>, StoreError> {
    let ids: BTreeSet<StaffId> = ids.into_iter().collect();
    let mut names = BTreeMap::new();
    for id in ids {
        if let Some(person) = access::staff::directory::by_id(tx, id)? {
            names.insert(id, person.name);
        }
    }
    Ok(names)
}
