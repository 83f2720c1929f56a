//! The report for people: host by host, the worst first, and what to do about it.
//!
//! Prints a host when it is done and the totals at the end; keeps counts only. Invariant: everything that came from a
//! target or a rule passes an encoder of `Untrusted`, and the same events give the same bytes.
//! Must never import a folder above `score`.

mod finding;
mod host;
mod page;
mod sum;
mod tls;
mod totals;

use std::io::{self, Write};

use super::Format;
use crate::report::{Item, Report, ReportOptions};
use page::Page;
use totals::Totals;

/// Text.
pub(super) const FORMAT: Format = Format {
    name: "text",
    media: "text/plain; charset=utf-8",
    summary: "for people: findings by host with evidence, fix and score",
    open: |out, options| Box::new(Text { out, options, totals: Totals::default() }),
};

struct Text {
    out: Box<dyn Write + Send>,
    options: ReportOptions,
    totals: Totals,
}

impl Text {
    fn page(&self) -> Page {
        Page::new(self.options.width, self.options.colour)
    }

    /// One write a block, so that a progress line is hidden once.
    fn print(&mut self, page: Page) -> io::Result<()> {
        self.out.write_all(page.into_text().as_bytes())?;
        self.out.flush()
    }
}

impl Report for Text {
    fn item(&mut self, item: Item<'_>) -> io::Result<()> {
        match item {
            Item::Finding(..) | Item::Verdict(..) => Ok(()),
            Item::Host(host, _) => {
                self.totals.add(host);
                let mut page = self.page();
                host::render(&mut page, host, self.options.verbose);
                self.print(page)
            }
            Item::Summary(summary, _) => {
                let mut page = self.page();
                totals::render(&mut page, &self.totals, summary);
                self.print(page)
            }
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
