//! What the program prints to.
//!
//! Invariant: standard output carries data only; colours appear only on a terminal that wants them. What goes to standard
//! error is never an error itself: nobody would be left to tell. Nothing may import this file but `cli`.

use std::io::{self, BufWriter, IsTerminal as _, StdoutLock, Write as _};

use crate::app::outputs::Screen;
use crate::diagnostic::{Diagnostic, Diagnostics, render_text};

/// Standard output and standard error, and what they may look like.
pub(super) struct Console {
    /// Whether standard output is coloured.
    pub color: bool,
    color_errors: bool,
    quiet: bool,
    /// Whether to say more.
    pub verbose: bool,
}

impl Console {
    /// A console before anything is known about it.
    pub fn plain() -> Self {
        Self { color: false, color_errors: false, quiet: false, verbose: false }
    }

    /// A console; `variable` looks up the environment.
    pub fn new(plain: bool, quiet: bool, verbose: bool, variable: impl Fn(&str) -> Option<String>) -> Self {
        let refused = plain
            || variable("NO_COLOR").is_some_and(|value| !value.is_empty())
            || variable("TERM").is_some_and(|term| term == "dumb");
        let colors = |terminal: bool| terminal && !refused;
        Self {
            color: colors(io::stdout().is_terminal()),
            color_errors: colors(io::stderr().is_terminal()),
            quiet,
            verbose,
        }
    }

    /// Standard output, buffered; flush it at the end.
    pub fn out(&self) -> BufWriter<StdoutLock<'static>> {
        BufWriter::new(io::stdout().lock())
    }

    /// Prints what is wrong; warnings only unless quiet.
    pub fn diagnostics(&self, diagnostics: &Diagnostics) {
        diagnostics.items.iter().filter(|item| item.is_error() || !self.quiet).for_each(|item| self.diagnostic(item));
    }

    /// Prints one diagnostic.
    pub fn diagnostic(&self, diagnostic: &Diagnostic) {
        let _ = writeln!(io::stderr().lock(), "{}", render_text(diagnostic, self.color_errors));
    }

    /// Prints a word for people, unless quiet.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            let _ = writeln!(io::stderr().lock(), "{text}");
        }
    }

    /// What standard output is like.
    pub fn screen(&self) -> Screen {
        let terminal = terminal_size::terminal_size_of(io::stdout());
        Screen {
            width: terminal.map_or(100, |(width, _)| usize::from(width.0)).clamp(60, 120),
            color: self.color,
            color_errors: self.color_errors,
            progress: !self.quiet && io::stderr().is_terminal(),
        }
    }
}
