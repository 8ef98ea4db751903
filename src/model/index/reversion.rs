//! Where drivers go after the last period that a scenario has them for: back to their means (M49).

/// How fast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reversion {
    /// Along which curve.
    pub shape: ReversionShape,
    /// Periods n of the drivers' frequency, at least 1.
    pub periods: u16,
}

/// Along which curve what is left of a deviation goes to 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReversionShape {
    /// 1 − k/n, and nothing from the n-th period on.
    #[default]
    Linear,
    /// (1/20)^(k/n), for ever: a twentieth after n periods.
    Geometric,
}

impl ReversionShape {
    /// Every shape.
    pub const ALL: [Self; 2] = [Self::Linear, Self::Geometric];

    /// Name, as in a model file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Geometric => "geometric",
        }
    }
}

/// What is left after n periods of geometric reversion.
const LEFT: f64 = 0.05;

impl Reversion {
    /// Share of the last deviation that is left `after` so many periods: 1 at 0, never rising.
    pub fn left(self, after: usize) -> f64 {
        let share = after as f64 / f64::from(self.periods.max(1));
        match self.shape {
            ReversionShape::Linear => (1.0 - share).max(0.0),
            ReversionShape::Geometric => libm::pow(LEFT, share),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_curves_give_hand_numbers() {
        let linear = Reversion { shape: ReversionShape::Linear, periods: 8 };
        assert_eq!([0, 1, 6, 8, 99].map(|after| linear.left(after)), [1.0, 0.875, 0.25, 0.0, 0.0]);
        let geometric = Reversion { shape: ReversionShape::Geometric, ..linear };
        assert_eq!([geometric.left(0), geometric.left(8)], [1.0, 0.05]);
        // Two steps of four periods each are one of eight, and it never ends.
        assert!((geometric.left(4) * geometric.left(4) - 0.05).abs() < 1e-15);
        assert!((geometric.left(16) - 0.0025).abs() < 1e-15 && geometric.left(480) > 0.0);
    }
}
