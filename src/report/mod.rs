//! Reports: what a run says, to people (table), to scripts (JSON) and to later runs (folder). Only reports are
//! serialisable; L8: a report can be remade.

mod attribution;
mod folder;
mod losses;
mod manifest;
mod number;
mod result;
mod table;

pub use attribution::tail_shares;
pub use folder::{RunFolder, SavedRun, write_atomically};
pub use manifest::{InputDigest, MANIFEST_SCHEMA, Manifest};
pub use number::{counted, decimals_for, grouped};
pub use result::{PortfolioReport, RESULT_SCHEMA, RunReport, RunResult, Seconds, SegmentReport, ShareAtLevel};
pub use table::render;
