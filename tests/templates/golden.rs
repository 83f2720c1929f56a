//! Templates in, diagnostics and rules out: `tests/golden/nuclei/NAME.in` and `.out`.
//!
//! An input is one template, or several, each after a line `=== path`; parts whose path ends in `.txt` are payload
//! files. The output is every diagnostic as people see it, then every rule as text.

use std::sync::Arc;

use outsight::base::{Limits, SourceFile};
use outsight::diagnostic::render_text;
use outsight::dialect::nuclei::{PayloadError, PayloadFiles, load};
use outsight::rule::dump;

struct Files(Vec<SourceFile>);

impl PayloadFiles for Files {
    fn read(&self, path: &str) -> Result<Arc<str>, PayloadError> {
        let found = self.0.iter().find(|file| &*file.name == path);
        found.map(|file| Arc::clone(&file.text)).ok_or(PayloadError::Missing)
    }
}

#[test]
fn every_template_gives_its_output() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/nuclei");
    let entries = std::fs::read_dir(folder).expect("the goldens are there");
    let paths = entries.map(|entry| entry.expect("a readable entry").path());
    let mut inputs: Vec<_> = paths.filter(|path| path.extension().is_some_and(|name| name == "in")).collect();
    inputs.sort();
    assert!(!inputs.is_empty());
    let mut wrong = Vec::new();
    for input in inputs {
        let text = run(&std::fs::read_to_string(&input).expect("a readable input"));
        let output = input.with_extension("out");
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
    let (files, templates): (Vec<_>, Vec<_>) = split(given).into_iter().partition(|file| file.name.ends_with(".txt"));
    let (files, limits) = (Files(files), Limits::default());
    let mut text = String::new();
    for template in templates {
        let loaded = load(&template, &files, &limits);
        text.extend(loaded.diagnostics.items.iter().map(|item| format!("{}\n", render_text(item, false))));
        text.extend(loaded.rule.as_ref().map(dump));
    }
    text
}

fn split(given: &str) -> Vec<SourceFile> {
    if !given.starts_with("=== ") {
        return vec![SourceFile::new("template.yaml", given)];
    }
    let part = |part: &str| {
        let (name, text) = part.split_once('\n').expect("a name and a text");
        SourceFile::new(name.trim(), text)
    };
    given.strip_prefix("=== ").into_iter().flat_map(|given| given.split("\n=== ")).map(part).collect()
}
