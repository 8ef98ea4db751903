//! Columns of a typed file to what the ledger understands: numbers as f64, names and numbers written as text as strings.

use super::kind::Kind;
use super::plain::POWERS_OF_TEN;
use super::row::Cell;
use crate::units::Date;
use arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, StringViewArray};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Decimal128Type, Decimal256Type, DecimalType, Float64Type, Int64Type, TimeUnit};

/// Seconds of a day.
const DAY: i64 = 86_400;

/// One column of one batch.
#[derive(Debug)]
pub(super) enum Values {
    /// Numbers in the column's unit.
    Numbers(Float64Array),
    /// Names, or numbers that the file holds as text; a name that stands in a dictionary once is not copied for each row.
    Texts(StringViewArray),
    /// Dates, as days since 1970-01-01.
    Dates(Int64Array),
}

/// True when a column of type `stored` can serve a field of that kind: text, integers, floats, decimals, or nothing but nulls;
/// dates and times serve dates, and booleans flags.
pub(super) fn is_readable(stored: &DataType, kind: Kind) -> bool {
    match stored {
        DataType::Dictionary(_, values) => is_readable(values, kind),
        DataType::Date32 | DataType::Timestamp(..) => kind == Kind::Date,
        DataType::Boolean => kind == Kind::Flag,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => true,
        other => other.is_numeric(),
    }
}

impl Values {
    /// Converts `array` for a field of `kind`; the message says what cannot be converted.
    pub(super) fn convert(array: &ArrayRef, kind: Kind) -> Result<Self, String> {
        match (array.data_type(), kind) {
            (DataType::Dictionary(_, values), _) => Self::convert(&cast(array, values)?, kind),
            (DataType::Date32, _) => Ok(Self::Dates(days(array, &DataType::Int32, 1)?)),
            (DataType::Timestamp(unit, zone), _) => {
                let parts = match unit {
                    TimeUnit::Second => 1,
                    TimeUnit::Millisecond => 1_000,
                    TimeUnit::Microsecond => 1_000_000,
                    TimeUnit::Nanosecond => 1_000_000_000,
                };
                let days = days(array, &DataType::Int64, DAY * parts)?;
                // Files tell that times are of a zone, but not of which: midnight there may be the day before here.
                let counts = cast(array, &DataType::Int64)?;
                let has_time = |count: i64| count.rem_euclid(DAY * parts) != 0;
                if zone.is_some() && counts.as_primitive::<Int64Type>().iter().flatten().any(has_time) {
                    return Err("times in a time zone, whose days are not known".to_owned());
                }
                Ok(Self::Dates(days))
            }
            (DataType::Boolean, _) => Self::convert(&cast(array, &DataType::Utf8)?, kind),
            (DataType::Float16 | DataType::Float32 | DataType::Float64, Kind::Text | Kind::Date | Kind::Flag) => {
                let numbers = cast(array, &DataType::Float64)?;
                Ok(Self::Texts(numbers.as_primitive::<Float64Type>().iter().map(name).collect()))
            }
            (
                DataType::Decimal32(_, scale) | DataType::Decimal64(_, scale) | DataType::Decimal128(_, scale),
                Kind::Amount | Kind::Share | Kind::Rate | Kind::Months | Kind::Days,
            ) => {
                let wide = cast(array, &DataType::Decimal128(Decimal128Type::MAX_PRECISION, *scale))?;
                let values = wide.as_primitive::<Decimal128Type>().iter();
                Ok(Self::Numbers(values.map(|value| value.and_then(|value| decimal(value, *scale))).collect()))
            }
            (DataType::Decimal256(_, scale), Kind::Amount | Kind::Share | Kind::Rate | Kind::Months | Kind::Days) => {
                let values = array.as_primitive::<Decimal256Type>().iter();
                let number = |value: arrow::datatypes::i256| shifted(&value.to_string(), *scale);
                Ok(Self::Numbers(values.map(|value| value.and_then(number)).collect()))
            }
            (stored, Kind::Amount | Kind::Share | Kind::Rate | Kind::Months | Kind::Days) if stored.is_numeric() => {
                Ok(Self::Numbers(cast(array, &DataType::Float64)?.as_primitive::<Float64Type>().clone()))
            }
            _ => Ok(Self::Texts(cast(array, &DataType::Utf8View)?.as_string_view().clone())),
        }
    }

    /// The cell in `row`, which is below the length of the column.
    pub(super) fn cell(&self, row: usize) -> Cell<'_> {
        match self {
            Self::Numbers(values) if row < values.len() && values.is_valid(row) => Cell::Number(values.value(row)),
            Self::Texts(values) if row < values.len() && values.is_valid(row) => Cell::Text(values.value(row)),
            // A day outside the calendar is shown as the number that it is, and refused.
            Self::Dates(values) if row < values.len() && values.is_valid(row) => {
                let days = values.value(row);
                Date::from_days(days).map_or(Cell::Number(days as f64), Cell::Date)
            }
            Self::Numbers(_) | Self::Texts(_) | Self::Dates(_) => Cell::Missing,
        }
    }
}

/// The days since 1970-01-01 that `array` gives, which counts in `parts` of a day from then and is stored as `stored`.
fn days(array: &ArrayRef, stored: &DataType, parts: i64) -> Result<Int64Array, String> {
    let counts = cast(&cast(array, stored)?, &DataType::Int64)?;
    Ok(counts.as_primitive::<Int64Type>().unary(|count| count.div_euclid(parts)))
}

/// An identity that a file holds as a floating-point number (as tools do that have no blank integers): 7.0 is `7`.
fn name(value: Option<f64>) -> Option<String> {
    value.filter(|value| !value.is_nan()).map(|value| value.to_string())
}

/// `value` × 10^−`scale`, rounded once.
fn decimal(value: i128, scale: i8) -> Option<f64> {
    // Both are exact in f64, so that the quotient is rounded correctly (Clinger 1990, the fast path).
    const EXACT: i128 = 1 << 53;
    match usize::try_from(scale).ok().and_then(|scale| POWERS_OF_TEN.get(scale)) {
        Some(power) if (-EXACT..=EXACT).contains(&value) => Some(value as f64 / power),
        _ => shifted(&value.to_string(), scale),
    }
}

fn shifted(digits: &str, scale: i8) -> Option<f64> {
    format!("{digits}e{}", -i16::from(scale)).parse().ok()
}

fn cast(array: &ArrayRef, to: &DataType) -> Result<ArrayRef, String> {
    let strict = CastOptions { safe: false, ..CastOptions::default() };
    cast_with_options(array, to, &strict).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_the_nearest_number() {
        let cases =
            [(35, 3, 0.035), (-7, 1, -0.7), (1 << 53, 0, 9_007_199_254_740_992.0), (5, -3, 5000.0), (1, 38, 1e-38)];
        for (value, scale, wanted) in cases {
            assert_eq!(decimal(value, scale), Some(wanted), "{value} {scale}");
        }
        // 2^53 + 1 over 10 is not reachable by one rounding of a rounded numerator: the slow path decides.
        assert_eq!(decimal((1 << 53) + 1, 1), Some(900_719_925_474_099.3));
        for (value, scale) in [(123_456_789, 7), (1, 22), (99_999_999, 15), ((1 << 53) - 1, 22)] {
            assert_eq!(decimal(value, scale), shifted(&value.to_string(), scale), "{value} {scale}");
        }
    }
}
