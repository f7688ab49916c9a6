//! 連携するプログラム: programs that somebody lets talk to the town hall.
//!
//! A program has a name, a department that answers for it, scopes (what it may do), procedures to which they are bound, and a last day. Staff who
//! look after the directory issue it; the secret is shown once and kept nowhere, only its digest. The desk keeps the list; what the residents'
//! side needs to let a program in (digest, scopes, procedures, last day, revocation) goes down through the hatch.
//!
//! A secret is 256 bits of chance behind the program's id (`yk_ID_SECRET`): the id finds the row, the digest is compared in a time that tells
//! nothing. A session's cookie never stands in for it.

mod hatch;
mod rows;

use std::{collections::BTreeSet, fmt, time::Duration};

use definitions::{
    field::Sensitivity,
    ids::{DepartmentId, ProcedureId},
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use store::{StoreError, Write, keys::Face};

pub use hatch::{desk_receivers, portal_receivers};
pub use rows::{all, by_id, issue, revoke};

use crate::{
    ProgramId,
    clock::day_in_japan,
    grants::{Act, Authority, RecordAttributes, RecordKind, may},
    staff::Staff,
    throttle::{self, Rate, Wait},
    token::{NoChance, Token, same},
};

/// Requests of one program: ten a second for a minute, then as many as come back.
pub const REQUESTS: Rate = Rate { most: 600, per: Duration::from_secs(60) };

/// No secret lives longer than this: two fiscal years and a bit, as contracts do.
pub const DAYS_MAX: i32 = 800;

/// Longest name.
pub const NAME_CHARACTERS_MAX: usize = 80;

/// What stands before each secret, so that scanners of source code find one that was published by mistake.
const PREFIX: &str = "yk";

/// One thing that a program may do. What anybody may read (procedures and their schemas) needs none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Portal: begin, fill in, read and throw away its own drafts, with their documents.
    DraftsWrite,
    /// Portal: file.
    CasesFile,
    /// Portal: see where the cases stand that it filed.
    CasesReadOwn,
    /// Portal: write on its cases, correct and withdraw them.
    CorrespondenceWrite,
    /// Desk: fetch decided cases with their answers.
    CasesDecidedRead,
    /// Desk: bring results of a system behind.
    ResultsWrite,
}

impl Scope {
    /// All of them, as they are offered.
    pub const ALL: [Scope; 6] = [
        Scope::DraftsWrite,
        Scope::CasesFile,
        Scope::CasesReadOwn,
        Scope::CorrespondenceWrite,
        Scope::CasesDecidedRead,
        Scope::ResultsWrite,
    ];

    /// As it is written: `drafts:write`.
    pub fn code(self) -> &'static str {
        match self {
            Scope::DraftsWrite => "drafts:write",
            Scope::CasesFile => "cases:file",
            Scope::CasesReadOwn => "cases:read-own",
            Scope::CorrespondenceWrite => "correspondence:write",
            Scope::CasesDecidedRead => "cases:decided-read",
            Scope::ResultsWrite => "results:write",
        }
    }

    /// The scope that [`Scope::code`] names.
    pub fn from_code(code: &str) -> Option<Scope> {
        Scope::ALL.into_iter().find(|scope| scope.code() == code)
    }

    /// The face on which it opens something.
    pub fn face(self) -> Face {
        match self {
            Scope::CasesDecidedRead | Scope::ResultsWrite => Face::Desk,
            _ => Face::Portal,
        }
    }
}

/// A program as staff see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its id.
    pub id: ProgramId,
    /// What staff call it.
    pub name: String,
    /// The department that answers for it.
    pub department: DepartmentId,
    /// What it may do.
    pub scopes: BTreeSet<Scope>,
    /// With which procedures; none named: with all, where its scopes are the portal's. At the desk each is named.
    pub procedures: BTreeSet<ProcedureId>,
    /// The last day on which it is let in.
    pub ends_on: Date,
    /// Who issued it.
    pub issued_by: String,
    /// When.
    pub issued_at: Timestamp,
    /// Since when it is let in no more.
    pub revoked_at: Option<Timestamp>,
    /// When it was last let in, to a few minutes; on the residents' side to a day.
    pub used_at: Option<Timestamp>,
}

/// Why a program is not issued as it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotIssued {
    /// It has no name, or a long one.
    #[error("a name of 1 to {NAME_CHARACTERS_MAX} characters")]
    Name,
    /// It may do nothing.
    #[error("no scope")]
    NoScope,
    /// A scope of the desk without a named procedure.
    #[error("a scope of the desk is bound to named procedures")]
    Unbound,
    /// Its last day has passed or lies too far.
    #[error("a last day from today to {DAYS_MAX} days from now")]
    LastDay,
}

impl Program {
    /// Whether it may be issued like this today.
    ///
    /// # Errors
    /// See [`NotIssued`].
    pub fn check(&self, today: Date) -> Result<(), NotIssued> {
        let characters = self.name.trim().chars().count();
        if characters == 0 || characters > NAME_CHARACTERS_MAX || self.name.contains(char::is_control) {
            return Err(NotIssued::Name);
        }
        if self.scopes.is_empty() {
            return Err(NotIssued::NoScope);
        }
        if self.procedures.is_empty() && self.scopes.iter().any(|scope| scope.face() == Face::Desk) {
            return Err(NotIssued::Unbound);
        }
        let latest = today.saturating_add(jiff::Span::new().days(DAYS_MAX));
        if self.ends_on < today || self.ends_on > latest { Err(NotIssued::LastDay) } else { Ok(()) }
    }

    /// Whether it would be let in on a day.
    pub fn is_live(&self, today: Date) -> bool {
        self.revoked_at.is_none() && today <= self.ends_on
    }
}

/// The secret of a program: whoever holds it is the program.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    id: ProgramId,
    token: Token,
}

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn draw(id: ProgramId) -> Result<Secret, NoChance> {
        Ok(Secret { id, token: Token::draw()? })
    }

    /// What an `Authorization: Bearer` header carries; `None` for anything else.
    pub fn read(text: &str) -> Option<Secret> {
        let mut parts = text.splitn(3, '_');
        let (prefix, id, token) = (parts.next()?, parts.next()?, parts.next()?);
        if prefix != PREFIX || id.len() != 32 {
            return None;
        }
        Some(Secret { id: id.parse().ok()?, token: Token::read(token)? })
    }

    /// As its holder keeps it. It is shown once.
    pub fn shown(&self) -> String {
        format!("{PREFIX}_{}_{}", self.id.uuid().simple(), self.token.shown())
    }

    /// Whose it says to be.
    pub fn id(&self) -> ProgramId {
        self.id
    }

    pub(crate) fn mark(&self) -> String {
        self.token.digest()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({}, …)", self.id)
    }
}

/// A program that was let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admitted {
    /// Which.
    pub id: ProgramId,
    /// What it may do on this face.
    pub scopes: BTreeSet<Scope>,
    /// With which procedures; none named: with all.
    pub procedures: BTreeSet<ProcedureId>,
}

impl Admitted {
    /// Whether it may do this at all.
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }

    /// Whether this procedure is within its bounds.
    pub fn reaches(&self, procedure: &ProcedureId) -> bool {
        self.procedures.is_empty() || self.procedures.contains(procedure)
    }

    /// How it is called in the journal, and whose its drafts are.
    pub fn actor(&self) -> String {
        format!("program:{}", self.id)
    }
}

/// Why a program is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAdmitted {
    /// No such secret: never issued, mistyped, of another town.
    Unknown,
    /// Its last day has passed.
    Expired,
    /// Staff took it back.
    Revoked,
    /// Too many requests in a short time.
    TooMany(Wait),
}

/// Lets a program in: its secret is right, it has neither ended nor been revoked, and it does not ask too often. Notes that it came.
///
/// # Errors
/// When the store fails. Why it is not let in is the inner error.
pub fn admit(tx: &Write<'_>, face: Face, secret: &Secret, now: Timestamp) -> Result<Result<Admitted, NotAdmitted>, StoreError> {
    let Some(known) = rows::known(tx, secret.id)? else { return Ok(Err(NotAdmitted::Unknown)) };
    if !same(known.mark.as_bytes(), secret.mark().as_bytes()) {
        return Ok(Err(NotAdmitted::Unknown));
    }
    if known.revoked_at.is_some() {
        return Ok(Err(NotAdmitted::Revoked));
    }
    if day_in_japan(now) > known.ends_on {
        return Ok(Err(NotAdmitted::Expired));
    }
    if let Err(wait) = throttle::take(tx, "program", &secret.id.to_string(), REQUESTS, now)? {
        return Ok(Err(NotAdmitted::TooMany(wait)));
    }
    rows::came(tx, face, &known, now)?;
    let scopes = known.admitted.scopes.iter().copied().filter(|scope| scope.face() == face).collect();
    Ok(Ok(Admitted { scopes, ..known.admitted }))
}

/// Whether this person may issue and revoke programs: who looks after the directory of people looks after that of programs.
pub fn may_administer(who: &Staff) -> Option<Authority> {
    may(who, Act::Administer, &RecordAttributes::of_town(RecordKind::Staff, Sensitivity::Ordinary))
}
