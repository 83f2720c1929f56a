//! The engine against servers on loopback, their requests recorded byte for byte; and the faults that tests inject.

mod accounting;
mod endpoints;
mod flow;
mod health;
mod plans;
mod profile;
mod restraint;
mod rules;
mod server;
mod sharing;
mod streams;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{Control, EngineError, Settings, scan};
use crate::compile::Program;
use crate::finding::{Event, HostReport, Outcome, RunSummary, Sink, Verdict};
use crate::rule::Rule;
use crate::target::{ScopeBuilder, Targets};

/// Faults that tests inject.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// The verdict at this place of each host's book is lost.
    pub drop_verdict: Option<usize>,
}

impl Faults {
    /// Whether the verdict at this place is lost.
    pub fn drops(&self, place: usize) -> bool {
        self.drop_verdict == Some(place)
    }
}

/// Panics where a rule or a target is named for it.
pub fn strike(name: &str) {
    assert!(!name.contains("panicking"), "{name}");
}

/// Settings for loopback: no pacing, every verdict told, times that even a busy machine keeps.
fn settings() -> Settings {
    let mut settings = Settings::new(ScopeBuilder::new().build());
    settings.per_host_rate = 0.0;
    settings.verdicts = true;
    settings.seed = Some(7);
    settings
}

/// The same with short times, for servers that never answer.
fn impatient() -> Settings {
    let mut settings = settings();
    settings.limits.connect = Duration::from_millis(500);
    settings.limits.response_head = Duration::from_millis(300);
    settings.limits.exchange = Duration::from_millis(400);
    settings
}

/// What a scan gave.
struct Scanned {
    result: Result<RunSummary, EngineError>,
    events: Vec<Event>,
}

impl Scanned {
    fn summary(&self) -> &RunSummary {
        self.result.as_ref().expect("the run ends well")
    }

    fn hosts(&self) -> Vec<&HostReport> {
        self.events.iter().filter_map(|e| if let Event::Host(report, _) = e { Some(&**report) } else { None }).collect()
    }

    fn host(&self) -> &HostReport {
        self.hosts().first().expect("a host was scanned")
    }

    fn verdicts(&self) -> Vec<&Verdict> {
        self.events.iter().filter_map(|e| if let Event::Verdict(verdict) = e { Some(verdict) } else { None }).collect()
    }

    /// The outcome of a rule, of which there must be one.
    fn outcome(&self, rule: &str) -> Outcome {
        let all: Vec<_> = self.verdicts().into_iter().filter(|verdict| &*verdict.rule == rule).collect();
        assert_eq!(all.len(), 1, "{rule} has one verdict");
        all[0].outcome
    }

    /// Rule and fingerprint of every finding, sorted.
    fn findings(&self) -> Vec<(String, String)> {
        let of = |event: &Event| match event {
            Event::Finding(finding, _) => Some((finding.rule.to_string(), finding.fingerprint.clone())),
            _ => None,
        };
        let mut all: Vec<_> = self.events.iter().filter_map(of).collect();
        all.sort();
        all
    }
}

/// Keeps every event.
#[derive(Clone, Default)]
struct Keep(Arc<Mutex<Vec<Event>>>);

impl Keep {
    fn events(&self) -> Vec<Event> {
        self.0.lock().expect("not poisoned").clone()
    }
}

impl Sink for Keep {
    fn event(&mut self, event: &Event) -> std::io::Result<()> {
        self.0.lock().expect("not poisoned").push(event.clone());
        Ok(())
    }
}

async fn scan_all(rules: Vec<Rule>, words: &[String], settings: Settings) -> Scanned {
    scan_with(rules, words, settings, Control::new()).await
}

async fn scan_with(rules: Vec<Rule>, words: &[String], settings: Settings, control: Control) -> Scanned {
    let keep = Keep::default();
    let program = Arc::new(Program::compile(rules));
    let targets = Targets::new().words(words);
    let result = scan(program, targets, settings, Box::new(keep.clone()), control).await;
    Scanned { result, events: keep.events() }
}
