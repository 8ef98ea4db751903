//! The credit index and what moves it (M48, M49): series of macroeconomic drivers by period, how a driver becomes a number of
//! standard deviations, and where it goes after a scenario's last period.
//!
//! [`Series`] (columns on a [`Calendar`]) → [`Transformation`] → [`Driver`] → [`MacroIndex`] in a [`Window`] → [`MacroEconomy`].

mod calendar;
mod driver;
mod joined;
mod macro_part;
mod reversion;
mod scenarios;
mod series;
mod transform;
mod window;

pub use crate::model::time::Grid as Frequency;
pub use calendar::Calendar;
pub use driver::Driver;
pub use macro_part::{MacroIndex, given_index};
pub use reversion::{Reversion, ReversionShape};
pub use scenarios::{MacroEconomy, MacroScenario, PdBasis, ScenarioStaging};
pub use series::{Column, OtherColumn, Series};
pub use transform::{NotPositive, Transform, Transformation};
pub use window::{Start, Window};
