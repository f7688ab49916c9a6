//! # 住民 Residents
//!
//! Residents and households as the desk may see them: a copy of the base system.
