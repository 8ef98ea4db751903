//! What a cell says of a period: a month or a day in it, a quarter, a year, or a number.

use crate::units::{Date, DateFormat};

/// Whole numbers that are years where all of a column are.
const YEARS: std::ops::RangeInclusive<i32> = 1_800..=2_199;

/// How a period is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `2025-03`, or a day of it; how long the period is shows in the steps.
    Month,
    /// `2025 Q1`.
    Quarter,
    /// `2025`.
    Year,
    /// `17`.
    Number,
}

/// A period as a cell gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PeriodCell {
    /// How it is written; a year is a number until all of its column are known.
    pub(super) form: Form,
    /// Months, quarters or years since the beginning of year 0, or the number.
    pub(super) ordinal: i32,
}

impl Form {
    /// What it is, in words.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Month => "a month",
            Self::Quarter => "a quarter",
            Self::Year => "a year",
            Self::Number => "a number",
        }
    }
}

impl PeriodCell {
    /// The period in `text`, without blanks around it; None when it is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if let Ok(ordinal) = text.parse() {
            return Some(Self { form: Form::Number, ordinal });
        }
        quarter_first(text).or_else(|| year_first(text)).or_else(|| {
            let (year, month, _) = Date::parse(text, &DateFormat::default())?.civil();
            Some(month_of(year, month))
        })
    }
}

/// Numbers become years where all of them could be.
pub(super) fn settle(cells: &mut [PeriodCell]) {
    if cells.iter().all(|cell| cell.form == Form::Number && YEARS.contains(&cell.ordinal)) {
        cells.iter_mut().for_each(|cell| cell.form = Form::Year);
    }
}

fn month_of(year: i32, month: i32) -> PeriodCell {
    PeriodCell { form: Form::Month, ordinal: year * 12 + month - 1 }
}

fn quarter_of(year: i32, quarter: i32) -> PeriodCell {
    PeriodCell { form: Form::Quarter, ordinal: year * 4 + quarter - 1 }
}

/// `Q1 2025`, with or without a sign between.
fn quarter_first(text: &str) -> Option<PeriodCell> {
    let rest = text.strip_prefix(['Q', 'q'])?;
    let quarter = number(rest.get(..1)?, 1..=4)?;
    let rest = rest.get(1..)?;
    let year = rest.strip_prefix(SIGNS).unwrap_or(rest);
    (year.len() == 4).then_some(())?;
    Some(quarter_of(number(year, 1..=9_999)?, quarter))
}

/// `2025 Q1`, `2025Q1`, `2025-Q1`, `2025-03`, `2025M03`.
fn year_first(text: &str) -> Option<PeriodCell> {
    let year = number(text.get(..4)?, 1..=9_999)?;
    let rest = text.get(4..)?;
    let after = rest.strip_prefix(SIGNS).unwrap_or(rest);
    if let Some(quarter) = after.strip_prefix(['Q', 'q']) {
        return Some(quarter_of(year, number(quarter, 1..=4)?));
    }
    let month = after.strip_prefix(['M', 'm']);
    // Digits that follow digits are no month.
    let month = month.or((after.len() < rest.len()).then_some(after))?;
    (month.len() <= 2).then_some(())?;
    Some(month_of(year, number(month, 1..=12)?))
}

/// What may stand between a year and what is of it.
const SIGNS: [char; 5] = [' ', '-', '/', ':', '_'];

/// Digits alone, in `range`.
fn number(text: &str, range: std::ops::RangeInclusive<i32>) -> Option<i32> {
    let is_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| is_digits && range.contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_is_read() {
        for text in ["2025 Q1", "2025Q1", "2025-Q1", "2025q1", "2025:Q1", "Q1 2025", "q1-2025"] {
            assert_eq!(PeriodCell::parse(text), Some(quarter_of(2025, 1)), "{text}");
        }
        for text in ["2025-03", "2025-03-31", "2025-03-01", "2025M03", "2025/3", "2025-03-31T00:00:00"] {
            assert_eq!(PeriodCell::parse(text), Some(month_of(2025, 3)), "{text}");
        }
        assert_eq!(PeriodCell::parse("17"), Some(PeriodCell { form: Form::Number, ordinal: 17 }));
        for text in
            ["", "x", "2025 Q5", "2025-13", "2025-02-30", "Q12025x", "1.5", "31/03/2025", "20é5 Q1", "Qé", "2025-003"]
        {
            assert_eq!(PeriodCell::parse(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_years_when_all_of_them_could_be() {
        let form = |texts: [&str; 2]| {
            let mut cells = texts.map(|text| PeriodCell::parse(text).unwrap());
            settle(&mut cells);
            cells[0].form
        };
        assert_eq!(
            [form(["2024", "2025"]), form(["2024", "1"]), form(["1", "2"])],
            [Form::Year, Form::Number, Form::Number]
        );
    }
}
