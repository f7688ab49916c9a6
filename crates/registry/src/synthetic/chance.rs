//! Chance that is the same each time.

/// SplitMix64 (Steele, Lea, Flood 2014): small, and the same on each machine.
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Chance {
        Chance(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0 to `below` - 1.
    pub(super) fn below(&mut self, below: u64) -> u64 {
        self.next() % below.max(1)
    }

    /// `low` to `high`, both included.
    pub(super) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    /// Yes in so many of a thousand.
    pub(super) fn in_thousand(&mut self, many: u64) -> bool {
        self.below(1_000) < many
    }

    /// One of them.
    pub(super) fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[usize::try_from(self.below(of.len() as u64)).unwrap_or(0)]
    }

    /// One of them; the first are drawn more often, as family names are.
    pub(super) fn one_of_the_first<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let length = of.len() as u64;
        let drawn = self.below(length).min(self.below(length));
        &of[usize::try_from(drawn).unwrap_or(0)]
    }
}
