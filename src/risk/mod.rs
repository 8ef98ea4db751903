//! From integer losses to numbers with their errors (L5): mean, standard deviation, Value-at-Risk, expected shortfall,
//! economic capital and Euler contributions. Pure functions; nothing here knows how the losses came about.

mod binomial;
mod contributions;
pub mod ecl;
mod es;
mod interval;
pub mod lifetime;
mod measure;
mod mixture;
mod moments;
mod order;
mod quantile;
mod weighted;

pub use binomial::binomial_quantile;
pub use contributions::{Contributions, Part, Share, Tail, tail_weights};
pub use es::{ENOUGH_TAIL, ExpectedShortfall, expected_shortfall, thin_tail_note};
pub use interval::{Estimate, Interval, Z95};
pub use measure::{DefaultRate, Measured, Measures, Sample, measure};
pub use mixture::{Mixture, WeightedLosses};
pub use moments::{Moments, moments};
pub use order::Ordered;
pub use quantile::{Quantile, quantile};
pub use weighted::weighted_mean;
