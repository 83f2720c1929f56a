//! What every command is given: console, environment, working folder, and the flags that all share.
//!
//! Nothing may import this file but `cli`.

use std::path::PathBuf;

use clap::ArgMatches;

use super::console::Console;
use super::exit::Failure;
use crate::app::settings::{Layer, Places, Set, Source, read_layers};

/// The surroundings of a command.
pub(super) struct Context {
    /// Where to print.
    pub console: Console,
    environment: Vec<(String, String)>,
    folder: PathBuf,
    shared: Layer,
}

impl Context {
    /// The surroundings as the arguments and the environment say.
    pub fn new(matches: &ArgMatches, environment: Vec<(String, String)>) -> Self {
        let given = |name: &str| {
            let mut at = Some(matches);
            while let Some(matches) = at {
                if matches.get_flag(name) {
                    return true;
                }
                at = matches.subcommand().map(|(_, inner)| inner);
            }
            false
        };
        let flag = |name: &str| given(name).then_some(Set { value: true, source: Source::Flag });
        let (verbose, quiet, no_color) = (flag("verbose"), flag("quiet"), flag("no-color"));
        let shared = Layer { verbose, quiet, no_color, ..Layer::default() };
        let folder = std::env::current_dir().unwrap_or_default();
        let mut context = Self { console: Console::plain(), environment, folder, shared };
        // The console must know the files' word on colours too; what is wrong with the files, the command itself tells.
        let (layer, _) = context.read(Layer::default());
        let is = |set: &Option<Set<bool>>| set.as_ref().is_some_and(|set| set.value);
        let console = Console::new(is(&layer.no_color), is(&layer.quiet), is(&layer.verbose), |n| context.variable(n));
        context.console = console;
        context
    }

    /// The settings: these flags over the environment and the files. Warnings are printed.
    ///
    /// # Errors
    /// Everything that is wrong with any of them.
    pub fn settings(&self, flags: Layer) -> Result<Layer, Failure> {
        let (layer, diagnostics) = self.read(flags);
        if diagnostics.has_errors() {
            return Err(diagnostics.into());
        }
        self.console.diagnostics(&diagnostics);
        Ok(layer)
    }

    /// An environment variable.
    pub fn variable(&self, name: &str) -> Option<String> {
        self.environment.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    fn read(&self, flags: Layer) -> (Layer, crate::diagnostic::Diagnostics) {
        let places = Places { environment: &self.environment, folder: &self.folder };
        read_layers(self.shared.clone().over(flags), &places)
    }
}
