//! What subjects yield, and how missing and unknown are told apart.

use std::sync::Arc;

use proptest::prelude::*;

use crate::base::{Unknown, Value};
use crate::observation::{Anomaly, ErrorKind, Exchange, Response, TlsSession};
use crate::predicate::tests::{World, cut, exchange, headless, reply, response};
use crate::predicate::{
    Answer, Base, Collection, CssQuery, Extent, Found, Hops, Items, JsonQuery, Reply, ReplyState, SUBJECTS, Subject,
    ValueKind, field_at, lookup, lookup_field, names, views,
};

fn page() -> World {
    let body = "<!doctype html><head><meta http-equiv=Content-Security-Policy content=\"img-src *\"></head>\
        <title> Shop </title><p>Prose <pre>manual</pre><p class=x>one<p class=x>two";
    World::answered(response(
        &[
            ("Content-Type", "text/html"),
            ("X-A", "1"),
            ("x-a", "2"),
            ("Set-Cookie", "connect.sid=s1; Secure"),
            ("Strict-Transport-Security", "max-age=60"),
            ("Content-Security-Policy", "default-src 'self', script-src 'none'"),
        ],
        body,
    ))
}

#[test]
fn each_subject_yields_its_part() {
    let world = page();
    for (subject, expected) in [
        ("status", &["200"][..]),
        ("class", &["html"]),
        ("error", &[]),
        ("headers.x-a", &["1", "2"]),
        ("headers.X-A", &["1", "2"]),
        ("headers.absent", &[]),
        ("cookies.connect.sid", &["s1"]),
        ("cookies.connect.sid.secure", &["true"]),
        ("cookies.sid", &[]),
        ("html_prose", &[" Shop \nProse \none\ntwo\n"]),
        ("size", &["164"]),
        ("time.total", &["1.5"]),
        ("url", &["https://app.shop.example.co.uk:8443/a%20b/x?q=1&q=a%2Bb&z"]),
        ("url.scheme", &["https"]),
        ("url.host", &["app.shop.example.co.uk"]),
        ("url.host_kind", &["name"]),
        ("url.port", &["8443"]),
        ("url.origin", &["https://app.shop.example.co.uk:8443"]),
        ("url.domain", &["example.co.uk"]),
        ("url.path", &["/a%20b/x"]),
        ("url.query", &["q=1&q=a%2Bb&z"]),
        ("url.target", &["/a%20b/x?q=1&q=a%2Bb&z"]),
        ("request.method", &["GET"]),
        ("request.query.q", &["1", "a+b"]),
        ("request.headers.x-key", &["k"]),
        ("request.body", &["body"]),
        ("endpoint.method", &["GET"]),
        ("endpoint.path", &["/api"]),
        ("endpoint.auth", &[]),
        ("host.name", &["app.shop.example.co.uk"]),
        ("host", &["app.shop.example.co.uk"]),
        ("hsts.max_age", &["60"]),
        ("location", &[]),
        ("location.host", &[]),
        ("cache.no_store", &["false"]),
        ("csp.reported", &[]),
        ("tls.version", &[]),
        ("dns.code", &[]),
    ] {
        assert_eq!(world.texts(subject), expected, "{subject}");
    }
}

#[test]
fn a_location_is_resolved_before_it_is_compared() {
    let at = |written: &str, part: &str| {
        let world = World::answered(response(&[("Location", written)], ""));
        world.texts(&format!("location{part}")).concat()
    };
    for (written, host, domain) in [
        ("https://shop.example.co.uk/", "shop.example.co.uk", "example.co.uk"),
        ("HTTPS://Shop.EXAMPLE.co.uk./x", "shop.example.co.uk", "example.co.uk"),
        ("https://example.co.uk.evil.example/", "example.co.uk.evil.example", "evil.example"),
        ("https://example.community/", "example.community", "example.community"),
        ("https://example.co.uk@evil.example/", "evil.example", "evil.example"),
        ("https:\\\\evil.example\\example.co.uk", "evil.example", "evil.example"),
        ("//other.example/", "other.example", "other.example"),
        ("/cart", "app.shop.example.co.uk", "example.co.uk"),
        ("?a", "app.shop.example.co.uk", "example.co.uk"),
        ("https://b\u{fc}cher.example/", "xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("http://[2001:DB8::1]:8080/", "2001:db8::1", "2001:db8::1"),
        ("http://192.0.2.7/", "192.0.2.7", "192.0.2.7"),
        ("mailto:a@example.co.uk", "", ""),
        ("https://", "", ""),
    ] {
        assert_eq!((at(written, ".host"), at(written, ".domain")), (host.to_owned(), domain.to_owned()), "{written}");
    }
    for (written, part, expected) in [
        ("../b?c=1&d#e", "", "https://app.shop.example.co.uk:8443/b?c=1&d#e"),
        ("../b?c=1&d#e", ".text", "https://app.shop.example.co.uk:8443/b?c=1&d#e"),
        ("../b?c=1&d#e", ".path", "/b"),
        ("../b?c=1&d#e", ".query", "c=1&d"),
        ("../b", ".scheme", "https"),
        ("../b", ".port", "8443"),
        ("//example.co.uk/b", ".origin", "https://example.co.uk"),
        ("http://example.co.uk:443", ".origin", "http://example.co.uk:443"),
        ("mailto:a@example.co.uk", ".scheme", "mailto"),
        ("mailto:a@example.co.uk", ".path", ""),
        ("https://[", "", ""),
    ] {
        assert_eq!(at(written, part), expected, "{written} {part}");
    }
    let two = World::answered(response(&[("Location", "/a"), ("location", "/b")], ""));
    assert_eq!(two.texts("location.path"), ["/a"]);
    assert_eq!(World::answered(response(&[], "")).ask("location"), Found::missing());
    assert_eq!(World::failed(ErrorKind::ConnectionRefused).ask("location.host"), Found::missing());
    assert_eq!(World::failed(ErrorKind::ResponseTimeout).ask("location.host"), Found::Unknown(Unknown::Failed));
    let cut_off = |fields: &[(&'static str, &'static str)]| {
        World::answered(headless(&response(fields, ""), Anomaly::HeadLimit)).ask("location.path")
    };
    assert_eq!(cut_off(&[("Location", "/a")]), Found::one("/a"));
    assert_eq!(cut_off(&[("A", "1")]), Found::Unknown(Unknown::CutOff));
    let odd = World::answered(headless(&response(&[("Location", "/a")], ""), Anomaly::MalformedHead));
    assert_eq!(odd.ask("location"), Found::Unknown(Unknown::Failed));
}

#[test]
fn nodes_and_elements() {
    let world = page();
    let html = |css: &str| Subject::of(Base::Html(CssQuery::new(css).expect("valid"))).resolve(&world.scope());
    assert_eq!(html("title"), Found::one("Shop"));
    assert_eq!(html("p.x"), Found::many(vec!["one".into(), "two".into()]));
    assert_eq!(html("form"), Found::missing());
    let world = World::answered(response(&[], r#"{"a":[1,true,null,"x",1.5,{"b":2}]}"#));
    let json = |path: &str| Subject::of(Base::Json(JsonQuery::new(path).expect("valid"))).resolve(&world.scope());
    let b = Value::map([("b", Value::Int(2))]);
    let scalars = [Value::Int(1), Value::Bool(true), "null".into(), "x".into(), Value::Float(1.5), b];
    assert_eq!(json("$.a[*]"), Found::many(scalars.to_vec()));
    assert_eq!(json("$.z"), Found::missing());
    assert_eq!(page().ask("class").values(), [Value::from("html")]);
}

#[test]
fn refusals_are_answers_and_failures_are_not() {
    let refused = World::failed(ErrorKind::ConnectionRefused);
    assert_eq!(refused.texts("error"), ["connection-refused"]);
    assert_eq!(refused.ask("status"), Found::missing());
    assert_eq!(refused.texts("url.path"), ["/a%20b/x"]);
    let late = World::failed(ErrorKind::ResponseTimeout);
    for subject in ["error", "status", "headers.x", "body", "cache.no_store", "tls.version"] {
        assert_eq!(late.ask(subject), Found::Unknown(Unknown::Failed), "{subject}");
    }
    assert_eq!(World::failed(ErrorKind::Budget).ask("body"), Found::Unknown(Unknown::NotSent));
}

#[test]
fn what_was_not_asked_is_missing_and_what_was_not_sent_is_unknown() {
    let none = World::new();
    let with = |state| {
        let mut world = World::new();
        world.requests.push(vec![Reply { label: "".into(), bindings: Vec::new(), state }]);
        world
    };
    let not_asked = with(ReplyState::NotAsked);
    let held = with(ReplyState::Unknown(Unknown::NotSent));
    for subject in ["status", "class", "error", "headers.a", "cookies.a", "body", "hsts.valid", "tls.version", "size"] {
        assert_eq!(none.ask(subject), Found::Unknown(Unknown::NotSent), "{subject}");
        assert_eq!(held.ask(subject), Found::Unknown(Unknown::NotSent), "{subject}");
        assert_eq!(not_asked.ask(subject), Found::missing(), "{subject}");
    }
    for world in [none, not_asked, held] {
        assert_eq!(world.texts("url"), ["https://app.shop.example.co.uk:8443/api"]);
        assert_eq!(world.texts("host.domain"), ["example.co.uk"]);
    }
}

#[test]
fn what_was_cut_off_goes_on() {
    let whole = response(&[("Content-Type", "text/html")], "<p>Hello &amp; <pre>");
    let world = World::answered(cut(&whole, 10));
    assert_eq!(world.ask("body"), Found::to_extent(vec!["<p>Hello &".into()], Extent::Open));
    assert_eq!(world.ask("html_prose"), Found::to_extent(vec!["".into()], Extent::Open));
    assert_eq!(world.ask("size"), Found::to_extent(vec![Value::Int(10)], Extent::Open));
    assert_eq!(world.ask("csp.enforced"), Found::missing(), "the page's head is over");
    let early = World::answered(cut(&response(&[("Content-Type", "text/html")], "<meta a><meta b>"), 10));
    assert_eq!(early.ask("csp.enforced"), Found::Unknown(Unknown::CutOff));
    let many = World::answered(headless(&response(&[("A", "1")], ""), Anomaly::HeadLimit));
    assert_eq!(many.ask("headers.a"), Found::to_extent(vec!["1".into()], Extent::More));
    assert_eq!(many.ask("hsts.max_age"), Found::Unknown(Unknown::CutOff));
    let odd = World::answered(headless(&response(&[], "?"), Anomaly::MalformedHead));
    assert_eq!(odd.ask("headers.a"), Found::Unknown(Unknown::Failed));
}

#[test]
fn the_baseline_is_compared_whole() {
    let mut world = World::answered(response(&[("Content-Type", "text/html")], "<p>not here"));
    assert_eq!(world.ask("baseline.same"), Found::Unknown(Unknown::NotSent));
    let random = |body: &'static str, limit| {
        let whole = response(&[("Content-Type", "text/html")], body);
        reply(exchange(Ok(if limit < body.len() { cut(&whole, limit) } else { whole })))
    };
    for (replies, expected) in [
        (vec![random("<p>not here", 99)], Found::one(true)),
        (vec![random("<p>other", 99)], Found::one(false)),
        (vec![random("<p>other", 99), random("<p>not here", 99)], Found::one(true)),
        (vec![random("<p>not here", 5)], Found::Unknown(Unknown::CutOff)),
        (vec![random("<p>not there", 99)], Found::one(false)),
    ] {
        world.host.baseline = replies;
        assert_eq!(world.ask("baseline.same"), expected);
    }
}

#[test]
fn items_variables_and_facts() {
    let mut world = World::new();
    world.names.push(("cookie".into(), Value::map([("name", "sid".into()), ("value", "s1".into())])));
    world.facts =
        Some(Value::map([("tls", Value::map([("certificate", Value::map([("days_left", Value::Int(12))]))]))]));
    let var = |path: &[&str]| {
        let path = path.iter().map(|part| (*part).into()).collect();
        Subject { base: Base::Var("cookie".into()), path }.resolve(&world.scope())
    };
    assert_eq!(var(&["name"]), Found::one("sid"));
    assert_eq!(var(&["path"]), Found::missing());
    assert_eq!(world.texts("tls.certificate.days_left"), ["12"]);
    assert_eq!(world.ask("tls.version"), Found::missing());
    let node = Value::map([("iban", Value::from("x")), ("tags", Value::list([Value::Int(7)]))]);
    let item = Value::map([("key", Value::from("0")), ("value", node)]);
    let scope = world.scope().within(&item);
    let query = JsonQuery::new("$.tags[0]").expect("valid");
    assert_eq!(Subject::of(Base::ItemJson(query)).resolve(&scope), Found::one(7));
    let field = |path: &str| Subject { base: Base::Item, path: vec![path.into()] }.resolve(&scope);
    assert_eq!((field("iban"), field("key")), (Found::one("x"), Found::one("0")));
}

#[test]
fn every_name_resolves_and_says_its_kind() {
    let world = page();
    for name in names() {
        let Ok(subject) = lookup(&name) else { continue };
        let _ = subject.resolve(&world.scope());
        assert_eq!(subject.display(), name);
        let _ = subject.kind().to_type();
    }
    let summaries = SUBJECTS.iter().copied().flatten().map(|spec| spec.summary);
    assert!(summaries.into_iter().all(|summary| !summary.is_empty()));
}

/// Every key of the examples in the format's description.
#[test]
fn the_keys_of_the_examples_are_known() {
    for name in [
        "url.scheme",
        "url.host_kind",
        "headers.strict-transport-security",
        "hsts.valid",
        "hsts.max_age",
        "class",
        "csp.enforced",
        "status",
        "body",
        "html_prose",
        "tls.certificate.days_left",
        "endpoint.method",
        "endpoint.declared_security",
        "endpoint.template",
        "endpoint.auth",
        "request.query._csrf",
        "request.headers.origin",
        "headers.server",
    ] {
        assert_eq!(lookup(name).map(|subject| subject.display()).as_deref(), Ok(name));
    }
    let cookie = ["name", "expired", "session_like", "secure", "http_only", "same_site", "path"];
    assert!(cookie.iter().all(|field| lookup_field(views::cookie::SPEC.fields, field).is_ok()));
    let (path, shape) = field_at(views::csp::SPEC.fields, "effective.script-src-elem").expect("known");
    assert_eq!(path, ["effective", "script-src-elem"]);
    let views::Shape::List(views::Shape::Map(source)) = shape else { panic!("a list of sources") };
    assert!(lookup_field(source, "keyword").is_ok() && lookup_field(source, "kind").is_ok());
    assert!(lookup_field(source, "kinds").is_err_and(|error| error.suggestion.as_deref() == Some("kind")));
    assert_eq!(
        (lookup("class").expect("known").words().len(), lookup("status").map(|s| s.kind())),
        (10, Ok(ValueKind::Status))
    );
    assert_eq!(lookup("hsts.max_age").map(|subject| subject.kind()), Ok(ValueKind::Number));
    assert_eq!(lookup("endpoint.auth").expect("known").words(), ["required", "not-required", "unknown"]);
}

#[test]
fn a_session_is_read_once() {
    let mut signed = rcgen::CertificateParams::new(vec!["a.example".into(), "b.example".into()]).expect("valid");
    signed.not_before = rcgen::date_time_ymd(2025, 12, 1);
    signed.not_after = rcgen::date_time_ymd(2026, 1, 13);
    let key = rcgen::KeyPair::generate().expect("a key");
    let der = signed.self_signed(&key).expect("a certificate").der().to_vec();
    let session = TlsSession {
        version: "TLSv1.3".into(),
        cipher: "TLS13_AES_128_GCM_SHA256".into(),
        alpn: None,
        chain: vec![der.into(), bytes::Bytes::from_static(b"junk")],
        untrusted: Some("self-signed".into()),
        ..TlsSession::default()
    };
    let mut world = World::new();
    let answered = Exchange { tls: Some(Arc::new(session)), ..exchange(Ok(response(&[], ""))) };
    world.requests.push(vec![reply(answered)]);
    for (subject, expected) in [
        ("tls.version", &["TLSv1.3"][..]),
        ("tls.alpn", &[]),
        ("tls.trusted", &["false"]),
        ("tls.untrusted", &["self-signed"]),
        ("tls.certificate.names", &["a.example, b.example"]),
        ("tls.certificate.days_left", &["12"]),
        ("tls.certificate.valid_days", &["44"]),
        ("tls.certificate.not_after", &["2026-01-13T00:00:00Z"]),
        ("tls.certificate.self_signed", &["true"]),
        ("tls.certificate.key.bits", &["256"]),
        ("tls.chain.length", &["2"]),
    ] {
        assert_eq!(world.texts(subject), expected, "{subject}");
    }
    let certificates = Collection::Certificates.items(&world.scope());
    assert!(matches!(certificates, Ok(Items::Values(all)) if all.len() == 2 && all[1].field("subject").is_none()));
}

#[test]
fn every_hop_is_a_reply_of_its_own() {
    let mut world = World::new();
    let hop = |status| Arc::new(Answer::new(exchange(Ok(Response { status, ..response(&[], "") }))));
    let state = ReplyState::Answered(Hops::new(vec![hop(301), hop(200)]).expect("not empty"));
    world.requests.push(vec![Reply { label: "".into(), bindings: Vec::new(), state }]);
    assert_eq!(world.texts("status"), ["200"]);
    let Ok(Items::Replies(hops)) = Collection::Hops.items(&world.scope()) else { panic!("replies") };
    let status = |reply: &Reply| lookup("status").expect("known").resolve(&world.scope().at(reply));
    assert_eq!(hops.iter().map(|hop| status(hop)).collect::<Vec<_>>(), [Found::one(301), Found::one(200)]);
}

proptest! {
    /// No answer makes a subject panic; where its body is cut, JSON says the same or nothing.
    #[test]
    fn any_answer_will_do(
        body in proptest::collection::vec(any::<u8>(), 0..200),
        markup in "[<>/a-d !\\-\"'=&;{}\\[\\]:0-9,]{0,60}",
        kind in proptest::sample::select(vec!["", "text/html", "application/json", "text/plain", "text/html;charset=utf-16"]),
        at in 0..60_usize,
    ) {
        for body in [body, markup.into_bytes()] {
            let whole = response(&[("Content-Type", kind), ("Set-Cookie", "a"), ("Cache-Control", ",")], body);
            let worlds = [World::answered(whole.clone()), World::answered(cut(&whole, at))];
            for world in &worlds {
                for name in names() {
                    let _ = lookup(&name).map(|subject| subject.resolve(&world.scope()));
                }
                let _ = Subject::of(Base::Html(CssQuery::new("a, b > c").expect("valid"))).resolve(&world.scope());
            }
            let json = Subject::of(Base::Json(JsonQuery::new("$..*").expect("valid")));
            let [after, before] = worlds.each_ref().map(|world| json.resolve(&world.scope()));
            prop_assert!(before == after || matches!(before, Found::Unknown(_)), "{before:?} {after:?}");
        }
    }

    /// What is told of the prose of a page is not taken back by more of the page.
    #[test]
    fn prose_only_grows(words in proptest::collection::vec(0..9_usize, 0..12), at in 0..80_usize) {
        let parts = ["<p>", "</p>", "one ", "&amp;", "<pre>two", "</pre>", "<b>", "<!-- x -->", "<script>y</script>"];
        let body: String = words.iter().map(|word| parts[*word]).collect();
        let whole = response(&[("Content-Type", "text/html")], body);
        let text = |response| World::answered(response).texts("html_prose").concat();
        let size = whole.body.len();
        let (before, after) = (text(cut(&whole, at.min(size.saturating_sub(1)))), text(whole.clone()));
        prop_assert!(after.starts_with(&before), "{before:?} {after:?}");
    }
}

#[test]
fn slips_are_understood() {
    let meant = |name: &str| lookup(name).expect_err(name).suggestion;
    assert_eq!(meant("stauts").as_deref(), Some("status"));
    assert_eq!(meant("url.sheme").as_deref(), Some("url.scheme"));
    assert_eq!(meant("tls.certificate.days_lft").as_deref(), Some("tls.certificate.days_left"));
    assert_eq!(meant("header.server").as_deref(), Some("headers.server"));
    assert_eq!(meant("json"), None);
    assert!(lookup("status.x").is_err() && lookup("headers").is_err() && lookup("baseline").is_err());
}
