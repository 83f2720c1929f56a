//! Redirects that lead round in circles, out of the scope, or away with the user's credentials.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::run::run;
use super::server::{Canary, serve};
use crate::cli::world::{World, of_kind, rule};

const SCAN: [&str; 11] =
    ["scan", "-r", "r.yaml", "-f", "jsonl", "--per-host-rate", "0", "--timeout", "2s", "--retries", "0"];

fn world() -> World {
    let world = World::new();
    world.write("r.yaml", &rule("follows", "/start", 200).replace("get: /start", "get: /start, redirects: all"));
    world
}

#[test]
fn no_spelling_of_an_address_leads_out_of_the_scope() {
    let (world, canary) = (world(), Canary::start());
    let port = canary.address.port();
    let places = [
        format!("http://localhost:{port}/"),
        format!("http://LOCALHOST.:{port}/"),
        format!("http://[::1]:{port}/"),
        format!("http://127.0.0.1.nip.invalid:{port}/"),
        format!("//user:secret@localhost:{port}/"),
        format!("http:\\\\localhost:{port}\\"),
        format!("http://127.0.0.1@localhost:{port}/"),
        format!("ht\ttp://local\thost:{port}/"),
        format!("http://localhost:{port}\r\nX-Injected: yes"),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "http://[::ffff:169.254.169.254]/".to_owned(),
        "http://0xa9fea9fe/".to_owned(),
        "http://2852039166/".to_owned(),
        "file:///etc/passwd".to_owned(),
        "gopher://localhost:6379/_FLUSHALL".to_owned(),
        "javascript:alert(1)".to_owned(),
        "data:text/html,hello".to_owned(),
        "http://".to_owned(),
        "http://[".to_owned(),
        "http://host:99999/".to_owned(),
        format!("/{}", "a".repeat(200_000)),
        "\u{202e}\x1b[31m".to_owned(),
    ];
    for place in places {
        let location = place.clone();
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&asked);
        let address = serve(move |asked| {
            counter.fetch_add(1, Ordering::SeqCst);
            asked.answer(&format!("HTTP/1.1 302 Found\r\nLocation: {location}"), "")
        });
        let ended = run(&world, &[&SCAN[..], &[&format!("http://{address}")]].concat());
        let events = ended.events();
        assert_eq!(of_kind(&events, "finding").len(), 0, "{place}: {}", ended.out);
        assert!(asked.load(Ordering::SeqCst) <= 16, "{place}");
    }
    assert_eq!(canary.touched(), 0);
}

#[test]
fn other_spellings_of_the_target_itself_are_the_target() {
    let world = world();
    let home = serve(|asked| asked.answer("HTTP/1.1 200 OK", "home"));
    for host in ["0x7f000001", "2130706433", "127.1", "0177.0.0.1"] {
        let location = format!("http://{host}:{}/", home.port());
        let address = serve(move |asked| asked.answer(&format!("HTTP/1.1 302 Found\r\nLocation: {location}"), ""));
        let ended = run(&world, &[&SCAN[..], &[&format!("http://{address}")]].concat());
        assert_eq!(of_kind(&ended.events(), "finding").len(), 1, "{host}: {}", ended.out);
    }
}

#[test]
fn circles_end() {
    let world = world();
    for location in ["/start", "/start?a", "", "?", "/start#a"] {
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&asked);
        let address = serve(move |asked| {
            let nth = counter.fetch_add(1, Ordering::SeqCst);
            let place = if location == "?" { format!("/start?{nth}") } else { location.to_owned() };
            asked.answer(&format!("HTTP/1.1 307 Again\r\nLocation: {place}"), "")
        });
        run(&world, &[&SCAN[..], &[&format!("http://{address}")]].concat()).events();
        assert!(asked.load(Ordering::SeqCst) <= 16, "{location}: {asked:?}");
    }
}

#[test]
fn credentials_stay_with_their_origin() {
    let world = world();
    let heads = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&heads);
    let thief = serve(move |asked| {
        seen.lock().expect("no panic").push(String::from_utf8_lossy(&asked.head).into_owned());
        asked.answer("HTTP/1.1 200 OK", "thanks")
    });
    let victim = serve(move |asked| asked.answer(&format!("HTTP/1.1 302 Found\r\nLocation: http://{thief}/"), ""));
    let headers = ["-H", "X-Api-Key: canary1", "-H", "Authorization: Bearer canary2", "-H", "Cookie: a=canary3"];
    run(&world, &[&SCAN[..], &headers, &[&format!("http://{victim}")]].concat()).events();
    let heads = heads.lock().expect("no panic");
    assert!(!heads.is_empty(), "another port of the same host is in scope");
    assert!(heads.iter().all(|head| !head.contains("canary")), "{heads:?}");
}
