//! The minimum of a function of a few parameters without derivatives, and its curvature there: Nelder and Mead, "A simplex
//! method for function minimization", Computer Journal 7 (1965).

use crate::math::matrix::Matrix;

/// Evaluations allowed for each parameter.
const MOST: usize = 400;

/// A function's least value and where it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Minimum {
    /// Where.
    pub at: Vec<f64>,
    /// How much.
    pub value: f64,
}

/// The minimum near `start`, looked for with first steps of `step`; what is not a number counts as infinite. The simplex is
/// built anew once where it came to rest, so that one that collapsed is no minimum.
pub fn minimise(start: &[f64], step: f64, function: &dyn Fn(&[f64]) -> f64) -> Minimum {
    let first = descend(start, step, function);
    let second = descend(&first.at, 0.3 * step, function);
    if second.value <= first.value { second } else { first }
}

fn descend(start: &[f64], step: f64, function: &dyn Fn(&[f64]) -> f64) -> Minimum {
    let value = |at: &[f64]| Some(function(at)).filter(|value| !value.is_nan()).unwrap_or(f64::INFINITY);
    let corner = |at: Vec<f64>| Minimum { value: value(&at), at };
    let mut corners = vec![corner(start.to_vec())];
    for place in 0..start.len() {
        let mut at = start.to_vec();
        at.iter_mut().skip(place).take(1).for_each(|x| *x += step);
        corners.push(corner(at));
    }
    for _ in 0..MOST * start.len() {
        corners.sort_by(|a, b| a.value.total_cmp(&b.value));
        let (Some(best), Some(worst)) = (corners.first(), corners.last()) else { break };
        let spread = |a: &Minimum| a.at.iter().zip(&best.at).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        if (worst.value - best.value).abs() < 1e-10 * (1.0 + best.value.abs())
            && corners.iter().map(spread).fold(0.0, f64::max) < 1e-5
        {
            break;
        }
        let others = &corners[..corners.len() - 1];
        let n = others.len() as f64;
        let centre: Vec<f64> =
            (0..start.len()).map(|i| others.iter().map(|corner| corner.at[i]).sum::<f64>() / n).collect();
        let along = |share: f64| {
            corner(centre.iter().zip(&worst.at).map(|(centre, worst)| centre + share * (centre - worst)).collect())
        };
        let second_worst = others.last().map_or(f64::INFINITY, |corner| corner.value);
        let mirrored = along(1.0);
        let next = if mirrored.value < best.value {
            let farther = along(2.0);
            Some(if farther.value < mirrored.value { farther } else { mirrored })
        } else if mirrored.value < second_worst {
            Some(mirrored)
        } else {
            let nearer = if mirrored.value < worst.value { along(0.5) } else { along(-0.5) };
            (nearer.value < worst.value.min(mirrored.value)).then_some(nearer)
        };
        match next {
            Some(next) => corners.iter_mut().rev().take(1).for_each(|worst| *worst = next.clone()),
            None => {
                let best = best.at.clone();
                for corner in corners.iter_mut().skip(1) {
                    corner.at.iter_mut().zip(&best).for_each(|(x, best)| *x = 0.5 * (*x + best));
                    corner.value = value(&corner.at);
                }
            }
        }
    }
    corners.sort_by(|a, b| a.value.total_cmp(&b.value));
    corners.swap_remove(0)
}

/// The inverse of the matrix of second derivatives of `function` at `at`, by differences of `step`: the covariance of estimates
/// where the function is minus a log-likelihood. None where it is not positive definite.
pub fn covariance(at: &[f64], step: f64, function: &dyn Fn(&[f64]) -> f64) -> Option<Matrix> {
    let moved = |i: usize, j: usize, [a, b]: [f64; 2]| {
        let mut at = at.to_vec();
        at[i] += a * step;
        at[j] += b * step;
        function(&at)
    };
    let n = at.len();
    let mut entries = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..=i {
            let corners = [[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]].map(|signs| moved(i, j, signs));
            let curvature = (corners[0] - corners[1] - corners[2] + corners[3]) / (4.0 * step * step);
            entries[i * n + j] = curvature;
            entries[j * n + i] = curvature;
        }
    }
    super::design::symmetric_inverse(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bent_valley_is_followed_to_its_end() {
        // Rosenbrock's function.
        let valley = |at: &[f64]| {
            let (a, b) = (1.0 - at[0], at[1] - at[0] * at[0]);
            a * a + 100.0 * b * b
        };
        let found = minimise(&[-1.2, 1.0], 0.5, &valley);
        assert!(found.at.iter().all(|x| (x - 1.0).abs() < 1e-4), "{found:?}");
        let covariance = covariance(&found.at, 1e-4, &valley).unwrap();
        // Second derivatives at (1, 1) are 802, −400, 200; the inverse has 200, 400, 802 over 400.
        assert!(
            (covariance.at(0, 0) - 0.5).abs() < 1e-3 && (covariance.at(1, 1) - 2.005).abs() < 4e-3,
            "{covariance:?}"
        );
    }

    #[test]
    fn what_is_not_a_number_is_avoided() {
        let root = |at: &[f64]| if at[0] < 0.0 { f64::NAN } else { (at[0] - 0.01) * (at[0] - 0.01) };
        assert!((minimise(&[1.0], 0.4, &root).at[0] - 0.01).abs() < 1e-4);
    }
}
