//! The numbers of `mc-gpu validate` hold on every device, and each simulated check notices a wrong input.
//!
//! Seeds are fixed. A check of the validation fails a correct device with probability 1e-6 / 250 at most (see
//! `validate::check`); the other tests state their rates where they stand. Every one has a sibling whose input is
//! perturbed and which must fail: a test that cannot fail proves nothing.

mod cases;
mod frequencies;
mod kernels;
mod paths;
mod perturbed;
