//! Raw requests: whatever a template's text is and an answer's value holds, rendering ends, and only line breaks of ours
//! stand in the head of a request that does not go out byte for byte.
#![no_main]

use std::cell::Cell;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use outsight::base::{Limits, Origin, Scheme, Timestamp, Value};
use outsight::dsl::{Env, Random, Text, Vars};
use outsight::plan::sequence::{StepContext, TargetVars, render};
use outsight::plan::{Identity, Jar};
use outsight::predicate::{EndpointFacts, HostFacts};
use outsight::rule::Redirects;
use outsight::rule::sequence::{HttpBlock, HttpStep, RawStep};

struct Names(TargetVars, Value);

impl Vars for Names {
    fn get(&self, name: &str) -> Option<Value> {
        if name == "x" { Some(self.1.clone()) } else { self.0.get(name) }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some((flags, bytes)) = bytes.split_first() else { return };
    let (value, source) = bytes.split_at(bytes.len().min(usize::from(flags >> 3)));
    let Ok(source) = std::str::from_utf8(source) else { return };
    let limits = Limits::default();
    let Ok(text) = Text::parse(source, &limits) else { return };
    let origin = Origin::new(Scheme::Http, "h.example", 80).expect("valid");
    let host = HostFacts::new(origin, "nonce", Timestamp::UNIX_EPOCH);
    let endpoint = EndpointFacts { path: "/app/?k=v".into(), facts: Value::list([]) };
    let exact = flags & 1 != 0;
    let block = HttpBlock {
        steps: Vec::new(),
        method: "GET".into(),
        headers: Vec::new(),
        body: None,
        redirects: Redirects::None,
        max_redirects: None,
        exact,
        joins_paths: flags & 2 != 0,
        max_size: None,
        reads_to_end: false,
        digest: None,
    };
    let step = match flags & 4 {
        0 => HttpStep::Raw(RawStep { text, host: None, sni: None, timeout: None, once: false }),
        _ => HttpStep::Path(text),
    };
    let names = Names(TargetVars::new(&host, &endpoint, &"rule".into(), &[]).for_step(&step), Value::text(value));
    let (random, pause) = (Random::new(b"seed"), Cell::new(Duration::ZERO));
    let env = Env { vars: &names, now: host.now, random: &random, limits: &limits, pause: &pause };
    let (identity, jar) = (Identity::anonymous(), Jar::of_sequence());
    let (host, endpoint, identity, jar) = (&host, &endpoint, &identity, &jar);
    let context = StepContext { host, endpoint, identity, jar, env: &env, sends_unresolved: true };
    let Ok(prepared) = render(&block, &step, &context) else { return };
    if exact && flags & 4 == 0 {
        return;
    }
    let wire = prepared.probe.wire.expose();
    let end = wire.windows(4).position(|four| four == b"\r\n\r\n").expect("a head that ends");
    let head = &wire[..end];
    for (at, byte) in head.iter().enumerate() {
        match byte {
            b'\r' => assert_eq!(head[at + 1], b'\n'),
            b'\n' => assert_eq!(head[at - 1], b'\r'),
            b'\t' => {}
            byte => assert!(!byte.is_ascii_control()),
        }
    }
});
