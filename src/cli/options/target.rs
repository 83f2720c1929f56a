//! What targets are taken for.
//!
//! Nothing may import this file but `cli`.

use clap::Args;

use super::{choice, set};
use crate::app::settings::{Layer, ProfileChoice};

/// The flags that say what a target is.
#[derive(Args)]
#[command(next_help_heading = "Targets")]
pub(in crate::cli) struct TargetOptions {
    /// What hosts are taken for; `auto`: an HTML page at the root makes a site, anything else an API [default: auto]
    #[arg(long, value_name = "PROFILE", value_parser = choice::<ProfileChoice>(ProfileChoice::NAMES.into_iter()))]
    profile: Option<ProfileChoice>,
}

impl TargetOptions {
    /// The settings that these flags are.
    pub fn layer(self) -> Layer {
        Layer { profile: set(self.profile), ..Layer::default() }
    }
}
