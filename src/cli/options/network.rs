//! How to talk to targets.
//!
//! Nothing may import this file but `cli`.

use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::Args;

use super::{choice, set, set_all, set_flag, text};
use crate::app::settings::{Field, Layer, Nameserver, Wait};
use crate::observation::SurveyDepth;
use crate::wire::Override;

/// The flags for everything that concerns the network.
#[derive(Args)]
#[command(next_help_heading = "Network")]
pub(in crate::cli) struct NetworkOptions {
    /// A file of scope rules: a host, address or net a line; `!` in front denies
    #[arg(long, value_name = "FILE")]
    scope: Option<PathBuf>,
    /// Requests a second to all hosts together; 0: no limit [default: 0]
    #[arg(long, alias = "rate-limit", value_name = "N", value_parser = text::<f64>)]
    rate: Option<f64>,
    /// Requests a second to one host; 0: no limit [default: 10]
    #[arg(long, value_name = "N", value_parser = text::<f64>)]
    per_host_rate: Option<f64>,
    /// Hosts that are scanned at the same time [default: as memory and open files allow, at most 256]
    #[arg(long, value_name = "N", value_parser = text::<NonZeroU32>)]
    concurrency: Option<NonZeroU32>,
    /// Time for one exchange, such as 5s [default: 12s]
    #[arg(long, value_name = "TIME", value_parser = text::<Wait>)]
    timeout: Option<Wait>,
    /// How often a request that failed is sent again [default: 1]
    #[arg(long, value_name = "N", value_parser = text::<u32>)]
    retries: Option<u32>,
    /// Requests to one host at most, the most severe rules' first; what is not sent is reported. A survey of TLS begins
    /// where its usual hellos are left, and counts as those that it sent [default: no limit]
    #[arg(long, value_name = "N", value_parser = text::<NonZeroU32>)]
    requests_per_host: Option<NonZeroU32>,
    /// Leave out rules for products (WordPress, Joomla …) that a host's front page speaks against; the report says which
    #[arg(long)]
    technology_gate: bool,
    /// Ask the providers of keys that are found whether they still work: one request that only reads, to the address that
    /// the rule names, with the key in a header field
    #[arg(long)]
    verify: bool,
    /// A proxy for all connections: http://HOST:PORT or socks5://HOST:PORT
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,
    /// A header field for every request, as 'NAME: VALUE'; repeatable. Never sent to another origin
    #[arg(short = 'H', long, value_name = "FIELD", value_parser = text::<Field>)]
    header: Vec<Field>,
    /// An address to use instead of looking a name up, as HOST:PORT:ADDRESS[,ADDRESS]; repeatable
    #[arg(long, value_name = "ENTRY", value_parser = text::<Override>)]
    resolve: Vec<Override>,
    /// A resolver for the DNS queries that rules send, as ADDRESS[:PORT]; repeatable [default: the system's]
    #[arg(long, value_name = "ADDRESS", value_parser = text::<Nameserver>)]
    resolver: Vec<Nameserver>,
    /// PEM certificates of authorities to trust besides the built-in ones
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// A PEM file with a client certificate and its key
    #[arg(long, value_name = "FILE")]
    client_cert: Option<PathBuf>,
    /// How much is asked of TLS: what a scan needs, in about six connections, or every suite, group and extension
    /// [default: quick]
    #[arg(long, value_name = "DEPTH", value_parser = choice::<SurveyDepth>(SurveyDepth::ALL.iter().map(|one| one.name())))]
    tls: Option<SurveyDepth>,
    /// Ask whether certificates were revoked: OCSP and lists, at the addresses that the certificates name
    #[arg(long)]
    tls_online: bool,
    /// A contact for the User-Agent: an address or a URL
    #[arg(long, value_name = "TEXT")]
    contact: Option<String>,
    /// Allow requests to link-local and cloud metadata addresses
    #[arg(long)]
    allow_metadata: bool,
}

impl NetworkOptions {
    /// The settings that these flags are.
    pub fn layer(self) -> Layer {
        Layer {
            scope: set(self.scope),
            rate: set(self.rate),
            per_host_rate: set(self.per_host_rate),
            concurrency: set(self.concurrency),
            timeout: set(self.timeout),
            requests_per_host: set(self.requests_per_host),
            technology_gate: set_flag(self.technology_gate),
            retries: set(self.retries),
            verify: set_flag(self.verify),
            proxy: set(self.proxy),
            header: set_all(self.header),
            resolve: set_all(self.resolve),
            resolver: set_all(self.resolver),
            ca_file: set(self.ca_file),
            client_cert: set(self.client_cert),
            tls: set(self.tls),
            tls_online: set_flag(self.tls_online),
            contact: set(self.contact),
            allow_metadata: set_flag(self.allow_metadata),
            ..Layer::default()
        }
    }
}
