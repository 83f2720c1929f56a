//! The entry point: hands over to the command line.
fn main() {}
