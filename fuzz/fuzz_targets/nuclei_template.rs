//! Community templates: any bytes are read, lowered and dumped, or refused, without a panic and within bounds.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use outsight::base::{Limits, SourceFile};
use outsight::dialect::nuclei::{PayloadError, PayloadFiles, load};

/// A pack with one payload file.
struct Files;

impl PayloadFiles for Files {
    fn read(&self, path: &str) -> Result<Arc<str>, PayloadError> {
        assert!(!path.contains(".."), "a path leads out of the pack");
        if path == "helpers/a.txt" { Ok("one\ntwo\n".into()) } else { Err(PayloadError::Missing) }
    }
}

fuzz_target!(|text: &str| {
    let limits = Limits { rule_file: 64 << 10, rule_nodes: 2000, requests_per_rule: 50, ..Limits::default() };
    let loaded = load(&SourceFile::new("fuzz/template.yaml", text), &Files, &limits);
    for diagnostic in &loaded.diagnostics.items {
        let _ = outsight::diagnostic::render_text(diagnostic, false);
        for label in &diagnostic.labels {
            assert!(label.span.end as usize <= label.source.text.len());
        }
    }
    assert!(loaded.rule.is_some() || loaded.diagnostics.has_errors(), "a template is lost without a word");
    if let Some(rule) = loaded.rule {
        let _ = (rule.tier(), outsight::rule::dump(&rule));
    }
});
