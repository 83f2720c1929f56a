//! The house rules that a machine can check: layers, cycles, sizes, documentation, effects, registries.
//!
//! Reads every file under `src/` with `syn` and the code map in `docs/ARCHITECTURE.md`. Invariant: code under
//! `#[cfg(test)]` is exempt from layers and sizes, nothing else is.

mod documents;
mod effects;
mod layers;
mod references;
mod registries;
mod sizes;
mod source;

/// Fails with every violation at once, so that one run shows all there is to mend.
fn assert_none(rule: &str, mut violations: Vec<String>) {
    violations.sort();
    violations.dedup();
    assert!(violations.is_empty(), "{rule}:\n  {}", violations.join("\n  "));
}
