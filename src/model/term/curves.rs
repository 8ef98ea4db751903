//! Curves of default (M28): F at some months, and a hazard that is constant between them.
//!
//! H = −ln(1 − F) is linear between nodes and goes on behind the last one as it ended. Both are kept by month, so that a
//! loan is looked up, not interpolated. Source: Li (2000), Journal of Fixed Income 9(4), for curves of hazard.

use super::fault::Fault;

/// The longest horizon of a curve's nodes, months: 480 of age and 480 that remain.
pub const LONGEST: u16 = 960;

/// A point of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Node {
    /// Months from the start of the curve, 0 to [`LONGEST`].
    pub months: u16,
    /// Probability of default within these months, 0 to below 1.
    pub cumulative: f64,
}

/// F by month.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// F at 0, 1, … months; never decreasing.
    cumulative: Vec<f64>,
    /// H = −ln(1 − F) at the same months.
    hazard: Vec<f64>,
    /// What H grows by in each month behind the last.
    slope: f64,
}

/// A curve and what it is called after: a rating or a segment.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedCurve {
    /// Name of the rating or the segment.
    pub name: String,
    /// Its curve.
    pub curve: Curve,
}

impl Curve {
    /// The curve through `nodes`, one or more, with rising months; (0, 0) is understood.
    ///
    /// # Errors
    /// A [`Fault`] that names the node which is out of range, out of order or below the one before it.
    pub fn new(nodes: &[Node]) -> Result<Self, Fault> {
        let mut curve = Self { cumulative: vec![0.0], hazard: vec![0.0], slope: 0.0 };
        for (index, node) in nodes.iter().enumerate() {
            curve.check(index, *node)?;
            curve.extend(*node);
        }
        if curve.cumulative.len() == 1 {
            return Err(Fault::new(None, "no node after month 0", "give a probability for 12 months at least"));
        }
        Ok(curve)
    }

    /// The curve with F = `cumulative` after 1, 2, … months, each cut to 0 … 1 and to no less than the one before.
    pub(super) fn by_month(cumulative: impl Iterator<Item = f64>) -> Self {
        let mut curve = Self { cumulative: vec![0.0], hazard: vec![0.0], slope: 0.0 };
        for now in cumulative {
            let last = curve.last();
            let now = now.clamp(0.0, 1.0).max(last);
            curve.cumulative.push(now);
            curve.hazard.push(-libm::log1p(-now));
        }
        if let [.., before, last] = curve.hazard[..] {
            curve.slope = if last.is_finite() { last - before } else { 0.0 };
        }
        curve
    }

    /// The last month with a value of its own.
    pub fn end(&self) -> u16 {
        (self.cumulative.len() - 1) as u16 // at most LONGEST
    }

    /// F: probability of default within `months` of the start of the curve.
    pub fn cumulative(&self, months: u32) -> f64 {
        match self.cumulative.get(months as usize) {
            Some(value) => *value,
            None => (0.0 - libm::expm1(-self.hazard(months))).max(self.last()),
        }
    }

    /// H = −ln(1 − F) after `months`, 0 or more; infinite where default is certain.
    pub fn hazard(&self, months: u32) -> f64 {
        match self.hazard.get(months as usize) {
            Some(value) => *value,
            None => {
                let beyond = months - u32::from(self.end());
                self.hazard.last().copied().unwrap_or(0.0) + self.slope * f64::from(beyond)
            }
        }
    }

    fn last(&self) -> f64 {
        self.cumulative.last().copied().unwrap_or(0.0)
    }

    fn check(&self, index: usize, Node { months, cumulative }: Node) -> Result<(), Fault> {
        let fault = |found: String, remedy: &str| Err(Fault::new(Some(index), found, remedy));
        if months > LONGEST {
            return fault(format!("{months} months"), "give months up to 960");
        }
        if !(0.0..1.0).contains(&cumulative) {
            let remedy = "give cumulative probabilities from 0 to below 1, as fractions unless term_structure.unit = \
                          \"percent\"";
            return fault(format!("probability {cumulative} at {months} months"), remedy);
        }
        if index == 0 && months == 0 {
            let remedy = "begin with 0 at 0 months, or leave this node out";
            return if cumulative == 0.0 { Ok(()) } else { fault(format!("{cumulative} at 0 months"), remedy) };
        }
        if months <= self.end() {
            return fault(format!("{months} months after {}", self.end()), "put months in rising order, each once");
        }
        if cumulative < self.last() {
            let found = format!("{cumulative} at {months} months, less than {} at {}", self.last(), self.end());
            return fault(found, "a cumulative probability cannot decrease: mend the curve");
        }
        Ok(())
    }

    /// Adds the months up to and with `node`, which has been checked.
    fn extend(&mut self, node: Node) {
        let (start, from) = (self.end(), self.hazard(u32::from(self.end())));
        let to = -libm::log1p(-node.cumulative);
        if node.months <= start {
            return;
        }
        self.slope = (to - from) / f64::from(node.months - start);
        for month in 1..node.months - start {
            let hazard = from + f64::from(month) * self.slope;
            // Rounding must not lead past either node.
            let value = (0.0 - libm::expm1(-hazard)).max(self.last()).min(node.cumulative);
            self.hazard.push(hazard.min(to));
            self.cumulative.push(value);
        }
        self.hazard.push(to);
        self.cumulative.push(node.cumulative);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nodes(points: &[(u16, f64)]) -> Vec<Node> {
        points.iter().map(|&(months, cumulative)| Node { months, cumulative }).collect()
    }

    /// Grade C of the Lending Club parameters.
    pub const GRADE_C: [(u16, f64); 4] = [(12, 0.069084), (24, 0.174830), (36, 0.268942), (60, 0.422006)];

    #[test]
    fn nodes_are_met_to_the_bit_and_the_hazard_is_constant_between() {
        let curve = Curve::new(&nodes(&GRADE_C)).unwrap();
        for (months, cumulative) in GRADE_C {
            assert_eq!(curve.cumulative(u32::from(months)).to_bits(), cumulative.to_bits());
        }
        let hazards = [36, 48, 60, 72].map(|months| curve.hazard(months));
        let steps = [1, 2, 3].map(|i| hazards[i] - hazards[i - 1]);
        assert!((steps[0] - steps[1]).abs() < 1e-15 && (steps[1] - steps[2]).abs() < 1e-15, "{steps:?}");
        // 1 − (1 − .422006) × ((1 − .422006) / (1 − .268942))^½ a year later.
        let wanted = 1.0 - 0.577994 * (0.577994_f64 / 0.731058).sqrt();
        assert!((curve.cumulative(72) - wanted).abs() < 1e-14);
        // Sibling: the hazard between the nodes before is another one.
        assert!((hazards[1] - hazards[0] - (hazards[0] - curve.hazard(24))).abs() > 1e-3);
    }

    #[test]
    fn curves_rise_at_every_month() {
        for points in
            [&GRADE_C[..], &[(7, 0.0), (13, 0.3), (29, 0.3), (960, 0.999999)], &[(0, 0.0), (1, 1e-300)], &[(5, 0.0)]]
        {
            let curve = Curve::new(&nodes(points)).unwrap();
            for months in 1..1_500 {
                assert!(curve.cumulative(months) >= curve.cumulative(months - 1), "{points:?} {months}");
                assert!((0.0..=1.0).contains(&curve.cumulative(months)));
            }
        }
    }

    #[test]
    fn faulty_nodes_are_named() {
        for (points, index, found) in [
            (&[(12, 0.1), (24, 0.09)][..], Some(1), "0.09 at 24 months, less than 0.1 at 12"),
            (&[(12, 1.0)], Some(0), "probability 1 at 12 months"),
            (&[(12, 0.2), (24, f64::NAN)], Some(1), "probability NaN at 24 months"),
            (&[(12, -0.1)], Some(0), "probability -0.1 at 12 months"),
            (&[(12, 0.1), (12, 0.1)], Some(1), "12 months after 12"),
            (&[(24, 0.1), (0, 0.0)], Some(1), "0 months after 24"),
            (&[(0, 0.1)], Some(0), "0.1 at 0 months"),
            (&[(961, 0.1)], Some(0), "961 months"),
            (&[(0, 0.0)], None, "no node after month 0"),
            (&[], None, "no node after month 0"),
        ] {
            let fault = Curve::new(&nodes(points)).unwrap_err();
            assert_eq!((fault.index, fault.found.as_str()), (index, found));
        }
    }

    #[test]
    fn monthly_tables_are_made_to_rise() {
        let curve = Curve::by_month([0.1, 0.09, 1.5, f64::INFINITY].into_iter());
        assert_eq!([0, 1, 2, 3, 4, 9].map(|months| curve.cumulative(months)), [0.0, 0.1, 0.1, 1.0, 1.0, 1.0]);
        assert_eq!(Curve::by_month(std::iter::empty()).cumulative(5), 0.0);
    }
}
