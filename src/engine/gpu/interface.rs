//! What host and shaders share, declared once (L7): structs, constants and bindings, from which their WGSL is generated.
//!
//! Every field is one 32-bit word, so there is no padding to get wrong: a struct's image on the device is its `words()`.

use crate::engine::stream::LARGEST_BLOCK;
use crate::math::grid::{FRACTION_BITS, POSITION_LIMIT};
use crate::math::threshold::PIECE_BITS;
use crate::rng::{INCREMENTS, MULTIPLIERS, Purpose};

/// A struct of 32-bit words with its WGSL text.
macro_rules! shared_struct {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $field:ident: $kind:ident,)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name {
            $($(#[$doc])* pub $field: $kind,)*
        }

        impl $name {
            /// Number of words.
            pub const WORDS: usize = [$(stringify!($field)),*].len();

            /// Field names in order.
            #[cfg(test)]
            pub const FIELDS: [&'static str; Self::WORDS] = [$(stringify!($field)),*];

            /// The struct as it stands in device memory.
            pub fn words(&self) -> [u32; Self::WORDS] {
                [$(self.$field as u32),*]
            }

            fn wgsl() -> String {
                concat!("struct ", stringify!($name), " {\n",
                    $("    ", stringify!($field), ": ", stringify!($kind), ",\n",)* "}\n").to_owned()
            }
        }
    };
}

shared_struct!(
    /// What one dispatch needs to know; a uniform buffer.
    Params {
        /// Philox key, lower word.
        key_lo: u32,
        /// Philox key, upper word.
        key_hi: u32,
        /// Number of the batch's first scenario, lower word.
        scenario_lo: u32,
        /// Number of the batch's first scenario, upper word.
        scenario_hi: u32,
        /// Scenarios of the batch.
        n_scenarios: u32,
        /// Segments of the plan.
        n_segments: u32,
        /// Scenarios of a tile of the host's tables, at least 1.
        tile: u32,
        /// Blocks of the shelf that have counts.
        n_counted: u32,
        /// First span that this dispatch plays.
        first_span: u32,
        /// Scenarios that share a workgroup; a power of two.
        players: u32,
        /// Threads for each of them; players × lanes is the size of a workgroup.
        lanes: u32,
        /// Blocks of the longest span that this dispatch plays: the same bound for every workgroup.
        most_blocks: u32,
        /// Odd word of this batch alone: see `receipt.rs`.
        stamp: u32,
    }
);

shared_struct!(
    /// A block of a shelf.
    Block {
        /// Number of the block in the plan: a part of its random address.
        number: u32,
        /// Place of its first loss on the shelf.
        first: u32,
        /// Its obligors.
        obligors: u32,
        /// A of the pool's line (M5).
        threshold: i32,
        /// Fraction bits of A, 0 to 30.
        shift: u32,
        /// B of the pool's line, Q7.24.
        slope: i32,
    }
);

shared_struct!(
    /// Consecutive blocks of one segment that one workgroup plays.
    Span {
        /// First block on the shelf.
        first_block: u32,
        /// Number of blocks.
        n_blocks: u32,
        /// Segment of all of them.
        segment: u32,
    }
);

/// How a shader sees a binding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Uniform buffer with a dynamic offset.
    Uniform,
    /// Storage that is read.
    Read,
    /// Storage that is added to.
    Add,
}

/// One binding of group 0; its number is its place in [`BINDINGS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding {
    /// Variable in the shaders.
    pub name: &'static str,
    /// WGSL type.
    pub kind: &'static str,
    /// How it is used.
    pub access: Access,
}

const fn binding(name: &'static str, kind: &'static str, access: Access) -> Binding {
    Binding { name, kind, access }
}

/// Every binding: seven storage buffers, of the eight that every device has.
pub const BINDINGS: [Binding; 8] = [
    binding("params", "Params", Access::Uniform),
    binding("losses", "array<u32>", Access::Read),
    binding("blocks", "array<Block>", Access::Read),
    binding("spans", "array<Span>", Access::Read),
    binding("counts", "array<u32>", Access::Read),
    binding("shocks", "array<i32>", Access::Read),
    binding("knots", "array<u32>", Access::Read),
    binding("results", "array<atomic<u32>>", Access::Add),
];

/// Words before the sums in `results`: the receipt, and room.
pub const HEADER_WORDS: u32 = 4;

/// Word of `results` that sums the batch's stamp over finished workgroups.
pub const COMPLETED: u32 = 0;

/// Word of `results` that holds the batch's stamp once a workgroup has finished.
pub const STAMP: u32 = 1;

/// Words of the bitmap in workgroup memory: one bit for each loan of the largest block.
pub const BITMAP_WORDS: u32 = LARGEST_BLOCK / 32;

/// Constants with their WGSL types, as the shaders name them.
pub fn constants(workgroup_size: u32) -> Vec<(&'static str, &'static str, i64)> {
    let word = |name, value: u32| (name, "u32", i64::from(value));
    vec![
        word("WORKGROUP_SIZE", workgroup_size),
        word("HEADER_WORDS", HEADER_WORDS),
        word("COMPLETED", COMPLETED),
        word("STAMP", STAMP),
        word("BITMAP_WORDS", BITMAP_WORDS),
        word("FRACTION_BITS", FRACTION_BITS),
        word("PIECE_BITS", PIECE_BITS),
        ("POSITION_LIMIT", "i32", i64::from(POSITION_LIMIT)),
        word("PURPOSE_HIT", Purpose::Hit as u32),
        word("PURPOSE_NAME", Purpose::Name as u32),
        word("MULTIPLIER_0", MULTIPLIERS[0]),
        word("MULTIPLIER_1", MULTIPLIERS[1]),
        word("INCREMENT_0", INCREMENTS[0]),
        word("INCREMENT_1", INCREMENTS[1]),
    ]
}

/// The WGSL that every shader begins with.
pub fn wgsl(workgroup_size: u32) -> String {
    let mut text = String::new();
    for (name, kind, value) in constants(workgroup_size) {
        let ending = if kind == "u32" { "u" } else { "i" };
        text += &format!("const {name}: {kind} = {value}{ending};\n");
    }
    text += &(Params::wgsl() + &Block::wgsl() + &Span::wgsl());
    for (number, Binding { name, kind, access }) in BINDINGS.iter().enumerate() {
        let space = match access {
            Access::Uniform => "uniform",
            Access::Read => "storage, read",
            Access::Add => "storage, read_write",
        };
        text += &format!("@group(0) @binding({number}) var<{space}> {name}: {kind};\n");
    }
    text
}
