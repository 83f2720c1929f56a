//! The fixture server: answers of a test, rendered for the request at hand.
//!
//! Invariant: an answer depends only on the fixture, the request and how often its key was asked. Must never import a
//! folder above `plan`.

use std::sync::Arc;

use bytes::Bytes;
use rustc_hash::FxHashMap;

use crate::base::{Origin, Scheme, Timestamp, Unknown, Value};
use crate::observation::{ErrorKind, Exchange, Header, HttpProbe, ProbeError, Response, Timing, Truncation};
use crate::plan::{Hop, Identity, RedirectPolicy, next_hop};
use crate::predicate::{Answer, Bindings, EndpointFacts, Hops, HostFacts, Profiled, Reply, ReplyState, Scope};
use crate::rule::{AnswerFixture, FixtureKey, Given, RuleTest};
use crate::verdict::{Ask, Wanted};

/// The host's label in every test.
const NONCE: &str = "k3v9q2x7m1";
/// The clock of every test: 1 January 2026, 00:00 UTC.
const NOW: i64 = 1_767_225_600;

/// A test's server.
#[derive(Debug)]
pub struct Fixture<'t> {
    given: &'t Given,
    host: HostFacts,
    endpoint: EndpointFacts,
    asked: FxHashMap<usize, usize>,
}

impl<'t> Fixture<'t> {
    /// The server of a test.
    pub fn new(test: &'t RuleTest) -> Self {
        let url = answers(&test.given).find_map(|answer| answer.url.as_ref()).map(crate::expr::Template::source);
        let (origin, path) = url.as_deref().and_then(split_url).unwrap_or_else(default_url);
        let facts = answers(&test.given).find_map(|answer| answer.endpoint.clone()).unwrap_or_else(|| Value::list([]));
        let profile = answers(&test.given).find_map(|answer| answer.profile).map(Profiled::set);
        let now = Timestamp::from_second(NOW).unwrap_or_default();
        let host = HostFacts { profile, ..HostFacts::new(origin, NONCE, now) };
        let mut fixture =
            Self { given: &test.given, host, endpoint: EndpointFacts { path, facts }, asked: FxHashMap::default() };
        fixture.host.baseline = fixture.baseline();
        fixture.host.profile = fixture.host.profile.take().or_else(|| fixture.profile());
        fixture
    }

    /// The host's facts, baseline included.
    pub fn host(&self) -> Arc<HostFacts> {
        Arc::new(self.host.clone())
    }

    /// The endpoint's facts.
    pub fn endpoint(&self) -> Arc<EndpointFacts> {
        Arc::new(self.endpoint.clone())
    }

    /// TLS, DNS and TCP facts, each of the first answer that has some.
    pub fn facts(&self) -> Option<Arc<Value>> {
        let first =
            |of: fn(&AnswerFixture) -> &Option<Value>| answers(self.given).find_map(|answer| of(answer).clone());
        let fields = [("tls", first(|a| &a.tls)), ("dns", first(|a| &a.dns)), ("tcp", first(|a| &a.tcp))];
        let known: Vec<_> = fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        (!known.is_empty()).then(|| Arc::new(Value::map(known)))
    }

    /// The reply to an ask, redirects followed as the rule wants; other hosts are out of scope and not asked.
    pub fn reply(&mut self, ask: &Ask) -> ReplyState {
        let Wanted::Http { probe, follow, .. } = &ask.wanted else {
            return ReplyState::Unknown(Unknown::NotSent);
        };
        if probe.origin.host() != self.host.origin.host() {
            return ReplyState::NotAsked;
        }
        let identity = Identity::anonymous();
        let most = self.host.limits.redirects;
        let policy = RedirectPolicy { follow, identity: &identity, now: self.host.now, most };
        let own = self.host.origin.clone();
        let mut hops = vec![answer_of(self.exchange(probe, &ask.request, &ask.label, &ask.bindings))];
        loop {
            match next_hop(&hops, policy, |origin| origin.host() == own.host()) {
                Hop::Last => return Hops::new(hops).map_or(ReplyState::NotAsked, ReplyState::Answered),
                Hop::Next(next) => hops.push(answer_of(self.exchange(&Arc::new(*next), "", "", &ask.bindings))),
                Hop::Lost(why) => return ReplyState::Unknown(why),
            }
        }
    }

    /// The answers that a passive rule is shown: one, or one for each path and request key.
    pub fn passive_replies(&mut self) -> Vec<Reply> {
        let targets: Vec<(String, Arc<str>)> = match self.given {
            Given::One(_) | Given::Recording(_) => vec![(self.endpoint.path.to_string(), "".into())],
            Given::ByKey(entries) => entries.iter().filter_map(|(key, _)| passive_target(key)).collect(),
        };
        // Where `else` alone answers, it answers the root.
        let root = targets.is_empty().then(|| (self.endpoint.path.to_string(), "".into()));
        let targets: Vec<_> = targets.into_iter().chain(root).collect();
        let lines = answers(self.given).flat_map(|answer| &answer.sent);
        let sent: String = lines.map(|(name, value)| format!("{name}: {}\r\n", value.source())).collect();
        let reply = |(target, request): (String, Arc<str>)| {
            let probe = Arc::new(plain_probe(&self.host.origin, &target, &sent));
            let exchange = self.exchange(&probe, &request, "", &Vec::new());
            let hops = Hops::single(answer_of(exchange));
            Reply { label: "".into(), bindings: Vec::new(), state: ReplyState::Answered(hops) }
        };
        targets.into_iter().map(reply).collect()
    }

    /// Two random paths: what `else` answers, and without it 404.
    fn baseline(&mut self) -> Vec<Reply> {
        let rest = match self.given {
            Given::ByKey(entries) => entries.iter().position(|(key, _)| *key == FixtureKey::Else),
            Given::One(_) | Given::Recording(_) => None,
        };
        let reply = |suffix: &str| {
            let probe = Arc::new(plain_probe(&self.host.origin, &format!("/{NONCE}{suffix}"), ""));
            let answer = rest.and_then(|entry| self.entry(entry)).unwrap_or_default();
            let exchange = self.render(&answer, &probe, &Vec::new(), rest.is_none().then_some(404));
            let hops = Hops::single(answer_of(exchange));
            Reply { label: suffix.into(), bindings: Vec::new(), state: ReplyState::Answered(hops) }
        };
        ["-a", "-b.html"].map(reply).into()
    }

    /// The profile that the root's answer gives; `None` where the fixture says nothing of the root.
    fn profile(&self) -> Option<Profiled> {
        let answer = match self.given {
            Given::One(answer) => &**answer,
            Given::Recording(_) => return None,
            Given::ByKey(entries) => {
                let of = |wanted: &FixtureKey| entries.iter().find(|(key, _)| key == wanted);
                of(&FixtureKey::Path("/".into())).or_else(|| of(&FixtureKey::Else))?.1.first()?
            }
        };
        let probe = Arc::new(plain_probe(&self.host.origin, "/", ""));
        let exchange = self.render(answer, &probe, &Vec::new(), None);
        let root = ReplyState::Answered(Hops::single(Arc::new(Answer::new(exchange))));
        Profiled::of_host(&self.host.origin, &root, std::iter::empty())
    }

    fn exchange(&mut self, probe: &Arc<HttpProbe>, request: &str, label: &str, bindings: &Bindings) -> Exchange {
        let found = match self.given {
            Given::One(answer) => Some((**answer).clone()),
            Given::Recording(_) => None,
            Given::ByKey(entries) => {
                let keys: Vec<&FixtureKey> = entries.iter().map(|(key, _)| key).collect();
                find_key(&keys, probe, request, label).and_then(|entry| self.entry(entry))
            }
        };
        let missing = found.is_none().then_some(404);
        self.render(&found.unwrap_or_default(), probe, bindings, missing)
    }

    /// The next answer of an entry: a list answers in order, its last for the rest.
    fn entry(&mut self, entry: usize) -> Option<AnswerFixture> {
        let Given::ByKey(entries) = self.given else { return None };
        let (_, answers) = entries.get(entry)?;
        let nth = self.asked.entry(entry).or_insert(0);
        let answer = answers.get((*nth).min(answers.len().saturating_sub(1))).cloned();
        *nth += 1;
        answer
    }

    fn render(
        &self,
        answer: &AnswerFixture,
        probe: &Arc<HttpProbe>,
        names: &Bindings,
        status: Option<u16>,
    ) -> Exchange {
        let scope = Scope { names, probe: Some(probe), ..Scope::of(&self.host, &self.endpoint) };
        let text = |template: &crate::expr::Template| template.render(&scope.env()).unwrap_or_default();
        let body = answer.body.as_ref().map(text);
        let mut headers: Vec<Header> = answer
            .headers
            .iter()
            .map(|(name, value)| Header { name: Bytes::copy_from_slice(name.as_bytes()), value: text(value) })
            .collect();
        let typed = headers.iter().any(|header| header.name.eq_ignore_ascii_case(b"content-type"));
        if let Some(body) = body.as_ref().filter(|body| !typed && !body.is_empty()) {
            let value = Bytes::from_static(look_of(body));
            headers.push(Header { name: Bytes::from_static(b"Content-Type"), value });
        }
        headers.retain(|header| !(header.name.eq_ignore_ascii_case(b"content-type") && header.value.is_empty()));
        let failure = answer.error.as_ref().and_then(|name| ErrorKind::ALL.into_iter().find(|k| k.name() == &**name));
        let response = match failure {
            Some(kind) => Err(ProbeError::new(kind, "of a fixture")),
            None => Ok(response(answer, status, headers, body.unwrap_or_default(), probe)),
        };
        let (at, timing) = (self.host.now, Timing::default());
        Exchange { probe: Arc::clone(probe), response, at, timing, remote: None, tls: None }
    }
}

fn answer_of(exchange: Exchange) -> Arc<Answer> {
    Arc::new(Answer::new(exchange))
}

fn response(
    answer: &AnswerFixture,
    status: Option<u16>,
    headers: Vec<Header>,
    mut body: Bytes,
    probe: &HttpProbe,
) -> Response {
    let status = answer.status.or(status).unwrap_or(200);
    let lines = headers.iter().map(|h| [&h.name[..], b": ", &h.value].concat());
    let first = format!("HTTP/1.1 {status}").into_bytes();
    let head = std::iter::once(first).chain(lines).collect::<Vec<_>>().join(&b"\r\n"[..]);
    let window = probe.window.and_then(|window| usize::try_from(window).ok()).unwrap_or(usize::MAX);
    body.truncate(window);
    Response {
        version: "HTTP/1.1",
        status,
        reason: Bytes::new(),
        headers,
        wire_bytes: (head.len() + body.len()) as u64,
        head: head.into(),
        body,
        truncated: answer.truncated.then_some(Truncation::Interrupted),
        anomalies: Vec::new(),
    }
}

/// Content-Type by the look of the body.
fn look_of(body: &[u8]) -> &'static [u8] {
    let start = body.trim_ascii_start();
    match start.first() {
        Some(b'{' | b'[') => b"application/json",
        Some(b'<') if start.starts_with(b"<?xml") => b"application/xml",
        Some(b'<') => b"text/html",
        _ => b"text/plain",
    }
}

/// Every answer of a fixture, in the order of writing.
fn answers(given: &Given) -> impl Iterator<Item = &AnswerFixture> {
    let (one, by_key): (Option<&AnswerFixture>, &[_]) = match given {
        Given::One(answer) => (Some(answer), &[]),
        Given::ByKey(entries) => (None, entries),
        Given::Recording(_) => (None, &[]),
    };
    one.into_iter().chain(by_key.iter().flat_map(|(_, answers)| answers))
}

fn find_key(keys: &[&FixtureKey], probe: &HttpProbe, request: &str, label: &str) -> Option<usize> {
    let target = String::from_utf8_lossy(&probe.target);
    let path = target.split('?').next().unwrap_or(&target);
    let at = |wanted: &dyn Fn(&FixtureKey) -> bool| keys.iter().position(|key| wanted(key));
    at(&|key| matches!(key, FixtureKey::Request(name, Some(item)) if &**name == request && &**item == label))
        .or_else(|| at(&|key| matches!(key, FixtureKey::Request(name, None) if &**name == request)))
        .or_else(|| at(&|key| matches!(key, FixtureKey::Path(wanted) if **wanted == *target)))
        .or_else(|| at(&|key| matches!(key, FixtureKey::Path(wanted) if &**wanted == path)))
        .or_else(|| at(&|key| *key == FixtureKey::Else))
}

fn passive_target(key: &FixtureKey) -> Option<(String, Arc<str>)> {
    match key {
        FixtureKey::Path(path) => Some((path.to_string(), "".into())),
        FixtureKey::Request(name, _) => Some(("/".to_string(), Arc::clone(name))),
        FixtureKey::Else => None,
    }
}

/// A request without a rule of its own, with these further lines.
fn plain_probe(origin: &Origin, target: &str, lines: &str) -> HttpProbe {
    let wire = format!("GET {target} HTTP/1.1\r\nHost: {}\r\n{lines}\r\n", origin.authority());
    HttpProbe::new(
        origin.clone(),
        "GET".into(),
        Bytes::copy_from_slice(target.as_bytes()),
        crate::base::Secret::new(wire.into()),
    )
}

fn split_url(url: &str) -> Option<(Origin, Arc<str>)> {
    let parsed = url::Url::parse(url).ok()?;
    let origin = Origin::of_url(&parsed)?;
    let query = parsed.query().map(|query| format!("?{query}")).unwrap_or_default();
    Some((origin, format!("{}{query}", parsed.path()).into()))
}

fn default_url() -> (Origin, Arc<str>) {
    let origin = Origin::new(Scheme::Https, "app.example.com", 443);
    match origin {
        Some(origin) => (origin, "/".into()),
        None => unreachable!("the name is valid"),
    }
}
