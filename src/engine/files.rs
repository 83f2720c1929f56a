//! Files as a target: every file is judged by the passive rules as if a server had sent it and said nothing of it.
//!
//! Takes a target of files; says plan, findings, verdicts and ending as a host does. What asks for a server is skipped
//! aloud. Reading goes on in a thread of its own, one file ahead of judging; few targets are read at a time, and a file
//! that is judged is paid for from the byte budget, as an answer is. Invariant: what a file's name and bytes do
//! not tell is unknown, never false, so that no rule finds a field missing that nobody sent. Must never import anything
//! above `discover`.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use super::contained::contained;
use super::ledger::{Ending, HostBook, HostId, Said};
use super::orders::Enlisted;
use super::orders::facts_of;
use super::shared::{Cost, Shared};
use super::survey::plain;
use super::verify::Questions;
use super::yielding::Yielding;
use crate::base::{Origin, Reservation, Secret, Timestamp, Unknown};
use crate::compile::CompiledRule;
use crate::discover::files::{Account, FileBounds, FoundFile, Left, read_files};
use crate::finding::{HostOutcome, Outcome, SiteReading, SkipReason};
use crate::observation::{Anomaly, ErrorKind, Exchange, Header, HttpProbe, ProbeError, Response, Timing, Truncation};
use crate::predicate::{Answer, EndpointFacts, Hops, HostFacts, Profile, Profiled, Received, ReplyState};
use crate::target::Target;
use crate::verdict::{PassiveTally, RunResult, Seen};

/// Scans one target of files from its first to its ending.
pub(super) async fn scan_files(shared: Arc<Shared>, id: HostId, target: Target, cost: Arc<Cost>) {
    let origin = target.spelled.first().clone();
    let whole: Arc<str> = origin.to_string().into();
    let rules = &shared.orders.rules;
    let promised = rules.iter().map(|rule| (Arc::clone(&rule.compiled.rule.id), Arc::clone(&whole))).collect();
    let book = HostBook { origin: origin.clone(), named: target.named.clone(), promised };
    shared.tell(id, Said::Planned(Box::new(book), 0)).await;

    let read = if shared.orders.has_passive {
        judge_all(&shared, id, origin, PathBuf::from(&target.named), &cost).await
    } else {
        Read { account: Ok(Account::default()), results: Ok(Vec::new()), stopped: false }
    };
    let (mut questions, mut yielding, mut told) = (Questions::default(), Yielding::default(), Vec::new());
    let mut results = read.results.as_ref().ok().map(|results| results.iter());
    let mut verdicts = Vec::with_capacity(rules.len());
    for (place, enlisted) in rules.iter().enumerate() {
        let result = if enlisted.passive { results.as_mut().map(Iterator::next) } else { None };
        let (outcome, found) = match result {
            _ if enlisted.refused => (Outcome::Skipped(SkipReason::Refused), None),
            _ if !enlisted.passive => (Outcome::Skipped(SkipReason::NoServer), None),
            Some(Some((_, result))) => (outcome_of(enlisted, result, &read), Some(result)),
            _ => (Outcome::Error(ErrorKind::Internal), None),
        };
        let ranks = &shared.orders.ranks;
        let found = found.into_iter().flat_map(|result| &result.findings).cloned();
        told.extend(found.filter_map(|finding| yielding.take(ranks, finding)));
        verdicts.push((place, outcome));
    }
    told.extend(yielding.finish(&shared.orders.ranks));
    for finding in told {
        let finding = questions.ask(finding, &shared, &cost).await;
        shared.tell(id, Said::Found(Box::new(finding))).await;
    }
    shared.tell(id, Said::Booked(verdicts)).await;
    let ending = read.ending(&shared, &cost, &questions);
    shared.tell(id, Said::Done(Box::new(ending))).await;
}

/// What became of reading and judging.
struct Read {
    account: Result<Account, std::io::Error>,
    /// Results of the passive rules, or the words of the panic that ended them.
    results: Result<Vec<(Arc<CompiledRule>, RunResult)>, String>,
    stopped: bool,
}

impl Read {
    fn ending(self, shared: &Shared, cost: &Cost, questions: &Questions) -> Ending {
        let stop = shared.control.stopped().filter(|_| self.stopped);
        let (trouble, notes, complete) = match (&self.account, &self.results) {
            (Err(error), _) => (Some(ProbeError::new(ErrorKind::Local, error.to_string())), Vec::new(), false),
            (_, Err(words)) => {
                let detail = format!("the passive rules panicked: {words}");
                (Some(ProbeError::new(ErrorKind::Internal, detail)), Vec::new(), false)
            }
            (Ok(account), Ok(_)) => {
                let trouble = stop.map(|why| ProbeError::new(ErrorKind::Cancelled, why.describe()));
                let complete = trouble.is_none() && !account.has_gaps();
                (trouble, account.notes().into_iter().map(Arc::from).collect(), complete)
            }
        };
        Ending {
            outcome: if complete { HostOutcome::Complete } else { HostOutcome::Incomplete },
            error: trouble,
            requests: 0,
            bytes: cost.bytes(),
            https: None,
            tls: None,
            profile: None,
            notes: notes.into_iter().chain(questions.notes()).collect(),
            reading: self.account.ok().map(reading),
        }
    }
}

fn reading(account: Account) -> SiteReading {
    let left = account.left.iter().map(|(why, (count, _))| (why.name(), *count)).collect();
    let found = account.files + account.left.values().map(|(count, _)| count).sum::<u64>();
    SiteReading { found, read: account.files, requests: 0, bytes: account.bytes, missing: 0, left }
}

/// A verdict over files: what only a server could have told is no gap, what was not read is one.
fn outcome_of(enlisted: &Enlisted, result: &RunResult, read: &Read) -> Outcome {
    match result.outcome {
        Outcome::Inconclusive(Unknown::NoServer) => Outcome::Skipped(SkipReason::NoServer),
        Outcome::Clean if read.stopped => Outcome::Inconclusive(Unknown::NotSent),
        Outcome::Inconclusive(Unknown::NotSent) if nothing(read) && !enlisted.refused => {
            Outcome::Skipped(SkipReason::NotApplicable)
        }
        other => other,
    }
}

/// Whether the target was read and holds no file.
fn nothing(read: &Read) -> bool {
    !read.stopped && read.account.as_ref().is_ok_and(|account| account.files == 0 && !account.has_gaps())
}

/// Reads and judges, one file after the other.
async fn judge_all(shared: &Arc<Shared>, id: HostId, origin: Origin, path: PathBuf, cost: &Cost) -> Read {
    let set = shared.orders.settings.profile.map_or(Profile::Site, |set| set);
    let profile = Some(Profiled::set(set));
    let baseline = vec![plain(ReplyState::NotAsked)];
    let facts = Arc::new(HostFacts { profile, baseline, ..facts_of(&shared.orders, origin.clone()) });
    let mut tally =
        PassiveTally::new(Arc::clone(&shared.orders.program), Arc::clone(&facts), Arc::new(EndpointFacts::root()));
    // Nobody closes the semaphore; a scan that is stopped meanwhile reads nothing.
    let turn = tokio::select! {
        biased;
        _ = shared.control.wait() => None,
        turn = shared.readers.acquire() => turn.ok(),
    };
    let (mut stopped, mut unpaid) = (turn.is_none(), Vec::new());
    if stopped {
        return Read { account: Ok(Account::default()), results: Ok(tally.finish()), stopped };
    }
    let (mut files, account, halt) = start_reading(path);
    loop {
        let file = tokio::select! {
            file = files.recv() => file,
            _ = shared.control.wait(), if !stopped => {
                (stopped, _) = (true, halt.store(true, Ordering::Relaxed));
                break;
            }
        };
        let Some(file) = file else { break };
        cost.add_bytes(file.body.len() as u64);
        let Some(paid) = shared.wire.reserve(file.body.len()) else {
            unpaid.push((file.path, file.body.len() as u64));
            continue;
        };
        let state = as_answer(file, &origin, facts.now, paid);
        let judged = contained(true, move || {
            tally.observe(&plain(state), &Seen::Guaranteed);
            tally
        });
        tally = match judged.await {
            Ok(tally) => tally,
            Err(words) => {
                halt.store(true, Ordering::Relaxed);
                return Read { account: Ok(Account::default()), results: Err(words), stopped };
            }
        };
        shared.tell(id, Said::Requested(1)).await;
    }
    drop(files);
    let mut account = account.await.unwrap_or_else(|_| Err(std::io::Error::other("reading the files panicked")));
    if let Ok(account) = &mut account {
        unpaid.iter().for_each(|(name, bytes)| account.take_back(Left::Budget, name, *bytes));
    }
    Read { account, results: Ok(tally.finish()), stopped }
}

type Reading = (mpsc::Receiver<FoundFile>, oneshot::Receiver<Result<Account, std::io::Error>>, Arc<AtomicBool>);

/// Starts a thread that reads; it waits while nobody takes what it read.
fn start_reading(path: PathBuf) -> Reading {
    let (give, files) = mpsc::channel(1);
    let (ended, account) = oneshot::channel();
    let halt = Arc::new(AtomicBool::new(false));
    let halted = Arc::clone(&halt);
    tokio::task::spawn_blocking(move || {
        let mut each = |file| !halted.load(Ordering::Relaxed) && give.blocking_send(file).is_ok();
        // Nobody takes the account of a scan that was given up.
        let _ = ended.send(read_files(&path, &FileBounds::default(), &mut each));
    });
    (files, account, halt)
}

/// A file as the answer that passive rules judge, paid for.
fn as_answer(file: FoundFile, origin: &Origin, at: Timestamp, paid: Reservation) -> ReplyState {
    let probe =
        HttpProbe::new(origin.clone(), "GET".into(), Bytes::from(format!("/{}", file.path)), Secret::new(Bytes::new()));
    let typed = |media: &'static str| Header {
        name: Bytes::from_static(b"Content-Type"),
        value: Bytes::from_static(media.as_bytes()),
    };
    let response = Response {
        version: "file",
        status: 200,
        reason: Bytes::new(),
        headers: file.media.map(typed).into_iter().collect(),
        head: Bytes::new(),
        wire_bytes: file.body.len() as u64,
        body: file.body,
        truncated: file.is_cut.then_some(Truncation::BodyLimit),
        anomalies: vec![Anomaly::NoHead],
    };
    let exchange = Exchange {
        probe: Arc::new(probe),
        response: Ok(response),
        at,
        timing: Timing::default(),
        remote: None,
        tls: None,
    };
    let received = Received::new(exchange, Some(paid));
    ReplyState::Answered(Hops::single(Arc::new(Answer::of(Arc::new(received)))))
}
