//! Numbers and sizes as people read them: `1,185,450`, `1 entry`, `3,413 entries`.

/// A whole number that counts things. Collections count in `usize`, the journal file in `u64`.
pub trait Count: Copy {
    /// The same number as `u64`.
    fn widest(self) -> u64;
}

impl Count for u32 {
    fn widest(self) -> u64 {
        u64::from(self)
    }
}

impl Count for u64 {
    fn widest(self) -> u64 {
        self
    }
}

impl Count for usize {
    fn widest(self) -> u64 {
        // Lossless: Rust has no targets with pointers of more than 64 bits.
        self as u64
    }
}

/// A number with its thousands apart: `1,185,450`.
pub fn grouped(number: impl Count) -> String {
    let digits = number.widest().to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A number and its noun: `1 entry`, `3,413 entries`.
pub fn with_noun(number: impl Count, one: &str, many: &str) -> String {
    let noun = if number.widest() == 1 { one } else { many };
    format!("{} {noun}", grouped(number))
}

/// A size in bytes as whole megabytes, rounded down: `64 MB`.
pub fn megabytes(bytes: impl Count) -> String {
    format!("{} MB", grouped(bytes.widest() / 1_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(grouped(0_u32), "0");
        assert_eq!(grouped(999_usize), "999");
        assert_eq!(grouped(1_000_u64), "1,000");
        assert_eq!(grouped(u64::MAX), "18,446,744,073,709,551,615");
        assert_eq!(with_noun(1_usize, "entry", "entries"), "1 entry");
        assert_eq!(with_noun(0_usize, "entry", "entries"), "0 entries");
        assert_eq!(with_noun(3413_u32, "entry", "entries"), "3,413 entries");
        assert_eq!(with_noun(1_185_450_u64, "word", "words"), "1,185,450 words");
        assert_eq!(megabytes(64_000_000_usize), "64 MB");
        assert_eq!(megabytes(1_234_999_999_u64), "1,234 MB");
    }
}
