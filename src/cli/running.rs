//! Running a scan from the command line: the runtime, Ctrl-C, and what its end means for the exit code.
//!
//! Nothing may import this file but `cli`.

use std::future::Future;

use tokio::runtime::Builder;

use super::context::Context;
use super::exit::{Exit, Failure};
use crate::app::network::value;
use crate::app::scan::{Ended, Prepared, Surroundings, scan};
use crate::app::settings::Layer;
use crate::diagnostic::{Blame, Diagnostic};
use crate::engine::{Control, EngineError, Stop};
use crate::finding::RunSummary;
use crate::target::Targets;

/// Runs a future to its end on a runtime of its own.
///
/// # Errors
/// Where the system gives no threads.
pub(super) fn block_on<T>(future: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = Builder::new_multi_thread().enable_all().build().map_err(|error| {
        let title = format!("the runtime cannot be started: {error}");
        Failure::from(Diagnostic::error("I0102", Blame::Network, title))
    })?;
    let result = runtime.block_on(future);
    // A thread that waits for standard input must not hold the program up.
    runtime.shutdown_background();
    Ok(result)
}

/// Scans, and says how it ended.
pub(super) async fn run_scan(
    prepared: Prepared,
    targets: Targets,
    settings: &Layer,
    surroundings: Surroundings<'_>,
    context: &Context,
) -> Result<Exit, Failure> {
    let (ended, stopped) = interruptible(|control| async move {
        let ended = scan(prepared, targets, settings, surroundings, control.clone()).await;
        (ended, control.stopped())
    })
    .await;
    let ended = ended?;
    for failure in &ended.failures {
        context.console.diagnostic(&Diagnostic::error("C0401", Blame::Configuration, failure.to_string()));
    }
    if let Ok(summary) = &ended.result {
        note_end(summary, context);
    }
    Ok(exit_of(&ended, stopped, settings, context))
}

/// Runs what can be stopped, and stops it on Ctrl-C.
pub(super) async fn interruptible<F: Future>(run: impl FnOnce(Control) -> F) -> F::Output {
    let control = Control::new();
    let interruption = tokio::spawn(obey_interrupts(control.clone()));
    let result = run(control).await;
    interruption.abort();
    result
}

/// The first Ctrl-C ends the scan in good order, the second at once.
async fn obey_interrupts(control: Control) {
    interrupted().await;
    control.stop(Stop::Interrupted);
    interrupted().await;
    std::process::exit(130);
}

/// Waits for Ctrl-C or, on Unix, for a termination signal.
pub(super) async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn note_end(summary: &RunSummary, context: &Context) {
    if summary.hosts.values().sum::<u64>() == 0 && summary.invalid_targets == 0 {
        context.console.note("nothing was scanned: there was no target left");
    }
}

fn exit_of(ended: &Ended, stopped: Option<Stop>, settings: &Layer, context: &Context) -> Exit {
    let gone_reader = ended.failures.is_empty() && stopped != Some(Stop::Interrupted);
    match &ended.result {
        Err(EngineError::Output(error)) if gone_reader && error.kind() == std::io::ErrorKind::BrokenPipe => {}
        Err(EngineError::Output(_)) if !ended.failures.is_empty() => return Exit::Usage,
        Err(error) => {
            let diagnostic = error.diagnostic();
            context.console.diagnostic(&diagnostic);
            return if diagnostic.blame == Blame::Outsight { Exit::Fault } else { Exit::Usage };
        }
        Ok(_) if stopped == Some(Stop::Interrupted) => return Exit::Interrupted,
        Ok(_) if !ended.failures.is_empty() => return Exit::Usage,
        Ok(_) => {}
    }
    let threshold = value(&settings.fail_on);
    if threshold.is_some_and(|threshold| ended.worst >= Some(threshold)) {
        Exit::Findings
    } else if ended.result.is_ok() && !ended.is_complete() {
        Exit::Incomplete
    } else {
        Exit::Done
    }
}
