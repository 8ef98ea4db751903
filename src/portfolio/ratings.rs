//! The ratings that details speak of: those of the model in its order, or those of the tape in order of first appearance.

use super::extras::MOST_RATINGS;
use super::fingerprint::Fingerprints;
use super::schema::Field;
use super::settings::TapeSettings;
use std::collections::HashMap;

/// A dictionary that fills while a tape is read.
#[derive(Debug, Default)]
pub(super) struct Ratings {
    names: Vec<String>,
    numbers: HashMap<String, u16, Fingerprints>,
}

impl Ratings {
    /// Begins with the ratings of the `settings`, if ratings are wanted.
    pub(super) fn new(settings: &TapeSettings) -> Self {
        let mut ratings = Self::default();
        let fields = settings.fields();
        if fields.contains(Field::Rating) || fields.contains(Field::OriginationRating) {
            // More than there are numbers for end in the first loan that has one of the rest.
            for (name, _) in settings.ratings.iter().take(MOST_RATINGS) {
                ratings.enter(name.trim());
            }
        }
        ratings
    }

    /// The number of the rating `name`; None when there are too many.
    pub(super) fn enter(&mut self, name: &str) -> Option<u16> {
        if let Some(number) = self.numbers.get(name) {
            return Some(*number);
        }
        let number = u16::try_from(self.names.len()).ok().filter(|number| usize::from(*number) < MOST_RATINGS)?;
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        Some(number)
    }

    /// The ratings by number.
    pub(super) fn finish(self) -> Vec<String> {
        self.names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratings_have_numbers_until_these_run_out() {
        let mut ratings = Ratings::default();
        for number in 0..MOST_RATINGS {
            assert_eq!(ratings.enter(&number.to_string()).map(usize::from), Some(number));
        }
        assert_eq!((ratings.enter("one more"), ratings.enter("7")), (None, Some(7)));
        assert_eq!(ratings.finish().len(), MOST_RATINGS);
    }
}
