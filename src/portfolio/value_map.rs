//! What cells of a column stand for: `values = { "In Grace Period" = 15 }` lets a status serve a field of numbers.

use super::found::{quote, show};
use super::kind::Kind;
use super::reading::Reading;
use super::row::Cell;
use super::schema::Field;
use super::sources::ConstantValue;
use crate::error::{Error, Result};
use std::collections::HashMap;

/// Cells and what is read in their place. A cell that is not listed is read as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueMap {
    entries: Vec<(String, ConstantValue)>,
    places: HashMap<String, usize>,
    /// The entries whose cells are numbers, for columns that hold such.
    numbers: Vec<(f64, usize)>,
}

impl ValueMap {
    /// For `field`, whose numbers these are unless it holds words; of entries for one cell the last counts.
    pub(super) fn new(field: Field, entries: Vec<(String, ConstantValue)>) -> Self {
        let is_worded = matches!(field.spec().kind, Kind::Text | Kind::Date | Kind::Flag);
        let own = |value: ConstantValue| match value {
            ConstantValue::Number(number) if is_worded => ConstantValue::Text(show(number)),
            other => other,
        };
        let entries: Vec<_> = entries.into_iter().map(|(cell, value)| (cell.trim().to_owned(), own(value))).collect();
        let places = entries.iter().enumerate().map(|(place, (cell, _))| (cell.clone(), place)).collect();
        let number = |(place, (cell, _)): (usize, &(String, ConstantValue))| Some((cell.parse().ok()?, place));
        let numbers = entries.iter().enumerate().filter_map(number).collect();
        Self { entries, places, numbers }
    }

    /// The cells with what they stand for, as given; blanks around cells are cut, and what fields of words hold is text.
    pub fn entries(&self) -> &[(String, ConstantValue)] {
        &self.entries
    }

    /// What is read in place of `cell`.
    pub(super) fn read<'m, 'r>(&'m self, cell: Cell<'r>) -> Cell<'r>
    where
        'm: 'r,
    {
        let place = match cell {
            Cell::Text(text) => self.places.get(text.trim()).copied(),
            Cell::Number(value) => self.numbers.iter().rfind(|(known, _)| *known == value).map(|(_, place)| *place),
            Cell::Missing => self.places.get("").copied(),
            Cell::Date(_) => None,
        };
        match place.and_then(|place| self.entries.get(place)) {
            Some((_, value)) => Cell::of(value),
            None => cell,
        }
    }

    /// Refuses values that the field of `reading` cannot have.
    pub(super) fn check(&self, reading: &Reading) -> Result<()> {
        for (cell, value) in &self.entries {
            if let Err(refusal) = reading.check(Cell::of(value)) {
                let found = match value {
                    ConstantValue::Number(number) => show(*number),
                    ConstantValue::Text(text) => quote(text),
                };
                let key = format!("columns.{}.values", reading.field);
                return Err(Error::setting(key, format!("{} = {found}", quote(cell)), reading.range(refusal)));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listed_cells_are_read_as_what_they_stand_for() {
        let number = |value| ConstantValue::Number(value);
        let entries = vec![
            ("Current".to_owned(), number(0.0)),
            (" Late ".to_owned(), number(31.0)),
            ("-1".to_owned(), number(7.0)),
        ];
        let map = ValueMap::new(Field::DaysPastDue, entries.clone());
        assert_eq!(map.read(Cell::Text(" Current")), Cell::Number(0.0));
        assert_eq!(map.read(Cell::Text("Late")), Cell::Number(31.0));
        assert_eq!(map.read(Cell::Text("late")), Cell::Text("late"));
        assert_eq!(map.read(Cell::Number(-1.0)), Cell::Number(7.0));
        assert_eq!(map.read(Cell::Missing), Cell::Missing);
        let words = ValueMap::new(Field::Stage, entries);
        assert_eq!(words.read(Cell::Text("Late")), Cell::Text("31"));
    }
}
