//! What can be asked about, as lowering sees it: subjects, collections and the items of collections, with their kinds.
//!
//! Takes dotted names, gives subjects of [`crate::predicate`] and what is known of their values. Invariant: whatever is
//! given here exists in the registries. Must never import compile or any later folder.

use std::sync::Arc;

use crate::expr::Type;
use crate::predicate::views::{Field, Shape};
use crate::predicate::{
    Base, Below, BytePattern, COLLECTIONS, Collection, CollectionSpec, ItemKind, Subject, TOKEN_SAYS, ValueKind,
    collection as collection_spec, field_at, lookup, names as subject_names, paths, source as source_spec,
    subject as subject_spec,
};

/// What is known of a value beforehand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    /// The kind of it; of a list that is no list of maps, the kind of its items.
    pub kind: ValueKind,
    /// The words it can hold, where the list is closed.
    pub words: &'static [&'static str],
    /// Whether an answer may have no such thing.
    pub optional: bool,
}

impl Known {
    fn of(kind: ValueKind) -> Self {
        Self { kind, words: &[], optional: false }
    }

    fn shaped(shape: &'static Shape) -> Self {
        match shape {
            Shape::List(inner) if !matches!(inner, Shape::Map(_) | Shape::Names(_)) => Self::shaped(inner),
            Shape::OneOf(words) => Self { words, ..Self::of(ValueKind::Word) },
            shape => Self::of(ValueKind::of(shape)),
        }
    }
}

/// What a predicate is asked of.
pub(super) struct Of<'o> {
    /// The subject as written.
    pub name: &'o str,
    /// What is known of its value.
    pub known: Known,
}

/// A subject with what is known of its value.
pub(super) struct Asked {
    /// The subject.
    pub subject: Subject,
    /// What is known of its value.
    pub known: Known,
    /// Whether it speaks of an answer.
    pub needs_answer: bool,
}

/// A collection with what its items are; `None`: answers.
pub(super) struct Ranged {
    /// The collection.
    pub collection: Collection,
    /// What its items are.
    pub item: Option<Item>,
    /// Whether it speaks of an answer.
    pub needs_answer: bool,
}

/// What a value or an item is.
#[derive(Debug, Clone)]
pub(super) enum Item {
    /// A value without fields.
    Plain(Known),
    /// Fields of the registry.
    Fields(&'static [Field]),
    /// Fields that the author named, all texts; `value` is the item itself.
    Author(Arc<[Arc<str>]>),
    /// A token: its named groups are fields beside the registry's.
    Token(Arc<[Arc<str>]>),
    /// A JSON node.
    Json,
    /// Whatever the answer says.
    Any,
}

impl Item {
    /// A text.
    pub(super) fn text() -> Self {
        Self::Plain(Known::of(ValueKind::Text))
    }

    /// A URL's parts.
    pub(super) fn url() -> Self {
        Self::Fields(source_spec("html").map_or(&[], |spec| spec.fields))
    }

    /// A token of this shape.
    pub(super) fn token(regex: &BytePattern) -> Self {
        let groups = regex.regex().map(|regex| regex.capture_names().flatten().map(Arc::from).collect());
        Self::Token(groups.unwrap_or_default())
    }

    /// The values of a subject.
    pub(super) fn of(known: Known) -> Self {
        match known.kind {
            ValueKind::List | ValueKind::Map | ValueKind::Any => Self::Any,
            _ => Self::Plain(known),
        }
    }

    fn shaped(shape: &'static Shape) -> Self {
        match shape {
            Shape::Map(fields) => Self::Fields(fields),
            Shape::Names(_) | Shape::List(_) => Self::Any,
            shape => Self::Plain(Known::shaped(shape)),
        }
    }

    /// Whether it is a JSON node, so that `json` inside speaks of it.
    pub(super) fn is_json(&self) -> bool {
        matches!(self, Self::Json | Self::Any)
    }

    fn specs(&self) -> &'static [Field] {
        match self {
            Self::Fields(fields) => fields,
            Self::Token(_) => source_spec("tokens").map_or(&[], |spec| spec.fields),
            _ => &[],
        }
    }

    /// The path's names and what is known of the field; the item itself where nothing follows.
    pub(super) fn field<'p>(&self, dotted: Option<&'p str>) -> Option<(Vec<&'p str>, Known)> {
        let Some(dotted) = dotted else { return Some((Vec::new(), self.itself())) };
        let text = Known::of(ValueKind::Text);
        let any = || (dotted.split('.').collect(), Known::of(ValueKind::Any));
        match self {
            Self::Any | Self::Json => Some(any()),
            Self::Plain(known) => (dotted == "value").then(|| (vec![dotted], *known)),
            Self::Author(names) => names.iter().any(|name| **name == *dotted).then(|| (vec![dotted], text)),
            Self::Token(groups) if groups.iter().any(|group| **group == *dotted) => Some((vec![dotted], text)),
            // What a token says, its issuer wrote.
            Self::Token(_) if is_said(dotted) => Some(any()),
            Self::Token(_) | Self::Fields(_) => {
                field_at(self.specs(), dotted).map(|(path, shape)| (path, Known::shaped(shape)))
            }
        }
    }

    fn itself(&self) -> Known {
        match self {
            Self::Plain(known) => *known,
            Self::Author(_) | Self::Token(_) => Known::of(ValueKind::Text),
            Self::Fields(fields) => {
                let value = fields.iter().find(|field| field.name == "value");
                value.map_or(Known::of(ValueKind::Map), |field| Known::shaped(&field.shape))
            }
            Self::Json | Self::Any => Known::of(ValueKind::Any),
        }
    }

    /// The path's names and what the items of a list among the fields are.
    pub(super) fn items<'p>(&self, dotted: &'p str) -> Option<(Vec<&'p str>, Self)> {
        match self {
            Self::Any | Self::Json => Some((dotted.split('.').collect(), self.clone())),
            Self::Token(_) if is_said(dotted) => Some((dotted.split('.').collect(), Self::Any)),
            _ => match field_at(self.specs(), dotted)? {
                (path, Shape::List(inner)) => Some((path, Self::shaped(inner))),
                _ => None,
            },
        }
    }

    /// The names of its fields, for messages.
    pub(super) fn names(&self) -> Vec<String> {
        match self {
            Self::Plain(_) => vec!["value".into()],
            Self::Json => vec!["key".into(), "value".into(), "json".into()],
            Self::Any => Vec::new(),
            Self::Author(names) => names.iter().map(ToString::to_string).collect(),
            Self::Fields(_) => paths(self.specs()),
            Self::Token(groups) => groups.iter().map(ToString::to_string).chain(paths(self.specs())).collect(),
        }
    }

    /// The names of the lists among its fields.
    pub(super) fn lists(&self) -> Vec<String> {
        let is_list = |path: &String| matches!(field_at(self.specs(), path), Some((_, Shape::List(_))));
        paths(self.specs()).into_iter().filter(is_list).collect()
    }

    /// The type of a field as expressions see it; `None` where there is no such field.
    pub(super) fn expr_type(&self, path: &[Arc<str>]) -> Option<Type> {
        if path.is_empty() {
            return Some(match self {
                Self::Plain(known) => known.kind.to_type(),
                Self::Json | Self::Any => Type::Any,
                _ => Type::Map,
            });
        }
        let dotted = path.join(".");
        match self {
            Self::Fields(fields) => Some(ValueKind::of(field_at(fields, &dotted)?.1).to_type()),
            _ => Some(self.field(Some(&dotted))?.1.kind.to_type()),
        }
    }
}

/// Whether a path leads into what a token says, whatever that is.
fn is_said(dotted: &str) -> bool {
    TOKEN_SAYS.contains(&dotted.split('.').next().unwrap_or(dotted))
}

/// The subject of a dotted name.
pub(super) fn find(dotted: &str) -> Option<Asked> {
    let subject = lookup(dotted).ok()?;
    let optional = matches!(
        subject.base,
        Base::Headers(_)
            | Base::Cookie(_)
            | Base::Location
            | Base::View(_)
            | Base::Tls
            | Base::Dns
            | Base::Tcp
            | Base::Endpoint
    );
    let known = match shape_of(dotted) {
        Some(shape) => Known::shaped(shape),
        None => Known { words: subject.words(), ..Known::of(subject.kind()) },
    };
    let needs_answer = needs_answer(&subject.base);
    Some(Asked { subject, known: Known { optional, ..known }, needs_answer })
}

/// The shape of a subject's field.
fn shape_of(dotted: &str) -> Option<&'static Shape> {
    let (root, rest) = dotted.split_once('.')?;
    match subject_spec(root)?.below {
        Below::Fields(fields) => field_at(fields, rest).map(|(_, shape)| shape),
        _ => None,
    }
}

fn needs_answer(base: &Base) -> bool {
    !matches!(base, Base::Url | Base::Host | Base::Endpoint | Base::Case | Base::Item | Base::Var(_))
}

/// A name as expressions see it.
pub(super) struct ExprName {
    /// Its type.
    pub ty: Type,
    /// Whether it speaks of an answer.
    pub needs_answer: bool,
}

/// The type of a subject's name in an expression.
pub(super) fn expr_type(path: &[Arc<str>]) -> Option<ExprName> {
    let subject = lookup(&path.join(".")).ok()?;
    Some(ExprName { ty: subject.kind().to_type(), needs_answer: needs_answer(&subject.base) })
}

/// The collection of a dotted name.
pub(super) fn collection(dotted: &str) -> Option<Ranged> {
    let collection = Collection::named(dotted)?;
    let item = match collection_spec(dotted)?.items {
        ItemKind::Answers => None,
        ItemKind::Fields(fields) => Some(Item::Fields(fields)),
    };
    let needs_answer = collection != Collection::Baseline;
    Some(Ranged { collection, item, needs_answer })
}

/// Whether a word is the first of a subject's or collection's name.
pub(super) fn is_root(name: &str) -> bool {
    let collection = |spec: &CollectionSpec| spec.name.split('.').next() == Some(name);
    subject_spec(name).is_some() || COLLECTIONS.iter().any(collection)
}

/// Whether subjects are found below a name, so that it takes a map of them.
pub(super) fn is_namespace(dotted: &str) -> bool {
    let (root, rest) = dotted.split_once('.').map_or((dotted, None), |(root, rest)| (root, Some(rest)));
    match (subject_spec(root).map(|spec| spec.below), rest) {
        (Some(Below::Fields(_) | Below::Names(_)), None) => true,
        (Some(Below::Fields(fields)), Some(rest)) => {
            matches!(field_at(fields, rest), Some((_, Shape::Map(_) | Shape::Names(_))))
        }
        _ => false,
    }
}

/// The fields of a subject, for messages.
pub(super) fn fields_of(root: &str) -> Vec<String> {
    match subject_spec(root).map(|spec| spec.below) {
        Some(Below::Fields(fields)) => paths(fields),
        _ => Vec::new(),
    }
}

/// Names of subjects, for suggestions.
pub(super) fn names(answer: bool) -> Vec<String> {
    let keep = |name: &String| {
        let root = name.split('.').next().unwrap_or(name);
        answer || matches!(root, "url" | "host" | "endpoint")
    };
    subject_names().into_iter().filter(keep).collect()
}

/// Names of collections, for suggestions.
pub(super) fn collections() -> Vec<&'static str> {
    COLLECTIONS.iter().map(|spec| spec.name).collect()
}
