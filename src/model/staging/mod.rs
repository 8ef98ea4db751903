//! Which losses a loan's allowance covers: the stages of IFRS 9 (M38) with its test of increased credit risk (M39), and the
//! lifetime of CECL (M40). Each loan gets a stage, the months its losses are counted for, and the reason with its paragraph.

mod cure;
mod reason;
mod rules;
mod sicr;

pub use reason::Reason;
pub use rules::{Facts, Staged, StagingRules, WithoutOrigination, classify};
pub use sicr::{ResidualPds, annual_pd};

/// An accounting standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framework {
    /// International: three stages.
    Ifrs9,
    /// United States, ASC 326: lifetime losses of every loan.
    Cecl,
}

impl Framework {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Ifrs9, Self::Cecl];

    /// Its name in model files, flags and results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ifrs9 => "ifrs9",
            Self::Cecl => "cecl",
        }
    }

    /// The lines that a report of it has, in order.
    pub fn stages(self) -> &'static [Stage] {
        match self {
            Self::Ifrs9 => &[Stage::One, Stage::Two, Stage::Three, Stage::Poci],
            Self::Cecl => &[Stage::Lifetime, Stage::Default, Stage::Poci],
        }
    }
}

/// Where a loan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// IFRS 9, performing: losses from defaults in the next 12 months.
    One,
    /// IFRS 9, significantly increased credit risk: losses over the lifetime.
    Two,
    /// IFRS 9, in default.
    Three,
    /// Purchased or originated credit-impaired (CECL: purchased with deterioration): losses over the lifetime.
    Poci,
    /// CECL, not in default: losses over the lifetime.
    Lifetime,
    /// CECL, in default.
    Default,
}

impl Stage {
    /// How many there are, of both frameworks together.
    pub const COUNT: usize = 6;

    /// Its name in results: `1`, `2`, `3`, `poci`, `lifetime`, `default`.
    pub fn name(self) -> &'static str {
        match self {
            Self::One => "1",
            Self::Two => "2",
            Self::Three => "3",
            Self::Poci => "poci",
            Self::Lifetime => "lifetime",
            Self::Default => "default",
        }
    }

    /// Whether the loan is in default: LGD × exposure, whatever its PD.
    pub fn is_default(self) -> bool {
        matches!(self, Self::Three | Self::Default)
    }
}
