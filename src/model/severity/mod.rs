//! What a default loses of its exposure where that is random ([`cell_means`], M45), depends on the economy ([`MeanLgd`], M46;
//! [`frye_jacobs`], M47) or on collateral whose value does ([`Security`], M46); and how likely a default is in each state of the
//! economy, for expectations ([`DefaultLaw`]).

mod beta;
mod collateral;
mod default_mass;
mod economy;
pub mod frye_jacobs;
mod settings;

pub use beta::{BetaFamily, CELLS, cell_means};
pub use collateral::Security;
pub use default_mass::{CopulaDefaults, DefaultLaw, FARTHEST, by_argument, by_index};
pub use economy::{Economy, FIRST_ROW, LgdLaw, MeanLgd, ROWS, ROWS_PER_UNIT, Spread, row_state};
pub use settings::{ExpectedLoss, Secured, SeveritySettings};
