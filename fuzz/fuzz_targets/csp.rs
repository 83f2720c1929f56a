//! Content security policies: any bytes parse, each policy keeps to its bounds, and a header's list is its members.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outsight::base::Value;
use outsight::predicate::views::csp::policies;

fn length(policy: &Value, field: &str) -> usize {
    match policy.field(field) {
        Some(Value::List(items)) => items.len(),
        Some(Value::Map(fields)) => fields.len(),
        _ => 0,
    }
}

fuzz_target!(|text: &[u8]| {
    for source in ["header", "meta"] {
        for policy in policies(&[text], source) {
            assert!((1..=256).contains(&length(&policy, "directives")));
            assert!(length(&policy, "problems") <= 64);
            assert!(length(&policy, "unknown") + length(&policy, "deprecated") <= length(&policy, "directives"));
        }
    }
    let members: Vec<&[u8]> = text.split(|byte| *byte == b',').collect();
    assert_eq!(policies(&members, "header"), policies(&[text], "header"));
});
