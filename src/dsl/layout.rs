//! Dates in the layouts of the language: a layout shows how one fixed instant would be written, `2006-01-02 15:04:05`.
//!
//! Takes a layout and an instant, or a layout and a text. All of it is UTC; no time zone data is ever read. Invariant: what
//! a layout does not know is text. Must never import a folder above `base`.

use std::fmt::Write as _;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::base::Timestamp;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// An element of a layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element<'l> {
    Text(&'l str),
    Year,
    ShortYear,
    MonthName,
    ShortMonthName,
    Month,
    PaddedMonth,
    Day,
    SpacedDay,
    PaddedDay,
    PaddedDayOfYear,
    DayName,
    ShortDayName,
    Hour,
    HalfDayHour,
    PaddedHalfDayHour,
    Minute,
    PaddedMinute,
    Second,
    PaddedSecond,
    Half(bool),
    Zone,
    /// An offset: `Z` for UTC, a colon, minutes.
    Offset(bool, bool, bool),
    /// So many digits of a second; all of them, or as many as are not zero.
    Fraction(usize, bool),
}

/// Longer signs before those that they begin with.
const SIGNS: [(&str, Element<'static>); 31] = [
    ("January", Element::MonthName),
    ("Jan", Element::ShortMonthName),
    ("Monday", Element::DayName),
    ("Mon", Element::ShortDayName),
    ("MST", Element::Zone),
    ("002", Element::PaddedDayOfYear),
    ("01", Element::PaddedMonth),
    ("02", Element::PaddedDay),
    ("03", Element::PaddedHalfDayHour),
    ("04", Element::PaddedMinute),
    ("05", Element::PaddedSecond),
    ("06", Element::ShortYear),
    ("15", Element::Hour),
    ("1", Element::Month),
    ("2006", Element::Year),
    ("2", Element::Day),
    ("_2006", Element::Text("_")),
    ("_2", Element::SpacedDay),
    ("3", Element::HalfDayHour),
    ("4", Element::Minute),
    ("5", Element::Second),
    ("PM", Element::Half(true)),
    ("pm", Element::Half(false)),
    ("-07:00", Element::Offset(false, true, true)),
    ("-0700", Element::Offset(false, false, true)),
    ("-07", Element::Offset(false, false, false)),
    ("Z07:00", Element::Offset(true, true, true)),
    ("Z0700", Element::Offset(true, false, true)),
    ("Z07", Element::Offset(true, false, false)),
    (".000000000", Element::Fraction(9, true)),
    (".999999999", Element::Fraction(9, false)),
];

/// The element that a layout begins with, and the rest.
fn element(layout: &str) -> Option<(Element<'_>, &str)> {
    let sign = SIGNS.iter().find(|(sign, element)| {
        let short_name = matches!(element, Element::ShortMonthName | Element::ShortDayName);
        layout.strip_prefix(sign).is_some_and(|rest| !short_name || !rest.starts_with(|c: char| c.is_ascii_lowercase()))
    });
    match sign {
        Some((_, Element::Text(text))) => Some((Element::Text(text), layout.get(text.len()..)?)),
        Some((sign, element)) => Some((*element, layout.get(sign.len()..)?)),
        None => fraction(layout),
    }
}

/// `.000` or `.999`, not followed by a digit.
fn fraction(layout: &str) -> Option<(Element<'_>, &str)> {
    let digits = layout.strip_prefix(['.', ','])?;
    let first = digits.chars().next().filter(|c| matches!(c, '0' | '9'))?;
    let rest = digits.trim_start_matches(first);
    let is_whole = !rest.starts_with(|c: char| c.is_ascii_digit());
    is_whole.then_some((Element::Fraction((digits.len() - rest.len()).min(9), first == '0'), rest))
}

fn elements(layout: &str) -> impl Iterator<Item = Element<'_>> {
    let mut rest = layout;
    std::iter::from_fn(move || {
        if let Some((element, after)) = element(rest) {
            rest = after;
            return Some(element);
        }
        let length = rest.chars().next()?.len_utf8();
        let (text, after) = rest.split_at_checked(length)?;
        rest = after;
        Some(Element::Text(text))
    })
}

/// The instant in that layout.
pub(super) fn format(at: Timestamp, layout: &str) -> String {
    let time = at.to_zoned(TimeZone::UTC).datetime();
    let mut out = String::new();
    elements(layout).for_each(|element| put(&mut out, element, time));
    out
}

fn put(out: &mut String, element: Element<'_>, time: DateTime) {
    let half_day = if time.hour() % 12 == 0 { 12 } else { time.hour() % 12 };
    let month = name(&MONTHS, time.month() - 1);
    let day = name(&DAYS, time.weekday().to_monday_zero_offset());
    // Writing into a text never fails.
    let _written = match element {
        Element::Text(text) => out.write_str(text),
        Element::Year => write!(out, "{:04}", time.year()),
        Element::ShortYear => write!(out, "{:02}", time.year().rem_euclid(100)),
        Element::MonthName => out.write_str(month),
        Element::ShortMonthName => out.write_str(month.get(..3).unwrap_or_default()),
        Element::Month => write!(out, "{}", time.month()),
        Element::PaddedMonth => write!(out, "{:02}", time.month()),
        Element::Day => write!(out, "{}", time.day()),
        Element::SpacedDay => write!(out, "{:2}", time.day()),
        Element::PaddedDay => write!(out, "{:02}", time.day()),
        Element::PaddedDayOfYear => write!(out, "{:03}", time.day_of_year()),
        Element::DayName => out.write_str(day),
        Element::ShortDayName => out.write_str(day.get(..3).unwrap_or_default()),
        Element::Hour => write!(out, "{:02}", time.hour()),
        Element::HalfDayHour => write!(out, "{half_day}"),
        Element::PaddedHalfDayHour => write!(out, "{half_day:02}"),
        Element::Minute => write!(out, "{}", time.minute()),
        Element::PaddedMinute => write!(out, "{:02}", time.minute()),
        Element::Second => write!(out, "{}", time.second()),
        Element::PaddedSecond => write!(out, "{:02}", time.second()),
        Element::Half(upper) => out.write_str(half(time.hour() >= 12, upper)),
        Element::Zone => out.write_str("UTC"),
        Element::Offset(true, ..) => out.write_str("Z"),
        Element::Offset(_, colon, minutes) => out.write_str(if !minutes {
            "+00"
        } else if colon {
            "+00:00"
        } else {
            "+0000"
        }),
        Element::Fraction(digits, all) => {
            let text = format!(".{:09}", time.subsec_nanosecond());
            let text = text.get(..=digits).unwrap_or_default();
            out.write_str(if all { text } else { text.trim_end_matches('0').trim_end_matches('.') })
        }
    };
}

fn half(afternoon: bool, upper: bool) -> &'static str {
    match (afternoon, upper) {
        (true, true) => "PM",
        (true, false) => "pm",
        (false, true) => "AM",
        (false, false) => "am",
    }
}

fn name<'n>(names: &[&'n str], place: i8) -> &'n str {
    usize::try_from(place).ok().and_then(|place| names.get(place)).copied().unwrap_or_default()
}

/// What a text has told so far.
#[derive(Default)]
struct Told {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    day_of_year: Option<i16>,
    hour: i8,
    minute: i8,
    second: i8,
    nanosecond: i32,
    afternoon: Option<bool>,
    /// Seconds east of UTC.
    offset: i64,
}

/// The instant that a text tells in that layout.
pub(super) fn parse(text: &str, layout: &str) -> Option<Timestamp> {
    let mut told = Told::default();
    let mut rest = text;
    let mut ahead = elements(layout).peekable();
    while let Some(element) = ahead.next() {
        rest = take(rest, element, &mut told)?;
        let is_second = matches!(element, Element::Second | Element::PaddedSecond);
        // A fraction may follow although the layout has none.
        if is_second && !matches!(ahead.peek(), Some(Element::Fraction(..))) {
            rest = part_of_second(rest, &mut told, false)?;
        }
    }
    if rest.is_empty() { told.instant() } else { None }
}

impl Told {
    fn instant(&self) -> Option<Timestamp> {
        let hour = match self.afternoon {
            Some(true) if self.hour < 12 => self.hour + 12,
            Some(false) if self.hour == 12 => 0,
            _ => self.hour,
        };
        let date =
            jiff::civil::Date::new(self.year.unwrap_or(0), self.month.unwrap_or(1), self.day.unwrap_or(1)).ok()?;
        let date = match self.day_of_year {
            Some(day) => date.with().day_of_year(day).build().ok()?,
            None => date,
        };
        let time = jiff::civil::Time::new(hour, self.minute, self.second, self.nanosecond).ok()?;
        let at = TimeZone::UTC.to_timestamp(date.to_datetime(time)).ok()?;
        at.checked_sub(jiff::SignedDuration::from_secs(self.offset)).ok()
    }
}

/// What is left of a text once an element is read from it.
fn take<'t>(text: &'t str, element: Element<'_>, told: &mut Told) -> Option<&'t str> {
    let number = |least: usize, most: usize| digits(text, least, most);
    let (value, rest) = match element {
        Element::Text(literal) => return text.strip_prefix(literal),
        Element::Zone => return Some(text.trim_start_matches(|c: char| c.is_ascii_uppercase())),
        Element::MonthName | Element::ShortMonthName => named(text, &MONTHS, element == Element::MonthName)?,
        Element::DayName | Element::ShortDayName => {
            return named(text, &DAYS, element == Element::DayName).map(|found| found.1);
        }
        Element::Offset(zulu, colon, minutes) => return offset(text, zulu, colon, minutes, told),
        Element::Fraction(_, needed) => return part_of_second(text, told, needed),
        Element::Half(upper) => {
            let afternoon = text.starts_with(half(true, upper));
            told.afternoon = Some(afternoon);
            return text.strip_prefix(half(afternoon, upper));
        }
        Element::Year => number(4, 4)?,
        Element::PaddedDayOfYear => number(3, 3)?,
        Element::SpacedDay => digits(text.strip_prefix(' ').unwrap_or(text), 1, 2)?,
        Element::Month | Element::Day | Element::HalfDayHour | Element::Minute | Element::Second => number(1, 2)?,
        _ => number(2, 2)?,
    };
    let small = i8::try_from(value).ok();
    match element {
        Element::Year => told.year = i16::try_from(value).ok(),
        Element::ShortYear => told.year = i16::try_from(if value >= 69 { 1900 + value } else { 2000 + value }).ok(),
        Element::MonthName | Element::ShortMonthName => told.month = small.map(|place| place + 1),
        Element::Month | Element::PaddedMonth => told.month = small,
        Element::PaddedDayOfYear => told.day_of_year = i16::try_from(value).ok(),
        Element::Day | Element::SpacedDay | Element::PaddedDay => told.day = small,
        Element::Minute | Element::PaddedMinute => told.minute = small?,
        Element::Second | Element::PaddedSecond => told.second = small?,
        _ => told.hour = small?,
    }
    Some(rest)
}

fn digits(text: &str, least: usize, most: usize) -> Option<(i32, &str)> {
    let length = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at_checked(length)?;
    (length >= least).then_some((digits.parse().ok()?, rest))
}

fn named<'t>(text: &'t str, names: &[&str], whole: bool) -> Option<(i32, &'t str)> {
    names.iter().enumerate().find_map(|(place, name)| {
        let name = if whole { name } else { name.get(..3)? };
        let (head, rest) = text.split_at_checked(name.len())?;
        head.eq_ignore_ascii_case(name).then_some((i32::try_from(place).ok()?, rest))
    })
}

fn offset<'t>(text: &'t str, zulu: bool, colon: bool, minutes: bool, told: &mut Told) -> Option<&'t str> {
    if zulu && let Some(rest) = text.strip_prefix('Z') {
        return Some(rest);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let (hours, mut rest) = digits(text.strip_prefix(['+', '-'])?, 2, 2)?;
    let mut seconds = i64::from(hours) * 3600;
    if minutes {
        let after = if colon { rest.strip_prefix(':')? } else { rest };
        let (minutes, after) = digits(after, 2, 2)?;
        seconds += i64::from(minutes) * 60;
        rest = after;
    }
    told.offset = sign * seconds;
    Some(rest)
}

fn part_of_second<'t>(text: &'t str, told: &mut Told, needed: bool) -> Option<&'t str> {
    let after = text.strip_prefix(['.', ',']);
    let length = after.map_or(0, |after| after.bytes().take_while(u8::is_ascii_digit).count());
    match after {
        Some(after) if length > 0 => {
            let (digits, rest) = after.split_at_checked(length)?;
            let padded: String = digits.chars().chain(std::iter::repeat('0')).take(9).collect();
            told.nanosecond = padded.parse().ok()?;
            Some(rest)
        }
        _ if needed => None,
        _ => Some(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_write_and_read_the_same_instant() {
        let at: Timestamp = "2024-03-07T21:04:05.5Z".parse().expect("a time");
        let cases = [
            ("2006-01-02 15:04:05.000", "2024-03-07 21:04:05.500"),
            ("Mon, 02 Jan 2006 15:04:05 MST", "Thu, 07 Mar 2024 21:04:05 UTC"),
            ("Monday January _2 3:4:5PM 06 -0700", "Thursday March  7 9:4:5PM 24 +0000"),
            ("2006-01-02T15:04:05.999999999Z07:00", "2024-03-07T21:04:05.5Z"),
            ("002 x é", "067 x é"),
        ];
        for (layout, wanted) in cases {
            assert_eq!(format(at, layout), wanted);
            let again = parse(wanted, layout).map(|at| at.as_second());
            assert!(layout.starts_with("002") || again == Some(at.as_second()), "{layout}: {again:?}");
        }
        assert_eq!(
            parse("2024-03-07T01:00:00+02:00", "2006-01-02T15:04:05Z07:00"),
            "2024-03-06T23:00:00Z".parse().ok()
        );
        assert_eq!(parse("2024-02-30", "2006-01-02"), None);
    }
}
