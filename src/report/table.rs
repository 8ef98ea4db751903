//! The result as a table on a terminal. Colour carries no meaning here: there is none.

use super::ecl_result::YearReport;
use super::number::{counted, decimals_for, grouped, percent};
use super::result::{RunResult, SegmentReport};
use std::fmt::Write;

/// Segments shown one by one; the rest is summed up in a line.
pub(super) const MOST_SEGMENTS: usize = 24;

/// Characters of a segment's name that are shown.
const LONGEST_NAME: usize = 40;

/// The whole result, ready to print.
pub fn render(result: &RunResult) -> String {
    let mut out = String::new();
    // Writing into a String cannot fail.
    let _ = head(&mut out, result);
    let _ = measures(&mut out, result);
    let _ = segments(&mut out, result);
    let _ = years(&mut out, result);
    let _ = foot(&mut out, result);
    out
}

fn head(out: &mut String, result: &RunResult) -> std::fmt::Result {
    let (portfolio, run) = (&result.portfolio, &result.run);
    let obligors = if portfolio.obligors == portfolio.loans {
        String::new()
    } else {
        format!(" · {}", counted(portfolio.obligors, "obligor"))
    };
    writeln!(
        out,
        "Portfolio  {}{obligors} · exposure {} · {} · {} · unit {}",
        counted(portfolio.loans, "loan"),
        grouped(portfolio.exposure, decimals_for(portfolio.exposure)),
        counted(result.segments.len() as u64, "segment"),
        counted(portfolio.pools, "pool"),
        portfolio.unit
    )?;
    if portfolio.rejected_rows > 0 {
        let (rows, exposure) = (portfolio.rejected_rows as f64, portfolio.rejected_exposure);
        let unreadable = match portfolio.rejected_unreadable {
            0 => String::new(),
            n => format!("; exposure of {} unreadable", counted(n, "row")),
        };
        writeln!(
            out,
            "           left out: {} ({} of all), exposure {} ({}){unreadable}",
            counted(portfolio.rejected_rows, "row"),
            percent(rows / (rows + portfolio.loans as f64), 2),
            grouped(exposure, 0),
            percent(exposure / (exposure + portfolio.exposure), 2)
        )?;
    }
    let speed = run.loan_scenarios_per_second.map_or(String::new(), |speed| format!(" · {speed:.2e} loan-scenarios/s"));
    writeln!(
        out,
        "Run        {} · seed {} · {} · {} · {:.2} s{speed}",
        counted(run.scenarios_played, "scenario"),
        run.seed,
        run.device.name,
        counted(run.threads as u64, "thread"),
        run.seconds.read + run.seconds.play + run.seconds.measure
    )?;
    if !run.complete {
        let [start, end] = run.scenario_range;
        writeln!(
            out,
            "PARTIAL    {} of {} scenarios (range {start}..{end}); these numbers are not final",
            grouped(run.scenarios_played as f64, 0),
            grouped(run.scenarios as f64, 0)
        )?;
    }
    writeln!(out)
}

/// One line of the table of measures: label, value, standard error, interval.
struct Line {
    label: String,
    value: f64,
    standard_error: Option<f64>,
    interval: [Option<f64>; 2],
}

fn measures(out: &mut String, result: &RunResult) -> std::fmt::Result {
    let measures = &result.measures;
    let exposure = result.portfolio.exposure;
    let level = |level: f64| Level(level).to_string();
    let mut lines = vec![
        Line {
            label: "Expected loss".to_owned(),
            value: measures.expected_loss.value,
            standard_error: measures.expected_loss.standard_error,
            interval: measures.expected_loss.interval,
        },
        Line {
            label: "  closed form".to_owned(),
            value: result.portfolio.expected_loss,
            standard_error: None,
            interval: [None; 2],
        },
        Line {
            label: "Loss standard deviation".to_owned(),
            value: measures.loss_standard_deviation.value,
            standard_error: measures.loss_standard_deviation.standard_error,
            interval: measures.loss_standard_deviation.interval,
        },
    ];
    for var in &measures.value_at_risk {
        let label = format!("Value at risk {}", level(var.level));
        lines.push(Line { label, value: var.value, standard_error: None, interval: var.interval });
    }
    for es in &measures.expected_shortfall {
        let label = format!("Expected shortfall {}", level(es.level));
        lines.push(Line { label, value: es.value, standard_error: es.standard_error, interval: es.interval });
    }
    for capital in &measures.economic_capital {
        let label = format!("Economic capital {}", level(capital.level));
        lines.push(Line { label, value: capital.value, standard_error: None, interval: capital.interval });
    }
    let decimals = decimals_for(lines.iter().map(|line| line.value).fold(0.0, f64::max));
    let show = |value: Option<f64>| value.map_or("–".to_owned(), |value| grouped(value, decimals));
    let rows: Vec<[String; 5]> = lines
        .iter()
        .map(|line| {
            let interval = match line.interval {
                [None, None] => "–".to_owned(),
                [low, high] => format!("{} … {}", show(low), show(high)),
            };
            let share = if exposure > 0.0 { percent(line.value / exposure, 3) } else { "–".to_owned() };
            [line.label.clone(), show(Some(line.value)), show(line.standard_error), interval, share]
        })
        .collect();
    aligned(out, ["", "value", "std. error", "95 % interval", "of exposure"], &rows)?;
    let rate = &measures.default_rate;
    let error = rate.standard_error.map_or(String::new(), |error| format!(" (std. error {})", percent(error, 4)));
    write!(out, "\nDefault rate  mean {}{error}", percent(rate.mean, 4))?;
    for quantile in &rate.quantiles {
        write!(out, " · {} {}", level(quantile.level), percent(quantile.value, 3))?;
    }
    writeln!(out, "\n")
}

/// A level as a percentage with the digits it has.
struct Level(f64);

impl std::fmt::Display for Level {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let digits = format!("{:.10}", self.0 * 100.0);
        write!(f, "{} %", digits.trim_end_matches('0').trim_end_matches('.'))
    }
}

fn segments(out: &mut String, result: &RunResult) -> std::fmt::Result {
    let mut order: Vec<&SegmentReport> = result.segments.iter().collect();
    order.sort_by(|a, b| b.expected_loss.total_cmp(&a.expected_loss));
    let levels: Vec<f64> =
        order.first().map_or(vec![], |first| first.share_of_loss.iter().map(|at| at.level).collect());
    let heads: Vec<String> = levels.iter().map(|&level| format!("ES share {}", Level(level))).collect();
    let mut header = vec!["Segment", "loans", "exposure", "expected loss", "EL rate"];
    header.extend(heads.iter().map(String::as_str));
    let exposure_digits = decimals_for(result.portfolio.exposure);
    let loss_digits = decimals_for(result.portfolio.expected_loss);
    let row = |segment: &SegmentReport| {
        let mut row = vec![
            shown_name(&segment.name),
            grouped(segment.loans as f64, 0),
            grouped(segment.exposure, exposure_digits),
            grouped(segment.expected_loss, loss_digits),
            percent(segment.expected_loss / segment.exposure, 3),
        ];
        row.extend(segment.share_of_loss.iter().map(|at| percent(at.value, 1)));
        row
    };
    let rows: Vec<Vec<String>> = order.iter().take(MOST_SEGMENTS).map(|segment| row(segment)).collect();
    table(out, &header, &rows)?;
    if let Some(hidden) = order.len().checked_sub(MOST_SEGMENTS).filter(|&hidden| hidden > 0) {
        writeln!(out, "… and {hidden} more segments (all of them: --format json)")?;
    }
    writeln!(out)
}

/// A name from a tape, cut to [`LONGEST_NAME`] signs, with control characters escaped so that no tape steers a terminal.
pub(super) fn shown_name(name: &str) -> String {
    let mut shown = String::new();
    for (place, sign) in name.chars().enumerate() {
        if place == LONGEST_NAME {
            shown.push('…');
            break;
        }
        if sign.is_control() { shown.extend(sign.escape_default()) } else { shown.push(sign) }
    }
    shown
}

/// Losses by year of the default, in a run of several periods.
fn years(out: &mut String, result: &RunResult) -> std::fmt::Result {
    if result.years.is_empty() {
        return Ok(());
    }
    let decimals = decimals_for(result.portfolio.expected_loss);
    let row = |year: &YearReport| {
        let error = year.standard_error.map_or_else(String::new, |error| grouped(error, decimals));
        vec![year.year.to_string(), grouped(year.value, decimals), error, grouped(year.closed_form, decimals)]
    };
    let rows: Vec<Vec<String>> = result.years.iter().map(row).collect();
    table(out, &["Year of default", "mean loss", "±", "closed form"], &rows)?;
    writeln!(out)
}

fn foot(out: &mut String, result: &RunResult) -> std::fmt::Result {
    lists(out, &[("Notes", &result.notes), ("Assumed", &result.assumed)])?;
    let portfolio = &result.portfolio;
    let size = |error: f64| if error == 0.0 { "none".to_owned() } else { format!("{error:.1e}") };
    // In several periods it is the whole layout's: bands of PDs and of profiles, pools of an age (M32).
    let (what, economy) = match result.years.is_empty() {
        true => ("pooling", "99.9 % loss"),
        false => ("profiles and pools", "loss in the 99.9 % adverse economy of the Gaussian copula"),
    };
    writeln!(
        out,
        "Approximations: {what} {} of the {economy}, rounding {} of expected loss",
        size(portfolio.pooling_error),
        size(portfolio.rounding_error)
    )?;
    let of = if result.run.complete { "" } else { " of the scenarios played" };
    writeln!(out, "Losses digest{of} {}", result.run.losses_digest)
}

/// Each list that is not empty, under its head.
pub(super) fn lists(out: &mut String, lists: &[(&str, &[String])]) -> std::fmt::Result {
    for (head, lines) in lists.iter().filter(|(_, lines)| !lines.is_empty()) {
        writeln!(out, "{head}")?;
        lines.iter().try_for_each(|line| writeln!(out, "  · {line}"))?;
    }
    Ok(())
}

fn aligned(out: &mut String, header: [&str; 5], rows: &[[String; 5]]) -> std::fmt::Result {
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.to_vec()).collect();
    table(out, &header, &rows)
}

/// First column to the left, the others to the right, as wide as they need.
pub(super) fn table(out: &mut String, header: &[&str], rows: &[Vec<String>]) -> std::fmt::Result {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain([header[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let header: Vec<String> = header.iter().map(|head| (*head).to_owned()).collect();
    for row in [&header].into_iter().chain(rows) {
        let mut line = String::new();
        for (column, (cell, &width)) in row.iter().zip(&widths).enumerate() {
            match column {
                0 => write!(line, "{cell:<width$}")?,
                _ => write!(line, "  {cell:>width$}")?,
            }
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
