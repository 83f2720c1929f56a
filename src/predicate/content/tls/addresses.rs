//! The other addresses of the name, and what differs there from the one under survey.
//!
//! Invariant: what was not heard is no difference, and keeps the list open. Must never import a folder above `expr`.

use bytes::Bytes;

use super::gaps::Gaps;
use super::texts;
use crate::base::Value;
use crate::observation::{AddressSurvey, TlsVersion, Told, Unheard};
use crate::tls::assessment::Assessment;

/// The versions that a hello of TLS 1.1 asks for.
const LEGACY: [TlsVersion; 3] = [TlsVersion::Ssl30, TlsVersion::Tls10, TlsVersion::Tls11];

/// The addresses; `None` where the name has but one.
pub(super) fn fields(assessment: &Assessment<'_>, gaps: &mut Gaps) -> Option<(&'static str, Value)> {
    let others = &assessment.survey.addresses;
    let is_open = |other: &AddressSurvey| {
        let is_unheard = matches!(other.told, Told::Unknown(_)) && other.session.is_none();
        !is_shut(other) && (is_unheard || other.legacy.known().is_none())
    };
    gaps.open.extend(others.iter().any(is_open).then_some("addresses"));
    let items: Vec<Value> = others.iter().map(|other| address(assessment, other)).collect();
    (!items.is_empty()).then(|| ("addresses", Value::list(items)))
}

/// Whether the address refuses connections, which it says itself: there is a way there.
fn is_shut(other: &AddressSurvey) -> bool {
    other.told == Told::Unknown(Unheard::Shut)
}

/// Another address of the name, and what differs there.
fn address(assessment: &Assessment<'_>, other: &AddressSurvey) -> Value {
    let mut fields = vec![("address", Value::from(other.address.to_string()))];
    fields.extend(other.session.as_deref().map(|there| ("version", Value::from(there.version.as_str()))));
    fields.extend(other.no_session.as_deref().map(|why| ("error", Value::from(why))));
    fields.extend(texts("differs", differs(assessment, other)));
    Value::map(fields)
}

fn differs(assessment: &Assessment<'_>, other: &AddressSurvey) -> Vec<&'static str> {
    let own = Own::of(assessment);
    let mut differs = Vec::new();
    if let Some(there) = other.session.as_deref() {
        if own.leaf.is_some_and(|own| there.chain.first() != Some(own)) {
            differs.push("certificate");
        }
        if own.version.is_some_and(|own| own != there.version) {
            differs.push("version");
        }
        if own.is_trusted.is_some_and(|own| own != there.untrusted.is_none()) {
            differs.push("trust");
        }
    }
    let shakes = match (&other.session, other.told) {
        (Some(_), _) => Some(true),
        (None, told) => (told.is_refused() || is_shut(other)).then_some(false),
    };
    // A server that shakes hands with nobody differs from one that refuses connections all the same.
    if own.shakes.zip(shakes).is_some_and(|(own, there)| own != there) || is_shut(other) {
        differs.push("handshake");
    }
    if own.legacy.zip(other.legacy.known()).is_some_and(|(own, there)| own != there) {
        differs.push("old-protocols");
    }
    differs
}

/// What the address under survey shows: in the handshake that browsers make, or, where none came about, by hand.
struct Own<'a> {
    /// Whether such a handshake comes about; `None` where that cannot be told.
    shakes: Option<bool>,
    leaf: Option<&'a Bytes>,
    version: Option<&'a str>,
    is_trusted: Option<bool>,
    /// Whether a version before TLS 1.2 is spoken.
    legacy: Option<bool>,
}

impl<'a> Own<'a> {
    fn of(assessment: &Assessment<'a>) -> Self {
        let survey = assessment.survey;
        let spoken = LEGACY.map(|version| assessment.speaks(version));
        let legacy = match (spoken.contains(&Some(true)), spoken.contains(&None)) {
            (true, _) => Some(true),
            (false, is_unknown) => (!is_unknown).then_some(false),
        };
        let Some(session) = survey.session.as_deref() else {
            let lacks = |version| assessment.speaks(version) == Some(false);
            return Self {
                shakes: (lacks(TlsVersion::Tls12) && lacks(TlsVersion::Tls13)).then_some(false),
                leaf: survey.in_the_clear().and_then(|version| version.chain.first()),
                version: assessment.protocols().last().map(|version| version.name()),
                is_trusted: survey.judgement.as_ref().map(|judged| judged.distrust().is_none()),
                legacy,
            };
        };
        Self {
            shakes: Some(true),
            leaf: session.chain.first(),
            version: Some(&session.version),
            is_trusted: Some(session.untrusted.is_none()),
            legacy,
        }
    }
}
