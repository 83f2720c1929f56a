use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::base::Limits;
use crate::dialect::nuclei::PayloadError;
use crate::pack::{Collected, collect};

const TEMPLATE: &str = "id: a\ninfo:\n  name: a\nhttp:\n  - path: [\"{{BaseURL}}/\"]\n";
const RULE: &str = "id: b\ntitle: b\nmatch: {}\n";

/// A pack of ours with these files.
fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("writable");
        fs::write(path, text).expect("writable");
    }
    let root = folder.path().canonicalize().expect("there");
    (folder, root)
}

fn read(path: &Path) -> Collected {
    collect(&[path.to_str().expect("UTF-8").to_owned()], &Limits::default())
}

fn insides(pack: &Community) -> Vec<&str> {
    pack.files.iter().map(|file| &*file.inside).collect()
}

#[test]
fn a_marked_pack_is_read_without_payloads_and_configuration() {
    let (_kept, root) = folder(&[
        (".nuclei-ignore", "tags: [dos]\n"),
        ("http/a.yaml", TEMPLATE),
        ("http/sub/b.yaml", TEMPLATE),
        ("http/rule.yaml", RULE),
        ("profiles/all.yml", "type:\n  - http\n"),
        ("helpers/list.txt", "x\n"),
        ("helpers/odd.yaml", TEMPLATE),
        ("stray.yaml", "x: 1\n"),
    ]);
    let whole = read(&root);
    assert_eq!(insides(&whole.community[0]), ["http/a.yaml", "http/sub/b.yaml", "stray.yaml"]);
    assert_eq!(whole.files.len(), 1, "the native rule");
    assert_eq!(whole.community[0].root.ignore().tags(), ["dos".into()]);
    let part = read(&root.join("http/sub"));
    assert_eq!((insides(&part.community[0]), part.community[0].root.folder()), (vec!["http/sub/b.yaml"], &*root));
    let alone = read(&root.join("http/a.yaml"));
    assert!(alone.community[0].files[0].is_alone && alone.community[0].root.folder() == root);
}

#[test]
fn a_pack_below_the_named_folder_is_found_and_others_stay_apart() {
    let (_kept, root) = folder(&[
        ("one/.nuclei-ignore", ""),
        ("one/a.yaml", TEMPLATE),
        ("two/helpers/list.txt", "x\n"),
        ("two/http/b.yaml", TEMPLATE),
        ("mine/c.yaml", RULE),
        ("mine/d.yaml", TEMPLATE),
    ]);
    let all = read(&root);
    let packs: Vec<_> = all.community.iter().map(|pack| (pack.root.folder().to_path_buf(), insides(pack))).collect();
    let expected = [("", "mine/d.yaml"), ("one", "a.yaml"), ("two", "http/b.yaml")];
    let expected = expected.map(|(folder, file)| (root.join(folder).components().collect::<PathBuf>(), vec![file]));
    assert_eq!(packs, expected);
    assert_eq!(all.files.iter().filter(|file| file.name.ends_with("c.yaml")).count(), 1);
}

#[test]
fn payload_files_are_read_within_the_pack_and_nowhere_else() {
    let (_kept, root) = folder(&[
        ("pack/.nuclei-ignore", ""),
        ("pack/helpers/list.txt", "one\ntwo\n"),
        ("pack/http/near.txt", "near\n"),
        ("pack/http/a.yaml", TEMPLATE),
        ("secret.txt", "secret\n"),
    ]);
    fs::write(root.join("pack/helpers/binary"), b"\xff\xfe").expect("writable");
    #[cfg(unix)]
    std::os::unix::fs::symlink(root.join("secret.txt"), root.join("pack/helpers/link.txt")).expect("a link");
    let collected = read(&root.join("pack"));
    let pack = &collected.community[0].root;
    let payload = |path: &str| pack.payload("http/a.yaml", path).map(|text| text.to_string());
    assert_eq!(payload("helpers/list.txt").as_deref(), Ok("one\ntwo\n"));
    assert_eq!(payload("near.txt").as_deref(), Ok("near\n"));
    let absolute = root.join("secret.txt").to_string_lossy().into_owned();
    for outside in ["../secret.txt", "helpers/../../secret.txt", &absolute, "/etc/passwd", "a\0b"] {
        assert_eq!(payload(outside), Err(PayloadError::Outside), "{outside}");
    }
    #[cfg(unix)]
    assert_eq!(payload("helpers/link.txt"), Err(PayloadError::Outside));
    assert_eq!(payload("helpers/none.txt"), Err(PayloadError::Missing));
    assert_eq!(payload("helpers"), Err(PayloadError::Missing), "a folder");
    assert!(payload("helpers/binary").is_err());
}

#[cfg(unix)]
#[test]
fn links_out_of_a_pack_are_named_and_not_followed() {
    let (_kept, root) = folder(&[("pack/.nuclei-ignore", ""), ("pack/a.yaml", TEMPLATE), ("other/b.yaml", TEMPLATE)]);
    std::os::unix::fs::symlink(root.join("other"), root.join("pack/out")).expect("a link");
    std::os::unix::fs::symlink(root.join("pack"), root.join("pack/loop")).expect("a link");
    let collected = read(&root.join("pack"));
    assert_eq!(insides(&collected.community[0]), ["a.yaml"]);
    let codes: Vec<_> = collected.community[0].broken.iter().map(|item| item.code).collect();
    assert_eq!((codes, collected.diagnostics.items.len()), (vec!["C0202"], 0));
}

#[test]
fn a_pack_whose_ignore_file_is_wrong_says_so() {
    let (_kept, root) = folder(&[(".nuclei-ignore", "tgas: [a]\n"), ("a.yaml", TEMPLATE)]);
    assert!(read(&root).diagnostics.items.iter().any(|item| item.code == "C0209"));
}
