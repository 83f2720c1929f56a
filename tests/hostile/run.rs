//! A run of the binary under guard: how it ended, what it wrote, and how much memory it ever held.

use std::io::{Read as _, Write as _};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cli::world::{World, events, of_kind};

/// Longer than any of these runs needs on a busy machine.
pub const GUARD: Duration = Duration::from_secs(900);

/// The most memory that a run may hold, in KiB: the byte budget, the rules, and what allocator and decoders of an
/// unoptimised build leave unused between them.
pub const MAX_RSS: u64 = 400 << 10;

/// How a guarded run ended.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub out: String,
    pub err: String,
    /// Peak resident memory in KiB; 0 where the system does not tell.
    pub peak: u64,
}

impl Ended {
    /// The events of JSON Lines output, held to all that is true of any run.
    pub fn events(&self) -> Vec<Value> {
        self.is_sound();
        let events = events(&self.out);
        let summary = of_kind(&events, "summary")[0];
        let count = |name: &str| summary[name].as_u64().expect("a number");
        let ended: u64 = ["match", "clean", "error", "skipped", "inconclusive"].iter().map(|name| count(name)).sum();
        assert_eq!(count("planned"), ended, "{summary}");
        let verdicts = of_kind(&events, "verdict").len() as u64;
        assert!(verdicts == 0 || verdicts == count("planned"), "{verdicts} verdicts: {summary}");
        events
    }

    /// What is true of any run, whatever it wrote.
    pub fn is_sound(&self) {
        assert!([0, 1, 2, 3, 130].contains(&self.code), "{self:?}");
        assert!(!self.err.contains("panicked") && !self.out.contains("panicked"), "{}", self.err);
        assert!(!self.out.contains("\"internal\"") && !self.err.contains("internal error"), "{self:?}");
        assert_eq!(raw_controls(&self.out), None, "standard output");
        assert_eq!(raw_controls(&self.err), None, "standard error");
        assert!(self.peak < MAX_RSS, "{} KiB", self.peak);
    }
}

/// The first raw control or bidirectional character that is no line break.
pub fn raw_controls(text: &str) -> Option<char> {
    text.chars().find(|c| {
        (c.is_control() && !matches!(c, '\n')) || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    })
}

/// Runs the binary to its end.
pub fn run(world: &World, arguments: &[&str]) -> Ended {
    finish(world.spawn(arguments, Stdio::null()))
}

/// Runs the binary with bytes on its standard input.
pub fn run_with_bytes(world: &World, arguments: &[&str], input: Vec<u8>) -> Ended {
    let mut child = world.spawn(arguments, Stdio::piped());
    let mut stdin = child.stdin.take().expect("piped");
    let feeder = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let ended = finish(child);
    feeder.join().expect("it writes or is refused");
    ended
}

/// Waits for a child whose outputs are piped.
pub fn finish(mut child: Child) -> Ended {
    let mut stdout = child.stdout.take().expect("piped");
    let mut stderr = child.stderr.take().expect("piped");
    let out = std::thread::spawn(move || read_all(&mut stdout));
    let err = std::thread::spawn(move || read_all(&mut stderr));
    let (code, peak) = wait(&mut child);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Ended { code, out: text(out.join().expect("read")), err: text(err.join().expect("read")), peak }
}

fn read_all(from: &mut impl std::io::Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    from.take(256 << 20).read_to_end(&mut bytes).expect("a pipe");
    bytes
}

fn wait(child: &mut Child) -> (i32, u64) {
    let (until, mut peak) = (Instant::now() + GUARD, 0);
    loop {
        peak = peak.max(peak_memory(child.id()));
        if let Some(status) = child.try_wait().expect("a child") {
            return (status.code().expect("it was not killed"), peak);
        }
        if Instant::now() > until {
            child.kill().expect("a child");
            child.wait().expect("a child");
            panic!("it does not end");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The high-water mark of a process's resident memory in KiB; 0 where the system does not tell.
pub fn peak_memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
