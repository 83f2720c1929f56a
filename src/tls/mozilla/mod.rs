//! Mozilla's profiles for servers: what keeps a server from each, and what to change.
//!
//! Owns the profiles as data (`profiles.json`: modern and intermediate of the guidelines 6.0, old of 5.8, the last that have
//! it). Takes an assessment; gives the differences. Invariant: what could not be told is no difference, and no profile is said
//! to be kept as long as something of it could not be told. Must never import a folder above `observation`.

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use serde::Deserialize;

use super::assessment::{Assessment, SuiteUse};
use super::certificate::KeyKind;
use super::suite::KeyExchange;
use super::{group, suite, version_name};
use crate::observation::{Preference, TlsVersion};

const DATA: &str = include_str!("profiles.json");

/// A profile.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// The version of the guidelines that it is from.
    pub version: String,
    versions: Vec<String>,
    suites: Vec<String>,
    groups: Vec<String>,
    keys: Vec<String>,
    rsa_bits: u32,
    dh_bits: Option<u32>,
    signatures: Vec<String>,
    most_days: i64,
    server_order: bool,
}

static PROFILES: LazyLock<Vec<Profile>> = LazyLock::new(|| serde_json::from_str(DATA).unwrap_or_default());

/// The profiles, strictest first.
pub fn profiles() -> &'static [Profile] {
    &PROFILES
}

/// How a server stands to a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The profile.
    pub profile: &'static str,
    /// What to change, a sentence each without a full stop; none where nothing is known against it.
    pub changes: Vec<String>,
    /// What would have to be known besides, in words; none where nothing is left to ask.
    pub open: Vec<String>,
    /// What it does more than the profile asks, which is no difference.
    pub notes: Vec<String>,
}

/// How a server stands to each profile, strictest first.
pub fn standings(assessment: &Assessment<'_>) -> Vec<Standing> {
    profiles().iter().map(|profile| standing(profile, assessment)).collect()
}

/// The strictest profile that nothing is known against; it is kept where nothing of it is open.
pub fn closest(standings: &[Standing]) -> Option<&Standing> {
    standings.iter().find(|standing| standing.changes.is_empty())
}

/// The strictest profile that is kept; `None` where none is, or where that cannot be told.
pub fn kept(standings: &[Standing]) -> Option<&'static str> {
    closest(standings).filter(|standing| standing.open.is_empty()).map(|standing| standing.profile)
}

fn standing(profile: &'static Profile, assessment: &Assessment<'_>) -> Standing {
    let mut changes = Vec::new();
    let mut notes = Vec::new();
    let allowed = |version: TlsVersion| profile.versions.iter().any(|name| name == version.name());
    for version in assessment.protocols().into_iter().filter(|version| !allowed(*version)) {
        changes.push(format!("switch {} off", version_name(version)));
    }
    let lacks_13 = assessment.speaks(TlsVersion::Tls13) == Some(false);
    if lacks_13 {
        changes.push("switch TLS 1.3 on".to_owned());
    }
    let strange = |used: &&SuiteUse| {
        let spoken = used.versions.iter().any(|version| allowed(*version));
        spoken && !profile.suites.iter().any(|name| suite::of_name(name).is_some_and(|s| s.number == used.number))
    };
    let suites: Vec<String> = assessment.suites.iter().filter(strange).map(SuiteUse::name).collect();
    if !suites.is_empty() {
        changes.push(format!("take off the list of suites: {}", suites.join(", ")));
    }
    let (groups, _) = assessment.groups();
    let known =
        |number: &u16| profile.groups.iter().any(|name| group::of_name(name).is_some_and(|g| g.number == *number));
    let (weak, more): (Vec<u16>, Vec<u16>) = groups
        .into_iter()
        .filter(|number| !known(number))
        .partition(|number| group::of_number(*number).is_some_and(|group| group.is_weak()));
    let names = |groups: Vec<u16>| groups.into_iter().map(group::name_of).collect::<Vec<_>>().join(", ");
    if !weak.is_empty() {
        changes.push(format!("take off the list of groups: {}", names(weak)));
    }
    if !more.is_empty() {
        notes.push(format!("groups beside those of the profile: {}", names(more)));
    }
    if let Some((least, dh)) = profile.dh_bits.zip(assessment.dh()).filter(|(least, dh)| dh.bits < *least) {
        changes.push(format!("use a Diffie-Hellman prime of {least} bits instead of {}", dh.bits));
    }
    if profile.server_order && order(assessment) == Some(Preference::Client) {
        changes.push("have the server's order of suites decide".to_owned());
    }
    changes.extend(of_certificate(profile, assessment));
    Standing { profile: &profile.name, changes, open: open(profile, assessment), notes }
}

/// Whose order of suites decides, under the newest version for which that is known.
fn order(assessment: &Assessment<'_>) -> Option<Preference> {
    assessment.survey.versions.iter().rev().find_map(|version| version.preference)
}

/// What was not asked, or not answered, and belongs to the profile.
fn open(profile: &Profile, assessment: &Assessment<'_>) -> Vec<String> {
    let mut open = Vec::new();
    let names = |versions: Vec<TlsVersion>| versions.into_iter().map(version_name).collect::<Vec<_>>().join(", ");
    let of = |is_it: &dyn Fn(TlsVersion) -> bool| -> Vec<TlsVersion> {
        TlsVersion::ALL.into_iter().filter(|version| is_it(*version)).collect()
    };
    let unheard = of(&|version| assessment.speaks(version).is_none());
    if !unheard.is_empty() {
        open.push(format!("whether {} is spoken", names(unheard)));
    }
    // Versions that the profile does not have are a difference, whatever their suites.
    let of_profile = |version: TlsVersion| profile.versions.iter().any(|name| name == version.name());
    let known = |version| assessment.survey.version(version);
    let cut = of(&|version| {
        assessment.speaks(version) == Some(true)
            && of_profile(version)
            && known(version).is_some_and(|known| !known.complete)
    });
    if !cut.is_empty() {
        open.push(format!("all suites of {}", names(cut)));
    }
    if assessment.groups().1 {
        open.push("all groups".to_owned());
    }
    let is_field = |used: &SuiteUse| used.suite.is_some_and(|suite| suite.key_exchange == KeyExchange::Dhe);
    if profile.dh_bits.is_some() && assessment.dh().is_none() && assessment.suites.iter().any(is_field) {
        open.push("the prime of Diffie-Hellman".to_owned());
    }
    let mut older = assessment.spoken();
    if profile.server_order && order(assessment).is_none() && older.any(|version| version.suites.len() > 1) {
        open.push("whose order of suites decides".to_owned());
    }
    if assessment.chain.leaf().is_none() {
        open.push("the certificate".to_owned());
    }
    open
}

fn of_certificate(profile: &Profile, assessment: &Assessment<'_>) -> Vec<String> {
    let Some(leaf) = assessment.chain.leaf() else { return Vec::new() };
    let mut changes = Vec::new();
    let kind = match leaf.key.kind {
        KeyKind::Rsa | KeyKind::RsaPss => "rsa",
        KeyKind::Ec => leaf.key.curve.unwrap_or("ec"),
        other => other.name(),
    };
    if !profile.keys.iter().any(|key| key == kind) {
        changes.push(format!("get a certificate whose key is one of {}", profile.keys.join(", ")));
    } else if kind == "rsa" && leaf.key.bits.is_some_and(|bits| bits < profile.rsa_bits) {
        changes.push(format!("get a certificate with an RSA key of {} bits", profile.rsa_bits));
    }
    let hash = leaf.signature.hash.unwrap_or("an unknown hash");
    if !profile.signatures.iter().any(|known| known == hash) {
        changes.push(format!("get a certificate that is signed with {}", profile.signatures.join(", ")));
    }
    if leaf.valid_days() > profile.most_days {
        changes.push(format!(
            "get a certificate for {} days at most instead of {}",
            profile.most_days,
            leaf.valid_days()
        ));
    }
    changes
}
