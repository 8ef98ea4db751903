//! How often losses exceed an allowance: a share of scenarios, with the interval of Wilson (1927, JASA 22), which keeps its
//! level where the share is near 0 or 1.

use crate::risk::interval::Z95;
use serde::Serialize;

/// A share of scenarios with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Share {
    /// The share, 0 to 1.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Share {
    /// Of `count` out of `number` scenarios; None when there are none.
    pub fn of(count: u64, number: u64) -> Option<Self> {
        if number == 0 || count > number {
            return None;
        }
        let (k, n, square) = (count as f64, number as f64, Z95 * Z95);
        let middle = (k + 0.5 * square) / (n + square);
        let half = Z95 / (n + square) * (k * (n - k) / n + 0.25 * square).sqrt();
        let (low, high) = ((middle - half).max(0.0), (middle + half).min(1.0));
        // The ends are exact where nothing or everything exceeds; rounding must not move them off.
        Some(Self {
            value: k / n,
            low: if count == 0 { 0.0 } else { low },
            high: if count == number { 1.0 } else { high },
        })
    }
}

/// Share of `losses` above `allowance`, all in currency; None when there are none.
pub fn exceedance(losses: impl Iterator<Item = f64>, allowance: f64) -> Option<Share> {
    let (count, number) =
        losses.fold((0, 0), |(count, number), loss| (count + u64::from(loss > allowance), number + 1));
    Share::of(count, number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_wilsons() {
        // R: prop.test(81, 263, correct = FALSE)$conf.int = 0.2552662 0.3661947 (Newcombe 1998, table I, case 1)
        let share = Share::of(81, 263).unwrap();
        assert!((share.low - 0.2553).abs() < 5e-5 && (share.high - 0.3662).abs() < 5e-5, "{share:?}");
        // Newcombe's 0 of 20: 0.0000 to 0.1611
        let none = Share::of(0, 20).unwrap();
        assert!(none.low == 0.0 && (none.high - 0.1611).abs() < 5e-5, "{none:?}");
        // The sibling that must fail: the interval of Wald has no width there.
        assert!(none.high > 0.1);
        assert_eq!((Share::of(0, 0), Share::of(3, 2)), (None, None));
    }

    #[test]
    fn what_equals_the_allowance_does_not_exceed_it() {
        let share = exceedance([1.0, 2.5, 2.5, 7.0].into_iter(), 2.5).unwrap();
        assert_eq!(share.value, 0.25);
        assert_eq!(exceedance([1.0, 7.0].into_iter(), 0.0).unwrap().high, 1.0);
    }
}
