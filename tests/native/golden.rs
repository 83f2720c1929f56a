//! Files in, diagnostics and rules out: `tests/golden/native/NAME.in` and `.out`.
//!
//! An input is one rule, or several files, each after a line `=== path`. The output is every diagnostic as people see
//! it, then every rule as text.

use outsight::base::{Limits, SourceFile};
use outsight::diagnostic::render_text;
use outsight::dialect::native::load;
use outsight::rule::dump;

use super::folder;

#[test]
fn every_input_gives_its_output() {
    let mut inputs: Vec<_> = std::fs::read_dir(folder("tests/golden/native"))
        .expect("the goldens are there")
        .map(|entry| entry.expect("a readable entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "in"))
        .collect();
    inputs.sort();
    assert!(!inputs.is_empty());
    let mut wrong = Vec::new();
    for input in inputs {
        let given = std::fs::read_to_string(&input).expect("a readable input");
        let output = input.with_extension("out");
        let text = run(&given);
        if std::env::var_os("OUTSIGHT_BLESS").is_some() {
            std::fs::write(&output, &text).expect("the golden is writable");
        }
        let stored = std::fs::read_to_string(&output).unwrap_or_default();
        if stored != text {
            let line = stored.lines().zip(text.lines()).position(|(one, other)| one != other);
            let line = line.unwrap_or_else(|| stored.lines().count().min(text.lines().count()));
            let (was, is) = (stored.lines().nth(line), text.lines().nth(line));
            wrong.push(format!("{}:{}\n  stored: {was:?}\n     now: {is:?}", output.display(), line + 1));
        }
    }
    assert!(wrong.is_empty(), "if this is meant, run with OUTSIGHT_BLESS=1:\n{}", wrong.join("\n"));
}

fn run(given: &str) -> String {
    let loaded = load(&split(given), &Limits::default());
    let mut text: String =
        loaded.diagnostics.items.iter().map(|item| format!("{}\n", render_text(item, false))).collect();
    text.extend(loaded.rules.iter().map(dump));
    text
}

fn split(given: &str) -> Vec<SourceFile> {
    if !given.starts_with("=== ") {
        return vec![SourceFile::new("rule.yaml", given)];
    }
    let part = |part: &str| {
        let (name, text) = part.split_once('\n').expect("a name and a text");
        SourceFile::new(name.trim(), text)
    };
    given.strip_prefix("=== ").into_iter().flat_map(|given| given.split("\n=== ")).map(part).collect()
}
