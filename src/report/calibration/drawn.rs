//! The fit of a calibration as a chart: observed rates, fitted ones with their band, and the forecasts of what was held out.

use crate::calibration::Calibration;
use crate::report::chart::{Band, Chart, Line, LineStyle, Scale, Stretch};

/// The chart of `calibration`, with this title.
pub fn calibration_chart(calibration: &Calibration, title: String) -> Chart {
    let quarters = &calibration.quarters;
    let line = |name: &str, style: LineStyle, value: &dyn Fn(&crate::calibration::Quarter) -> Option<f64>| Line {
        name: name.to_owned(),
        values: quarters.iter().map(value).collect(),
        style,
    };
    let mut chart = Chart {
        title,
        periods: quarters.iter().map(|quarter| quarter.label.clone()).collect(),
        scale: Scale::Percent,
        lines: vec![
            line("observed", LineStyle::Dots, &|quarter| Some(quarter.rate)),
            line("fitted", LineStyle::Solid, &|quarter| Some(quarter.fitted)),
        ],
        bands: vec![Band {
            name: "90 % band given the drivers".to_owned(),
            ends: quarters.iter().map(|quarter| Some(quarter.band)).collect(),
            line: 1,
        }],
        stretches: Vec::new(),
    };
    if let Some(holdout) = &calibration.holdout {
        chart
            .lines
            .push(line("forecast without them", LineStyle::Dashed, &|quarter| quarter.forecast.map(|(rate, _)| rate)));
        let end = quarters.len();
        chart.stretches.push(Stretch { name: "held out".to_owned(), first: end.saturating_sub(holdout.quarters), end });
    }
    chart
}
