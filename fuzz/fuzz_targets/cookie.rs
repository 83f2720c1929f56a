//! `Set-Cookie` lines: any bytes parse or do not, and what parses keeps to RFC 6265bis §5.6.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outsight::base::Timestamp;
use outsight::predicate::views::cookie::parse_set_cookie;

fuzz_target!(|line: &[u8]| {
    for https in [false, true] {
        if let Some(cookie) = parse_set_cookie(line, Timestamp::UNIX_EPOCH, https) {
            let text = |name: &str| cookie.field(name).map(|value| value.as_text().into_owned()).unwrap_or_default();
            assert!(text("name").len() + text("value").len() <= 4096);
            assert!(!text("name").contains(&b';') && !text("value").contains(&b';'));
            assert!(!(text("name").is_empty() && text("value").is_empty()));
        }
    }
});
