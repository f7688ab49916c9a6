//! What a town is at this moment. Its folder may change while people work: the new value takes the place of the old one between two
//! requests, and a request that began with the old one ends with it.

use std::sync::{Arc, PoisonError, RwLock};

use definitions::town::Town;
use ui::words::Words;

/// A value that all handlers share and that is replaced as a whole.
pub struct Current<T> {
    inner: Arc<RwLock<Inner<T>>>,
}

struct Inner<T> {
    value: Arc<T>,
    problem: Option<Arc<str>>,
}

/// The town's definitions as they are now.
pub type TownHandle = Current<Town>;

/// The words that are read on pages, with the town's own over them.
pub type WordsHandle = Current<Words>;

impl<T> Clone for Current<T> {
    fn clone(&self) -> Self {
        Current { inner: Arc::clone(&self.inner) }
    }
}

impl<T> Current<T> {
    /// Begins with `value`.
    pub fn new(value: T) -> Current<T> {
        Current { inner: Arc::new(RwLock::new(Inner { value: Arc::new(value), problem: None })) }
    }

    /// The value now. Take it once in a request and keep it to its end.
    pub fn current(&self) -> Arc<T> {
        Arc::clone(&self.inner.read().unwrap_or_else(PoisonError::into_inner).value)
    }

    /// Puts `value` in place for requests that begin from now on, and clears the problem.
    pub fn replace(&self, value: T) {
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        inner.value = Arc::new(value);
        inner.problem = None;
    }

    /// Says why a newer version was not taken: the old one stays, staff read this.
    pub fn refuse(&self, problem: impl Into<Arc<str>>) {
        self.inner.write().unwrap_or_else(PoisonError::into_inner).problem = Some(problem.into());
    }

    /// Why a newer version was not taken, until one is.
    pub fn problem(&self) -> Option<Arc<str>> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner).problem.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_version_leaves_the_old_one_and_says_why_until_a_good_one_comes() {
        let handle = Current::new(1);
        let other = handle.clone();
        handle.refuse("procedures/dog.yaml:3:1: unknown key");
        assert_eq!((*other.current(), other.problem().as_deref()), (1, Some("procedures/dog.yaml:3:1: unknown key")));
        handle.replace(2);
        assert_eq!((*other.current(), other.problem()), (2, None));
    }
}
