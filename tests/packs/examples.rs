//! The example rules of the format pass their tests, but for those that this version cannot run.

use std::path::Path;

use outsight::base::Limits;
use outsight::dialect::native::load;
use outsight::pack;

use super::test_all;

#[test]
fn their_tests_pass_unless_they_are_refused() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules/examples");
    let collected = pack::collect(&[folder.to_string_lossy().into_owned()], &Limits::default());
    let loaded = load(&collected.files, &Limits::default());
    assert_eq!(loaded.rules.len(), 16);
    let refused = |rule: &outsight::rule::Rule| rule.refused.as_ref().is_some_and(|refusal| !refusal.tests_run);
    let (refused, running): (Vec<_>, Vec<_>) = loaded.rules.into_iter().partition(refused);
    let (failed, skipped) = test_all(&running);
    assert!(failed.is_empty() && skipped.is_empty(), "{failed:#?}{skipped:#?}");
    let (failed, skipped) = test_all(&refused);
    let tests: usize = refused.iter().map(|rule| rule.tests.len()).sum();
    assert!(failed.is_empty() && skipped.len() == tests, "{failed:#?}{skipped:#?}");
}
