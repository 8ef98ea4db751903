//! Where a run stands on the calendar of its drivers, and how their values become values of its own periods (M49).

use super::{Calendar, Frequency, Reversion, Series};
use crate::error::{Error, Result};
use crate::model::time::Grid;
use crate::units::Date;

/// Which part of a path is played.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// What the first period is.
    pub start: Start,
    /// How long the run's periods are.
    pub grid: Grid,
    /// How many of them are asked for.
    pub periods: usize,
    /// What follows the path's last row.
    pub reversion: Reversion,
}

/// Where a run begins on a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// With the period after this reporting date.
    After(Date),
    /// With the path's first row.
    FirstRow,
}

impl Window {
    /// The row of `path` that the run's first period begins with.
    ///
    /// # Errors
    /// [`Error::Model`] when the path has no dates or the reporting date ends none of its periods, when it begins after the
    /// run or ends before it, or when less than a year of it is left.
    pub fn first_row(&self, path: &Series) -> Result<usize> {
        let (frequency, first) = (path.calendar.frequency(), path.calendar.first());
        let row = match self.start {
            Start::FirstRow => 0,
            Start::After(date) => {
                let wanted = after(date, path)?;
                let label = path.calendar.label(wanted);
                let begins = format!("the path begins in {}, and the run, after {date}, in {label}", path.label(0));
                let row = usize::try_from(wanted.saturating_sub(first));
                let row = row.map_err(|_| refuse(path, begins, START))?;
                if row >= path.len() {
                    let last = path.label(path.len().saturating_sub(1));
                    let ends = format!("the path ends in {last}, and the run, after {date}, begins in {label}");
                    return Err(refuse(path, ends, START));
                }
                row
            }
        };
        let (left, year) = (path.len() - row, usize::from(frequency.per_year()));
        if left < year {
            let (many, unit) = (if left == 1 { "" } else { "s" }, unit(frequency));
            let found = format!("{left} {unit}{many} from {} on, less than a year", path.label(row));
            return Err(refuse(
                path,
                found,
                "give a path of a year or more; after its last row drivers go back to their means",
            ));
        }
        Ok(row)
    }

    /// How many periods of `frequency` the run's periods touch.
    pub fn reach(&self, frequency: Frequency) -> usize {
        let months = self.periods.saturating_mul(usize::from(self.grid.months()));
        months.div_ceil(usize::from(frequency.months()))
    }

    /// `values` by period of `frequency` from the run's first one on, by period of the run: a period within one has its value,
    /// one that holds several has their mean.
    pub fn on_grid(&self, values: &[f64], frequency: Frequency) -> Vec<f64> {
        let (run, own) = (usize::from(self.grid.months()), usize::from(frequency.months()));
        let per = (run / own).max(1);
        let one = |period: usize| {
            let first = period * run / own;
            let within = values.get(first..(first + per).min(values.len())).unwrap_or_default();
            within.iter().sum::<f64>() / within.len().max(1) as f64
        };
        (0..self.periods).map(one).collect()
    }
}

/// What to do when a path does not begin where the run does.
const START: &str = "give a path that has the period after the reporting date, or set scenarios.align = \"start\": its first row \
                     is then the run's first period";

/// Ordinal of the period of `path` after `date`, which must end one.
fn after(date: Date, path: &Series) -> Result<i32> {
    let frequency = path.calendar.frequency();
    if !path.calendar.is_dated() {
        let found = format!("periods without dates, the first {}, and a run that begins after {date}", path.label(0));
        return Err(refuse(
            path,
            found,
            "set scenarios.align = \"start\": the first row is then the run's first period; or give dates",
        ));
    }
    let (year, month, day) = date.civil();
    // The day after a period's end begins another.
    let next = Date::new(year, month, day + 1).or_else(|| Date::new(year, month + 1, 1));
    let next = next.or_else(|| Date::new(year + 1, 1, 1)).unwrap_or(date);
    let (own, other) = (Calendar::ordinal(frequency, date), Calendar::ordinal(frequency, next));
    if own == other {
        let found = format!(
            "periods of a {}, and the reporting date {date} within {}",
            unit(frequency),
            path.calendar.label(own)
        );
        let remedy = "take a reporting date that ends a period of the drivers, or set scenarios.align = \"start\": the first row \
                      is then the run's first period";
        return Err(refuse(path, found, remedy));
    }
    Ok(other)
}

fn unit(frequency: Frequency) -> &'static str {
    match frequency {
        Frequency::Monthly => "month",
        Frequency::Quarterly => "quarter",
        Frequency::Yearly => "year",
    }
}

fn refuse(path: &Series, found: String, remedy: &str) -> Error {
    Error::Model { place: path.name.clone(), found, remedy: remedy.to_owned() }
}
