//! The laboratory for others to look at: `tests/tls/peers/compare.py` starts it.

use std::path::Path;
use std::time::Duration;

use super::lab::authority::{AUTHORITIES, pem};
use super::lab::servers::{all, strangers};

/// Starts every server, writes the root's certificate and a line for each server into the folder that `OUTSIGHT_LAB`
/// names, and goes on until the folder's file `stop` is there.
#[test]
#[ignore = "it serves until it is told to stop"]
fn laboratory() {
    let folder = std::env::var_os("OUTSIGHT_LAB").expect("OUTSIGHT_LAB names a folder");
    let folder = Path::new(&folder);
    let started: Vec<_> = all().chain(strangers()).map(|server| (server, (server.make)().start())).collect();
    let lines = started.iter().map(|(server, running)| {
        let line = serde_json::json!({ "name": server.name, "port": running.address.port(), "raises": server.raises });
        format!("{line}\n")
    });
    std::fs::write(folder.join("root.pem"), pem(&AUTHORITIES.root.der)).expect("writable");
    std::fs::write(folder.join("servers.part"), lines.collect::<String>()).expect("writable");
    std::fs::rename(folder.join("servers.part"), folder.join("servers.jsonl")).expect("writable");
    while !folder.join("stop").exists() {
        std::thread::sleep(Duration::from_millis(100));
        let counts: Vec<_> = started.iter().map(|(server, running)| (server.name, running.connections())).collect();
        std::fs::write(folder.join("counts.part"), serde_json::json!(counts).to_string()).expect("writable");
        std::fs::rename(folder.join("counts.part"), folder.join("counts.json")).expect("writable");
    }
}
