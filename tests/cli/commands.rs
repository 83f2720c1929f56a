//! The small commands: help, demo, doctor, schema, completions, man.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use super::world::{World, events, of_kind};

#[test]
fn every_command_has_help_completions_and_a_manual_page() {
    let world = World::new();
    let help = world.run(&["--help"]);
    assert_eq!(help.code, 0);
    let listed = help.out.split("Commands:").nth(1).and_then(|rest| rest.split("Options:").next()).expect("a list");
    let names: Vec<&str> = listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.contains(&"scan") && names.len() > 8, "{names:?}");
    let bash = world.run(&["completions", "bash"]).out;
    for name in names.into_iter().filter(|name| *name != "help") {
        let own = world.run(&[name, "--help"]);
        assert!(own.code == 0 && own.out.contains("Usage: outsight"), "{name}: {own:?}");
        let page = world.run(&["man", name]);
        assert!(page.code == 0 && page.out.contains(&format!("outsight\\-{name}")), "{name}: {}", page.out);
        assert!(
            bash.contains(&format!("outsight__subcmd__{name}")) || bash.contains(&format!("outsight__{name}")),
            "{name}"
        );
    }
    assert!(world.run(&["--version"]).out.starts_with("outsight "));
    assert_eq!(world.run(&[]).code, 2);
}

#[test]
fn the_demo_scans_itself() {
    let world = World::new();
    world.write("outsight.yaml", "proxy: http://127.0.0.1:1\n");
    let ran = world.run(&["demo", "-f", "jsonl"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(!of_kind(&events(&ran.out), "finding").is_empty());
    assert_eq!(world.run(&["demo", "--fail-on", "high", "-q"]).code, 1);
}

#[cfg(unix)]
#[test]
fn the_demo_stays_until_it_is_interrupted() {
    let world = World::new();
    let mut child = world.spawn(&["demo", "--serve", "-f", "jsonl"], Stdio::null());
    // A report of any length must find a reader, or the demo would wait for one.
    let mut report = child.stdout.take().expect("piped");
    let report = std::thread::spawn(move || std::io::copy(&mut report, &mut std::io::sink()));
    let errors = BufReader::new(child.stderr.take().expect("piped"));
    let mut lines = errors.lines().map_while(Result::ok);
    let url = lines.find_map(|line| Some(line.strip_prefix("the demo listens on ")?.to_owned())).expect("the address");
    assert!(lines.any(|line| line.contains("stays at")), "it says that it stays");
    let answer = world.run(&["explain", "nosniff", &url]);
    assert_eq!(answer.code, 0, "{answer:?}");
    std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert_eq!(child.wait_with_output().expect("it ends").status.code(), Some(0));
    assert!(report.join().expect("a reader").expect("read") > 1000);
}

#[test]
fn the_doctor_looks_at_rules_and_configuration() {
    let world = World::new();
    world.write("outsight.yaml", "retries: 4\n");
    let ran = world.run(&["doctor"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    for expected in ["built-in rules", "open files", "name lookup", "retries: 4", "outsight.yaml"] {
        assert!(ran.out.contains(expected), "{expected} in:\n{}", ran.out);
    }
}

#[test]
fn schemas_are_those_in_the_repository() {
    let world = World::new();
    for name in ["rule", "output"] {
        let file = format!("{}/schemas/{name}.schema.json", env!("CARGO_MANIFEST_DIR"));
        let stored = std::fs::read_to_string(&file).expect("a stored schema");
        let printed = world.run(&["schema", name]).out;
        assert_eq!(printed, stored, "{file} is stale; `outsight schema {name}` prints it");
    }
}

#[test]
fn a_watch_tests_what_is_saved_and_keeps_the_last_good_rule() {
    let world = World::new();
    world.write("rules/a.yaml", &super::world::rule("a-rule", "/a", 200));
    let mut child = world.spawn(&["test", "--watch", "rules"], Stdio::null());
    let mut notes = BufReader::new(child.stderr.take().expect("piped")).lines().map_while(Result::ok);
    assert!(notes.any(|line| line.starts_with("1 rule in force")));
    world.write("rules/a.yaml", "id: a-rule\nmtach: {}\n");
    assert!(notes.any(|line| line.contains("a.yaml is broken; its last good version stays in force")));
    assert!(notes.any(|line| line.starts_with("1 rule in force")));
    world.write("rules/b.yaml", &super::world::rule("b-rule", "/b", 200));
    assert!(notes.any(|line| line.starts_with("2 rules in force")));
    child.kill().expect("it is running");
    child.wait().expect("it ends");
}
