//! Templates in, diagnostics and rules out: `tests/golden/nuclei/NAME.in` and `.out`.
//!
//! An input is one template, or several, each after a line `=== path`; parts whose path ends in `.txt` are payload
//! files. The output is every diagnostic as people see it, then every rule as text.

use std::sync::Arc;

use outsight::base::{Limits, SourceFile};
use outsight::diagnostic::render_text;
use outsight::dialect::nuclei::{PayloadError, PayloadFiles, load};
use outsight::rule::dump;

use crate::goldens::{files, hold_each};

struct Files(Vec<SourceFile>);

impl PayloadFiles for Files {
    fn read(&self, path: &str) -> Result<Arc<str>, PayloadError> {
        let found = self.0.iter().find(|file| &*file.name == path);
        found.map(|file| Arc::clone(&file.text)).ok_or(PayloadError::Missing)
    }
}

#[test]
fn every_template_gives_its_output() {
    hold_each("tests/golden/nuclei", run);
}

fn run(given: &str) -> String {
    let (lists, templates): (Vec<_>, Vec<_>) =
        files(given, "template.yaml").into_iter().partition(|file| file.name.ends_with(".txt"));
    let (payloads, limits) = (Files(lists), Limits::default());
    let mut text = String::new();
    for template in templates {
        let loaded = load(&template, &payloads, &limits);
        text.extend(loaded.diagnostics.items.iter().map(|item| format!("{}\n", render_text(item, false))));
        text.extend(loaded.rule.as_ref().map(dump));
    }
    text
}
