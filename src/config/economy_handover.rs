//! The economy of a model in the shape that a run takes it in: files read, paths turned into climates of the portfolio's
//! segments (M48, M49), regimes into those of the run's periods (M50).

use super::economy::EconomySettings;
use super::place::show_text;
use super::resolved::Resolved;
use super::scenarios::{Align, PathRules, PathSource};
use super::series_file::read_series;
use crate::error::{Error, Result};
use crate::model::index::{Frequency, MacroEconomy, MacroIndex, MacroScenario, Series, Start, Window, given_index};
use crate::model::path::{Climate, Regimes};
use crate::model::time::{Grid, MOST_MONTHS};
use crate::portfolio::found::nearest_alike;
use crate::units::Date;
use std::path::{Path, PathBuf};

/// What the one path of a model without scenarios is called.
const PATH: &str = "path";

/// The largest macro part of an index, standard deviations: far beyond any history.
const LARGEST_INDEX: f64 = 12.0;

/// Files of an economy, read.
struct Files {
    history: Option<Series>,
    /// By path that is played.
    paths: Vec<Series>,
    frequency: Frequency,
}

impl Resolved {
    /// The economy of a run in periods of `grid` after the reporting `date`, for the segments called `segments` in their order;
    /// None without `[index]` and `[scenarios]`.
    ///
    /// # Errors
    /// Those of the files; [`Error::Setting`] without a date where paths are read by date, for a segment of `[index.segments]`
    /// that is not among `segments`, and for regimes that have no such periods; [`Error::Model`] for a path or a history that
    /// does not fit.
    pub fn economy(&self, segments: &[String], grid: Grid, date: Option<Date>) -> Result<Option<MacroEconomy>> {
        let Some(settings) = &self.economy else { return Ok(None) };
        settings.refuse_unknown(segments)?;
        settings.read(segments, grid, date).map(Some)
    }

    /// The files that the model names for expected credit losses and the economy, each once.
    pub fn files(&self) -> Vec<PathBuf> {
        let mut files = self.ecl.files();
        for file in self.economy.iter().flat_map(EconomySettings::files) {
            if !files.contains(&file) {
                files.push(file);
            }
        }
        files
    }

    /// Refuses what `mc-gpu simulate` cannot play: more than one economy, or one without periods or without a date to begin after.
    ///
    /// # Errors
    /// [`Error::Setting`] with the way out.
    pub fn refuse_scenarios(&self) -> Result<()> {
        let Some(settings) = &self.economy else { return Ok(()) };
        if !settings.scenarios.is_empty() {
            return Err(Error::setting(
                "scenarios",
                format!("{} macro scenarios", settings.scenarios.len()),
                "none: `mc-gpu simulate` plays one economy; give its path as index.drivers_file or index.path, or measure with \
                 `mc-gpu ecl`, which weighs scenarios",
            ));
        }
        let by_date = settings.rules.align == Align::Date && settings.paths().next().is_some();
        match self.ecl.horizon {
            Some(_) if by_date && self.ecl.reporting_date.is_none() => Err(undated()),
            Some(_) => Ok(()),
            None => Err(Error::setting(
                "index",
                "a path of the economy in a run of one year in one step",
                "time.horizon_months or time.lifetime as well, so that there are periods; or no [index]",
            )),
        }
    }

    /// Reads whatever `[index]` and `[scenarios]` name, before a long tape is read, and throws it away again; without a `date`
    /// paths are looked at from their first rows on.
    ///
    /// # Errors
    /// Those of [`Self::economy`], but for segments of the tape.
    pub fn check_economy(&self, date: Option<Date>) -> Result<()> {
        let Some(settings) = &self.economy else { return Ok(()) };
        let names: Vec<String> = settings.index.segments.iter().map(|(name, _)| name.clone()).collect();
        // Any other segment follows the general index.
        let others = (!settings.index.general.drivers.is_empty()).then(String::new);
        let names: Vec<String> = names.into_iter().chain(others).collect();
        let is_index = |source: &PathSource| matches!(source, PathSource::Index(_));
        let names = if settings.paths().any(is_index) { Vec::new() } else { names };
        let align = if date.is_none() { Align::Start } else { settings.rules.align };
        let rules = PathRules { align, ..settings.rules };
        EconomySettings { rules, ..settings.clone() }.read(&names, self.ecl.grid, date).map(drop)
    }
}

impl EconomySettings {
    fn read(&self, segments: &[String], grid: Grid, date: Option<Date>) -> Result<MacroEconomy> {
        let files = self.files_read()?;
        let scenarios = if self.paths().next().is_some() {
            let start = match (self.rules.align, date) {
                (Align::Start, _) => Start::FirstRow,
                (Align::Date, Some(date)) => Start::After(date),
                (Align::Date, None) => return Err(undated()),
            };
            let periods = usize::from(grid.periods(MOST_MONTHS));
            self.climates(&files, segments, &Window { start, grid, periods, reversion: self.rules.reversion })?
        } else {
            Vec::new()
        };
        let regimes = self.regimes(files.frequency, grid)?;
        Ok(MacroEconomy { pd_basis: self.index.pd_basis, staging: self.rules.staging, scenarios, regimes })
    }

    /// History and paths; those must have periods of one length.
    fn files_read(&self) -> Result<Files> {
        let read = |file: &Path| read_series(&self.folder.join(file));
        let history = self.index.history.as_deref().map(read).transpose()?;
        let paths: Vec<Series> = self.paths().map(|source| read(source.file())).collect::<Result<_>>()?;
        let frequency =
            paths.first().or(history.as_ref()).map(|series| series.calendar.frequency()).unwrap_or_default();
        if let (Some(first), Some(other)) =
            (paths.first(), paths.iter().find(|series| series.calendar.frequency() != frequency))
        {
            let found = format!(
                "{} periods, and {} ones in {}",
                other.calendar.frequency().name(),
                frequency.name(),
                first.name
            );
            let remedy = "give all scenarios the same periods".to_owned();
            return Err(Error::Model { place: other.name.clone(), found, remedy });
        }
        Ok(Files { history, paths, frequency })
    }

    /// What each scenario, or the one path, makes of each segment's index.
    fn climates(&self, files: &Files, segments: &[String], window: &Window) -> Result<Vec<MacroScenario>> {
        let of_path = self.index.path.iter().map(|source| (PATH, 1.0, source));
        let of_scenarios = self.scenarios.iter().map(|own| (own.name.as_str(), own.weight, &own.source));
        let scenario = |((name, weight, source), series): ((&str, f64, &PathSource), &Series)| {
            // Segments that follow one index share one climate.
            let mut known: Vec<(&MacroIndex, Climate)> = Vec::new();
            let climate = |segment: &String| {
                let own = self.index.of_segment(segment);
                let part = match source {
                    PathSource::Index(_) => given_index(series, segment, window)?,
                    PathSource::Drivers(_) => {
                        if let Some((_, climate)) = known.iter().find(|(index, _)| *index == own) {
                            return Ok(climate.clone());
                        }
                        own.part(files.history.as_ref(), series, window)?
                    }
                };
                refuse_far(&part, (name, &series.name))?;
                let climate = MacroScenario::climate(part, own.scale());
                known.push((own, climate.clone()));
                Ok(climate)
            };
            let climates = segments.iter().map(climate).collect::<Result<_>>()?;
            // Without a segment nobody has looked at it yet.
            window.first_row(series)?;
            Ok(MacroScenario { name: name.to_owned(), weight, climates })
        };
        of_path.chain(of_scenarios).zip(&files.paths).map(scenario).collect()
    }

    /// Regimes in periods of the run.
    fn regimes(&self, frequency: Frequency, grid: Grid) -> Result<Option<Regimes>> {
        let Some(settings) = &self.index.regimes else { return Ok(None) };
        let ratio = f64::from(grid.months()) / f64::from(frequency.months());
        let regimes = settings.regimes().and_then(|own| own.over(ratio));
        regimes.map(Some).ok_or_else(|| {
            let [calm, turbulent] = settings.leave;
            let found = format!(
                "leave_calm = {calm} and leave_turbulent = {turbulent} a period of {} months, and time.period = \"{}\"",
                frequency.months(),
                grid.name()
            );
            let wanted = "probabilities that add up to 1 at most, or periods of the run as long as those of the drivers: states \
                          that are left more often than not know no parts of a period";
            Error::setting("index.regimes", found, wanted)
        })
    }

    fn refuse_unknown(&self, segments: &[String]) -> Result<()> {
        let Some((name, _)) = self.index.segments.iter().find(|(name, _)| !segments.contains(name)) else {
            return Ok(());
        };
        let meant = nearest_alike(name, segments.iter().map(String::as_str));
        let meant = meant.map_or(String::new(), |meant| format!("; did you mean {}?", show_text(meant)));
        let found = format!("the segment {}", show_text(name));
        Err(Error::setting("index.segments", found, format!("a segment of the tape{meant}")))
    }
}

/// Refuses an index that is out of this world, and of what thresholds can be anchored to (M51).
fn refuse_far(part: &[f64], (scenario, file): (&str, &str)) -> Result<()> {
    let far = |own: &(usize, &f64)| own.1.is_nan() || own.1.abs() > LARGEST_INDEX;
    let Some((period, value)) = part.iter().enumerate().find(far) else { return Ok(()) };
    Err(Error::Model {
        place: file.to_owned(),
        found: format!("an index of {value:.4} in period {} of the scenario {}", period + 1, show_text(scenario)),
        remedy: format!(
            "see to its values, and to mean, standard_deviation and coefficient of the drivers: an index is in standard deviations, and \
             beyond ±{LARGEST_INDEX} it is none"
        ),
    })
}

fn undated() -> Error {
    Error::setting(
        "scenarios.align",
        "\"date\" without a reporting date",
        "ecl.reporting_date (or --reporting-date) as well, or scenarios.align = \"start\": a path's first row is then the first period",
    )
}

#[cfg(test)]
#[path = "economy_handover_tests.rs"]
mod tests;
