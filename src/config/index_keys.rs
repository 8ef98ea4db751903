//! The keys of the economy: the credit index with its drivers and regimes, and macro scenarios. All of them are examples: a
//! model without them has no macro part, and what they are when unwritten is said where they are resolved.

use super::keys::{Key, Value};

const fn example(path: &'static str, value: &'static str, meaning: &'static str, wanted: &'static str) -> Key {
    Key { path, value: Value::Example(value), meaning, wanted }
}

const FILE: &str = "the path of a CSV file with a column of periods, relative to the model file";
const R_SQUARED: &str = "a number from 0 to 0.9999";
const LEAVE: &str = "a number above 0 and at most 1";

/// The keys of `[index]` and `[scenarios]`, in the order of the template.
pub const INDEX_KEYS: [Key; 28] = [
    example(
        "index.from",
        "\"index.toml\"",
        "a file with the [index] that `mc-gpu calibrate` wrote; what is written here wins",
        "the path of a TOML file, relative to the model file",
    ),
    example(
        "index.pd_basis",
        "\"ttc\"",
        "what the tape's PDs are: through the cycle, and the index shifts them; or of this point in time, and their mean over \
         the scenarios is what the tape says (\"ttc\" if left out)",
        "\"ttc\" or \"pit\"",
    ),
    example("index.history", "\"history.csv\"", "drivers before the first period, for lags and spans", FILE),
    example(
        "index.drivers_file",
        "\"drivers.csv\"",
        "drivers of the one path that is played without [scenarios]",
        FILE,
    ),
    example("index.path", "\"index_path.csv\"", "or the index itself: a column index, or one for each segment", FILE),
    example(
        "index.r_squared",
        "0.62",
        "share of the index's variance that drivers explain; the residual keeps the rest (0 if left out)",
        R_SQUARED,
    ),
    example(
        "index.persistence",
        "0.7",
        "lag-one-year autocorrelation of the residual, for all factors; in place of factors.persistence",
        "a number from 0 to 0.9999",
    ),
    example("index.drivers.column", "\"Unemployment rate\"", "a driver; repeat the table for more", "a column's name"),
    example(
        "index.drivers.transform",
        "\"change\"",
        "what is made of it (\"level\" if left out)",
        "\"level\", \"change\" or \"growth\" (of logarithms)",
    ),
    example("index.drivers.span", "1", "periods of a change or growth (1 if left out)", "a whole number from 1 to 400"),
    example(
        "index.drivers.lag",
        "2",
        "periods that pass before it moves the index (0 if left out)",
        "a whole number from 0 to 400",
    ),
    example("index.drivers.mean", "0.0123", "its long-run mean, transformed; needed", "a number from -1e12 to 1e12"),
    example(
        "index.drivers.standard_deviation",
        "0.31",
        "its standard deviation, transformed; needed",
        "a number above 0 and at most 1e12",
    ),
    example(
        "index.drivers.coefficient",
        "-0.55",
        "standard deviations of the index per one of the driver, positive where more is better; needed",
        "a number from -100 to 100",
    ),
    example(
        "index.columns.*",
        "\"Unemployment rate\"",
        "what files call a driver's column, where that is not what the index was fitted on",
        "a column's name",
    ),
    example("index.segments.*.r_squared", "0.5", "in place of index.r_squared, for a segment", R_SQUARED),
    example(
        "index.segments.*.drivers.column",
        "\"House Price Index (Level)\"",
        "drivers in place of index.drivers, with the same keys",
        "a column's name",
    ),
    example(
        "index.regimes.leave_calm",
        "0.05",
        "probability of leaving the calm state, per period of the drivers",
        LEAVE,
    ),
    example("index.regimes.leave_turbulent", "0.25", "the same of the turbulent state", LEAVE),
    example(
        "index.regimes.volatility",
        "[0.8, 1.9]",
        "the residual's volatility in calm and turbulent periods, scaled together to that of one regime",
        "two numbers above 0 and at most 1000000",
    ),
    example(
        "index.regimes.mean",
        "[0.1, -0.4]",
        "its mean in both, shifted together to 0 ([0, 0] if left out)",
        "two numbers from -1000000 to 1000000",
    ),
    example(
        "scenarios.staging",
        "\"weighted\"",
        "whether loans are staged once, by the weighted PDs, or under each scenario (\"weighted\" if left out)",
        "\"weighted\" or \"scenario\"",
    ),
    example(
        "scenarios.align",
        "\"date\"",
        "whether paths are read by date, or from their first row on (\"date\" if left out)",
        "\"date\" or \"start\"",
    ),
    example(
        "scenarios.reversion",
        "\"linear\"",
        "how drivers, or the index, go back to their means after a path's last row (\"linear\" if left out)",
        "\"linear\" or \"geometric\"",
    ),
    example(
        "scenarios.reversion_periods",
        "8",
        "periods of the drivers that this takes; geometric: until a twentieth is left (8 if left out)",
        "a whole number from 1 to 480",
    ),
    example(
        "scenarios.*.weight",
        "0.6",
        "weight of a scenario of that name; weights add up to 1",
        "a number from 0 to 1",
    ),
    example("scenarios.*.drivers", "\"baseline.csv\"", "its drivers by period", FILE),
    example(
        "scenarios.*.index",
        "\"baseline_index.csv\"",
        "or its index: a column index, or one for each segment",
        FILE,
    ),
];
