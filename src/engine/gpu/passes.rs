//! Passes: a plan that fits the device is played in one; of a larger one, group after group of its shelves goes up for
//! every chunk of scenarios, and the host adds up what they lose (L4: sums do not depend on order).

use super::chunk::{Chunk, Rest, chunk_size};
use super::ended::Ended;
use super::groups::groups;
use super::progress::{Progress, Tale};
use super::schedule::{Shelf, schedule};
use super::session::{Session, Stage};
use super::sums::Shape;

/// Plays what is left; what could not be finished is left afterwards.
///
/// # Errors
/// See [`Ended`].
pub fn play(stage: Stage<'_>, progress: &mut Progress) -> Result<(), Ended> {
    let plan = stage.job.plan();
    let shelves = schedule(plan, stage.opened.workgroup_size(), stage.opened.bounds);
    let Progress { todo, chunk, tale } = progress;
    let cut = |range, tale: &Tale| groups(&shelves, range, tale.budget.resident);
    if chunk.is_none() && cut(0..shelves.len(), tale).len() <= 1 {
        return Session::open(stage, &shelves, tale)?.run(todo, tale, &mut |sums| stage.accept(sums));
    }
    loop {
        if let Some(current) = chunk {
            current.regroup(|range| cut(range, tale));
            if !is_finished(stage, &shelves, current, tale)? {
                return Ok(());
            }
            if let Some(Chunk { sums, .. }) = chunk.take() {
                stage.accept(sums)?;
            }
        }
        if stage.sink.is_stopped() {
            return Ok(());
        }
        let Some(range) = todo.take(|_| chunk_size(plan, &tale.rate, tale.total)) else { return Ok(()) };
        *chunk = Some(Chunk::new(range, Shape::of(plan), shelves.len()));
    }
}

/// Plays a chunk; false when the run was stopped before its end.
fn is_finished(stage: Stage<'_>, shelves: &[Shelf], chunk: &mut Chunk, tale: &mut Tale) -> Result<bool, Ended> {
    let Chunk { sums, rests } = chunk;
    while let Some(Rest { shelves: group, todo }) = rests.last_mut() {
        if stage.sink.is_stopped() {
            return Ok(false);
        }
        let shelves = shelves.get(group.clone()).unwrap_or_default();
        Session::open(stage, shelves, tale)?.run(todo, tale, &mut |landed| {
            sums.add(&landed);
            Ok(())
        })?;
        if todo.left() > 0 {
            return Ok(false);
        }
        rests.pop();
    }
    Ok(true)
}
