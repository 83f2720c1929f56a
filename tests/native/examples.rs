//! The example rules of the format: they load without an error, and say what they mean.

use outsight::base::Limits;
use outsight::diagnostic::render_text;
use outsight::dialect::native::load;

use super::{files, folder};

#[test]
fn all_sixteen_load_and_none_is_wrong() {
    let loaded = load(&files(&folder("tests/rules/examples")), &Limits::default());
    let errors: Vec<String> =
        loaded.diagnostics.items.iter().filter(|item| item.is_error()).map(|item| render_text(item, false)).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    assert_eq!(loaded.rules.len(), 16);
    let refused = |id: &str| {
        let rule = loaded.rules.iter().find(|rule| &*rule.id == id).expect("the rule is loaded");
        rule.refused.as_ref().map(|refusal| refusal.code)
    };
    assert_eq!(refused("tls-certificate-expires-soon"), None);
    assert_eq!(refused("stripe-secret-key"), None);
    assert_eq!(refused("admin-route-without-auth"), Some("no-endpoint-inventory"));
    assert_eq!(refused("dotenv-exposed"), None);
}

#[test]
fn the_order_of_keys_and_files_does_not_matter() {
    let files = files(&folder("tests/rules/examples"));
    let dumps = |files: &[outsight::base::SourceFile]| {
        let mut dumps: Vec<String> = load(files, &Limits::default()).rules.iter().map(outsight::rule::dump).collect();
        dumps.sort();
        dumps
    };
    let mut reversed = files.clone();
    reversed.reverse();
    assert_eq!(dumps(&files), dumps(&reversed));
    let turned: Vec<_> = files
        .iter()
        .map(|file| outsight::base::SourceFile::new(file.name.clone(), turn_over(&file.name, &file.text)))
        .collect();
    assert_eq!(dumps(&files), dumps(&turned));
}

/// The file with its top-level keys in reverse.
fn turn_over(name: &str, text: &str) -> String {
    if !name.ends_with(".yaml") || name.ends_with("shared.yaml") {
        return text.to_owned();
    }
    let mut blocks: Vec<String> = Vec::new();
    for line in text.lines() {
        match blocks.last_mut() {
            Some(block) if line.starts_with([' ', '}']) || line.is_empty() => *block = format!("{block}{line}\n"),
            _ => blocks.push(format!("{line}\n")),
        }
    }
    blocks.reverse();
    blocks.concat()
}
