//! Settings: flags over environment over `outsight.yaml` in the project over the user's configuration.
//!
//! Owns the one list of settings ([`KEYS`]), how each is read from text wherever it is written, and the merge. Takes
//! flags as a [`Layer`], the environment and files through functions; gives one [`Layer`] in which each value knows its
//! source. Invariant: a text means the same in a flag, a variable and a file, and a value that is wrong is named with the
//! place that it came from. Must never import a folder above `report`.

mod file;
mod layer;
mod oob;
mod nameserver;
mod profile;
mod show;
#[cfg(test)]
mod tests;
mod value;

pub use file::{Places, read_layers};
pub use layer::{KEYS, Key, Layer, Set, Source};
pub use nameserver::Nameserver;
pub use oob::{OobSite, Token};
pub use show::show;
pub use value::{Field, FromRaw, FromText, Pattern, ProfileChoice, Raw, ToFile, Wait};
