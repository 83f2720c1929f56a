//! Diagnostics as JSON, for editors and machines.
//!
//! Takes a [`Diagnostic`], gives a value whose fields are part of the output's contract. Invariant: lines and columns
//! count from 1, offsets and lengths are bytes. Must never import a folder above `base`.

use serde_json::{Value, json};

use super::{Diagnostic, Label};
use crate::base::Untrusted;

/// One diagnostic as `{code, level, blame, title, help, labels: [{file, line, column, offset, length, message}]}`.
/// `help` is null where there is none; the first label is the primary one.
pub fn render_json(diagnostic: &Diagnostic) -> Value {
    json!({
        "code": diagnostic.code,
        "level": diagnostic.level.name(),
        "blame": diagnostic.blame.name(),
        "title": Untrusted(&diagnostic.title).json(),
        "help": diagnostic.help.as_ref().map(|help| Untrusted(help).json()),
        "labels": diagnostic.labels.iter().map(render_label).collect::<Vec<_>>(),
    })
}

fn render_label(label: &Label) -> Value {
    let (line, column) = label.source.position(label.span.start);
    json!({
        "file": Untrusted(&*label.source.name).json(),
        "line": line,
        "column": column,
        "offset": label.span.start,
        "length": label.span.end.saturating_sub(label.span.start),
        "message": Untrusted(&label.message).json(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{SourceFile, Span};
    use crate::diagnostic::Blame;

    #[test]
    fn every_field_has_its_place() {
        let source = SourceFile::new("a.yaml", "id: x\ntitel: é\n");
        let diagnostic = Diagnostic::error("R0101", Blame::RuleAuthor, "unknown key `titel`")
            .at(&source, Span::new(6, 11), "did you mean `title`?")
            .help("see the schema");
        assert_eq!(
            render_json(&diagnostic),
            json!({
                "code": "R0101", "level": "error", "blame": "rule", "title": "unknown key `titel`", "help": "see the schema",
                "labels": [{ "file": "a.yaml", "line": 2, "column": 1, "offset": 6, "length": 5,
                             "message": "did you mean `title`?" }],
            })
        );
        let bare = Diagnostic::warning("C0001", Blame::Configuration, "no target");
        assert_eq!(render_json(&bare)["help"], Value::Null);
        assert_eq!(render_json(&bare)["level"], "warning");
    }
}
