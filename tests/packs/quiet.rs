//! Sites that answer everything have nothing exposed, whatever they answer; a site that does expose something is told so.

use outsight::base::{Category, Severity};

use super::site::{Asked, Said, Scanned, page, scan_site};

const HOME: &str = "<!doctype html><title>Shop</title><div id=root></div><script src=/assets/app.js></script>";

/// Findings that speak of what is exposed or leaked, in words.
fn alarms(scanned: &Scanned) -> Vec<String> {
    let alarming = |category: Category| matches!(category, Category::Exposure | Category::Secrets | Category::Leakage);
    let loud =
        scanned.findings.iter().filter(|finding| alarming(finding.category) && finding.severity > Severity::Info);
    loud.map(|finding| format!("{} {} {}", finding.severity, finding.rule, finding.title)).collect()
}

fn assert_quiet(answer: impl Fn(&Asked<'_>) -> Said + Send + Sync + 'static) {
    let scanned = scan_site(answer);
    assert_eq!(alarms(&scanned), [""; 0]);
    // The probes of CORS leave a host alone that fails; that is no matter of what is exposed.
    let undecided = scanned.undecided.iter().filter(|verdict| !verdict.starts_with("cors-"));
    assert_eq!(undecided.collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn the_same_page_for_everything() {
    assert_quiet(|_| page(HOME));
    assert_quiet(|_| page(format!("{HOME}<p>{}</p>", "lorem ipsum ".repeat(4000))));
    assert_quiet(|_| page(""));
}

#[test]
fn the_question_echoed() {
    assert_quiet(|asked| page(format!("<title>No {0}</title><p>There is no {0} here.", asked.target)));
    assert_quiet(|asked| Said::new(200, "text/plain", asked.head));
    assert_quiet(|asked| {
        let body = serde_json::json!({ "path": asked.target, "request": asked.head, "PATH": asked.target });
        Said::new(200, "application/json", body.to_string())
    });
}

#[test]
fn an_error_that_says_200() {
    assert_quiet(|_| Said::new(200, "application/json", r#"{"error":"not found"}"#));
    assert_quiet(|_| Said::new(200, "application/json", r#"{"status":"UP","data":null,"errors":[]}"#));
    assert_quiet(|_| Said::new(200, "text/plain", "error:authorization required\n"));
}

#[test]
fn everything_leads_to_the_sign_in_page() {
    assert_quiet(|asked| match asked.target {
        "/login" => page("<!doctype html><title>Sign in</title><form method=post><input type=password></form>"),
        target => Said::new(302, "text/html", "").with("Location", &format!("/login?next={target}")),
    });
}

#[test]
fn one_answer_for_files_and_another_for_folders() {
    let is_file = |target: &str| target.rsplit('/').next().is_some_and(|name| name.contains('.'));
    let missing = || Said::new(404, "text/html", "<title>Not found</title>");
    assert_quiet(move |asked| if is_file(asked.target) { page(HOME) } else { missing() });
    assert_quiet(move |asked| if is_file(asked.target) { missing() } else { page(HOME) });
    assert_quiet(|asked| if asked.target.starts_with("/.") { page(HOME) } else { Said::new(404, "text/plain", "") });
}

#[test]
fn a_manual_that_quotes_everything() {
    let key = ["-----BEGIN RSA PRIV", "ATE KEY-----"].concat();
    let files = format!(
        "APP_KEY=abcdef\nDB_PASSWORD=secret1\n[core]\n\tbare = false\nref: refs/heads/main\n{key}\nstages:\n- build\n\
         FROM node:20\nRUN make\nservices:\n  db:\n    image: a\nActive connections: 1\nspring:\n  x: 1\n\
         # TYPE a counter\n# TYPE b gauge\nCREATE TABLE users (\nRewriteEngine On\nphpinfo()\n"
    );
    assert_quiet(move |asked| page(format!("<!doctype html><title>{}</title><pre>\n{files}</pre>", asked.target)));
}

#[test]
fn the_same_bytes_for_everything() {
    assert_quiet(|_| Said::new(200, "application/octet-stream", [0x1f, 0x8b, 8, 0, 0, 0, 0, 0]));
    assert_quiet(|_| Said::new(200, "application/zip", *b"PK\x03\x04wp-config.php"));
    assert_quiet(|_| Said::new(200, "text/plain", "A=1\nAPP_ENV=production\n"));
}

#[test]
fn nobody_is_let_in() {
    assert_quiet(|_| Said::new(401, "text/plain", "no").with("WWW-Authenticate", "Basic realm=\"x\""));
    assert_quiet(|asked| match asked.target {
        "/" => page(HOME),
        _ => Said::new(403, "text/html", "<title>403 Forbidden</title><h1>Forbidden</h1>"),
    });
}

#[test]
fn a_refusal_in_every_form() {
    for status in [400, 403, 405, 451, 501, 504] {
        assert_quiet(move |_| Said::new(status, "application/json", r#"{"message":"No","code":7,"details":[]}"#));
    }
    for status in [401, 404, 410, 500, 502] {
        assert_quiet(move |_| {
            Said::new(status, "text/html", format!("<title>{status}</title><h1>Error {status}</h1>"))
        });
    }
}

#[test]
fn a_success_without_content() {
    for status in [204, 205] {
        assert_quiet(move |_| Said::new(status, "text/plain", ""));
    }
    assert_quiet(|_| Said::new(206, "text/plain", "ok").with("Content-Range", "bytes 0-1/2"));
}

#[test]
fn an_interface_with_one_answer() {
    let answers = [
        "{}",
        "[]",
        "null",
        "true",
        "\"ok\"",
        r#"{"status":"ok"}"#,
        r#"{"status":"success","data":{}}"#,
        r#"{"data":[],"total":0,"offset":0,"limit":20}"#,
        r#"{"success":true,"message":"Welcome","version":"1.2.3"}"#,
        r#"{"id":1,"name":"string","email":"user@shop.example","role":"admin"}"#,
        r#"[{"id":1,"type":"tab","label":"a","name":"a","email":"user@shop.example","slug":"a"}]"#,
    ];
    for answer in answers {
        assert_quiet(move |_| Said::new(200, "application/json", answer));
    }
    for answer in answers.into_iter().skip(5) {
        assert_quiet(move |asked| match asked.target.starts_with("/api/") || asked.target.starts_with("/v1/") {
            true => Said::new(200, "application/json", answer),
            false => Said::new(404, "text/html", "<title>Not found</title>"),
        });
    }
}

#[test]
fn an_interface_that_knows_the_time_and_the_question() {
    let count = std::sync::atomic::AtomicU64::new(0);
    assert_quiet(move |asked| {
        let id = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let body = serde_json::json!({ "requestId": format!("r-{id}"), "path": asked.target, "status": 404, "error": "Not Found" });
        Said::new(200, "application/json", body.to_string())
    });
}

#[test]
fn a_mirror_of_requests() {
    let mirror = |asked: &Asked<'_>| {
        let (path, query) = asked.target.split_once('?').unwrap_or((asked.target, ""));
        let fields: Vec<&str> = asked.head.lines().skip(1).collect();
        let body = serde_json::json!({
            "method": "GET", "path": path, "url": asked.target, "args": query, "query": query, "headers": fields,
            "json": null, "data": "", "origin": "192.0.2.4", "files": {}, "form": {},
        });
        Said::new(200, "application/json", body.to_string())
    };
    assert_quiet(mirror);
    assert_quiet(|asked| page(format!("<title>{0}</title><h1>{0}</h1><pre>{1}</pre>", asked.target, asked.head)));
    assert_quiet(|asked| page(format!("<h1>{}</h1>", asked.target)).with("X-Path", asked.target));
    assert_quiet(|asked| Said::new(404, "text/plain", format!("Cannot GET {}", asked.target)));
    assert_quiet(|asked| Said::new(200, "text/javascript", format!("export default {:?}", asked.target)));
}

#[test]
fn a_server_that_has_an_answer_to_every_query() {
    let made_up = r#"{"data":{"__schema":{"queryType":{"name":"Hello"},"types":[{"name":"Hello"}]}}}"#;
    assert_quiet(move |_| Said::new(200, "application/json", made_up));
    assert_quiet(move |asked| match asked.target.contains("query=") {
        true => Said::new(200, "application/json", made_up),
        false => Said::new(400, "application/json", r#"{"errors":[{"message":"Must provide query string."}]}"#),
    });
    assert_quiet(|_| Said::new(200, "application/json", r#"{"data":null,"errors":[{"message":"Unknown query"}]}"#));
    assert_quiet(|asked| Said::new(200, "application/json", format!(r#"{{"data":{{"query":{:?}}}}}"#, asked.target)));
}

#[test]
fn pages_of_a_firewall() {
    let blocked = "<!doctype html><title>Request blocked</title><h1>Sorry, you have been blocked</h1><p>Incident 7f3a-";
    assert_quiet(move |_| Said::new(403, "text/html", format!("{blocked}1")));
    assert_quiet(move |_| page(format!("{blocked}2")));
    let suspicious =
        |target: &str| ["/.", "admin", "php", "actuator", "config"].iter().any(|word| target.contains(word));
    assert_quiet(move |asked| match suspicious(asked.target) {
        true => Said::new(403, "text/html", format!("{blocked}{}", asked.target.len())),
        false => Said::new(404, "text/html", "<title>Not found</title>"),
    });
    assert_quiet(move |asked| match suspicious(asked.target) {
        true => page(format!("{blocked}{}", asked.target)),
        false => Said::new(404, "text/html", "<title>Not found</title>"),
    });
    assert_quiet(|_| {
        Said::new(403, "text/html", "<title>Just a moment...</title><noscript>Enable JavaScript</noscript>")
    });
}

#[test]
fn pages_of_a_proxy_and_of_a_server_that_was_just_installed() {
    assert_quiet(|_| {
        page("<title>Welcome to nginx!</title><h1>Welcome to nginx!</h1><a href=\"http://nginx.org/\">nginx.org</a>")
    });
    assert_quiet(|_| page("<title>Apache2 Debian Default Page: It works</title><p>/var/www/html"));
    assert_quiet(|asked| {
        let body = format!(
            "<title>ERROR: The requested URL could not be retrieved</title><p>While trying to get {}",
            asked.target
        );
        Said::new(502, "text/html", body).with("X-Squid-Error", "ERR_CONNECT_FAIL 111")
    });
    assert_quiet(|_| page("<title>app.example is for sale</title><script>park()</script>"));
    assert_quiet(|_| Said::new(200, "text/plain", "OK"));
    assert_quiet(|_| Said::new(200, "text/plain", "default backend - 404"));
}

#[test]
fn everything_leads_elsewhere() {
    for (status, place) in [
        (301, "/"),
        (302, "/signin"),
        (307, "https://id.shop.example/authorize?client_id=a"),
        (308, "//www.shop.example/"),
    ] {
        assert_quiet(move |asked| match asked.target {
            "/signin" => page("<title>Sign in</title><form method=post action=/signin><input type=password></form>"),
            "/" if place == "/" => page(HOME),
            _ => Said::new(status, "text/html", "<a href=/>Moved</a>").with("Location", place),
        });
    }
    assert_quiet(|asked| match asked.target.ends_with('/') {
        true => page(HOME),
        false => Said::new(301, "text/html", "").with("Location", &format!("{}/", asked.target)),
    });
}

#[test]
fn one_kind_of_file_for_everything() {
    assert_quiet(|_| Said::new(200, "application/javascript", "(()=>{window.__APP__={env:{MODE:\"production\"}}})();"));
    assert_quiet(|_| Said::new(200, "application/xml", "<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code></Error>"));
    assert_quiet(|_| Said::new(200, "image/svg+xml", "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>"));
    assert_quiet(|_| Said::new(200, "text/css", "body{color:red}"));
    assert_quiet(|_| Said::new(200, "text/yaml", "openapi: 3.0.0\ninfo:\n  title: a\nglobal:\nscrape_configs: []\n"));
    assert_quiet(|_| Said::new(200, "text/plain", "# TYPE a counter\n# TYPE b gauge\na{path=\"/\"} 1\n"));
    assert_quiet(|_| page("<title>Index of /</title><h1>Index of /</h1><a href=\"backup.sql\">backup.sql</a>"));
}

#[test]
fn every_method_is_allowed_everywhere() {
    assert_quiet(|asked| match asked.head.starts_with("OPTIONS") {
        true => Said::new(204, "text/plain", "")
            .with("Allow", "GET, HEAD, PUT, PATCH, POST, DELETE, PROPFIND")
            .with("Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE"),
        false => Said::new(404, "text/plain", "Not found"),
    });
    assert_quiet(|_| Said::new(405, "text/plain", "").with("Allow", "POST"));
}

#[test]
fn an_application_for_pages_and_an_interface_beside_it() {
    assert_quiet(|asked| match asked.target.starts_with("/api") {
        true => Said::new(200, "application/json", r#"{"error":{"code":"unauthorized","message":"Sign in first"}}"#),
        false => page(HOME),
    });
    assert_quiet(|asked| match asked.target.starts_with("/api") {
        true => Said::new(401, "application/json", r#"{"statusCode":401,"message":"Unauthorized"}"#),
        false => page(HOME),
    });
}

#[test]
fn a_handbook_of_consoles() {
    let words = "Apache Server Status for app; Types of profiles available: heap; phpinfo(); Swagger UI; Telescope; \
        Statistics Report for HAProxy; Hangfire Dashboard; Error Log for ROOT; Application Trace; Jenkins script console; \
        Symfony Profiler; packager-status:running; Rails version; Controller#Action; can_execute_commands: true";
    let chapters = format!(
        "<h1>{words}</h1><pre>{words}\n{{\"propertySources\":[],\"_links\":{{}},\"traces\":[],\"cluster_uuid\":1}}</pre>\
         <a href=/silk/requests/>a</a><a href=trace.axd>b</a><textarea name=script></textarea><dl></dl><h2>x</h2>"
    );
    let known =
        ["act", "deb", "sta", "adm", "api", "con", "env", "log", "met", "php", "ser", "swa", "tel", "wp-", ".", "/"];
    let is_chapter = move |target: &str| {
        let name = target.trim_start_matches('/');
        !name.is_empty() && known.iter().any(|start| name.starts_with(start))
    };
    let titled = chapters.clone();
    assert_quiet(move |asked| match is_chapter(asked.target) {
        true => page(format!("<!doctype html><title>Chapter {}</title>{titled}", asked.target)),
        false => Said::new(404, "text/html", "<title>Not found</title>"),
    });
    assert_quiet(move |asked| page(format!("<!doctype html><title>{words} {}</title>{chapters}", asked.target.len())));
}

#[test]
fn what_is_there_is_found() {
    let secret = "hunter".repeat(3);
    let scanned = scan_site(move |asked| match asked.target {
        "/.env" => Said::new(200, "text/plain", format!("APP_ENV=prod\nDB_PASSWORD={secret}\n")),
        "/.git/HEAD" => Said::new(200, "text/plain", "ref: refs/heads/main\n"),
        "/actuator/env" => Said::new(200, "application/json", r#"{"propertySources":[{"name":"a","properties":{}}]}"#),
        "/phpinfo.php" => page("<title>PHP 8.2.7 - phpinfo()</title><table><td class=\"e\">Tokenizer Support </td>"),
        "/backup.zip" => Said::new(200, "application/zip", *b"PK\x03\x04wp-config.php"),
        "/nginx_status" => Said::new(200, "text/plain", "Active connections: 2 \nserver accepts handled requests\n"),
        "/" => Said::new(302, "text/html", "").with("Location", "/en/"),
        "/en/" => page("<title>Shop</title><script src=app.js></script><script src=//cdn.example/x.js></script>"),
        "/en/app.js.map" => Said::new(200, "application/json", r#"{"version":3,"mappings":"AAAA"}"#),
        _ => Said::new(404, "text/html; charset=utf-8", "<title>Not found</title>"),
    });
    assert_eq!(scanned.undecided, [""; 0]);
    let found: Vec<_> = scanned.rules().into_iter().filter(|rule| rule.contains("expos")).collect();
    let expected = [
        "backup-archive-exposed",
        "dotenv-exposed",
        "git-exposed",
        "nginx-status-exposed",
        "phpinfo-exposed",
        "source-map-exposed",
        "spring-actuator-exposed",
    ];
    assert_eq!(found, expected);
    let severity = |rule: &str| scanned.findings.iter().find(|finding| &*finding.rule == rule).map(|f| f.severity);
    assert_eq!(severity("dotenv-exposed"), Some(Severity::Critical));
    assert_eq!(severity("phpinfo-exposed"), Some(Severity::Medium));
    assert_eq!(severity("clickjacking"), Some(Severity::Medium), "the page where visitors land is judged too");
}
