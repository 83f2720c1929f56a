//! Which rules.
//!
//! Nothing may import this file but `cli`.

use clap::Args;

use super::{choice, set, set_all, set_flag, text};
use crate::app::settings::{Layer, Pattern};
use crate::base::{Category, Severity};
use crate::rule::Tier;

/// The flags that choose rules out of packs.
#[derive(Args)]
#[command(next_help_heading = "Rules")]
pub(in crate::cli) struct RuleOptions {
    /// A rule file, a folder of rules or a built-in pack; repeatable [default: all built-in packs]
    #[arg(short = 'r', long, value_name = "PATH")]
    rules: Vec<String>,
    /// Only rules of these severities
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = choice::<Severity>(Severity::ALL.iter().map(|s| s.name())))]
    severity: Vec<Severity>,
    /// Only rules with one of these tags
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    tags: Vec<String>,
    /// Only rules whose id matches; `*` and `?` are wildcards
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = text::<Pattern>)]
    id: Vec<Pattern>,
    /// Only rules of these categories
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = choice::<Category>(Category::ALL.iter().map(|c| c.name())))]
    category: Vec<Category>,
    /// No rules of these severities
    #[arg(long, hide_possible_values = true, value_name = "LIST", value_delimiter = ',', value_parser = choice::<Severity>(Severity::ALL.iter().map(|s| s.name())))]
    exclude_severity: Vec<Severity>,
    /// No rules with one of these tags
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    exclude_tags: Vec<String>,
    /// No rules whose id matches
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = text::<Pattern>)]
    exclude_id: Vec<Pattern>,
    /// No rules of these categories
    #[arg(long, hide_possible_values = true, value_name = "LIST", value_delimiter = ',', value_parser = choice::<Category>(Category::ALL.iter().map(|c| c.name())))]
    exclude_category: Vec<Category>,
    /// How far rules may go [default: passive]
    #[arg(long, value_name = "TIER", value_parser = choice::<Tier>(Tier::ALL.iter().map(|t| t.name())))]
    tier: Option<Tier>,
    /// Go on without rule files that have errors
    #[arg(long)]
    skip_broken: bool,
}

impl RuleOptions {
    /// The settings that these flags are.
    pub fn layer(self) -> Layer {
        Layer {
            rules: set_all(self.rules),
            severity: set_all(self.severity),
            tags: set_all(self.tags),
            id: set_all(self.id),
            category: set_all(self.category),
            exclude_severity: set_all(self.exclude_severity),
            exclude_tags: set_all(self.exclude_tags),
            exclude_id: set_all(self.exclude_id),
            exclude_category: set_all(self.exclude_category),
            tier: set(self.tier),
            skip_broken: set_flag(self.skip_broken),
            ..Layer::default()
        }
    }
}

/// The packs of `check` and `test`, given as arguments.
#[derive(Args)]
pub(in crate::cli) struct PathOptions {
    /// Rule files, folders of rules or built-in packs [default: all built-in packs]
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
    /// The same as PATH
    #[arg(short = 'r', long, value_name = "PATH")]
    rules: Vec<String>,
}

impl PathOptions {
    /// The settings that these arguments are.
    pub fn layer(self) -> Layer {
        Layer { rules: set_all([self.paths, self.rules].concat()), ..Layer::default() }
    }
}

/// Only the packs: for commands that name a rule.
#[derive(Args)]
pub(in crate::cli) struct RulesOption {
    /// A rule file, a folder of rules or a built-in pack; repeatable [default: all built-in packs]
    #[arg(short = 'r', long, value_name = "PATH")]
    rules: Vec<String>,
}

impl RulesOption {
    /// The settings that these flags are.
    pub fn layer(self) -> Layer {
        Layer { rules: set_all(self.rules), ..Layer::default() }
    }
}

/// The packs and how far a rule may go: for commands that run one rule.
#[derive(Args)]
#[command(next_help_heading = "Rules")]
pub(in crate::cli) struct TierOptions {
    /// A rule file, a folder of rules or a built-in pack; repeatable [default: all built-in packs]
    #[arg(short = 'r', long, value_name = "PATH")]
    rules: Vec<String>,
    /// How far the rule may go [default: passive]
    #[arg(long, value_name = "TIER", value_parser = choice::<Tier>(Tier::ALL.iter().map(|t| t.name())))]
    tier: Option<Tier>,
}

impl TierOptions {
    /// The settings that these flags are.
    pub fn layer(self) -> Layer {
        Layer { rules: set_all(self.rules), tier: set(self.tier), ..Layer::default() }
    }
}
