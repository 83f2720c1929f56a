//! JSON Lines: one event a line, written and flushed as it happens.
//!
//! Invariant: whenever the process ends, what the file holds is whole lines. Must never import a folder above `score`.

use std::io::{self, Write};

use super::Format;
use crate::report::{Item, Report, encode, line};

/// JSON Lines.
pub(super) const FORMAT: Format = Format {
    name: "jsonl",
    media: "application/x-ndjson",
    summary: "one JSON object a line, as it happens; `--resume` reads it",
    open: |out, _| Box::new(JsonLines { out }),
};

struct JsonLines {
    out: Box<dyn Write + Send>,
}

impl Report for JsonLines {
    fn item(&mut self, item: Item<'_>) -> io::Result<()> {
        let line = match item {
            Item::Finding(finding, at) => line::line_of_note_or_finding(finding, at),
            Item::Verdict(verdict, at) => line::line_of_verdict(verdict, at),
            Item::Host(host, at) => line::line_of_host(host.report, host.score, at),
            Item::Summary(summary, at) => line::line_of_summary(summary, at),
        };
        let mut bytes = encode::to_line(&line)?;
        bytes.push(b'\n');
        self.out.write_all(&bytes)?;
        self.out.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
