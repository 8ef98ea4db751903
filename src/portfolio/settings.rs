//! What a user may say about how a tape is to be read: columns, text format, ratings, segments, dirty rows.

use super::default_rule::DefaultRule;
use super::field_set::FieldSet;
use super::found::{nearest, show};
use super::needs::Needs;
use super::schema::Field;
use super::sources::{Columns, ConstantValue, Source};
use crate::error::{Error, Result};
use crate::units::Date;
use encoding_rs::Encoding;
use std::collections::HashSet;
use std::path::PathBuf;

/// How to read a tape.
#[derive(Debug, Clone, PartialEq)]
pub struct TapeSettings {
    /// Fields that the user mapped (`[columns]`); the others are looked for by name.
    pub columns: Columns,
    /// Shape of text files (`[input]`).
    pub format: TextFormat,
    /// Probability of default, 0 to 1, of each rating (`[ratings]`).
    pub ratings: Vec<(String, f64)>,
    /// Which segments there may be and their loss given default.
    pub segments: SegmentRule,
    /// What to do with dirty rows.
    pub on_error: OnError,
    /// What the run wants of each loan beyond segment, exposure, PD and LGD ([`Tape::details`](super::Tape::details)). Fields
    /// that not every run reads are looked for and read only when they are in it; `rating` and `loan_id` are kept when they are.
    /// With `pd` in it, loans may have none; with `lgd`, the segment's does not fill blanks: both are then NaN on the tape.
    pub wanted: FieldSet,
    /// What no loan may lack; a file without a column for it is refused. What is needed is wanted.
    pub needs: Needs,
    /// What loans of the segments named may not lack beyond that.
    pub segment_needs: Vec<(String, Needs)>,
    /// The day that the tape speaks of; needed where a date is read.
    pub reporting_date: Option<Date>,
    /// Which loans are in default: they may be due on the reporting date, and without a PD, which then is 1.
    pub default_rule: DefaultRule,
    /// What the loans of one obligor are to each other.
    pub obligors: ObligorRule,
    /// Where [`Self::ratings`] stand, for messages.
    pub ratings_from: String,
}

/// Shape of a text file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextFormat {
    /// The byte between fields: ASCII, neither letter, digit, quote, decimal point, minus nor line end.
    pub delimiter: u8,
    /// The sign before decimals.
    pub decimal: DecimalSign,
    /// A WHATWG encoding label such as `utf-8`, `windows-1252`, `utf-16le`.
    pub encoding: String,
}

/// The sign before decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecimalSign {
    /// 1234.5
    Point,
    /// 1234,5
    Comma,
}

/// Which segments there may be, with their loss given default (0 to 1) for loans that have none of their own.
#[derive(Debug, Clone, PartialEq)]
pub enum SegmentRule {
    /// Any name.
    Any {
        /// The loss given default of every segment, 0 to 1.
        lgd: Option<f64>,
    },
    /// These names; a loan without a segment belongs to `default`, if that is listed.
    Listed(Vec<(String, Option<f64>)>),
}

/// What the loans of one obligor are to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObligorRule {
    /// They default together, so they must agree in segment and PD.
    Together,
    /// Those that are not in default by [`TapeSettings::default_rule`] default together and must agree.
    Performing,
    /// Nothing: `obligor_id` is not read, and every loan stands for itself.
    Apart,
}

/// What to do with dirty rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnError {
    /// Read to the end, then stop with [`Error::DirtyRows`].
    Fail,
    /// Leave them out.
    Skip {
        /// CSV file that they are written to with their reasons, atomically, and only when there are any. An existing file is
        /// replaced: who wants to keep it asks before.
        rejects: PathBuf,
    },
    /// Leave them out, write nothing, and give a tape even when no loan is left: a dry run.
    Inspect,
}

impl Default for TapeSettings {
    fn default() -> Self {
        Self {
            columns: Columns::default(),
            format: TextFormat::default(),
            ratings: Vec::new(),
            segments: SegmentRule::Any { lgd: None },
            on_error: OnError::Fail,
            wanted: FieldSet::default(),
            needs: Needs::default(),
            segment_needs: Vec::new(),
            reporting_date: None,
            default_rule: DefaultRule::default(),
            obligors: ObligorRule::Together,
            ratings_from: "[ratings]".to_owned(),
        }
    }
}

impl Default for TextFormat {
    fn default() -> Self {
        Self { delimiter: b',', decimal: DecimalSign::Point, encoding: "utf-8".to_owned() }
    }
}

impl TapeSettings {
    /// Refuses settings that no tape could be read with, each named by its model key.
    pub fn check(&self) -> Result<()> {
        self.format.encoding()?;
        self.format.check_signs()?;
        for spec in &super::schema::SCHEMA {
            if let Some(source) = self.columns.get(spec.field) {
                source.check(spec.field)?;
            }
        }
        self.columns.check_readings(self.format.decimal)?;
        let mut seen = HashSet::new();
        for (rating, pd) in &self.ratings {
            let key = format!("ratings.\"{rating}\"");
            check_share(&key, *pd)?;
            if rating.trim().is_empty() {
                return Err(Error::setting(key, "''", "a rating with a name"));
            }
            if !seen.insert(rating.trim()) {
                return Err(Error::setting(key, format!("'{}' twice", rating.trim()), "each rating once"));
            }
        }
        self.check_constant_names()?;
        match &self.segments {
            SegmentRule::Any { lgd } => lgd.map_or(Ok(()), |lgd| check_share("segments.default.lgd", lgd)),
            SegmentRule::Listed(segments) => segments
                .iter()
                .filter_map(|(name, lgd)| lgd.map(|lgd| (name, lgd)))
                .try_for_each(|(name, lgd)| check_share(&format!("segments.{name}.lgd"), lgd)),
        }
    }

    /// Fields that are to be read, beyond those that every run reads.
    pub(super) fn fields(&self) -> FieldSet {
        self.wanted.union(self.needs.fields)
    }

    /// Refuses a constant rating or segment that the model does not know: every row would be rejected for it.
    fn check_constant_names(&self) -> Result<()> {
        let constant = |field| match self.columns.get(field) {
            Some(Source::Constant(ConstantValue::Text(name))) => Some(name.trim()),
            _ => None,
        };
        let refuse = |field: Field, name: &str, wanted: &str, known: Vec<&str>| {
            let near = nearest(name, known.into_iter()).map(|near| format!(" (the nearest is '{near}')"));
            let wanted = format!("{wanted}{}", near.unwrap_or_default());
            Err(Error::setting(format!("columns.{field}"), format!("the constant '{name}'"), wanted))
        };
        // A rating beside a mapped PD is not used.
        let rating = constant(Field::Rating).filter(|_| self.columns.get(Field::Pd).is_none());
        if let Some(name) = rating {
            let known: Vec<&str> = self.ratings.iter().map(|(name, _)| name.trim()).collect();
            if !known.contains(&name) {
                return refuse(Field::Rating, name, "a rating that [ratings] gives a PD to", known);
            }
        }
        if let (Some(name), SegmentRule::Listed(listed)) = (constant(Field::Segment), &self.segments) {
            let known: Vec<&str> = listed.iter().map(|(name, _)| name.trim()).collect();
            if !known.contains(&name) {
                return refuse(Field::Segment, name, "a segment of the model", known);
            }
        }
        Ok(())
    }
}

impl TextFormat {
    /// The encoding that the label names.
    pub(super) fn encoding(&self) -> Result<&'static Encoding> {
        Encoding::for_label_no_replacement(self.encoding.as_bytes()).ok_or_else(|| {
            let wanted = "an encoding label such as utf-8, windows-1252, utf-16le or utf-16be";
            Error::setting("input.encoding", format!("'{}'", self.encoding), wanted)
        })
    }

    fn check_signs(&self) -> Result<()> {
        let sign = self.delimiter;
        if sign == b',' && self.decimal == DecimalSign::Comma {
            let wanted = "another sign between fields, such as input.delimiter = \";\"";
            return Err(Error::setting("input.decimal", "',' with the delimiter ','", wanted));
        }
        if sign.is_ascii() && !sign.is_ascii_alphanumeric() && !b"\"\r\n\0.-+_".contains(&sign) {
            return Ok(());
        }
        let wanted = "one sign such as ',', ';', '|' or a tab, not part of names or numbers";
        Err(Error::setting("input.delimiter", format!("'{}'", char::from(sign).escape_default()), wanted))
    }
}

pub(super) fn check_share(key: &str, value: f64) -> Result<()> {
    if (0.0..=1.0).contains(&value) { Ok(()) } else { Err(Error::setting(key, show(value), "0 to 1")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_good() {
        assert!(TapeSettings::default().check().is_ok());
    }

    #[test]
    fn formats_that_cannot_be_are_refused() {
        for delimiter in [b'"', b'\n', b'0', b'e', b'.', b'-', 0, 200] {
            let format = TextFormat { delimiter, ..TextFormat::default() };
            let settings = TapeSettings { format, ..TapeSettings::default() };
            assert!(settings.check().unwrap_err().to_string().starts_with("input.delimiter"), "{delimiter}");
        }
        let format = TextFormat { decimal: DecimalSign::Comma, ..TextFormat::default() };
        let settings = TapeSettings { format, ..TapeSettings::default() };
        let text = settings.check().unwrap_err().to_string();
        assert!(text.starts_with("input.decimal") && text.contains("input.delimiter = \";\""), "{text}");
        let format = TextFormat { encoding: "klingon".into(), ..TextFormat::default() };
        let settings = TapeSettings { format, ..TapeSettings::default() };
        assert!(settings.check().unwrap_err().to_string().contains("windows-1252"));
    }

    #[test]
    fn constant_names_must_be_known() {
        let constant = |text: &str| Source::Constant(ConstantValue::Text(text.into()));
        let segments = SegmentRule::Listed(vec![("retail".to_owned(), None)]);
        let mut settings = TapeSettings { ratings: vec![("BB".to_owned(), 0.01)], segments, ..TapeSettings::default() };
        settings.columns.set(Field::Rating, constant(" BB "));
        settings.columns.set(Field::Segment, constant("retail"));
        assert!(settings.check().is_ok());
        settings.columns.set(Field::Segment, constant("retial"));
        let text = settings.check().unwrap_err().to_string();
        assert!(
            text.starts_with("columns.segment: found the constant 'retial'") && text.contains("'retail'"),
            "{text}"
        );
        settings.columns.set(Field::Segment, constant("retail"));
        settings.columns.set(Field::Rating, constant("B"));
        let text = settings.check().unwrap_err().to_string();
        assert!(text.starts_with("columns.rating: found the constant 'B'") && text.contains("'BB'"), "{text}");
        settings.columns.set(Field::Pd, Source::Column { name: "pd".into(), unit: None });
        assert!(settings.check().is_ok(), "the rating is not used");
    }

    #[test]
    fn ratings_have_different_names() {
        for (ratings, says) in [(["A", " A "], "found 'A' twice"), (["A", " "], "a rating with a name")] {
            let ratings = ratings.map(|name| (name.to_owned(), 0.5)).to_vec();
            let text = TapeSettings { ratings, ..TapeSettings::default() }.check().unwrap_err().to_string();
            assert!(text.starts_with("ratings.") && text.contains(says), "{text}");
        }
    }

    #[test]
    fn figures_beside_the_tape_are_checked_too() {
        let ratings = vec![("A".to_owned(), 0.01), ("B".to_owned(), 1.5)];
        let settings = TapeSettings { ratings, ..TapeSettings::default() };
        assert!(settings.check().unwrap_err().to_string().starts_with("ratings.\"B\""));
        let segments = SegmentRule::Listed(vec![("x".to_owned(), None), ("y".to_owned(), Some(f64::NAN))]);
        let settings = TapeSettings { segments, ..TapeSettings::default() };
        assert!(settings.check().unwrap_err().to_string().starts_with("segments.y.lgd"));
    }
}
