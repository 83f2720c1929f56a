//! What the grammar has and this build cannot run: such rules are loaded, listed and refused by name.
//!
//! Owns the codes and reasons. Invariant: a rule that is refused is type-checked like any other. Must never import
//! compile or any later folder.

use crate::predicate::{Base, Subject};
use crate::rule::Wire;

use super::context::Cx;

/// Notes a wire that there is no prober for.
pub(super) fn note_wire(cx: &mut Cx<'_>, wire: &Wire) {
    match wire {
        Wire::Http(_) => {}
        Wire::Tls(_) => {
            cx.refuse("no-tls-wire", "the rule sends a TLS handshake of its own, which this version cannot")
        }
        Wire::Dns(_) => cx.refuse("no-dns-wire", "the rule sends a DNS query, which this version cannot"),
        Wire::Tcp(..) => cx.refuse("no-tcp-wire", "the rule speaks over TCP, which this version cannot"),
    }
}

/// Notes a subject whose facts nothing brings.
pub(super) fn note_subject(cx: &mut Cx<'_>, subject: &Subject) {
    match subject.base {
        Base::Dns => cx.refuse("no-dns-wire", "the rule asks about DNS, which this version cannot"),
        Base::Tcp => cx.refuse("no-tcp-wire", "the rule asks about a TCP conversation, which this version cannot"),
        Base::Endpoint => {
            cx.refuse(
                "no-endpoint-inventory",
                "the rule asks about an inventory of endpoints, which this version lacks",
            );
        }
        _ => {}
    }
}

/// Notes a search for tokens.
pub(super) fn note_tokens(cx: &mut Cx<'_>) {
    cx.refuse("no-token-search", "the rule searches for tokens, which this version cannot");
}

/// Notes an authentication profile.
pub(super) fn note_auth(cx: &mut Cx<'_>) {
    cx.refuse("no-auth-profiles", "the rule signs in with an authentication profile, which this version cannot");
}
