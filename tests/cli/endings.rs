//! How runs end that do not end by themselves: interrupts, closed pipes.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
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

#[cfg(unix)]
#[test]
fn an_interrupt_waits_for_no_provider_and_loses_no_finding() {
    let world = World::new();
    // A provider that takes connections and never says a word.
    let provider = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = provider.local_addr().expect("bound").port();
    let rule = format!(
        "id: acme-key\ntitle: An Acme key is public\ncategory: secrets\nseverity: high\napplies_to: response\n\
         for_each: {{ token: {{ from: tokens, keywords: [acmekey-], regex: 'acmekey-[0-9A-Za-z]{{16}}', boundary: token }} }}\n\
         match: {{ $token: {{ starts_with: acmekey- }} }}\nfix: F\n\
         verify:\n  get: https://api.acme.test:{port}/me\n  headers: {{ Authorization: \"Bearer {{{{token}}}}\" }}\n  \
         live: {{ status: 200 }}\n  dead: {{ status: 401 }}\n"
    );
    world.write("r/acme-key.yaml", &rule);
    let keys = ["Hd8Kp2LmZq7xVw31", "Qn5Tb9RcYs4kJf62", "Mw6Gz3XdLp8vHc70"].map(|key| format!("a='acmekey-{key}';\n"));
    world.write("dist/app.js", &keys.concat());
    let resolve = format!("api.acme.test:{port}:127.0.0.1");
    let scan = ["scan", "./dist", "-r", "r", "-f", "jsonl", "--verify", "--resolve", &resolve, "--timeout", "5m"];
    let child = world.spawn(&scan, Stdio::null());
    let _held = provider.accept().expect("it is asked");
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(sent.success());
    let ran = ran(child.wait_with_output().expect("it ends"));
    assert_eq!(ran.code, 130, "{ran:?}");
    let events = events(&ran.out);
    let told: Vec<&str> =
        of_kind(&events, "finding").iter().filter_map(|finding| finding["verified"].as_str()).collect();
    assert_eq!(told.len(), 3, "{ran:?}");
    // On a slow machine a question may come to its end before the interrupt arrives.
    assert_eq!(told.last(), Some(&"not-asked"), "{told:?}");
    assert!(of_kind(&events, "host")[0]["notes"].to_string().contains("the scan was stopped"), "{ran:?}");
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
