//! How a server behaves beside what it speaks: compression, renegotiation, resumption, what it does not bear.
//!
//! Must never import a folder above `expr`.

use super::gaps::Gaps;
use super::{Fields, resumption, texts};
use crate::base::Value;
use crate::observation::{Fallback, SurveyDepth, TlsVersion, Told, Unheard, VersionSurvey};
use crate::tls::assessment::Assessment;
use crate::tls::extension;

/// Everything that is known of it.
pub(super) fn fields(assessment: &Assessment<'_>, gaps: &mut Gaps) -> Fields {
    let mut fields = extensions(assessment, gaps);
    fields.extend(resumed(assessment, gaps));
    fields.extend(intolerance(assessment, gaps));
    fields
}

/// Compression, renegotiation and the other extensions.
fn extensions(assessment: &Assessment<'_>, gaps: &mut Gaps) -> Fields {
    let survey = assessment.survey;
    let older = || survey.versions.iter().filter(|v| v.told.is_accepted() && v.version < TlsVersion::Tls13);
    let mut fields = Vec::new();
    let why = Told::Unknown(Unheard::TimedOut);
    // Of versions that may be spoken, though nobody heard them, it is no less open.
    if assessment.may_be_clear() {
        fields.extend(gaps.flag("compression", assessment.compression(), why));
        fields.extend(gaps.flag("secure_renegotiation", assessment.secure_renegotiation(), why));
        let newest = |seen: fn(&VersionSurvey) -> Option<bool>| older().rev().find_map(seen);
        let seen = [
            ("extended_master_secret", newest(|version| version.extended_master_secret)),
            ("encrypt_then_mac", newest(|version| version.encrypt_then_mac)),
        ];
        fields.extend(seen.into_iter().filter_map(|(name, seen)| Some((name, Value::Bool(seen?)))));
    }
    // A full survey asks it of TLS 1.2, unless that is not known to be spoken.
    let is_unheard = survey.depth == SurveyDepth::Full && assessment.speaks(TlsVersion::Tls12).is_none();
    let again = if is_unheard { why } else { survey.client_renegotiation };
    fields.extend(gaps.flag("client_renegotiation", assessment.client_renegotiation(), again));
    match survey.fallback_scsv {
        Fallback::Protected => fields.push(("fallback", Value::from("protected"))),
        Fallback::Unprotected => fields.push(("fallback", Value::from("unprotected"))),
        Fallback::NotNeeded => fields.push(("fallback", Value::from("not-needed"))),
        Fallback::Unknown => gaps.unknown.push("fallback"),
    }
    fields.extend(texts("extensions", assessment.extensions().into_iter().map(extension::name_of)));
    fields
}

/// What sessions are resumed by; of what a version would have that is not spoken, nothing.
fn resumed(assessment: &Assessment<'_>, gaps: &mut Gaps) -> Option<(&'static str, Value)> {
    let survey = assessment.survey;
    let known = &survey.resumption;
    let speaks = |version| assessment.speaks(version) != Some(false);
    // Whom no ticket can be had from takes no early data.
    let may_be_early = speaks(TlsVersion::Tls13) && known.tickets != Some(false);
    let missing = [
        ("resumption.ids", known.ids.is_none() && speaks(TlsVersion::Tls12)),
        ("resumption.tickets", known.tickets.is_none()),
        ("resumption.early_data", known.early_data.is_none() && may_be_early),
    ];
    let is_asked = survey.depth == SurveyDepth::Full;
    let gap = if is_asked { &mut gaps.unknown } else { &mut gaps.unasked };
    gap.extend(missing.into_iter().filter(|(_, is_missing)| *is_missing).map(|(name, _)| name));
    resumption(known)
}

/// What the server does not bear.
fn intolerance(assessment: &Assessment<'_>, gaps: &mut Gaps) -> Option<(&'static str, Value)> {
    let tolerance = &assessment.survey.tolerance;
    let faults = [
        ("needs_padding", tolerance.needs_padding),
        ("needs_short_hellos", tolerance.needs_short_hellos),
        ("refuses_tls13_hellos", tolerance.refuses_tls13_hellos),
    ];
    let found = faults.into_iter().filter(|(_, holds)| *holds).map(|(name, _)| name);
    // Full surveys alone ask whether hellos of some lengths are dropped, and of versions that say enough in the clear. A
    // warning is no fault, and closes no gap.
    if assessment.survey.depth != SurveyDepth::Full || assessment.protocols().iter().all(|it| *it == TlsVersion::Tls13)
    {
        if found.clone().next().is_some() { &mut gaps.open } else { &mut gaps.unasked }.push("intolerance");
    }
    texts("intolerance", found.chain(tolerance.warns_of_name.then_some("warns_of_name")))
}
