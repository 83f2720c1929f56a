//! Every server of the laboratory, by what is the matter with it.

mod certificates;
mod keys;
mod manners;
mod protocols;
mod strangers;

use super::authority::{Key, Leaf, issue};
use super::fake::{Fake, Running};
use super::modern::Modern;

/// One server: how it is made, and what a scan must find there.
pub struct Server {
    pub name: &'static str,
    pub make: fn() -> Made,
    /// The rules that match, and no others.
    pub raises: &'static [&'static str],
}

/// A server, ready to start.
pub enum Made {
    Fake(Box<Fake>),
    Modern(Box<Modern>),
}

impl Made {
    /// Starts it.
    pub fn start(self) -> Running {
        match self {
            Self::Fake(fake) => fake.start(),
            Self::Modern(modern) => modern.start(),
        }
    }
}

impl From<Fake> for Made {
    fn from(fake: Fake) -> Self {
        Self::Fake(Box::new(fake))
    }
}

impl From<Modern> for Made {
    fn from(modern: Modern) -> Self {
        Self::Modern(Box::new(modern))
    }
}

/// A canned server with a certificate of RSA.
fn with_rsa() -> Fake {
    Fake::tls12(issue(&Leaf { key: Key::Rsa(2048), ..Leaf::good() }))
}

/// All that speak TLS.
pub fn all() -> impl Iterator<Item = &'static Server> {
    let tables: [&[Server]; 4] = [&certificates::ALL, &protocols::ALL, &keys::ALL, &manners::ALL];
    tables.into_iter().flatten()
}

/// All that do not, or not honestly.
pub fn strangers() -> impl Iterator<Item = &'static Server> {
    strangers::ALL.iter()
}

/// The server of that name.
pub fn named(name: &str) -> &'static Server {
    all().chain(strangers()).find(|server| server.name == name).expect("it is in the laboratory")
}
