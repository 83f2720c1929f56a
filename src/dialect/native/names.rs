//! The names that a rule and its folder give, and where each of them means something.
//!
//! Owns the table of names and the [`Place`] of a condition or template: what bare subjects speak of there, and which
//! names are known. Invariant: nothing is shadowed; a name means one thing in a rule. Must never import compile or any
//! later folder.

use std::sync::Arc;

use crate::base::{SourceFile, Span};
use crate::dialect::yaml::Node;
use crate::expr::{Known, Type};

use super::subjects::{self, Item};

/// Words that no name may be: subjects, operators and what is built in.
const RESERVED: [&str; 16] = [
    "all", "any", "not", "some", "every", "none", "count", "expr", "of", "else", "true", "false", "null", "nonce",
    "now", "item",
];

/// What a name stands for.
#[derive(Debug, Clone)]
pub(super) enum Thing<'a> {
    /// A request of the rule.
    Request(RequestName),
    /// A condition, as written.
    Define(Define<'a>),
    /// A value, or a collection of values.
    Value(ValueName),
    /// Something whose own error is reported, so that its uses need no further word.
    Broken,
}

/// A request as names see it.
#[derive(Debug, Clone)]
pub(super) struct RequestName {
    /// Its index in the rule.
    pub index: usize,
    /// Whether it has several answers.
    pub many: bool,
    /// The labels of its items, where they are written; `None` where they are found.
    pub labels: Option<Vec<Arc<str>>>,
    /// Names bound when it is sent.
    pub locals: Arc<[Local]>,
}

/// A defined condition.
#[derive(Debug, Clone)]
pub(super) struct Define<'a> {
    /// The condition as written.
    pub node: &'a Node,
    /// The file that it is written in.
    pub source: &'a SourceFile,
    /// Whether `shared.yaml` defines it.
    pub shared: bool,
    /// Whether it is used.
    pub used: bool,
    /// Whether it is being expanded.
    pub open: bool,
}

/// A value as names see it.
#[derive(Debug, Clone)]
pub(super) struct ValueName {
    /// What it is, or what its items are.
    pub item: Item,
    /// Whether it is a collection of such.
    pub many: bool,
    /// The request whose answer it is taken from; `usize::MAX` for the judged answer, `None` where it is known before.
    pub after: Option<usize>,
}

/// A name that a request binds for its own answers.
#[derive(Debug, Clone)]
pub(super) struct Local {
    /// The name.
    pub name: Arc<str>,
    /// What it is.
    pub item: Item,
}

/// A name with its thing and where it was given.
#[derive(Debug)]
pub(super) struct Named<'a> {
    /// The name, without `$`.
    pub name: Arc<str>,
    /// Where.
    pub span: Span,
    /// In which file.
    pub source: &'a SourceFile,
    /// What it stands for.
    pub thing: Thing<'a>,
}

/// What bare subjects speak of.
#[derive(Debug, Clone, Copy)]
pub(super) enum Bare<'p> {
    /// An answer.
    Answer,
    /// Nothing: no answer is in yet.
    Nothing,
    /// One of several answers: nobody can tell which.
    Many,
    /// An item of a collection.
    Item(&'p Item),
}

/// Where a condition or template stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'p> {
    /// What bare subjects speak of.
    pub bare: Bare<'p>,
    /// Names of the request at hand.
    pub locals: &'p [Local],
    /// Values of answers of requests from this index on are not in yet; `None`: all are.
    pub before: Option<usize>,
    /// How deep conditions nest here.
    pub depth: usize,
    /// Whether the request can be asked about before its answer: fixtures.
    pub fixture: bool,
    /// Whether the class of the answer is already asked for around here.
    pub classed: bool,
}

impl<'p> Place<'p> {
    /// A place where everything is in.
    pub(super) fn new(bare: Bare<'p>) -> Self {
        Self { bare, locals: &[], before: None, depth: 0, fixture: false, classed: false }
    }

    /// A place where the answers of requests from `index` on are not in.
    pub(super) fn before(index: usize, locals: &'p [Local]) -> Self {
        Self { locals, before: Some(index), ..Self::new(Bare::Nothing) }
    }

    /// The same place with another meaning of bare subjects.
    pub(super) fn with(self, bare: Bare<'p>) -> Self {
        Self { bare, ..self }
    }

    /// The same place, one level deeper.
    pub(super) fn deeper(self) -> Self {
        Self { depth: self.depth + 1, ..self }
    }

    /// Whether an answer is there to be asked.
    pub(super) fn has_answer(&self) -> bool {
        matches!(self.bare, Bare::Answer)
    }
}

/// The names of a rule.
#[derive(Debug, Default)]
pub(super) struct Names<'a> {
    all: Vec<Named<'a>>,
    /// Whether the rule applies to endpoints, so that `path` and `endpoint` are built in.
    pub endpoint: bool,
    /// Whether the rule has cases, so that `case` is built in.
    pub cases: bool,
}

impl<'a> Names<'a> {
    /// The thing of a name.
    pub(super) fn get(&self, name: &str) -> Option<&Named<'a>> {
        self.all.iter().find(|named| &*named.name == name)
    }

    /// The thing of a name, to mark it.
    pub(super) fn get_mut(&mut self, name: &str) -> Option<&mut Named<'a>> {
        self.all.iter_mut().find(|named| &*named.name == name)
    }

    /// Adds a name that is free.
    pub(super) fn push(&mut self, named: Named<'a>) {
        self.all.push(named);
    }

    /// The names of the requests.
    pub(super) fn requests(&self) -> impl Iterator<Item = &str> {
        self.all.iter().filter(|named| matches!(named.thing, Thing::Request(_))).map(|named| &*named.name)
    }

    /// The name of the first request.
    pub(super) fn first_request(&self) -> Option<&str> {
        self.requests().next()
    }

    /// All names.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Named<'a>> {
        self.all.iter()
    }

    /// Whether the language itself uses a word, so that it cannot be a name.
    pub(super) fn is_reserved(&self, name: &str) -> bool {
        RESERVED.contains(&name)
            || subjects::is_root(name) && (name != "endpoint" || self.endpoint)
            || (name == "path" && self.endpoint)
    }

    /// What templates and expressions can name at a place.
    pub(super) fn known<'n>(&'n self, place: &'n Place<'n>) -> impl Known + 'n {
        KnownNames { names: self, place }
    }
}

/// The names of a place as the expression language asks for them.
struct KnownNames<'n, 'a> {
    names: &'n Names<'a>,
    place: &'n Place<'n>,
}

impl KnownNames<'_, '_> {
    fn is_in(&self, value: &ValueName) -> bool {
        match (self.place.before, value.after) {
            (Some(before), Some(after)) => after < before,
            _ => true,
        }
    }
}

impl Known for KnownNames<'_, '_> {
    fn type_of(&self, path: &[Arc<str>]) -> Option<Type> {
        let (first, rest) = path.split_first()?;
        if let Bare::Item(item) = self.place.bare
            && let Some(ty) = item.expr_type(path)
            && self.names.get(first).is_none()
        {
            return Some(ty);
        }
        if let Some(local) = self.place.locals.iter().find(|local| local.name == *first) {
            return local.item.expr_type(rest);
        }
        if let Some(named) = self.names.get(first) {
            return match &named.thing {
                Thing::Value(value) if self.is_in(value) && value.many => rest.is_empty().then_some(Type::List),
                Thing::Value(value) if self.is_in(value) => value.item.expr_type(rest),
                Thing::Broken => Some(Type::Any),
                _ => None,
            };
        }
        match &**first {
            "nonce" => return rest.is_empty().then_some(Type::Text),
            "now" => return rest.is_empty().then_some(Type::Time),
            "path" if self.names.endpoint => return rest.is_empty().then_some(Type::Text),
            "case" if self.names.cases => return rest.is_empty().then_some(Type::Text),
            "request" if self.place.fixture => return Some(Type::Any),
            _ => {}
        }
        let found = subjects::expr_type(path)?;
        (self.place.has_answer() || !found.needs_answer).then_some(found.ty)
    }

    fn candidates(&self) -> Vec<String> {
        let locals = self.place.locals.iter().map(|local| local.name.to_string());
        let values = self.names.iter().filter_map(|named| match &named.thing {
            Thing::Value(value) if self.is_in(value) => Some(named.name.to_string()),
            _ => None,
        });
        let built_in = ["nonce", "now"].into_iter().map(str::to_owned);
        let endpoint = self.names.endpoint.then(|| "path".to_owned());
        let subjects = subjects::names(self.place.has_answer());
        locals.chain(values).chain(built_in).chain(endpoint).chain(subjects).collect()
    }
}
