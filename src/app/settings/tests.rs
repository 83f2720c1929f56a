use std::fs;
use std::path::Path;
use std::time::Duration;

use super::*;
use crate::base::Severity;
use crate::diagnostic::{Diagnostics, render_text};
use crate::pack::Level;

fn read(folder: &Path, environment: &[(&str, &str)], flags: Layer) -> (Layer, Diagnostics) {
    let environment: Vec<_> = environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    read_layers(flags, &Places { environment: &environment, folder })
}

fn text(diagnostics: &Diagnostics) -> String {
    diagnostics.items.iter().map(|diagnostic| render_text(diagnostic, false)).collect()
}

#[test]
fn the_nearest_source_wins_and_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path().join("home");
    fs::create_dir_all(home.join("outsight")).expect("writable");
    fs::create_dir_all(folder.path().join("project/sub")).expect("writable");
    fs::write(home.join("outsight/config.yaml"), "rate: 1\nretries: 1\nheader: ['Authorization: hunter2']\n")
        .expect("written");
    fs::write(folder.path().join("project/outsight.yaml"), "rate: 2\nretries: 2\nscope: scope.txt\ntier: active\n")
        .expect("written");
    let flags = Layer { rate: Some(Set { value: 4.0, source: Source::Flag }), ..Layer::default() };
    let environment =
        [("XDG_CONFIG_HOME", home.to_str().expect("UTF-8")), ("OUTSIGHT_RATE", "3"), ("OUTSIGHT_TIER", "passive")];
    let (layer, diagnostics) = read(&folder.path().join("project/sub"), &environment, flags);
    assert!(diagnostics.items.is_empty(), "{}", text(&diagnostics));
    let shown = show(&layer);
    let line = |key: &str| shown.lines().find(|line| line.starts_with(key)).unwrap_or_default().to_owned();
    assert!(line("rate:").starts_with("rate: 4 ") && line("rate:").ends_with("# command line"), "{shown}");
    assert!(line("tier:").starts_with("tier: passive ") && line("tier:").ends_with("# $OUTSIGHT_TIER"), "{shown}");
    assert!(line("retries:").starts_with("retries: 2 ") && line("retries:").ends_with("outsight.yaml"), "{shown}");
    assert!(line("header:").contains("Authorization: ***") && !shown.contains("hunter2"), "{shown}");
    assert_eq!(layer.scope.expect("set").value, folder.path().join("project/scope.txt"));
}

#[test]
fn everything_wrong_is_told_at_once_with_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join(".git")).expect("writable");
    fs::write(folder.path().join("outsight.yaml"), "# mine\nraet: 2\ntimeout: soon\nformat: [a, b]\n")
        .expect("written");
    let (_, diagnostics) =
        read(folder.path(), &[("OUTSIGHT_FAIL_ON", "hihg"), ("OUTSIGHT_TEIR", "x")], Layer::default());
    let text = text(&diagnostics);
    for expected in [
        "OUTSIGHT_FAIL_ON is wrong: `hihg` is unknown; did you mean `high`?",
        "did you mean OUTSIGHT_TIER?",
        "outsight.yaml:2:1",
        "did you mean `rate`?",
        "outsight.yaml:3:1",
        "`soon` is no length of time",
        "one value is wanted, not a list",
    ] {
        assert!(text.contains(expected), "{expected} in:\n{text}");
    }
    fs::write(folder.path().join("outsight.yaml"), "rate: [1\n").expect("written");
    assert!(read(folder.path(), &[], Layer::default()).1.has_errors());
}

#[test]
fn the_shown_configuration_can_be_read_again() {
    let mut layer = Layer::default();
    let set = |layer: &mut Layer, key: &str, value: &str| {
        layer.set(key, Raw::One(value.to_owned()), &Source::Flag).expect("a key").expect("a value");
    };
    set(&mut layer, "severity", "high,critical");
    set(&mut layer, "timeout", "1m30s");
    set(&mut layer, "id", "cors-*,!x");
    set(&mut layer, "resolve", "[::1]:443:127.0.0.1\nExample.com:80:[::1],127.0.0.1");
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("outsight.yaml"), show(&layer)).expect("written");
    let (again, diagnostics) = read(folder.path(), &[], Layer::default());
    assert!(!diagnostics.has_errors(), "{}", text(&diagnostics));
    assert_eq!(again.severity.expect("set").value, [Severity::High, Severity::Critical].map(Level::Known));
    assert_eq!(again.timeout.expect("set").value.0, Duration::from_secs(90));
    assert_eq!(again.resolve.expect("set").value[1].addresses.len(), 2);
}

#[test]
fn patterns_match_whole_names() {
    let matches = |pattern: &str, name: &str| Pattern::from_text(pattern).expect("any text").matches(name);
    assert!(matches("cors-*", "cors-vary") && !matches("cors-*", "xcors-vary") && !matches("cors", "cors-vary"));
    assert!(matches("*a*b", "xaxab") && matches("h?ts", "hsts") && matches("*", "") && !matches("?", ""));
    assert!(!matches(&"*a".repeat(50), &"a".repeat(49)));
}

#[test]
fn every_setting_has_a_variable_and_a_summary() {
    for key in KEYS {
        assert!(key.variable().starts_with("OUTSIGHT_") && key.summary.ends_with('.'), "{key:?}");
    }
}
