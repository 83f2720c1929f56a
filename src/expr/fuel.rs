//! What an evaluation may cost, in whichever expression language.
//!
//! Owns the count of steps and the bound on the length of texts. Invariant: steps are only ever taken away; where they do
//! not suffice, none are left. Must never import a folder above `base`.

use crate::base::Limits;

/// The steps that are left to an evaluation.
#[derive(Debug)]
pub struct Steps {
    left: u64,
    most: u64,
}

impl Steps {
    /// All that the limits allow.
    pub fn of(limits: &Limits) -> Self {
        Self { left: limits.expr_steps, most: limits.expr_steps }
    }

    /// Takes steps away.
    ///
    /// # Errors
    /// Where there are not so many, in one sentence.
    pub fn take(&mut self, steps: usize) -> Result<(), String> {
        match self.left.checked_sub(steps as u64) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => {
                self.left = 0;
                Err(format!("the expression takes more than {} steps", self.most))
            }
        }
    }
}

/// Refuses a text of that length where it is over the limit.
///
/// # Errors
/// One sentence.
pub fn fits(length: usize, limit: usize) -> Result<(), String> {
    if length <= limit { Ok(()) } else { Err(format!("the text is longer than {limit} bytes")) }
}
