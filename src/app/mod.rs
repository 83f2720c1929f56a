//! The application: settings, and the stages wired together for each command.
//!
//! Takes settings and gives results to print. Invariant: nothing here prints, and nothing here knows the command line.
//! Must never import `cli`.

pub mod convert;
pub mod doctor;
pub mod explaining;
pub mod listing;
pub mod manual;
pub mod network;
pub mod oob;
pub mod ordered;
pub mod outputs;
pub mod rules;
pub mod scan;
pub mod select;
pub mod settings;
pub mod summary;
pub mod targets;
pub mod testing;
