//! Response heads: any bytes, parsed whole or grown byte by byte, never panic and agree on where the head ends.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outsight::base::Limits;
use outsight::wire::http::{HeadStep, parse_head};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { head: 4096, header_count: 32, ..Limits::default() };
    let whole = parse_head(bytes, &limits);
    if let HeadStep::Complete(head, length) = &whole {
        assert!(*length <= bytes.len());
        assert!(head.headers.len() <= limits.header_count);
    }
    for end in [bytes.len() / 3, bytes.len() / 2] {
        let _ = parse_head(&bytes[..end], &limits);
    }
});
