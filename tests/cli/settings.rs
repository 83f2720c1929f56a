//! Flags, environment and files.

use super::world::{World, ran};

#[test]
fn the_effective_settings_are_shown_with_their_sources() {
    let world = World::new();
    world.write("outsight.yaml", "retries: 4\ntimeout: 3s\nheader: ['X-Token: hunter2']\n");
    world.write("sub/x", "");
    let mut command = world.command(&["scan", "--show-config", "--retries", "5"]);
    let ran = ran(command.env("OUTSIGHT_TIMEOUT", "4s").current_dir(world.path("sub")).output().expect("it runs"));
    assert_eq!(ran.code, 0, "{ran:?}");
    let line = |key: &str| ran.out.lines().find(|line| line.starts_with(key)).unwrap_or_default().to_owned();
    assert!(line("retries: 5").ends_with("# command line"), "{}", ran.out);
    assert!(line("timeout: 4s").ends_with("# $OUTSIGHT_TIMEOUT"), "{}", ran.out);
    assert!(line("header:").ends_with("outsight.yaml") && !ran.out.contains("hunter2"), "{}", ran.out);
}

#[test]
fn wrong_settings_are_errors_with_places_and_suggestions() {
    let world = World::new();
    world.write("outsight.yaml", "retreis: 4\nfail-on: hihg\n");
    let ran = world.run(&["scan", "http://127.0.0.1:1/"]);
    assert_eq!(ran.code, 2);
    for expected in ["outsight.yaml:1:1", "did you mean `retries`?", "outsight.yaml:2:1", "did you mean `high`?"] {
        assert!(ran.err.contains(expected), "{expected} in:\n{}", ran.err);
    }
}

#[test]
fn usage_errors_are_told_on_standard_error_with_2() {
    let world = World::new();
    for (arguments, expected) in [
        (&["scna"][..], "'scan'"),
        (&["scan", "--sevrity", "high"], "--severity"),
        (&["scan", "--tier", "pasive", "x"], "'passive'"),
        (&["scan", "x", "-H", "no colon"], "NAME: VALUE"),
        (&["scan", "x", "--proxy", "gopher://x"], "C0311"),
        (&["scan", "x", "--resolve", "x:1"], "HOST:PORT:ADDRESS"),
        (&["scan", "x", "--timeout", "soon"], "30s"),
        (&["scan", "x", "--scope", "nowhere"], "C0305"),
        (&["scan", "x", "--ca-file", "nowhere"], "nowhere"),
        (&["scan", "x", "--tags", "no-such-tag"], "C0306"),
        (&["explain", "nosniff", "a b"], "T0009"),
    ] {
        let ran = world.run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments:?}: {ran:?}");
        assert!(ran.err.contains(expected), "{expected} in:\n{}", ran.err);
    }
}
