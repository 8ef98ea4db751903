//! The scalar device: one thread of plain code, one scenario at a time. It is the specification that faster devices match.

pub mod granular;
pub mod named;
pub mod outcome;
pub mod survival;
pub mod systematic;

use super::device::{Device, DeviceInfo, DeviceKind, Part, Sink};
use super::job::Job;
use super::replay;
use crate::error::Result;
use std::ops::Range;

/// Scenarios handed to the sink at a time.
const BATCH: u64 = 64;

/// See the module.
#[derive(Debug, Default)]
pub struct Scalar;

impl Device for Scalar {
    fn info(&self) -> DeviceInfo {
        DeviceInfo { kind: DeviceKind::Scalar, name: "one thread, reference code".to_owned(), threads: 1 }
    }

    fn play(&mut self, job: &Job<'_>, range: Range<u64>, sink: &dyn Sink) -> Result<()> {
        let mut start = range.start;
        while start < range.end && !sink.is_stopped() {
            let scenarios = start..range.end.min(start + BATCH);
            start = scenarios.end;
            sink.accept(play_batch(job, scenarios))?;
        }
        Ok(())
    }
}

fn play_batch(job: &Job<'_>, scenarios: Range<u64>) -> Part {
    let n_segments = job.plan().n_segments();
    let (n_years, per_year) = job.plan().horizon().map_or((0, 1), |horizon| (horizon.years(), horizon.per_year()));
    let mut part = Part {
        scenarios: scenarios.clone(),
        losses: vec![],
        defaults: vec![],
        segment_losses: vec![],
        year_losses: vec![],
    };
    for scenario in scenarios {
        let mut segments = vec![0; n_segments];
        let mut years = vec![0; n_years];
        let mut defaults = 0;
        replay::visit(job, scenario, |defaulted| {
            segments[defaulted.segment as usize] += defaulted.loss;
            if let Some(year) = years.get_mut(defaulted.period / per_year) {
                *year += defaulted.loss;
            }
            defaults += 1;
        });
        part.losses.push(segments.iter().sum());
        part.defaults.push(defaults);
        part.segment_losses.extend(segments);
        part.year_losses.extend(years);
    }
    part
}
