//! Lists of signed certificate timestamps (RFC 6962 §3.3): how many there are.
//!
//! Takes a list as a handshake has it; logs and signatures are not checked. Invariant: no bytes make it panic. Must never
//! import anything.

/// Timestamps of a list, each after its length.
pub(super) fn count(list: &[u8]) -> usize {
    let mut rest = list.get(2..).unwrap_or_default();
    let mut count = 0;
    while let [high, low, after @ ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let Some(next) = after.get(length..).filter(|_| length > 0) else { break };
        rest = next;
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn timestamps_are_counted_as_they_are_listed() {
        assert_eq!(count(&[0, 7, 0, 1, 9, 0, 2, 9, 9]), 2);
        assert_eq!(count(&[0, 7, 0, 9, 9]), 0);
        assert_eq!(count(&[]), 0);
    }
}
