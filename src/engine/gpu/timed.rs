//! What plans of several periods have beside others on the device: a profile for each loss on the shelves, and tables that
//! all shelves share. How many scenarios share a workgroup is bounded by what each needs of its memory.

use super::interface::{PERIOD_WORDS, ROUND_HITS, YEAR_SUMS};
use super::states::{States, extend_tables, pairs, state_words};
use crate::engine::block::Block;
use crate::engine::horizon::Horizon;
use crate::engine::plan::Plan;

/// Philox blocks, about, in whose time one lane multiplies the survival of a period while the others wait.
const SURVIVAL_WORK: f64 = 0.25;

/// Words of `block` among the losses of a shelf: its losses, and two profiles to a word.
pub fn loss_words(block: &Block, plan: &Plan) -> u64 {
    let n = block.places().len() as u64;
    n + plan.horizon().map_or(0, |_| n.div_ceil(2))
}

/// Puts those words at the end of `words`.
pub fn extend_losses(words: &mut Vec<u32>, block: &Block, plan: &Plan) {
    words.extend_from_slice(plan.losses_of(block));
    if let Some(horizon) = plan.horizon() {
        words.extend(pairs(&horizon.profiles()[block.places()]));
    }
}

/// Words of the tables: all profiles, then for each pool two words for every period but the last, then classes and severities.
/// 0 for one period.
pub fn table_words(plan: &Plan) -> u64 {
    words_before_states(plan) + state_words(plan)
}

/// What shaders look up about the states of the economy; the tables are no larger than a binding.
pub fn states(plan: &Plan) -> States {
    States::of(plan, words_before_states(plan))
}

fn words_before_states(plan: &Plan) -> u64 {
    let lines = |horizon: &Horizon| 2 * plan.pools().len() as u64 * (horizon.periods() as u64 - 1);
    plan.horizon().map_or(0, |horizon| horizon.factors().len() as u64 + lines(horizon))
}

/// Place in the tables of the first line of `block`; the tables are no larger than a binding.
pub fn first_line(block: &Block, plan: &Plan) -> u32 {
    plan.horizon().map_or(0, |horizon| {
        let place = horizon.factors().len() + 2 * block.pool as usize * (horizon.periods() - 1);
        place as u32
    })
}

/// The tables; see [`table_words`].
pub fn tables(plan: &Plan) -> Vec<u32> {
    let Some(horizon) = plan.horizon() else { return Vec::new() };
    let mut words = Vec::with_capacity(table_words(plan) as usize);
    words.extend_from_slice(horizon.factors());
    for pool in 0..plan.pools().len() as u32 {
        let lines = horizon.lines_of(pool).iter().take(horizon.periods() - 1);
        words.extend(lines.flat_map(|line| [line.threshold as u32, line.shift]));
    }
    extend_tables(&mut words, plan);
    words
}

/// Most scenarios of `block` that may share a workgroup; a power of two.
pub fn most_players(block: &Block, plan: &Plan) -> u32 {
    plan.horizon().map_or(u32::MAX, |horizon| {
        let thresholds = PERIOD_WORDS / u32::from(block.periods).max(1);
        let years = YEAR_SUMS / (horizon.years() as u32).max(1);
        // A lane throws four hits at a time.
        1 << thresholds.min(years).clamp(1, ROUND_HITS / 4).ilog2()
    })
}

/// Philox blocks, about, that the thresholds of `block` cost a thread when so many scenarios share a workgroup of
/// `workgroup_size` threads.
pub fn threshold_work(block: &Block, plan: &Plan, (players, workgroup_size): (u32, u32)) -> f64 {
    let periods = f64::from(block.periods);
    let surviving = plan.path().map_or(0.0, |_| periods * SURVIVAL_WORK);
    plan.horizon().map_or(0.0, |_| periods * f64::from(players) / f64::from(workgroup_size) + surviving)
}

/// Rounds in which `players` that share a workgroup throw up to `hits` each at a block.
pub fn rounds(hits: u32, players: u32) -> u32 {
    hits.div_ceil((ROUND_HITS / players.max(1)).max(1))
}
