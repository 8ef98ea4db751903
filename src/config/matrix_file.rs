//! Reads a correlation matrix from CSV: numbers alone, or with a header row, a column of names, or both (then the corner
//! cell may be anything or missing). The delimiter is whichever of `,` `;` and tab its first line has most of.

use super::place::shorten;
use super::read::read_text;
use crate::error::{Error, Result};
use std::path::Path;

/// What the file holds.
#[derive(Debug, PartialEq)]
pub(super) struct MatrixFile {
    /// Names from the header row or the first column.
    pub(super) names: Option<Vec<String>>,
    /// Finite numbers, in rows of any length.
    pub(super) rows: Vec<Vec<f64>>,
}

/// Reads the matrix at `path`.
pub(super) fn read_matrix(path: &Path) -> Result<MatrixFile> {
    parse_matrix(&read_text(path)?, &path.display().to_string())
}

/// Cells of one line, with the line's number.
type Row = (u64, Vec<String>);

fn parse_matrix(text: &str, name: &str) -> Result<MatrixFile> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut rows = cells(text, name)?;
    let Some((line, first)) = rows.first().cloned() else {
        return Err(refuse(name, "empty".to_owned()));
    };
    // A header has a word behind its first cell; where names are numbers, an empty or wordy corner gives it away.
    let is_word = |cell: &String| cell.parse::<f64>().is_err();
    let wordy = first.iter().skip(1).any(is_word) || first.first().is_some_and(is_word);
    let n_rows = rows.len();
    let numbers_follow = first.iter().skip(1).all(|cell| !is_word(cell));
    // A row of names and numbers, as in `north,1,0.2`, is data, unless the rows show that there is one too many.
    let is_data = numbers_follow && n_rows < first.len();
    let has_header = wordy && !is_data;
    if has_header {
        rows.remove(0);
    }
    let width = rows.first().map_or(0, |(_, row)| row.len());
    let has_names = width == rows.len() + 1;
    let mut names = Vec::new();
    let mut numbers = Vec::with_capacity(rows.len());
    for (line, row) in rows {
        let mut cells = row.into_iter();
        if has_names {
            names.extend(cells.next());
        }
        numbers.push(cells.map(|cell| number(&cell, name, line)).collect::<Result<Vec<_>>>()?);
    }
    let header = match (has_header, has_names) {
        (true, true) if first.len() == width => Some(first.into_iter().skip(1).collect()),
        (true, _) => Some(first),
        (false, _) => None,
    };
    match (header, has_names) {
        (Some(header), true) if header != names => {
            Err(refuse(&format!("{name}:{line}"), "a header that differs from the column of names".to_owned()))
        }
        (Some(header), _) => Ok(MatrixFile { names: Some(header), rows: numbers }),
        (None, true) => Ok(MatrixFile { names: Some(names), rows: numbers }),
        (None, false) => Ok(MatrixFile { names: None, rows: numbers }),
    }
}

fn cells(text: &str, name: &str) -> Result<Vec<Row>> {
    let head = text.lines().next().unwrap_or_default();
    let count = |delimiter: &u8| head.bytes().filter(|byte| byte == delimiter).count();
    let delimiter = [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let row = |record: csv::Result<csv::StringRecord>| {
        let record = record.map_err(|error| refuse(name, shorten(&error.to_string())))?;
        let line = record.position().map_or(0, csv::Position::line);
        Ok((line, record.iter().map(str::to_owned).collect()))
    };
    reader.records().map(row).collect()
}

fn number(cell: &str, name: &str, line: u64) -> Result<f64> {
    let number = cell.parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| refuse(&format!("{name}:{line}"), format!("'{}' among the correlations", shorten(cell))))
}

fn refuse(place: &str, found: String) -> Error {
    let remedy = "wanted a square matrix of numbers with point decimals, with or without a header row and a column of \
                  names";
    Error::Model { place: place.to_owned(), found, remedy: remedy.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NUMBERS: [[f64; 2]; 2] = [[1.0, 0.25], [0.25, 1.0]];

    #[test]
    fn names_are_found_in_every_arrangement() {
        let named = Some(vec!["north".to_owned(), "south".to_owned()]);
        for (text, names) in [
            ("1,0.25\n0.25,1\n", None),
            ("1.0;0.25\r\n0.25;1.0\r\n", None),
            ("north,south\n1,0.25\n0.25,1", named.clone()),
            ("north,1,0.25\nsouth,0.25,1\n", named.clone()),
            (",north,south\nnorth,1,.25\nsouth,.25,1\n", named.clone()),
            ("sector\tnorth\tsouth\nnorth\t1\t0.25\nsouth\t0.25\t1\n", named.clone()),
            ("\u{feff}north, south\nnorth, 1, 0.25\nsouth, 0.25, 1\n", named.clone()),
            (",2020,2021\n2020,1,0.25\n2021,0.25,1\n", Some(vec!["2020".to_owned(), "2021".to_owned()])),
        ] {
            let matrix = parse_matrix(text, "m.csv").unwrap();
            assert_eq!(matrix, MatrixFile { names, rows: NUMBERS.map(Vec::from).to_vec() }, "{text}");
        }
    }

    #[test]
    fn what_is_no_matrix_names_its_line() {
        for (text, expected) in [
            ("", "m.csv: empty"),
            ("1,0.2\n0.2,x", "m.csv:2: 'x' among"),
            ("1,0.2\n0.2,nan", "m.csv:2: 'nan' among"),
            (",a,b\na,1,0.2\nc,0.2,1", "m.csv:1: a header that differs"),
            ("a,b\n1,\n,1", "m.csv:2: '' among"),
        ] {
            let message = parse_matrix(text, "m.csv").unwrap_err().to_string();
            assert!(message.starts_with(expected), "{message}");
        }
    }
}
