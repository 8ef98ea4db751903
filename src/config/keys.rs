//! The one table of every key that a model file may hold: what it means, what it may be, and its default. The template
//! of `mc-gpu init`, the defaults themselves, error messages and the search for the key that was meant all read it.

use super::ecl_keys::{ECL_KEYS, SEGMENT_ECL_KEYS};
use super::index_keys::INDEX_KEYS;

/// What a key has when nothing is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// The default, as TOML.
    Default(&'static str),
    /// No default; an example, as TOML.
    Example(&'static str),
}

/// One key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Dotted path; `*` stands for a name of the user's choice.
    pub path: &'static str,
    /// Default or example.
    pub value: Value,
    /// What it means, in a few words.
    pub meaning: &'static str,
    /// What is accepted: completes the sentence "wanted …".
    pub wanted: &'static str,
}

/// Scenarios to play.
pub const SCENARIOS: Key = Key {
    path: "simulation.scenarios",
    value: Value::Default("100000"),
    meaning: "scenarios of the economy to play",
    wanted: "a whole number from 1 to 1099511627776 (2^40)",
};
/// Seed of all random numbers.
pub const SEED: Key = Key {
    path: "simulation.seed",
    value: Value::Default("42"),
    meaning: "seed of every random number; the same seed gives the same losses on every device",
    wanted: "a whole number from 0 to 2^64 - 1 (above 2^63 - 1 as a text, such as \"0xfedcba9876543210\")",
};
/// Confidence levels.
pub const LEVELS: Key = Key {
    path: "simulation.levels",
    value: Value::Default("[0.95, 0.99, 0.999]"),
    meaning: "confidence levels of Value-at-Risk and expected shortfall",
    wanted: "a list of different levels between 0 and 1, such as [0.99, \"99.9%\"]",
};
/// Kernel.
pub const KERNEL: Key = Key {
    path: "simulation.kernel",
    value: Value::Default("\"auto\""),
    meaning: "how defaults are drawn: by hits on pools, by name, or as each block of loans deserves",
    wanted: "\"auto\", \"granular\" or \"named\"",
};
/// What the loans of one borrower are to each other.
pub const OBLIGORS: Key = Key {
    path: "simulation.obligors",
    value: Value::Default("\"together\""),
    meaning: "whether the loans of one borrower (obligor_id) default together, or each by itself",
    wanted: "\"together\" or \"apart\"",
};
/// Width of PD bands.
pub const BAND_WIDTH: Key = Key {
    path: "simulation.band_width",
    value: Value::Default("0.1"),
    meaning: "relative width of the bands that continuous PDs are pooled in",
    wanted: "a number above 0 and at most 1",
};
/// Loss unit.
pub const UNIT: Key = Key {
    path: "simulation.unit",
    value: Value::Default("\"auto\""),
    meaning: "currency per unit that losses are counted in; auto is a cent, or more where the largest loan needs it",
    wanted: "\"auto\", or 1, 2 or 5 times a power of ten from 1e-30 to 1e30, such as 0.01 or 500",
};
/// Copula.
pub const COPULA: Key = Key {
    path: "copula.kind",
    value: Value::Default("\"gaussian\""),
    meaning: "how extreme outcomes go together",
    wanted: "\"gaussian\" or \"student_t\"",
};
/// Degrees of freedom of the t copula.
pub const DEGREES_OF_FREEDOM: Key = Key {
    path: "copula.degrees_of_freedom",
    value: Value::Example("15"),
    meaning: "for student_t, and needed there; fewer mean more joint extremes",
    wanted: "a number from 2 to 1000000",
};
/// Factor names.
pub const NAMES: Key = Key {
    path: "factors.names",
    value: Value::Default("[\"economy\"]"),
    meaning: "the systematic factors that move the segments",
    wanted: "a list of at least one different names, such as [\"north\", \"south\"]",
};
/// Factor correlation.
pub const CORRELATION: Key = Key {
    path: "factors.correlation",
    value: Value::Example("[[1.0, 0.25], [0.25, 1.0]]"),
    meaning: "their correlation, a row per factor in the order of names; needed for more than one factor",
    wanted: "a square matrix: a list of rows, each a list of numbers from -1 to 1, symmetric with ones on the diagonal",
};
/// Factor correlation in a file.
pub const CORRELATION_FILE: Key = Key {
    path: "factors.correlation_file",
    value: Value::Example("\"sectors.csv\""),
    meaning: "or the file that holds it (CSV beside this file, with or without a header row and a column of names)",
    wanted: "the path of a CSV file, relative to the model file",
};
/// Persistence of the factors.
pub const PERSISTENCE: Key = Key {
    path: "factors.persistence",
    value: Value::Example("0.8"),
    meaning: "lag-one-year autocorrelation of the factors, where time.default_times is \"path\"",
    wanted: "a number from 0 to 0.9999 for all factors, or one for each, such as { north = 0.8, south = 0.6 }",
};
/// Asset correlation of a segment.
pub const ASSET_CORRELATION: Key = Key {
    path: "segments.*.asset_correlation",
    value: Value::Example("0.16"),
    meaning: "rho, the systematic share of latent variance; left out, the loadings are absolute",
    wanted: "a number from 0 to 0.9999, or { basel = \"mortgage\" } (corporate, mortgage, revolving, other_retail)",
};
/// Loadings of a segment.
pub const LOADINGS: Key = Key {
    path: "segments.*.loadings",
    value: Value::Example("{ economy = 1.0 }"),
    meaning: "direction in factor space; left out, the only factor or the one with the segment's name",
    wanted: "a table of factors and numbers, such as { north = 0.6, south = 0.4 }",
};
/// LGD of a segment.
pub const LGD: Key = Key {
    path: "segments.*.lgd",
    value: Value::Example("0.45"),
    meaning: "share of the exposure lost at default, where the tape has none",
    wanted: "a number from 0 to 1",
};
/// PD of a rating.
pub const RATING: Key = Key {
    path: "ratings.*",
    value: Value::Example("0.0002"),
    meaning: "one-year probability of default by rating, for tapes that have ratings in place of PDs",
    wanted: "a number from 0 to 1",
};
/// Field delimiter of text tapes.
pub const DELIMITER: Key = Key {
    path: "input.delimiter",
    value: Value::Default("\",\""),
    meaning: "what separates the fields of a CSV tape",
    wanted: "one ASCII character such as \";\", or \"tab\"",
};
/// Decimal sign of text tapes.
pub const DECIMAL: Key = Key {
    path: "input.decimal",
    value: Value::Default("\".\""),
    meaning: "decimal sign of a CSV tape",
    wanted: "\".\" or \",\"",
};
/// Encoding of text tapes.
pub const ENCODING: Key = Key {
    path: "input.encoding",
    value: Value::Default("\"utf-8\""),
    meaning: "encoding of a CSV tape",
    wanted: "an encoding such as \"utf-8\", \"windows-1252\" or \"utf-16le\"",
};

/// What every key of `[columns]` accepts.
pub const SOURCE: &str = "a column's name, { column = \"rate\", unit = \"percent\" } or { constant = 1e6 } \
                          (for segment also a list of names); a column may have values = { \"Late\" = 31 } for its cells, \
                          and one of dates format = \"%b-%y\"";

const fn column(path: &'static str, example: &'static str, meaning: &'static str) -> Key {
    Key { path, value: Value::Example(example), meaning, wanted: SOURCE }
}

/// The keys of `[columns]`, one per field of a tape.
pub const COLUMNS: [Key; 21] = [
    column("columns.loan_id", "\"id\"", "column with the loan's number"),
    column("columns.obligor_id", "\"customer\"", "column with the borrower; one borrower's loans default together"),
    column("columns.ead", "{ column = \"amount\", unit = \"thousand\" }", "exposure at default"),
    column("columns.pd", "{ column = \"rate\", unit = \"percent\" }", "one-year probability of default"),
    column("columns.rating", "\"grade\"", "rating, looked up in [ratings]"),
    column("columns.segment", "[\"product\", \"region\"]", "segment; several columns are joined with /"),
    column("columns.lgd", "{ constant = 0.45 }", "loss given default"),
    column(
        "columns.stage",
        "\"ifrs9_stage\"",
        "impairment stage: 1, 2, 3 or poci; this and what follows is for ecl only",
    ),
    column(
        "columns.days_past_due",
        "{ column = \"status\", values = { \"Current\" = 0, \"In Grace Period\" = 15 } }",
        "days that payments are overdue",
    ),
    column("columns.watchlist", "{ column = \"flags\", values = { \"W\" = \"yes\" } }", "whether the loan is watched"),
    column("columns.interest_rate", "{ column = \"coupon\", unit = \"percent\" }", "contractual interest a year"),
    column("columns.maturity_date", "{ column = \"matures\", format = \"%d.%m.%Y\" }", "day of the last payment"),
    column("columns.remaining_months", "\"months_left\"", "or the months until then"),
    column("columns.term_months", "\"tenor\"", "or the months from origination to then"),
    column(
        "columns.limit",
        "{ column = \"line\", unit = \"thousand\" }",
        "committed amount; ead is what is drawn of it",
    ),
    column("columns.origination_date", "{ column = \"issued\", format = \"%b-%y\" }", "day of origination"),
    column(
        "columns.origination_pd",
        "{ column = \"pd_then\", unit = \"percent\" }",
        "one-year PD expected at origination",
    ),
    column("columns.origination_rating", "\"grade_then\"", "rating at origination"),
    column("columns.collateral_value", "\"house_value\"", "value of the collateral"),
    column("columns.default_date", "\"defaulted\"", "day of default"),
    column("columns.trigger_date", "\"stage_2_from\"", "day on which credit risk was found increased"),
];

/// Every key, in the order of the template.
pub fn keys() -> impl Iterator<Item = &'static Key> {
    const BEFORE_SEGMENTS: [Key; 16] = [
        SCENARIOS,
        SEED,
        LEVELS,
        KERNEL,
        OBLIGORS,
        BAND_WIDTH,
        UNIT,
        COPULA,
        DEGREES_OF_FREEDOM,
        NAMES,
        CORRELATION,
        CORRELATION_FILE,
        PERSISTENCE,
        ASSET_CORRELATION,
        LOADINGS,
        LGD,
    ];
    const RATINGS: [Key; 1] = [RATING];
    const INPUT: [Key; 3] = [DELIMITER, DECIMAL, ENCODING];
    let model = BEFORE_SEGMENTS.iter().chain(&SEGMENT_ECL_KEYS).chain(&RATINGS);
    model.chain(&COLUMNS).chain(&INPUT).chain(&ECL_KEYS).chain(&INDEX_KEYS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_a_tape_has_a_key() {
        let mut fields: Vec<&str> = crate::portfolio::SCHEMA.iter().map(|spec| spec.name).collect();
        let mut known: Vec<&str> = COLUMNS.iter().filter_map(|key| key.path.strip_prefix("columns.")).collect();
        fields.sort_unstable();
        known.sort_unstable();
        assert_eq!(fields, known);
    }
}
