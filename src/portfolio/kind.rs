//! What fields of a tape hold, and the units that their columns may be written in.

/// What a field holds, hence its range and the units it may be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A name, compared as written after blanks around it are cut.
    Text,
    /// An amount of currency: finite and not negative.
    Amount,
    /// A share: 0 to 1.
    Share,
    /// Interest a year: more than −1 and at most 3.
    Rate,
    /// A calendar date.
    Date,
    /// A whole number of months.
    Months,
    /// A whole number of days.
    Days,
    /// True or false.
    Flag,
}

/// The unit that a column of numbers is written in. Units are never guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnUnit {
    /// One of the currency (amounts; the default).
    One,
    /// Thousands of the currency.
    Thousand,
    /// Millions of the currency.
    Million,
    /// 0 to 1 (shares and rates; the default).
    Fraction,
    /// 0 to 100.
    Percent,
    /// 0 to 10,000.
    BasisPoints,
}

impl Kind {
    /// The units that a column of this kind may be written in, the default first; none for what is no amount and no share.
    pub fn units(self) -> &'static [ColumnUnit] {
        match self {
            Self::Text | Self::Date | Self::Months | Self::Days | Self::Flag => &[],
            Self::Amount => &[ColumnUnit::One, ColumnUnit::Thousand, ColumnUnit::Million],
            Self::Share | Self::Rate => &[ColumnUnit::Fraction, ColumnUnit::Percent, ColumnUnit::BasisPoints],
        }
    }
}

impl Kind {
    /// The default unit of this kind; [`ColumnUnit::One`], without meaning, where it has none.
    pub(super) fn own_unit(self) -> ColumnUnit {
        self.units().first().copied().unwrap_or(ColumnUnit::One)
    }
}

impl ColumnUnit {
    /// Every unit.
    pub const ALL: [Self; 6] =
        [Self::One, Self::Thousand, Self::Million, Self::Fraction, Self::Percent, Self::BasisPoints];

    /// Its name in `unit = "…"`.
    pub fn name(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::Thousand => "thousand",
            Self::Million => "million",
            Self::Fraction => "fraction",
            Self::Percent => "percent",
            Self::BasisPoints => "basis_points",
        }
    }

    /// The unit of that name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_known_by_name() {
        assert_eq!(ColumnUnit::named("basis_points"), Some(ColumnUnit::BasisPoints));
        assert_eq!(ColumnUnit::named("Percent"), None);
        assert!(ColumnUnit::ALL.iter().all(|unit| ColumnUnit::named(unit.name()) == Some(*unit)));
    }
}
