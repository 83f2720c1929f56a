//! Rule files: any bytes are read, lowered, dumped and tested, or refused, without a panic and within bounds.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outsight::base::{Limits, SourceFile};
use outsight::dialect::native;

fuzz_target!(|text: &str| {
    let limits = Limits { rule_file: 64 << 10, rule_nodes: 2000, requests_per_rule: 50, ..Limits::default() };
    let loaded = native::load(&[SourceFile::new("fuzz/rule.yaml", text)], &limits);
    for diagnostic in &loaded.diagnostics.items {
        let _ = outsight::diagnostic::render_text(diagnostic, false);
        for label in &diagnostic.labels {
            assert!(label.span.end as usize <= label.source.text.len());
        }
    }
    for rule in loaded.rules {
        let _ = outsight::rule::dump(&rule);
        let compiled = outsight::compile::CompiledRule::alone(rule);
        let _ = outsight::verdict::testing::run_tests(&compiled);
    }
});
