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
//! - Loans of one obligor must agree in PD and in segment with its first loan.
//! - Loans may repeat a `loan_id`; they are counted as separate loans and reported.
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
pub(crate) mod draft;
mod faults;
mod fingerprint;
pub(crate) mod found;
mod gunzip;
mod hashing;
mod header;
mod hints;
mod in_order;
mod input;
mod judge;
mod ledger;
mod lines;
mod loan_ids;
mod made_up;
mod notes;
mod number;
mod obligors;
mod parquet;
mod plain;
mod plan;
mod pool;
mod progress;
mod quotes;
mod rejects;
mod row;
mod schema;
mod segments;
mod settings;
mod split;
mod tape;
#[cfg(test)]
mod tests;
mod text;
mod values;

pub use bands::MOST_EXACT_PDS;
pub(crate) use made_up::io_error;
pub use made_up::{MadeUp, PdKind, RATING_SCALE, made_up_model, made_up_tape, write_made_up};
pub use plan::{How, Served};
pub use pool::{Pool, PoolSettings, Pooled, Rounding, SegmentTotals, into_pools, pool};
pub use rejects::Rejected;
pub use schema::{ColumnUnit, Field, FieldSpec, Kind, Needed, SCHEMA, render_schema};
pub use segments::DEFAULT_SEGMENT;
pub use settings::{Columns, ConstantValue, DecimalSign, OnError, SegmentRule, Source, TapeSettings, TextFormat};
pub use tape::{InputFile, Tape, read_tape};
