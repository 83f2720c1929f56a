//! Ladders: a level, or a list of levels with conditions of which the first that holds counts.
//!
//! Takes a node, gives a [`Ladder`]. Invariant: nothing follows a rung that always holds. Must never import compile or
//! any later folder.

use crate::base::{Confidence, Severity};
use crate::dialect::yaml::{Kind, Node};
use crate::rule::Ladder;

use super::condition::condition;
use super::context::{Cx, list};
use super::names::Place;
use super::text::word;

/// A ladder of severities.
pub(super) fn severity<'a>(cx: &mut Cx<'a>, node: &'a Node, place: &Place<'_>) -> Option<Ladder<Severity>> {
    ladder(cx, node, place, &Severity::ALL.map(|level| (level.name(), level)))
}

/// A ladder of confidences.
pub(super) fn confidence<'a>(cx: &mut Cx<'a>, node: &'a Node, place: &Place<'_>) -> Option<Ladder<Confidence>> {
    ladder(cx, node, place, &Confidence::ALL.map(|level| (level.name(), level)))
}

fn ladder<'a, T: Copy>(
    cx: &mut Cx<'a>,
    node: &'a Node,
    place: &Place<'_>,
    levels: &[(&'static str, T)],
) -> Option<Ladder<T>> {
    let items = match &node.kind {
        Kind::Scalar(_) => return word(cx, node, levels).map(Ladder::always),
        Kind::List(items) if !items.is_empty() => items,
        _ => {
            let help =
                format!("write one of {}, or a list: `[ {{ high: {{ … }} }}, low ]`", list(levels.iter().map(|l| l.0)));
            cx.wrong(node, "a level or a list of levels", &help);
            return None;
        }
    };
    let mut ladder = Ladder { rungs: Vec::new(), last: None };
    let mut whole = true;
    for item in items {
        if ladder.last.is_some() {
            let error = cx.error("R0122", "this level is never reached", item.span, "the one before it always holds");
            cx.push(error.help("a bare level ends the list"));
            return None;
        }
        whole &= rung(cx, item, place, levels, &mut ladder).is_some();
    }
    whole.then_some(ladder)
}

fn rung<'a, T: Copy>(
    cx: &mut Cx<'a>,
    node: &'a Node,
    place: &Place<'_>,
    levels: &[(&'static str, T)],
    ladder: &mut Ladder<T>,
) -> Option<()> {
    if node.scalar().is_some() {
        ladder.last = Some(word(cx, node, levels)?);
        return Some(());
    }
    let map = cx.map(node, "a level, or a level with its condition")?;
    let [entry] = map.entries.as_slice() else {
        let error = cx.error("R0122", "one level and its condition are wanted here", node.span, "several, or none");
        cx.push(error.help("each level is an item of the list: `[ { high: { … } }, { medium: { … } }, low ]`"));
        return None;
    };
    let key = Node { span: entry.key_span, kind: Kind::Scalar(entry.key.clone()) };
    let level = word(cx, &key, levels);
    let cond = condition(cx, &entry.value, place);
    ladder.rungs.push((level?, cond?));
    Some(())
}
