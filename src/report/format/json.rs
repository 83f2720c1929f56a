//! JSON: one document at the end of the run.
//!
//! Keeps the lines of the run as text and writes them sorted, so that two runs over the same hosts differ only where the
//! hosts do. Invariant: a run that broke off still gives a whole document of what was found, its summary null.
//! Must never import a folder above `score`.

use std::io::{self, Write};

use super::Format;
use crate::base::Origin;
use crate::finding::Finding;
use crate::report::{Item, Report, encode, line, output};
use crate::rule::Exposure;

/// JSON.
pub(super) const FORMAT: Format = Format {
    name: "json",
    media: "application/json",
    summary: "one JSON document at the end",
    open: |out, options| {
        let verdicts = options.verdicts.then(Rows::new);
        Box::new(Json { out, hosts: Rows::new(), findings: Rows::new(), public: Rows::new(), verdicts, summary: None })
    },
};

/// Lines with their sort keys, in order of arrival.
type Rows<K> = Vec<(K, Vec<u8>)>;

/// Where a finding stands: its host, then worst first.
type FindingKey = (Origin, output::Rank);

struct Json {
    out: Box<dyn Write + Send>,
    hosts: Rows<Origin>,
    findings: Rows<FindingKey>,
    public: Rows<FindingKey>,
    verdicts: Option<Rows<(String, String)>>,
    summary: Option<Vec<u8>>,
}

impl Json {
    fn add_finding(&mut self, finding: &Finding, line: Vec<u8>) {
        let rows = match finding.exposure {
            Exposure::Secret => &mut self.findings,
            Exposure::Public | Exposure::Identifier => &mut self.public,
        };
        rows.push(((finding.target.clone(), output::rank(finding)), line));
    }
}

impl Report for Json {
    fn item(&mut self, item: Item<'_>) -> io::Result<()> {
        match item {
            Item::Finding(finding, at) => {
                let line = encode::to_line(&line::line_of_note_or_finding(finding, at))?;
                self.add_finding(finding, line);
            }
            Item::Verdict(verdict, at) => {
                let line = encode::to_line(&line::line_of_verdict(verdict, at))?;
                if let Some(rows) = &mut self.verdicts {
                    rows.push(((verdict.target.clone(), verdict.rule.to_string()), line));
                }
            }
            Item::Host(host, at) => {
                let line = encode::to_line(&line::line_of_host(host.report, host.score, at))?;
                self.hosts.push((host.report.target.clone(), line));
            }
            Item::Summary(summary, at) => {
                self.summary = Some(encode::to_line(&line::line_of_summary(summary, at))?);
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let out = &mut self.out;
        write!(out, "{{\"version\":{}", line::VERSION)?;
        write_rows(out, "hosts", &mut self.hosts)?;
        write_rows(out, "findings", &mut self.findings)?;
        write_rows(out, "public", &mut self.public)?;
        if let Some(verdicts) = &mut self.verdicts {
            write_rows(out, "verdicts", verdicts)?;
        }
        out.write_all(b",\n\"summary\":")?;
        out.write_all(self.summary.as_deref().unwrap_or(b"null"))?;
        out.write_all(b"}\n")?;
        out.flush()
    }
}

fn write_rows<K: Ord>(out: &mut Box<dyn Write + Send>, name: &str, rows: &mut Rows<K>) -> io::Result<()> {
    rows.sort_by(|(one, _), (other, _)| one.cmp(other));
    write!(out, ",\n\"{name}\":[")?;
    for (at, (_, line)) in rows.iter().enumerate() {
        out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
        out.write_all(line)?;
    }
    out.write_all(b"]")
}
