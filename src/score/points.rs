//! Points of a score, exact to the half.
//!
//! A tentative `low` costs one and a half points, so points are kept as a whole number of halves: nothing is ever
//! rounded, and a sum recomputed from a report gives the same number. Invariant: every half is exact in JSON, because
//! it is exact in binary. Must never import a folder above `base`.

use std::borrow::Cow;
use std::iter::Sum;
use std::ops::{Add, Neg, Sub};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A number of points, a multiple of one half.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Points(i64);

impl Points {
    /// No points.
    pub const ZERO: Self = Self(0);

    /// That many whole points.
    pub const fn whole(points: u32) -> Self {
        Self(points as i64 * 2)
    }

    /// Half of that many whole points.
    pub const fn half_of(points: u32) -> Self {
        Self(points as i64)
    }

    /// The points as a number.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / 2.0
    }

    /// Whether there is no half point in it.
    pub fn is_whole(self) -> bool {
        self.0 % 2 == 0
    }

    /// The points without their sign.
    pub fn abs(self) -> Self {
        Self(self.0.saturating_abs())
    }

    /// The points of a number; `None` where it is not a multiple of one half or is out of range.
    pub fn from_f64(number: f64) -> Option<Self> {
        let halves = number * 2.0;
        (halves.fract() == 0.0 && halves.abs() <= f64::from(i32::MAX)).then_some(Self(halves as i64))
    }
}

impl Add for Points {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Points {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Neg for Points {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl Sum for Points {
    fn sum<I: Iterator<Item = Self>>(points: I) -> Self {
        points.fold(Self::ZERO, Add::add)
    }
}

impl std::fmt::Display for Points {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&if self.is_whole() { (self.0 / 2).to_string() } else { format!("{:.1}", self.as_f64()) })
    }
}

impl Serialize for Points {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if self.is_whole() { to.serialize_i64(self.0 / 2) } else { to.serialize_f64(self.as_f64()) }
    }
}

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let number = f64::deserialize(from)?;
        Self::from_f64(number).ok_or_else(|| de::Error::custom("points are multiples of one half"))
    }
}

impl JsonSchema for Points {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Points".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        // Not `multipleOf`: a validator in use takes negative multiples for none.
        json_schema!({ "type": "number" })
    }
}

#[cfg(test)]
mod tests {
    use super::Points;

    #[test]
    fn halves_are_exact_in_text_and_json() {
        let sum: Points = [Points::half_of(3), Points::whole(8), -Points::half_of(3)].into_iter().sum();
        assert_eq!((sum.to_string(), Points::half_of(3).to_string()), ("8".into(), "1.5".into()));
        for (points, json) in [(Points::whole(8), "8"), (-Points::half_of(3), "-1.5")] {
            assert_eq!(serde_json::to_string(&points).expect("serialises"), json);
            assert_eq!(serde_json::from_str::<Points>(json).expect("reads"), points);
        }
        assert!(serde_json::from_str::<Points>("0.3").is_err());
        assert_eq!(Points::from_f64(f64::NAN), None);
    }
}
