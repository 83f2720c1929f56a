//! Truth trees as text: each condition, its truth, what was found.
//!
//! Nothing may import this file but `cli`.

use std::io::{self, Write};

use crate::base::{Truth, Untrusted};
use crate::verdict::Trace;

/// The deepest level that is printed.
const DEPTH: usize = 40;
/// The most characters of a found value on a line.
const FOUND: usize = 100;

/// Prints a tree, two spaces a level.
pub(super) fn print_trace(out: &mut impl Write, trace: &Trace, level: usize, color: bool) -> io::Result<()> {
    let (mark, code) = match trace.truth {
        Truth::True => ("true", "32"),
        Truth::False => ("false", "31"),
        Truth::Unknown(_) => ("unknown", "33"),
    };
    let mark = if color { format!("\x1b[{code}m{mark:7}\x1b[0m") } else { format!("{mark:7}") };
    let text = Untrusted(&trace.text).terminal();
    let found = trace.found.as_ref().map(|found| format!(" — found {}", Untrusted(found).terminal_short(FOUND)));
    let why = match trace.truth {
        Truth::Unknown(reason) if trace.children.is_empty() => format!(" ({})", reason.name()),
        _ => String::new(),
    };
    writeln!(out, "{:indent$}{mark} {text}{}{why}", "", found.unwrap_or_default(), indent = level * 2)?;
    if level < DEPTH {
        for child in &trace.children {
            print_trace(out, child, level + 1, color)?;
        }
    }
    Ok(())
}
