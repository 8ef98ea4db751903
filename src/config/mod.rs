//! Settings in two steps: what was written (`RawModel`: types checked, places remembered), then what it means
//! (`Resolved`: defaults filled in, ranges and contradictions checked). Flags are written over the first before the second.
//!
//! One table of keys drives the template of `mc-gpu init`, the defaults, the error messages and the search for the key
//! that was meant.

mod columns;
mod csv_rows;
mod curve_file;
mod ecl;
mod ecl_handover;
mod ecl_keys;
mod economy;
mod economy_handover;
mod entries;
mod exposure;
mod factors;
mod handover;
mod index;
mod index_keys;
mod input;
mod keys;
mod matrix_file;
mod migration_file;
mod node;
mod overlays;
mod overrides;
mod period_cell;
mod place;
mod profile_file;
mod raw;
mod raw_economy;
mod read;
mod resolve;
mod resolved;
mod scenarios;
mod sections;
mod segments;
mod series_file;
mod severity;
mod simulation;
mod staging;
mod steps;
mod suggest;
mod template;
mod term;
mod term_source;
mod what_if;
mod with_economy;
mod write;
mod write_ecl;
mod write_economy;

pub use ecl::{EclSettings, TimesChoice};
pub use economy::EconomySettings;
pub use entries::{Entries, Plain};
pub use exposure::ExposureChoice;
pub use index::{IndexSettings, RegimeSettings};
pub use keys::{Key, Value, keys};
pub use overrides::Overrides;
pub use place::{Place, Written};
pub use profile_file::{ProfileFile, read_profiles};
pub use raw::{
    RawCopula, RawCorrelation, RawFactors, RawInput, RawLoading, RawModel, RawPersistence, RawSegment, RawSimulation,
    RawSource, RawValue, RawValues,
};
pub use raw_economy::{RawDrivers, RawIndex, RawIndexSegment, RawScenarios};
pub use read::{parse_model, read_model};
pub use resolve::resolve;
pub use resolved::{FactorSettings, MOST_SCENARIOS, Resolved, SegmentSettings, Segments, Simulation};
pub use scenarios::{Align, PathRules, PathSource, ScenarioSettings};
pub use segments::{ASSUMED_CORRELATION, own_factor};
pub use series_file::{parse_series, read_series};
pub use template::template;
pub use term_source::{MatrixSettings, ShareUnit, TermSource, read_term_structures};
pub use what_if::{Change, set_by_flag};
pub use write::to_toml;
