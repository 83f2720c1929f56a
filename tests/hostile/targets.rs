//! Lists of targets that were not made for us.

use std::io::Write as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::run::{GUARD, peak_memory, run, run_with_bytes};
use crate::cli::world::{Counting, World, closed_port, of_kind, rule};

fn world() -> World {
    let world = World::new();
    world.write("r.yaml", &rule("any-page", "/a", 200));
    world
}

const SCAN: [&str; 9] = ["scan", "-", "-r", "r.yaml", "-f", "jsonl", "--per-host-rate", "0", "--retries"];

#[test]
fn garbage_between_targets_is_told_line_by_line_and_the_rest_is_scanned() {
    let (world, server) = (world(), Counting::start());
    let mut list = b"\xef\xbb\xbf".to_vec();
    list.extend(format!("{}\r\n\r\n   \t \r\n# a remark\r\n", server.url()).bytes());
    list.extend(
        b"\xff\xfe\xfd\nhttp://\nhttp://[::1\nfile:///etc/passwd\n\x1b[31mred\n127.0.0.1/99\nhttp://a:99999/\n\0\n"
            .iter(),
    );
    list.extend(std::iter::repeat_n(b'a', 3 << 20));
    list.extend(b"\nhttp://user:hunter2@[bad/\nend without a line break");
    let ended = run_with_bytes(&world, &[&SCAN[..], &["0"]].concat(), list);
    let events = ended.events();
    assert_eq!(ended.code, 3, "{ended:?}");
    assert_eq!((server.asked(), of_kind(&events, "host").len()), (1, 1), "{}", ended.out);
    for line in [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15] {
        assert!(ended.err.contains(&format!("standard input:{line}")), "line {line} in:\n{}", ended.err);
    }
    assert!(ended.err.len() < 20_000 && !ended.err.contains("hunter2"), "{}", ended.err);
}

#[test]
fn names_and_ports_that_lead_nowhere_are_hosts_that_could_not_be_reached() {
    let world = world();
    let gone = format!("http://127.0.0.1:{}", closed_port());
    let ended = run(&world, &["scan", "-r", "r.yaml", "-f", "jsonl", "--retries", "0", "no-such-host.invalid", &gone]);
    let events = ended.events();
    assert_eq!(ended.code, 3, "{ended:?}");
    let hosts = of_kind(&events, "host");
    assert!(hosts.len() == 2 && hosts.iter().all(|host| host["outcome"] == "unreachable"), "{}", ended.out);
}

#[test]
fn a_list_without_end_is_streamed() {
    let world = world();
    let arguments = [&SCAN[..], &["0", "-o", "jsonl=out.jsonl", "--timeout", "1s"]].concat();
    let mut command = world.command(&arguments);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary runs");
    let mut stdin = child.stdin.take().expect("piped");
    let feeder = std::thread::spawn(move || {
        // Loopback has sixteen million addresses, and nobody listens on any port 1.
        for nth in 0..1_000_000u32 {
            let [_, a, b, c] = nth.to_be_bytes();
            if stdin.write_all(format!("http://127.{}.{b}.{c}:1/\n", a + 1).as_bytes()).is_err() {
                return;
            }
        }
    });
    let until = Instant::now() + GUARD;
    let hosts = || std::fs::read_to_string(world.path("out.jsonl")).unwrap_or_default().matches("\"host\"").count();
    while hosts() < 3000 {
        assert!(Instant::now() < until, "only {} hosts were done", hosts());
        assert_eq!(child.try_wait().expect("a child"), None, "it goes on");
        std::thread::sleep(Duration::from_millis(50));
    }
    let peak = peak_memory(child.id());
    child.kill().expect("a child");
    child.wait().expect("a child");
    feeder.join().expect("it ends with the pipe");
    assert!(peak < 150 << 10, "{peak} KiB");
}
