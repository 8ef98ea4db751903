//! A walk through parsed TOML that remembers where it is, so that every wrong type names its key and line.

use super::place::{Place, Written, quote_key, shorten, show_text};
use crate::error::{Error, Result};
use crate::portfolio::found::nearest_alike;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

/// The text being read: its name and where its lines start.
#[derive(Debug)]
pub struct Source {
    name: Arc<str>,
    starts: Vec<usize>,
}

impl Source {
    /// Notes where the lines of `text` start; `name` is what errors call the file.
    pub fn new(name: &str, text: &str) -> Self {
        let after_newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(i, _)| i + 1);
        Self { name: name.into(), starts: std::iter::once(0).chain(after_newlines).collect() }
    }

    /// Line and column in bytes, both from 1, of the byte at `offset`.
    pub fn locate(&self, offset: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        (line, offset - start + 1)
    }

    /// What errors call the file.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }
}

/// One value with its dotted key and position.
#[derive(Debug)]
pub struct Node<'a> {
    source: &'a Source,
    value: &'a DeValue<'a>,
    key: String,
    offset: usize,
}

/// The entries of a table in the order in which they are written.
pub fn entries<'a>(source: &'a Source, parent: &str, table: &'a DeTable<'a>) -> Vec<(&'a str, Node<'a>)> {
    let mut entries: Vec<_> = table
        .iter()
        .map(|(name, value)| {
            let own = quote_key(name.get_ref());
            let key = if parent.is_empty() { own } else { format!("{parent}.{own}") };
            (name.get_ref().as_ref(), Node { source, value: value.get_ref(), key, offset: name.span().start })
        })
        .collect();
    entries.sort_by_key(|(_, node)| node.offset);
    entries
}

impl<'a> Node<'a> {
    /// `value` with the place of this node.
    pub fn written<T>(&self, value: T) -> Written<T> {
        let (line, _) = self.source.locate(self.offset);
        Written { value, place: Place::in_file(self.key.clone(), self.source.name.clone(), line) }
    }

    /// The error that this is not what is `wanted`.
    pub fn refuse(&self, wanted: &str) -> Error {
        self.written(()).refuse(describe(self.value), wanted)
    }

    /// The error that this key is not known; `meant` is the key to suggest.
    pub fn unknown(&self, meant: Option<&str>) -> Error {
        let (line, _) = self.source.locate(self.offset);
        Error::Model {
            place: format!("{}:{line}", self.source.name),
            found: format!("unknown key '{}'", shorten(&self.key)),
            remedy: match meant {
                Some(meant) => format!("did you mean '{meant}'?"),
                None => "`mc-gpu init` prints every known key".to_owned(),
            },
        }
    }

    /// Whether this is a table.
    pub fn is_table(&self) -> bool {
        self.value.is_table()
    }

    /// Whether this is a list.
    pub fn is_list(&self) -> bool {
        self.value.is_array()
    }

    /// Whether this is a text.
    pub fn is_text(&self) -> bool {
        self.value.is_str()
    }

    /// The truth value, if this is one.
    pub fn flag(&self) -> Option<bool> {
        self.value.as_bool()
    }

    /// The date or time as it was written, if this is one without quotes.
    pub fn date(&self) -> Option<String> {
        self.value.as_datetime().map(ToString::to_string)
    }

    /// A text.
    pub fn text(&self, wanted: &str) -> Result<Written<String>> {
        self.value.as_str().map(|text| self.written(text.to_owned())).ok_or_else(|| self.refuse(wanted))
    }

    /// A finite number.
    pub fn number(&self, wanted: &str) -> Result<Written<f64>> {
        finite(self.value).map(|number| self.written(number)).ok_or_else(|| self.refuse(wanted))
    }

    /// A finite number as decimal digits: whole numbers exactly, others as the shortest text that reads back the same.
    pub fn digits(&self, wanted: &str) -> Result<Written<String>> {
        let digits = match self.value {
            DeValue::Integer(integer) => whole(integer).map(|value| value.to_string()),
            other => finite(other).map(|value| value.to_string()),
        };
        digits.map(|digits| self.written(digits)).ok_or_else(|| self.refuse(wanted))
    }

    /// A text, or a number as [`Node::digits`] gives it.
    pub fn text_or_digits(&self, wanted: &str) -> Result<Written<String>> {
        if self.is_text() { self.text(wanted) } else { self.digits(wanted) }
    }

    /// The elements of a list.
    pub fn list(&self, wanted: &str) -> Result<Vec<Node<'a>>> {
        let list = self.value.as_array().ok_or_else(|| self.refuse(wanted))?;
        let element = |value: &'a Spanned<DeValue<'a>>| Node {
            source: self.source,
            value: value.get_ref(),
            key: self.key.clone(),
            offset: value.span().start,
        };
        Ok(list.iter().map(element).collect())
    }

    /// A list of finite numbers, without the cost of a key for each.
    pub fn numbers(&self, wanted: &str) -> Result<Vec<f64>> {
        let list = self.value.as_array().ok_or_else(|| self.refuse(wanted))?;
        let number = |value: &'a Spanned<DeValue<'a>>| {
            let node = || Node { offset: value.span().start, value: value.get_ref(), ..self.copy() };
            finite(value.get_ref()).ok_or_else(|| node().refuse(wanted))
        };
        list.iter().map(number).collect()
    }

    /// The entries of a table in written order.
    pub fn table(&self, wanted: &str) -> Result<Vec<(&'a str, Node<'a>)>> {
        let table = self.value.as_table().ok_or_else(|| self.refuse(wanted))?;
        Ok(entries(self.source, &self.key, table))
    }

    /// The entries of a table of names of the user's choice, which must hold at least one.
    pub fn names(&self, wanted: &str) -> Result<Vec<(&'a str, Node<'a>)>> {
        let entries = self.table(wanted)?;
        if entries.is_empty() {
            return Err(self.written(()).refuse("an empty table", format!("{wanted}, or nothing at all")));
        }
        Ok(entries)
    }

    /// The entries of an inline table whose keys are among `known`.
    pub fn inline(&self, known: &[&str], wanted: &str) -> Result<Vec<(&'a str, Node<'a>)>> {
        let entries = self.names(wanted)?;
        match entries.iter().find(|(name, _)| !known.contains(name)) {
            None => Ok(entries),
            Some((name, node)) => {
                let meant = nearest_alike(name, known.iter().copied()).map(|meant| format!("{}.{meant}", self.key));
                Err(node.unknown(meant.as_deref()))
            }
        }
    }

    fn copy(&self) -> Self {
        Self { source: self.source, value: self.value, key: self.key.clone(), offset: self.offset }
    }
}

fn whole(integer: &DeInteger) -> Option<i128> {
    i128::from_str_radix(integer.as_str(), integer.radix()).ok()
}

fn finite(value: &DeValue) -> Option<f64> {
    let number = match value {
        DeValue::Integer(integer) => whole(integer).map(|value| value as f64),
        DeValue::Float(float) => float.as_str().parse().ok(),
        _ => None,
    };
    number.filter(|number: &f64| number.is_finite())
}

/// A value in words, short.
fn describe(value: &DeValue) -> String {
    match value {
        DeValue::String(text) => show_text(text),
        DeValue::Integer(integer) => integer.to_string(),
        DeValue::Float(float) => float.to_string(),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(date) => format!("the date {date}"),
        DeValue::Array(list) => format!("a list of {}", list.len()),
        DeValue::Table(table) if table.is_empty() => "an empty table".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}
