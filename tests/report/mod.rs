//! Reports held to their goldens, their schema and their promises.
//!
//! `OUTSIGHT_BLESS=1` rewrites the goldens and `schemas/output.schema.json`; the difference is then for people to read.

mod golden;
mod outputs;
mod scene;
mod schema;
mod secrets;

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use crate::goldens::difference;
use outsight::finding::{Event, Sink};
use outsight::report::{Format, Output, ReportOptions, Reports};

/// What a report wrote.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Kept {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("not poisoned").clone()).expect("reports are UTF-8")
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("not poisoned").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The report of these events in a format.
fn report(format: &str, events: &[Event], options: ReportOptions) -> String {
    let kept = Kept::default();
    let report = (Format::parse(format).expect("a format").open)(Box::new(kept.clone()), options);
    let mut reports = Reports::new(vec![Output::standard(report)], options, None);
    for event in events {
        reports.event(event).expect("a writer in memory");
    }
    assert!(reports.finish().is_empty());
    kept.text()
}

/// Compares with a file of the repository, or rewrites it where the environment asks for that.
pub(crate) fn assert_file(path: &str, text: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    if let Some(difference) = difference(&path, text) {
        panic!("if this is meant, run with OUTSIGHT_BLESS=1:\n{difference}");
    }
}
