//! Where the fields of a tape come from, for those that the user mapped, and how their cells are read.

use super::found::{quote, show};
use super::kind::{ColumnUnit, Kind};
use super::number::{self, LARGEST_AMOUNT};
use super::reading::Reading;
use super::row::Cell;
use super::schema::{Field, SCHEMA};
use super::settings::{DecimalSign, check_share};
use super::value_map::ValueMap;
use crate::error::{Error, Result};
use crate::units::DateFormat;

/// Where each field comes from, for the fields that the user mapped.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Columns {
    sources: [Option<Source>; Field::COUNT],
    formats: Vec<(Field, DateFormat)>,
    values: Vec<(Field, ValueMap)>,
}

/// Where a field comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// A column of the file.
    Column {
        /// Its name in the header.
        name: String,
        /// What it is written in; None is the field's default unit.
        unit: Option<ColumnUnit>,
    },
    /// Several columns, joined with "/" (segment only).
    Columns(Vec<String>),
    /// The same value for every loan.
    Constant(ConstantValue),
}

/// A value that every loan takes.
#[derive(Debug, Clone, PartialEq)]
pub enum ConstantValue {
    /// In the field's default unit.
    Number(f64),
    /// A rating or a segment.
    Text(String),
}

impl Columns {
    /// Maps `field`, in place of what it was mapped to before.
    pub fn set(&mut self, field: Field, source: Source) {
        self.sources[field as usize] = Some(source);
    }

    /// What `field` is mapped to, if the user mapped it.
    pub fn get(&self, field: Field) -> Option<&Source> {
        self.sources[field as usize].as_ref()
    }

    /// Reads the dates of `field` by `format`, which else is `%Y-%m-%d`.
    pub fn set_format(&mut self, field: Field, format: DateFormat) {
        self.formats.retain(|(known, _)| *known != field);
        self.formats.push((field, format));
        self.formats.sort_by_key(|(known, _)| *known);
    }

    /// The format that the user gave for the dates of `field`.
    pub fn format(&self, field: Field) -> Option<&DateFormat> {
        self.formats.iter().find(|(known, _)| *known == field).map(|(_, format)| format)
    }

    /// Reads cells of `field` that `values` lists as what it says, as if that stood there, and in the unit of the column; an
    /// empty text makes them blank.
    pub fn set_values(&mut self, field: Field, values: Vec<(String, ConstantValue)>) {
        self.values.retain(|(known, _)| *known != field);
        self.values.push((field, ValueMap::new(field, values)));
        self.values.sort_by_key(|(known, _)| *known);
    }

    /// What cells of `field` stand for, if the user listed any.
    pub fn values(&self, field: Field) -> Option<&ValueMap> {
        self.values.iter().find(|(known, _)| *known == field).map(|(_, values)| values)
    }

    /// The unit that the user gave for the column of `field`, or its default.
    fn unit(&self, field: Field) -> ColumnUnit {
        match self.get(field) {
            Some(Source::Column { unit: Some(unit), .. }) => *unit,
            _ => field.spec().kind.own_unit(),
        }
    }

    /// Refuses formats of what is no date, and values that their field cannot have.
    pub(super) fn check_readings(&self, decimal: DecimalSign) -> Result<()> {
        if let Some((field, format)) = self.formats.iter().find(|(field, _)| field.spec().kind != Kind::Date) {
            let found = format!("format '{}'", format.pattern());
            return Err(Error::setting(format!("columns.{field}.format"), found, "a format for dates only"));
        }
        let default = DateFormat::default();
        for field in SCHEMA.iter().map(|spec| spec.field) {
            let format = self.format(field).unwrap_or(&default);
            let reading = Reading { field, unit: self.unit(field), decimal, format };
            if let Some(values) = self.values(field) {
                values.check(&reading)?;
            }
            // Numbers, and words that are free, have been checked with their source.
            let Some(Source::Constant(value @ ConstantValue::Text(text))) = self.get(field) else { continue };
            if let Err(refusal) = reading.check(Cell::of(value)) {
                return Err(Error::setting(format!("columns.{field}"), quote(text), reading.range(refusal)));
            }
        }
        Ok(())
    }
}

impl Source {
    /// Refuses what `field` cannot come from.
    pub(super) fn check(&self, field: Field) -> Result<()> {
        let key = format!("columns.{field}");
        let kind = field.spec().kind;
        match self {
            Self::Column { unit: Some(unit), .. } if !kind.units().contains(unit) => {
                let names: Vec<_> = kind.units().iter().map(|unit| unit.name()).collect();
                let wanted =
                    if names.is_empty() { "no unit".to_owned() } else { format!("one of {}", names.join(", ")) };
                Err(Error::setting(key, format!("unit '{}'", unit.name()), wanted))
            }
            Self::Column { .. } => Ok(()),
            Self::Columns(names) if field != Field::Segment => {
                Err(Error::setting(key, format!("{} columns", names.len()), "one column; only segment joins several"))
            }
            Self::Columns(names) if names.is_empty() => Err(Error::setting(key, "no column", "at least one column")),
            Self::Columns(_) => Ok(()),
            Self::Constant(_) if matches!(field, Field::LoanId | Field::ObligorId) => {
                Err(Error::setting(key, "a constant", "a column: every loan would have the same identity"))
            }
            Self::Constant(ConstantValue::Number(value)) => match kind {
                Kind::Date | Kind::Flag => {
                    Err(Error::setting(key, format!("number {}", show(*value)), "a text, in quotes"))
                }
                Kind::Rate | Kind::Months | Kind::Days => check_number(&key, field, *value),
                Kind::Text => Err(Error::setting(key, format!("number {}", show(*value)), "a text, in quotes")),
                Kind::Amount if (0.0..LARGEST_AMOUNT).contains(value) => Ok(()),
                Kind::Amount => Err(Error::setting(key, show(*value), "a finite amount, 0 or more and below 1e30")),
                Kind::Share => check_share(&key, *value),
            },
            Self::Constant(ConstantValue::Text(text)) => match kind {
                Kind::Text if text.trim().is_empty() => Err(Error::setting(key, "a blank text", "a name")),
                Kind::Text => Ok(()),
                Kind::Date | Kind::Flag => Ok(()), // checked with its format
                Kind::Amount | Kind::Share | Kind::Rate | Kind::Months | Kind::Days => {
                    Err(Error::setting(key, format!("text '{text}'"), "a number"))
                }
            },
        }
    }
}

/// Refuses a constant that the field cannot have.
fn check_number(key: &str, field: Field, value: f64) -> Result<()> {
    match number::check(value, field.spec().kind) {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::setting(key, show(value), number::range(field, field.spec().kind.own_unit()))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::settings::TapeSettings;
    use super::*;

    fn refusal(field: Field, source: Source) -> String {
        let mut settings = TapeSettings::default();
        settings.columns.set(field, source);
        settings.check().unwrap_err().to_string()
    }

    #[test]
    fn sources_must_fit_their_field() {
        let column = |unit| Source::Column { name: "x".into(), unit: Some(unit) };
        let number = |value| Source::Constant(ConstantValue::Number(value));
        let text = |value: &str| Source::Constant(ConstantValue::Text(value.into()));
        assert!(refusal(Field::Pd, column(ColumnUnit::Thousand)).contains("one of fraction, percent, basis_points"));
        assert!(refusal(Field::Segment, column(ColumnUnit::One)).contains("wanted no unit"));
        assert!(refusal(Field::Ead, Source::Columns(vec!["a".into()])).contains("only segment joins"));
        assert!(refusal(Field::Segment, Source::Columns(vec![])).contains("at least one"));
        assert!(refusal(Field::LoanId, text("7")).starts_with("columns.loan_id"));
        assert!(refusal(Field::Ead, number(f64::NAN)).contains("finite"));
        assert!(refusal(Field::Ead, number(-1.0)).contains("0 or more"));
        assert!(refusal(Field::Ead, number(1e300)).contains("found 1e300; wanted"));
        assert!(refusal(Field::Lgd, number(45.0)).contains("0 to 1"));
        assert!(refusal(Field::Rating, number(1.0)).contains("in quotes"));
        assert!(refusal(Field::Ead, text("1e6")).contains("a number"));
        assert!(refusal(Field::Segment, text(" ")).contains("a name"));
    }
}
