//! Items that are written in the rule, and values of subjects.
//!
//! Must never import a folder above `expr`.

use std::sync::Arc;

use super::{ITEMS, MAX, SourceSpec, key};
use crate::base::{Unknown, Value};
use crate::expr::EvalError;
use crate::predicate::found::{Extent, Found};
use crate::predicate::pattern::BytePattern;
use crate::predicate::reply::{Reply, ReplyState};
use crate::predicate::scope::Scope;
use crate::predicate::source::WrittenItem;
use crate::predicate::subject::Subject;
use crate::predicate::views::Shape;

pub(super) static SPEC: SourceSpec = SourceSpec {
    name: "file",
    keys: &[key("path", &Shape::Text, true, "The list's path in the pack, one item a line."), MAX],
    fields: &[],
    open: false,
    summary: "A list file of the pack; its lines count as written values",
    example: "{ from: file, path: lists/dumps.txt }",
};

/// Written items, rendered. A label is the item's `name`. An item that speaks of a missing value is left out.
pub(super) fn written(items: &[WrittenItem], scope: &Scope<'_>) -> Result<Vec<Value>, Unknown> {
    items.iter().filter_map(|item| rendered(item, scope).transpose()).collect()
}

/// `None` where a value that it speaks of is missing.
fn rendered(item: &WrittenItem, scope: &Scope<'_>) -> Result<Option<Value>, Unknown> {
    let env = scope.env();
    let label = item.label.iter().map(|label| Ok(Some((Arc::from("name"), Value::from(&**label)))));
    let fields = item.fields.iter().map(|(name, template)| match template.render(&env) {
        Ok(text) => Ok(Some((name.clone(), Value::from(text)))),
        Err(EvalError::Missing(_)) => Ok(None),
        Err(EvalError::Unknown(why)) => Err(why),
        Err(EvalError::Failed(_)) => Err(Unknown::Expression),
    });
    let fields: Option<Vec<_>> = label.chain(fields).collect::<Result<_, _>>()?;
    Ok(fields.map(|fields| match &fields[..] {
        [(name, value)] if &**name == "value" => value.clone(),
        _ => Value::Map(fields.into()),
    }))
}

/// A reply as an item: its label, URL and status.
pub(in crate::predicate) fn of_reply(reply: &Reply) -> Value {
    let mut fields = vec![("name", Value::from(&*reply.label))];
    if let ReplyState::Answered(hops) = &reply.state {
        let status = hops.last().response().map(|response| response.status);
        fields.push(("value", Value::from(hops.last().exchange().probe.url())));
        fields.extend(status.map(|status| ("status", Value::Int(i64::from(status)))));
    }
    Value::map(fields)
}

/// Values of a subject, each reduced by a regex: group 1 of every match, else the whole match.
pub(super) fn of_subject(subject: &Subject, regex: Option<&BytePattern>, scope: &Scope<'_>) -> Found {
    let Some(pattern) = regex else { return subject.resolve(scope) };
    let (values, extent) = match subject.resolve(scope) {
        Found::Unknown(why) => return Found::Unknown(why),
        Found::Values { values, extent } => (values, extent),
    };
    let Ok(regex) = pattern.regex() else { return Found::Unknown(Unknown::Expression) };
    let mut items = Vec::new();
    for value in &values {
        let text = value.as_text();
        for captures in regex.captures_iter(&text) {
            let Some(whole) = captures.get(0) else { continue };
            // A match that touches the cut may be another one.
            if items.len() >= ITEMS || (matches!(extent, Extent::Open | Extent::More) && whole.end() == text.len()) {
                break;
            }
            let wanted = if regex.captures_len() > 1 { captures.get(1) } else { Some(whole) };
            items.extend(wanted.map(|found| Value::text(found.as_bytes())));
        }
    }
    Found::to_extent(items, if extent == Extent::Open { Extent::More } else { extent })
}
