//! The periods that a series has values for: dated months, quarters or years, or periods that are only numbered.

use super::Frequency;
use crate::units::Date;

/// Successive periods without a gap, from a first one on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calendar {
    /// Months, quarters or years of the calendar.
    Dated {
        /// How long a period is.
        frequency: Frequency,
        /// Ordinal of the first: so many periods of this length have ended since the beginning of year 0 (2025 Q1 is 8,100).
        first: i32,
    },
    /// Periods without dates.
    Numbered {
        /// How long a period is.
        frequency: Frequency,
        /// Number of the first.
        first: i32,
    },
}

impl Calendar {
    /// The ordinal of the period of that length that `date` is in.
    pub fn ordinal(frequency: Frequency, date: Date) -> i32 {
        let (year, month, _) = date.civil();
        (year * 12 + month - 1).div_euclid(i32::from(frequency.months()))
    }

    /// How long a period is.
    pub fn frequency(self) -> Frequency {
        match self {
            Self::Dated { frequency, .. } | Self::Numbered { frequency, .. } => frequency,
        }
    }

    /// Ordinal or number of the first period.
    pub fn first(self) -> i32 {
        match self {
            Self::Dated { first, .. } | Self::Numbered { first, .. } => first,
        }
    }

    /// Whether periods have dates.
    pub fn is_dated(self) -> bool {
        matches!(self, Self::Dated { .. })
    }

    /// The period of that ordinal or number as it is written: `2025-03`, `2025 Q1`, `2025`, or `17` without dates.
    pub fn label(self, ordinal: i32) -> String {
        let Self::Dated { frequency, .. } = self else { return ordinal.to_string() };
        let per_year = i32::from(frequency.per_year());
        let (year, within) = (ordinal.div_euclid(per_year), ordinal.rem_euclid(per_year) + 1);
        match frequency {
            Frequency::Monthly => format!("{year}-{within:02}"),
            Frequency::Quarterly => format!("{year} Q{within}"),
            Frequency::Yearly => year.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_written_as_they_are_read() {
        for (frequency, ordinal, label) in [
            (Frequency::Monthly, 2025 * 12 + 2, "2025-03"),
            (Frequency::Quarterly, 8_100, "2025 Q1"),
            (Frequency::Quarterly, 8_103, "2025 Q4"),
            (Frequency::Yearly, 2025, "2025"),
        ] {
            assert_eq!(Calendar::Dated { frequency, first: 0 }.label(ordinal), label);
            assert_eq!(Calendar::Numbered { frequency, first: 0 }.label(ordinal), ordinal.to_string());
        }
    }

    #[test]
    fn a_date_is_in_the_period_that_holds_it() {
        let last = Date::new(2018, 6, 30).unwrap();
        let next = Date::new(2018, 7, 1).unwrap();
        for (frequency, ordinals) in [
            (Frequency::Monthly, [2018 * 12 + 5, 2018 * 12 + 6]),
            (Frequency::Quarterly, [8_073, 8_074]),
            (Frequency::Yearly, [2018, 2018]),
        ] {
            assert_eq!([last, next].map(|date| Calendar::ordinal(frequency, date)), ordinals);
        }
    }
}
