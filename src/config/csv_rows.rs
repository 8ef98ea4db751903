//! The rows of a small CSV file beside a model. The delimiter is whichever of `,` `;` and tab its first line has most of.

use super::place::shorten;

/// Cells of one line, without the blanks around them, and the line's number, counted from 1.
pub(super) type Row = (u64, Vec<String>);

/// The rows that are not blank, of any length; what is wrong with the text otherwise.
pub(super) fn csv_rows(text: &str) -> Result<Vec<Row>, String> {
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

/// `text` with up to three of its signs taken out, put in or replaced by one of `signs`: what readers must survive.
#[cfg(test)]
pub(super) fn damaged(text: &str, signs: &[u8], rng: &mut rand::rngs::StdRng) -> String {
    use rand::RngExt;
    let mut text = text.as_bytes().to_vec();
    for _ in 0..rng.random_range(0..4) {
        let at = rng.random_range(0..text.len());
        match rng.random_range(0..3) {
            0 => drop(text.remove(at)),
            1 => text.insert(at, signs[rng.random_range(0..signs.len())]),
            _ => text[at] = signs[rng.random_range(0..signs.len())],
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_their_lines_whatever_separates_them() {
        for text in ["a,b\n\n 1 , 2\n", "\u{feff}a;b\r\n\r\n1;2", "a\tb\r\r1\t2\r", "a,b\n , \n1,\"2\""] {
            let rows = csv_rows(text).unwrap();
            let cells = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
            assert_eq!(rows, [(1, cells(["a", "b"])), (3, cells(["1", "2"]))], "{text:?}");
        }
        assert_eq!(csv_rows(""), Ok(Vec::new()));
    }
}
