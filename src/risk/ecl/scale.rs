//! The ratings of a tape on one scale: the one-year PD of each, and how far it is from the best (M38).

use std::collections::HashMap;

/// What is known of the ratings that a tape numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RatingScale {
    /// By number on the tape; None for a rating without a PD.
    grades: Vec<Option<Grade>>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Grade {
    pd: f64,
    rank: u16,
}

impl RatingScale {
    /// The ratings called `names`, as the tape numbers them, with the PDs (0 to 1) of those in `known`. They are ranked from the
    /// lowest PD to the highest, whatever their order there; of equal PDs the earlier is the better.
    pub fn new(known: &[(String, f64)], names: &[String]) -> Self {
        let mut order: Vec<&(String, f64)> = known.iter().collect();
        order.sort_by(|a, b| a.1.total_cmp(&b.1));
        let grade = |(place, (name, pd)): (usize, &&(String, f64))| {
            let rank = u16::try_from(place).unwrap_or(u16::MAX);
            (name.trim().to_owned(), Grade { pd: *pd, rank })
        };
        let grades: HashMap<String, Grade> = order.iter().enumerate().map(grade).collect();
        Self { grades: names.iter().map(|name| grades.get(name.trim()).copied()).collect() }
    }

    /// One-year PD of the rating with this `number`, 0 to 1; None when it has none.
    pub fn pd(&self, number: u16) -> Option<f64> {
        self.grade(number).map(|grade| grade.pd)
    }

    /// How many ratings are better than that with this `number`; None when it has no PD.
    pub fn rank(&self, number: u16) -> Option<u16> {
        self.grade(number).map(|grade| grade.rank)
    }

    fn grade(&self, number: u16) -> Option<Grade> {
        self.grades.get(usize::from(number)).copied().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratings_rank_by_their_pds_and_not_by_their_lines() {
        let known = [("CCC", 0.2), ("B", 0.05), ("B-", 0.05), ("AAA", 0.0001)].map(|(name, pd)| (name.to_owned(), pd));
        let names = ["AAA", "nowhere", "CCC", "B-", "B"].map(str::to_owned);
        let scale = RatingScale::new(&known, &names);
        let ranks: Vec<Option<u16>> = (0..6).map(|number| scale.rank(number)).collect();
        assert_eq!(ranks, [Some(0), None, Some(3), Some(2), Some(1), None]);
        assert_eq!((scale.pd(2), scale.pd(1), scale.pd(u16::MAX)), (Some(0.2), None, None));
    }
}
