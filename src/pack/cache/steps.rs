//! A workflow as a flat list, and back.
//!
//! Invariant: whatever the list is, building from it takes a bounded stack and time in proportion to its length. Must never
//! import a folder above `report`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::rule::sequence::Combine;
use crate::rule::workflow::{Chosen, Named, Step, Workflow};

/// The deepest nesting that is built.
const MAX_DEPTH: usize = 16;

/// A step, before those that follow from it.
#[derive(Serialize, Deserialize)]
pub(super) struct Flat {
    rules: Chosen,
    /// How many steps follow from any match.
    then: u32,
    /// Names, whether one is enough, and how many steps follow from them.
    named: Vec<(Vec<Arc<str>>, Combine, u32)>,
}

/// The workflow's steps, and how many of them come first.
pub(super) fn flatten(workflow: &Workflow) -> (u32, Vec<Flat>) {
    let mut flat = Vec::new();
    add(&workflow.steps, &mut flat);
    (count(&workflow.steps), flat)
}

fn count(steps: &[Step]) -> u32 {
    u32::try_from(steps.len()).unwrap_or(u32::MAX)
}

fn add(steps: &[Step], flat: &mut Vec<Flat>) {
    for step in steps {
        let of = |named: &Named| (named.names.clone(), named.condition, count(&named.then));
        let named = step.named.iter().map(of).collect();
        flat.push(Flat { rules: step.rules.clone(), then: count(&step.then), named });
        add(&step.then, flat);
        step.named.iter().for_each(|named| add(&named.then, flat));
    }
}

/// The workflow of a list; `None` where it is none.
pub(super) fn build((first, flat): (u32, Vec<Flat>)) -> Option<Workflow> {
    let mut flat = flat.into_iter();
    let steps = take(first, &mut flat, 0)?;
    flat.next().is_none().then_some(Workflow { steps })
}

fn take(count: u32, flat: &mut std::vec::IntoIter<Flat>, depth: usize) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    for _ in 0..count {
        let Flat { rules, then, named } = flat.next().filter(|_| depth < MAX_DEPTH)?;
        let then = take(then, flat, depth + 1)?;
        let mut follow =
            |(names, condition, count)| Some(Named { names, condition, then: take(count, flat, depth + 1)? });
        let named = named.into_iter().map(&mut follow).collect::<Option<_>>()?;
        steps.push(Step { rules, found: Vec::new(), is_short: false, then, named });
    }
    Some(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(path: &str, then: Vec<Step>, named: Vec<Named>) -> Step {
        Step { rules: Chosen::Path(path.into()), found: Vec::new(), is_short: false, then, named }
    }

    #[test]
    fn steps_survive_and_hostile_lists_do_not() {
        let named = Named { names: vec!["x".into()], condition: Combine::And, then: vec![step("d", vec![], vec![])] };
        let steps = vec![step("a", vec![step("b", vec![], vec![named])], vec![]), step("c", vec![], vec![])];
        let workflow = Workflow { steps };
        let again = build(flatten(&workflow)).expect("it was a workflow");
        assert_eq!(format!("{again:?}"), format!("{workflow:?}"));
        let flat = |then: u32| Flat { rules: Chosen::Path("a".into()), then, named: Vec::new() };
        assert!(build((1, (0..100_000).map(|_| flat(1)).collect())).is_none());
        assert!(build((u32::MAX, vec![flat(0)])).is_none());
        assert!(build((1, vec![flat(0), flat(0)])).is_none());
    }
}
