//! Writes a resolved configuration as a model file that resolves to the same again (L8): every default spelled out, every
//! number exactly, the correlation matrix in place of its file.

use super::place::{quote, quote_key};
use super::resolved::{Resolved, SegmentSettings, Segments, Simulation};
use super::simulation::{KERNELS, OBLIGOR_RULES};
use super::write_ecl::{write_sections, write_segment_keys};
use super::write_economy::write_economy;
use crate::model::{AssetCorrelation, Copula};
use crate::portfolio::{Columns, ConstantValue, DecimalSign, Field, SCHEMA, Source, TextFormat, ValueMap};

/// The whole configuration as TOML.
pub fn to_toml(resolved: &Resolved) -> String {
    let mut text = String::new();
    write_simulation(&mut text, &resolved.simulation);
    text.push_str("\n[copula]\n");
    match resolved.copula {
        Copula::Gaussian => text.push_str("kind = \"gaussian\"\n"),
        Copula::StudentT { degrees_of_freedom } => {
            text.push_str(&format!("kind = \"student_t\"\ndegrees_of_freedom = {degrees_of_freedom:?}\n"));
        }
    }
    let factors = &resolved.factors;
    text.push_str(&format!("\n[factors]\nnames = {}\ncorrelation = [\n", quote_list(&factors.names)));
    for row in factors.correlation.chunks(factors.names.len().max(1)) {
        text.push_str(&format!("  {row:?},\n"));
    }
    text.push_str("]\n");
    if let Some(persistence) = &factors.persistence {
        let own = |(name, value): (&String, &f64)| format!("{} = {value:?}", quote_key(name));
        let each: Vec<String> = factors.names.iter().zip(persistence).map(own).collect();
        text.push_str(&format!("persistence = {{ {} }}\n", each.join(", ")));
    }
    if let Segments::Listed(segments) = &resolved.segments {
        for segment in segments {
            write_segment(&mut text, segment);
            write_segment_keys(&mut text, (&resolved.ecl, &segment.name));
        }
    }
    if !resolved.ratings.is_empty() {
        text.push_str("\n[ratings]\n");
        for (name, pd) in &resolved.ratings {
            text.push_str(&format!("{} = {pd:?}\n", quote_key(name)));
        }
    }
    let sources = SCHEMA.iter().filter_map(|spec| Some((spec.field, resolved.columns.get(spec.field)?)));
    let lines: Vec<String> = sources
        .map(|(field, source)| format!("{field} = {}\n", show_source(&resolved.columns, (field, source))))
        .collect();
    if !lines.is_empty() {
        text.push_str(&format!("\n[columns]\n{}", lines.concat()));
    }
    write_input(&mut text, &resolved.input);
    write_sections(&mut text, &resolved.ecl);
    if let Some(economy) = &resolved.economy {
        write_economy(&mut text, economy);
    }
    text
}

fn write_simulation(text: &mut String, simulation: &Simulation) {
    // TOML's integers are signed; a larger seed is written as a text.
    let seed = simulation.seed;
    let seed = if i64::try_from(seed).is_ok() { seed.to_string() } else { quote(&seed.to_string()) };
    let levels: Vec<String> = simulation.levels.iter().map(ToString::to_string).collect();
    let kernel = KERNELS.iter().find(|(_, kernel)| *kernel == simulation.kernel).map_or("auto", |(name, _)| *name);
    let obligors =
        OBLIGOR_RULES.iter().find(|(_, rule)| *rule == simulation.obligors).map_or("together", |(name, _)| *name);
    let unit = simulation.unit.map_or_else(|| quote("auto"), |unit| format!("{:?}", unit.value()));
    text.push_str("[simulation]\n");
    text.push_str(&format!("scenarios = {}\nseed = {seed}\n", simulation.scenarios));
    text.push_str(&format!("levels = {}\nkernel = {}\n", quote_list(&levels), quote(kernel)));
    text.push_str(&format!("obligors = {}\n", quote(obligors)));
    text.push_str(&format!("band_width = {:?}\nunit = {unit}\n", simulation.band_width));
}

fn write_segment(text: &mut String, segment: &SegmentSettings) {
    text.push_str(&format!("\n[segments.{}]\n", quote_key(&segment.name)));
    match segment.correlation {
        AssetCorrelation::Fixed(rho) => text.push_str(&format!("asset_correlation = {rho:?}\n")),
        AssetCorrelation::Basel(class) => {
            text.push_str(&format!("asset_correlation = {{ basel = {} }}\n", quote(class.name())));
        }
        AssetCorrelation::FromLoadings => {}
    }
    let loading = |(factor, loading): &(String, f64)| format!("{} = {loading:?}", quote_key(factor));
    let loadings: Vec<String> = segment.loadings.iter().map(loading).collect();
    text.push_str(&format!("loadings = {{ {} }}\n", loadings.join(", ")));
    if let Some(lgd) = segment.lgd {
        text.push_str(&format!("lgd = {lgd:?}\n"));
    }
}

fn write_input(text: &mut String, input: &TextFormat) {
    let delimiter =
        if input.delimiter == b'\t' { quote("tab") } else { quote(&char::from(input.delimiter).to_string()) };
    let decimal = match input.decimal {
        DecimalSign::Point => quote("."),
        DecimalSign::Comma => quote(","),
    };
    let encoding = quote(&input.encoding);
    text.push_str(&format!("\n[input]\ndelimiter = {delimiter}\ndecimal = {decimal}\nencoding = {encoding}\n"));
}

fn show_source(columns: &Columns, (field, source): (Field, &Source)) -> String {
    match source {
        Source::Column { name, unit } => {
            let unit = unit.map(|unit| format!("unit = {}", quote(unit.name())));
            let format = columns.format(field).map(|format| format!("format = {}", quote(format.pattern())));
            let value =
                |(cell, value): &(String, ConstantValue)| format!("{} = {}", quote_key(cell), show_value(value));
            let list = |values: &ValueMap| values.entries().iter().map(value).collect::<Vec<_>>().join(", ");
            let values = columns.values(field).map(|values| format!("values = {{ {} }}", list(values)));
            let more: Vec<String> = [unit, format, values].into_iter().flatten().collect();
            match more.is_empty() {
                true => quote(name),
                false => format!("{{ column = {}, {} }}", quote(name), more.join(", ")),
            }
        }
        Source::Columns(names) => quote_list(names),
        Source::Constant(value) => format!("{{ constant = {} }}", show_value(value)),
    }
}

fn show_value(value: &ConstantValue) -> String {
    match value {
        ConstantValue::Number(number) => format!("{number:?}"),
        ConstantValue::Text(text) => quote(text),
    }
}

fn quote_list(texts: &[String]) -> String {
    format!("[{}]", texts.iter().map(|text| quote(text)).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
#[path = "write_tests.rs"]
mod tests;
