//! Mozilla's profiles for servers: what keeps a server from each, and what to change.
//!
//! Owns the profiles as data (`profiles.json`: modern and intermediate of the guidelines 6.0, old of 5.8, the last that have
//! it). Takes an assessment and what is known of HSTS; gives the differences. Invariant: what could not be told is no difference, and no profile is said
//! to be kept as long as something of it could not be told. Must never import a folder above `observation`.

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use serde::Deserialize;

use super::assessment::{Assessment, SuiteUse};
use super::certificate::KeyKind;
use super::grade::Hsts;
use super::suite::{KeyExchange, Suite};
use super::{group, suite, version_name};
use crate::observation::{Preference, TlsVersion, VersionSurvey};

const DATA: &str = include_str!("profiles.json");

/// Suites to take off that are so many that what to keep is the better advice.
const LONG: usize = 6;

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
    hsts_seconds: i64,
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

/// How a server stands to each profile, strictest first. HSTS counts where it can: on no port that upgrades to TLS, and for
/// no address.
pub fn standings(assessment: &Assessment<'_>, hsts: Hsts) -> Vec<Standing> {
    let counts = assessment.survey.starttls.is_none() && assessment.survey.name.is_some();
    let hsts = if counts { hsts } else { Hsts::NotApplicable };
    profiles().iter().map(|profile| standing(profile, assessment, hsts)).collect()
}

/// The strictest profile that nothing is known against; it is kept where nothing of it is open.
pub fn closest(standings: &[Standing]) -> Option<&Standing> {
    standings.iter().find(|standing| standing.changes.is_empty())
}

/// The strictest profile that is kept; `None` where none is, or where that cannot be told.
pub fn kept(standings: &[Standing]) -> Option<&'static str> {
    closest(standings).filter(|standing| standing.open.is_empty()).map(|standing| standing.profile)
}

fn standing(profile: &'static Profile, assessment: &Assessment<'_>, hsts: Hsts) -> Standing {
    let mut changes = Vec::new();
    let mut notes = Vec::new();
    let allowed = |version: TlsVersion| profile.has_version(version);
    for version in assessment.protocols().into_iter().filter(|version| !allowed(*version)) {
        changes.push(format!("switch {} off", version_name(version)));
    }
    let lacks = |version: TlsVersion| allowed(version) && assessment.speaks(version) == Some(false);
    // Who has the newer one can do without the older.
    match (lacks(TlsVersion::Tls12), lacks(TlsVersion::Tls13)) {
        (true, true) => changes.push("switch TLS 1.2 and TLS 1.3 on".to_owned()),
        (false, true) => changes.push("switch TLS 1.3 on".to_owned()),
        (_, false) => {}
    }
    changes.extend(of_suites(profile, assessment));
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
    if profile.server_order && assessment.order().preference == Some(Preference::Client) {
        changes.push("have the server's order of suites decide".to_owned());
    }
    changes.extend(of_certificate(profile, assessment));
    changes.extend(of_hsts(profile, hsts));
    let mut open = open(profile, assessment);
    open.extend((hsts == Hsts::Unknown).then(|| "how long Strict-Transport-Security lasts".to_owned()));
    Standing { profile: &profile.name, changes, open, notes }
}

impl Profile {
    fn has_version(&self, version: TlsVersion) -> bool {
        self.versions.iter().any(|name| name == version.name())
    }

    /// Its suites.
    fn suites(&self) -> impl Iterator<Item = &'static Suite> {
        self.suites.iter().filter_map(|name| suite::of_name(name))
    }
}

/// What to change about suites of the versions that the profile has; a short survey knows but some of them.
fn of_suites(profile: &Profile, assessment: &Assessment<'_>) -> Option<String> {
    let is_own = |number: u32| profile.suites().any(|suite| suite.number == number);
    let of_version = |used: &&SuiteUse| used.versions.iter().any(|version| profile.has_version(*version));
    let (own, strange): (Vec<&SuiteUse>, Vec<&SuiteUse>) =
        assessment.suites.iter().filter(of_version).partition(|used| is_own(used.number));
    if strange.is_empty() {
        return None;
    }
    let is_cut =
        |known: &VersionSurvey| known.told.is_accepted() && profile.has_version(known.version) && !known.complete;
    let is_cut = assessment.survey.versions.iter().any(is_cut);
    let names = |suites: Vec<&SuiteUse>| suites.into_iter().map(SuiteUse::name).collect::<Vec<_>>().join(", ");
    let spoken: Vec<TlsVersion> =
        assessment.protocols().into_iter().filter(|version| profile.has_version(*version)).collect();
    let fits = |suite: &&Suite| spoken.iter().any(|version| suite.goes_with(*version));
    let all: Vec<String> = profile.suites().filter(fits).map(|suite| suite::name_of(suite.number)).collect();
    let kept = if is_cut || own.is_empty() { all.len() } else { own.len() };
    Some(match (strange.len() > LONG && kept < strange.len(), is_cut) {
        (true, false) if !own.is_empty() => format!("keep only these suites: {}", names(own)),
        (true, _) => format!("keep only suites of these: {}", all.join(", ")),
        (false, true) => format!("take off the list of suites at least: {}", names(strange)),
        (false, false) => format!("take off the list of suites: {}", names(strange)),
    })
}

/// What to change about HSTS; nothing where it is not known or would count for nothing.
fn of_hsts(profile: &Profile, hsts: Hsts) -> Option<String> {
    let least = profile.hsts_seconds;
    match hsts {
        Hsts::Unknown | Hsts::NotApplicable => None,
        Hsts::For(seconds) if seconds >= least => None,
        Hsts::For(seconds) => Some(format!("have Strict-Transport-Security last {least} seconds instead of {seconds}")),
        Hsts::Missing | Hsts::Malformed => Some(format!("send Strict-Transport-Security for {least} seconds")),
    }
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
    let of_profile = |version: TlsVersion| profile.has_version(version);
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
    if profile.server_order && assessment.order().open {
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
        changes.push(format!("get a certificate whose key is {}", profile.keys.join(" or ")));
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
