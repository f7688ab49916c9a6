//! SQL of both faces. Every statement is the same on both engines.

pub(crate) mod desk;
pub(crate) mod inbox;
pub(crate) mod marks;
pub(crate) mod portal;
pub(crate) mod sheets;
pub(crate) mod straight;
pub(crate) mod uploads;

use definitions::procedure::{Procedure, Version};
use store::{Read, StoreError, Write, params};

use crate::sealed::{from_json, to_json};

const KEEP_PROCEDURE: &str = "insert into case_procedure (version, procedure, body) values ($1, $2, $3) on conflict (version) do nothing";
const KEPT: &str = "select 1 from case_procedure where version = $1";
const PROCEDURE: &str = "select body from case_procedure where version = $1";

/// Keeps a procedure as it is now, by its version: what was filed under it is shown and worked under it for ever.
pub(crate) fn keep_procedure(tx: &Write<'_>, procedure: &Procedure) -> Result<(), StoreError> {
    if tx.first(KEPT, params![procedure.version.0.clone()])?.is_none() {
        tx.run(KEEP_PROCEDURE, params![procedure.version.0.clone(), procedure.id.to_string(), to_json(procedure)?])?;
    }
    Ok(())
}

/// The procedure of a version, as it was kept.
pub(crate) fn procedure(tx: &Read<'_>, version: &Version) -> Result<Option<Procedure>, StoreError> {
    tx.first(PROCEDURE, params![version.0.clone()])?.map(|row| from_json(&row.get::<String>(0)?, "case_procedure.body")).transpose()
}
