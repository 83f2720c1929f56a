//! `outsight test --watch`: test again whatever is saved.
//!
//! Nothing may import this file but `cli`.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::context::Context;
use super::exit::{Exit, Failure};
use super::testing::{print_reports, print_summary};
use super::words::count;
use crate::app::settings::Layer;
use crate::app::testing::test_rules;
use crate::base::{Limits, Untrusted};
use crate::diagnostic::{Blame, Diagnostic};
use crate::reload::{Reloaded, Session, Watch};

/// How long one wait for a change lasts; only a bound, there is another wait after it.
const WAIT: Duration = Duration::from_secs(3600);

/// Tests everything, then whatever changes, until the program is ended.
pub(super) fn run(settings: &Layer, mutate: bool, context: &Context) -> Result<Exit, Failure> {
    let wanted = settings.rules.as_ref().map(|set| set.value.clone()).unwrap_or_default();
    let paths: Vec<PathBuf> = wanted.iter().map(PathBuf::from).filter(|path| path.exists()).collect();
    if paths.is_empty() {
        let error = Diagnostic::error("C0207", Blame::Configuration, "there is nothing to watch");
        return Err(error.help("name the files or folders to watch: `outsight test --watch rules/`").into());
    }
    let watch = Watch::start(&paths).map_err(|error| Failure::from(*error))?;
    let mut session = Session::new(wanted, Limits::default());
    loop {
        let started = Instant::now();
        if let Some(reloaded) = session.refresh() {
            report(reloaded, mutate, context)?;
            let took = started.elapsed().as_secs_f64() * 1000.0;
            let rules = count(session.rules(), "rule");
            context.console.note(&format!("{rules} in force; took {took:.0} ms, watching"));
        }
        while !watch.wait(WAIT) {}
    }
}

fn report(reloaded: Reloaded, mutate: bool, context: &Context) -> Result<(), Failure> {
    let short = |name: &str| {
        let name = Path::new(name).file_name().map_or(name.into(), |name| name.to_string_lossy());
        Untrusted(name.as_bytes()).terminal()
    };
    for name in &reloaded.removed {
        context.console.note(&format!("{} is gone", short(name)));
    }
    context.console.diagnostics(&reloaded.diagnostics);
    for name in &reloaded.kept {
        context.console.note(&format!("{} is broken; its last good version stays in force", short(name)));
    }
    let reports = test_rules(reloaded.rules, mutate);
    print_reports(&reports, context)?;
    print_summary(&reports, mutate, context)
}
