//! Community packs on the command line: what is loaded, what is left out, what is refused, and how to choose.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};

use serde_json::Value;

use super::world::{Ran, World};

/// A template of ours.
fn template(id: &str, head: &str, blocks: &str) -> String {
    format!("id: {id}\ninfo:\n  name: {id}\n  author: us\n  severity: high\n{head}{blocks}")
}

const HTTP: &str = "http:\n  - path: [\"{{BaseURL}}/x\"]\n    matchers:\n      - {type: word, words: [x]}\n";
const DNS: &str = "dns:\n  - name: \"{{FQDN}}\"\n    type: A\n    matchers:\n      - {type: word, words: [x]}\n";

/// A pack with one of everything.
fn pack() -> World {
    let world = World::new();
    let files = [
        (".nuclei-ignore", "tags: [dos]\nfiles: [http/weak.yaml]\n".to_owned()),
        ("http/panels/one.yaml", template("one", "  tags: panel,login\n", HTTP)),
        ("http/weak.yaml", template("weak", "  tags: panel\n", HTTP)),
        ("http/heavy.yaml", template("heavy", "  tags: dos,panel\n", HTTP)),
        (
            "http/quiet.yaml",
            template("quiet", "", HTTP).replace("high", "unknown").replace("author: us", "author: them"),
        ),
        ("dns/name.yaml", template("name", "", DNS)),
        ("file/local.yaml", template("local", "", "file:\n  - extensions: [all]\n")),
        ("http/own.yaml", template("own", "", &format!("self-contained: true\n{HTTP}"))),
        ("ssl/again.yaml", template("one", "", HTTP)),
        ("http/broken.yaml", "id: broken\ninfo: [\n".to_owned()),
        ("helpers/notes.yaml", "x: y\n".to_owned()),
        ("profiles/panels.yml", "tags:\n  - panel\n  - gone\ninclude-tags: dos\ncode: true\n".to_owned()),
        ("profiles/names.yml", "templates:\n  - dns/\n  - javascript/\nseverity: high,unknown\n".to_owned()),
        ("profiles/odd.yml", "proxy: http://192.0.2.1\n".to_owned()),
        ("profiles/out.yml", "templates: [../other]\n".to_owned()),
    ];
    for (name, text) in files {
        world.write(&format!("pack/{name}"), &text);
    }
    world
}

fn lines(ran: &Ran) -> Vec<Value> {
    ran.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// The ids of the rules that would run, and those that are left out in brackets.
fn listed(world: &World, flags: &[&str]) -> String {
    let ran = world.run(&[&["list", "-f", "jsonl"][..], flags].concat());
    let name = |entry: &Value| match (entry["rule"].as_str(), entry["left_out"].is_string()) {
        (Some(id), true) => Some(format!("({id})")),
        (Some(id), false) => Some(id.to_owned()),
        (None, _) => None,
    };
    lines(&ran).iter().filter_map(name).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_pack_is_summed_up_with_every_file_in_it() {
    let world = pack();
    let ran = world.run(&["check", "pack", "--summary", "-f", "jsonl"]);
    assert_eq!(ran.code, 2, "two files are wrong: {ran:?}");
    let summary = &lines(&ran)[0];
    let refused: usize = summary["refused"]
        .as_object()
        .expect("a map")
        .values()
        .map(|one| one["count"].as_u64().unwrap_or(0) as usize)
        .sum();
    let invalid = summary["invalid"].as_array().expect("a list").len();
    assert_eq!((summary["loaded"].as_u64(), refused, invalid), (Some(5), 2, 2), "{summary}");
    assert_eq!(
        (summary["by_default"].as_u64(), summary["loaded_by_default"].as_u64()),
        (Some(3), Some(3)),
        "{summary}"
    );
    let text = world.run(&["check", "pack", "--summary"]);
    for part in ["5 loaded", "2 refused", "1 file: ", "1 self-contained: ", "2 invalid", "4 left out by default"] {
        assert!(text.out.contains(part), "{part} in {}", text.out);
    }
    let all = world.run(&["check", "pack"]);
    assert!(all.out.contains("two templates are called `one`") && all.out.contains("broken.yaml:2"), "{}", all.out);
}

#[test]
fn the_default_selection_is_the_packs_own_and_can_be_asked_beyond() {
    let world = pack();
    let pack = |flags: &[&str]| listed(&world, &[&["-r", "pack"][..], flags].concat());
    assert_eq!(pack(&[]), "(heavy) (local) name one (own) quiet (weak)");
    assert_eq!(pack(&["--include-tags", "dos", "--tags", "panel"]), "heavy one (weak)");
    assert_eq!(pack(&["--include-templates", "http/weak.yaml", "--tags", "login"]), "one weak");
    assert_eq!(pack(&["--id", "weak"]), "weak");
    assert_eq!(pack(&["--id", "wea*,one"]), "one (weak)");
    assert_eq!(pack(&["--exclude-templates", "http/", "--type", "http,dns"]), "name");
    assert_eq!(pack(&["-s", "unknown"]), "quiet");
    assert_eq!(pack(&["--es", "high"]), "quiet");
    assert_eq!(pack(&["--author", "THEM"]), "quiet");
    assert_eq!(pack(&["--etags", "panel", "--type", "http", "--eid", "quiet"]), "(own)");
    assert_eq!(listed(&world, &["-t", "pack/http/weak.yaml"]), "weak", "named by itself");
    assert_eq!(listed(&world, &["--templates", "pack/dns"]), "name");
}

/// A server whose answers depend on the path.
fn serve(answer: fn(&str) -> String) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let (mut held, mut chunk) = (Vec::new(), [0; 4096]);
                while !held.windows(4).any(|window| window == b"\r\n\r\n") {
                    match stream.read(&mut chunk) {
                        Ok(read) if read > 0 => held.extend_from_slice(&chunk[..read]),
                        _ => return,
                    }
                }
                let path = String::from_utf8_lossy(&held).split(' ').nth(1).unwrap_or_default().to_owned();
                stream.write_all(answer(&path).as_bytes()).expect("written");
            });
        }
    });
    address
}

#[test]
fn global_matchers_are_asked_of_the_answers_to_everybody() {
    let address = serve(|path| {
        let (status, body) = match path {
            "/" => ("200 OK", "key-1"),
            "/x" => ("200 OK", "x key-2"),
            _ => ("404 Not Found", "none"),
        };
        let head = format!("HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nConnection: close\r\n");
        format!("{head}Content-Length: {}\r\n\r\n{body}", body.len())
    });
    let world = World::new();
    let hears = "http:\n  - global-matchers: true\n    extractors:\n      - {type: regex, name: key, regex: ['key-.']}\n      \
                 - {type: regex, name: other, regex: [never]}\n";
    let mixed = format!("{hears}  - path: [\"{{{{BaseURL}}}}/x\"]\n    matchers: [{{type: word, words: [x]}}]\n");
    for (name, blocks) in [("one", HTTP), ("all", hears), ("mixed", &mixed)] {
        world.write(&format!("pack/{name}.yaml"), &template(name, "", blocks));
    }
    world.write("pack/.nuclei-ignore", "tags: []\n");
    assert_eq!(listed(&world, &["-r", "pack"]), "(all) mixed one");
    let refused = lines(&world.run(&["list", "-r", "pack", "--id", "mixed", "-f", "jsonl"]));
    assert_eq!(refused[0]["code"], "global-matchers");
    let url = format!("http://{address}/");
    let scan = ["scan", &url, "-r", "pack", "--include-templates", "all.yaml", "--per-host-rate", "0", "-f"];
    let rows: Vec<[String; 3]> = lines(&world.run(&[&scan[..], &["nuclei-jsonl"]].concat()))
        .iter()
        .filter(|line| line["template-id"] == "all" && line["global-matchers"] == true)
        .map(|line| ["extractor-name", "matched-at", "extracted-results"].map(|key| line[key].to_string()))
        .collect();
    let row = |path: &str, value: &str| {
        [r#""key""#.to_owned(), format!(r#""http://{address}{path}""#), format!(r#"["{value}"]"#)]
    };
    assert_eq!(rows, [row("/", "key-1"), row("/x", "key-2")]);
    let told = lines(&world.run(&[&scan[..], &["jsonl"]].concat()));
    let found = told.iter().find(|event| event["event"] == "finding" && event["rule"] == "all").expect("a finding");
    let seen: Vec<&Value> = found["places"].as_array().expect("places").iter().map(|place| &place["seen_in"]).collect();
    assert_eq!(seen, [&Value::Null, &Value::from("one")]);
    let host = told.iter().find(|event| event["event"] == "host").expect("a host");
    assert_eq!(
        (&host["grade"], host["grade_why"].is_string(), &host["unscored"]["high"]),
        (&"?".into(), true, &2.into())
    );
}

#[test]
fn profiles_choose_and_say_what_they_cannot() {
    let world = pack();
    let named = |profile: &str| listed(&world, &["-r", "pack", "--pack-profile", profile]);
    assert_eq!(named("panels"), "heavy one (weak)");
    assert_eq!(named("pack/profiles/names.yml"), "name");
    assert_eq!(listed(&world, &["--pack-profile", "pack/profiles/names.yml"]), "name");
    assert_eq!(listed(&world, &["-r", "pack", "--pack-profile", "panels", "--tags", "login"]), "one", "flags win");
    let run = |profile: &str| world.run(&["list", "-r", "pack", "--pack-profile", profile]);
    let panels = run("panels");
    assert!(
        panels.err.contains("`code` of the profile has no effect") && panels.err.contains("`gone`"),
        "{}",
        panels.err
    );
    assert!(run("names").err.contains("the pack has no `javascript/`"));
    for (profile, words) in
        [("odd", "`proxy`"), ("out", "leads out of its pack"), ("none", "there is no profile `none`")]
    {
        let ran = run(profile);
        assert!(ran.code == 2 && ran.err.contains(words), "{profile}: {ran:?}");
    }
}

#[test]
fn a_template_is_shown() {
    let world = pack();
    let shown = world.run(&["show", "heavy", "-r", "pack"]);
    for part in
        ["high", "author      us", "GET {{BaseURL}}/x", "left out    the pack leaves out the tag dos", "type: word"]
    {
        assert!(shown.out.contains(part), "{part} in {}", shown.out);
    }
    let refused = world.run(&["show", "local", "-r", "pack"]);
    assert!(refused.out.contains("refused     file: "), "{}", refused.out);
}

#[test]
fn hostile_files_cost_only_themselves() {
    let world = pack();
    let bomb =
        format!("id: bomb\ninfo: &a [x]\nb: &b [{}]\nc: [{}]\n", vec!["*a"; 60].join(","), vec!["*b"; 60].join(","));
    world.write("pack/http/bomb.yaml", &bomb);
    world.write("pack/http/scalar.yaml", &format!("id: scalar\ninfo:\n  name: {}\n", "x".repeat(10 << 20)));
    world.write("pack/http/deep.yaml", &format!("id: deep\ninfo: {}\n", "[".repeat(100_000)));
    world.write("pack/http/lines.yaml", &template("\"two\\nlines\"", "", HTTP));
    world.write(
        "pack/http/escape.yaml",
        &template("escape", "", HTTP)
            .replace("    matchers", "    payloads: {a: ../../../../etc/passwd}\n    matchers"),
    );
    let before = std::time::Instant::now();
    let ran = world.run(&["check", "pack", "--summary", "-f", "jsonl"]);
    assert!(before.elapsed() < super::world::LONG);
    let summary = &lines(&ran)[0];
    assert_eq!(summary["loaded"], 5, "{summary}");
    assert_eq!(summary["refused"]["payload-path"]["count"], 1, "{summary}");
    let invalid = summary["invalid"].to_string();
    for name in ["bomb", "scalar", "deep", "lines"] {
        assert!(invalid.contains(&format!("{name}.yaml")), "{name} in {invalid}");
    }
}
