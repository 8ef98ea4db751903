//! Lines over periods with their bands, as an SVG and on a terminal: what was observed against what was fitted, or paths of the
//! index by scenario. A chart shows numbers that a result holds; it computes none.

mod axis;
mod svg;
mod text;

pub use svg::svg;
pub use text::text;

/// A chart of lines over periods.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// What it shows.
    pub title: String,
    /// Names of the periods, in order; at least one.
    pub periods: Vec<String>,
    /// How values are written.
    pub scale: Scale,
    /// Lines, each with a value for every period.
    pub lines: Vec<Line>,
    /// Bands behind the lines.
    pub bands: Vec<Band>,
    /// Stretches of periods that are set apart.
    pub stretches: Vec<Stretch>,
}

/// How values are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// As they are.
    Plain,
    /// Shares, in per cent.
    Percent,
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What it is.
    pub name: String,
    /// A value for each period; None leaves a gap.
    pub values: Vec<Option<f64>>,
    /// How it is drawn.
    pub style: LineStyle,
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineStyle {
    /// A dot for each period.
    Dots,
    /// A line.
    Solid,
    /// A broken line.
    Dashed,
}

/// What lies between two values of each period.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// What it is.
    pub name: String,
    /// Lower and upper end for each period; None leaves a gap.
    pub ends: Vec<Option<[f64; 2]>>,
    /// Place of the line whose colour it has.
    pub line: usize,
}

/// Periods that are set apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// What they are.
    pub name: String,
    /// The first, counted from 0.
    pub first: usize,
    /// The one after the last.
    pub end: usize,
}

impl Chart {
    /// The bands that a legend names: of those with one name the first.
    fn named_bands(&self) -> impl Iterator<Item = &Band> {
        let is_first = |place: usize, name: &str| !self.bands.iter().take(place).any(|band| band.name == name);
        self.bands.iter().enumerate().filter(move |(place, band)| is_first(*place, &band.name)).map(|(_, band)| band)
    }

    /// Least and largest value shown; 0 and 1 where there is none.
    fn range(&self) -> [f64; 2] {
        let lines = self.lines.iter().flat_map(|line| line.values.iter().flatten().copied());
        let bands = self.bands.iter().flat_map(|band| band.ends.iter().flatten().flatten().copied());
        let all = lines.chain(bands).filter(|value| value.is_finite());
        let range = all.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], x| [low.min(x), high.max(x)]);
        if range[0] <= range[1] { range } else { [0.0, 1.0] }
    }
}

#[cfg(test)]
mod tests;
