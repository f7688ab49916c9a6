//! 支援措置 Protection of people in danger (住民基本台帳事務処理要領 第6の10): entered, extended and ended at the desk by those to whom it is granted
//! apart. It reaches all who live with the person, since one address protects none of them alone. From then on their record is guarded: whoever
//! has no grant for it does not find them, and whoever has sees no address without a reason. Past its last day it goes on until somebody has
//! ended it by hand.

use access::{Act, Authority, RecordAttributes, RecordKind, ResidentId, Staff, StaffId, looked};
use definitions::field::Sensitivity;
use jiff::{Timestamp, ToSpan, civil::Date};
use store::{Entry, Read, StoreError, Write, params};

use crate::{permitted, resident::Resident, rows};

const ADD: &str = "insert into protection (resident, turn, what, from_day, until_day, ground, staff, at) \
    select $1, coalesce(max(turn), 0) + 1, $2, $3, $4, $5, $6, $7 from protection where resident = $1";
const OF: &str = "select what, from_day, until_day, ground, staff, at from protection where resident = $1 order by turn limit 200";

/// Why somebody is protected, or no longer. Closed lists: the journal holds no words of people.
pub const GROUNDS: [&str; 4] = ["dv", "stalking", "child-abuse", "other"];

/// Why it ends.
pub const ENDINGS: [&str; 3] = ["asked", "not-extended", "mistake"];

/// What is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// 開始, on what the person asked and the police or the centre confirmed.
    Enter {
        /// From which day; not after today.
        from: Date,
        /// Its last day; at most a year after `from`.
        until: Date,
        /// One of [`GROUNDS`].
        ground: String,
    },
    /// 延長: by at most another year.
    Extend {
        /// Its new last day.
        until: Date,
        /// One of [`GROUNDS`].
        ground: String,
    },
    /// 終了.
    End {
        /// One of [`ENDINGS`].
        ground: String,
    },
}

impl Change {
    /// As it is stored, as the journal has it and as word ids end.
    pub fn code(&self) -> &'static str {
        match self {
            Change::Enter { .. } => "protected",
            Change::Extend { .. } => "protection-extended",
            Change::End { .. } => "protection-ended",
        }
    }
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// No such person, not theirs to know of, or not theirs to protect.
    #[error("no such person for this member of staff")]
    NotFound,
    /// Somebody changed it since the page was shown.
    #[error("changed meanwhile")]
    Changed,
    /// A day that is missing, past, too far ahead or in the wrong order.
    #[error("these days do not do")]
    Days,
    /// No ground was chosen, or an unknown one.
    #[error("a ground is due")]
    Ground,
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A line of how it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// [`Change::code`].
    pub what: String,
    /// From which day.
    pub from: Date,
    /// Its last day; none when it ended.
    pub until: Option<Date>,
    /// Why.
    pub ground: String,
    /// Who.
    pub staff: StaffId,
    /// When.
    pub at: Timestamp,
}

/// Whether this member of staff may protect people, and on what authority: correcting what is guarded as closely as a protected record. Whoever
/// could not see the person afterwards cannot protect them either.
pub fn may_protect(who: &Staff) -> Option<Authority> {
    access::may(who, Act::Correct, &RecordAttributes::of_town(RecordKind::Resident, Sensitivity::ChildWelfare))
}

/// The person and how their protection came, for who may protect. The look is recorded.
///
/// # Errors
/// [`Refused::NotFound`] for everybody else alike.
pub fn open(tx: &Write<'_>, who: &Staff, id: ResidentId) -> Result<(Resident, Vec<Line>), Refused> {
    let authority = may_protect(who).ok_or(Refused::NotFound)?;
    let person = permitted::resident(tx, who, id)?.ok_or(Refused::NotFound)?.into_record();
    looked::looked(tx, who, &authority, RecordKind::Resident, &id.to_string(), "protection")?;
    Ok((person, lines(tx, id)?))
}

fn lines(tx: &Read<'_>, id: ResidentId) -> Result<Vec<Line>, StoreError> {
    let day = |text: String| text.parse().map_err(|_| StoreError::damaged("protection.day"));
    tx.all(OF, params![id.to_string()])?
        .iter()
        .map(|row| {
            Ok(Line {
                what: row.get(0)?,
                from: day(row.get(1)?)?,
                until: row.get::<Option<String>>(2)?.map(day).transpose()?,
                ground: row.get(3)?,
                staff: row.get::<String>(4)?.parse().map_err(|_| StoreError::damaged("protection.staff"))?,
                at: row.get(5)?,
            })
        })
        .collect()
}

/// Enters, extends or ends the protection of a person and of whom they live with. `seen` is the last day that the page showed. Says whom it
/// reached.
///
/// # Errors
/// See [`Refused`]; nothing has changed then.
pub fn change(
    tx: &Write<'_>,
    who: &Staff,
    id: ResidentId,
    seen: Option<Date>,
    change: &Change,
    today: Date,
) -> Result<Vec<ResidentId>, Refused> {
    let authority = may_protect(who).ok_or(Refused::NotFound)?.to_string();
    let person = permitted::resident(tx, who, id)?.ok_or(Refused::NotFound)?.into_record();
    if person.protected_until != seen {
        return Err(Refused::Changed);
    }
    let (from, until, ground) = judged(change, person.protected_until, today)?;
    let entry = |id: ResidentId| Entry {
        actor: who.actor(),
        what: change.code(),
        kind: "resident",
        record: id.to_string(),
        authority: authority.clone(),
        why: ground.to_owned(),
    };
    let reached = rows::protect(tx, id, until, entry)?;
    for member in &reached {
        let row = params![
            member.to_string(),
            change.code(),
            from.to_string(),
            until.map(|day| day.to_string()),
            ground,
            who.id.to_string(),
            tx.now()
        ];
        tx.run(ADD, row)?;
    }
    Ok(reached)
}

/// The days and the ground, if they do: a year at a time, as the guideline has it, and never into the past.
fn judged(change: &Change, until_now: Option<Date>, today: Date) -> Result<(Date, Option<Date>, &str), Refused> {
    let known = |ground: &str, all: &[&'static str]| all.iter().find(|known| **known == ground).copied().ok_or(Refused::Ground);
    let within_a_year = |until: Date, from: Date| from.checked_add(1.year()).is_ok_and(|last| until <= last);
    match (change, until_now) {
        (Change::Enter { from, until, ground }, None) => {
            let ground = known(ground, &GROUNDS)?;
            let good = *from <= today && *until > today && within_a_year(*until, *from);
            if good { Ok((*from, Some(*until), ground)) } else { Err(Refused::Days) }
        }
        (Change::Extend { until, ground }, Some(now)) => {
            let ground = known(ground, &GROUNDS)?;
            let good = *until > now && *until > today && within_a_year(*until, now.max(today));
            if good { Ok((now, Some(*until), ground)) } else { Err(Refused::Days) }
        }
        (Change::End { ground }, Some(_)) => Ok((today, None, known(ground, &ENDINGS)?)),
        _ => Err(Refused::Changed),
    }
}
