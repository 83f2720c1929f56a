//! TLS, against a laboratory of servers with faults.

mod fakes;
pub mod lab;
mod online;
mod scan;
mod serve;
mod survey;
