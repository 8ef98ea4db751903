//! `mc-gpu generate`: a made-up but realistic tape, and beside it the model that reads it.

use super::args::{GenerateArgs, PdsArg};
use super::{existing, interrupt, number, progress};
use crate::portfolio::{MadeUp, MadeUpColumns, PdKind, made_up_model, write_made_up};
use crate::report::write_atomically;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Writes tape and model.
pub fn run(args: &GenerateArgs) -> anyhow::Result<ExitCode> {
    let made_up = MadeUp {
        loans: number::positive("--loans", &args.loans)?,
        seed: number::whole("--seed", &args.seed)?,
        segments: number::positive("--segments", &args.segments)? as usize,
        pds: match args.pds {
            PdsArg::Grades => PdKind::Grades,
            PdsArg::Continuous => PdKind::Continuous,
        },
        columns: if args.lifetimes { MadeUpColumns::Lifetimes } else { MadeUpColumns::OneYear },
    };
    let model = model_path(&args.out);
    if !args.force {
        existing::refuse(&args.out)?;
        existing::refuse(&model)?;
    }
    let bar = progress::loan_bar(made_up.loans, args.quiet);
    let stop = interrupt::stop_flag()?;
    write_made_up(&made_up, &args.out, &|loans| {
        bar.set_position(loans);
        interrupt::go_on(&stop)
    })?;
    bar.finish_and_clear();
    write_atomically(&model, made_up_model(&made_up).as_bytes())?;
    if !args.quiet {
        let (tape, model) = (args.out.display(), model.display());
        eprintln!("mc-gpu: made up {} loans in {tape}, and the model {model}; try", made_up.loans);
        let command = if args.lifetimes { "ecl" } else { "simulate" };
        eprintln!("  mc-gpu {command} {tape} --model {model}");
    }
    Ok(ExitCode::SUCCESS)
}

/// The tape's name with its endings (`.csv.gz` is two) replaced by `.toml`.
fn model_path(tape: &Path) -> PathBuf {
    let plain =
        if tape.extension().is_some_and(|ending| ending == "gz") { tape.with_extension("") } else { tape.to_owned() };
    plain.with_extension("toml")
}
