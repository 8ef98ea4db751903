//! Macro scenarios as tables on a terminal: their ECL and why they differ, loss by year, paths of the index.

use super::chart;
use super::ecl_result::{EclResult, Estimate, YearReport};
use super::ecl_scenarios::{IndexPath, ScenarioReport};
use super::index_chart::index_chart;
use super::number::{decimals_for, grouped, percent};
use super::table::{shown_name, table};
use std::fmt::Write;
use std::ops::Range;

/// Most scenarios, or paths of an index, that stand side by side.
const MOST_COLUMNS: usize = 6;

/// Years that are shown one by one; later ones are added up.
const MOST_YEARS: usize = 10;

/// Columns of the chart of paths.
const CHART_WIDTH: usize = 90;

/// Periods that are shown one by one; later ones only at the ends of years.
const FIRST_PERIODS: u16 = 8;

/// Writes all of them; nothing where there are no macro scenarios.
pub fn scenarios(out: &mut String, result: &EclResult) -> std::fmt::Result {
    if result.ecl.scenarios.is_empty() {
        return Ok(());
    }
    by_scenario(out, result)?;
    by_year(out, result)?;
    index_paths(out, &result.ecl.index_paths)
}

fn by_scenario(out: &mut String, result: &EclResult) -> std::fmt::Result {
    let decimals = decimals_for(result.ecl.total.closed_form);
    let simulated = result.run.is_some();
    let amount = |value: f64| grouped(value, decimals);
    let row = |name: String, weight: f64, total: &Estimate, why: [Option<f64>; 4]| {
        let mut cells = vec![name, percent(weight, 1), amount(total.closed_form)];
        if simulated {
            cells.extend([amount(total.value), total.standard_error.map_or_else(String::new, amount)]);
        }
        cells.extend(why.map(|part| part.map_or_else(String::new, signed(decimals))));
        cells
    };
    let own = |scenario: &ScenarioReport| {
        let why = &scenario.difference;
        let parts = [why.total, why.index, why.staging, why.lgd].map(Some);
        let is_base = result.ecl.non_linearity.as_ref().is_none_or(|effect| effect.most_likely == scenario.name);
        row(shown_name(&scenario.name), scenario.weight, &scenario.total, if is_base { [None; 4] } else { parts })
    };
    let mut rows: Vec<Vec<String>> = result.ecl.scenarios.iter().map(own).collect();
    let effect = result.ecl.non_linearity.as_ref().map(|effect| effect.effect);
    if result.ecl.scenarios.len() > 1 {
        rows.push(row("weighted".to_owned(), 1.0, &result.ecl.total, [effect, None, None, None]));
    }
    let against = result
        .ecl
        .non_linearity
        .as_ref()
        .map_or_else(String::new, |effect| format!("against {}", shown_name(&effect.most_likely)));
    let head: Vec<&str> = match simulated {
        true => vec!["Scenario", "weight", "ECL", "simulated", "±", &against, "index", "staging", "LGD"],
        false => vec!["Scenario", "weight", "ECL", &against, "index", "staging", "LGD"],
    };
    table(out, &head, &rows)?;
    if let Some(effect) = &result.ecl.non_linearity {
        let share = percent(effect.effect / effect.ecl, 1);
        let sign = if effect.effect >= 0.0 { "above" } else { "below" };
        let weights = || result.ecl.scenarios.iter().map(|scenario| scenario.weight);
        let most = weights().fold(0.0, f64::max);
        let alike = match weights().filter(|weight| *weight == most).count() {
            1 => String::new(),
            count => format!(" (the first of {count} as likely)"),
        };
        writeln!(
            out,
            "Non-linearity: the weighted ECL is {} ({}) {sign} that of the most likely scenario alone, {}{alike}",
            grouped(effect.effect.abs(), decimals),
            share.trim_start_matches('-'),
            shown_name(&effect.most_likely),
        )?;
    }
    writeln!(out)
}

fn signed(decimals: usize) -> impl Fn(f64) -> String {
    move |value: f64| format!("{}{}", if value > 0.0 { "+" } else { "" }, grouped(value, decimals))
}

fn by_year(out: &mut String, result: &EclResult) -> std::fmt::Result {
    let shown: Vec<&ScenarioReport> = result.ecl.scenarios.iter().take(MOST_COLUMNS).collect();
    if shown.len() < 2 {
        return Ok(());
    }
    let decimals = decimals_for(result.ecl.total.closed_form);
    let of = |years: &[YearReport], places: Range<usize>| -> f64 {
        years
            .get(places.start..places.end.min(years.len()))
            .map_or(0.0, |years| years.iter().map(|year| year.closed_form).sum())
    };
    let row = |name: String, places: Range<usize>| -> Vec<String> {
        let cells = shown.iter().map(|scenario| grouped(of(&scenario.years, places.clone()), decimals));
        let all = grouped(of(&result.ecl.years, places.clone()), decimals);
        [name].into_iter().chain(cells).chain([all]).collect()
    };
    let n = result.ecl.years.len();
    let mut rows: Vec<Vec<String>> =
        (0..n.min(MOST_YEARS)).map(|place| row((place + 1).to_string(), place..place + 1)).collect();
    if n > MOST_YEARS {
        rows.push(row(format!("{} to {n}", MOST_YEARS + 1), MOST_YEARS..n));
    }
    let names: Vec<String> = shown.iter().map(|scenario| shown_name(&scenario.name)).collect();
    let head: Vec<&str> =
        ["Year of default"].into_iter().chain(names.iter().map(String::as_str)).chain(["weighted"]).collect();
    table(out, &head, &rows)?;
    hidden(out, result.ecl.scenarios.len(), "scenarios")?;
    writeln!(out)
}

fn index_paths(out: &mut String, paths: &[IndexPath]) -> std::fmt::Result {
    let shown: Vec<&IndexPath> = paths.iter().take(MOST_COLUMNS).collect();
    let Some(first) = shown.first() else { return Ok(()) };
    let last_change = shown.iter().map(|path| path.moves_until()).max().unwrap_or(0);
    let is_shown = |period: u16| {
        period <= FIRST_PERIODS.min(last_change + 1) || period.is_multiple_of(4) && period <= last_change + 4
    };
    let row = |(place, period): (usize, u16)| {
        let cell = |path: &&IndexPath| {
            path.periods
                .get(place)
                .map_or_else(String::new, |own| format!("{:+.2}  ({:+.2} … {:+.2})", own.mean, own.low, own.high))
        };
        [period.to_string()].into_iter().chain(shown.iter().map(cell)).collect()
    };
    let periods = first.periods.iter().map(|own| own.period).enumerate().filter(|(_, period)| is_shown(*period));
    let rows: Vec<Vec<String>> = periods.map(row).collect();
    let same = shown.iter().all(|path| path.segments == first.segments);
    let names: Vec<String> = shown
        .iter()
        .map(|path| match same {
            true => shown_name(&path.scenario),
            false => format!("{}, {}", shown_name(&path.scenario), shown_name(&path.segments.join(" "))),
        })
        .collect();
    let head: Vec<&str> = ["Index by period"].into_iter().chain(names.iter().map(String::as_str)).collect();
    table(out, &head, &rows)?;
    writeln!(
        out,
        "Standard deviations of the credit index, low is bad; in brackets where {} of paths are",
        percent(first.band, 0)
    )?;
    hidden(out, paths.len(), "paths")?;
    match index_chart(paths) {
        Some(chart) => writeln!(out, "\n{}", chart::text(&chart, CHART_WIDTH)),
        None => writeln!(out),
    }
}

fn hidden(out: &mut String, all: usize, what: &str) -> std::fmt::Result {
    match all.checked_sub(MOST_COLUMNS).filter(|&hidden| hidden > 0) {
        Some(hidden) => writeln!(out, "… and {hidden} more {what} (all of them: --format json)"),
        None => Ok(()),
    }
}
