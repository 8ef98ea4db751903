//! Repayment schedules (M33): which share of today's balance is still owed after k of R monthly payments.
//!
//! B_k stands during month k + 1 and B_R = 0. Payments are monthly, at the month's end, always.

/// The smallest monthly rate. What lies below, a yearly rate under −99.999994 %, is taken as this, so that 480 months of
/// growth and of discounting stay within the range of a double.
pub(in crate::model) const SMALLEST_MONTHLY_RATE: f64 = -0.75;

/// The largest share of a custom schedule: balances may grow, but 75 for 75 % must not pass.
const LARGEST_SHARE: f64 = 10.0;

/// What a yearly rate of interest means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RateKind {
    /// A twelfth is charged each month; the effective rate is (1 + r/12)^12 − 1.
    #[default]
    Nominal,
    /// r is charged over a year: (1 + r)^(1/12) − 1 a month.
    Effective,
}

impl RateKind {
    /// Rate per month, fraction, at least −0.75, of the `yearly` rate, fraction, more than −1.
    pub fn monthly(self, yearly: f64) -> f64 {
        let monthly = match self {
            Self::Nominal => yearly / 12.0,
            Self::Effective => libm::expm1(libm::log1p(yearly) / 12.0),
        };
        // A rate that is not a number must not become one.
        if monthly < SMALLEST_MONTHLY_RATE { SMALLEST_MONTHLY_RATE } else { monthly }
    }
}

/// How a loan is repaid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Schedule<'a> {
    /// All of it with the last payment: B = 1.
    Bullet,
    /// Equal parts of the balance: B_k = 1 − k/R.
    Linear,
    /// Equal payments: B_k = ((1+i)^R − (1+i)^k) / ((1+i)^R − 1).
    Annuity,
    /// Shares from a table, whatever R is.
    Custom(&'a CustomSchedule),
}

impl Schedule<'_> {
    /// B_k, share of today's balance owed after `paid` of `months` payments at the `monthly` rate (fraction, at least
    /// −0.75); 0 once all are made.
    pub fn balance(self, paid: u16, months: u16, monthly: f64) -> f64 {
        if paid >= months {
            return 0.0;
        }
        let (left, all) = (f64::from(months - paid), f64::from(months));
        match self {
            Self::Bullet => 1.0,
            Self::Linear => left / all,
            Self::Annuity if monthly == 0.0 => left / all,
            Self::Annuity => {
                let log = libm::log1p(monthly);
                libm::expm1(-left * log) / libm::expm1(-all * log)
            }
            Self::Custom(table) => table.share(paid),
        }
    }
}

/// Monthly payment per unit borrowed, i / (1 − (1+i)^−R), that repays a loan in `months` ≥ 1 payments at the `monthly`
/// rate (fraction, at least −0.75).
pub fn annuity_payment(monthly: f64, months: u16) -> f64 {
    let months = f64::from(months);
    if monthly == 0.0 {
        return 1.0 / months;
    }
    -monthly / libm::expm1(-months * libm::log1p(monthly))
}

/// A schedule from a table: shares of today's balance by months from today, linear between nodes; month 0 has share 1,
/// and the last share stays until the loan ends.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomSchedule {
    /// Share after 0, 1, … payments, up to the last node.
    shares: Vec<f64>,
}

/// A node that cannot be part of a custom schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeFault {
    /// Its place among the nodes, from 0; their number when there are none.
    pub node: usize,
    /// What is accepted.
    pub wanted: &'static str,
}

impl CustomSchedule {
    /// The schedule through `nodes`: months from today and the share of today's balance then owed.
    ///
    /// # Errors
    /// The first node whose month is not above the one before, or whose share is not 0 to 10, or at month 0 not 1; no nodes.
    pub fn new(nodes: &[(u16, f64)]) -> Result<Self, NodeFault> {
        if nodes.is_empty() {
            return Err(NodeFault { node: 0, wanted: "at least one node" });
        }
        let mut shares: Vec<f64> = Vec::new();
        for (node, &(month, share)) in nodes.iter().enumerate() {
            if !(0.0..=LARGEST_SHARE).contains(&share) {
                return Err(NodeFault {
                    node,
                    wanted: "a share of today's balance, 0 to 10, such as 0.75; not per cent",
                });
            }
            if month == 0 && share != 1.0 {
                return Err(NodeFault { node, wanted: "a share of 1 at month 0: shares are of today's balance" });
            }
            if node > 0 && usize::from(month) < shares.len() {
                return Err(NodeFault { node, wanted: "a month later than that of the node before" });
            }
            if shares.is_empty() && month > 0 {
                shares.push(1.0);
            }
            let before = shares.last().copied().unwrap_or(share);
            let first = shares.len();
            let steps = (usize::from(month) + 1).saturating_sub(first);
            shares.extend((1..steps).map(|step| before + (share - before) * step as f64 / steps as f64));
            shares.push(share);
        }
        Ok(Self { shares })
    }

    /// Share owed after `paid` payments, at least 0.
    pub fn share(&self, paid: u16) -> f64 {
        let last = self.shares.last().copied().unwrap_or(0.0);
        self.shares.get(usize::from(paid)).copied().unwrap_or(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(got: f64, wanted: f64, tolerance: f64) {
        assert!((got - wanted).abs() <= tolerance, "{got} for {wanted}");
    }

    #[test]
    fn annuity_balances_are_the_published_kind() {
        // 100,000 at 6 % nominal over 360 months: payment 599.5505 (any mortgage table).
        let monthly = RateKind::Nominal.monthly(0.06);
        near(1e5 * annuity_payment(monthly, 360), 599.5505, 5e-5);
        for (paid, balance) in [(12, 98771.9883), (120, 83685.7250), (180, 71048.8445), (359, 596.5677)] {
            near(1e5 * Schedule::Annuity.balance(paid, 360, monthly), balance, 5e-5);
            // Sibling: the same yearly rate, taken as effective.
            let other = 1e5 * Schedule::Annuity.balance(paid, 360, RateKind::Effective.monthly(0.06));
            assert!((other - balance).abs() > 0.5, "{other}");
        }
        near(28_000.0 * annuity_payment(RateKind::Nominal.monthly(0.1407), 60), 652.53, 5e-3);
        near(5_000.0 * annuity_payment(RateKind::Nominal.monthly(0.1261), 36), 167.53, 5e-3);
        near(Schedule::Annuity.balance(12, 36, RateKind::Nominal.monthly(-0.01)), 0.66332644, 5e-9);
    }

    #[test]
    fn a_payment_repays_the_loan_to_the_last_month() {
        for yearly in [-0.9, -0.01, 1e-14, 0.0707, 3.0] {
            let monthly = RateKind::Nominal.monthly(yearly);
            let payment = annuity_payment(monthly, 37);
            let mut balance = 1.0;
            for paid in 0..37 {
                near(Schedule::Annuity.balance(paid, 37, monthly), balance, 1e-11);
                balance = balance * (1.0 + monthly) - payment;
            }
            near(balance, 0.0, 1e-11);
        }
    }

    #[test]
    fn without_interest_an_annuity_is_linear() {
        for paid in 0..=41 {
            let linear = Schedule::Linear.balance(paid, 41, 0.0);
            assert_eq!(Schedule::Annuity.balance(paid, 41, 0.0), linear);
            near(Schedule::Annuity.balance(paid, 41, 1e-13), linear, 1e-12);
        }
        assert_eq!(annuity_payment(0.0, 8), 0.125);
        assert!((Schedule::Annuity.balance(20, 41, 1e-3) - Schedule::Linear.balance(20, 41, 0.0)).abs() > 1e-3);
    }

    #[test]
    fn every_schedule_is_repaid_at_its_end_and_survives_any_input() {
        let table = CustomSchedule::new(&[(0, 1.0), (7, 0.5)]).unwrap();
        for schedule in [Schedule::Bullet, Schedule::Linear, Schedule::Annuity, Schedule::Custom(&table)] {
            assert_eq!(schedule.balance(29, 29, 0.01), 0.0);
            assert!(schedule.balance(28, 29, 0.01) > 0.0);
            for months in [0, 1, 480, u16::MAX] {
                for rate in [f64::NAN, f64::INFINITY, -1.0, -0.75, 0.0, 1e300] {
                    let _ = schedule.balance(0, months, rate) + schedule.balance(u16::MAX, months, rate);
                    let _ = annuity_payment(rate, months);
                }
            }
            for rate in [SMALLEST_MONTHLY_RATE, -0.3, 0.25] {
                let balances: Vec<f64> = (0..=480).map(|paid| schedule.balance(paid, 480, rate)).collect();
                assert!(balances.iter().all(|balance| (0.0..=1.0).contains(balance)), "{schedule:?} {rate}");
            }
        }
    }

    #[test]
    fn yearly_rates_become_monthly_ones() {
        near(RateKind::Effective.monthly(0.05), 0.004074123784, 5e-13);
        assert_eq!(RateKind::Nominal.monthly(0.06), 0.005);
        assert_eq!(RateKind::Nominal.monthly(-1e9), SMALLEST_MONTHLY_RATE);
        for kind in [RateKind::Nominal, RateKind::Effective] {
            assert_eq!(kind.monthly(0.0), 0.0);
            assert!(kind.monthly(-1.0) >= SMALLEST_MONTHLY_RATE);
            assert!(kind.monthly(f64::NAN).is_nan());
        }
    }

    #[test]
    fn a_custom_schedule_is_linear_between_its_nodes() {
        let table = CustomSchedule::new(&[(4, 0.8), (6, 0.2), (7, 0.5)]).unwrap();
        for (paid, share) in [(0, 1.0), (1, 0.95), (3, 0.85), (4, 0.8), (5, 0.5), (6, 0.2), (7, 0.5), (u16::MAX, 0.5)] {
            near(table.share(paid), share, 1e-15);
        }
        let last = CustomSchedule::new(&[(0, 1.0), (u16::MAX, 0.0)]).unwrap();
        assert_eq!((last.share(0), last.share(u16::MAX)), (1.0, 0.0));
    }

    #[test]
    fn nodes_that_cannot_be_are_refused_by_their_place() {
        for (nodes, node) in [
            (&[][..], 0),
            (&[(0, 1.0), (3, -0.1)], 1),
            (&[(0, f64::NAN)], 0),
            (&[(0, 0.5), (6, 0.25)], 0),
            (&[(0, 100.0), (6, 50.0)], 0),
            (&[(0, 1.0), (6, 0.5), (6, 0.4)], 2),
            (&[(0, 1.0), (6, 0.5), (5, 0.4)], 2),
            (&[(3, 1.0), (0, 1.0)], 1),
        ] {
            assert_eq!(CustomSchedule::new(nodes).unwrap_err().node, node, "{nodes:?}");
        }
    }
}
