//! Discovery: from what a host answered to what else it may be asked.
//!
//! Owns the small inventory of endpoints that rules of endpoints are asked of, reading paths out of answers, the
//! crawl of a site, and reading files where they are the target. Takes answers; gives paths. Invariant: the same answers give the same paths, whatever the order of their arrival, and every
//! list is bounded. Must never import anything above `wire`; it sends nothing itself, and of its parts only `files` touches a disk.

mod actions;
pub mod crawl;
pub mod files;
mod inventory;
mod mentions;
pub mod site;

pub use inventory::{ENDPOINTS, FOUND, Inventory, USUAL};
