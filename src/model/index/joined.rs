//! A path of drivers with the history before it, on one calendar: where both have a period, the path counts.

use super::{Calendar, Column, Driver, Series};
use crate::error::{Error, Result};

/// History, then path.
pub(super) struct Joined<'a> {
    history: Option<&'a Series>,
    path: &'a Series,
    /// Rows of the history before the path's first; 0 without history.
    before: usize,
}

impl<'a> Joined<'a> {
    /// Puts `history` before `path`.
    ///
    /// # Errors
    /// [`Error::Model`] when their periods are of different kinds or lengths, or when one or more are missing between them.
    pub(super) fn new(history: Option<&'a Series>, path: &'a Series) -> Result<Self> {
        let Some(earlier) = history else { return Ok(Self { history, path, before: 0 }) };
        let (own, other) = (earlier.calendar, path.calendar);
        let refuse = |found: String, remedy: &str| {
            Err(Error::Model { place: earlier.name.clone(), found, remedy: remedy.to_owned() })
        };
        if own.frequency() != other.frequency() || own.is_dated() != other.is_dated() {
            let found = format!("{} periods before the {} ones of {}", kind(own), kind(other), path.name);
            return refuse(found, "give history and scenarios the same kind of periods");
        }
        let missing = other.first().saturating_sub(own.first()).saturating_sub(count(earlier.len()));
        if missing > 0 {
            let last = earlier.label(earlier.len().saturating_sub(1));
            let found = format!("it ends in {last}, and {} begins in {}: a gap of {missing}", path.name, path.label(0));
            return refuse(found, "give a history that reaches the scenario");
        }
        let before = usize::try_from(other.first().saturating_sub(own.first())).unwrap_or(0);
        Ok(Self { history: (before > 0).then_some(earlier), path, before })
    }

    /// The transformed `driver`, lagged, from row `first` of the path to the last row that it can be told for: as many more
    /// than rows as its lag has periods.
    ///
    /// # Errors
    /// [`Error::Model`] for a column, row or cell that is needed and lacking, and for growth of what is not above 0.
    pub(super) fn from(&self, driver: &Driver, first: usize) -> Result<Vec<f64>> {
        let span = driver.transformation.reach();
        // Rows are counted from the beginning of the history.
        let start = self.before + first;
        let Some(from) = start.checked_sub(driver.reach()) else {
            return Err(self.too_short(driver, driver.reach() - start));
        };
        let column = self.column(driver, from)?;
        let values = column.transformed(&driver.column, driver.transformation)?;
        let value = |row: usize| {
            let value = values.get(row).copied().flatten();
            value.ok_or_else(|| {
                let raw = column.column(&driver.column).unwrap_or_default();
                let is_blank = raw.get(row).is_none_or(Option::is_none);
                self.blank(driver, from + if is_blank { row } else { row.saturating_sub(span) })
            })
        };
        (span..column.len()).map(value).collect()
    }

    /// The driver's column from row `from` on.
    fn column(&self, driver: &Driver, from: usize) -> Result<Series> {
        let own = self.path.needed(&driver.column)?;
        let earlier = match self.history {
            Some(history) if from < self.before => Some(history.needed(&driver.column)?),
            _ => None,
        };
        let known = |row: usize| earlier.and_then(|values| values.get(row).copied().flatten());
        let value = |row: usize| {
            let own = row.checked_sub(self.before).and_then(|row| own.get(row).copied().flatten());
            own.or_else(|| known(row))
        };
        let values = (from..self.before + self.path.len()).map(value).collect();
        let first = self.path.calendar.first().saturating_sub(count(self.before)).saturating_add(count(from));
        let frequency = self.path.calendar.frequency();
        let calendar = match self.path.calendar {
            Calendar::Dated { .. } => Calendar::Dated { frequency, first },
            Calendar::Numbered { .. } => Calendar::Numbered { frequency, first },
        };
        let name = if earlier.is_some() { self.names() } else { self.path.name.clone() };
        let columns = vec![Column { name: driver.column.clone(), values }];
        Ok(Series { name, calendar, columns, others: Vec::new() })
    }

    /// The period of a row that is counted from the beginning of the history.
    fn label(&self, row: usize) -> String {
        let first = self.path.calendar.first().saturating_sub(count(self.before));
        self.path.calendar.label(first.saturating_add(count(row)))
    }

    fn blank(&self, driver: &Driver, row: usize) -> Error {
        let place = self.history.filter(|_| row < self.before).unwrap_or(self.path);
        Error::Model {
            place: place.name.clone(),
            found: format!("a blank cell in column '{}' for {}", driver.column, self.label(row)),
            remedy: format!("fill it, or leave this driver out: the index needs it there ({})", needs(driver)),
        }
    }

    /// What is told when the first row comes `late` by so many periods.
    fn too_short(&self, driver: &Driver, late: usize) -> Error {
        let first = self.path.calendar.first().saturating_sub(count(self.before));
        let label = |ordinal: i32| self.path.calendar.label(ordinal);
        let (begins, wanted) = (label(first), label(first.saturating_sub(count(late))));
        let found = format!("it begins in {begins}, and column '{}' is needed from {wanted} on", driver.column);
        let remedy = match self.history {
            Some(_) => format!("give a longer history ({})", needs(driver)),
            None => format!("set index.history to a file with the periods before ({})", needs(driver)),
        };
        Error::Model { place: self.history.unwrap_or(self.path).name.clone(), found, remedy }
    }

    fn names(&self) -> String {
        match self.history {
            Some(history) => format!("{} and {}", history.name, self.path.name),
            None => self.path.name.clone(),
        }
    }
}

/// What a driver looks back for.
fn needs(driver: &Driver) -> String {
    let (name, span) = (driver.transformation.transform.name(), driver.transformation.reach());
    let over = if span > 0 { format!(" over {span}") } else { String::new() };
    format!("{name}{over}, lag {}", driver.lag)
}

fn kind(calendar: Calendar) -> String {
    let dated = if calendar.is_dated() { "dated" } else { "numbered" };
    format!("{dated} {}", calendar.frequency().name())
}

fn count(rows: usize) -> i32 {
    i32::try_from(rows).unwrap_or(i32::MAX)
}
