//! Every command and flag, once: clap, the man page and the completions are made from this file.

pub use super::calibrate_args::CalibrateArgs;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Monte Carlo credit risk for lenders: correlated defaults over millions of loans, the same answer on every device.
#[derive(Debug, Parser)]
#[command(name = "mc-gpu", version, propagate_version = true, max_term_width = 100)]
#[command(after_help = "Start with `mc-gpu simulate`: it plays a made-up portfolio and explains itself.\n\
    Exit status: 0 good, 1 input or settings, 2 our fault, 3 a validation check failed, 130 interrupted.")]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Play scenarios over a portfolio and report losses, VaR, expected shortfall and who causes them
    #[command(visible_alias = "run")]
    Simulate(SimulateArgs),
    /// Expected credit loss under IFRS 9 or CECL by stage, segment, year and loan, and its distribution
    Ecl(EclArgs),
    /// Fit the credit index to a history of default rates and macroeconomic drivers, and write it for a model to include
    Calibrate(CalibrateArgs),
    /// Print a commented model file with every key and its default
    Init,
    /// Dry run: column mapping, rejected rows, pools, memory and time expected
    Check(CheckArgs),
    /// List the devices that are here, what each can do, and which one `auto` takes
    Devices(DevicesArgs),
    /// Replay closed forms and published figures on a device: expected, got, standard error, z
    Validate(ValidateArgs),
    /// Time methods and devices side by side
    Bench(BenchArgs),
    /// Write a made-up but realistic tape, with a model file beside it
    Generate(GenerateArgs),
    /// Put shards of one run together
    Merge(MergeArgs),
    /// Print shell completions
    Completions {
        /// Shell to complete for.
        shell: clap_complete::Shell,
    },
    /// Print the manual page (troff)
    Man,
}

impl Command {
    /// Whether nothing but the result is wanted.
    pub fn is_quiet(&self) -> bool {
        match self {
            Self::Simulate(args) => args.output.quiet,
            Self::Check(args) => args.output.quiet,
            Self::Ecl(args) => args.output.quiet,
            Self::Validate(args) => args.output.quiet,
            Self::Bench(args) => args.output.quiet,
            Self::Merge(args) => args.output.quiet,
            Self::Calibrate(args) => args.output.quiet,
            Self::Generate(args) => args.quiet,
            Self::Init | Self::Devices(_) | Self::Completions { .. } | Self::Man => false,
        }
    }
}

/// Portfolio and model: what is read.
#[derive(Debug, Clone, Args)]
pub struct InputArgs {
    /// Tapes: CSV, CSV.gz or Parquet; several files make one tape. Without any, a made-up portfolio is played
    #[arg(value_name = "TAPE")]
    pub tapes: Vec<PathBuf>,
    /// Model file (TOML); `mc-gpu init` prints one with every key
    #[arg(long, short, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// What is drawn.
    #[command(flatten)]
    pub sampling: SamplingArgs,
    /// What to do about rows that cannot be used
    #[arg(long, value_name = "WHAT", default_value = "fail")]
    pub on_error: OnErrorArg,
}

/// How many scenarios are drawn, and what is asked of them.
#[derive(Debug, Clone, Args)]
pub struct SamplingArgs {
    /// Number of scenarios (100000, 100_000 and 1e5 are the same) [default: the model's, else 100000]
    #[arg(long, short = 'n', value_name = "N", allow_hyphen_values = true)]
    pub scenarios: Option<String>,
    /// Seed of every random number [default: the model's, else 42]
    #[arg(long, value_name = "SEED", allow_hyphen_values = true)]
    pub seed: Option<String>,
    /// Confidence levels, such as 0.95,0.99,99.9% [default: the model's, else 0.95,0.99,0.999]
    #[arg(long, value_name = "LEVELS", allow_hyphen_values = true)]
    pub levels: Option<String>,
}

/// Which device plays.
#[derive(Debug, Clone, Args)]
pub struct DeviceArgs {
    /// auto, scalar, cpu, gpu, an index from `mc-gpu devices`, or a part of a device's name
    #[arg(long, value_name = "DEVICE", default_value = "auto", allow_hyphen_values = true)]
    pub device: String,
    /// Threads of the host [default: one per core]
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub threads: Option<String>,
}

/// How results are shown.
#[derive(Debug, Clone, Args)]
pub struct OutputArgs {
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
    /// Say nothing but the result
    #[arg(long, short)]
    pub quiet: bool,
}

/// Arguments of `simulate`.
#[derive(Debug, Clone, Args)]
pub struct SimulateArgs {
    /// What is read.
    #[command(flatten)]
    pub input: InputArgs,
    /// What plays.
    #[command(flatten)]
    pub device: DeviceArgs,
    /// What is shown.
    #[command(flatten)]
    pub output: OutputArgs,
    /// Folder for manifest, summary and per-scenario losses; an unfinished run of the same kind in it is continued
    #[arg(long, short, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Play only scenarios A to B (without B) of the run: a shard, to be merged later
    #[arg(long, value_name = "A..B", allow_hyphen_values = true)]
    pub scenario_range: Option<String>,
    /// Replace results that are already in the folder
    #[arg(long, short)]
    pub force: bool,
}

/// Arguments of `check`.
#[derive(Debug, Clone, Args)]
pub struct CheckArgs {
    /// What is read.
    #[command(flatten)]
    pub input: InputArgs,
    /// Also read what expected credit losses need, as of this day, such as 2025-12-31
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub reporting_date: Option<String>,
    /// What would play.
    #[command(flatten)]
    pub device: DeviceArgs,
    /// What is shown.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Arguments of `ecl`.
#[derive(Debug, Clone, Args)]
pub struct EclArgs {
    /// Tapes: CSV, CSV.gz or Parquet; several files make one tape
    #[arg(value_name = "TAPE", required = true)]
    pub tapes: Vec<PathBuf>,
    /// Model file (TOML); `mc-gpu init` prints one with every key
    #[arg(long, short, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Accounting standard [default: the model's]
    #[arg(long, value_name = "STANDARD")]
    pub framework: Option<FrameworkArg>,
    /// Day that the tape speaks of and losses are discounted to, such as 2025-12-31 [default: the model's]
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub reporting_date: Option<String>,
    /// Also measure with one setting changed, and say what moves; may be repeated
    #[arg(long, value_name = "KEY=VALUE", allow_hyphen_values = true)]
    pub what_if: Vec<String>,
    /// What is drawn.
    #[command(flatten)]
    pub sampling: SamplingArgs,
    /// What plays.
    #[command(flatten)]
    pub device: DeviceArgs,
    /// Draw nothing: expectations in closed form only
    #[arg(long, conflicts_with_all = ["scenarios", "seed", "levels"])]
    pub closed_form: bool,
    /// Folder for ecl.json, manifest.json and per-scenario losses; an unfinished part of the same run in it is continued
    #[arg(long, short, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// File with a row for each loan: stage, reason, PDs and losses (Parquet)
    #[arg(long, value_name = "FILE")]
    pub per_loan: Option<PathBuf>,
    /// What to do about rows that cannot be used
    #[arg(long, value_name = "WHAT", default_value = "fail")]
    pub on_error: OnErrorArg,
    /// What is shown.
    #[command(flatten)]
    pub output: OutputArgs,
    /// Replace files that are already there
    #[arg(long, short)]
    pub force: bool,
}

/// An accounting standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FrameworkArg {
    /// IFRS 9: 12 months in stage 1, lifetime in stage 2, LGD × exposure in stage 3.
    Ifrs9,
    /// ASC 326 (CECL): lifetime for all.
    Cecl,
}

/// Arguments of `devices`.
#[derive(Debug, Clone, Args)]
pub struct DevicesArgs {
    /// How to print the list
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Arguments of `validate`.
#[derive(Debug, Clone, Args)]
pub struct ValidateArgs {
    /// What plays.
    #[command(flatten)]
    pub device: DeviceArgs,
    /// What is shown.
    #[command(flatten)]
    pub output: OutputArgs,
    /// Seed of the simulated cases
    #[arg(long, value_name = "SEED", default_value = "42", allow_hyphen_values = true)]
    pub seed: String,
}

/// Arguments of `bench`.
#[derive(Debug, Clone, Args)]
pub struct BenchArgs {
    /// Loans of the made-up portfolio
    #[arg(long, value_name = "N", default_value = "1000000", allow_hyphen_values = true)]
    pub loans: String,
    /// Scenarios that each method plays
    #[arg(long, short = 'n', value_name = "N", default_value = "256", allow_hyphen_values = true)]
    pub scenarios: String,
    /// Threads of the methods that use several [default: one per core]
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub threads: Option<String>,
    /// Folder for one file per method and one with all
    #[arg(long, short, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Replace files that are already there
    #[arg(long, short)]
    pub force: bool,
    /// What is shown.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Arguments of `generate`.
#[derive(Debug, Clone, Args)]
pub struct GenerateArgs {
    /// Number of loans
    #[arg(long, value_name = "N", default_value = "100000", allow_hyphen_values = true)]
    pub loans: String,
    /// Tape to write: .parquet, .csv or .csv.gz; a model file that reads it (.toml) is written beside it
    #[arg(long, short, value_name = "FILE")]
    pub out: PathBuf,
    /// Seed of the made-up loans
    #[arg(long, value_name = "SEED", default_value = "1", allow_hyphen_values = true)]
    pub seed: String,
    /// Number of segments
    #[arg(long, value_name = "N", default_value = "6", allow_hyphen_values = true)]
    pub segments: String,
    /// Ratings from a scale, or a PD of its own for each loan
    #[arg(long, value_name = "KIND", default_value = "grades")]
    pub pds: PdsArg,
    /// Also what expected credit losses over lifetimes need: interest, months to maturity, days past due, limits, origination
    #[arg(long)]
    pub lifetimes: bool,
    /// Replace files that are already there
    #[arg(long, short)]
    pub force: bool,
    /// Say nothing
    #[arg(long, short)]
    pub quiet: bool,
}

/// Arguments of `merge`.
#[derive(Debug, Clone, Args)]
pub struct MergeArgs {
    /// Folders of the shards
    #[arg(value_name = "DIR", required = true)]
    pub shards: Vec<PathBuf>,
    /// Folder for the merged run
    #[arg(long, short, value_name = "DIR")]
    pub out: PathBuf,
    /// Confidence levels [default: the shards']
    #[arg(long, value_name = "LEVELS", allow_hyphen_values = true)]
    pub levels: Option<String>,
    /// Replace results that are already in the folder
    #[arg(long, short)]
    pub force: bool,
    /// What is shown.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// How a result is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// For scripts: one versioned object.
    Json,
}

/// What happens to rows that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OnErrorArg {
    /// Stop, with the count and the first of them.
    Fail,
    /// Leave them out and write them, with reasons, to a file.
    Skip,
}

/// What the made-up loans carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PdsArg {
    /// A rating from a scale.
    Grades,
    /// A PD of its own.
    Continuous,
}
