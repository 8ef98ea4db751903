//! Severity in a plan (M45 to M47): the class of each profile in each period, and what a default of a class loses on average in
//! a pool, which is what bases are divided by: so tables, their steps and their ends move no expectation.
//!
//! Under M47 a class hangs on the pool as well. Profiles are split by the pools they are met in, k in steps of 1/64; steps are
//! doubled until there are few enough profiles and classes.

use super::classes::{Classes, Table};
use super::obligors::Obligors;
use super::pools::Group;
use super::profile::{MOST_PROFILES, MOST_WORDS, Profile};
use crate::engine::{Severity, State};
use crate::error::{Error, Result};
use crate::model::Copula;
use crate::model::severity::{DefaultLaw, LgdLaw, MeanLgd, by_argument, by_index, frye_jacobs};
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use std::collections::{BTreeSet, HashMap};

/// Width of the steps of k.
const STEP: f64 = 1.0 / 64.0;

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
}

/// See the module.
#[derive(Debug)]
pub struct Severities {
    table: Table,
    state: State,
    /// What classes lose on average in each pool.
    pub pools: Vec<PoolSeverity>,
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
    /// Numbers the classes of `profiles`, which are split where they must be; None when all LGDs are in the factors.
    ///
    /// # Errors
    /// [`Error::Setting`] when the table would be too large.
    pub fn new(obligors: &mut Obligors, profiles: &mut Vec<Profile>, pooling: &Pooling<'_>) -> Result<Option<Self>> {
        let laws = || profiles.iter().filter_map(|profile| profile.laws.as_ref()).flatten();
        if laws().next().is_none() {
            return Ok(None);
        }
        let by_pool = laws().any(|law| matches!(law.mean, MeanLgd::Argument { .. }));
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
        let table = classes.table()?;
        let state = if by_pool { State::Argument } else { State::Index };
        let means = table.means();
        let pool = |(number, group): (usize, &Group)| {
            let met: BTreeSet<u16> = losses(obligors, group).map(|loss| obligors.profile[loss]).collect();
            let met: Vec<&Profile> = met.into_iter().filter_map(|number| profiles.get(usize::from(number))).collect();
            Ok(pool_severity(&met, &(pooling.defaults)(number, group)?, (&table, &means, state)))
        };
        let pools = pooling.groups.par_iter().enumerate().map(pool).collect::<Result<_>>()?;
        Ok(Some(Self { table, state, pools }))
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
fn losses<'a>(obligors: &'a Obligors, group: &'a Group) -> impl Iterator<Item = usize> + 'a {
    group.obligors.iter().flat_map(|&obligor| obligors.losses(obligor as usize))
}

/// Splits `profiles` by the k of the pools they are met in.
fn split(obligors: &mut Obligors, profiles: &mut Vec<Profile>, pooling: &Pooling<'_>) -> Result<Classes> {
    let periods = profiles.iter().map(|profile| profile.factors.len()).max().unwrap_or(1).max(1);
    let mut step = STEP;
    while step < 64.0 {
        match try_split((obligors, profiles), pooling, step)? {
            Some(split) if split.profiles.len() * periods <= MOST_WORDS && (split.classes.fit() || step >= 1.0) => {
                obligors.profile = split.of_losses;
                *profiles = split.profiles;
                return Ok(split.classes);
            }
            _ => {}
        }
        step *= 2.0;
    }
    Err(Error::Internal("profiles that no step of k makes few enough".to_owned()))
}

struct Split {
    classes: Classes,
    profiles: Vec<Profile>,
    of_losses: Vec<u16>,
}

fn try_split((obligors, profiles): (&Obligors, &[Profile]), pooling: &Pooling<'_>, step: f64) -> Result<Option<Split>> {
    let mut split = Split { classes: Classes::default(), profiles: vec![], of_losses: obligors.profile.clone() };
    split.classes.number(LgdLaw::WHOLE);
    let mut numbers: HashMap<(u16, Vec<u16>), u16> = HashMap::new();
    for (number, group) in pooling.groups.iter().enumerate() {
        let defaults = (pooling.defaults)(number, group)?;
        let mut steps: HashMap<(usize, u64), f64> = HashMap::new();
        let mut masses: HashMap<usize, Vec<f64>> = HashMap::new();
        let mut here: HashMap<u16, u16> = HashMap::new();
        for loss in losses(obligors, group) {
            let number = obligors.profile[loss];
            if let Some(&known) = here.get(&number) {
                split.of_losses[loss] = known;
                continue;
            }
            let Some(profile) = profiles.get(usize::from(number)) else { return Ok(None) };
            let mut in_pool = |(period, law): (usize, LgdLaw)| match law.mean {
                MeanLgd::Argument { lgd, .. } => {
                    let exact = steps
                        .entry((period, lgd.to_bits()))
                        .or_insert_with(|| exact_step((pooling.copula, &defaults), &mut masses, (period, lgd)));
                    let step = (*exact / step + 0.5).floor() * step;
                    LgdLaw { mean: MeanLgd::Argument { lgd, step }, ..law }
                }
                _ => law,
            };
            let laws = profile.laws.clone().unwrap_or_else(|| vec![LgdLaw::WHOLE; profile.factors.len()]);
            let laws: Vec<LgdLaw> = laws.into_iter().enumerate().map(&mut in_pool).collect();
            let classes: Vec<u16> = laws.into_iter().map(|law| split.classes.number(law)).collect();
            let next = split.profiles.len();
            let played = match numbers.get(&(number, classes.clone())) {
                Some(&played) => played,
                None if next >= MOST_PROFILES => return Ok(None),
                None => {
                    split.profiles.push(Profile { classes: classes.clone(), ..profile.clone() });
                    numbers.insert((number, classes), next as u16);
                    next as u16
                }
            };
            here.insert(number, played);
            split.of_losses[loss] = played;
        }
    }
    Ok(Some(split))
}

/// k of M47 in a pool; `masses` are kept from LGD to LGD.
fn exact_step(
    (copula, defaults): (Copula, &PoolDefaults),
    masses: &mut HashMap<usize, Vec<f64>>,
    (period, lgd): (usize, f64),
) -> f64 {
    match copula {
        Copula::Gaussian => {
            let share = defaults.shares.get(period).copied().unwrap_or(1.0);
            frye_jacobs::argument_step(share, lgd, defaults.rho)
        }
        Copula::StudentT { .. } => {
            let rows = masses.entry(period).or_insert_with(|| by_argument(defaults.law.as_ref(), period));
            frye_jacobs::step_by_rows(rows, lgd)
        }
    }
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
