use std::fs;
use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

fn read_with(path: &Path, bounds: &FileBounds) -> (Vec<FoundFile>, Account) {
    let mut found = Vec::new();
    let account = read_files(path, bounds, &mut |file| {
        found.push(file);
        true
    });
    (found, account.expect("readable"))
}

fn read(path: &Path) -> (Vec<FoundFile>, Account) {
    read_with(path, &FileBounds::default())
}

fn paths(found: &[FoundFile]) -> Vec<&str> {
    found.iter().map(|file| &*file.path).collect()
}

fn left(account: &Account) -> Vec<(Left, u64)> {
    account.left.iter().map(|(why, (count, _))| (*why, *count)).collect()
}

fn write(folder: &Path, name: &str, bytes: &[u8]) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs::write(path, bytes).expect("a file");
}

#[test]
fn a_folder_is_read_in_the_order_of_its_names() {
    let folder = TempDir::new().expect("a folder");
    for name in ["z.js", "a/b/deep.js", "a/first.js", "index.html", ".env", "logo.png", "app.js.gz"] {
        write(folder.path(), name, name.as_bytes());
    }
    let (found, account) = read(folder.path());
    assert_eq!(paths(&found), [".env", "index.html", "z.js", "a/first.js", "a/b/deep.js"]);
    assert_eq!(found.first().map(|file| (file.media, &file.body[..])), Some((None, &b".env"[..])));
    assert_eq!(left(&account), [(Left::Media, 1), (Left::Packed, 1)]);
    assert!(!account.has_gaps());
    assert_eq!(account.notes().first().map(String::as_str), Some("files: 5 files read, 39 bytes"));
}

#[cfg(unix)]
#[test]
fn links_and_pipes_are_neither_followed_nor_opened() {
    let folder = TempDir::new().expect("a folder");
    write(folder.path(), "a.js", b"1");
    std::os::unix::fs::symlink("/etc/passwd", folder.path().join("link.js")).expect("a link");
    std::os::unix::fs::symlink("..", folder.path().join("up")).expect("a link");
    let pipe = folder.path().join("pipe.js");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo");
    assert!(made.success());
    let (found, account) = read(folder.path());
    assert_eq!(paths(&found), ["a.js"]);
    assert_eq!(left(&account), [(Left::Link, 2), (Left::Special, 1)]);
    assert!(read_files(&pipe, &FileBounds::default(), &mut |_| true).is_err(), "the target itself is no file");
}

#[test]
fn bounds_hold_and_are_told() {
    let folder = TempDir::new().expect("a folder");
    write(folder.path(), "a.js", &[b'a'; 100]);
    write(folder.path(), "a.js.map", &[b'm'; 100]);
    write(folder.path(), "b/c/d.js", b"deep");
    let bounds = FileBounds { file: 50, map: 100, depth: 1, ..FileBounds::default() };
    let (found, account) = read_with(folder.path(), &bounds);
    assert_eq!(found.iter().map(|file| (file.body.len(), file.is_cut)).collect::<Vec<_>>(), [(50, true), (100, false)]);
    assert_eq!((account.cut, left(&account)), (1, vec![(Left::Deep, 1)]));
    assert!(account.has_gaps());

    let few = FileBounds { files: 1, ..FileBounds::default() };
    assert_eq!(left(&read_with(folder.path(), &few).1), [(Left::Over, 1)]);
    let little = FileBounds { total: 120, ..FileBounds::default() };
    let (found, account) = read_with(folder.path(), &little);
    assert_eq!((found.len(), account.bytes, account.cut), (2, 120, 1));
    let names = FileBounds { names: 2, ..FileBounds::default() };
    assert!(read_with(folder.path(), &names).1.has_gaps());
    let mut seen = 0;
    let stopped = read_files(folder.path(), &FileBounds::default(), &mut |_| {
        seen += 1;
        false
    });
    assert!(stopped.is_ok() && seen == 1, "whoever takes them says when it is enough");
}

fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).expect("an entry");
        writer.write_all(bytes).expect("bytes");
    }
    writer.finish().expect("an archive").into_inner()
}

fn tar_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        if name.len() < 100 {
            let field = header.as_gnu_mut().expect("gnu");
            field.name[..name.len()].copy_from_slice(name.as_bytes());
            header.set_cksum();
            builder.append(&header, *bytes).expect("an entry");
        } else {
            builder.append_data(&mut header, name, *bytes).expect("an entry");
        }
    }
    builder.into_inner().expect("an archive")
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("bytes");
    encoder.finish().expect("a stream")
}

#[test]
fn archives_give_their_files_and_names_lead_nowhere() {
    let folder = TempDir::new().expect("a folder");
    let long = format!("package/dist/{}/app.js", "long".repeat(40));
    let entries: [(&str, &[u8]); 5] = [
        ("dist/index.html", b"<!doctype html>"),
        ("../../etc/cron.d/evil.js", b"1"),
        ("/etc/passwd.js", b"2"),
        ("./dist//app.js", b"let a"),
        (&long, b"long"),
    ];
    write(folder.path(), "site.zip", &zip_of(&entries));
    write(folder.path(), "site.tar", &tar_of(&entries));
    write(folder.path(), "site.tar.gz", &gzipped(&tar_of(&entries)));
    write(folder.path(), "site.tgz", &gzipped(&tar_of(&entries)));
    for name in ["site.zip", "site.tar", "site.tar.gz", "site.tgz"] {
        let (found, account) = read(&folder.path().join(name));
        assert_eq!(paths(&found), ["dist/index.html", "dist/app.js", &long], "{name}");
        assert_eq!(left(&account), [(Left::Name, 2)], "{name}");
    }
}

#[test]
fn bombs_are_left_and_damage_is_told() {
    let folder = TempDir::new().expect("a folder");
    let zeros = vec![b'0'; 8 << 20];
    write(folder.path(), "bomb.zip", &zip_of(&[("a.js", &zeros), ("b.js", b"let b")]));
    let (found, account) = read(&folder.path().join("bomb.zip"));
    assert_eq!((paths(&found), left(&account)), (vec!["b.js"], vec![(Left::Bomb, 1)]));

    let many: Vec<(String, &[u8])> = (0..6).map(|nth| (format!("{nth}.js"), &zeros[..])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (&**name, *bytes)).collect();
    write(folder.path(), "bomb.tgz", &gzipped(&tar_of(&many)));
    let (found, account) = read(&folder.path().join("bomb.tgz"));
    assert!(found.len() < 4 && account.left.contains_key(&Left::Bomb), "{} {account:?}", found.len());

    let whole = zip_of(&[("a.js", b"let a")]);
    for (name, bytes) in [("cut.zip", &whole[..whole.len() / 2]), ("text.zip", b"<p>"), ("text.tgz", b"<p>")] {
        write(folder.path(), name, bytes);
        let none = read_files(&folder.path().join(name), &FileBounds::default(), &mut |_| true);
        assert!(none.is_err(), "{name}");
    }
    let small = FileBounds { contents: 46, ..FileBounds::default() };
    write(folder.path(), "a.zip", &whole);
    assert!(read_files(&folder.path().join("a.zip"), &small, &mut |_| true).is_err(), "a table that is too large");
    // A table of contents that says that it is small is metered while it is read.
    let names: Vec<String> = (0..5000).map(|nth| format!("{nth}.js")).collect();
    let entries: Vec<(&str, &[u8])> = names.iter().map(|name| (&**name, &b""[..])).collect();
    let mut liar = zip_of(&entries);
    let said = liar.len() - 10;
    liar[said..said + 4].copy_from_slice(&46_u32.to_le_bytes());
    write(folder.path(), "liar.zip", &liar);
    let told = read_files(&folder.path().join("liar.zip"), &small, &mut |_| true).expect_err("a lie");
    assert!(told.to_string().contains("table of contents is too large"), "{told}");
    // A ZIP64 record has a number and a size of its own.
    let (end, mut large) = (whole.len() - 22, whole.clone());
    large.splice(end..end, [&b"PK\x06\x06"[..], &[0xff; 52], b"PK\x06\x07", &[0; 16]].concat());
    write(folder.path(), "large.zip", &large);
    let told = read_files(&folder.path().join("large.zip"), &FileBounds::default(), &mut |_| true).expect_err("ZIP64");
    assert!(told.to_string().contains("ZIP64"), "{told}");
    let cut = tar_of(&[("a.js", b"let a"), ("b.js", &[b'b'; 4000])]);
    write(folder.path(), "cut.tar", &cut[..2000]);
    let (_, account) = read(&folder.path().join("cut.tar"));
    assert!(account.has_gaps(), "{account:?}");
}
