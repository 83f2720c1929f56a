//! The community pack beside the checkout, where there is one, on a host that matches nothing: what its templates ask for
//! is what nuclei was recorded to ask for.

use std::cell::Cell;
use std::collections::{BTreeSet, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use outsight::base::{Limits, Origin, Scheme, Timestamp, Value};
use outsight::dialect::nuclei::load;
use outsight::dsl::{Env, Random, Text, Vars};
use outsight::plan::sequence::{Prepared, StepContext, StepError, TargetVars, render};
use outsight::plan::{Identity, Jar};
use outsight::predicate::{EndpointFacts, HostFacts};
use outsight::rule::sequence::{Block, Flow, HttpBlock, HttpStep, Protocol, Sequence};

use super::corpus::{Pack, pack, templates};

/// When the record was made.
const NOW: &str = "2026-11-15T12:00:00Z";

/// What a request is rendered with: the first payload of each list, the sequence's variables, the target's.
struct Names<'a> {
    target: TargetVars,
    payloads: Vec<(Arc<str>, Text)>,
    sequence: &'a Sequence,
    limits: &'a Limits,
    now: Timestamp,
    depth: Cell<u32>,
}

impl Vars for Names<'_> {
    fn get(&self, name: &str) -> Option<Value> {
        let payloads = self.payloads.iter();
        let mut named = payloads.chain(&self.sequence.constants).chain(&self.sequence.variables);
        let Some((_, text)) = named.find(|(known, _)| &**known == name).filter(|_| self.depth.get() < 4) else {
            return self.target.get(name);
        };
        self.depth.set(self.depth.get() + 1);
        let (random, pause) = (Random::new(name.as_bytes()), Cell::new(Duration::ZERO));
        let env = Env { vars: self, now: self.now, random: &random, limits: self.limits, pause: &pause };
        let value = Value::Text(text.render(&env).bytes);
        self.depth.set(self.depth.get() - 1);
        Some(value)
    }
}

fn host() -> HostFacts {
    let origin = Origin::new(Scheme::Http, "127.0.0.1", 8500).expect("valid");
    HostFacts::new(origin, "nonce", NOW.parse().expect("an instant"))
}

/// The blocks that are run whatever is answered.
fn first_blocks(sequence: &Sequence) -> Vec<&Block> {
    fn first(flow: &Flow) -> usize {
        match flow {
            Flow::All => 0,
            Flow::Block(index) => *index,
            Flow::Set(..) => 0,
            Flow::Not(flow) | Flow::ForEach(_, flow) => first(flow),
            Flow::And(flows) | Flow::Or(flows) | Flow::Then(flows) | Flow::Each(flows) => {
                flows.first().map_or(0, first)
            }
        }
    }
    match &sequence.flow {
        Flow::All => sequence.blocks.iter().collect(),
        flow => sequence.blocks.get(first(flow)).into_iter().collect(),
    }
}

fn ask(
    rule: &Arc<str>,
    sequence: &Sequence,
    block: &Block,
    http: &HttpBlock,
    step: &HttpStep,
) -> Result<Prepared, StepError> {
    let (host, limits, identity) = (host(), Limits::default(), Identity::anonymous());
    let endpoint = EndpointFacts::root();
    let lists = block.payloads.iter().flat_map(|payloads| &payloads.lists);
    let payloads = lists.filter_map(|(name, list)| Some((Arc::clone(name), list.first()?.clone()))).collect();
    let target = TargetVars::new(&host, &endpoint, rule, &sequence.tokens).for_step(step);
    let names = Names { target, payloads, sequence, limits: &limits, now: host.now, depth: Cell::new(0) };
    let (random, pause) = (Random::new(b"seed"), Cell::new(Duration::ZERO));
    let env = Env { vars: &names, now: host.now, random: &random, limits: &limits, pause: &pause };
    let jar = Jar::of_sequence();
    let (host, endpoint, identity, jar) = (&host, &endpoint, &identity, &jar);
    let sends_unresolved = block.sends_unresolved;
    render(http, step, &StepContext { host, endpoint, identity, jar, env: &env, sends_unresolved })
}

/// Method and target as a server's log writes them; what looks random stands for itself.
fn shape(method: &str, target: &str) -> String {
    let mut shape = format!("{method} ");
    let is_word = |c: char| c.is_ascii_alphanumeric();
    let mut rest = target;
    while let Some(c) = rest.chars().next() {
        let word = rest.get(..rest.find(|c| !is_word(c)).unwrap_or(rest.len())).unwrap_or_default();
        let mixed = |word: &str| {
            let digits = word.bytes().filter(u8::is_ascii_digit).count();
            word.len() >= 5 && (digits > 0 || word.bytes().skip(1).any(|b| b.is_ascii_uppercase()) || word.len() > 15)
        };
        if word.is_empty() {
            shape.push(c);
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        } else {
            shape.push_str(if mixed(word) { "*" } else { word });
            rest = rest.get(word.len()..).unwrap_or_default();
        }
    }
    shape
}

#[test]
#[expect(clippy::print_stdout, reason = "the figures are for whoever runs this test")]
fn first_requests_are_those_that_nuclei_sends() {
    let Some(root) = pack() else { return };
    let universe = root.parent().expect("a folder").join("universe");
    let Ok(cold) = std::fs::read_to_string(universe.join("cold-requests.tsv")) else { return };
    let run = std::fs::read_to_string(universe.join("verdicts/default-run.txt")).expect("a list");
    let run: HashSet<&str> = run.lines().collect();
    let known: HashSet<String> = cold
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .filter_map(|(method, rest)| rest.split('\t').next().map(|target| (method, target)))
        .map(|(method, target)| shape(method, &target.replace("\\x5C", "\\").replace("\\x22", "\"")))
        .collect();
    let (limits, files) = (Limits::default(), Pack(root.clone()));
    let (mut sent, mut probes, mut odd, mut failed) = (0, HashSet::new(), BTreeSet::new(), BTreeSet::new());
    for file in templates(Path::new(&root)) {
        let Some(rule) = load(&file, &files, &limits).rule.filter(|rule| rule.refused.is_none()) else { continue };
        let Some(sequence) = rule.sequence.as_ref().filter(|sequence| run.contains(&*rule.id) && !sequence.needs_oob)
        else {
            continue;
        };
        for block in first_blocks(sequence) {
            let Protocol::Http(http) = &block.protocol else { continue };
            for step in &http.steps {
                match ask(&rule.id, sequence, block, http, step) {
                    Ok(prepared) => {
                        sent += 1;
                        let target = String::from_utf8_lossy(&prepared.probe.target).into_owned();
                        if !known.contains(&shape(&prepared.probe.method.0, &target)) {
                            odd.insert(format!("{}: {} {target}", rule.id, prepared.probe.method.0));
                        }
                        probes.insert(prepared.probe);
                    }
                    Err(StepError::Unresolved(_)) => break,
                    Err(StepError::Malformed(why) | StepError::Unsendable(why)) => {
                        failed.insert(format!("{}: {why}", rule.id));
                    }
                }
            }
        }
    }
    assert!(odd.len() * 25 < sent, "{} of {sent} requests are not in the record", odd.len());
    println!("{sent} requests, {} distinct; {} not in the record, {} malformed", probes.len(), odd.len(), failed.len());
    for line in odd.iter().chain(&failed) {
        println!("  {line}");
    }
}
