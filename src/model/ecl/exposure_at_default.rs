//! Exposure at default by period (M34): the mean of the balances of its months, run off by early repayments, and the
//! part of the limit that is drawn by then.
//!
//! Bullet, linear and annuity balances are one recursion, backwards from the loan's end: a loan that grows by the factor
//! g a month and pays p has a_{j+1} = (a_j + p)/g with j + 1 payments left, and B_k = a_{R−k}/a_R. (Annuity: p = 1,
//! a_0 = 0. Linear: the same with g = 1. Bullet: p = 0, g = 1, a_0 = 1.) n months of it are again linear in a_j, with
//! coefficients that are the same for all periods: two multiplications a period, all terms positive, hence nothing
//! cancels at any rate.

use super::PeriodLoss;
use crate::model::exposure::{CustomSchedule, LoanTerms, Schedule};
use crate::model::time::Grid;

/// Writes the loan's periods into `out`, their exposures in place of their losses; `out` is emptied first.
pub(super) fn fill(terms: &LoanTerms<'_>, grid: Grid, out: &mut Vec<PeriodLoss>) {
    out.clear();
    out.extend((0..grid.periods(terms.months)).map(|period| {
        let (start, end) = grid.bounds(period, terms.months);
        PeriodLoss { start, end, loss: 0.0 }
    }));
    let kept = kept_a_month(terms.cpr);
    let (growth, payment, last) = match terms.schedule {
        Schedule::Bullet => (1.0, 0.0, 1.0),
        Schedule::Linear => (1.0, 1.0, 0.0),
        Schedule::Annuity => (1.0 + terms.rate, 1.0, 0.0),
        Schedule::Custom(table) => return month_by_month(terms, table, kept, out),
    };
    let months_of = |months: u16| Months::new(months, Flow { growth, payment, kept });
    let whole = months_of(grid.months());
    let mut balance = last;
    for period in out.iter_mut().rev() {
        let months = period.end - period.start;
        // Only the loan's last period is cut off.
        let passed = if months == grid.months() { whole } else { months_of(months) };
        period.loss = balance * passed.of_end + passed.of_payments;
        balance = balance * passed.carried + passed.paid;
    }
    let mut scale = terms.drawn / balance;
    for period in out.iter_mut() {
        period.loss = period.loss * scale + terms.undrawn;
        scale *= whole.kept;
    }
}

/// Share of the balance that early repayment leaves after a month: (1 − CPR)^(1/12).
fn kept_a_month(cpr: f64) -> f64 {
    if cpr == 0.0 { 1.0 } else { libm::exp(libm::log1p(-cpr) / 12.0) }
}

fn month_by_month(terms: &LoanTerms<'_>, table: &CustomSchedule, kept: f64, out: &mut [PeriodLoss]) {
    let mut scale = terms.drawn;
    for period in out {
        let mut sum = 0.0;
        for month in period.start..period.end {
            sum += table.share(month) * scale;
            scale *= kept;
        }
        period.loss = sum / f64::from(period.end - period.start) + terms.undrawn;
    }
}

/// What happens to a balance in a month: it grows by a factor and a payment is made; of what is then owed, `kept` stays.
#[derive(Debug, Clone, Copy)]
struct Flow {
    growth: f64,
    payment: f64,
    kept: f64,
}

/// n months in one: with a_j at their end, a_{j+n} = carried a_j + paid at their start, and the mean of their balances,
/// each times kept^(months since the start), is of_end a_j + of_payments.
#[derive(Debug, Clone, Copy)]
struct Months {
    carried: f64,
    paid: f64,
    of_end: f64,
    of_payments: f64,
    kept: f64,
}

impl Months {
    fn new(months: u16, flow: Flow) -> Self {
        let back = 1.0 / flow.growth;
        let mut all = Self { carried: 1.0, paid: 0.0, of_end: 0.0, of_payments: 0.0, kept: 1.0 };
        for _ in 0..months {
            all.carried *= back;
            all.paid = (all.paid + flow.payment) * back;
            all.of_end = all.of_end * flow.kept + all.carried;
            all.of_payments = all.of_payments * flow.kept + all.paid;
            all.kept *= flow.kept;
        }
        let share = 1.0 / f64::from(months.max(1));
        all.of_end *= share;
        all.of_payments *= share;
        all
    }
}
