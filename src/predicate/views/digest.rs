//! Digests in base64, as policies and `integrity` attributes write them (CSP3 §2.3.1, SRI §3.5).
//!
//! Invariant: linear in its input. Must never import a folder of this crate.

/// The algorithms that browsers know, from weak to strong, with the bytes of their digests.
pub(in crate::predicate) const ALGORITHMS: [(&str, usize); 3] = [("sha256", 32), ("sha384", 48), ("sha512", 64)];

/// How many digits a `base64-value` has, padding left out; `None` where it is none.
pub(in crate::predicate) fn digits_of(text: &[u8]) -> Option<usize> {
    let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
    let digits = text.get(..text.len() - padding).unwrap_or_default();
    let fits = padding <= 2 && !digits.is_empty();
    (fits && digits.iter().all(|b| b.is_ascii_alphanumeric() || b"+/-_".contains(b))).then_some(digits.len())
}

/// The bytes that so many digits write, six bits a digit; `None` where one more than whole bytes need is no encoding at
/// all.
pub(in crate::predicate) fn bytes_of(digits: usize) -> Option<usize> {
    (digits % 4 != 1).then_some(digits * 3 / 4)
}
