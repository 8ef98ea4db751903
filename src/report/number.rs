//! Numbers for people: grouped thousands, sensible digits.

/// `value` with thousands separated by commas and `decimals` digits after the point.
pub fn grouped(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let text = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    let is_zero = out.bytes().all(|b| !b.is_ascii_digit() || b == b'0');
    if value < 0.0 && !is_zero { format!("-{out}") } else { out }
}

/// A number of things, such as `1 loan` or `20,000 loans`.
pub fn counted(n: u64, thing: &str) -> String {
    let ending = if n == 1 { "" } else { "s" };
    format!("{} {thing}{ending}", grouped(n as f64, 0))
}

/// Digits after the point that suit amounts of about `scale`: cents for small ones, none for large ones.
pub fn decimals_for(scale: f64) -> usize {
    match scale.abs() {
        s if s >= 1e4 => 0,
        s if s >= 10.0 => 2,
        s if s >= 0.01 => 4,
        s if s > 0.0 => (6 - libm::log10(s) as i32).clamp(8, 40) as usize,
        _ => 2,
    }
}

/// A share as a percentage with `decimals` digits.
pub(super) fn percent(share: f64, decimals: usize) -> String {
    if share.is_finite() { format!("{:.decimals$} %", share * 100.0) } else { "–".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(grouped(1_234_567.891, 2), "1,234,567.89");
        assert_eq!(grouped(-999.5, 0), "-1,000");
        assert_eq!(grouped(-0.001, 1), "0.0");
        assert_eq!(grouped(12.0, 0), "12");
        assert_eq!(grouped(f64::NAN, 0), "–");
        assert_eq!(grouped(1.234_567e-7, decimals_for(1.234_567e-7)), "0.000000123457");
        assert_eq!(counted(1, "row"), "1 row");
        assert_eq!(counted(2_000, "row"), "2,000 rows");
        assert_eq!(percent(0.12345, 2), "12.35 %");
    }
}
