//! Tokens in decoded views: whatever a body holds, the search ends in time that grows with its length, and every token
//! that is found points at bytes of the body.
#![no_main]

use std::sync::Arc;

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use outsight::base::{Limits, Origin, Scheme, Secret, Timestamp, Value};
use outsight::expr::Pattern;
use outsight::observation::{Exchange, HttpProbe, Response, Timing};
use outsight::predicate::{
    Answer, Boundary, EndpointFacts, Hops, HostFacts, Keywords, Reply, ReplyState, Scope, Source, TokenSource,
    TokenViews, WINDOW,
};

fuzz_target!(|body: &[u8]| {
    let answer = answer(body);
    let origin = Origin::new(Scheme::Https, "a.example", 443).expect("valid");
    let host = HostFacts::new(origin, "n", Timestamp::UNIX_EPOCH);
    let endpoint = EndpointFacts::root();
    let reply =
        Reply { label: "".into(), bindings: Vec::new(), state: ReplyState::Answered(Hops::single(Arc::clone(&answer))) };
    let scope = Scope::of(&host, &endpoint).at(&reply);
    let sources = [source("key", "key[0-9a-z]{2,40}"), source("ab/c", "[0-9]{1,3}(?<rest>[^ ]{1,9})")];
    answer.find_keywords(&Arc::new(Keywords::of(&sources)));
    for source in sources {
        for item in Source::Tokens(Box::new(source)).gather(&scope).values() {
            let number = |name: &str| item.field(name).and_then(Value::as_number).expect("a number") as usize;
            assert!(number("length") > 0 && number("offset") + number("length") <= body.len());
        }
    }
});

fn source(keyword: &str, regex: &str) -> TokenSource {
    TokenSource {
        keywords: vec![keyword.into()],
        regex: Pattern::new(regex, false, &Limits::default()).expect("valid"),
        boundary: Boundary::None,
        views: TokenViews::ALL,
        near: 40,
        window: WINDOW,
        stop: Vec::new(),
        placeholders: true,
        compiled: Default::default(),
    }
}

fn answer(body: &[u8]) -> Arc<Answer> {
    let probe = HttpProbe::new(Origin::new(Scheme::Https, "a.example", 443).expect("valid"), "GET".into(), Bytes::from_static(b"/"), Secret::new(Bytes::from_static(b"GET / HTTP/1.1\r\n\r\n")));
    let response = Response {
        version: "HTTP/1.1",
        status: 200,
        reason: Bytes::new(),
        headers: Vec::new(),
        head: Bytes::from_static(b"HTTP/1.1 200 OK"),
        wire_bytes: body.len() as u64,
        body: Bytes::copy_from_slice(body),
        truncated: None,
        anomalies: Vec::new(),
    };
    let (response, timing, probe) = (Ok(response), Timing::default(), Arc::new(probe));
    Arc::new(Answer::new(Exchange { probe, response, at: Timestamp::UNIX_EPOCH, timing, remote: None, tls: None }))
}
