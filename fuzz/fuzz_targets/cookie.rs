//! `Set-Cookie` lines: any bytes parse or do not, and what parses keeps to RFC 6265bis §5.6 and §5.7.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outsight::base::{Origin, Scheme, Timestamp};
use outsight::predicate::views::cookie::parse_set_cookies;

fuzz_target!(|line: &[u8]| {
    for (scheme, host) in [(Scheme::Https, "app.example.com"), (Scheme::Http, "shop.github.io")] {
        let Some(origin) = Origin::new(scheme, host, scheme.default_port()) else { return };
        let cookies = parse_set_cookies(std::iter::once(line), Timestamp::UNIX_EPOCH, &origin);
        let Some(cookie) = cookies.first() else { continue };
        let text = |name: &str| cookie.field(name).map(|value| value.as_text().into_owned()).unwrap_or_default();
        let stored = cookie.field("refused").is_none();
        assert!(!text("name").contains(&b';') && !text("value").contains(&b';'));
        assert!(!text("name").contains(&b'='));
        assert!(!(text("name").is_empty() && text("value").is_empty()));
        assert!(!stored || text("name").len() + text("value").len() <= 4096);
        assert!(!stored || text("prefix_valid") == b"true");
        assert!(!stored || text("same_site") != b"none" || text("secure") == b"true");
        assert!(!stored || host.as_bytes().ends_with(&text("domain")));
        assert!(text("path").is_empty() || text("path").starts_with(b"/"));
    }
});
