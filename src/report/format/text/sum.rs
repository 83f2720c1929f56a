//! The sum that makes a host's score, as a table that adds up.
//!
//! Must never import a folder above `score`.

use super::page::{Page, Style, shown};
use crate::score::{Deduction, Points, Score};

/// Column of the numbers.
const NUMBERS: usize = 12;

/// Prints the sum; nothing where there is no score, or nothing was deducted.
pub(super) fn render(page: &mut Page, score: &Score) {
    let Some(points) = score.score.filter(|_| !score.deductions.is_empty()) else { return };
    let halves = score.deductions.iter().any(|row| !row.points.is_whole());
    let digits = if halves { 5 } else { 3 };
    let names: Vec<String> =
        score.deductions.iter().map(|row| row.rule.as_deref().map(shown).unwrap_or_default()).collect();
    let widest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0).min(32);
    page.blank();
    row(page, "Score", &format!("  {}", number(Points::whole(100), digits, halves)), "");
    for (deduction, name) in score.deductions.iter().zip(&names) {
        let sign = if deduction.points > Points::ZERO { '−' } else { '+' };
        row(
            page,
            "",
            &format!("{sign} {}", number(deduction.points.abs(), digits, halves)),
            &text(deduction, name, widest),
        );
    }
    page.line(NUMBERS, &[(&"─".repeat(digits + 2), Style::Dim)]);
    let total = format!("= {}", number(points, digits, halves));
    page.line(
        NUMBERS,
        &[(&total, Style::Bold), ("   grade ", Style::Plain), (score.grade.name(), Style::of_grade(score.grade))],
    );
}

fn text(deduction: &Deduction, name: &str, widest: usize) -> String {
    match deduction.rule {
        Some(_) => format!("{name:<widest$}   {}", shown(&deduction.why)),
        None => shown(&deduction.why),
    }
}

fn number(points: Points, digits: usize, halves: bool) -> String {
    match halves {
        true => format!("{:>digits$.1}", points.as_f64()),
        false => format!("{points:>digits$}"),
    }
}

/// One row, cut rather than wrapped, so that the column stays a column.
fn row(page: &mut Page, label: &str, number: &str, text: &str) {
    let room = page.width().saturating_sub(NUMBERS + number.chars().count() + 3);
    let text = crate::base::Untrusted(text).terminal_short(room.max(16));
    let label = format!("{label:<0$}", NUMBERS - 2);
    page.line(2, &[(&label, Style::Bold), (number, Style::Plain), ("   ", Style::Plain), (&text, Style::Plain)]);
}
