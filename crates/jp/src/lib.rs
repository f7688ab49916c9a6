//! # 日本 Japan's public vocabulary
//!
//! Eras, ages, fiscal years, holidays, legal periods, kana, names, addresses, numbers with check digits, banks. Pure: no I/O, no clock.
