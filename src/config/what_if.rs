//! One setting changed: `KEY=VALUE` written over a model, for what moves when it changes.

use super::entries::Entries;
use super::keys::keys;
use super::place::{Place, Written, quote, show_text};
use super::raw::{RawModel, RawSegment};
use super::read::parse_model;
use super::resolve::resolve;
use crate::error::{Error, Result};
use crate::model::severity::Secured;

/// The flag, as errors name it.
const FLAG: &str = "--what-if";

/// What a change is, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The dotted key.
    pub key: String,
    /// Its value, as typed.
    pub value: String,
}

impl Change {
    /// Reads `KEY=VALUE`; blanks around either do not count.
    ///
    /// # Errors
    /// [`Error::Setting`] without an equals sign, a key or a value.
    pub fn parse(text: &str) -> Result<Self> {
        match text.split_once('=').map(|(key, value)| (key.trim(), value.trim())) {
            Some((key, value)) if !key.is_empty() && !value.is_empty() => {
                Ok(Self { key: key.to_owned(), value: value.to_owned() })
            }
            _ => Err(Error::setting(FLAG, show_text(text), "KEY=VALUE, such as staging.days_past_due_stage_2=15")),
        }
    }

    /// `raw` with this change.
    ///
    /// # Errors
    /// [`Error::Model`] for a key that is not known, [`Error::Setting`] for one that cannot be changed in this way.
    pub fn over(&self, raw: &RawModel) -> Result<RawModel> {
        let text = |value: &str| format!("{} = {value}\n", self.key);
        // What is no TOML value is a text that was not quoted.
        let is_value = toml::de::DeTable::parse(&format!("x = {}", self.value)).is_ok();
        let value = if is_value { self.value.clone() } else { quote(&self.value) };
        let written = parse_model(&text(&value), FLAG)?;
        let mut changed = raw.clone();
        for (path, value) in written.ecl.iter().filter(|(path, _)| *path != "ecl.reporting_date") {
            changed.ecl.set(path, self.placed(value));
        }
        let from_segments = written.segments.as_deref().unwrap_or_default();
        for segment in from_segments {
            if segment.asset_correlation.is_some() {
                self.need_moving_losses(raw)?;
            }
            self.change_segment(&mut changed, segment)?;
        }
        if let Some(persistence) = &written.factors.persistence {
            self.need_moving_losses(raw)?;
            changed.factors.persistence = Some(self.placed(persistence));
            return Ok(changed);
        }
        if changed == *raw && !self.is_known_to_ecl() {
            let wanted = "a key of time, term_structure, exposure, discounting, collateral, severity, staging, cecl, ecl.framework, or such \
                          a key of a segment or its lgd; for anything else measure again with another model or flag";
            return Err(Error::setting(FLAG, show_text(&self.key), wanted));
        }
        Ok(changed)
    }

    /// Refuses to change a correlation where expected losses do not depend on it.
    fn need_moving_losses(&self, raw: &RawModel) -> Result<()> {
        let ecl = resolve(raw)?.ecl;
        let mut choices = std::iter::once(&ecl.exposure).chain(ecl.segments.iter().map(|(_, choice)| choice));
        if choices.any(|choice| ecl.severity.moves_expectation(&choice.settings, Secured::Yes)) {
            return Ok(());
        }
        let wanted = "LGDs that move expected losses in the model (severity.preserve_expected_loss = false, or collateral.index_loading): \
                      without them correlations decide on the distribution alone; measure again with another model";
        Err(Error::setting(FLAG, show_text(&self.key), wanted))
    }

    fn change_segment(&self, changed: &mut RawModel, written: &RawSegment) -> Result<()> {
        let segments = changed.segments.as_deref_mut().unwrap_or_default();
        let own = segments.iter_mut().find(|own| own.name.value.trim() == written.name.value.trim());
        let Some(own) = own else {
            let found = format!("segment {}", show_text(&written.name.value));
            return Err(Error::setting(FLAG, found, "a segment that the model has a section for"));
        };
        for (path, value) in written.ecl.iter() {
            own.ecl.set(path, self.placed(value));
        }
        if let Some(correlation) = &written.asset_correlation {
            own.asset_correlation = Some(self.placed(correlation));
        }
        if let Some(lgd) = &written.lgd {
            own.lgd = Some(self.placed(lgd));
        }
        Ok(())
    }

    /// Whether measuring, and not reading alone, looks at the key.
    fn is_known_to_ecl(&self) -> bool {
        let section = self.key.split('.').next().unwrap_or_default();
        let measured =
            ["time", "term_structure", "exposure", "discounting", "collateral", "severity", "staging", "cecl"];
        let is_segments = || {
            // Loadings say how segments move together, which no expected loss depends on.
            section == "segments" && self.key.split('.').all(|part| part != "loadings")
        };
        let exists = keys().any(|key| key.path == self.key);
        exists && (measured.contains(&section) || self.key == "ecl.framework") || is_segments()
    }

    /// `value` as if the flag had written it.
    fn placed<T: Clone>(&self, value: &Written<T>) -> Written<T> {
        Written { value: value.value.clone(), place: Place::flag(&format!("{FLAG} {}", self.key)) }
    }
}

/// `keys` with the text `value` at `path`, written by `flag`.
pub fn set_by_flag(keys: &mut Entries, (flag, path): (&str, &str), value: &str) {
    let value = super::entries::Plain::Text(value.to_owned());
    keys.set(path, Written { value, place: Place::flag(flag) });
}

#[cfg(test)]
mod tests {
    use super::super::{Segments, resolve};
    use super::*;
    use crate::model::AssetCorrelation;

    fn changed(text: &str) -> Result<super::super::Resolved> {
        let raw = parse_model("[segments.a]\nlgd = 0.5\n[staging]\nnotches = 4\n", "m.toml")?;
        resolve(&Change::parse(text)?.over(&raw)?)
    }

    #[test]
    fn a_key_is_written_over_the_model() {
        assert_eq!(changed("staging.notches=7").unwrap().ecl.staging.notches, 7);
        assert_eq!(changed(" staging.notches = 4 ").unwrap().ecl.staging.notches, 4);
        assert_eq!(changed("exposure.profile=linear").unwrap(), changed("exposure.profile=\"linear\"").unwrap());
        assert_eq!(changed("segments.a.cpr=0.25").unwrap().ecl.exposure_of("a").settings.cpr, 0.25);
        assert_eq!(changed("segments.a.lgd=0.25").unwrap().ecl.exposure_of("a").settings.lgd, Some(0.25));
    }

    #[test]
    fn correlations_are_changed_where_expected_losses_depend_on_them() {
        let text = "[segments.a]\nlgd = 0.5\nasset_correlation = 0.1\n[collateral]\nindex_loading = 0.2\n";
        let raw = parse_model(text, "m.toml").unwrap();
        let changed = |text: &str| resolve(&Change::parse(text)?.over(&raw)?);
        let Segments::Listed(listed) = changed("segments.a.asset_correlation=0.3").unwrap().segments else { panic!() };
        assert_eq!(listed[0].correlation, AssetCorrelation::Fixed(0.3));
        assert_eq!(changed("factors.persistence = 0.6").unwrap().factors.persistence, Some(vec![0.6]));
        let message = changed("factors.persistence=1.6").unwrap_err().to_string();
        assert!(message.contains("--what-if factors.persistence: found 1.6"), "{message}");
        let message = changed("segments.a.loadings.economy=0.6").unwrap_err().to_string();
        assert!(message.contains("wanted a key of time"), "{message}");
    }

    #[test]
    fn what_cannot_be_changed_says_what_can() {
        for (text, expected) in [
            ("staging.notches", "--what-if: found 'staging.notches'; wanted KEY=VALUE"),
            ("staging.notchse=3", "did you mean 'staging.notches'?"),
            ("staging.notches=0", "--what-if staging.notches: found 0; wanted a whole number"),
            ("simulation.seed=7", "--what-if: found 'simulation.seed'; wanted a key of time"),
            ("ecl.reporting_date=2025-12-31", "wanted a key of time"),
            ("segments.b.cpr=0.1", "--what-if: found segment 'b'; wanted a segment that"),
            ("segments.a.asset_correlation=0.1", "wanted LGDs that move expected losses in the model"),
            ("factors.persistence=0.5", "wanted LGDs that move expected losses in the model"),
        ] {
            let message = changed(text).unwrap_err().to_string();
            assert!(message.contains(expected), "{text}: {message}");
        }
    }
}
