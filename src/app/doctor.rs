//! Looking at the machine: what could keep a scan from running well.
//!
//! Owns the list of checks. Takes the environment, gives one result a check. Invariant: looking changes nothing, sends
//! nothing but one name lookup, and ends in a few seconds. Must never import `cli`.

use std::net::ToSocketAddrs as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::Duration;

use crate::base::Limits;

use super::rules::read_rules;
use super::settings::Layer;

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// As it should be.
    Good,
    /// It works, but something is worth knowing.
    Notable,
    /// Scans will fail.
    Bad,
}

/// One check's result.
#[derive(Debug)]
pub struct Finding {
    /// What was looked at.
    pub name: &'static str,
    /// How it is.
    pub state: State,
    /// In words.
    pub detail: String,
    /// What to do about it.
    pub advice: Option<String>,
}

type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;
/// How it is, in words, and what to do about it.
type Told = (State, String, Option<&'static str>);
type Check = fn(Environment<'_>) -> Told;

/// Every check, in order.
const CHECKS: &[(&str, Check)] = &[
    ("rules", built_in_rules),
    ("open files", open_files),
    ("name lookup", name_lookup),
    ("authorities", authorities),
    ("proxy", proxy),
    ("cache folder", cache_folder),
    ("terminal", terminal),
];

/// Runs every check.
pub fn examine(environment: Environment<'_>) -> Vec<Finding> {
    let one = |(name, check): &(&'static str, Check)| {
        let (state, detail, advice) = check(environment);
        Finding { name, state, detail, advice: advice.map(str::to_owned) }
    };
    CHECKS.iter().map(one).collect()
}

fn built_in_rules(_: Environment<'_>) -> Told {
    let read = read_rules(&Layer::default(), &Limits::default());
    match read.diagnostics.errors() {
        0 => (State::Good, format!("{} built-in rules", read.rules.len()), None),
        errors => (State::Bad, format!("{errors} errors in the built-in rules"), Some("run `outsight check`")),
    }
}

fn open_files(_: Environment<'_>) -> Told {
    const COMFORTABLE: u64 = 4096;
    match rlimit::Resource::NOFILE.get() {
        Ok((soft, hard)) if hard >= COMFORTABLE => {
            (State::Good, format!("{soft} may be open at once, {hard} after raising the limit"), None)
        }
        Ok((_, hard)) => {
            let advice = "raise the hard limit (`ulimit -Hn`), or scan fewer hosts at the same time";
            (State::Notable, format!("only {hard} may be open at once"), Some(advice))
        }
        Err(error) => (State::Notable, format!("the limit cannot be read: {error}"), None),
    }
}

fn name_lookup(_: Environment<'_>) -> Told {
    const PATIENCE: Duration = Duration::from_secs(3);
    const NAME: &str = "example.com";
    let (tell, hear) = channel();
    // The system's resolver cannot be interrupted, so it gets a thread that may outlive the question.
    std::thread::spawn(move || tell.send((NAME, 443_u16).to_socket_addrs().map(Iterator::count)));
    let advice = Some("targets given as addresses, or with --resolve, need no lookup");
    match hear.recv_timeout(PATIENCE) {
        Ok(Ok(found)) if found > 0 => (State::Good, format!("{NAME} has {found} addresses"), None),
        Ok(Ok(_)) => (State::Notable, format!("{NAME} has no address"), advice),
        Ok(Err(error)) => (State::Notable, format!("{NAME} is not found: {error}"), advice),
        Err(_) => (State::Notable, format!("no answer for {NAME} in {} s", PATIENCE.as_secs()), advice),
    }
}

fn authorities(_: Environment<'_>) -> Told {
    let count = webpki_roots::TLS_SERVER_ROOTS.len();
    let advice = Some("certificates of your own authority are trusted with --ca-file");
    (State::Good, format!("{count} built in"), advice)
}

fn proxy(environment: Environment<'_>) -> Told {
    let known = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
    match known.iter().find(|name| environment(name).is_some_and(|value| !value.is_empty())) {
        Some(name) => {
            let advice = "scans go out directly unless --proxy or OUTSIGHT_PROXY says otherwise";
            (State::Notable, format!("{name} is set, and not used"), Some(advice))
        }
        None => (State::Good, "none in the environment".to_owned(), None),
    }
}

fn cache_folder(environment: Environment<'_>) -> Told {
    let set = |name: &str| environment(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let Some(folder) = set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache"))) else {
        return (State::Notable, "neither XDG_CACHE_HOME nor HOME is set".to_owned(), Some("nothing is cached"));
    };
    let existing = folder.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("/"));
    match existing.metadata() {
        Ok(metadata) if metadata.is_dir() && !metadata.permissions().readonly() => {
            (State::Good, folder.display().to_string(), None)
        }
        _ => (State::Notable, format!("{} cannot be written", folder.display()), Some("nothing is cached")),
    }
}

fn terminal(environment: Environment<'_>) -> Told {
    let term = environment("TERM").unwrap_or_else(|| "none".to_owned());
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| environment(name).filter(|value| !value.is_empty()));
    match locale {
        Some(locale) if locale.to_lowercase().replace('-', "").contains("utf8") => {
            (State::Good, format!("{term}, {locale}"), None)
        }
        other => {
            let locale = other.unwrap_or_else(|| "no locale".to_owned());
            (
                State::Notable,
                format!("{term}, {locale}"),
                Some("reports are UTF-8; set LANG to a UTF-8 locale to see them whole"),
            )
        }
    }
}
