//! The cells of a small CSV file beside the model: correlations, curves, transitions. The delimiter is whichever of `,` `;`
//! and tab its first line has most of.

use super::place::shorten;

/// Cells of one line, trimmed, with the line's number from 1.
pub(super) type Row = (u64, Vec<String>);

/// The rows of `text` that are not blank; else what is wrong with it.
pub(super) fn cells(text: &str) -> Result<Vec<Row>, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // The parser would count the LF of a CRLF, and blank lines, towards the next row.
    let text = text.replace("\r\n", "\n").replace('\r', "\n") + "\n";
    let head = text.lines().next().unwrap_or_default();
    let count = |delimiter: &u8| head.bytes().filter(|byte| byte == delimiter).count();
    let delimiter = [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',');
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut rows = Vec::new();
    while reader.read_record(&mut record).map_err(|error| shorten(&error.to_string()))? {
        let within = record.iter().map(|cell| cell.matches('\n').count() as u64).sum::<u64>();
        let line = reader.position().line().saturating_sub(within + 1);
        if record.iter().any(|cell| !cell.trim().is_empty()) {
            rows.push((line, record.iter().map(|cell| cell.trim().to_owned()).collect()));
        }
    }
    Ok(rows)
}
