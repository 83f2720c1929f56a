//! Who may fetch interactions from another machine.
//!
//! Takes what a request shows; gives yes or no. Invariant: a comparison of secrets takes a time that does not tell how
//! much of them is right. Must never import a folder above `base`.

use sha2::{Digest as _, Sha256};

use crate::base::Secret;

/// Who may register as a client from another machine.
#[derive(Debug, Clone, Default)]
pub enum Access {
    /// Nobody: the server is one scan's own.
    #[default]
    Closed,
    /// Who has the token.
    Token(Secret<String>),
    /// Everybody.
    Open,
}

impl Access {
    /// Whether who sent this is one of them.
    pub(super) fn allows(&self, sent: Option<&str>) -> bool {
        match self {
            Self::Closed => false,
            Self::Token(token) => sent.is_some_and(|sent| same_secret(token.expose(), sent)),
            Self::Open => true,
        }
    }
}

/// Whether two secrets are the same.
pub(super) fn same_secret(one: &str, other: &str) -> bool {
    Sha256::digest(one) == Sha256::digest(other)
}
