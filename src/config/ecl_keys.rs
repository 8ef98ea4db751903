//! The keys of expected credit loss: periods, term structure, exposure over time, discounting, staging, overlays. They are
//! plain: each holds one text, number, truth value or list of numbers, read by `entries`.

use super::keys::{Key, Value};

const fn default(path: &'static str, value: &'static str, meaning: &'static str, wanted: &'static str) -> Key {
    Key { path, value: Value::Default(value), meaning, wanted }
}

const fn example(path: &'static str, value: &'static str, meaning: &'static str, wanted: &'static str) -> Key {
    Key { path, value: Value::Example(value), meaning, wanted }
}

const SHARE: &str = "a number from 0 to 1";
const MONTHS: &str = "a whole number of months from 0 to 480";
const PROFILE: &str = "\"bullet\", \"linear\", \"annuity\" or \"custom\" (then profile_file as well)";
const PROFILE_FILE: &str = "the path of a CSV file name,months,share, relative to the model file";
const RATE_KIND: &str = "\"nominal\" (a twelfth a month) or \"effective\"";
const RATE: &str = "a fraction a year above -1 and at most 3, such as 0.05";
const REMAINING: &str = "a whole number of months from 1 to 480";
const CPR: &str = "a number from 0 to below 1";
const GROWTH: &str = "a number above -1 and at most 1";
const FLAG: &str = "true or false";
const BAND: &str = "a number above 0 and at most 1";
const DEVIATION: &str = "a number from 0.001 to below 0.5, or 0 for an LGD that is no random number";
const SLOPE: &str = "a number from 0 to 1";
const STAGE: &str = "1, 2, 3 or \"poci\" (CECL: \"lifetime\", \"default\" or \"poci\")";
const DATE: &str = "a date such as 2025-12-31";

/// The keys of sections of their own, in the order of the template.
pub const ECL_KEYS: [Key; 57] = [
    default(
        "time.period",
        "\"quarterly\"",
        "periods that expected credit losses are added up over (`mc-gpu ecl`)",
        "\"monthly\", \"quarterly\" or \"yearly\"",
    ),
    example(
        "time.horizon_months",
        "36",
        "`mc-gpu simulate` plays defaults within so many months, period by period, and not one year in one step",
        "a whole number of months from 1 to 480 that is a multiple of time.period",
    ),
    example(
        "time.lifetime",
        "true",
        "`mc-gpu simulate` plays defaults until each loan's maturity",
        "true or false; not beside time.horizon_months",
    ),
    default(
        "time.default_times",
        "\"copula\"",
        "how defaults of several periods come about: one latent variable for each obligor's whole life, or hazards along a path of the economy",
        "\"copula\" or \"path\" (then factors.persistence as well)",
    ),
    default(
        "term_structure.source",
        "\"flat\"",
        "how PDs go on after a year: at the same hazard, along curves, or by a matrix of rating transitions",
        "\"flat\", \"curves\" or \"migration\"",
    ),
    example(
        "term_structure.file",
        "\"curves.csv\"",
        "curves (name,months,pd, cumulative; or name,12,24,…) or the one-year matrix",
        "the path of a CSV file, relative to the model file",
    ),
    default("term_structure.by", "\"rating\"", "what curves are named after", "\"rating\" or \"segment\""),
    default(
        "term_structure.clock",
        "\"reporting_date\"",
        "when the months of curves begin to count",
        "\"reporting_date\" or \"origination\" (then the tape needs origination_date)",
    ),
    default("term_structure.unit", "\"fraction\"", "unit of the file", "\"fraction\" or \"percent\""),
    default("term_structure.default_state", "\"D\"", "state of default in the matrix", "a name in the file"),
    default(
        "term_structure.withdrawn_state",
        "\"NR\"",
        "state of withdrawn ratings, spread over the others in proportion; the column may be missing",
        "a name",
    ),
    default(
        "term_structure.regularisation",
        "\"qo\"",
        "how the logarithm of the matrix becomes a generator: nearest, weighted or diagonal adjustment",
        "\"qo\", \"wa\" or \"da\"",
    ),
    default(
        "term_structure.rounding",
        "0.00005",
        "half a unit of the last digit published; cells further off are named",
        "a number from 0 to 0.1",
    ),
    default("exposure.profile", "\"bullet\"", "how loans repay", PROFILE),
    example("exposure.profile_file", "\"profiles.csv\"", "share of the balance left after months", PROFILE_FILE),
    default("exposure.rate_kind", "\"nominal\"", "what interest rates are", RATE_KIND),
    example("exposure.interest_rate", "0.05", "interest rate where the tape has none", RATE),
    example("exposure.remaining_months", "36", "months to maturity where the tape has none", REMAINING),
    default("exposure.cpr", "0.0", "share prepaid in a year", CPR),
    example("exposure.ccf", "0.5", "share of an undrawn limit that is drawn by default; needed with a limit", SHARE),
    default(
        "exposure.rate_band",
        "0.005",
        "loans whose interest rates are in one band of this width are played alike; none of it moves an expected loss",
        BAND,
    ),
    default("exposure.ltv_band", "0.05", "the same for collateral per exposure", BAND),
    example(
        "discounting.rate",
        "\"eir\"",
        "rate that losses are discounted with to the reporting date; left out, \"eir\" for IFRS 9 and \"none\" for CECL",
        "\"eir\" (each loan's effective interest rate), \"none\" or a fraction a year such as 0.04",
    ),
    default("collateral.haircut", "0.0", "share of collateral_value lost in a forced sale", SHARE),
    default("collateral.cost_of_sale", "0.0", "share of the proceeds that selling costs", SHARE),
    default("collateral.growth", "0.0", "growth of the value a year", GROWTH),
    default("collateral.months_to_sale", "0", "months from default to sale", MONTHS),
    default("collateral.lgd_floor", "0.0", "least loss given default with collateral", SHARE),
    default(
        "collateral.index_loading",
        "0.0",
        "how strongly the logarithm of the value moves with the segment's index, per standard deviation",
        SHARE,
    ),
    example(
        "severity.lgd_sd",
        "0.25",
        "standard deviation of the loss given default, collateral counted, which is then drawn from a beta law at each default",
        DEVIATION,
    ),
    default(
        "severity.economy",
        "\"none\"",
        "whether losses given default rise in a bad economy: along a line in the index, or with the default rate",
        "\"none\", \"linear\" (then severity.slope or segments.*.lgd_slope as well) or \"frye_jacobs\"",
    ),
    example("severity.slope", "0.1", "how much the LGD rises when the segment's index falls by one; linear", SLOPE),
    default(
        "severity.preserve_expected_loss",
        "true",
        "whether LGDs that move with the economy are scaled so that the expected loss stays what it is",
        FLAG,
    ),
    example("ecl.framework", "\"ifrs9\"", "accounting standard, unless --framework says", "\"ifrs9\" or \"cecl\""),
    example("ecl.reporting_date", "\"2025-12-31\"", "reporting date, unless --reporting-date says", DATE),
    default(
        "staging.use_tape_stage",
        "\"as_given\"",
        "what a stage on the tape is: taken over, the least there is, or nothing",
        "\"as_given\", \"floor\" or \"ignore\"",
    ),
    default(
        "staging.days_past_due_stage_2",
        "30",
        "stage 2 with more days past due than this (IFRS 9 5.5.11)",
        "a whole number of days from 0 to 65535",
    ),
    default(
        "staging.days_past_due_stage_3",
        "90",
        "in default with more days past due than this (IFRS 9 B5.5.37; CECL too)",
        "a whole number of days from 0 to 65535",
    ),
    default("staging.watchlist", "true", "whether loans on the watchlist are in stage 2 (IFRS 9 B5.5.17(o))", FLAG),
    default("staging.low_credit_risk", "false", "whether loans of low credit risk stay in stage 1 (5.5.10)", FLAG),
    default("staging.low_credit_risk_pd", "0.003", "the largest one-year PD of low credit risk (our number)", SHARE),
    default(
        "staging.notches",
        "3",
        "stage 2 when the rating, ranked by PD, is worse than at origination by so many (our number; IFRS 9 B5.5.17(c), (d))",
        "a whole number from 1 to 1000",
    ),
    default(
        "staging.pd_ratio",
        "2.0",
        "stage 2 when the annual residual-life PD is so many times that of origination (our number; IFRS 9 5.5.9)",
        "a number from 1 to 1000",
    ),
    default("staging.pd_increase", "0.005", "and higher by at least this (our number)", SHARE),
    default(
        "staging.without_origination",
        "\"skip\"",
        "what loans are whose PD at origination is not known (IFRS 9 7.2.20)",
        "\"skip\" (no such test) or \"stage_2\"",
    ),
    default("staging.cure_months_stage_2", "0", "months after trigger_date in stage 2; needs the tape's stage", MONTHS),
    default("staging.cure_months_stage_3", "0", "months after default_date in stage 3; needs the tape's stage", MONTHS),
    default(
        "cecl.unconditionally_cancellable",
        "false",
        "whether undrawn limits can be cancelled at any time and are left out (ASC 326-20-30-11)",
        FLAG,
    ),
    example(
        "overlays.name",
        "\"Flood\"",
        "a management overlay, on a line of its own; repeat the table for more",
        "a text",
    ),
    example("overlays.because", "\"Autumn flood, not yet in PDs\"", "why", "a text"),
    example("overlays.percent", "15.0", "per cent of the model's ECL of what it touches", "a number"),
    example("overlays.amount", "250000.0", "or the overlay in currency, in place of percent", "a number"),
    example(
        "overlays.cap",
        "0.2",
        "largest share of that ECL that is applied; needed",
        "a number above 0 and at most 1",
    ),
    example("overlays.from", "\"2025-10-01\"", "first reporting date it applies to", DATE),
    example("overlays.until", "\"2026-06-30\"", "last reporting date it applies to; needed", DATE),
    example("overlays.segment", "\"mortgages\"", "what it touches; all segments if left out", "a segment of the tape"),
    example("overlays.stage", "2", "the stage it touches; all if left out", STAGE),
];

/// The keys of a segment, beside those of correlation and LGD; they win over those of `[exposure]` and `[collateral]`.
pub const SEGMENT_ECL_KEYS: [Key; 16] = [
    example(
        "segments.*.lgd_by_period",
        "[0.45, 0.40]",
        "LGD of each period, the last going on",
        "a list of numbers from 0 to 1",
    ),
    example("segments.*.lgd_sd", "0.25", "in place of severity.lgd_sd", DEVIATION),
    example("segments.*.lgd_slope", "0.1", "in place of severity.slope", SLOPE),
    example("segments.*.profile", "\"annuity\"", "in place of exposure.profile", PROFILE),
    example("segments.*.profile_file", "\"profiles.csv\"", "in place of exposure.profile_file", PROFILE_FILE),
    example("segments.*.rate_kind", "\"effective\"", "in place of exposure.rate_kind", RATE_KIND),
    example("segments.*.interest_rate", "0.05", "in place of exposure.interest_rate", RATE),
    example("segments.*.remaining_months", "36", "in place of exposure.remaining_months", REMAINING),
    example("segments.*.cpr", "0.1", "in place of exposure.cpr", CPR),
    example("segments.*.ccf", "0.5", "in place of exposure.ccf", SHARE),
    example("segments.*.collateral.haircut", "0.2", "in place of collateral.haircut", SHARE),
    example("segments.*.collateral.cost_of_sale", "0.1", "in place of collateral.cost_of_sale", SHARE),
    example("segments.*.collateral.growth", "0.02", "in place of collateral.growth", GROWTH),
    example("segments.*.collateral.months_to_sale", "24", "in place of collateral.months_to_sale", MONTHS),
    example("segments.*.collateral.lgd_floor", "0.05", "in place of collateral.lgd_floor", SHARE),
    example("segments.*.collateral.index_loading", "0.2", "in place of collateral.index_loading", SHARE),
];

/// The general key that a segment's own one, such as `cpr`, stands in for: `exposure.cpr`.
pub fn general_path(leaf: &str) -> String {
    match leaf {
        "lgd_sd" => "severity.lgd_sd".to_owned(),
        "lgd_slope" => "severity.slope".to_owned(),
        leaf if leaf.contains('.') => leaf.to_owned(),
        leaf => format!("exposure.{leaf}"),
    }
}

/// The segment's own key that stands in for the general one at `path`.
pub fn segment_leaf(path: &str) -> &str {
    match path {
        "severity.lgd_sd" => "lgd_sd",
        "severity.slope" => "lgd_slope",
        path => path.strip_prefix("exposure.").unwrap_or(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_segments_stand_in_for_others() {
        for key in SEGMENT_ECL_KEYS.iter().skip(1) {
            let leaf = key.path.trim_start_matches("segments.*.");
            let general = general_path(leaf);
            assert!(ECL_KEYS.iter().any(|other| other.path == general && other.wanted == key.wanted), "{}", key.path);
            assert_eq!(segment_leaf(&general), leaf);
        }
    }
}
