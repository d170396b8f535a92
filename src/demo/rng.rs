//! The generator's chance: `SplitMix64`.
//!
//! Why our own: a base made from one seed has to look the same for years. The `rand` crate promises that for no
//! generator and no range function across its versions, while these few lines never change.

/// A stream of numbers that depends on nothing but its start.
#[derive(Debug, Clone)]
pub(super) struct Rng(u64);

impl Rng {
    /// The stream of item `index` of the base made from `seed`: neighbours have nothing in common.
    pub(super) fn new(seed: u64, index: u64) -> Self {
        let mut rng = Self(seed ^ 0x5DEE_CE66_D1CE_4E5B);
        let start = rng.next();
        let mut rng = Self(start ^ index.wrapping_mul(0xD134_2543_DE82_EF95));
        rng.next();
        rng
    }

    /// The next 64 bits.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 up to, but not including, `end`. The bias of the remainder is of no matter here.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// True `percent` times out of a hundred.
    pub(super) fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of the list.
    pub(super) fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        *self.pick_ref(list)
    }

    /// One of the list, where it lies.
    pub(super) fn pick_ref<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        let place = self.below(list.len() as u64);
        &list[usize::try_from(place).unwrap_or(0)]
    }

    /// A count drawn by weights: `weighted(&[50, 30, 20])` answers 0 for half of the draws.
    pub(super) fn weighted(&mut self, weights: &[u64]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (place, weight) in weights.iter().enumerate() {
            if left < *weight {
                return place;
            }
            left -= weight;
        }
        0
    }

    /// Exactly `count` decimal digits.
    pub(super) fn digits(&mut self, count: usize) -> String {
        let mut bits = self.next();
        let mut text = String::with_capacity(count);
        for _ in 0..count {
            text.push(char::from(b'0' + (bits % 10) as u8));
            bits /= 10;
        }
        text
    }
}
