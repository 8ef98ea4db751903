//! One row of a tape, whatever format it came from: cells by field, and the reading of names and numbers from them.

use super::found::{quote, show};
use super::kind::Kind;
use super::number::{self, Refusal};
use super::plan::Plan;
use super::reading::Reading;
use super::schema::Field;
use super::settings::DecimalSign;
use super::sources::ConstantValue;
use crate::units::Date;

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
    /// A date of a typed file.
    Date(Date),
}

/// The fields that every run reads come first in the schema.
const ALWAYS: usize = Field::ALWAYS_READ;

/// The cells of one row, by field.
#[derive(Debug, Clone, Default)]
pub(super) struct Row<'r> {
    always: [Cell<'r>; ALWAYS],
    /// Those of fields that not every run reads; None where this one reads none. They stand apart, so that a row that is
    /// handed on is small: it would cost a tenth of the time of reading.
    wanted: Option<Box<[Cell<'r>; Field::COUNT - ALWAYS]>>,
}

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

impl<'r> Cell<'r> {
    /// A constant, as if it stood in a cell.
    pub(super) fn of(value: &'r ConstantValue) -> Self {
        match value {
            ConstantValue::Number(number) => Self::Number(*number),
            ConstantValue::Text(text) => Self::Text(text),
        }
    }

    /// For a message.
    pub(super) fn show(self) -> String {
        match self {
            Self::Missing => "nothing".to_owned(),
            Self::Text(text) if text.trim().is_empty() => "nothing".to_owned(),
            Self::Text(text) => quote(text),
            Self::Number(value) => show(value),
            Self::Date(date) => date.to_string(),
        }
    }
}

impl<'r> Row<'r> {
    /// A row without cells, with room for those of fields that not every run reads.
    pub(super) fn roomy() -> Self {
        Self { wanted: Some(Box::default()), ..Self::default() }
    }

    /// Sets the cell of `field`; without room for it, nothing.
    #[inline]
    pub(super) fn set(&mut self, field: Field, cell: Cell<'r>) {
        let place = field as usize;
        let slot = match &mut self.wanted {
            _ if place < ALWAYS => self.always.get_mut(place),
            Some(wanted) => wanted.get_mut(place - ALWAYS),
            None => None,
        };
        if let Some(slot) = slot {
            *slot = cell;
        }
    }

    /// The cell of `field`.
    #[inline]
    pub(super) fn cell(&self, field: Field) -> Cell<'r> {
        let place = field as usize;
        let slot = match &self.wanted {
            _ if place < ALWAYS => self.always.get(place),
            Some(wanted) => wanted.get(place - ALWAYS),
            None => None,
        };
        slot.copied().unwrap_or_default()
    }

    /// The name in a text field; None where it is blank.
    pub(super) fn name(&self, field: Field) -> Option<&'r str> {
        match self.cell(field) {
            Cell::Text(text) => Some(trimmed(text)).filter(|text| !text.is_empty()),
            Cell::Missing | Cell::Number(_) | Cell::Date(_) => None,
        }
    }

    /// The number in a field of numbers, in its default unit; None where it is blank.
    #[inline]
    pub(super) fn number(&self, plan: &Plan, field: Field, decimal: DecimalSign) -> Result<Option<f64>, Flaw> {
        self.read(plan, field, decimal, |reading, cell| reading.number(cell))
    }

    /// As [`Self::number`], but a blank is a flaw.
    #[inline]
    pub(super) fn required(&self, plan: &Plan, field: Field, decimal: DecimalSign) -> Result<f64, Flaw> {
        self.number(plan, field, decimal)?.ok_or_else(|| self.blank(plan, field))
    }

    /// What is wrong where nothing stands in the cell of `field`.
    pub(super) fn blank(&self, plan: &Plan, field: Field) -> Flaw {
        let unit = plan.slot(field).map_or(field.spec().kind.own_unit(), |slot| slot.unit);
        let wanted = match field.spec().kind {
            Kind::Date => "a date".to_owned(),
            _ => number::wanted(Refusal::Blank, field, plan.column(field), unit),
        };
        Flaw { field, found: self.cell(field).show(), wanted }
    }

    /// What `read` makes of the cell of `field`; the default where nothing serves it.
    #[inline]
    pub(super) fn read<T: Default>(
        &self,
        plan: &Plan,
        field: Field,
        decimal: DecimalSign,
        read: impl Fn(&Reading, Cell<'r>) -> Result<T, Refusal>,
    ) -> Result<T, Flaw> {
        let Some(slot) = plan.slot(field) else { return Ok(T::default()) };
        let reading = Reading { field, unit: slot.unit, decimal, format: &slot.format };
        let cell = self.cell(field);
        read(&reading, cell).map_err(|refusal| reading.refuse(refusal, cell, plan.column(field)))
    }
}

/// `text` without surrounding blanks; most cells have none, and are seen through quickly.
fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [b'!'..=b'~'] | [b'!'..=b'~', .., b'!'..=b'~'] => text,
        _ => text.trim(),
    }
}
