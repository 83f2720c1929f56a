//! The shop's pages: the careless front page, and a few that are done right.
//!
//! Must never import a folder above `reload`.

use super::{Answer, fake_secret};

const HTML: &str = "text/html; charset=utf-8";

pub(super) fn answer(path: &str) -> Option<Answer> {
    Some(match path {
        "/" | "/index.html" => front(),
        "/login" => page("Sign in", LOGIN).with("Cache-Control", "no-store"),
        "/account" => Answer::new(302, HTML, "").with("Location", "/login").with("Cache-Control", "no-store"),
        "/admin" => protect(Answer::new(401, "text/plain", "Unauthorized\n"))
            .with("WWW-Authenticate", "Basic realm=\"back office\""),
        "/static/app.js" => protect(Answer::new(200, "text/javascript; charset=utf-8", SCRIPT))
            .with("Cache-Control", "public, max-age=31536000, immutable"),
        "/robots.txt" => protect(Answer::new(200, "text/plain", "User-agent: *\nDisallow: /account\n")),
        "/.well-known/security.txt" => protect(Answer::new(200, "text/plain; charset=utf-8", SECURITY)),
        _ => return None,
    })
}

pub(super) fn not_found() -> Answer {
    protect(Answer::new(404, HTML, document("Not found", "<h1>Not found</h1>")))
}

/// The front page: everything that a new team forgets.
fn front() -> Answer {
    Answer::new(200, HTML, document("Acme Shop", FRONT))
        .with("X-Powered-By", "Express 4.16.1")
        .with("Content-Security-Policy", "default-src * data: blob: 'unsafe-inline' 'unsafe-eval'")
        .with("Set-Cookie", format!("connect.sid={}; Path=/", fake_secret("s%3A", 24)))
        .with("Set-Cookie", "theme=light; Path=/; Max-Age=31536000; SameSite=Lax")
}

fn page(title: &str, body: &str) -> Answer {
    protect(Answer::new(200, HTML, document(title, body)))
}

/// The fields that every answer should carry.
fn protect(answer: Answer) -> Answer {
    answer
        .with("X-Content-Type-Options", "nosniff")
        .with("X-Frame-Options", "DENY")
        .with("Referrer-Policy", "strict-origin-when-cross-origin")
        .with(
            "Content-Security-Policy",
            "default-src 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'",
        )
}

fn document(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{title}</title>\n\
         <script src=\"/static/app.js\" defer></script></head>\n<body>\n{body}\n</body>\n</html>\n"
    )
}

const FRONT: &str = "<h1>Acme Shop</h1>\n<p>Anvils, rockets and magnets since 1949.</p>\n\
    <ul id=\"products\"></ul>\n<p><a href=\"/login\">Sign in</a> <a href=\"/account\">Your account</a></p>";

const LOGIN: &str = "<h1>Sign in</h1>\n<form method=\"post\" action=\"/login\">\n\
    <label>Name <input name=\"user\" autocomplete=\"username\"></label>\n\
    <label>Password <input name=\"password\" type=\"password\" autocomplete=\"current-password\"></label>\n\
    <button>Sign in</button>\n</form>";

const SCRIPT: &str = "fetch('/api/products').then((answer) => answer.json()).then((products) => {\n\
    \x20 const list = document.getElementById('products');\n\
    \x20 for (const product of products) {\n\
    \x20   list.append(Object.assign(document.createElement('li'), { textContent: product.name }));\n\
    \x20 }\n});\n";

const SECURITY: &str =
    "Contact: mailto:security@acme.example\nExpires: 2099-01-01T00:00:00Z\nPreferred-Languages: en\n";
