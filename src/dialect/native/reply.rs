//! `$request.label.subject`: which of a request's answers is meant.
//!
//! Invariant: of several answers one is named, by a label that the request gives. Must never import compile or any
//! later folder.

use std::sync::Arc;

use crate::base::Span;

use super::context::{Cx, list, shown, suggestion};
use super::names::RequestName;

/// An answer, and what of it is asked.
pub(super) struct At {
    /// The label of the item, where the request has several answers.
    pub label: Option<Arc<str>>,
    /// The subject that follows with a dot.
    pub rest: Option<String>,
}

/// Reads what follows `$request`.
pub(super) fn at_request(
    cx: &mut Cx<'_>,
    name: &str,
    rest: Option<&str>,
    request: &RequestName,
    span: Span,
) -> Option<At> {
    if !request.many {
        return Some(At { label: None, rest: rest.map(str::to_owned) });
    }
    let labels = request.labels.as_deref().unwrap_or_default();
    let Some(rest) = rest else {
        let error = cx.error("R0116", format!("`${name}` has several answers"), span, "which of them?");
        cx.push(error.help(format!(
            "write `some: {{ ${name}: … }}`, or `every`, `none`, `count`{}",
            labels.first().map(|label| format!("; or name one: `${name}.{label}: …`")).unwrap_or_default()
        )));
        return None;
    };
    let (label, rest) = rest.split_once('.').map_or((rest, None), |(label, rest)| (label, Some(rest.to_owned())));
    if let Some(label) = labels.iter().find(|known| &***known == label) {
        return Some(At { label: Some(Arc::clone(label)), rest });
    }
    let hint = suggestion(label, labels.iter().map(|label| &**label), "unknown");
    let error = cx.error("R0124", format!("`${name}` has no item named `{}`", shown(label)), span, &hint);
    cx.push(error.help(match labels {
        [] => "items have names where `for_each` gives them: `for_each: { x: { label: value } }`".to_owned(),
        labels => format!("its items are {}", list(labels.iter().map(|label| &**label))),
    }));
    None
}
