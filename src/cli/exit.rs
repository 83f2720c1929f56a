//! How the program ends.
//!
//! Invariant: the codes are a contract (design §9); an expected error has one, so that only bugs have others.
//! Nothing may import this file but `cli`.

use std::io;
use std::process::ExitCode;

use super::console::Console;
use crate::diagnostic::{Blame, Diagnostic, Diagnostics};

/// The documented exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: done, nothing at or over `--fail-on`.
    Done,
    /// 1: findings at or over `--fail-on`; for `test`, tests that failed.
    Findings,
    /// 2: usage, configuration or rule error.
    Usage,
    /// 3: some host is not complete.
    Incomplete,
    /// 70: a fault of Outsight itself.
    Fault,
    /// 130: interrupted; what was found was written.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Findings => 1,
            Exit::Usage => 2,
            Exit::Incomplete => 3,
            Exit::Fault => 70,
            Exit::Interrupted => 130,
        })
    }
}

/// Why a command could not do what it was asked for.
pub(super) enum Failure {
    /// Errors for people.
    Told(Diagnostics),
    /// Standard output could not be written.
    Output(io::Error),
}

impl Failure {
    /// Prints the failure and gives the exit code. A reader that went away is no failure.
    pub fn report(self, console: &Console) -> Exit {
        match self {
            Self::Told(diagnostics) => {
                console.diagnostics(&diagnostics);
                Exit::Usage
            }
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Done,
            Self::Output(error) => {
                let title = format!("cannot write to standard output: {error}");
                console.diagnostic(&Diagnostic::error("C0401", Blame::Configuration, title));
                Exit::Usage
            }
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<Diagnostics> for Failure {
    fn from(diagnostics: Diagnostics) -> Self {
        Self::Told(diagnostics)
    }
}

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Told(Diagnostics { items: vec![diagnostic] })
    }
}
