//! Every case, on each device. Both play the same seed, so their reports agree to the last digit (L1).

use mc_gpu::validate::{FALSE_POSITIVE_RATE, MOST_STATISTICAL_CHECKS, Report, validate};
use mc_gpu::{Cpu, Device, Scalar};

const SEED: u64 = 20_261_121;

fn assert_passes(device: &mut dyn Device) -> Report {
    let report = validate(device, SEED, &|_| {}).unwrap();
    let failed: Vec<_> = report.checks.iter().filter(|check| !check.passed).collect();
    assert!(report.passed && failed.is_empty(), "{failed:#?}");
    report
}

#[test]
fn every_case_passes_on_every_device() {
    let cpu = assert_passes(&mut Cpu::on_all_cores().unwrap());
    let scalar = assert_passes(&mut Scalar);
    assert_eq!(cpu.checks, scalar.checks);
    assert_eq!((cpu.schema, cpu.seed, cpu.false_positive_rate), ("mc-gpu/validation/1", SEED, FALSE_POSITIVE_RATE));
    for case in ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J"] {
        assert!(cpu.checks.iter().any(|check| check.case == case), "{case}");
    }
    let statistical = cpu.checks.iter().filter(|check| check.is_statistical()).count();
    assert!(statistical <= MOST_STATISTICAL_CHECKS, "{statistical} checks share a rate meant for fewer");
    assert!(statistical > 100, "{statistical}");
}

#[test]
fn figures_keep_to_their_digits_and_counts_to_whole_numbers() {
    let checks = mc_gpu::validate::granular_pool::closed_forms().unwrap();
    assert!(checks.iter().all(|check| check.tolerance.is_some_and(|tolerance| tolerance < 1e-6) && check.z.is_none()));
    assert_eq!(checks.len(), 4 * 4 + 4 * 5);
    assert_eq!(mc_gpu::validate::basel::risk_weights().unwrap().len(), 35);
}
