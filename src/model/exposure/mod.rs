//! What a loan owes, month by month, and what is lost of it: schedules (M33), LGD and collateral (M36), and the terms of
//! one loan, put together from its tape row and the model's settings.

mod collateral;
mod schedule;
mod terms;

pub use collateral::{Collateral, CollateralSettings};
pub(super) use schedule::SMALLEST_MONTHLY_RATE;
pub use schedule::{CustomSchedule, NodeFault, RateKind, Schedule, annuity_payment};
pub use terms::{ExposureSettings, LgdPath, LoanFacts, LoanTerms, MissingTerm, ScheduleSettings, loan_terms};
