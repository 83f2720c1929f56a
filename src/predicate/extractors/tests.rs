//! Items of every source, names in templates, collections.

use std::sync::Arc;

use crate::base::{Limits, Unknown, Value};
use crate::expr::{Expr, Template};
use crate::predicate::tests::{World, cut, exchange, regex, reply, response};
use crate::predicate::{
    COLLECTIONS, Collection, CssQuery, Extent, Found, Items, JsonQuery, Reply, ReplyState, SOURCES, Source,
    WrittenItem, builtin_names, builtin_type, lookup,
};

fn template(text: &str) -> Template {
    Template::parse(text, &Limits::default()).expect("valid")
}

fn written(label: Option<&str>, fields: &[(&str, &str)]) -> WrittenItem {
    let fields = fields.iter().map(|(name, text)| (Arc::from(*name), template(text))).collect();
    WrittenItem { label: label.map(Arc::from), fields }
}

fn texts(values: &[Value]) -> Vec<String> {
    values.iter().map(Value::to_text_lossy).collect()
}

#[test]
fn written_items_are_rendered() {
    let world = World::new();
    let source = Source::Written(vec![
        written(None, &[("value", "/a")]),
        written(Some("foreign"), &[("value", "https://{{nonce}}.example")]),
        written(None, &[("path", "{{path}}"), ("kind", "k")]),
    ]);
    let items = source.items(&world.scope()).expect("known");
    assert_eq!(items[0], Value::from("/a"));
    assert_eq!(items[1].field("name"), Some(&Value::from("foreign")));
    assert_eq!(&*items[1].as_text(), b"https://n0nce.example");
    assert_eq!(items[2].field("path"), Some(&Value::from("/api")));
    let unknown = Source::Written(vec![written(None, &[("value", "{{status}}")])]);
    assert_eq!(unknown.items(&world.scope()), Err(Unknown::NotSent));
}

#[test]
fn values_of_subjects_by_regex() {
    let world = World::answered(response(&[("Server", "nginx/1.18.0 (Ubuntu)")], "a1 b22"));
    let of = |subject: &str, pattern: Option<&str>, max| Source::Subject {
        subject: lookup(subject).expect("valid"),
        regex: pattern.map(regex),
        max,
    };
    let items = |source: Source| source.items(&world.scope()).map(|items| texts(&items));
    assert_eq!(items(of("headers.server", Some("^nginx/([0-9.]+)"), None)), Ok(vec!["1.18.0".into()]));
    assert_eq!(items(of("headers.server", None, None)), Ok(vec!["nginx/1.18.0 (Ubuntu)".into()]));
    assert_eq!(items(of("body", Some("[a-z][0-9]+"), None)), Ok(vec!["a1".into(), "b22".into()]));
    assert_eq!(items(of("body", Some("[a-z][0-9]+"), Some(1))), Ok(vec!["a1".into()]));
    assert_eq!(items(of("headers.absent", None, None)), Ok(vec![]));
    let short = World::answered(cut(&response(&[], "a1 b22"), 5));
    let source = of("body", Some("[a-z][0-9]+"), None);
    assert_eq!(source.items(&short.scope()), Err(Unknown::CutOff));
    assert_eq!(source.first(&short.scope()), Ok(Some("a1".into())));
    assert_eq!(of("body", Some("b[0-9]+"), None).first(&short.scope()), Err(Unknown::CutOff));
}

#[test]
fn what_facts_hold_counts_though_there_may_be_more() {
    let address = Value::map([("address", Value::from("192.0.2.2"))]);
    let facts = |fields: Vec<(&'static str, Value)>| {
        let mut world = World::new();
        world.facts = Some(Value::map([("tls", Value::map(fields))]));
        world
    };
    let found = |world: &World| Source::Collection(Collection::Addresses).gather(&world.scope());
    let there = ("addresses", Value::list([address.clone()]));
    let open = ("open", Value::list([Value::from("addresses")]));
    assert_eq!(found(&facts(vec![there.clone()])), Found::many(vec![address.clone()]));
    assert_eq!(found(&facts(vec![there.clone(), open.clone()])), Found::to_extent(vec![address], Extent::Further));
    assert_eq!(found(&facts(vec![open.clone()])), Found::to_extent(Vec::new(), Extent::Further));
    assert_eq!(found(&facts(vec![])), Found::missing());
    let unknown = facts(vec![("unknown", Value::list([Value::from("addresses")]))]);
    assert_eq!(found(&unknown), Found::Unknown(Unknown::Failed));
    let whole = Collection::Addresses.items(&facts(vec![there, open]).scope()).map(|_| ());
    assert_eq!(whole, Err(Unknown::CutOff), "a quantifier over some of them would say too much");
}

#[test]
fn json_nodes_have_keys() {
    let world = World::answered(response(&[], r#"{"users":[{"id":7,"key":"own"},"x"],"n":null}"#));
    let nodes = |path: &str| {
        let source = Source::Json { path: JsonQuery::new(path).expect("valid"), max: Some(2) };
        source.items(&world.scope()).expect("known")
    };
    let users = nodes("$.users[*]");
    assert_eq!(texts(&users), ["id=7, key=own", "x"]);
    assert_eq!(users[0].field("key"), Some(&Value::from("0")));
    assert_eq!(nodes("$.*")[1].field("key"), Some(&Value::from("n")));
    assert_eq!(nodes("$.absent"), []);
    assert_eq!(nodes("$..*").len(), 2);
}

#[test]
fn elements_and_links() {
    let body = "<head><base href=/app/></head><script src='main.js?v=1#x'></script><script src=//cdn.example.org/a.js>\
        </script><script>inline</script><a href='javascript:x'> go </a><a href='http://[::1]:81/'>";
    let world = World::answered(response(&[("Content-Type", "text/html")], body));
    let of = |select: &str, attr: Option<&str>, as_url, max| {
        let select = CssQuery::new(select).expect("valid");
        Source::Html { select, attr: attr.map(Arc::from), as_url, max }.items(&world.scope()).expect("known")
    };
    assert_eq!(texts(&of("a", None, false, None)), ["go", ""]);
    assert_eq!(texts(&of("script", Some("src"), false, Some(1))), ["main.js?v=1#x"]);
    let links = of("script[src]", Some("src"), true, None);
    let origin = "https://app.shop.example.co.uk:8443";
    assert_eq!(texts(&links), [format!("{origin}/app/main.js?v=1"), "https://cdn.example.org/a.js".into()]);
    let part = |link: &Value, name: &str| link.field(name).map(Value::to_text_lossy);
    for (name, expected) in [
        ("written", "main.js?v=1#x"),
        ("scheme", "https"),
        ("host", "app.shop.example.co.uk"),
        ("domain", "example.co.uk"),
        ("port", "8443"),
        ("origin", origin),
        ("path", "/app/main.js"),
        ("query", "v=1"),
        ("target", "/app/main.js?v=1"),
    ] {
        assert_eq!(part(&links[0], name).as_deref(), Some(expected), "{name}");
    }
    let anchors = of("a", Some("href"), true, None);
    assert_eq!((part(&anchors[0], "scheme"), part(&anchors[0], "host")), (Some("javascript".into()), None));
    assert_eq!(part(&anchors[1], "host").as_deref(), Some("::1"));
}

#[test]
fn items_of_another_request() {
    let mut world = World::answered(response(&[("Location", "/a")], ""));
    let labelled = |label: &str, response| Reply { label: label.into(), ..reply(exchange(Ok(response))) };
    world.requests.push(vec![
        labelled("own", response(&[("Location", "/b")], "")),
        labelled("foreign", response(&[("Location", "/c")], "")),
    ]);
    let of = |request, label: Option<&str>| {
        let location = Source::Subject { subject: lookup("headers.location").expect("valid"), regex: None, max: None };
        let source = Source::OfRequest { request, label: label.map(Arc::from), source: Box::new(location) };
        source.items(&world.scope()).map(|items| texts(&items))
    };
    assert_eq!(of(0, None), Ok(vec!["/a".into()]));
    assert_eq!(of(1, Some("foreign")), Ok(vec!["/c".into()]));
    assert_eq!(of(1, Some("absent")), Err(Unknown::NotSent));
}

#[test]
fn collections_of_an_answer() {
    let mut world = World::answered(response(
        &[
            ("Content-Type", "text/html"),
            ("Set-Cookie", "a=1; SameSite=None"),
            ("Set-Cookie", "b=2"),
            ("Content-Security-Policy", "img-src *, default-src 'self'"),
            ("Content-Security-Policy-Report-Only", "img-src x"),
        ],
        "<meta http-equiv=content-security-policy content='script-src a'><p>",
    ));
    let items = |world: &World, name: &str| {
        let collection = Collection::named(name).expect(name);
        assert_eq!(collection.display(), name);
        collection.items(&world.scope()).map(|items| match items {
            Items::Values(values) => values.len(),
            Items::Replies(replies) => replies.len(),
        })
    };
    for (name, expected) in [
        ("cookies", Ok(2)),
        ("header_fields", Ok(5)),
        ("hops", Ok(1)),
        ("csp.enforced", Ok(3)),
        ("csp.reported", Ok(1)),
        ("tls.chain.certificates", Ok(0)),
        ("dns.answers", Ok(0)),
        ("baseline", Err(Unknown::NotSent)),
    ] {
        assert_eq!(items(&world, name), expected, "{name}");
    }
    world.host.baseline = vec![reply(exchange(Ok(response(&[], ""))))];
    assert_eq!(items(&world, "baseline"), Ok(1));
    world.requests[0][0].state = ReplyState::Unknown(Unknown::Failed);
    for name in ["cookies", "header_fields", "hops", "csp.enforced"] {
        assert_eq!(items(&world, name), Err(Unknown::Failed));
    }
    assert!(COLLECTIONS.iter().all(|spec| Collection::named(spec.name).is_some()));
}

#[test]
fn lists_by_name_and_of_items() {
    let mut world = World::new();
    let list = Value::list([Value::map([("tags", Value::list(["a".into(), "b".into()]))]), "c".into()]);
    world.names.push(("found".into(), list.clone()));
    let count = |collection: Collection, scope| match collection.items(&scope) {
        Ok(Items::Values(values)) => values.len(),
        _ => usize::MAX,
    };
    assert_eq!(count(Collection::Var("found".into(), Vec::new()), world.scope()), 2);
    assert_eq!(count(Collection::Var("found".into(), vec!["absent".into()]), world.scope()), 0);
    let unbound = Collection::Var("later".into(), Vec::new());
    assert_eq!(
        unbound.items(&world.scope()).err(),
        Some(Unknown::NotSent),
        "a name that is not bound yet is not empty"
    );
    let item = Value::map([("key", Value::from("0")), ("value", Value::map([("tags", list)]))]);
    assert_eq!(count(Collection::ItemField(vec!["tags".into()]), world.scope().within(&item)), 2);
    assert_eq!(count(Collection::ItemField(vec!["absent".into()]), world.scope().within(&item)), 0);
}

#[test]
fn names_in_templates() {
    let mut world = World::new();
    world.names.push(("x".into(), Value::map([("name", "label".into()), ("value", "bound".into())])));
    let render =
        |world: &World, text: &str| template(text).render(&world.scope().env()).map_err(|error| error.to_string());
    let shown = |world: &World, text: &str| render(world, text).map(|text| String::from_utf8_lossy(&text).into_owned());
    for (text, expected) in [
        ("{{x}} {{x.name}}", "bound label"),
        ("{{nonce}}", "n0nce"),
        ("{{path}}", "/api"),
        ("{{host}} {{host.port}} {{url.host}}", "app.shop.example.co.uk 8443 app.shop.example.co.uk"),
        ("{{url.origin}}", "https://app.shop.example.co.uk:8443"),
        ("{{url.domain | drop_first(1)}}", "xample.co.uk"),
        ("{{endpoint.method}}", "GET"),
    ] {
        assert_eq!(shown(&world, text).as_deref(), Ok(expected), "{text}");
    }
    assert!(render(&world, "{{status}}").is_err() && render(&world, "{{absent}}").is_err());
    let answered = World::answered(response(&[("Server", "a"), ("X", "1"), ("X", "2")], ""));
    assert_eq!(shown(&answered, "{{status}} {{headers.server}} {{headers.x}}").as_deref(), Ok("200 a 1, 2"));
    assert_eq!(shown(&answered, "{{request.headers.x-key}} {{url.path}}").as_deref(), Ok("k /a%20b/x"));
    let item = Value::map([("name", "sid".into()), ("value", "v".into())]);
    let scope = answered.scope().within(&item);
    assert_eq!(template("{{name}}").render(&scope.env()).expect("known"), "sid");
    let long = World::answered(cut(&response(&[], "abc"), 2));
    let length = Expr::parse("body contains 'ab'", &Limits::default()).expect("valid").eval(&long.scope().env());
    assert!(length.is_err(), "{length:?}");
}

#[test]
fn built_in_names_have_types() {
    for name in builtin_names() {
        let path: Vec<&str> = name.split('.').collect();
        let is_asked_by_map = matches!(name.as_str(), "headers" | "cookies" | "json" | "html");
        assert_eq!(builtin_type(&path).is_some(), !is_asked_by_map, "{name}");
    }
    assert!(builtin_type(&["headers", "server"]).is_some() && builtin_type(&["absent"]).is_none());
}

#[test]
fn sources_are_described() {
    assert!(SOURCES.iter().all(|spec| !spec.summary.is_empty() && spec.example.starts_with("{ from: ")));
    let found = Found::many(Vec::new());
    assert_eq!(found.into_whole(), Ok(Vec::new()));
}
