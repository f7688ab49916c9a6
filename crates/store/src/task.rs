//! A closure on its way through the queue, and its answer on the way back.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::{Read, StoreError, Write};

/// Work that reads. It may run again, so it is called through a reference.
pub(crate) trait ReadTask: Send {
    fn attempt(&mut self, tx: &Read<'_>);
    fn answer(self: Box<Self>, end: Result<(), StoreError>);
}

/// Work that writes.
pub(crate) trait WriteTask: Send {
    /// Runs the closure; says whether it wants its work kept.
    fn attempt(&mut self, tx: &Write<'_>) -> bool;
    /// Replaces the result of the last attempt: it cannot be kept although the closure was content.
    fn refuse(&mut self, error: StoreError);
    /// Sends the result of the last attempt, or what went wrong around it.
    fn answer(self: Box<Self>, end: Result<(), StoreError>);
}

/// A closure, how to answer, and what its last run gave.
pub(crate) struct Closure<F, T, E> {
    run: F,
    reply: Box<dyn FnOnce(Result<T, E>) + Send>,
    result: Option<Result<T, E>>,
}

impl<F, T, E: From<StoreError>> Closure<F, T, E> {
    pub(crate) fn new(run: F, reply: impl FnOnce(Result<T, E>) + Send + 'static) -> Closure<F, T, E> {
        Closure { run, reply: Box::new(reply), result: None }
    }

    fn finish(self, end: Result<(), StoreError>) {
        let never_ran = || Err(E::from(StoreError::Closed));
        (self.reply)(match end {
            Ok(()) => self.result.unwrap_or_else(never_ran),
            Err(error) => Err(E::from(error)),
        });
    }
}

/// Runs a closure; a panic becomes an error of this closure alone.
fn caught<T, E: From<StoreError>>(run: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<&str>().map(|text| (*text).to_owned()).or_else(|| panic.downcast_ref::<String>().cloned());
        Err(E::from(StoreError::Panicked(said.unwrap_or_else(|| "without words".to_owned()))))
    })
}

impl<F, T, E> ReadTask for Closure<F, T, E>
where
    F: Fn(&Read<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn attempt(&mut self, tx: &Read<'_>) {
        self.result = Some(caught(|| (self.run)(tx)));
    }

    fn answer(self: Box<Self>, end: Result<(), StoreError>) {
        self.finish(end);
    }
}

impl<F, T, E> WriteTask for Closure<F, T, E>
where
    F: Fn(&Write<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn attempt(&mut self, tx: &Write<'_>) -> bool {
        let result = caught(|| (self.run)(tx));
        let kept = result.is_ok();
        self.result = Some(result);
        kept
    }

    fn refuse(&mut self, error: StoreError) {
        self.result = Some(Err(E::from(error)));
    }

    fn answer(self: Box<Self>, end: Result<(), StoreError>) {
        self.finish(end);
    }
}
