//! Text literals that look like dates, which are numbers.
//!
//! Must never import a folder above `base`.

use super::layout;

/// Layouts, and how long a text has to be for each.
const KNOWN: [(&str, std::ops::RangeInclusive<usize>); 13] = [
    ("Mon Jan _2 15:04:05 2006", 23..=24),
    ("Mon Jan 02 15:04:05 -0700 2006", 30..=30),
    ("3:04PM", 6..=7),
    ("2006-01-02T15:04:05Z07:00", 25..=25),
    ("2006-01-02T15:04:05.999999999Z07:00", 35..=35),
    ("2006-01-02", 10..=10),
    ("2006-01-02 15:04", 16..=16),
    ("2006-01-02 15:04:05", 19..=19),
    ("2006-01-02 15:04:05-07:00", 25..=25),
    ("2006-01-02T15Z0700", 18..=18),
    ("2006-01-02T15:04Z0700", 21..=21),
    ("2006-01-02T15:04:05Z0700", 24..=24),
    ("2006-01-02T15:04:05.999999999Z0700", 34..=34),
];

/// The seconds since 1970 of a text literal that is a date as the grammar knows them.
pub(super) fn literal(text: &str) -> Option<f64> {
    if !text.contains([':', '-']) {
        return None;
    }
    let mut fitting = KNOWN.iter().filter(|(_, lengths)| lengths.contains(&text.len()));
    fitting.find_map(|(layout, _)| layout::parse(text, layout)).map(|at| at.as_second() as f64)
}
