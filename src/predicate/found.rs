//! What a subject yields when it is asked of an answer.
//!
//! Owns the three ways in which a value can be there or not. Invariant: "missing" is knowledge (the answer is here and
//! has no such thing), "unknown" is ignorance; the two are never mixed up. Must never import a folder above `expr`.

use crate::base::{Unknown, Value};

/// How far the values of a subject are all there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Extent {
    /// They are all, and complete.
    #[default]
    Whole,
    /// They are all, but the text goes on, or the number is larger.
    Open,
    /// There may be more of them, and each may go on.
    More,
    /// There may be more of them, and each is whole.
    Further,
    /// There may be more of them, each is whole: a quick survey of TLS does not ask for all.
    Quick,
}

impl Extent {
    /// Why what was not seen is not known.
    pub fn why(self) -> Unknown {
        match self {
            Self::Quick => Unknown::QuickSurvey,
            Self::Whole | Self::Open | Self::More | Self::Further => Unknown::CutOff,
        }
    }
}

/// The values of a subject.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// It could not be told.
    Unknown(Unknown),
    /// All values; none means missing.
    Values {
        /// In the order of the answer.
        values: Vec<Value>,
        /// Whether the answer was cut off before the values' end.
        extent: Extent,
    },
}

impl Found {
    /// Nothing of that kind in a whole answer.
    pub fn missing() -> Self {
        Self::many(Vec::new())
    }

    /// One value.
    pub fn one(value: impl Into<Value>) -> Self {
        Self::many(vec![value.into()])
    }

    /// Several values, or none.
    pub fn many(values: Vec<Value>) -> Self {
        Self::Values { values, extent: Extent::Whole }
    }

    /// Several values, or none, of an answer that may have been cut off.
    pub fn to_extent(values: Vec<Value>, extent: Extent) -> Self {
        Self::Values { values, extent }
    }

    /// The values, whether or not they are all.
    pub fn values(&self) -> &[Value] {
        match self {
            Self::Values { values, .. } => values,
            Self::Unknown(_) => &[],
        }
    }

    /// The values, where they are known to be all, and complete.
    ///
    /// # Errors
    /// Why they are not.
    pub fn into_whole(self) -> Result<Vec<Value>, Unknown> {
        match self {
            Self::Values { values, extent: Extent::Whole } => Ok(values),
            Self::Values { extent, .. } => Err(extent.why()),
            Self::Unknown(why) => Err(why),
        }
    }
}

impl From<Option<Value>> for Found {
    fn from(value: Option<Value>) -> Self {
        value.map_or_else(Self::missing, Self::one)
    }
}

impl From<Result<Vec<Value>, Unknown>> for Found {
    fn from(values: Result<Vec<Value>, Unknown>) -> Self {
        values.map_or_else(Self::Unknown, Self::many)
    }
}
