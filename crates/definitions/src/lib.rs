//! # 定義 Definitions
//!
//! A town is a folder. What differs between two municipalities is data: procedures, registers, departments, grants, letters,
//! wording. This room reads that folder, lays the municipality over the prefecture over the nation, finds every mistake at
//! once, and gives the loaded result, a [`town::Town`], to all other rooms.
//!
//! A folder goes through four doors. [`sources`] fetches the files. [`read`] makes of each a tree in which every scalar is text
//! that knows its file, line and column. [`overlay`] lays the trees of the folders over each other, key by key. [`lower`] makes
//! typed values of the merged tree, by the table in [`keys`] that is also the published schema. What a town's author got wrong
//! on the way is a list of [`problem::Problem`]s, never the first one alone.
//!
//! Towns that lie over the same folders share what is the same in them by a [`library`].
//!
//! [`check`](mod@check) goes further: it walks the examples that stand beside the rules, and bends every condition a little to see whether an
//! example would notice. [`form`] is the one evaluation of a form, for every channel.
//!
//! For authors there is more: [`outline`] begins a procedure, [`check::trial`] tries one, [`overlay::changes`] tells what a folder changes of
//! what lies below it, [`inventory`] how much of the country's count of procedures a town covers, and [`graph`] which procedures were copied.

pub mod town;

pub mod authority;
pub mod branches;
pub mod cast;
pub mod department;
pub mod field;
pub mod grant;
pub mod ids;
pub mod inventory;
pub mod letter;
pub mod mapping;
pub mod message;
pub mod procedure;
pub mod register;
pub mod round;
pub mod text;
pub mod words;

pub mod answer;
pub mod condition;
pub mod decimal;
pub mod facts;
pub mod form;
pub mod graph;
pub mod kinds;
pub mod pattern;
pub mod place;
pub mod typed;

pub mod check;
pub mod keys;
pub mod library;
pub mod lower;
pub mod outline;
pub mod overlay;
pub mod postal;
pub mod problem;
pub mod read;
pub mod schema;
pub mod sources;
pub mod values;
pub mod version;
