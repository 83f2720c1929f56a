//! Flows, good and refused.

use proptest::prelude::*;

use super::*;
use crate::rule::sequence::Given;

fn world<'w>(gives: &'w dyn Fn(&str) -> bool, ids: &'w [Option<Arc<str>>]) -> World<'w> {
    let http = ids.iter().enumerate().map(|(at, id)| Named { protocol: "http", number: at + 1, id: id.as_ref() });
    World { blocks: http.collect(), gives }
}

fn order(text: &str) -> Result<(Flow, Vec<String>), Script> {
    let ids: Vec<Option<Arc<str>>> = vec![None, Some("two".into()), None];
    parse(text, &world(&|name| name == "known", &ids))
}

fn good(text: &str) -> Flow {
    let Ok((flow, missing)) = order(text) else { panic!("{text} is refused") };
    assert!(missing.is_empty(), "{text}");
    flow
}

#[test]
fn expressions_become_orders() {
    let block = Flow::Block;
    assert_eq!(good("http(1) && http(2)"), Flow::And(vec![block(0), block(1)]));
    assert_eq!(
        good("http(1)\n  && http('two')\n|| http(3);"),
        Flow::Or(vec![Flow::And(vec![block(0), block(1)]), block(2)])
    );
    assert_eq!(good("http(1)\nhttp(2)"), Flow::Then(vec![block(0), block(1)]));
    assert_eq!(good("/* all */ http() // of them"), Flow::Each(vec![block(0), block(1), block(2)]));
    assert_eq!(good("!(http(1, \"3\"))"), Flow::Not(Box::new(Flow::Each(vec![block(0), block(2)]))));
    assert_eq!(good(""), Flow::All);
    assert_eq!(order("http(9)"), Ok((Flow::Each(Vec::new()), vec!["http(9)".to_owned()])));
}

#[test]
fn conditions_and_short_loops_are_unfolded() {
    let block = Flow::Block;
    let inner = Flow::And(vec![block(1), block(2)]);
    assert_eq!(good("if (http(1)) {\nhttp(2) && http(3)\n}"), Flow::And(vec![block(0), inner]));
    let twice = Flow::Then(vec![block(1), block(1)]);
    let text = "if (http(1)) {\n for (let i = 0; i < 2; i++) {\n http(2);\n }}\n";
    assert_eq!(good(text), Flow::And(vec![block(0), twice]));
    let never = || Flow::Each(Vec::new());
    let absent = Flow::Not(Box::new(never()));
    let then = Flow::Then(vec![block(0), Flow::Not(Box::new(never()))]);
    let text = "if ( !template.hasOwnProperty('user') ) {\n http(1)\n} else {\n http(2)\n}\nhttp(3)";
    let choice = Flow::Or(vec![Flow::And(vec![absent, then]), block(1)]);
    assert_eq!(good(text), Flow::Then(vec![choice, block(2)]));
}

#[test]
fn values_are_set_and_looped_over() {
    let (block, name) = (Flow::Block, |name: &str| -> Arc<str> { name.into() });
    let text = "http(1)\nset(\"a\", iterate(template.b)[0])\nhttp(2)";
    let set = Flow::Set(name("a"), Given::OneOf(name("b"), 0));
    assert_eq!(good(text), Flow::Then(vec![block(0), set, block(1)]));
    let text = "if(http(1))\n{\nset('a',template.b[1])\nhttp(2)\n}";
    let set = Flow::Set(name("a"), Given::PartOf(name("b"), 1));
    assert_eq!(good(text), Flow::And(vec![block(0), Flow::Then(vec![set, block(1)])]));
    let text = "http(1)\nfor (let x of iterate(template.b)) {\n set('a', x)\n http(2)\n}";
    let round = Flow::Then(vec![Flow::Set(name("a"), Given::Item), block(1)]);
    assert_eq!(good(text), Flow::Then(vec![block(0), Flow::ForEach(name("b"), Box::new(round))]));
    assert_eq!(order("for (let x of template.a) { for (let y of template.b) { http(1) } }"), Err(Script));
    assert_eq!(order("set('a', x)"), Err(Script));
}

#[test]
fn programs_are_refused() {
    let deep = "(".repeat(100) + "http(1)" + &")".repeat(100);
    let loops = "for(let i=0;i<16;i++){".repeat(4) + "http(1)" + &"}".repeat(4);
    let long = "http(1);".repeat(10_000);
    for text in [
        "set('a', 1)",
        "http(1) ? http(2) : http(3)",
        "x = http(1)",
        "http(1) == true",
        "template.hasOwnProperty('known') && http(1)",
        "while (true) {}",
        "http(",
        "http(1) http(2)",
        "if (http(1)) { http(2)",
        "}",
        "http(`${x}`)",
        "dns(1)",
        "http(1) &&",
        "for (let i = 0; i < 1000000; i++) { http(1) }",
        &deep,
        &loops,
        &long,
    ] {
        assert_eq!(order(text), Err(Script), "{}", text.get(..60.min(text.len())).unwrap_or(""));
    }
}

proptest! {
    #[test]
    fn any_heap_of_words_is_read_or_refused(picks in proptest::collection::vec(0..WORDS.len(), 0..60)) {
        let text: String = picks.into_iter().map(|pick| WORDS[pick]).collect();
        drop(order(&text));
    }
}

const WORDS: &[&str] = &[
    "http",
    "(",
    ")",
    "1",
    "\"two\"",
    " ",
    "\n",
    ";",
    "&&",
    "||",
    "!",
    "if",
    "else",
    "for",
    "let ",
    "i",
    "=",
    "<",
    "++",
    "{",
    "}",
    ",",
    "template",
    ".",
    "hasOwnProperty",
    "'",
    "//",
    "/*",
    "é",
];
