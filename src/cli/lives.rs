//! From a tape and settings of expected credit loss to a run over the periods of its loans' lives.

use super::prepare::{Prepared, describe_segment, digests, link, rounding_note};
use crate::config::{self, Resolved};
use crate::engine::Horizon;
use crate::error::Result;
use crate::portfolio::{PoolSettings, Rejected, Tape};
use crate::report::{LayoutReport, PortfolioReport};
use crate::risk::ecl::{EclSetup, EclTotals};
use crate::risk::lifetime::{Bands, LaidOut, LayOut, lay_out};

/// A run, ready to be played, with what its layout says of itself.
pub struct Lives {
    /// The run; read seconds, files and details are left to the caller.
    pub prepared: Prepared,
    /// How loans were laid out.
    pub layout: LayoutReport,
    /// The loans added up in closed form.
    pub totals: EclTotals,
}

/// Lays `tape` out under `setup`, segments correlated as in `settings`.
///
/// # Errors
/// Those of the model and of [`lay_out`].
pub fn prepare_lives(tape: &Tape, setup: &EclSetup, settings: &Resolved) -> Result<Lives> {
    let simulation = &settings.simulation;
    let how = LayOut {
        pooling: PoolSettings { band_width: simulation.band_width, unit: simulation.unit },
        bands: Bands::default(),
        kernel: simulation.kernel,
    };
    let LaidOut { plan, pools, segments, rounding, totals, profiles, rate_band, fidelity } =
        lay_out(tape, setup, link(settings, &tape.segments)?, &how)?;
    let mut notes: Vec<String> =
        rounding_note(&rounding, &segments, (plan.unit(), simulation.unit)).into_iter().collect();
    if rate_band > how.bands.rate {
        notes.push(format!(
            "loans share profiles by bands of interest rates {rate_band} wide, because narrower ones are too many"
        ));
    }
    let total = totals.total();
    let rejected = &tape.rejected;
    let portfolio = PortfolioReport {
        loans: total.loans,
        obligors: pools.iter().map(|pool| u64::from(pool.obligors)).sum(),
        exposure: total.exposure,
        expected_loss: total.ecl,
        pools: pools.len() as u64,
        pooling_error: fidelity.tail_bias,
        unit: plan.unit(),
        rounding_error: rounding.error,
        rejected_rows: rejected.rows,
        rejected_exposure: rejected.exposure,
        rejected_unreadable: rejected.unreadable,
        rejected_file: rejected.file.as_ref().map(|file| file.display().to_string()),
    };
    let layout = LayoutReport {
        obligors: portfolio.obligors,
        pools: portfolio.pools,
        periods: plan.horizon().map_or(1, Horizon::periods) as u64,
        profiles: profiles as u64,
        rate_band,
        unit: plan.unit(),
        rounding_error: rounding.error,
        profile_error: fidelity.profile_error,
        profile_tail_bias: fidelity.tail_bias,
    };
    let prepared = Prepared {
        plan,
        scenarios: simulation.scenarios,
        seed: simulation.seed,
        levels: simulation.levels.clone(),
        portfolio,
        segments: segments.iter().map(describe_segment).collect(),
        model: config::to_toml(settings),
        inputs: digests(tape),
        assumed: [tape.assumed.clone(), settings.assumed.clone()].concat(),
        notes,
        files: vec![],
        rejected: Rejected::default(),
        details: vec![],
        read_seconds: 0.0,
    };
    Ok(Lives { prepared, layout, totals })
}
