//! Resolves `[[overlays]]`: management adjustments, each with a name, a reason, a size and a cap.

use super::ecl::date;
use super::entries::{Entries, Plain, refuse};
use super::place::{Written, show_text};
use crate::error::{Error, Result};
use crate::model::staging::Stage;
use crate::risk::ecl::{Overlay, OverlaySize};
use crate::units::Date;
use std::collections::HashSet;

const STAGES: [Stage; Stage::COUNT] =
    [Stage::One, Stage::Two, Stage::Three, Stage::Poci, Stage::Lifetime, Stage::Default];

pub(super) fn resolve(written: &[Written<Entries>]) -> Result<Vec<Overlay>> {
    let mut names = HashSet::new();
    let one = |at: &Written<Entries>| {
        let overlay = overlay(at)?;
        if !names.insert(overlay.name.clone()) {
            return Err(at.refuse(format!("the overlay {} twice", show_text(&overlay.name)), "each name once"));
        }
        Ok(overlay)
    };
    written.iter().map(one).collect()
}

fn overlay(at: &Written<Entries>) -> Result<Overlay> {
    let keys = &at.value;
    let text = |path: &str, lacking: &str| match keys.text(path)?.map(str::trim) {
        Some(text) if !text.is_empty() => Ok(text.to_owned()),
        _ => Err(at.refuse(lacking, "a text in quotes, so that a reader knows what is adjusted and why")),
    };
    let size = match (keys.number("overlays.percent", -1e6..=1e6)?, keys.number("overlays.amount", -1e30..=1e30)?) {
        (Some(percent), None) => OverlaySize::Percent(percent),
        (None, Some(amount)) => OverlaySize::Amount(amount),
        (Some(_), Some(_)) => return Err(at.refuse("both percent and amount", "one of the two; remove the other")),
        (None, None) => return Err(at.refuse("neither percent nor amount", "one of the two")),
    };
    let overlay = Overlay {
        name: text("overlays.name", "an overlay without a name")?,
        because: text("overlays.because", "an overlay without because")?,
        size,
        cap: cap(at)?,
        from: date(keys, "overlays.from")?,
        until: Some(until(at)?),
        segment: keys.text("overlays.segment")?.map(|name| name.trim().to_owned()),
        stage: stage(keys)?,
    };
    match (overlay.from, overlay.until, keys.get("overlays.until")) {
        (Some(from), Some(until), Some(written)) if until < from => {
            Err(written.refuse(format!("{until}, before from ({from})"), "a date not before from"))
        }
        _ => Ok(overlay),
    }
}

/// An overlay without an end would outlive its reason.
fn until(at: &Written<Entries>) -> Result<Date> {
    let lacking = || at.refuse("an overlay without until", "until: the last reporting date it applies to");
    date(&at.value, "overlays.until")?.ok_or_else(lacking)
}

fn cap(at: &Written<Entries>) -> Result<f64> {
    const PATH: &str = "overlays.cap";
    match (at.value.number(PATH, 0.0..=1.0)?, at.value.get(PATH)) {
        (Some(cap), _) if cap > 0.0 => Ok(cap),
        (Some(_), Some(written)) => Err(refuse(PATH, written)),
        _ => {
            Err(at
                .refuse("an overlay without a cap", "cap: the largest share of the model's ECL, above 0 and at most 1"))
        }
    }
}

fn stage(keys: &Entries) -> Result<Option<Stage>> {
    const PATH: &str = "overlays.stage";
    let Some(written) = keys.get(PATH) else { return Ok(None) };
    let name = match &written.value {
        Plain::Text(name) => name.trim().to_owned(),
        Plain::Number(number) => number.to_string(),
        Plain::Flag(_) | Plain::Numbers(_) => return Err(refuse(PATH, written)),
    };
    STAGES.into_iter().find(|stage| stage.name() == name).map(Some).ok_or_else(|| unknown(written))
}

fn unknown(written: &Written<Plain>) -> Error {
    refuse("overlays.stage", written)
}
