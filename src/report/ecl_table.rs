//! Expected credit loss as tables on a terminal.

use super::ecl_result::{EclResult, StageReport, YearReport};
use super::ecl_scenario_table::scenarios;
use super::number::{counted, decimals_for, grouped, percent};
use super::table::{MOST_SEGMENTS, lists, shown_name, table};
use std::fmt::Write;

/// The whole result, ready to print.
pub fn render_ecl(result: &EclResult) -> String {
    let mut out = String::new();
    // Writing into a String cannot fail.
    let _ = head(&mut out, result);
    let _ = scenarios(&mut out, result);
    let _ = stages(&mut out, result);
    let _ = segments(&mut out, result);
    let _ = years(&mut out, result);
    let _ = distribution(&mut out, result);
    let _ = reasons(&mut out, result);
    let _ = overlays(&mut out, result);
    let _ = what_ifs(&mut out, result);
    let _ = lists(&mut out, &[("Notes", &result.notes), ("Assumed", &result.ecl.assumed)]);
    out
}

fn head(out: &mut String, result: &EclResult) -> std::fmt::Result {
    let portfolio = &result.portfolio;
    let standard = if result.framework == "cecl" { "CECL (ASC 326-20)" } else { "IFRS 9" };
    let undrawn = match portfolio.undrawn {
        0.0 => String::new(),
        undrawn => format!(" · undrawn {}", grouped(undrawn, decimals_for(undrawn))),
    };
    let how = if result.run.is_some() { "" } else { " · closed form" };
    writeln!(out, "Framework  {standard} at {}{how}", result.reporting_date)?;
    writeln!(
        out,
        "Portfolio  {} · exposure {}{undrawn} · {}",
        counted(portfolio.loans, "loan"),
        grouped(portfolio.exposure, decimals_for(portfolio.exposure)),
        counted(result.ecl.segments.len() as u64, "segment"),
    )?;
    if portfolio.rejected_rows > 0 {
        let exposure = grouped(portfolio.rejected_exposure, 0);
        writeln!(out, "           left out: {}, exposure {exposure}", counted(portfolio.rejected_rows, "row"))?;
    }
    if let (Some(run), Some(layout)) = (&result.run, &result.ecl.layout) {
        writeln!(
            out,
            "Run        {} · {} · seed {} · {} · {}",
            counted(run.scenarios_played, "scenario"),
            counted(layout.periods, "period"),
            run.seed,
            run.device.name,
            counted(run.threads as u64, "thread"),
        )?;
        writeln!(out, "           losses digest {}", run.losses_digest)?;
    }
    writeln!(out)
}

/// Cells of loans, exposure, ECL and coverage.
fn cells(result: &EclResult, loans: u64, exposure: f64, ecl: f64) -> [String; 4] {
    [
        grouped(loans as f64, 0),
        grouped(exposure, decimals_for(result.portfolio.exposure)),
        grouped(ecl, decimals_for(result.ecl.total.closed_form)),
        percent(ecl / exposure, 3),
    ]
}

fn row(result: &EclResult, name: String, line: &StageReport) -> Vec<String> {
    let cells = cells(result, line.loans, line.exposure, line.ecl);
    [name].into_iter().chain(cells).collect()
}

fn stages(out: &mut String, result: &EclResult) -> std::fmt::Result {
    let mut rows: Vec<Vec<String>> =
        result.ecl.stages.iter().map(|line| row(result, line.stage.name().to_owned(), line)).collect();
    let portfolio = &result.portfolio;
    let all = cells(result, portfolio.loans, portfolio.exposure, result.ecl.total.closed_form);
    rows.push(["total".to_owned()].into_iter().chain(all).collect());
    table(out, &["Stage", "loans", "exposure", "ECL", "coverage"], &rows)?;
    writeln!(out)
}

fn segments(out: &mut String, result: &EclResult) -> std::fmt::Result {
    let mut order: Vec<_> = result.ecl.segments.iter().collect();
    order.sort_by(|a, b| b.ecl.total_cmp(&a.ecl));
    let rows: Vec<Vec<String>> = order
        .iter()
        .take(MOST_SEGMENTS)
        .map(|segment| {
            let cells = cells(result, segment.loans, segment.exposure, segment.ecl);
            [shown_name(&segment.segment)].into_iter().chain(cells).collect()
        })
        .collect();
    table(out, &["Segment", "loans", "exposure", "ECL", "coverage"], &rows)?;
    if let Some(hidden) = order.len().checked_sub(MOST_SEGMENTS).filter(|&hidden| hidden > 0) {
        writeln!(out, "… and {hidden} more segments (all of them: --format json)")?;
    }
    writeln!(out)
}

fn years(out: &mut String, result: &EclResult) -> std::fmt::Result {
    let decimals = decimals_for(result.ecl.total.closed_form);
    let share = |value: f64| percent(value / result.ecl.total.closed_form, 1);
    let simulated = result.run.is_some();
    let row = |year: &YearReport| {
        let mut cells = vec![year.year.to_string(), grouped(year.closed_form, decimals), share(year.closed_form)];
        if simulated {
            cells.extend([grouped(year.value, decimals), error(year.standard_error, decimals)]);
        }
        cells
    };
    let rows: Vec<Vec<String>> = result.ecl.years.iter().map(row).collect();
    let head = ["Year of default", "ECL", "share", "simulated", "±"];
    table(out, if simulated { &head } else { &head[..3] }, &rows)?;
    writeln!(out)
}

fn error(error: Option<f64>, decimals: usize) -> String {
    error.map_or_else(String::new, |error| grouped(error, decimals))
}

/// What was played beside the closed form, and how losses are distributed.
fn distribution(out: &mut String, result: &EclResult) -> std::fmt::Result {
    let (Some(economy), Some(layout)) = (&result.ecl.conditional, &result.ecl.layout) else { return Ok(()) };
    let total = &result.ecl.total;
    let decimals = decimals_for(total.closed_form);
    let z = total.z.map_or_else(String::new, |z| format!("{z:.2} standard errors apart"));
    let line = |name: &str, value: f64, se: Option<f64>, range: String, of_economy: Option<f64>| {
        let of_economy = of_economy.map_or_else(String::new, |value| grouped(value, decimals));
        vec![name.to_owned(), grouped(value, decimals), error(se, decimals), range, of_economy]
    };
    let mut rows = vec![
        line("mean", total.value, total.standard_error, String::new(), Some(economy.mean)),
        line("  closed form", total.closed_form, None, z, None),
    ];
    for (quantile, of_economy) in result.ecl.quantiles.iter().zip(&economy.quantiles) {
        let end = |end: Option<f64>| end.map_or_else(|| "?".to_owned(), |end| grouped(end, decimals));
        let range = format!("{} … {}", end(quantile.low), end(quantile.high));
        let level = percent(quantile.level, 2);
        rows.push(line(&format!("quantile {level}"), quantile.value, None, range, Some(of_economy.value)));
        let shortfall = quantile.shortfall;
        rows.push(line("  beyond it", shortfall, quantile.shortfall_standard_error, String::new(), None));
    }
    table(out, &["Simulated losses", "value", "±", "95 % interval", "economy alone"], &rows)?;
    if let Some(share) = &result.ecl.probability_above_allowance {
        writeln!(
            out,
            "Losses exceed the allowance of {} in {} of scenarios ({} to {})",
            grouped(result.ecl.allowance, decimals),
            percent(share.value, 2),
            percent(share.low, 2),
            percent(share.high, 2)
        )?;
    }
    writeln!(
        out,
        "Laid out in {} and {}: {} of losses in another period; loss in the 99.9 % adverse economy of the Gaussian copula off by {}\n",
        counted(layout.pools, "pool"),
        counted(layout.profiles, "profile"),
        percent(layout.profile_error, 4),
        percent(layout.profile_tail_bias, 4),
    )
}

fn reasons(out: &mut String, result: &EclResult) -> std::fmt::Result {
    let row = |line: &super::ecl_result::ReasonReport| {
        let cells = cells(result, line.loans, line.exposure, line.ecl);
        let name = format!("{} → {}", line.reason, line.stage.name());
        [name].into_iter().chain(cells).chain([line.paragraph.unwrap_or("the tape").to_owned()]).collect()
    };
    let rows: Vec<Vec<String>> = result.ecl.reasons.iter().map(row).collect();
    table(out, &["Reason", "loans", "exposure", "ECL", "coverage", "paragraph"], &rows)?;
    writeln!(out)
}

fn overlays(out: &mut String, result: &EclResult) -> std::fmt::Result {
    if result.ecl.overlays.is_empty() {
        return Ok(());
    }
    let decimals = decimals_for(result.ecl.total.closed_form);
    let row = |overlay: &super::ecl_result::OverlayReport| {
        vec![
            shown_name(&overlay.name),
            shown_name(&overlay.applies_to),
            grouped(overlay.asked, decimals),
            format!("{} of {}", percent(overlay.cap, 1), grouped(overlay.touches, decimals)),
            if overlay.active { grouped(overlay.applied, decimals) } else { "not active".to_owned() },
            shown_name(&overlay.because),
        ]
    };
    let rows: Vec<Vec<String>> = result.ecl.overlays.iter().map(row).collect();
    table(out, &["Overlay", "on", "asked", "cap", "applied", "because"], &rows)?;
    writeln!(out, "Allowance with overlays {}\n", grouped(result.ecl.allowance, decimals))
}

fn what_ifs(out: &mut String, result: &EclResult) -> std::fmt::Result {
    let decimals = decimals_for(result.ecl.total.closed_form);
    for what_if in &result.ecl.what_if {
        let (ecl, change) = (grouped(what_if.ecl, decimals), grouped(what_if.change, decimals));
        let sign = if what_if.change > 0.0 { "+" } else { "" };
        writeln!(out, "What if {} = {}: ECL {ecl} ({sign}{change})", what_if.setting, what_if.value)?;
        let row = |moved: &super::ecl_result::MoveReport| {
            vec![
                format!("{} → {}", moved.from.name(), moved.to.name()),
                grouped(moved.loans as f64, 0),
                grouped(moved.exposure, decimals_for(result.portfolio.exposure)),
                grouped(moved.ecl_before, decimals),
                grouped(moved.ecl_after, decimals),
            ]
        };
        let rows: Vec<Vec<String>> = what_if.moved.iter().map(row).collect();
        table(out, &["Stage", "loans", "exposure", "ECL before", "ECL after"], &rows)?;
        writeln!(out)?;
    }
    Ok(())
}
