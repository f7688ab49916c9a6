//! # 見た目 The design system
//!
//! How the town hall looks and speaks, for residents and staff. Everything is HTML from the server that works without a script, by
//! keyboard, at 360 px, in print and in three languages; scripts only make it better.
//!
//! - [`words`]: what is said, as Fluent files with furigana.
//! - [`page`]: the shells: [`page::PortalPage`] for residents, [`page::DeskPage`] for staff.
//! - [`parts`]: what pages are made of, from the button to the chart.
//! - [`field`]: questions: each kind of field as a shape, with its label, help, errors and what was typed.
//! - [`assets`]: the sheet and the scripts, served by digest. [`colour`]: the key colours of towns.
//! - [`gallery`]: every part and every kind in every state on one page, which a browser with axe visits.
//!
//! A part takes what it shows as values and gives [`maud::Markup`]. It knows nothing of routes, sessions or stores; what is absent here by
//! intent is inline style and inline script, which the content security policy of the server forbids.

pub mod assets;
pub mod colour;
pub mod field;
pub mod gallery;
pub mod page;
pub mod parts;
pub mod words;
