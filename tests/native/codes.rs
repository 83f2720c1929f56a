//! The registry of diagnostic codes and the sources agree.

use outsight::diagnostic::CODES;

use super::{files, folder};

#[test]
fn every_code_that_is_printed_is_registered_and_every_registered_one_is_printed() {
    let quoted = regex::Regex::new(r#""([RECTNI]\d{4})""#).expect("a regex");
    let mut printed = Vec::new();
    for file in files(&folder("src")) {
        let is_test = file.name.contains("/tests/") || file.name.ends_with("tests.rs");
        if is_test || &*file.name == "diagnostic/codes.rs" || !file.name.ends_with(".rs") {
            continue;
        }
        let source = file.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or("");
        printed.extend(quoted.captures_iter(source).map(|code| (code[1].to_owned(), file.name.to_string())));
    }
    let unknown: Vec<_> = printed.iter().filter(|(code, _)| !CODES.iter().any(|(known, _)| known == code)).collect();
    assert!(unknown.is_empty(), "not in src/diagnostic/codes.rs: {unknown:?}");
    let unused: Vec<_> = CODES.iter().filter(|(code, _)| !printed.iter().any(|(used, _)| used == code)).collect();
    assert!(unused.is_empty(), "registered but never printed: {unused:?}");
}
