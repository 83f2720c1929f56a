//! A scan from settings to its end.
//!
//! Takes settings, targets and what the screen is like; reads rules, opens outputs, runs the engine. Invariant: all that
//! can be wrong without traffic is found before any, and what was found is written whatever ends the scan.
//! Must never import `cli`.

use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::base::{Category, Limits, Severity};
use crate::compile::Program;
use crate::diagnostic::{Blame, Diagnostic, Diagnostics, render_text};
use crate::engine::{self, Completed, Control, EngineError};
use crate::finding::{Event, HostOutcome, RunSummary, Sink};
use crate::report::{OutputFailure, ReportOptions, Reports};
use crate::rule::Exposure;
use crate::score::ScoreOptions;
use crate::target::{Target, Targets};

use super::network::{engine_settings, value};
use super::oob::Oob;
use super::outputs::{Opened, Screen, open_outputs};
use super::rules::{Selected, rules_to_scan};
use super::settings::Layer;

/// A stream of targets, or of what is wrong with them.
type TargetStream = Box<dyn Iterator<Item = Result<Target, Diagnostic>> + Send>;

/// Rules and settings of a scan, checked.
#[derive(Debug)]
pub struct Prepared {
    /// All selected rules.
    pub program: Arc<Program>,
    /// What the engine is told.
    pub engine: engine::Settings,
    /// What is not quite right.
    pub warnings: Diagnostics,
    /// What is worth knowing.
    pub notes: Vec<String>,
}

/// Reads rules and settings; touches no output and no network.
///
/// # Errors
/// Everything that is wrong with them.
pub fn prepare(settings: &Layer) -> Result<Prepared, Diagnostics> {
    let rules = rules_to_scan(settings, &Limits::default());
    match (rules, engine_settings(settings)) {
        (Ok(Selected { rules, warnings, notes }), Ok(engine)) => {
            Ok(Prepared { program: Arc::new(Program::compile(rules)), engine, warnings, notes })
        }
        (rules, engine) => {
            let mut wrong = rules.err().unwrap_or_default();
            wrong.extend(engine.err().unwrap_or_default());
            Err(wrong)
        }
    }
}

/// How a scan ended.
#[derive(Debug)]
pub struct Ended {
    /// The engine's word.
    pub result: Result<RunSummary, EngineError>,
    /// Outputs that could not be written to the end.
    pub failures: Vec<OutputFailure>,
    /// The worst finding.
    pub worst: Option<Severity>,
}

impl Ended {
    /// Whether every host was scanned completely.
    pub fn is_complete(&self) -> bool {
        self.result.as_ref().is_ok_and(|summary| {
            let incomplete =
                summary.hosts.iter().any(|(name, count)| *name != HostOutcome::Complete.name() && *count > 0);
            !incomplete && summary.invalid_targets == 0 && !summary.interrupted
        })
    }
}

/// Opens the outputs and scans. Targets that cannot be read are told on standard error, as they come.
///
/// # Errors
/// Outputs that cannot be opened, or an earlier output that cannot be read; nothing was sent then.
pub async fn scan(
    prepared: Prepared,
    targets: Targets,
    settings: &Layer,
    surroundings: Surroundings<'_>,
    control: Control,
) -> Result<Ended, Diagnostics> {
    let Surroundings { screen, resume } = surroundings;
    let Prepared { program, mut engine, .. } = prepared;
    let oob = Oob::start(settings, &engine).await.map_err(|error| Diagnostics { items: vec![error] })?;
    engine.mailbox = oob.as_ref().map(|oob| Arc::clone(oob.mailbox()));
    let targets = without_completed(targets, resume)?;
    let options = ReportOptions {
        verbose: value(&settings.verbose).unwrap_or(false),
        verdicts: engine.verdicts,
        score: ScoreOptions {
            community: value(&settings.score_community).unwrap_or(false),
            https: judges_transport(&program),
        },
        clock: engine.clock,
        ..ReportOptions::default()
    };
    let Opened { reports, errors } = open_outputs(settings, options, screen, resume)?;
    let state = Arc::new(Mutex::new(State { reports: Some(reports), worst: None }));
    let sink = Watched { state: Arc::clone(&state), errors, color: screen.color_errors };
    let result = engine::scan(program, targets, engine, Box::new(sink), control).await;
    if let Some(oob) = oob {
        oob.stop().await;
    }
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    let failures = state.reports.take().map(Reports::finish).unwrap_or_default();
    Ok(Ended { result, failures, worst: state.worst })
}

/// What surrounds a scan.
pub struct Surroundings<'a> {
    /// What standard output is like.
    pub screen: Screen,
    /// The output of an interrupted run, to go on with.
    pub resume: Option<&'a Path>,
}

/// Whether rules that establish HTTPS and its certificate are among those that run.
fn judges_transport(program: &Program) -> bool {
    let transport = [Category::Tls, Category::Transport];
    program
        .rules()
        .iter()
        .any(|compiled| transport.contains(&compiled.rule.meta.category) && compiled.rule.refused.is_none())
}

fn without_completed(targets: Targets, resume: Option<&Path>) -> Result<TargetStream, Diagnostics> {
    let Some(path) = resume else { return Ok(Box::new(targets)) };
    let completed = File::open(path).and_then(|file| Completed::read(BufReader::new(file)));
    match completed {
        Ok(completed) => {
            Ok(Box::new(targets.filter(move |target| !target.as_ref().is_ok_and(|target| completed.covers(target)))))
        }
        Err(error) => {
            let title = format!("cannot read the output to resume, `{}`: {error}", path.display());
            let help = "--resume takes the JSON Lines output of an earlier run";
            Err(Diagnostics { items: vec![Diagnostic::error("C0404", Blame::Configuration, title).help(help)] })
        }
    }
}

struct State {
    reports: Option<Reports>,
    worst: Option<Severity>,
}

/// The reports, watched for the worst finding and for targets that cannot be read.
struct Watched {
    state: Arc<Mutex<State>>,
    errors: Box<dyn Write + Send>,
    color: bool,
}

impl Sink for Watched {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Finding(finding, _) if finding.exposure == Exposure::Secret => {
                state.worst = state.worst.max(Some(finding.severity));
            }
            // A complaint that nobody can read is no reason to end the scan.
            Event::InvalidTarget(problem) => drop(writeln!(self.errors, "{}", render_text(problem, self.color))),
            _ => {}
        }
        state.reports.as_mut().map_or(Ok(()), |reports| reports.event(event))
    }
}
