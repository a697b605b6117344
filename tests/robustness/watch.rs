//! Ends the test program when one run takes far too long: a hang has no other end.

use std::any::Any;
use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// A run over a small machine takes about a millisecond.
const LIMIT: Duration = Duration::from_secs(20);

type Entries = Arc<Mutex<HashMap<usize, (Instant, String)>>>;

/// The runs that are under way.
pub(crate) struct Watch(Entries);

/// A run that is under way until this is dropped.
pub(crate) struct Guard(Entries, usize);

impl Watch {
    pub(crate) fn start() -> Self {
        let entries = Entries::default();
        let watched = Arc::downgrade(&entries);
        thread::spawn(move || {
            while let Some(entries) = watched.upgrade() {
                for (since, what) in lock(&entries).values() {
                    if since.elapsed() > LIMIT {
                        eprintln!("still running after {LIMIT:?}: {what}");
                        std::process::abort();
                    }
                }
                drop(entries);
                thread::sleep(Duration::from_millis(500));
            }
        });
        Self(entries)
    }

    pub(crate) fn enter(&self, what: &impl Debug) -> Guard {
        let id = rayon::current_thread_index().unwrap_or_default();
        lock(&self.0).insert(id, (Instant::now(), format!("{what:?}")));
        Guard(Arc::clone(&self.0), id)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        lock(&self.0).remove(&self.1);
    }
}

fn lock(entries: &Entries) -> std::sync::MutexGuard<'_, HashMap<usize, (Instant, String)>> {
    entries.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a panic said.
pub(crate) fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message")
}
