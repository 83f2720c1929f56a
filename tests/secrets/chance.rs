//! Chance that a seed repeats, and the alphabets that keys are made of.

/// SplitMix64: small, good enough, the same everywhere.
pub struct Chance(u64);

const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGIT: &[u8] = b"0123456789";

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below that one.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    pub fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }

    fn of(&mut self, length: usize, alphabet: &[&[u8]]) -> String {
        let all = alphabet.concat();
        (0..length).map(|_| char::from(all[self.below(all.len())])).collect()
    }

    pub fn b62(&mut self, length: usize) -> String {
        self.of(length, &[LOWER, UPPER, DIGIT])
    }

    /// The alphabet of base64 for URLs; ends that a boundary could be confused by are left out.
    pub fn b64u(&mut self, length: usize) -> String {
        let inner = self.of(length.saturating_sub(2), &[LOWER, UPPER, DIGIT, b"-_"]);
        let (first, last) = (self.b62(1), self.b62(1));
        [first, inner, last].concat().chars().take(length).collect()
    }

    pub fn b64(&mut self, length: usize) -> String {
        let inner = self.of(length.saturating_sub(2), &[LOWER, UPPER, DIGIT, b"+/"]);
        let (first, last) = (self.b62(1), self.b62(1));
        [first, inner, last].concat().chars().take(length).collect()
    }

    pub fn hex(&mut self, length: usize) -> String {
        self.of(length, &[DIGIT, b"abcdef"])
    }

    pub fn digits(&mut self, length: usize) -> String {
        let first = self.of(1, &[b"123456789"]);
        first + &self.of(length.saturating_sub(1), &[DIGIT])
    }

    pub fn lower36(&mut self, length: usize) -> String {
        self.of(length, &[LOWER, DIGIT])
    }

    pub fn upper36(&mut self, length: usize) -> String {
        self.of(length, &[UPPER, DIGIT])
    }

    pub fn b32(&mut self, length: usize) -> String {
        self.of(length, &[UPPER, b"234567"])
    }

    pub fn letters(&mut self, length: usize) -> String {
        self.of(length, &[LOWER, UPPER])
    }

    pub fn lower(&mut self, length: usize) -> String {
        self.of(length, &[LOWER])
    }

    pub fn b58(&mut self, length: usize) -> String {
        self.of(length, &[b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"])
    }

    pub fn uuid(&mut self) -> String {
        let parts = [self.hex(8), self.hex(4), format!("4{}", self.hex(3)), format!("a{}", self.hex(3)), self.hex(12)];
        parts.join("-")
    }

    /// A password as a generator makes one.
    pub fn password(&mut self) -> String {
        let (a, b, c) = (self.b62(7), self.digits(3), self.letters(6));
        format!("{a}{b}{c}")
    }
}
