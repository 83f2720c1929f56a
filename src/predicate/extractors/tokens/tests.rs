//! Tests of the search for tokens: every view, and the bytes that it points at.

use std::sync::Arc;

use crate::base::{Limits, Unknown, Value};
use crate::expr::Pattern;
use crate::predicate::found::Found;
use crate::predicate::tests::{World, cut, response};
use crate::predicate::{Boundary, Keywords, Source, TokenSource, TokenViews, WINDOW};

fn source(keywords: &[&str], regex: &str) -> TokenSource {
    TokenSource {
        keywords: keywords.iter().map(|word| Arc::from(*word)).collect(),
        regex: Pattern::new(regex, false, &Limits::default()).expect("valid"),
        boundary: Boundary::Token,
        views: TokenViews::ALL,
        near: 40,
        window: WINDOW,
        stop: Vec::new(),
        placeholders: false,
        compiled: Default::default(),
    }
}

/// A token that no file holds as it is.
fn key() -> String {
    ["key", "_", "A1b2C3d4E5f6G7h8J9k0L1m2"].concat()
}

fn found(source: &TokenSource, body: &str) -> Vec<Value> {
    let world = World::answered(response(&[], body.to_owned()));
    let all = Source::Tokens(Box::new(source.clone())).items(&world.scope()).expect("known");
    // With the keywords of other sources beside its own, the same is found.
    let others = [self::source(&["other", "ey_"], "other[0-9]+"), source.clone()];
    let keywords = Arc::new(Keywords::of(&others));
    let answer = match &world.scope().reply.expect("a reply").state {
        crate::predicate::ReplyState::Answered(hops) => Arc::clone(hops.last()),
        _ => unreachable!(),
    };
    answer.find_keywords(&keywords);
    assert_eq!(Source::Tokens(Box::new(source.clone())).items(&world.scope()).expect("known"), all);
    answer.forget_tokens();
    all
}

fn field(item: &Value, name: &str) -> String {
    item.descend(&name.split('.').collect::<Vec<_>>()).map(Value::to_text_lossy).unwrap_or_default()
}

/// The bytes of the body that an item points at.
fn served<'b>(body: &'b str, item: &Value) -> &'b str {
    let number = |name| field(item, name).parse::<usize>().expect("a number");
    let start = number("offset");
    &body[start..start + number("length")]
}

#[test]
fn a_token_is_found_in_every_view_and_points_at_the_served_bytes() {
    let key = key();
    let shape = source(&["key_"], "key_[0-9A-Za-z]{24}");
    let quoted = TokenSource { boundary: Boundary::Quoted, ..shape.clone() };
    let json = format!(r#"{{"a":"{key}"}}"#);
    let escaped = json.replace('"', "\\\"");
    let twice = escaped.replace('\\', "\\\\").replace('"', "\\\"");
    let html = json.replace('"', "&quot;");
    let percent = json.replace('"', "%22").replace('{', "%7B");
    let base64 =
        data_encoding::BASE64.encode(format!("{{\"pad\":\"{}\",\"a\":\"{key}\"}}", "x y ".repeat(8)).as_bytes());
    for (body, view, length) in [
        (json.clone(), "raw", 28),
        (format!("x={escaped};"), "raw", 28),
        (format!("x={html};"), "html", 28),
        (format!("x={percent}"), "percent", 28),
        (format!("atob('{base64}')"), "base64", 0),
    ] {
        let items = found(&quoted, &body);
        assert_eq!(items.len(), 1, "{body} {items:?}");
        assert_eq!((field(&items[0], "value"), field(&items[0], "view")), (key.clone(), view.into()), "{body}");
        if length > 0 {
            assert_eq!(served(&body, &items[0]), key, "{body}");
        }
    }
    assert_eq!(found(&shape, &twice).len(), 1, "{twice}");
    let body = format!("atob('{base64}')");
    let inside = served(&body, &found(&quoted, &body)[0]).to_owned();
    assert!(base64.contains(&inside) && inside.len() >= key.len() * 4 / 3, "{inside}");
}

#[test]
fn what_is_escaped_within_a_token_is_undone() {
    let shape = source(&["hooks.acme.io"], r"https://hooks\.acme\.io/services/T[0-9A-Z]{8}/[0-9A-Za-z]{24}");
    let url = ["https://hooks.acme.io/services/T0A1B2C3D", "/", "A1b2C3d4E5f6G7h8J9k0L1m2"].concat();
    for body in [
        format!(r#"{{"u":"{}"}}"#, url.replace('/', "\\/")),
        format!(r#"{{"u":"{}"}}"#, url.replace('/', "\\u002f")),
        format!("<a data-u='{}'>", url.replace('/', "&#x2F;").replace(':', "&#58;")),
        format!("q={}", url.replace('/', "%2F").replace(':', "%3A")),
    ] {
        let items = found(&shape, &body);
        assert_eq!(items.iter().map(|item| field(item, "value")).collect::<Vec<_>>().concat(), url, "{body}");
        let served = served(&body, &items[0]);
        assert!(served.starts_with("https") && served.ends_with("L1m2"), "{served}");
    }
    let pem = source(&["-----BEGIN"], r"-----BEGIN KEY-----\n(?:[0-9A-Za-z+/=]{4,64}\n)+-----END KEY-----");
    let lines = "MIIEpAIBAAKCAQEA7bq9wXzK4m1\n".repeat(40);
    let key = format!("-----BEGIN KEY-----\n{lines}-----END KEY-----");
    let body = format!(r#"{{"k":"{}\n"}}"#, key.replace('\n', "\\n"));
    let items = found(&TokenSource { boundary: Boundary::None, ..pem }, &body);
    assert_eq!(items.iter().map(|item| field(item, "value")).collect::<Vec<_>>(), [key]);
}

#[test]
fn source_maps_name_their_sources_and_mappings_hold_nothing() {
    let key = key().replace('_', "/");
    let shape = source(&["key/"], "key/[0-9A-Za-z]{24}");
    let json = |text: &str| serde_json::to_string(text).expect("text");
    let text = format!("import a;\n// two\nexport const k = \"{key}\";\n");
    let body = format!(
        r#"{{"version":3,"sources":["a.ts","src\/b.ts"],"sourcesContent":[null,{}],"names":[],"mappings":"AAAA;{key}"}}"#,
        json(&text)
    );
    let items = found(&shape, &body);
    assert_eq!(items.len(), 1, "{items:?}");
    let told = ["view", "source", "source_line", "context", "name"].map(|name| field(&items[0], name));
    assert_eq!(told, ["source-map", "src/b.ts", "3", "source-map", "k"]);
    assert_eq!(served(&body, &items[0]), key);
    let inline = format!(
        "a()\n//# sourceMappingURL=data:application/json;base64,{}",
        data_encoding::BASE64.encode(body.as_bytes())
    );
    let items = found(&shape, &inline);
    assert_eq!(items.iter().map(|item| field(item, "source")).collect::<Vec<_>>(), ["src/b.ts"]);
    let sections = format!(r#"{{"version":3,"sections":[{{"offset":{{"line":0,"column":0}},"map":{body}}}]}}"#);
    assert_eq!(found(&shape, &sections).iter().map(|item| field(item, "source")).collect::<Vec<_>>(), ["src/b.ts"]);
}

#[test]
fn boundaries_placeholders_and_stop_lists_keep_lookalikes_out() {
    let key = key();
    let shape = source(&["key_"], "key_[0-9A-Za-z]{24}");
    let quoted = TokenSource { boundary: Boundary::Quoted, ..shape.clone() };
    let stopped = TokenSource { stop: vec!["C3D4".into()], ..shape.clone() };
    let allowed = TokenSource { placeholders: true, ..shape.clone() };
    let blob = format!("{}{key}+{}", "Ab1+".repeat(50), "Zz9/".repeat(60));
    for (source, body, count) in [
        (&shape, format!("x {key} y"), 1),
        (&shape, format!("x {key}Z y"), 0),
        (&shape, format!("x-{key} y"), 0),
        (&shape, format!(r"a\n{key}\n"), 1),
        (&shape, blob, 0),
        (&quoted, format!("x '{key}' y"), 1),
        (&quoted, format!("x '{key} y"), 0),
        (&quoted, format!(r#"x \"{key}\" y"#), 1),
        (&quoted, format!(r#"x \\\"{key}\\\" y"#), 1),
        (&stopped, format!("x {key} y"), 0),
        (&shape, "key_xxxxxxxxxxxxxxxxxxxxxxxx".into(), 0),
        (&allowed, "key_xxxxxxxxxxxxxxxxxxxxxxxx".into(), 1),
        (&shape, "key_YourExampleKeyGoesHere24".into(), 0),
        (&shape, "key_0123456789012345678901AB".into(), 0),
        (&shape, format!("{key} {key} {key}"), 3),
    ] {
        assert_eq!(found(source, &body).len(), count, "{body}");
    }
}

#[test]
fn a_group_without_a_name_is_the_token_and_names_are_told() {
    let value = "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6";
    let shape = TokenSource {
        boundary: Boundary::Quoted,
        ..source(&["algolia"], r#"(?i)algolia\w{0,20}["']?\s{0,3}[:=]\s{0,3}["']([0-9a-f]{32})["']"#)
    };
    for body in [
        format!("ALGOLIA_ADMIN_KEY = \"{value}\""),
        format!(r#"{{"algoliaAdminKey":"{value}"}}"#),
        format!(r#"{{\"algoliaAdminKey\":\"{value}\"}}"#),
        format!("{{&quot;algoliaAdminKey&quot;:&quot;{value}&quot;}}"),
    ] {
        let items = found(&shape, &body);
        assert_eq!(items.iter().map(|item| field(item, "value")).collect::<Vec<_>>(), [value], "{body}");
        assert_eq!(served(&body, &items[0]), value);
        assert!(field(&items[0], "name").to_lowercase().starts_with("algolia"), "{items:?}");
    }
    let near = TokenSource { near: 200, window: 500, ..source(&["algolia"], "[0-9a-f]{32}") };
    let body = format!("algolia {} \"{value}\" {} algolia", "x ".repeat(90), "y ".repeat(400));
    let items = found(&near, &body);
    assert_eq!(items.len(), 1);
    assert!(field(&items[0], "near").starts_with("algolia"));
    assert_eq!(found(&source(&["algolia"], "[0-9a-f]{32}"), &format!("{value}{}algolia", " ".repeat(300))).len(), 0);
}

#[test]
fn what_a_token_says_is_read() {
    let part = |json: &str| data_encoding::BASE64URL_NOPAD.encode(json.as_bytes());
    let jwt = format!("{}.{}.c2ln", part(r#"{"alg":"HS256"}"#), part(r#"{"role":"anon","n":{"a":[1]}}"#));
    let items = found(&source(&["eyJ"], r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+"), &format!("'{jwt}'"));
    assert_eq!(["jwt.claims.role", "jwt.header.alg"].map(|name| field(&items[0], name)), ["anon", "HS256"]);
    let cloud = format!("glc_{}", data_encoding::BASE64.encode(br#"{"o":"17","n":"x","k":"s3cr3tS3cr3t"}"#));
    let items = found(&source(&["glc_"], "glc_(?<payload>[0-9A-Za-z+/]{20,}={0,2})"), &format!("'{cloud}'"));
    assert_eq!(field(&items[0], "base64_json.o"), "17");
    let account = r#"{"type":"service_account","private_key":"-----BEGIN"}"#;
    let shape = TokenSource { boundary: Boundary::None, ..source(&["service_account"], r"\{[^{}]{0,400}\}") };
    assert_eq!(field(&found(&shape, account)[0], "json.type"), "service_account");
}

#[test]
fn a_cut_body_leaves_the_rest_unknown() {
    let (key, shape) = (key(), source(&["key_"], "key_[0-9A-Za-z]{24}"));
    let gather = |body: &str, length| {
        let world = World::answered(cut(&response(&[], body.to_owned()), length));
        Source::Tokens(Box::new(shape.clone())).gather(&world.scope())
    };
    let body = format!("{key} and {key}Z");
    let found = gather(&body, body.len() - 1);
    assert_eq!((found.values().len(), found.clone().into_whole()), (1, Err(Unknown::CutOff)));
    assert!(matches!(gather(&body, 3), Found::Values { values, .. } if values.is_empty()));
}

#[test]
fn contexts() {
    let key = key();
    let shape = source(&["key_"], "key_[0-9A-Za-z]{24}");
    for (content_type, body, expected) in [
        ("text/javascript", format!("a='{key}'"), "bundle"),
        ("text/javascript", format!("/* a='{key}' */"), "comment"),
        ("text/javascript", format!("/* a */ b='{key}'"), "bundle"),
        ("text/javascript", format!("x\n  // a='{key}'"), "comment"),
        ("text/html", format!("<p data-a='{key}'>"), "html"),
        ("text/html", format!("<!-- <p data-a='{key}'> -->"), "comment"),
        ("application/json", format!("{{\"a\":\"{key}\"}}"), "api"),
        ("text/plain", format!("a {key}"), "other"),
    ] {
        let world = World::answered(response(&[("Content-Type", content_type)], body.clone()));
        let items = Source::Tokens(Box::new(shape.clone())).items(&world.scope()).expect("known");
        assert_eq!(items.iter().map(|item| field(item, "context")).collect::<Vec<_>>(), [expected], "{body}");
    }
}

/// What is known of each source, where both are searched together.
fn both(body: &str, sources: &[TokenSource; 2]) -> [Result<usize, Unknown>; 2] {
    let world = World::answered(response(&[], body.to_owned()));
    let answer = match &world.scope().reply.expect("a reply").state {
        crate::predicate::ReplyState::Answered(hops) => Arc::clone(hops.last()),
        _ => unreachable!(),
    };
    answer.find_keywords(&Arc::new(Keywords::of(sources)));
    let found = |source: &TokenSource| Source::Tokens(Box::new(source.clone())).gather(&world.scope());
    sources.each_ref().map(|source| found(source).into_whole().map(|values| values.len()))
}

#[test]
fn a_text_full_of_one_keyword_leaves_no_other_rule_in_doubt() {
    let sources = [source(&["noise"], "noise[0-9]{9}"), source(&["key_"], "key_[0-9A-Za-z]{24}")];
    let many = format!("{}{} {}", "noise ".repeat(25_000), key(), "noise ".repeat(25_000));
    let [noise, keys] = both(&many, &sources);
    assert!(noise.is_err());
    assert_eq!(keys, Ok(1));
}

#[test]
fn what_was_too_much_to_decode_leaves_only_the_rules_in_doubt_whose_keywords_stand_there() {
    let sources = [source(&["noise"], "noise[0-9]{9}"), source(&["key_"], "key_[0-9A-Za-z]{24}")];
    let escaped = "noise \\\" &quot; ".repeat(8_000);
    let body = format!("{escaped}{}&#107;&#101;y_ &quot;{}&quot;", "-".repeat(9_000), key());
    let [noise, keys] = both(&body, &sources);
    assert!(noise.is_err());
    assert_eq!(keys, Ok(1));
}
