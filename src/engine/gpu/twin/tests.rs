//! The twins against the reference: arithmetic word by word, then whole plans, laid out by the real schedule.

use super::super::batch::Tiling;
use super::super::interface::{Block, HEADER_WORDS, Params, Periods, Span};
use super::super::pieces::pieces;
use super::super::receipt;
use super::super::schedule::{Bounds, Shelf, device_blocks, schedule};
use super::super::states::States;
use super::super::sums::{Shape, Sums};
use super::super::tables::Tables;
use super::super::timed;
use super::plans::{Kind, PLAIN, POOLS, STUDENT, plan, timed_plan};
use super::words::{Words, clamp_words, multiply, round_shift, subtract};
use super::{
    argument, fixed, granular, mulhi_split, mulhi_wide, named, philox, severity, threshold, timed_granular, timed_named,
};
use crate::engine::block::{Kernel, KernelChoice};
use crate::engine::horizon::{self, WHOLE};
use crate::engine::job::{self, Job};
use crate::engine::line::Line;
use crate::engine::plan::Plan;
use crate::engine::severity::{State, state_row};
use crate::engine::{Scalar, device::Device, device::Part, device::Sink};
use crate::error::Result;
use crate::math::grid::POSITION_LIMIT;
use crate::math::threshold::ThresholdTable;
use crate::model::Copula;
use crate::rng::{self, KNOWN_ANSWERS};
use std::sync::Mutex;

/// What a shader sees of one shelf and batch.
pub struct Memory<'a> {
    pub params: Params,
    pub losses: &'a [u32],
    pub blocks: &'a [Block],
    pub spans: &'a [Span],
    pub counts: &'a [u32],
    pub shocks: &'a [i32],
    pub tables: &'a [u32],
    pub is_stateful: bool,
}

/// Words that break carries, and random ones.
fn words() -> Vec<u32> {
    let edges = [0, 1, 2, 3, 0x7FFF, 0x8000, 0xFFFF, 0x1_0000, 0x7FFF_FFFF, 0x8000_0000, 0x8000_0001, u32::MAX - 1];
    let random = (0..345).flat_map(|i| rng::philox4x32_10([i, 0, 0, 0], [3, 5]));
    edges.into_iter().chain([u32::MAX]).chain(random).collect()
}

#[test]
fn both_products_are_the_upper_half() {
    let words = words();
    for &a in &words {
        for &b in words.iter().step_by(7) {
            assert_eq!(mulhi_split::mulhi(a, b), rng::mulhi(a, b), "{a} {b}");
            assert_eq!(mulhi_wide::mulhi(a, b), rng::mulhi(a, b), "{a} {b}");
        }
    }
}

#[test]
fn a_base_times_a_factor_is_rounded_as_on_the_host() {
    for base in words() {
        for factor in words().into_iter().map(|word| word % (WHOLE + 1)).chain([WHOLE]) {
            assert_eq!(fixed::round31(base, factor), horizon::round31(base, factor), "{base} {factor}");
        }
    }
}

#[test]
fn philox_gives_the_published_words() {
    for known in KNOWN_ANSWERS {
        assert_eq!(philox::philox4x32_10(known.counter, known.key), known.words);
    }
}

#[test]
fn two_words_compute_like_64_bits() {
    let long = |words: Words| (u64::from(words.hi) << 32 | u64::from(words.lo)) as i64;
    let signed: Vec<i32> = words().into_iter().map(|word| word as i32).collect();
    for (i, &a) in signed.iter().enumerate() {
        for &b in signed.iter().skip(i % 5).step_by(5) {
            let product = i64::from(a) * i64::from(b);
            assert_eq!(long(multiply(a, b)), product);
            for shift in [0, 1, 17, 24, 30] {
                let rounded = (product + ((1 << shift) >> 1)) >> shift;
                assert_eq!(long(round_shift(multiply(a, b), shift)), rounded, "{a} {b} {shift}");
            }
            let other = multiply(b, 12_345);
            assert_eq!(long(subtract(multiply(a, b), other)), product - long(other));
            let limit = i64::from(POSITION_LIMIT);
            assert_eq!(i64::from(clamp_words(multiply(a, b), POSITION_LIMIT)), product.clamp(-limit, limit));
        }
    }
}

#[test]
fn the_argument_and_the_threshold_are_those_of_the_job() {
    let words = words();
    for (i, &word) in words.iter().enumerate() {
        for (shift, &other) in (0..31).zip(words.iter().skip(i % 40)) {
            let line = Line { threshold: word as i32, shift, slope: (other & 0x7FFF_FFFF) as i32 };
            let block = block_of(&[0, 0, 1, line.threshold as u32, shift, line.slope as u32]);
            let (mixing, index) = (1 << 24 | (other >> 9) as i32, other.rotate_left(7) as i32);
            let x = argument::argument(&block, mixing, index);
            assert_eq!(x, job::argument(line, mixing, index), "{line:?} {mixing} {index}");
            assert_eq!(threshold::threshold(x), ThresholdTable::shared().threshold(x));
        }
    }
}

struct Collect(Mutex<Vec<Part>>);

impl Sink for Collect {
    fn accept(&self, part: Part) -> Result<()> {
        self.0.lock().unwrap().push(part);
        Ok(())
    }

    fn is_stopped(&self) -> bool {
        false
    }
}

/// Plays a batch with the twins.
fn play(job: &Job<'_>, first: u64, n_scenarios: u32, (size, bounds): (u32, Bounds)) -> Part {
    let plan = job.plan();
    let shelves = schedule(plan, size, bounds);
    check_shelves(&shelves, plan, bounds);
    let tiling = Tiling::new(n_scenarios);
    let mut tables = Tables::default();
    tables.fill(job, &shelves, first, tiling);
    let shape = Shape::of(plan);
    let mut results = vec![0; (HEADER_WORDS + n_scenarios * shape.words() as u32) as usize];
    let horizon = plan.horizon();
    let device_tables = timed::tables(plan);
    assert_eq!(device_tables.len() as u64, timed::table_words(plan));
    let States { index_rows, is_path, by_argument, severity_rows, severity_cells, first_class, first_severity } =
        timed::states(plan);
    let mut sent = 0;
    let stamp = receipt::next_stamp();
    for piece in pieces(&shelves, n_scenarios, 3_000.0, &tables.most_hits) {
        let shelf = &shelves[piece.shelf];
        let mut losses = vec![];
        shelf.blocks.iter().for_each(|block| timed::extend_losses(&mut losses, block, plan));
        assert_eq!(losses.len() as u64, shelf.n_losses);
        let n_words = Block::words_in(shelf.periods);
        let blocks: Vec<Block> = device_blocks(shelf, plan).chunks(n_words).map(block_of).collect();
        let memory = Memory {
            params: Params {
                key_lo: job.key()[0],
                key_hi: job.key()[1],
                scenario_lo: first as u32,
                scenario_hi: (first >> 32) as u32,
                n_scenarios,
                n_segments: shape.n_segments as u32,
                tile: tiling.tile,
                n_counted: shelf.n_counted as u32,
                first_span: piece.first_span,
                players: piece.players,
                lanes: size / piece.players,
                most_blocks: piece.most_blocks,
                stamp,
                most_rounds: piece.most_rounds,
                periods: horizon.map_or(1, |horizon| horizon.periods() as u32),
                per_year: horizon.map_or(1, |horizon| horizon.per_year() as u32),
                n_years: shape.n_years as u32,
                index_rows,
                is_path,
                by_argument,
                severity_rows,
                severity_cells,
                first_class,
                first_severity,
            },
            losses: &losses,
            blocks: &blocks,
            spans: &shelf.spans,
            counts: &tables.counts[piece.shelf],
            shocks: &tables.shocks,
            tables: &device_tables,
            is_stateful: Periods::of(plan) == Periods::Stateful,
        };
        let kernel = match (horizon, piece.kernel) {
            (None, Kernel::Granular) => granular::granular,
            (None, Kernel::Named) => named::named,
            (Some(_), Kernel::Granular) => timed_granular::timed_granular,
            (Some(_), Kernel::Named) => timed_named::timed_named,
        };
        for y in 0..piece.n_spans {
            for x in 0..piece.n_groups {
                kernel(&memory, &mut results, [x, y]);
            }
        }
        sent += piece.workgroups();
    }
    assert_eq!(receipt::check(&results, stamp, sent), Ok(()), "every workgroup finished");
    Sums::read(first..first + u64::from(n_scenarios), &results, shape).into_part(plan.certain())
}

fn block_of(words: &[u32]) -> Block {
    let [number, first, obligors, threshold, shift, slope, several @ ..] = words else { panic!() };
    let late = |place: usize| several.get(place).copied().unwrap_or(0);
    Block {
        number: *number,
        first: *first,
        obligors: *obligors,
        threshold: *threshold as i32,
        shift: *shift,
        slope: *slope as i32,
        slots: late(0),
        periods: late(1),
        first_line: late(2),
    }
}

/// Every random block is on one shelf, in one span of one dispatch, within the bounds.
fn check_shelves(shelves: &[Shelf], plan: &Plan, bounds: Bounds) {
    let mut numbers: Vec<u32> = shelves.iter().flat_map(|shelf| &shelf.blocks).map(|block| block.number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, plan.random_blocks().iter().map(|block| block.number).collect::<Vec<_>>());
    for shelf in shelves {
        assert!(4 * shelf.n_losses <= bounds.bytes || shelf.blocks.len() == 1);
        assert!((4 * Block::words_in(shelf.periods) * shelf.blocks.len()) as u64 <= bounds.bytes);
        let (mut next_block, mut next_span) = (0, 0);
        for dispatch in &shelf.dispatches {
            assert_eq!(dispatch.spans.start, next_span);
            assert!(dispatch.spans.len() as u32 <= bounds.workgroups);
            next_span = dispatch.spans.end;
            for span in &shelf.spans[dispatch.spans.start as usize..dispatch.spans.end as usize] {
                assert_eq!(span.first_block, next_block);
                next_block += span.n_blocks;
                let blocks = &shelf.blocks[span.first_block as usize..next_block as usize];
                assert!(blocks.iter().all(|block| block.segment == span.segment && block.kernel == dispatch.kernel));
            }
        }
        assert_eq!((next_block as usize, next_span as usize), (shelf.blocks.len(), shelf.spans.len()));
    }
}

/// Holds what the twins play against the reference, over a carry of the scenario's lower word.
fn check_batch(plan: &Plan, n: u32, (size, bounds): (u32, Bounds)) {
    let job = Job::new(plan, 20_261_122);
    let first = (1 << 32) - 11;
    let sink = Collect(Mutex::new(vec![]));
    Scalar.play(&job, first..first + u64::from(n), &sink).unwrap();
    let mut parts = sink.0.into_inner().unwrap();
    parts.sort_by_key(|part| part.scenarios.start);
    let played = play(&job, first, n, (size, bounds));
    let all = |of: fn(&Part) -> &Vec<u64>| parts.iter().flat_map(of).copied().collect::<Vec<_>>();
    assert_eq!(played.defaults, parts.iter().flat_map(|part| part.defaults.clone()).collect::<Vec<_>>(), "{size}");
    assert_eq!(played.segment_losses, all(|part| &part.segment_losses), "{size}");
    assert_eq!(played.year_losses, all(|part| &part.year_losses), "{size}");
    assert_eq!(played.losses, all(|part| &part.losses), "{size}");
}

const ROOMY: Bounds = Bounds { bytes: 1 << 27, workgroups: 65_535 };
const TIGHT: Bounds = Bounds { bytes: 1 << 16, workgroups: 1 };
const CHOICES: [KernelChoice; 3] = [KernelChoice::Auto, KernelChoice::Granular, KernelChoice::Named];

#[test]
fn the_kernels_equal_the_reference() {
    let mut sizes = [32, 64, 128, 256].into_iter().cycle();
    for (choice, copula) in CHOICES.into_iter().flat_map(|choice| [(choice, Copula::Gaussian), (choice, STUDENT)]) {
        let plan = plan(choice, copula, &POOLS);
        for bounds in [ROOMY, TIGHT] {
            check_batch(&plan, 23, (sizes.next().unwrap(), bounds));
        }
    }
}

#[test]
fn the_kernels_equal_the_reference_over_an_odd_number_of_tiles() {
    let n = 1_031;
    assert_eq!(Tiling::new(n), Tiling { n_scenarios: n, tile: 207, n_tiles: 5 });
    for (choice, size) in CHOICES.into_iter().zip([64, 256, 128]) {
        check_batch(&plan(choice, STUDENT, &[(0, 0.3, 5), (0, 0.07, 83), (2, 0.2, 70)]), n, (size, ROOMY));
    }
}

/// Periods, periods in a year, and losses of each obligor.
const HORIZONS: [(usize, usize, u16); 5] = [(1, 1, 1), (2, 4, 1), (40, 4, 3), (480, 12, 1), (480, 1, 2)];

#[test]
fn the_timed_kernels_equal_the_reference() {
    let mut sizes = [64, 32, 256, 128].into_iter().cycle();
    for (choice, horizon) in CHOICES.into_iter().flat_map(|choice| HORIZONS.map(|horizon| (choice, horizon))) {
        // Many hits and few, small blocks and large ones, certain and impossible defaults.
        let pools = [(0, 0.02, 17_003), (0, 0.3, 5), (1, 0.6, 1_003), (2, 0.004, 77), (2, 1.0, 3), (2, 0.0, 9)];
        let plan = timed_plan(choice, &pools, horizon, PLAIN);
        for bounds in [ROOMY, TIGHT] {
            check_batch(&plan, 11, (sizes.next().unwrap(), bounds));
        }
    }
}

#[test]
fn the_timed_kernels_equal_the_reference_over_an_odd_number_of_tiles() {
    let pools = [(0, 0.3, 5), (0, 0.07, 83), (2, 0.2, 70)];
    for (choice, size) in CHOICES.into_iter().zip([64, 256, 128]) {
        check_batch(&timed_plan(choice, &pools, (12, 4, 2), PLAIN), 1_031, (size, ROOMY));
    }
}

/// Paths and severities of every shape.
const KINDS: [Kind; 6] = [
    Kind { has_path: true, severity: None },
    Kind { has_path: false, severity: Some((1, 256, State::Index)) },
    Kind { has_path: false, severity: Some((256, 1, State::Argument)) },
    Kind { has_path: true, severity: Some((256, 256, State::Index)) },
    Kind { has_path: true, severity: Some((256, 256, State::Argument)) },
    Kind { has_path: true, severity: Some((1, 1, State::Argument)) },
];

#[test]
fn paths_and_severities_equal_the_reference() {
    let mut sizes = [64, 32, 256, 128].into_iter().cycle();
    let mut choices = CHOICES.into_iter().cycle();
    // Of the fourth pool nobody defaults in the second period, which may be the last.
    let pools = [(0, 0.02, 4_003), (0, 0.3, 5), (1, 0.6, 1_003), (2, 0.04, 77), (2, 1.0, 3), (2, 0.0, 9)];
    for (kind, horizon) in KINDS.into_iter().flat_map(|kind| HORIZONS.map(|horizon| (kind, horizon))) {
        let plan = timed_plan(choices.next().unwrap(), &pools, horizon, kind);
        for bounds in [ROOMY, Bounds { bytes: 1 << 19, workgroups: 3 }] {
            check_batch(&plan, 11, (sizes.next().unwrap(), bounds));
        }
    }
}

#[test]
fn paths_equal_the_reference_over_an_odd_number_of_tiles() {
    let pools = [(0, 0.3, 5), (0, 0.07, 83), (2, 0.2, 70)];
    for (choice, size) in CHOICES.into_iter().zip([64, 256, 128]) {
        check_batch(&timed_plan(choice, &pools, (12, 4, 2), KINDS[4]), 1_031, (size, ROOMY));
    }
}

#[test]
fn rows_of_severities_are_those_of_the_host() {
    for state in words().into_iter().map(|word| word as i32).chain((-300..300).map(|step| step * 524_287)) {
        assert_eq!(severity::row_of(state), u32::from(state_row(state)), "{state}");
    }
}
