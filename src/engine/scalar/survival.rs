//! From the hazards of periods to the probability of default by the end of each (M44), as u32 thresholds.

use crate::rng::mulhi;

/// P_t = 2³² − 1 − S_t with S_t = S_{t−1} − mulhi(S_{t−1}, q_t) and S_0 = 2³² − 1, for the hazards q_t of the periods in turn.
/// They never decrease.
pub fn cumulate(hazards: impl Iterator<Item = u32>) -> Vec<u32> {
    let survive = |survivors: &mut u32, hazard: u32| {
        *survivors -= mulhi(*survivors, hazard);
        Some(u32::MAX - *survivors)
    };
    hazards.scan(u32::MAX, survive).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survivors_of_a_period_are_those_of_the_next() {
        // 1/4 defaults, nobody, half of the rest, nearly all.
        let thresholds = cumulate([1 << 30, 0, 1 << 31, u32::MAX].into_iter());
        let exact = [0.25, 0.25, 0.625, 1.0];
        for (threshold, exact) in thresholds.iter().zip(exact) {
            assert!((f64::from(*threshold) - exact * 4_294_967_296.0).abs() <= 4.0, "{thresholds:?}");
        }
        assert_eq!(thresholds[0], thresholds[1], "a hazard of 0 adds nothing");
        assert!(cumulate((0..400).map(|_| u32::MAX)).is_sorted());
    }
}
