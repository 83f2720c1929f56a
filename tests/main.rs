//! All integration tests of the project in one binary, so that linking stays cheap.
//!
//! Modules are named after what they hold the project to. Invariant: nothing here needs a network beyond loopback.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot set itself up should stop there")]
#![expect(clippy::disallowed_methods, reason = "the tests read their own files and their own programs' output")]

mod architecture;
mod cli;
mod dsl;
mod goldens;
mod hostile;
mod native;
mod nuclei;
mod packs;
mod report;
mod secrets;
mod supply;
mod survey;
mod templates;
mod tls;
mod verdict;
