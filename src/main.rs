//! The entry point: hands arguments and environment over to the command line.

use std::process::ExitCode;

/// Thousands of rules are many small pieces of memory, made and freed by all threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let readable = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    outsight::cli::main(std::env::args_os(), std::env::vars_os().filter_map(readable).collect())
}
