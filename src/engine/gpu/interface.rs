//! What host and shaders share, declared once (L7): structs, constants and bindings, from which their WGSL is generated.
//!
//! Every field is one 32-bit word, so there is no padding to get wrong: a struct's image on the device is its `words()`.
//! Plans of several periods have structs with more fields at their end, more constants and one more binding; where the state
//! of the economy matters in each period, a constant compiles what that takes into the same shaders.

use crate::engine::horizon::MATURED;
use crate::engine::line::Line;
use crate::engine::plan::Plan;
use crate::engine::stream::LARGEST_BLOCK;
use crate::math::grid::{FRACTION_BITS, POSITION_LIMIT};
use crate::math::threshold::PIECE_BITS;
use crate::rng::{INCREMENTS, MULTIPLIERS, Purpose};

/// Whether a plan has one period or several, and looks at the economy in each: every kind has shaders of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Periods {
    /// Obligors default or not.
    One,
    /// They default in a period, and what they lose depends on it.
    Several,
    /// Besides, whether they do or what they lose depends on the state of the economy in that period, or on chance: paths (M44)
    /// and severities (M45, M46).
    Stateful,
}

impl Periods {
    /// Those of `plan`.
    pub fn of(plan: &Plan) -> Self {
        match plan.horizon() {
            None => Self::One,
            Some(horizon) if plan.path().is_none() && horizon.severity().is_none() => Self::Several,
            Some(_) => Self::Stateful,
        }
    }
}

/// A struct of 32-bit words with its WGSL text; what follows `several` is there in plans of several periods only.
macro_rules! shared_struct {
    ($(#[$about:meta])* $name:ident {
        $($(#[$doc:meta])* $field:ident: $kind:ident,)*
        $(; several $($(#[$late_doc:meta])* $late:ident: $late_kind:ident,)*)?
    }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name {
            $($(#[$doc])* pub $field: $kind,)*
            $($($(#[$late_doc])* pub $late: $late_kind,)*)?
        }

        impl $name {
            /// Number of words, those of several periods included.
            pub const WORDS: usize = [$(stringify!($field),)* $($(stringify!($late)),*)?].len();

            /// Field names in order.
            pub const FIELDS: [&'static str; Self::WORDS] = [$(stringify!($field),)* $($(stringify!($late)),*)?];

            /// Number of words in such plans.
            pub const fn words_in(periods: Periods) -> usize {
                match periods {
                    Periods::One => [$(stringify!($field)),*].len(),
                    Periods::Several | Periods::Stateful => Self::WORDS,
                }
            }

            /// The struct as it stands in device memory: the first [`Self::words_in`] of these words.
            pub fn words(&self) -> [u32; Self::WORDS] {
                [$(self.$field as u32,)* $($(self.$late as u32),*)?]
            }

            fn wgsl(periods: Periods) -> String {
                let kinds = [$(stringify!($kind),)* $($(stringify!($late_kind)),*)?];
                let fields = Self::FIELDS.iter().zip(kinds).take(Self::words_in(periods));
                let lines: String = fields.map(|(field, kind)| format!("    {field}: {kind},\n")).collect();
                format!("struct {} {{\n{lines}}}\n", stringify!($name))
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
        ; several
        /// Most rounds of hits that a scenario throws at a block in this dispatch: see `timed_granular.wgsl`.
        most_rounds: u32,
        /// Periods of the plan: words of a profile.
        periods: u32,
        /// Periods in a year.
        per_year: u32,
        /// Years of the plan.
        n_years: u32,
        /// Rows of shocks that each segment has: one for each period along a path, else 1.
        index_rows: u32,
        /// 1 where obligors default along a path (M44), else 0.
        is_path: u32,
        /// 1 where the argument of a pool's line chooses the row of a severity, 0 where the index does.
        by_argument: u32,
        /// Rows of severities in a class (M46).
        severity_rows: u32,
        /// Cells of a row (M45); 0 in a plan without severities.
        severity_cells: u32,
        /// Place in `tables` of the classes, two to a word, in the order of the factors.
        first_class: u32,
        /// Place in `tables` of the severities.
        first_severity: u32,
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
        ; several
        /// Losses of each obligor.
        slots: u32,
        /// Periods in which any of them can default; A above is that of the last one.
        periods: u32,
        /// Place in `tables` of A and its fraction bits in the first period; those of the next ones follow.
        first_line: u32,
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

/// One binding of group 0; its number is its place in [`bindings`].
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

/// Every binding: a uniform and eight storage buffers, which is what every device has. The last one is there in plans of
/// several periods only.
const BINDINGS: [Binding; 9] = [
    binding("params", "Params", Access::Uniform),
    binding("losses", "array<u32>", Access::Read),
    binding("blocks", "array<Block>", Access::Read),
    binding("spans", "array<Span>", Access::Read),
    binding("counts", "array<u32>", Access::Read),
    binding("shocks", "array<i32>", Access::Read),
    binding("knots", "array<u32>", Access::Read),
    binding("results", "array<atomic<u32>>", Access::Add),
    binding("tables", "array<u32>", Access::Read),
];

/// The bindings in such plans.
pub fn bindings(periods: Periods) -> &'static [Binding] {
    match periods {
        Periods::One => &BINDINGS[..BINDINGS.len() - 1],
        Periods::Several | Periods::Stateful => &BINDINGS,
    }
}

/// Words before the sums in `results`: the receipt, and room.
pub const HEADER_WORDS: u32 = 4;

/// Word of `results` that sums the batch's stamp over finished workgroups.
pub const COMPLETED: u32 = 0;

/// Word of `results` that holds the batch's stamp once a workgroup has finished.
pub const STAMP: u32 = 1;

/// Words of the bitmap in workgroup memory: one bit for each loan of the largest block.
pub const BITMAP_WORDS: u32 = LARGEST_BLOCK / 32;

/// Hits of a round, those of all players of a workgroup together; a power of two, and 4 or more for each of them.
pub const ROUND_HITS: u32 = 512;

/// Places for loans that several hits of a round strike; a power of two.
pub const CONTEST_WORDS: u32 = 256;

/// Thresholds in workgroup memory, those of all players together: a power of two, and enough for the longest horizon.
pub const PERIOD_WORDS: u32 = 1_024;

/// Years whose losses are summed up in workgroup memory, those of all players together: likewise.
pub const YEAR_SUMS: u32 = 512;

/// Constants with their WGSL types, as the shaders name them.
pub fn constants(workgroup_size: u32, periods: Periods) -> Vec<(&'static str, &'static str, i64)> {
    let word = |name, value: u32| (name, "u32", i64::from(value));
    let several = [
        word("ROUND_HITS", ROUND_HITS),
        word("STRUCK_WORDS", ROUND_HITS / 2),
        word("CONTEST_WORDS", CONTEST_WORDS),
        word("PERIOD_WORDS", PERIOD_WORDS),
        word("YEAR_SUMS", YEAR_SUMS),
        word("MATURED", MATURED),
        word("PURPOSE_OUTCOME", Purpose::Outcome as u32),
        word("PURPOSE_SEVERITY", Purpose::Severity as u32),
        word("NEVER_SHIFT", Line::NEVER.shift),
        ("STATEFUL", "bool", i64::from(periods == Periods::Stateful)),
    ];
    let shared = [
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
    ];
    let several = several.into_iter().filter(|_| periods != Periods::One);
    shared.into_iter().chain(several).collect()
}

/// The WGSL that every shader begins with.
pub fn wgsl(workgroup_size: u32, periods: Periods) -> String {
    let mut text = String::new();
    for (name, kind, value) in constants(workgroup_size, periods) {
        let value = match kind {
            "bool" => (value != 0).to_string(),
            "u32" => format!("{value}u"),
            _ => format!("{value}i"),
        };
        text += &format!("const {name}: {kind} = {value};\n");
    }
    text += &(Params::wgsl(periods) + &Block::wgsl(periods) + &Span::wgsl(periods));
    for (number, Binding { name, kind, access }) in bindings(periods).iter().enumerate() {
        let space = match access {
            Access::Uniform => "uniform",
            Access::Read => "storage, read",
            Access::Add => "storage, read_write",
        };
        text += &format!("@group(0) @binding({number}) var<{space}> {name}: {kind};\n");
    }
    text
}
