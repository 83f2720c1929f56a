//! A veil over known secrets: what outputs show instead of values that a rule found.
//!
//! [`super::redact`] guesses what is secret by its look; a veil knows. Owns the spellings under which a secret may stand in
//! a text, and what is shown for it: its first four and last two characters at most, less of a short one. Invariant: no
//! text that went through a veil holds a secret that it knows, in any of these spellings. Must never import a folder
//! above `rule`.

use std::borrow::Cow;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use regex::bytes::Regex;

use super::{Place, redact};

/// The shortest text that is veiled wherever it stands: shorter ones stand everywhere.
const SHORTEST: usize = 6;

/// Known secrets.
#[derive(Debug, Clone, Default)]
pub struct Veil {
    spellings: Option<AhoCorasick>,
    /// What is shown for each spelling.
    shown: Vec<String>,
}

impl Veil {
    /// A veil over these secrets.
    pub fn over<'s>(secrets: impl IntoIterator<Item = &'s [u8]>) -> Self {
        let (mut known, mut shown) = (Vec::new(), Vec::new());
        for secret in secrets.into_iter().filter(|secret| secret.len() >= SHORTEST) {
            for spelling in [secret.to_vec(), percent(secret), escaped(secret), lossy(secret)] {
                known.push(spelling);
                shown.push(masked(secret));
            }
        }
        // Of a secret that holds another all is masked.
        let builder = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&known);
        Self { spellings: builder.ok().filter(|_| !known.is_empty()), shown }
    }

    /// A text with every secret masked.
    pub fn text(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.bytes(text.as_bytes())).into_owned()
    }

    /// Bytes with every secret masked.
    pub fn bytes<'t>(&self, text: &'t [u8]) -> Cow<'t, [u8]> {
        match &self.spellings {
            Some(spellings) if spellings.is_match(text) => Cow::Owned(spellings.replace_all_bytes(text, &self.shown)),
            _ => Cow::Borrowed(text),
        }
    }

    /// Veils everything that a place shows.
    pub fn place(&self, place: &mut Place) {
        let evidence = &mut place.evidence;
        let texts =
            [&mut place.url, &mut evidence.request, &mut evidence.head, &mut evidence.snippet, &mut evidence.curl];
        let extracted = place.extracted.iter_mut().map(|(_, text)| text);
        for text in texts.into_iter().chain(extracted).chain(&mut evidence.decided_by) {
            *text = self.text(text);
        }
    }
}

/// What is shown of a secret: four characters and two of a long one, fewer of a shorter one. Line ends are not shown.
pub fn masked(secret: &[u8]) -> String {
    let line = secret.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or(secret);
    let (head, tail) = match secret.len() {
        0..16 => (secret.len() / 8, 0),
        16..24 => (3, 1),
        _ => (4, 2),
    };
    let tail = secret.get(secret.len() - tail..).filter(|tail| tail.iter().all(u8::is_ascii_graphic));
    let head = line.get(..head.min(line.len())).unwrap_or_default();
    format!("{}***{}", String::from_utf8_lossy(head), String::from_utf8_lossy(tail.unwrap_or_default()))
}

/// Runs that look as if chance had made them, wherever they stand.
static RANDOM: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?-u)[0-9A-Za-z+/_-]{16,}={0,2}").ok());

/// A text around a secret, in which other secrets may stand that no pattern knows: whatever looks as if chance had made it
/// is masked too.
pub fn redact_around(text: &[u8]) -> Vec<u8> {
    let text = redact(text);
    let Some(random) = RANDOM.as_ref() else { return text };
    let mask = |found: &regex::bytes::Captures<'_>| {
        let run = found.get(0).map_or(&b""[..], |run| run.as_bytes());
        let digits = run.iter().filter(|byte| byte.is_ascii_digit()).count();
        let upper = run.iter().filter(|byte| byte.is_ascii_uppercase()).count();
        let lower = run.iter().filter(|byte| byte.is_ascii_lowercase()).count();
        let looks_random = (digits >= 2 && upper + lower >= 2) || (digits == 1 && upper >= 2 && lower >= 2);
        if looks_random { masked(run).into_bytes() } else { run.to_vec() }
    };
    random.replace_all(&text, mask).into_owned()
}

/// The secret as a URL holds it.
fn percent(secret: &[u8]) -> Vec<u8> {
    percent_encoding::percent_encode(secret, percent_encoding::NON_ALPHANUMERIC).to_string().into_bytes()
}

/// The secret as a JSON string holds it.
fn escaped(secret: &[u8]) -> Vec<u8> {
    let text = serde_json::to_string(&String::from_utf8_lossy(secret)).unwrap_or_default();
    text.trim_matches('"').as_bytes().to_vec()
}

/// The secret as a text that is UTF-8 holds it.
fn lossy(secret: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(secret).into_owned().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Evidence;
    use proptest::prelude::*;

    #[test]
    fn little_is_shown_of_a_short_secret() {
        for (secret, shown) in [
            ("hunter2!", "h***"),
            ("correct horse b", "c***"),
            ("correct horse batt", "cor***t"),
            ("sk_live_A1b2C3d4E5f6G7h8J9k0L1m2", "sk_l***m2"),
            ("-----BEGIN\nabcdefghijklmnop\n", "----***"),
        ] {
            assert_eq!(masked(secret.as_bytes()), shown);
        }
    }

    #[test]
    fn every_spelling_is_veiled() {
        let secret = "p\"a/ss+w0rd A1b2C3d4E5f6";
        let veil = Veil::over([secret.as_bytes()]);
        let mut place = Place {
            url: "https://a.example/?k=p%22a%2Fss%2Bw0rd%20A1b2C3d4E5f6".into(),
            extracted: vec![("token".into(), secret.into())],
            evidence: Evidence {
                snippet: "x p\\\"a/ss+w0rd A1b2C3d4E5f6 y".into(),
                decided_by: vec![format!("$token: {secret}")],
                ..Evidence::default()
            },
            ..Place::default()
        };
        veil.place(&mut place);
        let told = format!("{place:?}");
        assert!(!told.contains("w0rd") && told.contains("p\\\"a/***f6"), "{told}");
    }

    #[test]
    fn what_looks_random_around_a_secret_is_masked_and_names_are_not() {
        let shown = redact_around(
            b"var accessKeyIdentifier='AKIA', b='wJalrXUtnFEMIK7MDENGbPxRfiCY'; handleSubmitEventListener()",
        );
        let shown = String::from_utf8_lossy(&shown);
        assert!(shown.contains("handleSubmitEventListener") && !shown.contains("UtnFEMI"), "{shown}");
    }

    proptest! {
        #[test]
        fn no_secret_is_left(before in "[ -~]{0,20}", secret in "[!-~]{8,40}", after in "[ -~]{0,20}") {
            let veil = Veil::over([secret.as_bytes()]);
            let text = veil.text(&format!("{before}{secret}{after}"));
            prop_assert!(!text.contains(&secret), "{}", text);
        }
    }
}
