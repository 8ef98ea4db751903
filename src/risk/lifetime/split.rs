//! Profiles split by the pools they are met in, where laws of LGDs depend on those (M46, M47).
//!
//! Pools whose laws and factors are equal share a profile. Where that leaves too many, steps are doubled, and factors need only be
//! nearly equal; bases make up for it over a loan's life.

use super::classes::Classes;
use super::obligors::Obligors;
use super::pools::Group;
use super::profile::{MOST_PROFILES, MOST_WORDS, Profile, scaled};
use super::settled::PoolLaws;
use super::severities::{Pooling, losses};
use crate::error::{Error, Result};
use crate::model::severity::LgdLaw;
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use std::collections::{BTreeSet, HashMap};

/// Width of the steps of k and m.
const STEP: f64 = 1.0 / 512.0;

/// How far, relatively, factors may differ in profiles that pools share, once they must share.
const TOLERANCE: f64 = 1.0 / 1024.0;

/// How often steps are doubled at most: then all is in one.
const MOST_DOUBLINGS: u32 = 16;

/// Pools that are worked out before they are looked at.
const AT_ONCE: usize = 16;

/// Splits `profiles` by what their laws are in the pools they are met in.
///
/// # Errors
/// [`Error::Internal`] when nothing makes them few enough; those of `pooling.defaults` and `pooling.go_on`.
pub fn split(obligors: &mut Obligors, profiles: &mut Vec<Profile>, pooling: &Pooling<'_>) -> Result<Classes> {
    let periods = profiles.iter().map(|profile| profile.factors.len()).max().unwrap_or(1).max(1);
    // The widest of steps leaves two of each law: as it is, and as high as it goes.
    for doublings in 0..=MOST_DOUBLINGS {
        let step = STEP * f64::from(1_u32 << doublings);
        let tolerance = if doublings == 0 { 0.0 } else { 0.5 * TOLERANCE * f64::from(1_u32 << doublings) };
        let most = MOST_PROFILES.min(MOST_WORDS / periods);
        if let Some(split) = try_split((obligors, profiles), pooling, (step, tolerance, most))?
            && (split.classes.fit() || doublings == MOST_DOUBLINGS)
        {
            obligors.profile = split.of_losses;
            *profiles = split.profiles;
            return Ok(split.classes);
        }
    }
    Err(Error::Internal("profiles that no step makes few enough".to_owned()))
}

struct Split {
    classes: Classes,
    profiles: Vec<Profile>,
    of_losses: Vec<u16>,
    /// Those made of a profile, by its number and its classes.
    made_of: HashMap<(u16, Vec<u16>), Vec<u16>>,
}

/// A profile in a pool: its number, its classes' laws and its factors.
struct InPool {
    number: u16,
    laws: Vec<LgdLaw>,
    factors: Vec<f64>,
}

fn try_split(
    (obligors, profiles): (&Obligors, &[Profile]),
    pooling: &Pooling<'_>,
    (step, tolerance, most): (f64, f64, usize),
) -> Result<Option<Split>> {
    let mut split = Split {
        classes: Classes::default(),
        profiles: vec![],
        of_losses: obligors.profile.clone(),
        made_of: HashMap::new(),
    };
    split.classes.number(LgdLaw::WHOLE);
    for (part, groups) in pooling.groups.chunks(AT_ONCE).enumerate() {
        let one = |(number, group): (usize, &Group)| {
            settle((obligors, profiles), pooling, (part * AT_ONCE + number, group), step)
        };
        let settled = groups.par_iter().enumerate().map(one).collect::<Result<Vec<Vec<InPool>>>>()?;
        for (group, met) in groups.iter().zip(settled) {
            let mut here: HashMap<u16, u16> = HashMap::new();
            for own in met {
                let number = own.number;
                let Some(profile) = profiles.get(usize::from(number)) else { return Ok(None) };
                let Some(played) = split.number(own, profile, (tolerance, most)) else { return Ok(None) };
                here.insert(number, played);
            }
            for loss in losses(obligors, group) {
                split.of_losses[loss] = here.get(&obligors.profile[loss]).copied().unwrap_or_default();
            }
        }
        (pooling.go_on)()?;
    }
    Ok(Some(split))
}

/// The profiles that are met in a pool, as they are there.
fn settle(
    (obligors, profiles): (&Obligors, &[Profile]),
    pooling: &Pooling<'_>,
    (number, group): (usize, &Group),
    step: f64,
) -> Result<Vec<InPool>> {
    let defaults = (pooling.defaults)(number, group)?;
    let mut known = PoolLaws::new((pooling.copula, &defaults), pooling.expected_loss, step);
    let met: BTreeSet<u16> = losses(obligors, group).map(|loss| obligors.profile[loss]).collect();
    let one = |number: u16| {
        let profile = profiles.get(usize::from(number))?;
        let Some(laws) = &profile.laws else {
            let laws = vec![LgdLaw::WHOLE; profile.factors.len()];
            return Some(InPool { number, laws, factors: profile.factors.clone() });
        };
        let settled: Vec<_> = laws.iter().enumerate().map(|(period, &law)| known.settle(period, law)).collect();
        let factors = profile.factors.iter().zip(&settled).map(|(factor, own)| factor * own.multiple).collect();
        Some(InPool { number, laws: settled.into_iter().map(|own| own.law).collect(), factors: scaled(factors) })
    };
    Ok(met.into_iter().filter_map(one).collect())
}

impl Split {
    /// The number of the profile that `own`, made of `profile`, is played as; None when there would be more than `most`.
    fn number(&mut self, own: InPool, profile: &Profile, (tolerance, most): (f64, usize)) -> Option<u16> {
        let classes: Vec<u16> = own.laws.into_iter().map(|law| self.classes.number(law)).collect();
        let next = self.profiles.len();
        let made = self.made_of.entry((own.number, classes.clone())).or_default();
        let alike = made.iter().copied().find(|&made| {
            let made = self.profiles.get(usize::from(made)).map_or(&[][..], |made| &made.factors);
            are_alike((&own.factors, made), tolerance)
        });
        if alike.is_some() {
            return alike;
        }
        let number = u16::try_from(next).ok().filter(|_| next < most)?;
        made.push(number);
        self.profiles.push(Profile { classes, factors: own.factors, laws: None, ..*profile });
        Some(number)
    }
}

fn are_alike((a, b): (&[f64], &[f64]), tolerance: f64) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() <= tolerance * a.min(*b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_are_alike_within_their_tolerance_and_to_the_bit_without() {
        let own = [1.0, 0.5, 0.0];
        assert!(are_alike((&own, &own), 0.0) && are_alike((&own, &[1.0, 0.5004, 0.0]), 0.001));
        assert!(!are_alike((&own, &[1.0, 0.500_000_000_1, 0.0]), 0.0));
        assert!(!are_alike((&own, &[1.0, 0.5006, 0.0]), 0.001) && !are_alike((&own, &[1.0, 0.5, 1e-9]), 0.9));
        assert!(!are_alike((&own, &own[..2]), 1.0));
    }
}
