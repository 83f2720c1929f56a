//! Three-valued truth by Kleene's tables.
//!
//! Owns [`Truth`] and the reasons for which something is unknown. Invariant: `and`, `or` and `not` are monotone:
//! replacing an unknown operand by a known one never turns a known result into another. Must never import another folder.

use serde::{Deserialize, Serialize};

/// Why something could not be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unknown {
    /// The request was not sent: held back by `stop_when`, a budget, a deadline or an interruption.
    NotSent,
    /// Over a budget of bytes or of requests.
    Budget,
    /// The probe failed: a time-out, a broken connection, a fault on our side.
    Failed,
    /// The answer was cut off before the text that was looked for.
    CutOff,
    /// A quick survey of TLS does not ask it; a full one does.
    QuickSurvey,
    /// An expression could not be evaluated on this answer.
    Expression,
    /// The rule's own `inconclusive_when` held.
    ByRule,
    /// It asks what only a server says (fields, status, TLS), and a file was judged.
    NoServer,
}

impl Unknown {
    /// The reason in words, as reports count it.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotSent => "not-sent",
            Self::Budget => "budget",
            Self::Failed => "failed",
            Self::CutOff => "cut-off",
            Self::QuickSurvey => "quick-survey",
            Self::Expression => "expression",
            Self::ByRule => "by-rule",
            Self::NoServer => "no-server",
        }
    }

    /// What the user can do about it, where one option is enough.
    pub fn remedy(self) -> Option<&'static str> {
        match self {
            Self::QuickSurvey => Some("not asked by a quick survey: --tls full"),
            _ => None,
        }
    }

    /// The reason of that name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.name() == name)
    }

    /// Every reason, in order.
    pub const ALL: [Self; 8] = [
        Self::NotSent,
        Self::Budget,
        Self::Failed,
        Self::CutOff,
        Self::QuickSurvey,
        Self::Expression,
        Self::ByRule,
        Self::NoServer,
    ];
}

/// The truth of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Truth {
    /// It does not hold.
    False,
    /// It could not be told, and why.
    Unknown(Unknown),
    /// It holds.
    True,
}

impl Truth {
    /// Both hold. False wins over unknown.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::Unknown(a), Self::Unknown(b)) => Self::Unknown(a.min(b)),
            (Self::Unknown(why), _) | (_, Self::Unknown(why)) => Self::Unknown(why),
            (Self::True, Self::True) => Self::True,
        }
    }

    /// One of them holds. True wins over unknown.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.negate().and(other.negate()).negate()
    }

    /// The opposite; unknown stays unknown.
    #[must_use]
    pub fn negate(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            unknown @ Self::Unknown(_) => unknown,
        }
    }

    /// Whether it is known to hold.
    pub fn is_true(self) -> bool {
        self == Self::True
    }

    /// Whether it is known not to hold.
    pub fn is_false(self) -> bool {
        self == Self::False
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn truth() -> impl Strategy<Value = Truth> {
        prop_oneof![
            Just(Truth::True),
            Just(Truth::False),
            Just(Truth::Unknown(Unknown::NotSent)),
            Just(Truth::Unknown(Unknown::CutOff)),
        ]
    }

    proptest! {
        #[test]
        fn order_and_grouping_never_matter(a in truth(), b in truth(), c in truth()) {
            prop_assert_eq!(a.and(b), b.and(a));
            prop_assert_eq!(a.or(b), b.or(a));
            prop_assert_eq!(a.and(b).and(c), a.and(b.and(c)));
            prop_assert_eq!(a.or(b).or(c), a.or(b.or(c)));
        }

        #[test]
        fn learning_more_never_reverses(a in truth(), known in any::<bool>()) {
            let before = a.and(Truth::Unknown(Unknown::Failed));
            let after = a.and(known.into());
            prop_assert!(before == after || matches!(before, Truth::Unknown(_)));
        }
    }
}
