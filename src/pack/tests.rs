use std::fs;
use std::path::Path;

use super::*;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("writable");
        fs::write(path, text).expect("writable");
    }
    folder
}

fn names(collected: &Collected, below: &Path) -> Vec<String> {
    let prefix = format!("{}/", below.display());
    collected.files.iter().map(|file| file.name.trim_start_matches(&prefix).to_owned()).collect()
}

fn read(folder: &Path) -> Collected {
    collect(&[folder.to_str().expect("UTF-8").to_owned()], &Limits::default())
}

#[test]
fn a_folder_is_read_whole_and_in_order_without_what_is_not_a_rule() {
    let files = ["b.yaml", "a.yml", "sub/c.yaml", "lists/x.txt", ".hidden/d.yaml", "README.md", "outsight.yaml"];
    let folder = folder(&files.map(|name| (name, "x: 1\n")));
    let collected = read(folder.path());
    assert_eq!(names(&collected, folder.path()), ["a.yml", "b.yaml", "lists/x.txt", "sub/c.yaml"]);
    assert!(!collected.diagnostics.has_errors());
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_loops_end() {
    let outside = folder(&[("far.yaml", "x: 1\n")]);
    let folder = folder(&[("a.yaml", "x: 1\n"), ("sub/b.yaml", "x: 1\n")]);
    std::os::unix::fs::symlink(folder.path(), folder.path().join("sub/loop")).expect("a link");
    std::os::unix::fs::symlink(outside.path(), folder.path().join("near")).expect("a link");
    std::os::unix::fs::symlink("nowhere.yaml", folder.path().join("dangling.yaml")).expect("a link");
    let collected = read(folder.path());
    assert_eq!(names(&collected, folder.path()), ["a.yaml", "near/far.yaml", "sub/b.yaml"]);
    assert_eq!(collected.diagnostics.items.iter().map(|d| d.code).collect::<Vec<_>>(), ["C0202"]);
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_goes_on() {
    let folder = folder(&[("good.yaml", "x: 1\n"), ("pack.yaml", "nmae: p\n")]);
    fs::write(folder.path().join("latin1.yaml"), b"title: caf\xe9\n").expect("writable");
    fs::write(folder.path().join("huge.yaml"), vec![b'a'; Limits::default().rule_file + 1]).expect("writable");
    let collected = read(folder.path());
    assert_eq!(names(&collected, folder.path()), ["good.yaml"]);
    let mut codes: Vec<_> = collected.diagnostics.items.iter().map(|d| d.code).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["C0204", "R0001", "R0002"]);
}

#[test]
fn a_file_by_itself_brings_what_its_folder_shares_and_the_lists_that_are_named() {
    let own = "requests: { probe: $probe }\nfor_each: { path: { from: file, path: lists/own.txt } }\n";
    let shared = "# lists/shared.txt, lists/../secret.txt, /lists/other.txt\n";
    let lists = ["p/sub/lists/own.txt", "p/lists/shared.txt", "p/secret.txt", "p/lists/other.txt"];
    let mut files =
        vec![("p/pack.yaml", "name: p\nversion: 1.0.0\n"), ("p/sub/a.yaml", own), ("p/sub/b.yaml", "x: 1\n")];
    files.push(("p/sub/shared.yaml", shared));
    files.extend(lists.map(|name| (name, "/x\n")));
    let folder = folder(&files);
    let collected = read(&folder.path().join("p/sub/a.yaml"));
    let expected = ["p/sub/a.yaml", "p/sub/shared.yaml", "p/lists/shared.txt", "p/sub/lists/own.txt"];
    assert_eq!(names(&collected, folder.path()), expected);
    assert!(!collected.diagnostics.has_errors());
    assert_eq!(names(&read(&folder.path().join("p/sub/b.yaml")), folder.path())[..1], ["p/sub/b.yaml"]);
}

#[test]
fn a_file_that_is_no_rule_is_named() {
    let folder = folder(&[("rule.json", "{}")]);
    let collected = read(&folder.path().join("rule.json"));
    assert_eq!(collected.diagnostics.items.iter().map(|d| d.code).collect::<Vec<_>>(), ["C0208"]);
}

#[test]
fn built_in_packs_are_found_by_name_and_misspelt_ones_suggested() {
    let all = collect(&[], &Limits::default());
    let headers = collect(&["headers".to_owned()], &Limits::default());
    assert!(headers.files.len() > 1 && headers.files.len() < all.files.len());
    assert!(headers.files.iter().all(|file| file.name.starts_with("embedded:headers/")));
    let wrong = collect(&["haeders".to_owned()], &Limits::default());
    let help = wrong.diagnostics.items.first().and_then(|d| d.help.clone()).expect("help");
    assert!(help.contains("`headers`"), "{help}");
    for pack in embedded_packs() {
        assert!(is_embedded(&pack.name), "the folder and the manifest of {} agree", pack.name);
    }
}
