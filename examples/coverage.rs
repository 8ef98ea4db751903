//! How often the 95 % intervals hold the truth: a sweep over seeds, printed as a Markdown table (L5).
//!
//! `cargo run --release --example coverage [SEEDS]`, 1,000 seeds by default (some minutes). Each seed plays 100,000
//! scenarios of two portfolios; they are measured once as a whole and ten times by parts of 10,000, which are as
//! independent as other seeds because a scenario number is the address of its randomness (L3). The truth is known
//! without simulation:
//!
//! * 10,000 lognormal exposures, PD 2 %, rho 0.15: quadrature over the factor; given it the loss is a sum of 10,000
//!   independent terms, taken as normal with the correction for its skewness (Edgeworth). As a check on the truth
//!   itself, the table's last lines give the share of all scenarios played that lie beyond each true VaR.
//! * 1,000 equal exposures, PD 2 %, rho 0.15: the exact law on its lattice. Order statistics cover more there.

use mc_gpu::engine::KernelChoice;
use mc_gpu::error::Result;
use mc_gpu::math::normal;
use mc_gpu::model::AssetCorrelation;
use mc_gpu::risk::{ENOUGH_TAIL, Interval, Ordered, expected_shortfall, moments, quantile};
use mc_gpu::units::{Level, Unit};
use mc_gpu::validate::exact::{conditional_pd, count_law};
use mc_gpu::validate::quadrature::{Node, normal_nodes};
use mc_gpu::validate::run::{Group, Portfolio, Sample};
use mc_gpu::{Cpu, Job};
use std::ops::Range;

const PD: f64 = 0.02;
const RHO: f64 = 0.15;
const LEVELS: [&str; 3] = ["0.95", "0.99", "0.999"];
const SCENARIOS: u64 = 100_000;
const PART: usize = 10_000;

/// True figures in units: mean, standard deviation and per level VaR, ES and the probability of a loss beyond VaR.
struct Truth {
    mean: f64,
    standard_deviation: f64,
    tails: Vec<(Level, [f64; 3])>,
}

/// Intervals that held the truth, per measure, and how many there were.
#[derive(Clone)]
struct Tally {
    held: Vec<u64>,
    intervals: u64,
}

fn main() -> Result<()> {
    let seeds: u64 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(1000);
    let exposures: Vec<u32> = (0..10_000).map(lognormal).collect();
    let levels = LEVELS.into_iter().map(Level::parse).collect::<Result<Vec<_>>>()?;
    let lognormal = sweep(0..seeds, exposures.clone(), &lognormal_truth(&exposures, &levels))?;
    let lattice = sweep(seeds..2 * seeds, vec![1; 1000], &lattice_truth(&levels))?;

    println!("Coverage of 95 % intervals, {seeds} seeds; (a) 10,000 lognormal exposures, (b) 1,000 equal exposures;");
    println!(
        "PD {PD}, rho {RHO}. Standard error of an entry: {:.1} % at 10,000 scenarios, {:.1} % at 100,000.\n",
        100.0 * (0.0475 / (10.0 * seeds as f64)).sqrt(),
        100.0 * (0.0475 / seeds as f64).sqrt()
    );
    println!("| measure | scenarios | in the tail | (a) lognormal | (b) lattice |\n|---|---|---|---|---|");
    for (size, scenarios) in [PART as u64, SCENARIOS].into_iter().enumerate() {
        for (row, (name, level)) in measures(&levels).into_iter().enumerate() {
            let tail = level.map_or_else(String::new, |level| in_the_tail(level.tail(scenarios), &name));
            let share = |swept: &Swept| swept.tallies[size].percent(row);
            println!("| {name} | {scenarios} | {tail} | {} | {} |", share(&lognormal), share(&lattice));
        }
    }
    println!("\n| share of all scenarios beyond the true VaR | (a) played | (a) true | (b) played | (b) true |");
    println!("|---|---|---|---|---|");
    for (place, level) in levels.iter().enumerate() {
        let [a, b] = [&lognormal, &lattice].map(|swept| swept.beyond[place]);
        println!("| {level} | {:.6} | {:.6} | {:.6} | {:.6} |", a[0], a[1], b[0], b[1]);
    }
    Ok(())
}

/// Scenarios in the tail, with the flag that a report would raise; the interval of a VaR needs none.
fn in_the_tail(scenarios: f64, measure: &str) -> String {
    let flag = if measure.starts_with("ES") && scenarios < ENOUGH_TAIL as f64 { ", flagged" } else { "" };
    format!("{scenarios:.0}{flag}")
}

/// Names of the measures in the order of [`intervals`], with the level of those that rest on a tail.
fn measures(levels: &[Level]) -> Vec<(String, Option<Level>)> {
    let plain = ["mean", "standard deviation"].map(|name| (name.to_owned(), None));
    let tails = |name: &'static str| levels.iter().map(move |&level| (format!("{name} {level}"), Some(level)));
    plain.into_iter().chain(tails("VaR")).chain(tails("ES")).collect()
}

/// What [`sweep`] found: tallies of parts and of wholes, and per level the share beyond the true VaR, played and true.
struct Swept {
    tallies: [Tally; 2],
    beyond: Vec<[f64; 2]>,
}

fn sweep(seeds: Range<u64>, losses: Vec<u32>, truth: &Truth) -> Result<Swept> {
    let group = Group { segment: 0, pd: PD, losses };
    let plan = Portfolio::one_factor(AssetCorrelation::Fixed(RHO), vec![group])?.plan(KernelChoice::Auto)?;
    let mut device = Cpu::on_all_cores()?;
    let tally = Tally { held: vec![0; 2 + 2 * truth.tails.len()], intervals: 0 };
    let mut tallies = [tally.clone(), tally];
    let mut beyond = vec![0; truth.tails.len()];
    for seed in seeds.clone() {
        let sample = Sample::play(&mut device, &Job::new(&plan, seed), SCENARIOS)?;
        for part in sample.losses().chunks(PART) {
            tallies[0].add(&Ordered::sort(part.iter().copied()), truth);
        }
        tallies[1].add(sample.ordered(), truth);
        for (count, (_, [at_risk, ..])) in beyond.iter_mut().zip(&truth.tails) {
            *count += sample.beyond(*at_risk);
        }
        if seed % 100 == 99 {
            eprintln!("seed {} of {}", seed + 1, seeds.end);
        }
    }
    let played = ((seeds.end - seeds.start) * SCENARIOS) as f64;
    let beyond = beyond.iter().zip(&truth.tails).map(|(&count, (_, tail))| [count as f64 / played, tail[2]]).collect();
    Ok(Swept { tallies, beyond })
}

impl Tally {
    fn add(&mut self, losses: &Ordered, truth: &Truth) {
        self.intervals += 1;
        for (held, (interval, truth)) in self.held.iter_mut().zip(intervals(losses, truth)) {
            // An end that the sample is too small to give bounds nothing.
            let [low, high] = interval;
            *held += u64::from(low.is_none_or(|end| end <= truth) && high.is_none_or(|end| truth <= end));
        }
    }

    fn percent(&self, row: usize) -> String {
        format!("{:.1} %", 100.0 * self.held[row] as f64 / self.intervals as f64)
    }
}

/// Every interval with the truth that it should hold: mean, deviation, VaR by level, ES by level.
fn intervals(losses: &Ordered, truth: &Truth) -> Vec<(Interval, f64)> {
    let unit = Unit::new(1, 0).unwrap_or(Unit::CENT);
    let none: Interval = [None, None];
    let moments = moments(losses).map(|moments| [moments.mean.interval, moments.standard_deviation.interval]);
    let [mean, deviation] = moments.unwrap_or([none, none]);
    let mut all = vec![(mean, truth.mean), (deviation, truth.standard_deviation)];
    for &(level, [at_risk, ..]) in &truth.tails {
        all.push((quantile(losses, level, |units| units as f64).map_or(none, |var| var.interval), at_risk));
    }
    for &(level, [_, shortfall, _]) in &truth.tails {
        all.push((expected_shortfall(losses, level, unit).map_or(none, |es| es.interval), shortfall));
    }
    all
}

/// The i-th of 10,000 equally likely lognormal amounts: median 10,000, log-deviation 1.
fn lognormal(i: u32) -> u32 {
    (10_000.0 * libm::exp(normal::quantile((f64::from(i) + 0.5) / 10_000.0)) + 0.5) as u32
}

fn lattice_truth(levels: &[Level]) -> Truth {
    let law = count_law(1000, PD, RHO);
    let tail = |&level: &Level| {
        let at_risk = law.value_at_risk(level);
        (level, [at_risk as f64, law.expected_shortfall(level), law.beyond(at_risk)])
    };
    Truth { mean: law.mean(), standard_deviation: law.standard_deviation(), tails: levels.iter().map(tail).collect() }
}

/// Sums of the first three powers of the exposures: given the factor they and the conditional PD make the cumulants.
struct Powers([f64; 3]);

fn lognormal_truth(exposures: &[u32], levels: &[Level]) -> Truth {
    let sum = |power: fn(f64) -> f64| exposures.iter().map(|&exposure| power(f64::from(exposure))).sum::<f64>();
    let powers = Powers([sum(|w| w), sum(|w| w * w), sum(|w| w * w * w)]);
    let nodes = normal_nodes(200);
    let average = |f: &dyn Fn([f64; 3]) -> f64| -> f64 {
        nodes.iter().map(|node: &Node| node.weight * f(powers.cumulants(conditional_pd(PD, RHO, node.at)))).sum()
    };
    let mean = average(&|[mean, ..]| mean);
    let variance = average(&|[given, deviation, _]| deviation * deviation + (given - mean) * (given - mean));
    let beyond = |loss: f64| average(&|cumulants| tail_of(cumulants, loss)[0]);
    let tail = |&level: &Level| {
        let (mut low, mut high) = (0.0, powers.0[0]);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if beyond(middle) > level.tail(1) { low = middle } else { high = middle }
        }
        let excess = average(&|cumulants| tail_of(cumulants, high)[1]);
        (level, [high, high + excess / level.tail(1), level.tail(1)])
    };
    Truth { mean, standard_deviation: variance.sqrt(), tails: levels.iter().map(tail).collect() }
}

impl Powers {
    /// Mean, standard deviation and skewness of Σ exposure × default at default probability `pd`.
    fn cumulants(&self, pd: f64) -> [f64; 3] {
        let Powers([first, second, third]) = self;
        let spread = pd * (1.0 - pd);
        let deviation = (spread * second).sqrt();
        let skewness = spread * (1.0 - 2.0 * pd) * third / (deviation * deviation * deviation);
        [pd * first, deviation, if deviation > 0.0 { skewness } else { 0.0 }]
    }
}

/// P(L > `loss`) and E(L − `loss`)⁺ of a nearly normal L: Φ(−z) + γ/6 (z² − 1) φ(z), and its integral.
fn tail_of([mean, deviation, skewness]: [f64; 3], loss: f64) -> [f64; 2] {
    if deviation <= 0.0 {
        return [f64::from(u8::from(mean > loss)), (mean - loss).max(0.0)];
    }
    let z = (loss - mean) / deviation;
    let (above, density) = (normal::cdf(-z), normal::pdf(z));
    let probability = above + skewness / 6.0 * (z * z - 1.0) * density;
    [probability, deviation * (density - z * above + skewness / 6.0 * z * density)]
}
