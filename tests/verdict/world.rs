//! A host without a socket: rules from text, answers by path, runs driven by hand.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use outsight::base::{Limits, Origin, Scheme, SourceFile, Timestamp, Unknown};
use outsight::compile::CompiledRule;
use outsight::diagnostic::render_text;
use outsight::dialect::native::load;
use outsight::finding::{Finding, Outcome};
use outsight::observation::{Exchange, Header, HttpProbe, Response, Timing, Truncation};
use outsight::plan::Identity;
use outsight::predicate::{Answer, EndpointFacts, Hops, HostFacts, Reply, ReplyState};
use outsight::rule::Rule;
use outsight::verdict::{Ask, Run, RunResult, Step};

/// An answer to be.
#[derive(Debug, Clone, Default)]
pub struct Page {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
    pub cut: bool,
}

pub fn page(status: u16, body: &str) -> Page {
    Page { status, body: body.to_owned(), ..Page::default() }
}

impl Page {
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub fn cut(self) -> Self {
        Self { cut: true, ..self }
    }

    /// The state of a request that it answers.
    pub fn answers(&self, probe: &Arc<HttpProbe>) -> ReplyState {
        let header = |(name, value): &(&str, String)| Header {
            name: Bytes::copy_from_slice(name.as_bytes()),
            value: Bytes::from(value.clone()),
        };
        let response = Response {
            version: "HTTP/1.1",
            status: self.status,
            reason: Bytes::new(),
            headers: self.headers.iter().map(header).collect(),
            head: Bytes::new(),
            body: Bytes::from(self.body.clone()),
            wire_bytes: 0,
            truncated: self.cut.then_some(Truncation::Interrupted),
            anomalies: Vec::new(),
        };
        let (at, timing) = (Timestamp::UNIX_EPOCH, Timing::default());
        let exchange =
            Exchange { probe: Arc::clone(probe), response: Ok(response), at, timing, remote: None, tls: None };
        ReplyState::Answered(Hops::single(Arc::new(Answer::new(exchange))))
    }
}

/// The rules of a text; each must load without an error.
pub fn rules(texts: &[String]) -> Vec<Rule> {
    let files: Vec<SourceFile> =
        texts.iter().enumerate().map(|(nth, text)| SourceFile::new(format!("{nth}.yaml"), text.clone())).collect();
    let loaded = load(&files, &Limits::default());
    let errors: Vec<String> =
        loaded.diagnostics.items.iter().filter(|item| item.is_error()).map(|item| render_text(item, false)).collect();
    assert!(errors.is_empty(), "{}\n{}", errors.join("\n"), texts.join("\n---\n"));
    loaded.rules
}

/// A rule of this id, category and title, with these further keys.
pub fn text(id: &str, keys: &str) -> String {
    format!("id: {id}\ntitle: {id}\ncategory: exposure\n{keys}")
}

pub fn rule(keys: &str) -> Rule {
    rules(&[text("r", keys)]).pop().expect("one rule")
}

pub fn compiled(keys: &str) -> Arc<CompiledRule> {
    CompiledRule::alone(rule(keys))
}

pub fn origin() -> Origin {
    Origin::new(Scheme::Https, "app.example.com", 443).expect("valid")
}

pub fn probe(path: &str) -> Arc<HttpProbe> {
    let run = Run::new(
        compiled(&format!(
            "severity: low\napplies_to: host\nrequest: {{ get: \"{path}\" }}\nmatch: {{ status: 200 }}\n"
        )),
        host(Vec::new()),
        endpoint(),
        Arc::new(Identity::anonymous()),
    );
    Arc::clone(probe_of(&asks(&mut { run }).pop().expect("an ask")))
}

/// The host; with the answers to its two random paths, where there are some.
pub fn host(baseline: Vec<Page>) -> Arc<HostFacts> {
    let probe = |path: &str| {
        let wire = format!("GET {path} HTTP/1.1\r\nHost: app.example.com\r\n\r\n");
        Arc::new(HttpProbe::new(
            origin(),
            "GET".into(),
            Bytes::copy_from_slice(path.as_bytes()),
            outsight::base::Secret::new(Bytes::from(wire)),
        ))
    };
    let reply = |(page, path): (Page, &str)| reply(page.answers(&probe(path)));
    let baseline = baseline.into_iter().zip(["/k3v9q2x7m1", "/k3v9q2x7m1/b"]).map(reply).collect();
    Arc::new(HostFacts { baseline, ..HostFacts::new(origin(), "k3v9q2x7m1", Timestamp::UNIX_EPOCH) })
}

pub fn endpoint() -> Arc<EndpointFacts> {
    Arc::new(EndpointFacts::root())
}

pub fn reply(state: ReplyState) -> Reply {
    Reply { label: "".into(), bindings: Vec::new(), state }
}

pub fn begin(rule: &Arc<CompiledRule>, baseline: Vec<Page>) -> Run {
    Run::new(Arc::clone(rule), host(baseline), endpoint(), Arc::new(Identity::anonymous()))
}

pub fn asks(run: &mut Run) -> Vec<Ask> {
    match run.step() {
        Step::Ask(asks) => asks,
        other => panic!("nothing is asked: {other:?}"),
    }
}

/// What came of a run, and the targets that it asked for in order.
pub struct Ended {
    pub outcome: Outcome,
    pub findings: Vec<Finding>,
    pub sent: Vec<String>,
    pub asks: Vec<Ask>,
}

/// Drives a run to its end. `answer` says what becomes of each ask; of those under way, `pick` says which one is next.
pub fn drive(mut run: Run, mut answer: impl FnMut(&Ask) -> ReplyState, mut pick: impl FnMut(usize) -> usize) -> Ended {
    let mut open: VecDeque<Ask> = VecDeque::new();
    let mut all = Vec::new();
    loop {
        match run.step() {
            Step::Ask(asks) => {
                all.extend(asks.iter().cloned());
                open.extend(asks);
            }
            Step::Wait => {}
            Step::Done(RunResult { outcome, findings }) => {
                let target = |ask: &Ask| String::from_utf8_lossy(&probe_of(ask).target).into_owned();
                return Ended { outcome, findings, sent: all.iter().map(target).collect(), asks: all };
            }
        }
        let count = open.len();
        assert!(count > 0, "the run waits for nothing");
        let ask = open.remove(pick(count) % count).expect("within");
        let state = answer(&ask);
        run.reply(ask.id, state);
    }
}

/// Runs a rule against pages by target; what is not listed is a 404.
pub fn run(keys: &str, pages: &[(&str, Page)]) -> Ended {
    run_on(&compiled(keys), pages, vec![page(404, "nothing"), page(404, "nothing")])
}

pub fn run_on(rule: &Arc<CompiledRule>, pages: &[(&str, Page)], baseline: Vec<Page>) -> Ended {
    drive(begin(rule, baseline), |ask| answer(ask, pages), |_| 0)
}

pub fn answer(ask: &Ask, pages: &[(&str, Page)]) -> ReplyState {
    let found = pages.iter().find(|(target, _)| target.as_bytes() == &*probe_of(ask).target);
    found.map_or_else(|| page(404, "nothing"), |(_, page)| page.clone()).answers(probe_of(ask))
}

pub fn lost() -> ReplyState {
    ReplyState::Unknown(Unknown::Failed)
}

/// The HTTP probe of an ask.
pub fn probe_of(ask: &Ask) -> &Arc<HttpProbe> {
    ask.http().expect("over HTTP")
}
