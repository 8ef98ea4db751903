//! The model that belongs to a made-up tape: a rating scale, and a model file that reads the tape.

use super::{MadeUp, MadeUpColumns, PdKind};
use std::fmt::Write;

/// A made-up rating scale: name and one-year probability of default, ascending by a factor of about 1.7. It is nobody's.
pub const RATING_SCALE: &[(&str, f64)] = &[
    ("R01", 0.0003),
    ("R02", 0.0005),
    ("R03", 0.0009),
    ("R04", 0.0015),
    ("R05", 0.0025),
    ("R06", 0.0042),
    ("R07", 0.0071),
    ("R08", 0.012),
    ("R09", 0.02),
    ("R10", 0.035),
    ("R11", 0.06),
    ("R12", 0.1),
    ("R13", 0.17),
    ("R14", 0.3),
];

/// How losses over lifetimes are measured: `ecl` needs no flag.
const LIFETIMES: &str = "
[ecl]
framework = \"ifrs9\"
reporting_date = \"2025-12-31\"

[exposure]
profile = \"annuity\"
ccf = 0.5
";

/// The rating whose PD is nearest to `pd` (0 to 1) in ratio: its position in the scale, and its PD.
pub(super) fn rate(pd: f64) -> (usize, f64) {
    // Two neighbours a < b meet at their geometric mean: pd lies nearer to b when pd² > ab.
    let is_above = |pair: &&[(&str, f64)]| matches!(pair, [(_, a), (_, b)] if pd * pd > a * b);
    let rating = RATING_SCALE.windows(2).take_while(is_above).count();
    (rating, RATING_SCALE.get(rating).map_or(pd, |(_, pd)| *pd))
}

/// A model file (TOML) that reads the tape of `made_up`: its segments and, for grades, the rating scale.
pub fn made_up_model(made_up: &MadeUp) -> String {
    let mut text = "# Model of a made-up portfolio: every figure is invented.\n".to_owned();
    for segment in 0..made_up.segments {
        let (name, product) = (made_up.segment_name(segment), made_up.product(segment));
        let (rho, lgd) = (product.asset_correlation, product.lgd);
        // Writing to a string cannot fail.
        let _ = write!(text, "\n[segments.{name}]\nasset_correlation = {rho}\nlgd = {lgd}\n");
    }
    if made_up.pds == PdKind::Grades {
        text.push_str("\n[ratings]\n");
        for (rating, pd) in RATING_SCALE {
            let _ = writeln!(text, "{rating} = {pd}");
        }
    }
    if made_up.columns == MadeUpColumns::Lifetimes {
        text.push_str(LIFETIMES);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratings_are_the_nearest_in_ratio() {
        assert_eq!(rate(1e-4), (0, 0.0003));
        assert_eq!(rate(0.011), (7, 0.012));
        assert_eq!(rate(0.0092), (6, 0.0071)); // √(0.0071 × 0.012) = 0.00923
        assert_eq!(rate(0.0093), (7, 0.012));
        assert_eq!(rate(0.5), (13, 0.3));
        assert!(RATING_SCALE.is_sorted_by(|a, b| a.1 < b.1 && a.0 < b.0));
    }

    #[test]
    fn the_model_names_every_segment() {
        let made_up = MadeUp { loans: 1, seed: 1, segments: 23, pds: PdKind::Grades, columns: MadeUpColumns::OneYear };
        let model: toml::Table = made_up_model(&made_up).parse().unwrap();
        let segments = model["segments"].as_table().unwrap();
        assert_eq!(segments.len(), 23);
        assert_eq!(segments["mortgages_3"]["lgd"].as_float(), Some(0.22));
        assert_eq!(model["ratings"]["R14"].as_float(), Some(0.3));
        let continuous = made_up_model(&MadeUp { pds: PdKind::Continuous, ..made_up });
        assert!(!continuous.contains("[ratings]"));
    }
}
