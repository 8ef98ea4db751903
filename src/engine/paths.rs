//! Paths of the index of each segment (M42) in the regimes of the economy (M50) and under climates (M51):
//! Y_t = m_t + s (μ_k + σ_k value_t) + shift, on the grid; values are carried on as they are.

use super::default_times::PathLaw;
use super::job::{Job, uniform};
use super::simd::{Instructions, Mixing, Numbers, Step, step};
use crate::error::{Error, Result};
use crate::model::path::Climate;
use crate::rng::Purpose;

impl Job<'_> {
    /// The same run in a macro scenario: `climates` says what it makes of the index of each segment, on the same draws (M51). A
    /// scenario that leaves all of them as they are is none.
    ///
    /// # Errors
    /// [`Error::Internal`] when there is not one for each segment, when one is out of its range, or when the plan has no path.
    pub fn under(self, climates: Vec<Climate>) -> Result<Self> {
        let refuse = |what: &str| Err(Error::Internal(format!("a macro scenario that {what}")));
        if climates.len() != self.plan().n_segments() {
            return refuse("does not fit the segments");
        }
        if !climates.iter().all(Climate::is_valid) {
            return refuse("is out of range");
        }
        if climates.iter().all(Climate::is_none) {
            return Ok(self.with_climates(vec![]));
        }
        if self.plan().path().is_none() {
            return refuse("needs default times along a path");
        }
        Ok(self.with_climates(climates))
    }

    /// a and b of Y = a + b × value of `segment` in `period`, in each regime; the same in both where there are none.
    pub(super) fn index_lines(&self, law: &PathLaw, segment: usize, period: usize) -> [(f64, f64); 2] {
        let (part, scale) =
            self.climates().get(segment).map_or((0.0, 1.0), |climate| (climate.at(period), climate.scale));
        match &law.regimes {
            None => [(part, scale); 2],
            Some(regimes) => {
                let (mean, volatility) = (regimes.mean(), regimes.volatility());
                [0, 1].map(|state| (part + scale * mean[state], scale * volatility[state]))
            }
        }
    }

    /// Y of every segment, period and scenario along its path, on the grid.
    pub(super) fn draw_paths(
        &self,
        instructions: Instructions,
        (law, periods): (&PathLaw, usize),
        (numbers, n): (&Numbers, usize),
    ) -> Vec<i32> {
        let model = self.plan().model();
        let (row, k) = (numbers.padded_len(), model.n_factors());
        let mut index = vec![0; model.segments().len() * periods * n];
        let mut values = vec![0.0; model.segments().len() * n];
        let mut states = vec![0; n];
        for period in 0..periods {
            let normals = self.draw_factors(instructions, numbers, period as u32);
            self.draw_states(instructions, (law, period), numbers, &mut states);
            for (segment, (link, &shift)) in model.segments().iter().zip(self.index_shift()).enumerate() {
                let (memory, weights) = match period {
                    0 => (0.0, link.weights()),
                    _ => (law.memory[segment], &law.innovations[segment * k..][..k]),
                };
                let out = &mut index[(segment * periods + period) * n..][..n];
                let mixing = Mixing { normals: &normals, row, weights, shift };
                let lines = self.index_lines(law, segment, period);
                step(&Step { mixing, memory, states: &states, lines }, &mut values[segment * n..][..n], out);
            }
        }
        index
    }

    /// The regime of each scenario in `period`, from those of the period before; left as they are where there are none.
    fn draw_states(
        &self,
        instructions: Instructions,
        (law, period): (&PathLaw, usize),
        numbers: &Numbers,
        states: &mut [u8],
    ) {
        let Some(regimes) = &law.regimes else { return };
        let (mut words, mut unused) = (vec![0; numbers.padded_len()], vec![0; numbers.padded_len()]);
        instructions.draws(&self.draws(Purpose::Regime, period as u32, numbers), &mut words, &mut unused);
        for (state, &words) in states.iter_mut().zip(&words) {
            let u = uniform(words);
            *state = match period {
                0 => regimes.first(u),
                _ => regimes.next(usize::from(*state), u),
            } as u8;
        }
    }
}
