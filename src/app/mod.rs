//! The application: settings, and the stages wired together for each command.
//!
//! Takes settings and gives results to print. Invariant: nothing here prints, and nothing here knows the command line.
//! Must never import `cli`.

pub mod settings;
