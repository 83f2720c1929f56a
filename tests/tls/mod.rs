//! TLS, against a laboratory of servers with faults.

mod fakes;
mod lab;
mod online;
mod scan;
mod serve;
mod survey;
