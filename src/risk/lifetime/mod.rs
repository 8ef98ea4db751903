//! From a tape and its settings of expected credit loss to a plan of many periods (M32): what each loan can lose, and when.
//!
//! survey (each loan's ECL, term structure, profile) → obligors → pools → severities (what a default loses on average) → bases,
//! which give every loan back its own ECL.

mod carried;
mod classes;
mod fidelity;
mod layout;
mod obligors;
mod path;
mod pools;
mod profile;
mod severities;
#[cfg(test)]
mod severity_tests;
mod survey;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod weighted_tests;

pub use fidelity::Fidelity;
pub use layout::{LaidOut, LayOut, lay_out};
pub use path::{PathCorrelation, PathEconomy};
pub use profile::Bands;
