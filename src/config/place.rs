//! A value together with where it was written, so that a refusal found much later still names key, file and line.

use crate::error::Error;
use std::fmt;
use std::sync::Arc;

/// Where a setting was written: a dotted key in a line of a file, or a flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    key: String,
    /// Name of the file with the line counted from 1; None for a flag.
    line: Option<(Arc<str>, usize)>,
}

impl Place {
    /// The dotted `key` in line `line`, counted from 1, of the file called `file`.
    pub fn in_file(key: String, file: Arc<str>, line: usize) -> Self {
        Self { key, line: Some((file, line)) }
    }

    /// A flag such as `--scenarios`.
    pub fn flag(name: &str) -> Self {
        Self { key: name.to_owned(), line: None }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.line {
            Some((file, line)) => write!(f, "{} ({file} line {line})", self.key),
            None => f.write_str(&self.key),
        }
    }
}

/// A value and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written<T> {
    /// What was written.
    pub value: T,
    /// Where.
    pub place: Place,
}

impl<T> Written<T> {
    /// The error that this value (`found`, in words) is not what is `wanted`. Texts stand in quotes.
    pub fn refuse(&self, found: impl fmt::Display, wanted: impl Into<String>) -> Error {
        Error::setting(self.place.to_string(), shorten(&found.to_string()), wanted)
    }
}

/// `text` between quotes on one line, for errors: nothing found is `''`.
pub fn show_text(text: &str) -> String {
    let mut shown = String::from("'");
    for sign in text.chars() {
        if sign.is_control() { shown.extend(sign.escape_default()) } else { shown.push(sign) }
    }
    shown.push('\'');
    shown
}

/// A number that was kept as text, bare; any other text as [`show_text`].
pub fn show_digits(text: &str) -> String {
    let is_number = text.parse().is_ok_and(|number: f64| number.is_finite()) && text.is_ascii();
    if is_number { text.to_owned() } else { show_text(text) }
}

/// `text` cut to what one line of an error can hold.
pub fn shorten(text: &str) -> String {
    const LONGEST: usize = 100;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST - 1).chain(['…']).collect()
}

/// A key as it is written in TOML: bare where that is allowed, else quoted.
pub fn quote_key(key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !key.is_empty() && key.chars().all(bare) { key.to_owned() } else { quote(key) }
}

/// `text` as a TOML basic string on one line.
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push_str(&format!("\\U{:08X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_name_key_file_and_line() {
        let written = Written { value: (), place: Place::in_file("a.b".into(), "m.toml".into(), 3) };
        assert_eq!(written.refuse(-1, "more").to_string(), "a.b (m.toml line 3): found -1; wanted more");
        let flag = Written { value: (), place: Place::flag("--seed") };
        assert_eq!(flag.refuse("x".repeat(300), "less").to_string().chars().filter(|&c| c == 'x').count(), 99);
    }

    #[test]
    fn texts_are_quoted_and_numbers_are_not() {
        assert_eq!([show_text(""), show_text("a\tb")], ["''", "'a\\tb'"]);
        assert_eq!(["7", "-1e3", "", "inf", "x", "99%"].map(show_digits), ["7", "-1e3", "''", "'inf'", "'x'", "'99%'"]);
    }

    #[test]
    fn quoted_keys_come_back() {
        for key in ["retail", "AA+", "", "a.b", "tab\there", "q\"uote\\", "Grün", "\u{7f}\u{0}"] {
            let text = format!("{} = {}", quote_key(key), quote(key));
            let table: toml::Table = text.parse().unwrap();
            assert_eq!(table.get(key).and_then(|value| value.as_str()), Some(key), "{text}");
        }
    }
}
