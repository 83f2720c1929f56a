//! The list of settings, and one place's values for them.
//!
//! Invariant: a setting is one line here; its key, its variable, its documentation and its merge follow from that line.
//! Must never import a folder above `report`.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;

use super::nameserver::Nameserver;
use super::oob::{OobSite, Token};
use super::value::{Field, FromRaw, Pattern, ProfileChoice, Raw, ToFile, Wait};
use crate::base::{Category, Severity};
use crate::observation::SurveyDepth;
use crate::oob::Listening;
use crate::pack::{Kind, Level};
use crate::report::Format;
use crate::rule::Tier;
use crate::wire::Override;

/// Where a value was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// On the command line.
    Flag,
    /// In that environment variable.
    Environment(Arc<str>),
    /// In that file.
    File(Arc<str>),
    /// In that profile of a community pack.
    Profile(Arc<str>),
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flag => f.write_str("command line"),
            Self::Environment(name) => write!(f, "${name}"),
            Self::File(path) | Self::Profile(path) => f.write_str(path),
        }
    }
}

/// A value and where it was written.
#[derive(Clone)]
pub struct Set<T> {
    /// The value.
    pub value: T,
    /// Where.
    pub source: Source,
}

/// What is known of a setting without its value.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Its name in files; upper case with underscores and `OUTSIGHT_` before it, in the environment.
    pub name: &'static str,
    /// One line for people.
    pub summary: &'static str,
}

impl Key {
    /// The environment variable.
    pub fn variable(&self) -> String {
        format!("OUTSIGHT_{}", self.name.to_uppercase().replace('-', "_"))
    }
}

macro_rules! settings {
    ($($(#[doc = $summary:literal])+ $field:ident $name:literal: $type:ty,)+) => {
        /// One place's values; `None` where it says nothing.
        #[derive(Clone, Default)]
        pub struct Layer {
            $($(#[doc = $summary])+ pub $field: Option<Set<$type>>,)+
        }

        /// Every setting that files and the environment know.
        pub const KEYS: &[Key] = &[$(Key { name: $name, summary: concat!($($summary),+).trim_ascii() },)+];

        impl Layer {
            /// Sets the setting of that key; `None` where there is none.
            ///
            /// # Errors
            /// What is wrong with the text, in one sentence.
            pub fn set(&mut self, key: &str, raw: Raw, source: &Source) -> Option<Result<(), String>> {
                match key {
                    $($name => Some(<$type>::from_raw(raw).map(|value| {
                        self.$field = Some(Set { value, source: source.clone() });
                    })),)+
                    _ => None,
                }
            }

            /// This layer's values, and those of the layer below where this one says nothing.
            #[must_use]
            pub fn over(self, below: Self) -> Self {
                Self { $($field: self.$field.or(below.$field),)+ }
            }

            /// Key, value as it may be shown, and source of everything that is set.
            pub fn entries(&self) -> Vec<(&'static str, Raw, &Source)> {
                let mut entries = Vec::new();
                $(if let Some(set) = &self.$field {
                    entries.push(($name, set.value.shown(), &set.source));
                })+
                entries
            }
        }
    };
}

settings! {
    /// Rule files, folders and packs; without any, the built-in packs.
    rules "rules": Vec<String>,
    /// Workflows of community packs: files, or folders of them.
    workflows "workflows": Vec<String>,
    /// A profile of a community pack: a file, or the name of one in the pack's `profiles/`.
    pack_profile "pack-profile": String,
    /// Only rules of these severities.
    severity "severity": Vec<Level>,
    /// Only rules with one of these tags.
    tags "tags": Vec<String>,
    /// Only rules whose id matches one of these patterns.
    id "id": Vec<Pattern>,
    /// Only rules of these categories.
    category "category": Vec<Category>,
    /// Only rules by one of these authors.
    author "author": Vec<String>,
    /// Only rules that send this: http, dns, ssl, tcp, websocket.
    kind "type": Vec<Kind>,
    /// No rules of these severities.
    exclude_severity "exclude-severity": Vec<Level>,
    /// No rules with one of these tags.
    exclude_tags "exclude-tags": Vec<String>,
    /// No rules whose id matches one of these patterns.
    exclude_id "exclude-id": Vec<Pattern>,
    /// No rules of these categories.
    exclude_category "exclude-category": Vec<Category>,
    /// No rules by one of these authors.
    exclude_author "exclude-author": Vec<String>,
    /// No rules that send this.
    exclude_kind "exclude-type": Vec<Kind>,
    /// No rules of these files and folders, named from the pack's root.
    exclude_templates "exclude-templates": Vec<String>,
    /// Tags that are run although their pack leaves them out by default.
    include_tags "include-tags": Vec<String>,
    /// Files and folders that are run although their pack leaves them out by default, named from the pack's root.
    include_templates "include-templates": Vec<String>,
    /// Whether hosts are sites or APIs, or each by its own answers.
    profile "profile": ProfileChoice,
    /// Do not read the site: no request but those of rules and of the survey.
    no_crawl "no-crawl": bool,
    /// Links that are followed from the first page to other pages.
    crawl_depth "crawl-depth": u32,
    /// Requests for reading one site.
    crawl_limit "crawl-limit": NonZeroU32,
    /// How far rules may go.
    tier "tier": Tier,
    /// A file of scope rules.
    scope "scope": PathBuf,
    /// Format of standard output.
    format "format": &'static Format,
    /// Further outputs, as FORMAT=FILE.
    output "output": Vec<ToFile>,
    /// Exit with 1 when there is a finding of this severity or above.
    fail_on "fail-on": Severity,
    /// Requests a second to all hosts together; 0 for no limit.
    rate "rate": f64,
    /// Requests a second to one host; 0 for no limit.
    per_host_rate "per-host-rate": f64,
    /// Hosts that are scanned at the same time.
    concurrency "concurrency": NonZeroU32,
    /// Time for one exchange.
    timeout "timeout": Wait,
    /// Requests to one host, the most severe rules' first.
    requests_per_host "requests-per-host": NonZeroU32,
    /// Leave out rules for products that the host's front page speaks against.
    technology_gate "technology-gate": bool,
    /// Ask the providers of keys that are found whether they still work.
    verify "verify": bool,
    /// How often a request that failed is sent again.
    retries "retries": u32,
    /// Time for the whole scan.
    deadline "deadline": Wait,
    /// A proxy for all connections: http://…, socks5://….
    proxy "proxy": String,
    /// A header field for every request, as NAME: VALUE.
    header "header": Vec<Field>,
    /// An address to use instead of looking a name up, as HOST:PORT:ADDRESS.
    resolve "resolve": Vec<Override>,
    /// A resolver for the DNS queries that rules send, as ADDRESS or ADDRESS:PORT.
    resolver "resolver": Vec<Nameserver>,
    /// A file of certificate authorities to trust besides the built-in ones.
    ca_file "ca-file": PathBuf,
    /// A file with a client certificate and its key.
    client_cert "client-cert": PathBuf,
    /// How much is asked of TLS: what a scan needs, or everything.
    tls "tls": SurveyDepth,
    /// Ask the authorities that certificates name whether they were revoked.
    tls_online "tls-online": bool,
    /// A contact for the User-Agent: an address or a URL.
    contact "contact": String,
    /// Go on without rule files that have errors.
    skip_broken "skip-broken": bool,
    /// Do without the cache of compiled packs.
    no_cache "no-cache": bool,
    /// The folder of compiled packs; by default `outsight/packs` in the platform's cache folder.
    cache_folder "cache-folder": PathBuf,
    /// Write every verdict to machine formats.
    verdicts "verdicts": bool,
    /// Score findings of community templates too, whose severities are not curated.
    score_community "score-community": bool,
    /// Allow requests to cloud metadata addresses.
    allow_metadata "allow-metadata": bool,
    /// Where targets call back: a domain of ours, HOST:PORT, or the URL of a server elsewhere.
    oob "oob": OobSite,
    /// The token of the interaction server elsewhere.
    oob_token "oob-token": Token,
    /// How long a target may take to call back.
    oob_wait "oob-wait": Wait,
    /// Where the interaction server listens, as SERVICE=ADDRESS:PORT.
    oob_listen "oob-listen": Vec<Listening>,
    /// A file with the certificate and the key of the interaction server.
    oob_cert "oob-cert": PathBuf,
    /// Say more.
    verbose "verbose": bool,
    /// Say nothing but the report and errors.
    quiet "quiet": bool,
    /// No colours.
    no_color "no-color": bool,
}

impl Layer {
    /// The same settings without those that concern other networks and hosts: for a server of our own.
    #[must_use]
    pub fn for_loopback(self) -> Self {
        let own = Self { scope: None, proxy: None, header: None, resolve: None, resolver: None, profile: None, ..self };
        let own = Self { oob: None, oob_token: None, oob_listen: None, oob_cert: None, ..own };
        Self { ca_file: None, client_cert: None, ..own }
    }
}
