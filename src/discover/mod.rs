//! Discovery: from what a host answered to what else it may be asked.
//!
//! Owns the small inventory of endpoints that rules of endpoints are asked of, and reading paths out of answers. Takes
//! answers; gives paths. Invariant: the same answers give the same paths, whatever the order of their arrival, and every
//! list is bounded. Must never import anything above `wire`; it sends nothing itself.

mod inventory;
mod mentions;

pub use inventory::{ENDPOINTS, FOUND, Inventory, USUAL};
