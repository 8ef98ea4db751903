//! Resolved settings in the shapes that portfolio and model take them in.

use super::ecl::TimesChoice;
use super::resolved::{Resolved, Segments};
use super::segments::{ASSUMED_CORRELATION, own_factor};
use crate::error::{Error, Result};
use crate::model::path::IndexLaw;
use crate::model::{Factors, Model, SegmentSpec};
use crate::portfolio::{OnError, SegmentRule, TapeSettings};
use std::collections::HashMap;

impl Resolved {
    /// How to read the tape; `on_error` is the run's choice, not the model's. Nothing beyond what every run reads is wanted.
    pub fn tape_settings(&self, on_error: OnError) -> TapeSettings {
        let segments = match &self.segments {
            Segments::Any => SegmentRule::Any { lgd: None },
            Segments::Listed(listed) => {
                SegmentRule::Listed(listed.iter().map(|segment| (segment.name.clone(), segment.lgd)).collect())
            }
        };
        TapeSettings {
            columns: self.columns.clone(),
            format: self.input.clone(),
            ratings: self.ratings.clone(),
            segments,
            on_error,
            obligors: self.simulation.obligors,
            ..TapeSettings::default()
        }
    }

    /// Copula, factors and the segments called `names`, in their order.
    ///
    /// # Errors
    /// Those of factors and segments.
    pub fn link(&self, names: &[String]) -> Result<Model> {
        let factors = Factors::new(self.factors.names.clone(), self.factors.correlation.clone())?;
        Model::new(self.copula, &factors, &self.segment_specs(names)?)
    }

    /// The law of the indices of the segments called `names`; None in copula mode.
    ///
    /// # Errors
    /// Those of factors, segments and [`IndexLaw::new`].
    pub fn index_law(&self, names: &[String]) -> Result<Option<IndexLaw>> {
        let (TimesChoice::Path, Some(persistence)) = (self.ecl.default_times, &self.factors.persistence) else {
            return Ok(None);
        };
        let factors = Factors::new(self.factors.names.clone(), self.factors.correlation.clone())?;
        let specs = self.segment_specs(names)?;
        IndexLaw::new(&factors, &specs, persistence, usize::from(self.ecl.grid.per_year())).map(Some)
    }

    /// The segments called `names`, as on the tape and in its order, with loadings on all factors (length K).
    ///
    /// # Errors
    /// [`Error::Setting`] when a name is not listed, or has neither loadings nor a factor of its own.
    pub fn segment_specs(&self, names: &[String]) -> Result<Vec<SegmentSpec>> {
        let factors: HashMap<&str, usize> =
            self.factors.names.iter().enumerate().map(|(i, name)| (name.as_str(), i)).collect();
        let listed: HashMap<&str, _> = match &self.segments {
            Segments::Any => HashMap::new(),
            Segments::Listed(listed) => listed.iter().map(|segment| (segment.name.as_str(), segment)).collect(),
        };
        let spec = |name: &String| {
            let own = own_factor(&self.factors, name).map(|factor| (factor.to_owned(), 1.0));
            let (correlation, loadings) = match (listed.get(name.as_str()), &self.segments) {
                (Some(segment), _) => (segment.correlation, segment.loadings.as_slice()),
                (None, Segments::Any) if own.is_some() => (ASSUMED_CORRELATION, own.as_slice()),
                (None, Segments::Any) => {
                    let found = format!("no such section, and no factor called '{name}'");
                    return Err(missing(name, found, "the segment with its loadings, as there are several factors"));
                }
                (None, Segments::Listed(_)) => {
                    return Err(missing(name, "no such section".to_owned(), "every segment of the tape"));
                }
            };
            let mut dense = vec![0.0; self.factors.names.len()];
            for (factor, loading) in loadings {
                if let Some(slot) = factors.get(factor.as_str()).and_then(|index| dense.get_mut(*index)) {
                    *slot = *loading;
                }
            }
            Ok(SegmentSpec { name: name.clone(), correlation, loadings: dense })
        };
        names.iter().map(spec).collect()
    }
}

fn missing(name: &str, found: String, wanted: &str) -> Error {
    Error::setting(format!("segments.{}", super::place::quote_key(name)), found, wanted)
}

#[cfg(test)]
mod tests {
    use super::super::{parse_model, resolve};
    use super::*;
    use crate::model::AssetCorrelation;

    const TWO: &str = "[factors]\nnames = [\"north\", \"south\"]\ncorrelation = [[1.0, 0.25], [0.25, 1.0]]\n";

    fn specs(text: &str, names: &[&str]) -> Result<Vec<SegmentSpec>> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        resolve(&parse_model(text, "m.toml")?)?.segment_specs(&names)
    }

    #[test]
    fn loadings_are_spread_over_all_factors_in_the_order_of_the_tape() {
        let text =
            format!("{TWO}[segments.a]\nloadings = {{ south = 0.3 }}\n[segments.north]\nasset_correlation = 0.2\n");
        let specs = specs(&text, &["north", "a"]).unwrap();
        assert_eq!(
            (specs[0].correlation, specs[0].loadings.as_slice()),
            (AssetCorrelation::Fixed(0.2), [1.0, 0.0].as_slice())
        );
        assert_eq!(
            (specs[1].correlation, specs[1].loadings.as_slice()),
            (AssetCorrelation::FromLoadings, [0.0, 0.3].as_slice())
        );
    }

    #[test]
    fn without_sections_any_name_serves_that_has_a_factor() {
        assert_eq!(specs("", &["x", "y"]).unwrap()[1].loadings, [1.0]);
        assert_eq!(specs(TWO, &["south"]).unwrap()[0].loadings, [0.0, 1.0]);
        let refusal = specs(TWO, &["west side"]).unwrap_err().to_string();
        assert!(refusal.starts_with("segments.\"west side\": found no such section, and no factor"), "{refusal}");
        assert!(specs("[segments.a]\nlgd = 1", &["b"]).is_err());
    }

    #[test]
    fn the_tape_is_told_of_segments_and_ratings() {
        let model = resolve(&parse_model("[segments.a]\nlgd = 0.4\n[ratings]\nB = 0.1", "m").unwrap()).unwrap();
        let settings = model.tape_settings(OnError::Fail);
        assert_eq!(settings.segments, SegmentRule::Listed(vec![("a".to_owned(), Some(0.4))]));
        assert_eq!(settings.ratings, [("B".to_owned(), 0.1)]);
        assert!(settings.check().is_ok());
    }
}
