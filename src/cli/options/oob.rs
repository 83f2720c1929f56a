//! Being called back.
//!
//! Nothing may import this file but `cli`.

use std::path::PathBuf;

use clap::Args;

use super::{set, set_all, text};
use crate::app::settings::{Layer, OobSite, Token, Wait};
use crate::oob::Listening;

/// The flags of rules that make a target call somewhere.
#[derive(Args)]
#[command(next_help_heading = "Interactions out of band")]
pub(in crate::cli) struct OobOptions {
    /// Where targets call back: DOMAIN=ADDRESS (a domain whose name server is this machine), HOST:PORT, or the URL of
    /// `outsight oob` or interactsh elsewhere [default: nowhere; rules that need it are skipped]
    #[arg(long = "oob", value_name = "WHERE", value_parser = text::<OobSite>)]
    site: Option<OobSite>,
    /// The token of the server elsewhere; better in OUTSIGHT_OOB_TOKEN
    #[arg(long = "oob-token", value_name = "TOKEN", value_parser = text::<Token>)]
    token: Option<Token>,
    /// How long a target may take to call back [default: 10s]
    #[arg(long = "oob-wait", value_name = "TIME", value_parser = text::<Wait>)]
    wait: Option<Wait>,
    #[command(flatten)]
    listen: ListenOptions,
}

/// The flags of a server of our own.
#[derive(Args)]
pub(in crate::cli) struct ListenOptions {
    /// Listen there instead, as SERVICE=ADDRESS:PORT with dns, http, https or smtp; repeatable [default: all on their usual ports]
    #[arg(long = "oob-listen", value_name = "ENTRY", value_parser = text::<Listening>)]
    listen: Vec<Listening>,
    /// A PEM file with a certificate chain and its key, for https
    #[arg(long = "oob-cert", value_name = "FILE")]
    cert: Option<PathBuf>,
}

impl OobOptions {
    /// The settings that these flags are.
    pub fn layer(self) -> Layer {
        let own =
            Layer { oob: set(self.site), oob_token: set(self.token), oob_wait: set(self.wait), ..Layer::default() };
        own.over(self.listen.layer())
    }
}

impl ListenOptions {
    /// The settings that these flags are.
    pub fn layer(self) -> Layer {
        Layer { oob_listen: set_all(self.listen), oob_cert: set(self.cert), ..Layer::default() }
    }
}
