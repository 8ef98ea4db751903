//! Expected credit loss of a whole tape in closed form (M37, M38, M40): each loan by itself, added up by stage, segment, year
//! and reason; overlays on lines of their own; what moves when a setting changes.

mod by_scenario;
mod economy;
mod exceedance;
mod loan;
mod measure;
mod more;
mod outlook;
mod overlay;
mod place;
mod scale;
mod setup;
#[cfg(test)]
mod tests;
mod total;
mod what_if;

pub use by_scenario::{Attribution, ByScenario, measure_by_scenario};
pub use exceedance::{Share, exceedance};
pub use loan::{Contradiction, LoanEcl, Untested};
pub(in crate::risk) use loan::{Fault, Loan, Scratch, YEARS};
pub(in crate::risk) use measure::in_chunks;
pub use measure::{CHUNK, measure};
pub use more::MoreOfLoan;
pub use outlook::{Lens, Outlook, Seen, View};
pub use overlay::{AppliedOverlay, Overlay, OverlaySize};
pub(in crate::risk) use place::refuse;
pub use scale::RatingScale;
pub use setup::{Depth, EclSetup, SeveritySetup};
pub use total::{EclTotals, Sum};
pub use what_if::{Move, Moves, compare};
