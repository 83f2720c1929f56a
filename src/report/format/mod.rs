//! The registry of report formats: one file or folder each, one line here.
//!
//! Invariant: names are unique, and what is listed here is what help, `-f` and `-o` know.
//! Must never import a folder above `score`.

mod json;
mod jsonl;
mod nuclei_jsonl;
mod text;

use std::io::Write;

use super::{Report, ReportOptions};

/// Every format, in the order in which help lists them.
pub const FORMATS: &[Format] = &[text::FORMAT, json::FORMAT, jsonl::FORMAT, nuclei_jsonl::FORMAT];

/// One way to write a report.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// The name that `-f` and `-o` take.
    pub name: &'static str,
    /// The media type of what it writes.
    pub media: &'static str,
    /// One line for help.
    pub summary: &'static str,
    /// Makes a report that writes to `out`.
    pub open: fn(out: Box<dyn Write + Send>, options: ReportOptions) -> Box<dyn Report>,
}

impl Format {
    /// The format of that name.
    pub fn parse(name: &str) -> Option<&'static Self> {
        FORMATS.iter().find(|format| format.name == name)
    }
}
