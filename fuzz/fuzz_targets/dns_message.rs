//! DNS messages: any bytes give a message with a text, or nothing; the text is bounded by what the bytes have room for.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outsight::wire::dns::message_text;

fuzz_target!(|bytes: &[u8]| {
    if let Some(text) = message_text(bytes) {
        assert!(text.starts_with(";; opcode: "));
    }
});
