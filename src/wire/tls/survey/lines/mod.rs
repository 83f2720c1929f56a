//! The lines of questions of a survey, one concept a file.
//!
//! Must never open a socket.

mod classes;
mod control;
mod elimination;
mod extensions;
mod groups;
mod handshakes;
mod jarm;
mod legacy;
mod once;
mod schemes;
mod second;
mod ssl2;
mod suites;

pub use classes::{Classes, Having, Quality, settle};
pub use control::Control;
pub use extensions::Protocols;
pub use groups::Groups;
pub use handshakes::{Elsewhere, Nameless, Ordinary, Resumptions};
pub use jarm::Jarm;
pub use legacy::Legacy;
pub use once::{Fallbacks, Order, Unpadded};
pub use schemes::{NewSchemes, Schemes};
pub use second::Second;
pub use ssl2::Ssl2;
pub use suites::Suites;
