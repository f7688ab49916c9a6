//! The town's clock. Only edges read it; rules and transactions get the moment and the day as values.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz,
};

/// 日本標準時 is nine hours before UTC all year (標準時ニ関スル件, 明治28年勅令第167号).
const JAPAN_HOURS: i8 = 9;

/// Where the time comes from: the machine, or a test's hand.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    Real,
    /// A clock that stands until it is moved. All clones move together.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `at`.
    pub fn fixed(at: Timestamp) -> Clock {
        Clock::Fixed(Arc::new(AtomicI64::new(at.as_microsecond())))
    }

    /// The moment, to the microsecond as it is stored.
    pub fn now(&self) -> Timestamp {
        let microseconds = match self {
            Clock::Real => Timestamp::now().as_microsecond(),
            Clock::Fixed(at) => at.load(Ordering::SeqCst),
        };
        Timestamp::from_microsecond(microseconds).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// The day in Japan.
    pub fn today(&self) -> Date {
        day_in_japan(self.now())
    }

    /// Moves a fixed clock forward; the machine's clock is left alone.
    pub fn advance(&self, by: std::time::Duration) {
        if let Clock::Fixed(at) = self {
            at.fetch_add(i64::try_from(by.as_micros()).unwrap_or(0), Ordering::SeqCst);
        }
    }

    /// Sets a fixed clock; the machine's clock is left alone.
    pub fn set(&self, to: Timestamp) {
        if let Clock::Fixed(at) = self {
            at.store(to.as_microsecond(), Ordering::SeqCst);
        }
    }
}

/// The day that it is in Japan at `moment`.
pub fn day_in_japan(moment: Timestamp) -> Date {
    time_in_japan(moment).date()
}

/// What clocks in Japan show at `moment`.
pub fn time_in_japan(moment: Timestamp) -> DateTime {
    tz::offset(JAPAN_HOURS).to_datetime(moment)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_day_begins_in_japan_nine_hours_before_greenwich() {
        let clock = Clock::fixed("2026-03-31T14:59:59Z".parse().unwrap());
        assert_eq!(clock.today(), date(2026, 3, 31));
        clock.advance(std::time::Duration::from_secs(1));
        assert_eq!(clock.today(), date(2026, 4, 1));
    }

    #[test]
    fn clones_of_a_fixed_clock_move_together() {
        let clock = Clock::fixed(Timestamp::UNIX_EPOCH);
        let other = clock.clone();
        clock.set("2026-11-24T00:00:00Z".parse().unwrap());
        assert_eq!(other.today(), date(2026, 11, 24));
    }
}
