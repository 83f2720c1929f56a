use std::io::{BufRead, BufReader, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::diagnostic::{Diagnostic, render_text};

fn list(text: impl Into<Vec<u8>>) -> Vec<Result<Target, Diagnostic>> {
    Targets::new().list("hosts.txt", Box::new(Cursor::new(text.into()))).collect()
}

fn shown(word: &str) -> String {
    match list(word).pop() {
        Some(Ok(target)) => {
            let origins: Vec<_> = target.spelled.candidates().map(ToString::to_string).collect();
            format!("{} {}", origins.join(" or "), target.paths.join(","))
        }
        Some(Err(problem)) => problem.code.to_string(),
        None => "nothing".to_string(),
    }
}

#[test]
fn every_form_has_one_reading() {
    for (word, reading) in [
        ("https://Example.com", "https://example.com /"),
        ("HTTP://example.com:80/a/../b?x=1#y", "http://example.com /a/../b"),
        ("https://example.com?x", "https://example.com /"),
        ("example.com", "https://example.com or http://example.com /"),
        ("example.com/app", "https://example.com or http://example.com /app"),
        ("example.com:443", "https://example.com /"),
        ("example.com:80", "http://example.com /"),
        ("example.com:8080", "https://example.com:8080 or http://example.com:8080 /"),
        ("bücher.example/ü", "https://xn--bcher-kva.example or http://xn--bcher-kva.example /%C3%BC"),
        ("127.0.0.1:9", "https://127.0.0.1:9 or http://127.0.0.1:9 /"),
        ("::1", "https://[::1] or http://[::1] /"),
        ("[::1]:8443", "https://[::1]:8443 or http://[::1]:8443 /"),
        ("http://[2001:DB8::1]/x", "http://[2001:db8::1] /x"),
        ("gopher://example.com", "T0002"),
        ("ftp://example.com", "ftp://example.com:21 /"),
        ("SMTP://mail.example:2525/x", "smtp://mail.example:2525 /x"),
        ("https://user:pw@example.com/", "T0003"),
        ("user@example.com", "T0003"),
        ("https://", "T0001"),
        ("https:/example.com", "T0004"),
        ("example.com:0", "T0004"),
        ("example.com:+80", "T0004"),
        ("example.com:65536", "T0004"),
        ("exa mple.com", "T0009"),
        ("a,b", "T0001"),
        ("8080", "T0001"),
        ("10.0.0.0/33", "T0001"),
        ("10.0.0.0/7", "T0005"),
        ("2001:db8::/32", "T0005"),
        ("a\u{7}b", "T0008"),
        ("# only a comment", "nothing"),
        ("a.example # why", "https://a.example or http://a.example /"),
    ] {
        assert_eq!(shown(word), reading, "{word}");
    }
}

#[test]
fn a_bad_line_is_shown_with_its_number_and_stops_nothing() {
    let text = b"\xef\xbb\xbfhttps://a.example\r\n\r\n# note\nhttps://u:hunter2@b.example\n\xff\xfe\nhttps://c.example"
        .to_vec();
    let all = list(text);
    let named: Vec<_> = all.iter().filter_map(|one| one.as_ref().ok()).map(|target| &*target.named).collect();
    assert_eq!(named, ["https://a.example", "https://c.example"]);
    let problems: Vec<_> = all.into_iter().filter_map(Result::err).collect();
    assert_eq!(problems.iter().map(|p| p.code).collect::<Vec<_>>(), ["T0003", "T0008"]);
    let text: String = problems.iter().map(|problem| render_text(problem, false)).collect();
    assert!(text.contains("hosts.txt:4:9") && text.contains("https://***@b.example"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
    assert!(text.contains("hosts.txt:5:"), "{text}");
}

#[test]
fn an_endless_line_is_held_only_up_to_the_limit() {
    let endless = BufReader::new(std::io::repeat(b'a').take(64 << 20)).chain(Cursor::new("\nhttps://b.example\n"));
    let mut targets = Targets::new().list("l", Box::new(endless));
    assert_eq!(targets.next().and_then(Result::err).map(|p| p.code), Some("T0006"));
    assert_eq!(targets.next().and_then(Result::ok).map(|t| t.named).as_deref(), Some("https://b.example"));
    assert!(targets.next().is_none());
}

#[test]
fn a_list_that_breaks_off_is_reported_once() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("disk on fire"))
        }
    }
    let all: Vec<_> = Targets::new()
        .list("l", Box::new(Cursor::new("a.example\n").chain(BufReader::new(Broken))))
        .words(&["b.example"])
        .collect();
    assert_eq!(all.iter().filter(|one| one.is_err()).count(), 1);
    assert_eq!(all.iter().filter(|one| one.is_ok()).count(), 2);
}

#[test]
fn repetitions_are_dropped_and_paths_of_a_host_brought_together() {
    let all =
        list("https://a.example\nhttps://a.example/\nhttps://a.example/x\nhttps://b.example\nhttps://a.example/x\n");
    let paths: Vec<_> = all.iter().flatten().map(|t| (t.named.as_str(), t.paths.join(" "))).collect();
    assert_eq!(paths, [("https://a.example", "/ /x".to_string()), ("https://b.example", "/".to_string())]);
    let words = Targets::new().words(&["https://a.example/x", "https://b.example", "https://a.example/y"]);
    let paths: Vec<_> = words.flatten().map(|t| t.paths.join(" ")).collect();
    assert_eq!(paths, ["/x /y", "/"]);
}

#[test]
fn a_network_is_counted_through_lazily() {
    let named: Vec<_> = list("127.0.0.1/30:8080").into_iter().flatten().map(|t| t.named).collect();
    assert_eq!(named, ["127.0.0.0:8080", "127.0.0.1:8080", "127.0.0.2:8080", "127.0.0.3:8080"]);
    let mut wide = Targets::new().words(&["10.0.0.0/8", "[2001:db8::]/127"]);
    assert_eq!(wide.by_ref().take(3).flatten().count(), 3);
    let six = Targets::new().words(&["[2001:db8::]/127:8443"]);
    assert_eq!(six.flatten().map(|t| t.named).collect::<Vec<_>>(), ["[2001:db8::]:8443", "[2001:db8::1]:8443"]);
}

#[test]
fn a_long_list_is_read_as_it_is_used() {
    struct Counting(BufReader<Box<dyn Read + Send>>, Arc<AtomicUsize>);
    impl Read for Counting {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            self.0.read(out)
        }
    }
    impl BufRead for Counting {
        fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
            self.0.fill_buf()
        }
        fn consume(&mut self, used: usize) {
            self.1.fetch_add(1, Ordering::Relaxed);
            self.0.consume(used);
        }
    }
    let read = Arc::new(AtomicUsize::new(0));
    let text: String = (0..100_000).map(|i| format!("h{i}.example\n")).collect();
    let reader = Counting(BufReader::new(Box::new(Cursor::new(text))), Arc::clone(&read));
    let mut targets = Targets::new().list("l", Box::new(reader));
    assert_eq!(targets.by_ref().take(10).flatten().count(), 10);
    assert!(read.load(Ordering::Relaxed) < 20, "{} lines were read for ten targets", read.load(Ordering::Relaxed));
    assert_eq!(targets.flatten().count(), 100_000 - 10);
}
