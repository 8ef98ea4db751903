//! How a date is written: a pattern of `%Y %y %m %b %B %d` and of signs that stand for themselves.

use super::Date;

/// A pattern that dates are read by.
///
/// `%Y` is a year of four digits, `%y` one of two (69 to 99 are 1969 to 1999), `%m` a month's number, `%b` its English name
/// of three letters, `%B` its full one (names in any case), `%d` the day. Without a day, a date is the end of its month. A time
/// of day may follow a date and is passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateFormat {
    pattern: String,
    parts: Vec<Part>,
    /// Numbers stand without a sign between them: each has all its digits.
    is_packed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Year,
    ShortYear,
    Month,
    ShortName,
    Name,
    Day,
    Sign(char),
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

impl DateFormat {
    /// What [`Self::new`] takes, in words.
    pub const WANTED: &'static str = "a year (%Y or %y), a month (%m, %b or %B) and perhaps a day (%d), each once, such as \"%Y-%m-%d\" or \"%b-%y\"";

    /// The format of that `pattern`; None when it is not as [`Self::WANTED`] says.
    pub fn new(pattern: &str) -> Option<Self> {
        let mut parts = Vec::new();
        let mut signs = pattern.chars();
        while let Some(sign) = signs.next() {
            parts.push(match (sign, if sign == '%' { signs.next() } else { None }) {
                ('%', Some('Y')) => Part::Year,
                ('%', Some('y')) => Part::ShortYear,
                ('%', Some('m')) => Part::Month,
                ('%', Some('b')) => Part::ShortName,
                ('%', Some('B')) => Part::Name,
                ('%', Some('d')) => Part::Day,
                ('%', Some('%')) => Part::Sign('%'),
                ('%', _) => return None,
                (sign, _) => Part::Sign(sign),
            });
        }
        let count = |wanted: &[Part]| parts.iter().filter(|part| wanted.contains(part)).count();
        let is_good = count(&[Part::Year, Part::ShortYear]) == 1
            && count(&[Part::Month, Part::ShortName, Part::Name]) == 1
            && count(&[Part::Day]) <= 1;
        let is_number = |part: &Part| matches!(part, Part::Year | Part::ShortYear | Part::Month | Part::Day);
        let is_packed = parts.windows(2).any(|pair| pair.iter().all(is_number));
        is_good.then(|| Self { pattern: pattern.to_owned(), parts, is_packed })
    }

    /// The pattern.
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// Whether it tells the day; without, a date is the end of its month.
    pub fn has_day(&self) -> bool {
        self.parts.contains(&Part::Day)
    }

    /// `date` as this format writes it, for examples in messages.
    pub fn show(&self, date: Date) -> String {
        let (year, month, day) = date.civil();
        let name = usize::try_from(month - 1).ok().and_then(|index| MONTHS.get(index)).copied().unwrap_or_default();
        let capital =
            |name: &str| name.chars().take(1).flat_map(char::to_uppercase).chain(name.chars().skip(1)).collect();
        let write = |part: &Part| match part {
            Part::Year => format!("{year:04}"),
            Part::ShortYear => format!("{:02}", year % 100),
            Part::Month => format!("{month:02}"),
            Part::ShortName => capital(name.get(..3).unwrap_or_default()),
            Part::Name => capital(name),
            Part::Day => format!("{day:02}"),
            Part::Sign(sign) => sign.to_string(),
        };
        self.parts.iter().map(write).collect()
    }

    /// See [`Date::parse`].
    pub(super) fn read(&self, text: &str) -> Option<Date> {
        let mut rest = text.trim();
        let (mut year, mut month, mut day) = (0, 0, None);
        let fewest = if self.is_packed { 2 } else { 1 };
        for part in &self.parts {
            let (value, after) = match part {
                Part::Year => digits(rest, 4, 4)?,
                Part::ShortYear => digits(rest, 2, 2)?,
                Part::Month | Part::Day => digits(rest, fewest, 2)?,
                Part::ShortName => named(rest, |name| name.get(..3).unwrap_or(name))?,
                Part::Name => named(rest, |name| name)?,
                Part::Sign(sign) => (0, rest.strip_prefix(*sign)?),
            };
            rest = after;
            match part {
                Part::Year => year = value,
                Part::ShortYear => year = if value < 69 { 2000 + value } else { 1900 + value },
                Part::Month | Part::ShortName | Part::Name => month = value,
                Part::Day => day = Some(value),
                Part::Sign(_) => {}
            }
        }
        if !is_time_of_day(rest) {
            return None;
        }
        day.map_or_else(|| Date::end_of(year, month), |day| Date::new(year, month, day))
    }
}

impl Default for DateFormat {
    /// `%Y-%m-%d`.
    fn default() -> Self {
        let dash = Part::Sign('-');
        let parts = vec![Part::Year, dash, Part::Month, dash, Part::Day];
        Self { pattern: "%Y-%m-%d".to_owned(), parts, is_packed: false }
    }
}

/// The number that `text` begins with, of `fewest` to `most` (below 9) ASCII digits, and what comes after it.
fn digits(text: &str, fewest: usize, most: usize) -> Option<(i32, &str)> {
    let n = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at_checked(n).filter(|_| n >= fewest)?;
    Some((number.parse().ok()?, rest))
}

/// The month, 1 to 12, whose `short`ened name `text` begins with in any case, and what comes after it.
fn named(text: &str, short: impl Fn(&'static str) -> &'static str) -> Option<(i32, &str)> {
    (1..).zip(MONTHS).find_map(|(number, name)| {
        let (head, rest) = text.split_at_checked(short(name).len())?;
        head.eq_ignore_ascii_case(short(name)).then_some((number, rest))
    })
}

/// Whether `rest`, which follows a date, is nothing or a time of day.
fn is_time_of_day(rest: &str) -> bool {
    match rest.strip_prefix([' ', 'T']) {
        Some(time) => time.contains(':') && time.bytes().all(|sign| sign.is_ascii_digit() || b":.Z+- ".contains(&sign)),
        None => rest.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, pattern: &str) -> Option<String> {
        Date::parse(text, &DateFormat::new(pattern).unwrap()).map(|date| date.to_string())
    }

    #[test]
    fn dates_are_read_as_the_pattern_says() {
        for (text, pattern, date) in [
            ("2018-06-30", "%Y-%m-%d", "2018-06-30"),
            (" 2018-6-3 ", "%Y-%m-%d", "2018-06-03"),
            ("2018-06-30 00:00:00", "%Y-%m-%d", "2018-06-30"),
            ("2018-06-30T23:59:59.5+02:00", "%Y-%m-%d", "2018-06-30"),
            ("Mar-18", "%b-%y", "2018-03-31"),
            ("FEB-00", "%b-%y", "2000-02-29"),
            ("Dec-69", "%b-%y", "1969-12-31"),
            ("dec-68", "%b-%y", "2068-12-31"),
            ("May 2017", "%B %Y", "2017-05-31"),
            ("3. September 2017", "%d. %B %Y", "2017-09-03"),
            ("20180630", "%Y%m%d", "2018-06-30"),
            ("30.6.2018", "%d.%m.%Y", "2018-06-30"),
            ("100% 2018/02", "100%% %Y/%m", "2018-02-28"),
        ] {
            assert_eq!(read(text, pattern).as_deref(), Some(date), "{text} {pattern}");
        }
    }

    #[test]
    fn what_the_pattern_does_not_say_is_refused() {
        for (text, pattern) in [
            ("30.06.2018", "%Y-%m-%d"),
            ("2018-02-29", "%Y-%m-%d"),
            ("2018-06-30x", "%Y-%m-%d"),
            ("2018-06-30 ", "%Y/%m/%d"),
            ("2018-06-30 noon", "%Y-%m-%d"),
            ("18-06-30", "%Y-%m-%d"),
            ("+018-06-30", "%Y-%m-%d"),
            ("Mär-18", "%b-%y"),
            ("Mar-2018", "%b-%y"),
            ("2018630", "%Y%m%d"),
            ("", "%b-%y"),
            ("é", "%b-%y"),
        ] {
            assert_eq!(read(text, pattern), None, "{text} {pattern}");
        }
        for pattern in ["", "%Y", "%m-%d", "%Y-%y-%m", "%Y-%m-%b", "%Y-%m-%d-%d", "%Y-%m-%q", "%Y-%m-%"] {
            assert_eq!(DateFormat::new(pattern), None, "{pattern}");
        }
        assert_eq!(DateFormat::new("%Y-%m-%d"), Some(DateFormat::default()));
    }

    #[test]
    fn examples_are_written_as_they_are_read() {
        for (pattern, shown) in [("%b-%y", "Jun-18"), ("%d/%m/%Y", "30/06/2018"), ("%B %Y", "June 2018")] {
            let format = DateFormat::new(pattern).unwrap();
            let date = Date::new(2018, 6, 30).unwrap();
            assert_eq!(format.show(date), shown);
            assert_eq!(Date::parse(shown, &format), Some(date));
        }
    }
}
