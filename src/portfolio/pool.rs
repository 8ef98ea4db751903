//! Pooling: the loans of a tape, gathered by segment and PD into the layout that devices play.
//!
//! A graded tape is pooled exactly. Continuous PDs are cut into bands whose PD keeps the band's expected loss (M12).

use super::Tape;
use super::bands::{PdKeys, sort_into_pools};
use crate::error::{Error, Result};
use crate::units::Unit;
use rayon::prelude::*;

/// A cent is too coarse, and a finer unit is taken (M11), when rounding moves the losses by more than this share.
const COARSE: f64 = 1e-3;

/// How to pool.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PoolSettings {
    /// Relative width of a PD band, above 0 up to 1; 0.1 puts PDs within 10 % into one band.
    pub band_width: f64,
    /// Currency per loss unit; None: a cent where possible.
    pub unit: Option<Unit>,
}

/// The obligors that share segment and PD.
#[derive(Debug, Clone, PartialEq)]
pub struct Pool {
    /// Index into [`Pooled::segments`].
    pub segment: u32,
    /// One-period probability of default of each obligor, 0 to 1.
    pub pd: f64,
    /// Index of the pool's first obligor in [`Pooled::losses`].
    pub first: u32,
    /// Number of obligors, at least 1.
    pub obligors: u32,
    /// Sum over obligors of loss (currency) × (own PD − pool PD)²: what banding leaves out, 0 for an exact pool.
    pub spread: f64,
}

/// What a segment holds.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentTotals {
    /// Name on the tape.
    pub name: String,
    /// Number of loans.
    pub loans: u64,
    /// Sum of exposures at default, currency.
    pub exposure: f64,
    /// Closed-form expected loss: sum of PD × LGD × EAD over its loans, currency.
    pub expected_loss: f64,
}

/// A tape in the layout of devices: obligors by pool, one u32 of loss each.
#[derive(Debug, Clone, PartialEq)]
pub struct Pooled {
    /// Segments in order of first appearance on the tape.
    pub segments: Vec<SegmentTotals>,
    /// Pools, ordered by segment, then PD.
    pub pools: Vec<Pool>,
    /// Loss of each obligor if it defaults (LGD × EAD over its loans), in units, by pool.
    pub losses: Vec<u32>,
    /// Tape row, counted from 0, of each obligor's first loan, by pool.
    pub rows: Vec<u32>,
    /// Currency per unit of loss.
    pub unit: Unit,
    /// What rounding losses to units moved.
    pub rounding: Rounding,
}

/// What rounding losses to units moved: sums of PD × |rounded loss − exact loss| over sums of PD × exact loss, so that a
/// giant does not hide what is lost of many small loans.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Rounding {
    /// Over the whole portfolio; 0 when nothing is expected to be lost.
    pub error: f64,
    /// The segment whose own error is largest, and that error.
    pub worst: Option<(u32, f64)>,
}

/// Obligors before they are placed: the loans that default together.
struct Obligors {
    segment: Vec<u32>,
    pd: Vec<f64>,
    amount: Vec<f64>,
    /// Tape row of each one's first loan; None when every loan is an obligor of its own.
    row: Option<Vec<u32>>,
}

/// Gathers the loans of `tape` into pools.
///
/// # Errors
/// [`Error::Setting`] when the largest loss of an obligor does not fit the unit asked for.
pub fn pool(tape: &Tape, settings: PoolSettings) -> Result<Pooled> {
    into_pools(tape.clone(), settings)
}

/// As [`pool`], but in the memory of the tape: besides what is given back, a loan takes no more than the 28 bytes it has there.
///
/// # Errors
/// Those of [`pool`].
pub fn into_pools(tape: Tape, settings: PoolSettings) -> Result<Pooled> {
    let segments = total_segments(&tape);
    let graded = tape.graded;
    let Obligors { segment, pd, amount, row } = gather_obligors(tape);
    let unit = unit_for(&amount, settings.unit, "loss")?;
    let keys = PdKeys::choose((&segment, &pd), segments.len(), graded, settings.band_width);
    let (mut pools, slots) = sort_into_pools(segment, &pd, &keys);
    preserve_expected_loss(&mut pools, &slots, (&pd, &amount));
    let rounding = weigh_rounding((&pools, &slots), (&pd, &amount), unit, segments.len());
    drop(pd);
    let mut next: Vec<u32> = pools.iter().map(|pool| pool.first).collect();
    let mut losses = vec![0; slots.len()];
    let mut rows = vec![0; slots.len()];
    for (obligor, (&slot, &amount)) in slots.iter().zip(&amount).enumerate() {
        let place = &mut next[slot as usize];
        losses[*place as usize] = unit.count(amount);
        rows[*place as usize] = row.as_ref().map_or(obligor as u32, |row| row[obligor]);
        *place += 1;
    }
    Ok(Pooled { segments, pools, losses, rows, unit, rounding })
}

fn weigh_rounding(
    (pools, slots): (&[Pool], &[u32]),
    (pds, amounts): (&[f64], &[f64]),
    unit: Unit,
    n_segments: usize,
) -> Rounding {
    let mut sums = RoundingSums::new(n_segments);
    for ((&slot, &pd), &amount) in slots.iter().zip(pds).zip(amounts) {
        sums.add(pools[slot as usize].segment, pd, (amount, unit));
    }
    sums.finish()
}

/// What rounding moves, by segment.
pub(crate) struct RoundingSums(Vec<(f64, f64)>);

impl RoundingSums {
    /// Nothing yet, of `n_segments`.
    pub(crate) fn new(n_segments: usize) -> Self {
        Self(vec![(0.0, 0.0); n_segments])
    }

    /// Adds an `amount` (currency) that is lost with probability `pd`.
    pub(crate) fn add(&mut self, segment: u32, pd: f64, (amount, unit): (f64, Unit)) {
        let (moved, expected) = &mut self.0[segment as usize];
        *moved += pd * (unit.currency(f64::from(unit.count(amount))) - amount).abs();
        *expected += pd * amount;
    }

    /// As shares of what is expected to be lost.
    pub(crate) fn finish(self) -> Rounding {
        let share = |(moved, expected): (f64, f64)| if expected > 0.0 { moved / expected } else { 0.0 };
        let total = self.0.iter().fold((0.0, 0.0), |total, sum| (total.0 + sum.0, total.1 + sum.1));
        let worst = self.0.iter().enumerate().map(|(segment, &sum)| (segment as u32, share(sum)));
        Rounding { error: share(total), worst: worst.max_by(|a, b| a.1.total_cmp(&b.1)) }
    }
}

fn total_segments(tape: &Tape) -> Vec<SegmentTotals> {
    let empty = |name: &String| SegmentTotals { name: name.clone(), loans: 0, exposure: 0.0, expected_loss: 0.0 };
    let mut totals: Vec<SegmentTotals> = tape.segments.iter().map(empty).collect();
    for (row, &segment) in tape.segment.iter().enumerate() {
        let total = &mut totals[segment as usize];
        total.loans += 1;
        total.exposure += tape.ead[row];
        total.expected_loss += tape.pd[row] * (tape.lgd[row] * tape.ead[row]);
    }
    totals
}

fn gather_obligors(tape: Tape) -> Obligors {
    let Tape { segment, pd, ead: mut amount, lgd, obligor, .. } = tape;
    amount.par_iter_mut().zip(&lgd).for_each(|(amount, lgd)| *amount *= lgd);
    let Some(obligor) = obligor else { return Obligors { segment, pd, amount, row: None } };
    let mut all = Obligors { segment: vec![], pd: vec![], amount: vec![], row: None };
    let mut rows = vec![];
    // Obligor numbers are dense and in order of first appearance.
    for (row, &number) in obligor.iter().enumerate() {
        match all.amount.get_mut(number as usize) {
            Some(sum) => *sum += amount[row],
            None => {
                all.segment.push(segment[row]);
                all.pd.push(pd[row]);
                all.amount.push(amount[row]);
                rows.push(row as u32);
            }
        }
    }
    Obligors { row: Some(rows), ..all }
}

/// As [`unit_for`], for the `bases` of losses over time (M32), any of which may be more than a loan can lose.
///
/// # Errors
/// Those of [`unit_for`].
pub(crate) fn choose_unit(bases: &[f64], wanted: Option<Unit>) -> Result<Unit> {
    unit_for(bases, wanted, "base, a loss before its factor over time,")
}

/// The unit asked for, if it holds the largest of `amounts`, else a cent or what suits them (M11). `what` they are is for
/// messages.
///
/// # Errors
/// [`Error::Setting`] when an amount does not fit.
fn unit_for(amounts: &[f64], wanted: Option<Unit>, what: &str) -> Result<Unit> {
    let largest = amounts.iter().copied().fold(0.0, f64::max);
    let wanted_amount = || format!("a largest {what} below 1e30; check the unit of the amounts");
    let too_large = || Error::setting("exposure", largest, wanted_amount());
    if let Some(unit) = wanted {
        return match unit.grown_to_hold(largest) {
            Some(fits) if fits == unit => Ok(unit),
            Some(fits) => Err(Error::setting(
                "simulation.unit",
                unit,
                format!("at least {fits}, so that the largest {what} of {largest} fits 32 bits; or \"auto\""),
            )),
            None => Err(too_large()),
        };
    }
    let cents = Unit::CENT.grown_to_hold(largest).ok_or_else(too_large)?;
    let (total, moved) = amounts.iter().fold((0.0, 0.0), |(total, moved), &amount| {
        let rounded = cents.currency(f64::from(cents.count(amount)));
        (total + amount, moved + (rounded - amount).abs())
    });
    if moved > COARSE * total { Unit::finest_for(largest).ok_or_else(too_large) } else { Ok(cents) }
}

/// Sets each pool's PD to the loss-weighted mean of its obligors' (a plain mean where nothing can be lost).
fn preserve_expected_loss(pools: &mut [Pool], slots: &[u32], (pds, amounts): (&[f64], &[f64])) {
    #[derive(Clone)]
    struct Sums {
        lowest: f64,
        highest: f64,
        pd: f64,
        loss: f64,
        expected: f64,
    }
    let none = Sums { lowest: 1.0, highest: 0.0, pd: 0.0, loss: 0.0, expected: 0.0 };
    let mut sums = vec![none; pools.len()];
    for ((&slot, &pd), &amount) in slots.iter().zip(pds).zip(amounts) {
        let sum = &mut sums[slot as usize];
        sum.lowest = sum.lowest.min(pd);
        sum.highest = sum.highest.max(pd);
        sum.pd += pd;
        sum.loss += amount;
        sum.expected += amount * pd;
    }
    for (pool, sum) in pools.iter_mut().zip(&sums) {
        let mean = if sum.loss > 0.0 { sum.expected / sum.loss } else { sum.pd / f64::from(pool.obligors) };
        pool.pd = mean.clamp(sum.lowest, sum.highest); // rounding of the mean must not leave the band
    }
    for ((&slot, &pd), &amount) in slots.iter().zip(pds).zip(amounts) {
        let pool = &mut pools[slot as usize];
        pool.spread += amount * ((pd - pool.pd) * (pd - pool.pd));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: PoolSettings = PoolSettings { band_width: 0.1, unit: None };

    /// A tape of (segment, pd, ead, lgd).
    fn tape(loans: &[(u32, f64, f64, f64)]) -> Tape {
        let mut tape = Tape { segments: vec!["a".into(), "b".into()], ..Tape::default() };
        for &(segment, pd, ead, lgd) in loans {
            tape.segment.push(segment);
            tape.pd.push(pd);
            tape.ead.push(ead);
            tape.lgd.push(lgd);
        }
        tape
    }

    /// 3,001 loans of continuous PDs in one segment.
    fn continuous() -> Tape {
        let loan = |i: u32| (0, 1e-4 * libm::exp(f64::from(i) * 0.003), f64::from(100 + i * 7919 % 5000), 0.45);
        tape(&(0..3001).map(loan).collect::<Vec<_>>())
    }

    #[test]
    fn few_pds_are_pooled_exactly_and_rows_keep_their_order() {
        let pooled =
            pool(&tape(&[(1, 0.2, 10.0, 0.5), (0, 0.1, 20.0, 1.0), (1, 0.2, 30.0, 1.0), (1, 0.0, 1.0, 1.0)]), SETTINGS)
                .unwrap();
        let pools: Vec<_> =
            pooled.pools.iter().map(|pool| (pool.segment, pool.pd, pool.first, pool.obligors)).collect();
        assert_eq!(pools, [(0, 0.1, 0, 1), (1, 0.0, 1, 1), (1, 0.2, 2, 2)]);
        assert_eq!((pooled.losses, pooled.rows), (vec![2000, 100, 500, 3000], vec![1, 3, 0, 2]));
        assert_eq!(pooled.segments[1].expected_loss, 0.2 * 5.0 + 0.2 * 30.0);
        assert_eq!(pooled.rounding, Rounding { error: 0.0, worst: Some((1, 0.0)) });
    }

    #[test]
    fn bands_preserve_expected_loss_and_stay_within_their_width() {
        let tape = continuous();
        let pooled = pool(&tape, SETTINGS).unwrap();
        assert!((60..110).contains(&pooled.pools.len()), "{} bands", pooled.pools.len());
        let by_pool: f64 = pooled
            .pools
            .iter()
            .map(|pool| {
                let losses = &pooled.losses[pool.first as usize..][..pool.obligors as usize];
                pool.pd * pooled.unit.currency(losses.iter().map(|&loss| f64::from(loss)).sum())
            })
            .sum();
        let exact = pooled.segments[0].expected_loss;
        assert!((by_pool / exact - 1.0).abs() < 1e-6, "{by_pool} against {exact}");
        for pool in &pooled.pools {
            for &row in &pooled.rows[pool.first as usize..][..pool.obligors as usize] {
                let (own, band) = (tape.pd[row as usize], pool.pd);
                let ratio = if band <= 0.5 { own / band } else { (1.0 - own) / (1.0 - band) };
                assert!((1.0 / 1.1001..=1.1001).contains(&ratio), "{own} in a band of {band}");
            }
        }
        let finer = pool(&tape, PoolSettings { band_width: 0.02, ..SETTINGS }).unwrap();
        assert!(finer.pools.len() > 3 * pooled.pools.len());
        let graded = pool(&Tape { graded: true, ..tape }, SETTINGS).unwrap();
        assert_eq!(graded.pools.len(), 3001);
    }

    #[test]
    fn loans_of_one_obligor_become_one_loss() {
        let mut tape = tape(&[(0, 0.1, 10.0, 1.0), (0, 0.1, 20.0, 0.5), (0, 0.1, 40.0, 1.0)]);
        tape.obligor = Some(vec![0, 1, 0]);
        let pooled = pool(&tape, SETTINGS).unwrap();
        assert_eq!((pooled.losses, pooled.rows), (vec![5000, 1000], vec![0, 1]));
        assert_eq!(pooled.segments[0].loans, 3);
    }

    #[test]
    fn a_giant_does_not_hide_what_rounding_takes_from_small_loans() {
        let mut loans = vec![(0, 0.0001, 2e12, 0.45)];
        loans.extend([(1, 0.03, 300.0, 0.6); 5_003]);
        let pooled = pool(&tape(&loans), SETTINGS).unwrap();
        assert_eq!(pooled.unit.value(), 500.0);
        assert_eq!(pooled.rounding.worst, Some((1, 1.0)));
        assert!(pooled.rounding.error > 1e-4, "{}", pooled.rounding.error);
    }

    #[test]
    fn the_unit_follows_the_amounts() {
        let unit = |ead: f64| pool(&tape(&[(0, 0.1, ead, 1.0)]), SETTINGS).unwrap().unit.value();
        assert_eq!(unit(123.45), 0.01);
        assert_eq!(unit(1e9), 0.5);
        assert!(unit(0.000_123_4) < 1e-12, "a cent would round this loan away");
        assert_eq!(unit(0.0), 0.01);
        let cents = PoolSettings { unit: Some(Unit::CENT), ..SETTINGS };
        let refused = pool(&tape(&[(0, 0.1, 1e9, 1.0)]), cents).unwrap_err().to_string();
        assert!(refused.contains("at least 0.5"), "{refused}");
        assert!(pool(&tape(&[(0, 0.1, 1e300, 1.0)]), SETTINGS).is_err());
    }
}
