//! # The server
//!
//! Towns by host name, faces, security headers, live events; mounts each room's pages.
