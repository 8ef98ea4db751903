//! The chart as an SVG that stands alone: no script, no font of its own, the same bytes for the same numbers.

use super::axis::{Axis, shown};
use super::{Chart, LineStyle};
use std::fmt::Write;

/// Width of an entry of the legend without its name, and of a letter of that.
const ENTRY: f64 = 48.0;
const LETTER: f64 = 6.6;
const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 430.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 70.0;
const BOTTOM: f64 = 40.0;
/// Colours that are told apart with every kind of sight: Okabe and Ito.
const COLOURS: [&str; 7] = ["#333333", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

/// The chart as a document.
pub fn svg(chart: &Chart) -> String {
    let mut out = String::new();
    // Writing into a String cannot fail.
    let _ = Drawing { chart, axis: Axis::new(chart.range(), 6, chart.scale) }.write(&mut out);
    out
}

struct Drawing<'a> {
    chart: &'a Chart,
    axis: Axis,
}

impl Drawing<'_> {
    fn write(&self, out: &mut String) -> std::fmt::Result {
        writeln!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
             font-size=\"12\" role=\"img\">"
        )?;
        writeln!(out, "<title>{}</title>", escaped(&self.chart.title))?;
        writeln!(out, "<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"white\"/>")?;
        writeln!(out, "<text x=\"{LEFT}\" y=\"22\" font-size=\"15\">{}</text>", escaped(&self.chart.title))?;
        self.stretches(out)?;
        self.axes(out)?;
        self.bands(out)?;
        self.lines(out)?;
        self.legend(out)?;
        writeln!(out, "</svg>")
    }

    /// Across, of a period; fractions are between periods.
    fn x(&self, period: f64) -> f64 {
        let last = self.chart.periods.len().saturating_sub(1).max(1) as f64;
        LEFT + (WIDTH - LEFT - RIGHT) * (period / last).clamp(0.0, 1.0)
    }

    fn y(&self, value: f64) -> f64 {
        HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * self.axis.place(value)
    }

    fn stretches(&self, out: &mut String) -> std::fmt::Result {
        for stretch in &self.chart.stretches {
            let (from, to) = (self.x(stretch.first as f64 - 0.5), self.x(stretch.end as f64 - 0.5));
            writeln!(
                out,
                "<rect x=\"{from:.1}\" y=\"{TOP}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"#f0f0f0\"/>",
                (to - from).max(0.0),
                HEIGHT - TOP - BOTTOM
            )?;
            let name = escaped(&stretch.name);
            writeln!(out, "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"#777777\">{name}</text>", from + 4.0, TOP + 14.0)?;
        }
        Ok(())
    }

    fn axes(&self, out: &mut String) -> std::fmt::Result {
        for tick in &self.axis.ticks {
            let y = self.y(*tick);
            writeln!(
                out,
                "<path d=\"M{LEFT} {y:.1}H{:.1}\" stroke=\"#dddddd\"/><text x=\"{:.1}\" y=\"{:.1}\" \
                 text-anchor=\"end\">{}</text>",
                WIDTH - RIGHT,
                LEFT - 6.0,
                y + 4.0,
                self.axis.label(*tick)
            )?;
        }
        for place in shown(self.chart.periods.len(), 12) {
            let (x, name) = (self.x(place as f64), self.chart.periods.get(place).map_or("", String::as_str));
            writeln!(
                out,
                "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                HEIGHT - BOTTOM + 18.0,
                escaped(name)
            )?;
        }
        Ok(())
    }

    fn bands(&self, out: &mut String) -> std::fmt::Result {
        for band in &self.chart.bands {
            for run in runs(&band.ends) {
                let upper = run.iter().map(|(i, [_, high])| (*i, *high));
                let lower = run.iter().rev().map(|(i, [low, _])| (*i, *low));
                let path = self.path(&upper.chain(lower).collect::<Vec<_>>());
                writeln!(out, "<path d=\"{path}Z\" fill=\"{}\" fill-opacity=\"0.18\"/>", colour(band.line))?;
            }
        }
        Ok(())
    }

    fn lines(&self, out: &mut String) -> std::fmt::Result {
        for (place, line) in self.chart.lines.iter().enumerate() {
            let colour = colour(place);
            for run in runs(&line.values) {
                match line.style {
                    LineStyle::Dots => {
                        for (i, value) in run {
                            let (x, y) = (self.x(i as f64), self.y(value));
                            writeln!(out, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.6\" fill=\"{colour}\"/>")?;
                        }
                    }
                    LineStyle::Solid | LineStyle::Dashed => {
                        let dashes = if line.style == LineStyle::Dashed { " stroke-dasharray=\"6 4\"" } else { "" };
                        let path = self.path(&run);
                        writeln!(
                            out,
                            "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"{dashes}/>"
                        )?;
                    }
                }
            }
        }
        Ok(())
    }

    fn path(&self, points: &[(usize, f64)]) -> String {
        let mut path = String::new();
        for (place, (i, value)) in points.iter().enumerate() {
            let sign = if place == 0 { 'M' } else { 'L' };
            let _ = write!(path, "{sign}{:.1} {:.1}", self.x(*i as f64), self.y(*value));
        }
        path
    }

    fn legend(&self, out: &mut String) -> std::fmt::Result {
        let mut x = LEFT;
        let lines = self.chart.lines.iter().enumerate().map(|(place, line)| (&line.name, place, Some(line.style)));
        let bands = self.chart.named_bands().map(|band| (&band.name, band.line, None));
        let entries: Vec<_> = lines.chain(bands).collect();
        // As long as they fit side by side; else each has an equal share of the width.
        let width = |name: &str| ENTRY + LETTER * name.chars().count() as f64;
        let room = WIDTH - LEFT - RIGHT;
        let fits = entries.iter().map(|(name, ..)| width(name)).sum::<f64>() <= room;
        let share = (room / entries.len().max(1) as f64 - ENTRY) / LETTER;
        let most = if fits { usize::MAX } else { share.max(4.0) as usize };
        for (name, place, style) in entries {
            let colour = colour(place);
            match style {
                Some(LineStyle::Dots) => {
                    writeln!(out, "<circle cx=\"{:.1}\" cy=\"42\" r=\"3\" fill=\"{colour}\"/>", x + 12.0)?
                }
                Some(style) => {
                    let dashes = if style == LineStyle::Dashed { " stroke-dasharray=\"6 4\"" } else { "" };
                    writeln!(out, "<path d=\"M{x:.1} 42h24\" stroke=\"{colour}\" stroke-width=\"2\"{dashes}/>")?;
                }
                None => writeln!(
                    out,
                    "<rect x=\"{x:.1}\" y=\"36\" width=\"24\" height=\"12\" fill=\"{colour}\" fill-opacity=\"0.18\"/>"
                )?,
            }
            let name = match name.chars().count() > most {
                true => name.chars().take(most - 1).chain(['…']).collect(),
                false => name.clone(),
            };
            writeln!(out, "<text x=\"{:.1}\" y=\"46\">{}</text>", x + 30.0, escaped(&name))?;
            x += width(&name);
        }
        Ok(())
    }
}

/// Stretches of values without a gap, each value with its period.
fn runs<T: Copy>(values: &[Option<T>]) -> Vec<Vec<(usize, T)>> {
    let mut runs: Vec<Vec<(usize, T)>> = Vec::new();
    let mut is_open = false;
    for (place, value) in values.iter().enumerate() {
        if let Some(value) = value {
            match runs.last_mut().filter(|_| is_open) {
                Some(run) => run.push((place, *value)),
                None => runs.push(vec![(place, *value)]),
            }
        }
        is_open = value.is_some();
    }
    runs
}

fn colour(place: usize) -> &'static str {
    COLOURS.get(place % COLOURS.len()).copied().unwrap_or("#333333")
}

/// `text` as it may stand in XML.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for sign in text.chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            sign if sign.is_control() => out.push(' '),
            sign => out.push(sign),
        }
    }
    out
}
