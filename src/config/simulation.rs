//! Resolves `[simulation]`: counts, levels and units from decimal digits, whether they came from a file or a flag.

use super::keys;
use super::place::{Written, show_digits, show_text};
use super::raw::RawSimulation;
use super::resolve::pick;
use super::resolved::{MOST_SCENARIOS, Simulation};
use crate::engine::KernelChoice;
use crate::error::{Error, Result};
use crate::portfolio::ObligorRule;
use crate::units::{Level, Unit};

/// Kernels by the name used in model files.
pub(super) const KERNELS: [(&str, KernelChoice); 3] =
    [("auto", KernelChoice::Auto), ("granular", KernelChoice::Granular), ("named", KernelChoice::Named)];

/// What the loans of one borrower are to each other, by the name used in model files.
pub(super) const OBLIGOR_RULES: [(&str, ObligorRule); 2] =
    [("together", ObligorRule::Together), ("apart", ObligorRule::Apart)];

pub(super) fn resolve(raw: &RawSimulation, defaults: &RawSimulation) -> Result<Simulation> {
    Ok(Simulation {
        scenarios: scenarios(pick(&raw.scenarios, &defaults.scenarios)?)?,
        seed: seed(pick(&raw.seed, &defaults.seed)?)?,
        levels: levels(pick(&raw.levels, &defaults.levels)?)?,
        kernel: kernel(pick(&raw.kernel, &defaults.kernel)?)?,
        obligors: obligors(pick(&raw.obligors, &defaults.obligors)?)?,
        band_width: band_width(pick(&raw.band_width, &defaults.band_width)?)?,
        unit: unit(pick(&raw.unit, &defaults.unit)?)?,
    })
}

fn scenarios(written: &Written<String>) -> Result<u64> {
    let count = whole(&written.value).filter(|count| (1..=MOST_SCENARIOS).contains(count));
    count.ok_or_else(|| written.refuse(show_digits(&written.value), keys::SCENARIOS.wanted))
}

fn seed(written: &Written<String>) -> Result<u64> {
    let text = written.value.trim();
    let seed = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) => u64::from_str_radix(digits, 16).ok(),
        Some(_) => None,
        None => whole(text),
    };
    seed.ok_or_else(|| written.refuse(show_digits(&written.value), keys::SEED.wanted))
}

fn levels(written: &Written<Vec<Written<String>>>) -> Result<Vec<Level>> {
    if written.value.is_empty() {
        return Err(written.refuse("an empty list", keys::LEVELS.wanted));
    }
    let mut levels = Vec::with_capacity(written.value.len());
    for level in &written.value {
        let parsed = Level::parse(&level.value).map_err(|error| match error {
            Error::Setting { wanted, .. } => level.refuse(show_digits(&level.value), wanted),
            other => other,
        })?;
        if levels.contains(&parsed) {
            return Err(level.refuse(format!("{} twice", show_digits(&level.value)), keys::LEVELS.wanted));
        }
        levels.push(parsed);
    }
    levels.sort_unstable();
    Ok(levels)
}

fn kernel(written: &Written<String>) -> Result<KernelChoice> {
    let kernel = KERNELS.iter().find(|(name, _)| *name == written.value);
    kernel.map(|(_, kernel)| *kernel).ok_or_else(|| written.refuse(show_text(&written.value), keys::KERNEL.wanted))
}

fn obligors(written: &Written<String>) -> Result<ObligorRule> {
    let rule = OBLIGOR_RULES.iter().find(|(name, _)| *name == written.value);
    rule.map(|(_, rule)| *rule).ok_or_else(|| written.refuse(show_text(&written.value), keys::OBLIGORS.wanted))
}

fn band_width(written: &Written<String>) -> Result<f64> {
    let width = written.value.trim().parse().ok().filter(|width: &f64| *width > 0.0 && *width <= 1.0);
    width.ok_or_else(|| written.refuse(show_digits(&written.value), keys::BAND_WIDTH.wanted))
}

fn unit(written: &Written<String>) -> Result<Option<Unit>> {
    if written.value == "auto" {
        return Ok(None);
    }
    let unit = written.value.trim().parse().ok().and_then(exact_unit);
    unit.map(Some).ok_or_else(|| written.refuse(show_digits(&written.value), keys::UNIT.wanted))
}

/// The unit whose value is `number` to 15 digits (5e-30 is not exactly 5 / 10^30 in f64).
fn exact_unit(number: f64) -> Option<Unit> {
    let text = format!("{number:.14e}");
    let (mantissa, exponent) = text.split_once('e')?;
    let mantissa = mantissa.trim_end_matches('0').strip_suffix('.')?.parse().ok()?;
    Unit::new(mantissa, exponent.parse().ok()?)
}

/// Digits only: `+5`, `-0` and blanks inside are no counts.
fn whole(text: &str) -> Option<u64> {
    let text = text.trim();
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}
