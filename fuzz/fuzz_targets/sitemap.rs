//! Sitemaps and robots.txt: any bytes, packed or not, give a bounded list, and patterns always give an answer.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outsight::discover::site::{Kind, Robots, Text, read, unpacked};
use url::Url;

fuzz_target!(|bytes: &[u8]| {
    let url = Url::parse("https://a.example/sitemap.xml").expect("a URL");
    assert!(unpacked(bytes).len() <= (4 << 20).max(bytes.len()));
    let text = Text { url: &url, kind: Kind::Sitemap, body: bytes, links: &[], source_map: None, known: &[] };
    assert!(read(&text).addresses.len() <= 200);
    let robots = Robots::read(bytes, "outsight");
    let path = format!("/{}", String::from_utf8_lossy(bytes.get(..bytes.len().min(64)).unwrap_or_default()));
    let _ = robots.allows(&path);
    assert!(robots.sitemaps.len() <= 10);
});
