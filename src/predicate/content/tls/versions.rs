//! Each version that is spoken, with its suites in the order that counts.
//!
//! Must never import a folder above `expr`.

use super::{Fields, texts};
use crate::base::Value;
use crate::observation::{Preference, VersionSurvey};
use crate::tls::assessment::Assessment;
use crate::tls::suite;

/// The versions spoken, newest first; `None` where there is none.
pub(super) fn fields(assessment: &Assessment<'_>) -> Option<(&'static str, Value)> {
    let spoken = assessment.survey.versions.iter().rev().filter(|version| version.told.is_accepted());
    let items: Vec<Value> = spoken.map(version).collect();
    (!items.is_empty()).then(|| ("versions", Value::list(items)))
}

fn version(spoken: &VersionSurvey) -> Value {
    let mut fields: Fields = vec![("protocol", Value::from(spoken.version.name()))];
    fields.extend(texts("suites", spoken.suites.iter().map(|number| suite::name_of(*number))));
    let order = spoken.preference.map(|preference| match preference {
        Preference::Server => "server",
        Preference::Client => "client",
    });
    fields.extend(order.map(|whose| ("preference", Value::from(whose))));
    fields.push(("complete", Value::Bool(spoken.complete)));
    Value::map(fields)
}
