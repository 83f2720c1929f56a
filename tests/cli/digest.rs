//! Digest authentication of community templates, against a server that checks it.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};

use md5::{Digest as _, Md5};

use super::world::{World, events, of_kind};

fn hash(text: &str) -> String {
    Md5::digest(text.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// A part of an `Authorization` field.
fn part<'a>(field: &'a str, name: &str) -> &'a str {
    let at = field.find(&format!("{name}=")).map_or(field.len(), |at| at + name.len() + 1);
    field[at..].trim_start_matches('"').split(['"', ',']).next().unwrap_or("").trim()
}

fn is_met(field: &str) -> bool {
    let (first, second) = (hash("admin:safe:s3cret"), hash("GET:/in?x=1"));
    let (count, client) = (part(field, "nc"), part(field, "cnonce"));
    let known = part(field, "nonce") == "once" && part(field, "username") == "admin";
    known && part(field, "response") == hash(&format!("{first}:once:{count}:{client}:auth:{second}"))
}

fn serve(stream: TcpStream) {
    let mut reader = BufReader::new(stream);
    loop {
        let (mut line, mut met) = (String::new(), false);
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        loop {
            let mut field = String::new();
            if reader.read_line(&mut field).unwrap_or(0) <= 2 {
                break;
            }
            met |= field.strip_prefix("Authorization: Digest ").is_some_and(is_met);
        }
        let answer = match met {
            true => "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nwelcome",
            false => {
                "HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=\"safe\", nonce=\"once\", qop=\"auth\"\r\nContent-Length: 0\r\n\r\n"
            }
        };
        if reader.get_mut().write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

#[test]
fn a_template_signs_in_with_the_right_password_only() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || serve(stream));
        }
    });
    let world = World::new();
    for (id, password) in [("right", "s3cret"), ("wrong", "guess")] {
        let text = format!(
            "id: {id}\ninfo: {{ name: n, author: a, severity: high }}\nhttp:\n  - raw: [\"GET /in?x=1 HTTP/1.1\\nHost: {{{{Hostname}}}}\\n\\n\"]\n    digest-username: admin\n    digest-password: {password}\n    matchers: [{{ type: word, words: [welcome] }}]\n"
        );
        world.write(&format!("t/{id}.yaml"), &text);
    }
    let ran = world.run(&["scan", &url, "-r", "t", "-f", "jsonl", "--tier", "intrusive", "--per-host-rate", "0"]);
    let events = events(&ran.out);
    let found: Vec<_> = of_kind(&events, "finding").iter().map(|one| one["rule"].clone()).collect();
    assert_eq!(found, ["right"], "{ran:?}");
}
