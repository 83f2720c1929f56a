//! Redaction: what outputs show instead of a secret.
//!
//! Owns the rule that decides what looks secret in a snippet, a field or a URL. Takes bytes of an answer or a request;
//! gives text in which a secret's first four characters at most survive. Invariant: redacting twice changes nothing more
//! than redacting once. Must never import a folder above `rule`.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::bytes::{Captures, Regex};

/// Fields whose values are credentials, whatever they look like.
const SECRET_FIELDS: [&str; 9] = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "set-cookie",
    "x-api-key",
    "api-key",
    "x-auth-token",
    "x-amz-security-token",
    "x-csrf-token",
];

static ASSIGNED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let name = r"[\w.-]{0,40}(?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential|dsn|auth)[\w-]{0,40}";
    Regex::new(&format!(r#"(?i)(\b{name}["']?\s{{0,3}}(?:=>|[:=])\s{{0,3}}["']?)([^\s"'<>&;,]{{4,}})"#)).ok()
});

static SHAPED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let shapes = [
        r"[a-z]{2,5}_(?:live|test|prod)_[0-9A-Za-z]{12,}",
        r"gh[pousr]_[0-9A-Za-z]{20,}",
        r"AKIA[0-9A-Z]{16}",
        r"xox[abprs]-[0-9A-Za-z-]{10,}",
        r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*",
        r"AIza[\w-]{30,}",
        r"[0-9A-Fa-f]{40,}",
        r"[A-Za-z0-9+/_-]{48,}={0,2}",
    ];
    Regex::new(&format!(r"()\b({})", shapes.join("|"))).ok()
});

static USERINFO: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(://[^\s/:@]{1,64}:)([^\s/@]{1,256})@").ok());

static KEY_BLOCK: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(-----BEGIN [A-Z ]*PRIVATE KEY-----)([\s\S]*?)(?:-----END|\z)").ok());

/// A text with everything that looks like a secret masked.
pub fn redact(text: &[u8]) -> Vec<u8> {
    let mut out = Cow::Borrowed(text);
    for (pattern, keep) in [(&KEY_BLOCK, 0), (&USERINFO, 0), (&ASSIGNED, 4), (&SHAPED, 4)] {
        let Some(regex) = pattern.as_ref() else { continue };
        let replaced = regex.replace_all(&out, |found: &Captures<'_>| mask_capture(found, keep)).into_owned();
        out = Cow::Owned(replaced);
    }
    out.into_owned()
}

/// A field's value as outputs may show it.
pub fn redact_header(name: &[u8], value: &[u8]) -> Vec<u8> {
    let secret = SECRET_FIELDS.iter().any(|field| name.eq_ignore_ascii_case(field.as_bytes()));
    if !secret {
        return redact(value);
    }
    if name.eq_ignore_ascii_case(b"set-cookie") {
        return redact_set_cookie(value);
    }
    mask(value, 0)
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
    [lead.as_bytes(), &mask(secret.as_bytes(), keep), whole.get(tail_at..).unwrap_or(b"")].concat()
}

/// The first `keep` bytes at most (never more than a quarter), then a fixed mask.
fn mask(secret: &[u8], keep: usize) -> Vec<u8> {
    if secret.is_empty() || secret.ends_with(b"***") {
        return secret.to_vec();
    }
    let shown = keep.min(secret.len() / 4);
    [secret.get(..shown).unwrap_or(b""), b"***"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> String {
        String::from_utf8_lossy(&redact(text.as_bytes())).into_owned()
    }

    #[test]
    fn assignments_and_shapes_are_masked() {
        assert_eq!(shown("APP_ENV=prod\nDB_PASSWORD=hunter2hunter2\n"), "APP_ENV=prod\nDB_PASSWORD=hun***\n");
        assert_eq!(shown("postgres://app:s3cret@db/x"), "postgres://app:***@db/x");
        let token = format!("{}_live_{}", "sk", "a1B2".repeat(6));
        assert!(!shown(&format!("key {token} end")).contains("a1B2a1B2"));
    }

    #[test]
    fn fields_with_credentials_keep_only_their_shape() {
        assert_eq!(redact_header(b"Authorization", b"Bearer abc"), b"***");
        assert_eq!(redact_header(b"Set-Cookie", b"sid=s1; Path=/; HttpOnly"), b"sid=***; Path=/; HttpOnly");
        assert_eq!(redact_header(b"Server", b"nginx/1.22"), b"nginx/1.22");
    }

    proptest! {
        #[test]
        fn once_is_enough(text in "[a-zA-Z_=:/@. \n-]{0,80}") {
            let once = redact(text.as_bytes());
            prop_assert_eq!(&redact(&once), &once);
        }
    }
}
