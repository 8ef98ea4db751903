//! One row of a tape, whatever format it came from: cells by field, and the reading of names and numbers from them.

use super::found::{quote, show};
use super::number::{self, Refusal};
use super::plan::Plan;
use super::schema::{ColumnUnit, Field};
use super::settings::DecimalSign;

/// One cell of a row.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) enum Cell<'r> {
    /// Blank in a typed file, or not mapped.
    #[default]
    Missing,
    /// As written.
    Text(&'r str),
    /// A number of a typed file, in the column's unit.
    Number(f64),
}

/// The cells of one row, by field.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Row<'r>([Cell<'r>; Field::COUNT]);

/// What is wrong with a row.
#[derive(Debug)]
pub(super) struct Flaw {
    /// The field it is in.
    pub field: Field,
    /// What stands there.
    pub found: String,
    /// What should stand there.
    pub wanted: String,
}

impl<'r> Row<'r> {
    /// Sets the cell of `field`.
    pub(super) fn set(&mut self, field: Field, cell: Cell<'r>) {
        self.0[field as usize] = cell;
    }

    fn cell(&self, field: Field) -> Cell<'r> {
        self.0[field as usize]
    }

    /// The name in a text field; None where it is blank.
    pub(super) fn name(&self, field: Field) -> Option<&'r str> {
        match self.cell(field) {
            Cell::Text(text) => Some(trimmed(text)).filter(|text| !text.is_empty()),
            Cell::Missing | Cell::Number(_) => None,
        }
    }

    /// The number in a field of numbers, in its default unit; None where it is blank.
    pub(super) fn number(&self, plan: &Plan, field: Field, decimal: DecimalSign) -> Result<Option<f64>, Flaw> {
        let Some(slot) = plan.slot(field) else { return Ok(None) };
        let read = match self.cell(field) {
            Cell::Missing => Ok(None),
            Cell::Text(text) => number::parse(text, decimal, slot.unit),
            Cell::Number(value) => number::convert(value, slot.unit).map(Some),
        };
        let checked = read.and_then(|value| value.map(|value| number::check(value, slot.unit)).transpose());
        checked.map_err(|refusal| self.flaw(plan, field, refusal))
    }

    /// As [`Self::number`], but a blank is a flaw.
    pub(super) fn required(&self, plan: &Plan, field: Field, decimal: DecimalSign) -> Result<f64, Flaw> {
        self.number(plan, field, decimal)?.ok_or_else(|| self.flaw(plan, field, Refusal::Blank))
    }

    fn flaw(&self, plan: &Plan, field: Field, refusal: Refusal) -> Flaw {
        let found = match self.cell(field) {
            Cell::Missing => "nothing".to_owned(),
            Cell::Text(text) if text.trim().is_empty() => "nothing".to_owned(),
            Cell::Text(text) => quote(text),
            Cell::Number(value) => show(value),
        };
        let unit = plan.slot(field).map_or(ColumnUnit::One, |slot| slot.unit);
        Flaw { field, found, wanted: number::wanted(refusal, field, plan.column(field), unit) }
    }
}

/// `text` without surrounding blanks; most cells have none, and are seen through quickly.
fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [b'!'..=b'~'] | [b'!'..=b'~', .., b'!'..=b'~'] => text,
        _ => text.trim(),
    }
}
