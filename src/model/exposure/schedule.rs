//! Repayment schedules (M33): which share of today's balance is still owed after k of R monthly payments.
//!
//! B_k stands during month k + 1 and B_R = 0. Payments are monthly, at the month's end, always.

/// The smallest monthly rate. What lies below, a yearly rate under −99.999994 %, is taken as this, so that 480 months of
/// growth and of discounting stay within the range of a double.
pub(in crate::model) const SMALLEST_MONTHLY_RATE: f64 = -0.75;

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
        monthly.max(SMALLEST_MONTHLY_RATE)
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

/// A schedule from a table: shares of today's balance by months from today, linear between nodes; month 0 has share 1
/// unless it is a node itself, and the last share stays until the loan ends.
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
    /// The first node whose month is not above the one before, or whose share is negative or not a number; no nodes.
    pub fn new(nodes: &[(u16, f64)]) -> Result<Self, NodeFault> {
        if nodes.is_empty() {
            return Err(NodeFault { node: 0, wanted: "at least one node" });
        }
        let mut shares: Vec<f64> = Vec::new();
        for (node, &(month, share)) in nodes.iter().enumerate() {
            if !(share.is_finite() && share >= 0.0) {
                return Err(NodeFault { node, wanted: "a share of today's balance, 0 or more" });
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
