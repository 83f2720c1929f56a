//! Percent-encoding of query parameters (RFC 3986 §2.1).
//!
//! Invariant: what is encoded here cannot end its parameter or the request line. Must never import a folder above `target`.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

/// Everything but RFC 3986's unreserved characters.
const PARAMETER: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Appends `name=value` to a request target.
pub fn append_parameter(target: &mut Vec<u8>, name: &str, value: &[u8]) {
    target.push(if target.contains(&b'?') { b'&' } else { b'?' });
    target.extend(percent_encode(name.as_bytes(), PARAMETER).to_string().into_bytes());
    target.push(b'=');
    target.extend(percent_encode(value, PARAMETER).to_string().into_bytes());
}
