//! From a tape and settings of expected credit loss to a run over the periods of its loans' lives.

use super::path;
use super::prepare::{Prepared, describe_segment, digests, link, rounding_note};
use crate::config::{self, Resolved};
use crate::engine;
use crate::error::{Error, Result};
use crate::model::severity::{Economy, ExpectedLoss};
use crate::model::staging::Framework;
use crate::model::term::TermStructures;
use crate::model::time::{Grid, MOST_MONTHS};
use crate::portfolio::{OnError, PoolSettings, Rejected, Tape, TapeSettings};
use crate::report::{InputDigest, LayoutReport, PortfolioReport, SeveritiesReport, counted};
use crate::risk::ecl::EclSetup;
use crate::risk::lifetime::{LaidOut, LayOut, lay_out};
use crate::units::{Date, Digest};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// A note is made when the layout moves the loss in the adverse economy by more than this share.
const MOST_TAIL_BIAS: f64 = 0.01;

/// A run, ready to be played, with what its layout says of itself.
pub struct Lives {
    /// The run; read seconds, files and details are left to the caller.
    pub prepared: Prepared,
    /// How loans were laid out.
    pub layout: LayoutReport,
}

/// What `simulate` asks for when it plays period by period: every loan to its maturity, or to the horizon if that is sooner.
pub struct Horizon {
    settings: Resolved,
    terms: TermStructures,
    months: u16,
}

impl Horizon {
    /// What the model asks for; None for one year in one step.
    ///
    /// # Errors
    /// Those of the file of term structures.
    pub fn new(settings: &Resolved) -> Result<Option<Self>> {
        let Some(months) = settings.ecl.horizon else { return Ok(None) };
        path::check(settings)?;
        let terms = config::read_term_structures(&settings.ecl.term)?;
        let mut settings = settings.clone();
        // One allowance for all: no stages, and nothing discounted unless the model says so.
        settings.ecl.framework = Some(Framework::Cecl);
        Ok(Some(Self { settings, terms, months }))
    }

    /// How to read a tape, as of `date` or the model's reporting date.
    pub fn tape_settings(&self, date: Option<Date>, on_error: OnError) -> TapeSettings {
        let settings = self.settings.ecl_tape_settings(&self.terms, Framework::Cecl, on_error);
        TapeSettings { reporting_date: date.or(settings.reporting_date), ..settings }
    }

    /// Lays `tape` out; `settings` are those that the model was written with.
    ///
    /// # Errors
    /// Those of files of profiles and of [`prepare_lives`].
    pub fn prepare(&self, tape: &Tape, settings: &Resolved, stop: &AtomicBool) -> Result<Prepared> {
        let setup = self.settings.ecl_setup(&self.terms, Framework::Cecl, tape)?;
        let setup = EclSetup { most_months: Some(self.months), ..setup };
        let Lives { mut prepared, layout } = prepare_lives((tape, &setup), settings, stop)?;
        prepared.inputs.extend(digests_of_model(settings)?);
        prepared.assumed.extend(framework_line(settings));
        prepared.assumed.extend(self.settings.ecl.assumed_of(tape, Framework::Cecl));
        let how_far =
            if self.months == MOST_MONTHS { "to maturity".to_owned() } else { format!("{} months", self.months) };
        prepared.notes.push(format!(
            "played in {} of {}, {how_far}: {} and {} of losses over time; {:.1e} of losses fall into another period than their \
             loan's own",
            counted(layout.periods, "period"),
            counted(u64::from(setup.grid.months()), "month"),
            counted(layout.pools, "pool"),
            counted(layout.profiles, "profile"),
            layout.profile_error,
        ));
        Ok(prepared)
    }
}

/// Refuses LGDs that are random or move with the economy in a run of one year in one step, which has no place for them.
///
/// # Errors
/// [`Error::Setting`] with the way out.
pub fn refuse_severity(settings: &Resolved) -> Result<()> {
    let ecl = &settings.ecl;
    let moves = ecl.severity.economy != Economy::None;
    let is_random = std::iter::once(&ecl.exposure)
        .chain(ecl.segments.iter().map(|(_, choice)| choice))
        .any(|choice| choice.settings.lgd_sd > 0.0 || choice.settings.collateral.index_loading > 0.0);
    if !moves && !is_random {
        return Ok(());
    }
    Err(Error::setting(
        "severity",
        "losses given default that are random or move with the economy, in a run of one year in one step",
        "time.horizon_months = 12 as well, with time.period = \"yearly\" for one period (loans then need a remaining life, on the \
         tape or as exposure.remaining_months = 12); or no such keys",
    ))
}

/// Digests of the files that a model names.
///
/// # Errors
/// [`Error::File`] when one cannot be read.
pub fn digests_of_model(settings: &Resolved) -> Result<Vec<InputDigest>> {
    settings.files().iter().map(|path| digest(path)).collect()
}

/// Lays a tape out under its setup, segments correlated as in `settings`.
///
/// # Errors
/// Those of the model and of [`lay_out`]; [`Error::Interrupted`] once `stop` is set.
pub fn prepare_lives((tape, setup): (&Tape, &EclSetup), settings: &Resolved, stop: &AtomicBool) -> Result<Lives> {
    let go_on = || if stop.load(Ordering::SeqCst) { Err(Error::Interrupted) } else { Ok(()) };
    let simulation = &settings.simulation;
    let how = LayOut {
        pooling: PoolSettings { band_width: simulation.band_width, unit: simulation.unit },
        bands: settings.ecl.bands,
        kernel: simulation.kernel,
        path: settings.index_law(&tape.segments)?,
        go_on: &go_on,
    };
    let LaidOut { plan, pools, segments, rounding, totals, profiles, bands, fidelity, correlations } =
        lay_out(tape, setup, link(settings, &tape.segments)?, &how)?;
    let mut notes: Vec<String> =
        rounding_note(&rounding, &segments, (plan.unit(), simulation.unit)).into_iter().collect();
    // Where LGDs move with the economy, the comparison holds them at their means: its distance is theirs, not the layout's.
    let moves = plan.horizon().and_then(engine::Horizon::severity).is_some_and(engine::Severity::is_by_state);
    notes.extend(tail_note(fidelity.tail_bias, setup.grid).filter(|_| !moves));
    let severity = &setup.severity.settings;
    if severity.economy != Economy::None && severity.expected_loss == ExpectedLoss::Preserved {
        notes.push(
            "LGDs move with the economy and each loan's expected loss is kept over its life, not year by year: early defaults come in \
             worse times and lose more of it than the closed form says, late ones less"
                .to_owned(),
        );
    }
    if bands.rate > how.bands.rate {
        notes.push(format!(
            "loans share profiles by bands of interest rates {} wide, of collateral {} and of undrawn parts {} of the exposure, \
             because narrower ones are too many",
            bands.rate, bands.ltv, bands.undrawn
        ));
    }
    let path = path::report(settings, &correlations, &tape.segments);
    notes.extend(path.as_ref().map(path::note));
    notes.extend(path::idle_note(settings));
    let total = totals.total();
    let horizon = plan.horizon();
    let plan_years = horizon.map_or(0, engine::Horizon::years).min(totals.years.len());
    let periods = horizon.map_or(1, engine::Horizon::periods) as u64;
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
    let severities = horizon.and_then(engine::Horizon::severity).map(|severity| SeveritiesReport {
        classes: severity.n_classes() as u64,
        rows: severity.rows as u64,
        cells: severity.cells as u64,
        ltv_band: bands.ltv,
    });
    let layout = LayoutReport {
        obligors: portfolio.obligors,
        pools: portfolio.pools,
        periods,
        profiles: profiles as u64,
        rate_band: bands.rate,
        unit: plan.unit(),
        rounding_error: rounding.error,
        profile_error: fidelity.profile_error,
        profile_tail_bias: fidelity.tail_bias,
        severities,
    };
    let prepared = Prepared {
        plan,
        scenarios: simulation.scenarios,
        seed: simulation.seed,
        levels: simulation.levels.clone(),
        portfolio,
        segments: segments.iter().map(describe_segment).collect(),
        model: config::to_toml(settings),
        years: totals.years[..plan_years].to_vec(),
        default_times: Some(settings.ecl.default_times),
        path,
        inputs: digests(tape),
        assumed: [tape.assumed.clone(), settings.assumed.clone()].concat(),
        notes,
        files: vec![],
        rejected: Rejected::default(),
        details: vec![],
        read_seconds: 0.0,
    };
    Ok(Lives { prepared, layout })
}

/// Why rules of CECL count in a run that asked for none, or for others.
fn framework_line(settings: &Resolved) -> Option<String> {
    let named = match settings.ecl.framework {
        None => "none is named",
        Some(Framework::Ifrs9) => "ecl.framework = \"ifrs9\" is left aside",
        Some(Framework::Cecl) => return None,
    };
    Some(format!(
        "framework cecl ({named}): `mc-gpu simulate` takes every loan to the horizon or its maturity, without stages, as CECL does"
    ))
}

/// A warning when the layout moves the tail by so much that quantiles are off.
fn tail_note(bias: f64, grid: Grid) -> Option<String> {
    let remedy = match grid {
        Grid::Monthly => "set simulation.band_width to less",
        Grid::Quarterly | Grid::Yearly => {
            "set time.period = \"monthly\", which cuts no loan's life short within a period, or simulation.band_width to less"
        }
    };
    (bias.abs() > MOST_TAIL_BIAS).then(|| {
        format!(
            "sharing profiles and pools moves the loss in the 99.9 % adverse economy by {:+.1} % (profile_tail_bias), and high \
             quantiles by about as much; {remedy}",
            bias * 100.0
        )
    })
}

/// A file beside the model, small enough to be read at once; its rows are its lines that are not blank.
fn digest(path: &Path) -> Result<InputDigest> {
    let bytes = std::fs::read(path).map_err(|cause| Error::file(path, "read", cause))?;
    let rows = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).count();
    Ok(InputDigest {
        path: path.display().to_string(),
        bytes: bytes.len() as u64,
        sha256: Digest::of(&bytes).to_string(),
        rows: rows as u64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moved_tail_is_told_with_what_to_do() {
        let finer = tail_note(-0.3114, Grid::Quarterly).unwrap();
        assert!(finer.contains("by -31.1 % (profile_tail_bias)"), "{finer}");
        assert!(finer.contains("set time.period = \"monthly\""), "{finer}");
        let finest = tail_note(0.0101, Grid::Monthly).unwrap();
        assert!(finest.contains("by +1.0 %") && !finest.contains("time.period"), "{finest}");
        assert!(finest.contains("set simulation.band_width to less"), "{finest}");
        assert_eq!(tail_note(-0.0099, Grid::Yearly), None);
    }
}
