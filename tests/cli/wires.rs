//! Rules that speak DNS, TCP and TLS, end to end against servers of this process.

use std::io::Write as _;
use std::net::{SocketAddr, TcpListener, UdpSocket};

use super::world::{Counting, World, closed_port, events, of_kind};

/// A port whose server greets with these bytes.
fn greeting(bytes: &'static [u8]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.write_all(bytes);
        }
    });
    port
}

/// A resolver that knows one TXT record of every name that begins with `_dmarc`.
fn resolver() -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    let address = socket.local_addr().expect("bound");
    std::thread::spawn(move || {
        let mut query = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut query) {
            let name = query[12..length].split(|byte| *byte == 0).next().expect("a name").len();
            let question = &query[12..12 + name + 5];
            let text = b"v=DMARC1; p=none";
            let record = [&[0xC0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0, 17, 16][..], text].concat();
            let known = question[1..].starts_with(b"_dmarc");
            let (bits, count, record) = if known { (0x80, 1, record) } else { (0x83, 0, Vec::new()) };
            let head = [&query[..2], &[0x81, bits, 0, 1, 0, count, 0, 0, 0, 0]].concat();
            let _ = socket.send_to(&[&head[..], question, &record].concat(), from);
        }
    });
    address
}

/// A rule with a request and a condition.
fn rule(id: &str, request: &str, condition: &str) -> String {
    format!(
        "id: {id}\ntitle: T\nseverity: medium\ncategory: exposure\napplies_to: host\nrequest: {request}\n\
         match: {condition}\nfix: F\n\
         tests:\n  nothing: {{ given: {{ status: 404 }}, expect: inconclusive }}\n"
    )
}

fn outcomes(out: &str) -> Vec<(String, String)> {
    let events = events(out);
    let verdict = |event: &&serde_json::Value| {
        let text = |key: &str| event[key].as_str().unwrap_or_default().to_owned();
        (text("rule"), text("outcome"))
    };
    let mut verdicts: Vec<_> = of_kind(&events, "verdict").iter().map(verdict).collect();
    verdicts.sort();
    verdicts
}

#[test]
fn rules_of_other_protocols_match_what_they_find_and_nothing_else() {
    let (world, server) = (World::new(), Counting::start());
    let (ssh, silent, resolver) = (greeting(b"SSH-2.0-demo\r\n"), closed_port(), resolver().to_string());
    let starts = "{ tcp.read: { starts_with: SSH- } }";
    for (name, request, condition) in [
        ("banner", format!("{{ tcp: \"{{{{url.host}}}}:{ssh}\" }}"), starts),
        ("banner-again", format!("{{ tcp: \"{{{{url.host}}}}:{ssh}\" }}"), "{ tcp.open: true }"),
        ("closed", format!("{{ tcp: \"{{{{url.host}}}}:{silent}\" }}"), starts),
        ("closed-port", format!("{{ tcp: \"{{{{url.host}}}}:{silent}\" }}"), "{ tcp.open: false }"),
        (
            "dmarc",
            "{ dns: TXT, name: _dmarc.a.example }".into(),
            "{ some: { dns.answers: { value: { contains: p=none } } } }",
        ),
        ("no-name", "{ dns: MX, name: b.example }".into(), "{ dns.code: nxdomain }"),
    ] {
        world.write(&format!("rules/{name}.yaml"), &rule(name, &request, condition));
    }
    let url = server.url();
    let scan = |more: &[&str]| {
        let fixed = ["scan", "-r", "rules", "--resolver", &resolver, "--per-host-rate", "0", "--tier", "active", &url];
        world.run(&[&fixed[..], more].concat())
    };
    let ran = scan(&["-f", "jsonl", "--verdicts"]);
    let expected = [
        ("banner", "match"),
        ("banner-again", "match"),
        ("closed", "clean"),
        ("closed-port", "match"),
        ("dmarc", "match"),
        ("no-name", "match"),
    ];
    assert_eq!(outcomes(&ran.out), expected.map(|(rule, outcome)| (rule.to_owned(), outcome.to_owned())), "{ran:?}");
    let found = events(&ran.out);
    let found = of_kind(&found, "finding").into_iter().find(|finding| finding["rule"] == "banner").expect("found");
    let place = &found["places"][0];
    assert_eq!(place["url"], format!("tcp://127.0.0.1:{ssh}"));
    assert_eq!(place["evidence"]["snippet"], "SSH-2.0-demo");
    let plan = scan(&["--dry-run"]);
    for line in
        [&format!("tcp://127.0.0.1:{ssh}, for banner, banner-again"), "dns:_dmarc.a.example?type=TXT, for dmarc"]
    {
        assert!(plan.out.contains(line), "{line} in:\n{}", plan.out);
    }
    let told = world.run(&["explain", "banner", &url, "-r", "rules", "--tier", "active"]);
    assert!(told.out.contains("-> SSH-2.0-demo\\r\\n") && told.out.contains("match"), "{told:?}");
}

#[test]
fn a_conversation_is_active_and_a_query_is_not() {
    let world = World::new();
    world.write("rules/a.yaml", &rule("tcp-rule", "{ tcp: \"{{url.host}}:1\" }", "{ tcp.open: true }"));
    world.write("rules/b.yaml", &rule("dns-rule", "{ dns: A }", "{ dns.code: noerror }"));
    let listed = world.run(&["list", "-r", "rules", "-f", "jsonl"]);
    let tier = |id: &str| {
        let entries = listed.out.lines().map(|line| serde_json::from_str(line).expect("JSON"));
        entries.into_iter().find(|entry: &serde_json::Value| entry["rule"] == id).map(|entry| entry["tier"].clone())
    };
    assert_eq!((tier("tcp-rule"), tier("dns-rule")), (Some("active".into()), Some("passive".into())), "{listed:?}");
}
