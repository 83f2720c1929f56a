//! A letter for TLS, by the criteria of SSL Labs' rating guide (version 2009r), each step of the way told.
//!
//! Takes an assessment and what is known of HSTS; gives a [`Grade`]: three scores, a letter, and a line for each thing that
//! lowers it, with the rule that reports it. Invariant: the letter follows from the lines and the score alone. Must never
//! import a folder above `observation`.

mod caps;
mod score;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::assessment::Assessment;

pub use score::Scores;

/// A letter, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Letter {
    /// Exceptional: A, without a warning, with HSTS.
    #[serde(rename = "A+")]
    APlus,
    /// 80 points and more.
    A,
    /// A with a warning.
    #[serde(rename = "A-")]
    AMinus,
    /// 65 points and more.
    B,
    /// 50 points and more.
    C,
    /// 35 points and more.
    D,
    /// 20 points and more.
    E,
    /// Less, or something that nobody should do.
    F,
    /// The certificate is for another name.
    M,
    /// The certificate is not trusted.
    T,
}

impl Letter {
    /// As reports write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::APlus => "A+",
            Self::A => "A",
            Self::AMinus => "A-",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
            Self::E => "E",
            Self::F => "F",
            Self::M => "M",
            Self::T => "T",
        }
    }

    fn of_points(points: u32) -> Self {
        match points {
            80.. => Self::A,
            65.. => Self::B,
            50.. => Self::C,
            35.. => Self::D,
            20.. => Self::E,
            _ => Self::F,
        }
    }
}

/// What is known of Strict-Transport-Security.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Hsts {
    /// Nothing: it was not looked at, or it is no web server.
    #[default]
    Unknown,
    /// It is not sent.
    Missing,
    /// It is sent, and browsers ignore it.
    Malformed,
    /// It would count for nothing: browsers take no such word of an address.
    NotApplicable,
    /// It is sent for so many seconds.
    For(i64),
}

/// Why a letter is not better.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GradeLine {
    /// The best letter with it; `None` where the line explains and takes nothing.
    pub cap: Option<Letter>,
    /// Why, in a sentence without a full stop.
    pub why: String,
    /// The rule that reports it, where there is one.
    pub rule: Option<String>,
}

/// A letter and how it came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grade {
    /// The letter.
    pub letter: Letter,
    /// The letter if the certificate were trusted and for this name.
    pub without_trust: Letter,
    /// The points behind it.
    pub scores: Scores,
    /// What decides, worst first; the points come last.
    pub lines: Vec<GradeLine>,
}

/// Seconds of half a year, which HSTS has to last: 180 days, as the rule `hsts` has it.
const HALF_A_YEAR: i64 = 15_552_000;

/// Grades an assessment; `None` where no TLS was found to grade, or where the chain was not seen, or it cannot be told
/// whether it is trusted.
pub fn grade(assessment: &Assessment<'_>, hsts: Hsts) -> Option<Grade> {
    if !assessment.is_tls() || no_grade(assessment).is_some() {
        return None;
    }
    let scores = score::scores(assessment);
    let mut lines = caps::lines(assessment);
    let is_warned = |lines: &[GradeLine]| lines.iter().any(|line| line.cap.is_some());
    let lasting = matches!(hsts, Hsts::For(seconds) if seconds >= HALF_A_YEAR);
    lines.extend((!lasting).then(|| of_hsts(hsts)));
    let best = Letter::of_points(scores.total);
    let capped = |lines: &[GradeLine], trust: bool| {
        let caps = lines.iter().filter_map(|line| line.cap);
        let caps = caps.filter(|cap| trust || !matches!(cap, Letter::T | Letter::M));
        caps.chain([best]).max().unwrap_or(best)
    };
    let raised = |letter: Letter, warned: bool| match letter {
        Letter::A if lasting && !warned => Letter::APlus,
        letter => letter,
    };
    let technical = lines.iter().any(|line| !matches!(line.cap, None | Some(Letter::T | Letter::M)));
    let without_trust = raised(capped(&lines, false), technical);
    let letter = raised(capped(&lines, true), is_warned(&lines));
    lines.sort_by_key(|line| std::cmp::Reverse(line.cap));
    let points = format!(
        "{} points: protocols {}, key exchange {}, ciphers {} (30, 30 and 40 parts of a hundred) make {} at best",
        scores.total,
        scores.protocol,
        scores.key_exchange,
        scores.cipher,
        best.name()
    );
    lines.push(GradeLine { cap: None, why: points, rule: None });
    Some(Grade { letter, without_trust, scores, lines })
}

/// What HSTS takes from the letter, where it is not sent for long.
fn of_hsts(hsts: Hsts) -> GradeLine {
    let (cap, what, rule) = match hsts {
        Hsts::Missing => (None, "is not sent, so there is no A+", Some("hsts")),
        Hsts::Malformed => (None, "is malformed, so that browsers ignore it, and there is no A+", Some("hsts")),
        Hsts::Unknown => (None, "was not asked for, so there is no A+", None),
        Hsts::NotApplicable => (None, "counts for nothing where there is no name, so there is no A+", None),
        Hsts::For(..=0) => (Some(Letter::AMinus), "switches itself off", Some("hsts")),
        Hsts::For(_) => (Some(Letter::AMinus), "lasts less than half a year", Some("hsts")),
    };
    let why = format!("Strict-Transport-Security {what}");
    GradeLine { cap, why, rule: rule.map(str::to_owned) }
}

/// Why a server of TLS has no letter; `None` where it has one, or there is no TLS.
pub fn no_grade(assessment: &Assessment<'_>) -> Option<&'static str> {
    if !assessment.is_tls() {
        return None;
    }
    if assessment.is_chain_unseen() {
        return Some("its certificate was not seen");
    }
    assessment.is_trust_open().then_some("whether its certificate is genuine cannot be told here")
}
