//! Sockets, files and the runtime appear only in the folders that are there for them.
//!
//! `clippy.toml` is one for the whole crate and cannot tell folders apart, so this test holds that line; what is banned
//! everywhere (readers and decoders without a cap) stands in `clippy.toml`.

use super::assert_none;
use super::references::references;
use super::source::sources;

/// Folders that may touch the world.
const MAY: [&str; 15] = [
    "wire", "discover", "engine", "pack", "reload", "oob", "demo", "store", "monitor", "notify", "web", "cluster",
    "app", "cli", "main",
];

/// Whole modules and crates whose use is an effect.
const EFFECTS: [&[&str]; 9] = [
    &["tokio"],
    &["tokio_rustls"],
    &["tokio_socks"],
    &["h2"],
    &["reqwest"],
    &["notify"],
    &["std", "fs"],
    &["std", "os", "unix", "net"],
    &["std", "process"],
];

/// Items of `std::net` that open or look up something; addresses are plain data.
const SOCKETS: [&str; 4] = ["TcpStream", "TcpListener", "UdpSocket", "ToSocketAddrs"];

#[test]
fn effects_stay_in_their_folders() {
    let mut violations = Vec::new();
    for file in sources() {
        if file.folder().is_none_or(|folder| MAY.contains(&folder)) {
            continue;
        }
        for path in references(file).iter().filter(|path| is_effect(path)) {
            violations.push(format!("{} uses {}", file.path, path.join("::")));
        }
    }
    assert_none("only some folders may touch sockets, files and the runtime", violations);
}

fn is_effect(path: &[String]) -> bool {
    let begins_with = |prefix: &[&str]| path.len() >= prefix.len() && path.iter().zip(prefix).all(|(a, b)| a == b);
    let socket = begins_with(&["std", "net"]) && path.get(2).is_none_or(|name| SOCKETS.contains(&name.as_str()));
    socket || EFFECTS.iter().any(|prefix| begins_with(prefix))
}
