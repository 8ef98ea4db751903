//! The systematic factors (M2): K correlated standard normals, held as the Cholesky factor of their correlation.

use crate::error::{Error, Result};
use crate::math::{cholesky, eigen};

/// Names of the factors and the lower triangle L with L L' = correlation.
#[derive(Debug, Clone, PartialEq)]
pub struct Factors {
    names: Vec<String>,
    correlation: Vec<f64>,
    lower: Vec<f64>,
}

impl Factors {
    /// The factors `names` with their `correlation`, row-major K × K, symmetric with unit diagonal.
    ///
    /// # Errors
    /// [`Error::Setting`] when the matrix has the wrong size or is not positive definite; it then names the smallest
    /// eigenvalue and the pair of factors that is most to blame.
    pub fn new(names: Vec<String>, correlation: Vec<f64>) -> Result<Self> {
        let k = names.len();
        if k == 0 || correlation.len() != k * k {
            let found = format!("{} numbers for {k} factors", correlation.len());
            return Err(Error::setting("factors.correlation", found, "a square matrix, one row per factor"));
        }
        match cholesky::factorise(&correlation) {
            Ok(lower) => Ok(Self { names, correlation, lower }),
            Err(_) => Err(indefinite(&names, &correlation)),
        }
    }

    /// Number of factors K, at least 1.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Never true: there is at least one factor.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Names in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Their correlation, row-major K × K.
    pub fn correlation(&self) -> &[f64] {
        &self.correlation
    }

    /// Variance b'Cb of the mix with `loadings` b (length K).
    pub fn variance(&self, loadings: &[f64]) -> f64 {
        self.independent(loadings).iter().map(|weight| weight * weight).sum()
    }

    /// L'b: the weights on K independent normals that give the mix with `loadings` b (length K).
    pub fn independent(&self, loadings: &[f64]) -> Vec<f64> {
        let k = self.len();
        (0..k).map(|column| (column..k).map(|row| self.lower[row * k + column] * loadings[row]).sum()).collect()
    }
}

fn indefinite(names: &[String], correlation: &[f64]) -> Error {
    let smallest = eigen::smallest_eigenpair(correlation);
    let pair = smallest.as_ref().and_then(|smallest| eigen::offending_pair(correlation, &smallest.vector));
    let found = smallest.map_or("a matrix that is not positive definite".to_owned(), |smallest| {
        format!("a matrix that is not positive definite (smallest eigenvalue {:.3e})", smallest.value)
    });
    let wanted = pair.map_or("correlations that can hold together".to_owned(), |(i, j)| {
        format!(
            "correlations that can hold together; look first at '{}' and '{}' ({}): move it towards 0",
            names[i],
            names[j],
            correlation[i * names.len() + j]
        )
    });
    Error::setting("factors.correlation", found, wanted)
}
