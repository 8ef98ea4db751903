//! Columns of numbers by period: drivers before the reporting date and under a scenario, or a history of default rates.

use super::{Calendar, Transformation};
use crate::error::{Error, Result};
use crate::portfolio::found::{nearest_alike, show};

/// Columns on a calendar.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// What errors call it: the file it was read from.
    pub name: String,
    /// Its periods.
    pub calendar: Calendar,
    /// Columns of numbers, of equal length.
    pub columns: Vec<Column>,
    /// Columns that hold something else as well.
    pub others: Vec<OtherColumn>,
}

/// One column of numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Name, trimmed.
    pub name: String,
    /// Finite numbers by period; None where a cell is blank.
    pub values: Vec<Option<f64>>,
}

/// A column that cannot be used as numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherColumn {
    /// Name, trimmed.
    pub name: String,
    /// Line of the first cell that is no number, counted from 1 with the header.
    pub line: u64,
    /// That cell.
    pub found: String,
}

impl Series {
    /// Number of periods.
    pub fn len(&self) -> usize {
        self.columns.first().map_or(0, |column| column.values.len())
    }

    /// Whether there is no period.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The values of the column called `name`, blanks around it and capitals apart.
    pub fn column(&self, name: &str) -> Option<&[Option<f64>]> {
        let own = self.columns.iter().find(|column| is_called(&column.name, name));
        own.map(|column| column.values.as_slice())
    }

    /// Whether there is a column called so, of whatever.
    pub fn has(&self, name: &str) -> bool {
        self.column(name).is_some() || self.others.iter().any(|other| is_called(&other.name, name))
    }

    /// The values of that column, or what is wrong.
    ///
    /// # Errors
    /// [`Error::Model`] when there is no such column, or when it holds something else than numbers.
    pub fn needed(&self, name: &str) -> Result<&[Option<f64>]> {
        self.column(name).ok_or_else(|| self.lacking(name))
    }

    /// The period of `row` as it is written: `2025 Q1`, `2025-03`, `2025`, or `17` without dates.
    pub fn label(&self, row: usize) -> String {
        let row = i32::try_from(row).unwrap_or(i32::MAX);
        self.calendar.label(self.calendar.first().saturating_add(row))
    }

    /// The column called `name` transformed, by row.
    ///
    /// # Errors
    /// Those of [`Self::needed`]; [`Error::Model`] when growth meets a number that is not above 0.
    pub fn transformed(&self, name: &str, transformation: Transformation) -> Result<Vec<Option<f64>>> {
        transformation.apply(self.needed(name)?).map_err(|fault| Error::Model {
            place: self.name.clone(),
            found: format!(
                "{} in column '{}' for {}, and its growth is asked for",
                show(fault.value),
                name.trim(),
                self.label(fault.row)
            ),
            remedy: "a logarithm needs numbers above 0: use transform = \"change\" or \"level\", or mend the cell"
                .to_owned(),
        })
    }

    fn lacking(&self, name: &str) -> Error {
        let name = name.trim();
        if let Some(other) = self.others.iter().find(|other| is_called(&other.name, name)) {
            return Error::Model {
                place: format!("{}:{}", self.name, other.line),
                found: format!("'{}' in column '{}'", other.found, other.name),
                remedy: "a driver needs numbers with point decimals and without signs of per cent; leave cells without a value blank".to_owned(),
            };
        }
        let names = || self.columns.iter().map(|column| column.name.as_str());
        // A part of a long name, such as unemployment of Unemployment rate, is more likely meant than what is spelt alike.
        let within = names().find(|own| !name.is_empty() && own.to_lowercase().contains(&name.to_lowercase()));
        let remedy = match within.or_else(|| nearest_alike(name, names())) {
            Some(meant) => format!("did you mean '{meant}'?"),
            None => format!("there are {}", names().map(|own| format!("'{own}'")).collect::<Vec<_>>().join(", ")),
        };
        Error::Model { place: self.name.clone(), found: format!("no column '{name}'"), remedy }
    }
}

fn is_called(own: &str, name: &str) -> bool {
    own.to_lowercase() == name.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::super::{Frequency, Transform};
    use super::*;

    fn series() -> Series {
        let column = |name: &str, values: &[f64]| Column {
            name: name.to_owned(),
            values: values.iter().map(|value| Some(*value)).collect(),
        };
        Series {
            name: "h.csv".to_owned(),
            calendar: Calendar::Dated { frequency: Frequency::Quarterly, first: 8_099 },
            columns: vec![column("Unemployment rate", &[4.0, 5.0, 5.5]), column("hpi", &[2.0, 0.0, 1.0])],
            others: vec![OtherColumn { name: "Scenario Name".to_owned(), line: 2, found: "Actual".to_owned() }],
        }
    }

    #[test]
    fn columns_are_found_whatever_their_capitals() {
        let series = series();
        assert_eq!(series.column(" HPI ").unwrap()[2], Some(1.0));
        assert_eq!((series.len(), series.label(0), series.label(2)), (3, "2024 Q4".to_owned(), "2025 Q2".to_owned()));
    }

    #[test]
    fn what_is_lacking_names_what_was_meant() {
        for (name, expected) in [
            ("hpo", "h.csv: no column 'hpo'; did you mean 'hpi'?"),
            ("unemployment", "h.csv: no column 'unemployment'; did you mean 'Unemployment rate'?"),
            ("zzz", "h.csv: no column 'zzz'; there are 'Unemployment rate', 'hpi'"),
            ("scenario name", "h.csv:2: 'Actual' in column 'Scenario Name'; a driver needs numbers"),
        ] {
            let message = series().needed(name).unwrap_err().to_string();
            assert!(message.starts_with(expected), "{message}");
        }
        let growth = Transformation { transform: Transform::Growth, span: 1 };
        let message = series().transformed("hpi", growth).unwrap_err().to_string();
        assert!(message.starts_with("h.csv: 0 in column 'hpi' for 2025 Q1, and its growth"), "{message}");
    }
}
