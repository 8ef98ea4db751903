//! Lists in flags of `calibrate`: columns, transforms, spans, lags, signs.

use crate::calibration::{Sign, Wanted, usual_sign};
use crate::error::{Error, Result};
use crate::model::index::Transform;
use std::ops::RangeInclusive;

/// Longest lag or span, periods.
const LONGEST: u16 = 60;

/// The columns of `--drivers` with the signs of `--signs`.
///
/// # Errors
/// [`Error::Setting`] for an empty list, or a sign that is none or of a column that is no driver.
pub fn wanted(drivers: &str, signs: Option<&str>) -> Result<Vec<Wanted>> {
    let names: Vec<&str> = items(drivers).collect();
    if names.is_empty() {
        return Err(Error::setting("--drivers", format!("'{drivers}'"), "columns such as gdp,uer,hpi"));
    }
    let mut wanted: Vec<Wanted> =
        names.iter().map(|name| Wanted { column: (*name).to_owned(), sign: usual_sign(name) }).collect();
    for text in signs.into_iter().flat_map(items) {
        let bad = |wanted: &str| Error::setting("--signs", format!("'{text}'"), wanted);
        let (name, sign) = text.rsplit_once('=').ok_or_else(|| bad("COLUMN=+, COLUMN=- or COLUMN=any"))?;
        let sign = match sign.trim() {
            "+" => Some(Sign::Positive),
            "-" | "−" => Some(Sign::Negative),
            "any" | "none" => None,
            _ => return Err(bad("COLUMN=+, COLUMN=- or COLUMN=any")),
        };
        let one = wanted.iter_mut().find(|one| one.column.to_lowercase() == name.trim().to_lowercase());
        one.ok_or_else(|| bad("a column that is in --drivers"))?.sign = sign;
    }
    Ok(wanted)
}

/// The transforms of `--transforms`, each once.
///
/// # Errors
/// [`Error::Setting`] for one that is not known, or none.
pub fn transforms(text: &str) -> Result<Vec<Transform>> {
    let bad = |found: &str| {
        Error::setting("--transforms", format!("'{found}'"), "level, change, growth, separated by commas")
    };
    let one = |name: &str| {
        let found = Transform::ALL.into_iter().find(|transform| transform.name().eq_ignore_ascii_case(name));
        found.ok_or_else(|| bad(name))
    };
    let mut found = Vec::new();
    for transform in items(text).map(one) {
        let transform = transform?;
        if !found.contains(&transform) {
            found.push(transform);
        }
    }
    if found.is_empty() { Err(bad(text)) } else { Ok(found) }
}

/// The spans of `--spans`, each once.
///
/// # Errors
/// [`Error::Setting`] for one that is not a number of periods, or none.
pub fn spans(text: &str) -> Result<Vec<u16>> {
    let bad = |found: &str| {
        Error::setting("--spans", format!("'{found}'"), format!("periods from 1 to {LONGEST}, such as 1,4"))
    };
    let mut found = Vec::new();
    for item in items(text) {
        let span = item.parse().ok().filter(|span| (1..=LONGEST).contains(span)).ok_or_else(|| bad(item))?;
        if !found.contains(&span) {
            found.push(span);
        }
    }
    if found.is_empty() { Err(bad(text)) } else { Ok(found) }
}

/// The lags of `--lags`: `A..B` with both ends, or one.
///
/// # Errors
/// [`Error::Setting`] for anything else.
pub fn lags(text: &str) -> Result<RangeInclusive<u16>> {
    let bad = |wanted: String| Error::setting("--lags", format!("'{text}'"), wanted);
    let usual = || bad(format!("A..B with A and B from 0 to {LONGEST}, such as 0..4, or one lag"));
    let lag = |text: &str| text.trim().parse().ok().filter(|lag: &u16| *lag <= LONGEST).ok_or_else(usual);
    match text.split_once("..") {
        None => lag(text).map(|lag| lag..=lag),
        Some((first, last)) => {
            let (first, last) = (lag(first)?, lag(last.trim_start_matches('='))?);
            if first > last {
                return Err(bad(format!("the shorter lag first: {last}..{first}")));
            }
            Ok(first..=last)
        }
    }
}

fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message<T: std::fmt::Debug>(outcome: Result<T>) -> String {
        outcome.unwrap_err().to_string()
    }

    #[test]
    fn lists_are_read_as_people_write_them() {
        assert_eq!(lags("0..4").unwrap(), 0..=4);
        assert_eq!(lags(" 2 ").unwrap(), 2..=2);
        assert_eq!(lags("1..=3").unwrap(), 1..=3);
        assert_eq!(spans("4, 1,4").unwrap(), [4, 1]);
        assert_eq!(transforms("Change,level,change").unwrap(), [Transform::Change, Transform::Level]);
        let read = wanted("gdp, uer,x", Some("x=-,GDP=any")).unwrap();
        let signs: Vec<Option<Sign>> = read.iter().map(|one| one.sign).collect();
        assert_eq!(signs, [None, Some(Sign::Negative), Some(Sign::Negative)]);
    }

    #[test]
    fn nonsense_is_refused_with_a_remedy() {
        assert_eq!(message(lags("4..0")), "--lags: found '4..0'; wanted the shorter lag first: 0..4");
        for text in ["", "a", "0..", "-1..2", "0..61"] {
            assert!(message(lags(text)).contains("such as 0..4"), "{text}");
        }
        assert!(message(spans("0")).contains("1 to 60") && message(spans("")).contains("1,4"));
        assert!(message(transforms("log")).contains("level, change, growth"));
        assert!(message(wanted(" ,", None)).contains("gdp,uer,hpi"));
        assert!(message(wanted("gdp", Some("uer=-"))).contains("a column that is in --drivers"));
        assert!(message(wanted("gdp", Some("gdp=up"))).contains("COLUMN=+"));
    }
}
