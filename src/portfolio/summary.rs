//! What the details of a tape look like: how many loans have each, and between which values.

use super::details::{Details, TapeStage};
use super::tape::Tape;

/// One column of the details.
#[derive(Debug, Clone, PartialEq)]
pub struct DetailSummary {
    /// What it holds, such as `days_past_due`.
    pub name: &'static str,
    /// Loans that it says something of.
    pub loans: u64,
    /// The least and the largest value, in the units of [`Details`]; None where no loan has one, and for names.
    pub range: Option<(f64, f64)>,
}

/// The columns that `tape` has, in the order of the schema; of `stage` one for each stage.
pub fn summarise_details(tape: &Tape) -> Vec<DetailSummary> {
    let details = &tape.details;
    let mut found = Vec::new();
    for (name, stage) in [
        ("stage 1", TapeStage::One),
        ("stage 2", TapeStage::Two),
        ("stage 3", TapeStage::Three),
        ("stage poci", TapeStage::Poci),
        ("stage blank", TapeStage::Blank),
    ] {
        let loans = details.stage.iter().filter(|own| **own == stage).count() as u64;
        found.extend((loans > 0).then_some(DetailSummary { name, loans, range: None }));
    }
    let blank = Details::BLANK;
    found.extend(names("rating", &details.rating, blank));
    found.extend(numbers("days_past_due", &details.days_past_due, blank));
    found.extend(names("watchlist", &details.watchlist, false));
    found.extend(amounts("interest_rate", &details.interest_rate));
    found.extend(numbers("remaining_months", &details.remaining_months, 0));
    found.extend(amounts("limit", &details.limit));
    found.extend(numbers("months since origination", &details.age_months, blank));
    found.extend(amounts("origination_pd", &details.origination_pd));
    found.extend(names("origination_rating", &details.origination_rating, blank));
    found.extend(amounts("collateral_value", &details.collateral));
    found.extend(numbers("months since default", &details.default_months, blank));
    found.extend(numbers("months since trigger", &details.trigger_months, blank));
    found
}

/// Of a column that is no scale; None where the tape has no such column.
fn names<T: PartialEq + Copy>(name: &'static str, column: &[T], blank: T) -> Option<DetailSummary> {
    let loans = column.iter().filter(|value| **value != blank).count() as u64;
    (!column.is_empty()).then_some(DetailSummary { name, loans, range: None })
}

fn numbers(name: &'static str, column: &[u16], blank: u16) -> Option<DetailSummary> {
    let values = column.iter().filter(|value| **value != blank).map(|value| f64::from(*value));
    (!column.is_empty()).then(|| scale(name, values))
}

fn amounts(name: &'static str, column: &[f64]) -> Option<DetailSummary> {
    let values = column.iter().copied().filter(|value| !value.is_nan());
    (!column.is_empty()).then(|| scale(name, values))
}

fn scale(name: &'static str, values: impl Iterator<Item = f64>) -> DetailSummary {
    let widen = |(loans, least, most): (u64, f64, f64), value: f64| (loans + 1, value.min(least), value.max(most));
    let (loans, least, most) = values.fold((0, f64::INFINITY, f64::NEG_INFINITY), widen);
    DetailSummary { name, loans, range: (loans > 0).then_some((least, most)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_not_counted() {
        let details = Details {
            stage: vec![TapeStage::Two, TapeStage::Blank, TapeStage::Two],
            interest_rate: vec![0.07, f64::NAN, -0.01],
            remaining_months: vec![0, 36, 2],
            rating: vec![0, Details::BLANK, 1],
            ..Details::default()
        };
        let summary = |name, loans, range| DetailSummary { name, loans, range };
        assert_eq!(
            summarise_details(&Tape { details, ..Tape::default() }),
            [
                summary("stage 2", 2, None),
                summary("stage blank", 1, None),
                summary("rating", 2, None),
                summary("interest_rate", 2, Some((-0.01, 0.07))),
                summary("remaining_months", 2, Some((2.0, 36.0))),
            ]
        );
        assert!(summarise_details(&Tape::default()).is_empty());
    }
}
