//! Where reports go, and what happens where they cannot.

use super::world::{Counting, World, demo, events, of_kind, rule};

#[test]
fn one_scan_writes_every_format() {
    let (world, demo) = (World::new(), demo());
    let outputs = ["-o", "jsonl=out.jsonl", "-o", "json=out.json", "-o", "text=out.txt"];
    let ran = world.run(&[&["scan", "--per-host-rate", "0", &demo.url()][..], &outputs].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let lines = events(&world.read("out.jsonl"));
    let document: serde_json::Value = serde_json::from_str(&world.read("out.json")).expect("JSON");
    assert!(document.is_object());
    let score = &of_kind(&lines, "host")[0]["score"];
    assert!(score.is_number(), "{score}");
    for report in [&ran.out, &world.read("out.txt")] {
        assert!(report.contains("127.0.0.1") && !report.contains('\x1b'), "{report}");
    }
    assert!(!world.read("out.json").contains('\x1b'));
}

#[test]
fn an_output_that_cannot_be_written_is_told_before_any_traffic_and_costs_no_earlier_report() {
    let (world, server) = (World::new(), Counting::start());
    world.write("r.yaml", &rule("any-page", "/a", 200));
    world.write("old.json", "precious");
    let scan = ["scan", "-r", "r.yaml", &server.url(), "-o", "json=old.json"];
    let ran = world.run(&[&scan[..], &["-o", "jsonl=no/such/folder/x"]].concat());
    assert_eq!((ran.code, server.asked()), (2, 0), "{ran:?}");
    assert!(ran.err.contains("C0403") && ran.err.contains("no/such/folder/x"), "{}", ran.err);
    assert_eq!(world.read("old.json"), "precious");
    let twice = world.run(&[&scan[..], &["-o", "text=./old.json"]].concat());
    assert!(twice.code == 2 && twice.err.contains("C0402"), "{twice:?}");
    let format = world.run(&["scan", &server.url(), "-o", "jsno=x"]);
    assert!(format.code == 2 && format.err.contains("did you mean `json`?"), "{format:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_costs_only_its_own_output() {
    let (world, server) = (World::new(), Counting::start());
    world.write("r.yaml", &rule("any-page", "/a", 200));
    let ran = world.run(&["scan", "-r", "r.yaml", &server.url(), "--per-host-rate", "0", "-o", "jsonl=/dev/full"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("/dev/full") && ran.out.contains("any-page"), "{ran:?}");
}
