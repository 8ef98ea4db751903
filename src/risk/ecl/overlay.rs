//! Management overlays: adjustments that a model does not make, each on a line of its own with name, reason, cap and dates.
//! None is part of the model's ECL; the allowance is that ECL and the active overlays.
//!
//! Applied = what is asked, but no more (and no less, if it is negative) than cap × the model's ECL of what it touches.

use super::total::EclTotals;
use crate::error::{Error, Result};
use crate::model::staging::{Framework, Stage};
use crate::units::Date;

/// An adjustment as it is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlay {
    /// What it is called.
    pub name: String,
    /// Why it is made.
    pub because: String,
    /// How much is asked for.
    pub size: OverlaySize,
    /// Largest share of the ECL that it touches, above 0 and at most 1.
    pub cap: f64,
    /// First reporting date that it applies to; None from ever.
    pub from: Option<Date>,
    /// Last reporting date that it applies to; None for ever.
    pub until: Option<Date>,
    /// Segment that it touches; None for all.
    pub segment: Option<String>,
    /// Stage that it touches; None for all.
    pub stage: Option<Stage>,
}

/// How much an overlay asks for. Negative amounts lower the allowance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum OverlaySize {
    /// Per cent of the ECL that it touches.
    Percent(f64),
    /// Currency.
    Amount(f64),
}

/// What became of an overlay.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AppliedOverlay {
    /// Model ECL of what it touches, currency.
    pub touches: f64,
    /// What was asked for, currency.
    pub asked: f64,
    /// What is applied, currency; 0 when it is not active.
    pub applied: f64,
    /// Whether the reporting date lies between its dates.
    pub active: bool,
}

impl Overlay {
    /// Refuses an overlay on what is not there.
    ///
    /// # Errors
    /// [`Error::Setting`] for a segment that is not among `segments`, or a stage that `framework` does not know.
    pub fn check(&self, segments: &[String], framework: Framework) -> Result<()> {
        let key = |part: &str| format!("overlays, '{}': {part}", self.name);
        if let Some(name) = self.segment.as_ref().filter(|name| !segments.contains(name)) {
            let known: Vec<&str> = segments.iter().take(12).map(String::as_str).collect();
            let wanted =
                format!("a segment of the tape ({}{})", known.join(", "), if segments.len() > 12 { ", …" } else { "" });
            return Err(Error::setting(key("segment"), format!("'{name}'"), wanted));
        }
        if let Some(stage) = self.stage.filter(|stage| !framework.stages().contains(stage)) {
            let known: Vec<&str> = framework.stages().iter().map(|stage| stage.name()).collect();
            let wanted = format!("a stage of {} ({})", framework.name(), known.join(", "));
            return Err(Error::setting(key("stage"), format!("'{}'", stage.name()), wanted));
        }
        Ok(())
    }

    /// What it comes to on `totals` of a tape with these `segments`, at the reporting date `on`.
    pub fn apply(&self, totals: &EclTotals, segments: &[String], on: Date) -> AppliedOverlay {
        let segment = self.segment.as_ref().map(|own| segments.iter().position(|name| name == own));
        let touches = match (segment, self.stage) {
            (Some(None), _) => 0.0,
            (Some(Some(segment)), None) => totals.segment(segment).ecl,
            (segment, Some(stage)) => totals.stage(stage, segment.flatten()).ecl,
            (None, None) => totals.total().ecl,
        };
        let asked = match self.size {
            OverlaySize::Percent(percent) => touches * percent / 100.0,
            OverlaySize::Amount(amount) => amount,
        };
        let most = self.cap * touches;
        let active = self.from.is_none_or(|from| from <= on) && self.until.is_none_or(|until| on <= until);
        let applied = if active { asked.max(-most).min(most) } else { 0.0 };
        AppliedOverlay { touches, asked, applied, active }
    }
}
