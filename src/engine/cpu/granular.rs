//! The granular kernel on a CPU (M7): Philox in lanes, byte stamps instead of a bitmap. Twin of `scalar::granular`.

use crate::engine::job::Address;
use crate::rng::{Purpose, counter, mulhi, philox4x32_10, philox4x32_10_lanes};

/// Philox blocks computed side by side, four words each: 16 were fastest without target features.
const LANES: usize = 16;

/// One byte per loan that says in which round it was last hit; cleared only every 255 rounds.
#[derive(Debug, Default)]
pub struct Stamps {
    round: u8,
    last_hit: Vec<u8>,
}

impl Stamps {
    /// Starts a round over `n` loans, none of which has been hit.
    fn start(&mut self, n: usize) -> (&mut [u8], u8) {
        if self.round == u8::MAX || self.last_hit.len() < n {
            self.last_hit.clear();
            self.last_hit.resize(n.max(self.last_hit.capacity()), 0);
            self.round = 0;
        }
        self.round += 1;
        (&mut self.last_hit[..n], self.round)
    }
}

/// What a round adds up.
struct Round<'a> {
    losses: &'a [u32],
    last_hit: &'a mut [u8],
    round: u8,
    loss: u64,
    defaults: u32,
}

impl Round<'_> {
    #[inline(always)]
    fn hit(&mut self, word: u32) {
        let i = mulhi(word, self.losses.len() as u32) as usize;
        // No branch: whether a hit is the first is a coin toss for the predictor.
        let first = u32::from(self.last_hit[i] != self.round);
        self.last_hit[i] = self.round;
        self.loss += u64::from(self.losses[i] & first.wrapping_neg());
        self.defaults += first;
    }
}

/// Loss (units) and defaults of the block at `address`, whose obligors lose `losses`, after `hits` hits.
pub fn play(address: Address, hits: u32, losses: &[u32], stamps: &mut Stamps) -> (u64, u32) {
    let (last_hit, round) = stamps.start(losses.len());
    let mut round = Round { losses, last_hit, round, loss: 0, defaults: 0 };
    let at = |index: u32| counter(Purpose::Hit, address.scenario, address.block, index);
    let [index, number, lo, hi] = at(0);
    let full_groups = hits / (4 * LANES as u32);
    for group in 0..full_groups {
        let first = index + group * LANES as u32;
        let indices = std::array::from_fn(|lane| first + lane as u32);
        let words = philox4x32_10_lanes::<LANES>([indices, [number; LANES], [lo; LANES], [hi; LANES]], address.key);
        words.iter().flatten().for_each(|&word| round.hit(word));
    }
    let mut next = full_groups * LANES as u32;
    let mut left = hits - next * 4;
    while left > 0 {
        let words = philox4x32_10(at(next), address.key);
        words.iter().take(left as usize).for_each(|&word| round.hit(word));
        left = left.saturating_sub(4);
        next += 1;
    }
    (round.loss, round.defaults)
}
