//! HTTP as state machines without IO: heads, framing, content codings, and the receiver that joins them.
//!
//! Takes the bytes of an answer as they arrive, in any pieces; gives a finished [`crate::observation::Response`].
//! Invariant: the result does not depend on how the bytes were cut into pieces, and no piece makes anything grow beyond
//! [`crate::base::Limits`]. Must never import sockets or `tokio`.

mod body;
pub mod decode;
pub mod framing;
pub mod head;
pub mod receiver;
mod request;
#[cfg(test)]
mod tests;

pub use decode::ContentDecoder;
pub use framing::{Decoder, Framing};
pub use head::{Head, HeadStep, parse_head};
pub use receiver::{Ask, Failure, Outcome, Progress, Receiver};
pub use request::ends_plainly;
