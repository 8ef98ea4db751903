//! The plan of one file: what serves each field, and the rows that come of it.

use super::columns::normal;
use super::found::quote;
use super::kind::{ColumnUnit, Kind};
use super::row::{Cell, Row};
use super::schema::{Field, SCHEMA};
use super::sources::ConstantValue;
use super::value_map::ValueMap;
use crate::units::DateFormat;
use std::path::PathBuf;

/// What serves one field of one file, for the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    /// The field.
    pub field: Field,
    /// Name of the column as it stands in the file, names joined with "/", or the constant.
    pub from: String,
    /// Unit of the column; None for what has none.
    pub unit: Option<ColumnUnit>,
    /// How dates are written; None for what is no date.
    pub format: Option<DateFormat>,
    /// Why this one.
    pub how: How,
}

impl Served {
    /// Whether this is a column that was found by an alias, one of `names`.
    pub fn is_found_as(&self, names: &[&str]) -> bool {
        self.how == How::Alias && names.contains(&normal(&self.from).as_str())
    }
}

/// Why a column serves a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// It bears the field's own name.
    Name,
    /// It bears a known alias: an assumption.
    Alias,
    /// The user mapped it.
    Mapped,
    /// The user set a constant.
    Constant,
}

/// How the rows of one file are read.
#[derive(Debug)]
pub(super) struct Plan {
    /// The file.
    pub file: PathBuf,
    /// What serves each field, in the order of the schema.
    pub slots: [Option<Slot>; Field::COUNT],
    /// What could have served a field of this file, and does not.
    pub idle: Vec<Idle>,
}

/// A column or constant that could serve a field, and does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Idle {
    /// The field.
    pub field: Field,
    /// What it is, in words: "column 'x'" or "constant 'x'".
    pub what: String,
}

/// What serves one field.
#[derive(Debug)]
pub(super) struct Slot {
    /// Where its cells come from.
    pub origin: Origin,
    /// Name for messages.
    pub name: String,
    /// Unit of the numbers; without meaning for text.
    pub unit: ColumnUnit,
    /// Why it serves.
    pub how: How,
    /// How its dates are written; without meaning for what is no date.
    pub format: DateFormat,
    /// What its cells stand for, where the user says so.
    pub values: Option<ValueMap>,
}

/// Where the cells of a field come from.
#[derive(Debug)]
pub(super) enum Origin {
    /// Columns of the file, by number from 0; several are joined.
    Columns(Vec<usize>),
    /// A value that every row takes.
    Constant(ConstantValue),
}

impl Plan {
    /// What serves `field`, if anything does.
    pub(super) fn slot(&self, field: Field) -> Option<&Slot> {
        self.slots[field as usize].as_ref()
    }

    /// Whether PDs come from ratings.
    pub(super) fn is_rated(&self) -> bool {
        self.slot(Field::Pd).is_none()
    }

    /// Whether rows have cells of fields that not every run reads.
    pub(super) fn wants_more(&self) -> bool {
        self.slots.iter().skip(Field::ALWAYS_READ).any(Option::is_some)
    }

    /// The column that messages about `field` name.
    pub(super) fn column(&self, field: Field) -> &str {
        self.slot(field).map_or(field.name(), |slot| &slot.name)
    }

    /// Every (field, column number) that rows are read from.
    pub(super) fn needed(&self) -> impl Iterator<Item = (Field, usize)> {
        SCHEMA.iter().flat_map(|spec| {
            let columns = match self.slot(spec.field).map(|slot| &slot.origin) {
                Some(Origin::Columns(columns)) => columns.as_slice(),
                Some(Origin::Constant(_)) | None => &[],
            };
            columns.iter().map(|&column| (spec.field, column))
        })
    }

    /// How rows are put together; the same for all rows of the file.
    pub(super) fn pattern(&self) -> Pattern<'_> {
        let constants = if self.wants_more() { Row::roomy() } else { Row::default() };
        let mut pattern = Pattern { constants, single: Vec::new(), joined: None, values: Vec::new() };
        for (spec, slot) in SCHEMA.iter().zip(&self.slots) {
            let Some(slot) = slot else { continue };
            match &slot.origin {
                Origin::Constant(value) => pattern.constants.set(spec.field, Cell::of(value)),
                Origin::Columns(columns) => match columns.as_slice() {
                    [column] => pattern.single.push((spec.field, *column)),
                    several => pattern.joined = Some((spec.field, several)),
                },
            }
            pattern.values.extend(slot.values.as_ref().map(|values| (spec.field, values)));
        }
        pattern
    }

    /// What serves which field, for the record.
    pub(super) fn served(&self) -> Vec<Served> {
        let record = |field: Field, slot: &Slot| {
            let kind = field.spec().kind;
            let unit = (!kind.units().is_empty()).then_some(slot.unit);
            let format = (kind == Kind::Date).then(|| slot.format.clone());
            Served { field, from: slot.name.clone(), unit, format, how: slot.how }
        };
        SCHEMA.iter().filter_map(|spec| self.slot(spec.field).map(|slot| record(spec.field, slot))).collect()
    }
}

impl Slot {
    /// The same as something that serves nothing.
    pub(super) fn idle(&self, field: Field) -> Idle {
        let kind = if self.how == How::Constant { "constant" } else { "column" };
        Idle { field, what: format!("{kind} {}", quote(&self.name)) }
    }
}

/// See [`Plan::pattern`].
#[derive(Debug)]
pub(super) struct Pattern<'p> {
    /// A row that has only what is the same for all.
    constants: Row<'p>,
    /// Fields of one column each, with its number.
    single: Vec<(Field, usize)>,
    /// The field that several columns are joined for.
    joined: Option<(Field, &'p [usize])>,
    /// What cells stand for.
    values: Vec<(Field, &'p ValueMap)>,
}

impl<'p> Pattern<'p> {
    /// Hands one row on, its cells given by `cell`; `joined` lends room for a segment of several columns.
    #[inline]
    pub(super) fn with_row<'r>(
        &self,
        cell: impl Fn(Field, usize) -> Cell<'r>,
        joined: &'r mut String,
        take: impl FnOnce(&Row<'r>),
    ) where
        'p: 'r,
    {
        let mut row: Row<'r> = self.constants.clone();
        for &(field, column) in &self.single {
            row.set(field, cell(field, column));
        }
        if let Some((field, columns)) = self.joined {
            join(columns, |column| cell(field, column), joined);
            // Parts that are all blank are no segment at all; a "/" within a part has a backslash before it.
            let blank = joined.bytes().all(|byte| byte == b'/');
            row.set(field, if blank { Cell::Missing } else { Cell::Text(joined) });
        }
        for &(field, values) in &self.values {
            row.set(field, values.read(row.cell(field)));
        }
        take(&row);
    }
}

/// Joins parts with "/"; a "/" or backslash within a part gets a backslash before it, so that different parts never make
/// one name.
fn join<'r>(columns: &[usize], cell: impl Fn(usize) -> Cell<'r>, joined: &mut String) {
    joined.clear();
    for (part, &column) in columns.iter().enumerate() {
        if part > 0 {
            joined.push('/');
        }
        match cell(column) {
            Cell::Missing => {}
            Cell::Text(text) => {
                for sign in text.trim().chars() {
                    if matches!(sign, '/' | '\\') {
                        joined.push('\\');
                    }
                    joined.push(sign);
                }
            }
            Cell::Number(value) => joined.push_str(&value.to_string()),
            Cell::Date(date) => joined.push_str(&date.to_string()),
        }
    }
}
