//! The page on community packs, held to the code that it speaks of; conversion, tried on the pack where it lies beside the
//! project. The comparison with nuclei itself is a command: `tests/nuclei/compare.py`.

use std::fs;
use std::path::Path;

use outsight::app::convert::convert;
use outsight::app::testing::{Tally, test_rules};
use outsight::base::{Limits, SourceFile};
use outsight::dialect::native;
use outsight::dialect::nuclei::{NoFiles, REFUSALS, load};

#[test]
fn the_page_has_every_code_of_refusal_with_its_reason() {
    let page = fs::read_to_string("docs/nuclei-compat.md").expect("the page");
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| `")).collect();
    for why in REFUSALS {
        let row = format!("| `{}` | {} |", why.code, why.reason);
        assert!(rows.contains(&row.as_str()), "docs/nuclei-compat.md lacks\n{row}");
    }
    let codes = rows.iter().filter(|row| row.matches('|').count() == 3).count();
    assert_eq!(codes, REFUSALS.len(), "docs/nuclei-compat.md has a code that is none");
}

#[test]
fn a_sample_of_the_pack_converts_into_rules_whose_tests_pass() {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/nuclei-templates/http/exposures/configs");
    let Ok(entries) = fs::read_dir(&folder) else { return };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let (limits, mut good, mut all) = (Limits::default(), 0, 0);
    for path in paths.iter().step_by(4) {
        let text = fs::read_to_string(path).expect("a template");
        let loaded = load(&SourceFile::new(path.display().to_string(), text), &NoFiles, &limits);
        let Some(rule) = loaded.rule else { continue };
        all += 1;
        match convert(&rule) {
            Ok(text) => {
                good += 1;
                let native = native::load(&[SourceFile::new("converted.yaml", text.as_str())], &limits);
                assert!(!native.diagnostics.has_errors() && native.rules.len() == 1, "{text}");
                let tally = Tally::of(&test_rules(native.rules, false));
                assert!(tally.is_good() && tally.passed == 2, "{text}");
            }
            Err(why) => assert!(!why.is_empty(), "{}", rule.id),
        }
    }
    assert!(all > 10 && good * 2 > all, "{good} of {all}");
}
