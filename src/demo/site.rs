//! The site that the demo serves: what a request gets, as a pure function.
//!
//! Owns the list of its mistakes. Invariant: an answer depends on the request alone, and no field value can hold a line
//! break. Must never import a folder above `reload`.

mod api;
mod leaks;
mod pages;

/// A mistake of the demo, or something it does right.
#[derive(Debug, Clone, Copy)]
pub struct Flaw {
    /// Where it shows.
    pub path: &'static str,
    /// What it is, in one line.
    pub what: &'static str,
    /// Whether it is in fact right: a scanner that reports it is wrong.
    pub sound: bool,
}

const fn flaw(path: &'static str, what: &'static str) -> Flaw {
    Flaw { path, what, sound: false }
}

const fn sound(path: &'static str, what: &'static str) -> Flaw {
    Flaw { path, what, sound: true }
}

/// What is wrong with the demo, and what is right.
pub const FLAWS: &[Flaw] = &[
    flaw("/", "a content security policy that allows everything, inline scripts and eval"),
    flaw("/", "no X-Content-Type-Options, no frame protection, no Referrer-Policy"),
    flaw("/", "Server and X-Powered-By tell names and versions"),
    flaw("/", "a session cookie without HttpOnly and SameSite"),
    flaw("/api/products", "CORS answers every origin with its own name and allows credentials"),
    flaw("/api/orders/1", "an error that carries a Java stack trace"),
    flaw("/.env", "an environment file with a database password and keys"),
    flaw("/.git/HEAD", "the repository's metadata"),
    flaw("/actuator/env", "Spring's actuator with the service's environment"),
    flaw("/backup.sql", "a database dump"),
    sound("/static/app.js", "typed, not sniffable, cached for good under a versioned name"),
    sound("/account", "redirects to the login page, not cached"),
    sound("/admin", "asks for credentials"),
    sound("/.well-known/security.txt", "says whom to tell"),
    sound("/api/health", "says that it is up, and nothing else"),
    sound("/.env.example", "placeholders only"),
    sound("/no-such-page", "a plain 404 that repeats nothing of the request"),
];

/// Where the site can be entered.
pub(super) const ENTRANCES: [&str; 2] = ["/", "/api/products"];

/// A request, as far as the site looks at it.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// Method.
    pub method: String,
    /// Request target as sent.
    pub target: String,
    /// The `Origin` field; of several the first.
    pub origin: Option<String>,
    /// Whether the client wants the connection closed.
    pub close: bool,
}

/// An answer, the framing left to the server.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    /// Status code.
    pub status: u16,
    /// Field lines in order.
    pub fields: Vec<(&'static str, String)>,
    /// Body.
    pub body: String,
}

impl Answer {
    fn new(status: u16, content_type: &str, body: impl Into<String>) -> Self {
        Self { status, fields: vec![("Content-Type", content_type.to_owned())], body: body.into() }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        let value: String = value.into().chars().filter(|c| !c.is_control()).collect();
        self.fields.push((name, value));
        self
    }

    /// The answer to what cannot be understood; the server closes the connection after it.
    pub fn bad_request() -> Self {
        Self::new(400, "text/plain", "Bad Request\n")
    }

    /// The reason phrase (RFC 9110 §15).
    pub fn reason(&self) -> &'static str {
        match self.status {
            200 => "OK",
            204 => "No Content",
            302 => "Found",
            400 => "Bad Request",
            401 => "Unauthorized",
            404 => "Not Found",
            405 => "Method Not Allowed",
            _ => "Internal Server Error",
        }
    }
}

/// What the site answers.
pub(super) fn answer(asked: &Asked) -> Answer {
    let path = asked.target.split(['?', '#']).next().unwrap_or("/");
    let found = if path.starts_with("/api/") || path == "/api" {
        api::answer(asked, path)
    } else if !matches!(asked.method.as_str(), "GET" | "HEAD") {
        Answer::new(405, "text/plain", "Method Not Allowed\n").with("Allow", "GET, HEAD")
    } else {
        leaks::answer(path).or_else(|| pages::answer(path)).unwrap_or_else(pages::not_found)
    };
    found.with("Server", "nginx/1.18.0 (Ubuntu)")
}

/// A value that looks like a secret and is none: assembled here so that no file holds it whole.
fn fake_secret(prefix: &str, length: usize) -> String {
    const ALPHABET: &[u8] = b"k7Qz2XvLm9RtB4nWc8YpD3sHf6JgA5eU";
    let mut state: u32 = prefix.bytes().fold(17, |sum, b| sum.wrapping_mul(31).wrapping_add(u32::from(b)));
    let tail = (0..length).map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ALPHABET.get((state >> 24) as usize % ALPHABET.len()).map_or('x', |b| char::from(*b))
    });
    prefix.chars().chain(tail).collect()
}
