//! The entry point: hands arguments and environment over to the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    let readable = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    outsight::cli::main(std::env::args_os(), std::env::vars_os().filter_map(readable).collect())
}
