//! The chart in characters, for a terminal.

use super::axis::{Axis, shown};
use super::{Chart, LineStyle};

/// Rows between the first tick and the last.
const ROWS: usize = 16;
/// Signs of lines drawn as lines, in their order.
const SIGNS: [char; 5] = ['─', '═', '+', '×', '~'];
const DOT: char = '●';
const BAND: char = '░';
const APART: char = '┊';

/// The chart in `width` columns, 40 or more.
pub fn text(chart: &Chart, width: usize) -> String {
    let axis = Axis::new(chart.range(), 5, chart.scale);
    let labels: Vec<String> = axis.ticks.iter().map(|tick| axis.label(*tick)).collect();
    let margin = labels.iter().map(|label| label.chars().count()).max().unwrap_or(0) + 2;
    let columns = width.max(40).saturating_sub(margin).max(10);
    let last = chart.periods.len().saturating_sub(1).max(1);
    let across = columns.min(chart.periods.len() * 4) - 1;
    let column = |period: usize| (period * across + last / 2) / last;
    let row = |value: f64| ROWS - libm::rint(axis.place(value) * ROWS as f64) as usize;
    let mut canvas = vec![vec![' '; across + 1]; ROWS + 1];
    let mut put = |row: usize, column: usize, sign: char| {
        canvas
            .iter_mut()
            .skip(row)
            .take(1)
            .flat_map(|line| line.iter_mut().skip(column).take(1))
            .for_each(|cell| *cell = sign);
    };
    for band in &chart.bands {
        for at in 0..=across {
            // The nearest period's band, so that it has no stripes.
            let ends = band.ends.get((at * last + across / 2) / across.max(1)).copied().flatten();
            if let Some([low, high]) = ends {
                (row(high)..=row(low)).for_each(|row| put(row, at, BAND));
            }
        }
    }
    for stretch in &chart.stretches {
        (0..=ROWS).for_each(|row| put(row, column(stretch.first).saturating_sub(1), APART));
    }
    // What is observed stands above what is fitted.
    let is_dots = |style: LineStyle| style == LineStyle::Dots;
    let mut order: Vec<_> = chart.lines.iter().enumerate().collect();
    order.sort_by_key(|(_, line)| is_dots(line.style));
    let sign = |place: usize, style| {
        if is_dots(style) { DOT } else { SIGNS.get(place % SIGNS.len()).copied().unwrap_or('─') }
    };
    for (place, line) in order {
        let sign = sign(place, line.style);
        if is_dots(line.style) {
            for (period, value) in line.values.iter().enumerate() {
                value.iter().for_each(|value| put(row(*value), column(period), sign));
            }
            continue;
        }
        for at in (0..=across).filter(|at| line.style != LineStyle::Dashed || at % 3 < 2) {
            between(&line.values, at as f64 * last as f64 / across.max(1) as f64)
                .iter()
                .for_each(|value| put(row(*value), at, sign));
        }
    }
    let mut out = format!("{}\n", chart.title);
    for (at, line) in canvas.iter().enumerate() {
        let label = axis.ticks.iter().zip(&labels).find(|(tick, _)| row(**tick) == at).map_or("", |(_, label)| label);
        let line: String = line.iter().collect();
        out.push_str(format!("{label:>width$} │{line}", width = margin - 2).trim_end());
        out.push('\n');
    }
    out.push_str(&below(chart, (margin, across), &column));
    let lines =
        chart.lines.iter().enumerate().map(|(place, line)| format!("{} {}", sign(place, line.style), line.name));
    let bands = chart.named_bands().map(|band| format!("{BAND} {}", band.name));
    let stretches = chart.stretches.iter().map(|stretch| format!("{APART} {}", stretch.name));
    let legend: Vec<String> = lines.chain(bands).chain(stretches).collect();
    out.push_str(&format!("{:margin$}{}\n", "", legend.join("   ")));
    out
}

/// The value at `period`, on the straight line between its neighbours; None beside a gap.
fn between(values: &[Option<f64>], period: f64) -> Option<f64> {
    let before = libm::floor(period);
    let share = period - before;
    let value = values.get(before as usize).copied().flatten()?;
    if share == 0.0 {
        return Some(value);
    }
    let next = values.get(before as usize + 1).copied().flatten()?;
    Some(value + share * (next - value))
}

/// The axis below, with as many names of periods as there is room for.
fn below(chart: &Chart, (margin, across): (usize, usize), column: &dyn Fn(usize) -> usize) -> String {
    let longest = chart.periods.iter().map(|name| name.chars().count()).max().unwrap_or(1);
    let mut names = vec![' '; across + 1 + longest];
    for place in shown(chart.periods.len(), across / (longest + 3) + 1) {
        let name = chart.periods.get(place).map_or("", String::as_str);
        for (cell, sign) in names.iter_mut().skip(column(place)).zip(name.chars()) {
            *cell = if sign.is_control() { ' ' } else { sign };
        }
    }
    let names: String = names.into_iter().collect();
    format!("{:>width$}└{}\n{:margin$}{}\n", "", "─".repeat(across + 1), "", names.trim_end(), width = margin - 1)
}
