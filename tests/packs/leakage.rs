//! What answers tell of the inside: every framework's failure is found once, by the right rule and with the right
//! severity; what only speaks of failures is left alone.

mod answers;

use std::sync::Arc;

use outsight::base::Severity;
use outsight::compile::Program;

use super::shipped;
use super::site::{Said, Scanned, scan_site_with};
use answers::{DATABASE_ERRORS, DEBUG_PAGES, HTML, JSON, SCRIPT, STACK_TRACES, TEXT};

/// One answer, and the one rule that must speak of it.
type Told = (&'static str, u16, &'static str, String, &'static str, Severity);

/// The rules of the pack, and nothing else.
fn leakage() -> Arc<Program> {
    let own = shipped().iter().filter(|rule| rule.source.name.contains("leakage/"));
    Arc::new(Program::compile(own.cloned().collect()))
}

/// A site whose root answers so, and which knows nothing else.
fn scan_root(program: &Arc<Program>, status: u16, class: &'static str, body: &str) -> Scanned {
    let body = body.to_owned();
    scan_site_with(Arc::clone(program), move |asked| match asked.target {
        "/" => Said::new(status, class, body.as_str()),
        _ => Said::new(404, "text/html; charset=utf-8", "<!doctype html><title>Not found</title>"),
    })
}

/// Findings in words.
fn words(scanned: &Scanned) -> Vec<String> {
    let say = |finding: &outsight::finding::Finding| format!("{} {}", finding.severity, finding.rule);
    scanned.findings.iter().map(say).collect()
}

fn assert_each_is_told(all: Vec<Told>) {
    let program = leakage();
    let mut wrong = Vec::new();
    for (name, status, class, body, rule, severity) in all {
        let found = words(&scan_root(&program, status, class, &body));
        let expected = format!("{severity} {rule}");
        if found != [expected.as_str()] {
            wrong.push(format!("{name}: expected {expected}, got {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn stack_traces() {
    let told = STACK_TRACES
        .iter()
        .map(|&(name, status, class, body, rule)| (name, status, class, body.to_owned(), rule, Severity::Medium));
    assert_each_is_told(told.collect());
}

#[test]
fn debug_pages() {
    let told = DEBUG_PAGES
        .iter()
        .map(|&(name, status, class, body, rule, severity)| (name, status, class, body.to_owned(), rule, severity));
    assert_each_is_told(told.collect());
}

#[test]
fn messages_of_databases() {
    let told = DATABASE_ERRORS
        .iter()
        .map(|&(name, status, class, body)| (name, status, class, body.to_owned(), "database-error", Severity::Medium));
    assert_each_is_told(told.collect());
}

#[test]
fn credentials_and_fields_too_many() {
    use Severity::{Critical, High, Info, Low, Medium};
    let secret = ["Zq7", "canary", "9xYzAb3Rk5w"].concat();
    let (bcrypt, id) = (format!("$2b$12${}", "aB3".repeat(17) + "aB"), "65a1b2c3d4e5f60718293a4b");
    let all = vec![
        ("the environment", 500, JSON, format!(r#"{{"env":{{"PATH":"/usr/local/bin:/usr/bin","HOME":"/root","API_TOKEN":"{secret}"}}}}"#), "environment-in-answer", Critical),
        ("the environment, masked", 500, TEXT, "PATH=/usr/local/bin:/usr/bin\nHOSTNAME=web-1\nAPI_TOKEN=***\n".to_owned(), "environment-in-answer", Medium),
        ("a path of Node", 500, JSON, r#"{"error":"ENOENT: no such file or directory, open '/srv/shop/data/cart.json'"}"#.to_owned(), "filesystem-path", Low),
        ("a path of Express", 500, HTML, "<pre>Error: Failed to lookup view &quot;cart&quot; in views directory &quot;/home/shop/app/views&quot;</pre>".to_owned(), "filesystem-path", Low),
        ("hashes", 200, JSON, format!(r#"{{"users":[{{"email":"ada@shop.example","password":"{bcrypt}"}}]}}"#), "password-hash", High),
        ("passwords", 200, JSON, r#"{"users":[{"email":"ada@shop.example","password":"Tulip-417"}]}"#.to_owned(), "password-field", High),
        ("a reset token", 200, JSON, format!(r#"{{"users":[{{"id":7,"reset_password_token":"{secret}"}}]}}"#), "secret-field", Medium),
        ("documents of Mongoose", 200, JSON, format!(r#"[{{"_id":"{id}","name":"cart","__v":0}}]"#), "internal-ids", Info),
        ("unrendered PHP", 200, HTML, "<!doctype html><title>Cart</title><?php require 'db.php'; echo $total; ?>".to_owned(), "source-code-served", Medium),
        ("unrendered ERB", 200, HTML, "<!doctype html><title>Cart</title><p><%= @cart.total %></p>".to_owned(), "source-code-served", Medium),
    ];
    let program = leakage();
    for (_, status, class, body, rule, _) in &all {
        let scanned = scan_root(&program, *status, class, body);
        assert!(!format!("{:?}", scanned.findings).contains("canary"), "{rule} shows the secret");
    }
    assert_each_is_told(all);
}

/// Answers that speak of failures, or look like them, and are none.
fn harmless() -> Vec<(&'static str, u16, &'static str, String)> {
    let trace = "java.lang.IllegalStateException: no cart\n\tat shop.Cart.load(Cart.java:41)\n\tat shop.Main.run(Main.java:9)\n";
    let python =
        "Traceback (most recent call last):\n  File \"/srv/shop/main.py\", line 12, in cart\nKeyError: 'cart'\n";
    let escaped = python.replace('"', "&quot;");
    let nav = "<nav><a href=/>Home</a></nav>";
    let library = "!function(e){\"use strict\";class TypeError2 extends Error{}try{t()}catch(n){throw new Error(\"at x (/a/b.js:1:2)\")}\
                   var s=\"at \"+e.file+\":\"+1;const q=\"SELECT * FROM t\",m=/SQLSTATE\\[\\d+\\]/,p=\"password\",u=\"mongodb://localhost:27017/test\"}();";
    vec![
        ("a manual", 200, HTML, format!("<!doctype html><title>Troubleshooting</title>{nav}<h1>Errors</h1><pre>{trace}</pre><p>Such a trace at Cart.java:41 names the line.<pre><code>{escaped}</code></pre>")),
        ("a blog", 200, HTML, format!("<!doctype html><title>Blog</title><article><h1>How I read traces</h1><p>{}</p></article>", trace.replace('\n', "<br>"))),
        ("a question and its answers", 200, HTML, format!("<!doctype html><title>Q&A</title><div class=post><p>I get ORA-00942 and SQLSTATE[42S02]: Base table or view not found.</p><blockquote>{trace}</blockquote><code>PrismaClientKnownRequestError</code></div>")),
        ("a manual of databases", 200, HTML, "<!doctype html><title>Messages</title><p>You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version. Fatal error: see below.</p><code>postgres://user:password@localhost/db</code>".to_owned() + &"<p>More.</p>".repeat(300)),
        ("a minified bundle", 200, SCRIPT, library.to_owned()),
        ("a page with that bundle", 200, HTML, format!("<!doctype html><title>Shop</title><div id=root></div><script>{library}</script>")),
        ("the description of an API", 200, JSON, r#"{"openapi":"3.1.0","info":{"title":"Shop"},"paths":{"/cart":{"get":{"responses":{"500":{"content":{"application/json":{"example":{"trace":"java.lang.IllegalStateException\n\tat shop.Cart.load(Cart.java:41)\n\tat shop.Main.run(Main.java:9)","password":"Tulip-417","username":"ada","client_secret":"Zq7canary9xYzAb3Rk5w","error":"SQLSTATE[42S02]: no"}}}}}}}}}"#.to_owned()),
        ("a changelog", 200, TEXT, format!("1.2.3\n- fixed a NullPointerException in Cart.java:41\n- Warning: dropped /srv/shop on line 3\n\n{trace}{python}panic: goroutine 1 [running]\nmain.go:12 main.go:13\n")),
        ("an API's error", 400, JSON, r#"{"error":{"code":"validation_error","message":"password is required","errors":[{"field":"email","error":"invalid"}]},"status":400}"#.to_owned()),
        ("problem details", 422, "application/problem+json", r#"{"type":"https://shop.example/problems/no-cart","title":"No cart","status":422,"detail":"The cart does not exist or was not found","instance":"/carts/7"}"#.to_owned()),
        ("GraphQL's error", 200, JSON, r#"{"errors":[{"message":"Cannot query field \"x\" on type \"Query\".","locations":[{"line":1,"column":3}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}"#.to_owned()),
        ("a production error of Spring", 500, JSON, r#"{"timestamp":"2026-02-03T04:05:06.000+00:00","status":500,"error":"Internal Server Error","path":"/cart"}"#.to_owned()),
        ("a production error of Rails", 500, HTML, "<!DOCTYPE html><title>We're sorry, but something went wrong (500)</title><h1>We're sorry, but something went wrong.</h1>".to_owned()),
        ("an error of ASP.NET that hides", 500, HTML, "<title>Runtime Error</title><h1>Server Error in '/' Application.</h1><h2>Runtime Error</h2><b>Description:</b> The current custom error settings prevent the details from being viewed remotely. <b>Details:</b> To enable the details, create a &lt;customErrors&gt; tag.<code>mode=\"Off\"</code>".to_owned()),
        ("words of a form", 200, JSON, r#"{"en":{"email":"E-mail","username":"Username","password":"Password","error":"Error at line 3","stack":"Stack","trace":"Trace"},"de":{"username":"Benutzer","password":"Kennwort"}}"#.to_owned()),
        ("posts about errors", 200, JSON, serde_json::json!([{ "title": "Help", "body": trace, "text": python }]).to_string()),
        ("settings with placeholders", 200, JSON, r#"{"db":"postgres://user:password@localhost:5432/app","cache":"redis://localhost:6379","dsn":"Server=localhost;User Id=sa;Password=changeme;"}"#.to_owned()),
        ("a front-end template", 200, HTML, "<!doctype html><script type=text/template><% if (cart) { %><%= @cart %><% } %></script><p>{{ cart.total }}".to_owned()),
        ("a lesson in PHP", 200, HTML, "<!doctype html><title>PHP</title><pre>&lt;?php echo $cart; ?&gt;</pre><p>It prints <b>Warning</b>: in your file on line 3.".to_owned()),
        ("a guide to a router", 200, HTML, "<!doctype html><title>Router</title><p>Open http://192.168.1.1/ or router.local, and set 10.0.0.1.".to_owned()),
        ("not found", 404, TEXT, "404 page not found\n".to_owned()),
        ("a stand-in of a proxy", 502, HTML, "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body></html>".to_owned()),
    ]
}

/// Findings above info.
fn alarms(scanned: &Scanned) -> Vec<String> {
    let loud = scanned.findings.iter().filter(|finding| finding.severity > Severity::Info);
    loud.map(|finding| format!("{} {}", finding.severity, finding.rule)).collect()
}

#[test]
fn what_only_speaks_of_failures_is_left_alone() {
    let program = leakage();
    let mut wrong = Vec::new();
    for (name, status, class, body) in harmless() {
        let found = alarms(&scan_root(&program, status, class, &body));
        if !found.is_empty() {
            wrong.push(format!("{name}: {found:?}"));
        }
        let everywhere = scan_site_with(Arc::clone(&program), move |_| Said::new(status, class, body.as_str()));
        if !alarms(&everywhere).is_empty() {
            wrong.push(format!("{name}, everywhere: {:?}", alarms(&everywhere)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_stands_on_every_page_is_no_find() {
    let program = leakage();
    let footer = "<!doctype html><title>Shop</title><p>Built by shop.build.Builder: no Error at shop.Cart.load(Cart.java:41) at shop.Main.run(Main.java:9) java.lang.Error</p>";
    let scanned = scan_site_with(program, move |_| Said::new(200, HTML, footer));
    assert_eq!(alarms(&scanned), [""; 0]);
}
