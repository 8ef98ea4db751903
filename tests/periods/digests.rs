//! Digests of plans: those of the copula mode are what they were, and whatever decides a loss is in them.

use super::fixture::{Book, book};
use mc_gpu::engine::{Control, Cpu, DefaultTimes, Job, Keep, KernelChoice, Ledger, MATURED, PathLaw};
use mc_gpu::engine::{Severity, State, WHOLE, play};
use mc_gpu::error::Error;
use mc_gpu::model::Copula;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

fn plain() -> Book {
    let mut plain = book(vec![(0, 17), (1, 345)], 2, 3);
    plain.copula = Copula::StudentT { degrees_of_freedom: 7.5 };
    plain.spec.factors = vec![WHOLE, 5, 77, WHOLE / 3, MATURED, MATURED];
    plain.spec.profiles.iter_mut().step_by(3).for_each(|profile| *profile = 1);
    plain
}

fn law() -> PathLaw {
    PathLaw {
        thetas: vec![-2.0, -2.1, -1.9, -1.0, f64::NEG_INFINITY, -1.2],
        rhos: vec![0.1, 0.3],
        memory: vec![0.9, 0.8],
        innovations: vec![0.4, 0.6],
        regimes: None,
    }
}

fn severity() -> Severity {
    let table = (0..2 * 256).map(|i| i * 1_000_003).collect();
    Severity { classes: vec![0, 1, 1, 0, 0, 0], rows: 1, cells: 256, table, state: State::Index }
}

fn digest(book: &Book) -> String {
    book.plan(|place| 1_000 + 7 * place as u32).digest().to_string()
}

#[test]
fn a_plan_in_copula_mode_has_the_digests_that_it_had() {
    // Taken before paths and severities came.
    assert_eq!(digest(&plain()), "b720ba57ed79eb72329b9b59313ba3157ec41ce4a5437e323dcca5739cec6cf0");
    let plan = plain().plan(|place| 1_000 + 7 * place as u32);
    let ledger = Mutex::new(Ledger::new(0..307, Keep::Totals).with_years(1));
    let control = Control { stop: &AtomicBool::new(false), progress: &|_| {} };
    play(&Job::new(&plan, 2026), &mut Cpu::new(2).unwrap(), &ledger, &control).unwrap();
    let digest = ledger.into_inner().unwrap().losses_digest(plan.unit());
    assert_eq!(digest.to_string(), "cb23b9f8d04ac7781ac82ca2980076123df34fca688425f358ea2d9e4e95e0f4");
}

#[test]
fn whatever_decides_a_loss_is_in_the_digest() {
    let with = |times: DefaultTimes, severity: Option<Severity>| {
        let mut book = plain();
        (book.spec.times, book.spec.severity) = (times, severity);
        digest(&book)
    };
    let path = |change: fn(&mut PathLaw)| {
        let mut law = law();
        change(&mut law);
        with(DefaultTimes::Path(Box::new(law)), None)
    };
    let severe = |change: fn(&mut Severity)| {
        let mut severity = severity();
        change(&mut severity);
        with(DefaultTimes::Copula, Some(severity))
    };
    let mut digests = vec![
        digest(&plain()),
        path(|_| ()),
        path(|law| law.thetas[2] = -1.8),
        path(|law| law.thetas[2] = f64::NEG_INFINITY),
        path(|law| law.rhos[1] = 0.31),
        path(|law| law.memory[0] = 0.91),
        path(|law| law.innovations[1] = 0.61),
        severe(|_| ()),
        severe(|severity| severity.classes[2] = 0),
        severe(|severity| severity.table[300] += 1),
        severe(|severity| (severity.rows, severity.cells) = (256, 1)),
        severe(|severity| (severity.rows, severity.cells, severity.state) = (256, 1, State::Argument)),
        with(DefaultTimes::Path(Box::new(law())), Some(severity())),
    ];
    let n = digests.len();
    digests.sort();
    digests.dedup();
    assert_eq!(digests.len(), n);
    // What is idle is not: classes of loans that have matured, and the state where there is one row.
    let idle = severe(|severity| (severity.classes[4], severity.state) = (99, State::Argument));
    assert_eq!(idle, severe(|_| ()));
}

#[test]
fn what_no_device_could_play_is_refused() {
    let refused = |change: fn(&mut Book)| {
        let mut book = plain().along(law());
        book.spec.severity = Some(severity());
        change(&mut book);
        book.try_plan(|_| 1).is_err()
    };
    fn path(book: &mut Book) -> &mut PathLaw {
        match &mut book.spec.times {
            DefaultTimes::Path(law) => law,
            DefaultTimes::Copula => unreachable!(),
        }
    }
    assert!(!refused(|_| ()));
    assert!(refused(|book| _ = path(book).thetas.pop()));
    assert!(refused(|book| path(book).thetas[0] = f64::NAN));
    assert!(refused(|book| path(book).rhos[0] = 0.98));
    assert!(refused(|book| path(book).memory[1] = 1.0));
    assert!(refused(|book| path(book).memory.push(0.5)));
    assert!(refused(|book| path(book).innovations[0] = f64::INFINITY));
    assert!(refused(|book| book.spec.severity.as_mut().unwrap().classes[0] = 2));
    assert!(refused(|book| book.spec.severity.as_mut().unwrap().rows = 16));
    assert!(refused(|book| book.spec.severity.as_mut().unwrap().table[0] = WHOLE + 1));
}

#[test]
fn pds_along_a_path_are_not_restated() {
    let plan = Book { kernel: KernelChoice::Auto, ..plain().along(law()) }.plan(|_| 1);
    let error = plan.restated(&[0.1, 0.2]).unwrap_err();
    assert!(matches!(&error, Error::Setting { key, .. } if key == "time.default_times"), "{error}");
    assert!(error.to_string().contains("mc-gpu"), "{error}");
    assert!(plain().plan(|_| 1).restated(&[0.1, 0.2]).is_ok());
}
