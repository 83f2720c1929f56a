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
        let Ok(Some(view)) = answer.view("hsts") else { return };
        let is_there = view.field("present") == Some(&Value::Bool(true));
        self.hsts = match (view.field("max_age"), is_there) {
            _ if answer.exchange().probe.origin.ip().is_some() => Hsts::NotApplicable,
            (Some(Value::Int(seconds)), _) => Hsts::For(*seconds),
            (_, true) => Hsts::Malformed,
            (_, false) => Hsts::Missing,
        };
    }

    /// Whether a survey found TLS: then the host answers, if not to requests.
    pub(super) fn is_there(&self) -> bool {
        self.survey.as_ref().is_some_and(|(survey, ..)| survey.is_spoken())
    }

    /// Whether the server's certificate is trusted; `None` where no survey tells, or the port upgrades to TLS: certificates
    /// of such are seldom looked at.
    pub(super) fn is_trusted(&self) -> Option<bool> {
        let (survey, ..) = self.survey.as_ref().filter(|(survey, ..)| survey.starttls.is_none())?;
        let judged = survey.session.as_ref().map(|session| &session.judgement).or(survey.judgement.as_ref())?;
        (!judged.is_unverified()).then(|| judged.distrust().is_none())
    }

    /// What it comes to; `None` where no survey found TLS.
    pub(super) fn summary(&self) -> Option<Summary> {
        let (survey, at, facts) = self.survey.as_ref()?;
        summary(survey, at.as_second(), self.hsts, facts)
    }
}
