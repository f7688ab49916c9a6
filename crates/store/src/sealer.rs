//! The sealer on PostgreSQL: gives committed lines and messages their numbers, in one order, without a gap.
//!
//! Many connections commit at once, and a number drawn early may commit late. So nothing is numbered by its writer. One sealer (of
//! all nodes: it holds an advisory lock) numbers what is committed, and stops before the oldest transaction that still runs: below
//! that, no line can appear any more. Followers that read up to a sealed position have seen everything before it.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use crate::{
    Read, StoreError, Write, journal, migrations::advisory_key, params, postgres_engine::Place, postgres_link::PostgresLink, tx::Link,
};

/// Followers of other nodes' commits look this often; a node's own commits ring the bell.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// While a transaction runs, the sealer looks again soon.
const LOOK_SOON: Duration = Duration::from_millis(15);

/// After a ring it lets this much gather: a look costs ten round trips, whether for one line or for hundreds.
const GATHER: Duration = Duration::from_millis(5);

/// Lines sealed in one transaction.
const BATCH_MAX: i64 = 2_000;

const OLDEST_RUNNING: &str = "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint";
const MARK: &str = "select value from store_mark where name = $1";
const SET_MARK: &str = "insert into store_mark (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value";
/// Uses store_entry_txid: only transactions since the last mark are looked at.
const UNSEALED: &str = "select serial, digest from store_entry e where txid >= $1 and txid < $2 \
    and not exists (select 1 from store_seal s where s.entry = e.serial) order by txid, serial limit $3";
const SEAL: &str = "insert into store_seal (position, entry, chain) values ($1, $2, $3)";
const UNNUMBERED: &str = "select serial from store_message m where txid >= $1 and txid < $2 \
    and not exists (select 1 from store_number n where n.message = m.serial) order by txid, serial limit $3";
const LAST_NUMBER: &str = "select coalesce(max(number), 0) from store_number";
const NUMBER: &str = "insert into store_number (number, message) values ($1, $2)";
const WAITING: &str = "select (select count(*) from store_entry where txid >= $1) + (select count(*) from store_message where txid >= $1)";

/// What one look did.
struct Look {
    position: i64,
    numbered: bool,
    /// Something committed or running is still to be sealed.
    more: bool,
}

/// Seals until the store closes, over a connection of its own.
pub(crate) fn follow(place: &Place, stopping: &AtomicBool) {
    let mut link = None;
    let mut seen = 0;
    loop {
        let last_look = stopping.load(Ordering::Acquire);
        let soon = match look(&mut link, place) {
            Ok(look) => {
                place.followers.announce(look.position);
                if look.numbered {
                    place.followers.hatch.ring();
                }
                look.more
            }
            Err(error) => {
                tracing::warn!(%error, "the sealer could not look; it connects again");
                link = None;
                false
            }
        };
        if last_look {
            return;
        }
        if soon {
            thread::sleep(LOOK_SOON);
        } else {
            place.followers.sealer.wait(&mut seen, LOOK_EVERY);
            thread::sleep(GATHER);
        }
    }
}

fn look(link: &mut Option<PostgresLink>, place: &Place) -> Result<Look, StoreError> {
    let link = match link {
        Some(link) => link,
        None => link.insert(PostgresLink::connect(&place.url, &place.schema)?),
    };
    // READ COMMITTED: the moment of the oldest running transaction is taken first, what is committed below it is read after.
    link.batch("begin isolation level read committed")?;
    let looked = {
        let tx = Write::new(Link::Postgres((&mut *link).into()), place.clock.now());
        seal(&tx, advisory_key(&place.schema, "sealer"))
    };
    link.batch(if looked.is_ok() { "commit" } else { "rollback" })?;
    looked
}

fn number(tx: &Read<'_>, sql: &str, params: &[crate::Param]) -> Result<i64, StoreError> {
    tx.first(sql, params)?.map_or(Ok(0), |row| row.get(0))
}

fn seal(tx: &Write<'_>, lock: i64) -> Result<Look, StoreError> {
    let got = tx.first("select pg_try_advisory_xact_lock($1)", params![lock])?.map_or(Ok(false), |row| row.get(0))?;
    if !got {
        // Another node seals just now; what it sealed is announced here at the next look.
        return Ok(Look { position: journal::head(tx)?.position, numbered: false, more: true });
    }
    let until = number(tx, OLDEST_RUNNING, params![])?;
    let since = number(tx, MARK, params!["sealed-below"])?;
    let mut head = journal::head(tx)?;
    let entries = tx.all(UNSEALED, params![since, until, BATCH_MAX])?;
    for row in &entries {
        let serial: i64 = row.get(0)?;
        head = head.link(&row.get::<Vec<u8>>(1)?);
        tx.run(SEAL, params![head.position, serial, head.chain])?;
    }
    let messages = tx.all(UNNUMBERED, params![since, until, BATCH_MAX])?;
    let last = if messages.is_empty() { 0 } else { number(tx, LAST_NUMBER, params![])? };
    for (row, number) in messages.iter().zip(last + 1..) {
        tx.run(NUMBER, params![number, row.get::<i64>(0)?])?;
    }
    let full = entries.len() as i64 == BATCH_MAX || messages.len() as i64 == BATCH_MAX;
    let done_something = !entries.is_empty() || !messages.is_empty();
    if done_something && !full {
        tx.run(SET_MARK, params!["sealed-below", until])?;
    }
    let more = full || number(tx, WAITING, params![until])? > 0;
    Ok(Look { position: head.position, numbered: !messages.is_empty(), more })
}
