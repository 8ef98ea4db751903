//! Twins of the shaders in plain Rust, one file for each file of `shaders/`, with its functions under the same names.
//!
//! They compute with the shaders' own words and in their order, so that the arithmetic is tested against the reference
//! on every machine, with or without a GPU. A tidy test compares the names.

mod address;
mod argument;
mod cumulate;
mod economy;
mod fixed;
mod granular;
mod mulhi_split;
mod mulhi_wide;
mod named;
mod outcome;
mod philox;
mod plans;
mod seat;
mod severity;
mod tally;
mod tests;
mod threshold;
mod timed_granular;
mod timed_named;
mod words;
mod years;
