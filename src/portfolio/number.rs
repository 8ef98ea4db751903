//! From a cell to a number: what counts as blank, what is refused and why, and the one place where units are applied.

use super::kind::{ColumnUnit, Kind};
use super::plain::plain_decimal;
use super::schema::Field;
use super::settings::DecimalSign;

/// Cells that mean "no number here", compared without regard to case.
const BLANKS: [&str; 3] = ["na", "null", "-"];

/// Amounts (currency) are below this: the largest loss unit is 1e30, and no sum of 2^32 such amounts overflows.
pub(super) const LARGEST_AMOUNT: f64 = 1e30;

/// Interest a year is at most this, as a fraction.
const LARGEST_RATE: f64 = 3.0;

/// Days past due are at most this.
const LARGEST_DAYS: f64 = 65_535.0;

/// Months are at most this.
const LARGEST_TERM: f64 = 960.0;

/// Why a cell is not what was wanted.
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
    /// A share above 1, or a rate above [`LARGEST_RATE`].
    AboveMost,
    /// A rate of −1 or less.
    TooLow,
    /// An amount of [`LARGEST_AMOUNT`] or more, or too many days or months.
    TooLarge,
    /// Parts of a day or of a month.
    NotWhole,
    /// No date in the format of the column.
    NotADate,
    /// Neither yes nor no.
    NotAFlag,
    /// No stage.
    NotAStage,
    /// A comma where decimals are written with a point, or the reverse.
    OtherDecimalSign,
    /// A percent sign in a column whose unit is not percent.
    PercentSign,
}

/// Reads `text`, which is written in `unit`, as a number in the field's default unit; None for a blank.
pub(super) fn parse(text: &str, decimal: DecimalSign, unit: ColumnUnit) -> Result<Option<f64>, Refusal> {
    let sign = match decimal {
        DecimalSign::Point => b'.',
        DecimalSign::Comma => b',',
    };
    if let Some(value) = plain_decimal(text, sign, exponent(unit)) {
        return Ok(Some(value));
    }
    let text = text.trim();
    if is_blank(text) {
        return Ok(None);
    }
    let number = match text.strip_suffix('%') {
        Some(_) if unit != ColumnUnit::Percent => return Err(Refusal::PercentSign),
        Some(number) => number.trim_end(),
        None => text,
    };
    match decimal {
        DecimalSign::Point if number.contains(',') => Err(Refusal::OtherDecimalSign),
        DecimalSign::Comma if number.contains('.') => Err(Refusal::OtherDecimalSign),
        DecimalSign::Comma if number.contains(',') => shifted(&number.replacen(',', ".", 1), unit).map(Some),
        DecimalSign::Point | DecimalSign::Comma => shifted(number, unit).map(Some),
    }
}

/// Whether `text` means that there is nothing.
pub(super) fn is_blank(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || text.len() <= 4 && BLANKS.iter().any(|blank| text.eq_ignore_ascii_case(blank))
}

/// Takes `value`, a number of a typed file in `unit`, to the field's default unit: what its shortest decimal would be.
pub(super) fn convert(value: f64, unit: ColumnUnit) -> Result<f64, Refusal> {
    if exponent(unit) == 0 { Ok(value) } else { shifted(&format!("{value:e}"), unit) }
}

/// Checks the range of `value`, in the default unit of a field of that `kind`.
#[inline]
pub(super) fn check(value: f64, kind: Kind) -> Result<f64, Refusal> {
    if !value.is_finite() {
        return Err(Refusal::NotFinite);
    }
    if kind == Kind::Rate {
        return match value {
            low if low <= -1.0 => Err(Refusal::TooLow),
            high if high > LARGEST_RATE => Err(Refusal::AboveMost),
            within => Ok(within + 0.0), // −0 becomes 0
        };
    }
    if value < 0.0 {
        return Err(Refusal::Negative);
    }
    match kind {
        Kind::Share if value > 1.0 => Err(Refusal::AboveMost),
        Kind::Amount if value >= LARGEST_AMOUNT => Err(Refusal::TooLarge),
        Kind::Days | Kind::Months if value != value.trunc() => Err(Refusal::NotWhole),
        Kind::Days if value > LARGEST_DAYS => Err(Refusal::TooLarge),
        Kind::Months if value > LARGEST_TERM => Err(Refusal::TooLarge),
        _ => Ok(value.abs()), // −0 becomes 0: one PD, one pool
    }
}

/// The f64 nearest to `number` × the size of `unit`: its decimal point is shifted, so that nothing is rounded twice
/// (7.34 percent is 0.0734, where 7.34 / 100 is not).
fn shifted(number: &str, unit: ColumnUnit) -> Result<f64, Refusal> {
    let value: f64 = number.parse().map_err(|_| Refusal::NotANumber)?;
    if exponent(unit) == 0 || !value.is_finite() {
        return Ok(value);
    }
    let (digits, own) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    // An exponent beyond i32 stands in a number that is 0 whatever its unit.
    let own = own.parse::<i32>().unwrap_or(i32::MIN);
    format!("{digits}e{}", own.saturating_add(exponent(unit))).parse().map_err(|_| Refusal::NotANumber)
}

/// The power of ten that `unit` is of the default unit of its kind.
fn exponent(unit: ColumnUnit) -> i32 {
    match unit {
        ColumnUnit::One | ColumnUnit::Fraction => 0,
        ColumnUnit::Thousand => 3,
        ColumnUnit::Million => 6,
        ColumnUnit::Percent => -2,
        ColumnUnit::BasisPoints => -4,
    }
}

/// What a cell of `field` can hold, in `unit`.
pub(super) fn range(field: Field, unit: ColumnUnit) -> &'static str {
    match (field.spec().kind, unit) {
        (Kind::Text | Kind::Date | Kind::Flag, _) => "a name",
        (Kind::Amount, _) => "a finite amount, 0 or more",
        (Kind::Share, ColumnUnit::Percent) => "0 to 100 (unit percent)",
        (Kind::Share, ColumnUnit::BasisPoints) => "0 to 10000 (unit basis_points)",
        (Kind::Share, _) => "0 to 1",
        (Kind::Rate, ColumnUnit::Percent) => "more than -100 and at most 300 (unit percent)",
        (Kind::Rate, ColumnUnit::BasisPoints) => "more than -10000 and at most 30000 (unit basis_points)",
        (Kind::Rate, _) => "more than -1 and at most 3 a year",
        (Kind::Days, _) => "a whole number of days, 0 to 65535",
        (Kind::Months, _) if field == Field::TermMonths => "a whole number of months, 1 to 960",
        (Kind::Months, _) => "a whole number of months, 1 to 480",
    }
}

/// What should have stood in a cell of `field` that is read from `column` in `unit`, with the remedy where one is known.
pub(super) fn wanted(refusal: Refusal, field: Field, column: &str, unit: ColumnUnit) -> String {
    let range = range(field, unit);
    match refusal {
        Refusal::AboveMost | Refusal::PercentSign if unit == ColumnUnit::Fraction => {
            format!("{range}, or set [columns] {field} = {{ column = \"{column}\", unit = \"percent\" }}")
        }
        Refusal::TooLarge if field.spec().kind == Kind::Amount => format!("{range} and below 1e30; is the unit right?"),
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
        let kind = if Kind::Amount.units().contains(&unit) { Kind::Amount } else { Kind::Share };
        parse(text, DecimalSign::Point, unit)?.map(|value| check(value, kind)).transpose()
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
        for text in ["", "  ", "NA", "na", "null", "NULL", "-", " - "] {
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
            ("1e30", ColumnUnit::One, Refusal::TooLarge),
            ("1e27", ColumnUnit::Thousand, Refusal::TooLarge),
            ("-0.01", ColumnUnit::One, Refusal::Negative),
            ("-1", ColumnUnit::Fraction, Refusal::Negative),
            ("1.0000001", ColumnUnit::Fraction, Refusal::AboveMost),
            ("101", ColumnUnit::Percent, Refusal::AboveMost),
            ("1,000", ColumnUnit::One, Refusal::OtherDecimalSign),
            ("5%", ColumnUnit::Fraction, Refusal::PercentSign),
            ("5%", ColumnUnit::One, Refusal::PercentSign),
        ];
        for (text, unit, refusal) in cases {
            assert_eq!(read(text, unit), Err(refusal), "{text}");
        }
    }

    #[test]
    fn units_keep_every_digit_of_decimals() {
        for (text, unit, value) in [
            ("3.5", ColumnUnit::Percent, 0.035),
            ("3.5 %", ColumnUnit::Percent, 0.035),
            ("7", ColumnUnit::Percent, 0.07),
            ("7.34", ColumnUnit::Percent, 0.0734),
            ("73.4e-1", ColumnUnit::Percent, 0.0734),
            ("734", ColumnUnit::BasisPoints, 0.0734),
            ("0e99", ColumnUnit::Percent, 0.0),
            ("1e-99999999999", ColumnUnit::Percent, 0.0),
            ("0.0E99999999999", ColumnUnit::Thousand, 0.0),
            ("1.2345e1", ColumnUnit::Thousand, 12_345.0),
            ("100", ColumnUnit::Percent, 1.0),
            ("35", ColumnUnit::BasisPoints, 0.0035),
            ("12.5", ColumnUnit::Thousand, 12_500.0),
            ("0.1", ColumnUnit::Million, 100_000.0),
        ] {
            assert_eq!(read(text, unit), Ok(Some(value)), "{text}");
        }
        // Every percentage of two decimals, from text and from a typed file.
        for hundredths in 0..=10_000_u32 {
            let wanted: f64 = format!("{hundredths}e-4").parse().unwrap();
            let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
            assert_eq!(read(&text, ColumnUnit::Percent), Ok(Some(wanted)), "{text}");
            assert_eq!(convert(text.parse().unwrap(), ColumnUnit::Percent), Ok(wanted), "{text}");
        }
        assert_eq!(convert(f64::INFINITY, ColumnUnit::Percent), Ok(f64::INFINITY));
        assert!(convert(f64::NAN, ColumnUnit::Percent).unwrap().is_nan());
    }

    #[test]
    fn rates_days_and_months_have_their_own_ranges() {
        for (value, kind, checked) in [
            (-0.999, Kind::Rate, Ok(-0.999)),
            (-1.0, Kind::Rate, Err(Refusal::TooLow)),
            (3.0, Kind::Rate, Ok(3.0)),
            (5.31, Kind::Rate, Err(Refusal::AboveMost)),
            (f64::NAN, Kind::Rate, Err(Refusal::NotFinite)),
            (65_535.0, Kind::Days, Ok(65_535.0)),
            (65_536.0, Kind::Days, Err(Refusal::TooLarge)),
            (-1.0, Kind::Days, Err(Refusal::Negative)),
            (0.5, Kind::Months, Err(Refusal::NotWhole)),
            (960.0, Kind::Months, Ok(960.0)),
            (961.0, Kind::Months, Err(Refusal::TooLarge)),
        ] {
            assert_eq!(check(value, kind), checked, "{value} {kind:?}");
        }
        let wanted = wanted(Refusal::AboveMost, Field::InterestRate, "coupon", ColumnUnit::Fraction);
        assert!(wanted.ends_with("interest_rate = { column = \"coupon\", unit = \"percent\" }"), "{wanted}");
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
        let text = wanted(Refusal::AboveMost, Field::Pd, "rate", ColumnUnit::Fraction);
        assert_eq!(text, "0 to 1, or set [columns] pd = { column = \"rate\", unit = \"percent\" }");
        assert_eq!(wanted(Refusal::AboveMost, Field::Lgd, "x", ColumnUnit::Percent), "0 to 100 (unit percent)");
        assert!(wanted(Refusal::OtherDecimalSign, Field::Ead, "x", ColumnUnit::One).contains("[input] decimal"));
    }
}
