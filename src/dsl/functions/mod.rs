//! The functions of the language.
//!
//! A function is known by its name with underscores and by the same name without; each family of functions is one file and
//! one list. What would need the network, a file or another service is refused by name when an expression is parsed.
//! Invariant: a function pays for what it reads before it runs, and checks the length of what it makes before it makes it.
//! Must never import a folder above `expr`, and never do IO.

mod addresses;
mod call;
mod compress;
mod conditions;
mod crypt;
mod encodings;
mod hashes;
mod html;
mod java;
mod json;
mod lists;
mod numbers;
mod random;
mod texts;
mod time;
mod versions;

use std::collections::HashMap;
use std::sync::LazyLock;

use super::datum::Datum;
use super::error::EvalError;

pub(super) use call::{Call, computed_regex};

/// A function.
pub struct Function {
    /// Its name, with underscores.
    pub name: &'static str,
    /// The argument that is a regex.
    pub(super) regex_at: Option<usize>,
    pub(super) run: fn(&mut Call<'_, '_>) -> Result<Datum, EvalError>,
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Function({})", self.name)
    }
}

const fn function(name: &'static str, run: fn(&mut Call<'_, '_>) -> Result<Datum, EvalError>) -> Function {
    Function { name, regex_at: None, run }
}

const fn regex_function(
    name: &'static str,
    regex_at: usize,
    run: fn(&mut Call<'_, '_>) -> Result<Datum, EvalError>,
) -> Function {
    Function { name, regex_at: Some(regex_at), run }
}

const FAMILIES: [&[Function]; 15] = [
    conditions::FUNCTIONS,
    texts::FUNCTIONS,
    lists::FUNCTIONS,
    encodings::FUNCTIONS,
    hashes::FUNCTIONS,
    crypt::FUNCTIONS,
    numbers::FUNCTIONS,
    time::FUNCTIONS,
    versions::FUNCTIONS,
    compress::FUNCTIONS,
    html::FUNCTIONS,
    json::FUNCTIONS,
    addresses::FUNCTIONS,
    java::FUNCTIONS,
    random::FUNCTIONS,
];

/// Functions of the language that need what an expression must not reach, or what nobody asks for.
const REFUSED: [&str; 8] = [
    "cookie_unsign",
    "generate_dotnet_gadget",
    "llm_prompt",
    "print_debug",
    "public_ip",
    "resolve",
    "rsa_encrypt",
    "wappalyzer",
];

/// What a name of the language stands for.
#[derive(Clone, Copy)]
pub(super) enum Known {
    Offered(&'static Function),
    Refused,
}

static KNOWN: LazyLock<HashMap<String, Known>> = LazyLock::new(|| {
    let offered = all().map(|function| (function.name, Known::Offered(function)));
    let refused = REFUSED.iter().map(|name| (*name, Known::Refused));
    offered
        .chain(refused)
        .flat_map(|(name, known)| [(name.to_owned(), known), (name.replace('_', ""), known)])
        .collect()
});

/// Every function that is offered.
pub fn all() -> impl Iterator<Item = &'static Function> {
    FAMILIES.iter().flat_map(|family| family.iter())
}

/// What that name stands for, in either spelling.
pub(super) fn known(name: &str) -> Option<Known> {
    KNOWN.get(name).copied()
}

/// Whether a text mentions a function, be it in passing.
pub(super) fn mentioned(text: &str) -> bool {
    KNOWN.keys().any(|name| text.contains(name.as_str()))
}
