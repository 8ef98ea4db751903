//! Reads repayment profiles from CSV (M33): `name,months,share` has a profile for each segment of that name,
//! `months,share` one for all. Shares are of today's balance, by months from today.

use super::csv_rows::{Row, csv_rows};
use super::place::{shorten, show_text};
use super::read::read_text;
use crate::error::{Error, Result};
use crate::model::exposure::CustomSchedule;
use crate::model::time::MOST_MONTHS;
use crate::portfolio::found::nearest_alike;
use std::collections::BTreeMap;
use std::path::Path;

/// The profiles of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct ProfileFile {
    /// What errors call the file.
    file: String,
    profiles: Profiles,
}

#[derive(Debug, Clone, PartialEq)]
enum Profiles {
    ForAll(CustomSchedule),
    BySegment(BTreeMap<String, CustomSchedule>),
}

/// Where the cells of a row are.
struct Columns {
    name: Option<usize>,
    months: usize,
    share: usize,
    /// Number of columns.
    width: usize,
}

/// Points of one profile, each with its line.
#[derive(Default)]
struct Points {
    lines: Vec<u64>,
    nodes: Vec<(u16, f64)>,
}

/// Reads the profiles at `path`.
///
/// # Errors
/// [`Error::File`] when it cannot be read; [`Error::Model`], with file and line, for a header without the columns, months
/// that are not whole numbers from 0 to [`MOST_MONTHS`] in rising order, shares that are not 0 to 10.
pub fn read_profiles(path: &Path) -> Result<ProfileFile> {
    parse_profiles(&read_text(path)?, &path.display().to_string())
}

impl ProfileFile {
    /// The profile of `segment`.
    ///
    /// # Errors
    /// [`Error::Model`] when the file names segments, but not this one.
    pub fn of_segment(&self, segment: &str) -> Result<CustomSchedule> {
        let profiles = match &self.profiles {
            Profiles::ForAll(profile) => return Ok(profile.clone()),
            Profiles::BySegment(profiles) => profiles,
        };
        profiles.get(segment).cloned().ok_or_else(|| {
            let meant = nearest_alike(segment, profiles.keys().map(String::as_str));
            let meant = meant.map_or(String::new(), |name| format!(" (the nearest there is: {})", show_text(name)));
            Error::Model {
                place: self.file.clone(),
                found: format!("no profile for segment {}", shorten(&show_text(segment))),
                remedy: format!("add rows for it{meant}, or leave out the name column where one profile serves all"),
            }
        })
    }
}

fn parse_profiles(text: &str, file: &str) -> Result<ProfileFile> {
    let mut rows = csv_rows(text).map_err(|found| refuse(file, found))?.into_iter();
    let Some((line, header)) = rows.next() else { return Err(refuse(file, "empty".to_owned())) };
    let columns = Columns::find(&header).ok_or_else(|| {
        refuse(&format!("{file}:{line}"), format!("the header {}", shorten(&show_text(&header.join(",")))))
    })?;
    let mut points: BTreeMap<String, Points> = BTreeMap::new();
    for row in rows {
        let (line, place) = (row.0, format!("{file}:{}", row.0));
        let (name, node) = columns.read(row).map_err(|found| refuse(&place, found))?;
        let points = points.entry(name).or_default();
        points.lines.push(line);
        points.nodes.push(node);
    }
    if points.is_empty() {
        return Err(refuse(&format!("{file}:{line}"), "a header, but no rows".to_owned()));
    }
    let mut profiles = BTreeMap::new();
    for (name, points) in points {
        profiles.insert(name, points.profile(file)?);
    }
    let profiles = match (columns.name, profiles.pop_first()) {
        (None, Some((_, profile))) => Profiles::ForAll(profile),
        (_, first) => {
            profiles.extend(first);
            Profiles::BySegment(profiles)
        }
    };
    Ok(ProfileFile { file: file.to_owned(), profiles })
}

impl Columns {
    /// The columns of `header`; None without months or share, or with any other than a name beside them.
    fn find(header: &[String]) -> Option<Self> {
        let place = |name: &str| header.iter().position(|cell| cell.eq_ignore_ascii_case(name));
        let name = place("name");
        let columns = Self { name, months: place("months")?, share: place("share")?, width: header.len() };
        (columns.width == 2 + usize::from(name.is_some())).then_some(columns)
    }

    /// Name (empty without a column of names) and point of a row; what was found in its place otherwise.
    fn read(&self, (_, row): Row) -> std::result::Result<(String, (u16, f64)), String> {
        if row.len() != self.width {
            return Err(format!("{} cells under {} columns", row.len(), self.width));
        }
        let cell = |place: usize| row.get(place).map_or("", String::as_str);
        let shown = |place: usize| shorten(&show_text(cell(place)));
        let months = cell(self.months).parse().ok().filter(|months| *months <= MOST_MONTHS);
        let months = months.ok_or_else(|| format!("{} months", shown(self.months)))?;
        let share = cell(self.share).parse().map_err(|_| format!("the share {}", shown(self.share)))?;
        match self.name.map(cell) {
            Some("") => Err("a blank name".to_owned()),
            name => Ok((name.unwrap_or_default().to_owned(), (months, share))),
        }
    }
}

impl Points {
    fn profile(&self, file: &str) -> Result<CustomSchedule> {
        CustomSchedule::new(&self.nodes).map_err(|fault| {
            let line = self.lines.get(fault.node).map_or(String::new(), |line| format!(":{line}"));
            let (months, share) = self.nodes.get(fault.node).copied().unwrap_or_default();
            Error::Model {
                place: format!("{file}{line}"),
                found: format!("share {share} after {months} months"),
                remedy: format!("wanted {}", fault.wanted),
            }
        })
    }
}

fn refuse(place: &str, found: String) -> Error {
    let remedy = format!(
        "wanted a CSV with the header name,months,share, or months,share where one profile serves all: months from today, \
         whole, 0 to {MOST_MONTHS}, rising; the share of today's balance then owed, such as 0.75"
    );
    Error::Model { place: place.to_owned(), found, remedy }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(file: &ProfileFile, segment: &str, month: u16) -> f64 {
        file.of_segment(segment).unwrap().share(month)
    }

    #[test]
    fn profiles_are_found_by_segment_or_serve_all() {
        let file = parse_profiles("Name;Months;Share\nhomes;0;1\ncars;6;.5\nhomes;10;0.9\r\n", "p.csv").unwrap();
        assert_eq!([share(&file, "homes", 5), share(&file, "cars", 3), share(&file, "cars", 99)], [0.95, 0.75, 0.5]);
        let message = file.of_segment("home").unwrap_err().to_string();
        assert!(message.starts_with("p.csv: no profile for segment 'home'; add rows for it"), "{message}");
        assert!(message.contains("the nearest there is: 'homes'"), "{message}");
        let file = parse_profiles("share,months\n.2,8\n", "p.csv").unwrap();
        assert_eq!([share(&file, "homes", 4), share(&file, "", 8)], [0.6, 0.2]);
    }

    #[test]
    fn what_is_no_profile_names_its_line() {
        for (text, expected) in [
            ("", "p.csv: empty"),
            ("months,share\n", "p.csv:1: a header, but no rows"),
            ("0,1\n12,0.5\n", "p.csv:1: the header '0,1'"),
            ("months,share,rate\n0,1,2\n", "p.csv:1: the header 'months,share,rate'"),
            ("name,months\nhomes,1\n", "p.csv:1: the header"),
            ("months,share\n\n0\n", "p.csv:3: 1 cells under 2 columns"),
            ("months,share\n0,1\n2.5,0.5\n", "p.csv:3: '2.5' months"),
            ("months,share\n481,1\n", "p.csv:2: '481' months"),
            ("months,share\n-1,1\n", "p.csv:2: '-1' months"),
            ("months,share\n0,all\n", "p.csv:2: the share 'all'"),
            ("name,months,share\n,0,1\n", "p.csv:2: a blank name"),
            ("months,share\n0,1\n6,-0.5\n", "p.csv:3: share -0.5 after 6 months; wanted a share"),
            ("months,share\n0,1\n6,nan\n", "p.csv:3: share NaN after 6 months; wanted a share"),
            ("months,share\n0,100\n6,50\n", "p.csv:2: share 100 after 0 months; wanted a share"),
            ("name,months,share\na,6,1\nb,7,1\na,6,1\n", "p.csv:4: share 1 after 6 months; wanted a month later"),
        ] {
            let message = parse_profiles(text, "p.csv").unwrap_err().to_string();
            assert!(message.starts_with(expected), "{message}");
        }
    }

    #[test]
    fn a_file_is_read_from_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("profiles.csv");
        std::fs::write(&path, "months,share\n0,1\n7,0.3\n").unwrap();
        assert_eq!(share(&read_profiles(&path).unwrap(), "any", 7), 0.3);
        assert!(read_profiles(&folder.path().join("none.csv")).unwrap_err().to_string().contains("none.csv"));
    }
}
