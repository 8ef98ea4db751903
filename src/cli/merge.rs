//! `mc-gpu merge`: shards of one run, put together (L4).

use super::args::{Format, MergeArgs};
use super::compose;
use crate::config::{self, Overrides, RawModel};
use crate::engine::refuse_too_large;
use crate::error::{Error, Result};
use crate::report::{Manifest, RunFolder, SavedRun, render, tail_shares};
use crate::units::Level;
use std::path::Path;
use std::process::ExitCode;

/// Merges, measures, saves and prints.
pub fn run(args: &MergeArgs) -> anyhow::Result<ExitCode> {
    let folder = RunFolder::prepare(&args.out)?;
    if folder.holds_run() && !args.force {
        return Err(
            misfit(&args.out, "holds results already", "choose another --out, or add --force to replace them").into()
        );
    }
    let SavedRun { mut manifest, ledger } = merge_all(&args.shards)?;
    if let Some(levels) = &args.levels {
        manifest.levels = typed_levels(levels)?.iter().map(|level| level.value().to_string()).collect();
    }
    let levels: Vec<Level> = manifest.levels.iter().map(|level| Level::parse(level)).collect::<Result<_>>()?;
    let shares = tail_shares(&ledger, &levels, manifest.segments.len(), None);
    let mut result = compose::result(&manifest, &ledger, &levels, shares)?;
    let gaps = ledger.gaps();
    if !manifest.run.complete {
        let missing: Vec<String> = missing(&manifest, &gaps).iter().map(|[a, b]| format!("{a}..{b}")).collect();
        result.notes.push(format!("scenarios {} are missing; play them with --scenario-range", missing.join(", ")));
    }
    if result.segments.iter().all(|segment| segment.share_of_loss.is_empty()) && manifest.segments.len() > 1 {
        result.notes.push(
            "the shards kept no losses by segment (too many segments × scenarios), so shares are not known".to_owned(),
        );
    }
    folder.save(&ledger, &manifest, &result)?;
    match args.output.format {
        Format::Json => super::print_json(&result)?,
        Format::Table => super::print(&render(&result))?,
    }
    if !args.output.quiet {
        eprintln!("mc-gpu: written to {}", folder.path().display());
    }
    Ok(ExitCode::SUCCESS)
}

/// The levels of a flag, by the rules of every other setting.
fn typed_levels(text: &str) -> Result<Vec<Level>> {
    let mut raw = RawModel::default();
    Overrides { levels: Some(text.to_owned()), ..Overrides::default() }.apply(&mut raw);
    Ok(config::resolve(&raw)?.simulation.levels)
}

/// Every shard together, under the first one's manifest.
fn merge_all(shards: &[std::path::PathBuf]) -> Result<SavedRun> {
    let mut merged: Option<SavedRun> = None;
    for path in shards {
        let shard = RunFolder::open(path)?;
        merged = Some(match merged {
            None => shard,
            Some(merged) => merge_two(merged, shard, path)?,
        });
    }
    let mut merged = merged.ok_or_else(|| Error::setting("merge", "no shard", "at least one folder"))?;
    compose::update(&mut merged.manifest, &merged.ledger);
    let range = merged.ledger.range();
    merged.manifest.run.scenario_range = [range.start, range.end];
    Ok(merged)
}

fn merge_two(merged: SavedRun, shard: SavedRun, path: &Path) -> Result<SavedRun> {
    let same_names = segment_names(&merged.manifest).eq(segment_names(&shard.manifest));
    if merged.manifest.identity != shard.manifest.identity || !same_names {
        let found = differences(&merged.manifest, &shard.manifest);
        return Err(misfit(path, &found, "merge shards of the same loans, model and seed only"));
    }
    let (one, other) = (merged.ledger.range(), shard.ledger.range());
    let hull = one.start.min(other.start)..one.end.max(other.end);
    refuse_too_large(&hull, merged.ledger.keep(), merged.ledger.n_years())?;
    let ledger = merged.ledger.merge(&shard.ledger).map_err(|overlap| {
        let found = format!("scenarios {}..{} are in an earlier shard too", overlap.start, overlap.end);
        misfit(path, &found, "leave one of the two out")
    })?;
    let mut manifest = merged.manifest;
    let (run, other) = (&mut manifest.run, shard.manifest.run);
    run.scenarios = run.scenarios.max(other.scenarios);
    run.seconds.read += other.seconds.read;
    run.seconds.play += other.seconds.play;
    run.seconds.measure += other.seconds.measure;
    if run.device != other.device {
        run.device.name = "several devices".to_owned();
    }
    run.threads = run.threads.max(other.threads);
    let played = ledger.n_done() as f64 * manifest.portfolio.loans as f64;
    run.loan_scenarios_per_second = (run.seconds.play > 0.0).then(|| played / run.seconds.play);
    Ok(SavedRun { manifest, ledger })
}

fn segment_names(manifest: &Manifest) -> impl Iterator<Item = &str> {
    manifest.segments.iter().map(|segment| segment.name.as_str())
}

fn differences(one: &Manifest, other: &Manifest) -> String {
    let mut differing = Vec::new();
    if one.run.seed != other.run.seed {
        differing.push(format!("seed {} instead of {}", other.run.seed, one.run.seed));
    }
    if one.run.stream_version != other.run.stream_version {
        differing.push(format!("stream version {} instead of {}", other.run.stream_version, one.run.stream_version));
    }
    if one.inputs != other.inputs || one.portfolio.loans != other.portfolio.loans {
        differing.push("other loans".to_owned());
    }
    if one.model != other.model {
        differing.push("another model".to_owned());
    }
    if !segment_names(one).eq(segment_names(other)) {
        differing.push("other segments".to_owned());
    }
    if differing.is_empty() {
        differing.push("another plan".to_owned());
    }
    format!("not a shard of the same run ({})", differing.join(", "))
}

fn missing(manifest: &Manifest, gaps: &[std::ops::Range<u64>]) -> Vec<[u64; 2]> {
    let [start, end] = manifest.run.scenario_range;
    let mut missing: Vec<[u64; 2]> = gaps.iter().map(|gap| [gap.start, gap.end]).collect();
    if start > 0 {
        missing.insert(0, [0, start]);
    }
    if end < manifest.run.scenarios {
        missing.push([end, manifest.run.scenarios]);
    }
    missing
}

fn misfit(path: &Path, found: &str, remedy: &str) -> Error {
    Error::Run { path: path.to_owned(), found: found.to_owned(), remedy: remedy.to_owned() }
}
