//! The measures together: their JSON shape, their order, what leaves them unchanged, and how long they take.

use super::*;
use proptest::prelude::*;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::time::{Duration, Instant};

fn levels(texts: &[&str]) -> Vec<Level> {
    texts.iter().map(|text| Level::parse(text).unwrap()).collect()
}

fn sample<'a>(losses: &'a [u64], defaults: &'a [u32], levels: &'a [Level]) -> Sample<'a> {
    Sample { losses, defaults, unit: Unit::new(2, 1).unwrap(), levels, expected_loss: 30.0, obligors: 8 }
}

#[test]
fn the_json_has_the_keys_of_the_result() {
    let levels = levels(&["0.5", "0.9"]);
    let measured = measure(&sample(&[4, 0, 2, 6], &[2, 0, 1, 3], &levels)).unwrap();
    let json = serde_json::to_value(&measured.measures).unwrap();
    let keys = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(
        keys(&json),
        "default_rate economic_capital expected_loss expected_shortfall loss_standard_deviation value_at_risk"
    );
    assert_eq!(keys(&json["expected_loss"]), "interval standard_error value");
    assert_eq!(keys(&json["loss_standard_deviation"]), "interval standard_error value");
    assert_eq!(keys(&json["value_at_risk"][0]), "interval level value");
    assert_eq!(keys(&json["expected_shortfall"][0]), "interval level standard_error tail_scenarios value");
    assert_eq!(keys(&json["default_rate"]), "mean quantiles standard_error");
    assert_eq!(json["expected_loss"]["value"], 60.0);
    assert_eq!(json["value_at_risk"][1]["level"], 0.9);
    assert_eq!(json["value_at_risk"][1]["value"], 120.0);
    assert_eq!(json["value_at_risk"][1]["interval"][1], serde_json::Value::Null);
    assert_eq!(json["economic_capital"][0]["value"], 10.0);
    assert_eq!(json["economic_capital"][1]["interval"][1], serde_json::Value::Null);
    assert_eq!(json["expected_shortfall"][0]["value"], 100.0);
    assert_eq!(json["default_rate"]["mean"], 1.5 / 8.0);
    assert_eq!(keys(&json["default_rate"]["quantiles"][0]), "interval level value");
    assert_eq!(json["default_rate"]["quantiles"][1]["value"], 0.375);
    assert_eq!(measured.notes.len(), 2);
}

#[test]
fn one_scenario_gives_numbers_without_errors() {
    let levels = levels(&["0.999"]);
    let measures = measure(&sample(&[5], &[1], &levels)).unwrap().measures;
    assert_eq!(measures.expected_loss, Estimate { value: 100.0, standard_error: None, interval: [None, None] });
    assert_eq!(measures.expected_shortfall[0].value, 100.0);
    assert_eq!(measures.default_rate.standard_error, None);
}

#[test]
fn nothing_played_and_counts_that_do_not_match_are_errors() {
    let levels = levels(&["0.9"]);
    assert_eq!(measure(&sample(&[], &[], &levels)).unwrap_err().exit_code(), 1);
    assert_eq!(measure(&sample(&[1, 2], &[1], &levels)).unwrap_err().exit_code(), 2);
}

#[test]
fn a_million_scenarios_take_well_under_a_second() {
    let mut random = StdRng::seed_from_u64(1);
    let losses: Vec<u64> = (0..1_000_003).map(|_| random.random_range(0..1_u64 << 40)).collect();
    let defaults: Vec<u32> = losses.iter().map(|loss| (loss >> 24) as u32).collect();
    let levels = levels(&["0.95", "0.99", "0.999"]);
    let start = Instant::now();
    let notes = measure(&sample(&losses, &defaults, &levels)).unwrap().notes;
    let taken = start.elapsed();
    assert_eq!(notes, [""; 0]);
    // Measured at 0.05 s; the rest is for a machine that does other things besides.
    assert!(taken < Duration::from_secs(1), "{taken:?}");
}

proptest! {
    #[test]
    fn measures_are_ordered_and_depend_on_the_set_of_losses_only(
        losses in proptest::collection::vec(prop_oneof![Just(0_u64), 0_u64..7, 0_u64..1 << 50], 1..300),
        turn in 0_usize..300,
        percents in proptest::collection::btree_set(1_u32..1000, 1..4),
    ) {
        let levels: Vec<Level> = percents.iter().map(|p| Level::parse(&format!("0.{p:03}")).unwrap()).collect();
        let defaults: Vec<u32> = losses.iter().map(|&loss| (loss % 9) as u32).collect();
        let first = measure(&sample(&losses, &defaults, &levels)).unwrap();

        let measures = &first.measures;
        for (var, es) in measures.value_at_risk.iter().zip(&measures.expected_shortfall) {
            prop_assert!(var.value <= es.value);
            let [lower, upper] = var.interval;
            prop_assert!(lower.is_none_or(|end| end <= var.value) && upper.is_none_or(|end| var.value <= end));
        }
        prop_assert!(measures.value_at_risk.is_sorted_by(|low, high| low.value <= high.value));
        // The mean of a smaller worst part is not smaller, up to the rounding of the two quotients.
        prop_assert!(measures.expected_shortfall.is_sorted_by(|low, high| low.value <= high.value * (1.0 + 1e-14)));

        let mut turned = losses.clone();
        turned.rotate_left(turn % losses.len());
        prop_assert_eq!(&measure(&sample(&turned, &defaults, &levels)).unwrap(), &first);

        // A power of two scales quotients of integers exactly; an error is a root of rounded squares.
        let fourfold: Vec<u64> = losses.iter().map(|loss| loss * 4).collect();
        let scaled = measure(&sample(&fourfold, &defaults, &levels)).unwrap().measures;
        prop_assert_eq!(scaled.expected_loss.value, 4.0 * measures.expected_loss.value);
        if let (Some(error), Some(scaled)) = (measures.expected_loss.standard_error, scaled.expected_loss.standard_error) {
            prop_assert!((scaled - 4.0 * error).abs() <= 1e-12 * scaled);
        }
        prop_assert_eq!(scaled.value_at_risk[0].value, 4.0 * measures.value_at_risk[0].value);
        prop_assert_eq!(scaled.expected_shortfall[0].value, 4.0 * measures.expected_shortfall[0].value);
    }
}
