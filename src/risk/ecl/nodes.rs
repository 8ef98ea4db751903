//! Probabilities of default at which defaults along a path are worked out, for the loans of all PDs between them (M46): u = ln(−ln(1 − PD)),
//! the logarithm of the hazard, in steps of a fifth. A flat hazard and a curve that is scaled are smooth in it, and so is what their
//! defaults lose; Lagrange's polynomial through the six nodes around a PD is true to 1e-6 of a mean LGD (tests).

/// Nodes around a PD.
pub const N: usize = 6;

/// Steps per unit of u.
const PER_UNIT: f64 = 5.0;

/// Where PDs are looked up between nodes; beyond, they stand for themselves.
const LOOKED_UP: std::ops::RangeInclusive<f64> = 1e-9..=0.5;

/// The nodes around a PD.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Between {
    /// Number of the first.
    first: i32,
    /// The weight of each; they add up to 1.
    pub weights: [f64; N],
}

impl Between {
    /// The nodes around `pd`; None where it is not looked up: out of range, or NaN for a curve as it is.
    pub fn new(pd: f64) -> Option<Self> {
        if !LOOKED_UP.contains(&pd) {
            return None;
        }
        let place = PER_UNIT * libm::log(-libm::log1p(-pd));
        let first = place.floor() as i32 - 2;
        let at = place - f64::from(first);
        let weight = |own: usize| {
            let others = (0..N).filter(|&other| other != own).map(|other| other as f64);
            others.map(|other| (at - other) / (own as f64 - other)).product()
        };
        Some(Self { first, weights: std::array::from_fn(weight) })
    }

    /// The PD of the node with this `number`, 0 to 5.
    pub fn pd(&self, number: usize) -> f64 {
        let place = f64::from(self.first) + number as f64;
        0.0 - libm::expm1(-libm::exp(place / PER_UNIT))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::normal;

    #[test]
    fn what_is_smooth_is_found_between_nodes() {
        for i in 1..499 {
            let pd = 0.001 * f64::from(i);
            let nodes = Between::new(pd).unwrap();
            assert!(nodes.pd(2) <= pd && pd < nodes.pd(3), "{pd}");
            let of = |value: &dyn Fn(f64) -> f64| -> f64 {
                nodes.weights.iter().enumerate().map(|(number, weight)| weight * value(nodes.pd(number))).sum()
            };
            assert!((of(&|_| 1.0) - 1.0).abs() < 1e-12);
            assert!((of(&normal::quantile) - normal::quantile(pd)).abs() < 1e-6, "{pd}");
        }
        assert_eq!([0.0, 1e-10, 0.6, 1.0, f64::NAN].map(Between::new), [None; 5]);
    }
}
