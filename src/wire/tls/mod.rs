//! TLS for HTTPS: any certificate accepted and recorded, trust judged apart.
//!
//! Takes a connected stream and a host, gives an encrypted stream and what its handshake showed. Invariant: a
//! certificate never aborts a handshake, and none is said to be trusted that the configured roots do not vouch for.
//! Must never dial.

mod config;
mod handshake;
mod hello;
mod offer;
mod trust;
mod verify;

pub(super) use config::{HostTls, Tls};
pub(super) use handshake::{Protocol, TlsFailure, handshake};
pub(super) use offer::{Offer, ask_by_hand, shake_hands};
pub(super) use trust::name_of;
