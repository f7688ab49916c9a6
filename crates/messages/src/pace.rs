//! How fast mail leaves: evenly, so that a relay and the carriers behind it do not take a town for a sender of spam.

use std::time::{Duration, Instant};

/// Gives out moments at which a mail may be begun.
#[derive(Debug)]
pub(crate) struct Pace {
    between: Duration,
    free_from: Option<Instant>,
}

impl Pace {
    /// At most so many a second; 0 counts as 1.
    pub(crate) fn new(per_second: u32) -> Pace {
        Pace { between: Duration::from_secs(1) / per_second.max(1), free_from: None }
    }

    /// Takes the next free moment and says how long it is until then.
    pub(crate) fn next(&mut self, now: Instant) -> Duration {
        let at = self.free_from.map_or(now, |free_from| free_from.max(now));
        self.free_from = Some(at + self.between);
        at - now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_of_mails_leaves_evenly_and_a_single_one_at_once() {
        let mut pace = Pace::new(10);
        let begin = Instant::now();
        let waits: Vec<u128> = (0..5).map(|_| pace.next(begin).as_millis()).collect();
        assert_eq!(waits, [0, 100, 200, 300, 400]);
        assert_eq!(pace.next(begin + Duration::from_secs(60)), Duration::ZERO);
    }
}
