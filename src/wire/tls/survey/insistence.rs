//! Servers that want an application protocol of their own (ALPN, RFC 7301): whoever offers others is refused, which is no word
//! on versions and suites.
//!
//! Takes what was heard to a question that offered the usual protocols; gives what counts, or has it asked once more without
//! them. Invariant: a question is asked so once at most. Must never open a socket.

use super::Pending;
use super::ask::Heard;
use super::catalogue::USUAL_PROTOCOLS;
use super::inquiry::Wanted;
use super::known::Known;

/// The alert of a server that wants none of the protocols offered.
pub const NO_PROTOCOL: u8 = 120;
/// Alerts that are about something else by their own word: the version, the name.
const OTHER: [u8; 2] = [70, 112];

/// What counts of what was heard; nothing where the question is to be asked again without protocols. The very first one is
/// however it was refused, as not every server says why.
pub fn weigh(pending: &mut Pending, heard: Heard, known: &mut Known) -> Option<Heard> {
    if let Some(before) = pending.with_protocols.take() {
        let helps = matches!(heard, Heard::Shaken(_) | Heard::Answer(_));
        known.insists |= helps;
        return Some(if helps || before == Heard::Alert(NO_PROTOCOL) { heard } else { before });
    }
    let says_so = heard == Heard::Alert(NO_PROTOCOL);
    let may_be = match heard {
        Heard::Alert(alert) => says_so || pending.id == 0 && !OTHER.contains(&alert),
        Heard::Closed => pending.id == 0,
        _ => false,
    };
    let Some(alpn) = offered(&mut pending.wanted).filter(|alpn| may_be && alpn[..] == USUAL_PROTOCOLS) else {
        return Some(heard);
    };
    alpn.clear();
    known.insists |= says_so;
    pending.with_protocols = Some(heard);
    pending.is_sent = false;
    None
}

/// Whether a refusal says that a protocol is wanted that was not asked about: none was offered, or the usual ones.
pub fn wants_protocol(wanted: &Wanted, alert: u8) -> bool {
    let is_asked = |alpn: &[&str]| !alpn.is_empty() && alpn != USUAL_PROTOCOLS;
    let is_asked = match wanted {
        Wanted::Hello(plan) => is_asked(&plan.alpn),
        Wanted::Handshake(wish) => is_asked(&wish.alpn),
        Wanted::Fixed(_) | Wanted::Ssl2(_) | Wanted::Renegotiation(_) => true,
    };
    alert == NO_PROTOCOL && !is_asked
}

/// The protocols that a question offers, where its line may choose them.
fn offered(wanted: &mut Wanted) -> Option<&mut Vec<&'static str>> {
    match wanted {
        Wanted::Hello(plan) => Some(&mut plan.alpn),
        Wanted::Handshake(wish) => Some(&mut wish.alpn),
        Wanted::Fixed(_) | Wanted::Ssl2(_) | Wanted::Renegotiation(_) => None,
    }
}
