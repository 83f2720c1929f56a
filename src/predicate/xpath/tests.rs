//! Queries as rules write them.

use super::*;

const PAGE: &str = "<html><head><title>Meduza Stealer</title></head><body><div><form><input name=a value=1>\
    <input name=\"authenticity_token\" value=\"t&amp;k\"></form></div><div><script src='//cdn/x.js'></script>\
    <script src='//cdn/y.js' integrity='SHA384-abc'></script><a href='/one'>One <b>two</b></a><img src='/i'></div></body></html>";

fn texts(query: &str, text: &str) -> Vec<String> {
    let document = Document::read(text);
    let query = Query::parse(query).unwrap_or_else(|| panic!("{query} is a query"));
    query.select(&document).iter().map(Node::text).collect()
}

#[test]
fn paths_predicates_and_attributes() {
    assert_eq!(texts("/html/head/title", PAGE), ["Meduza Stealer"]);
    assert_eq!(texts("/html/head/title[contains(text(), 'Meduza')]", PAGE), ["Meduza Stealer"]);
    assert_eq!(texts("//input[@name=\"authenticity_token\"]/@value", PAGE), ["t&k"]);
    assert_eq!(texts("/html/body/div[1]/form/input[2]/@value", PAGE), ["t&k"]);
    assert_eq!(texts("/html/body/div[2]/a", PAGE), ["One two"]);
    assert_eq!(texts("//*/@href|//*/@src", PAGE), ["//cdn/x.js", "//cdn/y.js", "/one", "/i"]);
    assert_eq!(texts("//input[last()]/@name", PAGE), ["authenticity_token"]);
    assert_eq!(texts("//b/..", PAGE), ["One two"]);
    assert_eq!(texts("//div[count(script)=2]/script[position()>1]/@src", PAGE), ["//cdn/y.js"]);
    assert!(texts("/html/body/p", PAGE).is_empty());
    let long = "//script[contains(@src, '//') and (not(@integrity) or not(matches(translate(@integrity, \
                'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'), '^sha(256|384|512)-')))]/@src";
    assert_eq!(texts(long, PAGE), ["//cdn/x.js"]);
}

#[test]
fn xml_is_read_as_xml() {
    let text = "<?xml version=\"1.0\"?><!DOCTYPE c [<!ENTITY x 'y'>]><!-- c --><config><db a='1&lt;2'><host><![CDATA[lo<cal]]></host>\
                <Port>&#51;3</Port><e/></db></config>";
    assert_eq!(texts("/config/db/host", text), ["lo<cal"]);
    assert_eq!(texts("/config/db/Port", text), ["33"]);
    assert_eq!(texts("//db/@a", text), ["1<2"]);
    assert_eq!(texts("//e", text), [""]);
}

#[test]
fn what_is_no_query_is_refused_and_hostile_ones_end() {
    for text in ["", "/html[", "//a[unknown", "a b", "//a[(((((((((((((((((((((((((((((((((((((1"] {
        assert!(Query::parse(text).is_none(), "{text}");
    }
    let deep = "<a>".repeat(20_000);
    assert!(texts("//*[//*[//*[//*]]]", &deep).is_empty());
    let deep = format!("<?xml?>{deep}");
    assert!(texts("//a[//a[//a[//a]]]", &deep).len() <= 512);
    for broken in
        ["<?xml", "<?xml?><a b", "<?xml?><a b='", "<?xml?></x>", "<?xml?><!", "<?xml?><![CDATA[", "<?xml?><!--"]
    {
        assert!(texts("//nothing", broken).is_empty());
    }
}
