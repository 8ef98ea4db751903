//! Defaults along a path by the state of the economy in their period (M43, M46), for expected losses of loans whose LGD moves: over
//! whatever the tape's PDs are the mean of, or in one macro scenario.
//!
//! A calibration takes milliseconds, so a loan's own PD is not calibrated: its rows are found between those of nodes
//! ([`Between`]), which all loans of a segment and curve share. PDs beyond nodes, and where nodes have nothing to say, are worked out by
//! themselves.

use super::economy::{Exposed, link_of};
use super::nodes::Between;
use super::outlook::Lens;
use super::setup::EclSetup;
use crate::error::{Error, Result};
use crate::model::path::{Economies, IndexLaw, MixedDefaults, PathGrid, PathPool, calibrate_one};
use crate::model::severity::{DefaultLaw, ROWS, by_argument, frye_jacobs, row_state};
use crate::model::term::TermKey;
use std::collections::HashMap;

/// Rows that are kept at most: 128 MiB.
const MOST_ROWS: usize = 65_536;

/// Below this probability of a default in the period a node's row is more noise than row.
const LEAST_MASS: f64 = 1e-12;

type Key = (u32, TermKey);

/// Defaults by period and state, period-major, each times the density of the state; with none, no path is like that.
type Rows = Vec<f64>;

/// See the module.
#[derive(Debug)]
pub struct AlongPaths {
    lens: Lens,
    state: State,
    known: HashMap<Key, Rows>,
    rows: usize,
    /// Φ(θ) of each period, and ρ′, of every term structure that was worked out.
    laws: HashMap<Key, (Vec<f64>, f64)>,
    /// The last for which there was no room.
    spare: Option<(Key, Rows)>,
    /// Quadratures by the bits of the memory of an index, under one copula.
    economies: HashMap<u64, Economies>,
}

/// What rows are states of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The index.
    Index,
    /// The argument of the conditional probability of default.
    Argument,
}

impl AlongPaths {
    /// Nothing worked out yet of what is seen through `lens`, by `state`.
    pub fn new(lens: Lens, state: State) -> Self {
        Self {
            lens,
            state,
            known: HashMap::new(),
            rows: 0,
            laws: HashMap::new(),
            spare: None,
            economies: HashMap::new(),
        }
    }

    /// Defaults of `loan` in `period` by state, up to a factor; found `between` PDs where it may be.
    ///
    /// # Errors
    /// That of a correlation which no path has; [`Error::Internal`] when `setup` has no correlations.
    pub fn row(
        &mut self,
        loan: &Exposed<'_>,
        along: (&EclSetup, &IndexLaw),
        (period, between): (usize, Option<&Between>),
    ) -> Result<Vec<f64>> {
        if let Some(row) = between.and_then(|between| self.row_between(loan, along, (period, between))) {
            return Ok(row);
        }
        let key = (loan.segment, loan.key);
        if self.find(key, period).is_none() {
            let rows = self.work_out(loan, along, (loan.key, period))?;
            self.keep(key, rows);
        }
        self.find(key, period).map(<[f64]>::to_vec).ok_or_else(|| Error::Internal("a loan without a path".to_owned()))
    }

    /// k of M47 of a `loan` that loses `lgd` on average in `period`: by Φ(θ) and ρ′ of its path, found `between` PDs where it may be.
    ///
    /// # Errors
    /// As [`AlongPaths::row`].
    pub fn step(
        &mut self,
        (loan, lgd): (&Exposed<'_>, f64),
        along: (&EclSetup, &IndexLaw),
        (period, between): (usize, Option<&Between>),
    ) -> Result<f64> {
        // What is worked out for rows is what is wanted here.
        self.row(loan, along, (period, between))?;
        let of = |laws: &HashMap<Key, (Vec<f64>, f64)>, term: TermKey| {
            let (shares, rho) = laws.get(&(loan.segment, term))?;
            Some(frye_jacobs::argument_step(*shares.get(period)?, lgd, *rho))
        };
        let own = |between: &Between| -> Option<f64> {
            let step = |(number, weight): (usize, &f64)| {
                Some(weight * of(&self.laws, TermKey { pd: between.pd(number), ..loan.key })?)
            };
            between.weights.iter().enumerate().map(step).sum()
        };
        if let Some(step) = between.and_then(own) {
            return Ok(step);
        }
        if of(&self.laws, loan.key).is_none_or(f64::is_nan) {
            self.work_out(loan, along, (loan.key, period))?;
        }
        Ok(of(&self.laws, loan.key).unwrap_or(0.0))
    }

    /// The row between nodes; None where one of them has nothing to say.
    fn row_between(
        &mut self,
        loan: &Exposed<'_>,
        along: (&EclSetup, &IndexLaw),
        (period, between): (usize, &Between),
    ) -> Option<Vec<f64>> {
        let mut found = vec![0.0; ROWS];
        for (number, weight) in between.weights.iter().enumerate() {
            let term = TermKey { pd: between.pd(number), ..loan.key };
            let key = (loan.segment, term);
            if self.find(key, period).is_none() {
                let had = match self.known.get(&key) {
                    Some(rows) if rows.is_empty() => return None,
                    Some(rows) => rows.len() / ROWS,
                    None => 0,
                };
                // Lives of many lengths: twice as long as the last time.
                let last = period.max((2 * had).saturating_sub(1));
                // What no path can have at a node, the loan's own PD may have.
                let rows = self.work_out(loan, along, (term, last)).unwrap_or_default();
                if self.rows + rows.len() / ROWS > MOST_ROWS {
                    return None;
                }
                self.keep(key, rows);
            }
            let row = self.find(key, period)?;
            let mass: f64 = row.iter().sum();
            if mass <= LEAST_MASS {
                return None;
            }
            found.iter_mut().zip(row).for_each(|(found, own)| *found += weight / mass * own);
        }
        Some(found)
    }

    fn find(&self, key: Key, period: usize) -> Option<&[f64]> {
        let spare = self.spare.as_ref().filter(|(known, _)| *known == key).map(|(_, rows)| rows);
        let row = |rows: &'_ Rows| (rows.len() >= (period + 1) * ROWS).then_some(());
        let rows = self.known.get(&key).filter(|rows| row(rows).is_some()).or(spare)?;
        rows.get(period * ROWS..(period + 1) * ROWS)
    }

    fn keep(&mut self, key: Key, rows: Rows) {
        let had = self.known.get(&key).map_or(0, Vec::len) / ROWS;
        let more = self.rows - had + rows.len() / ROWS;
        if more > MOST_ROWS {
            self.spare = Some((key, rows));
            return;
        }
        self.rows = more;
        self.known.insert(key, rows);
    }

    /// The rows of loans as `loan` with the term structure `term`, for all periods of its life and `last` at least.
    fn work_out(
        &mut self,
        loan: &Exposed<'_>,
        (setup, index): (&EclSetup, &IndexLaw),
        (term, last): (TermKey, usize),
    ) -> Result<Rows> {
        let (copula, rho) = link_of(loan.segment, term, setup)?;
        let per_year = usize::from(setup.grid.per_year());
        let periods = usize::from(setup.grid.periods(loan.terms.months)).max(per_year).max(last + 1);
        let mut curve = vec![0.0; periods];
        setup.terms.fill(term, setup.grid.months(), &mut curve);
        let memory = index.memory.get(loan.segment as usize).copied().unwrap_or(0.0);
        let outlook = setup.outlook.as_deref();
        let (regimes, segment) = (outlook.and_then(|own| own.economy.regimes), loan.segment as usize);
        let anchor = outlook.and_then(|own| own.anchor(segment));
        let pool = PathPool { segment: loan.name, curve, last: 1.0, rho, memory, anchor: anchor.as_ref() };
        let new = || Economies::new(copula, std::iter::once(memory)).in_regimes(regimes);
        let economies = self.economies.entry(memory.to_bits()).or_insert_with(new);
        let law = calibrate_one(&pool, PathGrid { copula, per_year, periods, regimes }, economies)?;
        let shares = law.thetas.iter().map(|&theta| copula.cdf(theta)).collect();
        self.laws.insert((loan.segment, term), (shares, law.rho));
        let scenario = match self.lens {
            Lens::Scenario(number) => outlook.and_then(|own| own.scenarios().get(number)),
            _ => None,
        };
        let defaults = match scenario.and_then(|own| own.climates.get(segment)) {
            Some(climate) => MixedDefaults::under(&law, memory, economies, climate)?,
            None => MixedDefaults::new(&law, memory, economies, anchor.as_ref())?,
        };
        if self.state == State::Argument {
            return Ok((0..periods).flat_map(|period| by_argument(&defaults, period)).collect());
        }
        let of_row = |place: usize| {
            let (period, state) = (place / ROWS, row_state(place % ROWS));
            let of_node = |(node, own): (usize, &(f64, f64))| own.1 * defaults.density(period, node, state);
            defaults.mixing().iter().enumerate().map(of_node).sum::<f64>()
        };
        Ok((0..periods * ROWS).map(of_row).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ecl::Discounting;
    use crate::model::exposure::{ExposureSettings, LgdPath, LoanTerms, Schedule};
    use crate::model::path::per_period;
    use crate::model::severity::{MeanLgd, Security};
    use crate::model::staging::{Framework, StagingRules};
    use crate::model::term::TermStructures;
    use crate::model::time::Grid;
    use crate::model::{AssetCorrelation, BaselClass, Copula, Factors, Model, SegmentSpec};
    use crate::risk::ecl::{RatingScale, SeveritySetup, View};

    fn setup(correlation: AssetCorrelation) -> EclSetup {
        let factors = Factors::new(vec!["economy".into()], vec![1.0]).unwrap();
        let segment = SegmentSpec { name: "all".into(), correlation, loadings: vec![1.0] };
        EclSetup {
            framework: Framework::Cecl,
            grid: Grid::Quarterly,
            discounting: Discounting::None,
            terms: TermStructures::flat(),
            exposure: vec![ExposureSettings::default()],
            staging: StagingRules::default(),
            cancellable: false,
            most_months: None,
            scale: RatingScale::default(),
            outlook: None,
            view: View::default(),
            severity: SeveritySetup {
                model: Some(Model::new(Copula::Gaussian, &factors, &[segment]).unwrap()),
                ..SeveritySetup::default()
            },
        }
    }

    fn terms() -> LoanTerms<'static> {
        LoanTerms {
            schedule: Schedule::Bullet,
            months: 60,
            rate: 0.0,
            cpr: 0.0,
            drawn: 1.0,
            undrawn: 0.0,
            lgd: LgdPath::Constant(0.45),
            collateral: None,
        }
    }

    fn mean_of(row: &[f64], mean: MeanLgd) -> f64 {
        let all: f64 = row.iter().sum();
        row.iter().enumerate().map(|(number, mass)| mass * mean.at(row_state(number))).sum::<f64>() / all
    }

    #[test]
    fn mean_lgds_between_nodes_are_those_of_the_loans_own_probability() {
        let alpha = per_period(0.8, 4);
        let index = IndexLaw { memory: vec![alpha], innovations: vec![(1.0 - alpha * alpha).sqrt()] };
        let security = |cover: f64| Some(Security { cover, floor: 0.05, loading: 0.3 });
        let laws = [
            MeanLgd::Index { lgd: 0.45, slope: 0.1, security: None },
            MeanLgd::Index { lgd: 0.3, slope: 0.25, security: None },
            MeanLgd::Index { lgd: 0.45, slope: 0.0, security: security(0.8) },
            MeanLgd::Index { lgd: 0.6, slope: 0.1, security: security(1.2) },
        ];
        let (settings, terms) = (ExposureSettings::default(), terms());
        let mut largest = 0.0_f64;
        for correlation in [AssetCorrelation::Fixed(0.15), AssetCorrelation::Basel(BaselClass::Corporate)] {
            let setup = setup(correlation);
            let (mut nodes, mut own) =
                (AlongPaths::new(Lens::Tape, State::Index), AlongPaths::new(Lens::Tape, State::Index));
            for pd in [3.1e-5, 0.000_713, 0.004_1, 0.011_3, 0.022, 0.034_7, 0.081, 0.177, 0.31] {
                let loan =
                    Exposed { terms: &terms, settings: &settings, segment: 0, name: "all", key: TermKey::flat(pd) };
                let between = Between::new(pd).unwrap();
                for period in [0, 3, 11, 19] {
                    let found = nodes.row(&loan, (&setup, &index), (period, Some(&between))).unwrap();
                    let exact = own.row(&loan, (&setup, &index), (period, None)).unwrap();
                    for mean in laws {
                        let error = mean_of(&found, mean) / mean_of(&exact, mean) - 1.0;
                        largest = largest.max(error.abs());
                        assert!(error.abs() < 1e-6, "{correlation:?} {pd} {period} {mean:?}: {error}");
                    }
                    // Sibling: the nearest node alone is another PD.
                    let nearest = TermKey::flat(between.pd(2));
                    let row = own.row(&Exposed { key: nearest, ..loan }, (&setup, &index), (period, None)).unwrap();
                    assert!((mean_of(&row, laws[0]) / mean_of(&exact, laws[0]) - 1.0).abs() > 1e-5, "{pd} {period}");
                }
            }
            assert!(nodes.known.len() < 55 && nodes.rows == nodes.known.len() * 20, "{}", nodes.rows);
        }
        assert!(largest > 1e-12);
    }

    #[test]
    fn what_has_no_room_is_worked_out_by_itself() {
        let alpha = per_period(0.8, 4);
        let index = IndexLaw { memory: vec![alpha], innovations: vec![(1.0 - alpha * alpha).sqrt()] };
        let (setup, settings, terms) = (setup(AssetCorrelation::Fixed(0.15)), ExposureSettings::default(), terms());
        let loan = |pd| Exposed { terms: &terms, settings: &settings, segment: 0, name: "all", key: TermKey::flat(pd) };
        let mut full = AlongPaths { rows: MOST_ROWS, ..AlongPaths::new(Lens::Tape, State::Index) };
        let between = Between::new(0.02).unwrap();
        let row = full.row(&loan(0.02), (&setup, &index), (3, Some(&between))).unwrap();
        let own = AlongPaths::new(Lens::Tape, State::Index).row(&loan(0.02), (&setup, &index), (3, None)).unwrap();
        assert_eq!(row, own);
        assert!(full.known.is_empty() && full.spare.is_some());
        // Another loan takes its place, and no figure of it.
        assert_ne!(full.row(&loan(0.03), (&setup, &index), (3, None)).unwrap(), own);
        assert_eq!(full.row(&loan(0.02), (&setup, &index), (3, None)).unwrap(), own);
    }
}
