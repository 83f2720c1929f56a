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
    assert_eq!(scanned.undecided, [""; 0]);
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
fn what_is_there_is_found() {
    let secret = "hunter".repeat(3);
    let scanned = scan_site(move |asked| match asked.target {
        "/.env" => Said::new(200, "text/plain", format!("APP_ENV=prod\nDB_PASSWORD={secret}\n")),
        "/.git/HEAD" => Said::new(200, "text/plain", "ref: refs/heads/main\n"),
        "/actuator/env" => Said::new(200, "application/json", r#"{"propertySources":[{"properties":{}}]}"#),
        "/phpinfo.php" => page("<title>PHP 8.2.7 - phpinfo()</title><td class=\"e\">Tokenizer Support </td>"),
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
