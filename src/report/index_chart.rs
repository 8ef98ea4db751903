//! Paths of the credit index by macro scenario with their random bands, as a chart.

use super::chart::{Band, Chart, Line, LineStyle, Scale};
use super::ecl_scenarios::IndexPath;

/// Most paths that one chart can hold apart.
const MOST_PATHS: usize = 6;

/// The chart of `paths`, up to the period in which the last of them has come to rest and a year more; None where there are none.
pub fn index_chart(paths: &[IndexPath]) -> Option<Chart> {
    let first = paths.first()?;
    let shown = paths.get(..MOST_PATHS).unwrap_or(paths);
    let most = shown.iter().map(IndexPath::moves_until).max().unwrap_or(1) + 4;
    let n = first.periods.len().min(most as usize);
    let same = shown.iter().all(|path| path.segments == first.segments);
    let name = |path: &IndexPath| match same {
        true => path.scenario.clone(),
        false => format!("{}, {}", path.scenario, path.segments.join(" ")),
    };
    let line = |path: &IndexPath| Line {
        name: name(path),
        values: path.periods.iter().take(n).map(|own| Some(own.mean)).collect(),
        style: LineStyle::Solid,
    };
    let band = |(place, path): (usize, &IndexPath)| Band {
        name: format!("{:.0} % of paths", 100.0 * path.band),
        ends: path.periods.iter().take(n).map(|own| Some([own.low, own.high])).collect(),
        line: place,
    };
    Some(Chart {
        title: "Credit index by period (standard deviations; low is bad)".to_owned(),
        periods: first.periods.iter().take(n).map(|own| own.period.to_string()).collect(),
        scale: Scale::Plain,
        lines: shown.iter().map(line).collect(),
        bands: shown.iter().enumerate().map(band).collect(),
        stretches: vec![],
    })
}

#[cfg(test)]
mod tests {
    use super::super::chart::svg;
    use super::super::ecl_scenarios::IndexPeriod;
    use super::*;

    fn path(scenario: &str, means: &[f64]) -> IndexPath {
        let period = |(place, &mean): (usize, &f64)| IndexPeriod {
            period: place as u16 + 1,
            mean,
            low: mean - 1.0,
            high: mean + 1.0,
        };
        let periods = means.iter().enumerate().map(period).collect();
        IndexPath { scenario: scenario.into(), segments: vec!["a".into(), "b".into()], band: 0.9, periods }
    }

    #[test]
    fn every_path_has_a_line_and_its_band() {
        let mut means = vec![0.0; 40];
        means[..3].copy_from_slice(&[-0.5, -1.5, -0.25]);
        let chart = index_chart(&[path("baseline", &[0.0; 40]), path("adverse", &means)]).unwrap();
        assert_eq!((chart.lines.len(), chart.bands.len(), chart.periods.len()), (2, 2, 8));
        assert_eq!(chart.bands[1].ends[1], Some([-2.5, -0.5]));
        assert_eq!(chart.lines[1].name, "adverse");
        let drawn = svg(&chart);
        assert!(drawn.contains("adverse") && drawn.starts_with("<svg") || drawn.starts_with("<?xml"), "{drawn}");
        assert_eq!(drawn.matches("% of paths").count(), 1, "{drawn}");
        assert_eq!(index_chart(&[]), None);
    }

    #[test]
    fn long_names_stay_in_the_picture() {
        let name = |number: usize| format!("{number}: a scenario of the economy that has a long name");
        let paths: Vec<IndexPath> = (0..6).map(|number| path(&name(number), &[0.5, 0.0, 0.0])).collect();
        let drawn = svg(&index_chart(&paths).unwrap());
        assert_eq!(drawn.matches('…').count(), 6 + 1, "six paths and their band: {drawn}");
        let two = svg(&index_chart(&paths[..1]).unwrap());
        assert!(!two.contains('…'), "{two}");
    }
}
