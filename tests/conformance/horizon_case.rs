//! Random and awkward horizons: periods, profiles, paths of the index and severities, made of hashes.

use mc_gpu::engine::{DefaultTimes, HorizonSpec, MATURED, PathLaw, Severity, State, WHOLE};
use mc_gpu::math::normal;
use mc_gpu::model::Model;
use mc_gpu::model::path::{Climate, Regimes};
use mc_gpu::portfolio::Pooled;
use proptest::prelude::*;

/// Periods, and loans that differ in when and what they lose.
#[derive(Debug, Clone)]
pub struct HorizonCase {
    pub periods: usize,
    pub per_year: usize,
    /// Losses of each obligor, by pool.
    pub slots: Vec<u16>,
    /// What profiles and term structures are made of.
    pub salt: u32,
    pub n_profiles: u32,
    /// Whether the index has a path.
    pub has_path: bool,
    /// Whether there are regimes along it.
    pub has_regimes: bool,
    /// Whether a macro scenario moves it.
    pub has_climate: bool,
    pub severity: Option<SeverityCase>,
}

/// What shape a table of severities has.
#[derive(Debug, Clone, Copy)]
pub struct SeverityCase {
    pub rows: usize,
    pub cells: usize,
    pub state: State,
}

/// A horizon without paths or severities.
pub fn timed(periods: usize, per_year: usize) -> HorizonCase {
    HorizonCase {
        periods,
        per_year,
        slots: vec![1],
        salt: 77,
        n_profiles: 5,
        has_path: false,
        has_regimes: false,
        has_climate: false,
        severity: None,
    }
}

fn hash(salt: u32, i: usize) -> u32 {
    (i as u32).wrapping_add(salt).wrapping_mul(2_654_435_761).rotate_left(13).wrapping_mul(40_503)
}

/// From 0 to 1.
fn share(salt: u32, i: usize) -> f64 {
    f64::from(hash(salt, i)) / f64::from(u32::MAX)
}

impl HorizonCase {
    /// The same along a path of the index.
    pub fn path(self) -> Self {
        Self { has_path: true, ..self }
    }

    /// The same along a path in regimes.
    pub fn regimes(self) -> Self {
        Self { has_regimes: true, ..self.path() }
    }

    /// The same along a path in a macro scenario.
    pub fn climate(self) -> Self {
        Self { has_climate: true, ..self.path() }
    }

    /// What the macro scenario makes of the index of each of `segments`; not all of them have one.
    pub fn climates(&self, segments: usize) -> Option<Vec<Climate>> {
        let Self { salt, periods, .. } = *self;
        let climate = |segment: usize| match (segment + salt as usize) % 3 {
            1 if segments > 1 => Climate::none(),
            _ => Climate {
                macro_part: (0..1 + hash(salt, segment) as usize % (periods + 3))
                    .map(|period| 6.0 * share(salt, 17 * segment + period) - 4.0)
                    .collect(),
                scale: 0.05 + 0.95 * share(salt, 23 * segment),
            },
        };
        (self.has_path && self.has_climate).then(|| (0..segments).map(climate).collect())
    }

    /// The same with severities.
    pub fn severity(self, rows: usize, cells: usize, state: State) -> Self {
        Self { severity: Some(SeverityCase { rows, cells, state }), ..self }
    }

    /// A horizon for the pools of `pooled`, whose obligors become fewer where they have several losses each.
    pub fn spec(&self, pooled: &mut Pooled, model: &Model) -> HorizonSpec {
        let Self { periods, per_year, salt, n_profiles, .. } = *self;
        let hash = |i: usize| hash(salt, i);
        let (mut losses, mut slots, mut cumulative) = (vec![], vec![], vec![]);
        for (index, pool) in pooled.pools.iter_mut().enumerate() {
            let own = &pooled.losses[pool.first as usize..][..pool.obligors as usize];
            let n_slots = u32::from(self.slots[index % self.slots.len()]).min(pool.obligors);
            pool.first = losses.len() as u32;
            pool.obligors /= n_slots;
            losses.extend_from_slice(&own[..(pool.obligors * n_slots) as usize]);
            slots.push(n_slots as u16);
            // A flat hazard, but for a period in which nobody defaults.
            let quiet = hash(index) as usize % (2 * periods);
            cumulative.extend((0..periods).map(|period| {
                let years = (period + 1 - usize::from(period == quiet)) as f64 / per_year as f64;
                if pool.pd >= 1.0 { 1.0 } else { -libm::expm1(libm::log1p(-pool.pd) * years) }
            }));
        }
        let mut factors = vec![];
        for profile in 0..n_profiles as usize {
            let end = 1 + hash(profile) as usize % periods;
            let factor = |period: usize| match hash(profile * 977 + period) {
                word if word % 11 == 0 => 0,
                word if word % 11 == 1 => WHOLE,
                word => word % WHOLE,
            };
            factors.extend((0..periods).map(|period| if period < end { factor(period) } else { MATURED }));
        }
        let profiles = (0..losses.len()).map(|i| (hash(i) % n_profiles) as u16).collect();
        pooled.rows = (0..losses.len() as u32).collect();
        pooled.losses = losses;
        let times = match self.has_path {
            false => DefaultTimes::Copula,
            true => DefaultTimes::Path(Box::new(self.law(pooled, model))),
        };
        let severity = self.severity.map(|severity| self.table(severity, &factors));
        HorizonSpec { periods, per_year, cumulative, factors, slots, profiles, times, severity }
    }

    /// Thresholds around those of a flat hazard, in no order; in some periods nobody defaults.
    fn law(&self, pooled: &Pooled, model: &Model) -> PathLaw {
        let Self { periods, per_year, salt, .. } = *self;
        let mut thetas = vec![];
        for (index, pool) in pooled.pools.iter().enumerate() {
            let quiet = hash(salt, index) as usize % (2 * periods);
            let hazard = -libm::expm1(libm::log1p(-pool.pd.min(1.0 - 1e-16)) / per_year as f64);
            thetas.extend((0..periods).map(|period| match pool.pd {
                pd if pd <= 0.0 || period == quiet => f64::NEG_INFINITY,
                pd if pd >= 1.0 => f64::INFINITY,
                _ => normal::quantile(hazard.max(1e-15)) + 0.2 * share(salt, 31 * index + period),
            }));
        }
        let n = model.segments().len();
        PathLaw {
            thetas,
            rhos: (0..pooled.pools.len())
                .map(|pool| 0.97 * share(salt, 7 * pool) * share(salt, 7 * pool + 1))
                .collect(),
            memory: (0..n).map(|segment| 0.999 * share(salt, 5 * segment + 3)).collect(),
            innovations: (0..n * model.n_factors()).map(|i| share(salt, 11 * i + 2) - 0.4).collect(),
            regimes: self.has_regimes.then(|| {
                let own = |i: usize| share(salt, 41 + i);
                let leave = [0.01 + 0.9 * own(0), 0.01 + 0.9 * own(1)];
                Regimes::new(leave, [own(2), -3.0 * own(3)], [0.1 + own(4), 0.1 + 4.0 * own(5)]).unwrap()
            }),
        }
    }

    fn table(&self, SeverityCase { rows, cells, state }: SeverityCase, factors: &[u32]) -> Severity {
        let n_classes = 1 + self.salt as usize % 4;
        let class = |i: usize, factor: u32| match factor {
            // What is idle may be anything.
            MATURED => u16::MAX,
            _ => (hash(self.salt, 3 * i) as usize % n_classes) as u16,
        };
        let table = (0..n_classes * rows * cells).map(|i| match hash(self.salt, 13 * i) {
            word if word % 17 == 0 => 0,
            word if word % 17 == 1 => WHOLE,
            word => word % WHOLE,
        });
        let classes = factors.iter().enumerate().map(|(i, &factor)| class(i, factor)).collect();
        Severity { classes, rows, cells, table: table.collect(), state }
    }
}

pub fn any_horizon() -> impl Strategy<Value = HorizonCase> {
    let periods = prop_oneof![5 => 1usize..50, 1 => 50usize..200];
    let slots = proptest::collection::vec(prop_oneof![4 => Just(1u16), 1 => 2u16..5], 1..4);
    let per_year = proptest::sample::select(vec![1, 4, 12]);
    let sizes = || proptest::sample::select(vec![1, 256]);
    let state = proptest::sample::select(vec![State::Index, State::Argument]);
    let severity = (sizes(), sizes(), state).prop_map(|(rows, cells, state)| SeverityCase { rows, cells, state });
    let along = prop_oneof![3 => Just([false; 3]), 1 => Just([true, false, false]), 2 => any::<[bool; 2]>().prop_map(|[a, b]| [true, a, b])];
    (periods, per_year, slots, any::<u32>(), 1u32..40, along, proptest::option::of(severity)).prop_map(
        |(periods, per_year, slots, salt, n_profiles, [has_path, has_regimes, has_climate], severity)| HorizonCase {
            periods,
            per_year,
            slots,
            salt,
            n_profiles,
            has_path,
            has_regimes,
            has_climate,
            severity,
        },
    )
}
