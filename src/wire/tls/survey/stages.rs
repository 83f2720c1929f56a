//! The order of a survey: what is asked first, what side by side, and what depends on it.
//!
//! Must never open a socket.

use super::inquiry::Inquiry;
use super::known::Known;
use super::lines::{
    Classes, Control, Elsewhere, Fallbacks, Groups, Having, Jarm, Legacy, Nameless, NewSchemes, Order, Ordinary,
    Protocols, Quality, Resumptions, Schemes, Second, Ssl2, Suites, Unpadded,
};
use crate::observation::{SurveyDepth, TlsVersion, Told};

/// Addresses of a name that are looked at besides the one under survey.
const ADDRESSES: usize = 3;

/// Lines of questions that are asked one after the other.
type Lines = Vec<Box<dyn Inquiry>>;

/// A stage of the survey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The ordinary handshake alone: it shows whether there is anything to survey.
    Ordinary,
    /// Nothing was heard: a handshake and a hello as old servers bear them, before the port is called silent.
    Doubt,
    /// Versions and suites.
    Versions,
    /// What depends on them.
    Rest,
    /// Other addresses of the name.
    Addresses,
    /// The hellos of the fingerprint and nothing else.
    Jarm,
}

impl Stage {
    /// The first of a survey of that depth.
    pub fn first(depth: SurveyDepth) -> Self {
        if depth == SurveyDepth::Jarm { Self::Jarm } else { Self::Ordinary }
    }

    /// Whether what met with trouble is asked again at once; the first stages ask again in another way, and a fingerprint is
    /// made of first answers.
    pub fn repeats(self) -> bool {
        !matches!(self, Self::Ordinary | Self::Doubt | Self::Jarm)
    }

    /// The next one; `silent` says that the port only took hellos and never answered, `speaks` that some version of TLS
    /// was found.
    pub fn after(self, silent: bool, speaks: bool) -> Option<Self> {
        match self {
            Self::Ordinary if silent => Some(Self::Doubt),
            Self::Ordinary => Some(Self::Versions),
            Self::Doubt => (!silent).then_some(Self::Versions),
            Self::Versions => speaks.then_some(Self::Rest),
            Self::Rest => Some(Self::Addresses),
            Self::Addresses | Self::Jarm => None,
        }
    }

    /// What is asked in it, line by line.
    pub fn lanes(self, known: &Known) -> Vec<Lines> {
        match self {
            Self::Jarm => vec![vec![Box::<Jarm>::default()]],
            Self::Ordinary => vec![vec![Box::<Ordinary>::default()]],
            Self::Doubt => {
                let short = Suites::short(TlsVersion::Tls12);
                vec![vec![Box::new(Ordinary::older())], vec![Box::new(short)], vec![Box::<Ssl2>::default()]]
            }
            Self::Versions => versions(known),
            Self::Rest => {
                let mut lanes = if known.is_full() { rest(known) } else { short_rest(known) };
                // Only now is it known that a long hello says nothing of the old versions here.
                if known.survey.tolerance.needs_short_hellos {
                    lanes.insert(0, vec![Box::new(Legacy::short())]);
                }
                lanes
            }
            Self::Addresses => {
                let others = (1..known.addresses.len()).take(ADDRESSES);
                let lanes = others.filter_map(|at| Elsewhere::at(at, known));
                lanes.map(|line| vec![Box::new(line) as Box<dyn Inquiry>]).collect()
            }
        }
    }
}

fn versions(known: &Known) -> Vec<Lines> {
    let mut old: Lines = vec![Box::new(Legacy::new())];
    if known.version(TlsVersion::Ssl20).is_none_or(|version| version.told == Told::default()) {
        old.push(Box::<Ssl2>::default());
    }
    if known.is_full() {
        return vec![
            old,
            vec![Box::new(Suites::all(TlsVersion::Tls12))],
            vec![Box::new(Suites::all(TlsVersion::Tls13))],
        ];
    }
    let speaks_new = known.version(TlsVersion::Tls13).is_some_and(|version| version.told.known().is_some());
    let mut new: Lines = if speaks_new { Vec::new() } else { vec![Box::new(Suites::one(TlsVersion::Tls13))] };
    // Of its suites those without encryption alone are of a kind that nobody should take (RFC 9150).
    new.push(Box::new(Classes::of(TlsVersion::Tls13)));
    let usual: Lines = vec![
        Box::new(Suites::one(TlsVersion::Tls12)),
        Box::new(Classes::of(TlsVersion::Tls12)),
        Box::new(Having::new(TlsVersion::Tls12, Quality::ForwardSecret)),
        Box::new(Having::new(TlsVersion::Tls12, Quality::Authenticated)),
    ];
    vec![old, usual, new]
}

/// What a quick survey asks of servers that have old versions or weak suites, and of no others.
fn short_rest(known: &Known) -> Vec<Lines> {
    let mut lines: Lines = vec![Box::<Control>::default()];
    let oldest = known.spoken().into_iter().rfind(|version| *version >= TlsVersion::Ssl30);
    if oldest.is_some_and(|oldest| oldest < TlsVersion::Tls12) {
        lines.push(Box::<Fallbacks>::default());
    }
    if let Some(version) = known.highest_in_the_clear() {
        let weak = version.suites.len() > 1 && version.forbidden.is_accepted();
        if weak {
            lines.push(Box::new(Order::of(version.version)));
        }
    }
    vec![lines]
}

fn rest(known: &Known) -> Vec<Lines> {
    let clear = known.highest_in_the_clear().map(|version| version.version);
    let mut orders: Lines = Vec::new();
    for version in known.spoken().into_iter().filter(|version| *version >= TlsVersion::Ssl30) {
        orders.push(Box::new(Order::of(version)));
    }
    orders.push(Box::<Fallbacks>::default());
    orders.push(Box::<Nameless>::default());
    orders.push(Box::<Unpadded>::default());
    let mut groups: Lines = vec![Box::new(Groups::of(TlsVersion::Tls13))];
    groups.extend(clear.map(|version| Box::new(Groups::of(version)) as Box<dyn Inquiry>));
    let schemes: Lines = vec![Box::new(Schemes::new()), Box::new(Protocols::new())];
    let whole: Lines = vec![
        Box::<Control>::default(),
        Box::new(Resumptions::new(known)),
        Box::new(NewSchemes::new(known)),
        Box::<Second>::default(),
    ];
    vec![groups, schemes, orders, vec![Box::<Jarm>::default()], whole]
}
