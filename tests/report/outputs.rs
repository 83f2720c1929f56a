//! Several outputs at once: one that fails costs the others nothing, and says why.

use std::io::{self, Write};

use outsight::finding::Sink;
use outsight::report::{FORMATS, Format, Output, Report, ReportOptions, Reports};

use super::{Kept, report, scene};

/// A writer that takes so many bytes and then fails.
struct Failing(usize, io::ErrorKind);

impl Write for Failing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        if taken == 0 && !bytes.is_empty() { Err(self.1.into()) } else { Ok(taken) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn open(format: &str, out: impl Write + Send + 'static) -> Box<dyn Report> {
    (Format::parse(format).expect("a format").open)(Box::new(out), ReportOptions::default())
}

#[test]
fn a_full_disk_costs_only_its_own_file() {
    let (text, lines) = (Kept::default(), Kept::default());
    let outputs = vec![
        Output::standard(open("text", text.clone())),
        Output::file("full/a.jsonl", open("jsonl", Failing(1000, io::ErrorKind::StorageFull))),
        Output::file("b.jsonl", open("jsonl", lines.clone())),
        Output::file("full/c.json", open("json", Failing(0, io::ErrorKind::StorageFull))),
    ];
    let mut reports = Reports::new(outputs, ReportOptions::default(), None);
    for event in scene::events() {
        reports.event(&event).expect("an output is left");
    }
    let failures: Vec<String> = reports.finish().iter().map(ToString::to_string).collect();
    let because = io::Error::from(io::ErrorKind::StorageFull);
    let expected = ["full/a.jsonl", "full/c.json"].map(|path| format!("cannot write the report to {path}: {because}"));
    assert_eq!(failures, expected);
    assert_eq!(text.text(), report("text", &scene::events(), ReportOptions::default()));
    assert_eq!(lines.text(), report("jsonl", &scene::events(), ReportOptions::default()));
}

#[test]
fn a_closed_pipe_ends_the_scan_quietly() {
    let gone = open("jsonl", Failing(2000, io::ErrorKind::BrokenPipe));
    let mut reports = Reports::new(vec![Output::standard(gone)], ReportOptions::default(), None);
    let ended = scene::events().iter().position(|event| reports.event(event).is_err());
    assert!(ended.is_some_and(|at| at + 1 < scene::events().len()), "{ended:?}");
    assert!(reports.finish().is_empty());
}

#[test]
fn a_closed_pipe_of_a_file_is_an_error_like_any_other() {
    let gone = open("jsonl", Failing(10, io::ErrorKind::BrokenPipe));
    let mut reports = Reports::new(vec![Output::file("fifo", gone)], ReportOptions::default(), None);
    assert!(scene::events().iter().any(|event| reports.event(event).is_err()));
    assert_eq!(reports.finish().len(), 1);
}

#[test]
fn what_was_found_survives_a_run_that_breaks_off() {
    let events = scene::events();
    let cut = events.iter().position(|event| matches!(event, outsight::finding::Event::Host(..))).expect("a host");
    for format in FORMATS {
        let out = report(format.name, &events[..cut], ReportOptions::default());
        let tells_hosts = format.name != "nuclei-jsonl";
        assert!(
            out.contains("dotenv-exposed") && (!tells_hosts || out.contains("incomplete")),
            "{}: {out}",
            format.name
        );
    }
}

#[test]
fn formats_have_unique_names_and_a_summary() {
    for format in FORMATS {
        assert_eq!(FORMATS.iter().filter(|other| other.name == format.name).count(), 1);
        assert!(format.media.contains('/') && !format.summary.is_empty() && !format.summary.ends_with('.'));
    }
    assert!(Format::parse("xml").is_none());
}
