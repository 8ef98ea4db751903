//! Reads curves of default (M28) from CSV, cumulative probabilities by month: long, `name,months,pd`, or wide, a column of
//! names and a column for each number of months, as in `name,12,24,36,60`, where cells may be empty.

use super::csv_rows::{Row, csv_rows};
use super::place::{shorten, show_text};
use super::read::read_text;
use super::term_source::ShareUnit;
use crate::error::{Error, Result};
use crate::model::term::{Curve, NamedCurve, Node};
use crate::portfolio::found::nearest_alike;
use std::path::Path;

/// Columns of the long form.
const COLUMNS: [&str; 3] = ["name", "months", "pd"];

/// The curves of the file at `path`, in the order in which their names appear.
pub(super) fn read_curves(path: &Path, unit: ShareUnit) -> Result<Vec<NamedCurve>> {
    parse_curves(&read_text(path)?, &path.display().to_string(), unit)
}

/// Nodes of one curve, each with its line.
struct Draft {
    name: String,
    nodes: Vec<(u64, Node)>,
}

fn parse_curves(text: &str, file: &str, unit: ShareUnit) -> Result<Vec<NamedCurve>> {
    let rows = csv_rows(text).map_err(|found| refuse(file, found))?;
    let Some(((line, header), rows)) = rows.split_first() else {
        return Err(refuse(file, "empty".to_owned()));
    };
    if rows.is_empty() {
        return Err(refuse(&format!("{file}:{line}"), "a header, but no rows".to_owned()));
    }
    let place = |line: u64| format!("{file}:{line}");
    for (line, row) in rows {
        if row.len() != header.len() {
            let found = format!("{} cells under a header of {}", row.len(), header.len());
            return Err(refuse(&place(*line), found));
        }
    }
    let is_wide = header.len() > 1 && header.iter().skip(1).all(|cell| cell.parse::<u64>().is_ok());
    let drafts = if is_wide { wide(header, rows, file, unit)? } else { long((*line, header), rows, file, unit)? };
    let build = |draft: Draft| {
        let nodes: Vec<Node> = draft.nodes.iter().map(|(_, node)| *node).collect();
        match Curve::new(&nodes) {
            Ok(curve) => Ok(NamedCurve { name: draft.name, curve }),
            Err(mut fault) => {
                let line = fault.index.and_then(|index| draft.nodes.get(index)).or(draft.nodes.first());
                fault.found = format!("curve {}: {}", shorten(&show_text(&draft.name)), fault.found);
                Err(fault.at(line.map_or(file.to_owned(), |(line, _)| place(*line))))
            }
        }
    };
    drafts.into_iter().map(build).collect()
}

fn wide(header: &[String], rows: &[Row], file: &str, unit: ShareUnit) -> Result<Vec<Draft>> {
    let mut drafts: Vec<Draft> = Vec::with_capacity(rows.len());
    let mut seen = std::collections::HashSet::new();
    for (line, row) in rows {
        let place = format!("{file}:{line}");
        let mut row = row.iter();
        let name = named(row.next(), &place)?;
        if !seen.insert(name.clone()) {
            return Err(refuse(&place, format!("a second row for {}", shorten(&show_text(&name)))));
        }
        let mut nodes = Vec::new();
        for (months, share) in header.iter().skip(1).zip(row).filter(|(_, share)| !share.is_empty()) {
            nodes.push((*line, node(months, share, &place, unit)?));
        }
        if nodes.is_empty() {
            return Err(refuse(&place, format!("no probability for {}", shorten(&show_text(&name)))));
        }
        drafts.push(Draft { name, nodes });
    }
    Ok(drafts)
}

fn long((line, header): (u64, &[String]), rows: &[Row], file: &str, unit: ShareUnit) -> Result<Vec<Draft>> {
    let column = |wanted: &str| {
        let at = header.iter().position(|cell| cell.eq_ignore_ascii_case(wanted));
        at.ok_or_else(|| {
            let near = nearest_alike(wanted, header.iter().map(String::as_str));
            let near = near.map_or(String::new(), |near| format!("; is it {}?", shorten(&show_text(near))));
            refuse(&format!("{file}:{line}"), format!("no column '{wanted}'{near}"))
        })
    };
    let [name, months, pd] = COLUMNS.map(column);
    let (name, months, pd) = (name?, months?, pd?);
    let mut drafts: Vec<Draft> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for (line, row) in rows {
        let place = format!("{file}:{line}");
        let name = named(row.get(name), &place)?;
        let text = |column: usize| row.get(column).map_or("", String::as_str);
        let node = node(text(months), text(pd), &place, unit)?;
        let at = *places.entry(name.clone()).or_insert(drafts.len());
        match drafts.get_mut(at) {
            Some(draft) => draft.nodes.push((*line, node)),
            None => drafts.push(Draft { name, nodes: vec![(*line, node)] }),
        }
    }
    Ok(drafts)
}

fn named(cell: Option<&String>, place: &str) -> Result<String> {
    let name = cell.filter(|name| !name.is_empty());
    name.cloned().ok_or_else(|| refuse(place, "a row without a name".to_owned()))
}

fn node(months: &str, share: &str, place: &str, unit: ShareUnit) -> Result<Node> {
    let Ok(months) = months.parse() else {
        return Err(refuse(place, format!("{} for months", shorten(&show_text(months)))));
    };
    let Some(cumulative) = unit.parse(share) else {
        return Err(refuse(place, format!("{} for a probability", shorten(&show_text(share)))));
    };
    Ok(Node { months, cumulative })
}

fn refuse(place: &str, found: String) -> Error {
    let remedy = "wanted a header name,months,pd with a row for each point of a curve, or name,12,24,… with a row for each \
                  curve; whole months up to 960, cumulative probabilities with point decimals";
    Error::Model { place: place.to_owned(), found, remedy: remedy.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::csv_rows::damaged;
    use rand::{SeedableRng, rngs::StdRng};

    #[test]
    fn long_and_wide_files_give_the_same_curves() {
        let long = "name,months,pd\nA,12,0.01\nBB,24,0.09\nA,36,0.04\nBB,60,0.25\n";
        let curves = parse_curves(long, "c.csv", ShareUnit::Fraction).unwrap();
        assert_eq!(curves.iter().map(|curve| curve.name.as_str()).collect::<Vec<_>>(), ["A", "BB"]);
        assert_eq!((curves[0].curve.cumulative(36), curves[1].curve.cumulative(24)), (0.04, 0.09));
        for same in [
            "rating;12;24;36;60\r\nA;0.01;;0.04;\r\nBB;;0.09;;0.25\r\n",
            "\u{feff}PD\tName\tMonths\n0.01\tA\t12\n0.04\tA\t36\n\n0.09\tBB\t24\n0.25\tBB\t60\n",
        ] {
            assert_eq!(parse_curves(same, "c.csv", ShareUnit::Fraction).unwrap(), curves, "{same}");
        }
        let percent = parse_curves("name,12,36\nA,1,4\n", "c.csv", ShareUnit::Percent).unwrap();
        assert_eq!(percent[0], curves[0]);
        // Sibling: another month is another curve.
        assert_ne!(parse_curves("name,12,37\nA,1,4\n", "c.csv", ShareUnit::Percent).unwrap()[0], curves[0]);
    }

    #[test]
    fn faults_name_line_and_curve() {
        for (text, expected) in [
            ("", "c.csv: empty; wanted a header"),
            ("name,12\n", "c.csv:1: a header, but no rows; wanted"),
            (
                "name,12,24\nA,0.1,0.2\n\nB,0.2,0.1\n",
                "c.csv:4: curve 'B': 0.1 at 24 months, less than 0.2 at 12; a cumu",
            ),
            (
                "name,months,pd\nA,12,0.2\nB,12,0.1\nA,24,0.1\n",
                "c.csv:4: curve 'A': 0.1 at 24 months, less than 0.2 at 12;",
            ),
            ("name,months,pd\nA,24,0.2\nA,12,0.1\n", "c.csv:3: curve 'A': 12 months after 24; put months in rising"),
            (
                "name,12\nA,6.9\n",
                "c.csv:2: curve 'A': probability 6.9 at 12 months; give cumulative probabilities from 0",
            ),
            ("name,12\nA,x\n", "c.csv:2: 'x' for a probability;"),
            ("name,12\nA,inf\n", "c.csv:2: 'inf' for a probability;"),
            ("name,12\nA,\n", "c.csv:2: no probability for 'A';"),
            ("name,12\n,0.1\n", "c.csv:2: a row without a name;"),
            ("name,12\nA,0.1\nA,0.2\n", "c.csv:3: a second row for 'A';"),
            ("name,12\nA,0.1,0.2\n", "c.csv:2: 3 cells under a header of 2;"),
            ("name,12,70000\nA,0.1,0.2\n", "c.csv:2: '70000' for months;"),
            ("name,0\nA,0\n", "c.csv:2: curve 'A': no node after month 0;"),
            ("name,months,pd\nA,1.5,0.2\n", "c.csv:2: '1.5' for months;"),
            ("name,month,pd\nA,12,0.2\n", "c.csv:1: no column 'months'; is it 'month'?;"),
            ("name\nA\n", "c.csv:1: no column 'months';"),
            ("name,\"12\n24\"\nA,1\n", "c.csv:1: no column 'months'"),
        ] {
            let message = parse_curves(text, "c.csv", ShareUnit::Fraction).unwrap_err().to_string();
            assert!(message.starts_with(expected), "{message}\n{expected}");
        }
    }

    #[test]
    fn no_text_makes_it_panic() {
        let mut rng = StdRng::seed_from_u64(37);
        let plain = ["name,12,24\nA,0.1,0.3\nB,0.2,0.4\n", "name,months,pd\nA,12,0.1\nA,24,0.3\nB,12,0.2\n"];
        let mut good = 0;
        for round in 0..3_001 {
            let text = damaged(plain[round % 2], b"09.,\n-e\"A", &mut rng);
            good += usize::from(parse_curves(&text, "c.csv", ShareUnit::Fraction).is_ok());
        }
        assert!((500..2_800).contains(&good), "{good}");
    }
}
