//! What keys are agreed on with: groups, and the schemes of signatures over them.
//!
//! Must never import a folder above `observation`.

use super::Assessment;
use crate::observation::{GroupTold, TlsVersion, Told, Unheard, VersionSurvey};
use crate::tls::group;
use crate::tls::suite::{self, KeyExchange};

const NOT_ASKED: Told = Told::Unknown(Unheard::NotAsked);

impl Assessment<'_> {
    /// The groups of key exchanges that were chosen, in order, and whether there may be more.
    pub fn groups(&self) -> (Vec<u16>, bool) {
        let mut groups: Vec<u16> = Vec::new();
        let taken = self.survey.groups.iter().filter(|told| told.tls13.is_accepted() || told.tls12.is_accepted());
        let chosen = self.survey.versions.iter().rev().filter_map(|version| version.group);
        let session = self.survey.session.as_ref().and_then(|session| session.group);
        for group in taken.map(|told| told.group).chain(session).chain(chosen) {
            if !groups.contains(&group) {
                groups.push(group);
            }
        }
        let open = self.are_groups_open();
        (groups, open)
    }

    /// Whether groups may be taken that were not found: some were not heard of, or a version was not asked that knows them.
    fn are_groups_open(&self) -> bool {
        let told = &self.survey.groups;
        let silent = |told: Told| matches!(told, Told::Unknown(why) if why != Unheard::NotAsked);
        let asked = |of: fn(&GroupTold) -> Told| told.iter().map(of).any(|told| told != NOT_ASKED);
        let new = self.speaks(TlsVersion::Tls13) != Some(false);
        let is_curve = |number: &u32| {
            suite::of_number(*number)
                .is_some_and(|suite| suite.key_exchange == KeyExchange::Ecdhe || suite.name.contains("ECDH_anon"))
        };
        let may_have = |known: &VersionSurvey| match known.told.known() {
            Some(false) => false,
            Some(true) => !known.complete || known.suites.iter().any(is_curve),
            None => true,
        };
        new && !asked(|it| it.tls13)
            || self.clear().any(may_have) && !asked(|it| it.tls12)
            || told.iter().any(|it| silent(it.tls13) || silent(it.tls12))
    }

    /// The schemes that handshakes are signed with, those of TLS 1.3 first, in the order chosen, and whether there may be
    /// more.
    pub fn schemes(&self) -> (Vec<u16>, bool) {
        let told = &self.survey.schemes;
        let new = told.iter().filter(|told| told.tls13.is_accepted());
        let old = told.iter().filter(|told| told.told.is_accepted() && !told.tls13.is_accepted());
        let all = new.chain(old).map(|it| it.scheme).collect();
        let silent = |told: Told| matches!(told, Told::Unknown(why) if why != Unheard::NotAsked);
        let open = told.is_empty() || told.iter().any(|told| silent(told.told) || silent(told.tls13));
        (all, open)
    }

    /// Whether a group that withstands quantum computers is taken; `None` where it cannot be told.
    pub fn post_quantum(&self) -> Option<bool> {
        let is_one = |number: u16| group::of_number(number).is_some_and(|group| group.is_post_quantum);
        let (groups, _) = self.groups();
        if groups.into_iter().any(is_one) {
            return Some(true);
        }
        let mut asked = self.survey.groups.iter().filter(|told| is_one(told.group)).peekable();
        let known = asked.peek().is_some() && asked.all(|told| told.tls13.is_refused());
        (known || self.speaks(TlsVersion::Tls13) == Some(false)).then_some(false)
    }
}
