//! How the obligors of each pool default, by state of the economy (M30, M43): what expectations of severities rest on.

use super::pools::Group;
use crate::engine::PathLaw;
use crate::error::Result;
use crate::math::normal;
use crate::model::path::{Economies, PathDefaults, PathPoolLaw};
use crate::model::severity::{CopulaDefaults, DefaultLaw};
use crate::model::{Copula, Model};
use crate::risk::ecl::EclSetup;

/// How the obligors of a pool default.
pub struct PoolDefaults {
    /// Whether all do, in the first period, whatever the economy does: devices then look nothing up.
    pub is_certain: bool,
    /// The probability of default whose normal quantile is the threshold of each period under the Gaussian copula.
    pub shares: Vec<f64>,
    /// Asset correlation.
    pub rho: f64,
    /// How defaults are spread over the economy.
    pub law: Box<dyn DefaultLaw>,
}

/// The pools of a layout.
pub struct GroupDefaults<'a> {
    groups: &'a [Group],
    periods: usize,
    setup: &'a EclSetup,
    model: &'a Model,
    path: Option<(&'a PathLaw, Economies)>,
}

impl<'a> GroupDefaults<'a> {
    /// Of `groups` over so many `periods`, along the `path` if there is one.
    pub fn new(
        groups: &'a [Group],
        periods: usize,
        (setup, model): (&'a EclSetup, &'a Model),
        path: Option<&'a PathLaw>,
    ) -> Self {
        let path = path.map(|law| (law, Economies::new(model.copula(), law.memory.iter().copied())));
        Self { groups, periods, setup, model, path }
    }

    /// The pools.
    pub fn groups(&self) -> &'a [Group] {
        self.groups
    }

    /// The copula.
    pub fn copula(&self) -> Copula {
        self.model.copula()
    }

    /// How the obligors of the group number `number` default.
    ///
    /// # Errors
    /// Those of [`PathDefaults::new`].
    pub fn of(&self, number: usize) -> Result<PoolDefaults> {
        let Some(group) = self.groups.get(number) else {
            let law = Box::new(CopulaDefaults::new(self.copula(), &[], 0.0));
            return Ok(PoolDefaults { is_certain: true, shares: vec![], rho: 0.0, law });
        };
        let mut cumulative = vec![0.0; self.periods];
        self.setup.terms.fill(group.term, self.setup.grid.months(), &mut cumulative);
        let is_certain = cumulative.first().is_some_and(|share| *share >= 1.0);
        let segment = group.segment as usize;
        let Some((path, economies)) = &self.path else {
            let pd = self.setup.terms.cumulative(group.term, 12);
            let rho = self.model.segments().get(segment).map_or(0.0, |segment| segment.correlation(pd));
            let law = Box::new(CopulaDefaults::new(self.copula(), &cumulative, rho));
            return Ok(PoolDefaults { is_certain, shares: cumulative, rho, law });
        };
        let thetas = path.thetas.get(number * self.periods..(number + 1) * self.periods).unwrap_or_default().to_vec();
        let rho = path.rhos.get(number).copied().unwrap_or(0.0);
        let memory = path.memory.get(segment).copied().unwrap_or(0.0);
        let shares = thetas.iter().map(|&theta| normal::cdf(theta)).collect();
        let law = Box::new(PathDefaults::new(&PathPoolLaw { thetas, rho }, memory, economies)?);
        Ok(PoolDefaults { is_certain, shares, rho, law })
    }
}
