//! The binary: one town hall as one program.

fn main() {}
