//! Templates and expressions: parsing, printing and evaluating any text never panics and stays within its fuel.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use outsight::base::{Limits, Timestamp, Value};
use outsight::expr::{Env, Expr, Lookup, Names, Template};

struct Anything;

impl Names for Anything {
    fn lookup(&self, path: &[Arc<str>]) -> Lookup {
        match path.len() {
            1 => Lookup::Value(Value::text(path[0].as_bytes())),
            2 => Lookup::Value(Value::list([Value::from(7), Value::from("x")])),
            _ => Lookup::Missing,
        }
    }
}

fuzz_target!(|text: &str| {
    let limits = Limits { expr_steps: 20_000, expr_text: 1 << 16, expr_depth: 32, ..Limits::default() };
    // Printing puts parentheses where the text had none, and each pair is a level.
    let roomy = Limits { expr_depth: 128, ..limits.clone() };
    let env = Env { names: &Anything, now: Timestamp::UNIX_EPOCH, seed: "k3v9q2x7", limits: &limits };
    if let Ok(expr) = Expr::parse(text, &limits) {
        let printed = expr.to_string();
        let again = Expr::parse(&printed, &roomy).expect("what is printed can be read");
        assert_eq!(again.to_string(), printed);
        let _ = expr.eval(&env);
    }
    if let Ok(template) = Template::parse(text, &limits) {
        let rendered = template.render(&env);
        if !text.contains("{{") {
            assert_eq!(rendered.ok().as_deref(), Some(text.as_bytes()));
        }
    }
});
