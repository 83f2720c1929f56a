//! The laboratory: servers with faults, started on loopback on free ports.
//!
//! Each server says what is true of it and which findings a scan must give for it: those, and no others.

pub mod again;
pub mod answer;
pub mod authority;
pub mod fake;
pub mod hello;
pub mod message;
pub mod modern;
pub mod ocsp;
pub mod preface;
pub mod servers;
pub mod suites;
