//! What the reader assumed, in sentences: nothing that decides a result is assumed in silence.
//!
//! A sentence that does not hold for every file names those that it holds for.

use super::extras::BLANKS;
use super::field_set::FieldSet;
use super::found::quote;
use super::maturity;
use super::plan::{How, Idle, Served};
use super::schema::Field;
use super::segments::Segments;
use super::tape::InputFile;
use crate::units::DateFormat;
use std::collections::HashMap;

/// Names of one kind in one sentence; the rest is counted.
const MOST_NAMES: usize = 10;

/// What choosing the columns assumed; `idle` has an entry for each of the `inputs`.
pub(super) fn of_columns(
    (inputs, idle): (&[InputFile], &[Vec<Idle>]),
    segments: &Segments,
    wanted: FieldSet,
) -> Vec<String> {
    let mut said: Vec<(String, Vec<&InputFile>)> = Vec::new();
    for (input, idle) in inputs.iter().zip(idle) {
        for sentence in of_choices(input, idle, segments) {
            match said.iter_mut().find(|(known, _)| *known == sentence) {
                Some((_, files)) => files.push(input),
                None => said.push((sentence, vec![input])),
            }
        }
    }
    let place = |(sentence, files): (String, Vec<&InputFile>)| match files.len() == inputs.len() {
        true => sentence,
        false => format!("in {}, {sentence}", list(&files)),
    };
    let mut notes: Vec<String> = said.into_iter().map(place).collect();
    notes.extend(of_quality(inputs));
    let telling =
        [Field::DaysPastDue, Field::Stage, Field::Watchlist].into_iter().filter(|field| wanted.contains(*field));
    let always = [Field::Segment, Field::Lgd, Field::ObligorId].into_iter();
    notes.extend(always.chain(telling).filter_map(|field| lack(inputs, field)));
    notes
}

/// What reading the loans assumed: how many blank LGDs were filled, loans had no obligor, and loans repeat an identity.
pub(super) fn of_loans(lgds_filled: u64, without_obligor: u64, repeated: u64) -> Vec<String> {
    let notes = [
        (lgds_filled, "blank lgd, filled from the segment"),
        (without_obligor, "blank obligor_id, each taken as an obligor of its own"),
        (repeated, "a loan_id that an earlier loan has, counted as separate loans"),
    ];
    let note = |(count, what): (u64, &str)| {
        (count > 0).then(|| format!("{count} {} with {what}", if count == 1 { "loan" } else { "loans" }))
    };
    notes.into_iter().filter_map(note).collect()
}

/// What blanks were taken for: how many there are of each of [`BLANKS`].
pub(super) fn of_blanks(blanks: [u64; 2]) -> Vec<String> {
    let taken = ["as 0", "as not watched"];
    let told = BLANKS.iter().zip(taken).zip(blanks).filter(|(_, count)| *count > 0);
    let loans = |count| if count == 1 { "loan" } else { "loans" };
    told.map(|((field, taken), count)| format!("{count} {} with blank {field}, counted {taken}", loans(count)))
        .collect()
}

/// What several files together suggest: files of the same content may be one file given twice.
pub(super) fn of_files(inputs: &[InputFile]) -> Vec<String> {
    let mut first: HashMap<&str, &InputFile> = HashMap::new();
    let mut notes = Vec::new();
    for input in inputs {
        match first.get(input.sha256.as_str()) {
            Some(other) => {
                let (a, b) = (other.path.display(), input.path.display());
                notes.push(format!("'{a}' and '{b}' have the same content; both are counted"));
            }
            None => {
                first.insert(&input.sha256, input);
            }
        }
    }
    notes
}

/// Segments of the model that no loan belongs to: perhaps their names are not those of the tape.
pub(super) fn of_segments(unused: &[&str]) -> Option<String> {
    match unused {
        [] => None,
        [name] => Some(format!("segment {} of the model has no loans on the tape", quote(name))),
        several => {
            let names = several.iter().map(|name| quote(name)).collect();
            Some(format!("segments {} of the model have no loans on the tape", enumerate(names)))
        }
    }
}

/// What choosing the columns of one file assumed.
fn of_choices(input: &InputFile, idle: &[Idle], segments: &Segments) -> Vec<String> {
    let aliases = input.fields.iter().filter(|served| served.how == How::Alias);
    let mut notes: Vec<String> =
        aliases.map(|served| format!("{} is {}, a known alias", served.field, source(served))).collect();
    let no_day = |served: &&Served| served.format.as_ref().is_some_and(|format| !format.has_day());
    notes.extend(input.fields.iter().filter(no_day).map(|served| {
        let Served { field, format, .. } = served;
        format!(
            "{field} ({}) has no day: the last of its month counts",
            format.as_ref().map_or("", DateFormat::pattern)
        )
    }));
    for Idle { field, what } in idle {
        let rating = serving(input, Field::Rating).filter(|_| serving(input, Field::Pd).is_none());
        let until = maturity::FIELDS.into_iter().find_map(|field| serving(input, field));
        notes.push(match (field, serving(input, *field), serving(input, Field::Pd), rating) {
            (field, None, _, _) if maturity::FIELDS.contains(field) => match until {
                Some(served) => format!("{} is {}; the {field} {what} is not used", served.field, source(served)),
                None => format!("{field} {what} is not used, as nothing says when loans began"),
            },
            (_, Some(served), _, _) => format!("{field} is {}; {what} is not used", source(served)),
            (Field::Rating, None, Some(pd), _) => {
                format!("PDs are {}; the rating {what} is not used", source(pd))
            }
            (_, None, _, Some(rating)) => {
                format!("PDs come from ratings, {}; the {field} {what} is not used", source(rating))
            }
            (_, None, _, None) => format!("{field} {what} is not used"),
        });
    }
    if let Some(lgd) = serving(input, Field::Lgd).filter(|_| segments.have_lgd()) {
        let rest = if lgd.how == How::Constant { "is not used" } else { "only fills blanks" };
        notes.push(format!("lgd is {}; the lgd of segments {rest}", source(lgd)));
    }
    notes
}

/// Where files differ in what stands for the probability of default.
fn of_quality(inputs: &[InputFile]) -> Option<String> {
    let (graded, given): (Vec<_>, Vec<_>) = inputs.iter().partition(|input| serving(input, Field::Pd).is_none());
    let mixed = !graded.is_empty() && !given.is_empty();
    mixed.then(|| format!("PDs stand in {}, and come from ratings in {}", list(&given), list(&graded)))
}

/// What a missing column means.
fn lack(inputs: &[InputFile], field: Field) -> Option<String> {
    let lacking: Vec<&InputFile> = inputs.iter().filter(|input| serving(input, field).is_none()).collect();
    if lacking.is_empty() {
        return None;
    }
    if lacking.len() == inputs.len() {
        return match field {
            Field::Segment => Some("no column for segment: every loan belongs to segment 'default'".to_owned()),
            Field::Lgd => Some("no column for lgd: every loan takes the lgd of its segment".to_owned()),
            Field::DaysPastDue => Some("no column for days_past_due: no loan counts as past due".to_owned()),
            Field::Stage => Some("no column for stage: no loan has one of its own".to_owned()),
            Field::Watchlist => Some("no column for watchlist: no loan counts as watched".to_owned()),
            _ => None,
        };
    }
    let consequence = match field {
        Field::Segment => "loans there belong to segment 'default'",
        Field::Lgd => "loans there take the lgd of their segment",
        Field::DaysPastDue => "loans there do not count as past due",
        Field::Stage => "loans there have none of their own",
        Field::Watchlist => "loans there do not count as watched",
        _ => "each loan there is an obligor of its own",
    };
    Some(format!("no column for {field} in {}: {consequence}", list(&lacking)))
}

fn serving(input: &InputFile, field: Field) -> Option<&Served> {
    input.fields.iter().find(|served| served.field == field)
}

/// Completes "is …".
fn source(served: &Served) -> String {
    match served.how {
        How::Constant => format!("the constant {}", served.from),
        How::Name | How::Alias | How::Mapped => format!("read from column {}", quote(&served.from)),
    }
}

fn list(files: &[&InputFile]) -> String {
    enumerate(files.iter().map(|file| format!("'{}'", file.path.display())).collect())
}

/// "a", "a and b", "a, b and c"; at most [`MOST_NAMES`], the rest counted.
fn enumerate(mut names: Vec<String>) -> String {
    let hidden = names.len().saturating_sub(MOST_NAMES);
    let last = if hidden > 0 { Some(format!("{hidden} more")) } else { names.pop() };
    names.truncate(MOST_NAMES);
    let last = last.unwrap_or_default();
    if names.is_empty() { last } else { format!("{} and {last}", names.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_cut() {
        let names = |n: usize| enumerate((0..n).map(|i| i.to_string()).collect());
        assert_eq!([names(1), names(2), names(3)], ["0", "0 and 1", "0, 1 and 2"]);
        assert_eq!(names(10), "0, 1, 2, 3, 4, 5, 6, 7, 8 and 9");
        assert_eq!(names(13), "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 3 more");
        assert_eq!(of_segments(&["x"]).unwrap(), "segment 'x' of the model has no loans on the tape");
        assert_eq!(of_segments(&["x", "y"]).unwrap(), "segments 'x' and 'y' of the model have no loans on the tape");
    }
}
