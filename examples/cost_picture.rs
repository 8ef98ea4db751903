//! Draws the table of `cpu_times`' section `size`: what a scenario costs over the defaults that it brings.
//!
//! `cargo run --release --example cpu_times 5 size | cargo run --release --example cost_picture > docs/cost.svg`

#![allow(clippy::disallowed_methods)] // pixels may differ between machines

use std::collections::BTreeMap;
use std::io::BufRead;

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 420.0;
const LEFT: f64 = 80.0;
const RIGHT: f64 = 700.0;
const TOP: f64 = 60.0;
const BOTTOM: f64 = 360.0;
const COLOURS: [&str; 4] = ["#34607f", "#b03a2e", "#3f7d3a", "#8a6d1f"];

/// Expected defaults and microseconds per scenario.
type Point = (f64, f64);

fn main() -> std::io::Result<()> {
    let mut series: BTreeMap<u64, Vec<Point>> = BTreeMap::new();
    for line in std::io::stdin().lock().lines() {
        if let Some((loans, point)) = row(&line?) {
            series.entry(loans).or_default().push(point);
        }
    }
    if series.is_empty() {
        eprintln!("no row on standard input; pipe `cpu_times 5 size` into this");
        std::process::exit(1);
    }
    print!("{}", draw(&series));
    Ok(())
}

/// Loans, and the point of a row `| loans | PD % | defaults | µs | ns |`.
fn row(line: &str) -> Option<(u64, Point)> {
    let cells: Vec<&str> = line.split('|').map(str::trim).collect();
    let [_, loans, _, defaults, cost, _, _] = cells[..] else { return None };
    Some((loans.parse().ok()?, (defaults.parse().ok()?, cost.parse().ok()?)))
}

/// Both axes logarithmic: a cost in proportion to defaults is a line of slope one, whatever the number of loans.
fn draw(series: &BTreeMap<u64, Vec<Point>>) -> String {
    let all = || series.values().flatten();
    let [from, to] = decades(all().map(|point| point.0));
    let [least, most] = decades(all().map(|point| point.1));
    let x = |defaults: f64| LEFT + (defaults.log10() - from) / (to - from) * (RIGHT - LEFT);
    let y = |cost: f64| BOTTOM - (cost.log10() - least) / (most - least) * (BOTTOM - TOP);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"13\">\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#ffffff\"/>\n\
         <text x=\"{LEFT}\" y=\"28\" font-size=\"16\" fill=\"#1a1a1a\">What a scenario costs over the defaults that it brings (one thread)</text>\n"
    );
    let text = |x: f64, y: f64, anchor: &str, text: &str| {
        format!("<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"#555555\">{text}</text>\n")
    };
    for decade in from as i32..=to as i32 {
        let at = x(10f64.powi(decade));
        svg += &format!(
            "<line x1=\"{at:.1}\" y1=\"{TOP}\" x2=\"{at:.1}\" y2=\"{BOTTOM}\" stroke=\"#e4e4e4\"/>\n{}",
            text(at, BOTTOM + 18.0, "middle", &mc_gpu::report::grouped(10f64.powi(decade), 0))
        );
    }
    for decade in least as i32..=most as i32 {
        let at = y(10f64.powi(decade));
        let label = format!("{} µs", 10f64.powi(decade));
        svg += &format!(
            "<line x1=\"{LEFT}\" y1=\"{at:.1}\" x2=\"{RIGHT}\" y2=\"{at:.1}\" stroke=\"#e4e4e4\"/>\n{}",
            text(LEFT - 6.0, at + 4.0, "end", &label)
        );
    }
    svg += &text((LEFT + RIGHT) / 2.0, BOTTOM + 40.0, "middle", "expected defaults in a scenario");
    for (nth, ((loans, points), colour)) in series.iter().zip(COLOURS.iter().cycle()).enumerate() {
        let places: Vec<(f64, f64)> = points.iter().map(|&(defaults, cost)| (x(defaults), y(cost))).collect();
        let line: Vec<String> = places.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        svg += &format!("<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\"/>\n", line.join(" "));
        for (x, y) in places {
            svg += &format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\" fill=\"{colour}\"/>\n");
        }
        let name = mc_gpu::report::grouped(*loans as f64, 0);
        let row = TOP + 18.0 + 18.0 * nth as f64;
        svg += &format!("<text x=\"{}\" y=\"{row}\" fill=\"{colour}\">{name} loans, one segment</text>\n", LEFT + 14.0);
    }
    svg + "</svg>\n"
}

/// The whole powers of ten around `values`.
fn decades(values: impl Iterator<Item = f64> + Clone) -> [f64; 2] {
    let logs = values.map(f64::log10);
    let least = logs.clone().fold(f64::INFINITY, f64::min).floor();
    let most = logs.fold(f64::NEG_INFINITY, f64::max).ceil();
    [least, most.max(least + 1.0)]
}
