//! Who we say we are: the fields that every request carries.
//!
//! Invariant: user-given fields go to the hosts that the user named and nowhere else. Must never import a folder above
//! `target`.

use crate::base::Secret;

/// User-Agent and user-given fields.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The `User-Agent` field's value: names Outsight, its version and a contact.
    pub user_agent: String,
    /// Fields given with `-H`, in order.
    pub headers: Vec<(String, Secret<String>)>,
}

impl Identity {
    /// The identity without a contact.
    pub fn anonymous() -> Self {
        Self::with_contact(None)
    }

    /// The identity with a way to reach whoever runs the scan.
    pub fn with_contact(contact: Option<&str>) -> Self {
        let version = env!("CARGO_PKG_VERSION");
        let user_agent = match contact {
            Some(contact) => format!("outsight/{version} (+{contact})"),
            None => format!("outsight/{version} (external security scanner)"),
        };
        Self { user_agent, headers: Vec::new() }
    }
}

impl Default for Identity {
    fn default() -> Self {
        Self::anonymous()
    }
}
