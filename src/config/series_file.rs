//! Reads columns by period from CSV (M48): published scenarios and series as they are, or a table whose periods are numbered.
//!
//! The column of periods is the one called date, time or the like, else the first whose cells are all periods. Every other
//! column is one of numbers, or is set aside with what it holds, for whoever asks for it.

use super::csv_rows::{Row, csv_rows};
use super::period_cell::{Form, PeriodCell, settle};
use super::place::{shorten, show_text};
use super::read::read_text;
use super::steps::calendar;
use crate::error::{Error, Result};
use crate::model::index::{Column, OtherColumn, Series};
use crate::units::{Date, DateFormat};
use std::path::Path;

/// Names of the column of periods.
const PERIODS: [&str; 7] = ["date", "time", "quarter", "month", "year", "period", "observation_date"];

/// Names of a column that says which scenario a row is of.
const SCENARIO: [&str; 3] = ["scenario name", "scenario_name", "scenario"];

/// Cells, in small letters, that stand for no value.
const BLANK: [&str; 7] = ["", ".", "na", "n/a", "#n/a", "nan", "null"];

/// Reads the series at `path`.
///
/// # Errors
/// [`Error::File`] when it cannot be read; [`Error::Model`], with file and line, for a header or rows that are none, periods
/// that cannot be read, repeat, go backwards, leave gaps or have different lengths, or rows of several scenarios.
pub fn read_series(path: &Path) -> Result<Series> {
    parse_series(&read_text(path)?, &path.display().to_string())
}

/// Reads the series in `text`; `file` is what errors call it.
///
/// # Errors
/// As [`read_series`], less those of the file.
pub fn parse_series(text: &str, file: &str) -> Result<Series> {
    let rows = csv_rows(text).map_err(|found| refuse(file, found))?;
    let Some(((line, header), rows)) = rows.split_first() else { return Err(refuse(file, "empty".to_owned())) };
    let at = |line: u64| format!("{file}:{line}");
    if rows.is_empty() {
        return Err(refuse(&at(*line), "a header, but no rows".to_owned()));
    }
    for (line, row) in rows {
        let extra = row.iter().skip(header.len()).any(|cell| !cell.is_empty());
        if row.len() < header.len() || extra {
            return Err(refuse(&at(*line), format!("{} cells under a header of {}", row.len(), header.len())));
        }
    }
    refuse_repeated(header, &at(*line))?;
    let place = period_column(header, rows).ok_or_else(|| {
        refuse(&at(*line), format!("no column of periods in the header {}", shorten(&show_text(&header.join(",")))))
    })?;
    let periods = periods(header, rows, (place, file))?;
    refuse_several_scenarios(header, rows, file)?;
    let name = header.get(place).map_or("", String::as_str);
    let calendar = calendar(&periods, name)
        .map_err(|fault| days(&periods, fault.line, file).unwrap_or_else(|| refuse(&at(fault.line), fault.found)))?;
    let mut series = Series { name: file.to_owned(), calendar, columns: Vec::new(), others: Vec::new() };
    for (column, name) in header.iter().enumerate().filter(|(column, name)| *column != place && !name.is_empty()) {
        match numbers(rows, column) {
            Ok(values) => series.columns.push(Column { name: name.clone(), values }),
            Err((line, found)) => series.others.push(OtherColumn { name: name.clone(), line, found }),
        }
    }
    match (series.columns.is_empty(), series.others.first()) {
        (false, _) => Ok(series),
        (true, None) => Err(refuse(&at(*line), "no column of numbers beside the periods".to_owned())),
        (true, Some(other)) => Err(Error::Model {
            place: at(other.line),
            found: format!(
                "{} in column {}, and no other column of numbers beside the periods",
                shorten(&show_text(&other.found)),
                shorten(&show_text(&other.name))
            ),
            remedy: "mend the cell: numbers have point decimals and no signs of per cent, and are finite; leave cells without \
                     a value blank"
                .to_owned(),
        }),
    }
}

/// The error that the row at `line` is of another day than the one before, but of the same month; None where it is not.
fn days(periods: &[(u64, PeriodCell, String)], line: u64, file: &str) -> Option<Error> {
    let place = periods.iter().position(|(own, ..)| *own == line)?;
    let (_, cell, later) = periods.get(place)?;
    let (_, before, earlier) = periods.get(place.checked_sub(1)?)?;
    let day = |text: &str| Date::parse(text, &DateFormat::default());
    let differ = day(later)? != day(earlier)?;
    (differ && cell.form == Form::Month && cell.ordinal == before.ordinal).then(|| Error::Model {
        place: format!("{file}:{line}"),
        found: format!("{} after {}, two days of one month", shorten(&show_text(later)), shorten(&show_text(earlier))),
        remedy:
            "days and weeks are not read, only months, quarters and years: keep one row for each, such as its last or \
                 its mean"
                .to_owned(),
    })
}

/// Which column holds the periods.
fn period_column(header: &[String], rows: &[Row]) -> Option<usize> {
    let is_named = |name: &String| PERIODS.iter().any(|known| name.eq_ignore_ascii_case(known));
    let all = |column: &usize| {
        rows.iter().all(|(_, row)| row.get(*column).and_then(|cell| PeriodCell::parse(cell)).is_some())
    };
    header.iter().position(is_named).or_else(|| (0..header.len()).find(all))
}

/// Each row's period with its line and how it is written there.
fn periods(header: &[String], rows: &[Row], (place, file): (usize, &str)) -> Result<Vec<(u64, PeriodCell, String)>> {
    let name = header.get(place).map_or("", String::as_str);
    let text = |row: &[String]| row.get(place).cloned().unwrap_or_default();
    let shown = |text: &str| format!("{} in column '{name}'", shorten(&show_text(text)));
    let cell = |(line, row): &Row| {
        PeriodCell::parse(&text(row)).ok_or_else(|| refuse(&format!("{file}:{line}"), shown(&text(row))))
    };
    let mut cells = rows.iter().map(cell).collect::<Result<Vec<_>>>()?;
    settle(&mut cells);
    let first = cells.first().map_or(Form::Number, |cell| cell.form);
    let with_line = |(cell, (line, row)): (PeriodCell, &Row)| match cell.form == first {
        true => Ok((*line, cell, text(row))),
        false => {
            let found = format!("{}, {} where the first row has {}", shown(&text(row)), cell.form.name(), first.name());
            Err(refuse(&format!("{file}:{line}"), found))
        }
    };
    cells.into_iter().zip(rows).map(with_line).collect()
}

fn refuse_repeated(header: &[String], place: &str) -> Result<()> {
    let is_again = |(at, name): &(usize, &String)| {
        !name.is_empty() && header.iter().take(*at).any(|other| other.to_lowercase() == name.to_lowercase())
    };
    match header.iter().enumerate().find(is_again) {
        None => Ok(()),
        Some((_, name)) => {
            let found = format!("the column {} twice", shorten(&show_text(name)));
            Err(Error::Model {
                place: place.to_owned(),
                found,
                remedy: "give each column a name of its own".to_owned(),
            })
        }
    }
}

/// A file is of one scenario.
fn refuse_several_scenarios(header: &[String], rows: &[Row], file: &str) -> Result<()> {
    let Some(column) = header.iter().position(|name| SCENARIO.contains(&name.to_lowercase().as_str())) else {
        return Ok(());
    };
    let name = |row: &[String]| row.get(column).cloned().unwrap_or_default();
    let first = rows.first().map(|(_, row)| name(row)).unwrap_or_default();
    match rows.iter().find(|(_, row)| name(row) != first) {
        None => Ok(()),
        Some((line, row)) => Err(Error::Model {
            place: format!("{file}:{line}"),
            found: format!(
                "a row of scenario {} after rows of {}",
                shorten(&show_text(&name(row))),
                shorten(&show_text(&first))
            ),
            remedy: "give each scenario a file of its own".to_owned(),
        }),
    }
}

/// The numbers of a column; the first cell that is none, with its line.
fn numbers(rows: &[Row], column: usize) -> std::result::Result<Vec<Option<f64>>, (u64, String)> {
    let number = |(line, row): &Row| {
        let cell = row.get(column).map_or("", String::as_str);
        if BLANK.contains(&cell.to_lowercase().as_str()) {
            return Ok(None);
        }
        let number = cell.parse().ok().filter(|number: &f64| number.is_finite());
        number.map(Some).ok_or_else(|| (*line, cell.to_owned()))
    };
    rows.iter().map(number).collect()
}

fn refuse(place: &str, found: String) -> Error {
    let remedy = "wanted a CSV with a column of periods called date, time or the like, and columns of numbers: a row for each \
                  period, the oldest first, without gaps; periods such as 2025 Q1, 2025-03, 2025-03-31, 2025, or 1, 2, 3, …";
    Error::Model { place: place.to_owned(), found, remedy: remedy.to_owned() }
}

#[cfg(test)]
#[path = "series_file_tests.rs"]
mod tests;
