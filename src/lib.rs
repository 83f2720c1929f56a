//! Outsight: an external security scanner.
//!
//! YAML rule packs say what to send and what to match; Outsight sends every distinct request once, matches all rules in
//! one pass over each answer, and scores the findings. The folders are the stages of a scan, listed in
//! `docs/ARCHITECTURE.md` from the ground up: a folder imports only from folders before it in that list.
#![forbid(unsafe_code)]

pub mod base;
pub mod diagnostic;
pub mod observation;
pub mod tls;
pub mod expr;
pub mod dsl;
pub mod predicate;
pub mod rule;
pub mod finding;
pub mod dialect;
pub mod compile;
pub mod target;
pub mod plan;
pub mod verdict;
pub mod score;
pub mod wire;
pub mod discover;
pub mod engine;
pub mod oob;
pub mod report;
pub mod manual;
pub mod pack;
pub mod reload;
pub mod demo;
pub mod app;
pub mod cli;
