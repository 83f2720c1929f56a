//! Numbers as texts and back, in the forms that the language prints and reads.
//!
//! Takes and gives plain data. Invariant: printing never fails, and reading accepts a whole text or nothing. Must never
//! import another folder.

/// The shortest decimal without an exponent: `1`, `0.5`, `1000000`.
pub(super) fn plain(number: f64) -> String {
    if number.is_infinite() { infinity(number) } else { number.to_string() }
}

/// The shortest decimal, with an exponent from 1e+06 on and below 1e-04: `1e-05`.
pub(super) fn general(number: f64) -> String {
    if number.is_infinite() {
        return infinity(number);
    }
    if number == 0.0 || !number.is_finite() {
        return number.to_string();
    }
    let scientific = format!("{number:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        return number.to_string();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

fn infinity(number: f64) -> String {
    if number > 0.0 { "+Inf".to_owned() } else { "-Inf".to_owned() }
}

/// A whole decimal number with an optional sign.
pub(super) fn whole(text: &[u8]) -> Option<i64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// A decimal number; an exponent, `inf` and `nan` will do.
pub(super) fn float(text: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(text).ok()?;
    let begins = text.bytes().next().is_some_and(|byte| byte != b'_');
    text.parse().ok().filter(|_| begins)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_print_as_the_language_prints_them() {
        assert_eq!(plain(1e21), "1000000000000000000000");
        assert_eq!(general(100_000.0), "100000");
        assert_eq!(general(1_234_567.0), "1.234567e+06");
        assert_eq!(general(1.5e-7), "1.5e-07");
        assert_eq!(general(-0.25), "-0.25");
        assert_eq!(plain(f64::INFINITY), "+Inf");
    }
}
