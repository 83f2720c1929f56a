//! The wire: the only sockets of a scan.
//!
//! Takes probes, gives finished and capped observations. Invariant: what a target sends can neither fail the scan nor
//! cost more than the limits allow. Must never import `plan`, `verdict` or anything above.

pub mod http;
