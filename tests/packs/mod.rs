//! The rules that are shipped, and the example rules of the format: right, complete, affordable, and quiet where there is
//! nothing to say.

mod apps;
mod community;
mod content;
mod cors;
mod examples;
mod files;
mod headers;
mod leakage;
mod quiet;
mod secrets;
mod site;

pub use site::each_request;

use std::sync::{Arc, LazyLock};

use outsight::base::{Limits, SourceFile};
use outsight::compile::Program;
use outsight::diagnostic::render_text;
use outsight::dialect::native::{Loaded, load};
use outsight::engine::Settings;
use outsight::pack;
use outsight::rule::Rule;
use outsight::target::ScopeBuilder;
use outsight::verdict::testing::{TestOutcome, run_tests};

/// The files of all built-in packs.
fn shipped_files() -> Vec<SourceFile> {
    let collected = pack::collect(&[], &Limits::default());
    assert!(collected.diagnostics.items.is_empty(), "{:?}", collected.diagnostics);
    collected.files
}

/// All built-in rules; that they load without a word is a test of its own.
fn shipped() -> &'static [Rule] {
    static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| load(&shipped_files(), &Limits::default()).rules);
    &RULES
}

fn program() -> Arc<Program> {
    static PROGRAM: LazyLock<Arc<Program>> = LazyLock::new(|| Arc::new(Program::compile(shipped().to_vec())));
    Arc::clone(&PROGRAM)
}

/// Settings for loopback: no pacing, the same random labels every time.
fn settings() -> Settings {
    let mut settings = Settings::new(ScopeBuilder::new().build());
    settings.per_host_rate = 0.0;
    settings.seed = Some(7);
    settings
}

fn complaints(loaded: &Loaded) -> String {
    loaded.diagnostics.items.iter().map(|item| render_text(item, false)).collect()
}

/// Tests of these rules that failed, and those that did not run, in words.
fn test_all(rules: &[Rule]) -> (Vec<String>, Vec<String>) {
    let (mut failed, mut skipped) = (Vec::new(), Vec::new());
    for rule in rules {
        let compiled = outsight::compile::CompiledRule::alone(rule.clone());
        for report in run_tests(&compiled) {
            let name = format!("{} > {}", rule.id, report.name);
            match report.outcome {
                TestOutcome::Passed => {}
                TestOutcome::Failed { expected, got, .. } => failed.push(format!("{name}: {expected}, got {got}")),
                TestOutcome::Skipped(why) => skipped.push(format!("{name}: {why}")),
            }
        }
    }
    (failed, skipped)
}
