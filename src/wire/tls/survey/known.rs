//! What a survey knows so far.
//!
//! Takes answers, keeps them where the observation has a place for them. Invariant: the first whole answer of a version
//! fills its details, later ones only what is missing. Must never open a socket.

use std::net::IpAddr;

use bytes::Bytes;

use super::super::flight::{Answer, Parameters};
use super::catalogue::{USUAL_PROTOCOLS, known as suite_of};
use crate::observation::{
    Fallback, OtherChain, Refusal, ServerHello, SurveyDepth, TlsSurvey, TlsVersion, Told, Unheard, VersionSurvey,
};

const SESSION_TICKET: u16 = 35;
const ENCRYPT_THEN_MAC: u16 = 22;
const EXTENDED_MASTER_SECRET: u16 = 23;
const RENEGOTIATION: u16 = 0xFF01;
const BLOCKED: Told = Told::Unknown(Unheard::Blocked);
/// The alert that warns of a name that the server does not know (RFC 6066 §3).
pub const UNKNOWN_NAME: u8 = 112;

/// Chains that are kept beside those of the versions, before they are told apart.
const CHAINS: usize = 8;

/// The survey under way.
#[derive(Debug)]
pub struct Known {
    /// The observation in the making.
    pub survey: TlsSurvey,
    /// The addresses of the name; the first is the one under survey.
    pub addresses: Vec<IpAddr>,
    /// Whether the server refuses who offers application protocols, but not its own.
    pub insists: bool,
    /// Whether a shorter hello was tried where a longer one was closed on, in vain.
    pub short_in_vain: bool,
    /// What the library's ordinary handshake settled on.
    ordinary: Option<Ordinary>,
    /// How a hello of ours was refused although what it offered is taken, so that no other such refusal says anything.
    pub blocked: Option<Refusal>,
}

/// The suite that a handshake by the library settled on, which offers few.
#[derive(Debug, Clone, Copy)]
struct Ordinary {
    version: TlsVersion,
    suite: u32,
    /// Whether it has its place among the suites that were chosen from all.
    is_placed: bool,
}

impl Known {
    /// Nothing known yet.
    pub fn new(survey: TlsSurvey, addresses: Vec<IpAddr>) -> Self {
        let versions = TlsVersion::ALL.into_iter().map(VersionSurvey::unknown).collect();
        let survey = TlsSurvey { versions, ..survey };
        Self { survey, addresses, insists: false, short_in_vain: false, ordinary: None, blocked: None }
    }

    /// The address under survey as text; empty where it is not known.
    pub fn address_text(&self) -> String {
        self.addresses.first().map(IpAddr::to_string).unwrap_or_default()
    }

    /// Whether everything is to be asked.
    pub fn is_full(&self) -> bool {
        self.survey.depth == SurveyDepth::Full
    }

    /// The application protocols that an ordinary hello offers: none where the protocol is another than HTTP.
    pub fn protocols(&self) -> Vec<&'static str> {
        let is_other = self.insists || self.survey.starttls.is_some();
        if is_other { Vec::new() } else { USUAL_PROTOCOLS.to_vec() }
    }

    /// What is known of a version.
    pub fn version(&self, version: TlsVersion) -> Option<&VersionSurvey> {
        self.survey.version(version)
    }

    /// The same, to change it.
    pub fn version_mut(&mut self, version: TlsVersion) -> Option<&mut VersionSurvey> {
        self.survey.versions.iter_mut().find(|known| known.version == version)
    }

    /// The versions that the server speaks, newest first.
    pub fn spoken(&self) -> Vec<TlsVersion> {
        let accepted = self.survey.versions.iter().rev().filter(|known| known.told.is_accepted());
        accepted.map(|known| known.version).collect()
    }

    /// The highest version below TLS 1.3 that the server speaks in ways that hellos of ours can ask for.
    pub fn highest_in_the_clear(&self) -> Option<&VersionSurvey> {
        let clear = |known: &&VersionSurvey| (TlsVersion::Ssl30..=TlsVersion::Tls12).contains(&known.version);
        let spoken = self.survey.versions.iter().rev().filter(clear);
        spoken.into_iter().find(|known| known.told.is_accepted() && !known.suites.is_empty())
    }

    /// The suites of a version that the server took, as its own numbers.
    pub fn suites(&self, version: TlsVersion) -> Vec<u16> {
        let taken = self.version(version).map_or(&[][..], |known| &known.suites);
        taken.iter().filter_map(|suite| u16::try_from(*suite).ok()).collect()
    }

    /// Notes a word on a version; an acceptance stands against anything that comes later.
    pub fn tell(&mut self, version: TlsVersion, told: Told) {
        let Some(known) = self.version_mut(version) else { return };
        if !known.told.is_accepted() && (known.told.known().is_none() || told.is_accepted()) {
            known.told = told;
        }
    }

    /// Notes a chain that came beside those of the versions' first answers.
    pub fn note_chain(&mut self, version: TlsVersion, chain: &[Bytes], staple: Option<&Bytes>) {
        let others = &mut self.survey.other_chains;
        let is_known = others.iter().any(|other| other.chain.first() == chain.first());
        if !chain.is_empty() && !is_known && others.len() < CHAINS {
            others.push(OtherChain { version, chain: chain.to_vec(), staple: staple.cloned(), judgement: None });
        }
    }

    /// Notes an answer in the clear; gives the version and the suite that were chosen.
    pub fn take(&mut self, answer: &Answer) -> Option<(TlsVersion, u16)> {
        let hello = answer.hello.as_ref()?;
        let version = TlsVersion::of_number(hello.version())?;
        self.survey.tolerance.warns_of_name |= answer.warnings.contains(&UNKNOWN_NAME);
        if self.survey.client_certificate.is_none() {
            self.survey.client_certificate.clone_from(&answer.asked);
        }
        self.tell(version, Told::Accepted);
        self.place(version, u32::from(hello.suite));
        fill(self.version_mut(version)?, answer);
        Some((version, hello.suite))
    }

    /// Notes a suite as chosen after those before it. The one of the ordinary handshake was chosen from fewer: it stays last
    /// until it is chosen from all.
    fn place(&mut self, version: TlsVersion, suite: u32) {
        let unplaced = self.ordinary.as_mut().filter(|it| it.version == version && !it.is_placed);
        let last = unplaced.map(|ordinary| {
            ordinary.is_placed = ordinary.suite == suite;
            ordinary.suite
        });
        let Some(known) = self.version_mut(version) else { return };
        known.suites.retain(|taken| Some(*taken) != last);
        if !known.suites.contains(&suite) {
            known.suites.push(suite);
        }
        known.suites.extend(last.filter(|last| *last != suite));
    }

    /// Whether the ordinary handshake took one of these suites.
    pub fn has_taken(&self, version: TlsVersion, suites: &[u16]) -> bool {
        let taken = self.ordinary.filter(|ordinary| ordinary.version == version);
        taken.is_some_and(|ordinary| suites.iter().any(|suite| u32::from(*suite) == ordinary.suite))
    }

    /// Takes back what refusals of hellos seem to say where hellos are kept from the server.
    pub fn take_back(&mut self) {
        let Some(refusal) = self.blocked else { return };
        let survey = &mut self.survey;
        let versions = survey.versions.iter_mut().flat_map(|known| {
            let kinds = [&mut known.forbidden, &mut known.finite_field, &mut known.forward_secret];
            [&mut known.told, &mut known.authenticated].into_iter().chain(kinds)
        });
        let groups = survey.groups.iter_mut().flat_map(|told| [&mut told.tls13, &mut told.tls12]);
        let schemes = survey.schemes.iter_mut().flat_map(|told| [&mut told.tls13, &mut told.told]);
        let others = survey.alpn.iter_mut().map(|told| &mut told.told);
        let others = others.chain(survey.without_name.iter_mut().map(|without| &mut without.told));
        let all = versions.chain(groups).chain(schemes).chain(others);
        all.filter(|told| **told == Told::Refused(refusal)).for_each(|told| *told = BLOCKED);
        for known in &mut survey.versions {
            let is_doubtful = [known.told, known.forbidden, known.forward_secret].contains(&BLOCKED);
            known.complete &= !is_doubtful;
            known.classes_complete &= !is_doubtful;
        }
        // Only what was taken is certain.
        if survey.fallback_scsv != Fallback::Unprotected {
            survey.fallback_scsv = Fallback::Unknown;
        }
        survey.jarm = None;
    }

    /// Notes the answer to an ordinary hello. What it lacks may not have been offered, so that only what every hello
    /// offers is kept of it.
    pub fn take_ordinary(&mut self, answer: &Answer) {
        let Some(hello) = &answer.hello else { return };
        if let Some(known) = TlsVersion::of_number(hello.version()).and_then(|version| self.version_mut(version)) {
            let suite = u32::from(hello.suite);
            if !known.suites.contains(&suite) {
                known.suites.push(suite);
            }
            let version = known.version;
            if version == TlsVersion::Tls13 {
                fill(known, answer);
            }
            self.ordinary = Some(Ordinary { version, suite, is_placed: false });
        }
        self.survey.server_hello = Some(ServerHello {
            legacy_version: hello.legacy_version,
            version: hello.version(),
            suite: hello.suite,
            extensions: hello.extensions.iter().map(|(number, _)| *number).collect(),
            alpn: hello.alpn(),
        });
    }
}

fn fill(known: &mut VersionSurvey, answer: &Answer) {
    let Some(hello) = &answer.hello else { return };
    let has = |number| hello.extension(number).is_some();
    let is_clear = known.version < TlsVersion::Tls13;
    let is_cbc = suite_of(hello.suite).is_some_and(|suite| suite.cipher.ends_with("-CBC"));
    if known.extensions.is_empty() {
        known.extensions = hello.extensions.iter().map(|(number, _)| *number).collect();
    }
    if is_clear {
        if known.secure_renegotiation.is_none() {
            known.session_id = Some(!hello.session_id.is_empty());
            known.ticket = Some(has(SESSION_TICKET));
            known.secure_renegotiation = Some(has(RENEGOTIATION));
            known.extended_master_secret = Some(has(EXTENDED_MASTER_SECRET));
        }
        if is_cbc && known.encrypt_then_mac != Some(true) {
            known.encrypt_then_mac = Some(has(ENCRYPT_THEN_MAC));
        }
        match hello.compression {
            0 if !known.compression.is_accepted() => known.compression = Told::Refused(Refusal::Ignored),
            0 => {}
            _ => known.compression = Told::Accepted,
        }
    }
    if known.chain.is_empty() {
        known.chain.clone_from(&answer.chain);
    }
    known.staple = known.staple.take().or_else(|| answer.staple.clone());
    known.timestamps = known.timestamps.take().or_else(|| hello.timestamps());
    known.alpn = known.alpn.take().or_else(|| hello.alpn());
    known.signature = known.signature.or(answer.signature);
    match &answer.exchange {
        Some(Parameters::Group(group)) => known.group = known.group.or(Some(*group)),
        Some(Parameters::Field(field)) if known.dh.as_ref().is_none_or(|had| field.bits < had.bits) => {
            known.dh = Some(field.clone());
        }
        Some(Parameters::Rsa(bits)) => known.export_rsa_bits = known.export_rsa_bits.or(Some(*bits)),
        Some(Parameters::Field(_) | Parameters::ExplicitCurve) => {}
        None => known.group = known.group.or(hello.group()),
    }
}
