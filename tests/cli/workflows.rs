//! Workflows of community packs against servers of this process.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use super::world::{Ran, World, events, of_kind};

/// A server that answers known paths with a body and a cookie, and notes what it is asked.
struct Shop {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Shop {
    fn start(pages: &'static [(&'static str, &'static str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("bound");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let log = Arc::clone(&log);
                std::thread::spawn(move || serve(stream, pages, &log));
            }
        });
        Self { address, asked }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What was asked below `/x/` and the front page's templates, each once: target and cookie.
    fn asked(&self) -> BTreeSet<String> {
        self.asked.lock().expect("no panic").iter().cloned().collect()
    }
}

fn serve(stream: TcpStream, pages: &[(&str, &str)], log: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(stream);
    loop {
        let (mut line, mut cookie) = (String::new(), String::new());
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        let target = line.split(' ').nth(1).unwrap_or("").to_owned();
        loop {
            let mut field = String::new();
            if reader.read_line(&mut field).unwrap_or(0) <= 2 {
                break;
            }
            if let Some(value) = field.strip_prefix("Cookie: ") {
                cookie = format!(" {}", value.trim());
            }
        }
        log.lock().expect("no panic").push(format!("{target}{cookie}"));
        let page = pages.iter().find(|(path, _)| *path == target);
        let (status, body) = page.map_or((404, "nothing"), |(_, body)| (200, *body));
        let head = format!(
            "HTTP/1.1 {status} OK\r\nSet-Cookie: at={}; Path=/\r\nContent-Length: {}\r\n\r\n",
            target.trim_start_matches('/').replace('/', "-"),
            body.len()
        );
        if reader.get_mut().write_all(format!("{head}{body}").as_bytes()).is_err() {
            return;
        }
    }
}

fn template(id: &str, tags: &str, path: &str, operators: &str) -> String {
    format!(
        "id: {id}\ninfo:\n  name: {id}\n  author: us\n  severity: high\n  tags: {tags}\nhttp:\n  - path: [\"{{{{BaseURL}}}}{path}\"]\n{operators}"
    )
}

fn word(word: &str) -> String {
    format!("    matchers:\n      - {{type: word, words: [\"{word}\"]}}\n")
}

const TECH: &str = "    matchers:\n      - {type: word, name: blog, words: [blog-engine]}\n      - {type: word, name: Shop, words: [shop-engine]}\n    extractors:\n      - {type: regex, name: version, group: 1, regex: ['v=([0-9]+)']}\n";

/// A pack with workflows of every form.
fn pack() -> World {
    let world = World::new();
    let steps = [
        ("after", "  - template: http/tech.yaml\n    subtemplates:\n      - template: http/deep.yaml\n"),
        (
            "named",
            "  - template: http/tech.yaml\n    matchers:\n      - name: shop\n        subtemplates:\n          - tags: cart\n      - name: [shop, nothing]\n        condition: and\n        subtemplates:\n          - template: http/both.yaml\n    subtemplates:\n      - template: http/deep.yaml\n",
        ),
        (
            "nested",
            "  - template: http/tech.yaml\n    subtemplates:\n      - template: http/deep.yaml\n        subtemplates:\n          - template: http/value.yaml\n  - template: http/both.yaml\n",
        ),
        ("active", "  - tags: cart\n"),
        (
            "heavy-named",
            "  - template: http/heavy.yaml\n  - template: http/nowhere.yaml\n  - template: http/deep.yaml\n",
        ),
        ("calling", "  - template: http/tech.yaml\n    subtemplates:\n      - template: http/call.yaml\n"),
    ];
    for (id, steps) in steps {
        let text = format!("id: {id}\ninfo:\n  name: {id}\n  author: us\nworkflows:\n{steps}");
        world.write(&format!("pack/workflows/{id}.yaml"), &text);
    }
    let post = template("post", "cart", "/x/post", &word("x")).replace("  - path", "  - method: POST\n    path");
    for (name, text) in [
        (".nuclei-ignore", "tags: [dos]\n".to_owned()),
        ("http/tech.yaml", template("tech", "tech", "/", TECH)),
        ("http/deep.yaml", template("deep", "blog", "/x/deep", &word("deep"))),
        ("http/both.yaml", template("both", "blog", "/x/both", &word("both"))),
        ("http/value.yaml", template("value", "blog", "/x/{{version}}", &word("seven"))),
        ("http/cart.yaml", template("cart", "cart", "/x/cart", &word("cart"))),
        ("http/heavy.yaml", template("heavy", "cart,dos", "/x/heavy", &word("heavy"))),
        ("http/post.yaml", post),
        ("http/call.yaml", template("call", "blog", "/x/{{interactsh-url}}", &word("x"))),
    ] {
        world.write(&format!("pack/{name}"), &text);
    }
    world
}

/// What a scan finds, a word each, and the outcome of every verdict.
fn told(ran: &Ran) -> String {
    let events = events(&ran.out);
    let text = |event: &serde_json::Value, key: &str| event[key].as_str().unwrap_or_default().to_owned();
    let mut found: Vec<String> = of_kind(&events, "finding").iter().map(|one| text(one, "rule")).collect();
    found.sort();
    let verdicts = of_kind(&events, "verdict");
    let verdicts = verdicts.iter().map(|one| format!("{}={}", text(one, "rule"), text(one, "outcome")));
    [found.join(" "), verdicts.collect::<Vec<_>>().join(" ")].join(" | ")
}

fn scan(world: &World, shop: &Shop, flags: &[&str]) -> Ran {
    let url = shop.url();
    let fixed = ["scan", &url, "-f", "jsonl", "--verdicts", "--per-host-rate", "0"];
    world.run(&[&fixed[..], flags].concat())
}

const SHOP: &[(&str, &str)] =
    &[("/", "shop-engine v=7"), ("/x/deep", "deep"), ("/x/7", "seven"), ("/x/cart", "cart"), ("/x/both", "both")];

#[test]
fn what_follows_is_asked_only_after_a_match_and_the_gate_is_not_reported() {
    let world = pack();
    let (shop, other) = (Shop::start(SHOP), Shop::start(&[("/", "else"), ("/x/deep", "deep")]));
    let ran = scan(&world, &shop, &["-w", "pack/workflows/after.yaml"]);
    assert_eq!(told(&ran), "deep | after=match", "{ran:?}");
    assert!(shop.asked().contains("/x/deep at="), "cookies go on: {:?}", shop.asked());
    let ran = scan(&world, &other, &["-w", "pack/workflows/after.yaml"]);
    assert_eq!(told(&ran), " | after=clean", "{ran:?}");
    assert_eq!(other.asked(), BTreeSet::from(["/".to_owned()]));
}

#[test]
fn names_of_matchers_decide_and_then_nothing_else_does() {
    let world = pack();
    let shop = Shop::start(SHOP);
    let ran = scan(&world, &shop, &["-w", "pack/workflows/named.yaml"]);
    assert_eq!(told(&ran), "cart | named=match", "{ran:?}");
    assert!(ran.err.contains("1 of the tier active, 1 tagged dos"), "{}", ran.err);
    assert!(!shop.asked().iter().any(|target| target.contains("both") || target.contains("deep")));
    let blog = Shop::start(&[("/", "blog-engine"), ("/x/cart", "cart")]);
    assert_eq!(told(&scan(&world, &blog, &["-w", "pack/workflows/named.yaml"])), " | named=clean");
}

#[test]
fn steps_nest_and_hand_on_what_was_extracted() {
    let world = pack();
    let shop = Shop::start(SHOP);
    for attempt in ["read", "kept"] {
        let ran = scan(&world, &shop, &["-r", "pack", "--id", "nested"]);
        assert_eq!(told(&ran), "both value | nested=match", "{attempt}: {ran:?}");
    }
    let all = scan(&world, &shop, &["-r", "pack/http", "-w", "pack/workflows", "--severity", "high"]);
    let (found, verdicts) = told(&all).split_once(" | ").map(|(a, b)| (a.to_owned(), b.to_owned())).expect("two");
    assert_eq!(found, "both cart deep tech value", "each finding once: {all:?}");
    assert!(verdicts.contains("nested=match") && verdicts.contains("deep=match"), "{verdicts}");
}

#[test]
fn workflows_are_loaded_listed_explained_and_left_out_by_default() {
    let world = pack();
    let ran = world.run(&["check", "pack", "--summary"]);
    assert!(ran.code == 0 && ran.out.contains("14 loaded") && ran.out.contains("6 workflow"), "{ran:?}");
    let ran = world.run(&["list", "-w", "pack/workflows/after.yaml"]);
    assert!(ran.out.lines().count() == 1 && ran.out.contains("workflow") && !ran.out.contains("left out"), "{ran:?}");
    assert!(world.run(&["show", "after", "-w", "pack/workflows"]).out.contains("http/tech.yaml"));
    let shop = Shop::start(SHOP);
    let ran = world.run(&["explain", "after", &shop.url(), "-w", "pack/workflows/after.yaml"]);
    assert!(ran.out.contains("Request 2: deep") && ran.out.contains("after on"), "{ran:?}");
    let ran = world.run(&["scan", "127.0.0.1:1", "-w", "pack/http"]);
    assert!(ran.code == 2 && ran.err.contains("there is no workflow"), "{ran:?}");
    let active = scan(&world, &shop, &["-w", "pack/workflows/active.yaml", "--tier", "active", "--exclude-id", "cart"]);
    assert_eq!(told(&active), " | active=clean", "{active:?}");
    assert!(shop.asked().iter().any(|target| target.starts_with("/x/post")));
}

#[test]
fn what_a_step_names_and_does_not_get_is_said() {
    let (world, shop) = (pack(), Shop::start(SHOP));
    let ran = scan(&world, &shop, &["-w", "pack/workflows/heavy-named.yaml"]);
    assert!(!shop.asked().iter().any(|target| target.starts_with("/x/heavy")), "the pack leaves it out: {ran:?}");
    assert!(ran.err.contains("1 missing from the pack"), "{ran:?}");
    let ran = scan(&world, &shop, &["-w", "pack/workflows/calling.yaml"]);
    assert_eq!(told(&ran), " | calling=skipped", "it is above the tier: {ran:?}");
    let ran = scan(&world, &shop, &["-w", "pack/workflows/calling.yaml", "--tier", "intrusive"]);
    assert_eq!(told(&ran), " | calling=skipped", "nobody listens for its calls: {ran:?}");
}
