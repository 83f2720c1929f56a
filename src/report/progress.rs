//! The progress line on a terminal.
//!
//! Owns the counts behind it, the line, and the writer that hides it while a report is written. Takes events; draws on
//! standard error and nowhere else. Invariant: it never says more than is known: while targets are still being read the
//! number of hosts is "so far", and requests that depend on answers join the total when they are asked.
//! Must never import a folder above `score`.

use std::collections::HashMap;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::base::Origin;
use crate::finding::Event;
use crate::rule::Exposure;

/// The least time between two drawings.
const PACE: Duration = Duration::from_millis(100);

/// The progress of a run.
pub struct Progress {
    lines: MultiProgress,
    bar: ProgressBar,
    tally: Tally,
    drawn: Option<Instant>,
}

impl Progress {
    /// A line on standard error. The caller has checked that it is a terminal.
    pub fn on_terminal() -> Self {
        Self::on(ProgressDrawTarget::stderr())
    }

    fn on(target: ProgressDrawTarget) -> Self {
        let lines = MultiProgress::with_draw_target(target);
        let bar = lines.add(ProgressBar::no_length());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed} · {wide_msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(PACE);
        Self { lines, bar, tally: Tally::default(), drawn: None }
    }

    /// A writer that hides the line while `out` is written to, so that the two never mix on one terminal.
    pub fn around(&self, out: Box<dyn Write + Send>) -> Box<dyn Write + Send> {
        Box::new(Aside { lines: self.lines.clone(), out })
    }

    /// Counts an event and, now and then, draws.
    pub(super) fn event(&mut self, event: &Event) {
        self.tally.event(event);
        if self.drawn.is_none_or(|at| at.elapsed() >= PACE) {
            self.bar.set_message(self.tally.line());
            self.drawn = Some(Instant::now());
        }
    }

    /// Takes the line away.
    pub(super) fn finish(self) {
        self.bar.finish_and_clear();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Writes while the progress line is hidden.
struct Aside {
    lines: MultiProgress,
    out: Box<dyn Write + Send>,
}

impl Write for Aside {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lines.suspend(|| self.out.write(bytes))
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.lines.suspend(|| self.out.write_all(bytes).and_then(|()| self.out.flush()))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Requests of a host that is being scanned.
#[derive(Debug, Clone, Copy, Default)]
struct Requests {
    done: u64,
    planned: u64,
}

/// What is known so far. Bounded by the number of hosts that are scanned at once.
#[derive(Debug, Default)]
struct Tally {
    hosts_seen: u64,
    hosts_done: u64,
    hosts_in_all: Option<u64>,
    running: HashMap<Origin, Requests>,
    requests_of_done: u64,
    findings: u64,
}

impl Tally {
    fn event(&mut self, event: &Event) {
        match event {
            Event::TargetsRead { hosts } => self.hosts_in_all = Some(*hosts),
            Event::HostStarted { target, requests, .. } => {
                self.hosts_seen += 1;
                self.running.entry(target.clone()).or_default().planned = *requests;
            }
            Event::Requested { target, requests } => {
                self.running.entry(target.clone()).or_default().done += requests;
            }
            Event::Finding(finding, _) => self.findings += u64::from(finding.exposure == Exposure::Secret),
            Event::Host(report, _) => {
                self.running.remove(&report.target);
                self.hosts_done += 1;
                self.hosts_seen = self.hosts_seen.max(self.hosts_done);
                self.requests_of_done += report.requests;
            }
            Event::Verdict(_) | Event::Summary(..) | Event::InvalidTarget(_) => {}
        }
    }

    /// The line without its time.
    fn line(&self) -> String {
        let hosts = match self.hosts_in_all {
            Some(all) => format!("{} of {} hosts", self.hosts_done, all.max(self.hosts_seen)),
            None => format!("{} of {} hosts so far", self.hosts_done, self.hosts_seen),
        };
        let done = self.requests_of_done + self.running.values().map(|host| host.done).sum::<u64>();
        let planned =
            self.requests_of_done + self.running.values().map(|host| host.planned.max(host.done)).sum::<u64>();
        let findings = if self.findings == 1 { "finding" } else { "findings" };
        format!("{hosts} · {done} of {planned} requests · {} {findings}", self.findings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Scheme, Timestamp};
    use crate::finding::{CoverageRow, HostOutcome, HostReport};

    fn origin(host: &str) -> Origin {
        Origin::new(Scheme::Https, host, 443).expect("valid")
    }

    fn ended(host: &str, requests: u64) -> Event {
        let report = HostReport {
            target: origin(host),
            named: host.to_string(),
            outcome: HostOutcome::Complete,
            error: None,
            requests,
            bytes: 0,
            coverage: CoverageRow::default(),
            curated: CoverageRow::default(),
            not_checked: Default::default(),
            https: None,
            tls: None,
            profile: None,
            notes: Vec::new(),
            reading: None,
        };
        Event::Host(Box::new(report), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn totals_are_only_what_is_known() {
        let mut tally = Tally::default();
        for host in ["a", "b"] {
            tally.event(&Event::HostStarted { target: origin(host), planned: 40, requests: 10 });
        }
        for _ in 0..12 {
            tally.event(&Event::Requested { target: origin("a"), requests: 1 });
        }
        assert_eq!(tally.line(), "0 of 2 hosts so far · 12 of 22 requests · 0 findings");
        tally.event(&ended("a", 13));
        tally.event(&Event::TargetsRead { hosts: 5 });
        assert_eq!(tally.line(), "1 of 5 hosts · 13 of 23 requests · 0 findings");
        tally.event(&ended("c", 0));
        assert_eq!((tally.hosts_done, tally.running.len()), (2, 1));
    }

    #[test]
    fn the_writer_passes_everything_on() {
        let progress = Progress::on(ProgressDrawTarget::hidden());
        let (mut reader, writer) = io::pipe().expect("a pipe");
        let mut out = progress.around(Box::new(writer));
        out.write_all(b"one\n").and_then(|()| out.write_all(b"two\n")).expect("writes");
        let mut got = [0; 8];
        io::Read::read_exact(&mut reader, &mut got).expect("reads");
        assert_eq!(&got, b"one\ntwo\n");
        progress.finish();
    }
}
