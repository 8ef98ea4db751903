//! What banding of PDs does to the tail: the relative bias of the conditional expected loss at the 99.9 % adverse
//! economy, to second order in the spread of PDs within each pool (M12).

use super::plan::{Chance, Plan};
use crate::math::normal;
use crate::portfolio::Pool;

/// Adverse economy at which the bias is judged: the 0.1 % quantile of a segment's index.
const ADVERSE: f64 = -3.090_232_306_167_813_5;

/// (Loss with pooled PDs − loss with own PDs) / loss with own PDs, all segments' indices at their 0.1 % quantile.
///
/// Exact pools give 0. Under the t copula the Gaussian link is used: an estimate of the same size.
pub fn pooling_error(plan: &Plan, pools: &[Pool]) -> f64 {
    let (mut bias, mut loss) = (0.0, 0.0);
    for (planned, pool) in plan.pools().iter().zip(pools).filter(|(planned, _)| planned.chance == Chance::Random) {
        let conditional = |pd: f64| conditional_pd(pd, planned.rho);
        let units: u64 =
            plan.losses()[pool.first as usize..][..pool.obligors as usize].iter().map(|&u| u64::from(u)).sum();
        loss += plan.unit().currency(units as f64) * conditional(planned.pd);
        // Central second difference; the step is well inside the curve's scale and far above rounding.
        let step = 0.01 * planned.pd.min(1.0 - planned.pd);
        let curvature = (conditional(planned.pd + step) - 2.0 * conditional(planned.pd)
            + conditional(planned.pd - step))
            / (step * step);
        if pool.spread > 0.0 && curvature.is_finite() {
            bias -= 0.5 * curvature * pool.spread;
        }
    }
    let own = loss - bias;
    if own > 0.0 { bias / own } else { 0.0 }
}

fn conditional_pd(pd: f64, rho: f64) -> f64 {
    normal::cdf((normal::quantile(pd) - rho.sqrt() * ADVERSE) / (1.0 - rho).sqrt())
}
