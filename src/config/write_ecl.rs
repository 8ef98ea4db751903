//! Writes the sections of expected credit loss: every key with its value, segments' own keys, overlays.

use super::ecl::EclSettings;
use super::ecl_keys::{ECL_KEYS, segment_leaf};
use super::entries::to_toml;
use super::place::quote;
use crate::risk::ecl::{Overlay, OverlaySize};

/// The sections in the order of the template, then the overlays.
pub(super) fn write_sections(text: &mut String, settings: &EclSettings) {
    let mut section = "";
    for key in &ECL_KEYS {
        let (own, leaf) = key.path.split_once('.').unwrap_or(("", key.path));
        let Some(written) = settings.keys.get(key.path) else { continue };
        if own != section {
            text.push_str(&format!("\n[{own}]\n"));
            section = own;
        }
        text.push_str(&format!("{leaf} = {}\n", to_toml(&written.value)));
    }
    settings.overlays.iter().for_each(|overlay| write_overlay(text, overlay));
}

/// The keys that the segment called `name` has for itself.
pub(super) fn write_segment_keys(text: &mut String, (settings, name): (&EclSettings, &str)) {
    let own = settings.segment_keys.iter().find(|(segment, _)| segment == name);
    for (path, written) in own.into_iter().flat_map(|(_, keys)| keys.iter()) {
        let leaf = segment_leaf(path);
        text.push_str(&format!("{leaf} = {}\n", to_toml(&written.value)));
    }
}

fn write_overlay(text: &mut String, overlay: &Overlay) {
    let (name, because) = (quote(&overlay.name), quote(&overlay.because));
    text.push_str(&format!("\n[[overlays]]\nname = {name}\nbecause = {because}\ncap = {:?}\n", overlay.cap));
    match overlay.size {
        OverlaySize::Percent(percent) => text.push_str(&format!("percent = {percent:?}\n")),
        OverlaySize::Amount(amount) => text.push_str(&format!("amount = {amount:?}\n")),
    }
    let from = overlay.from.map(|date| ("from", date.to_string()));
    let until = overlay.until.map(|date| ("until", date.to_string()));
    let segment = overlay.segment.clone().map(|name| ("segment", name));
    let stage = overlay.stage.map(|stage| ("stage", stage.name().to_owned()));
    for (key, value) in [from, until, segment, stage].into_iter().flatten() {
        text.push_str(&format!("{key} = {}\n", quote(&value)));
    }
}
