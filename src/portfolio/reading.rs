//! How the cells of one field are read: what they hold, in which unit, by which signs and format.

use super::details::TapeStage;
use super::kind::{ColumnUnit, Kind};
use super::number::{self, Refusal};
use super::row::{Cell, Flaw};
use super::schema::Field;
use super::settings::DecimalSign;
use crate::units::{Date, DateFormat};

/// The rules for one field of one file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading<'p> {
    /// The field.
    pub field: Field,
    /// Unit of its numbers.
    pub unit: ColumnUnit,
    /// Sign before their decimals.
    pub decimal: DecimalSign,
    /// How its dates are written.
    pub format: &'p DateFormat,
}

impl Reading<'_> {
    /// The number in `cell`, in the field's default unit; None where it is blank.
    #[inline]
    pub(super) fn number(&self, cell: Cell) -> Result<Option<f64>, Refusal> {
        let read = match cell {
            Cell::Missing => None,
            Cell::Text(text) => number::parse(text, self.decimal, self.unit)?,
            Cell::Number(value) => Some(number::convert(value, self.unit)?),
            Cell::Date(_) => return Err(Refusal::NotANumber),
        };
        read.map(|value| number::check(value, self.field.spec().kind)).transpose()
    }

    /// The date in `cell`; None where it is blank.
    pub(super) fn date(&self, cell: Cell) -> Result<Option<Date>, Refusal> {
        match cell {
            Cell::Missing => Ok(None),
            Cell::Date(date) => Ok(Some(date)),
            Cell::Text(text) if number::is_blank(text) => Ok(None),
            Cell::Text(text) => Date::parse(text, self.format).map(Some).ok_or(Refusal::NotADate),
            Cell::Number(_) => Err(Refusal::NotADate),
        }
    }

    /// Whether `cell` says yes; None where it is blank.
    pub(super) fn flag(&self, cell: Cell) -> Result<Option<bool>, Refusal> {
        let is = |text: &str, words: [&str; 5]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
        match cell {
            Cell::Missing => Ok(None),
            Cell::Text(text) => match text.trim() {
                blank if number::is_blank(blank) => Ok(None),
                yes if is(yes, ["true", "yes", "y", "1", "1.0"]) => Ok(Some(true)),
                no if is(no, ["false", "no", "n", "0", "0.0"]) => Ok(Some(false)),
                _ => Err(Refusal::NotAFlag),
            },
            Cell::Number(_) | Cell::Date(_) => Err(Refusal::NotAFlag),
        }
    }

    /// The stage in `cell`.
    pub(super) fn stage(&self, cell: Cell) -> Result<TapeStage, Refusal> {
        match cell {
            Cell::Missing => Ok(TapeStage::Blank),
            Cell::Text(text) => match text.trim() {
                blank if number::is_blank(blank) => Ok(TapeStage::Blank),
                "1" => Ok(TapeStage::One),
                "2" => Ok(TapeStage::Two),
                "3" => Ok(TapeStage::Three),
                poci if poci.eq_ignore_ascii_case("poci") => Ok(TapeStage::Poci),
                _ => Err(Refusal::NotAStage),
            },
            Cell::Number(_) | Cell::Date(_) => Err(Refusal::NotAStage),
        }
    }

    /// Refuses a `cell` that the field cannot have; a blank it can.
    pub(super) fn check(&self, cell: Cell) -> Result<(), Refusal> {
        match self.field.spec().kind {
            Kind::Text if self.field == Field::Stage => self.stage(cell).map(drop),
            Kind::Text => Ok(()),
            Kind::Amount | Kind::Share | Kind::Rate | Kind::Months | Kind::Days => self.number(cell).map(drop),
            Kind::Date => self.date(cell).map(drop),
            Kind::Flag => self.flag(cell).map(drop),
        }
    }

    /// What the field can have, after such a refusal.
    pub(super) fn range(&self, refusal: Refusal) -> String {
        match refusal {
            Refusal::NotADate => format!("a date such as {}", self.format.show(Date::EXAMPLE)),
            Refusal::NotAFlag => "true or false, yes or no, y or n, 1 or 0".to_owned(),
            Refusal::NotAStage => "1, 2, 3 or poci".to_owned(),
            _ => number::range(self.field, self.unit).to_owned(),
        }
    }

    /// What is wrong with `cell` of `column`.
    #[cold]
    pub(super) fn refuse(&self, refusal: Refusal, cell: Cell, column: &str) -> Flaw {
        Flaw { field: self.field, found: cell.show(), wanted: self.wanted(refusal, column) }
    }

    /// What should have stood in a cell of `column`, with the remedy where one is known.
    pub(super) fn wanted(&self, refusal: Refusal, column: &str) -> String {
        let field = self.field;
        match refusal {
            Refusal::NotADate => {
                let other = if self.format.pattern() == "%b-%y" { "%d.%m.%Y" } else { "%b-%y" };
                let remedy = format!("[columns] {field} = {{ column = \"{column}\", format = \"{other}\" }}");
                format!("{}, or set {remedy}, as it is written", self.range(refusal))
            }
            Refusal::NotAFlag => {
                format!("{}; or say with {} what cells mean", self.range(refusal), values(field, column, "yes"))
            }
            Refusal::NotAStage => {
                format!("{}; or say with {} what cells mean", self.range(refusal), values(field, column, "1"))
            }
            Refusal::NotANumber if matches!(field.spec().kind, Kind::Days | Kind::Months) => {
                let range = number::wanted(refusal, field, column, self.unit);
                format!("{range}; or say with {} what cells mean", values(field, column, "0"))
            }
            _ => number::wanted(refusal, field, column, self.unit),
        }
    }
}

/// How a user says what cells mean.
fn values(field: Field, column: &str, value: &str) -> String {
    let value = if value.parse::<f64>().is_ok() { value.to_owned() } else { format!("\"{value}\"") };
    format!("[columns] {field} = {{ column = \"{column}\", values = {{ \"…\" = {value} }} }}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(field: Field, format: &DateFormat) -> Reading<'_> {
        Reading { field, unit: field.spec().kind.own_unit(), decimal: DecimalSign::Point, format }
    }

    #[test]
    fn flags_and_stages_are_few_words() {
        let format = DateFormat::default();
        let flags = reading(Field::Watchlist, &format);
        for (text, flag) in
            [("Yes", Some(true)), (" n ", Some(false)), ("1", Some(true)), ("FALSE", Some(false)), ("-", None)]
        {
            assert_eq!(flags.flag(Cell::Text(text)), Ok(flag), "{text}");
        }
        assert_eq!(flags.flag(Cell::Text("maybe")), Err(Refusal::NotAFlag));
        let stages = reading(Field::Stage, &format);
        for (text, stage) in
            [("1", TapeStage::One), (" 3 ", TapeStage::Three), ("POCI", TapeStage::Poci), ("NA", TapeStage::Blank)]
        {
            assert_eq!(stages.stage(Cell::Text(text)), Ok(stage), "{text}");
        }
        assert_eq!(stages.stage(Cell::Text("4")), Err(Refusal::NotAStage));
        assert!(stages.check(Cell::Text("4")).is_err() && stages.check(Cell::Text("")).is_ok());
    }

    #[test]
    fn dates_follow_their_format() {
        let format = DateFormat::new("%b-%y").unwrap();
        let dates = reading(Field::OriginationDate, &format);
        let date = |text| dates.date(Cell::Text(text)).map(|date| date.map(|date| date.to_string()));
        assert_eq!(date("Mar-18"), Ok(Some("2018-03-31".to_owned())));
        assert_eq!(date("null"), Ok(None));
        assert_eq!(date("2018-03-31"), Err(Refusal::NotADate));
        let wanted = dates.wanted(Refusal::NotADate, "issue_d");
        assert!(
            wanted.starts_with("a date such as Jun-18, or set [columns] origination_date = { column = \"issue_d\""),
            "{wanted}"
        );
    }
}
