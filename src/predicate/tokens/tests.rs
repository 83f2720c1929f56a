//! Tests of decoders and their maps.

use proptest::prelude::*;

use super::decode::{self, Decoder};
use super::map::Written;
use super::source_map::Layout;

fn decoded(decoder: Decoder, text: &[u8]) -> Written {
    let mut out = Written::default();
    decoder(text, 0..text.len(), &mut out);
    out
}

/// Every byte of the decoded text comes from bytes of the original, in order, and none from outside.
fn is_sound(original: &[u8], out: &Written) {
    let mut last = 0;
    for at in 0..out.text.len() {
        let back = out.map.back(at..at + 1);
        assert!(back.start >= last && back.start <= back.end && back.end <= original.len(), "{at} {back:?}");
        last = back.start;
    }
    let whole = out.map.back(0..out.text.len());
    assert!(whole.end <= original.len());
}

const DECODERS: [Decoder; 4] = [decode::escapes, decode::references, decode::percent, decode::base64];

proptest! {
    #[test]
    fn maps_are_monotone_and_inside(text in r#"(?:\\|\\u00|\\ud83d\\ude00|&quot;|&#x2f;|%2|%22|[a-zA-Z0-9"'/;&%\\]|[A-Za-z0-9+/]{40,60}|é){0,40}"#) {
        for decoder in DECODERS {
            let out = decoded(decoder, text.as_bytes());
            is_sound(text.as_bytes(), &out);
        }
    }

    #[test]
    fn any_bytes_do(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        for decoder in DECODERS {
            is_sound(&bytes, &decoded(decoder, &bytes));
        }
        if let Some(layout) = Layout::of(&bytes) {
            prop_assert!(layout.texts.iter().chain(&layout.mappings).all(|range| range.end <= bytes.len()));
        }
    }

    #[test]
    fn what_was_encoded_is_decoded(text in r#"[ -~\n\té]{0,80}"#) {
        let json = serde_json::to_string(&text).expect("text");
        prop_assert_eq!(decoded(decode::escapes, &json.as_bytes()[1..json.len() - 1]).text, text.as_bytes());
        let html = text.replace('&', "&amp;").replace('"', "&quot;").replace('\'', "&#39;").replace('<', "&#x3C;");
        prop_assert_eq!(decoded(decode::references, html.as_bytes()).text, text.as_bytes());
        let ascii: String = text.chars().filter(char::is_ascii).collect();
        let percent = percent_encoding::percent_encode(ascii.as_bytes(), percent_encoding::NON_ALPHANUMERIC).to_string();
        prop_assert_eq!(decoded(decode::percent, percent.as_bytes()).text, ascii.as_bytes());
    }

    #[test]
    fn text_in_base64_is_found_wherever_it_stands(text in r#"[ -~]{31,200}"#, before in r#"[ "'(,;]{0,90}"#) {
        for encoding in [data_encoding::BASE64, data_encoding::BASE64URL_NOPAD] {
            let encoded = encoding.encode(text.as_bytes());
            let body = format!("{before}{encoded}\"");
            prop_assert_eq!(decoded(decode::base64, body.as_bytes()).text, text.as_bytes());
        }
    }
}

#[test]
fn a_source_map_is_stepped_over_whatever_it_holds() {
    for text in [
        "{\"mappings\":\"",
        "{\"mappings\"",
        "{\"a\":{\"b\":[1,{\"c\":\"\\\"\"}]},\"mappings\":\"AA\"}",
        "{\"sources\":[}\"mappings\"",
        "{\"version\":3,\"mappings\":\"A\",\"sourcesContent\":[:,]}",
        &format!("{{\"map\":{}\"mappings\"", "{\"map\":".repeat(100_000)),
        &format!("{{\"sections\":{}\"mappings\"", "[{\"sections\":".repeat(100_000)),
    ] {
        let _ = Layout::of(text.as_bytes());
    }
    let layout =
        Layout::of(b"{\"version\": 3,\"a\":{\"b\":[1,{\"c\":\"\\\"\"}]},\"mappings\":\"AA\",\"n\":1}").expect("a map");
    assert_eq!(layout.mappings.iter().map(|range| range.start).collect::<Vec<_>>(), [51]);
    let many = format!("{{\"version\":3,\"mappings\":\"A\",\"sourcesContent\":[{}1]}}", "0,".repeat(100_000));
    assert_eq!(Layout::of(many.as_bytes()).expect("a map").texts.len(), 20_000);
}

#[test]
fn what_only_resembles_a_source_map_is_read_like_any_file() {
    assert!(Layout::of(b"{\"mappings\":\"AAAA\"}").is_none());
    assert!(Layout::of(b"{\"version\":3,\"mappings\":\"a_secret-key\"}").is_none());
    assert!(Layout::of(b"{\"version\":\"3\",\"mappings\":\"AAAA;BBBB\"}").is_some());
}

#[test]
fn lines_of_sources_are_counted_the_same_from_anywhere() {
    let source: String = (0..9000).map(|nth| format!("line {nth} \\\\\\n")).collect();
    let file = format!("{{\"version\":3,\"mappings\":\"A\",\"sourcesContent\":[\"x\\ny\",\"{source}\"]}}");
    let layout = Layout::of(file.as_bytes()).expect("a map");
    for nth in [0, 1, 700, 4321, 8999] {
        let at = file.find(&format!("line {nth} ")).expect("it is there");
        assert_eq!(layout.line(file.as_bytes(), 1, at), nth + 1);
    }
    assert_eq!(layout.line(file.as_bytes(), 0, file.find('y').expect("it is there")), 2);
}

#[test]
fn what_stands_in_the_next_cell_follows_a_colon() {
    let text = |html: &str| String::from_utf8(decoded(decode::references, html.as_bytes()).text).expect("text");
    assert_eq!(text("<td>NAME</td>\n <td class=\"code\"><pre>&#x27;v&#x27;</pre></td>"), "<td>NAME:'v'</pre></td>");
    assert_eq!(text("<dt>NAME</dt><dd>v</dd>"), "<dt>NAME:v</dd>");
    assert_eq!(text("<TH>NAME</TH><TD>v"), "<TH>NAME:v");
    for other in
        ["<td>a</td></tr><tr><td>b", "<td>a</td><td></td><td", "</td", "</td>x<td>b", "<td>a</td ><", "a</tdb<td"]
    {
        assert_eq!(text(other), other);
    }
}
