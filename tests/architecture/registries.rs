//! A file that defines an entry of a registry is listed in it.

use super::assert_none;
use super::source::{root, sources};

/// Folders whose files are entries, and the constant that an entry defines; the folder's `mod.rs` lists them.
const REGISTRIES: [(&str, &str); 7] = [
    ("src/expr/functions", "FAMILY"),
    ("src/predicate/views", "SPEC"),
    ("src/predicate/subjects", "SPECS"),
    ("src/predicate/preds", "SPECS"),
    ("src/predicate/extractors", "SPEC"),
    ("src/report/format", "FORMAT"),
    ("src/cli/commands", "COMMAND"),
];

#[test]
fn every_entry_of_a_registry_is_registered() {
    let mut violations = Vec::new();
    for (folder, entry) in REGISTRIES {
        let list = std::fs::read_to_string(root().join(folder).join("mod.rs")).expect("a registry");
        let defines =
            |text: &str| text.contains(&format!(" const {entry}: ")) || text.contains(&format!(" static {entry}: "));
        let mut entries = 0;
        for file in sources().iter().filter(|file| file.path.starts_with(&format!("{folder}/")) && defines(&file.text))
        {
            let name = file.path[folder.len() + 1..].split(['/', '.']).next().expect("a name");
            entries += 1;
            if !list.contains(&format!("{name}::{entry}")) {
                violations.push(format!("{} is not in {folder}/mod.rs", file.path));
            }
        }
        assert!(entries > 1, "{folder} holds entries");
    }
    assert_none("one file, one line in the registry", violations);
}
