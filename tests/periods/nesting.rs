//! Common draws along paths (M23, M44): an adverse shift of the whole path only adds defaults, obligor by obligor.

use super::fixture::{Book, book};
use mc_gpu::engine::{Job, KernelChoice, PathLaw, visit};
use mc_gpu::model::Copula;
use std::collections::BTreeSet;

const PERIODS: usize = 6;

fn plan(kernel: KernelChoice, copula: Copula) -> Book {
    let law = PathLaw {
        thetas: [vec![-2.2; PERIODS], vec![-1.0, f64::NEG_INFINITY, -0.7, -0.9, -1.4, -0.2]].concat(),
        rhos: vec![0.15, 0.6],
        memory: vec![0.9, 0.4],
        innovations: vec![0.4, 0.9],
        regimes: None,
    };
    Book { kernel, copula, ..book(vec![(0, 5_003), (1, 77)], 1, PERIODS).along(law) }
}

fn defaulted(job: &Job<'_>, scenario: u64) -> BTreeSet<usize> {
    let mut set = BTreeSet::new();
    visit(job, scenario, |default| _ = set.insert(default.obligor));
    set
}

#[test]
fn an_adverse_shift_gives_a_superset_of_defaults_along_paths() {
    for kernel in [KernelChoice::Auto, KernelChoice::Granular, KernelChoice::Named] {
        for copula in [Copula::Gaussian, Copula::StudentT { degrees_of_freedom: 5.5 }] {
            let plan = plan(kernel, copula).plan(|_| 1);
            let base = Job::new(&plan, 11);
            let added = |shift: f64| -> Option<usize> {
                let stressed = Job::new(&plan, 11).shifted(&[shift]);
                (0..43)
                    .map(|scenario| {
                        let (base, more) = (defaulted(&base, scenario), defaulted(&stressed, scenario));
                        base.is_subset(&more).then(|| more.len() - base.len())
                    })
                    .sum()
            };
            assert!(added(-1e-9).is_some() && added(-0.01).is_some() && added(-2.0).is_some_and(|added| added > 1_000));
            // The sibling: a favourable one takes some away.
            assert!(added(0.1).is_none());
        }
    }
}
