//! Reads a matrix of yearly rating transitions (M29) from CSV: a header of states, a row for each, in any order; the row of
//! default may be missing, and there may be a column of withdrawn ratings.

use super::csv_rows::{Row, csv_rows};
use super::place::{shorten, show_text};
use super::read::read_text;
use super::term_source::{MatrixSettings, ShareUnit};
use crate::error::{Error, Result};
use crate::model::term::{MOST_STATES, Migration, Transitions};
use crate::portfolio::found::nearest_alike;
use std::path::Path;

/// The migration that `settings` describe.
pub(super) fn read_migration(path: &Path, settings: &MatrixSettings) -> Result<Migration> {
    parse_migration(&read_text(path)?, &path.display().to_string(), settings)
}

fn parse_migration(text: &str, file: &str, settings: &MatrixSettings) -> Result<Migration> {
    let (transitions, lines) = parse_transitions(text, file, settings)?;
    Migration::new(&transitions, settings.regularisation).map_err(|mut fault| {
        let line = fault.index.and_then(|index| lines.get(index).copied().flatten());
        let state = fault.index.and_then(|index| transitions.states.get(index));
        if let Some(state) = state.filter(|_| !fault.found.starts_with("row ")) {
            fault.found = format!("row {}: {}", shorten(&show_text(state)), fault.found);
        }
        fault.at(line.map_or(file.to_owned(), |line| format!("{file}:{line}")))
    })
}

/// The transitions, and per state the line of its row.
fn parse_transitions(text: &str, file: &str, settings: &MatrixSettings) -> Result<(Transitions, Vec<Option<u64>>)> {
    let rows = csv_rows(text).map_err(|found| refuse(file, found))?;
    let Some(((first, header), rows)) = rows.split_first() else {
        return Err(refuse(file, "empty".to_owned()));
    };
    let top = format!("{file}:{first}");
    let header: Vec<&str> = header.iter().skip(1).map(String::as_str).collect();
    check_header(&header, &top, rows)?;
    let withdrawn_column = header.iter().position(|name| *name == settings.withdrawn_state);
    let states: Vec<String> =
        (0..).zip(&header).filter(|(at, _)| Some(*at) != withdrawn_column).map(|(_, n)| (*n).to_owned()).collect();
    let Some(default) = states.iter().position(|name| *name == settings.default_state) else {
        let near = nearest_alike(&settings.default_state, header.iter().copied());
        let near = near.map_or(String::new(), |near| format!("; is it {}?", shorten(&show_text(near))));
        let found = format!("no state {}{near}", shorten(&show_text(&settings.default_state)));
        let remedy = "name the column of default in term_structure.default_state";
        return Err(Error::Model { place: top, found, remedy: remedy.to_owned() });
    };
    let mut shares: Vec<Vec<f64>> = vec![Vec::new(); states.len()];
    let mut withdrawn = vec![0.0; states.len()];
    let mut lines = vec![None; states.len()];
    for (line, row) in rows {
        let place = format!("{file}:{line}");
        if row.len() != header.len() + 1 {
            return Err(refuse(&place, format!("{} cells under a header of {}", row.len(), header.len() + 1)));
        }
        let name = row.first().map_or("", String::as_str);
        // Those whose rating was withdrawn are not followed any further.
        if name == settings.withdrawn_state {
            continue;
        }
        let Some(state) = states.iter().position(|state| state == name) else {
            return Err(refuse(
                &place,
                format!("a row {}, which is no state of the header", shorten(&show_text(name))),
            ));
        };
        if lines[state].replace(*line).is_some() {
            return Err(refuse(&place, format!("a second row {}", shorten(&show_text(name)))));
        }
        for (at, cell) in row.iter().skip(1).enumerate() {
            let share = share(cell, &place, settings.unit)?;
            if Some(at) == withdrawn_column { withdrawn[state] = share } else { shares[state].push(share) }
        }
    }
    if lines[default].is_none() {
        shares[default] = (0..states.len()).map(|state| if state == default { 1.0 } else { 0.0 }).collect();
    }
    if let Some((state, _)) = states.iter().zip(&shares).find(|(_, shares)| shares.is_empty()) {
        let found = format!("no row {}", shorten(&show_text(state)));
        let remedy = "give each state of the header a row, and leave out columns that are no states";
        return Err(Error::Model { place: file.to_owned(), found, remedy: remedy.to_owned() });
    }
    Ok((Transitions { states, default, shares, withdrawn, rounding: settings.rounding }, lines))
}

fn check_header(header: &[&str], place: &str, rows: &[Row]) -> Result<()> {
    if rows.is_empty() {
        return Err(refuse(place, "a header, but no rows".to_owned()));
    }
    if header.len() > MOST_STATES + 1 {
        return Err(refuse(place, format!("{} states, more than {MOST_STATES}", header.len())));
    }
    let mut seen = std::collections::HashSet::new();
    match header.iter().find(|name| name.is_empty() || !seen.insert(**name)) {
        Some(&"") => Err(refuse(place, "a column without a name".to_owned())),
        Some(name) => Err(refuse(place, format!("the state {} twice", shorten(&show_text(name))))),
        None => Ok(()),
    }
}

/// A share in fractions; an empty cell is none.
fn share(cell: &str, place: &str, unit: ShareUnit) -> Result<f64> {
    let share = if cell.is_empty() { Some(0.0) } else { unit.parse(cell) };
    share.ok_or_else(|| refuse(place, format!("{} among the shares", shorten(&show_text(cell)))))
}

fn refuse(place: &str, found: String) -> Error {
    let remedy = "wanted a corner cell and a header of states, then a row for each state with its name and its shares of a \
                  year, in numbers with point decimals";
    Error::Model { place: place.to_owned(), found, remedy: remedy.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::csv_rows::damaged;
    use rand::{SeedableRng, rngs::StdRng};

    fn parse(text: &str, unit: ShareUnit) -> Result<Migration> {
        parse_migration(text, "m.csv", &MatrixSettings { unit, ..MatrixSettings::default() })
    }

    const PLAIN: &str = "from,A,B,D\nA,0.9,0.08,0.02\nB,0.1,0.7,0.2\n";

    #[test]
    fn files_in_every_arrangement_give_the_same_matrix() {
        let plain = parse(PLAIN, ShareUnit::Fraction).unwrap();
        assert_eq!(plain.curves.iter().map(|curve| curve.name.as_str()).collect::<Vec<_>>(), ["A", "B"]);
        assert!((plain.curves[1].curve.cumulative(12) - 0.2).abs() < 1e-13);
        for same in [
            "from,A,B,D\nD,0,0,1\nB,0.1,0.7,0.2\nA,0.9,0.08,0.02\n",
            ";A;B;D;NR\r\nA;0.9;0.08;0.02;0\r\nB;0.1;0.7;0.2;0\r\nD;;;1;\r\nNR;0;0;0;1\r\n",
        ] {
            assert_eq!(parse(same, ShareUnit::Fraction).unwrap(), plain, "{same}");
        }
        let percent = "from,A,B,D\nA,90,8,2\nB,10,70,20\n";
        let percent = parse(percent, ShareUnit::Percent).unwrap();
        assert!(percent.matrix.plus(&plain.matrix, -1.0).norm() < 1e-15);
        // Withdrawn ratings are spread: half of B leaves, and the rest is the same.
        let spread = parse("from,A,NR,B,D\nA,0.9,0,0.08,0.02\nB,0.05,0.5,0.35,0.1\n", ShareUnit::Fraction).unwrap();
        assert!(spread.matrix.plus(&plain.matrix, -1.0).norm() < 1e-15);
        // Sibling: another share.
        let other = parse("from,A,B,D\nA,0.9,0.08,0.02\nB,0.1,0.69,0.21\n", ShareUnit::Fraction).unwrap();
        assert!(other.matrix.plus(&plain.matrix, -1.0).norm() > 0.01);
    }

    #[test]
    fn faults_name_their_line_and_row() {
        for (text, expected) in [
            ("", "m.csv: empty; wanted"),
            ("from,A,D\n", "m.csv:1: a header, but no rows;"),
            (
                "from,A,Default\nA,0.9,0.1\n",
                "m.csv:1: no state 'D'; name the column of default in term_structure.default_",
            ),
            ("from,A,D\nA,0.9,0.1\nA,0.9,0.1\n", "m.csv:3: a second row 'A';"),
            ("from,A,A,D\nA,0.9,0,0.1\n", "m.csv:1: the state 'A' twice;"),
            ("from,A,,D\nA,0.9,0,0.1\n", "m.csv:1: a column without a name;"),
            ("from,A,B,D\nA,0.9,0,0.1\n", "m.csv: no row 'B'; give each state"),
            ("from,A,D\nB,0.9,0.1\n", "m.csv:2: a row 'B', which is no state of the header;"),
            ("from,A,D\nA,0.9\n", "m.csv:2: 2 cells under a header of 3;"),
            ("from,A,D\nA,0.9,x\n", "m.csv:2: 'x' among the shares;"),
            ("from,A,D\nA,0.9,nan\n", "m.csv:2: 'nan' among the shares;"),
            ("from,A,D\n\nA,0.9,0.11\n", "m.csv:3: row 'A': a sum of 1.01; a row must sum to 1"),
            ("from,A,D\nA,90,10\n", "m.csv:2: row 'A': a sum of 100; a row must sum to 1"),
            ("from,A,D\nA,1.1,-0.1\n", "m.csv:2: row 'A': -0.1 to 'D'; give shares of 0 or more"),
            ("from,A,D\nA,0.9,0.1\nD,0.1,0.9\n", "m.csv:3: row 'D': default is not absorbing; let nobody"),
            (
                "from,A,B,D\nA,0.1,0.8,0.1\nB,0.8,0.1,0.1\n",
                "m.csv:2: row 'A': a matrix without a logarithm; no generator",
            ),
            ("from,A,B,D\nA,0.7,0.2,0.1\nB,1,0,0\n", "m.csv:3: row 'B': a matrix without a logarithm; no generator"),
        ] {
            let message = parse(text, ShareUnit::Fraction).unwrap_err().to_string();
            assert!(message.starts_with(expected), "{message}\n{expected}");
        }
        let wide = format!("from,{},D\nA,1\n", (0..200).map(|i| i.to_string()).collect::<Vec<_>>().join(","));
        let message = parse(&wide, ShareUnit::Fraction).unwrap_err().to_string();
        assert!(message.starts_with("m.csv:1: 201 states, more than 100;"), "{message}");
    }

    #[test]
    fn no_text_makes_it_panic() {
        let mut rng = StdRng::seed_from_u64(31);
        let mut good = 0;
        for _ in 0..3_001 {
            let text = damaged(PLAIN, b"01.,\n-e\"D", &mut rng);
            good += usize::from(parse(&text, ShareUnit::Fraction).is_ok());
        }
        assert!((500..2_500).contains(&good), "{good}");
    }
}
