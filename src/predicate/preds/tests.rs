//! What predicates tell of whole, missing and cut-off values.

use proptest::prelude::*;

use crate::base::{Truth, Unknown, Value};
use crate::predicate::tests::{World, cut, regex, response, texts};
use crate::predicate::{
    Extent, Found, NumberBound, Operands, PREDICATES, Pred, TimeBound, TimeOperand, VersionRange, lookup,
};

fn told(pred: &Pred, found: &Found) -> &'static str {
    let world = World::answered(response(&[("Etag", "x")], ""));
    match pred.test(found, &world.scope()) {
        Truth::True => "true",
        Truth::False => "false",
        Truth::Unknown(_) => "unknown",
    }
}

/// Of a whole text, and of the same text that goes on.
fn of_text(pred: &Pred, text: &str) -> (&'static str, &'static str) {
    let open = Found::to_extent(vec![text.into()], Extent::Open);
    (told(pred, &Found::one(text)), told(pred, &open))
}

fn contains(any: &[&str], times: u32) -> Pred {
    Pred::Contains { operands: texts(any), times }
}

fn matches(source: &str, times: u32) -> Pred {
    Pred::Matches { patterns: vec![regex(source)], times }
}

fn folded(any: &[&str]) -> Operands {
    Operands { ignore_case: true, ..texts(any) }
}

#[test]
fn texts_whole_and_cut_off() {
    let version = |range: &str| Pred::Version(vec![VersionRange::parse(range).expect("valid")]);
    for (pred, text, expected) in [
        (Pred::Equals(texts(&["abc"])), "abc", ("true", "unknown")),
        (Pred::Equals(texts(&["abc"])), "ab", ("false", "unknown")),
        (Pred::Equals(texts(&["abc"])), "abd", ("false", "false")),
        (Pred::Equals(texts(&["abc", "{{headers.etag}}"])), "x", ("true", "unknown")),
        (Pred::Equals(folded(&["aBc"])), "AbC", ("true", "unknown")),
        (contains(&["b", "z"], 1), "abc", ("true", "true")),
        (contains(&["z"], 1), "abc", ("false", "unknown")),
        (contains(&["aa"], 2), "aaa", ("false", "unknown")),
        (contains(&["aa"], 2), "aaaa", ("true", "true")),
        (contains(&[""], 1), "", ("true", "true")),
        (Pred::Contains { operands: folded(&["BC"]), times: 2 }, "abcBcb", ("true", "true")),
        (Pred::ContainsAll(texts(&["a", "c"])), "abc", ("true", "true")),
        (Pred::ContainsAll(texts(&["a", "z"])), "abc", ("false", "unknown")),
        (Pred::StartsWith(texts(&["ab"])), "abc", ("true", "true")),
        (Pred::StartsWith(texts(&["abcd"])), "abc", ("false", "unknown")),
        (Pred::StartsWith(texts(&["b"])), "abc", ("false", "false")),
        (Pred::StartsWithBytes(vec![vec![0x61, 0x62]]), "abc", ("true", "true")),
        (Pred::EndsWith(texts(&["bc"])), "abc", ("true", "unknown")),
        (Pred::EndsWith(texts(&["abcd"])), "abc", ("false", "unknown")),
        (Pred::HasToken(texts(&["no-store"])), "private, No-Store ,x", ("true", "true")),
        (Pred::HasToken(texts(&["no-store"])), "private,no-store", ("true", "unknown")),
        (Pred::HasToken(texts(&["store"])), "no-store", ("false", "unknown")),
        (matches("b", 1), "abc", ("true", "true")),
        (matches("c$", 1), "abc", ("true", "unknown")),
        (matches(r"\bc\b", 1), "abc c", ("true", "unknown")),
        (matches("z", 1), "abc", ("false", "unknown")),
        (matches("[a-z]+", 2), "ab cd", ("true", "unknown")),
        (matches("[a-z]{2}", 2), "abcd12345", ("true", "true")),
        (matches(r"at [\w.]+", 2), "at a.b\nat c.d\nat e", ("true", "true")),
        (matches("a(?s:.*b)?", 2), "aa", ("true", "unknown")),
        (version(">=1.2 <1.5"), "1.4.9", ("true", "unknown")),
        (Pred::Entropy(NumberBound { at_least: Some(2.0), ..NumberBound::default() }), "abcd", ("true", "unknown")),
        (Pred::Checksum("luhn"), "4111 1111-11111111", ("true", "unknown")),
        (Pred::Not(Box::new(contains(&["a"], 1))), "abc", ("false", "false")),
        (Pred::Not(Box::new(contains(&["z"], 1))), "abc", ("true", "unknown")),
        (Pred::OrMissing(Box::new(contains(&["z"], 1))), "abc", ("false", "unknown")),
        (Pred::Exists(true), "", ("true", "true")),
        (Pred::Exists(false), "", ("false", "false")),
        (Pred::AnyOf(vec![contains(&["z"], 1), contains(&["a"], 1)]), "abc", ("true", "true")),
        (Pred::All(vec![contains(&["a"], 1), Pred::StartsWith(texts(&["b"]))]), "abc", ("false", "false")),
        (Pred::Equals(texts(&["{{headers.absent}}"])), "abc", ("unknown", "unknown")),
    ] {
        assert_eq!(of_text(&pred, text), expected, "{} of {text:?}", pred.display());
    }
}

#[test]
fn numbers_words_and_times() {
    let bound = |at_least, less_than| Pred::Number(NumberBound { at_least, less_than, ..NumberBound::default() });
    let at = |text: &str| TimeOperand::At(text.parse().expect("valid"));
    for (pred, value, expected) in [
        (Pred::Equals(texts(&["200"])), Value::Int(200), ("true", "unknown")),
        (Pred::Equals(texts(&["200.0"])), Value::Int(200), ("true", "unknown")),
        (Pred::Equals(texts(&["100"])), Value::Int(200), ("false", "false")),
        (Pred::Equals(texts(&["x"])), Value::Int(200), ("false", "false")),
        (Pred::Equals(texts(&["true"])), Value::Bool(true), ("true", "unknown")),
        (Pred::StatusClass(2), Value::Int(204), ("true", "true")),
        (Pred::StatusClass(4), Value::Int(204), ("false", "false")),
        (bound(Some(10.0), None), Value::Int(10), ("true", "true")),
        (bound(Some(11.0), None), Value::Int(10), ("false", "unknown")),
        (bound(None, Some(10.0)), Value::Int(10), ("false", "false")),
        (bound(None, Some(11.0)), Value::Int(10), ("true", "unknown")),
        (bound(Some(5.0), Some(11.0)), Value::Int(10), ("true", "unknown")),
        (bound(Some(5.0), None), "7".into(), ("true", "unknown")),
        (bound(Some(5.0), None), "7px".into(), ("false", "unknown")),
        (Pred::Time(TimeBound::Before(TimeOperand::Now(0))), "2025-12-31".into(), ("true", "unknown")),
        (
            Pred::Time(TimeBound::After(TimeOperand::Now(86_400))),
            "Fri, 02 Jan 2026 00:00:01 GMT".into(),
            ("true", "unknown"),
        ),
        (Pred::Time(TimeBound::After(at("2026-01-02T00:00:00Z"))), "no date".into(), ("false", "unknown")),
        (contains(&["b"], 1), Value::list(["a".into(), "b".into()]), ("true", "true")),
        (Pred::Exists(true), Value::list([]), ("true", "true")),
        (contains(&["b"], 1), Value::list([]), ("false", "unknown")),
    ] {
        let open = Found::to_extent(vec![value.clone()], Extent::Open);
        assert_eq!((told(&pred, &Found::one(value)), told(&pred, &open)), expected, "{}", pred.display());
    }
}

#[test]
fn missing_values_fail_all_but_two() {
    let some = contains(&["a"], 1);
    for (pred, missing, unseen) in [
        (some.clone(), "false", "unknown"),
        (Pred::Exists(true), "false", "unknown"),
        (Pred::Exists(false), "true", "unknown"),
        (Pred::Not(Box::new(some.clone())), "false", "unknown"),
        (Pred::OrMissing(Box::new(some.clone())), "true", "unknown"),
        (Pred::All(vec![Pred::Exists(false), some.clone()]), "false", "false"),
        (Pred::OrMissing(Box::new(Pred::Exists(true))), "true", "true"),
        (Pred::All(Vec::new()), "true", "true"),
    ] {
        assert_eq!(told(&pred, &Found::missing()), missing, "{}", pred.display());
        assert_eq!(told(&pred, &Found::to_extent(Vec::new(), Extent::More)), unseen, "{}", pred.display());
        assert_eq!(told(&pred, &Found::Unknown(Unknown::Failed)), "unknown");
    }
    let seen = Found::to_extent(vec!["b".into()], Extent::More);
    assert_eq!((told(&Pred::Exists(false), &seen), told(&Pred::Exists(true), &seen)), ("false", "true"));
}

#[test]
fn of_several_values_some_one_satisfies_the_whole_map() {
    let found = Found::many(vec!["ab".into(), "cd".into()]);
    let both = |a: &[&str], b: &[&str]| Pred::All(vec![contains(a, 1), contains(b, 1)]);
    assert_eq!(told(&both(&["a"], &["b"]), &found), "true");
    assert_eq!(told(&both(&["a"], &["d"]), &found), "false");
    assert_eq!(told(&Pred::Not(Box::new(contains(&["a"], 1))), &found), "true");
}

#[test]
fn versions_and_their_suffixes() {
    for (text, range, expected) in [
        ("1.18.0", ">=0.6.18 <1.20.1", "true"),
        ("1.20.1", ">=0.6.18 <1.20.1", "false"),
        ("v1.20", "=1.20.0", "true"),
        ("1.20.0-ubuntu4", "=1.20", "true"),
        ("9.2p1", ">=9.2 <9.3", "true"),
        ("2.4.49 (Unix)", "<=2.4.49", "true"),
        ("2.0.0-rc1", ">=2.0.0", "false"),
        ("2.0.0-rc1", "<2.0.0", "true"),
        ("10.0", ">9", "true"),
        ("1..2", ">0", "false"),
        ("nginx", ">0", "false"),
        ("99999999999999999999", ">0", "false"),
    ] {
        let pred = Pred::Version(vec![VersionRange::parse(range).expect("valid")]);
        assert_eq!(told(&pred, &Found::one(text)), expected, "{text} {range}");
    }
    for wrong in ["", "1.2", ">=", ">=1.x", "~1.2", ">=1.2 or <3"] {
        assert!(VersionRange::parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn dates_of_every_form() {
    let all = [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "1994-11-06T08:49:37Z",
        "1994-11-06T09:49:37+01:00",
        "1994-11-06T08:49:37",
        "941106084937Z",
        "19941106084937Z",
    ];
    for text in all {
        let at = crate::predicate::parse_time(text.as_bytes());
        assert_eq!(at.map(|at| at.as_second()), Some(784_111_777), "{text}");
    }
    assert_eq!(crate::predicate::parse_time(b"1994-11-06").map(|at| at.as_second()), Some(784_080_000));
    for wrong in ["", "yesterday", "0", "31 Feb 2020 00:00:00", "99999999999999Z", "Nov 1994"] {
        assert_eq!(crate::predicate::parse_time(wrong.as_bytes()), None, "{wrong}");
    }
}

#[test]
fn check_digits() {
    let github = |crc: &str| ["ghp", "_", &"a".repeat(30), crc].concat();
    let right = super::checksum::CHECKSUMS.iter().map(|spec| spec.name).collect::<Vec<_>>();
    assert_eq!(right, ["luhn", "iban", "crc32-base62", "crc32-le-hex", "bech32"]);
    for (name, text, expected) in [
        ("luhn", "79927398713".to_owned(), "true"),
        ("luhn", "79927398710".to_owned(), "false"),
        ("luhn", "7992x".to_owned(), "false"),
        ("iban", "GB82 WEST 1234 5698 7654 32".to_owned(), "true"),
        ("iban", "GB82WEST12345698765431".to_owned(), "false"),
        ("iban", "1234".to_owned(), "false"),
        ("bech32", "A12UEL5L".to_owned(), "true"),
        ("bech32", "a1lqfn3a".to_owned(), "true"),
        ("bech32", "A12UEL5l".to_owned(), "false"),
        ("bech32", "a12uel5m".to_owned(), "false"),
        ("crc32-base62", github(&crc_digits(&"a".repeat(30))), "true"),
        ("crc32-base62", github("000000"), "false"),
        ("crc32-base62", String::new(), "false"),
        ("crc32-le-hex", ["kind_secret", "_", &low_byte_first("kind_secret")].concat(), "true"),
        ("crc32-le-hex", ["kind_secres", "_", &low_byte_first("kind_secret")].concat(), "false"),
        ("crc32-le-hex", "nothing".to_owned(), "false"),
    ] {
        assert_eq!(told(&Pred::Checksum(name), &Found::one(text.as_str())), expected, "{name} {text}");
    }
}

/// The CRC-32 in hexadecimal digits, two by two from the end.
fn low_byte_first(text: &str) -> String {
    let crc = format!("{:08x}", crc32fast::hash(text.as_bytes()));
    [6, 4, 2, 0].map(|at| &crc[at..at + 2]).concat()
}

/// The check digits by another way of reckoning: long division of the number as text.
fn crc_digits(text: &str) -> String {
    let digits: Vec<char> = ('0'..='9').chain('A'..='Z').chain('a'..='z').collect();
    let crc = u64::from(crc32fast::hash(text.as_bytes()));
    (0..6).rev().map(|place| digits[(crc / 62_u64.pow(place) % 62) as usize]).collect()
}

#[test]
fn spots_are_the_decisive_bytes() {
    let world = World::new();
    let spots = |pred: &Pred, text: &str| {
        pred.spots(&text.into(), &world.scope()).iter().map(|at| (at.start, at.end)).collect::<Vec<_>>()
    };
    assert_eq!(spots(&contains(&["z", "b"], 2), "abcb"), [(1, 2), (3, 4)]);
    assert_eq!(spots(&Pred::HasToken(texts(&["B"])), "a, b"), [(3, 4)]);
    assert_eq!(spots(&Pred::EndsWith(texts(&["bc"])), "abc"), [(1, 3)]);
    assert_eq!(spots(&Pred::All(vec![contains(&["ab"], 1), contains(&["bc"], 1)]), "abc"), [(0, 3)]);
    assert!(spots(&Pred::Equals(texts(&["abc"])), "abd").is_empty());
    assert!(spots(&Pred::Not(Box::new(contains(&["z"], 1))), "abc").is_empty());
}

#[test]
fn necessary_literals_are_found() {
    let shown = |pred: &Pred| {
        pred.literals().map(|set| {
            let one = |literal: &super::Literal| {
                format!("{}{}", literal.bytes.escape_ascii(), if literal.ignore_case { "/i" } else { "" })
            };
            set.iter().map(one).collect::<Vec<_>>().join(" ")
        })
    };
    for (pred, expected) in [
        (contains(&["phpinfo()", "abc"], 1), Some("abc phpinfo()")),
        (contains(&["phpinfo()", "ab"], 1), None),
        (contains(&["{{nonce}}abc"], 1), None),
        (Pred::Contains { operands: folded(&["Stripe"]), times: 1 }, Some("stripe/i")),
        (Pred::Equals(texts(&["12345"])), None),
        (Pred::Not(Box::new(contains(&["abc"], 1))), None),
        (Pred::OrMissing(Box::new(contains(&["abc"], 1))), None),
        (Pred::All(vec![Pred::Exists(true), contains(&["abc"], 1)]), Some("abc")),
        (matches(r"(?m)^(?:KEY|TOKEN)=.+", 1), Some("KEY= TOKEN=")),
        (matches(r"[a-z]+\.java:\d+\)", 3), Some(".java:")),
        (matches(r"(?i)stack trace", 1), Some("stack trace/i")),
        (matches(r"(?i:ab)Cdef", 1), Some("abcdef/i")),
        (matches(r"[A-Z]\w+(?:Exception|Error)\b", 1), Some("Error Exception")),
        (matches(r"a|bcd", 1), None),
        (matches(r"(?:abc)?", 1), None),
        (matches(r"(abc)+x?", 1), Some("abc")),
    ] {
        assert_eq!(shown(&pred).as_deref(), expected, "{}", pred.display());
    }
}

#[test]
fn every_predicate_is_described() {
    let all: Vec<_> = PREDICATES.iter().copied().flatten().collect();
    for spec in &all {
        assert!(!spec.summary.is_empty() && !spec.summary.ends_with('.') && !spec.example.is_empty(), "{}", spec.name);
        assert_eq!(all.iter().filter(|other| other.name == spec.name).count(), 1);
    }
}

fn any_pred() -> impl Strategy<Value = Pred> {
    let word = proptest::sample::select(vec!["a", "ab", "b,a", "", "bab", "A", "a\nb", "c"]);
    let pattern = proptest::sample::select(vec![
        "a",
        "a+",
        "ab$",
        r"\bab",
        r"(?m)^a.*b$",
        "(?i)AB",
        "a(?s:.*)b",
        "[^a]",
        "(?:ab|b)+",
        r"b\b",
        "",
        "a.c",
    ]);
    let words = proptest::collection::vec(word, 1..3).prop_map(|words| texts(&words));
    let leaf = prop_oneof![
        words.clone().prop_map(Pred::Equals),
        (words.clone(), 1..4_u32).prop_map(|(operands, times)| Pred::Contains { operands, times }),
        words.clone().prop_map(|o| Pred::Contains { operands: Operands { ignore_case: true, ..o }, times: 1 }),
        words.clone().prop_map(Pred::ContainsAll),
        words.clone().prop_map(Pred::StartsWith),
        words.clone().prop_map(Pred::EndsWith),
        words.prop_map(Pred::HasToken),
        (pattern, 1..4_u32).prop_map(|(source, times)| matches(source, times)),
        any::<bool>().prop_map(Pred::Exists),
        Just(Pred::Entropy(NumberBound { at_least: Some(1.0), ..NumberBound::default() })),
        Just(Pred::Number(NumberBound { less_than: Some(3.0), ..NumberBound::default() })),
        Just(Pred::Checksum("luhn")),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Pred::All),
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Pred::AnyOf),
            inner.clone().prop_map(|pred| Pred::Not(Box::new(pred))),
            inner.prop_map(|pred| Pred::OrMissing(Box::new(pred))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Wherever a body is cut, what is told of it is the truth of the whole, or unknown.
    #[test]
    fn a_cut_never_reverses_a_truth(pred in any_pred(), body in "[ab,Ac \n1]{0,12}", at in 0..12_usize) {
        let whole = response(&[("Content-Type", "text/plain")], body);
        let tell = |response, subject| {
            let world = World::answered(response);
            pred.test(&lookup(subject).expect(subject).resolve(&world.scope()), &world.scope())
        };
        for subject in ["body", "size", "class"] {
            let before = tell(cut(&whole, at), subject);
            let after = tell(whole.clone(), subject);
            prop_assert!(before == after || matches!(before, Truth::Unknown(_)), "{subject} {before:?} {after:?}");
        }
    }

    /// What a predicate is true of holds one of its literals.
    #[test]
    fn literals_are_necessary(pred in any_pred(), text in "[abAc,\n]{0,12}") {
        let world = World::new();
        let lower = text.to_ascii_lowercase();
        if let Some(literals) = pred.literals()
            && pred.test(&Found::one(text.as_str()), &world.scope()).is_true()
        {
            let occurs = |literal: &super::Literal| {
                let hay = if literal.ignore_case { lower.as_bytes() } else { text.as_bytes() };
                memchr::memmem::find(hay, &literal.bytes).is_some()
            };
            prop_assert!(literals.iter().any(occurs), "{literals:?}");
        }
    }

    /// Literals of generated regexes are necessary, too.
    #[test]
    fn literals_of_regexes_are_necessary(
        parts in proptest::collection::vec(
            proptest::sample::select(vec![
                "abc", "b[cd]", "(?:ab|cd)x", "[ab]{2,3}", "(?i:cab)", ".", "d?", "x+", "(?:abx|dca)", "(?:abc){0,2}", "C",
            ]),
            1..6,
        ),
        text in "[abcdxA-D]{0,16}",
    ) {
        let source = parts.concat();
        let pred = matches(&source, 1);
        let world = World::new();
        if let Some(literals) = pred.literals()
            && pred.test(&Found::one(text.as_str()), &world.scope()).is_true()
        {
            let lower = text.to_ascii_lowercase();
            let occurs = |literal: &super::Literal| {
                let hay = if literal.ignore_case { &lower } else { &text };
                memchr::memmem::find(hay.as_bytes(), &literal.bytes).is_some()
            };
            prop_assert!(literals.iter().any(occurs), "{source} {literals:?}");
        }
    }

    /// No bytes make a predicate panic, and spots are within them.
    #[test]
    fn any_bytes_will_do(pred in any_pred(), bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        let world = World::new();
        let value = Value::text(&bytes);
        let _ = pred.test(&Found::one(value.clone()), &world.scope());
        for spot in pred.spots(&value, &world.scope()) {
            prop_assert!(spot.start <= spot.end && spot.end <= bytes.len());
        }
        for spec in super::CHECKSUMS {
            let _ = Pred::Checksum(spec.name).test(&Found::one(value.clone()), &world.scope());
        }
        let _ = crate::predicate::parse_time(&bytes);
    }
}

#[test]
fn values_of_which_there_may_be_more_count_as_they_are() {
    let bound = |less_than| Pred::Number(NumberBound { less_than: Some(less_than), ..NumberBound::default() });
    for (extent, short, long) in [(Extent::Further, "true", "unknown"), (Extent::More, "unknown", "unknown")] {
        let found = Found::to_extent(vec![Value::Int(512)], extent);
        assert_eq!((told(&bound(1024.0), &found), told(&bound(512.0), &found)), (short, long), "{extent:?}");
    }
}
