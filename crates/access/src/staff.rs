//! # 職員 Staff
//!
//! A person who works for the town. Their *posts* (職) say in which department they hold which role, from a day until a day; someone
//! with two posts (兼務) signs in once and holds both. A post ends with the fiscal year unless it says otherwise, so rights that nobody
//! renewed end by themselves on 31 March. What grants make of the posts is worked out at each request from the town's folder as it is
//! today: a department that the folder no longer knows gives nothing.

pub mod absence;
pub mod directory;
pub mod factor;
pub mod leaving;
pub mod password;
pub mod session;
mod sign_in;

pub use directory::{NewStaff, add, add_post, set_up_code};
pub use leaving::{Farewell, Leaving, leave, leave_who_is_due};
pub(crate) use sign_in::begin_signed_in;
pub use sign_in::{NotSetUp, Refused, SetUp, SettingUp, SignInForm, set_credentials};

use std::collections::BTreeSet;

use definitions::{
    ids::{DepartmentId, RoleId},
    town::Town,
};
use jiff::civil::Date;

use crate::{
    StaffId,
    grants::{Power, Powers},
    session::SessionId,
};

/// 職: a role in a department for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// 所属.
    pub department: DepartmentId,
    /// 役職・役割.
    pub role: RoleId,
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Date,
}

impl Post {
    /// Whether it is held on `day`; both ends count.
    pub fn is_held_on(&self, day: Date) -> bool {
        (self.from..=self.until).contains(&day)
    }
}

/// 31 March of the fiscal year (地方自治法208条: 1 April to 31 March) in which `day` lies: when a post ends unless it says otherwise.
pub fn end_of_fiscal_year(day: Date) -> Date {
    let year = if day.month() >= 4 { day.year() + 1 } else { day.year() };
    Date::new(year, 3, 31).unwrap_or(Date::MAX)
}

/// Who is acting at the desk: a member of staff who has signed in, with what they hold today.
#[derive(Clone, Debug)]
pub struct Staff {
    /// Their id, in journals and as assignee.
    pub id: StaffId,
    /// 氏名.
    pub name: String,
    /// ログインID.
    pub login: String,
    /// The posts that they hold today and the town knows.
    pub posts: Vec<Post>,
    /// What the grants make of them.
    pub powers: Powers,
    /// The session; its digest, not its secret.
    pub session: SessionId,
    /// The token that each form carries.
    pub csrf: String,
    reach: Vec<(RoleId, BTreeSet<DepartmentId>)>,
    stands_in: Vec<(RoleId, BTreeSet<DepartmentId>)>,
}

impl Staff {
    /// A person with these posts, as the town's folder sees them on `today`.
    pub fn new(who: &directory::Listed, posts: &[Post], town: &Town, today: Date, session: SessionId, csrf: String) -> Staff {
        let posts: Vec<Post> = posts
            .iter()
            .filter(|post| post.is_held_on(today) && town.departments.contains_key(&post.department) && town.roles.contains_key(&post.role))
            .cloned()
            .collect();
        let powers = posts.iter().flat_map(|post| held_through(post, town, today)).collect();
        let reach = posts.iter().map(|post| (post.role.clone(), below(town, post))).collect();
        let stands_in = posts
            .iter()
            .flat_map(|post| {
                let stood_for = town.roles.iter().filter(|(_, role)| role.stand_in.as_ref() == Some(&post.role));
                stood_for.map(|(id, _)| (id.clone(), below(town, post)))
            })
            .collect();
        Staff { id: who.id, name: who.name.clone(), login: who.login.clone(), posts, powers, session, csrf, reach, stands_in }
    }

    /// The departments of my posts and those under them, each once: what an inbox begins with.
    pub fn departments(&self) -> BTreeSet<DepartmentId> {
        self.reach.iter().flat_map(|(_, departments)| departments).cloned().collect()
    }

    /// The roles for whose holders I may stand in (代決), each with the departments for which.
    pub fn stood_for(&self) -> impl Iterator<Item = (&RoleId, &BTreeSet<DepartmentId>)> {
        self.stands_in.iter().map(|(role, departments)| (role, departments))
    }

    /// See [`holds_role`].
    pub fn holds_role(&self, department: &DepartmentId, role: &RoleId) -> bool {
        holds_role(self, department, role)
    }

    /// See [`stands_in_for`].
    pub fn stands_in_for(&self, department: &DepartmentId, role: &RoleId) -> bool {
        stands_in_for(self, department, role)
    }

    /// How the journal names them.
    pub fn actor(&self) -> String {
        format!("staff:{}", self.id)
    }
}

/// Whether this person holds the role for the department today, there or in a department above it: a place in the chain of decision.
pub fn holds_role(who: &Staff, department: &DepartmentId, role: &RoleId) -> bool {
    who.reach.iter().any(|(held, departments)| held == role && departments.contains(department))
}

/// 代決: whether this person may decide in place of the role's holder, as the folder says in `stand_in:`. What was decided so is shown
/// to the holder afterwards (後閲).
pub fn stands_in_for(who: &Staff, department: &DepartmentId, role: &RoleId) -> bool {
    who.stands_in.iter().any(|(stood_for, departments)| stood_for == role && departments.contains(department))
}

/// The grants that a post holds today. A grant whose condition no query can carry grants nothing; `check` reports it.
fn held_through<'t>(post: &'t Post, town: &'t Town, today: Date) -> impl Iterator<Item = Power> + 't {
    town.grants.iter().filter_map(move |grant| Power::held(grant, post, town, today))
}

fn below(town: &Town, post: &Post) -> BTreeSet<DepartmentId> {
    town.departments_below(&post.department).into_iter().cloned().collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_post_ends_with_the_fiscal_year_in_which_it_began() {
        assert_eq!(end_of_fiscal_year(date(2026, 4, 1)), date(2027, 3, 31));
        assert_eq!(end_of_fiscal_year(date(2026, 3, 31)), date(2026, 3, 31));
        assert_eq!(end_of_fiscal_year(date(2026, 12, 31)), date(2027, 3, 31));
    }

    #[test]
    fn both_ends_of_a_post_count() {
        let post =
            Post { department: "tax".parse().unwrap(), role: "clerk".parse().unwrap(), from: date(2026, 4, 1), until: date(2027, 3, 31) };
        assert!(post.is_held_on(date(2026, 4, 1)) && post.is_held_on(date(2027, 3, 31)));
        assert!(!post.is_held_on(date(2026, 3, 31)) && !post.is_held_on(date(2027, 4, 1)));
    }
}
