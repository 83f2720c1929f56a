//! Every file says what it owns, and the code map in `docs/ARCHITECTURE.md` names every folder in its order.

use super::assert_none;
use super::source::{root, sources};

/// The folders of `src/` from the ground up, as the code map lists them: lines that begin with `src/NAME/`.
pub fn code_map() -> Vec<String> {
    let text = std::fs::read_to_string(root().join("docs/ARCHITECTURE.md")).expect("docs/ARCHITECTURE.md");
    let folders = text.lines().filter_map(|line| line.strip_prefix("src/")?.split_once('/'));
    folders.filter(|(name, _)| name.bytes().all(|b| b.is_ascii_lowercase())).map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn every_file_says_what_it_owns() {
    let silent = sources().iter().filter(|file| !file.text.starts_with("//! "));
    assert_none("a file opens with `//!`", silent.map(|file| file.path.clone()).collect());
}

#[test]
fn the_code_map_names_every_folder_once() {
    let listed = code_map();
    let mut violations: Vec<String> = Vec::new();
    for file in sources() {
        if let Some(folder) = file.folder().filter(|folder| !listed.iter().any(|name| name == folder)) {
            violations.push(format!("{folder} is not in docs/ARCHITECTURE.md"));
        }
    }
    for (nth, name) in listed.iter().enumerate() {
        if listed[..nth].contains(name) {
            violations.push(format!("{name} is listed twice"));
        }
        if !root().join("src").join(name).is_dir() {
            violations.push(format!("{name} is listed but is no folder"));
        }
    }
    assert_none("the code map and the folders of src/ are the same", violations);
}

#[test]
fn the_crate_lists_its_folders_in_the_order_of_the_code_map() {
    let facade = sources().iter().find(|file| file.path == "src/lib.rs").expect("src/lib.rs");
    let declared: Vec<&str> =
        facade.text.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let mut listed = code_map();
    listed.retain(|name| declared.contains(&name.as_str()));
    assert_eq!(declared, listed, "src/lib.rs declares the folders as docs/ARCHITECTURE.md lists them");
}
