//! The numerical functions that decide results, bit-stable on every machine (L1).
//!
//! Only + − × ÷ √ and the pinned `libm` are used, in a fixed order and never fused. Each file holds one law or method; the
//! tables ([`hazard`], [`threshold`], [`probit`]) are built from the exact forms at start-up.

pub mod bivariate;
pub mod cholesky;
pub mod eigen;
pub mod gamma;
#[cfg(test)]
mod golden;
pub mod grid;
pub mod hazard;
pub mod hermite;
pub mod incomplete_beta;
pub mod lagrange;
pub mod matrix;
pub mod matrix_exp;
pub mod matrix_log;
pub mod mixing;
pub mod normal;
pub mod poisson;
pub mod poisson_chunk;
pub mod poisson_tail;
pub mod probit;
pub mod saddle;
pub mod student;
pub mod threshold;
pub mod tridiagonal;
