//! What targets are taken for.
//!
//! Nothing may import this file but `cli`.

use std::num::NonZeroU32;

use clap::Args;

use super::{choice, set, set_flag};
use crate::app::settings::{Layer, ProfileChoice};

/// The flags that say what a target is.
#[derive(Args)]
#[command(next_help_heading = "Targets")]
pub(in crate::cli) struct TargetOptions {
    /// What hosts are taken for; `auto`: an HTML page at the root makes a site, anything else an API [default: auto]
    #[arg(long, value_name = "PROFILE", value_parser = choice::<ProfileChoice>(ProfileChoice::NAMES.into_iter()))]
    profile: Option<ProfileChoice>,
    /// Do not read the site: no scripts, source maps, manifests and further pages
    #[arg(long)]
    no_crawl: bool,
    /// Links that are followed from the first page to other pages; 0 reads what that page itself loads [default: 2]
    #[arg(long, value_name = "LINKS", conflicts_with = "no_crawl")]
    crawl_depth: Option<u32>,
    /// The most requests for reading one site [default: 300]
    #[arg(long, value_name = "REQUESTS", conflicts_with = "no_crawl")]
    crawl_limit: Option<NonZeroU32>,
}

impl TargetOptions {
    /// The settings that these flags are.
    pub fn layer(self) -> Layer {
        Layer {
            profile: set(self.profile),
            no_crawl: set_flag(self.no_crawl),
            crawl_depth: set(self.crawl_depth),
            crawl_limit: set(self.crawl_limit),
            ..Layer::default()
        }
    }
}
