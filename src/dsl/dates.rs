//! Text literals that look like dates, which are numbers.
//!
//! Must never import another folder.

/// The seconds since 1970 of a text literal that is a date as the grammar knows them.
pub(super) fn literal(text: &str) -> Option<f64> {
    let formats = match text.len() {
        10 => "%Y-%m-%d",
        16 => "%Y-%m-%d %H:%M",
        19 => "%Y-%m-%d %H:%M:%S",
        _ => "",
    };
    if formats.is_empty() || text.as_bytes().get(4) != Some(&b'-') {
        return None;
    }
    let time = jiff::civil::DateTime::strptime(formats, text).ok();
    let at = time.or_else(|| jiff::civil::Date::strptime(formats, text).ok().map(|date| date.at(0, 0, 0, 0)))?;
    jiff::tz::TimeZone::UTC.to_timestamp(at).ok().map(|at| at.as_second() as f64)
}
