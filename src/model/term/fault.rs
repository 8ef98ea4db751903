//! What is wrong with a curve or a matrix, without a place: who knows the file and the line adds them.

use crate::error::Error;

/// A fault of a curve or a matrix.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// The node of a curve or the row of a matrix, from 0; None where it lies in the whole.
    pub index: Option<usize>,
    /// What is wrong.
    pub found: String,
    /// What to do.
    pub remedy: String,
}

impl Fault {
    /// `found` at `index`, with what to do about it.
    pub(super) fn new(index: Option<usize>, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { index, found: found.into(), remedy: remedy.into() }
    }

    /// The error that says it of `place`.
    pub fn at(self, place: impl Into<String>) -> Error {
        Error::Model { place: place.into(), found: self.found, remedy: self.remedy }
    }
}
