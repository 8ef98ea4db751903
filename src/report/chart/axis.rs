//! Round numbers along an axis, and which names of periods are shown below it.

use super::Scale;

/// Ticks of a vertical axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// Values at ticks, ascending; the first and last enclose what is shown.
    pub ticks: Vec<f64>,
    step: f64,
    scale: Scale,
}

impl Axis {
    /// An axis of about `ticks` round numbers around `low` to `high`.
    pub fn new([low, high]: [f64; 2], ticks: usize, scale: Scale) -> Self {
        let low = if low >= 0.0 && low < 0.5 * high { 0.0 } else { low };
        let width = if high > low { high - low } else { low.abs().max(1e-3) };
        let raw = width / ticks.max(1) as f64;
        let power = libm::pow(10.0, libm::floor(libm::log10(raw)));
        let step = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|factor| factor * power).find(|step| *step >= raw);
        let step = step.unwrap_or(10.0 * power);
        let (first, last) = (libm::floor(low / step + 1e-9), libm::ceil((low + width) / step - 1e-9));
        let count = ((last - first) as usize).clamp(1, 50);
        Self { ticks: (0..=count).map(|i| (first + i as f64) * step).collect(), step, scale }
    }

    /// Where `value` is between the first tick (0) and the last (1).
    pub fn place(&self, value: f64) -> f64 {
        let first = self.ticks.first().copied().unwrap_or(0.0);
        let last = self.ticks.last().copied().unwrap_or(1.0);
        ((value - first) / (last - first)).clamp(0.0, 1.0)
    }

    /// `value` as it is written at a tick.
    pub fn label(&self, value: f64) -> String {
        let (factor, unit) = if self.scale == Scale::Percent { (100.0, " %") } else { (1.0, "") };
        let size = libm::log10(self.step * factor);
        let mut decimals = libm::ceil(-size - 1e-9).max(0.0) as usize;
        // 2.5 needs one more.
        let scaled = self.step * factor * libm::pow(10.0, decimals as f64);
        decimals += usize::from((scaled - libm::rint(scaled)).abs() > 1e-6);
        let text = format!("{:.*}", decimals.min(12), value * factor);
        let is_zero = text.bytes().all(|byte| !byte.is_ascii_digit() || byte == b'0');
        format!("{}{unit}", if is_zero { text.trim_start_matches('-') } else { &text })
    }
}

/// Places of at most `most` names among `periods`, evenly spaced from the first on.
pub fn shown(periods: usize, most: usize) -> Vec<usize> {
    let least = periods.div_ceil(most.max(1)).max(1);
    let step = [1, 2, 4, 8, 12, 20, 40, 60, 120].into_iter().find(|step| *step >= least).unwrap_or(least);
    (0..periods).step_by(step).collect()
}
