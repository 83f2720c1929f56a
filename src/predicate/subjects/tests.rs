//! What subjects yield, and how missing and unknown are told apart.

use crate::base::{Unknown, Value};
use crate::observation::{Anomaly, ErrorKind};
use crate::predicate::tests::{World, cut, exchange, headless, reply, response};
use crate::predicate::{
    Base, BytePattern, CssQuery, Extent, Found, JsonQuery, Reply, ReplyState, SUBJECTS, Subject, lookup, names,
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
        ("cache.no_store", &["false"]),
        ("csp.reported", &[]),
        ("tls.version", &[]),
        ("dns.code", &[]),
    ] {
        assert_eq!(world.texts(subject), expected, "{subject}");
    }
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
    assert!(BytePattern::new("a", false, &crate::base::Limits::default()).is_ok());
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
