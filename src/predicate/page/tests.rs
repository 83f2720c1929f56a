//! Tests of what pages load and send.

use super::*;
use crate::predicate::content::html::parse;

const OWN: &str = "https://app.example.com/shop/";

fn items(body: &str, read: fn(&Page, &Html) -> Result<Vec<Value>, Unknown>) -> Vec<Value> {
    let html = parse(body).html;
    read(&Page::at(OWN, &html).unwrap(), &html).unwrap()
}

fn shown(item: &Value, fields: &[&str]) -> String {
    let text = |field: &&str| item.field(field).map_or_else(|| "-".to_owned(), Value::to_text_lossy);
    fields.iter().map(text).collect::<Vec<_>>().join(" ")
}

fn loaded(body: &str, fields: &[&str]) -> Vec<String> {
    items(body, resources).iter().map(|item| shown(item, fields)).collect()
}

fn sent(body: &str, fields: &[&str]) -> Vec<String> {
    items(body, forms).iter().map(|item| shown(item, fields)).collect()
}

#[test]
fn everything_that_browsers_load_is_found() {
    for (body, wanted) in [
        ("<script src=a.js></script>", "script https://app.example.com/shop/a.js - false"),
        ("<script src=' HTTP:\\\\cdn.example\\a.js '></script>", "script http://cdn.example/a.js blockable true"),
        ("<script src=//cdn.example/a.js type=module></script>", "script https://cdn.example/a.js - false"),
        ("<script src=//cdn.example/a.js type=text/ecmascript></script>", "script https://cdn.example/a.js - true"),
        ("<script src=http://cdn.example/a.json type=application/json></script>", ""),
        ("<script src=//cdn.example/a.js crossorigin></script>", "script https://cdn.example/a.js - false"),
        ("<script src=data:,x></script><script src=''></script><script>x</script>", ""),
        (
            "<link rel='Alternate StyleSheet' href=http://cdn.example/a.css>",
            "style http://cdn.example/a.css blockable true",
        ),
        ("<link rel=icon href=http://cdn.example/i.png>", "icon http://cdn.example/i.png upgradeable true"),
        ("<link rel=modulepreload href=//cdn.example/m.js>", "preload https://cdn.example/m.js - false"),
        ("<link rel=manifest href=/m.json>", "other https://app.example.com/m.json - false"),
        ("<link rel=canonical href=http://app.example.com/><a href=http://x.example/>x</a>", ""),
        ("<iframe src=http://f.example/></iframe>", "frame http://f.example/ blockable true"),
        ("<iframe srcdoc=x src=http://f.example/></iframe><iframe src=about:blank></iframe>", ""),
        ("<object data=http://f.example/o></object>", "object http://f.example/o blockable true"),
        ("<embed src=http://f.example/e>", "object http://f.example/e blockable true"),
        ("<img src=http://i.example/a.png>", "image http://i.example/a.png upgradeable true"),
        ("<img src=http://localhost/a.png>", "image http://localhost/a.png - true"),
        ("<img src=http://127.0.0.9/a.png>", "image http://127.0.0.9/a.png - true"),
        (
            "<input type=Image src=http://i.example/b.png><input src=http://i.example/c.png>",
            "image http://i.example/b.png upgradeable true",
        ),
        (
            "<video poster=http://i.example/p.png src=v.mp4>",
            "media https://app.example.com/shop/v.mp4 - false|image http://i.example/p.png upgradeable true",
        ),
        (
            "<audio><source src=http://i.example/a.mp3><track src=http://i.example/t.vtt></audio>",
            "media http://i.example/a.mp3 upgradeable true|other http://i.example/t.vtt blockable true",
        ),
        (
            "<picture><source srcset='http://i.example/a.png 1x,/b.png 2x'></picture>",
            "image http://i.example/a.png blockable true|image https://app.example.com/b.png - false",
        ),
        (
            "<img srcset=', a.png, b.png'>",
            "image https://app.example.com/shop/a.png - false|image https://app.example.com/shop/b.png - false",
        ),
        ("<template><script src=http://cdn.example/a.js></script></template>", ""),
        ("<body><noscript><img src=http://i.example/a.png></noscript>", ""),
        (
            "<base href=http://cdn.example/x/><script src=a.js></script>",
            "script http://cdn.example/x/a.js blockable true",
        ),
        ("<base href=data:,x><img src=a.png>", "image https://app.example.com/shop/a.png - false"),
    ] {
        assert_eq!(loaded(body, &["kind", "value", "mixed", "opaque"]).join("|"), wanted, "{body}");
    }
}

#[test]
fn nothing_is_mixed_in_a_page_over_http() {
    let html = parse("<script src=http://cdn.example/a.js></script>").html;
    let page = Page::at("http://app.example.com/", &html).unwrap();
    assert_eq!(shown(&resources(&page, &html).unwrap()[0], &["mixed", "insecure"]), "- true");
}

#[test]
fn a_sibling_is_not_foreign() {
    let body =
        "<script src=//cdn.example.com/a.js></script><script src=//example.org/a.js></script><img src=//[::1]/x>";
    let wanted = ["cdn.example.com example.com false true", "example.org example.org true true", "::1 ::1 true true"];
    assert_eq!(loaded(body, &["host", "domain", "foreign", "opaque"]), wanted);
}

#[test]
fn integrity_is_read_as_browsers_do() {
    let (short, long) = ("A".repeat(43) + "=", "B".repeat(64));
    for (attribute, wanted) in [
        (String::new(), "-"),
        ("  ".into(), "-"),
        (format!("sha256-{short}"), "good"),
        (format!("SHA256-{short}?ct=x"), "good"),
        (format!("sha384-{long}"), "good"),
        (format!("sha384-{short}"), "impossible"),
        (format!("sha384-{short} sha256-{short}"), "impossible"),
        (format!("sha256-{long} sha384-{long}"), "good"),
        (format!("md5-x sha256-{short}"), "good"),
        ("sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=".into(), "ignored"),
        ("sha256".into(), "impossible"),
        (short, "ignored"),
    ] {
        let body = format!("<script src=//cdn.example/a.js integrity='{attribute}'></script>");
        assert_eq!(loaded(&body, &["integrity"]), [wanted], "{attribute}");
    }
    assert_eq!(loaded("<img src=a.png integrity=x>", &["integrity"]), ["-"]);
}

#[test]
fn forms_say_where_they_go() {
    for (body, wanted) in [
        ("<form></form>", "https://app.example.com/shop/ get form false false"),
        ("<form action=http://x.example/ method=POST></form>", "http://x.example/ post form false true"),
        ("<form action=//x.example/><input type=Password></form>", "https://x.example/ get form true false"),
        ("<form method=dialog action=http://x.example/></form>", ""),
        ("<form id=f action=/a></form><input type=password form=f>", "https://app.example.com/a get form true false"),
        (
            "<form action=/a><button formaction=http://x.example/b formmethod=post>go</button></form>",
            "https://app.example.com/a get form false false|http://x.example/b post button false true",
        ),
        (
            "<form action=/a><button type=Reset formaction=http://x.example/>x</button></form>",
            "https://app.example.com/a get form false false",
        ),
        (
            "<form action=/a><input type=text formaction=http://x.example/></form>",
            "https://app.example.com/a get form false false",
        ),
        (
            "<form id=g action=/a method=post></form><input type=submit form=g formaction=/b>",
            "https://app.example.com/a post form false false|https://app.example.com/b post button false false",
        ),
        ("<button formaction=http://x.example/>x</button>", ""),
        ("<template><form action=http://x.example/></form></template>", ""),
    ] {
        assert_eq!(sent(body, &["value", "method", "by", "password", "insecure"]).join("|"), wanted, "{body}");
    }
}

#[test]
fn a_page_with_too_much_is_not_told() {
    let html = parse(&"<img src=a>".repeat(MOST + 1)).html;
    assert_eq!(resources(&Page::at(OWN, &html).unwrap(), &html), Err(Unknown::Budget));
    let html = parse(&format!("<base href=/{}/>{}", "b".repeat(50_000), "<img src=a>".repeat(100))).html;
    assert_eq!(resources(&Page::at(OWN, &html).unwrap(), &html), Err(Unknown::Budget));
}
