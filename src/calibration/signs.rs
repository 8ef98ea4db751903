//! The sign that a driver of a known name has on the index of good times (M57).

use super::candidates::Sign;

/// Words of names of drivers of which more is better.
const GOOD: [&str; 17] = [
    "gdp",
    "income",
    "house price",
    "house_price",
    "hpi",
    "home price",
    "real estate price",
    "equity",
    "stock",
    "dow jones",
    "dow_jones",
    "s&p",
    "sp500",
    "earnings",
    "wage",
    "consumption",
    "employment rate",
];

/// Words of names of drivers of which more is worse.
const BAD: [&str; 11] = [
    "unemployment",
    "uer",
    "unrate",
    "jobless",
    "spread",
    "vix",
    "volatility",
    "bankruptc",
    "foreclos",
    "delinquen",
    "default",
];

/// The usual sign of the column called `name`; None where none is known, as for rates and inflation.
pub fn usual_sign(name: &str) -> Option<Sign> {
    let name = name.trim().to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if has(&BAD) {
        Some(Sign::Negative)
    } else if has(&GOOD) {
        Some(Sign::Positive)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_names_have_signs() {
        for name in ["Real GDP growth", "Nominal disposable income growth", "House Price Index (Level)", "HPI", "gdp"] {
            assert_eq!(usual_sign(name), Some(Sign::Positive), "{name}");
        }
        for name in ["Unemployment rate", "uer", "Market Volatility Index (Level)", "UNRATE", "BBB spread"] {
            assert_eq!(usual_sign(name), Some(Sign::Negative), "{name}");
        }
        for name in ["CPI inflation rate", "3-month Treasury rate", "Mortgage rate", "x"] {
            assert_eq!(usual_sign(name), None, "{name}");
        }
    }
}
