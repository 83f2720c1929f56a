//! nuclei's own JSON lines, so that what reads nuclei reads us: one match a line, written and flushed as it happens.
//!
//! Field names, and which of them are left out where they are empty, are those of nuclei 3. A match of a community template is
//! a line; a finding of another rule is one for each of its places. Invariant: this format alone holds requests, answers and
//! values as they went over the wire; of other rules it holds what every format does. Must never import a folder above `score`.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value};

use super::Format;
use crate::base::Timestamp;
use crate::finding::{Evidence, Finding, Matched, Place};
use crate::report::{Item, Report, encode};
use crate::rule::sequence::{Classification, Info};

/// nuclei's JSON lines.
pub(super) const FORMAT: Format = Format {
    name: "nuclei-jsonl",
    media: "application/x-ndjson",
    summary: "nuclei's own JSON lines, for what reads those; holds requests and answers unmasked",
    open: |out, _| Box::new(NucleiLines { out }),
};

struct NucleiLines {
    out: Box<dyn Write + Send>,
}

impl Report for NucleiLines {
    fn item(&mut self, item: Item<'_>) -> io::Result<()> {
        let Item::Finding(finding, at) = item else { return Ok(()) };
        for place in &finding.places {
            let mut bytes = encode::to_line(&line_of(finding, place, at))?;
            bytes.push(b'\n');
            self.out.write_all(&bytes)?;
        }
        self.out.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// One line. The order of fields is nuclei's.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct NucleiLine<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    template: &'a str,
    template_id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    template_path: &'a str,
    info: InfoWire<'a>,
    #[serde(skip_serializing_if = "str::is_empty")]
    matcher_name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    extractor_name: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    host: String,
    port: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    scheme: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    url: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    path: &'a str,
    matched_at: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    extracted_results: Vec<&'a str>,
    #[serde(skip_serializing_if = "String::is_empty")]
    request: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    response: String,
    #[serde(skip_serializing_if = "Map::is_empty")]
    meta: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ip: Option<String>,
    timestamp: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    curl_command: &'a str,
    matcher_status: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    global_matchers: bool,
}

/// What a template says of itself.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct InfoWire<'a> {
    name: &'a str,
    author: Vec<&'a str>,
    tags: Vec<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    impact: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reference: Vec<&'a str>,
    severity: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    classification: Option<ClassificationWire<'a>>,
    #[serde(skip_serializing_if = "str::is_empty")]
    remediation: &'a str,
}

/// Numbers in public registers.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct ClassificationWire<'a> {
    cve_id: Option<Vec<&'a str>>,
    cwe_id: Vec<String>,
    #[serde(skip_serializing_if = "str::is_empty")]
    cvss_metrics: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cvss_score: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    epss_score: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    epss_percentile: Option<f64>,
    #[serde(skip_serializing_if = "str::is_empty")]
    cpe: &'a str,
}

fn line_of<'a>(finding: &'a Finding, place: &'a Place, at: Timestamp) -> NucleiLine<'a> {
    let origin = &finding.target;
    let bare = NucleiLine {
        template: "",
        template_id: &finding.rule,
        template_path: "",
        info: info_of_finding(finding),
        matcher_name: place.case.as_deref().unwrap_or(""),
        extractor_name: "",
        kind: "http",
        host: origin.authority(),
        port: origin.port.to_string(),
        scheme: origin.scheme.name(),
        url: origin.to_string(),
        path: "",
        matched_at: &place.url,
        extracted_results: place.extracted.iter().map(|(_, value)| value.as_str()).collect(),
        request: place.evidence.request.clone(),
        response: response_of(&place.evidence),
        meta: Map::new(),
        ip: origin.ip().map(|address| address.to_string()),
        timestamp: format!("{at:.6}"),
        curl_command: &place.evidence.curl,
        matcher_status: true,
        global_matchers: place.matched.as_ref().is_some_and(|matched| matched.sequence.listens()),
    };
    match &place.matched {
        Some(matched) => with_match(bare, matched),
        None => bare,
    }
}

/// The head of an answer, and the decisive bytes of its body.
fn response_of(evidence: &Evidence) -> String {
    match evidence.snippet.as_str() {
        "" => evidence.head.clone(),
        snippet => format!("{}\r\n\r\n{snippet}", evidence.head.trim_end()),
    }
}

/// The line with what a match of a community template knows better.
fn with_match<'a>(bare: NucleiLine<'a>, matched: &'a Matched) -> NucleiLine<'a> {
    let raw = matched.raw.expose();
    let is_http = matched.protocol == "http";
    NucleiLine {
        template: relative(&matched.file),
        template_path: &matched.file,
        info: info_of_sequence(&matched.sequence.info),
        matcher_name: matched.matcher.as_deref().unwrap_or(""),
        extractor_name: matched.extractor.as_deref().unwrap_or(""),
        kind: matched.protocol,
        scheme: if is_http { bare.scheme } else { "" },
        url: if is_http { bare.url } else { String::new() },
        matched_at: &raw.at,
        extracted_results: raw.extracted.iter().map(String::as_str).collect(),
        request: String::from_utf8_lossy(&raw.request).into_owned(),
        response: String::from_utf8_lossy(&raw.response).into_owned(),
        meta: raw.payloads.iter().map(|(name, value)| (name.to_string(), value.as_str().into())).collect(),
        ip: matched.address.map(|address| address.to_string()).or(bare.ip),
        curl_command: if is_http { bare.curl_command } else { "" },
        ..bare
    }
}

/// The path of a template within its pack, as far as its folders tell: from the folder of a protocol on.
fn relative(file: &str) -> &str {
    const FOLDERS: [&str; 8] = ["http", "dns", "ssl", "network", "passive", "dast", "websocket", "workflows"];
    let begin = |folder: &&str| file.find(&format!("/{folder}/")).map(|at| at + 1);
    let at = FOLDERS.iter().filter_map(begin).min().unwrap_or(0);
    file.get(at..).unwrap_or(file)
}

/// A rule that is no template, in a template's words.
fn info_of_finding(finding: &Finding) -> InfoWire<'_> {
    let cwe = finding.cwe.map(|number| ClassificationWire {
        cve_id: None,
        cwe_id: vec![format!("cwe-{number}")],
        cvss_metrics: "",
        cvss_score: None,
        epss_score: None,
        epss_percentile: None,
        cpe: "",
    });
    InfoWire {
        name: &finding.title,
        author: vec!["outsight"],
        tags: vec![finding.category.name()],
        description: "",
        impact: finding.impact.as_deref().unwrap_or(""),
        reference: finding.references.iter().map(|text| &**text).collect(),
        severity: finding.severity.name(),
        metadata: None,
        classification: cwe,
        remediation: finding.fix.as_ref().and_then(|fix| fix.default.as_deref()).unwrap_or(""),
    }
}

fn info_of_sequence(info: &Info) -> InfoWire<'_> {
    InfoWire {
        name: &info.name,
        author: info.author.iter().map(|text| &**text).collect(),
        tags: info.tags.iter().map(|text| &**text).collect(),
        description: info.description.as_deref().unwrap_or(""),
        impact: info.impact.as_deref().unwrap_or(""),
        reference: info.reference.iter().map(|text| &**text).collect(),
        severity: &info.severity,
        metadata: serde_json::from_str(&info.metadata).ok(),
        classification: info.classification.as_ref().map(classification),
        remediation: info.remediation.as_deref().unwrap_or(""),
    }
}

fn classification(known: &Classification) -> ClassificationWire<'_> {
    let texts = |texts: &'_ [std::sync::Arc<str>]| texts.iter().map(|text| text.to_string()).collect();
    ClassificationWire {
        cve_id: (!known.cve_id.is_empty()).then(|| known.cve_id.iter().map(|text| &**text).collect()),
        cwe_id: texts(&known.cwe_id),
        cvss_metrics: known.cvss_metrics.as_deref().unwrap_or(""),
        cvss_score: known.cvss_score,
        epss_score: known.epss_score,
        epss_percentile: known.epss_percentile,
        cpe: known.cpe.as_deref().unwrap_or(""),
    }
}
