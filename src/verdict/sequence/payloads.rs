//! The values that a block's requests are tried with, one combination at a time.
//!
//! Takes the lists; gives, for each turn, which value of which list. Invariant: a product is counted and never stored, and
//! its order depends on the order of the lists alone. Must never import a folder above `plan`.

use std::sync::Arc;

use crate::dsl::Text;
use crate::rule::sequence::{Attack, Payloads};

/// One turn's texts by name, not rendered yet.
pub(super) type Turn<'a> = Vec<(&'a Arc<str>, &'a Text)>;

/// How many turns there are.
pub(super) fn turns(payloads: &Payloads) -> usize {
    let lengths = payloads.lists.iter().map(|(_, list)| list.len());
    match payloads.attack {
        Attack::BatteringRam => lengths.sum(),
        Attack::Pitchfork => lengths.min().unwrap_or(0),
        Attack::ClusterBomb => lengths.reduce(usize::saturating_mul).unwrap_or(0),
    }
}

/// The texts of a turn; `None` behind the last. Of a product the first list turns fastest.
pub(super) fn turn(payloads: &Payloads, nth: usize) -> Option<Turn<'_>> {
    if nth >= turns(payloads) {
        return None;
    }
    match payloads.attack {
        Attack::BatteringRam => {
            let mut left = nth;
            payloads.lists.iter().find_map(|(name, list)| {
                let text = list.get(left);
                left = left.saturating_sub(list.len());
                text.map(|text| vec![(name, text)])
            })
        }
        Attack::Pitchfork => payloads.lists.iter().map(|(name, list)| Some((name, list.get(nth)?))).collect(),
        Attack::ClusterBomb => {
            let mut left = nth;
            let pick = |(name, list): &'_ (Arc<str>, Arc<[Text]>)| -> Option<usize> {
                let _ = name;
                let at = left.checked_rem(list.len())?;
                left /= list.len();
                Some(at)
            };
            let places: Vec<usize> = payloads.lists.iter().map(pick).collect::<Option<_>>()?;
            payloads.lists.iter().zip(places).map(|((name, list), at)| Some((name, list.get(at)?))).collect()
        }
    }
}
