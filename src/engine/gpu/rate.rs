//! How fast a device is: what the next batch is sized by, and what is reported.

use std::time::{Duration, Instant};

/// Random words per second before anything was measured: a slow software device.
const FIRST_RATE: f64 = 5e7;

/// Batches whose measured rate is believed whatever it is; later ones move the rate by four at most, so that one odd
/// measurement is forgotten.
const BELIEVED: u32 = 2;

/// The rate that batches are sized by; a device keeps it from run to run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    words_per_second: f64,
    batches: u32,
}

impl Default for Rate {
    fn default() -> Self {
        Self { words_per_second: FIRST_RATE, batches: 0 }
    }
}

impl Rate {
    /// Random words per second, at least 1.
    pub fn words_per_second(&self) -> f64 {
        self.words_per_second
    }

    /// Learns that `words` took `elapsed`.
    pub fn learn(&mut self, words: f64, elapsed: Duration) {
        let found = (words / elapsed.as_secs_f64().max(1e-5)).max(1.0);
        let bound = if self.batches < BELIEVED { f64::INFINITY } else { 4.0 };
        self.words_per_second = found.clamp(self.words_per_second / bound, self.words_per_second * bound);
        self.batches = self.batches.saturating_add(1);
    }
}

/// The rate that is reported: whole batches by the clock on the wall, host and device together.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Speed {
    first: Option<(f64, Duration)>,
    landings: Option<(Instant, Instant)>,
    words_after_first: f64,
}

impl Speed {
    /// A batch of `words` that was sent at `submitted` has landed.
    pub fn land(&mut self, words: f64, submitted: Instant) {
        let now = Instant::now();
        match &mut self.landings {
            None => {
                self.first = Some((words, now.saturating_duration_since(submitted)));
                self.landings = Some((now, now));
            }
            Some((_, last)) => {
                *last = now;
                self.words_after_first += words;
            }
        }
    }

    /// Random words per second: those that landed after the first landing by the time from first to last landing; of a
    /// single batch its words by the time from before it was sent to its landing; 0 before any.
    pub fn words_per_second(&self) -> f64 {
        let per_second = |words: f64, time: Duration| words / time.as_secs_f64().max(1e-6);
        match (self.first, self.landings) {
            (_, Some((first, last))) if last > first => per_second(self.words_after_first, last - first),
            (Some((words, time)), _) => per_second(words, time),
            _ => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_two_batches_are_believed() {
        let mut rate = Rate::default();
        rate.learn(1e9, Duration::from_millis(100));
        assert_eq!(rate.words_per_second(), 1e10);
        rate.learn(1e9, Duration::from_millis(10));
        assert_eq!(rate.words_per_second(), 1e11);
        rate.learn(1e9, Duration::from_millis(10_000));
        assert_eq!(rate.words_per_second(), 2.5e10, "by four at most");
        rate.learn(1e13, Duration::from_millis(1));
        assert_eq!(rate.words_per_second(), 1e11);
    }

    #[test]
    fn the_reported_rate_leaves_the_first_batch_out() {
        let mut speed = Speed::default();
        assert_eq!(speed.words_per_second(), 0.0);
        let begun = Instant::now();
        std::thread::sleep(Duration::from_millis(30));
        speed.land(1e6, begun);
        let alone = speed.words_per_second();
        assert!(alone > 0.0 && alone <= 1e6 / 0.030, "{alone}");
        let landed = Instant::now();
        std::thread::sleep(Duration::from_millis(20));
        speed.land(7e6, landed);
        let (many, most) = (speed.words_per_second(), 7e6 / 0.020);
        assert!(many > 7e6 / begun.elapsed().as_secs_f64() && many <= most, "{many}");
    }
}
