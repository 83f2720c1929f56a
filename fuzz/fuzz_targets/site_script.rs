//! Scripts, workers, pages and manifests: any bytes give a bounded list of web addresses, the same every time.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outsight::discover::site::{Kind, Text, is_of_kind, read};
use url::Url;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, body)) = bytes.split_first() else { return };
    let kinds = [Kind::Page, Kind::Script, Kind::Worker, Kind::Manifest, Kind::Config, Kind::Map];
    let kind = kinds[usize::from(*first) % kinds.len()];
    let url = Url::parse("https://a.example/static/js/main.js").expect("a URL");
    let known = [Url::parse("https://a.example/_next/static/chunks/a.js").expect("a URL")];
    let text = Text { url: &url, kind, body, links: &[body], source_map: None, known: &known };
    let found = read(&text);
    assert!(found.addresses.len() <= 2000);
    assert!(found.addresses.iter().all(|address| matches!(address.url.scheme(), "http" | "https")));
    assert_eq!(found.addresses, read(&text).addresses);
    let _ = is_of_kind(kind, body);
});
