//! The ground on which hits fall: the losses of one block, and a byte per obligor that says in which round it was last
//! hit.
//!
//! Positions have 16 bits and both arrays 2^16 places, so that no hit needs a check of its index. Only the first
//! [`LARGEST_BLOCK`](crate::engine::LARGEST_BLOCK) places are ever touched: 80 KiB of a core's caches.

use crate::engine::stream::LARGEST_BLOCK;

/// Places: one for every 16-bit position.
pub const PLACES: usize = 1 << 16;

/// Hits that the kernel for few hits has room for.
pub const HITS_BELOW: usize = super::kernels::FEW_HITS as usize;

const _: () = assert!(LARGEST_BLOCK as usize <= PLACES / 2 && HITS_BELOW.is_multiple_of(4));

/// Where the number of defaults stands in a sum of losses; the losses of a block stay below 2^46.
const COUNT_SHIFT: u32 = 48;

const _: () = assert!(LARGEST_BLOCK < 1 << (64 - COUNT_SHIFT) && (LARGEST_BLOCK as u64) << 32 <= 1 << COUNT_SHIFT);

/// Loss (units) and number of defaults in a sum of entries (see [`entry`]).
#[inline(always)]
pub fn parts(sum: u64) -> (u64, u32) {
    (sum & ((1 << COUNT_SHIFT) - 1), (sum >> COUNT_SHIFT) as u32)
}

/// A loss with a one in the place where defaults are counted.
pub fn entry(loss: u32) -> u64 {
    u64::from(loss) | 1 << COUNT_SHIFT
}

/// See the module.
#[derive(Debug)]
pub struct Ground {
    losses: Box<[u32; PLACES]>,
    last_hit: Box<[u8; PLACES]>,
    round: u8,
}

impl Default for Ground {
    fn default() -> Self {
        Self { losses: zeros(), last_hit: zeros(), round: 0 }
    }
}

/// Zeros that the system hands out page by page once they are touched.
pub fn zeros<T: bytemuck::Zeroable>() -> Box<T> {
    bytemuck::zeroed_box()
}

impl Ground {
    /// Lays out the losses of another block, at most [`LARGEST_BLOCK`] of them.
    pub fn lay(&mut self, losses: &[u32]) {
        self.losses.iter_mut().zip(losses).for_each(|(place, &loss)| *place = loss);
    }

    /// Forgets what was hit.
    #[inline(always)]
    pub fn next_round(&mut self) {
        if self.round == u8::MAX {
            self.last_hit[..LARGEST_BLOCK as usize].fill(0);
            self.round = 0;
        }
        self.round += 1;
    }

    /// Hits `position`; whether that is the first time in this round.
    #[inline(always)]
    pub fn hit_first(&mut self, position: u16) -> bool {
        let place = usize::from(position);
        let is_first = self.last_hit[place] != self.round;
        self.last_hit[place] = self.round;
        is_first
    }

    /// Hits `positions` one by one; a bit for each that is hit for the first time in this round, the highest for the first.
    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    pub fn hit_all(&mut self, positions: &[u16; 16]) -> u16 {
        let mut first = 0u16;
        for &position in positions {
            let place = usize::from(position);
            // No stamp is of a later round: the borrow of the comparison is the bit, without a jump.
            first = 2 * first + u16::from(self.last_hit[place] < self.round);
            self.last_hit[place] = self.round;
        }
        first
    }

    /// Begins a round in which nothing has been hit yet.
    #[inline(always)]
    pub fn start(&mut self) -> Round<'_> {
        self.next_round();
        Round { losses: &self.losses, last_hit: &mut self.last_hit, round: self.round, loss: 0, defaults: 0 }
    }
}

/// What one scenario hits.
pub struct Round<'a> {
    losses: &'a [u32; PLACES],
    last_hit: &'a mut [u8; PLACES],
    round: u8,
    loss: u64,
    defaults: u32,
}

impl Round<'_> {
    /// A hit at `position`: a default unless it is not the first.
    #[inline(always)]
    pub fn hit(&mut self, position: u16) {
        let place = usize::from(position);
        // No branch: with many hits, whether one is the first is a coin toss for the predictor.
        let first = u32::from(self.last_hit[place] != self.round);
        self.last_hit[place] = self.round;
        self.loss += u64::from(self.losses[place] & first.wrapping_neg());
        self.defaults += first;
    }

    /// The sum of the entries of everything hit so far.
    #[inline(always)]
    pub fn sum(&self) -> u64 {
        self.loss | u64::from(self.defaults) << COUNT_SHIFT
    }
}
