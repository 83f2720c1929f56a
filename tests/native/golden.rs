//! Files in, diagnostics and rules out: `tests/golden/native/NAME.in` and `.out`.
//!
//! An input is one rule, or several files, each after a line `=== path`. The output is every diagnostic as people see
//! it, then every rule as text.

use outsight::base::Limits;
use outsight::diagnostic::render_text;
use outsight::dialect::native::load;
use outsight::rule::dump;

use crate::goldens::{files, hold_each};

#[test]
fn every_input_gives_its_output() {
    hold_each("tests/golden/native", run);
}

fn run(given: &str) -> String {
    let loaded = load(&files(given, "rule.yaml"), &Limits::default());
    let mut text: String =
        loaded.diagnostics.items.iter().map(|item| format!("{}\n", render_text(item, false))).collect();
    text.extend(loaded.rules.iter().map(dump));
    text
}
