//! The portfolio: tapes of loans, read into memory and pooled for devices. This page is the manual of the tape format.
//!
//! # Files
//!
//! A tape is one or more files of delimited text, gzipped text or Parquet, told apart by content, not by name. Each has a
//! header and serves the same fields, if need be from other columns. Text is UTF-8 with or without a byte order mark, fields
//! are separated by `,` and decimals begin with `.`, unless `[input]` says otherwise; a field may stand in double quotes, and
//! may then hold separators and line ends. Lines end in LF, CRLF or CR; blank lines are ignored. In Parquet a field may be
//! text, integer, floating point or decimal.
//!
//! # Fields
//!
//! | field | needed | unit | also known as | meaning |
//! |---|---|---|---|---|
//! | loan_id | no |  | id, loan_number, account_id, contract_id | identity of the loan; only used to notice loans that occur twice |
//! | obligor_id | no |  | obligor, borrower_id, customer_id, client_id | identity of the borrower; loans of one borrower default together |
//! | segment | no |  | sector, product, portfolio, asset_class | part of the portfolio that shares correlation; `default` where blank |
//! | ead | yes | one, thousand, million | exposure, exposure_at_default, amount, loan_amount, loan_amnt, balance, outstanding, outstanding_balance, current_balance, principal | exposure at default |
//! | pd | this or rating | fraction, percent, basis_points | probability_of_default, pd_1y, pd_12m, default_probability | probability of default over the horizon |
//! | rating | this or pd |  | grade, rating_grade, risk_grade, credit_rating | rating grade; its probability of default stands under `[ratings]` in the model |
//! | lgd | no | fraction, percent, basis_points | loss_given_default, loss_severity | loss given default; the segment's where blank |
//! | stage | for ecl only |  | ifrs9_stage, impairment_stage | impairment stage: 1, 2, 3 or poci |
//! | days_past_due | for ecl only |  | dpd, days_overdue, days_in_arrears | days that payments are overdue; 0 where blank |
//! | watchlist | for ecl only |  | watch_list, on_watchlist | whether the loan is watched: true or false, yes or no, y or n, 1 or 0; no where blank |
//! | interest_rate | for ecl only | fraction, percent, basis_points | int_rate, rate, coupon, note_rate, effective_interest_rate, eir | contractual interest a year |
//! | maturity_date | for ecl only |  | maturity, maturity_dt, final_maturity, end_date | day of the last payment |
//! | remaining_months | for ecl only |  | remaining_term, months_to_maturity, rem_term | months until the last payment, 1 to 480; serves where no maturity_date does |
//! | term_months | for ecl only |  | term, original_term, loan_term | months from origination to the last payment, 1 to 960; serves with origination_date where neither of the two does |
//! | limit | for ecl only | one, thousand, million | credit_limit, commitment, committed_amount, facility_limit | committed amount; ead is what is drawn of it |
//! | origination_date | for ecl only |  | issue_date, issue_d, issue_month, open_date, orig_date | day of origination |
//! | origination_pd | for ecl only | fraction, percent, basis_points | orig_pd, pd_at_origination, initial_pd | one-year probability of default expected at origination |
//! | origination_rating | for ecl only |  | orig_rating, initial_rating, rating_at_origination | rating grade at origination |
//! | collateral_value | for ecl only | one, thousand, million | collateral, property_value, security_value | value of the collateral; none where blank |
//! | default_date | for ecl only |  | date_of_default | day of default, not after the reporting date |
//! | trigger_date | for ecl only |  | stage_2_since | day on which the credit risk was found increased, not after the reporting date |
//!
//! Names of columns match without regard to case and surrounding blanks; blank, hyphen and dot equal underscore. What
//! `[columns]` maps beats the field's own name, which beats the aliases; several columns of equal rank are an error. PDs win
//! over ratings when a tape has both, unless `[columns]` maps only the rating. `[columns]` takes a name, `{ column = "rate",
//! unit = "percent" }`, `{ constant = 1e6 }`, or for the segment several names, which are joined with "/": `car/north`. A
//! blank part stays blank (`car/`, and `/north`), and a "/" or "\" within a part gets a "\" before it (`car\/van/north`), so
//! that different parts never make one name; in a model file such a name stands in single quotes: `[segments.'car\/van/north']`.
//!
//! # Cells
//!
//! Units are never guessed: a value outside its range is an error that names the remedy. In a field of numbers a blank cell,
//! `NA`, `null` and `-` mean that there is no value; NaN and infinities, thousands separators and negative numbers are
//! refused, and a percent sign is accepted where the unit is percent. Amounts are below 1e30. A number becomes the f64
//! nearest to what is written in its unit: 7.34 percent is 0.0734. Names are taken as written, without surrounding blanks.
//!
//! - A blank `lgd` takes the segment's, a blank `segment` is `default`, a blank `obligor_id` is an obligor of its own.
//! - Loans of one obligor must agree in PD and in segment with its first loan; where default is judged loan by loan
//!   ([`ObligorRule::Performing`]), with its first that is not in default, and those in default with none.
//! - Loans may repeat a `loan_id`; they are counted as separate loans and reported.
//!
//! # Fields for expected credit losses
//!
//! They are looked for and read only when a run wants them, and kept in [`Details`] as of a reporting date. Dates are written
//! `2025-12-31`, or as `format = "%b-%y"` says (`%Y %y %m %b %B %d`; without a day, a date is the end of its month), and in
//! Parquet may be dates or timestamps, these without a time of day if they have a time zone. Cells of any field can stand for others: `{ column =
//! "loan_status", values = { "Current" = 0, "In Grace Period" = 15 } }`; a cell that is not listed is read as it stands.
//!
//! - Of `maturity_date`, `remaining_months` and `term_months` the first that a file has says how many months remain; a term
//!   does so with `origination_date`. A term that `[columns]` maps beside another of them is checked: it may differ by a month.
//! - A loan must end after the reporting date, at most 480 months later, unless it is of stage poci or in default ([`DefaultRule`]):
//!   stage 3, or, where its stage does not say otherwise, PD 1 or more than 90 days past due. It begins, defaults and is found riskier
//!   on that day at the latest. A loan in default needs neither rate nor rating, PD (then 1) or dates.
//! - A loan with PD 1 is not of a stage 1 or 2 that is taken over. Ratings are those under `[ratings]`, if any stand there.
//! - Loans of one obligor need not agree where a run takes every loan by itself ([`ObligorRule::Apart`]), as closed forms do.
//!
//! # Dirty rows
//!
//! A row that cannot be used is a [`RowIssue`](crate::error::RowIssue): file, line, column, what was found and what is wanted;
//! further cells of the row that cannot be used are named at the end of the last.
//! The whole tape is read; then the run stops with the count and the first twenty, or, when rows are to be skipped, goes on
//! without them. The file of rejects has the columns `file,line,column,found,wanted,row`. What spoils a whole file (a missing
//! column, a wrong encoding, data cut short) always stops the run. Everything assumed is listed in [`Tape::assumed`].

mod bands;
mod batch;
mod chunks;
mod columns;
mod decode;
mod default_rule;
mod details;
pub(crate) mod draft;
mod extras;
mod facts;
mod faults;
mod field_set;
mod fingerprint;
pub(crate) mod found;
mod gunzip;
mod hashing;
mod header;
mod hints;
mod in_order;
mod input;
mod judge;
mod kind;
mod ledger;
mod lines;
mod loan_ids;
mod made_up;
mod maturity;
mod needs;
mod notes;
mod number;
mod obligors;
mod parquet;
mod plain;
mod plan;
mod pool;
mod progress;
mod quotes;
mod ratings;
mod reading;
mod rejects;
mod row;
mod schema;
mod segments;
mod settings;
mod sources;
mod split;
mod summary;
mod tape;
#[cfg(test)]
mod tests;
mod text;
mod text_arena;
mod value_map;
mod values;

pub use bands::MOST_EXACT_PDS;
pub(crate) use bands::{PdKeys, sort_keys};
pub use default_rule::{DefaultRule, UseTapeStage};
pub use details::{Details, TapeStage};
pub use field_set::FieldSet;
pub use kind::{ColumnUnit, Kind};
pub(crate) use made_up::io_error;
pub use made_up::{MadeUp, MadeUpColumns, PdKind, RATING_SCALE, made_up_model, made_up_tape, write_made_up};
pub use maturity::MOST_MONTHS;
pub use needs::Needs;
pub use plan::{How, Served};
pub use pool::{Pool, PoolSettings, Pooled, Rounding, SegmentTotals, into_pools, pool};
pub(crate) use pool::{RoundingSums, choose_unit};
pub use rejects::Rejected;
pub use schema::{Field, FieldSpec, Needed, SCHEMA, render_schema};
pub use segments::DEFAULT_SEGMENT;
pub use settings::{DecimalSign, ObligorRule, OnError, SegmentRule, TapeSettings, TextFormat};
pub use sources::{Columns, ConstantValue, Source};
pub use summary::{DetailSummary, summarise_details};
pub use tape::{InputFile, Tape, read_tape};
pub use text_arena::TextArena;
pub use value_map::ValueMap;
