//! Tests of structured fields: the cases of RFC 9651, and that every value survives its canonical text.

use proptest::prelude::*;

use super::*;

/// The canonical text of what a field holds; `-` where it is refused.
fn list(lines: &[&str]) -> String {
    let lines: Vec<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
    parse_list(&lines).map_or("-".to_owned(), |list| list.to_string())
}

fn dictionary(lines: &[&str]) -> String {
    let lines: Vec<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
    parse_dictionary(&lines).map_or("-".to_owned(), |dictionary| dictionary.to_string())
}

fn item(line: &str) -> String {
    parse_item(&[line.as_bytes()]).map_or("-".to_owned(), |item| item.to_string())
}

#[test]
fn items_of_every_type() {
    for (given, canonical) in [
        ("42", "42"),
        ("  -0  ", "0"),
        ("007", "7"),
        ("-999999999999999", "-999999999999999"),
        ("1234567890123456", "-"),
        ("4.50", "4.5"),
        ("-1.000", "-1.0"),
        ("-0.05", "-0.05"),
        ("123456789012.125", "123456789012.125"),
        ("1234567890123.1", "-"),
        ("1.1234", "-"),
        ("1.", "-"),
        (".5", "-"),
        ("-", "-"),
        ("--1", "-"),
        ("1 2", "-"),
        (r#""a \"b\" \\ c""#, r#""a \"b\" \\ c""#),
        (r#""a\c""#, "-"),
        ("\"a\tb\"", "-"),
        ("\"\u{e9}\"", "-"),
        ("\"open", "-"),
        ("'single'", "-"),
        ("foo123/456", "foo123/456"),
        ("*a:b", "*a:b"),
        ("A!#$%&'*+-.^_`|~:/z", "A!#$%&'*+-.^_`|~:/z"),
        ("a,b", "-"),
        (":cHJldGVuZA==:", ":cHJldGVuZA==:"),
        (":cHJldGVuZA:", ":cHJldGVuZA==:"),
        (":cHJldGVuZA=:", "-"),
        (":cHJldGVuZB==:", ":cHJldGVuZA==:"),
        (":aGk=:", ":aGk=:"),
        ("::", "::"),
        (":a:", "-"),
        (":a=b:", "-"),
        (":a_-b:", "-"),
        (":aGk=", "-"),
        ("?1", "?1"),
        ("?0", "?0"),
        ("?2", "-"),
        ("?", "-"),
        ("@1659578233", "@1659578233"),
        ("@-1", "@-1"),
        ("@1.5", "-"),
        ("@", "-"),
        (r#"%"This is %c3%bcber""#, r#"%"This is %c3%bcber""#),
        (r#"%"%e2%82%ac %22%25""#, r#"%"%e2%82%ac %22%25""#),
        (r#"%"%C3%BC""#, "-"),
        (r#"%"%c3""#, "-"),
        (r#"%"%c""#, "-"),
        (r#"%"%zz""#, "-"),
        ("%a", "-"),
        ("\t1", "-"),
        ("", "-"),
    ] {
        assert_eq!(item(given), canonical, "{given}");
    }
    assert_eq!(parse_item(&[b"1", b"2"]), None, "an item has one line");
    assert_eq!(parse_item(&[b"4.05"]).map(|item| item.value), Some(BareItem::Decimal(4050)));
    let bytes = parse_item(&[b":AAECAw==:"]).map(|item| item.value);
    assert_eq!(bytes, Some(BareItem::Bytes(vec![0, 1, 2, 3])));
    let text = parse_item(&[br#"%"%c3%bc""#]).map(|item| item.value);
    assert_eq!(text, Some(BareItem::Display("ü".into())));
}

#[test]
fn parameters_stand_once_and_the_last_value_counts() {
    for (given, canonical) in [
        ("a;b;c=1", "a;b;c=1"),
        ("a;  b=?1;c=?0", "a;b;c=?0"),
        ("a;b=1;c=2;b=3", "a;b=3;c=2"),
        ("a;*x.y-z_0=\"v\"", "a;*x.y-z_0=\"v\""),
        ("a ;b", "-"),
        ("a; =1", "-"),
        ("a;b =1", "-"),
        ("a;b= 1", "-"),
        ("a;B", "-"),
        ("a;", "-"),
        ("a;b=(1)", "-"),
    ] {
        assert_eq!(item(given), canonical, "{given}");
    }
    let found = parse_item(&[br#"same-origin; report-to="x""#]).expect("an item");
    assert_eq!(found.value.token(), Some("same-origin"));
    assert_eq!(found.parameter("report-to").and_then(BareItem::string), Some("x"));
    assert_eq!(found.parameter("nope"), None);
}

#[test]
fn lists_go_over_several_lines() {
    for (given, canonical) in [
        (&["a, b ,c\t,\td"][..], "a, b, c, d"),
        (&["a", "b;x, (1 2);y"], "a, b;x, (1 2);y"),
        (&["( )"], "()"),
        (&["(  \"a\"   b;c  )"], "(\"a\" b;c)"),
        (&[""], ""),
        (&["  "], ""),
        (&["a,"], "-"),
        (&[",a"], "-"),
        (&["a,,b"], "-"),
        (&["a b"], "-"),
        (&["a", ""], "-"),
        (&["(a"], "-"),
        (&["(a\tb)"], "-"),
        (&["(a\"b\")"], "-"),
        (&["((a))"], "-"),
        (&[")"], "-"),
        (&["\ta"], "-"),
        (&["a\t"], "a"),
    ] {
        assert_eq!(list(given), canonical, "{given:?}");
    }
    assert_eq!(list(&[]), "");
}

#[test]
fn dictionaries_keep_a_name_s_first_place_and_last_value() {
    for (given, canonical) in [
        (&["a=1, b;x=2 , c=(p q);r"][..], "a=1, b;x=2, c=(p q);r"),
        (&["a=?1;y, b=?0"], "a;y, b=?0"),
        (&["a=1, b=2", "a;z"], "a;z, b=2"),
        (&["*a=*"], "*a=*"),
        (&[""], ""),
        (&["a="], "-"),
        (&["a =1"], "-"),
        (&["a= 1"], "-"),
        (&["A=1"], "-"),
        (&["1=a"], "-"),
        (&["a=1,"], "-"),
        (&["a=1 b=2"], "-"),
        (&["a=1;b=2;c, d"], "a=1;b=2;c, d"),
    ] {
        assert_eq!(dictionary(given), canonical, "{given:?}");
    }
}

fn key() -> impl Strategy<Value = String> {
    "[a-z*][a-z0-9_.*-]{0,5}"
}

fn bare() -> impl Strategy<Value = BareItem> {
    const WHOLE: i64 = 999_999_999_999_999;
    prop_oneof![
        (-WHOLE..=WHOLE).prop_map(BareItem::Integer),
        (-WHOLE..=WHOLE).prop_map(BareItem::Decimal),
        "[ -~]{0,12}".prop_map(BareItem::String),
        "[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]{0,8}".prop_map(BareItem::Token),
        prop::collection::vec(any::<u8>(), 0..9).prop_map(BareItem::Bytes),
        any::<bool>().prop_map(BareItem::Boolean),
        (-WHOLE..=WHOLE).prop_map(BareItem::Date),
        any::<String>().prop_map(BareItem::Display),
    ]
}

fn parameters() -> impl Strategy<Value = Parameters> {
    prop::collection::btree_map(key(), bare(), 0..3).prop_map(|map| map.into_iter().collect())
}

fn any_item() -> impl Strategy<Value = Item> {
    (bare(), parameters()).prop_map(|(value, parameters)| Item { value, parameters })
}

fn member() -> impl Strategy<Value = Member> {
    prop_oneof![
        any_item().prop_map(Member::Item),
        (prop::collection::vec(any_item(), 0..4), parameters()).prop_map(|(items, own)| Member::Inner(items, own)),
    ]
}

proptest! {
    #[test]
    fn every_value_survives_its_text(
        one in any_item(),
        many in prop::collection::vec(member(), 0..5),
        named in prop::collection::btree_map(key(), member(), 0..5),
    ) {
        prop_assert_eq!(parse_item(&[one.to_string().as_bytes()]), Some(one));
        let many = List(many);
        prop_assert_eq!(parse_list(&[many.to_string().as_bytes()]), Some(many));
        let named = Dictionary(named.into_iter().collect());
        prop_assert_eq!(parse_dictionary(&[named.to_string().as_bytes()]), Some(named));
    }

    #[test]
    fn members_may_stand_on_lines_of_their_own(many in prop::collection::vec(member(), 1..5)) {
        let lines: Vec<String> = many.iter().map(Member::to_string).collect();
        let lines: Vec<&[u8]> = lines.iter().map(String::as_bytes).collect();
        prop_assert_eq!(parse_list(&lines), Some(List(many)));
    }

    #[test]
    fn what_parses_has_a_text_that_parses_to_the_same(
        given in r#"[ab*]?(["\\;=,()?@:%. \t01a-]|%"|a=|\(a b\)|:aGk=:|\?1){0,10}"#,
    ) {
        let bytes = given.as_bytes();
        if let Some(found) = parse_item(&[bytes]) {
            prop_assert_eq!(parse_item(&[found.to_string().as_bytes()]), Some(found));
        }
        if let Some(found) = parse_list(&[bytes]) {
            prop_assert_eq!(parse_list(&[found.to_string().as_bytes()]), Some(found));
        }
        if let Some(found) = parse_dictionary(&[bytes]) {
            prop_assert_eq!(parse_dictionary(&[found.to_string().as_bytes()]), Some(found));
        }
    }
}
