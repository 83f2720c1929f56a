//! JSON of a site, parsed where it is not too much.
//!
//! Takes bytes; gives a document. Invariant: what a document weighs is bounded before it is built. Must never import
//! anything above `wire`.

use serde_json::Value as Json;

use super::Found;

/// The most signs that part values: each value weighs far more than its sign.
const PARTS: usize = 100_000;

/// Parses a list; one with more values than are looked at by far is left alone, and that is noted.
pub(super) fn parse(body: &[u8], found: &mut Found) -> Option<Json> {
    let parts = body.iter().filter(|byte| b",:[{".contains(byte)).nth(PARTS);
    if parts.is_some() {
        found.is_skimmed = true;
        return None;
    }
    serde_json::from_slice(body).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_nothing_are_not_parsed() {
        let mut found = Found::default();
        let zeros = format!("{{\"a\":[{}0]}}", "0,".repeat(200_000));
        assert!(parse(zeros.as_bytes(), &mut found).is_none() && found.is_skimmed);
        let mut found = Found::default();
        assert!(parse(br#"{"a":[0,0]}"#, &mut found).is_some() && !found.is_skimmed);
    }
}
