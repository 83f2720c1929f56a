//! Structured fields (RFC 9651): any bytes parse or do not, in time that grows with their number, and what parses has a
//! canonical text that parses to the same value.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outsight::predicate::views::structured::{parse_dictionary, parse_item, parse_list};

fuzz_target!(|bytes: &[u8]| {
    let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    if let Some(item) = parse_item(&lines) {
        let text = item.to_string();
        assert!(text.is_ascii());
        assert_eq!(parse_item(&[text.as_bytes()]), Some(item));
    }
    if let Some(list) = parse_list(&lines) {
        let text = list.to_string();
        assert!(text.is_ascii());
        assert_eq!(parse_list(&[text.as_bytes()]), Some(list));
    }
    if let Some(dictionary) = parse_dictionary(&lines) {
        let text = dictionary.to_string();
        assert!(text.is_ascii());
        assert_eq!(parse_dictionary(&[text.as_bytes()]), Some(dictionary));
    }
});
