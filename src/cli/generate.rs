//! `mc-gpu generate`: a made-up but realistic tape, and beside it the model that reads it.

use super::args::{GenerateArgs, PdsArg};
use super::{number, progress};
use crate::error::{Error, Result};
use crate::portfolio::{MadeUp, PdKind, made_up_model, write_made_up};
use crate::report::write_atomically;
use std::ops::ControlFlow;
use std::path::Path;
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
    };
    let model = args.out.with_extension("toml");
    refuse_existing(&args.out, args)?;
    refuse_existing(&model, args)?;
    let bar = progress::loan_bar(made_up.loans, args.quiet);
    write_made_up(&made_up, &args.out, &|loans| {
        bar.set_position(loans);
        ControlFlow::Continue(())
    })?;
    bar.finish_and_clear();
    write_atomically(&model, made_up_model(&made_up).as_bytes())?;
    if !args.quiet {
        let (tape, model) = (args.out.display(), model.display());
        eprintln!("mc-gpu: made up {} loans in {tape}, and the model {model}; try", made_up.loans);
        eprintln!("  mc-gpu simulate {tape} --model {model}");
    }
    Ok(ExitCode::SUCCESS)
}

fn refuse_existing(path: &Path, args: &GenerateArgs) -> Result<()> {
    if path.exists() && !args.force {
        return Err(Error::Run {
            path: path.to_owned(),
            found: "is there already".to_owned(),
            remedy: "choose another --out, or add --force to replace it".to_owned(),
        });
    }
    Ok(())
}
