//! TLS, against a laboratory of servers with faults.

mod fakes;
mod lab;
mod serve;
