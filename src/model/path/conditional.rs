//! Term structures under a climate (M52): the share of a pool that a macro scenario makes default by the end of each period.

use super::PathPoolLaw;
use super::climate::Climate;
use super::density::Density;
use super::economy::Economies;
use crate::error::{Error, Result};

/// Expected share of a pool of this `law` that has defaulted by the end of each of its periods under `climate`, 0 to 1, never
/// falling. `memory` is α of its segment's index, for which `economies` are made, with the regimes that the law was calibrated
/// in. Without a climate it is the curve that the law was calibrated to.
///
/// # Errors
/// [`Error::Internal`] when there is no such economy.
pub fn conditional(law: &PathPoolLaw, memory: f64, economies: &Economies, climate: &Climate) -> Result<Vec<f64>> {
    let economy = economies
        .get(memory, economies.order(law.rho))
        .ok_or_else(|| Error::Internal("an economy that was not made".to_owned()))?;
    let mut density = Density::under(economy, law.rho, climate);
    let mut defaulted: f64 = 0.0;
    let by_end = |&theta: &f64| {
        density.hazards(theta);
        // Quadrature may leave a share a rounding error below 0.
        defaulted = (defaulted + density.defaults().sum::<f64>().max(0.0)).min(1.0);
        density.advance();
        defaulted
    };
    Ok(law.thetas.iter().map(by_end).collect())
}
