//! Calibration: the credit index from a history of default rates on macroeconomic drivers (M56 to M61).
//!
//! [`History`] and [`Candidates`] are what is read; [`Search`] chooses drivers; [`calibrate`] fits them and says everything
//! there is to say, with warnings. Nothing here draws a random number.

mod assemble;
mod band;
mod binomial;
mod calibrate;
mod candidates;
mod collinear;
mod correlation;
mod design;
mod dickey_fuller;
mod effect;
mod errors;
mod fit;
mod history;
mod holdout;
#[cfg(test)]
mod oracle_tests;
mod persistence;
mod probit;
#[cfg(test)]
mod recovery_tests;
#[cfg(test)]
mod refusal_tests;
mod regimes;
mod regression;
mod selection;
mod signs;
mod simplex;
mod warnings;

pub use band::RateLaw;
pub use calibrate::{Calibration, FittedDriver, ModelLine, Quarter, Request, calibrate};
pub use candidates::{Candidate, Candidates, Making, Sign, Wanted, candidates};
pub use dickey_fuller::UnitRoot;
pub use errors::Errors;
pub use fit::{Fit, Outcomes};
pub use history::{FEWEST, History, RateUnit};
pub use holdout::{BAND, Holdout};
pub use persistence::Persistence;
pub use regimes::{FEWEST_FOR_TWO, RegimeMeans, TwoRegimes};
pub use selection::{Criterion, MOST_MODELS, Ranked, Search, Selection};
pub use signs::usual_sign;
