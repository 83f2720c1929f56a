//! What all hosts of a scan share.
//!
//! Owns nothing that changes but gates and the wire, which guard themselves. Takes the program and the settings; gives
//! each host the same rules, clock, limits and channel. Invariant: hosts talk to the dispatcher through
//! [`Shared::tell`] only. Must never import anything above `discover`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use super::control::Control;
use super::gate::{Gates, Pace};
use super::ledger::{HostId, Message, Said};
use super::settings::Settings;
use crate::base::{ByteBudget, Limits, Origin};
use crate::compile::{CompiledRule, Program};
use crate::plan::Identity;
use crate::rule::{AppliesTo, Redirects};
use crate::wire::Wire;

/// What all hosts of a scan share.
pub(super) struct Shared {
    pub program: Arc<Program>,
    pub rules: Vec<Enlisted>,
    pub settings: Settings,
    pub limits: Arc<Limits>,
    pub identity: Arc<Identity>,
    pub wire: Arc<Wire>,
    pub gates: Gates,
    pub pace: Pace,
    pub control: Control,
    messages: mpsc::Sender<Message>,
}

/// A rule and whether it is run.
pub(super) struct Enlisted {
    pub compiled: Arc<CompiledRule>,
    pub passive: bool,
    pub endpoint: bool,
    /// Its tier is above the one allowed, or this build cannot run it.
    pub refused: bool,
    /// Whether it may ask for something after its first requests are out: what uses earlier answers, the next hop of a
    /// redirect, the next item where the first match ends the rule.
    pub asks_later: bool,
}

impl Shared {
    pub fn new(
        program: Arc<Program>,
        settings: Settings,
        wire: Arc<Wire>,
        control: Control,
        messages: mpsc::Sender<Message>,
    ) -> Self {
        Self {
            rules: program.rules().iter().map(|compiled| enlist(compiled, &settings)).collect(),
            program,
            limits: Arc::new(settings.limits.clone()),
            identity: Arc::new(settings.identity.clone()),
            wire,
            gates: Gates::new(settings.per_host_rate, settings.connections),
            pace: Pace::new(settings.rate),
            settings,
            control,
            messages,
        }
    }

    /// Whether answers are judged by passive rules.
    pub fn has_passive(&self) -> bool {
        self.rules.iter().any(|rule| rule.passive && !rule.refused)
    }

    /// Whether some rule compares with the baseline.
    pub fn needs_baseline(&self) -> bool {
        self.rules.iter().any(|rule| !rule.refused && (rule.passive || rule.compiled.rule.needs_baseline()))
    }

    /// Tells the dispatcher something; waits while it has too much to do.
    pub async fn tell(&self, host: HostId, said: Said) {
        // The dispatcher outlives its hosts; where it is gone, nobody wants to know.
        let _ = self.messages.send(Message { host, said }).await;
    }

    /// A random label for a host: 16 lower-case letters and digits, the first a letter.
    pub fn nonce(&self, origin: &Origin) -> Arc<str> {
        let mut random = [0_u8; 16];
        match self.settings.seed {
            Some(seed) => {
                let hash = Sha256::new().chain_update(seed.to_be_bytes()).chain_update(origin.to_string()).finalize();
                random.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
            }
            None => {
                if getrandom::fill(&mut random).is_err() {
                    random.copy_from_slice(&std::process::id().to_be_bytes().repeat(4));
                }
            }
        }
        const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
        let label: String = random
            .iter()
            .enumerate()
            .map(|(at, byte)| {
                let choice = usize::from(*byte) % if at == 0 { 26 } else { 32 };
                LETTERS.get(choice).map_or('x', |letter| char::from(*letter))
            })
            .collect();
        label.into()
    }
}

fn enlist(compiled: &Arc<CompiledRule>, settings: &Settings) -> Enlisted {
    let rule = &compiled.rule;
    let follows = rule.requests.iter().any(|request| request.redirects != Redirects::None);
    let fixed = !follows && (0..rule.requests.len()).all(|index| compiled.flow.is_fixed(index));
    Enlisted {
        compiled: Arc::clone(compiled),
        passive: rule.applies_to == AppliesTo::Response,
        endpoint: rule.applies_to == AppliesTo::Endpoint,
        refused: rule.refused.is_some() || rule.tier() > settings.tier,
        asks_later: !fixed || rule.stop_at_first_match,
    }
}

/// What a host cost so far; readable even if its task is gone.
#[derive(Debug, Default)]
pub(super) struct Cost {
    requests: AtomicU64,
    bytes: AtomicU64,
}

impl Cost {
    pub fn add(&self, bytes: u64) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

/// A byte budget of the settings' size.
pub(super) fn budget(limits: &Limits) -> ByteBudget {
    ByteBudget::new(limits.bytes)
}
