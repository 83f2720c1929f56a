//! What only stands in for a token: examples of documentations, words that tell people to put theirs, runs of one
//! character.
//!
//! Owns the words. Takes a token's text; says whether it is none. Invariant: a test that chance could fail is not asked of
//! a token so long that chance would: keys of a thousand characters hold runs. Must never import a folder above `expr`.

use std::sync::{Arc, LazyLock};

use aho_corasick::AhoCorasick;

/// Texts, in lower case, that no key made by chance holds: five characters or more, so that a long one is not dropped
/// for a word that came about by itself.
const WORDS: &[&str] = &[
    "example",
    "sample",
    "placeholder",
    "changeme",
    "change-me",
    "change_me",
    "changethis",
    "replaceme",
    "replace-me",
    "replace_me",
    "replace_with",
    "replace-with",
    "insert_your",
    "insert-your",
    "your_",
    "your-",
    "yourkey",
    "yourtoken",
    "yoursecret",
    "yourapi",
    "youraccess",
    "put_your",
    "enter_your",
    "my_secret",
    "my-secret",
    "mysecret",
    "secret_here",
    "key_here",
    "keyhere",
    "token_here",
    "tokenhere",
    "goes_here",
    "goes-here",
    "_here_",
    "redacted",
    "removed",
    "undefined",
    "dummy",
    "notreal",
    "not_real",
    "not-real",
    "foobar",
    "lorem",
    "loremipsum",
    "deadbeef",
    "cafebabe",
    "xxxxx",
    "*****",
    "-----x",
    "12345678",
    "abcdefg",
    "abcd1234",
    "abc123abc",
    "qwerty",
    "asdfgh",
    "password",
    "process.env",
    "import.meta",
    "getenv",
    "environ",
    "${",
    "#{",
    "{{",
    "<%",
    "%s",
    "[object",
    "todo_",
    "fixme",
];

/// Values that documentations print, in lower case.
const KNOWN: &[&str] = &[
    // The token of jwt.io's front page, by its claims.
    "eyjzdwiioiixmjm0nty3odkwiiwibmftzsi6ikpvag4grg9l",
    // A key that Stripe's documentation uses on every page.
    "4ec39hqlyjwdarjtt1zdp7dc",
    // The sequence that many libraries test with.
    "0123456789abcdef",
];

/// The longest token that is searched for runs and sequences.
const SHORT: usize = 160;
/// Characters in a row that chance does not bring.
const RUN: usize = 6;

static AUTOMATON: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let texts = WORDS.iter().chain(KNOWN);
    AhoCorasick::builder().ascii_case_insensitive(true).build(texts).ok()
});

/// Whether a text only stands in for a token.
pub(super) fn is_placeholder(token: &[u8]) -> bool {
    let worded = AUTOMATON.as_ref().is_some_and(|words| words.is_match(token));
    worded || (token.len() <= SHORT && (has_run(token) || has_sequence(token) || repeats(token)))
}

/// Whether a text holds one of these words, ASCII case ignored.
pub(super) fn holds_one(token: &[u8], words: &[Arc<str>]) -> bool {
    let lower = token.to_ascii_lowercase();
    words.iter().any(|word| memchr::memmem::find(&lower, word.to_ascii_lowercase().as_bytes()).is_some())
}

/// The same character over and over.
fn has_run(token: &[u8]) -> bool {
    token.windows(RUN).any(|window| window.iter().all(|byte| Some(byte) == window.first()))
}

/// Characters that each follow the one before: `3456789`, `cdefghi`.
fn has_sequence(token: &[u8]) -> bool {
    token.windows(RUN + 1).any(|window| {
        window.iter().zip(window.iter().skip(1)).all(|(a, b)| a.is_ascii_alphanumeric() && a.checked_add(1) == Some(*b))
    })
}

/// Nothing but a few characters over and over: `abababab`.
fn repeats(token: &[u8]) -> bool {
    let body = token.rsplit(|byte| matches!(byte, b'_' | b'-' | b'.')).next().unwrap_or(token);
    body.len() >= 12 && (1..=4).any(|period| body.iter().zip(body.iter().skip(period)).all(|(a, b)| a == b))
}
