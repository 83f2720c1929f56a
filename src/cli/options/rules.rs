//! Which rules.
//!
//! Nothing may import this file but `cli`.

use clap::Args;

use super::{choice, set, set_all, set_flag, text};
use crate::app::settings::{Layer, Pattern};
use crate::base::Category;
use crate::pack::{Kind, Level};
use crate::rule::Tier;

/// The flags that choose rules out of packs.
#[derive(Args)]
#[command(next_help_heading = "Rules")]
pub(in crate::cli) struct RuleOptions {
    /// A rule file, a folder of rules, a community pack or a built-in pack; repeatable [default: all built-in packs]
    #[arg(short = 'r', long, short_alias = 't', visible_alias = "templates", value_name = "PATH")]
    rules: Vec<String>,
    /// A workflow of a community pack, or a folder of them; repeatable
    #[arg(short = 'w', long, value_name = "PATH", value_delimiter = ',')]
    workflows: Vec<String>,
    /// A profile of a community pack: a file, or a name in its folder `profiles`
    #[arg(long, value_name = "FILE")]
    pack_profile: Option<String>,
    /// Only rules of these severities
    #[arg(short = 's', long, value_name = "LIST", value_delimiter = ',', value_parser = choice::<Level>(Level::ALL.iter().map(|s| s.name())))]
    severity: Vec<Level>,
    /// Only rules with one of these tags
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    tags: Vec<String>,
    /// Only rules whose id matches; `*` and `?` are wildcards
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = text::<Pattern>)]
    id: Vec<Pattern>,
    /// Only rules of these categories
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = choice::<Category>(Category::ALL.iter().map(|c| c.name())))]
    category: Vec<Category>,
    /// Only rules by one of these authors
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    author: Vec<String>,
    /// Only rules that send this
    #[arg(long = "type", value_name = "LIST", value_delimiter = ',', value_parser = choice::<Kind>(Kind::ALL.iter().map(|k| k.name())))]
    kind: Vec<Kind>,
    /// No rules of these severities
    #[arg(long, alias = "es", hide_possible_values = true, value_name = "LIST", value_delimiter = ',', value_parser = choice::<Level>(Level::ALL.iter().map(|s| s.name())))]
    exclude_severity: Vec<Level>,
    /// No rules with one of these tags
    #[arg(long, alias = "etags", value_name = "LIST", value_delimiter = ',')]
    exclude_tags: Vec<String>,
    /// No rules whose id matches
    #[arg(long, alias = "eid", value_name = "LIST", value_delimiter = ',', value_parser = text::<Pattern>)]
    exclude_id: Vec<Pattern>,
    /// No rules of these categories
    #[arg(long, hide_possible_values = true, value_name = "LIST", value_delimiter = ',', value_parser = choice::<Category>(Category::ALL.iter().map(|c| c.name())))]
    exclude_category: Vec<Category>,
    /// No rules by one of these authors
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    exclude_author: Vec<String>,
    /// No rules that send this
    #[arg(long = "exclude-type", alias = "ept", hide_possible_values = true, value_name = "LIST", value_delimiter = ',', value_parser = choice::<Kind>(Kind::ALL.iter().map(|k| k.name())))]
    exclude_kind: Vec<Kind>,
    /// No rules of these files and folders of a community pack, named from its root
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    exclude_templates: Vec<String>,
    /// Tags to run although their pack leaves them out by default
    #[arg(long, alias = "itags", value_name = "LIST", value_delimiter = ',')]
    include_tags: Vec<String>,
    /// Files and folders to run although their pack leaves them out by default, named from its root
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    include_templates: Vec<String>,
    /// How far rules may go [default: passive]
    #[arg(long, value_name = "TIER", value_parser = choice::<Tier>(Tier::ALL.iter().map(|t| t.name())))]
    tier: Option<Tier>,
    /// Go on without rule files that have errors
    #[arg(long)]
    skip_broken: bool,
    /// Read community packs from their files, and keep no compiled copy
    #[arg(long)]
    no_cache: bool,
}

impl RuleOptions {
    /// The settings that these flags are.
    pub fn layer(self) -> Layer {
        Layer {
            rules: set_all(self.rules),
            workflows: set_all(self.workflows),
            pack_profile: set(self.pack_profile),
            severity: set_all(self.severity),
            tags: set_all(self.tags),
            id: set_all(self.id),
            category: set_all(self.category),
            author: set_all(self.author),
            kind: set_all(self.kind),
            exclude_severity: set_all(self.exclude_severity),
            exclude_tags: set_all(self.exclude_tags),
            exclude_id: set_all(self.exclude_id),
            exclude_category: set_all(self.exclude_category),
            exclude_author: set_all(self.exclude_author),
            exclude_kind: set_all(self.exclude_kind),
            exclude_templates: set_all(self.exclude_templates),
            include_tags: set_all(self.include_tags),
            include_templates: set_all(self.include_templates),
            tier: set(self.tier),
            skip_broken: set_flag(self.skip_broken),
            no_cache: set_flag(self.no_cache),
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
    #[arg(short = 'r', long, short_alias = 't', alias = "templates", value_name = "PATH")]
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
    #[arg(short = 'r', long, short_alias = 't', alias = "templates", value_name = "PATH")]
    rules: Vec<String>,
    /// A workflow of a community pack, or a folder of them; repeatable
    #[arg(short = 'w', long, value_name = "PATH", value_delimiter = ',')]
    workflows: Vec<String>,
}

impl RulesOption {
    /// The settings that these flags are.
    pub fn layer(self) -> Layer {
        Layer { rules: set_all(self.rules), workflows: set_all(self.workflows), ..Layer::default() }
    }
}

/// The packs and how far a rule may go: for commands that run one rule.
#[derive(Args)]
#[command(next_help_heading = "Rules")]
pub(in crate::cli) struct TierOptions {
    /// A rule file, a folder of rules or a built-in pack; repeatable [default: all built-in packs]
    #[arg(short = 'r', long, short_alias = 't', alias = "templates", value_name = "PATH")]
    rules: Vec<String>,
    /// A workflow of a community pack, or a folder of them; repeatable
    #[arg(short = 'w', long, value_name = "PATH", value_delimiter = ',')]
    workflows: Vec<String>,
    /// How far the rule may go [default: passive]
    #[arg(long, value_name = "TIER", value_parser = choice::<Tier>(Tier::ALL.iter().map(|t| t.name())))]
    tier: Option<Tier>,
}

impl TierOptions {
    /// The settings that these flags are.
    pub fn layer(self) -> Layer {
        let (rules, workflows) = (set_all(self.rules), set_all(self.workflows));
        Layer { rules, workflows, tier: set(self.tier), ..Layer::default() }
    }
}
