//! Small plans of several periods.

use mc_gpu::engine::{DefaultTimes, HorizonSpec, KernelChoice, PathLaw, Plan, WHOLE};
use mc_gpu::error::Result;
use mc_gpu::model::{AssetCorrelation, Copula, Factors, Model, SegmentSpec};
use mc_gpu::portfolio::{Pool, Pooled, Rounding, SegmentTotals};
use mc_gpu::units::Unit;

/// What a plan is made of.
#[derive(Clone)]
pub struct Book {
    pub copula: Copula,
    /// Loadings of each segment on independent factors.
    pub loadings: Vec<Vec<f64>>,
    /// Segment and obligors of each pool.
    pub pools: Vec<(u32, u32)>,
    pub kernel: KernelChoice,
    pub spec: HorizonSpec,
}

/// A loss of `base` units each, in `periods` over which 3/5 default; nothing but defaults.
pub fn book(pools: Vec<(u32, u32)>, base_slots: u16, periods: usize) -> Book {
    let n: usize = pools.iter().map(|&(_, obligors)| obligors as usize * usize::from(base_slots)).sum();
    let segments = 1 + pools.iter().map(|&(segment, _)| segment).max().unwrap_or(0);
    let by_then = |period: usize| 0.6 * (period + 1) as f64 / periods as f64;
    Book {
        copula: Copula::Gaussian,
        loadings: (0..segments).map(|_| vec![1.0]).collect(),
        kernel: KernelChoice::Auto,
        spec: HorizonSpec {
            periods,
            per_year: 4,
            cumulative: pools.iter().flat_map(|_| (0..periods).map(by_then)).collect(),
            factors: vec![WHOLE; periods],
            slots: vec![base_slots; pools.len()],
            profiles: vec![0; n],
            times: DefaultTimes::Copula,
            severity: None,
        },
        pools,
    }
}

impl Book {
    /// The same along a path.
    pub fn along(mut self, law: PathLaw) -> Self {
        self.spec.times = DefaultTimes::Path(Box::new(law));
        self
    }

    /// Laid out; the loss in each place is `base` of it.
    pub fn plan(&self, base: impl Fn(usize) -> u32) -> Plan {
        self.try_plan(base).unwrap()
    }

    /// The same, or why it is refused.
    pub fn try_plan(&self, base: impl Fn(usize) -> u32) -> Result<Plan> {
        let k = self.loadings[0].len();
        let names = (0..k).map(|factor| format!("factor {factor}")).collect();
        let identity = (0..k * k).map(|i| f64::from(i / k == i % k)).collect();
        let spec = |(nth, loadings): (usize, &Vec<f64>)| SegmentSpec {
            name: format!("segment {nth}"),
            correlation: AssetCorrelation::Fixed(0.2),
            loadings: loadings.clone(),
        };
        let specs: Vec<SegmentSpec> = self.loadings.iter().enumerate().map(spec).collect();
        let model = Model::new(self.copula, &Factors::new(names, identity).unwrap(), &specs).unwrap();
        let totals =
            |spec: &SegmentSpec| SegmentTotals { name: spec.name.clone(), loans: 0, exposure: 0.0, expected_loss: 0.0 };
        let mut first = 0;
        let pools = self.pools.iter().zip(&self.spec.slots).map(|(&(segment, obligors), &slots)| {
            let pool = Pool { segment, pd: 0.1, first, obligors, spread: 0.0 };
            first += obligors * u32::from(slots);
            pool
        });
        let pools = pools.collect();
        let pooled = Pooled {
            segments: specs.iter().map(totals).collect(),
            pools,
            losses: (0..first as usize).map(base).collect(),
            rows: (0..first).collect(),
            unit: Unit::CENT,
            rounding: Rounding::default(),
        };
        Plan::with_horizon(pooled, model, self.kernel, self.spec.clone())
    }
}
