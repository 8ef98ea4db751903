//! Through which macro scenario the numbers of a loan are looked at.

/// Whose numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lens {
    /// Those of no scenario: the tape's.
    #[default]
    Tape,
    /// Those of the scenario of this number.
    Scenario(usize),
    /// Means over all scenarios, by weight.
    Weighted,
}

/// Whose numbers decide what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct View {
    /// Probabilities of default that losses are expected by.
    pub pds: Lens,
    /// Probabilities of default that decide the stage.
    pub staging: Lens,
    /// Losses given default, where they move with the economy.
    pub lgds: Lens,
}
