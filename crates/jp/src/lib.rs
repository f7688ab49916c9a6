//! # 日本 Japan's public vocabulary
//!
//! What every counter in Japan takes for granted: how a year is named ([`era`]), when a person comes of age ([`age`]), which school year a
//! child is in ([`fiscal`]), on which days the town hall is shut ([`holiday`], [`calendar`]), when a limit ends ([`period`]), how a name
//! is written, read and found ([`name`], [`kana`], [`variant`]), where a house stands ([`address`], [`postal`]), which numbers can be
//! right at all ([`number`], [`phone`], [`bank`]).
//!
//! Pure: no I/O, no clock, no chance. The day comes in as a value. Every text that a person typed is *parsed*: it becomes a type that is
//! right by construction, or one error that says what is wrong. No parser panics, whatever it is given, and none looks at more than a
//! sensible length of it.
//!
//! What law leaves to each town (its closed days) or what is announced year by year (equinoxes, moved holidays) is data with a day of
//! effect, never a constant in a rule.

pub mod address;
pub mod age;
pub mod bank;
pub mod calendar;
pub mod era;
pub mod fiscal;
pub mod holiday;
pub mod kana;
pub mod name;
pub mod number;
pub mod period;
pub mod phone;
pub mod postal;
pub mod variant;

mod digits;
