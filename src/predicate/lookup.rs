//! Looking subjects up by the dotted names that rules write, and the way back.
//!
//! Takes a name; gives the subject, or a sentence with the name that was probably meant. Invariant: every subject that
//! is given has a spec, and so a kind and a doc. Must never import a folder above `expr`.

use std::sync::Arc;

use super::kind::{ValueKind, field_at, paths};
use super::subject::{Base, Subject};
use super::subjects::{Below, SUBJECTS, SubjectSpec, subject};
use super::views::{Field, Shape, cookie};
use crate::base::suggest::closest;

/// Why a name is no subject.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct LookupError {
    /// One sentence without a full stop.
    pub message: String,
    /// The name that was probably meant, dotted.
    pub suggestion: Option<String>,
}

impl LookupError {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), suggestion: None }
    }
}

/// The subject of a dotted name: `status`, `url.scheme`, `headers.server`, `tls.certificate.days_left`.
///
/// # Errors
/// Where there is none; JSON paths and selectors are keys of a map and never dotted.
pub fn lookup(dotted: &str) -> Result<Subject, LookupError> {
    let (name, rest) = dotted.split_once('.').map_or((dotted, None), |(name, rest)| (name, Some(rest)));
    let Some(spec) = subject(name) else {
        let suggestion = closest(dotted, names().iter().map(String::as_str)).map(str::to_owned);
        let suggestion = suggestion.or_else(|| closest_first(name, rest));
        return Err(LookupError { message: format!("there is no subject `{name}`"), suggestion });
    };
    match (spec.below, rest) {
        (Below::JsonPaths | Below::Selectors, _) => {
            Err(LookupError::new(format!("`{name}` is asked by a map: `{}`", spec.example)))
        }
        (Below::Names(_), None) => Err(LookupError::new(format!("`{name}` needs a name: `{}`", spec.example))),
        (Below::Names(_), Some(rest)) => Ok(named(name, rest)),
        (Below::Nothing, Some(rest)) => Err(LookupError::new(format!("`{name}` has no field `{rest}`"))),
        (_, None) => Ok(Subject::of(base(name)?)),
        (Below::Fields(fields), Some(rest)) => field(spec, fields, rest),
    }
}

fn closest_first(name: &str, rest: Option<&str>) -> Option<String> {
    let near = closest(name, SUBJECTS.iter().copied().flatten().map(|spec| spec.name))?;
    Some(rest.map_or(near.to_owned(), |rest| format!("{near}.{rest}")))
}

fn base(name: &str) -> Result<Base, LookupError> {
    Ok(match name {
        "status" => Base::Status,
        "class" => Base::Class,
        "error" => Base::Error,
        "body" => Base::Body,
        "html_prose" => Base::HtmlProse,
        "url" => Base::Url,
        "location" => Base::Location,
        "size" => Base::Size,
        "time" => Base::Time,
        "request" => Base::Request,
        "tls" => Base::Tls,
        "dns" => Base::Dns,
        "tcp" => Base::Tcp,
        "endpoint" => Base::Endpoint,
        "host" => Base::Host,
        "case" => Base::Case,
        "baseline" => {
            return Err(LookupError::new("`baseline` is a collection; ask `baseline.same`, or range over it"));
        }
        view => Base::View(subject(view).map_or("", |spec| spec.name)),
    })
}

/// A subject that takes any name. Cookies have fields of their own.
fn named(name: &str, rest: &str) -> Subject {
    if name == "headers" {
        return Subject::of(Base::Headers(rest.to_ascii_lowercase().into()));
    }
    match rest.rsplit_once('.') {
        Some((cookie, field)) if cookie::SPEC.fields.iter().any(|known| known.name == field) => {
            Subject { base: Base::Cookie(cookie.into()), path: vec![field.into()] }
        }
        _ => Subject::of(Base::Cookie(rest.into())),
    }
}

fn field(spec: &SubjectSpec, fields: &'static [Field], rest: &str) -> Result<Subject, LookupError> {
    let Some((path, _)) = field_at(fields, rest) else {
        let known = paths(fields);
        let near = closest(rest, known.iter().map(String::as_str));
        let suggestion = near.map(|near| format!("{}.{near}", spec.name));
        return Err(LookupError { message: format!("`{}` has no field `{rest}`", spec.name), suggestion });
    };
    if spec.name == "baseline" {
        return Ok(Subject::of(Base::BaselineSame));
    }
    Ok(Subject { base: base(spec.name)?, path: path.into_iter().map(Arc::from).collect() })
}

/// The item's field of a dotted name, inside a quantifier over items with these fields.
///
/// # Errors
/// Where the items have no such field.
pub fn lookup_field(fields: &'static [Field], dotted: &str) -> Result<Subject, LookupError> {
    if let Some((path, _)) = field_at(fields, dotted) {
        return Ok(Subject { base: Base::Item, path: path.into_iter().map(Arc::from).collect() });
    }
    let known = paths(fields);
    let suggestion = closest(dotted, known.iter().map(String::as_str)).map(str::to_owned);
    Err(LookupError { message: format!("the items have no field `{dotted}`"), suggestion })
}

/// Every dotted name without a name of the author's choice in it, in the order of the docs.
pub fn names() -> Vec<String> {
    let of_spec = |spec: &SubjectSpec| match spec.below {
        Below::Fields(fields) => {
            let own = (spec.name != "baseline").then(|| spec.name.to_owned());
            let below = paths(fields).into_iter().map(|path| format!("{}.{path}", spec.name));
            own.into_iter().chain(below).collect()
        }
        Below::Nothing | Below::Names(_) | Below::JsonPaths | Below::Selectors => vec![spec.name.to_owned()],
    };
    SUBJECTS.iter().copied().flatten().flat_map(of_spec).collect()
}

impl Subject {
    /// What it holds, as far as is known beforehand.
    pub fn kind(&self) -> ValueKind {
        match &self.base {
            Base::BaselineSame => ValueKind::Bool,
            Base::Html(_) => ValueKind::Text,
            Base::Json(_) | Base::ItemJson(_) | Base::Item | Base::Var(_) => ValueKind::Any,
            _ => match (self.shape(), self.base_name().and_then(subject)) {
                (Some(shape), _) => ValueKind::of(shape),
                (None, Some(spec)) => spec.kind,
                (None, None) => ValueKind::Any,
            },
        }
    }

    /// The words it can hold, where the list is closed.
    pub fn words(&self) -> &'static [&'static str] {
        match (self.shape(), self.base_name().and_then(subject)) {
            (Some(Shape::OneOf(words)), _) => words,
            (None, Some(spec)) => spec.words,
            _ => &[],
        }
    }

    /// The shape of the field that is meant; `None` where it is the thing itself.
    fn shape(&self) -> Option<&'static Shape> {
        match (&self.base, subject(self.base_name()?)?.below) {
            (Base::Cookie(_), _) if !self.path.is_empty() => {
                field_at(cookie::SPEC.fields, &self.path.join(".")).map(|(_, shape)| shape)
            }
            (_, Below::Names(shape)) => Some(shape),
            (_, Below::Fields(fields)) if !self.path.is_empty() => {
                field_at(fields, &self.path.join(".")).map(|(_, shape)| shape)
            }
            _ => None,
        }
    }

    fn base_name(&self) -> Option<&'static str> {
        Some(match &self.base {
            Base::Status => "status",
            Base::Class => "class",
            Base::Error => "error",
            Base::Headers(_) => "headers",
            Base::Cookie(_) => "cookies",
            Base::Body => "body",
            Base::HtmlProse => "html_prose",
            Base::Json(_) | Base::ItemJson(_) => "json",
            Base::Html(_) => "html",
            Base::Url => "url",
            Base::Location => "location",
            Base::Size => "size",
            Base::Time => "time",
            Base::Request => "request",
            Base::BaselineSame => "baseline.same",
            Base::View(name) => name,
            Base::Tls => "tls",
            Base::Dns => "dns",
            Base::Tcp => "tcp",
            Base::Endpoint => "endpoint",
            Base::Host => "host",
            Base::Case => "case",
            Base::Item | Base::Var(_) => return None,
        })
    }

    /// The name as rules write it: `headers.server`, `json $.a`, `$cookie.path`.
    pub fn display(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        match &self.base {
            Base::Headers(name) | Base::Cookie(name) => {
                parts.push(format!("{}.{name}", self.base_name().unwrap_or_default()));
            }
            Base::Json(query) | Base::ItemJson(query) => parts.push(format!("json {}", query.source())),
            Base::Html(query) => parts.push(format!("html {}", query.source())),
            Base::Var(name) => parts.push(format!("${name}")),
            _ => parts.extend(self.base_name().map(str::to_owned)),
        }
        parts.extend(self.path.iter().map(|part| part.to_string()));
        parts.join(".")
    }
}
