//! A sequence as stable text.
//!
//! Invariant: two sequences that differ differ in their text. Must never import a folder above `predicate`.

use std::fmt::Debug;
use std::sync::Arc;

use super::Out;
use crate::dsl::Text;
use crate::rule::Redirects;
use crate::rule::sequence::{
    Attack, Block, Combine, DnsBlock, Extractor, ExtractorKind, Flow, HttpBlock, HttpStep, Info, Matcher, MatcherKind,
    Operators, Payloads, Protocol, RawStep, Sequence, TcpBlock, TcpData, TlsBlock, WebSocketBlock,
};
use crate::rule::workflow::{Chosen, Step, Workflow};

/// Writes the words that are there, with spaces between them.
fn words(parts: impl IntoIterator<Item = Option<String>>) -> String {
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn when(holds: bool, word: &str) -> Option<String> {
    holds.then(|| word.to_owned())
}

fn named(word: &str, value: &Option<Arc<str>>) -> Option<String> {
    value.as_ref().map(|value| format!("{word} {value:?}"))
}

fn quoted(text: &Text) -> String {
    format!("{:?}", text.source())
}

fn listed<T: Debug>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| format!("{item:?}")).collect::<Vec<_>>().join(", ")
}

/// Writes a sequence.
pub(super) fn dump_sequence(out: &mut Out, sequence: &Sequence) {
    dump_info(out, &sequence.info);
    for (word, names) in [("variable", &sequence.variables), ("constant", &sequence.constants)] {
        names.iter().for_each(|(name, text)| out.line(format!("{word} {name} {}", quoted(text))));
    }
    if !sequence.tokens.is_empty() {
        out.line(format!("draws {}", sequence.tokens.join(" ")));
    }
    if sequence.needs_oob {
        out.line("waits for calls");
    }
    if sequence.flow != Flow::All {
        out.line(format!("flow {}", flow_text(&sequence.flow)));
    }
    sequence.blocks.iter().enumerate().for_each(|(at, block)| dump_block(out, at, block));
}

fn dump_info(out: &mut Out, info: &Info) {
    out.line(format!("severity as written {}", info.severity));
    out.line(format!("author {}", listed(&info.author)));
    if let Some(known) = &info.classification {
        let number = |word: &str, value: Option<f64>| value.map(|value| format!("{word} {value}"));
        out.line(words([
            Some("classification".into()),
            when(!known.cve_id.is_empty(), &known.cve_id.join(" ")),
            when(!known.cwe_id.is_empty(), &known.cwe_id.join(" ")),
            named("metrics", &known.cvss_metrics),
            number("cvss", known.cvss_score),
            number("epss", known.epss_score),
            number("percentile", known.epss_percentile),
            named("cpe", &known.cpe),
        ]));
    }
    if !info.metadata.is_empty() {
        out.line(format!("metadata {}", info.metadata));
    }
}

fn flow_text(flow: &Flow) -> String {
    let parts =
        |word: &str, parts: &[Flow]| format!("{word}({})", parts.iter().map(flow_text).collect::<Vec<_>>().join(", "));
    match flow {
        Flow::All => "all".into(),
        Flow::Block(at) => at.to_string(),
        Flow::And(all) => parts("and", all),
        Flow::Or(all) => parts("or", all),
        Flow::Each(all) => parts("each", all),
        Flow::Not(inner) => parts("not", std::slice::from_ref(inner)),
        Flow::Then(all) => parts("then", all),
        Flow::Set(name, given) => format!("set {name:?} to {given:?}"),
        Flow::ForEach(name, part) => parts(&format!("for each {name:?}"), std::slice::from_ref(part)),
    }
}

fn dump_block(out: &mut Out, at: usize, block: &Block) {
    out.line(words([
        Some(format!("block {at} {}", block.protocol.name())),
        named("called", &block.id),
        when(block.stop_at_first_match, "stop-at-first-match"),
        when(block.iterate_all, "iterate-all"),
        when(block.sends_unresolved, "sends-unresolved"),
    ]));
    out.nest(|out| {
        match &block.protocol {
            Protocol::Http(http) => dump_http(out, http),
            Protocol::Dns(dns) => dump_dns(out, dns),
            Protocol::Tcp(tcp) => dump_tcp(out, tcp),
            Protocol::Tls(tls) => dump_tls(out, tls),
            Protocol::WebSocket(socket) => dump_websocket(out, socket),
        }
        block.payloads.iter().for_each(|payloads| dump_payloads(out, payloads));
        dump_operators(out, &block.operators);
    });
}

fn dump_http(out: &mut Out, http: &HttpBlock) {
    let redirects = match http.redirects {
        Redirects::None => None,
        Redirects::SameHost => Some("redirects same-host".to_owned()),
        Redirects::All => Some("redirects all".to_owned()),
    };
    out.line(words([
        Some(http.method.to_string()),
        redirects,
        http.max_redirects.map(|most| format!("at-most {most}")),
        when(http.exact, "exact"),
        when(!http.joins_paths, "own-paths"),
        http.max_size.map(|most| format!("max-size {most}")),
        when(http.reads_to_end, "reads-to-end"),
        http.digest.as_ref().map(|digest| format!("digest {} {}", quoted(&digest.username), quoted(&digest.password))),
    ]));
    http.headers.iter().for_each(|(name, value)| out.line(format!("header {name} {}", quoted(value))));
    http.body.iter().for_each(|body| out.line(format!("body {}", quoted(body))));
    for step in &http.steps {
        match step {
            HttpStep::Path(path) => out.line(format!("path {}", quoted(path))),
            HttpStep::Raw(raw) => dump_raw(out, raw),
        }
    }
}

fn dump_raw(out: &mut Out, raw: &RawStep) {
    out.line(words([
        Some(format!("raw {}", quoted(&raw.text))),
        raw.host.as_ref().map(|host| format!("host {}", quoted(host))),
        raw.sni.as_ref().map(|sni| format!("sni {}", quoted(sni))),
        raw.timeout.map(|time| format!("timeout {time:?}")),
        when(raw.once, "once"),
    ]));
}

fn dump_dns(out: &mut Out, dns: &DnsBlock) {
    out.line(words([
        Some(format!("{} {} {} retries {}", dns.class, dns.kind, quoted(&dns.name), dns.retries)),
        when(!dns.recursion, "no-recursion"),
        when(!dns.resolvers.is_empty(), &format!("ask {}", listed(dns.resolvers.iter().map(Text::source)))),
    ]));
}

fn dump_tcp(out: &mut Out, tcp: &TcpBlock) {
    out.line(words([
        Some(format!("to {}", listed(tcp.addresses.iter().map(Text::source)))),
        when(!tcp.ports.is_empty(), &format!("ports {:?}", tcp.ports)),
        Some(format!("excluded {:?}", tcp.excluded_ports)),
        Some(format!("read {}", tcp.read_size)),
        when(tcp.read_all, "read-all"),
    ]));
    for input in &tcp.inputs {
        let data = match &input.data {
            None => None,
            Some(TcpData::Text(text)) => Some(format!("text {}", quoted(text))),
            Some(TcpData::Hex(text)) => Some(format!("hex {}", quoted(text))),
            Some(TcpData::Bytes(bytes)) => Some(format!("bytes {bytes:?}")),
        };
        let read = input.read.map(|most| format!("read {most}"));
        out.line(words([Some("input".into()), data, read, named("as", &input.name)]));
    }
}

fn dump_tls(out: &mut Out, tls: &TlsBlock) {
    out.line(words([
        Some(format!("handshake {}", quoted(&tls.address))),
        named("from", &tls.min_version),
        named("to", &tls.max_version),
        when(!tls.cipher_suites.is_empty(), &format!("suites {}", tls.cipher_suites.join(" "))),
    ]));
}

fn dump_websocket(out: &mut Out, socket: &WebSocketBlock) {
    out.line(format!("to {}", quoted(&socket.address)));
    socket.headers.iter().for_each(|(name, value)| out.line(format!("header {name} {}", quoted(value))));
    for input in &socket.inputs {
        out.line(words([Some(format!("input {}", quoted(&input.data))), named("as", &input.name)]));
    }
}

fn dump_payloads(out: &mut Out, payloads: &Payloads) {
    let attack = match payloads.attack {
        Attack::BatteringRam => "battering-ram",
        Attack::Pitchfork => "pitchfork",
        Attack::ClusterBomb => "cluster-bomb",
    };
    out.line(format!("payloads {attack}"));
    out.nest(|out| {
        for (name, values) in &payloads.lists {
            out.line(format!("{name} {}", listed(values.iter().map(Text::source))));
        }
    });
}

fn dump_operators(out: &mut Out, operators: &Operators) {
    if !operators.matchers.is_empty() {
        out.line(format!("matchers {}", combine_text(operators.condition)));
        out.nest(|out| operators.matchers.iter().for_each(|matcher| out.line(matcher_text(matcher))));
    }
    if !operators.extractors.is_empty() {
        out.line("extractors");
        out.nest(|out| operators.extractors.iter().for_each(|extractor| out.line(extractor_text(extractor))));
    }
}

fn combine_text(combine: Combine) -> &'static str {
    match combine {
        Combine::Or => "or",
        Combine::And => "and",
    }
}

fn matcher_text(matcher: &Matcher) -> String {
    let (word, values) = match &matcher.kind {
        MatcherKind::Word(texts) => ("word", listed(texts.iter().map(Text::source))),
        MatcherKind::Regex(regexes) => ("regex", listed(regexes.iter().map(|regex| regex.source()))),
        MatcherKind::Binary(values) => ("binary", listed(values)),
        MatcherKind::Status(codes) => ("status", listed(codes)),
        MatcherKind::Size(sizes) => ("size", listed(sizes)),
        MatcherKind::Dsl(exprs) => ("dsl", listed(exprs.iter().map(|expr| expr.source()))),
        MatcherKind::Xpath(queries) => ("xpath", listed(queries)),
    };
    words([
        Some(word.to_owned()),
        named("called", &matcher.name),
        named("in", &matcher.part),
        when(matcher.condition == Combine::And, "and"),
        when(matcher.negative, "negative"),
        when(matcher.internal, "internal"),
        when(matcher.ignores_case, "ignores-case"),
        when(matcher.match_all, "match-all"),
        when(!values.is_empty(), &values),
    ])
}

fn extractor_text(extractor: &Extractor) -> String {
    let (word, values) = match &extractor.kind {
        ExtractorKind::Regex { patterns, group } => {
            (format!("regex group {group}"), listed(patterns.iter().map(|regex| regex.source())))
        }
        ExtractorKind::Kval(names) => ("kval".to_owned(), listed(names)),
        ExtractorKind::Json(queries) => ("json".to_owned(), listed(queries)),
        ExtractorKind::Xpath { queries, attribute } => {
            let attribute = attribute.as_ref().map(|name| format!(" attribute {name:?}")).unwrap_or_default();
            (format!("xpath{attribute}"), listed(queries))
        }
        ExtractorKind::Dsl(exprs) => ("dsl".to_owned(), listed(exprs.iter().map(|expr| expr.source()))),
    };
    words([
        Some(word),
        named("called", &extractor.name),
        named("in", &extractor.part),
        when(extractor.internal, "internal"),
        when(extractor.ignores_case, "ignores-case"),
        Some(values),
    ])
}

/// Writes a workflow.
pub(super) fn dump_workflow(out: &mut Out, workflow: &Workflow) {
    out.line("workflow");
    out.nest(|out| dump_steps(out, &workflow.steps));
}

fn dump_steps(out: &mut Out, steps: &[Step]) {
    for step in steps {
        match &step.rules {
            Chosen::Path(path) => out.line(format!("run {path:?}")),
            Chosen::Tags(tags) => out.line(format!("run tags {}", listed(tags))),
        }
        out.nest(|out| {
            dump_steps(out, &step.then);
            for named in &step.named {
                out.line(format!("after {} of {}", combine_text(named.condition), listed(&named.names)));
                out.nest(|out| dump_steps(out, &named.then));
            }
        });
    }
}
