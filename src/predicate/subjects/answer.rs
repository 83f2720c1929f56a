//! What an answer says: status, class, fields, body and what is in it.
//!
//! Must never import a folder above `expr`.

use scraper::ElementRef;
use serde_json::Value as Json;

use super::{Below, SubjectSpec, location, view};
use crate::base::{Unknown, Value};
use crate::observation::Timing;
use crate::predicate::answer::Answer;
use crate::predicate::content::class::Class;
use crate::predicate::content::html::{select, text_of};
use crate::predicate::content::json::{BUDGET, to_value};
use crate::predicate::fields;
use crate::predicate::found::{Extent, Found};
use crate::predicate::jsonpath;
use crate::predicate::kind::{ValueKind, field};
use crate::predicate::pattern::{CssQuery, JsonQuery};
use crate::predicate::scope::Scope;
use crate::predicate::subject::{Base, Subject};
use crate::predicate::views::Shape;

const fn spec(name: &'static str, kind: ValueKind, summary: &'static str, example: &'static str) -> SubjectSpec {
    SubjectSpec { name, kind, words: &[], below: Below::Nothing, summary, example }
}

pub(super) const SPECS: &[SubjectSpec] = &[
    spec("status", ValueKind::Status, "The status code; `2xx` stands for a class of codes", "status: [200, 206]"),
    SubjectSpec {
        words: &Class::NAMES,
        ..spec("class", ValueKind::Word, "What a browser takes the content for", "class: [html, json]")
    },
    SubjectSpec {
        words: &["connection-refused", "reset", "handshake-refused", "no-such-name"],
        ..spec("error", ValueKind::Word, "How the server refused; missing where it answered", "error: reset")
    },
    SubjectSpec {
        below: Below::Names(&Shape::Text),
        ..spec(
            "headers",
            ValueKind::Map,
            "Field lines by name, case ignored; holds where one of the lines does",
            "headers: { location: { starts_with: /login } }",
        )
    },
    SubjectSpec {
        below: Below::Names(&Shape::Text),
        ..spec(
            "cookies",
            ValueKind::Map,
            "Values of the cookies that the answer sets, by name",
            "cookies: { sid: { exists: true } }",
        )
    },
    spec("body", ValueKind::Text, "The body, content codings undone", "body: { contains: phpinfo() }"),
    spec(
        "html_prose",
        ValueKind::Text,
        "The text of a page outside pre, code, script and the like",
        "html_prose: { contains: Index of }",
    ),
    SubjectSpec {
        below: Below::JsonPaths,
        ..spec(
            "json",
            ValueKind::Map,
            "Nodes of a JSON body by JSONPath (RFC 9535); holds where one of the nodes does",
            "json: { $.status: UP }",
        )
    },
    SubjectSpec {
        below: Below::Selectors,
        ..spec(
            "html",
            ValueKind::Map,
            "Texts of a page's elements by CSS selector; holds where one of the elements does",
            "html: { title: { contains: phpMyAdmin } }",
        )
    },
    spec("size", ValueKind::Number, "Bytes of the body, content codings undone", "size: { at_least: 10KiB }"),
    SubjectSpec {
        below: Below::Fields(&[
            field("total", Shape::Number, "The whole exchange."),
            field("first_byte", Shape::Number, "From the request's last byte to the answer's first."),
            field("connect", Shape::Number, "Name resolution and connection; 0 where one was reused."),
            field("handshake", Shape::Number, "TLS handshake; 0 where a connection was reused."),
        ]),
        ..spec("time", ValueKind::Map, "How long it took", "time.total: { more_than: 5s }")
    },
];

/// Elements of one selector that become values.
const ELEMENTS: usize = 50_000;
/// Bytes of the texts of one selector's elements.
const TEXTS: usize = 4 << 20;

/// What a subject yields of an answer that is there.
pub(super) fn of_answer(subject: &Subject, answer: &Answer, scope: &Scope<'_>) -> Found {
    match &subject.base {
        Base::Status => match answer.response().map_or(0, |response| response.status) {
            0 => Found::missing(),
            status => Found::one(i64::from(status)),
        },
        Base::Class => answer.class().map_or_else(Found::Unknown, |class| Found::one(class.name())),
        Base::Headers(name) => headers(name, answer),
        Base::Cookie(name) => view::cookies(answer, scope).map_or_else(Found::Unknown, |cookies| {
            let named = cookies
                .iter()
                .filter(|cookie| cookie.field("name").is_some_and(|found| *found.as_text() == *name.as_bytes()));
            Found::many(named.filter_map(|cookie| fields::descend(cookie, &subject.path)).cloned().collect())
        }),
        Base::Body => Found::to_extent(vec![answer.body().into()], open(answer)),
        Base::Size => {
            let size = i64::try_from(answer.body().len()).unwrap_or(i64::MAX);
            Found::to_extent(vec![Value::Int(size)], open(answer))
        }
        Base::HtmlProse => match answer.prose() {
            Err(why) => Found::Unknown(why),
            Ok(None) => Found::missing(),
            Ok(Some((text, whole))) => {
                Found::to_extent(vec![text.into()], if whole { Extent::Whole } else { Extent::Open })
            }
        },
        Base::Json(query) => match answer.json() {
            Err(why) => Found::Unknown(why),
            Ok(None) => Found::missing(),
            Ok(Some(document)) => json_values(query, document),
        },
        Base::Html(query) => elements(query, answer),
        Base::Time if answer.exchange().probe.origin.is_files() => Found::Unknown(Unknown::NoServer),
        Base::Time => time(&answer.exchange().timing, &subject.path),
        Base::Location => location::part(answer, &subject.path),
        Base::View(name) => view::resolve(name, answer, &subject.path),
        _ => Found::missing(),
    }
}

fn open(answer: &Answer) -> Extent {
    if answer.is_truncated() { Extent::Open } else { Extent::Whole }
}

fn headers(name: &str, answer: &Answer) -> Found {
    let values = || answer.header(name).cloned().map(Value::from).collect();
    match answer.has_whole_head() {
        Ok(()) => Found::many(values()),
        Err(Unknown::CutOff) => Found::to_extent(values(), Extent::More),
        Err(why) => Found::Unknown(why),
    }
}

/// The nodes that a query selects, as values.
pub(in crate::predicate) fn json_values(query: &JsonQuery, document: &Json) -> Found {
    let Ok(nodes) = jsonpath::select(query.query(), document) else {
        return Found::Unknown(Unknown::Expression);
    };
    let mut budget = BUDGET;
    let values: Option<Vec<Value>> = nodes.iter().map(|node| to_value(node.json, &mut budget)).collect();
    values.map_or(Found::Unknown(Unknown::Expression), Found::many)
}

fn elements(query: &CssQuery, answer: &Answer) -> Found {
    let read = answer.with_html(|html, whole| {
        let found = match select(html, query, whole) {
            Ok(found) => found,
            Err(why) => return Found::Unknown(why),
        };
        let mut left = TEXTS;
        let text = |element: ElementRef<'_>| {
            let text = text_of(&element, left);
            left = left.saturating_sub(text.len());
            Value::from(text)
        };
        let values: Vec<Value> = found.take(ELEMENTS).map(text).collect();
        let all = whole && left > 0 && values.len() < ELEMENTS;
        Found::to_extent(values, if all { Extent::Whole } else { Extent::More })
    });
    match read {
        Err(why) => Found::Unknown(why),
        Ok(found) => found.unwrap_or_else(Found::missing),
    }
}

fn time(timing: &Timing, path: &[impl AsRef<str>]) -> Found {
    let [name] = path else { return Found::missing() };
    let duration = match name.as_ref() {
        "total" => timing.total,
        "first_byte" => timing.first_byte,
        "connect" => timing.connect,
        "handshake" => timing.handshake,
        _ => return Found::missing(),
    };
    Found::one(Value::Float(duration.as_secs_f64()))
}
