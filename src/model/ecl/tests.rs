//! The closed form against figures computed independently, with siblings that differ in one convention; against sums
//! written out month by month; and at the edges of what it accepts.

use super::*;
use crate::model::exposure::{Collateral, CollateralSettings, CustomSchedule, LgdPath, LoanTerms, RateKind, Schedule};
use crate::model::time::Grid;

/// Probability of default within so many months of a hazard that gives 2 % a year.
fn two_per_cent(months: u16) -> f64 {
    1.0 - libm::pow(0.98, f64::from(months) / 12.0)
}

/// A loan of 1,000,000 that loses 45 %.
fn loan(schedule: Schedule<'_>, months: u16, rate: f64) -> LoanTerms<'_> {
    LoanTerms {
        schedule,
        months,
        rate,
        cpr: 0.0,
        drawn: 1e6,
        undrawn: 0.0,
        lgd: LgdPath::Constant(0.45),
        collateral: None,
    }
}

/// ECL over 12 months and over the loan's life.
fn both(terms: &LoanTerms<'_>, discounting: Discounting, grid: Grid) -> [f64; 2] {
    let mut losses = Vec::new();
    loss_path(terms, discounting, grid, &mut losses);
    [12, terms.months].map(|horizon| expected(&losses, &two_per_cent, horizon, &mut []))
}

fn near(got: [f64; 2], wanted: [f64; 2]) -> bool {
    got.iter().zip(wanted).all(|(got, wanted)| (got - wanted).abs() < 1e-7)
}

/// Nine loans: terms, grid, ECL over 12 months and over life (an independent program in NumPy, ten decimals).
fn cases() -> [(LoanTerms<'static>, Grid, [f64; 2]); 9] {
    let five = RateKind::Effective.monthly(0.05);
    let annuity = |months| loan(Schedule::Annuity, months, 0.005);
    let bullet = loan(Schedule::Bullet, 60, five);
    let revolving =
        LoanTerms { drawn: 4e5, undrawn: 0.5 * 6e5, ..loan(Schedule::Bullet, 24, RateKind::Effective.monthly(0.15)) };
    [
        (bullet, Grid::Yearly, [8783.1006565368, 38437.6243665459]),
        (bullet, Grid::Quarterly, [8784.5937965802, 38444.1588192819]),
        (bullet, Grid::Monthly, [8784.6822907040, 38444.5460975361]),
        (loan(Schedule::Linear, 60, five), Grid::Quarterly, [7988.8084788128, 20642.6541967055]),
        (annuity(60), Grid::Monthly, [8046.6997934605, 21213.1920059191]),
        (annuity(60), Grid::Quarterly, [8046.0171930198, 21210.1550943217]),
        (annuity(31), Grid::Quarterly, [7295.6926108975, 11583.9376881382]),
        (LoanTerms { cpr: 0.1, ..annuity(60) }, Grid::Quarterly, [7688.0803880834, 18112.3250855192]),
        (revolving, Grid::Quarterly, [5880.5603249431, 10891.8204279382]),
    ]
}

#[test]
fn nine_loans_agree_with_independent_figures() {
    for (place, (terms, grid, wanted)) in cases().into_iter().enumerate() {
        let got = both(&terms, Discounting::Effective, grid);
        assert!(near(got, wanted), "case {place}: {got:?} for {wanted:?}");
    }
}

#[test]
fn the_first_three_have_a_geometric_series() {
    let five = loan(Schedule::Bullet, 60, RateKind::Effective.monthly(0.05));
    for grid in Grid::ALL {
        let years = 1.0 / f64::from(grid.per_year());
        let ratio = libm::pow(0.98 / 1.05, years);
        let first = 1e6 * 0.45 * (1.0 - libm::pow(0.98, years)) * libm::pow(1.05, -0.5 * years);
        let terms = 5.0 * f64::from(grid.per_year());
        let wanted = first * (1.0 - libm::pow(ratio, terms)) / (1.0 - ratio);
        let [_, life] = both(&five, Discounting::Effective, grid);
        assert!((life - wanted).abs() < 1e-8, "{life} for {wanted}");
        // Their limit: 1e6 × .45 h/(h+δ) (1 − e^(−5(h+δ))), nearer with every refinement.
        assert!((life - 38444.59450772255).abs() < 8.0 * years * years);
    }
}

#[test]
fn undiscounted_bullets_do_not_know_the_grid() {
    for (months, wanted) in [(60, 43235.64144), (31, 1e6 * 0.45 * two_per_cent(31)), (1, 450_000.0 * two_per_cent(1))] {
        for grid in Grid::ALL {
            let [_, life] = both(&loan(Schedule::Bullet, months, 0.01), Discounting::None, grid);
            assert!((life - wanted).abs() < 1e-8, "{grid:?} {months}: {life} for {wanted}");
        }
    }
    // Sibling: discounted ones do.
    let [_, yearly] = both(&loan(Schedule::Bullet, 60, 0.01), Discounting::Effective, Grid::Yearly);
    let [_, monthly] = both(&loan(Schedule::Bullet, 60, 0.01), Discounting::Effective, Grid::Monthly);
    assert!((yearly - monthly).abs() > 10.0);
}

/// Choices in which a definition may go wrong.
#[derive(Clone, Copy)]
struct Convention {
    /// Months whose balances are averaged, counted from the period's start: all of them, or the first.
    opening_balance: bool,
    /// Point of the period to which a loss is discounted: 0.5 or 1.
    point: f64,
}

const OURS: Convention = Convention { opening_balance: false, point: 0.5 };

/// M33–M37 written out: a sum over months, with powers.
fn written_out(terms: &LoanTerms<'_>, grid: Grid, horizon: u16, convention: Convention) -> f64 {
    let mut sum = 0.0;
    let mut period = 0;
    loop {
        let (start, end) = grid.bounds(period, terms.months);
        if start >= end || start >= horizon {
            return sum;
        }
        let months: Vec<u16> = if convention.opening_balance { vec![start] } else { (start..end).collect() };
        let owed = |month: &u16| {
            terms.schedule.balance(*month, terms.months, terms.rate)
                * libm::pow(1.0 - terms.cpr, f64::from(*month) / 12.0)
        };
        let mean = months.iter().map(owed).sum::<f64>() / months.len() as f64;
        let exposure = terms.drawn * mean + terms.undrawn;
        let at = f64::from(start) + convention.point * f64::from(end - start);
        let chance = two_per_cent(end.min(horizon)) - two_per_cent(start);
        sum += chance * terms.lgd.at(usize::from(period)) * exposure * libm::pow(1.0 + terms.rate, -at);
        period += 1;
    }
}

#[test]
fn the_recursion_is_the_sum_over_months() {
    let table = CustomSchedule::new(&[(3, 0.9), (11, 0.2), (19, 0.6)]).unwrap();
    let lgds = [0.2, 0.5, 0.1];
    let mut losses = Vec::new();
    for schedule in [Schedule::Bullet, Schedule::Linear, Schedule::Annuity, Schedule::Custom(&table)] {
        for (months, rate) in [(1, 0.01), (2, -0.3), (13, 0.2), (37, 1e-15), (37, -0.02), (121, 0.004), (480, 0.0)] {
            for (cpr, undrawn, grid) in
                [(0.0, 0.0, Grid::Quarterly), (0.13, 7e3, Grid::Yearly), (0.9, 1.0, Grid::Monthly)]
            {
                let lgd = LgdPath::ByPeriod(&lgds);
                let terms = LoanTerms { cpr, undrawn, lgd, ..loan(schedule, months, rate) };
                loss_path(&terms, Discounting::Effective, grid, &mut losses);
                for horizon in [1, 11, 12, months] {
                    let got = expected(&losses, &two_per_cent, horizon, &mut []);
                    let wanted = written_out(&terms, grid, horizon, OURS);
                    assert!((got / wanted - 1.0).abs() < 1e-11, "{terms:?} {grid:?} {horizon}: {got} for {wanted}");
                }
            }
        }
    }
}

#[test]
fn other_conventions_give_other_figures() {
    for (place, (terms, grid, wanted)) in cases().into_iter().enumerate() {
        assert!(near([12, terms.months].map(|horizon| written_out(&terms, grid, horizon, OURS)), wanted));
        let life = |convention| written_out(&terms, grid, terms.months, convention);
        let differs = |got: f64| (got - wanted[1]).abs() > 1.0;
        assert!(differs(life(Convention { point: 1.0, ..OURS })), "case {place}: the end for the middle");
        let opening = life(Convention { opening_balance: true, ..OURS });
        let repaid_within_periods = terms.schedule != Schedule::Bullet && grid != Grid::Monthly;
        assert_eq!(differs(opening), repaid_within_periods, "case {place}: the opening balance for the mean");
        let nominal = LoanTerms { rate: libm::expm1(12.0 * libm::log1p(terms.rate)) / 12.0, ..terms };
        assert!(differs(both(&nominal, Discounting::Effective, grid)[1]), "case {place}: nominal for effective");
        assert!(differs(both(&terms, Discounting::Effective, grid)[0]), "case {place}: 12 months for life");
        assert!(differs(both(&terms, Discounting::None, grid)[1]), "case {place}: undiscounted");
    }
}

#[test]
fn early_repayment_leaves_what_the_rate_says() {
    // CPR 10 %: 0.9^(30/12) is left of a bullet in its 31st month.
    let terms = LoanTerms { cpr: 0.1, ..loan(Schedule::Bullet, 60, 0.0) };
    let mut losses = Vec::new();
    loss_path(&terms, Discounting::None, Grid::Monthly, &mut losses);
    assert!((losses[30].loss / 450_000.0 - 0.76843347).abs() < 5e-9);
    // The single monthly mortality is .0087416110.
    assert!((1.0 - losses[1].loss / losses[0].loss - 0.0087416110).abs() < 5e-11);
    // Sibling: a twelfth of the rate each month.
    assert!((libm::pow(1.0 - 0.1 / 12.0, 30.0) - 0.76843347).abs() > 1e-3);
}

#[test]
fn the_smallest_example_of_the_standard() {
    // IFRS 9, IE8: 1,000,000 × 0.5 % × 25 %, nothing discounted.
    let terms = LoanTerms { lgd: LgdPath::Constant(0.25), ..loan(Schedule::Bullet, 12, 0.0) };
    let mut losses = Vec::new();
    loss_path(&terms, Discounting::None, Grid::Yearly, &mut losses);
    assert_eq!(expected(&losses, &|months: u16| 0.005 * f64::from(months) / 12.0, 12, &mut []), 1_250.0);
}

#[test]
fn parts_fall_into_the_years_in_which_they_begin() {
    let (terms, grid, [_, life]) = cases()[6];
    let mut losses = Vec::new();
    loss_path(&terms, Discounting::Effective, grid, &mut losses);
    let mut years = [0.0; 3];
    let sum = expected(&losses, &two_per_cent, 31, &mut years);
    assert!((sum - life).abs() < 1e-7 && (years.iter().sum::<f64>() - sum).abs() < 1e-9);
    let by_hand = |range: std::ops::Range<usize>| {
        let part = |period: &PeriodLoss| (two_per_cent(period.end) - two_per_cent(period.start)) * period.loss;
        losses[range].iter().map(part).sum::<f64>()
    };
    for (year, periods) in [0..4, 4..8, 8..11].into_iter().enumerate() {
        assert!((years[year] - by_hand(periods)).abs() < 1e-9);
    }
    // Added to what is there; and what has no place is left out of the years, not of the sum.
    let mut short = [1.0];
    assert_eq!(expected(&losses, &two_per_cent, 31, &mut short), sum);
    assert!((short[0] - 1.0 - years[0]).abs() < 1e-9);
}

#[test]
fn collateral_is_sold_at_the_price_of_its_day() {
    let settings = CollateralSettings {
        haircut: 0.2,
        cost_of_sale: 0.1,
        growth: 0.03,
        months_to_sale: 24,
        lgd_floor: 0.05,
        index_loading: 0.0,
    };
    let collateral = Some(Collateral { value: 900_000.0, settings });
    let terms = LoanTerms { collateral, ..loan(Schedule::Linear, 19, RateKind::Effective.monthly(0.05)) };
    let mut losses = Vec::new();
    loss_path(&terms, Discounting::Effective, Grid::Quarterly, &mut losses);
    for period in &losses {
        let middle = f64::from(period.start + period.end) / 24.0;
        let proceeds = 9e5 * libm::pow(1.03, middle) * 0.8 * 0.9 * libm::pow(1.05, -2.0);
        let owed = |month: u16| 1e6 * terms.schedule.balance(month, 19, 0.0);
        let exposure = (period.start..period.end).map(owed).sum::<f64>() / f64::from(period.end - period.start);
        let lgd = (0.45 * (1.0 - (proceeds / exposure).min(1.0))).max(0.05);
        let wanted = lgd * exposure * libm::pow(1.05, -middle);
        assert!((period.loss / wanted - 1.0).abs() < 1e-12, "{period:?} for {wanted}");
    }
    // Sibling: a price that stands still; and the floor is met before the end.
    let still = Some(Collateral { value: 900_000.0, settings: CollateralSettings { growth: 0.0, ..settings } });
    let mut others = Vec::new();
    loss_path(&LoanTerms { collateral: still, ..terms }, Discounting::Effective, Grid::Quarterly, &mut others);
    assert!((others[1].loss / losses[1].loss - 1.0).abs() > 1e-3);
    assert_eq!(others[6].loss, losses[6].loss);
}

#[test]
fn nothing_breaks_at_the_edges() {
    let table = CustomSchedule::new(&[(0, 1.0), (480, 10.0)]).unwrap();
    let settings = CollateralSettings { growth: -1.0, months_to_sale: u16::MAX, ..CollateralSettings::default() };
    let mut losses = Vec::new();
    for schedule in [Schedule::Bullet, Schedule::Linear, Schedule::Annuity, Schedule::Custom(&table)] {
        for rate in [-0.75, -0.5, 0.0, 1e-300, 0.25, -1.0, 1e300, f64::INFINITY, f64::NAN] {
            for months in [0, 1, 480, u16::MAX] {
                for collateral in [None, Some(Collateral { value: f64::MAX, settings })] {
                    for (cpr, discounting) in
                        [(0.999, Discounting::Effective), (1.0, Discounting::Rate(-1.0)), (f64::NAN, Discounting::None)]
                    {
                        let terms = LoanTerms { cpr, collateral, drawn: 1e15, ..loan(schedule, months, rate) };
                        loss_path(&terms, discounting, Grid::Quarterly, &mut losses);
                        let _ = expected(&losses, &|_| f64::NAN, u16::MAX, &mut [0.0; 2]);
                        assert_eq!(losses.len(), usize::from(Grid::Quarterly.periods(months)));
                        let sound = (-0.75..=0.25).contains(&rate) && cpr == 0.999 && months <= 480;
                        let fine = losses.iter().all(|period| period.loss.is_finite() && period.loss >= 0.0);
                        assert!(fine || !sound, "{terms:?}");
                    }
                }
            }
        }
    }
    assert_eq!(expected(&[], &two_per_cent, 12, &mut []), 0.0);
}

#[test]
fn what_is_not_a_number_is_not_hidden() {
    let sound = loan(Schedule::Annuity, 31, 0.01);
    let priceless = Collateral { value: f64::NAN, settings: CollateralSettings::default() };
    for terms in [
        LoanTerms { rate: f64::NAN, ..sound },
        LoanTerms { drawn: f64::NAN, ..sound },
        LoanTerms { undrawn: f64::NAN, ..sound },
        LoanTerms { cpr: f64::NAN, ..sound },
        LoanTerms { lgd: LgdPath::Constant(f64::NAN), ..sound },
        LoanTerms { collateral: Some(priceless), ..sound },
    ] {
        assert!(both(&terms, Discounting::Effective, Grid::Quarterly)[1].is_nan(), "{terms:?}");
    }
    assert!(both(&sound, Discounting::Rate(f64::NAN), Grid::Quarterly)[1].is_nan());
    assert!(!both(&sound, Discounting::Effective, Grid::Quarterly)[1].is_nan());
}
