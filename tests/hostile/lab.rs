//! All hostile servers in one scan with built-in packs, next to an honest one.

use std::collections::BTreeMap;

use serde_json::Value;

use super::answers::CASES;
use super::run::{Ended, raw_controls, run};
use super::server::serve;
use crate::cli::world::{World, demo, of_kind};

const SCAN: [&str; 14] = [
    "scan",
    "-r",
    "headers",
    "-r",
    "cors",
    "-f",
    "jsonl",
    "--verdicts",
    "--per-host-rate",
    "0",
    "--timeout",
    "1s",
    "--retries",
    "0",
];

#[test]
fn every_hostile_server_is_survived_and_costs_an_honest_one_nothing() {
    let (world, honest) = (World::new(), demo());
    let honest = honest.url();
    let alone = findings(&run(&world, &[&SCAN[..], &[&honest]].concat()).events(), &honest);
    assert!(alone.len() > 5, "{alone:?}");
    let names: BTreeMap<String, &str> =
        CASES.iter().map(|(name, answer)| (format!("http://{}", serve(answer)), *name)).collect();
    let mut arguments = [&SCAN[..], &["-o", "text=report.txt", "-v", &honest]].concat();
    arguments.extend(names.keys().map(String::as_str));
    let ended = run(&world, &arguments);
    let events = ended.events();
    assert_eq!(ended.code, 3, "{}", ended.err);
    let hosts = of_kind(&events, "host");
    assert_eq!(hosts.len(), names.len() + 1, "{}", ended.err);
    assert_eq!(findings(&events, &honest), alone, "{}", ended.err);
    assert_eq!(raw_controls(&world.read("report.txt")), None);
    silence_is_never_clean(&events, &names);
}

/// Servers that never gave an answer: no rule may say that it found nothing there.
fn silence_is_never_clean(events: &[Value], names: &BTreeMap<String, &str>) {
    let mute = ["slow head", "slow fields", "accepted and silent", "closed at once", "a TLS alert"];
    for verdict in of_kind(events, "verdict") {
        let name = names.get(verdict["target"].as_str().expect("a text")).copied().unwrap_or_default();
        let concluded = ["match", "clean"].contains(&verdict["outcome"].as_str().expect("a text"));
        assert!(!(mute.contains(&name) && concluded), "{name}: {verdict}");
    }
}

fn findings(events: &[Value], target: &str) -> Vec<String> {
    let of_target = |finding: &&&Value| target.starts_with(finding["target"].as_str().expect("a text"));
    let mut found: Vec<String> =
        of_kind(events, "finding").iter().filter(of_target).map(|it| it["fingerprint"].to_string()).collect();
    found.sort();
    found
}

#[test]
fn each_bomb_alone_stays_far_below_the_bound() {
    let world = World::new();
    // What the program weighs by itself, without optimisation, grows with its code and is no bomb's doing.
    let own = run(&world, &["list"]).peak;
    for (name, answer) in CASES.iter().filter(|(name, _)| name.contains("bomb") || name.contains("endless")) {
        let target = format!("http://{}", serve(answer));
        let scan = || {
            let ended: Ended = run(&world, &[&SCAN[..], &[&target]].concat());
            ended.events();
            ended.peak
        };
        // On a busy machine what has been freed goes back late, now and then: what a bomb costs is the least it ever does.
        let bound = own + (162 << 10);
        let peaks: Vec<_> = (0..3).map_while(|_| Some(scan()).filter(|peak| *peak >= bound)).collect();
        assert!(peaks.len() < 3, "{name}: {peaks:?} KiB, {own} of them its own");
    }
}

#[test]
fn a_server_that_ends_none_of_its_answers_is_given_up() {
    let world = World::new();
    let (_, slow) = CASES.iter().find(|(name, _)| *name == "slow body").expect("it is there");
    let target = format!("http://{}", serve(slow));
    let scan = ["scan", "-f", "jsonl", "--per-host-rate", "0", "--timeout", "1s", "--retries", "0", &target];
    let ended = run(&world, &scan);
    let events = ended.events();
    assert_eq!(ended.code, 3, "{ended:?}");
    let summary = of_kind(&events, "summary")[0];
    assert!(summary["requests"].as_u64().is_some_and(|count| count < 30), "{summary}");
    assert_eq!(of_kind(&events, "host")[0]["outcome"], "incomplete", "{summary}");
}
