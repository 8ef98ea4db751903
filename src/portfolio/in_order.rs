//! Pieces of one file worked on by all threads at once, and their results taken in the order of the pieces.
//!
//! So a tape is the same for every number of threads, and no more than a few pieces for each thread are in memory: a thread
//! fetches the next piece only while there is room in the queue, and works on it while others fetch theirs.

use crate::error::{Error, Result};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long nothing may come before that is told.
const PATIENCE: Duration = Duration::from_millis(100);

/// Pieces still to come, and the queue in which their results are awaited; None after the last piece.
type Shared<P, R> = Mutex<Option<(P, SyncSender<Receiver<Result<R>>>)>>;

/// Calls `take` with `work` of every piece, in the order of `pieces`, and with None when nothing came for a while; on as many
/// threads as the rayon pool that this is called in has, of which it uses none: who works there may wait for the rows of a tape.
/// Where it has several, the caller only takes.
///
/// Fails as soon as `pieces`, `work` or `take` does; nothing is asked of `pieces` after its first error. A panic in `pieces` or
/// `work` is an [`Error::Internal`].
pub(super) fn in_order<T: Send, R: Send>(
    mut pieces: impl Iterator<Item = Result<T>> + Send,
    work: impl Fn(T) -> Result<R> + Sync,
    mut take: impl FnMut(Option<R>) -> Result<()>,
) -> Result<()> {
    let threads = rayon::current_num_threads();
    let work = |piece| caught(|| work(piece)).flatten();
    // Most files of a few pages are one piece: that is done before a thread has started.
    let at_once = if threads == 1 { usize::MAX } else { 1 };
    for _ in 0..at_once {
        let Some(piece) = next(&mut pieces)? else { return Ok(()) };
        take(Some(work(piece)?))?;
    }
    let Some(second) = next(&mut pieces)? else { return Ok(()) };
    let pieces = std::iter::once(Ok(second)).chain(pieces);
    let (queue, awaited) = sync_channel(threads);
    let shared = Mutex::new(Some((pieces, queue)));
    std::thread::scope(|scope| {
        let toil = || {
            while let Some((piece, answer)) = fetch(&shared) {
                let result = piece.and_then(|piece| caught(|| work(piece)).flatten());
                // Nobody waits for the answer after an error.
                let _ = answer.send(result);
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
        take_all(awaited, take)
    })
}

/// Takes results as they are awaited; at an error the queue is closed, so that nobody waits for room in it.
fn take_all<R>(awaited: Receiver<Receiver<Result<R>>>, mut take: impl FnMut(Option<R>) -> Result<()>) -> Result<()> {
    while let Some(answer) = wait(&awaited, &mut take)? {
        let Some(result) = wait(&answer, &mut take)? else { return Err(broke_down()) };
        take(Some(result?))?;
    }
    Ok(())
}

/// The next thing that comes; None when nothing will. Tells `take` when it takes long.
fn wait<T, R>(from: &Receiver<T>, take: &mut impl FnMut(Option<R>) -> Result<()>) -> Result<Option<T>> {
    loop {
        match from.recv_timeout(PATIENCE) {
            Ok(thing) => return Ok(Some(thing)),
            Err(RecvTimeoutError::Disconnected) => return Ok(None),
            Err(RecvTimeoutError::Timeout) => take(None)?,
        }
    }
}

/// The next piece or why there is none, with the place to send its result to; None when there is no more, or nobody who wants it.
fn fetch<T, R>(shared: &Shared<impl Iterator<Item = Result<T>>, R>) -> Option<(Result<T>, SyncSender<Result<R>>)> {
    let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
    // A source is not asked again after its end, an error or a panic: decoders may then give anything.
    let (mut pieces, queue) = shared.take()?;
    let piece = next(&mut pieces).transpose()?;
    let (answer, awaited) = sync_channel(1);
    queue.send(awaited).ok()?;
    if piece.is_ok() {
        *shared = Some((pieces, queue));
    }
    Some((piece, answer))
}

fn next<T>(pieces: &mut impl Iterator<Item = Result<T>>) -> Result<Option<T>> {
    caught(|| pieces.next().transpose()).flatten()
}

/// What `work` gives, if it does not panic.
fn caught<T>(work: impl FnOnce() -> T) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| broke_down())
}

fn broke_down() -> Error {
    Error::Internal("a thread that read broke down".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::resume_unwind;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn on_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
    }

    #[test]
    fn results_come_in_order_whoever_is_first() {
        for (threads, n) in [(1, 0), (1, 1), (1, 57), (2, 2), (3, 211), (7, 211)] {
            let slow = |piece: u64| {
                std::thread::sleep(Duration::from_micros(piece * 7919 % 211));
                Ok(piece * 3)
            };
            let taken = on_threads(threads, || {
                let mut taken = Vec::new();
                in_order((0..n).map(Ok), slow, |result| {
                    taken.extend(result);
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
        let pieces = std::iter::repeat_with(|| Ok(fetched.fetch_add(1, Ordering::SeqCst)));
        let outcome = on_threads(3, || {
            in_order(pieces, Ok, |piece| {
                let Some(piece) = piece else { return Ok(()) };
                let in_hand = fetched.load(Ordering::SeqCst) - taken.fetch_add(1, Ordering::SeqCst);
                assert!(in_hand <= 11, "{in_hand} pieces for 3 threads");
                if piece == 101 { Err(Error::Interrupted) } else { Ok(()) }
            })
        });
        assert!(matches!(outcome, Err(Error::Interrupted)));
        assert!(fetched.into_inner() < 120);
    }

    /// Pieces 0, 1, … of which number `last` is `end` instead; counts how often it is asked after that.
    fn ending(last: usize, end: fn() -> Result<usize>, asked: &AtomicUsize) -> impl Iterator<Item = Result<usize>> {
        let mut given = 0;
        std::iter::from_fn(move || {
            given += 1;
            match given - 1 {
                n if n < last => Some(Ok(n)),
                n if n == last => Some(end()),
                _ => {
                    asked.fetch_add(1, Ordering::SeqCst);
                    Some(Ok(7))
                }
            }
        })
    }

    #[test]
    fn a_source_is_not_asked_again_after_an_error_or_a_panic() {
        for last in [0, 1, 2, 23] {
            for threads in [1, 2, 3, 8] {
                for panics in [false, true] {
                    // Resumed, not begun, a panic is not reported.
                    let end = if panics { || resume_unwind(Box::new("")) } else { || Err(Error::Interrupted) };
                    let (asked, mut taken) = (AtomicUsize::new(0), 0);
                    let outcome = on_threads(threads, || {
                        in_order(ending(last, end, &asked), Ok, |piece| {
                            taken += piece.map_or(0, |_| 1);
                            Ok(())
                        })
                    });
                    let is_told = match outcome {
                        Err(Error::Interrupted) => !panics,
                        Err(Error::Internal(_)) => panics,
                        _ => false,
                    };
                    assert!(is_told, "{last} {threads} {panics}");
                    assert_eq!((taken, asked.into_inner()), (last, 0), "{threads} threads, panics: {panics}");
                }
            }
        }
    }

    #[test]
    fn work_that_panics_is_an_error() {
        let work = |piece| if piece == 31 { resume_unwind(Box::new("")) } else { Ok(piece) };
        let outcome = on_threads(3, || in_order((0..97).map(Ok), work, |_| Ok(())));
        assert!(matches!(outcome, Err(Error::Internal(_))));
    }

    #[test]
    fn whoever_waits_is_asked_whether_to_go_on() {
        let slow = |piece: u64| {
            std::thread::sleep(Duration::from_millis(300 * (piece / 2)));
            Ok(piece)
        };
        let outcome = on_threads(2, || {
            in_order((0..9).map(Ok), slow, |piece| {
                piece.map_or(Err(Error::Interrupted), |piece| {
                    assert!(piece < 2, "nobody was asked");
                    Ok(())
                })
            })
        });
        assert!(matches!(outcome, Err(Error::Interrupted)));
    }
}
