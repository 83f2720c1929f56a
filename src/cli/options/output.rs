//! Where reports go.
//!
//! Nothing may import this file but `cli`.

use clap::Args;

use super::{choice, set, set_all, set_flag, text};
use crate::app::settings::{Layer, ToFile};
use crate::base::Severity;
use crate::report::{FORMATS, Format};

/// The flags for reports.
#[derive(Args)]
#[command(next_help_heading = "Output")]
pub(in crate::cli) struct OutputOptions {
    /// Format of standard output [default: text]
    #[arg(short = 'f', long, value_name = "FORMAT", value_parser = choice::<&'static Format>(FORMATS.iter().map(|f| f.name)))]
    format: Option<&'static Format>,
    /// A further output besides standard output; repeatable
    #[arg(short = 'o', long, value_name = "FORMAT=FILE", value_parser = text::<ToFile>)]
    output: Vec<ToFile>,
    /// Exit with 1 when there is a finding of this severity or above
    #[arg(long, value_name = "SEVERITY", value_parser = choice::<Severity>(Severity::ALL.iter().map(|s| s.name())))]
    fail_on: Option<Severity>,
    /// Write every verdict of every rule to the machine formats
    #[arg(long)]
    verdicts: bool,
    /// Score findings of community templates too, whose severities are not curated
    #[arg(long)]
    score_community: bool,
}

impl OutputOptions {
    /// The settings that these flags are.
    pub fn layer(self) -> Layer {
        Layer {
            format: set(self.format),
            output: set_all(self.output),
            fail_on: set(self.fail_on),
            verdicts: set_flag(self.verdicts),
            score_community: set_flag(self.score_community),
            ..Layer::default()
        }
    }
}
