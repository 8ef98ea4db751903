//! Cubic interpolation between equally spaced nodes (Lagrange): Abramowitz and Stegun 25.2.13.

/// Weights of the values at nodes −1, 0, 1 and 2 in the cubic through them at `at`, from 0 to 1; they add up to 1.
pub fn cubic_weights(at: f64) -> [f64; 4] {
    let (before, after, beyond) = (at + 1.0, at - 1.0, at - 2.0);
    [-at * after * beyond / 6.0, before * after * beyond / 2.0, -before * at * beyond / 2.0, before * at * after / 6.0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cubics_are_given_back() {
        let cubic = |x: f64| 2.0 - x + 0.5 * x * x - 0.25 * x * x * x;
        let quartic = |x: f64| x * x * x * x;
        for at in [0.0, 0.3, 0.5, 0.99, 1.0] {
            let through = |of: &dyn Fn(f64) -> f64| -> f64 {
                cubic_weights(at).iter().zip([-1.0, 0.0, 1.0, 2.0]).map(|(weight, node)| weight * of(node)).sum()
            };
            assert!((through(&cubic) - cubic(at)).abs() < 1e-14, "{at}");
            assert!((cubic_weights(at).iter().sum::<f64>() - 1.0).abs() < 1e-15);
            // Sibling: a fourth power is not, but at nodes.
            assert_eq!((through(&quartic) - quartic(at)).abs() < 1e-14, at == 0.0 || at == 1.0);
        }
    }
}
