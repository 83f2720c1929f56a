//! The dispatcher: starts hosts, keeps the books, passes events on in order.
//!
//! Owns the state of a run; hosts are tasks that share nothing with it but a channel each way. Takes targets as they can
//! be started; gives events and, at the end, the summary. Invariant: planned = match + clean + error + skipped +
//! inconclusive at the end of every run, or the run fails. Must never import anything above `discover`.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::Instant;

use super::contained::words;
use super::control::{Control, Stop};
use super::error::EngineError;
use super::feed;
use super::host::scan_host;
use super::ledger::{Ending, HostId, Ledger, Message, Said};
use super::orders::Orders;
use super::output::Output;
use super::settings::Settings;
use super::shared::{Cost, Shared};
use super::turns::Turns;
use crate::base::{ByteBudget, Unknown};
use crate::compile::Program;
use crate::diagnostic::Diagnostic;
use crate::finding::{Event, HostOutcome, Outcome, RunSummary, Sink};
use crate::observation::{ErrorKind, ProbeError};
use crate::target::Target;
use crate::wire::{self, Wire};

/// What hosts may have said before the dispatcher heard it.
const UNHEARD: usize = 256;
/// How long hosts have to end by themselves once the scan is stopped.
const GRACE: Duration = Duration::from_secs(4);

/// Scans all targets with all rules of the program. Events go to the sink in order: of each host its findings and
/// verdicts, then its `Host`; at the end the `Summary`.
///
/// # Errors
/// Where the output fails, nothing moves any more, or the books do not add up. What was written before stays written.
pub async fn scan<T>(
    program: Arc<Program>,
    targets: T,
    settings: Settings,
    sink: Box<dyn Sink>,
    control: Control,
) -> Result<RunSummary, EngineError>
where
    T: Iterator<Item = Result<Target, Diagnostic>> + Send + 'static,
{
    let orders = Orders::new(program, settings);
    let room = orders.settings.hosts_in_flight(orders.sending(), orders.asking_later());
    let turns = Turns::new(&orders);
    let wire = open_wire(&orders.settings)?;
    let (tell, heard) = mpsc::channel(UNHEARD);
    let shared = Arc::new(Shared::new(orders, turns, wire, control.clone(), tell));
    let targets = feed::start(targets)?;
    let output = Output::start(sink, control)?;
    let now = Instant::now();
    let dispatcher = Dispatcher {
        room,
        ledger: Ledger::new(shared.orders.curated()),
        shared,
        output,
        hosts: JoinSet::new(),
        costs: HashMap::new(),
        next: 0,
        started: now,
        moved: now,
        stalled: None,
    };
    dispatcher.run(targets, heard).await
}

/// The wire of a scan, within the limits of the scan.
pub(super) fn open_wire(settings: &Settings) -> Result<Arc<Wire>, EngineError> {
    let own = wire::Settings { limits: settings.limits.clone(), ..settings.wire.clone() };
    let wire = Wire::new(own, ByteBudget::new(settings.limits.bytes), settings.clock);
    wire.map(Arc::new).map_err(|problem| EngineError::Wire(Box::new(problem)))
}

struct Dispatcher {
    shared: Arc<Shared>,
    room: usize,
    output: Output,
    ledger: Ledger,
    hosts: JoinSet<()>,
    costs: HashMap<Id, (HostId, Arc<Cost>)>,
    next: u64,
    started: Instant,
    /// When something was last heard of any host.
    moved: Instant,
    stalled: Option<EngineError>,
}

impl Dispatcher {
    async fn run(
        mut self,
        mut targets: mpsc::Receiver<feed::Read>,
        mut heard: mpsc::Receiver<Message>,
    ) -> Result<RunSummary, EngineError> {
        let control = self.shared.control.clone();
        let deadline = self.shared.orders.settings.deadline.map(|length| self.started + length);
        let stall = self.shared.orders.settings.stall_after();
        let (mut more, mut stopped) = (true, None);
        while more || !self.hosts.is_empty() {
            tokio::select! {
                biased;
                why = control.wait(), if stopped.is_none() => {
                    stopped = Some((why, Instant::now() + GRACE));
                    more = false;
                }
                () = until(deadline), if stopped.is_none() => control.stop(Stop::Deadline),
                () = until(stopped.map(|(_, end)| end)), if stopped.is_some() => self.abandon_all(&mut heard).await,
                () = until(Some(self.moved + stall)), if stopped.is_none() && !self.hosts.is_empty() => self.stall(stall),
                Some(message) = heard.recv() => self.hear(message).await,
                Some(ended) = self.hosts.join_next_with_id(), if !self.hosts.is_empty() => {
                    self.part(ended, &mut heard).await;
                }
                target = targets.recv(), if more && self.hosts.len() < self.room => match target {
                    Some(target) => self.start(target).await,
                    None => {
                        more = false;
                        self.give(Event::TargetsRead { hosts: self.next }).await;
                    }
                },
            }
        }
        drop(targets);
        while let Ok(message) = heard.try_recv() {
            self.hear(message).await;
        }
        self.finish(stopped.map(|(why, _)| why)).await
    }

    async fn start(&mut self, target: feed::Read) {
        self.moved = Instant::now();
        let target = match target {
            Ok(target) => target,
            Err(problem) => {
                self.ledger.note_invalid_target();
                return self.give(Event::InvalidTarget(Box::new(problem))).await;
            }
        };
        let host = HostId(self.next);
        self.next += 1;
        let cost = Arc::new(Cost::default());
        let task = self.hosts.spawn(scan_host(Arc::clone(&self.shared), host, target, Arc::clone(&cost)));
        self.costs.insert(task.id(), (host, cost));
    }

    async fn hear(&mut self, message: Message) {
        self.moved = Instant::now();
        let Message { host, said } = message;
        let now = self.shared.orders.settings.clock.now();
        let event = match said {
            Said::Planned(book, requests) => {
                let (target, planned) = (book.origin.clone(), book.promised.len() as u64);
                self.ledger.open(host, *book);
                Some(Event::HostStarted { target, planned, requests })
            }
            Said::Extended(promised) => {
                self.ledger.extend(host, promised);
                None
            }
            Said::Requested(requests) => {
                let origin = self.ledger.origin(host);
                origin.map(|origin| Event::Requested { target: origin.clone(), requests })
            }
            Said::Found(finding) => Some(Event::Finding(finding, now)),
            Said::Booked(verdicts) => return self.book(host, verdicts).await,
            Said::Done(ending) => self.ledger.close(host, *ending).map(|report| Event::Host(Box::new(report), now)),
        };
        if let Some(event) = event {
            self.give(event).await;
        }
    }

    async fn book(&mut self, host: HostId, verdicts: Vec<(usize, Outcome)>) {
        for (place, outcome) in verdicts {
            let verdict = self.ledger.book(host, place, outcome);
            if let Some(verdict) = verdict.filter(|_| self.shared.orders.settings.verdicts) {
                self.give(Event::Verdict(verdict)).await;
            }
        }
    }

    async fn give(&mut self, event: Event) {
        if !self.output.give(event).await {
            self.shared.control.stop(Stop::Output);
        }
    }

    /// A host's task is over; where it panicked, what it promised is booked as our error.
    async fn part(&mut self, ended: Result<(Id, ()), JoinError>, heard: &mut mpsc::Receiver<Message>) {
        let (task, failure) = match ended {
            Ok((task, ())) => (task, None),
            Err(error) => (error.id(), Some(error)),
        };
        let Some((host, cost)) = self.costs.remove(&task) else { return };
        let Some(failure) = failure else { return };
        // All that the host said before it ended is in the channel by now.
        while let Ok(message) = heard.try_recv() {
            self.hear(message).await;
        }
        let (outcome, error) = match failure.try_into_panic() {
            Ok(panic) => {
                let detail = format!("the scan of the host panicked: {}", words(&*panic));
                (Outcome::Error(ErrorKind::Internal), ProbeError::new(ErrorKind::Internal, detail))
            }
            Err(_) => {
                let why = self.shared.control.stopped().map_or("the scan of the host was cancelled", Stop::describe);
                (Outcome::Inconclusive(Unknown::NotSent), ProbeError::new(ErrorKind::Cancelled, why))
            }
        };
        let outstanding = self.ledger.outstanding(host).into_iter().map(|place| (place, outcome));
        self.book(host, outstanding.collect()).await;
        let (requests, bytes) = (cost.requests(), cost.bytes());
        let (outcome, error) = (HostOutcome::Incomplete, Some(error));
        let ending = Ending {
            outcome,
            error,
            requests,
            bytes,
            https: None,
            tls: None,
            profile: None,
            notes: Vec::new(),
            reading: None,
        };
        self.hear(Message { host, said: Said::Done(Box::new(ending)) }).await;
    }

    /// The grace is over: hosts that did not end by themselves are ended.
    async fn abandon_all(&mut self, heard: &mut mpsc::Receiver<Message>) {
        self.hosts.abort_all();
        while !self.hosts.is_empty() {
            tokio::select! {
                biased;
                Some(message) = heard.recv() => self.hear(message).await,
                Some(ended) = self.hosts.join_next_with_id() => self.part(ended, heard).await,
            }
        }
    }

    fn stall(&mut self, after: Duration) {
        self.stalled = Some(EngineError::Stalled { after, hosts: self.hosts.len() });
        self.shared.control.stop(Stop::Stalled);
    }

    async fn finish(mut self, stopped: Option<Stop>) -> Result<RunSummary, EngineError> {
        let (mut summary, twice) = std::mem::take(&mut self.ledger).finish();
        summary.seconds = self.started.elapsed().as_secs_f64();
        summary.interrupted = stopped.is_some();
        if !summary.adds_up() || twice > 0 {
            // What the sink was given is worth having, so it is written out before the run fails.
            self.output.finish().await?;
            return Err(EngineError::Accounting { summary: Box::new(summary), twice });
        }
        let now = self.shared.orders.settings.clock.now();
        self.give(Event::Summary(Box::new(summary.clone()), now)).await;
        self.output.finish().await?;
        match self.stalled {
            Some(stalled) => Err(stalled),
            None => Ok(summary),
        }
    }
}

async fn until(end: Option<Instant>) {
    match end {
        Some(end) => tokio::time::sleep_until(end).await,
        None => std::future::pending().await,
    }
}
