//! What the grammar has and this build cannot run: such rules are loaded, listed and refused by name.
//!
//! Owns the codes and reasons. Invariant: a rule that is refused is type-checked like any other. Must never import
//! compile or any later folder.

use crate::observation::RecordType;
use crate::predicate::{Base, Subject};
use crate::rule::Wire;

use super::context::Cx;

/// Notes a probe that this build cannot send.
pub(super) fn note_wire(cx: &mut Cx<'_>, wire: &Wire) {
    match wire {
        Wire::Dns(request) if RecordType::of_name(&request.kind).is_none() => {
            cx.refuse("no-record-type", "the rule asks for a type of record that this version does not know");
        }
        Wire::Http(_) | Wire::Tls(_) | Wire::TlsSurvey | Wire::Dns(_) | Wire::Tcp(..) => {}
    }
}

/// Notes a subject whose facts nothing brings.
pub(super) fn note_subject(cx: &mut Cx<'_>, subject: &Subject) {
    if matches!(subject.base, Base::Endpoint) {
        let reason = "the rule asks about an inventory of endpoints, which this version lacks";
        cx.refuse("no-endpoint-inventory", reason);
    }
}

/// Notes an authentication profile.
pub(super) fn note_auth(cx: &mut Cx<'_>) {
    cx.refuse("no-auth-profiles", "the rule signs in with an authentication profile, which this version cannot");
}
