//! How runs end that do not end by themselves: interrupts, closed pipes.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};

use super::world::{Counting, World, demo, events, of_kind, ran, rule};

#[cfg(unix)]
#[test]
fn an_interrupt_ends_with_a_partial_report_and_130() {
    let (world, server) = (World::new(), Counting::start());
    for nth in 0..40 {
        world.write(&format!("r/{nth}.yaml"), &rule(&format!("rule-{nth}"), &format!("/{nth}"), 200));
    }
    let child = world.spawn(&["scan", "-r", "r", "-f", "jsonl", "--per-host-rate", "1", &server.url()], Stdio::null());
    server.wait_until_asked();
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(sent.success());
    let ran = ran(child.wait_with_output().expect("it ends"));
    assert_eq!(ran.code, 130, "{ran:?}");
    let events = events(&ran.out);
    let summary = of_kind(&events, "summary")[0];
    assert_eq!(summary["planned"], 40, "{summary}");
    assert!(summary["inconclusive"].as_u64().is_some_and(|count| count > 30), "{summary}");
    assert_eq!(of_kind(&events, "host")[0]["outcome"], "incomplete");
}

#[test]
fn a_deadline_ends_with_an_honest_report() {
    let (world, server) = (World::new(), Counting::start());
    for nth in 0..40 {
        world.write(&format!("r/{nth}.yaml"), &rule(&format!("rule-{nth}"), &format!("/{nth}"), 200));
    }
    let ran = world.run(&["scan", "-r", "r", "-f", "jsonl", "--per-host-rate", "1", "--deadline", "1s", &server.url()]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert_eq!(of_kind(&events(&ran.out), "host")[0]["outcome"], "incomplete");
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let (world, demo) = (World::new(), demo());
    for arguments in
        [&["schema", "output"][..], &["list"], &["scan", "-f", "json", "--per-host-rate", "0", &demo.url()]]
    {
        let mut child = world.spawn(arguments, Stdio::null());
        let mut stdout = BufReader::new(child.stdout.take().expect("piped"));
        if arguments[0] != "scan" {
            stdout.read_line(&mut String::new()).expect("a line");
        }
        drop(stdout);
        let mut errors = String::new();
        child.stderr.take().expect("piped").read_to_string(&mut errors).expect("UTF-8");
        let code = child.wait().expect("it ends").code();
        assert_eq!((code, errors.as_str()), (Some(0), ""), "{arguments:?}");
    }
}
