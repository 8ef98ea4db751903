//! Severity in a plan (M45 to M47): the class of each profile in each period, and what a default of a class loses on average in
//! a pool, which is what bases are divided by: so tables, their steps and their ends move no expectation.
//!
//! Where LGDs move and the expected loss stays what it is, classes and factors hang on the pool as well: profiles are split by the
//! pools they are met in, so that each period loses on average what the closed form says.

use super::classes::{Classes, Table};
use super::obligors::Obligors;
use super::pools::Group;
use super::profile::Profile;
use super::settled::is_by_pool;
use super::split::split;
use crate::engine::{Severity, State};
use crate::error::Result;
use crate::model::Copula;
use crate::model::severity::{DefaultLaw, ExpectedLoss, LgdLaw, MeanLgd, by_argument, by_index};
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use std::collections::BTreeSet;

/// How the obligors of a pool default.
pub struct PoolDefaults {
    /// Whether all do, in the first period, whatever the economy does: devices then look nothing up.
    pub is_certain: bool,
    /// The probability of default whose quantile is the threshold of each period (M30, M43).
    pub shares: Vec<f64>,
    /// Asset correlation.
    pub rho: f64,
    /// How defaults are spread over the economy.
    pub law: Box<dyn DefaultLaw>,
}

/// What is needed to number classes.
pub struct Pooling<'a> {
    /// Obligors in pools.
    pub groups: &'a [Group],
    /// How those of a group, and its number, default.
    pub defaults: &'a (dyn Fn(usize, &Group) -> Result<PoolDefaults> + Sync),
    /// The copula.
    pub copula: Copula,
    /// What becomes of the expected loss.
    pub expected_loss: ExpectedLoss,
    /// Is asked now and then; its error ends the work.
    pub go_on: &'a (dyn Fn() -> Result<()> + Sync),
}

/// See the module.
#[derive(Debug)]
pub struct Severities {
    table: Table,
    state: State,
    /// What classes lose on average in each pool.
    pub pools: Vec<PoolSeverity>,
}

/// Where the LGDs of a plan are.
pub enum Carried {
    /// In the factors, all of them.
    Fixed,
    /// In a table.
    Table(Severities),
    /// In none: they are too many for it.
    TooMany,
}

/// What a default loses on average in a pool, by period and class.
#[derive(Debug, Clone, PartialEq)]
pub struct PoolSeverity {
    /// Classes that are met in the pool, rising.
    classes: Vec<u16>,
    /// Period-major; empty where all obligors default for certain.
    means: Vec<f64>,
}

impl PoolSeverity {
    /// The mean share that a default of `class` loses in `period`, 0 to 1.
    pub fn mean(&self, period: usize, class: u16) -> f64 {
        match self.classes.binary_search(&class) {
            Ok(place) => self.means.get(period * self.classes.len() + place).copied().unwrap_or(1.0),
            Err(_) => 1.0,
        }
    }

    /// The factors of `profile`, each times the mean share that a default loses.
    pub fn weighed(&self, profile: &Profile) -> Vec<f64> {
        let mean = |(period, (factor, &class)): (usize, (&f64, &u16))| factor * self.mean(period, class);
        profile.factors.iter().zip(&profile.classes).enumerate().map(mean).collect()
    }
}

impl Severities {
    /// Numbers the classes of `profiles`, which are split where they must be.
    ///
    /// # Errors
    /// Those of `pooling`.
    pub fn number(obligors: &mut Obligors, profiles: &mut Vec<Profile>, pooling: &Pooling<'_>) -> Result<Carried> {
        let laws = || profiles.iter().filter_map(|profile| profile.laws.as_ref()).flatten();
        if laws().next().is_none() {
            return Ok(Carried::Fixed);
        }
        let by_argument = laws().any(|law| matches!(law.mean, MeanLgd::Argument { .. }));
        let by_pool = laws().any(|law| is_by_pool(law, pooling.expected_loss));
        let mut classes = Classes::default();
        // The first class is that of whatever is lost whole; what is idle has it too.
        classes.number(LgdLaw::WHOLE);
        if by_pool {
            classes = split(obligors, profiles, pooling)?;
        } else {
            for profile in profiles.iter_mut() {
                let laws = profile.laws.clone().unwrap_or_else(|| vec![LgdLaw::WHOLE; profile.factors.len()]);
                profile.classes = laws.into_iter().map(|law| classes.number(law)).collect();
            }
        }
        if !classes.fit() {
            return Ok(Carried::TooMany);
        }
        let table = classes.table()?;
        let state = if by_argument { State::Argument } else { State::Index };
        let means = table.means();
        let pool = |(number, group): (usize, &Group)| {
            let met: BTreeSet<u16> = losses(obligors, group).map(|loss| obligors.profile[loss]).collect();
            let met: Vec<&Profile> = met.into_iter().filter_map(|number| profiles.get(usize::from(number))).collect();
            Ok(pool_severity(&met, &(pooling.defaults)(number, group)?, (&table, &means, state)))
        };
        let pools = pooling.groups.par_iter().enumerate().map(pool).collect::<Result<_>>()?;
        Ok(Carried::Table(Self { table, state, pools }))
    }

    /// For a plan of `periods` of `profiles`.
    pub fn into_plan(self, profiles: &[Profile], periods: usize) -> Severity {
        let padded = |profile: &Profile| -> Vec<u16> {
            profile.classes.iter().copied().chain(std::iter::repeat(0)).take(periods).collect()
        };
        let Table { rows, cells, shares } = self.table;
        Severity { classes: profiles.iter().flat_map(padded).collect(), rows, cells, table: shares, state: self.state }
    }
}

/// The losses of the obligors of `group`.
pub fn losses<'a>(obligors: &'a Obligors, group: &'a Group) -> impl Iterator<Item = usize> + 'a {
    group.obligors.iter().flat_map(|&obligor| obligors.losses(obligor as usize))
}

/// What the classes of the profiles `met` in a pool lose on average.
fn pool_severity(
    met: &[&Profile],
    defaults: &PoolDefaults,
    (table, means, state): (&Table, &[f64], State),
) -> PoolSeverity {
    let classes: BTreeSet<u16> = met.iter().flat_map(|profile| profile.classes.iter().copied()).collect();
    let classes: Vec<u16> = classes.into_iter().collect();
    let periods = met.iter().map(|profile| profile.classes.len()).max().unwrap_or(0);
    let mut severity = PoolSeverity { means: Vec::with_capacity(periods * classes.len()), classes };
    if defaults.is_certain {
        return severity;
    }
    for period in 0..periods {
        let masses = match (table.rows, state) {
            (1, _) => vec![1.0],
            (_, State::Index) => by_index(defaults.law.as_ref(), period),
            (_, State::Argument) => by_argument(defaults.law.as_ref(), period),
        };
        let all: f64 = masses.iter().sum();
        let of_class = |&class: &u16| {
            let rows = &means[usize::from(class) * table.rows..][..table.rows];
            let lost: f64 = masses.iter().zip(rows).map(|(mass, mean)| mass * mean).sum();
            if all > 0.0 { lost / all } else { 0.0 }
        };
        severity.means.extend(severity.classes.iter().map(of_class));
    }
    severity
}
