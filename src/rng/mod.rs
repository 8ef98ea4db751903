//! Randomness as a pure function of an address (L3): no generator object, no state, no skip-ahead.

mod address;
mod philox;

pub use address::{MOST_SCENARIOS, Purpose, counter, key, uniform53};
pub(crate) use philox::{INCREMENTS, MULTIPLIERS, RoundKeys, round_keys};
pub use philox::{KNOWN_ANSWERS, KnownAnswer, mulhi, philox4x32_10, philox4x32_10_lanes};
