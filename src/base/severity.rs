//! Severity and confidence of a finding.
//!
//! Invariant: the order of the variants is the order of weight, so `max` finds the worst. Must never import another folder.

use serde::{Deserialize, Serialize};

/// How bad a finding is, worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// A fact worth knowing; costs nothing.
    Info,
    /// Weakens a defence.
    Low,
    /// An attacker gains something with a further condition.
    Medium,
    /// An attacker gains something valuable.
    High,
    /// An attacker gains control or secrets at once.
    Critical,
}

impl Severity {
    /// Every severity, mildest first.
    pub const ALL: [Self; 5] = [Self::Info, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The name as rules and reports write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The severity of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.name() == name)
    }

    /// Points that one finding of this severity costs its host (design §8).
    pub fn points(self) -> u32 {
        match self {
            Self::Info => 0,
            Self::Low => 3,
            Self::Medium => 8,
            Self::High => 20,
            Self::Critical => 40,
        }
    }
}

impl std::fmt::Display for Severity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// How sure a rule is of what it says, surest last.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// One signal, or a condition that could not be told; deductions are halved.
    Tentative,
    /// Several signals that agree.
    #[default]
    Firm,
    /// Proven by the answer itself.
    Certain,
}

impl Confidence {
    /// Every confidence, least sure first.
    pub const ALL: [Self; 3] = [Self::Tentative, Self::Firm, Self::Certain];

    /// The name as rules and reports write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tentative => "tentative",
            Self::Firm => "firm",
            Self::Certain => "certain",
        }
    }

    /// The confidence of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|confidence| confidence.name() == name)
    }
}

impl std::fmt::Display for Confidence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}
