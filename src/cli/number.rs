//! Numbers and dates in flags: `100000`, `100_000`, `1e5`, `A..B`, `2025-12-31`.

use crate::error::{Error, Result};
use crate::units::{Date, DateFormat};
use std::ops::Range;

/// A whole number; `1_000`, `1e6` and `2.5e6` are understood.
pub fn whole(flag: &str, text: &str) -> Result<u64> {
    let bad = || Error::setting(flag, format!("'{text}'"), "a whole number, such as 100000, 100_000 or 1e5");
    let plain = text.trim().replace('_', "");
    if let Ok(number) = plain.parse::<u64>() {
        return Ok(number);
    }
    let (mantissa, exponent) = plain.split_once(['e', 'E']).ok_or_else(bad)?;
    let exponent: usize = exponent.trim_start_matches('+').parse().map_err(|_| bad())?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let zeros = exponent.checked_sub(fraction.len()).filter(|&zeros| zeros <= 19).ok_or_else(bad)?;
    format!("{whole}{fraction}{:0<zeros$}", "").parse().map_err(|_| bad())
}

/// A whole number that is at least 1.
pub fn positive(flag: &str, text: &str) -> Result<u64> {
    match whole(flag, text)? {
        0 => Err(Error::setting(flag, 0, "at least 1")),
        number => Ok(number),
    }
}

/// A count of threads, 1 to 4096.
pub fn threads(text: Option<&str>) -> Result<Option<usize>> {
    let Some(text) = text else { return Ok(None) };
    match whole("--threads", text)? {
        n @ 1..=4096 => Ok(Some(n as usize)),
        n => Err(Error::setting("--threads", n, "1 to 4096; leave it out to use every core")),
    }
}

/// The day of `--reporting-date`.
pub fn date(text: &str) -> Result<Date> {
    let bad = || Error::setting("--reporting-date", format!("'{text}'"), "a date such as 2025-12-31");
    Date::parse(text, &DateFormat::default()).ok_or_else(bad)
}

/// `A..B` with A < B ≤ `scenarios`; without B, to the end.
pub fn range(text: &str, scenarios: u64) -> Result<Range<u64>> {
    const FLAG: &str = "--scenario-range";
    let wanted =
        format!("A..B with A below B and B at most {scenarios} (--scenarios), such as 0..{}", scenarios.div_ceil(2));
    let bad = || Error::setting(FLAG, format!("'{text}'"), wanted.clone());
    let (start, end) = text.split_once("..").ok_or_else(bad)?;
    let start = if start.trim().is_empty() { 0 } else { whole(FLAG, start).map_err(|_| bad())? };
    let end = if end.trim().is_empty() { scenarios } else { whole(FLAG, end).map_err(|_| bad())? };
    if start < end && end <= scenarios { Ok(start..end) } else { Err(bad()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, number) in [("7", 7), ("100_000", 100_000), ("1e6", 1_000_000), ("2.5e6", 2_500_000), ("1E+3", 1000)]
        {
            assert_eq!(whole("--scenarios", text).unwrap(), number);
        }
        for text in ["", "-1", "1.5", "1e-3", "1e99", "ten", "0x10", "2.55e1", "18446744073709551616"] {
            assert!(whole("--scenarios", text).is_err(), "{text}");
        }
        assert!(positive("--loans", "0").is_err());
        assert!(threads(Some("0")).is_err());
    }

    #[test]
    fn ranges_end_after_they_start_and_inside_the_run() {
        assert_eq!(range("10..20", 100).unwrap(), 10..20);
        assert_eq!(range("..1e1", 100).unwrap(), 0..10);
        assert_eq!(range("90..", 100).unwrap(), 90..100);
        for text in ["20..10", "5..5", "0..101", "a..b", "7", "-1..4", ""] {
            assert!(range(text, 100).is_err(), "{text}");
        }
    }
}
