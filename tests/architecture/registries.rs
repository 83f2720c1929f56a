//! A file in a registry's folder is registered: its module is named in the registry's own file.

use super::assert_none;
use super::source::{root, sources};

/// Folders in which each file is one entry, and the file that lists the entries.
const REGISTRIES: [(&str, &str); 1] = [("src/report/format", "src/report/format/mod.rs")];

#[test]
fn every_entry_of_a_registry_is_registered() {
    let mut violations = Vec::new();
    for (folder, registry) in REGISTRIES {
        let list = std::fs::read_to_string(root().join(registry)).unwrap_or_default();
        let entries = sources().iter().filter_map(|file| {
            let name = file.path.strip_prefix(folder)?.strip_prefix('/')?.strip_suffix(".rs")?;
            (!name.contains('/') && name != "mod" && file.path != registry).then_some(name)
        });
        let missing = entries.filter(|name| !list.contains(&format!("{name}::")));
        violations.extend(missing.map(|name| format!("{folder}/{name}.rs is not in {registry}")));
    }
    assert_none("one file, one line in the registry", violations);
}
