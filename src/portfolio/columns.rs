//! From a header to a plan: which column, columns or constant serves each field of one file.
//!
//! A mapping by the user beats the field's own name, which beats an alias; two candidates of equal rank are an error, never
//! a choice. Names match without regard to case and surrounding blanks, with blank, hyphen and dot equal to underscore.

use super::field_set::FieldSet;
use super::found::{nearest, quote, show};
use super::kind::{ColumnUnit, Kind};
use super::maturity;
use super::needs::remedy;
use super::plan::{How, Idle, Origin, Plan, Slot};
use super::schema::{Field, FieldSpec, Needed, SCHEMA};
use super::settings::{ObligorRule, TapeSettings};
use super::sources::{Columns, ConstantValue, Source};
use crate::error::{Error, Result};
use std::collections::HashSet;
use std::path::Path;

/// Finds every field of `file` in its `headers`; fails with [`Error::Tape`] where one is missing or could be several.
pub(super) fn find_plan(file: &Path, headers: &[String], settings: &TapeSettings) -> Result<Plan> {
    let fields = settings.fields();
    let finder = Finder::new(file, headers, settings)?;
    let mut plan = Plan { file: file.to_owned(), slots: std::array::from_fn(|_| None), idle: Vec::new() };
    for spec in SCHEMA.iter().filter(|spec| is_read(spec, fields)) {
        plan.slots[spec.field as usize] = finder.mapped(spec.field)?;
    }
    for field in [Field::LoanId, Field::ObligorId, Field::Segment, Field::Ead, Field::Lgd] {
        finder.search(&mut plan, field)?;
    }
    let apart = |_: &mut Slot| settings.obligors == ObligorRule::Apart;
    if let Some(slot) = plan.slots[Field::ObligorId as usize].take_if(apart) {
        plan.idle.push(slot.idle(Field::ObligorId));
    }
    // A PD found by name does not beat a rating that the user mapped.
    if plan.slot(Field::Rating).is_none() {
        finder.search(&mut plan, Field::Pd)?;
    }
    if plan.is_rated() || fields.contains(Field::Rating) {
        finder.search(&mut plan, Field::Rating)?;
    } else if let Some(slot) = plan.slots[Field::Rating as usize].take() {
        plan.idle.push(slot.idle(Field::Rating));
    }
    for spec in SCHEMA.iter().filter(|spec| spec.needed == Needed::Wanted && is_read(spec, fields)) {
        finder.search(&mut plan, spec.field)?;
    }
    maturity::choose(&mut plan)?;
    finder.check_complete(&plan, fields)?;
    finder.check_required(&plan, settings.needs.fields)?;
    check_reporting_date(&plan, settings)?;
    finder.note_idle(&mut plan);
    Ok(plan)
}

/// Refuses dates without a day to count their months from.
fn check_reporting_date(plan: &Plan, settings: &TapeSettings) -> Result<()> {
    let dated = |field: &Field| field.spec().kind == Kind::Date || *field == Field::TermMonths;
    let found = |field: Field| Some((field, plan.slot(field)?));
    let mut fields = SCHEMA.iter().map(|spec| spec.field).filter(dated).filter_map(found);
    match (fields.next(), settings.reporting_date) {
        (Some((field, slot)), None) => {
            let place = format!("{field} is read from {} of {}", quote(&slot.name), plan.file.display());
            let wanted =
                format!("the day that the tape speaks of, because {place}: reporting_date under [ecl] in the model");
            Err(Error::setting("ecl.reporting_date", "nothing", wanted))
        }
        _ => Ok(()),
    }
}

/// Whether a run that wants these `fields` beyond those that every run reads looks for that one.
fn is_read(spec: &FieldSpec, fields: FieldSet) -> bool {
    spec.field.is_always_read() || fields.contains(spec.field)
}

/// The header of one file, ready to be searched.
struct Finder<'a> {
    file: &'a Path,
    headers: &'a [String],
    names: Vec<String>,
    columns: &'a Columns,
    /// Columns that the user gave to a field: no other field takes them by name.
    claimed: Vec<usize>,
}

impl<'a> Finder<'a> {
    fn new(file: &'a Path, headers: &'a [String], settings: &'a TapeSettings) -> Result<Self> {
        let (columns, fields) = (&settings.columns, settings.fields());
        let names: Vec<_> = headers.iter().map(|header| normal(header)).collect();
        let mut seen = HashSet::new();
        if let Some(twice) = headers.iter().map(|name| name.trim()).find(|name| !name.is_empty() && !seen.insert(*name))
        {
            let found = format!("column '{twice}' occurs more than once in the header");
            return Err(Error::Tape {
                path: file.to_owned(),
                found,
                remedy: "give each column a name of its own".into(),
            });
        }
        let mut finder = Self { file, headers, names, columns, claimed: Vec::new() };
        for spec in &SCHEMA {
            let named = match columns.get(spec.field) {
                Some(Source::Column { name, .. }) => std::slice::from_ref(name),
                Some(Source::Columns(names)) => names.as_slice(),
                Some(Source::Constant(_)) | None => &[],
            };
            for name in named {
                match finder.locate(spec.field, name) {
                    Ok(column) => finder.claimed.push(column),
                    // What is not read may be missing.
                    Err(_) if !is_read(spec, fields) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(finder)
    }

    /// What the user mapped `field` to.
    fn mapped(&self, field: Field) -> Result<Option<Slot>> {
        let locate = |name: &String| self.locate(field, name);
        let slot = match self.columns.get(field) {
            None => return Ok(None),
            Some(Source::Column { name, unit }) => {
                self.slot(field, vec![locate(name)?], unit.unwrap_or_else(|| own_unit(field)))
            }
            Some(Source::Columns(names)) => {
                self.slot(field, names.iter().map(locate).collect::<Result<_>>()?, own_unit(field))
            }
            Some(Source::Constant(value)) => {
                let name = match value {
                    ConstantValue::Number(number) => show(*number),
                    ConstantValue::Text(text) => text.clone(),
                };
                let slot = self.slot(field, Vec::new(), own_unit(field));
                Slot { origin: Origin::Constant(value.clone()), name, how: How::Constant, ..slot }
            }
        };
        Ok(Some(slot))
    }

    /// The column that bears the field's name or, failing that, an alias.
    fn by_name(&self, field: Field) -> Result<Option<Slot>> {
        let spec = field.spec();
        for (how, known) in [(How::Name, std::slice::from_ref(&spec.name)), (How::Alias, spec.aliases)] {
            let candidates = self.candidates(known);
            match candidates.as_slice() {
                [] => {}
                [column] => return Ok(Some(Slot { how, ..self.slot(field, vec![*column], own_unit(field)) })),
                [first, ..] => {
                    let found = format!("columns {} could all be {field}", self.quote(&candidates));
                    let remedy = format!("say which with [columns] {field} = \"{}\"", self.header(*first));
                    return Err(self.error(found, remedy));
                }
            }
        }
        Ok(None)
    }

    /// Columns that bear one of the `known` names and were given to no field.
    fn candidates(&self, known: &[&str]) -> Vec<usize> {
        let named = self.named(known);
        named.filter(|column| !self.claimed.contains(column)).collect()
    }

    /// Columns that bear one of the `known` names.
    fn named(&self, known: &[&str]) -> impl Iterator<Item = usize> {
        let bears = |column: &usize| self.names.get(*column).is_some_and(|name| known.contains(&name.as_str()));
        (0..self.names.len()).filter(bears)
    }

    /// Notes columns that would have served a field had another not come first.
    fn note_idle(&self, plan: &mut Plan) {
        for spec in &SCHEMA {
            let also = match (plan.slot(spec.field).map(|slot| slot.how), spec.needed) {
                (Some(How::Name), _) => self.candidates(spec.aliases),
                (None, Needed::Or(_)) => [self.candidates(&[spec.name]), self.candidates(spec.aliases)].concat(),
                _ => Vec::new(),
            };
            let idle = |column| Idle { field: spec.field, what: format!("column {}", quote(self.header(column))) };
            plan.idle.extend(also.into_iter().map(idle));
        }
    }

    /// The column that the user calls `name`: as written, or else the only one that matches loosely.
    fn locate(&self, field: Field, name: &str) -> Result<usize> {
        if let Some(exact) = self.headers.iter().position(|header| header.trim() == name.trim()) {
            return Ok(exact);
        }
        let wanted = normal(name);
        let loose: Vec<usize> = (0..self.names.len()).filter(|&column| self.names[column] == wanted).collect();
        match loose.as_slice() {
            [column] => Ok(*column),
            [] => {
                let hint = nearest(name, self.headers.iter().map(|header| header.trim()))
                    .map_or_else(String::new, |near| format!("; the nearest is '{near}'"));
                let found = format!("no column '{name}', which [columns] {field} names");
                Err(self.error(found, format!("the header has {}{hint}", self.list())))
            }
            _ => {
                let found = format!("columns {} could all be '{name}'", self.quote(&loose));
                Err(self.error(found, format!("write the name in [columns] {field} exactly as in the header")))
            }
        }
    }

    /// Finds `field` by name, unless it is mapped.
    fn search(&self, plan: &mut Plan, field: Field) -> Result<()> {
        if plan.slot(field).is_none() {
            plan.slots[field as usize] = self.by_name(field)?;
        }
        Ok(())
    }

    /// Refuses a file without a field that no loan may lack.
    fn check_required(&self, plan: &Plan, required: FieldSet) -> Result<()> {
        // Only loans of stage 3 need a day of default.
        for field in required.iter().filter(|field| *field != Field::DefaultDate) {
            let is_served = match maturity::FIELDS.contains(&field) {
                true => maturity::server(plan).is_some(),
                false => plan.slot(field).is_some(),
            };
            if !is_served {
                let mut found = format!("no column for {field} (or {})", field.spec().aliases.join(", "));
                if maturity::FIELDS.contains(&field) {
                    found.push_str(", maturity_date, or term_months with origination_date");
                }
                let remedy =
                    format!("name the column with [columns] {field} = \"…\" in the model file{}", remedy(field));
                return Err(self.error(format!("{found}; the header has {}", self.list()), remedy));
            }
        }
        Ok(())
    }

    fn check_complete(&self, plan: &Plan, fields: FieldSet) -> Result<()> {
        for spec in &SCHEMA {
            let missing = match spec.needed {
                Needed::Always => plan.slot(spec.field).is_none(),
                // Who asks for PDs as they are can do without.
                Needed::Or(_) if fields.contains(Field::Pd) => false,
                Needed::Or(other) => plan.slot(spec.field).is_none() && plan.slot(other).is_none(),
                Needed::Never | Needed::Wanted => false,
            };
            if missing {
                let also = |spec: &FieldSpec| format!("{} (or {})", spec.name, spec.aliases.join(", "));
                let wanted = match spec.needed {
                    Needed::Or(other) => format!("{} or {}", also(spec), also(other.spec())),
                    Needed::Always | Needed::Never | Needed::Wanted => also(spec),
                };
                let found = format!("no column for {wanted}; {}", self.explain_absence(plan, spec));
                let remedy = format!("name the column with [columns] {} = \"…\" in the model file", spec.name);
                return Err(self.error(found, remedy));
            }
        }
        Ok(())
    }

    /// Why the file seems to lack a field: the column of that name serves another one, or there is none.
    fn explain_absence(&self, plan: &Plan, spec: &FieldSpec) -> String {
        let known = [&[spec.name], spec.aliases].concat();
        let taken = self.named(&known).find_map(|column| {
            let taker = plan.needed().find(|(_, needed)| *needed == column);
            taker.map(|(field, _)| (column, field))
        });
        match taken {
            Some((column, taker)) => {
                format!("column {} serves {taker}, as [columns] {taker} says", quote(self.header(column)))
            }
            None => format!("the header has {}", self.list()),
        }
    }

    fn slot(&self, field: Field, columns: Vec<usize>, unit: ColumnUnit) -> Slot {
        let name = match columns.as_slice() {
            [] => field.name().to_owned(),
            several => several.iter().map(|&column| self.header(column)).collect::<Vec<_>>().join("/"),
        };
        let format = self.columns.format(field).cloned().unwrap_or_default();
        let values = self.columns.values(field).cloned();
        Slot { origin: Origin::Columns(columns), name, unit, how: How::Mapped, format, values }
    }

    fn header(&self, column: usize) -> &str {
        self.headers.get(column).map_or("", |header| header.trim())
    }

    fn quote(&self, columns: &[usize]) -> String {
        columns.iter().map(|&column| quote(self.header(column))).collect::<Vec<_>>().join(", ")
    }

    /// The header for a message: at most thirty names.
    fn list(&self) -> String {
        let shown: Vec<usize> = (0..self.headers.len().min(30)).collect();
        let hidden = self.headers.len() - shown.len();
        let rest = if hidden > 0 { format!(" and {hidden} more") } else { String::new() };
        self.quote(&shown) + &rest
    }

    fn error(&self, found: String, remedy: String) -> Error {
        Error::Tape { path: self.file.to_owned(), found, remedy }
    }
}

fn own_unit(field: Field) -> ColumnUnit {
    field.spec().kind.own_unit()
}

/// `name` as names are compared.
pub(super) fn normal(name: &str) -> String {
    name.trim().to_lowercase().replace([' ', '-', '.'], "_")
}
