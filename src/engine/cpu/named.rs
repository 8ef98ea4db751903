//! The named kernel on a CPU (M10): Philox in lanes, four loans to a Philox block. Twin of `scalar::named`.

use crate::engine::job::Address;
use crate::rng::{Purpose, counter, philox4x32_10, philox4x32_10_lanes};

/// Philox blocks computed side by side: 16 were fastest without target features.
const LANES: usize = 16;

/// Loans that a group of lanes decides.
const GROUP: usize = 4 * LANES;

/// Loss (units) and defaults of the block at `address`, whose obligors lose `losses`: those whose word is below `threshold`.
pub fn play(address: Address, threshold: u32, losses: &[u32]) -> (u64, u32) {
    let (mut loss, mut defaults) = (0, 0);
    let mut decide = |amount: u32, word: u32| {
        let defaulted = u32::from(word < threshold);
        loss += u64::from(amount & defaulted.wrapping_neg());
        defaults += defaulted;
    };
    let [_, number, lo, hi] = counter(Purpose::Name, address.scenario, address.block, 0);
    let groups = losses.chunks_exact(GROUP);
    let rest = groups.remainder();
    let mut index = 0;
    for group in groups {
        let indices = std::array::from_fn(|lane| index + lane as u32);
        let words = philox4x32_10_lanes::<LANES>([indices, [number; LANES], [lo; LANES], [hi; LANES]], address.key);
        for (lane, four) in group.chunks_exact(4).enumerate() {
            four.iter().zip(&words).for_each(|(&amount, word)| decide(amount, word[lane]));
        }
        index += LANES as u32;
    }
    for four in rest.chunks(4) {
        let words = philox4x32_10([index, number, lo, hi], address.key);
        four.iter().zip(&words).for_each(|(&amount, &word)| decide(amount, word));
        index += 1;
    }
    (loss, defaults)
}
