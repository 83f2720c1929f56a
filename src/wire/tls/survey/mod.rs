//! The survey of one port as a state machine: which hello is next, and what an answer means.
//!
//! Takes answers, gives questions, several at a time, and at the end the observation. Lines of questions run side by side;
//! each asks one thing after the other. What met with trouble is asked once more. Invariant: it ends whatever it is told,
//! after at most [`bound`] questions, and what was not answered is never taken for a no. Must never open a socket.

mod ask;
mod catalogue;
mod inquiry;
mod insistence;
mod known;
mod lines;
mod plan;
mod stages;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::net::IpAddr;
use std::time::Duration;

pub use ask::{Ask, Heard, Question, Resume, Shaken, Wish};
pub use catalogue::{BUNDLE, SCHEMES, suites as usual_suites};
use inquiry::{Inquiry, Said, Wanted};
use known::Known;
use stages::Stage;

use super::flight::Until;
use super::hello::{ClientHello, Ssl2Answer, ssl2_hello};
use crate::observation::{NotTls, Refusal, SurveyDepth, TlsSurvey, TlsVersion, Told, Unheard};

/// Questions of a survey at most, retries among them.
pub const fn bound(depth: SurveyDepth) -> u32 {
    match depth {
        SurveyDepth::Quick => 48,
        SurveyDepth::Full => 900,
        // One more than there are hellos: a survey that is at its bound draws no conclusion.
        SurveyDepth::Jarm => 11,
    }
}

/// Questions of a survey of a server of today.
pub const fn usual(depth: SurveyDepth) -> u32 {
    match depth {
        SurveyDepth::Quick => 8,
        SurveyDepth::Full => 60,
        SurveyDepth::Jarm => 10,
    }
}

/// How often a question is asked again that never came as far as TLS.
const PREFACES: u8 = 2;
/// The waits before a question is asked the first time, again, and once more.
const PAUSES: [Duration; 2] = [Duration::ZERO, Duration::from_millis(300)];
/// The same where a server is brought to TLS first, which may have no room for us yet.
const PREFACE_PAUSES: [Duration; 3] = [Duration::ZERO, Duration::from_secs(1), Duration::from_secs(4)];
/// Questions that go unanswered one after the other, whatever they are about, before the port is left alone.
const PATIENCE: u32 = 8;

/// A survey under way.
#[derive(Debug)]
pub struct Survey {
    known: Known,
    stage: Stage,
    lanes: Vec<Lane>,
    seed: [u8; 32],
    next_id: usize,
    trouble: Trouble,
}

/// What speaks against asking on.
#[derive(Debug, Default)]
struct Trouble {
    /// Questions that stayed unanswered one after the other.
    unanswered: u32,
    /// Whether the server said anything in TLS.
    spoke: bool,
    /// What it did instead, the first time.
    instead: Option<NotTls>,
    /// Whether nothing more is asked.
    stopped: bool,
}

/// Lines of questions one after the other.
#[derive(Debug, Default)]
struct Lane {
    lines: VecDeque<Box<dyn Inquiry>>,
    pending: Option<Pending>,
}

/// A question on its way, or one that is to be asked again.
#[derive(Debug)]
struct Pending {
    id: usize,
    wanted: Wanted,
    attempt: u8,
    is_sent: bool,
    /// What was heard while it offered application protocols, where it is asked again without them.
    with_protocols: Option<Heard>,
}

impl Survey {
    /// A survey that is to be made of it what `survey` says: depth, name, upgrade. `seed` makes its random bytes.
    pub fn new(survey: TlsSurvey, addresses: Vec<IpAddr>, seed: [u8; 32]) -> Self {
        let known = Known::new(survey, addresses);
        let (stage, trouble) = (Stage::first(known.survey.depth), Trouble::default());
        let lanes = stage.lanes(&known).into_iter().map(Lane::of).collect();
        Self { known, stage, lanes, seed, next_id: 0, trouble }
    }

    /// The next question that may be asked now; `None` while answers are awaited, and at the end.
    pub fn ask(&mut self) -> Option<Ask> {
        loop {
            for at in 0..self.lanes.len() {
                if let Some(ask) = self.next_of(at) {
                    return Some(ask);
                }
            }
            if self.is_waiting() || !self.advance() {
                return None;
            }
        }
    }

    /// Whether answers are awaited.
    pub fn is_waiting(&self) -> bool {
        self.lanes.iter().any(|lane| lane.pending.is_some())
    }

    /// Takes what was heard to a question.
    pub fn told(&mut self, id: usize, heard: Heard) {
        let lane = self.lanes.iter_mut().find(|lane| lane.pending.as_ref().is_some_and(|pending| pending.id == id));
        let Some(lane) = lane else { return };
        let Some(mut pending) = lane.pending.take() else { return };
        self.trouble.note(&heard);
        let is_ssl2 = matches!(pending.wanted, Wanted::Ssl2(_));
        // Who does not know SSL 2.0 may well wait for more, and would again.
        let in_tls = self.stage.repeats() && (!is_ssl2 || heard == Heard::Reset);
        if pending.attempt < self.trouble.repeats(&heard, in_tls) {
            pending.attempt += 1;
            pending.is_sent = false;
            lane.pending = Some(pending);
            return;
        }
        let weighed = match self.trouble.stopped {
            true => Some(heard),
            false => insistence::weigh(&mut pending, heard, &mut self.known),
        };
        let Some(heard) = weighed else {
            lane.pending = Some(pending);
            return;
        };
        let said = interpret(&pending.wanted, heard);
        if matches!(said, Said::Unknown(Unheard::TimedOut | Unheard::NoConnection | Unheard::Shut, _)) && !is_ssl2 {
            self.trouble.unanswered += 1;
        }
        if let Some(line) = lane.lines.front_mut() {
            line.told(said, &mut self.known);
        }
        let gone = self.trouble.unanswered >= PATIENCE || self.is_no_tls();
        if gone {
            self.stop();
        }
    }

    /// Nothing more is asked; what is awaited may still come.
    pub fn stop(&mut self) {
        self.trouble.stopped = true;
        for lane in &mut self.lanes {
            let awaited = lane.pending.as_ref().is_some_and(|pending| pending.is_sent);
            if awaited {
                lane.lines.truncate(1);
            } else {
                lane.pending = None;
                lane.lines.clear();
            }
        }
    }

    /// What is known at the end.
    pub fn finish(self) -> TlsSurvey {
        let Self { mut known, trouble, .. } = self;
        known.take_back();
        let mut survey = known.survey;
        for version in &mut survey.versions {
            match version.told {
                Told::Refused(refusal) if version.suites.is_empty() => {
                    version.complete = true;
                    version.classes_complete = true;
                    lines::settle(version, Told::Refused(refusal));
                }
                Told::Unknown(Unheard::NotAsked) if trouble.stopped => version.told = Told::Unknown(Unheard::Bound),
                _ => {}
            }
        }
        let speaks_new = survey.version(TlsVersion::Tls13).is_some_and(|version| version.told.is_accepted());
        survey.tolerance.refuses_tls13_hellos &= !speaks_new;
        let accepts = survey.session.is_some() || survey.versions.iter().any(|version| version.told.is_accepted());
        if !accepts && !trouble.spoke {
            survey.not_tls = trouble.instead;
        }
        survey
    }

    fn next_of(&mut self, at: usize) -> Option<Ask> {
        let over = self.next_id >= bound(self.known.survey.depth) as usize;
        let lane = self.lanes.get_mut(at)?;
        if over && lane.pending.as_ref().is_none_or(|pending| !pending.is_sent) {
            self.trouble.stopped = true;
            (lane.pending, lane.lines) = (None, VecDeque::new());
            return None;
        }
        let (wanted, attempt, with_protocols) = match lane.pending.take() {
            Some(pending) if pending.is_sent => {
                lane.pending = Some(pending);
                return None;
            }
            Some(again) => (again.wanted, again.attempt, again.with_protocols),
            None => (lane.next(&mut self.known, self.trouble.stopped)?, 0, None),
        };
        let id = self.next_id;
        self.next_id += 1;
        let address = lane.lines.front().map_or(0, |line| line.address());
        let question = self.question(&wanted, id);
        let lane = self.lanes.get_mut(at)?;
        lane.pending = Some(Pending { id, wanted, attempt, is_sent: true, with_protocols });
        self.known.survey.hellos += 1;
        let pauses = if self.known.survey.starttls.is_some() { &PREFACE_PAUSES[..] } else { &PAUSES };
        let pause = pauses.get(usize::from(attempt)).or(pauses.last()).copied().unwrap_or_default();
        Some(Ask { id, address, pause, question })
    }

    fn question(&self, wanted: &Wanted, id: usize) -> Question {
        let mut random = self.seed;
        for (byte, salt) in random.iter_mut().zip(id.to_be_bytes()) {
            *byte ^= salt;
        }
        match wanted {
            Wanted::Hello(plan) => {
                let hello = plan.hello(self.known.survey.name.as_deref(), random);
                Question::Hello(hello.record(), plan.until)
            }
            Wanted::Fixed(hello) => Question::Hello(hello.record(), Until::Hello),
            Wanted::Ssl2(kinds) => {
                let mut challenge = [0; 16];
                challenge.iter_mut().zip(random).for_each(|(to, from)| *to = from);
                Question::Ssl2(ssl2_hello(kinds, challenge))
            }
            Wanted::Handshake(wish) => Question::Handshake(wish.clone()),
            Wanted::Renegotiation(hello) => Question::Renegotiation(ClientHello { random, ..hello.clone() }),
        }
    }

    /// The next stage, where there is one.
    fn advance(&mut self) -> bool {
        let speaks = !self.known.spoken().is_empty();
        let silent = !self.trouble.spoke && !speaks && self.trouble.instead == Some(NotTls::Silent);
        let next = self.stage.after(silent, speaks).filter(|_| !self.trouble.stopped);
        let Some(next) = next else { return false };
        self.stage = next;
        self.lanes = next.lanes(&self.known).into_iter().map(Lane::of).collect();
        true
    }

    /// Whether the port was shown to speak something else.
    fn is_no_tls(&self) -> bool {
        use NotTls::{Mute, NoUpgrade, Plaintext, PutsOff};
        let instead = matches!(self.trouble.instead, Some(Plaintext(_) | NoUpgrade(_) | PutsOff(_) | Mute(_)));
        instead && !self.trouble.spoke && self.known.spoken().is_empty()
    }
}

impl Lane {
    fn of(lines: Vec<Box<dyn Inquiry>>) -> Self {
        Self { lines: lines.into(), pending: None }
    }

    /// What the line in front wants next; lines that are through are left.
    fn next(&mut self, known: &mut Known, stopped: bool) -> Option<Wanted> {
        while let Some(line) = self.lines.front_mut() {
            if let Some(wanted) = line.next(known).filter(|_| !stopped) {
                return Some(wanted);
            }
            self.lines.pop_front();
        }
        None
    }
}

impl Trouble {
    fn note(&mut self, heard: &Heard) {
        let is_before = matches!(
            heard,
            Heard::PutOff(_) | Heard::Mute(_) | Heard::NoUpgrade(_) | Heard::NoConnection(_) | Heard::Shut(_)
        );
        // Whoever was brought to TLS did not stay away from it.
        self.instead.take_if(|it| !is_before && matches!(it, NotTls::PutsOff(_) | NotTls::Mute(_)));
        let instead = match heard {
            Heard::Ssl2(Ssl2Answer::Other) => return,
            Heard::Answer(_) | Heard::Ssl2(_) | Heard::Shaken(_) | Heard::Alert(_) | Heard::Lied => {
                self.spoke = true;
                self.unanswered = 0;
                return;
            }
            Heard::NotTls(start) => NotTls::Plaintext(start.clone()),
            Heard::NoUpgrade(said) => NotTls::NoUpgrade(said.clone()),
            Heard::PutOff(said) => NotTls::PutsOff(said.clone()),
            Heard::Mute(protocol) => NotTls::Mute(*protocol),
            Heard::Closed => NotTls::Closes,
            Heard::Reset => NotTls::Resets,
            Heard::TimedOut => NotTls::Silent,
            Heard::NoConnection(_) | Heard::Shut(_) | Heard::NotShaken(_) | Heard::Again(_) => return,
        };
        let telling = matches!(instead, NotTls::Plaintext(_) | NotTls::NoUpgrade(_));
        let known = matches!(self.instead, Some(NotTls::Plaintext(_) | NotTls::NoUpgrade(_)));
        if self.instead.is_none() || telling && !known {
            self.instead = Some(instead);
        }
    }

    /// How often a question is asked again to which this was heard, as it may be otherwise the next time; `in_tls` says
    /// whether that holds for what happens in TLS too. Who never came as far as TLS is not waited for twice.
    fn repeats(&self, heard: &Heard, in_tls: bool) -> u8 {
        match heard {
            _ if self.stopped => 0,
            Heard::PutOff(_) => PREFACES,
            // It did upgrade a connection before.
            Heard::NoUpgrade(_) if self.spoke => PREFACES,
            // Nor do words in the clear say more of who spoke TLS before than that there is no room now.
            Heard::Mute(_) | Heard::NotTls(_) => u8::from(self.spoke && in_tls),
            Heard::Reset | Heard::TimedOut | Heard::NoConnection(_) | Heard::Shut(_) => u8::from(in_tls),
            _ => 0,
        }
    }
}

/// What was heard, in the light of what was asked.
fn interpret(wanted: &Wanted, heard: Heard) -> Said {
    let unknown = |why| Said::Unknown(why, None);
    match heard {
        Heard::Answer(answer) => match wanted {
            Wanted::Hello(plan) => match plan.weigh(&answer) {
                Some(Told::Accepted) => Said::Accepted(answer),
                Some(Told::Refused(refusal)) => Said::Refused(refusal),
                Some(Told::Unknown(why)) => unknown(why),
                None => unknown(Unheard::Lied),
            },
            Wanted::Fixed(_) if answer.hello.is_some() => Said::Accepted(answer),
            _ => unknown(Unheard::Lied),
        },
        Heard::Ssl2(answer) => Said::Ssl2(answer),
        Heard::Shaken(shaken) => Said::Shaken(shaken),
        Heard::Again(told) => Said::Again(told),
        Heard::Alert(alert) if insistence::wants_protocol(wanted, alert) => unknown(Unheard::Protocol),
        Heard::Alert(alert) => Said::Refused(Refusal::Alert(alert)),
        Heard::Closed => Said::Refused(Refusal::Closed),
        Heard::Reset => unknown(Unheard::Reset),
        Heard::TimedOut => unknown(Unheard::TimedOut),
        Heard::NoConnection(words) => Said::Unknown(Unheard::NoConnection, Some(words)),
        Heard::Shut(words) => Said::Unknown(Unheard::Shut, Some(words)),
        Heard::NotShaken(words) => Said::Unknown(Unheard::Lied, Some(words)),
        Heard::NotTls(_) | Heard::Lied => Said::Unknown(Unheard::Lied, None),
        Heard::NoUpgrade(words) | Heard::PutOff(words) => Said::Unknown(Unheard::NoConnection, Some(words)),
        Heard::Mute(protocol) => Said::Unknown(Unheard::TimedOut, Some(NotTls::Mute(protocol).words().to_owned())),
    }
}
