//! What a host showed of its TLS: kept for its report.
//!
//! Takes observations and answers as they come; gives a summary at the end. Invariant: of several surveys of a host the first
//! counts. Must never judge.

use std::sync::Arc;

use crate::base::{Timestamp, Value};
use crate::observation::{Observation, Seen, SurveyDepth, TlsSurvey};
use crate::predicate::Answer;
use crate::predicate::observed::facts;
use crate::tls::grade::Hsts;
use crate::tls::summary::{Summary, summary};

/// What was seen of it.
#[derive(Debug, Default)]
pub(super) struct TlsSeen {
    survey: Option<(Arc<TlsSurvey>, Timestamp, Value)>,
    hsts: Hsts,
}

impl TlsSeen {
    /// Takes an observation of the host's own port.
    pub(super) fn note(&mut self, observation: &Observation) {
        if let (None, Ok(Seen::TlsSurvey(survey))) = (&self.survey, &observation.seen)
            && survey.depth != SurveyDepth::Jarm
            && let Ok(Some((_, facts))) = facts(observation)
        {
            self.survey = Some((Arc::clone(survey), observation.at, facts));
        }
    }

    /// Takes an answer of the host's own: of the first that came over TLS, what it says of HSTS counts.
    pub(super) fn note_answer(&mut self, answer: &Answer) {
        let is_root = &answer.exchange().probe.target[..] == b"/";
        if self.hsts != Hsts::Unknown || !is_root || answer.exchange().tls.is_none() || answer.response().is_none() {
            return;
        }
        let seconds = |view: &Value| match view.field("max_age") {
            Some(Value::Int(seconds)) => Some(*seconds),
            _ => None,
        };
        let Ok(view) = answer.view("hsts") else { return };
        self.hsts = view.and_then(seconds).map_or(Hsts::Missing, Hsts::For);
    }

    /// What it comes to; `None` where no survey found TLS.
    pub(super) fn summary(&self) -> Option<Summary> {
        let (survey, at, facts) = self.survey.as_ref()?;
        summary(survey, at.as_second(), self.hsts, facts)
    }
}
