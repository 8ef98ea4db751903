//! Groups of shelves that are on the device together, where it has no memory for all of them.

use super::interface::{Block, Span};
use super::schedule::Shelf;
use std::ops::Range;

/// Cuts the shelves of `range` into as few consecutive groups as fit `most_bytes` each; a shelf that does not fit is a
/// group of its own.
pub fn groups(shelves: &[Shelf], range: Range<usize>, most_bytes: u64) -> Vec<Range<usize>> {
    let mut groups: Vec<Range<usize>> = Vec::new();
    let mut filled = 0;
    for (nth, shelf) in shelves.iter().enumerate().skip(range.start).take(range.len()) {
        let bytes = resident_bytes(std::slice::from_ref(shelf));
        match groups.last_mut() {
            Some(group) if filled + bytes <= most_bytes => {
                group.end = nth + 1;
                filled += bytes;
            }
            _ => {
                groups.push(nth..nth + 1);
                filled = bytes;
            }
        }
    }
    groups
}

/// Bytes of losses, blocks and spans.
pub fn resident_bytes(shelves: &[Shelf]) -> u64 {
    let words = |shelf: &Shelf| {
        let blocks = Block::words_in(shelf.periods) * shelf.blocks.len();
        shelf.n_losses + blocks as u64 + (Span::WORDS * shelf.spans.len()) as u64
    };
    4 * shelves.iter().map(words).sum::<u64>()
}

#[cfg(test)]
mod tests {
    use super::super::interface::Periods;
    use super::*;

    #[test]
    fn groups_cover_every_shelf_once_and_fit() {
        let shelf = |n_losses| Shelf {
            periods: Periods::One,
            blocks: vec![],
            n_counted: 0,
            n_losses,
            spans: vec![],
            dispatches: vec![],
        };
        let shelves: Vec<Shelf> = [3, 4, 9, 1, 1, 1, 2].map(shelf).into();
        assert_eq!(groups(&shelves, 0..7, u64::MAX), [0..7]);
        assert_eq!(groups(&shelves, 0..7, 28), [0..2, 2..3, 3..7], "a large shelf stands alone");
        assert_eq!(groups(&shelves, 1..5, 8), [1..2, 2..3, 3..5]);
        assert_eq!(groups(&shelves, 0..7, 0).len(), 7);
        assert!(groups(&shelves, 3..3, 8).is_empty());
        assert_eq!(resident_bytes(&shelves), 84);
    }
}
