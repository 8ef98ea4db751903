//! Calendar dates without a time of day, and the whole months between them (M26).
//!
//! Days are counted in the proleptic Gregorian calendar from 1970-01-01; day and civil date are turned into each other by
//! eras of 400 years (Hinnant, "chrono-compatible low-level date algorithms", 2013).

use super::DateFormat;
use std::fmt;

/// A date of the years 1 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i32);

/// Days of an era, the 400 years after which the calendar repeats.
const ERA: i32 = 146_097;

/// Days from 0000-03-01, where an era begins, to 1970-01-01.
const EPOCH: i32 = 719_468;

impl Date {
    /// 30 June 2018, a day that shows which number is the month: what examples of formats show.
    pub const EXAMPLE: Self = Self(17_712);

    /// The date of that year (1 to 9999), month (1 to 12) and day (from 1); None when there is no such date.
    pub fn new(year: i32, month: i32, day: i32) -> Option<Self> {
        if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || day < 1 || day > days_of(year, month) {
            return None;
        }
        // Years begin in March, so that the leap day is their last.
        let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
        let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let of_year = (153 * month + 2) / 5 + day - 1;
        Some(Self(era * ERA + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH))
    }

    /// The last day of that month (1 to 12) of that year (1 to 9999).
    pub fn end_of(year: i32, month: i32) -> Option<Self> {
        if !(1..=12).contains(&month) {
            return None;
        }
        Self::new(year, month, days_of(year, month))
    }

    /// The date that many days after 1970-01-01; None outside the years 1 to 9999.
    pub fn from_days(days: i64) -> Option<Self> {
        let date = Self(i32::try_from(days).ok().filter(|days| (-719_162..=2_932_896).contains(days))?);
        Some(date)
    }

    /// Days since 1970-01-01.
    pub fn days(self) -> i32 {
        self.0
    }

    /// The date that `text` gives in that `format`; None when it gives none. Without a day it is the end of its month (M26).
    pub fn parse(text: &str, format: &DateFormat) -> Option<Self> {
        format.read(text)
    }

    /// Whole months from this date until `later`, rounded up: a day left is a month (M26). Not positive where `later` is not
    /// later.
    pub fn months_until(self, later: Self) -> i32 {
        if later < self { -whole_months(later, self).0 } else { whole_months(self, later).1 }
    }

    /// Whole months from `earlier` until this date, rounded down (M26). Not positive where `earlier` is not earlier.
    pub fn months_since(self, earlier: Self) -> i32 {
        if self < earlier { -whole_months(self, earlier).1 } else { whole_months(earlier, self).0 }
    }

    /// The last day of this date's month.
    pub fn month_end(self) -> Self {
        let (year, month, day) = self.civil();
        Self(self.0 + days_of(year, month) - day)
    }

    /// Year, month (1 to 12) and day (from 1).
    pub fn civil(self) -> (i32, i32, i32) {
        let days = self.0 + EPOCH;
        let (era, of_era) = (days.div_euclid(ERA), days.rem_euclid(ERA));
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let (year, month) = if month < 10 { (0, month + 3) } else { (1, month - 9) };
        (era * 400 + year_of_era + year, month, day)
    }
}

/// Months from `a` to `b`, which is not before `a`: rounded down, and rounded up. From one end of a month to another they are
/// whole.
fn whole_months(a: Date, b: Date) -> (i32, i32) {
    let ((year_a, month_a, day_a), (year_b, month_b, day_b)) = (a.civil(), b.civil());
    let months = (year_b - year_a) * 12 + month_b - month_a;
    let (a_ends, b_ends) = (a == a.month_end(), b == b.month_end());
    if a_ends && b_ends || day_a == day_b || b_ends && day_b < day_a {
        (months, months)
    } else if day_b < day_a {
        (months - 1, months)
    } else {
        (months, months + 1)
    }
}

/// Number of days of a month, 1 to 12.
fn days_of(year: i32, month: i32) -> i32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        Date::parse(text, &DateFormat::default()).unwrap()
    }

    #[test]
    fn days_and_dates_belong_together() {
        let known = [("1970-01-01", 0), ("2000-02-29", 11_016), ("2018-06-30", 17_712), ("0001-01-01", -719_162)];
        for (text, days) in known {
            assert_eq!((date(text).days(), date(text).to_string().as_str()), (days, text));
        }
        assert_eq!(date("9999-12-31").days(), 2_932_896);
        // Every day of 401 years follows the one before it.
        let mut next = (1899, 12, 31);
        for days in date("1899-12-31").days()..date("2301-01-01").days() {
            let found = Date::from_days(days.into()).unwrap();
            assert_eq!(found.civil(), next);
            assert_eq!(Date::new(next.0, next.1, next.2), Some(found));
            next = match next {
                (year, 12, 31) => (year + 1, 1, 1),
                (year, month, day) if day == days_of(year, month) => (year, month + 1, 1),
                (year, month, day) => (year, month, day + 1),
            };
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        let none =
            [(2018, 2, 29), (1900, 2, 29), (2018, 13, 1), (2018, 0, 1), (2018, 4, 31), (0, 1, 1), (10_000, 1, 1)];
        assert!(none.into_iter().all(|(year, month, day)| Date::new(year, month, day).is_none()));
        assert!(Date::new(2018, 1, 0).is_none() && Date::end_of(2018, 13).is_none());
        assert!(Date::from_days(i64::MAX).is_none() && Date::from_days(2_932_897).is_none());
        assert!(Date::from_days(-719_163).is_none() && Date::from_days(-719_162).is_some());
    }

    #[test]
    fn months_are_rounded_up_until_and_down_since() {
        for (from, to, down, up) in [
            ("2018-03-31", "2018-06-30", 3, 3), // Mar-18, on a book of 2018-06-30
            ("2018-06-30", "2021-03-31", 33, 33),
            ("2018-06-30", "2018-07-01", 0, 1),
            ("2018-06-15", "2018-07-14", 0, 1),
            ("2018-06-15", "2018-07-15", 1, 1),
            ("2018-06-15", "2018-07-16", 1, 2),
            ("2018-01-30", "2018-02-28", 1, 1),
            ("2020-01-30", "2020-02-28", 0, 1), // not the end of that February
            ("2018-02-28", "2018-03-28", 1, 1),
            ("2018-02-28", "2018-03-30", 1, 2),
            ("1999-12-31", "2020-02-29", 242, 242),
            ("2018-06-30", "2018-06-30", 0, 0),
        ] {
            let (from, to) = (date(from), date(to));
            assert_eq!((to.months_since(from), from.months_until(to)), (down, up), "{from} {to}");
            assert_eq!((from.months_since(to), to.months_until(from)), (-up, -down), "{from} {to} reversed");
        }
    }
}
