//! The order in which rules begin on a host: by turns, rules that ask the same first in one turn.
//!
//! A host holds a rule that has not begun as no more than its turn, and lets the next turn begin when few requests wait
//! to be sent. So that equal requests still go out once, whichever rule comes to them first, every rule is asked once for
//! a host like any other, and the shapes of its first requests name its turn; whoever makes a request of that shape on a
//! host, as its second or as the hop of a redirect, has the rules of the turn begin. Order: what is not HTTP, which
//! waits in lines of its own; requests that a server may keep waiting, so that their time is everybody's; rules that may ask for
//! more; the rest. Takes orders; gives turns. Invariant: every rule has one turn, the same on every host, and a verdict
//! never depends on it. Must never import anything above `discover`.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHasher};

use super::contained::catch;
use super::orders::{Enlisted, Orders, facts_of};
use crate::base::{Origin, Scheme};
use crate::observation::HttpProbe;
use crate::predicate::{EndpointFacts, HostFacts, Reply, ReplyState};
use crate::verdict::{Run, Step, Wanted};
use crate::wire::http::ends_plainly;

/// A turn, the lowest first.
pub(super) type Turn = u32;

/// The turn of rules that begin at once.
pub(super) const AT_ONCE: Turn = 0;

/// What a request says apart from where it goes.
type Shape = u64;

/// The turns of all rules.
#[derive(Debug, Default)]
pub(super) struct Turns {
    /// By the rule's place in the orders.
    of_rules: Vec<Turn>,
    of_shapes: FxHashMap<Shape, Turn>,
}

/// What a rule wants first.
enum First {
    /// Nothing: its verdict is there.
    Nothing,
    /// Requests that others may share; whether a server may keep one of them waiting.
    Shapes(Vec<Shape>, bool),
    /// Something else.
    Other,
}

impl Turns {
    /// The turns of the rules that are run.
    pub fn new(orders: &Orders) -> Self {
        let Some(host) = nowhere(orders) else { return Self::default() };
        let first = |rule| catch(|| first_of(orders, &host, rule)).unwrap_or(First::Other);
        let firsts: Vec<First> = orders.rules.par_iter().map(first).collect();
        let rank = |at: &usize| match (firsts.get(*at), orders.rules.get(*at)) {
            (Some(First::Shapes(_, true)), _) => 0,
            (Some(First::Shapes(..)), Some(rule)) if rule.asks_later => 1,
            (Some(First::Shapes(..)), _) => 2,
            _ => 3,
        };
        let mut order: Vec<usize> = (0..firsts.len()).collect();
        order.sort_by_key(rank);
        let mut turns = Self { of_rules: vec![AT_ONCE; firsts.len()], of_shapes: FxHashMap::default() };
        let mut last = AT_ONCE;
        for at in order {
            let turn = match firsts.get(at) {
                Some(First::Shapes(shapes, _)) => turns.place(shapes, &mut last),
                Some(First::Nothing) => Turn::MAX,
                Some(First::Other) | None => AT_ONCE,
            };
            turns.of_rules.iter_mut().skip(at).take(1).for_each(|of_rule| *of_rule = turn);
        }
        turns
    }

    /// The turn in which one of these requests is made already, else the next one.
    fn place(&mut self, shapes: &[Shape], last: &mut Turn) -> Turn {
        let known = shapes.iter().find_map(|shape| self.of_shapes.get(shape).copied());
        let turn = known.unwrap_or_else(|| {
            *last += 1;
            *last
        });
        for shape in shapes {
            self.of_shapes.entry(*shape).or_insert(turn);
        }
        turn
    }

    /// The turn of the rule at that place of the orders.
    pub fn of_rule(&self, place: usize) -> Turn {
        self.of_rules.get(place).copied().unwrap_or(AT_ONCE)
    }

    /// The turn of rules that make this request to their host first.
    pub fn of_probe(&self, probe: &HttpProbe, host: &Origin) -> Option<Turn> {
        let shape = Some(probe).filter(|probe| probe.origin == *host).map(shape_of)?;
        self.of_shapes.get(&shape).copied()
    }

    /// How many distinct requests the rules of these turns make first.
    pub fn requests(&self, of: impl Fn(Turn) -> bool) -> u64 {
        self.of_shapes.values().filter(|turn| of(**turn)).count() as u64
    }
}

/// A host like any other, on which nothing waits for a baseline.
fn nowhere(orders: &Orders) -> Option<Arc<HostFacts>> {
    let origin = Origin::new(Scheme::Https, "host.invalid", Scheme::Https.default_port())?;
    let baseline = vec![Reply { label: "".into(), bindings: Vec::new(), state: ReplyState::NotAsked }];
    Some(Arc::new(HostFacts { baseline, ..facts_of(orders, origin) }))
}

fn first_of(orders: &Orders, host: &Arc<HostFacts>, rule: &Enlisted) -> First {
    if rule.refused || rule.passive || rule.endpoint {
        return First::Other;
    }
    let root = Arc::new(EndpointFacts::root());
    let identity = Arc::clone(&orders.identity);
    let asks = match Run::new(Arc::clone(&rule.compiled), Arc::clone(host), root, identity).step() {
        Step::Ask(asks) => asks,
        Step::Wait => return First::Other,
        Step::Done(_) => return First::Nothing,
    };
    let mut waits = false;
    let shapes = asks.iter().map(|ask| match &ask.wanted {
        Wanted::Http { probe, unshared: None, .. } if probe.origin == host.origin => {
            waits |= !ends_plainly(probe.wire.expose());
            Some(shape_of(probe))
        }
        _ => None,
    });
    match shapes.collect() {
        Some(shapes) => First::Shapes(shapes, waits),
        None => First::Other,
    }
}

/// The shape of a request. Where two have one by chance, rules begin earlier than they would.
fn shape_of(probe: &HttpProbe) -> Shape {
    let wire = probe.wire.expose();
    let line = memchr::memchr(b'\n', wire).map_or(0, |end| end + 1);
    let (first, rest) = wire.split_at(line);
    let fields = match rest.strip_prefix(b"Host: ") {
        Some(host) => host.get(memchr::memchr(b'\n', host).unwrap_or(0)..).unwrap_or_default(),
        None => rest,
    };
    let mut hasher = FxHasher::default();
    (first, fields, probe.version, probe.window, probe.timeout, &probe.sni).hash(&mut hasher);
    hasher.finish()
}
