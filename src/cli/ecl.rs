//! `mc-gpu ecl`: read, measure in closed form, play unless told not to, report.

use super::args::{EclArgs, Format, FrameworkArg};
use super::ecl_play::{Stage, ToPlay};
use super::lives::{Lives, digests_of_model, prepare_lives};
use super::threads::on_threads;
use super::{ecl_notes, ecl_play, existing, interrupt, number, path, prepare, progress};
use crate::config::{self, Change, RawModel, Resolved};
use crate::engine::select_device;
use crate::error::{Error, Result};
use crate::model::index::ScenarioStaging;
use crate::model::staging::Framework;
use crate::model::term::TermStructures;
use crate::portfolio::{Field, ObligorRule, Tape};
use crate::report::{
    CLOSED_FORM_NOTE, ECL_MANIFEST_SCHEMA, ECL_SCHEMA, Ecl, EclManifest, EclPortfolio, EclResult, InputDigest,
    LoanFile, RunFolder, TermReport, WrittenLoans, render_ecl,
};
use crate::risk::ecl::{Depth, EclSetup, EclTotals, LoanEcl, View, compare, measure, measure_by_scenario};
use crate::units::Date;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Measures, prints and saves.
pub fn run(args: &EclArgs) -> anyhow::Result<ExitCode> {
    let threads = number::threads(args.device.threads.as_deref())?;
    let asked = Asked::new(args)?;
    let mut device = (!args.closed_form).then(|| select_device(&args.device.device, threads)).transpose()?;
    let folder = args.out.as_deref().map(RunFolder::prepare).transpose()?;
    if let (Some(folder), false) = (&folder, args.force) {
        refuse_results(folder, args)?;
    }
    if let Some(file) = &args.per_loan {
        asked.refuse_input(file, args)?;
        if !args.force {
            existing::refuse(file)?;
        }
        LoanFile::probe(file)?;
    }
    let stop = interrupt::stop_flag()?;
    let measured = on_threads(threads, || asked.measure(args, &stop))?;
    let mut measured = match measured {
        Ok(measured) => measured,
        Err(error) => {
            if let Some(folder) = folder {
                folder.forget();
            }
            return Err(asked.settings.locate(error).into());
        }
    };
    if let (Some(to_play), Some(device)) = (&measured.to_play, &mut device) {
        let stage = Stage { args, stop: &stop, folder: folder.as_ref() };
        let told = (&mut measured.result, &mut measured.manifest);
        if let Some(status) = ecl_play::play(&stage, device.as_mut(), to_play, told)? {
            return Ok(status);
        }
    }
    match args.output.format {
        Format::Json => super::print_json(&measured.result)?,
        Format::Table => super::print(&render_ecl(&measured.result))?,
    }
    // A full disk must not take the result with it: it has been printed by now.
    // Nor may a command that is to be given again after an interruption stumble over its own file of loans.
    if let Some(loans) = measured.loans.take() {
        loans.put_in_place()?;
    }
    if let Some(folder) = &folder {
        folder.save_ecl(&measured.result, &measured.manifest)?;
        if !args.output.quiet {
            eprintln!("mc-gpu: written to {}", folder.path().display());
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Refuses a folder with results before any work is done. Scenarios that may be added to are looked at when it is known which
/// run they must be of.
fn refuse_results(folder: &RunFolder, args: &EclArgs) -> Result<()> {
    if !args.closed_form && folder.holds_scenarios() {
        return Ok(());
    }
    folder.files().try_for_each(|file| existing::refuse(&file))
}

/// What flags and model ask for, before the tape is read.
struct Asked {
    settings: Resolved,
    terms: TermStructures,
    framework: Framework,
    date: Date,
    what_ifs: Vec<WhatIf>,
    /// The files that the model names, as they were when they were read.
    files: Vec<InputDigest>,
}

/// One setting changed, and all that follows from it.
struct WhatIf {
    change: Change,
    settings: Resolved,
    terms: TermStructures,
}

/// Everything there is to tell.
struct Told {
    result: EclResult,
    manifest: EclManifest,
    /// What is to be played, unless nothing is.
    to_play: Option<ToPlay>,
    /// The per-loan file, if one was asked for.
    loans: Option<WrittenLoans>,
}

impl Asked {
    fn new(args: &EclArgs) -> Result<Self> {
        let mut raw = match &args.model {
            Some(model) => config::read_model(model)?,
            None => RawModel::default(),
        };
        if let Some(framework) = args.framework {
            let name = match framework {
                FrameworkArg::Ifrs9 => Framework::Ifrs9,
                FrameworkArg::Cecl => Framework::Cecl,
            };
            config::set_by_flag(&mut raw.ecl, ("--framework", "ecl.framework"), name.name());
        }
        if let Some(date) = &args.reporting_date {
            config::set_by_flag(&mut raw.ecl, ("--reporting-date", "ecl.reporting_date"), date);
        }
        prepare::overrides(&args.sampling)?.apply(&mut raw);
        let settings = config::resolve(&raw)?;
        if !args.closed_form {
            prepare::check_model(&settings)?;
            path::check(&settings)?;
        }
        let framework = settings.ecl.framework.ok_or_else(|| {
            Error::setting("--framework", "nothing", "ifrs9 or cecl, here or as ecl.framework in the model")
        })?;
        let date = settings.ecl.reporting_date.ok_or_else(|| {
            Error::setting(
                "--reporting-date",
                "nothing",
                "a date such as 2025-12-31, here or as ecl.reporting_date in the model",
            )
        })?;
        settings.check_economy(Some(date))?;
        let files = digests_of_model(&settings)?;
        let terms = config::read_term_structures(&settings.ecl.term)?;
        let what_if = |text: &String| {
            let change = Change::parse(text)?;
            let other = config::resolve(&change.over(&raw)?)?;
            // Many curves take much memory, which copies share.
            let terms = match other.ecl.term == settings.ecl.term {
                true => terms.clone(),
                false => config::read_term_structures(&other.ecl.term)?,
            };
            Ok(WhatIf { change, settings: other, terms })
        };
        let what_ifs = args.what_if.iter().map(what_if).collect::<Result<_>>()?;
        Ok(Self { framework, date, terms, what_ifs, files, settings })
    }

    /// Refuses to write to a `file` that is read, whatever name it goes by.
    fn refuse_input(&self, file: &Path, args: &EclArgs) -> Result<()> {
        let of_what_ifs = self.what_ifs.iter().flat_map(|other| other.settings.files());
        let read = args.tapes.iter().chain(&args.model).cloned();
        let mut read = read.chain(self.settings.files()).chain(of_what_ifs);
        let Ok(real) = file.canonicalize() else { return Ok(()) };
        if read.any(|input| input.canonicalize().is_ok_and(|input| input == real)) {
            let found = format!("'{}', which this run reads", file.display());
            return Err(Error::setting(
                "--per-loan",
                found,
                "another path: the loans would take the place of what is read",
            ));
        }
        Ok(())
    }

    fn measure(&self, args: &EclArgs, stop: &Arc<AtomicBool>) -> Result<Told> {
        let started = Instant::now();
        let tape = self.read(args, stop)?;
        let mut setup = self.settings.ecl_setup(&self.terms, self.framework, &tape)?;
        setup.severity.stop = Arc::clone(stop);
        for overlay in &self.settings.ecl.overlays {
            overlay.check(&tape.segments, self.framework)?;
        }
        let bar = progress::measure_bar(u64::from(tape.loans()) * (1 + self.what_ifs.len() as u64), &args.output);
        let go_on = || if stop.load(Ordering::SeqCst) { Err(Error::Interrupted) } else { Ok(()) };
        let mut loan_file =
            args.per_loan.as_deref().map(|path| LoanFile::create(path, &tape, self.framework)).transpose()?;
        let depth = if loan_file.is_some() { Depth::Loans } else { Depth::Totals };
        let each = &mut |first: usize, loans: &[LoanEcl]| {
            bar.inc(loans.len() as u64);
            loan_file.as_mut().map_or(Ok(()), |file| file.add(first, loans))?;
            go_on()
        };
        let (totals, by_scenario) = match setup.outlook.as_deref() {
            None => (measure(&tape, &setup, depth, each)?, None),
            Some(outlook) => {
                let found = measure_by_scenario(&tape, (&setup, outlook), depth, each)?;
                (found.weighted.clone(), Some((found, outlook)))
            }
        };
        let term_structure = TermReport { source: self.terms.source(), fit: self.terms.fit().cloned() };
        let mut ecl = Ecl::new(&totals, &tape.segments, self.framework, term_structure);
        if let Some((found, outlook)) = &by_scenario {
            ecl.add_scenarios((found, outlook), &tape.segments, self.framework);
        }
        for overlay in &self.settings.ecl.overlays {
            ecl.add_overlay(overlay, overlay.apply(&totals, &tape.segments, self.date));
        }
        for WhatIf { change, settings, terms } in &self.what_ifs {
            let told = |error| settings.locate(error);
            let mut other = settings.ecl_setup(terms, self.framework, &tape).map_err(told)?;
            other.severity.stop = Arc::clone(stop);
            let moves = compare(&tape, &setup, &other, &mut |loans| {
                bar.inc(loans as u64);
                go_on()
            });
            let moves = moves.map_err(told)?;
            ecl.add_what_if(&change.key, &change.value, &moves);
        }
        let loans = loan_file.map(LoanFile::finish).transpose()?;
        bar.finish_and_clear();
        ecl.assumed = self.assumed(&tape, &totals);
        let to_play = (!args.closed_form).then(|| self.lay_out((&tape, &setup), stop)).transpose()?;
        if to_play.is_some() {
            ecl.assumed.extend(self.settings.assumed.iter().cloned());
        }
        let mut told = self.tell(&tape, &totals, ecl)?;
        match to_play {
            None => told.result.notes.insert(0, CLOSED_FORM_NOTE.to_owned()),
            Some(mut to_play) => {
                for Lives { prepared, .. } in &mut to_play.lives {
                    prepared.inputs.clone_from(&told.manifest.inputs);
                    prepared.assumed.clone_from(&told.result.ecl.assumed);
                    prepared.read_seconds = started.elapsed().as_secs_f64();
                }
                told.to_play = Some(to_play);
            }
        }
        told.manifest.notes.clone_from(&told.result.notes);
        told.loans = loans;
        Ok(told)
    }

    /// What is to be played: one plan for all macro scenarios, unless each has its own stages.
    fn lay_out(&self, (tape, setup): (&Tape, &EclSetup), stop: &AtomicBool) -> Result<ToPlay> {
        let Some(outlook) = setup.outlook.as_deref() else {
            return Ok(ToPlay { lives: vec![prepare_lives((tape, setup), &self.settings, stop)?], scenarios: vec![] });
        };
        let n = if outlook.has_one_staging() { 1 } else { outlook.scenarios().len() };
        // Bases are of the tape's own numbers; climates move what is played.
        let own = |number: usize| {
            let view = View { staging: outlook.staging_beside(number), ..View::default() };
            prepare_lives((tape, &setup.through(view)), &self.settings, stop)
        };
        Ok(ToPlay { lives: (0..n).map(own).collect::<Result<_>>()?, scenarios: outlook.scenarios().to_vec() })
    }

    fn read(&self, args: &EclArgs, stop: &AtomicBool) -> Result<Tape> {
        let on_error = prepare::on_error(args.on_error, args.out.as_deref());
        let mut settings = self.settings.ecl_tape_settings(&self.terms, self.framework, on_error.clone());
        for other in &self.what_ifs {
            let theirs = other.settings.ecl_tape_settings(&other.terms, self.framework, on_error.clone());
            settings.wanted = settings.wanted.union(theirs.wanted);
        }
        if args.per_loan.is_some() {
            settings.wanted = settings.wanted.with(Field::LoanId);
        }
        if args.closed_form {
            // In closed form nothing defaults together.
            settings.obligors = ObligorRule::Apart;
        }
        let spinner = progress::row_spinner(&args.output);
        let tape = prepare::read(&args.tapes, &settings, &spinner, stop)?;
        prepare::say_rejected(&tape.rejected, &args.output);
        Ok(tape)
    }

    fn assumed(&self, tape: &Tape, totals: &EclTotals) -> Vec<String> {
        let (of_tape, of_model) = (tape.assumed.clone(), self.settings.ecl.assumed_of(tape, self.framework));
        [of_tape, of_model, ecl_notes::assumed_of_loans(totals)].concat()
    }

    fn tell(&self, tape: &Tape, totals: &EclTotals, ecl: Ecl) -> Result<Told> {
        let mut notes = ecl_notes::notes(self.framework, (&self.settings.ecl.staging, &self.terms), totals);
        notes.extend(ecl_notes::idle_changes(&ecl.what_if));
        let by_scenario =
            self.settings.economy.as_ref().is_some_and(|own| own.rules.staging == ScenarioStaging::Scenario);
        if by_scenario && !ecl.scenarios.is_empty() {
            notes.push(
                "stages hang on the scenario: loans and exposures by stage, and the file of loans, show the stage that weighted PDs give; \
                 those of each scenario are in the JSON, under ecl.scenarios"
                    .to_owned(),
            );
        }
        if self.settings.ecl.horizon.is_some() {
            notes.push(
                "time.horizon_months and time.lifetime serve `mc-gpu simulate`; the framework says how far an allowance looks"
                    .to_owned(),
            );
        }
        let manifest = EclManifest {
            schema: ECL_MANIFEST_SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            framework: self.framework.name(),
            reporting_date: self.date.to_string(),
            identity: None,
            unit: None,
            run: None,
            model: config::to_toml(&self.settings),
            inputs: [prepare::digests(tape), self.files.clone()].concat(),
            assumed: ecl.assumed.clone(),
            notes: notes.clone(),
        };
        let rejected = &tape.rejected;
        let portfolio = EclPortfolio {
            loans: u64::from(tape.loans()),
            exposure: totals.total().exposure,
            undrawn: totals.undrawn,
            rejected_rows: rejected.rows,
            rejected_exposure: rejected.exposure,
            rejected_unreadable: rejected.unreadable,
            rejected_file: rejected.file.as_ref().map(|file| file.display().to_string()),
        };
        let result = EclResult {
            schema: ECL_SCHEMA,
            framework: self.framework.name(),
            reporting_date: self.date.to_string(),
            portfolio,
            run: None,
            ecl,
            notes,
        };
        Ok(Told { result, manifest, to_play: None, loans: None })
    }
}
