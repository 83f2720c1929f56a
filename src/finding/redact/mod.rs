//! Redaction: what outputs show instead of a secret.
//!
//! Owns the rule that decides what looks secret in a snippet, a field or a URL. Takes bytes of an answer or a request;
//! gives text in which a secret's first four characters at most survive. Invariant: redacting twice changes nothing more
//! than redacting once. Must never import a folder above `rule`.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::bytes::{Captures, Regex};

use super::personal::mask_personal;

/// Fields whose values are credentials, whatever they look like.
const SECRET_FIELDS: [&str; 8] = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "x-api-key",
    "api-key",
    "x-auth-token",
    "x-amz-security-token",
    "x-csrf-token",
];

/// A name that says secret, an assignment and a value: quoted to the closing quote, or a bare word.
static ASSIGNED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let words = "passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|account[_-]?key|private[_-]?key\
                 |credential|dsn|session[_-]?id|signature";
    // Of other keys only those that are written as environments write them: `APP_KEY`, not `primary_key`; so `DB_PASS`.
    let name = format!(r"[\w.-]{{0,40}}(?:(?:{words})[\w-]{{0,40}}|auth(?:orization)?|(?-i:_(?:KEY|PASS)))");
    // With a comma only behind a quoted name, as in `define('DB_PASSWORD', '…')`; as a member of its own, as Spring's
    // Actuator shows settings; in the next cell of a table, as phpinfo does.
    let member = r#"(?:\s{0,3}\{\s{0,3}"value"\s{0,3}:)?"#;
    let cell = r"(?:'\])?\s{0,3}</t[dh]>\s{0,9}<td[^<>]{0,80}>";
    let lead = format!(r#"\b{name}(?:\\?["']?\s{{0,3}}(?:=>|[:=]){member}|["']\s{{0,3}},|{cell})\s{{0,3}}"#);
    let value = r#"\\?"[^"\r\n]+|'[^'\r\n]+|[^\s"'<>&;,]{4,}"#;
    Regex::new(&format!("(?i-u)({lead})({value})")).ok()
});

/// A credential behind the name of its scheme, as `Authorization` writes it and as debug pages echo it (RFC 9110 §11.4).
static SCHEME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i-u)(\b(?:basic|bearer|digest|negotiate|apikey|token)\s{1,3})([\w.~+/-]{8,}=*)").ok()
});

/// Fields that are credentials, echoed within a text.
static FIELD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let names = SECRET_FIELDS.join("|");
    Regex::new(&format!(r#"(?im-u)((?:^|[\s"'>])(?:{names})["']?[ \t]{{0,3}}:[ \t]{{0,3}}["']?)([^\r\n"'<]+)"#)).ok()
});

/// A cookie that is set, echoed within a text: its name and attributes are no secret.
static COOKIE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?im-u)((?:^|[\s"'>])set-cookie["']?[ \t]{0,3}:[ \t]{0,3}["']?[^=;\r\n]{0,200}=)([^;\r\n]+)"#).ok()
});

static SHAPED: LazyLock<Option<Regex>> = LazyLock::new(|| shaped(r"[A-Za-z0-9+/_-]{48,}={0,2}"));

/// In a URL a slash stands between segments: a long path is no token.
static SHAPED_IN_URL: LazyLock<Option<Regex>> = LazyLock::new(|| shaped(r"[A-Za-z0-9+_-]{48,}={0,2}"));

/// Tokens known by their shape, and runs so long that they may be one.
fn shaped(run: &str) -> Option<Regex> {
    let shapes = [
        r"[a-z]{2,5}_(?:live|test|prod)_[0-9A-Za-z]{12,}",
        r"gh[pousr]_[0-9A-Za-z]{20,}",
        r"github_pat_\w{20,}",
        r"(?:glpat|sk|xox[abeprs])-[\w-]{10,}",
        r"(?:npm|hf|whsec|dop_v1|shpat|pypi)_[0-9A-Za-z]{16,}",
        r"SG\.[\w-]{16,}\.[\w-]{16,}",
        r"A[KS]IA[0-9A-Z]{16}",
        r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*",
        r"AIza[\w-]{30,}",
        r"[0-9A-Fa-f]{40,}",
        run,
    ];
    Regex::new(&format!(r"(?-u)()\b({})", shapes.join("|"))).ok()
}

/// Passwords where no sign assigns them: as `.netrc` and `.pgpass` have them.
static PLACED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let netrc = r"\blogin\s{1,9}\S{1,200}\s{1,9}passw(?:or)?d\s{1,9}";
    let pgpass = r"(?:^|\s)[\w.*-]{1,200}:(?:\d{1,5}|\*):[^:\s]{1,200}:[^:\s]{1,200}:";
    Regex::new(&format!(r"(?m-u)({netrc}|{pgpass})([^\s:]+)")).ok()
});

/// Passwords as people type them: as an argument of a client, or in a statement.
static TYPED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let mysql = r"\b(?:mysql|mariadb)[\w-]{0,20}\b[^\r\n|;&]{0,200}?\s(?-i:-p)";
    let sshpass = r"\bsshpass\s{1,3}-p\s{0,3}";
    let curl = r"\bcurl\b[^\r\n|;&]{0,200}?\s(?:-u|--user)[\s=]{0,3}[^\s:]{1,80}:";
    let statement = r"\bidentified\s{1,3}by\s{1,3}";
    let value = r#""[^"\r\n]+|'[^'\r\n]+|[^\s"';|&]+"#;
    Regex::new(&format!("(?i-u)({mysql}|{sshpass}|{curl}|{statement})({value})")).ok()
});

/// Passwords in XML: the text of an element, or the value beside an attribute that names it.
static MARKED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let words = "passw(?:or)?d|passphrase|pass|pwd|secret|token|api-?key";
    let element = format!(r"<(?:[\w:.-]{{0,40}}(?:{words})\b[^<>]{{0,100}}>(?:<!\[CDATA\[)?|key>\s{{0,9}}<!\[CDATA\[)");
    let pair = format!(r#"\b(?:key|name)=["'][\w:.-]{{0,60}}(?:{words})["']\s{{1,9}}value="#);
    let value = r#""[^"\r\n]+|'[^'\r\n]+|[^<>\]"'\s][^<\]\r\n]*"#;
    Regex::new(&format!("(?i-u)({element}|{pair})({value})")).ok()
});

/// Hashes of passwords, as crypt and htpasswd write them.
static HASHED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let shapes = r#"\$(?:apr1|2[abxy]?|[156y]|argon2i?d?)\$[^\s:'"<>,)]{8,}|\{S?SHA(?:256|512)?\}[\w+/=]{8,}"#;
    Regex::new(&format!("(?-u)()({shapes})")).ok()
});

/// The rows of a dump: people's data, whatever they are.
static ROWS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i-u)(\bINSERT INTO [^\r\n]{1,400}?\bVALUES\s{0,9})([^\r\n]+)").ok());

/// `user:password@` in a URL, to the last `@` before the path.
static USERINFO: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?-u)(://[^\s/:@"'<>]{0,256}:)([^\s/"'<>]+)@"#).ok());

/// A token in the place of the user: `https://TOKEN@host`.
static USER_TOKEN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"(?-u)(://)([^\s/:@"'<>]{12,})@"#).ok());

static KEY_BLOCK: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?-u)(-----BEGIN [A-Z ]*PRIVATE KEY-----)([\s\S]*?)(?:-----END|\z)").ok());

/// What is masked, and how many bytes of it may stay.
type Pass = (&'static LazyLock<Option<Regex>>, usize);

/// What is masked first, in this order.
static PASSES: [Pass; 12] = [
    (&KEY_BLOCK, 0),
    (&ROWS, 0),
    (&PLACED, 0),
    (&TYPED, 0),
    (&MARKED, 0),
    (&HASHED, 4),
    (&USERINFO, 0),
    (&USER_TOKEN, 4),
    (&COOKIE, 0),
    (&FIELD, 0),
    (&SCHEME, 4),
    (&ASSIGNED, 4),
];

/// How often a text is gone over: what one mask takes away can bring to light what another pattern is after.
const ROUNDS: usize = 8;

/// A text with everything that looks like a secret masked.
pub fn redact(text: &[u8]) -> Vec<u8> {
    redact_with(text, (&SHAPED, 4))
}

/// A URL, or a line that holds one, with everything that looks like a secret masked.
pub fn redact_url(url: &[u8]) -> Vec<u8> {
    redact_with(url, (&SHAPED_IN_URL, 4))
}

fn redact_with(text: &[u8], last: Pass) -> Vec<u8> {
    let mut out = text.to_vec();
    for _ in 0..ROUNDS {
        let next = mask_once(&out, last);
        if next == out {
            break;
        }
        out = next;
    }
    out
}

/// Every pattern once, in order.
fn mask_once(text: &[u8], last: Pass) -> Vec<u8> {
    let mut out = Cow::Borrowed(text);
    for (pattern, keep) in PASSES.into_iter().chain([last]) {
        let Some(regex) = pattern.as_ref() else { continue };
        let is_scheme = std::ptr::eq(pattern, &SCHEME);
        let masked = |found: &Captures<'_>| match found.get(2) {
            Some(word) if is_scheme && !looks_random(word.as_bytes()) => {
                found.get(0).map_or(&b""[..], |m| m.as_bytes()).to_vec()
            }
            _ => mask_capture(found, keep),
        };
        if let Cow::Owned(replaced) = regex.replace_all(&out, masked) {
            out = Cow::Owned(replaced);
        }
    }
    mask_personal(&out).into_owned()
}

/// The head of a request or an answer: its first line by [`redact_url`], its fields by [`redact_header`], and what follows the
/// empty line by [`redact`]. Line ends stay, and a folded line (RFC 9112 §5.2) belongs to the field that it continues.
pub fn redact_head(head: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(head.len());
    let mut name: &[u8] = b"";
    let mut at = 0;
    for line in head.split_inclusive(|byte| *byte == b'\n') {
        let text = line.trim_ascii_end();
        if text.is_empty() {
            break;
        }
        let folded = matches!(text.first(), Some(b' ' | b'\t'));
        match memchr::memchr(b':', text) {
            _ if at == 0 => out.extend(redact_url(text)),
            _ if folded => out.extend([b" ", &redact_header(name, text.trim_ascii_start())[..]].concat()),
            Some(colon) => {
                name = text.get(..colon).unwrap_or(b"");
                out.extend(redact_field(text, colon));
            }
            None => out.extend(redact(text)),
        }
        out.extend_from_slice(line.get(text.len()..).unwrap_or(b""));
        at += line.len();
    }
    out.extend(redact(head.get(at..).unwrap_or(b"")));
    out
}

/// A field line whose colon stands there; the blanks behind the colon stay.
fn redact_field(line: &[u8], colon: usize) -> Vec<u8> {
    let (name, rest) = line.split_at(colon);
    let value = rest.get(1..).unwrap_or(b"").trim_ascii_start();
    let lead = line.get(..line.len() - value.len()).unwrap_or(b"");
    [lead, &redact_header(name.trim_ascii(), value)].concat()
}

/// A field's value as outputs may show it.
pub fn redact_header(name: &[u8], value: &[u8]) -> Vec<u8> {
    if name.eq_ignore_ascii_case(b"set-cookie") {
        return redact_set_cookie(value);
    }
    let secret = SECRET_FIELDS.iter().any(|field| name.eq_ignore_ascii_case(field.as_bytes()));
    if secret { mask(value, 0) } else { redact(value) }
}

/// Keeps a cookie's name and attributes, which findings speak of, and masks its value.
fn redact_set_cookie(line: &[u8]) -> Vec<u8> {
    let end = memchr::memchr(b';', line).unwrap_or(line.len());
    let (pair, attributes) = line.split_at(end);
    match memchr::memchr(b'=', pair) {
        Some(at) => {
            let (name, value) = pair.split_at(at + 1);
            [name, &mask(value, 0), attributes].concat()
        }
        None => [&mask(pair, 0)[..], attributes].concat(),
    }
}

fn mask_capture(found: &Captures<'_>, keep: usize) -> Vec<u8> {
    let whole = found.get(0).map_or(&b""[..], |m| m.as_bytes());
    let (Some(lead), Some(secret)) = (found.get(1), found.get(2)) else { return whole.to_vec() };
    let tail_at = secret.end() - found.get(0).map_or(0, |m| m.start());
    let (quote, bare) = secret.as_bytes().split_at(quote_len(secret.as_bytes()));
    [lead.as_bytes(), quote, &mask(bare, keep), whole.get(tail_at..).unwrap_or(b"")].concat()
}

/// Whether a word behind a scheme's name is a credential rather than prose ("Basic authentication").
fn looks_random(word: &[u8]) -> bool {
    let odd = |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_uppercase() || *byte == b'=';
    word.len() >= 24 || word.iter().skip(1).any(odd)
}

/// Bytes of the opening quote of a value, the escape of one in JSON within JSON included.
fn quote_len(value: &[u8]) -> usize {
    match value {
        [b'\\', b'"', ..] => 2,
        [b'"' | b'\'', ..] => 1,
        _ => 0,
    }
}

/// Values that stand where a secret could and are none: they say that there is one, or that there is not.
const NO_SECRETS: [&[u8]; 8] = [b"true", b"false", b"null", b"none", b"undefined", b"required", b"invalid", b"missing"];

fn is_no_secret(text: &[u8]) -> bool {
    let end = text.iter().rposition(|byte| !b"})]".contains(byte)).map_or(0, |at| at + 1);
    let bare = text.get(..end).unwrap_or(b"");
    NO_SECRETS.iter().any(|word| bare.eq_ignore_ascii_case(word))
}

/// The first `keep` bytes at most (never more than a quarter), then a fixed mask. What is masked already stays: the text
/// before its mask is no longer than a mask leaves.
fn mask(secret: &[u8], keep: usize) -> Vec<u8> {
    const MASK: &[u8] = b"***";
    let masked = secret.len() <= keep + MASK.len() && secret.ends_with(MASK);
    if secret.is_empty() || masked || is_no_secret(secret) {
        return secret.to_vec();
    }
    let shown = keep.min(secret.len() / 4);
    [secret.get(..shown).unwrap_or(b""), MASK].concat()
}

#[cfg(test)]
mod tests;
