//! From a cell to a number: what counts as blank, what is refused and why, and the one place where units are applied.

use super::schema::{ColumnUnit, Field, Kind};
use super::settings::DecimalSign;

/// Cells that mean "no number here", compared without regard to case.
const BLANKS: [&str; 4] = ["na", "null", "nan", "-"];

/// Why a cell is not the number that was wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Nothing there.
    Blank,
    /// No number at all.
    NotANumber,
    /// NaN or infinite, as written or because it is too large for f64.
    NotFinite,
    /// Below 0.
    Negative,
    /// A share above 1.
    AboveOne,
    /// A comma where decimals are written with a point, or the reverse.
    OtherDecimalSign,
    /// A percent sign in a column whose unit is not percent.
    PercentSign,
}

/// Reads `text` as a number in the column's own unit; None for a blank.
pub(super) fn parse(text: &str, decimal: DecimalSign, unit: ColumnUnit) -> Result<Option<f64>, Refusal> {
    let text = text.trim();
    if text.is_empty() || text.len() <= 4 && BLANKS.iter().any(|blank| text.eq_ignore_ascii_case(blank)) {
        return Ok(None);
    }
    let number = match text.strip_suffix('%') {
        Some(_) if unit != ColumnUnit::Percent => return Err(Refusal::PercentSign),
        Some(number) => number.trim_end(),
        None => text,
    };
    let value = match decimal {
        DecimalSign::Point if number.contains(',') => return Err(Refusal::OtherDecimalSign),
        DecimalSign::Comma if number.contains('.') => return Err(Refusal::OtherDecimalSign),
        DecimalSign::Comma if number.contains(',') => number.replacen(',', ".", 1).parse::<f64>(),
        DecimalSign::Point | DecimalSign::Comma => number.parse::<f64>(),
    };
    value.map(Some).map_err(|_| Refusal::NotANumber)
}

/// Takes `value` (in `unit`) to the field's default unit and checks its range.
///
/// Shares are divided by 100 or 10,000, never multiplied by 0.01: 3.5 percent is the f64 nearest to 0.035.
pub(super) fn scale(value: f64, unit: ColumnUnit) -> Result<f64, Refusal> {
    let (scaled, share) = match unit {
        ColumnUnit::One => (value, false),
        ColumnUnit::Thousand => (value * 1e3, false),
        ColumnUnit::Million => (value * 1e6, false),
        ColumnUnit::Fraction => (value, true),
        ColumnUnit::Percent => (value / 1e2, true),
        ColumnUnit::BasisPoints => (value / 1e4, true),
    };
    if !scaled.is_finite() {
        return Err(Refusal::NotFinite);
    }
    if scaled < 0.0 {
        return Err(Refusal::Negative);
    }
    if share && scaled > 1.0 {
        return Err(Refusal::AboveOne);
    }
    Ok(scaled.abs()) // −0 becomes 0: one PD, one pool
}

/// What should have stood in a cell of `field` that is read from `column` in `unit`, with the remedy where one is known.
pub(super) fn wanted(refusal: Refusal, field: Field, column: &str, unit: ColumnUnit) -> String {
    let range = match (field.spec().kind, unit) {
        (Kind::Text, _) => "a name",
        (Kind::Amount, _) => "a finite amount, 0 or more",
        (Kind::Share, ColumnUnit::Percent) => "0 to 100 (unit percent)",
        (Kind::Share, ColumnUnit::BasisPoints) => "0 to 10000 (unit basis_points)",
        (Kind::Share, _) => "0 to 1",
    };
    match refusal {
        Refusal::AboveOne | Refusal::PercentSign if unit == ColumnUnit::Fraction => {
            format!("{range}, or set [columns] {field} = {{ column = \"{column}\", unit = \"percent\" }}")
        }
        Refusal::OtherDecimalSign => {
            format!("{range}, without thousands separators; or set [input] decimal to the other sign")
        }
        _ => range.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, unit: ColumnUnit) -> Result<Option<f64>, Refusal> {
        parse(text, DecimalSign::Point, unit)?.map(|value| scale(value, unit)).transpose()
    }

    #[test]
    fn numbers_are_read_as_written() {
        for (text, value) in [("12.5", 12.5), (" 1e3 ", 1000.0), ("+.5", 0.5), ("5.", 5.0), ("0", 0.0), ("-0", 0.0)] {
            let got = read(text, ColumnUnit::One).unwrap().unwrap();
            assert_eq!(got.to_bits(), f64::to_bits(value), "{text}");
        }
    }

    #[test]
    fn blanks_are_no_numbers() {
        for text in ["", "  ", "NA", "na", "null", "NULL", "NaN", "-", " - "] {
            assert_eq!(read(text, ColumnUnit::One), Ok(None), "{text:?}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_refused_with_its_reason() {
        let cases = [
            ("abc", ColumnUnit::One, Refusal::NotANumber),
            ("1 000", ColumnUnit::One, Refusal::NotANumber),
            ("1.2.3", ColumnUnit::One, Refusal::NotANumber),
            ("٣", ColumnUnit::One, Refusal::NotANumber),
            ("%", ColumnUnit::Percent, Refusal::NotANumber),
            ("inf", ColumnUnit::One, Refusal::NotFinite),
            ("-infinity", ColumnUnit::One, Refusal::NotFinite),
            ("+nan", ColumnUnit::One, Refusal::NotFinite),
            ("1e999", ColumnUnit::One, Refusal::NotFinite),
            ("1e308", ColumnUnit::Thousand, Refusal::NotFinite),
            ("-0.01", ColumnUnit::One, Refusal::Negative),
            ("-1", ColumnUnit::Fraction, Refusal::Negative),
            ("1.0000001", ColumnUnit::Fraction, Refusal::AboveOne),
            ("101", ColumnUnit::Percent, Refusal::AboveOne),
            ("1,000", ColumnUnit::One, Refusal::OtherDecimalSign),
            ("5%", ColumnUnit::Fraction, Refusal::PercentSign),
            ("5%", ColumnUnit::One, Refusal::PercentSign),
        ];
        for (text, unit, refusal) in cases {
            assert_eq!(read(text, unit), Err(refusal), "{text}");
        }
    }

    #[test]
    fn units_keep_every_digit_of_short_decimals() {
        for (text, unit, value) in [
            ("3.5", ColumnUnit::Percent, 0.035),
            ("3.5 %", ColumnUnit::Percent, 0.035),
            ("7", ColumnUnit::Percent, 0.07),
            ("100", ColumnUnit::Percent, 1.0),
            ("35", ColumnUnit::BasisPoints, 0.0035),
            ("12.5", ColumnUnit::Thousand, 12_500.0),
            ("0.1", ColumnUnit::Million, 100_000.0),
        ] {
            assert_eq!(read(text, unit), Ok(Some(value)), "{text}");
        }
    }

    #[test]
    fn the_decimal_comma_excludes_the_point() {
        let read = |text| parse(text, DecimalSign::Comma, ColumnUnit::One);
        assert_eq!(read("1234,5"), Ok(Some(1234.5)));
        assert_eq!(read("7"), Ok(Some(7.0)));
        assert_eq!(read("1.234,5"), Err(Refusal::OtherDecimalSign));
        assert_eq!(read("1,2,3"), Err(Refusal::NotANumber));
    }

    #[test]
    fn a_share_out_of_range_suggests_its_unit() {
        let text = wanted(Refusal::AboveOne, Field::Pd, "rate", ColumnUnit::Fraction);
        assert_eq!(text, "0 to 1, or set [columns] pd = { column = \"rate\", unit = \"percent\" }");
        assert_eq!(wanted(Refusal::AboveOne, Field::Lgd, "x", ColumnUnit::Percent), "0 to 100 (unit percent)");
        assert!(wanted(Refusal::OtherDecimalSign, Field::Ead, "x", ColumnUnit::One).contains("[input] decimal"));
    }
}
