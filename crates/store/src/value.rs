//! Values on their way into and out of statements: four kinds on both engines, and how Rust's types become them.

use jiff::{Timestamp, civil::Date};

use crate::StoreError;

/// A value bound to `$n`. Rooms write `params![id, now, due]`.
#[derive(Clone, Debug, PartialEq)]
pub enum Param {
    /// No value.
    Null,
    /// Whole numbers, yen, microseconds, and yes/no as 1/0.
    Int(i64),
    /// Text, days as `YYYY-MM-DD`, ids.
    Text(String),
    /// Bytes, such as sealed fields.
    Bytes(Vec<u8>),
}

/// One value of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// No value.
    Null,
    /// A whole number.
    Int(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Cell {
    fn name(&self) -> &'static str {
        match self {
            Cell::Null => "nothing",
            Cell::Int(_) => "a whole number",
            Cell::Text(_) => "text",
            Cell::Bytes(_) => "bytes",
        }
    }
}

/// A row that a statement found.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub(crate) cells: Vec<Cell>,
}

impl Row {
    /// The value of the column at `index`, counted from 0.
    ///
    /// # Errors
    /// When there is no such column, it holds another type, or nothing where `T` is not an `Option`.
    pub fn get<T: FromCell>(&self, index: usize) -> Result<T, StoreError> {
        let Some(cell) = self.cells.get(index) else {
            return Err(StoreError::Column { index, wanted: T::WANTED, found: "no such column" });
        };
        T::from_cell(cell).ok_or(StoreError::Column { index, wanted: T::WANTED, found: cell.name() })
    }

    /// All values in their order.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }
}

/// Types that a column can be read as.
pub trait FromCell: Sized {
    /// How the type is called in an error.
    const WANTED: &'static str;
    /// The value, when the cell holds one of this type.
    fn from_cell(cell: &Cell) -> Option<Self>;
}

impl FromCell for i64 {
    const WANTED: &'static str = "a whole number";
    fn from_cell(cell: &Cell) -> Option<i64> {
        match cell {
            Cell::Int(value) => Some(*value),
            _ => None,
        }
    }
}

impl FromCell for bool {
    const WANTED: &'static str = "0 or 1";
    fn from_cell(cell: &Cell) -> Option<bool> {
        match cell {
            Cell::Int(0) => Some(false),
            Cell::Int(1) => Some(true),
            _ => None,
        }
    }
}

impl FromCell for String {
    const WANTED: &'static str = "text";
    fn from_cell(cell: &Cell) -> Option<String> {
        match cell {
            Cell::Text(value) => Some(value.clone()),
            _ => None,
        }
    }
}

impl FromCell for Vec<u8> {
    const WANTED: &'static str = "bytes";
    fn from_cell(cell: &Cell) -> Option<Vec<u8>> {
        match cell {
            Cell::Bytes(value) => Some(value.clone()),
            _ => None,
        }
    }
}

/// Moments are stored as microseconds since 1970.
impl FromCell for Timestamp {
    const WANTED: &'static str = "a moment in microseconds";
    fn from_cell(cell: &Cell) -> Option<Timestamp> {
        match cell {
            Cell::Int(value) => Timestamp::from_microsecond(*value).ok(),
            _ => None,
        }
    }
}

/// Days are stored as `YYYY-MM-DD`.
impl FromCell for Date {
    const WANTED: &'static str = "a day as YYYY-MM-DD";
    fn from_cell(cell: &Cell) -> Option<Date> {
        match cell {
            Cell::Text(value) => value.parse().ok(),
            _ => None,
        }
    }
}

impl FromCell for uuid::Uuid {
    const WANTED: &'static str = "an id";
    fn from_cell(cell: &Cell) -> Option<uuid::Uuid> {
        match cell {
            Cell::Text(value) => value.parse().ok(),
            _ => None,
        }
    }
}

macro_rules! smaller_number {
    ($($number:ty),*) => {$(
        impl FromCell for $number {
            const WANTED: &'static str = concat!("a whole number that fits ", stringify!($number));
            fn from_cell(cell: &Cell) -> Option<$number> {
                i64::from_cell(cell)?.try_into().ok()
            }
        }
    )*};
}
smaller_number!(i16, i32, u8, u16, u32, u64, usize);

impl<T: FromCell> FromCell for Option<T> {
    const WANTED: &'static str = T::WANTED;
    fn from_cell(cell: &Cell) -> Option<Option<T>> {
        match cell {
            Cell::Null => Some(None),
            other => T::from_cell(other).map(Some),
        }
    }
}

macro_rules! into_param {
    ($($from:ty => |$value:ident| $made:expr;)*) => {$(
        impl From<$from> for Param {
            fn from($value: $from) -> Param {
                $made
            }
        }
    )*};
}
into_param! {
    i64 => |value| Param::Int(value);
    i32 => |value| Param::Int(value.into());
    i16 => |value| Param::Int(value.into());
    u32 => |value| Param::Int(value.into());
    u16 => |value| Param::Int(value.into());
    u8 => |value| Param::Int(value.into());
    bool => |value| Param::Int(value.into());
    &str => |value| Param::Text(value.to_owned());
    &&str => |value| Param::Text((*value).to_owned());
    String => |value| Param::Text(value);
    &String => |value| Param::Text(value.clone());
    std::borrow::Cow<'_, str> => |value| Param::Text(value.into_owned());
    Vec<u8> => |value| Param::Bytes(value);
    &[u8] => |value| Param::Bytes(value.to_vec());
    &Vec<u8> => |value| Param::Bytes(value.clone());
    Timestamp => |value| Param::Int(value.as_microsecond());
    Date => |value| Param::Text(value.to_string());
    uuid::Uuid => |value| Param::Text(value.to_string());
    &Param => |value| value.clone();
}

impl<const N: usize> From<[u8; N]> for Param {
    fn from(value: [u8; N]) -> Param {
        Param::Bytes(value.to_vec())
    }
}

impl<T: Into<Param>> From<Option<T>> for Param {
    fn from(value: Option<T>) -> Param {
        value.map_or(Param::Null, Into::into)
    }
}

impl From<&Cell> for Param {
    fn from(cell: &Cell) -> Param {
        match cell {
            Cell::Null => Param::Null,
            Cell::Int(value) => Param::Int(*value),
            Cell::Text(value) => Param::Text(value.clone()),
            Cell::Bytes(value) => Param::Bytes(value.clone()),
        }
    }
}

/// The values for `$1`, `$2`, … of a statement, in this order.
///
/// ```
/// # use store::{params, Param};
/// let bound: &[Param] = params!["佐藤花子", 12_i64, None::<String>];
/// assert_eq!(bound.len(), 3);
/// ```
#[macro_export]
macro_rules! params {
    () => { &[] as &[$crate::Param] };
    ($($value:expr),+ $(,)?) => { &[$($crate::Param::from($value)),+] as &[$crate::Param] };
}

/// PostgreSQL cannot hold a NUL in text; so neither engine does, or a town could never move from one to the other.
pub(crate) fn storable(params: &[Param]) -> Result<(), StoreError> {
    let nul = params.iter().any(|param| matches!(param, Param::Text(text) if text.contains('\0')));
    if nul { Err(StoreError::Unstorable("a text holds a NUL character")) } else { Ok(()) }
}
