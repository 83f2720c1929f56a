//! Numbers with their nouns.
//!
//! Nothing may import this file but `cli`.

/// `1 rule`, `2 rules`.
pub(super) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
