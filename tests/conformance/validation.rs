//! `mc-gpu validate` on the GPU device: closed forms and published figures, in the two most different variants.

use super::gpu::{self, Alone};
use mc_gpu::engine::{GpuOptions, Mulhi, ShaderChecks};
use mc_gpu::validate::validate;

fn passes(options: GpuOptions) {
    let Some(gpu) = gpu::open(options) else { return };
    let report = validate(&mut Alone(gpu, None), 42, &|_| {}).unwrap();
    let failed: Vec<_> = report.checks.iter().filter(|check| !check.passed).collect();
    assert!(report.passed && failed.is_empty(), "{failed:?}");
    assert!(report.checks.len() > 100);
}

#[test]
fn every_check_passes_as_users_get_it() {
    passes(GpuOptions::default());
}

#[test]
fn every_check_passes_without_64_bit_integers_and_checks() {
    passes(GpuOptions {
        mulhi: Some(Mulhi::Split),
        checks: ShaderChecks::Off,
        workgroup_size: 256,
        ..GpuOptions::default()
    });
}
