//! Term structures of default: F(m), the probability that a loan defaults within m months, for every loan.
//!
//! | source | F | file |
//! |---|---|---|
//! | flat | the one-year PD's hazard goes on (M27) | [`FlatHazard`] |
//! | curves | by rating or segment, from a file (M28) | [`Curve`] |
//! | migration | by rating, from a matrix of transitions (M29) | [`Migration`] |
//!
//! A tape names ratings and segments by numbers of its own: [`TermStructures::for_tape`] makes them known, then each loan
//! has a [`TermKey`], and each key a [`Term`].

mod curves;
mod fault;
mod flat;
mod generator;
mod key;
mod migration;

pub use curves::{Curve, LONGEST, NamedCurve, Node};
pub use fault::Fault;
pub use flat::FlatHazard;
pub use generator::{Generator, Regularisation, generator};
pub use key::{Term, TermFacts, TermKey};
pub use migration::{CellError, GeneratorFit, MOST_STATES, Migration, Transitions};

use crate::error::{Error, Result};
use crate::portfolio::found::nearest_alike;
use std::sync::Arc;

/// What curves are named after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CurvesBy {
    /// Ratings: a curve holds as it is, and a PD on the tape is not used.
    #[default]
    Rating,
    /// Segments: a curve's hazard is scaled to the loan's own PD where it has one.
    Segment,
}

/// When the months of a curve begin to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clock {
    /// At the reporting date.
    #[default]
    ReportingDate,
    /// At the origination of the loan.
    Origination,
}

/// The term structures of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct TermStructures {
    source: Source,
    /// What errors call the source: the file.
    place: String,
    /// Shared, as every copy for another tape or setting has the same.
    curves: Arc<[NamedCurve]>,
    /// Per rating or segment of the tape: which curve is its own.
    known: Vec<Named>,
}

#[derive(Debug, Clone, PartialEq)]
enum Source {
    Flat,
    Curves { by: CurvesBy, clock: Clock },
    Migration { default: String, fit: GeneratorFit },
}

/// A name on the tape.
#[derive(Debug, Clone, PartialEq)]
enum Named {
    Curve(u16),
    /// The state of default.
    Default,
    Unknown(String),
}

impl TermStructures {
    /// The flat hazard of each loan's PD (M27).
    pub fn flat() -> Self {
        Self { source: Source::Flat, place: String::new(), curves: Arc::default(), known: Vec::new() }
    }

    /// Named `curves` (M28), in order from the best rating to the worst where they are of ratings; `place` is what errors
    /// call their file.
    ///
    /// # Errors
    /// [`Error::Model`] when there are none, more than 65,534, or two of one name.
    pub fn curves(curves: Vec<NamedCurve>, by: CurvesBy, clock: Clock, place: &str) -> Result<Self> {
        check_names(&curves, place)?;
        Ok(Self {
            source: Source::Curves { by, clock },
            place: place.to_owned(),
            curves: curves.into(),
            known: Vec::new(),
        })
    }

    /// Curves of `migration` (M29), counted from the reporting date; `place` is what errors call its file.
    ///
    /// # Errors
    /// [`Error::Model`] when two states have one name.
    pub fn migration(migration: Migration, place: &str) -> Result<Self> {
        let Migration { fit, curves, default, .. } = migration;
        check_names(&curves, place)?;
        Ok(Self {
            source: Source::Migration { default, fit },
            place: place.to_owned(),
            curves: curves.into(),
            known: Vec::new(),
        })
    }

    /// The same for a tape with these `ratings` and `segments`, in the order in which [`TermFacts`] number them.
    pub fn for_tape(mut self, ratings: &[String], segments: &[String]) -> Self {
        let names = match self.by() {
            CurvesBy::Rating => ratings,
            CurvesBy::Segment => segments,
        };
        let own: std::collections::HashMap<&str, u16> =
            self.curves.iter().zip(0..).map(|(named, number)| (named.name.as_str(), number)).collect();
        let find = |name: &String| match (own.get(name.as_str()), &self.source) {
            (Some(number), _) => Named::Curve(*number),
            (None, Source::Migration { default, .. }) if default == name => Named::Default,
            (None, _) => Named::Unknown(name.clone()),
        };
        self.known = names.iter().map(find).collect();
        self
    }

    /// The key of a loan.
    ///
    /// # Errors
    /// [`Error::Model`] when the loan has no PD, rating or age that its term structure needs, when no curve has its name, or
    /// when a curve without default in the coming year would have to be scaled.
    pub fn key(&self, facts: &TermFacts) -> Result<TermKey> {
        let mut key = self.start(facts)?;
        if let (Source::Curves { clock: Clock::Origination, .. }, true) = (&self.source, key.curve != TermKey::FLAT) {
            if facts.age == TermFacts::BLANK {
                let remedy = "map origination_date, or set term_structure.clock = \"reporting_date\"";
                return Err(self.refuse("a loan without a date of origination".to_owned(), remedy));
            }
            key.age = facts.age;
        }
        self.scalable(key)
    }

    /// The key of a loan as it was at origination, where `facts` has the PD or the rating of then; its [`Term`] counts
    /// months from origination, so [`Term::residual`] gives what was then expected of the months to come. A PD where curves
    /// go by rating gives its flat hazard. None when neither is known.
    ///
    /// # Errors
    /// As [`Self::key`].
    pub fn key_at_origination(&self, facts: &TermFacts) -> Result<Option<TermKey>> {
        let by_rating = !matches!(self.source, Source::Flat) && self.by() == CurvesBy::Rating;
        if by_rating && facts.rating != TermFacts::BLANK {
            return self.start(facts).and_then(|key| self.scalable(key)).map(Some);
        }
        if facts.pd.is_nan() {
            return Ok(None);
        }
        if by_rating {
            return Ok(Some(TermKey::flat(facts.pd)));
        }
        self.start(facts).and_then(|key| self.scalable(key)).map(Some)
    }

    /// F of `key`, which must come from [`Self::key`]; a number that no curve has gives the flat hazard.
    pub fn term(&self, key: TermKey) -> Term<'_> {
        match self.curves.get(usize::from(key.curve)) {
            Some(named) => Term::on_curve(&named.curve, key.pd, key.age),
            None => Term::flat(key.pd),
        }
    }

    /// F(`months`) of `key`, 0 to 1.
    pub fn cumulative(&self, key: TermKey, months: u16) -> f64 {
        self.term(key).cumulative(months)
    }

    /// F of `key` at the ends of the periods 1, 2, … of `period` months, into `out`.
    pub fn fill(&self, key: TermKey, period: u16, out: &mut [f64]) {
        let term = self.term(key);
        let mut months = 0_u16;
        for value in out {
            months = months.saturating_add(period);
            *value = term.cumulative(months);
        }
    }

    /// Months from now that the nodes of a curve file say something of; beyond, its last hazard goes on. None where no file
    /// of curves is behind the key.
    pub fn covered(&self, key: TermKey) -> Option<u16> {
        let Source::Curves { .. } = self.source else { return None };
        self.curves.get(usize::from(key.curve)).map(|named| named.curve.end().saturating_sub(key.age))
    }

    /// Name of the source, as in a model file: `flat`, `curves` or `migration`.
    pub fn source(&self) -> &'static str {
        match self.source {
            Source::Flat => "flat",
            Source::Curves { .. } => "curves",
            Source::Migration { .. } => "migration",
        }
    }

    /// What the term structures are named after.
    pub fn by(&self) -> CurvesBy {
        match self.source {
            Source::Curves { by, .. } => by,
            _ => CurvesBy::Rating,
        }
    }

    /// Names of the curves or ratings in the order of the file, default not among them.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.curves.iter().map(|named| named.name.as_str())
    }

    /// How well the generator gives back its matrix; None without a matrix.
    pub fn fit(&self) -> Option<&GeneratorFit> {
        match &self.source {
            Source::Migration { fit, .. } => Some(fit),
            _ => None,
        }
    }

    /// The key of a loan whose curve begins now.
    fn start(&self, facts: &TermFacts) -> Result<TermKey> {
        let number = match self.source {
            Source::Flat => return self.flat_key(facts),
            _ if self.by() == CurvesBy::Segment => facts.segment as usize,
            _ if facts.rating == TermFacts::BLANK => {
                let remedy = "map a column of ratings, or give each loan one";
                return Err(self.refuse("a loan without a rating".to_owned(), remedy));
            }
            _ => usize::from(facts.rating),
        };
        match self.known.get(number) {
            Some(Named::Default) => Ok(TermKey::flat(1.0)),
            Some(Named::Curve(curve)) => {
                let pd = if self.by() == CurvesBy::Segment { facts.pd } else { f64::NAN };
                // Certain default and no default at all have no hazard to scale.
                let plain = TermKey { curve: *curve, pd, age: 0 };
                if pd == 0.0 || pd == 1.0 { Ok(TermKey::flat(pd)) } else { Ok(plain) }
            }
            Some(Named::Unknown(name)) => Err(self.unknown(name)),
            None => Err(Error::Internal(format!("a loan of rating or segment {number}, which the tape does not name"))),
        }
    }

    fn flat_key(&self, facts: &TermFacts) -> Result<TermKey> {
        if (0.0..=1.0).contains(&facts.pd) {
            return Ok(TermKey::flat(facts.pd));
        }
        Err(Error::setting("term_structure.source", "a loan without a PD", "a column of PDs or ratings, or curves"))
    }

    /// `key`, if its curve can be scaled to its PD.
    fn scalable(&self, key: TermKey) -> Result<TermKey> {
        let Some(named) = self.curves.get(usize::from(key.curve)).filter(|_| !key.pd.is_nan()) else { return Ok(key) };
        if key::rise(&named.curve, key.age, 12) > 0.0 {
            return Ok(key);
        }
        let found = format!("no default within a year on the curve '{}', but a loan with PD {}", named.name, key.pd);
        Err(self.refuse(found, "give the curve a first year that can be scaled, or leave the tape's PDs out"))
    }

    fn unknown(&self, name: &str) -> Error {
        let (what, key) = match (self.by(), &self.source) {
            (CurvesBy::Segment, _) => ("segment", "a curve"),
            (_, Source::Migration { .. }) => ("rating", "a row"),
            _ => ("rating", "a curve"),
        };
        let near = nearest_alike(name, self.names());
        let near = near.map_or(String::new(), |own| format!("; nearest is '{}'", own.escape_debug()));
        let found = format!("nothing for the {what} '{}' of the tape{near}", name.escape_debug());
        self.refuse(found, &format!("add {key} of that name, or rename it on the tape"))
    }

    fn refuse(&self, found: String, remedy: &str) -> Error {
        Error::Model { place: self.place.clone(), found, remedy: remedy.to_owned() }
    }
}

/// Every curve must have a name of its own, and a number below that of the flat hazard.
fn check_names(curves: &[NamedCurve], place: &str) -> Result<()> {
    let refuse =
        |found: String, remedy: &str| Err(Error::Model { place: place.to_owned(), found, remedy: remedy.to_owned() });
    if curves.is_empty() || curves.len() >= usize::from(TermKey::FLAT) {
        return refuse(format!("{} curves", curves.len()), "give 1 to 65,534 curves");
    }
    let mut seen = std::collections::HashSet::new();
    match curves.iter().find(|named| !seen.insert(named.name.as_str())) {
        Some(named) => refuse(format!("'{}' twice", named.name.escape_debug()), "give each name once"),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
