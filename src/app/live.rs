//! What happens, from the database's words to the open pages of this process, and what each person's bell shows.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::{CancellationToken, WaitForCancellationFuture};
use uuid::Uuid;

use crate::db::Happened;
use crate::values::UserId;

/// Words that a slow page may be behind; whoever is further behind looks again at everything.
const BEHIND: usize = 256;
/// Streams of one person in one process: some browsers, and tabs of browsers that do not share theirs.
const SEATS: usize = 8;

/// What a person's bell shows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bell {
    /// Unread notices, counted up to a hundred.
    pub(crate) unread: usize,
    /// The newest unread ones, those about one thing as one.
    pub(crate) items: Vec<BellItem>,
}

/// A line of the bell.
#[derive(Clone, Debug)]
pub(crate) struct BellItem {
    /// Of the newest notice that it stands for.
    pub(crate) id: Uuid,
    /// Name of its sign.
    pub(crate) icon: &'static str,
    /// One line.
    pub(crate) title: String,
    /// One or two lines.
    pub(crate) body: String,
    /// Notices that it stands for.
    pub(crate) count: usize,
    /// When the newest happened.
    pub(crate) at: DateTime<Utc>,
}

/// The ear of a process and the streams that hang on it.
pub(crate) struct Live {
    sender: broadcast::Sender<Happened>,
    is_heard: AtomicBool,
    closing: CancellationToken,
    bells: Mutex<Bells>,
    seats: Mutex<HashMap<UserId, usize>>,
    waiters: Mutex<Waiters>,
}

/// Phones that wait for a call.
#[derive(Default)]
struct Waiters {
    next: u64,
    by_user: HashMap<UserId, Vec<Waiter>>,
}

struct Waiter {
    id: u64,
    session: Uuid,
    bell: Arc<Notify>,
}

#[derive(Default)]
struct Bells {
    /// Grows with each change that is heard of.
    generation: u64,
    kept: HashMap<UserId, Arc<Bell>>,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            sender: broadcast::channel(BEHIND).0,
            is_heard: AtomicBool::new(false),
            closing: CancellationToken::new(),
            bells: Mutex::default(),
            seats: Mutex::default(),
            waiters: Mutex::default(),
        }
    }
}

impl Live {
    /// What happens from now on.
    pub(crate) fn hear(&self) -> broadcast::Receiver<Happened> {
        self.sender.subscribe()
    }

    /// Passes a word on.
    pub(crate) fn tell(&self, event: Happened) {
        match event {
            Happened::Bell(user) => {
                let mut bells = self.bells();
                bells.generation += 1;
                bells.kept.remove(&user);
            }
            Happened::Anything => {
                self.forget_bells();
                self.wake(|_| true);
            }
            Happened::Call(user) => self.wake_user(user),
            Happened::SessionEnded(session) => self.wake(|waiter| waiter.session == session),
            Happened::Queued => (),
            Happened::Pulse => return,
        }
        // Nobody listens: nothing is lost, rows are read when a page is opened.
        let _ = self.sender.send(event);
    }

    /// Says whether words of the database arrive. While they do not, bells are not kept in memory.
    pub(crate) fn set_heard(&self, is_heard: bool) {
        self.is_heard.store(is_heard, Ordering::SeqCst);
        self.tell(Happened::Anything);
    }

    /// Whether words of the database arrive.
    pub(crate) fn is_heard(&self) -> bool {
        self.is_heard.load(Ordering::SeqCst)
    }

    /// A kept bell; otherwise the number under which one that is read now may be kept.
    pub(crate) fn bell(&self, user: UserId) -> Result<Arc<Bell>, u64> {
        let bells = self.bells();
        match bells.kept.get(&user) {
            Some(bell) if self.is_heard() => Ok(Arc::clone(bell)),
            _ => Err(bells.generation),
        }
    }

    /// Keeps a bell, unless something has changed since the number was given.
    pub(crate) fn keep_bell(&self, user: UserId, generation: u64, bell: &Arc<Bell>) {
        let mut bells = self.bells();
        if bells.generation == generation && self.is_heard() {
            bells.kept.insert(user, Arc::clone(bell));
        }
    }

    /// A place for one more stream of this person; `None`: there are too many. Dropping it gives it back.
    pub(crate) fn seat(self: &Arc<Self>, user: UserId) -> Option<Seat> {
        let mut seats = self.seats();
        let taken = seats.entry(user).or_default();
        if *taken >= SEATS {
            return None;
        }
        *taken += 1;
        Some(Seat {
            live: Arc::clone(self),
            user,
        })
    }

    /// A place among the phones that wait: woken when something about calls of this person happens or this session ends.
    /// Dropping it gives it back.
    pub(crate) fn wait_for_calls(self: &Arc<Self>, user: UserId, session: Uuid) -> Waiting {
        let mut waiters = self.waiters();
        waiters.next += 1;
        let (id, bell) = (waiters.next, Arc::new(Notify::new()));
        let waiter = Waiter {
            id,
            session,
            bell: Arc::clone(&bell),
        };
        waiters.by_user.entry(user).or_default().push(waiter);
        Waiting {
            live: Arc::clone(self),
            user,
            id,
            bell,
        }
    }

    /// Wakes the phones of a person, so that they look again.
    pub(crate) fn wake_user(&self, user: UserId) {
        for waiter in self.waiters().by_user.get(&user).into_iter().flatten() {
            waiter.bell.notify_one();
        }
    }

    fn wake(&self, is_meant: impl Fn(&Waiter) -> bool) {
        let waiters = self.waiters();
        for waiter in waiters.by_user.values().flatten().filter(|waiter| is_meant(waiter)) {
            waiter.bell.notify_one();
        }
    }

    fn waiters(&self) -> MutexGuard<'_, Waiters> {
        self.waiters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends all streams: the process stops.
    pub(crate) fn close(&self) {
        self.closing.cancel();
    }

    /// Waits until streams are to end.
    pub(crate) fn closing(&self) -> WaitForCancellationFuture<'_> {
        self.closing.cancelled()
    }

    fn forget_bells(&self) {
        let mut bells = self.bells();
        bells.generation += 1;
        bells.kept.clear();
    }

    fn bells(&self) -> MutexGuard<'_, Bells> {
        self.bells.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seats(&self) -> MutexGuard<'_, HashMap<UserId, usize>> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of an open stream.
pub(crate) struct Seat {
    live: Arc<Live>,
    user: UserId,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut seats = self.live.seats();
        if let Some(taken) = seats.get_mut(&self.user) {
            *taken -= 1;
            if *taken == 0 {
                seats.remove(&self.user);
            }
        }
    }
}

/// The place of a phone that waits.
pub(crate) struct Waiting {
    live: Arc<Live>,
    user: UserId,
    id: u64,
    bell: Arc<Notify>,
}

impl Waiting {
    /// Until something happens; what happened since the last time counts.
    pub(crate) async fn woken(&self) {
        self.bell.notified().await;
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut waiters = self.live.waiters();
        if let Some(own) = waiters.by_user.get_mut(&self.user) {
            own.retain(|waiter| waiter.id != self.id);
            if own.is_empty() {
                waiters.by_user.remove(&self.user);
            }
        }
    }
}
