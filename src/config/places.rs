//! Where settings were written that can only be refused once a tape is read: correlations and persistences, which a path of the
//! economy may not be able to have.

use super::keys;
use super::place::Place;
use super::raw::RawModel;
use super::resolved::Resolved;
use crate::error::Error;

/// Dotted keys with their places. All are equal: models of one meaning may be written in many ways.
#[derive(Debug, Clone, Default)]
pub struct Places(Vec<(String, Place)>);

impl PartialEq for Places {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Places {
    /// Those of `raw`.
    pub(super) fn of(raw: &RawModel) -> Self {
        let mut places = Vec::new();
        let persistence = raw.factors.persistence.as_ref();
        places.extend(persistence.map(|own| (keys::PERSISTENCE.path.to_owned(), own.place.clone())));
        for segment in raw.segments.as_deref().unwrap_or_default() {
            let name = segment.name.value.trim();
            let loadings = segment.loadings.as_ref().map(|own| &own.place);
            // Without one of its own the correlation is that of the loadings.
            let correlation = segment.asset_correlation.as_ref().map(|own| &own.place).or(loadings);
            for (leaf, place) in [("asset_correlation", correlation), ("loadings", loadings)] {
                places.extend(place.map(|place| (format!("segments.{name}.{leaf}"), place.clone())));
            }
        }
        Self(places)
    }
}

impl Resolved {
    /// `error` with the file and line of the setting that it refuses, where these are known and it has none.
    pub fn locate(&self, error: Error) -> Error {
        match error {
            Error::Setting { key, found, wanted } => {
                let place = self.places.0.iter().find(|(known, _)| *known == key).map(|(_, place)| place.to_string());
                Error::Setting { key: place.unwrap_or(key), found, wanted }
            }
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{read::parse_model, resolve};
    use super::*;

    #[test]
    fn what_is_refused_late_still_has_its_line() {
        let model = "[factors]\npersistence = 0.8\n[segments.a]\nasset_correlation = 0.2\n[segments.b]\nloadings = { economy = 0.5 }\n";
        let model = resolve(&parse_model(model, "m.toml").unwrap()).unwrap();
        let located = |key: &str| model.locate(Error::setting(key, 1, "2")).to_string();
        assert_eq!(located("factors.persistence"), "factors.persistence (m.toml line 2): found 1; wanted 2");
        assert!(located("segments.a.asset_correlation").starts_with("segments.a.asset_correlation (m.toml line 4)"));
        assert!(located("segments.b.asset_correlation").starts_with("segments.b.loadings (m.toml line 6)"));
        assert_eq!(located("segments.c.loadings"), "segments.c.loadings: found 1; wanted 2");
        assert!(matches!(model.locate(Error::Interrupted), Error::Interrupted));
    }
}
