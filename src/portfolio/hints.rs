//! Which known name an unknown one in a row may mean: looked for once a name, and for few names a batch.
//!
//! A column of identities that is read as segments would else compare millions of names with every segment of the model.

use super::judge::Judge;
use super::row::{Flaw, Row};
use super::schema::Field;
use super::segments::DEFAULT_SEGMENT;
use std::collections::HashMap;

/// Unknown names of a field in a batch that the nearest is looked for.
const MOST_NAMES: usize = 20;

/// The names of one batch that were looked for.
pub(super) struct Hints<'a> {
    judge: &'a Judge<'a>,
    found: HashMap<Field, HashMap<String, String>>,
}

impl<'a> Hints<'a> {
    pub(super) fn new(judge: &'a Judge<'a>) -> Self {
        Self { judge, found: HashMap::new() }
    }

    /// What is wanted where `row` has `flaw`, with the nearest known name where a name is not known.
    pub(super) fn complete(&mut self, flaw: Flaw, row: &Row) -> Flaw {
        let name = match flaw.field {
            Field::Rating | Field::OriginationRating => row.name(flaw.field),
            Field::Segment => Some(row.name(Field::Segment).unwrap_or(DEFAULT_SEGMENT)),
            _ => None,
        };
        let hint = name.map_or("", |name| self.find(flaw.field, name));
        Flaw { wanted: flaw.wanted + hint, ..flaw }
    }

    fn find(&mut self, field: Field, name: &str) -> &str {
        let found = self.found.entry(field).or_default();
        if found.len() >= MOST_NAMES || found.contains_key(name) {
            return found.get(name).map_or("", String::as_str);
        }
        let near = self.judge.find_nearest(field, name);
        let hint = near.map_or_else(String::new, |near| format!(" (the nearest is '{near}')"));
        found.entry(name.to_owned()).or_insert(hint)
    }
}
