//! # 案件 Cases
//!
//! File, check, assign, correct, decide, tell.
