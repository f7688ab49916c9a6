//! # お知らせ Messages
//!
//! Notices on my page and by mail, and what became of each.
