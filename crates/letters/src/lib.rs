//! # 文書 Letters
//!
//! Letters and certificates as PDF, and how anyone verifies one.
