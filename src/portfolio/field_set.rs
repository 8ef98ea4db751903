//! A set of fields: what a run wants of a tape beyond what every run reads.

use super::schema::{Field, SCHEMA};

/// Some of the fields of a tape. The default is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FieldSet(u32);

impl FieldSet {
    /// Every field.
    pub const ALL: Self = Self((1 << Field::COUNT) - 1);

    /// Everything that details can hold, but for `loan_id`: what expected credit losses are measured from.
    pub const DETAILS: Self = {
        let always = (1 << Field::ALWAYS_READ) - 1;
        Self(Self::ALL.0 & !always | 1 << Field::Rating as u32)
    };

    /// These `fields`.
    pub fn of(fields: &[Field]) -> Self {
        fields.iter().fold(Self::default(), |set, field| set.with(*field))
    }

    /// This set and `field`.
    #[must_use]
    pub fn with(self, field: Field) -> Self {
        Self(self.0 | 1 << field as u32)
    }

    /// What is in this set or in that.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// This set, but not `field`.
    #[must_use]
    pub fn without(self, field: Field) -> Self {
        Self(self.0 & !(1 << field as u32))
    }

    /// Whether `field` is in it.
    pub fn contains(self, field: Field) -> bool {
        self.0 & 1 << field as u32 != 0
    }

    /// Whether no field is in it.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Its fields, in the order of the schema.
    pub fn iter(self) -> impl Iterator<Item = Field> {
        SCHEMA.iter().map(|spec| spec.field).filter(move |field| self.contains(*field))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in() {
        let set = FieldSet::of(&[Field::Limit, Field::Stage]).with(Field::Limit);
        assert_eq!(set.iter().collect::<Vec<_>>(), [Field::Stage, Field::Limit]);
        assert_eq!(
            set.without(Field::Stage).union(FieldSet::of(&[Field::Pd])),
            FieldSet::of(&[Field::Pd, Field::Limit])
        );
        assert!(FieldSet::default().is_empty() && !set.is_empty());
        assert!(FieldSet::DETAILS.iter().all(|field| field == Field::Rating || !field.is_always_read()));
        assert_eq!(FieldSet::DETAILS.iter().count(), 15);
        assert!(SCHEMA.iter().all(|spec| FieldSet::ALL.contains(spec.field)));
        assert_eq!(FieldSet::of(&FieldSet::ALL.iter().collect::<Vec<_>>()), FieldSet::ALL);
    }
}
