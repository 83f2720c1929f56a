//! From settings to what the engine and the wire want.
//!
//! Invariant: whatever is wrong is said before the first packet. Must never import `cli`.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use crate::base::capped::{Capped, read_all};
use crate::base::{Limits, SourceFile};
use crate::diagnostic::{Blame, Diagnostic, Diagnostics};
use crate::discover::crawl::CrawlBounds;
use crate::engine;
use crate::plan::Identity;
use crate::target::{Scope, ScopeBuilder};
use crate::wire::{self, Proxy};

use super::settings::{Layer, Set};

/// The most bytes of a file of scope rules.
const MAX_SCOPE: usize = 16 << 20;
/// The longest time that one exchange may be given.
const MAX_TIMEOUT: Duration = Duration::from_secs(600);

/// The engine's settings.
///
/// # Errors
/// Everything in the settings that cannot be used, and every scope rule that cannot be read.
pub fn engine_settings(settings: &Layer) -> Result<engine::Settings, Diagnostics> {
    let mut wrong = Diagnostics::new();
    let scope = scope(settings, &mut wrong);
    let proxy = settings.proxy.as_ref().map(|set| Proxy::parse(&set.value)).transpose();
    let proxy = proxy.unwrap_or_else(|error| {
        wrong.push(error);
        None
    });
    if wrong.has_errors() {
        return Err(wrong);
    }
    let mut engine = engine::Settings::new(scope);
    engine.limits = limits(settings);
    engine.wire = wire::Settings {
        limits: engine.limits.clone(),
        proxy,
        resolve: value(&settings.resolve).unwrap_or_default(),
        resolvers: value(&settings.resolver).unwrap_or_default().into_iter().map(|server| server.0).collect(),
        ca_file: value(&settings.ca_file),
        client_cert: value(&settings.client_cert),
        tls_online: value(&settings.tls_online).unwrap_or(false),
    };
    engine.identity = identity(settings);
    engine.profile = value(&settings.profile).and_then(|choice| choice.0);
    engine.tls = value(&settings.tls).unwrap_or_default();
    engine.tier = value(&settings.tier).unwrap_or(engine.tier);
    engine.concurrency = value(&settings.concurrency).map(|hosts| hosts.get() as usize);
    engine.rate = value(&settings.rate).unwrap_or(engine.rate);
    engine.per_host_rate = value(&settings.per_host_rate).unwrap_or(engine.per_host_rate);
    engine.retries = value(&settings.retries).unwrap_or(engine.retries);
    engine.deadline = value(&settings.deadline).map(|deadline| deadline.0);
    engine.crawl = crawl(settings);
    engine.gate = value(&settings.technology_gate).unwrap_or(false);
    engine.requests_per_host = value(&settings.requests_per_host).map(|most| u64::from(most.get()));
    engine.verify = value(&settings.verify).unwrap_or(false);
    engine.verdicts = value(&settings.verdicts).unwrap_or(false);
    Ok(engine)
}

/// How far sites are read.
fn crawl(settings: &Layer) -> Option<CrawlBounds> {
    let usual = CrawlBounds::default();
    let bounds = CrawlBounds {
        depth: value(&settings.crawl_depth).unwrap_or(usual.depth),
        requests: value(&settings.crawl_limit).map_or(usual.requests, |most| u64::from(most.get())),
        ..usual
    };
    (!value(&settings.no_crawl).unwrap_or(false)).then_some(bounds)
}

/// A setting's value, where it is set.
pub fn value<T: Clone>(set: &Option<Set<T>>) -> Option<T> {
    set.as_ref().map(|set| set.value.clone())
}

/// The bounds, with the user's time for an exchange.
fn limits(settings: &Layer) -> Limits {
    let mut limits = Limits::default();
    if let Some(wait) = value(&settings.oob_wait) {
        limits.callback = wait.0.min(MAX_TIMEOUT);
    }
    if let Some(timeout) = value(&settings.timeout) {
        let timeout = timeout.0.min(MAX_TIMEOUT);
        limits.exchange = timeout;
        limits.response_head = timeout;
        limits.connect = limits.connect.min(timeout);
    }
    limits
}

fn identity(settings: &Layer) -> Identity {
    let mut identity = Identity::with_contact(value(&settings.contact).as_deref());
    let fields = settings.header.iter().flat_map(|set| &set.value);
    identity.headers = fields.map(|field| (field.name.clone(), field.value.clone())).collect();
    identity
}

fn scope(settings: &Layer, wrong: &mut Diagnostics) -> Scope {
    let mut builder = ScopeBuilder::new();
    builder.allow_metadata(value(&settings.allow_metadata).unwrap_or(false));
    if let Some(path) = value(&settings.scope) {
        match read_scope(&path) {
            Ok(source) => wrong.extend(builder.add_rules(&source)),
            Err(error) => wrong.push(error),
        }
    }
    builder.build()
}

fn read_scope(path: &Path) -> Result<SourceFile, Diagnostic> {
    let failed = |why: String| {
        let title = format!("cannot read the scope rules `{}`: {why}", path.display());
        Diagnostic::error("C0305", Blame::Configuration, title)
    };
    let file = File::open(path).map_err(|error| failed(error.to_string()))?;
    let bytes = match read_all(file, MAX_SCOPE).map_err(|error| failed(error.to_string()))? {
        Capped::Whole(bytes) => bytes,
        Capped::TooLong => return Err(failed(format!("it has more than {MAX_SCOPE} bytes"))),
    };
    let text = String::from_utf8(bytes).map_err(|_| failed("it is not UTF-8".to_owned()))?;
    Ok(SourceFile::new(path.display().to_string(), text))
}
