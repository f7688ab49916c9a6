//! # だれが Who is acting
//!
//! Residents and staff, how they sign in, what each may do, and who looked at what.
