//! Grades and coverage (design §8).
//!
//! Invariant: a grade is a function of score and coverage alone, and there is none where too little was checked.
//! Must never import a folder above `finding`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Points;
use crate::finding::{CoverageRow, HostOutcome};

/// The part of the applicable rules, in per cent, that must have come to a conclusion before there is a grade.
pub const MIN_COVERAGE_PERCENT: u64 = 70;

/// A host's grade, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Grade {
    /// Too little was checked to say.
    #[serde(rename = "?")]
    Unknown,
    /// Below 50.
    F,
    /// From 50.
    D,
    /// From 65.
    C,
    /// From 80.
    B,
    /// From 90.
    A,
    /// 100, and every applicable rule came to a conclusion.
    #[serde(rename = "A+")]
    APlus,
}

impl Grade {
    /// The grade of a score.
    pub fn of(score: Points, coverage: Coverage) -> Self {
        const FROM: [(u32, Grade); 4] = [(90, Grade::A), (80, Grade::B), (65, Grade::C), (50, Grade::D)];
        if score == Points::whole(100) && coverage.is_full() {
            return Self::APlus;
        }
        FROM.iter().find(|(from, _)| score >= Points::whole(*from)).map_or(Self::F, |(_, grade)| *grade)
    }

    /// The grade as reports write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "?",
            Self::F => "F",
            Self::D => "D",
            Self::C => "C",
            Self::B => "B",
            Self::A => "A",
            Self::APlus => "A+",
        }
    }
}

impl std::fmt::Display for Grade {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// How much of what applied to a host came to a conclusion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coverage(CoverageRow);

impl Coverage {
    /// The coverage of these counts.
    pub fn new(row: CoverageRow) -> Self {
        Self(CoverageRow { conclusive: row.conclusive.min(row.applicable), ..row })
    }

    /// Rules that came to a conclusion.
    pub fn conclusive(self) -> u64 {
        self.0.conclusive
    }

    /// Rules that applied.
    pub fn applicable(self) -> u64 {
        self.0.applicable
    }

    /// The ratio, rounded down to four decimals so that 1 is said of full coverage only; 0 where nothing applied.
    pub fn ratio(self) -> f64 {
        let ten_thousandths = u128::from(self.0.conclusive) * 10_000 / u128::from(self.0.applicable.max(1));
        ten_thousandths as f64 / 10_000.0
    }

    /// Whether every rule that applied came to a conclusion, and there was one.
    pub fn is_full(self) -> bool {
        self.0.applicable > 0 && self.0.conclusive == self.0.applicable
    }

    /// Whether enough came to a conclusion for a grade.
    fn suffices(self) -> bool {
        let wanted = u128::from(self.0.applicable) * u128::from(MIN_COVERAGE_PERCENT);
        self.0.applicable > 0 && u128::from(self.0.conclusive) * 100 >= wanted
    }
}

/// Why a host has no grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoGrade {
    /// It did not answer, or something in front of it refused us.
    NotAnswered,
    /// No rule applied.
    NoRule,
    /// Only community templates applied, whose severities nobody has weighed.
    NotWeighed,
    /// Too little was checked.
    TooLittle,
}

impl NoGrade {
    /// Why a host that ended so has no grade; `weighed` counts the rules whose findings cost points. `None` where it has one.
    pub(super) fn of(outcome: HostOutcome, coverage: Coverage, weighed: Coverage) -> Option<Self> {
        match outcome {
            HostOutcome::Unreachable | HostOutcome::Blocked => Some(Self::NotAnswered),
            _ if coverage.applicable() == 0 => Some(Self::NoRule),
            _ if weighed.applicable() == 0 => Some(Self::NotWeighed),
            _ => (!coverage.suffices() || !weighed.suffices()).then_some(Self::TooLittle),
        }
    }

    /// The reason in one sentence.
    pub fn describe(self) -> String {
        match self {
            Self::NotAnswered => "It did not answer, or something in front of it refused us.".to_owned(),
            Self::NoRule => "No rule applied.".to_owned(),
            Self::NotWeighed => {
                "No grade: only community templates were run, and nobody has weighed their severities. \
                 --score-community scores them as they are declared."
                    .to_owned()
            }
            Self::TooLittle => format!("A grade needs {MIN_COVERAGE_PERCENT} % of the rules that apply to be checked."),
        }
    }
}
