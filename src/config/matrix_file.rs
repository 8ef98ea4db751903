//! Reads a correlation matrix from CSV: numbers alone, or with a header row, a column of names, or both (then the corner
//! cell may be anything or missing).

use super::csv_rows::{Row, csv_rows};
use super::place::{shorten, show_text};
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

fn parse_matrix(text: &str, name: &str) -> Result<MatrixFile> {
    let mut rows = csv_rows(text).map_err(|found| refuse(name, found))?;
    let Some((line, first)) = rows.first().cloned() else {
        return Err(refuse(name, "empty".to_owned()));
    };
    // A header has a word behind its first cell; where names are numbers, an empty or wordy corner gives it away.
    let wordy = first.iter().skip(1).any(|cell| is_word(cell)) || first.first().is_some_and(|cell| is_word(cell));
    let numbers_follow = !first.iter().skip(1).any(|cell| is_word(cell));
    // A row of names and numbers, as in `north,1,0.2`, is data, unless the rows show that there is one too many.
    let is_data = numbers_follow && rows.len() < first.len();
    let header = (wordy && !is_data).then(|| rows.remove(0).1);
    if rows.is_empty() {
        return Err(refuse(&format!("{name}:{line}"), "a header, but no rows".to_owned()));
    }
    let width = rows.first().map_or(0, |(_, row)| row.len());
    let has_names = has_names(header.as_deref(), &rows);
    let mut names = Vec::new();
    let mut numbers = Vec::with_capacity(rows.len());
    for (line, row) in rows {
        let mut cells = row.into_iter();
        if has_names {
            names.extend(cells.next());
        }
        numbers.push(cells.map(|cell| number(&cell, name, line)).collect::<Result<Vec<_>>>()?);
    }
    let has_corner = has_names && first.len() == width;
    let header = header.map(|header| header.into_iter().skip(usize::from(has_corner)).collect::<Vec<_>>());
    match header {
        Some(header) if header.len() != numbers.len() => {
            let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
            let found = format!("{}, {} in the header", count(numbers.len(), "row"), count(header.len(), "name"));
            Err(refuse(name, found))
        }
        Some(header) if has_names && header != names => {
            Err(refuse(&format!("{name}:{line}"), "a header that differs from the column of names".to_owned()))
        }
        Some(header) => Ok(MatrixFile { names: Some(header), rows: numbers }),
        None => Ok(MatrixFile { names: has_names.then_some(names), rows: numbers }),
    }
}

fn is_word(cell: &str) -> bool {
    cell.parse::<f64>().is_err()
}

/// Whether `rows` begin with names: words, or numbers where there is a column too many for a square. A header that has the
/// names again, or an empty or wordy corner, tells that from a matrix that lacks a row.
fn has_names(header: Option<&[String]>, rows: &[Row]) -> bool {
    let firsts = || rows.iter().filter_map(|(_, row)| row.first());
    if firsts().all(|cell| is_word(cell) && !cell.is_empty()) {
        return true;
    }
    let width = rows.first().map_or(0, |(_, row)| row.len());
    width == rows.len() + 1
        && header.is_none_or(|header| {
            header.len() != width
                || header.first().is_some_and(|corner| corner.is_empty())
                || header.iter().skip(1).eq(firsts())
        })
}

fn number(cell: &str, name: &str, line: u64) -> Result<f64> {
    let number = cell.parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| {
        refuse(&format!("{name}:{line}"), format!("{} among the correlations", shorten(&show_text(cell))))
    })
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
            ("\r\n\r\n1,0.2\r\n\r\n0.2,x\r\n", "m.csv:5: 'x' among"),
            ("1,0.2\r\n0.2,x", "m.csv:2: 'x' among"),
            ("\"a\n\",b\n1,0.2\n0.2,x\n", "m.csv:4: 'x' among"),
            ("a,b\n", "m.csv:1: a header, but no rows"),
            (",a,b,c\na,1,0.2,0.3\nb,0.2,1,0.3\n", "m.csv: 2 rows, 3 names in the header"),
            ("a,b,c\n1,0.2,0.3\n0.2,1,0.3\n", "m.csv: 2 rows, 3 names in the header"),
            ("a,b,c\na,1,0.2,0.3\nb,0.2,1,0.3\n", "m.csv: 2 rows, 3 names in the header"),
            ("a,b\n1,0.2\n", "m.csv: 1 row, 2 names in the header"),
        ] {
            let message = parse_matrix(text, "m.csv").unwrap_err().to_string();
            assert!(message.starts_with(expected), "{message}");
        }
    }
}
