//! Charts of small numbers, as they must look.

use super::*;

fn chart() -> Chart {
    Chart {
        title: "Default rate <of> & all".to_owned(),
        periods: (1..=9).map(|i| format!("q{i}")).collect(),
        scale: Scale::Percent,
        lines: vec![
            Line {
                name: "observed".to_owned(),
                values: vec![
                    Some(0.01),
                    Some(0.02),
                    None,
                    Some(0.04),
                    Some(0.05),
                    Some(0.04),
                    Some(0.03),
                    Some(0.02),
                    Some(0.0),
                ],
                style: LineStyle::Dots,
            },
            Line { name: "fit".to_owned(), values: vec![Some(0.025); 9], style: LineStyle::Solid },
        ],
        bands: vec![Band { name: "90 % band".to_owned(), ends: vec![Some([0.01, 0.04]); 9], line: 1 }],
        stretches: vec![Stretch { name: "held out".to_owned(), first: 7, end: 9 }],
    }
}

#[test]
fn a_terminal_shows_dots_above_lines_above_bands() {
    let shown = text(&chart(), 60);
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines[0], "Default rate <of> & all");
    assert_eq!(lines[1], "5 % │                  ●           ┊", "{shown}");
    assert_eq!(lines[17], "0 % │                              ┊    ●", "{shown}");
    assert!(lines.iter().all(|line| line.chars().count() <= 60), "{shown}");
    assert!(shown.contains("● observed   ═ fit   ░ 90 % band   ┊ held out"), "{shown}");
}

#[test]
fn an_svg_is_escaped_and_bounded() {
    let drawn = svg(&chart());
    assert!(drawn.starts_with("<svg ") && drawn.ends_with("</svg>\n"));
    assert!(drawn.contains("<title>Default rate &lt;of&gt; &amp; all</title>"));
    assert_eq!(drawn.matches("<circle").count(), 8 + 1);
    assert!(drawn.contains(">5 %<") && drawn.contains(">q9<") && drawn.contains(">held out<"));
    // A value that moves is drawn elsewhere.
    let mut other = chart();
    other.lines[0].values[0] = Some(0.011);
    assert_ne!(svg(&other), drawn);
}

#[test]
fn charts_of_nothing_or_one_period_are_drawn() {
    let mut chart = Chart { periods: vec!["1".to_owned()], ..chart() };
    chart.lines.iter_mut().for_each(|line| line.values.truncate(1));
    chart.bands.clear();
    chart.stretches.clear();
    assert!(svg(&chart).contains("circle") && text(&chart, 10).contains('●'));
    chart.lines.clear();
    assert!(svg(&chart).contains("</svg>") && !text(&chart, 10).is_empty());
}

#[test]
fn ticks_are_round_and_enclose() {
    let of = |range, scale| {
        let axis = axis::Axis::new(range, 5, scale);
        axis.ticks.iter().map(|tick| axis.label(*tick)).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(of([0.0, 0.066], Scale::Percent), "0 % 2 % 4 % 6 % 8 %");
    assert_eq!(of([-2.3, 1.4], Scale::Plain), "-3 -2 -1 0 1 2");
    assert_eq!(of([0.0, 0.011], Scale::Percent), "0.00 % 0.25 % 0.50 % 0.75 % 1.00 % 1.25 %");
    assert_eq!(of([5.0, 5.0], Scale::Plain), "5 6 7 8 9 10");
    assert_eq!(axis::shown(60, 12), (0..60).step_by(8).collect::<Vec<_>>());
}
