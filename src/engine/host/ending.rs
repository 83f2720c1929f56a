//! The end of a host: verdicts, findings, outcome.
//!
//! Invariant: what is booked here is booked once; a verdict is never better than what the host's health allows. Must
//! never import anything above `discover`.

use super::Host;
use crate::base::Unknown;
use crate::engine::ledger::{Ending, Said};
use crate::engine::runs::Ended;
use crate::finding::{Finding, HostOutcome, Outcome, SkipReason};
use crate::observation::{ErrorKind, ProbeError};

impl Host {
    /// Books a run that ended and lets go of what only it waited for.
    pub(super) async fn end(&mut self, ended: Ended) {
        let Ended { run, place, together, outcome, findings, leaves, troubled, lost } = ended;
        for slot in leaves {
            self.leave(slot, run);
        }
        self.leave_others(run);
        if !self.may_ask_later() {
            self.requests.forget_answers();
            self.abroad.forget();
        }
        self.trouble = self.trouble.take().or(lost);
        match together {
            Some(rule) => self.gathered.take(rule, (place, outcome, troubled), findings),
            None => self.conclude(place, outcome, findings, troubled).await,
        }
    }

    /// Ends whatever is left, judges what is left, and says how the host ended.
    pub(super) async fn finish(mut self) {
        for ended in self.runs.abandon() {
            self.end(ended).await;
        }
        let left = self.restraint.abandon().into_iter().chain(self.lineup.abandon());
        for place in left.collect::<Vec<_>>() {
            self.conclude(place, Outcome::Inconclusive(Unknown::NotSent), Vec::new(), true).await;
        }
        self.finish_gathered().await;
        self.finish_passive().await;
        for finding in std::mem::take(&mut self.yielding).finish(&self.shared.orders.ranks) {
            self.tell_finding(finding).await;
        }
        self.tell_all().await;
        let ending = self.ending();
        self.shared.tell(self.id, Said::Done(Box::new(ending))).await;
    }

    async fn finish_gathered(&mut self) {
        for mut together in self.gathered.finish() {
            for (place, outcome, troubled) in std::mem::take(&mut together.verdicts) {
                self.conclude(place, outcome, std::mem::take(&mut together.findings), troubled).await;
            }
        }
    }

    async fn finish_passive(&mut self) {
        if self.passive.is_empty() {
            return;
        }
        self.survey.begin(&self.shared.orders, &self.facts, &self.root);
        self.survey.judge().await;
        let troubled = self.survey.is_troubled();
        let results = self.survey.finish();
        if let Some(words) = self.survey.lost.take() {
            let detail = format!("the passive rules panicked: {words}");
            self.trouble.get_or_insert(ProbeError::new(ErrorKind::Internal, detail));
        }
        let mut results = results.map(Vec::into_iter);
        for (place, refused) in std::mem::take(&mut self.passive) {
            let result = results.as_mut().and_then(Iterator::next).map(|(_, result)| result);
            match result {
                _ if refused => self.book(place, Outcome::Skipped(SkipReason::Refused)).await,
                Some(result) => self.conclude(place, result.outcome, result.findings, troubled).await,
                None => self.conclude(place, Outcome::Error(ErrorKind::Internal), Vec::new(), true).await,
            }
        }
    }

    async fn conclude(&mut self, place: usize, outcome: Outcome, findings: Vec<Finding>, troubled: bool) {
        let health = self.links.get(&self.facts.origin).map(|link| &link.health);
        let outcome = health.filter(|_| troubled).map_or(outcome, |health| health.judge(outcome));
        self.incomplete |= troubled && is_gap(outcome);
        for finding in findings {
            if self.shared.orders.has_workflows && !self.told.insert(finding.fingerprint.clone()) {
                continue;
            }
            if let Some(finding) = self.yielding.take(&self.shared.orders.ranks, finding) {
                self.tell_finding(finding).await;
            }
        }
        self.book(place, outcome).await;
    }

    async fn tell_finding(&mut self, finding: Finding) {
        let finding = self.questions.ask(finding, &self.shared, &self.cost).await;
        self.shared.tell(self.id, Said::Found(Box::new(finding))).await;
    }

    fn ending(&mut self) -> Ending {
        let link = self.links.get(&self.facts.origin);
        let answered = link.is_some_and(|link| link.health.has_answered());
        let trouble = link.and_then(|link| link.health.trouble().cloned());
        let refused =
            link.is_some_and(|link| link.only_refuses() && (self.survey.is_refused() || !self.survey.asked()));
        let stop = self.shared.control.stopped().filter(|_| self.stopped);
        let interrupted = stop.map(|why| ProbeError::new(ErrorKind::Cancelled, why.describe()));
        let (outcome, error) = match (answered, self.incomplete) {
            (false, _) if trouble.is_some() && !self.tls.is_there() => (HostOutcome::Unreachable, trouble),
            (true, _) if refused => (HostOutcome::Blocked, None),
            (_, true) => (HostOutcome::Incomplete, self.trouble.take().or(interrupted).or(trouble)),
            (_, false) => (HostOutcome::Complete, None),
        };
        let (requests, bytes) = (self.cost.requests(), self.cost.bytes());
        let (https, profile, mut notes) =
            (self.https.or(self.tls.is_trusted()), self.facts.profile.clone(), self.restraint.notes());
        let (reading, said) = self.crawling.finish();
        notes.extend(said.into_iter().chain(self.questions.notes()));
        let tls = self.tls.summary().map(Box::new);
        Ending { outcome, error, requests, bytes, https, tls, profile, notes, reading }
    }
}

/// Whether a verdict means that something was not checked.
fn is_gap(outcome: Outcome) -> bool {
    let unasked = |why: Unknown| matches!(why, Unknown::NotSent | Unknown::Failed | Unknown::Budget);
    match outcome {
        Outcome::Error(_) => true,
        Outcome::Inconclusive(why) => unasked(why),
        Outcome::Match | Outcome::Clean | Outcome::Skipped(_) => false,
    }
}
