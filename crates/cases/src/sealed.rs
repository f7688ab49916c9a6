//! What people answered is stored sealed under the town's key: a stolen disk or backup shows when cases came, not what is in them.
//! What lists search by stands beside it in columns of its own.

use serde::{Serialize, de::DeserializeOwned};
use store::{StoreError, keys::Keys};

/// Seals a value for a column. `purpose` names the column, so that a value moved elsewhere does not open.
pub(crate) fn seal<T: Serialize>(keys: &Keys, purpose: &'static str, value: &T) -> Result<Vec<u8>, StoreError> {
    let plain = serde_json::to_vec(value).map_err(|_| StoreError::damaged("a value that has no JSON"))?;
    keys.seal(purpose, &plain)
}

/// Opens what [`seal`] made.
pub(crate) fn unseal<T: DeserializeOwned>(keys: &Keys, purpose: &'static str, sealed: &[u8]) -> Result<T, StoreError> {
    let plain = keys.unseal(purpose, sealed).map_err(|_| StoreError::damaged(purpose))?;
    serde_json::from_slice(&plain).map_err(|_| StoreError::damaged(purpose))
}

/// A value in clear JSON, for columns that hold nothing of a person.
pub(crate) fn to_json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::damaged("a value that has no JSON"))
}

/// Reads a clear JSON column.
pub(crate) fn from_json<T: DeserializeOwned>(text: &str, column: &'static str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::damaged(column))
}

/// Reads a stored text back into its type; what cannot be read is damage and says which column.
pub(crate) fn column<T: std::str::FromStr>(row: &store::Row, at: usize, name: &'static str) -> Result<T, StoreError> {
    row.get::<String>(at)?.parse().map_err(|_| StoreError::damaged(name))
}
