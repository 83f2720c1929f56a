//! A machine that does not do its part: full disks, closed pipes, few file descriptors, impatient users, odd settings.

use std::process::{Command, Stdio};

use super::run::{finish, run};
use super::server::serve;
use crate::cli::world::{Counting, World, demo, events, of_kind, rule};

fn world() -> World {
    let world = World::new();
    world.write("r.yaml", &rule("any-page", "/a", 200));
    world
}

#[cfg(target_os = "linux")]
#[test]
fn outputs_that_take_nothing_are_told_by_name() {
    let (world, server) = (world(), Counting::start());
    let url = server.url();
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
    for arguments in [
        &["scan", "-r", "r.yaml", "--per-host-rate", "0", &url][..],
        &["scan", "-r", "r.yaml", "-f", "jsonl", &url],
        &["scan", "-r", "r.yaml", "--dry-run", &url],
        &["check", "r.yaml"],
        &["test", "r.yaml"],
        &["list"],
        &["schema", "output"],
        &["man"],
        &["completions", "bash"],
        &["explain", "any-page", &url, "-r", "r.yaml"],
        &["scan", "--show-config"],
        &["doctor"],
        &["--help"],
    ] {
        let mut command = world.command(arguments);
        let output = command.stdout(full()).stderr(Stdio::piped()).output().expect("the binary runs");
        let err = String::from_utf8(output.stderr).expect("UTF-8");
        assert!(!err.contains("panicked"), "{arguments:?}: {err}");
        if arguments != ["--help"] {
            assert_eq!(output.status.code(), Some(2), "{arguments:?}: {err}");
            assert!(err.contains("No space left"), "{arguments:?}: {err}");
        }
        let mute = world.command(arguments).stdout(full()).stderr(full()).status().expect("the binary runs");
        assert!([0, 2, 3].contains(&mute.code().expect("it was not killed")), "{arguments:?}: {mute:?}");
    }
    for file in ["/dev/null/x", "/", ".", "no/such/folder/x", ""] {
        let before = server.asked();
        let ended = run(&world, &["scan", "-r", "r.yaml", "-o", &format!("jsonl={file}"), &url]);
        ended.is_sound();
        assert_eq!((ended.code, server.asked()), (2, before), "{file}: {ended:?}");
    }
}

#[cfg(unix)]
#[test]
fn few_file_descriptors_make_it_slower_and_nothing_else() {
    let world = world();
    let mut urls = Vec::new();
    for nth in 0..120 {
        let address = serve(move |asked| asked.answer("HTTP/1.1 200 OK", format!("page {nth}")));
        urls.push(format!("http://{address}/"));
    }
    let binary = env!("CARGO_BIN_EXE_outsight");
    let script =
        format!("ulimit -n 64; exec {binary} scan -r r.yaml -f jsonl --verdicts --per-host-rate 0 {}", urls.join(" "));
    let mut shell = Command::new("sh");
    shell.args(["-c", &script]).current_dir(world.path(".")).env_clear();
    shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let ended = finish(shell.spawn().expect("a shell"));
    let events = ended.events();
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert_eq!(of_kind(&events, "finding").len(), urls.len(), "{}", ended.err);
}

#[cfg(unix)]
#[test]
fn a_second_interrupt_ends_it_at_once() {
    let world = world();
    let address = serve(|asked| {
        asked.hold();
        false
    });
    let url = format!("http://{address}/");
    let mut child = world.spawn(&["scan", "-r", "r.yaml", "-f", "jsonl", "--timeout", "60s", &url], Stdio::null());
    std::thread::sleep(std::time::Duration::from_millis(500));
    for _ in 0..2 {
        let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
        assert!(sent.success() || child.try_wait().expect("a child").is_some());
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let ended = finish(child);
    assert_eq!(ended.code, 130, "{ended:?}");
}

#[test]
fn numbers_without_sense_are_refused_before_any_traffic() {
    let (world, server) = (world(), Counting::start());
    let url = server.url();
    let numeric = ["--rate", "--per-host-rate", "--concurrency", "--timeout", "--retries", "--deadline"];
    for flag in numeric {
        for value in ["-1", "NaN", "inf", "1e400", "", " ", "0x10", "١", "5 s", "-5s", "1e3s", "9999999999999999999h"]
        {
            let argument = format!("{flag}={value}");
            let ended = run(&world, &["scan", "-r", "r.yaml", &url, &argument]);
            ended.is_sound();
            assert_eq!((ended.code, server.asked()), (2, 0), "{argument}: {ended:?}");
            assert!(ended.err.contains(flag), "{argument}: {}", ended.err);
        }
    }
    for argument in [
        "--deadline=18446744073709551615",
        "--timeout=18446744073709551615",
        "--concurrency=0",
        "--rate=99999999999999999999999999",
        "--timeout=0",
        "--timeout=0s",
        "--deadline=0s",
    ] {
        let ended = run(&world, &["scan", "-r", "r.yaml", &url, argument]);
        ended.is_sound();
        assert_eq!((ended.code, server.asked()), (2, 0), "{argument}: {ended:?}");
    }
}

#[test]
fn large_numbers_that_make_sense_are_taken() {
    let (world, server) = (world(), Counting::start());
    let url = server.url();
    for arguments in [
        &["--rate", "1000000"][..],
        &["--per-host-rate", "1000000"],
        &["--rate", "0.001", "--per-host-rate", "0"],
        &["--concurrency", "1000000"],
        &["--retries", "10"],
        &["--timeout", "60s"],
        &["--deadline", "1000h"],
    ] {
        let ended = run(&world, &[&["scan", "-r", "r.yaml", "-f", "jsonl", &url][..], arguments].concat());
        if ended.code == 2 {
            assert!(ended.err.contains(arguments[0]), "{arguments:?}: {}", ended.err);
            continue;
        }
        ended.events();
        assert_eq!(ended.code, 0, "{arguments:?}: {ended:?}");
    }
}

#[test]
fn settings_files_that_are_none_are_told_with_their_place() {
    let world = world();
    for (text, expected) in [
        (&b"retreis: 4\n"[..], "did you mean `retries`?"),
        (b"retries: -4\n", "outsight.yaml:1"),
        (b"retries: [1, 2]\n", "outsight.yaml:1"),
        (b"retries: 99999999999999999999\n", "outsight.yaml:1"),
        (b"- a\n", "outsight.yaml"),
        (b"a: [\n", "outsight.yaml:"),
        (b"retries: 1\nretries: 2\n", "duplicate"),
        (b"a: &a [*a]\n", "outsight.yaml"),
        (b"\xff\xfe\n", "outsight.yaml"),
        (b"timeout: \"\x00\"\n", "outsight.yaml"),
    ] {
        std::fs::write(world.path("outsight.yaml"), text).expect("writable");
        let ended = run(&world, &["scan", "-r", "r.yaml", "http://127.0.0.1:1/"]);
        ended.is_sound();
        assert_eq!(ended.code, 2, "{}: {ended:?}", text.escape_ascii());
        assert!(ended.err.contains(expected), "{}: {}", text.escape_ascii(), ended.err);
    }
    std::fs::write(world.path("outsight.yaml"), "[".repeat(100_000)).expect("writable");
    let ended = run(&world, &["scan", "-r", "r.yaml", "http://127.0.0.1:1/"]);
    ended.is_sound();
    assert_eq!(ended.code, 2);
}

#[test]
fn a_torn_or_foreign_file_to_resume_from_costs_nothing_that_was_in_it() {
    let (world, server) = (world(), Counting::start());
    let url = server.url();
    let scan = ["scan", "-r", "r.yaml", "--per-host-rate", "0", &url];
    assert_eq!(run(&world, &[&scan[..], &["-o", "jsonl=whole.jsonl"]].concat()).code, 0);
    let whole = std::fs::read(world.path("whole.jsonl")).expect("written");
    for cut in [1, whole.len() / 3, whole.len() / 2, whole.len() - 1] {
        std::fs::write(world.path("torn.jsonl"), &whole[..cut]).expect("writable");
        let ended = run(&world, &[&scan[..], &["--resume", "torn.jsonl"]].concat());
        ended.is_sound();
        assert_eq!(ended.code, 0, "{cut}: {ended:?}");
        let lines = events(&world.read("torn.jsonl"));
        assert!(of_kind(&lines, "host").iter().any(|host| host["outcome"] == "complete"), "{cut}: {lines:?}");
    }
    for foreign in [&b"\xff\xfe\x00\x01"[..], b"hello\nworld\n", b"{\"event\":\"host\"}\n", b"[[[[[[[[\n", b"\n\n\n"] {
        std::fs::write(world.path("foreign"), foreign).expect("writable");
        let ended = run(&world, &[&scan[..], &["--resume", "foreign"]].concat());
        ended.is_sound();
        let kept = std::fs::read(world.path("foreign")).expect("it is there");
        assert!(ended.code != 2 || kept == foreign, "a file that is refused is left as it is: {ended:?}");
        assert!(kept.starts_with(foreign) || ended.code != 2, "{ended:?}");
    }
}

#[test]
fn flags_that_contradict_each_other_are_told() {
    let (world, demo) = (world(), demo());
    let url = demo.url();
    for arguments in [
        &["--resume", "x.jsonl", "-o", "jsonl=x.jsonl"][..],
        &["--dry-run", "--resume", "x.jsonl"],
        &["-o", "json=a", "-o", "text=a"],
        &["--id", "nothing-like-this"],
        &["-q", "-v"],
        &["-l", "-", "-"],
    ] {
        std::fs::write(world.path("x.jsonl"), "").expect("writable");
        let ended = run(&world, &[&["scan", "-r", "r.yaml", "--per-host-rate", "0", &url][..], arguments].concat());
        ended.is_sound();
    }
}
