//! A peer in plain Rust: for every scenario, a loop over the loans that draws a uniform each. One thread.
//!
//! `plain_loop LOANS.bin RHO SCENARIOS SEED`; the file holds PD and loss of each loan as little-endian f64. Prints the
//! seconds that the scenarios took, and their mean loss.

#![allow(clippy::disallowed_methods)] // a peer may use the platform's libm

use mc_gpu::math::normal;
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, rho, scenarios, seed] = &arguments[..] else { return Err("LOANS.bin RHO SCENARIOS SEED".into()) };
    let (rho, scenarios, seed) = (rho.parse::<f64>()?, scenarios.parse::<u32>()?, seed.parse()?);
    let bytes = std::fs::read(path)?;
    let number = |bytes: &[u8]| bytes.try_into().map(f64::from_le_bytes).unwrap_or(f64::NAN);
    let loans: Vec<(f64, f64)> = bytes.chunks_exact(16).map(|loan| (number(&loan[..8]), number(&loan[8..]))).collect();
    let mut random = SmallRng::seed_from_u64(seed);
    let begun = Instant::now();
    let mut sum = 0.0;
    for _ in 0..scenarios {
        let z = normal::quantile(random.random_range(f64::EPSILON..1.0));
        // Loans of one PD lie together, so its conditional PD is computed once.
        let (mut known, mut conditional) = (f64::NAN, 0.0);
        for &(pd, loss) in &loans {
            if pd != known {
                known = pd;
                conditional = normal::cdf((normal::quantile(pd) - rho.sqrt() * z) / (1.0 - rho).sqrt());
            }
            if random.random::<f64>() < conditional {
                sum += loss;
            }
        }
    }
    println!("{{\"seconds\": {}, \"mean\": {}}}", begun.elapsed().as_secs_f64(), sum / f64::from(scenarios));
    Ok(())
}
