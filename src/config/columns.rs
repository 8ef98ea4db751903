//! Resolves `[columns]`: which units, constants and lists each field of a tape admits. The portfolio checks the same for
//! settings that come from elsewhere; here the error names file and line.

use super::keys;
use super::place::{Written, show_text};
use super::raw::{RawSource, RawValue};
use crate::error::{Error, Result};
use crate::portfolio::found::show;
use crate::portfolio::{ColumnUnit, Columns, ConstantValue, Field, Kind, Source};
use crate::units::DateFormat;

pub(super) fn resolve(raw: &[(String, Written<RawSource>)]) -> Result<Columns> {
    let mut columns = Columns::default();
    for (name, written) in raw {
        // The table of keys has let known fields through only.
        let field = Field::named(name).ok_or_else(|| Error::Internal(format!("no field is called {name}")))?;
        columns.set(field, source(field, written)?);
        if let RawSource::Column { format, values, .. } = &written.value {
            if let Some(format) = format {
                columns.set_format(field, date_format(field, format)?);
            }
            if let Some(values) = values {
                columns.set_values(field, values.value.iter().map(cell_value).collect());
            }
        }
    }
    Ok(columns)
}

fn source(field: Field, written: &Written<RawSource>) -> Result<Source> {
    match &written.value {
        RawSource::Column { name, unit, .. } => {
            check_name(written, name)?;
            let unit = unit.as_ref().map(|unit| column_unit(field, unit)).transpose()?;
            Ok(Source::Column { name: name.clone(), unit })
        }
        RawSource::Columns(names) if field != Field::Segment => {
            Err(written.refuse(format!("a list of {}", names.len()), "one column; only segment can join several"))
        }
        RawSource::Columns(names) if names.is_empty() => Err(written.refuse("an empty list", keys::SOURCE)),
        RawSource::Columns(names) => {
            names.iter().try_for_each(|name| check_name(written, name))?;
            Ok(Source::Columns(names.clone()))
        }
        RawSource::Number(_) | RawSource::Text(_) if matches!(field, Field::LoanId | Field::ObligorId) => {
            Err(written.refuse("a constant", "a column: every loan would have the same identity"))
        }
        RawSource::Number(number) => {
            let (fits, wanted) = match field.spec().kind {
                Kind::Amount => ((0.0..1e30).contains(number), "an amount of 0 or more and below 1e30"),
                Kind::Share => ((0.0..=1.0).contains(number), "a number from 0 to 1"),
                Kind::Rate => (*number > -1.0 && *number <= 3.0, "a number above -1 and at most 3"),
                Kind::Months => (is_whole(*number, 960.0), "a whole number of months"),
                Kind::Days => (is_whole(*number, 65_535.0), "a whole number of days"),
                Kind::Text => (false, "a text, such as { constant = \"BB\" }"),
                Kind::Date => (false, "a date as a text, such as { constant = \"2025-12-31\" }"),
                Kind::Flag => (false, "{ constant = \"yes\" } or { constant = \"no\" }"),
            };
            let constant = Source::Constant(ConstantValue::Number(*number));
            if fits { Ok(constant) } else { Err(written.refuse(format!("constant = {}", show(*number)), wanted)) }
        }
        RawSource::Text(text) if matches!(field.spec().kind, Kind::Text | Kind::Date | Kind::Flag) => {
            check_name(written, text)?;
            Ok(Source::Constant(ConstantValue::Text(text.clone())))
        }
        RawSource::Text(text) => Err(written.refuse(format!("constant = {}", show_text(text)), "a number")),
    }
}

fn date_format(field: Field, written: &Written<String>) -> Result<DateFormat> {
    let refuse = |wanted: &str| Err(written.refuse(format!("format = {}", show_text(&written.value)), wanted));
    match DateFormat::new(&written.value) {
        _ if field.spec().kind != Kind::Date => refuse("no format: this field is no date"),
        Some(format) => Ok(format),
        None => refuse(DateFormat::WANTED),
    }
}

fn cell_value((cell, value): &(String, RawValue)) -> (String, ConstantValue) {
    let value = match value {
        RawValue::Number(number) => ConstantValue::Number(*number),
        RawValue::Text(text) => ConstantValue::Text(text.clone()),
    };
    (cell.clone(), value)
}

fn is_whole(number: f64, most: f64) -> bool {
    number == number.trunc() && (0.0..=most).contains(&number)
}

fn column_unit(field: Field, written: &Written<String>) -> Result<ColumnUnit> {
    let units = field.spec().kind.units();
    let unit = units.iter().copied().find(|unit| unit.name() == written.value);
    unit.ok_or_else(|| {
        let names: Vec<&str> = units.iter().map(|unit| unit.name()).collect();
        let none = "no unit: this field is a text".to_owned();
        let wanted = if names.is_empty() { none } else { format!("one of {}", names.join(", ")) };
        written.refuse(format!("unit = {}", show_text(&written.value)), wanted)
    })
}

fn check_name<T>(written: &Written<T>, name: &str) -> Result<()> {
    if name.trim().is_empty() { Err(written.refuse(show_text(name), keys::SOURCE)) } else { Ok(()) }
}
