//! The engine: hosts as actors, polite, bounded, resumable.
//!
//! Owns the course of a scan: a dispatcher that keeps the books and tasks that scan one host each, with nothing between
//! them but channels. Takes a program, targets as a stream, settings and a sink; gives events in order and a summary.
//! Invariant: every planned verdict ends in exactly one outcome, whatever hosts, rules or the output do. Must never
//! import `report`, `app` or anything above.
//!
//! What a host retains: an answer lives as long as a run that waits for the rest of its answers, the passive rules that
//! have not judged it, or the table of requests while some run may still ask for it; its bytes are paid for until then
//! (see `requests.rs`). Of a host that is done nothing is kept but counters.

mod contained;
mod control;
mod crawl;
mod dispatch;
mod dry_run;
mod error;
mod explain;
mod feed;
mod fetch;
mod files;
mod gate;
mod health;
mod host;
mod ledger;
mod link;
mod mailbox;
mod observe;
mod orders;
mod outings;
mod output;
mod requests;
mod resume;
mod runs;
mod scheme;
mod settings;
mod shared;
mod survey;
mod verify;
#[cfg(test)]
mod tests;
mod turns;
mod yielding;

pub use control::{Control, Stop};
pub use dispatch::scan;
pub use dry_run::{HostPlan, PlannedRequest, RulePlan, plan_host};
pub use error::EngineError;
pub use explain::{Brought, Explained, Sent, explain};
pub use mailbox::Mailbox;
pub use resume::Completed;
pub use settings::Settings;
