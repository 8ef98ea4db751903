//! What is made of a driver before it moves the index: its level, its change or its growth over a span of periods (M48).

/// What is made of a driver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Transform {
    /// x_t.
    #[default]
    Level,
    /// x_t − x_(t−span).
    Change,
    /// ln(x_t / x_(t−span)).
    Growth,
}

impl Transform {
    /// Every transform.
    pub const ALL: [Self; 3] = [Self::Level, Self::Change, Self::Growth];

    /// Name, as in a model file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Level => "level",
            Self::Change => "change",
            Self::Growth => "growth",
        }
    }
}

/// A transform over a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transformation {
    /// What is made of the driver.
    pub transform: Transform,
    /// Periods that a change or growth is over, at least 1; a level has none, whatever stands here.
    pub span: u16,
}

/// A number that has no logarithm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NotPositive {
    /// Where it stands, counted from 0.
    pub row: usize,
    /// The number, at most 0.
    pub value: f64,
}

impl Transformation {
    /// Periods before one that its value hangs on: 0 for a level, else the span.
    pub fn reach(self) -> usize {
        match self.transform {
            Transform::Level => 0,
            Transform::Change | Transform::Growth => usize::from(self.span),
        }
    }

    /// `values` by period transformed, as many; None where a value or the one a span before is missing.
    ///
    /// # Errors
    /// [`NotPositive`] for the first value that growth needs and that is not above 0.
    pub fn apply(self, values: &[Option<f64>]) -> Result<Vec<Option<f64>>, NotPositive> {
        let before = |row: usize| row.checked_sub(self.reach()).and_then(|row| values.get(row).copied().flatten());
        let positive = |row: usize, value: f64| if value > 0.0 { Ok(value) } else { Err(NotPositive { row, value }) };
        let one = |(row, value): (usize, &Option<f64>)| match (*value, before(row)) {
            (Some(value), Some(then)) => match self.transform {
                Transform::Level => Ok(Some(value)),
                Transform::Change => Ok(Some(value - then)),
                Transform::Growth => {
                    let then = positive(row.saturating_sub(self.reach()), then)?;
                    Ok(Some(libm::log(positive(row, value)? / then)))
                }
            },
            _ => Ok(None),
        };
        values.iter().enumerate().map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods)]
    use super::*;

    #[test]
    fn each_transform_gives_hand_numbers() {
        let values = [Some(4.0), Some(5.0), None, Some(8.0), Some(10.0)];
        let of = |transform, span| Transformation { transform, span }.apply(&values).unwrap();
        assert_eq!(of(Transform::Level, 3), values);
        assert_eq!(of(Transform::Change, 1), [None, Some(1.0), None, None, Some(2.0)]);
        assert_eq!(of(Transform::Change, 3), [None, None, None, Some(4.0), Some(5.0)]);
        assert_eq!(of(Transform::Growth, 3), [None, None, None, Some(2.0_f64.ln()), Some(2.0_f64.ln())]);
        assert_eq!(of(Transform::Change, 9), [None; 5]);
        assert_eq!(Transformation { transform: Transform::Level, span: 3 }.reach(), 0);
    }

    #[test]
    fn growth_of_what_is_not_positive_names_its_row() {
        let growth = Transformation { transform: Transform::Growth, span: 2 };
        let fault = growth.apply(&[Some(1.0), Some(-2.0), Some(3.0), Some(4.0)]).unwrap_err();
        assert_eq!(fault, NotPositive { row: 1, value: -2.0 });
        assert_eq!(growth.apply(&[Some(1.0), Some(2.0), Some(0.0)]).unwrap_err().row, 2);
        // Siblings: what no growth needs does not matter, and neither does it to a change.
        assert_eq!(growth.apply(&[None, Some(-2.0), Some(3.0)]), Ok(vec![None; 3]));
        let change = Transformation { transform: Transform::Change, ..growth };
        assert_eq!(change.apply(&[Some(1.0), Some(-2.0), Some(0.0)]), Ok(vec![None, None, Some(-1.0)]));
    }
}
