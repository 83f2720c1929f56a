//! The expression language of sequences: parsing, rendering and evaluating any text never panics and stays within its fuel.
#![no_main]

use std::cell::Cell;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use outsight::base::{Limits, Timestamp, Value};
use outsight::dsl::{Env, Expr, Random, Regex, Text, Vars};

struct Anything;

impl Vars for Anything {
    fn get(&self, name: &str) -> Option<Value> {
        match name.len() % 4 {
            0 => None,
            1 => Some(Value::Int(7)),
            2 => Some(Value::text(name.as_bytes())),
            _ => Some(Value::list([Value::from("x"), Value::from("\u{fffd}{{y}}")])),
        }
    }
}

fuzz_target!(|source: &str| {
    let limits = Limits { expr_steps: 20_000, expr_text: 1 << 16, expr_depth: 32, ..Limits::default() };
    let (random, pause) = (Random::new(b"seed"), Cell::new(Duration::ZERO));
    let env = Env { vars: &Anything, now: Timestamp::UNIX_EPOCH, random: &random, limits: &limits, pause: &pause };
    if let Ok(expr) = Expr::parse(source, &limits) {
        let _ = (expr.names(), expr.functions());
        let _ = expr.eval_shown(&env);
    }
    if let Ok(text) = Text::parse(source, &limits) {
        let _ = (text.names(), text.functions());
        let rendered = text.render(&env);
        assert!(rendered.bytes.len() <= source.len() + limits.expr_text);
        if text.is_literal() {
            assert_eq!(&rendered.bytes[..], source.as_bytes());
        }
    }
    if source.len() < 256 {
        if let Ok(regex) = Regex::parse(source, &limits) {
            let _ = regex.literals();
            let _ = regex.get().map(|regex| regex.is_match(source.as_bytes()));
        }
    }
});
