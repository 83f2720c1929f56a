use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::pack::{LoadedPack, Rules, collect, load};

const ONE: &str = r#"id: one-panel
info:
  name: One
  author: me, you
  severity: high
  tags: one,panel
flow: http(1) && !http(2)
http:
  - method: GET
    path: ["{{BaseURL}}/one", "{{BaseURL}}/{{word}}"]
    payloads:
      word: helpers/words.txt
    matchers:
      - type: dsl
        dsl: ["status_code == 200 && contains(body, 'one')"]
    extractors:
      - type: regex
        regex: ["v([0-9.]+)"]
        group: 1
  - method: GET
    path: ["{{BaseURL}}/two"]
    matchers:
      - type: word
        words: [two]
"#;
const REFUSED: &str = "id: local\ninfo:\n  name: Local\n  author: me\n  severity: info\nfile:\n  - extensions: [all]\n";
const WRONG: &str = "id: wrong\ninfo:\n  name: [\n";

struct Fixture {
    _kept: tempfile::TempDir,
    root: PathBuf,
    store: Store,
}

impl Fixture {
    fn new() -> Self {
        let kept = tempfile::tempdir().expect("a temporary folder");
        let root = kept.path().canonicalize().expect("there");
        let files = [
            ("pack/.nuclei-ignore", ""),
            ("pack/http/one.yaml", ONE),
            ("pack/file/local.yaml", REFUSED),
            ("pack/wrong.yaml", WRONG),
            ("pack/helpers/words.txt", "a\nb\n"),
        ];
        for (name, text) in files {
            let path = root.join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("writable");
            fs::write(path, text).expect("writable");
        }
        let store = Store::new(root.join("cache"));
        Self { _kept: kept, root, store }
    }

    fn pack(&self) -> Community {
        let path = self.root.join("pack").to_string_lossy().into_owned();
        collect(&[path], &Limits::default()).community.remove(0)
    }

    fn load(&self) -> LoadedPack {
        load(&self.pack(), Some(&self.store), &Limits::default())
    }

    fn kept(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.root.join("cache")).map(|entries| entries.flatten().collect::<Vec<_>>());
        entries.unwrap_or_default().into_iter().map(|entry| entry.path()).collect()
    }
}

/// What tells a rule from another.
type About = (String, Option<Arc<crate::rule::Sequence>>, Option<&'static str>, String);

fn rules(loaded: LoadedPack) -> Vec<About> {
    let all: Vec<usize> = (0..loaded.rules.len()).collect();
    let rules = loaded.rules.take(&all).expect("whole").into_iter();
    let about = |rule: Rule| {
        (rule.id.to_string(), rule.sequence, rule.refused.map(|why| why.code), rule.source.name.to_string())
    };
    rules.map(about).collect()
}

#[expect(clippy::disallowed_methods, reason = "the test reads what it has written")]
fn bytes_of(path: &Path) -> Vec<u8> {
    fs::read(path).expect("kept")
}

fn is_kept(loaded: &LoadedPack) -> bool {
    matches!(loaded.rules, Rules::Kept(_))
}

#[test]
fn what_is_kept_is_what_was_read() {
    let fixture = Fixture::new();
    let first = fixture.load();
    let second = fixture.load();
    assert!(!is_kept(&first) && is_kept(&second));
    assert_eq!((first.facts.len(), first.invalid.len()), (2, 1), "{:?}", first.diagnostics);
    assert_eq!((&first.facts, &first.invalid), (&second.facts, &second.invalid));
    assert_eq!(rules(first), rules(second));
    let chosen = fixture.load().rules.take(&[1]).expect("whole");
    assert_eq!(chosen.iter().map(|rule| &*rule.id).collect::<Vec<_>>(), ["one-panel"]);
}

#[test]
fn any_change_of_a_template_a_payload_or_what_is_left_out_is_noticed() {
    let fixture = Fixture::new();
    fixture.load();
    for (name, text) in [
        ("pack/helpers/words.txt", "a\nc\n"),
        ("pack/http/one.yaml", &ONE.replace("high", "info")),
        ("pack/.nuclei-ignore", "tags: [panel]\n"),
        ("pack/new.yaml", &ONE.replace("one-panel", "new-panel")),
    ] {
        assert!(is_kept(&fixture.load()), "{name}");
        fs::write(fixture.root.join(name), text).expect("writable");
        assert!(!is_kept(&fixture.load()), "{name}");
    }
    fs::rename(fixture.root.join("pack/http/one.yaml"), fixture.root.join("pack/moved.yaml")).expect("writable");
    assert!(!is_kept(&fixture.load()));
    fs::remove_file(fixture.root.join("pack/helpers/words.txt")).expect("writable");
    assert!(!is_kept(&fixture.load()));
}

#[test]
fn broken_files_are_as_good_as_none() {
    let fixture = Fixture::new();
    let good = rules(fixture.load());
    let path = fixture.kept().remove(0);
    let bytes = bytes_of(&path);
    let check = |bytes: &[u8]| {
        fs::write(&path, bytes).expect("writable");
        let loaded = fixture.load();
        let broken = !is_kept(&loaded);
        assert_eq!(rules(loaded), good);
        broken
    };
    for length in (0..bytes.len()).step_by(41) {
        assert!(check(&bytes[..length]), "cut at {length}");
    }
    for at in (0..bytes.len()).step_by(23) {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        assert!(check(&changed), "changed at {at}");
    }
    let longer = [bytes.as_slice(), b"x"].concat();
    assert!(check(&longer));
    assert!(!check(&bytes));
}

#[test]
fn hostile_files_cost_nothing() {
    let fixture = Fixture::new();
    fixture.load();
    let path = fixture.kept().remove(0);
    let bytes = bytes_of(&path);
    for table in [&[0xff; 64][..], &[0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0], &[]] {
        let mut hostile = bytes[..40].to_vec();
        hostile.extend(u32::try_from(table.len()).expect("short").to_le_bytes());
        hostile.extend(crc32fast::hash(table).to_le_bytes());
        hostile.extend(table);
        fs::write(&path, hostile).expect("writable");
        assert!(!is_kept(&fixture.load()));
    }
    fs::remove_file(&path).expect("writable");
    fs::create_dir(&path).expect("writable");
    assert!(!is_kept(&fixture.load()), "a folder in its place");
}

#[test]
fn many_may_write_at_once_and_few_files_are_kept() {
    let fixture = Fixture::new();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| fixture.load());
        }
    });
    assert!(is_kept(&fixture.load()));
    assert_eq!(fixture.kept().len(), 1);
    for number in 0..12 {
        fs::write(fixture.root.join("pack/http/one.yaml"), ONE.replace("one-panel", &format!("p-{number}")))
            .expect("writable");
        fixture.load();
    }
    assert_eq!(fixture.kept().len(), 8);
}

#[test]
fn without_a_place_nothing_is_kept_and_nothing_fails() {
    let fixture = Fixture::new();
    fs::write(fixture.root.join("cache"), "a file").expect("writable");
    assert!(!is_kept(&fixture.load()) && !is_kept(&fixture.load()));
    assert!(!Store::new(Path::new("/proc/none").into()).write(&[0; 32], b"x"));
}
