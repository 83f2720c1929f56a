//! How fast tokens are searched: megabytes a second of CPU time over generated bundles, the worst line there is, and what
//! memory that takes.
//!
//! Run with `cargo bench --bench tokens`; `-- FOLDER` takes the rules of a folder instead of those that ship. The bundles
//! are generated from a seed: minified JavaScript with long lines, strings with escapes, chunk maps, source maps with
//! sources, JSON, HTML with references; no file of it holds a token but a planted one in a hundred kilobytes. The worst
//! line is 5 MiB of all keywords of all rules, over and over.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::expect_used, reason = "a benchmark that cannot run should stop and say why")]

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use outsight::base::{Category, Limits, Origin, Scheme, Secret, Timestamp};
use outsight::compile::Program;
use outsight::dialect::native;
use outsight::observation::{Exchange, Header, HttpProbe, Response, Timing};
use outsight::predicate::{Answer, EndpointFacts, Hops, HostFacts, Reply, ReplyState, Source};
use outsight::rule::Rule;
use outsight::verdict::{PassiveTally, Seen};

/// What a bundle is called, the type that it is served as, and what makes one.
type Kind = (&'static str, &'static str, fn(&mut Random) -> String);

/// Bytes of one bundle.
const BUNDLE: usize = 2 << 20;
/// Bundles of each kind.
const EACH: usize = 5;
/// Bytes of the worst line.
const WORST: usize = 5 << 20;

fn main() {
    let limits = Limits::default();
    let folder: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let files = outsight::pack::collect(&folder, &limits).files;
    let mut rules = native::load(&files, &limits).rules;
    rules.retain(|rule| rule.meta.category == Category::Secrets && sources(rule).next().is_some());
    let keywords: Vec<String> =
        rules.iter().flat_map(sources).flat_map(|source| &source.keywords).map(ToString::to_string).collect();
    let start = Instant::now();
    let program = Arc::new(Program::compile(rules.clone()));
    println!("{} rules of tokens, {} keywords, compiled in {:.0} ms", rules.len(), keywords.len(), ms(start.elapsed()));
    // Regexes are compiled on first use: that is no part of the figure, but shown.
    let warm = measure(&program, &[("text/javascript", keywords.join(" ").into_bytes())]);
    println!("first use of every regex {:>21.0} ms", warm * 1000.0);
    let kinds: [Kind; 5] = [
        ("JavaScript", "text/javascript", script),
        ("source maps", "application/json", source_map),
        ("JSON", "application/json", json),
        ("HTML", "text/html", html),
        ("base64", "text/javascript", blobs),
    ];
    let mut all = Vec::new();
    for (seed, (name, class, make)) in kinds.into_iter().enumerate() {
        let bodies: Vec<(&str, Vec<u8>)> =
            (0..EACH).map(|n| (class, make(&mut Random((seed * 100 + n + 1) as u64)).into_bytes())).collect();
        rate(&program, name, &bodies);
        all.extend(bodies);
    }
    rate(&program, "all kinds", &all);
    drop(all);
    let most = keywords.iter().max_by_key(|word| slowness(&program, word)).cloned().unwrap_or_default();
    let lines = [
        ("keywords together", keywords.join("")),
        ("keywords apart", keywords.join(" ")),
        ("keywords, escaped", keywords.join("\\\"")),
        ("keywords in references", keywords.join("&quot;")),
        ("keywords and line ends", keywords.join(&"\\n".repeat(100))),
        ("keywords and letters", keywords.join(&"aB3dE5".repeat(8))),
        ("keywords assigned", keywords.join("=\"aB3dE5gH7jK9mN1pQ3sT5vW7\",")),
        (&*format!("only `{most}`"), most.clone()),
    ];
    println!("\nThe worst lines of {:.1} MB:", mb(WORST));
    lines.iter().for_each(|(name, unit)| worst(&program, name, unit));
}

/// A line of one text over and over: how long it takes, and how much memory beyond what was in use, the line included.
fn worst(program: &Arc<Program>, name: &str, unit: &str) {
    let before = resident("VmRSS");
    reset_peak();
    let start = cpu();
    judge(program, "text/javascript", unit.bytes().cycle().take(WORST).collect());
    let (seconds, peak) = (cpu() - start, resident("VmHWM").saturating_sub(before));
    println!("{name:<32} {seconds:>6.2} s of CPU, {:>4.1} times its memory", peak as f64 / WORST as f64);
}

fn sources(rule: &Rule) -> impl Iterator<Item = &outsight::predicate::TokenSource> {
    rule.for_each.iter().filter_map(|binding| match &binding.source {
        Source::Tokens(source) => Some(&**source),
        _ => None,
    })
}

/// The time that 64 KiB of one keyword take.
fn slowness(program: &Arc<Program>, word: &str) -> Duration {
    let body: Vec<u8> = word.bytes().cycle().take(64 << 10).collect();
    let start = Instant::now();
    judge(program, "text/javascript", body);
    start.elapsed()
}

fn rate(program: &Arc<Program>, name: &str, bodies: &[(&str, Vec<u8>)]) {
    let size: usize = bodies.iter().map(|(_, body)| body.len()).sum();
    let seconds = measure(program, bodies);
    println!("{name:<32} {:>7.1} MB in {seconds:>6.2} s of CPU: {:>7.1} MB/s", mb(size), mb(size) / seconds.max(1e-9));
}

/// Seconds of CPU time.
fn measure(program: &Arc<Program>, bodies: &[(&str, Vec<u8>)]) -> f64 {
    let before = cpu();
    for (class, body) in bodies {
        judge(program, class, body.clone());
    }
    cpu() - before
}

fn judge(program: &Arc<Program>, class: &str, body: Vec<u8>) -> usize {
    let origin = Origin::new(Scheme::Https, "app.example.com", 443).expect("valid");
    let host = Arc::new(HostFacts::new(origin, "k3v9q2x7", Timestamp::UNIX_EPOCH));
    let endpoint = Arc::new(EndpointFacts::root());
    let state = ReplyState::Answered(Hops::single(answer(class, body)));
    let reply = Reply { label: "".into(), bindings: Vec::new(), state };
    let mut tally = PassiveTally::new(Arc::clone(program), host, endpoint);
    tally.observe(&reply, &Seen::Guaranteed);
    tally.finish().iter().map(|(_, result)| result.findings.len()).sum()
}

fn answer(class: &str, body: Vec<u8>) -> Arc<Answer> {
    let probe = Arc::new(HttpProbe::new(
        Origin::new(Scheme::Https, "app.example.com", 443).expect("valid"),
        "GET".into(),
        Bytes::from_static(b"/static/main.js"),
        Secret::new(Bytes::from_static(b"GET / HTTP/1.1\r\nHost: app.example.com\r\n\r\n")),
    ));
    let header = Header { name: Bytes::from_static(b"Content-Type"), value: Bytes::copy_from_slice(class.as_bytes()) };
    let response = Response {
        version: "HTTP/1.1",
        status: 200,
        reason: Bytes::new(),
        headers: vec![header],
        head: Bytes::from_static(b"HTTP/1.1 200 OK"),
        wire_bytes: body.len() as u64,
        body: body.into(),
        truncated: None,
        anomalies: Vec::new(),
    };
    let (response, at, timing) = (Ok(response), Timestamp::UNIX_EPOCH, Timing::default());
    Arc::new(Answer::new(Exchange { probe, response, at, timing, remote: None, tls: None }))
}

/// Seconds of CPU time of this process.
fn cpu() -> f64 {
    let stat = told("/proc/self/stat");
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

/// Bytes of memory, by the name that Linux gives the figure.
fn resident(name: &str) -> usize {
    let status = told("/proc/self/status");
    let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<usize>().ok()).unwrap_or(0) << 10
}

/// What the system tells in one of its files.
#[expect(clippy::disallowed_methods, reason = "the system's own files are small")]
fn told(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// Sets the peak to what is used now (proc(5), `clear_refs`).
fn reset_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

fn mb(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// Numbers from a seed (xorshift*).
struct Random(u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % below.max(1)
    }

    fn of(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length).map(|_| char::from(alphabet[self.next(alphabet.len())])).collect()
    }

    fn word(&mut self) -> &'static str {
        const WORDS: [&str; 40] = [
            "function",
            "return",
            "this",
            "props",
            "children",
            "state",
            "token",
            "key",
            "secret",
            "value",
            "data",
            "error",
            "message",
            "password",
            "type",
            "name",
            "id",
            "config",
            "options",
            "element",
            "target",
            "event",
            "handler",
            "client",
            "request",
            "response",
            "header",
            "authorization",
            "session",
            "user",
            "account",
            "access",
            "api",
            "google",
            "stripe",
            "github",
            "cloud",
            "service",
            "public",
            "private",
        ];
        WORDS[self.next(WORDS.len())]
    }

    fn name(&mut self) -> String {
        const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
        let length = 1 + self.next(3);
        self.of(LETTERS, length)
    }
}

const HEX: &[u8] = b"0123456789abcdef";
const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn script(random: &mut Random) -> String {
    let mut out = String::with_capacity(BUNDLE + 4096);
    while out.len() < BUNDLE {
        let (a, b, c) = (random.name(), random.name(), random.name());
        let (one, two, three) = (random.word(), random.word(), random.word());
        let _ = match random.next(24) {
            0 => write!(out, "{}:\"{}\",", random.next(9999), random.of(HEX, 20)),
            1 => write!(out, "throw new Error(\"The {one} of \\\"{two}\\\" is not a {three}\\n\");"),
            2 => write!(out, "var {a}=\"https://{one}.example.com/{two}?{three}=\"+{b};"),
            3 => write!(out, "{a}.{one}={{{two}:\"{three}\",{one}Id:{}}};", random.next(100_000)),
            4 => writeln!(out, "\n/* {one} {two} */"),
            5..=9 => write!(out, "{a}({b},{c}=>{{{c}.{one}({b}.{two})}});"),
            10..=14 => write!(out, "if({a}.{one}!=={b}&&!{c}.{two}){{return {a}.{three}({b})}}"),
            _ => write!(out, "function {a}({b}){{var {c}={b}.{one};return {c}?{c}.{two}:void 0}}"),
        };
    }
    out
}

fn source_map(random: &mut Random) -> String {
    let text = script(random);
    let half: Vec<String> =
        text.as_bytes().chunks(40_000).map(|part| String::from_utf8_lossy(part).into_owned()).collect();
    let half: Vec<&String> = half.iter().take(half.len() / 2).collect();
    let names: Vec<String> = (0..half.len()).map(|n| format!("webpack://app/./src/{n}.ts")).collect();
    let mut mappings = String::new();
    while mappings.len() < BUNDLE / 2 {
        let length = 4 + random.next(3);
        mappings.push_str(&random.of(BASE64, length));
        mappings.push(if random.next(12) == 0 { ';' } else { ',' });
    }
    serde_json::json!({ "version": 3, "sources": names, "sourcesContent": half, "names": [], "mappings": mappings })
        .to_string()
}

fn json(random: &mut Random) -> String {
    let mut out = String::from("[");
    while out.len() < BUNDLE {
        let (one, two) = (random.word(), random.word());
        let _ = write!(
            out,
            "{{\"id\":\"{}\",\"{one}\":\"{two}\",\"url\":\"https:\\/\\/{one}.example.com\\/{two}\",\"etag\":\"{}\"}},",
            random.of(HEX, 32),
            random.of(HEX, 40)
        );
    }
    out.push_str("{}]");
    out
}

fn html(random: &mut Random) -> String {
    let mut out = String::from("<!doctype html><html><body>\n");
    while out.len() < BUNDLE {
        let (one, two) = (random.word(), random.word());
        let _ = writeln!(
            out,
            "<div class=\"{one}-{}\" data-props=\"{{&quot;{one}&quot;:&quot;{two}&quot;}}\"><a href=\"/{two}?a=1&amp;b=%22{one}%22\">{two}</a></div>",
            random.next(999)
        );
    }
    out
}

fn blobs(random: &mut Random) -> String {
    let mut out = String::new();
    while out.len() < BUNDLE {
        let length = 200 + random.next(20_000);
        let _ = write!(out, "var {}=\"data:image/png;base64,{}\";", random.name(), random.of(BASE64, length));
        out.push_str(&script_line(random));
    }
    out
}

fn script_line(random: &mut Random) -> String {
    format!("function {}({}){{return {}.{}}}", random.name(), random.name(), random.word(), random.word())
}
