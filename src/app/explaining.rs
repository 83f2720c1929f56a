//! One rule and one target, found and checked, for `explain`.
//!
//! Must never import `cli`.

use std::sync::Arc;

use crate::base::Limits;
use crate::compile::CompiledRule;
use crate::diagnostic::{Blame, Diagnostic, Diagnostics};
use crate::engine::{self, Control, Explained, explain};
use crate::target::Target;

use super::network::engine_settings;
use super::oob::Oob;
use super::rules::read_rules;
use super::select::unknown;
use super::settings::Layer;
use super::targets::open_targets;

/// What is to be explained.
pub struct Question {
    /// The rule.
    pub compiled: Arc<CompiledRule>,
    target: Target,
    engine: engine::Settings,
    settings: Box<Layer>,
}

impl Question {
    /// Finds the rule and reads the target; sends nothing.
    ///
    /// # Errors
    /// Where there is no such rule, it is broken or may not run, or the target or a setting is wrong.
    pub fn new(settings: &Layer, rule: &str, target: &str) -> Result<Self, Diagnostics> {
        let mut read = read_rules(settings, &Limits::default());
        let mut wrong = Diagnostics::new();
        let ids: Vec<Arc<str>> = read.rules.iter().map(|rule| Arc::clone(&rule.id)).collect();
        let Some(found) = read.take(rule, settings, &Limits::default()) else {
            wrong.extend(read.diagnostics.into_errors());
            wrong.push(unknown("rule", rule, ids.iter().map(|id| &**id), true));
            return Err(wrong);
        };
        let engine = engine_settings(settings)?;
        if let Some(refusal) = &found.refused {
            wrong.push(Diagnostic::error(
                "C0307",
                Blame::Configuration,
                format!("`{rule}` cannot run: {}", refusal.reason),
            ));
        } else if found.tier() > engine.tier {
            let title = format!("`{rule}` is of the tier {}, and only {} is allowed", found.tier(), engine.tier);
            let help = format!("--tier {} allows it, where you may test so", found.tier());
            wrong.push(Diagnostic::error("C0307", Blame::Configuration, title).help(help));
        }
        let first = open_targets(&[target.to_owned()], &[])?.next();
        match first {
            Some(Ok(target)) if !wrong.has_errors() => {
                Ok(Self { compiled: CompiledRule::alone(found), target, engine, settings: Box::new(settings.clone()) })
            }
            first => {
                wrong.items.extend(first.and_then(Result::err));
                Err(wrong)
            }
        }
    }
}

/// Asks the target; `None` where `control` ended it.
///
/// # Errors
/// Where the wire cannot be set up.
pub async fn explain_rule(question: Question, control: Control) -> Result<Option<Explained>, Diagnostic> {
    let Question { compiled, target, mut engine, settings } = question;
    let oob = Oob::start(&settings, &engine).await?;
    engine.mailbox = oob.as_ref().map(|oob| Arc::clone(oob.mailbox()));
    let explained = explain(compiled, &target, engine, control).await.map_err(|error| error.diagnostic());
    if let Some(oob) = oob {
        oob.stop().await;
    }
    explained
}
