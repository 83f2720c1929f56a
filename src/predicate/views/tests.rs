//! Tests of the views: the odd cases of each standard, the shapes they promise, and that nothing makes them panic.

use proptest::prelude::*;

use super::cache::cache;
use super::cache_status::cache_status;
use super::challenges::challenges;
use super::clear_site_data::clear_site_data;
use super::content_type::content_type;
use super::cookie::parse_set_cookies;
use super::csp::policies;
use super::embedder_policy::coep;
use super::hsts::hsts;
use super::nosniff::nosniff;
use super::opener_policy::coop;
use super::permissions::permissions;
use super::referrer_policy::referrer_policy;
use super::resource_policy::corp;
use super::x_frame_options::x_frame_options;
use super::*;
use crate::base::{Origin, Scheme, Timestamp, Value};

fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

fn origin(scheme: Scheme, host: &str) -> Origin {
    Origin::new(scheme, host, scheme.default_port()).expect("a host")
}

fn cookie(line: &str) -> Value {
    cookie_from(&origin(Scheme::Https, "app.example.com"), line)
}

fn cookie_from(origin: &Origin, line: &str) -> Value {
    parse_set_cookies([line.as_bytes()].into_iter(), now(), origin).pop().unwrap_or_else(|| panic!("ignored: {line}"))
}

fn ignored(line: impl AsRef<[u8]>) -> bool {
    parse_set_cookies([line.as_ref()].into_iter(), now(), &origin(Scheme::Https, "app.example.com")).is_empty()
}

/// The field as text; `-` where it is absent.
fn get(view: &Value, path: &str) -> String {
    let path: Vec<&str> = path.split('/').collect();
    view.descend(&path).map_or_else(|| "-".to_owned(), Value::to_text_lossy)
}

fn lines<'a>(texts: &'a [&'a str]) -> Vec<&'a [u8]> {
    texts.iter().map(|text| text.as_bytes()).collect()
}

fn conforms(value: &Value, shape: &Shape) -> Result<(), String> {
    match (shape, value) {
        (Shape::Bool, Value::Bool(_))
        | (Shape::Number, Value::Int(_))
        | (Shape::Text, Value::Text(_))
        | (Shape::Time, Value::Time(_)) => Ok(()),
        (Shape::OneOf(known), Value::Text(text)) if known.iter().any(|known| known.as_bytes() == text) => Ok(()),
        (Shape::List(inner), Value::List(items)) => items.iter().try_for_each(|item| conforms(item, inner)),
        (Shape::Names(inner), Value::Map(fields)) => fields.iter().try_for_each(|(_, field)| conforms(field, inner)),
        (Shape::Map(known), Value::Map(fields)) => fields.iter().try_for_each(|(name, field)| {
            let known =
                known.iter().find(|known| known.name == &**name).ok_or_else(|| format!("unknown field {name}"))?;
            conforms(field, &known.shape).map_err(|why| format!("{name}: {why}"))
        }),
        (shape, value) => Err(format!("{value:?} is no {shape:?}")),
    }
}

fn check_fields(fields: &[Field]) {
    let mut names = std::collections::BTreeSet::new();
    for field in fields {
        assert!(names.insert(field.name), "{} is there twice", field.name);
        assert!(field.description.ends_with('.'), "{}", field.name);
        match &field.shape {
            Shape::Map(inner) | Shape::List(Shape::Map(inner)) | Shape::Names(Shape::Map(inner)) => check_fields(inner),
            _ => {}
        }
    }
}

#[test]
fn every_view_is_described() {
    for view in VIEWS {
        assert!(view.summary.ends_with('.'), "{}", view.name);
        check_fields(view.fields);
    }
}

#[test]
fn cookies_are_read_as_browsers_do() {
    let view =
        cookie("sid=a=b; Path=/x; path=bad; SECURE ; HttpOnly=no; Domain=.Example.COM; SameSite=Lax; samesite=NONE");
    for (field, value) in [
        ("name", "sid"),
        ("value", "a=b"),
        ("secure", "true"),
        ("http_only", "true"),
        ("domain", "example.com"),
        ("path", "-"),
        ("same_site", "none"),
        ("session", "true"),
        ("expired", "false"),
        ("expires", "-"),
        ("prefix", "-"),
        ("prefix_valid", "true"),
    ] {
        assert_eq!(get(&view, field), value, "{field}");
    }
    let unknown = cookie("a=b; SameSite=Strict; SameSite=What");
    assert_eq!((get(&unknown, "same_site"), get(&unknown, "same_site_written")), ("-".into(), "What".into()));
    assert_eq!(get(&cookie("a=b; SameSite"), "same_site_written"), "");
    assert_eq!(get(&cookie("a=b"), "same_site_written"), "-");
    assert_eq!(get(&cookie("  a\t=\t b c  "), "value"), "b c");
    assert_eq!((get(&cookie("lonely"), "name"), get(&cookie("lonely"), "value")), (String::new(), "lonely".into()));
    assert_eq!((get(&cookie("=x"), "name"), get(&cookie("=x"), "value")), (String::new(), "x".into()));
    assert_eq!(get(&cookie("a=\"q; r\""), "value"), "\"q");
    assert_eq!(get(&cookie("a=b; Domain=x.example; Domain="), "domain"), "-");
    assert_eq!(get(&cookie(&format!("a=b; Path=/{}", "p".repeat(1024))), "path"), "-");
    assert_eq!(get(&cookie(&format!("a=b; Path=/{}", "p".repeat(1023))), "path").len(), 1024);
    assert!(ignored("") && ignored("=") && ignored(" ; Secure") && !ignored(b"a=\xff\xfe"));
}

#[test]
fn what_browsers_do_not_store_is_told_with_the_reason() {
    let https = |line: &str| get(&cookie(line), "refused");
    for line in ["a=b\0", "a=b; Path=/\x7f", "a=b; x\r"] {
        assert_eq!(https(line), "control-character", "{line:?}");
    }
    assert_eq!(https("a=b\tc"), "-");
    assert_eq!(https(&format!("a={}", "v".repeat(4096))), "too-long");
    assert_eq!(https(&format!("a={}", "v".repeat(4095))), "-");
    for (domain, refused) in [
        ("example.com", "-"),
        (".EXAMPLE.com", "-"),
        ("app.example.com", "-"),
        ("", "-"),
        ("com", "public-suffix"),
        ("co.uk", "public-suffix"),
        ("other.example.com", "foreign-domain"),
        ("ample.com", "foreign-domain"),
        ("b.app.example.com", "foreign-domain"),
        ("..example.com", "foreign-domain"),
        ("ex\u{e4}mple.com", "foreign-domain"),
    ] {
        assert_eq!(https(&format!("a=b; Domain={domain}")), refused, "{domain}");
    }
    assert_eq!(https("a=b; SameSite=None"), "same-site-none");
    assert_eq!(https("a=b; SameSite=None; Secure"), "-");
    assert_eq!(https("a=b; SameSite=None; SameSite=Lax"), "-");
    assert_eq!(https("a=b; Partitioned"), "partitioned");
    assert_eq!(https("a=b; Partitioned; Secure"), "-");
    assert_eq!(https("__Host-a=b; Secure"), "prefix");
    let from = |scheme, host, line: &str| get(&cookie_from(&origin(scheme, host), line), "refused");
    assert_eq!(from(Scheme::Http, "app.example.com", "a=b; Secure"), "secure-over-http");
    assert_eq!(from(Scheme::Http, "app.example.com", "a=b"), "-");
    assert_eq!(from(Scheme::Http, "localhost", "a=b; Secure"), "-");
    assert_eq!(from(Scheme::Https, "shop.github.io", "a=b; Domain=github.io"), "public-suffix");
    assert_eq!(from(Scheme::Https, "github.io", "a=b; Domain=github.io"), "-");
    assert_eq!(from(Scheme::Https, "192.0.2.7", "a=b; Domain=192.0.2.7"), "-");
    assert_eq!(from(Scheme::Https, "192.0.2.7", "a=b; Domain=2.7"), "foreign-domain");
}

#[test]
fn a_later_cookie_takes_the_place_of_an_earlier_one() {
    let own = origin(Scheme::Https, "app.example.com");
    let values = |lines_: &[&str]| {
        let cookies = parse_set_cookies(lines(lines_).into_iter(), now(), &own);
        cookies.iter().map(|cookie| get(cookie, "value")).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(values(&["sid=1", "theme=2", "sid=3; Secure"]), "2 3");
    assert_eq!(values(&["sid=1", "sid=; Max-Age=0"]), "", "set and deleted at once");
    assert_eq!(values(&["sid=1", "sid=2; Path=/app", "sid=3; Domain=example.com", "SID=4"]), "1 2 3 4");
    assert_eq!(values(&["sid=1", "sid=2; Domain=other.example"]), "1 2", "a refused one takes no place");
}

#[test]
fn cookies_end_when_browsers_say() {
    for (attributes, expires, max_age, expired, session) in [
        ("", "-", "-", "false", "true"),
        ("; Max-Age=0", "-", "0", "true", "false"),
        ("; Max-Age=-5", "-", "-5", "true", "false"),
        ("; Max-Age=60; Max-Age=x", "-", "60", "false", "false"),
        ("; Max-Age=+60", "-", "-", "false", "true"),
        ("; Max-Age=99999999999999999999", "-", "9223372036854775807", "false", "false"),
        ("; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "1970-01-01T00:00:00Z", "-", "true", "false"),
        ("; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=9", "1970-01-01T00:00:00Z", "9", "false", "false"),
        ("; Expires=Fri, 02-Jan-26 03:04:06 GMT", "2026-01-02T03:04:06Z", "-", "false", "false"),
        ("; Expires=soon", "-", "-", "false", "true"),
    ] {
        let view = cookie(&format!("a=b{attributes}"));
        let found = ["expires", "max_age", "expired", "session"].map(|field| get(&view, field));
        assert_eq!(found, [expires, max_age, expired, session], "{attributes}");
    }
    for (attributes, lifetime) in [
        ("", "-"),
        ("; Max-Age=60", "60"),
        ("; Max-Age=-60", "0"),
        ("; Max-Age=99999999999", "34560000"),
        ("; Expires=Fri, 02-Jan-26 03:04:15 GMT", "10"),
        ("; Expires=Fri, 02-Jan-2126 03:04:15 GMT", "34560000"),
        ("; Expires=Fri, 02-Jan-2126 03:04:15 GMT; Max-Age=5", "5"),
    ] {
        assert_eq!(get(&cookie(&format!("a=b{attributes}")), "lifetime"), lifetime, "{attributes}");
    }
}

#[test]
fn cookie_dates_come_in_any_order() {
    for (text, at) in [
        ("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"),
        ("Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37Z"),
        ("Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37Z"),
        ("1994 6th november 8:9:7x", "1994-11-06T08:09:07Z"),
        ("6november 1994 8:9:7", "-"),
        ("06 Nov 69 0:0:0", "2069-11-06T00:00:00Z"),
        ("06 Nov 70 0:0:0", "1970-11-06T00:00:00Z"),
        ("06 Nov 1600 0:0:0", "-"),
        ("31 Feb 2020 0:0:0", "-"),
        ("29 Feb 2020 23:59:59", "2020-02-29T23:59:59Z"),
        ("06 Nov 1994 24:00:00", "-"),
        ("06 Nov 1994 00:60:00", "-"),
        ("06 Nov 1994 00:00", "-"),
        ("06 Nov 19945 00:00:00", "-"),
        ("0 Nov 1994 00:00:00", "-"),
        ("\u{e9} ::: 99:99:99", "-"),
    ] {
        let found = cookie_date::parse_cookie_date(text.as_bytes()).map_or("-".to_owned(), |at| at.to_string());
        assert_eq!(found, at, "{text}");
    }
}

#[test]
fn cookie_prefixes_are_promises() {
    let valid = |line: &str| get(&cookie(line), "prefix") + " " + &get(&cookie(line), "prefix_valid");
    assert_eq!(valid("__Host-a=b; Secure; Path=/"), "host true");
    assert_eq!(valid("__host-a=b; Secure; Path=/"), "host true");
    assert_eq!(valid("__Host-a=b; Secure"), "host false");
    assert_eq!(valid("__Host-a=b; Secure; Path=/; Domain=example.com"), "host false");
    assert_eq!(valid("__Secure-a=b; Secure"), "secure true");
    assert_eq!(valid("__Secure-a=b"), "secure false");
    assert_eq!(valid("=__Host-a; Secure; Path=/"), "host false");
    assert_eq!(valid("__Http-a=b; Secure"), "http false");
    assert_eq!(valid("__Http-a=b; Secure; HttpOnly; Domain=example.com"), "http true");
    assert_eq!(valid("__Http-a=b; HttpOnly"), "http false");
    assert_eq!(valid("__Host-Http-a=b; Secure; HttpOnly; Path=/"), "host-http true");
    assert_eq!(valid("__Host-Http-a=b; Secure; Path=/"), "host-http false");
    assert_eq!(valid("__Host-Http-a=b; Secure; HttpOnly"), "host-http false");
    let plain = |host| get(&cookie_from(&origin(Scheme::Http, host), "__Secure-a=b; Secure"), "prefix_valid");
    assert_eq!((plain("app.example.com"), plain("127.0.0.1")), ("false".into(), "true".into()));
}

#[test]
fn sessions_are_known_by_their_words() {
    let jwt = ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxIn0", "c2ln"].join(".");
    let like = |name: &str, value: &str| get(&cookie(&format!("{name}={value}")), "session_like");
    for name in [
        "sid",
        "connect.sid",
        "JSESSIONID",
        "PHPSESSID",
        "ASP.NET_SessionId",
        "ASPSESSIONIDQQRSTUVW",
        "laravel_session",
        "_session_id",
        "authToken",
        "auth_token",
        "access_token",
        "jwt",
        "__Host-session",
        "__Host-Http-login",
        "__Secure-next-auth.session-token",
        ".AspNetCore.Identity.Application",
        ".AspNetCore.Session",
        ".ASPXAUTH",
        "wordpress_logged_in_0a1b2c3d4e",
        "SESS0123456789abcdef",
        "remember_me",
        "remember_web_59ba36addc2b2f9401580f014c7f58ea",
        "sails.sid",
        "MRHSession",
        "appSession",
        "CAKEPHP",
        "user_auth",
        "KEYCLOAK_IDENTITY",
    ] {
        assert_eq!(like(name, "k3v9"), "true", "{name}");
    }
    for name in [
        "theme",
        "assessment",
        "obsession",
        "blogindex",
        "XSRF-TOKEN",
        "csrftoken",
        "_csrf_session",
        "__RequestVerificationToken",
        ".AspNetCore.Antiforgery.9TtSrW0hzOs",
        "heroku-session-affinity",
        "next-auth.callback-url",
        "login_redirect",
        "_ga",
        "_ga_session",
        "_hjSession_123",
        "ai_session",
        "lang",
        "AWSALB",
        "inside",
        "author",
        "sessions",
        "tokenizer",
        "captcha_token",
        "professional",
    ] {
        assert_eq!(like(name, "k3v9"), "false", "{name}");
    }
    for flag in ["1", "yes", "TRUE", "", "off"] {
        assert_eq!(like("logged_in", flag), "false", "{flag}");
        assert_eq!(like("sid", flag), "true", "{flag}");
    }
    assert_eq!(get(&cookie(&format!("x={jwt}")), "session_like"), "true");
    assert_eq!(get(&cookie(&format!("XSRF={jwt}")), "session_like"), "false");
    assert_eq!(get(&cookie("x=eyJ.a"), "session_like"), "false");
}

#[test]
fn hsts_follows_the_grammar() {
    for (line, valid, max_age, subdomains, preload) in [
        ("max-age=31536000", "true", "31536000", "false", "false"),
        (" max-age = 63072000 ; includeSubDomains", "true", "63072000", "true", "false"),
        ("MAX-AGE=\"1\"; IncludeSubdomains; PRELOAD", "true", "1", "true", "true"),
        (";; max-age=0 ;; other=\"a;b\" ;", "true", "0", "false", "false"),
        ("max-age=99999999999999999999", "true", "9223372036854775807", "false", "false"),
        ("includeSubDomains", "false", "-", "-", "-"),
        ("", "false", "-", "-", "-"),
        ("max-age", "false", "-", "-", "-"),
        ("max-age=", "false", "-", "-", "-"),
        ("max-age=abc", "false", "-", "-", "-"),
        ("max-age=31536000s", "false", "-", "-", "-"),
        ("max-age=-1", "false", "-", "-", "-"),
        ("max-age=1; max-age=1", "false", "-", "-", "-"),
        ("max-age=1, max-age=2", "false", "-", "-", "-"),
        ("max-age=1; includeSubDomains=1", "false", "-", "-", "-"),
        ("max-age=1 includeSubDomains", "false", "-", "-", "-"),
        ("max-age=\"1", "false", "-", "-", "-"),
        ("max-age=1\0", "false", "-", "-", "-"),
    ] {
        let view = hsts(&[line.as_bytes()]);
        let found = ["valid", "max_age", "include_subdomains", "preload"].map(|field| get(&view, field));
        assert_eq!(found, [valid, max_age, subdomains, preload], "{line}");
        assert_eq!(get(&view, "raw"), line);
    }
    let view = hsts(&lines(&["max-age=x", "max-age=1"]));
    assert_eq!((get(&view, "valid"), get(&view, "repeated")), ("false".into(), "true".into()));
    let view = hsts(&[]);
    assert_eq!(
        (get(&view, "present"), get(&view, "valid"), get(&view, "raw")),
        ("false".into(), "-".into(), "-".into())
    );
}

#[test]
fn frame_options_follow_the_algorithm() {
    for (given, value) in [
        (&["DENY"][..], "deny"),
        (&["SameOrigin", "sameorigin"], "sameorigin"),
        (&["sameorigin, SAMEORIGIN"], "sameorigin"),
        (&["allowall"], "allowall"),
        (&["deny, sameorigin"], "conflicting"),
        (&["deny", "bogus"], "conflicting"),
        (&["deny,"], "conflicting"),
        (&["bogus", "other"], "invalid"),
        (&["allow-from https://a.example"], "invalid"),
        (&["\"deny\""], "invalid"),
        (&[""], "invalid"),
        (&[], "-"),
    ] {
        let view = x_frame_options(&lines(given));
        assert_eq!(get(&view, "value"), value, "{given:?}");
        assert_eq!(get(&view, "present"), (!given.is_empty()).to_string());
    }
}

#[test]
fn the_last_known_referrer_policy_wins() {
    for (given, effective, unknown) in [
        (&["no-referrer, strict-origin"][..], "strict-origin", ""),
        (&["Unsafe-URL", "bogus"], "unsafe-url", "bogus"),
        (&["origin, ,"], "origin", ""),
        (&["bogus"], "-", "bogus"),
        (&[""], "-", ""),
        (&[], "-", ""),
    ] {
        let view = referrer_policy(&lines(given));
        assert_eq!((get(&view, "effective"), get(&view, "unknown")), (effective.into(), unknown.into()), "{given:?}");
    }
}

#[test]
fn permissions_are_a_structured_dictionary() {
    let feature = |line: &str, name: &str| {
        let view = permissions(&[line.as_bytes()]);
        ["all", "self", "none", "origins"].map(|field| get(&view, &format!("features/{name}/{field}"))).join(" ")
    };
    let line =
        r#"camera=(), geolocation=(self "https://a.example"), usb=*, midi=(self *);report-to=x, hid=self, camera2=?0"#;
    assert_eq!(feature(line, "camera"), "false false true ");
    assert_eq!(feature(line, "geolocation"), "false true false https://a.example");
    assert_eq!(feature(line, "usb"), "true false false ");
    assert_eq!(feature(line, "midi"), "true false false ");
    assert_eq!(feature(line, "hid"), "false true false ");
    assert_eq!(feature(line, "camera2"), "false false true ");
    assert_eq!(feature("usb=*, usb=()", "usb"), "false false true ");
    let valid = |given: &[&str]| get(&permissions(&lines(given)), "valid");
    for good in ["", "a", "a=1.5;x;y=2, b=:aGk=:, c=@12, d=%\"x\"", "a=(self  \"x\\\"y\" ) ", "a=(),\tb=()", "a=-1"] {
        assert_eq!(valid(&[good]), "true", "{good}");
    }
    for bad in [
        "camera 'none'",
        "camera=(self",
        "Camera=()",
        "camera=();",
        "camera=(),",
        "a=(self\"x\")",
        "a=\"x",
        "a=1.",
        "a=é",
        "a=?2",
        "a=((x))",
        "a=\"\\x\"",
        "a=\0",
        ",a",
        "a=1234567890123456",
        "a=:b",
    ] {
        assert_eq!(valid(&[bad]), "false", "{bad}");
    }
    assert_eq!(valid(&["a=()", "b=()"]), "true");
    assert_eq!(valid(&[]), "-");
}

#[test]
fn cache_directives_are_read() {
    let fields = ["no_store", "no_cache", "private", "public", "max_age", "s_maxage", "storable_shared"];
    for (given, wanted) in [
        (&["No-Store"][..], "true false false false - - false"),
        (&["private=\"a, no-store\", max-age=\"5\""], "false false true false 5 - false"),
        (&["max-age=1, max-age=2", "s-maxage = 3, public"], "false false false true 1 3 true"),
        (&["max-age=x, max-age=2, no-cache"], "false true false false - - true"),
        (&["no-store, must-understand"], "true false false false - - true"),
        (&["max-age=-1, ,=,"], "false false false false - - true"),
        (&[], "false false false false - - true"),
    ] {
        let view = cache(&lines(given));
        assert_eq!(fields.map(|field| get(&view, field)).join(" "), wanted, "{given:?}");
    }
    let view = cache(&lines(&["immutable, must-revalidate"]));
    assert_eq!((get(&view, "immutable"), get(&view, "must_revalidate")), ("true".into(), "true".into()));
}

#[test]
fn isolation_policies_are_single_tokens() {
    for (given, valid, value, report_to) in [
        (&["same-origin"][..], "true", "same-origin", "-"),
        (&[" same-origin; report-to=\"x\" "], "true", "same-origin", "x"),
        (&["same-origin-allow-popups;report-to=x"], "true", "same-origin-allow-popups", "-"),
        (&["noopener-allow-popups"], "true", "noopener-allow-popups", "-"),
        (&["unsafe-none"], "true", "unsafe-none", "-"),
        (&["Same-Origin"], "false", "unsafe-none", "-"),
        (&["\"same-origin\"; report-to=\"x\""], "false", "unsafe-none", "-"),
        (&["same-origin", "same-origin"], "false", "unsafe-none", "-"),
        (&["same-origin, same-origin"], "false", "unsafe-none", "-"),
        (&["same-origin;"], "false", "unsafe-none", "-"),
        (&[""], "false", "unsafe-none", "-"),
        (&[], "-", "-", "-"),
    ] {
        let view = coop(&lines(given));
        let found = ["valid", "value", "report_to"].map(|field| get(&view, field));
        assert_eq!(found, [valid, value, report_to], "{given:?}");
        assert_eq!(get(&view, "present"), (!given.is_empty()).to_string());
    }
    for (given, value) in [
        (&["require-corp"][..], "require-corp"),
        (&["credentialless; report-to=\"e\""], "credentialless"),
        (&["same-origin"], "unsafe-none"),
        (&["require-corp, require-corp"], "unsafe-none"),
    ] {
        assert_eq!(get(&coep(&lines(given)), "value"), value, "{given:?}");
    }
    for (given, valid, value) in [
        (&["same-origin"][..], "true", "same-origin"),
        (&["\tsame-site "], "true", "same-site"),
        (&["cross-origin"], "true", "cross-origin"),
        (&["Same-Origin"], "false", "-"),
        (&["\"same-origin\""], "false", "-"),
        (&["same-origin;report-to=\"x\""], "false", "-"),
        (&["same-origin", "same-origin"], "false", "-"),
        (&["same-site, same-origin"], "false", "-"),
        (&[], "-", "-"),
    ] {
        let view = corp(&lines(given));
        assert_eq!((get(&view, "valid"), get(&view, "value")), (valid.into(), value.into()), "{given:?}");
    }
}

#[test]
fn nosniff_is_the_first_of_the_list() {
    for (given, on) in [
        (&["nosniff"][..], "true"),
        (&["NoSniff, nosniff"], "true"),
        (&["nosniff", "bogus"], "true"),
        (&["nosniff,"], "true"),
        (&["bogus", "nosniff"], "false"),
        (&[",nosniff"], "false"),
        (&["", "nosniff"], "false"),
        (&["no-sniff"], "false"),
        (&["\"nosniff\""], "false"),
        (&["nosniff;"], "false"),
        (&["nosniff \"a", "b\""], "false"),
        (&[], "false"),
    ] {
        assert_eq!(get(&nosniff(&lines(given)), "on"), on, "{given:?}");
    }
}

#[test]
fn the_last_type_counts_and_charsets_go_on() {
    for (given, essence, charset, encoding) in [
        (&["text/html; charset=utf-8"][..], "text/html", "utf-8", "utf-8"),
        (&["TEXT/HTML;Charset=\"UTF-8\""], "text/html", "utf-8", "utf-8"),
        (&["text/html;charset=latin1"], "text/html", "latin1", "windows-1252"),
        (&["text/html;charset=utf-7"], "text/html", "utf-7", "-"),
        (&["text/html;charset='utf-8'"], "text/html", "'utf-8'", "-"),
        (&["text/html;charset="], "text/html", "-", "-"),
        (&["text/html;charset=\"\""], "text/html", "", "-"),
        (&["text/html;charset"], "text/html", "-", "-"),
        (&["text/html; x=\"a;charset=b\\\"\"; charset=gbk;charset=utf-8"], "text/html", "gbk", "gbk"),
        (&["text/html;charset=\"utf-8"], "text/html", "utf-8", "utf-8"),
        (&["text/html ; charset = utf-8"], "text/html", "-", "-"),
        (&["text/html;;; charset=utf-8 "], "text/html", "utf-8", "utf-8"),
        (&["text/plain;charset=gbk, text/html"], "text/html", "-", "-"),
        (&["text/html;charset=gbk, text/html"], "text/html", "gbk", "gbk"),
        (&["text/html;charset=gbk", "text/html;charset=utf-8"], "text/html", "utf-8", "utf-8"),
        (&["text/html;charset=gbk", "x/x", "text/html"], "text/html", "-", "-"),
        (&["text/html", "nonsense"], "text/html", "-", "-"),
        (&["text/html", "*/*"], "text/html", "-", "-"),
        (&["application/json"], "application/json", "-", "-"),
        (&["json"], "-", "-", "-"),
        (&["text/"], "-", "-", "-"),
        (&["/html"], "-", "-", "-"),
        (&["text/ht ml"], "-", "-", "-"),
        (&[""], "-", "-", "-"),
    ] {
        let view = content_type(&lines(given));
        let found = ["essence", "charset", "encoding"].map(|field| get(&view, field));
        assert_eq!(found, [essence, charset, encoding], "{given:?}");
        assert_eq!(get(&view, "valid"), (essence != "-").to_string(), "{given:?}");
    }
    assert_eq!(get(&content_type(&[]), "valid"), "-");
}

#[test]
fn data_is_cleared_by_quoted_words() {
    for (given, kinds, unknown) in [
        (&["\"cache\", \"cookies\"", "\"storage\""][..], "cache, cookies, storage", ""),
        (&["\"*\""], "*", ""),
        (&["cookies, \"Cookies\", 'cookies'"], "", "cookies, \"Cookies\", 'cookies'"),
        (&["\"executionContexts\",,"], "executionContexts", ""),
        (&[""], "", ""),
        (&[], "", ""),
    ] {
        let view = clear_site_data(&lines(given));
        assert_eq!((get(&view, "kinds"), get(&view, "unknown")), (kinds.into(), unknown.into()), "{given:?}");
    }
}

#[test]
fn challenges_are_told_from_their_parameters() {
    for (given, schemes, realms) in [
        (&["Basic realm=\"a, b\""][..], "basic", "a, b"),
        (&["Bearer realm=\"r\", error=\"basic\", BASIC realm=x"], "bearer, basic", "r, x"),
        (&["Negotiate, Basic charset=\"UTF-8\", realm = \"late\""], "negotiate, basic", "late"),
        (&["Digest realm=\"d\"", "Basic realm=\"b\""], "digest, basic", "d, b"),
        (&["Negotiate a87421000492aa874209af8bc028=="], "negotiate", ""),
        (&["Custom token68, x=Basic"], "custom", ""),
        (&["Basic"], "basic", ""),
        (&["Basic realm=\"open"], "basic", ""),
        (&[", ,=,;"], "", ""),
        (&[], "", ""),
    ] {
        let view = challenges(&lines(given));
        assert_eq!((get(&view, "schemes"), get(&view, "realms")), (schemes.into(), realms.into()), "{given:?}");
    }
}

#[test]
fn caches_say_what_they_did() {
    for (given, valid, caches, hit) in [
        (&["Origin; hit; ttl=30, \"CDN Co\"; fwd=uri-miss"][..], "true", "Origin, CDN Co", "true"),
        (&["a; fwd=miss", "b; hit"], "true", "a, b", "true"),
        (&["a; hit=?0"], "true", "a", "false"),
        (&["a; fwd=hit"], "true", "a", "false"),
        (&["HIT from a"], "false", "", "false"),
        (&[], "-", "", "false"),
    ] {
        let view = cache_status(&lines(given));
        let found = ["valid", "caches", "hit"].map(|field| get(&view, field));
        assert_eq!(found, [valid, caches, hit], "{given:?}");
    }
}

fn csp(text: &str) -> Value {
    policies(&[text.as_bytes()], "header").remove(0)
}

fn item(list: &Value, path: &str, at: usize) -> Value {
    let path: Vec<&str> = path.split('/').collect();
    match list.descend(&path) {
        Some(Value::List(items)) => items[at].clone(),
        other => panic!("{path:?}: {other:?}"),
    }
}

#[test]
fn policies_split_and_fall_back() {
    let list = policies(&lines(&["default-src 'self', script-src a.example", " ,;, ", "img-src *"]), "header");
    let texts: Vec<_> = list.iter().map(|policy| get(policy, "text")).collect();
    assert_eq!(texts, ["default-src 'self'", "script-src a.example", "img-src *"]);

    let policy = csp(
        "DEFAULT-SRC 'none'; script-src 'self' ; script-src *; style-src-attr; bogus-src x;worker-src\tw.example;é-src x",
    );
    assert_eq!(get(&policy, "directives/script-src"), "'self'");
    assert_eq!(get(&policy, "directives/default-src"), "'none'");
    assert_eq!(get(&policy, "unknown"), "bogus-src");
    for (kind, text) in [
        ("script-src", "'self'"),
        ("script-src-elem", "'self'"),
        ("style-src", "'none'"),
        ("worker-src", "w.example"),
        ("frame-src", "'none'"),
    ] {
        assert_eq!(get(&item(&policy, &format!("effective/{kind}"), 0), "text"), text, "{kind}");
    }
    assert_eq!(policy.descend(&["effective", "style-src-attr"]), Some(&Value::list([])));
    for kind in ["base-uri", "form-action", "frame-ancestors"] {
        assert_eq!(policy.descend(&["effective", kind]), None, "{kind}");
    }
    let policy = csp("child-src c.example; script-src s.example");
    assert_eq!(get(&item(&policy, "effective/worker-src", 0), "host"), "c.example");
    assert_eq!(get(&item(&policy, "effective/frame-src", 0), "host"), "c.example");
    assert_eq!(policy.descend(&["effective", "img-src"]), None);
    let policy = csp("require-trusted-types-for 'Script'; upgrade-insecure-requests; script-src 'none' 'self'");
    assert_eq!(
        (get(&policy, "trusted_types"), get(&policy, "upgrade_insecure_requests")),
        ("true".into(), "true".into())
    );
    assert_eq!(get(&item(&policy, "effective/script-src", 0), "keyword"), "self");
}

#[test]
fn meta_policies_have_fewer_directives_and_no_commas() {
    let text = "frame-ancestors 'none'; report-uri /r; sandbox; script-src a.example, default-src *";
    let list = policies(&[text.as_bytes()], "meta");
    assert_eq!(list.len(), 1);
    assert_eq!(get(&list[0], "source"), "meta");
    assert_eq!(list[0].descend(&["effective", "frame-ancestors"]), None);
    assert_eq!(list[0].descend(&["effective", "img-src"]), None);
    assert_eq!(get(&item(&list[0], "effective/script-src", 0), "kind"), "invalid");
    assert!(policies(&[b"sandbox"], "meta").is_empty());
}

#[test]
fn sources_are_told_apart() {
    for (text, kind, rest) in [
        ("'Unsafe-Inline'", "keyword", "unsafe-inline - - - -"),
        ("'nonce-r4nd0m'", "nonce", "- - - - -"),
        ("'nonce-'", "invalid", "- - - - -"),
        ("'nonce-a b'", "invalid", "- - - - -"),
        ("'SHA256-abc+/-_='", "hash", "- - - - -"),
        ("'sha1-abc'", "invalid", "- - - - -"),
        ("'bogus'", "invalid", "- - - - -"),
        ("self", "host", "- - self - -"),
        ("DATA:", "scheme", "- data - - -"),
        ("*", "host", "- - * - -"),
        ("HTTPS://*.Example.com:*/a/B?q", "host", "- https *.example.com * /a/B"),
        ("localhost:3000", "host", "- - localhost 3000 -"),
        ("my_host.example.", "host", "- - my_host.example. - -"),
        ("a.example/x://y", "host", "- - a.example - /x://y"),
        ("a_b.example:", "invalid", "- - - - -"),
        ("a..example", "invalid", "- - - - -"),
        ("*.*.example", "invalid", "- - - - -"),
        ("[::1]:80", "invalid", "- - - - -"),
        ("https://", "invalid", "- - - - -"),
        ("'", "invalid", "- - - - -"),
    ] {
        let policy = csp(&format!("img-src {}", text.replace(' ', "\u{b}")));
        let source = item(&policy, "effective/img-src", 0);
        assert_eq!(get(&source, "kind"), kind, "{text}");
        assert_eq!(
            ["keyword", "scheme", "host", "port", "path"].map(|field| get(&source, field)).join(" "),
            rest,
            "{text}"
        );
    }
}

/// Every view of these lines, each with its shape.
fn all_views(given: &[&[u8]]) -> Result<(), String> {
    let check = |value: Value, spec: &ViewSpec| conforms(&value, &Shape::Map(spec.fields));
    check(hsts(given), &hsts::SPEC)?;
    check(x_frame_options(given), &x_frame_options::SPEC)?;
    check(referrer_policy(given), &referrer_policy::SPEC)?;
    check(permissions(given), &permissions::SPEC)?;
    check(cache(given), &cache::SPEC)?;
    check(cache_status(given), &cache_status::SPEC)?;
    check(challenges(given), &challenges::SPEC)?;
    check(clear_site_data(given), &clear_site_data::SPEC)?;
    check(content_type(given), &content_type::SPEC)?;
    check(coep(given), &embedder_policy::SPEC)?;
    check(coop(given), &opener_policy::SPEC)?;
    check(corp(given), &resource_policy::SPEC)?;
    check(nosniff(given), &nosniff::SPEC)?;
    for source in ["header", "meta"] {
        policies(given, source).into_iter().try_for_each(|policy| check(policy, &csp::SPEC))?;
    }
    let own = origin(Scheme::Https, "app.example.com");
    let cookies = given.iter().flat_map(|line| parse_set_cookies(std::iter::once(*line), now(), &own));
    cookies.into_iter().try_for_each(|view| check(view, &cookie::SPEC))
}

#[test]
fn long_and_odd_input_is_no_trouble() {
    let pieces = [
        "a",
        ",",
        ";",
        "=",
        "\"",
        "\\",
        "\0",
        " ",
        "a,",
        "a;",
        "a=1,",
        "(",
        "a=(",
        "a=(b ",
        "'",
        "script-src a,",
        "a b;",
        "max-age=1;",
        "a=;b",
        ":",
        "*. ",
        "a.b ",
        "%\"",
        "1:",
        "\u{e9}",
    ];
    for piece in pieces {
        let long = piece.repeat(100_000 / piece.len());
        all_views(&[long.as_bytes()]).unwrap();
        all_views(&[b"default-src ", long.as_bytes()]).unwrap();
        let csp = format!("default-src {long}");
        all_views(&[csp.as_bytes()]).unwrap();
    }
    let distinct: String = (0..20_000).map(|n| format!("d{n} x;")).collect();
    assert!(get(&csp(&distinct), "unknown").matches(',').count() < 256);
    all_views(&[distinct.as_bytes()]).unwrap();
}

proptest! {
    #[test]
    fn no_bytes_make_a_view_panic(given in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..4)) {
        let given: Vec<&[u8]> = given.iter().map(Vec::as_slice).collect();
        prop_assert_eq!(all_views(&given), Ok(()));
    }

    #[test]
    fn no_likely_text_makes_a_view_panic(
        given in prop::collection::vec(
            r#"((__Host-|max-age|script-src|default-src|camera|deny|origin|no-store|Expires|'self'|https://|1 Jan 2026 1:2:3|[a-z0-9])?[=;, "'()*:?.]{0,2}){0,12}"#,
            0..4,
        ),
    ) {
        let given: Vec<&[u8]> = given.iter().map(|line| line.as_bytes()).collect();
        prop_assert_eq!(all_views(&given), Ok(()));
    }

    #[test]
    fn a_cookie_date_never_panics(text in r"([0-9]{1,5}|jan|dec|[0-9]{1,3}:[0-9]{1,3}:[0-9]{1,3}|[ ,:a-z-]){0,8}") {
        let _ = cookie_date::parse_cookie_date(text.as_bytes());
    }
}
