//! Pieces of one file worked on by all threads at once, and their results taken in the order of the pieces.
//!
//! So a tape is the same for every number of threads, and no more than a few pieces for each thread are in memory: a thread
//! fetches the next piece only while there is room in the queue, and works on it while others fetch theirs.

use crate::error::{Error, Result};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

/// Pieces still to come, and the queue in which their results are awaited; None after the last piece.
type Shared<P, R> = Mutex<Option<(P, SyncSender<Receiver<R>>)>>;

/// Calls `take` with `work` of every piece, in the order of `pieces`; on as many threads as the rayon pool that this is called
/// in, of which it uses none: who works there may wait for the rows of a tape.
///
/// Fails as soon as `take` does; pieces that nobody has fetched by then are left alone.
pub(super) fn in_order<T: Send, R: Send>(
    mut pieces: impl Iterator<Item = T> + Send,
    work: impl Fn(T) -> R + Sync,
    mut take: impl FnMut(R) -> Result<()>,
) -> Result<()> {
    let Some(first) = pieces.next() else { return Ok(()) };
    // Most files of a few pages are one piece: that is done before a thread has started.
    let Some(second) = pieces.next() else { return take(work(first)) };
    let pieces = [first, second].into_iter().chain(pieces);
    let threads = rayon::current_num_threads();
    let (queue, awaited) = sync_channel(threads);
    let shared = Mutex::new(Some((pieces, queue)));
    std::thread::scope(|scope| {
        let toil = || {
            while let Some((piece, answer)) = fetch(&shared) {
                // Nobody waits for the answer after an error.
                let _ = answer.send(work(piece));
            }
        };
        for number in 0..threads {
            let started = std::thread::Builder::new().name(format!("mc-gpu-read-{number}")).spawn_scoped(scope, toil);
            match started {
                Ok(_) => {}
                Err(_) if number > 0 => break, // fewer threads read as well
                Err(refused) => return Err(Error::Internal(format!("no thread to read with: {refused}"))),
            }
        }
        awaited.into_iter().try_for_each(|answer: Receiver<R>| match answer.recv() {
            Ok(result) => take(result),
            Err(_) => Err(Error::Internal("a thread that read broke down".to_owned())),
        })
    })
}

/// The next piece, with the place to send its result to; None when there is no more, or nobody who wants it.
fn fetch<T, R>(shared: &Shared<impl Iterator<Item = T>, R>) -> Option<(T, SyncSender<R>)> {
    let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
    let (pieces, queue) = shared.as_mut()?;
    let (answer, awaited) = sync_channel(1);
    let fetched = pieces.next().and_then(|piece| queue.send(awaited).ok().map(|()| (piece, answer)));
    if fetched.is_none() {
        *shared = None;
    }
    fetched
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn on_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
    }

    #[test]
    fn results_come_in_order_whoever_is_first() {
        for (threads, n) in [(1, 0), (1, 1), (1, 57), (2, 2), (3, 211), (7, 211)] {
            let slow = |piece: u64| {
                std::thread::sleep(std::time::Duration::from_micros(piece * 7919 % 211));
                piece * 3
            };
            let taken = on_threads(threads, || {
                let mut taken = Vec::new();
                in_order(0..n, slow, |result| {
                    taken.push(result);
                    Ok(())
                })
                .unwrap();
                taken
            });
            assert!(taken.into_iter().eq((0..n).map(|piece| piece * 3)), "{threads} threads, {n} pieces");
        }
    }

    #[test]
    fn few_pieces_are_in_hand_and_an_error_stops_the_rest() {
        let (fetched, taken) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let pieces = std::iter::repeat_with(|| fetched.fetch_add(1, Ordering::SeqCst));
        let outcome = on_threads(3, || {
            in_order(
                pieces,
                |piece| piece,
                |piece| {
                    let in_hand = fetched.load(Ordering::SeqCst) - taken.fetch_add(1, Ordering::SeqCst);
                    assert!(in_hand <= 11, "{in_hand} pieces for 3 threads");
                    if piece == 101 { Err(Error::Interrupted) } else { Ok(()) }
                },
            )
        });
        assert!(matches!(outcome, Err(Error::Interrupted)));
        assert!(fetched.into_inner() < 120);
    }
}
