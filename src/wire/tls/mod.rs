//! TLS for HTTPS: any certificate accepted and recorded, trust judged apart.
//!
//! Takes a connected stream and a host, gives an encrypted stream and what its handshake showed. Invariant: a
//! certificate never aborts a handshake, and none is said to be trusted that the configured roots do not vouch for.
//! Must never dial.

mod ask;
mod asked;
mod config;
pub mod flight;
mod handshake;
pub mod hello;
mod offer;
pub mod renegotiation;
mod shake;
pub mod starttls;
mod store;
pub mod survey;
mod tap;
mod trust;
mod verify;

pub(super) use ask::{ask, ask_ssl2, renegotiate};
pub(super) use config::{HostTls, Tls};
pub(super) use handshake::{Protocol, TlsFailure, handshake};
pub(super) use offer::{Offer, ask_by_hand, shake_hands};
pub(super) use shake::{Sessions, shake};
pub(super) use starttls::upgrade;
pub(super) use trust::{distrust, judge_in_the_clear, judge_others, name_of};
