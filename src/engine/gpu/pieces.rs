//! Pieces: the dispatches of one batch, cut so that no submission takes long and no dispatch breaks a limit.

use super::schedule::Shelf;
use super::timed::rounds;
use crate::engine::block::Kernel;
use std::ops::Range;

/// One dispatch of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Index of its shelf.
    pub shelf: usize,
    /// Which kernel.
    pub kernel: Kernel,
    /// Scenarios that share a workgroup.
    pub players: u32,
    /// First span.
    pub first_span: u32,
    /// Number of spans: workgroups in y.
    pub n_spans: u32,
    /// Blocks of the longest of its spans.
    pub most_blocks: u32,
    /// Most rounds of hits at one of their blocks; see [`rounds`].
    pub most_rounds: u32,
    /// Groups of scenarios: workgroups in x.
    pub n_groups: u32,
    /// Whether it begins a submission of its own.
    pub opens: bool,
}

impl Piece {
    /// Workgroups.
    pub fn workgroups(&self) -> u32 {
        self.n_groups.saturating_mul(self.n_spans)
    }
}

/// Cuts a batch of `n_scenarios` into pieces and submissions of about `submission_work` random words. `most_hits` of a
/// scenario at each counted block of each shelf matter in plans of several periods only.
pub fn pieces(shelves: &[Shelf], n_scenarios: u32, submission_work: f64, most_hits: &[Vec<u32>]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut filled = f64::INFINITY;
    for (index, shelf) in shelves.iter().enumerate() {
        for dispatch in &shelf.dispatches {
            let n_spans = dispatch.spans.end - dispatch.spans.start;
            let work = dispatch.work * f64::from(n_scenarios);
            let n_parts = ((work / submission_work.max(1.0)).ceil() as u32).clamp(1, n_spans);
            let cut = |part: u32| (u64::from(n_spans) * u64::from(part) / u64::from(n_parts)) as u32;
            for part in 0..n_parts {
                let share = work / f64::from(n_parts);
                let opens = filled + share > submission_work;
                filled = if opens { share } else { filled + share };
                let spans = dispatch.spans.start + cut(part)..dispatch.spans.start + cut(part + 1);
                let rounds_of = |span: u32| {
                    let hits = most_hits.get(index).and_then(|hits| hits.get(shelf.blocks_of(span..span + 1)));
                    rounds(hits.unwrap_or_default().iter().copied().max().unwrap_or(0), dispatch.players)
                };
                for (nth, (spans, most_rounds)) in alike(spans, rounds_of).into_iter().enumerate() {
                    pieces.push(Piece {
                        shelf: index,
                        kernel: dispatch.kernel,
                        players: dispatch.players,
                        first_span: spans.start,
                        n_spans: spans.end - spans.start,
                        most_blocks: shelf.longest(spans),
                        most_rounds,
                        n_groups: n_scenarios.div_ceil(dispatch.players),
                        opens: opens && nth == 0,
                    });
                }
            }
        }
    }
    pieces
}

/// Cuts `spans` where the number of rounds changes by more than a factor of about two, because every workgroup of a piece
/// goes through as many; with the most rounds of each part.
fn alike(spans: Range<u32>, rounds_of: impl Fn(u32) -> u32) -> Vec<(Range<u32>, u32)> {
    let mut parts: Vec<(Range<u32>, u32)> = Vec::new();
    let class = |rounds: u32| rounds.next_power_of_two();
    for span in spans {
        let rounds = rounds_of(span);
        match parts.last_mut() {
            Some((part, most)) if class(*most) == class(rounds) => {
                part.end = span + 1;
                *most = rounds.max(*most);
            }
            _ => parts.push((span..span + 1, rounds)),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_few_rounds_do_not_wait_for_those_of_many() {
        let rounds = [0, 0, 1, 3, 4, 40, 39, 64, 3];
        let parts = alike(2..9, |span| rounds[span as usize]);
        assert_eq!(parts, [(2..3, 1), (3..5, 4), (5..8, 64), (8..9, 3)]);
        assert_eq!(alike(3..9, |_| 0), [(3..9, 0)], "one dispatch where there are no rounds");
    }
}
