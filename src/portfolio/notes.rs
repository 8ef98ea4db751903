//! What the reader assumed, in sentences: nothing that decides a result is assumed in silence.

use super::plan::{How, Plan, Served};
use super::schema::Field;
use super::tape::InputFile;
use std::collections::HashMap;

/// What choosing the columns of one file assumed.
pub(super) fn of_columns(plan: &Plan) -> Vec<String> {
    let by_alias = |served: Served| {
        (served.how == How::Alias)
            .then(|| format!("{} is read from column '{}', a known alias", served.field, served.from))
    };
    let mut notes: Vec<String> = plan.served().into_iter().filter_map(by_alias).collect();
    if let Some(rating) = &plan.idle_rating {
        notes.push(format!("PDs are read from '{}'; the rating column '{rating}' is not used", plan.column(Field::Pd)));
    }
    if plan.slot(Field::Segment).is_none() {
        notes.push("no column for segment: every loan belongs to segment 'default'".to_owned());
    }
    if plan.slot(Field::Lgd).is_none() {
        notes.push("no column for lgd: every loan takes the lgd of its segment".to_owned());
    }
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
