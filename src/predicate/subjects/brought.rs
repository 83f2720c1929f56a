//! What brings a fact of TLS, and what is found where that was not there.
//!
//! Takes what was observed and what is asked; gives what is found. Invariant: a fact that nobody asked the server for is
//! unknown, never missing. Must never import a folder above `expr`.

use super::tls::FIELDS;
use crate::base::{Unknown, Value};
use crate::predicate::content;
use crate::predicate::found::{Extent, Found};
use crate::predicate::kind::brought_at;
use crate::predicate::subject::{Base, Collection, Subject};
use crate::predicate::views::Brought;

impl Subject {
    /// What is needed to know it, of TLS; anything else is known of whatever has it at all.
    pub fn brought(&self) -> Brought {
        if self.base == Base::Tls { brought_at(FIELDS, &self.path) } else { Brought::Anyhow }
    }
}

impl Collection {
    /// The subject whose items it ranges over, where it is one of a wire's facts.
    pub fn subject(&self) -> Option<Subject> {
        let (base, path): (_, &[&str]) = match self {
            Self::Certificates => (Base::Tls, &["chain", "certificates"]),
            Self::OtherCertificates => (Base::Tls, &["other_certificates"]),
            Self::Versions => (Base::Tls, &["versions"]),
            Self::Suites => (Base::Tls, &["suites"]),
            Self::Addresses => (Base::Tls, &["addresses"]),
            Self::DnsAnswers => (Base::Dns, &["answers"]),
            _ => return None,
        };
        Some(Subject { base, path: path.iter().map(|part| (*part).into()).collect() })
    }
}

/// What a subject finds in the facts of a session or of a survey.
pub(super) fn found(facts: &Value, subject: &Subject) -> Found {
    let brought = subject.brought();
    let is_quick = match facts.field("depth") {
        // Of a session: no survey was made.
        None if brought > Brought::Anyhow => return Found::Unknown(Unknown::NotSent),
        None => false,
        Some(depth) => *depth.as_text() == *b"quick",
    };
    match content::tls::found(facts, subject) {
        Found::Unknown(Unknown::NotSent) if is_quick => Found::Unknown(Unknown::QuickSurvey),
        Found::Values { values, extent: Extent::Further } if is_quick && brought == Brought::FullSurvey => {
            Found::to_extent(values, Extent::Quick)
        }
        found => found,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::predicate::lookup;

    fn told(facts: &[(&'static str, Value)], name: &str) -> Found {
        found(&Value::map(facts.iter().cloned()), &lookup(name).expect("a subject"))
    }

    #[test]
    fn a_handshake_does_not_know_what_only_surveys_tell() {
        let session = [("version", Value::from("TLSv1.3")), ("client_certificate", Value::Bool(false))];
        assert_eq!(told(&session, "tls.version"), Found::one("TLSv1.3"));
        assert_eq!(told(&session, "tls.group"), Found::missing());
        let surveyed = ["tls.protocols", "tls.speaks.tls10", "tls.grade", "tls.weak.rc4", "tls.client_certificate"];
        for name in surveyed.into_iter().chain(["tls.suites", "tls.jarm", "tls.resumption.early_data"]) {
            assert_eq!(told(&session, name), Found::Unknown(Unknown::NotSent), "{name}");
        }
    }

    #[test]
    fn a_quick_survey_says_what_a_full_one_would_ask() {
        let texts = |texts: &[&'static str]| Value::list(texts.iter().map(|text| Value::from(*text)));
        let quick = |depth: &'static str| {
            [
                ("depth", Value::from(depth)),
                ("unasked", texts(&["post_quantum", "jarm", "resumption.tickets"])),
                ("open", texts(&["groups", "protocols"])),
                ("groups", texts(&["x25519"])),
            ]
        };
        for name in ["tls.post_quantum", "tls.jarm", "tls.resumption.tickets"] {
            assert_eq!(told(&quick("quick"), name), Found::Unknown(Unknown::QuickSurvey), "{name}");
        }
        let extent = |facts: &[(&'static str, Value)], name: &str| match told(facts, name) {
            Found::Values { extent, .. } => extent,
            Found::Unknown(why) => panic!("{name}: {why:?}"),
        };
        assert_eq!(extent(&quick("quick"), "tls.groups"), Extent::Quick);
        assert_eq!(extent(&quick("quick"), "tls.protocols"), Extent::Further, "a version that was silent");
        assert_eq!(
            (told(&quick("quick"), "tls.weak.cbc"), told(&quick("quick"), "tls.resumption.early_data")),
            (Found::missing(), Found::missing())
        );
        assert_eq!(
            (told(&quick("full"), "tls.application_protocols"), extent(&quick("full"), "tls.groups")),
            (Found::missing(), Extent::Further)
        );
    }
}
