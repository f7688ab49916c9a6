//! # 定義 Definitions
//!
//! A town is a folder. What differs between two municipalities is data: procedures, departments, grants, letters, wording.
//! This room reads that folder, lays the municipality over the prefecture over the nation, finds every mistake at once
//! and gives the loaded result to all other rooms.

pub mod condition;
pub mod field;
pub mod ids;
pub mod procedure;
pub mod text;
