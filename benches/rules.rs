//! How long rules take to load, to compile, and to be matched against one page of 60 KB: those that ship, and 10,000
//! generated ones.
//!
//! Run with `cargo bench --bench rules`; `-- shipped` or `-- generated` runs one half. Prints medians over several rounds,
//! and of the shipped rules the slowest. The rules are generated from a seed: a third
//! look for a text, a third for a regex with a literal in it, a third for a field and a regex; each has two inline tests'
//! worth of keys, as shipped rules have. The page is HTML with scripts, and holds the texts of one rule in a hundred.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::expect_used, reason = "a benchmark that cannot run should stop and say why")]

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use outsight::base::{Limits, Origin, Scheme, Secret, SourceFile, Timestamp};
use outsight::compile::Program;
use outsight::dialect::native;
use outsight::observation::{Exchange, Header, HttpProbe, Response, Timing};
use outsight::predicate::{Answer, EndpointFacts, Hops, HostFacts, Reply, ReplyState};
use outsight::rule::{AppliesTo, Rule};
use outsight::verdict::{PassiveTally, Seen};

const RULES: usize = 10_000;
const ROUNDS: usize = 9;

fn main() {
    let only = std::env::args().skip(1).find(|word| !word.starts_with('-'));
    let wanted = |half: &str| only.as_deref().is_none_or(|only| only == half);
    if wanted("shipped") {
        shipped();
    }
    if wanted("generated") {
        generated();
    }
}

/// The rules that ship, on a page that each round sees for the first time.
fn shipped() {
    let limits = Limits::default();
    let mut load = Vec::new();
    let mut compile = Vec::new();
    let mut rules = Vec::new();
    let mut program = Arc::new(Program::default());
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let files = outsight::pack::collect(&[], &limits).files;
        rules = native::load(&files, &limits).rules;
        load.push(start.elapsed());
        let copy = rules.clone();
        let start = Instant::now();
        program = Arc::new(Program::compile(copy));
        compile.push(start.elapsed());
    }
    let (new, seen) = warm(&program);
    let passive = program.passive().count();
    println!("{} shipped rules, {passive} of them passive, {ROUNDS} rounds", rules.len());
    println!("load (read, check, lower)   median {:>8.1} ms", median(&mut load));
    println!("compile (intern, automaton) median {:>8.1} ms", median(&mut compile));
    println!("match a new 60 KB page      median {:>8.2} ms", new);
    println!("match a page seen before    median {:>8.2} ms", seen);
    let empty = warm(&Arc::new(Program::default())).0;
    let alone = |rule: &Rule| (warm(&Arc::new(Program::compile(vec![rule.clone()]))).0, Arc::clone(&rule.id));
    let passive = rules.iter().filter(|rule| rule.applies_to == AppliesTo::Response);
    let mut slowest: Vec<_> = passive.map(alone).collect();
    slowest.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (time, rule) in slowest.iter().take(8) {
        println!("  {rule:<32} alone {:>8.2} ms", time - empty);
    }
}

/// Medians on pages that are new, and on one that was seen before. Regexes are compiled before either is measured.
fn warm(program: &Arc<Program>) -> (f64, f64) {
    let same = answer(page());
    let _ = match_page(program, &same);
    let mut new: Vec<Duration> = (0..ROUNDS * 3).map(|_| match_page(program, &answer(page())).0).collect();
    let mut seen: Vec<Duration> = (0..ROUNDS * 3).map(|_| match_page(program, &same).0).collect();
    (median(&mut new), median(&mut seen))
}

fn generated() {
    let files = generate_rules();
    let limits = Limits::default();
    let size: usize = files.iter().map(|file| file.text.len()).sum();
    let mut load = Vec::new();
    let mut compile = Vec::new();
    let mut program = Arc::new(Program::default());
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let loaded = native::load(&files, &limits);
        load.push(start.elapsed());
        assert_eq!(loaded.rules.len(), RULES, "{:?}", loaded.diagnostics.items.first());
        let start = Instant::now();
        program = Arc::new(Program::compile(loaded.rules));
        compile.push(start.elapsed());
    }
    let page = answer(page());
    let mut cold = Vec::new();
    let mut warm = Vec::new();
    let mut matched = 0;
    for round in 0..ROUNDS * 3 {
        let (elapsed, found) = match_page(&program, &page);
        if round == 0 {
            cold.push(elapsed)
        } else {
            warm.push(elapsed)
        }
        matched = found;
    }
    println!("{RULES} native rules, {} KiB of YAML, {ROUNDS} rounds", size >> 10);
    println!("load (read, check, lower)   median {:>8.1} ms", median(&mut load));
    println!("compile (intern, automaton) median {:>8.1} ms", median(&mut compile));
    println!("match a 60 KB page, first   {:>15.2} ms", median(&mut cold));
    println!("match a 60 KB page, warm    median {:>8.2} ms ({matched} rules matched)", median(&mut warm));
}

fn match_page(program: &Arc<Program>, page: &Arc<Answer>) -> (Duration, usize) {
    let origin = Origin::new(Scheme::Https, "app.example.com", 443).expect("valid");
    let host = Arc::new(HostFacts::new(origin, "k3v9q2x7", Timestamp::UNIX_EPOCH));
    let endpoint = Arc::new(EndpointFacts::root());
    let reply =
        Reply { label: "".into(), bindings: Vec::new(), state: ReplyState::Answered(Hops::single(Arc::clone(page))) };
    let start = Instant::now();
    let mut tally = PassiveTally::new(Arc::clone(program), host, endpoint);
    tally.observe(&reply, &Seen::Guaranteed);
    let results = tally.finish();
    let elapsed = start.elapsed();
    (elapsed, results.iter().filter(|(_, result)| !result.findings.is_empty()).count())
}

fn answer(body: String) -> Arc<Answer> {
    let origin = Origin::new(Scheme::Https, "app.example.com", 443).expect("valid");
    let probe = Arc::new(HttpProbe::new(
        origin,
        "GET".into(),
        Bytes::from_static(b"/"),
        Secret::new(Bytes::from_static(b"GET / HTTP/1.1\r\nHost: app.example.com\r\n\r\n")),
    ));
    let header = |name: &'static str, value: &'static str| Header {
        name: Bytes::from_static(name.as_bytes()),
        value: Bytes::from_static(value.as_bytes()),
    };
    let response = Response {
        version: "HTTP/1.1",
        status: 200,
        reason: Bytes::new(),
        headers: vec![header("Content-Type", "text/html; charset=utf-8"), header("Server", "nginx")],
        head: Bytes::from_static(b"HTTP/1.1 200 OK"),
        wire_bytes: body.len() as u64,
        body: body.into(),
        truncated: None,
        anomalies: Vec::new(),
    };
    Arc::new(Answer::new(Exchange {
        probe,
        response: Ok(response),
        at: Timestamp::UNIX_EPOCH,
        timing: Timing::default(),
        remote: None,
        tls: None,
    }))
}

/// Words that look like those of products; the n-th is the same in every run.
fn word(n: usize) -> String {
    const PARTS: [&str; 16] = [
        "alto", "bryn", "cora", "dune", "ember", "fjord", "gale", "harbor", "iris", "jade", "krill", "lumen", "mesa",
        "north", "opal", "pine",
    ];
    let mut state = (n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5bf0_3635;
    let mut text = String::new();
    for _ in 0..3 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        text.push_str(PARTS[(state >> 60) as usize]);
    }
    format!("{text}{n}")
}

fn generate_rules() -> Vec<SourceFile> {
    (0..RULES).map(|n| SourceFile::new(format!("bench/rule-{n}.yaml"), generate_rule(n))).collect()
}

fn generate_rule(n: usize) -> String {
    let word = word(n);
    let condition = match n % 3 {
        0 => format!("  body: {{ contains: '{word}-console' }}\n"),
        1 => format!("  body: {{ matches: '{word}[/ -]v?\\d+\\.\\d+' }}\n"),
        _ => format!(
            "  headers: {{ server: {{ contains: nginx }} }}\n  body: {{ matches: '(?i)powered by {word}\\b' }}\n"
        ),
    };
    format!(
        "# yaml-language-server: $schema=../../schemas/rule.schema.json\n\
         id: bench-{n}\n\
         title: The page names {word}\n\
         category: leakage\n\
         severity: low\n\
         tags: [bench, generated]\n\
         description: A generated rule that stands for a product's fingerprint.\n\
         impact: An attacker learns which product answers.\n\
         fix: Remove the name from the page.\n\
         applies_to: response\n\
         when: {{ class: html, status: 200 }}\n\
         match:\n{condition}\
         tests:\n\
         \x20 named: {{ given: {{ headers: {{ Server: nginx }}, body: '<p>{word}-console {word}/1.2 powered by {word}</p>' }}, expect: match }}\n\
         \x20 other: {{ given: {{ body: '<p>nothing</p>' }}, expect: clean }}\n"
    )
}

fn page() -> String {
    let mut page = String::from("<!doctype html><html><head><title>Shop</title></head><body>\n");
    let mut n = 0;
    while page.len() < 60 << 10 {
        let _ = writeln!(
            page,
            "<div class=\"item item-{n}\"><a href=\"/products/{n}?ref=home\">Product {n}</a><span>{}</span></div>",
            word(n + 20_000)
        );
        if n % 6 == 0 {
            let known = word(n * 100 / 6 % RULES);
            let _ = writeln!(page, "<script>var x{n} = '{known}-console', y = '{known}/1.2';</script>");
        }
        n += 1;
    }
    page.push_str("</body></html>");
    page
}

fn median(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    times.get(times.len() / 2).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
}
