//! The named kernel on a CPU: four loans to a Philox block. Twin of `scalar::named`.

use crate::engine::plan::Block;
use crate::rng::{Purpose, counter, philox4x32_10};

/// Loss (units) and defaults of `block` in `scenario`: loans whose word is below `threshold`.
pub fn play(key: [u32; 2], scenario: u64, block: &Block, threshold: u32, losses: &[u32]) -> (u64, u32) {
    let (mut loss, mut defaults) = (0, 0);
    for (index, four) in losses.chunks(4).enumerate() {
        let words = philox4x32_10(counter(Purpose::Name, scenario, block.number, index as u32), key);
        for (&amount, &word) in four.iter().zip(&words) {
            let defaulted = u32::from(word < threshold);
            loss += u64::from(amount & defaulted.wrapping_neg());
            defaults += defaulted;
        }
    }
    (loss, defaults)
}
