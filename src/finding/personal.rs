//! Masks over what is personal: numbers of payment cards and bank accounts, addresses of mail, numbers of phones.
//!
//! Takes a text, gives it masked. Invariant: what is masked is not masked again. Must never import a folder above `rule`.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::bytes::{Captures, Regex};

use crate::predicate::checksum;

/// Thirteen to nineteen digits, as cards have them, in groups or not.
static CARD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?-u)\b(?:2[2-7]|[3-6]\d)\d{2}(?:[ -]?\d{4}){2}(?:[ -]?\d{1,4}){1,2}\b|\b3[47]\d{2}[ -]?\d{6}[ -]?\d{5}\b",
    )
    .ok()
});

/// A country, two check digits, and an account.
static ACCOUNT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?-u)\b[A-Z]{2}\d{2}(?: ?[0-9A-Z]{4}){2,7}(?: ?[0-9A-Z]{1,3})?\b").ok());

static MAIL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i-u)\b([\w.%+-]{1,64})@((?:[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?\.){1,8}([a-z]{2,24}))\b").ok()
});

/// A number as it is called from another country.
static PHONE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?-u)(^|[^\w.+])(\+[1-9]\d{0,2}[ .(/-]{0,2}(?:\d[ .()/-]{0,2}){6,12}\d)\b").ok());

/// Ends of names of files, in which `@` stands for a size or a version.
const FILES: [&str; 14] =
    ["avif", "css", "gif", "html", "ico", "jpeg", "jpg", "js", "json", "map", "mjs", "png", "svg", "webp"];

/// A text with everything that looks personal masked.
pub(super) fn mask_personal(text: &[u8]) -> Cow<'_, [u8]> {
    let text = masked(Cow::Borrowed(text), &CARD, |found| holds("luhn", whole(found)).then(|| head(whole(found), 4)));
    let text = masked(text, &ACCOUNT, |found| holds("iban", whole(found)).then(|| head(whole(found), 4)));
    let text = masked(text, &PHONE, |found| Some([part(found, 1), &head(part(found, 2), 3)].concat()));
    masked(text, &MAIL, |found| {
        let part = |nth| part(found, nth);
        let is_file = FILES.iter().any(|end| part(3).eq_ignore_ascii_case(end.as_bytes()));
        (!is_file && part(1) != b"git").then(|| [&head(part(1), 1)[..], b"@", part(2)].concat())
    })
}

fn holds(name: &str, text: &[u8]) -> bool {
    checksum(name).is_some_and(|spec| spec.holds(text))
}

fn masked<'t>(
    text: Cow<'t, [u8]>,
    pattern: &LazyLock<Option<Regex>>,
    mask: impl Fn(&Captures<'_>) -> Option<Vec<u8>>,
) -> Cow<'t, [u8]> {
    let Some(regex) = pattern.as_ref() else { return text };
    let replaced =
        regex.replace_all(&text, |found: &Captures<'_>| mask(found).unwrap_or_else(|| whole(found).to_vec()));
    match replaced {
        Cow::Owned(replaced) => Cow::Owned(replaced),
        Cow::Borrowed(_) => text,
    }
}

fn whole<'t>(found: &Captures<'t>) -> &'t [u8] {
    part(found, 0)
}

fn part<'t>(found: &Captures<'t>, nth: usize) -> &'t [u8] {
    found.get(nth).map_or(&b""[..], |part| part.as_bytes())
}

fn head(text: &[u8], keep: usize) -> Vec<u8> {
    [text.get(..keep).unwrap_or(text), b"***"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        String::from_utf8_lossy(&mask_personal(text.as_bytes())).into_owned()
    }

    #[test]
    fn numbers_and_addresses_are_masked() {
        for (text, expected) in [
            ("card 4539 5787 6362 1486.", "card 4539***."),
            ("\"378282246310005\"", "\"3782***\""),
            ("GB33BUKB20201555555555, DE75 5121 0800 1245 1261 99", "GB33***, DE75***"),
            ("jane.roe+x@mail.acme.io>", "j***@mail.acme.io>"),
            ("call +44 20 7946 0958 or (+1) no", "call +44*** or (+1) no"),
        ] {
            assert_eq!(shown(text), expected);
            assert_eq!(shown(expected), expected, "once is enough");
        }
    }

    #[test]
    fn what_is_not_personal_stays() {
        for text in [
            "4539578763621480 is no card",
            "DE00512108001245126199",
            "vue@2.6.14/dist, logo@2x.png, git@github.com:shop/web.git, @media",
            "2026-11-22T14:05:31+01:00, 1.4.0+20260101120000, a+12345678901",
        ] {
            assert_eq!(shown(text), text);
        }
    }
}
