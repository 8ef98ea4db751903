//! The library from tape to measures, and the picture of the README: the demo's loss distribution with its tail.
//!
//! `cargo run --release --example loss_picture > docs/loss_distribution.svg`

use mc_gpu::config::{parse_model, resolve};
use mc_gpu::engine::{Control, Cpu, Job, Keep, Ledger, Plan, play};
use mc_gpu::model::{Factors, Model};
use mc_gpu::portfolio::{MadeUp, MadeUpColumns, PdKind, PoolSettings, made_up_model, made_up_tape, pool};
use mc_gpu::risk::{Sample, measure};
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 40.0;
const BOTTOM: f64 = 310.0;
const TOP: f64 = 60.0;
const BARS: usize = 120;

fn main() -> mc_gpu::Result<()> {
    let made_up = MadeUp { loans: 10_000, seed: 1, segments: 4, pds: PdKind::Grades, columns: MadeUpColumns::OneYear };
    let settings = resolve(&parse_model(&made_up_model(&made_up), "demo")?)?;
    let tape = made_up_tape(&made_up)?;
    let factors = Factors::new(settings.factors.names.clone(), settings.factors.correlation.clone())?;
    let model = Model::new(settings.copula, &factors, &settings.segment_specs(&tape.segments)?)?;
    let pooled =
        pool(&tape, PoolSettings { band_width: settings.simulation.band_width, unit: settings.simulation.unit })?;
    let expected_loss = pooled.segments.iter().map(|segment| segment.expected_loss).sum();
    let plan = Plan::new(pooled, model, settings.simulation.kernel);

    let ledger = Mutex::new(Ledger::new(0..settings.simulation.scenarios, Keep::Totals));
    let control = Control { stop: &AtomicBool::new(false), progress: &|_| {} };
    play(&Job::new(&plan, settings.simulation.seed), &mut Cpu::on_all_cores()?, &ledger, &control)?;
    let ledger = ledger.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);

    let losses = ledger.losses();
    let sample = Sample {
        losses: &losses,
        defaults: &ledger.defaults(),
        unit: plan.unit(),
        levels: &settings.simulation.levels,
        expected_loss,
        obligors: made_up.loans,
    };
    let measures = measure(&sample)?.measures;
    let mut marks = vec![("expected loss".to_owned(), measures.expected_loss.value)];
    for (var, es) in measures.value_at_risk.iter().zip(&measures.expected_shortfall).skip(1) {
        let level = format!("{:.4}", var.level * 100.0);
        let level = level.trim_end_matches('0').trim_end_matches('.').to_owned();
        marks.push((format!("VaR {level} %"), var.value));
        marks.push((format!("ES {level} %"), es.value));
    }
    let losses: Vec<f64> = losses.iter().map(|&loss| plan.unit().currency(loss as f64)).collect();
    println!("{}", draw(&losses, &marks));
    Ok(())
}

/// A histogram over 0 … 1.15 × the last mark, its counts on a square-root scale so that the tail can be seen.
fn draw(losses: &[f64], marks: &[(String, f64)]) -> String {
    let end = marks.iter().map(|mark| mark.1).fold(0.0, f64::max) * 1.2;
    let mut counts = [0u32; BARS];
    for loss in losses {
        counts[((loss / end * BARS as f64) as usize).min(BARS - 1)] += 1;
    }
    let most = f64::from(counts.iter().copied().max().unwrap_or(1)).sqrt();
    let x = |loss: f64| LEFT + loss / end * (WIDTH - 2.0 * LEFT);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"13\">\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#ffffff\"/>\n\
         <text x=\"{LEFT}\" y=\"24\" font-size=\"16\" fill=\"#1a1a1a\">Losses of the demo portfolio in {} scenarios (made-up loans)</text>\n",
        mc_gpu::report::grouped(losses.len() as f64, 0)
    );
    let tail_from = marks[1].1;
    for (bar, &count) in counts.iter().enumerate() {
        let height = f64::from(count).sqrt() / most * (BOTTOM - TOP - 30.0);
        let left = x(end * bar as f64 / BARS as f64);
        let width = (WIDTH - 2.0 * LEFT) / BARS as f64 - 1.0;
        let fill = if end * (bar as f64 + 0.5) / BARS as f64 >= tail_from { "#b03a2e" } else { "#34607f" };
        svg += &format!(
            "<rect x=\"{left:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{fill}\"/>\n",
            BOTTOM - height
        );
    }
    for (nth, (label, value)) in marks.iter().enumerate() {
        let (x, y) = (x(*value), TOP + 6.0 + 17.0 * nth as f64);
        svg += &format!(
            "<line x1=\"{x:.1}\" y1=\"{y:.1}\" x2=\"{x:.1}\" y2=\"{BOTTOM}\" stroke=\"#1a1a1a\" stroke-dasharray=\"3 3\"/>\n"
        );
        let millions = mc_gpu::report::grouped(value / 1e6, 1);
        svg +=
            &format!("<text x=\"{:.1}\" y=\"{:.1}\" fill=\"#1a1a1a\">{label}: {millions} m</text>\n", x + 5.0, y + 9.0);
    }
    let axis = BOTTOM + 0.5;
    svg += &format!("<line x1=\"{LEFT}\" y1=\"{axis}\" x2=\"{}\" y2=\"{axis}\" stroke=\"#1a1a1a\"/>\n", WIDTH - LEFT);
    for tick in 0..=(end / 1e7) as u32 {
        let at = x(f64::from(tick) * 1e7);
        svg += &format!(
            "<text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#555555\">{}</text>\n",
            BOTTOM + 18.0,
            tick * 10
        );
    }
    svg += &format!(
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#555555\">loss, millions; bars on a square-root scale; red: beyond VaR 99 %; last bar: all beyond</text>\n",
        WIDTH - LEFT,
        BOTTOM + 38.0
    );
    svg + "</svg>"
}
