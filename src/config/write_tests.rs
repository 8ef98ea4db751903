//! Writing and reading again gives the same configuration, for any configuration.

use super::super::{EclSettings, FactorSettings, MOST_SCENARIOS, parse_model, resolve};
use super::*;
use crate::engine::KernelChoice;
use crate::model::{BaselClass, LARGEST_CORRELATION};
use crate::portfolio::{ColumnUnit, Columns, Field, Kind, ObligorRule};
use crate::units::DateFormat;
use crate::units::{Level, Unit};
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// Names with everything that TOML could trip over.
fn name() -> impl Strategy<Value = String> {
    select(vec!["a", ".", "\"", "\\", "\n", "é", " ", "=", "#", "\u{1}", "'''", "7"])
        .prop_flat_map(|odd| "[a-z]{1,5}".prop_map(move |plain| format!("{plain}{odd}")))
}

/// Names that a tape can have: nothing blank around them.
fn tape_name() -> impl Strategy<Value = String> {
    name().prop_map(|name| name.trim().to_owned())
}

fn simulation() -> impl Strategy<Value = Simulation> {
    let levels = btree_set(1_u64..1_000_000_000, 1..5).prop_map(|nanos| {
        let level = |nano: u64| Level::parse(&format!("0.{nano:09}")).unwrap();
        nanos.into_iter().map(level).collect::<Vec<_>>()
    });
    let kernel = select(vec![KernelChoice::Auto, KernelChoice::Granular, KernelChoice::Named]);
    let obligors = select(vec![ObligorRule::Together, ObligorRule::Apart]);
    let unit = option::of((select(vec![1_u8, 2, 5]), -30_i8..=30).prop_map(|(m, e)| Unit::new(m, e).unwrap()));
    (1..=MOST_SCENARIOS, any::<u64>(), levels, (kernel, obligors), 1e-9..=1.0, unit).prop_map(
        |(scenarios, seed, levels, (kernel, obligors), band_width, unit)| Simulation {
            scenarios,
            seed,
            levels,
            kernel,
            obligors,
            band_width,
            unit,
        },
    )
}

fn factors() -> impl Strategy<Value = FactorSettings> {
    let persistence = option::of(vec(0.0..=0.9999, 5));
    (btree_set(name(), 1..5), vec(-1.0..=1.0, 16), persistence).prop_map(|(names, entries, persistence)| {
        let names: Vec<String> = names.into_iter().collect();
        let k = names.len();
        let entry = |i: usize, j: usize| if i == j { 1.0 } else { entries[i.min(j) * 4 + i.max(j)] };
        let correlation = (0..k * k).map(|at| entry(at / k, at % k)).collect();
        let persistence = persistence.map(|all| all[..k].to_vec());
        FactorSettings { names, correlation, persistence }
    })
}

fn segments(factors: Vec<String>) -> impl Strategy<Value = Segments> {
    let correlation = prop_oneof![
        (0.0..=LARGEST_CORRELATION).prop_map(AssetCorrelation::Fixed),
        select(BaselClass::ALL.to_vec()).prop_map(AssetCorrelation::Basel),
        Just(AssetCorrelation::FromLoadings),
    ];
    let count = factors.len();
    let loadings = (proptest::sample::subsequence(factors, 1..=count), vec(0.001..1e10, 4), any::<bool>()).prop_map(
        |(names, values, negative)| {
            let sign = if negative { -1.0 } else { 1.0 };
            names.into_iter().zip(values.into_iter().map(|value| sign * value)).collect::<Vec<_>>()
        },
    );
    let segment = (correlation, loadings, option::of(0.0..=1.0));
    prop_oneof![
        Just(Segments::Any),
        proptest::collection::btree_map(tape_name(), segment, 1..5).prop_map(|segments| {
            let settings = |(name, (correlation, loadings, lgd))| SegmentSettings { name, correlation, loadings, lgd };
            Segments::Listed(segments.into_iter().map(settings).collect())
        }),
    ]
}

fn columns() -> impl Strategy<Value = Columns> {
    let column = |kind: Kind| {
        let unit = option::of(select(ColumnUnit::ALL.to_vec()));
        // A unit of another kind becomes none.
        let fitting = move |unit: Option<ColumnUnit>| unit.filter(|unit| kind.units().contains(unit));
        (name(), unit).prop_map(move |(name, unit)| Source::Column { name, unit: fitting(unit) })
    };
    let number = |most: f64| (0.0..=most).prop_map(|number| Source::Constant(ConstantValue::Number(number)));
    let text = name().prop_map(|text| Source::Constant(ConstantValue::Text(text)));
    let ead = prop_oneof![column(Kind::Amount), number(9e29)];
    let pd = prop_oneof![column(Kind::Share), number(1.0)];
    let segment = prop_oneof![column(Kind::Text), text, vec(name(), 1..4).prop_map(Source::Columns)];
    let format = select(vec!["%Y-%m-%d", "%b-%y", "%d. %B %Y", "100%% \"%m\\%Y"]);
    let value = prop_oneof![(-1e9..1e9).prop_map(ConstantValue::Number), name().prop_map(ConstantValue::Text)];
    let values = proptest::collection::btree_map(name(), value, 1..4);
    let read = (name(), option::of(format), option::of(values), select(vec![Field::MaturityDate, Field::DefaultDate]));
    let sources = (option::of(ead), option::of(pd), option::of(segment));
    (sources, option::of(read)).prop_map(|((ead, pd, segment), read)| {
        let mut columns = Columns::default();
        if let Some((name, format, values, field)) = read {
            columns.set(field, Source::Column { name: name.clone(), unit: None });
            columns.set(Field::DaysPastDue, Source::Column { name, unit: None });
            if let Some(format) = format.and_then(DateFormat::new) {
                columns.set_format(field, format);
            }
            if let Some(values) = values {
                columns.set_values(Field::DaysPastDue, values.into_iter().collect());
            }
        }
        for (field, source) in [(Field::Ead, ead), (Field::Pd, pd), (Field::Segment, segment)] {
            if let Some(source) = source {
                columns.set(field, source);
            }
        }
        columns
    })
}

fn anything() -> impl Strategy<Value = Resolved> {
    let copula = prop_oneof![
        Just(Copula::Gaussian),
        (2.0..=1e6).prop_map(|degrees_of_freedom| Copula::StudentT { degrees_of_freedom }),
    ];
    let point = (select(b",;\t|: ".to_vec()), Just(DecimalSign::Point));
    let comma = (select(b";\t|: ".to_vec()), Just(DecimalSign::Comma));
    let input = (prop_oneof![point, comma], select(vec!["utf-8", "windows-1252"]))
        .prop_map(|((delimiter, decimal), label)| TextFormat { delimiter, decimal, encoding: label.to_owned() });
    let ratings = proptest::collection::btree_map(tape_name(), 0.0..=1.0, 0..5);
    let dependence = factors().prop_flat_map(|factors| (segments(factors.names.clone()), Just(factors)));
    (simulation(), copula, dependence, ratings, columns(), input).prop_map(
        |(simulation, copula, (segments, factors), ratings, columns, input)| Resolved {
            simulation,
            copula,
            factors,
            segments,
            ratings: ratings.into_iter().collect(),
            columns,
            input,
            ecl: parse_model("", "none").and_then(|raw| resolve(&raw)).unwrap().ecl,
            economy: None,
            assumed: Vec::new(),
        },
    )
}

/// Without what was assumed: a written model assumes nothing.
fn bare(resolved: Resolved) -> Resolved {
    Resolved { assumed: Vec::new(), ecl: EclSettings { assumed: Vec::new(), ..resolved.ecl }, ..resolved }
}

#[test]
fn sections_of_expected_credit_loss_resolve_to_the_same() {
    let text = "[segments.a]\nlgd_by_period = [0.5, 0.25]\nprofile = \"linear\"\ncollateral.haircut = 0.2\n[segments.'b c']\n\
        lgd = 0.3\n[time]\nperiod = \"monthly\"\n[term_structure]\nsource = \"curves\"\nfile = \"é \\\" .csv\"\n\
        by = \"segment\"\n[exposure]\nccf = 0.25\ncpr = 0.125\n[discounting]\nrate = 0.04\n[ecl]\nframework = \"cecl\"\n\
        reporting_date = \"2024-02-29\"\n[staging]\nwatchlist = false\nnotches = 2\n[[overlays]]\nname = \"Flood\"\n\
        because = \"a \\n b\"\namount = -250.5\ncap = 0.5\nfrom = \"2024-01-01\"\nuntil = \"2024-12-31\"\nstage = \"poci\"\n[[overlays]]\n\
        name = \"Two\"\nbecause = \"x\"\npercent = 15\ncap = 1\nuntil = \"2025-01-01\"\nsegment = \"b c\"\nstage = 2\n";
    let first = resolve(&parse_model(text, "first").unwrap()).unwrap();
    let again = resolve(&parse_model(&to_toml(&first), "again").unwrap()).unwrap();
    assert_eq!((first.ecl.overlays.len(), first.ecl.staging.notches), (2, 2));
    assert_eq!(first.ecl.exposure_of("a").settings.lgd_by_period, [0.5, 0.25]);
    assert!(!first.ecl.assumed.is_empty() && again.ecl.assumed.is_empty(), "{:?}", again.ecl.assumed);
    assert_eq!(bare(again), bare(first));
}

proptest! {
    #[test]
    fn what_is_written_resolves_to_the_same(resolved in anything()) {
        let text = to_toml(&resolved);
        let again = parse_model(&text, "written").and_then(|raw| resolve(&raw));
        match again {
            Ok(again) => prop_assert_eq!(Resolved { assumed: Vec::new(), ecl: resolved.ecl.clone(), ..again }, resolved),
            Err(error) => prop_assert!(false, "{error}\n{text}"),
        }
    }
}
