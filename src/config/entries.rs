//! Plain values by their dotted key, with their places: what the sections of expected credit loss are read as. Which value
//! a key may hold is asked for by whoever resolves it, in the words of the table of keys.

use super::keys::{Key, keys};
use super::node::Node;
use super::place::{Written, quote, show_text};
use crate::error::{Error, Result};
use crate::portfolio::found::show;
use std::ops::RangeInclusive;

/// A plain value.
#[derive(Debug, Clone, PartialEq)]
pub enum Plain {
    /// true or false.
    Flag(bool),
    /// Finite.
    Number(f64),
    /// Any text.
    Text(String),
    /// Finite numbers, perhaps none.
    Numbers(Vec<f64>),
}

/// Keys with their values, each once, in the order in which they were set.
#[derive(Debug, Clone, Default)]
pub struct Entries(Vec<(String, Written<Plain>)>);

/// The same keys with the same values, wherever they were written.
impl PartialEq for Entries {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len()
            && self.0.iter().all(|(path, own)| other.get(path).is_some_and(|other| own.value == other.value))
    }
}

impl Entries {
    /// Sets `path` (without names of the user's choice), in place of what it was.
    pub fn set(&mut self, path: &str, value: Written<Plain>) {
        match self.0.iter_mut().find(|(known, _)| known == path) {
            Some((_, old)) => *old = value,
            None => self.0.push((path.to_owned(), value)),
        }
    }

    /// What was written for `path`.
    pub fn get(&self, path: &str) -> Option<&Written<Plain>> {
        self.0.iter().find(|(known, _)| known == path).map(|(_, value)| value)
    }

    /// All keys with their values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Written<Plain>)> {
        self.0.iter().map(|(path, value)| (path.as_str(), value))
    }

    /// These over `others`: what is written here wins.
    pub(super) fn over(&self, others: &Self) -> Self {
        let mut merged = others.clone();
        self.iter().for_each(|(path, value)| merged.set(path, value.clone()));
        merged
    }

    /// A finite number in `range`.
    pub(super) fn number(&self, path: &str, range: RangeInclusive<f64>) -> Result<Option<f64>> {
        match self.get(path) {
            Some(Written { value: Plain::Number(number), .. }) if range.contains(number) => Ok(Some(*number)),
            other => other.map(|written| Err(refuse(path, written))).transpose(),
        }
    }

    /// A whole number in `range`.
    pub(super) fn whole(&self, path: &str, range: RangeInclusive<u16>) -> Result<Option<u16>> {
        let number = self.number(path, f64::from(*range.start())..=f64::from(*range.end()))?;
        match (number, self.get(path)) {
            (Some(number), Some(written)) if number.fract() != 0.0 => Err(refuse(path, written)),
            (number, _) => Ok(number.map(|number| number as u16)),
        }
    }

    /// A text.
    pub(super) fn text(&self, path: &str) -> Result<Option<&str>> {
        match self.get(path) {
            Some(Written { value: Plain::Text(text), .. }) => Ok(Some(text)),
            other => other.map(|written| Err(refuse(path, written))).transpose(),
        }
    }

    /// true or false.
    pub(super) fn flag(&self, path: &str) -> Result<Option<bool>> {
        match self.get(path) {
            Some(Written { value: Plain::Flag(flag), .. }) => Ok(Some(*flag)),
            other => other.map(|written| Err(refuse(path, written))).transpose(),
        }
    }

    /// One of `choices`, by name.
    pub(super) fn choice<T: Copy>(&self, path: &str, choices: &[(&str, T)]) -> Result<Option<T>> {
        let (Some(text), Some(written)) = (self.text(path)?, self.get(path)) else { return Ok(None) };
        let chosen = choices.iter().find(|(name, _)| *name == text).map(|(_, choice)| *choice);
        chosen.map(Some).ok_or_else(|| refuse(path, written))
    }
}

/// What a key that has a default holds.
///
/// # Errors
/// [`Error::Internal`] when it has none after all.
pub(super) fn needed<T>(value: Option<T>) -> Result<T> {
    value.ok_or_else(|| Error::Internal("a key lacks its default".to_owned()))
}

/// Reads the value of `node` as it is, for the key at `path`.
pub(super) fn read(path: &str, node: &Node) -> Result<Written<Plain>> {
    let wanted = wanted(path);
    let value = if node.is_text() {
        Plain::Text(node.text(wanted)?.value)
    } else if node.is_list() {
        Plain::Numbers(node.numbers(wanted)?)
    } else if let Some(flag) = node.flag() {
        Plain::Flag(flag)
    } else if let Some(date) = node.date() {
        Plain::Text(date)
    } else {
        Plain::Number(node.number(wanted)?.value)
    };
    Ok(node.written(value))
}

/// Numbers of a list that a message shows.
const MOST_NUMBERS: usize = 8;

/// The error that `written` is not what the key at `path` wants.
pub(super) fn refuse(path: &str, written: &Written<Plain>) -> Error {
    let found = match &written.value {
        Plain::Flag(flag) => flag.to_string(),
        Plain::Number(number) => show(*number),
        Plain::Text(text) => show_text(text),
        Plain::Numbers(numbers) => {
            let shown: Vec<String> = numbers.iter().take(MOST_NUMBERS).map(|number| show(*number)).collect();
            format!("[{}{}]", shown.join(", "), if numbers.len() > MOST_NUMBERS { ", …" } else { "" })
        }
    };
    written.refuse(found, wanted(path))
}

/// A value as TOML.
pub(super) fn to_toml(value: &Plain) -> String {
    match value {
        Plain::Flag(flag) => flag.to_string(),
        Plain::Number(number) => format!("{number:?}"),
        Plain::Text(text) => quote(text),
        Plain::Numbers(numbers) => format!("{numbers:?}"),
    }
}

/// What the key at `path` accepts. A segment's own key is named by what it stands in for.
fn wanted(path: &str) -> &'static str {
    let leaf = path.trim_start_matches("exposure.");
    let fits = |key: &&Key| key.path == path || key.path.strip_prefix("segments.*.") == Some(leaf);
    keys().find(fits).map_or("another value", |key| key.wanted)
}
