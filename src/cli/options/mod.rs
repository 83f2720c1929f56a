//! Flags that several commands share, each group a struct that becomes a layer of settings.
//!
//! Invariant: a flag's text is read by the same code as the setting of its name in files and variables.
//! Nothing may import this folder but `cli`.

mod format;
mod network;
mod oob;
mod output;
mod rules;
mod target;

pub(super) use format::TextOrLines;
pub(super) use network::NetworkOptions;
pub(super) use oob::{ListenOptions, OobOptions};
pub(super) use output::OutputOptions;
pub(super) use rules::{PathOptions, RuleOptions, RulesOption, TierOptions};
pub(super) use target::TargetOptions;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::app::settings::{FromText, Set, Source};

/// Reads a flag's value as its setting does.
fn text<T: FromText>(text: &str) -> Result<T, String> {
    T::from_text(text.trim())
}

/// Reads a word of a closed list, which completions then know.
fn choice<T: FromText + Clone + Send + Sync + 'static>(
    names: impl Iterator<Item = &'static str>,
) -> impl TypedValueParser<Value = T> {
    let names: Vec<&'static str> = names.collect();
    PossibleValuesParser::new(names).try_map(|name| T::from_text(&name).map_err(std::io::Error::other))
}

fn set<T>(value: Option<T>) -> Option<Set<T>> {
    value.map(|value| Set { value, source: Source::Flag })
}

fn set_all<T>(values: Vec<T>) -> Option<Set<Vec<T>>> {
    (!values.is_empty()).then_some(Set { value: values, source: Source::Flag })
}

fn set_flag(given: bool) -> Option<Set<bool>> {
    given.then_some(Set { value: true, source: Source::Flag })
}
