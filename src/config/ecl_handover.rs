//! Resolved settings of expected credit loss in the shapes that the tape's reader and the measuring take them in.

use super::ecl::EclSettings;
use super::exposure::ExposureChoice;
use super::profile_file::{ProfileFile, read_profiles};
use super::resolved::{Resolved, SegmentSettings, Segments};
use super::term_source::{TermSource, read_term_structures};
use crate::error::{Error, Result};
use crate::model::ecl::Discounting;
use crate::model::exposure::{ExposureSettings, RateKind, ScheduleSettings};
use crate::model::severity::{Economy, Secured};
use crate::model::staging::Framework;
use crate::model::term::{Clock, TermKey, TermStructures};
use crate::portfolio::{
    Field, FieldSet, Needs, ObligorRule, OnError, SegmentRule, Served, Tape, TapeSettings, UseTapeStage,
};
use crate::risk::ecl::{EclSetup, Outlook, RatingScale, SeveritySetup, View};
use crate::units::Date;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::PathBuf;
use std::sync::Arc;

impl Resolved {
    /// The accounting standard, unless the model leaves it open.
    fn framework_or(&self, framework: Framework) -> Framework {
        self.ecl.framework.unwrap_or(framework)
    }

    /// How to read a tape whose expected credit losses are measured under `framework` with these `terms`; rows that lack
    /// what every loan needs are dirty.
    pub fn ecl_tape_settings(&self, terms: &TermStructures, framework: Framework, on_error: OnError) -> TapeSettings {
        let framework = self.framework_or(framework);
        // The first LGD by period tells the reader that the segment has one.
        let lgd = |segment: &SegmentSettings| {
            let by_period = &self.ecl.exposure_of(&segment.name).settings.lgd_by_period;
            (segment.name.clone(), segment.lgd.or(by_period.first().copied()))
        };
        let segments = match &self.segments {
            Segments::Any => SegmentRule::Any { lgd: None },
            Segments::Listed(listed) => SegmentRule::Listed(listed.iter().map(lgd).collect()),
        };
        TapeSettings {
            segments,
            ratings: self.known_ratings(terms),
            wanted: self.ecl.wanted(framework),
            needs: self.needs(framework),
            segment_needs: self.segment_needs(framework),
            default_rule: self.ecl.staging.default_rule(framework),
            ratings_from: self.ratings_from(),
            reporting_date: self.ecl.reporting_date,
            obligors: match self.simulation.obligors {
                ObligorRule::Apart => ObligorRule::Apart,
                ObligorRule::Together | ObligorRule::Performing => ObligorRule::Performing,
            },
            ..self.tape_settings(on_error)
        }
    }

    /// How a dry run reads a tape as of the day `date`: every column that could be of use, and what the model's framework, if it
    /// names one, cannot do without. PDs of ratings are those of the first year of their term structures.
    ///
    /// # Errors
    /// Those of the file of term structures.
    pub fn detail_settings(&self, date: Date, on_error: OnError) -> Result<TapeSettings> {
        let terms = read_term_structures(&self.ecl.term)?;
        let asked = self.ecl_tape_settings(&terms, Framework::Ifrs9, on_error);
        let asked = TapeSettings { wanted: FieldSet::DETAILS, reporting_date: Some(date), ..asked };
        if self.ecl.framework.is_some() {
            return Ok(asked);
        }
        let (needs, segment_needs, obligors) = (Needs::default(), Vec::new(), self.simulation.obligors);
        Ok(TapeSettings { needs, segment_needs, obligors, ..asked })
    }

    /// Ratings with their one-year PDs: those of the term structures where these go by rating, else the model's.
    fn known_ratings(&self, terms: &TermStructures) -> Vec<(String, f64)> {
        if !self.ecl.term.goes_by_rating() {
            return self.ratings.clone();
        }
        let pd = |curve: u16| terms.cumulative(TermKey { curve, pd: f64::NAN, age: 0 }, 12);
        let mut ratings: Vec<_> = terms.names().zip(0..).map(|(name, curve)| (name.to_owned(), pd(curve))).collect();
        if let TermSource::Migration { matrix, .. } = &self.ecl.term {
            ratings.push((matrix.default_state.clone(), 1.0));
        }
        ratings
    }

    /// What the ratings of [`Self::known_ratings`] stand in, for messages.
    fn ratings_from(&self) -> String {
        match &self.ecl.term {
            TermSource::Curves { file, .. } | TermSource::Migration { file, .. } if self.ecl.term.goes_by_rating() => {
                file.display().to_string()
            }
            _ => "[ratings]".to_owned(),
        }
    }

    /// What no loan may lack because the model has nothing in its place.
    fn needs(&self, framework: Framework) -> Needs {
        let ecl = &self.ecl;
        let of_all = match &self.segments {
            Segments::Any => vec![ecl.needs_of(&ecl.exposure, framework)],
            Segments::Listed(_) => self.segment_needs(framework).into_iter().map(|(_, needs)| needs).collect(),
        };
        let common = |field: &Field| of_all.iter().all(|needs| needs.fields.contains(*field));
        let mut needs = if let [one] = of_all.as_slice() { *one } else { Needs::default() };
        let shared = [Field::InterestRate, Field::RemainingMonths].into_iter().filter(common);
        needs.fields = FieldSet::of(&shared.collect::<Vec<_>>());
        if ecl.term.goes_by_rating() {
            needs.fields = needs.fields.with(Field::Rating);
        }
        if matches!(ecl.term, TermSource::Curves { clock: Clock::Origination, .. }) {
            needs.fields = needs.fields.with(Field::OriginationDate);
        }
        let cures = framework == Framework::Ifrs9 && ecl.staging.use_tape_stage == UseTapeStage::Floor;
        if cures && ecl.staging.cure_months_stage_3 > 0 {
            needs.fields = needs.fields.with(Field::DefaultDate);
        }
        needs
    }

    /// The same of the loans of each segment that is listed.
    fn segment_needs(&self, framework: Framework) -> Vec<(String, Needs)> {
        let Segments::Listed(listed) = &self.segments else { return Vec::new() };
        let needs = |name: &str| self.ecl.needs_of(self.ecl.exposure_of(name), framework);
        listed.iter().map(|segment| (segment.name.clone(), needs(&segment.name))).collect()
    }

    /// How to measure `tape` under `framework` with `terms`.
    ///
    /// # Errors
    /// Those of files of profiles.
    pub fn ecl_setup(&self, terms: &TermStructures, framework: Framework, tape: &Tape) -> Result<EclSetup> {
        let framework = self.framework_or(framework);
        let mut files = HashMap::new();
        let exposure = tape.segments.iter().map(|name| self.ecl.exposure_settings(name, &mut files));
        let exposure: Vec<ExposureSettings> = exposure.collect::<Result<_>>()?;
        refuse_effective_names(tape, &exposure)?;
        let settings = self.ecl.severity;
        let moves = |own: &ExposureSettings| settings.moves_expectation(own, Secured::Yes);
        // What is expected then depends on how strongly segments move with the economy.
        let model = exposure.iter().any(moves).then(|| self.link(&tape.segments)).transpose()?;
        let path = if model.is_some() { self.index_law(&tape.segments)? } else { None };
        let severity = SeveritySetup { settings, model, path };
        Ok(EclSetup {
            framework,
            grid: self.ecl.grid,
            discounting: self.ecl.discounting_under(framework),
            terms: terms.clone().for_tape(&tape.ratings, &tape.segments),
            exposure,
            staging: self.ecl.staging,
            cancellable: framework == Framework::Cecl && self.ecl.unconditionally_cancellable,
            most_months: None,
            scale: RatingScale::new(&self.known_ratings(terms), &tape.ratings),
            severity,
            outlook: self.outlook(tape)?.map(Arc::new),
            view: View::default(),
        })
    }
}

impl Resolved {
    /// The macro scenarios that `tape` is measured under; None without `[index]` and `[scenarios]`.
    fn outlook(&self, tape: &Tape) -> Result<Option<Outlook>> {
        let Some(economy) = self.economy(&tape.segments, self.ecl.grid, self.ecl.reporting_date)? else {
            return Ok(None);
        };
        let law = self.index_law(&tape.segments)?;
        let law = law.ok_or_else(|| Error::Internal("macro scenarios without a path".to_owned()))?;
        let of_model = std::iter::once(&self.ecl.exposure).chain(self.ecl.segments.iter().map(|(_, choice)| choice));
        let months = of_model.filter_map(|choice| choice.settings.remaining_months);
        let longest = tape.details.remaining_months.iter().copied().chain(months).max().unwrap_or(0).max(12);
        let mut outlook =
            Outlook::new(economy, (self.link(&tape.segments)?, law), self.ecl.grid.periods(longest).into());
        let moves = |choice: &ExposureChoice| choice.settings.collateral.index_loading > 0.0;
        outlook.moves_lgds = self.ecl.severity.economy != Economy::None
            || std::iter::once(&self.ecl.exposure).chain(self.ecl.segments.iter().map(|(_, own)| own)).any(moves);
        Ok(Some(outlook))
    }
}

/// Refuses rates that a tape calls effective and the settings of a segment nominal.
fn refuse_effective_names(tape: &Tape, exposure: &[ExposureSettings]) -> Result<()> {
    if exposure.iter().all(|settings| settings.rate_kind == RateKind::Effective) {
        return Ok(());
    }
    for input in &tape.inputs {
        let effective = |served: &&Served| {
            served.field == Field::InterestRate && served.is_found_as(&["eir", "effective_interest_rate"])
        };
        if let Some(served) = input.fields.iter().find(effective) {
            let name = &served.from;
            return Err(Error::Tape {
                path: input.path.clone(),
                found: format!(
                    "interest_rate in column '{name}', an effective rate by its name, and a nominal rate_kind"
                ),
                remedy: format!(
                    "set exposure.rate_kind = \"effective\"; or say that it is nominal with [columns] interest_rate = \
                     \"{name}\""
                ),
            });
        }
    }
    Ok(())
}

impl EclSettings {
    /// What loans with such exposures may not lack.
    fn needs_of(&self, choice: &ExposureChoice, framework: Framework) -> Needs {
        let settings = &choice.settings;
        let discounted = self.discounting_under(framework) == Discounting::Effective;
        let unrated = settings.interest_rate.is_none();
        let annuity = matches!(settings.schedule, ScheduleSettings::Annuity);
        let mut fields = FieldSet::default();
        if unrated && (discounted || annuity) {
            fields = fields.with(Field::InterestRate);
        }
        if settings.remaining_months.is_none() {
            fields = fields.with(Field::RemainingMonths);
        }
        let cancellable = framework == Framework::Cecl && self.unconditionally_cancellable;
        Needs {
            fields,
            drawn_in_full: settings.ccf.is_none() && !cancellable,
            rate_to_sell: unrated && discounted && settings.collateral.months_to_sale > 0,
        }
    }

    /// The files that the sections name, each once.
    pub fn files(&self) -> Vec<PathBuf> {
        let term = match &self.term {
            TermSource::Flat => None,
            TermSource::Curves { file, .. } | TermSource::Migration { file, .. } => Some(file.clone()),
        };
        let choices = std::iter::once(&self.exposure).chain(self.segments.iter().map(|(_, choice)| choice));
        let profiles = choices.filter_map(|choice| Some(self.folder.join(&choice.profile_file.as_ref()?.value)));
        let mut files: Vec<PathBuf> = term.into_iter().collect();
        for file in profiles {
            if !files.contains(&file) {
                files.push(file);
            }
        }
        files
    }

    /// Columns that are of use under `framework`.
    fn wanted(&self, framework: Framework) -> FieldSet {
        let mut wanted = FieldSet::of(&[
            Field::Stage,
            Field::DaysPastDue,
            Field::InterestRate,
            Field::MaturityDate,
            Field::RemainingMonths,
            Field::TermMonths,
            Field::OriginationDate,
            Field::Limit,
            Field::CollateralValue,
            Field::Lgd,
        ]);
        if self.term.goes_by_rating() {
            wanted = wanted.with(Field::Rating);
        } else if self.term != TermSource::Flat {
            wanted = wanted.with(Field::Pd);
        }
        if framework == Framework::Ifrs9 {
            let more = [Field::Rating, Field::OriginationPd, Field::OriginationRating];
            wanted = more.into_iter().fold(wanted, FieldSet::with);
            wanted = if self.staging.watchlist { wanted.with(Field::Watchlist) } else { wanted };
            let cures = self.staging.use_tape_stage == UseTapeStage::Floor;
            for (field, months) in [
                (Field::TriggerDate, self.staging.cure_months_stage_2),
                (Field::DefaultDate, self.staging.cure_months_stage_3),
            ] {
                wanted = if cures && months > 0 { wanted.with(field) } else { wanted };
            }
        }
        wanted
    }

    /// The exposure of the segment called `name`; files of profiles are read once, into `files`.
    fn exposure_settings(&self, name: &str, files: &mut HashMap<String, ProfileFile>) -> Result<ExposureSettings> {
        let choice = self.exposure_of(name);
        let mut settings = choice.settings.clone();
        if let Some(file) = &choice.profile_file {
            let profiles = match files.entry(file.value.clone()) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(read_profiles(&self.folder.join(&file.value))?),
            };
            settings.schedule = ScheduleSettings::Custom(profiles.of_segment(name)?);
        }
        Ok(settings)
    }
}
