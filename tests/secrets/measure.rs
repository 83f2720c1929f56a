//! Judges files by rules, and counts what was found, missed and raised wrongly.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use outsight::base::{Confidence, Limits, Origin, Scheme, Timestamp, Value};
use outsight::compile::Program;
use outsight::dialect::native::load;
use outsight::finding::Finding;
use outsight::observation::{Exchange, Header, HttpProbe, Response, Timing};
use outsight::pack;
use outsight::predicate::{Answer, EndpointFacts, Hops, HostFacts, Reply, ReplyState};
use outsight::rule::Exposure;
use outsight::verdict::{PassiveTally, Seen};

use super::corpus::{File, Is, Label, View};
use super::shapes::Told;

/// The rules of these built-in packs.
pub fn rules_of(packs: &[&str]) -> Arc<Program> {
    let files = pack::collect(&[], &Limits::default()).files;
    let own = |name: &str| packs.iter().any(|pack| name.contains(&format!("{pack}/")));
    let files: Vec<_> = files.into_iter().filter(|file| own(&file.name)).collect();
    Arc::new(Program::compile(load(&files, &Limits::default()).rules))
}

/// What the rules say of a file.
pub fn judge(program: &Arc<Program>, file: &File) -> Vec<Finding> {
    let origin = Origin::new(Scheme::Https, "shop.test", 443).expect("a name");
    let now = Timestamp::from_second(1_767_225_600).expect("a time");
    let host = Arc::new(HostFacts::new(origin.clone(), "k3v9q2x7m1", now));
    let endpoint = Arc::new(EndpointFacts { path: file.path.as_str().into(), facts: Value::list([]) });
    let mut tally = PassiveTally::new(Arc::clone(program), host, endpoint);
    let answer = Arc::new(Answer::new(exchange(&origin, file)));
    let state = ReplyState::Answered(Hops::single(answer));
    tally.observe(&Reply { label: "".into(), bindings: Vec::new(), state }, &Seen::Guaranteed);
    tally.finish().into_iter().flat_map(|(_, result)| result.findings).collect()
}

fn exchange(origin: &Origin, file: &File) -> Exchange {
    let wire = format!("GET {} HTTP/1.1\r\nHost: {}\r\n\r\n", file.path, origin.authority());
    let probe = HttpProbe::new(
        origin.clone(),
        "GET".into(),
        Bytes::copy_from_slice(file.path.as_bytes()),
        outsight::base::Secret::new(wire.into()),
    );
    let head = format!("HTTP/1.1 {}\r\nContent-Type: {}", file.status, file.class);
    let response = Response {
        version: "HTTP/1.1",
        status: file.status,
        reason: Bytes::new(),
        headers: vec![Header { name: "Content-Type".into(), value: file.class.into() }],
        wire_bytes: file.body.len() as u64,
        head: head.into(),
        body: file.body.clone().into(),
        truncated: None,
        anomalies: Vec::new(),
    };
    let (at, timing) = (Timestamp::from_second(1_767_225_600).expect("a time"), Timing::default());
    Exchange { probe: Arc::new(probe), response: Ok(response), at, timing, remote: None, tls: None }
}

/// How one planted text fared.
struct Fate {
    view: View,
    label: Label,
    /// The rules that raised it, and how sure they are.
    alarms: Vec<(String, Confidence)>,
    notes: Vec<String>,
}

/// What was found in many files.
#[derive(Default)]
pub struct Tally {
    fates: Vec<Fate>,
    /// Alarms where nothing is planted: rule, file, text.
    stray: Vec<(String, String, String)>,
}

impl Tally {
    pub fn take(&mut self, file: &File, findings: &[Finding]) {
        let fate =
            |label: &Label| Fate { view: file.view, label: label.clone(), alarms: Vec::new(), notes: Vec::new() };
        let mut fates: Vec<Fate> = file.labels.iter().map(fate).collect();
        let mut stray = BTreeSet::new();
        for (finding, at) in findings.iter().flat_map(|finding| spans(finding).map(move |at| (finding, at))) {
            let is_alarm = finding.exposure == Exposure::Secret;
            let mut hit = false;
            for fate in fates.iter_mut().filter(|fate| fate.label.at.start < at.end && at.start < fate.label.at.end) {
                hit = true;
                match is_alarm {
                    true => fate.alarms.push((finding.rule.to_string(), finding.confidence)),
                    false => fate.notes.push(finding.rule.to_string()),
                }
            }
            if is_alarm && !hit {
                let text = String::from_utf8_lossy(file.body.get(at.clone()).unwrap_or_default()).into_owned();
                stray.insert((finding.rule.to_string(), file.path.clone(), text));
            }
        }
        self.fates.extend(fates);
        self.stray.extend(stray);
    }

    fn secrets(&self, view: impl Fn(View) -> bool, told: impl Fn(Told) -> bool) -> impl Iterator<Item = &Fate> {
        self.fates.iter().filter(move |fate| view(fate.view) && matches!(fate.label.is, Is::Secret(how) if told(how)))
    }

    /// The part of the secrets that was raised.
    pub fn recall(&self, view: impl Fn(View) -> bool, told: impl Fn(Told) -> bool) -> f64 {
        let all: Vec<&Fate> = self.secrets(view, told).collect();
        part(all.iter().filter(|fate| !fate.alarms.is_empty()).count(), all.len())
    }

    /// The part of the alarms that are secrets.
    pub fn precision(&self) -> f64 {
        let right = self.secrets(|_| true, |_| true).filter(|fate| !fate.alarms.is_empty()).count();
        let wrong = self.raised(|label| !matches!(label.is, Is::Secret(_))) + self.stray.len();
        part(right, right + wrong)
    }

    /// Planted texts of these labels that were raised.
    pub fn raised(&self, of: impl Fn(&Label) -> bool) -> usize {
        self.fates.iter().filter(|fate| of(&fate.label) && !fate.alarms.is_empty()).count()
    }

    pub fn missed_of(&self, kind: &str) -> usize {
        self.fates.iter().filter(|fate| fate.label.kind == kind && fate.alarms.is_empty()).count()
    }

    /// The part of the public keys that a note names.
    pub fn public_told(&self) -> f64 {
        let all: Vec<&Fate> = self.fates.iter().filter(|fate| fate.label.is == Is::Public).collect();
        part(all.iter().filter(|fate| !fate.notes.is_empty()).count(), all.len())
    }
}

/// The bytes of the served file that a finding points at.
fn spans(finding: &Finding) -> impl Iterator<Item = std::ops::Range<usize>> {
    finding.places.iter().filter_map(|place| {
        let start = usize::try_from(place.offset?).ok()?;
        Some(start..start + usize::try_from(place.length.unwrap_or(1)).ok()?.max(1))
    })
}

#[expect(clippy::cast_precision_loss, reason = "counts are small")]
fn part(of: usize, all: usize) -> f64 {
    if all == 0 { 1.0 } else { of as f64 / all as f64 }
}

impl fmt::Display for Tally {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is = |label: Is| move |fate: &&Fate| fate.label.is == label;
        let count = |label: Is| self.fates.iter().filter(is(label)).count();
        writeln!(out, "| view | secrets | recall | told by shape | told by name |\n|---|---|---|---|---|")?;
        let row = |out: &mut fmt::Formatter<'_>, name: &str, view: &dyn Fn(View) -> bool| {
            let (own, named) = (|told| told == Told::Itself, |told| told == Told::Name);
            let all = self.secrets(view, |_| true).count();
            let (every, own, named) = (self.recall(view, |_| true), self.recall(view, own), self.recall(view, named));
            writeln!(out, "| {name} | {all} | {every:.3} | {own:.3} | {named:.3} |")
        };
        for view in View::ALL {
            row(out, view.name(), &|other| other == view)?;
        }
        row(out, "all", &|_| true)?;
        let traps = self.raised(|label| label.is == Is::Trap);
        let public = self.raised(|label| label.is == Is::Public);
        writeln!(
            out,
            "strict precision {:.3}; raised: {public} of {} public keys, {traps} of {} traps, {} where nothing is planted; public keys told {:.3}",
            self.precision(),
            count(Is::Public),
            count(Is::Trap),
            self.stray.len(),
            self.public_told()
        )?;
        let mut missed: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for fate in self.secrets(|_| true, |_| true).filter(|fate| fate.alarms.is_empty()) {
            missed.entry(fate.label.kind).or_default().push(fate.view.name());
        }
        for (kind, views) in missed {
            writeln!(out, "missed: {kind} in {}", views.join(", "))?;
        }
        for fate in self.fates.iter().filter(|fate| !matches!(fate.label.is, Is::Secret(_)) && !fate.alarms.is_empty())
        {
            writeln!(
                out,
                "raised: {} `{}` in {}: {:?}",
                fate.label.kind,
                fate.label.value,
                fate.view.name(),
                fate.alarms
            )?;
        }
        for (rule, file, text) in &self.stray {
            writeln!(out, "raised where nothing is: {rule} in {file}: {text}")?;
        }
        let silent = self.fates.iter().filter(|fate| fate.label.is == Is::Public && fate.notes.is_empty());
        let silent: BTreeSet<(&str, &str)> = silent.map(|fate| (fate.label.kind, fate.view.name())).collect();
        for (kind, view) in silent {
            writeln!(out, "public and not told: {kind} in {view}")?;
        }
        Ok(())
    }
}
