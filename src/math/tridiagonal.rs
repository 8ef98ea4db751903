//! Eigenvalues and eigenvectors of a symmetric tridiagonal matrix: what quadratures by Golub and Welsch are made of (M43).
//!
//! The QL method with implicit shifts: rotations chase an entry off the diagonals until those beside the main one vanish.
//! Sources: Dubrulle, Martin and Wilkinson, "The implicit QL algorithm", Numerische Mathematik 12 (1968); Golub and Van Loan,
//! "Matrix Computations", 8.3.

/// Rotations of the whole remaining matrix for one eigenvalue; two or three are taken.
const MOST_SWEEPS: usize = 60;

/// Eigenvalues with their eigenvectors.
#[derive(Debug, Clone, PartialEq)]
pub struct Eigensystem {
    /// Eigenvalues, ascending.
    pub values: Vec<f64>,
    /// Eigenvectors of length 1 in the same order, n entries each; the first entry of none is negative.
    pub vectors: Vec<f64>,
}

/// The eigensystem of the matrix with this `diagonal` (n entries) and these entries `beside` it (n − 1): values to about
/// n × 2e-16 of the largest, vectors orthogonal to the same.
///
/// None when the sizes do not fit, an entry is not finite, or rotations do not come to an end.
pub fn eigensystem(diagonal: &[f64], beside: &[f64]) -> Option<Eigensystem> {
    let n = diagonal.len();
    if n == 0 || beside.len() + 1 != n || diagonal.iter().chain(beside).any(|entry| !entry.is_finite()) {
        return None;
    }
    let mut work = Work { values: diagonal.to_vec(), beside: [beside, &[0.0]].concat(), vectors: vec![0.0; n * n] };
    work.vectors.iter_mut().step_by(n + 1).for_each(|entry| *entry = 1.0);
    for first in 0..n {
        let mut sweeps = 0;
        while let Some(last) = work.coupled_from(first) {
            sweeps += 1;
            if sweeps > MOST_SWEEPS {
                return None;
            }
            work.sweep(first, last);
        }
    }
    Some(work.sorted())
}

struct Work {
    values: Vec<f64>,
    /// Entry i stands between i and i + 1; the last is 0.
    beside: Vec<f64>,
    vectors: Vec<f64>,
}

impl Work {
    /// The last row of the block that begins at `first`; None when that row stands alone.
    fn coupled_from(&self, first: usize) -> Option<usize> {
        let n = self.values.len();
        let is_cut = |&row: &usize| {
            let size = self.values[row].abs() + self.values[row + 1].abs();
            self.beside[row].abs() <= f64::EPSILON * size
        };
        let last = (first..n - 1).find(is_cut).unwrap_or(n - 1);
        (last > first).then_some(last)
    }

    /// One sweep of rotations from `last` up to `first`, with Wilkinson's shift.
    fn sweep(&mut self, first: usize, last: usize) {
        let Self { values, beside, .. } = self;
        let half_gap = (values[first + 1] - values[first]) / (2.0 * beside[first]);
        let length = libm::hypot(half_gap, 1.0);
        let mut g = values[last] - values[first] + beside[first] / (half_gap + length.copysign(half_gap));
        let (mut sine, mut cosine, mut moved) = (1.0, 1.0, 0.0);
        for row in (first..last).rev() {
            let (f, b) = (sine * self.beside[row], cosine * self.beside[row]);
            let length = libm::hypot(f, g);
            self.beside[row + 1] = length;
            if length == 0.0 {
                // The block falls apart here.
                self.values[row + 1] -= moved;
                self.beside[last] = 0.0;
                return;
            }
            (sine, cosine) = (f / length, g / length);
            g = self.values[row + 1] - moved;
            let turned = (self.values[row] - g) * sine + 2.0 * cosine * b;
            moved = sine * turned;
            self.values[row + 1] = g + moved;
            g = cosine * turned - b;
            self.rotate(row, (sine, cosine));
        }
        self.values[first] -= moved;
        self.beside[first] = g;
        self.beside[last] = 0.0;
    }

    /// Turns eigenvectors `row` and `row` + 1.
    fn rotate(&mut self, row: usize, (sine, cosine): (f64, f64)) {
        let n = self.values.len();
        let (upper, lower) = self.vectors.split_at_mut((row + 1) * n);
        for (own, next) in upper[row * n..].iter_mut().zip(lower) {
            (*own, *next) = (cosine * *own - sine * *next, sine * *own + cosine * *next);
        }
    }

    fn sorted(self) -> Eigensystem {
        let n = self.values.len();
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|&a, &b| self.values[a].total_cmp(&self.values[b]));
        let mut vectors = Vec::with_capacity(n * n);
        for &own in &order {
            let vector = &self.vectors[own * n..][..n];
            let sign = if vector[0] < 0.0 { -1.0 } else { 1.0 };
            vectors.extend(vector.iter().map(|entry| sign * entry));
        }
        Eigensystem { values: order.iter().map(|&own| self.values[own]).collect(), vectors }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_has_the_eigenvalues_of_cosines() {
        // 2 on the diagonal and −1 beside it: 4 sin²(k π / (2 (n + 1))).
        for n in [1_usize, 2, 7, 61, 160] {
            let system = eigensystem(&vec![2.0; n], &vec![-1.0; n - 1]).unwrap();
            for (k, value) in system.values.iter().enumerate() {
                let sine = libm::sin((k + 1) as f64 * std::f64::consts::PI / (2.0 * (n + 1) as f64));
                assert!((value - 4.0 * sine * sine).abs() < 1e-13, "{n} {k}: {value}");
            }
        }
    }

    #[test]
    fn vectors_are_orthogonal_and_give_the_matrix_back() {
        let n = 37;
        let diagonal: Vec<f64> = (0..n).map(|i| f64::from(i * 7 % 11) - 3.0).collect();
        let beside: Vec<f64> = (1..n).map(|i| if i == 20 { 0.0 } else { f64::from(i * 5 % 13) / 4.0 }).collect();
        let system = eigensystem(&diagonal, &beside).unwrap();
        let (n, vector) = (n as usize, |j: usize| &system.vectors[j * n as usize..][..n as usize]);
        for a in 0..n {
            for b in 0..n {
                let dot: f64 = vector(a).iter().zip(vector(b)).map(|(x, y)| x * y).sum();
                assert!((dot - f64::from(u8::from(a == b))).abs() < 1e-13);
                let entry: f64 = (0..n).map(|j| system.values[j] * vector(j)[a] * vector(j)[b]).sum();
                let expected = match a.abs_diff(b) {
                    0 => diagonal[a],
                    1 => beside[a.min(b)],
                    _ => 0.0,
                };
                assert!((entry - expected).abs() < 1e-12, "{a} {b}: {entry} {expected}");
            }
        }
        assert!(system.values.is_sorted() && (0..n).all(|j| vector(j)[0] >= 0.0));
    }

    #[test]
    fn what_is_no_matrix_has_no_eigensystem() {
        assert!(eigensystem(&[], &[]).is_none() && eigensystem(&[1.0], &[1.0]).is_none());
        assert!(eigensystem(&[1.0, f64::NAN], &[1.0]).is_none());
        assert_eq!(eigensystem(&[3.0, 1.0], &[0.0]).unwrap().values, [1.0, 3.0]);
    }
}
