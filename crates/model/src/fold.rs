//! The rule by which two words are the same to a search: without case, and without marks above,
//! below or in letters.
//!
//! Folding removes accents and breathings, the points of Hebrew and the vowel signs of Arabic and
//! Syriac, and the tatweel that only draws a word out. It removes everything that Unicode calls a
//! mark on a letter, even if a language counts the result as another letter: a finds å, n finds
//! ñ, and so и finds й, і finds ї and ا finds أ. The index forces this: it removes the breve of
//! an й that was typed as two characters, and cannot tell it from и.
//!
//! It keeps letters that are no other letter with a mark (ø and đ, ة and ه, ى and ي), and the
//! marks of scripts that write their vowels with them, such as Devanagari and Thai.

use std::borrow::Cow;
use std::iter;
use std::ops::RangeInclusive;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The blocks of the scripts in which the index keeps case and marks, or some of them.
const SCRIPTS: &[&[RangeInclusive<char>]] = &[
    // Greek
    &['\u{370}'..='\u{3ff}', '\u{1f00}'..='\u{1fff}'],
    // Cyrillic
    &[
        '\u{400}'..='\u{52f}',
        '\u{1c80}'..='\u{1c8f}',
        '\u{a640}'..='\u{a66e}',
        '\u{a680}'..='\u{a69d}',
    ],
    // Armenian
    &['\u{530}'..='\u{58f}'],
    // Hebrew
    &['\u{590}'..='\u{5ff}', '\u{fb1d}'..='\u{fb4f}'],
    // Arabic
    &[
        '\u{600}'..='\u{6ff}',
        '\u{750}'..='\u{77f}',
        '\u{870}'..='\u{8ff}',
    ],
    // Syriac
    &['\u{700}'..='\u{74f}'],
    // Georgian
    &[
        '\u{10a0}'..='\u{10ff}',
        '\u{1c90}'..='\u{1cbf}',
        '\u{2d00}'..='\u{2d2f}',
    ],
    // Cherokee
    &['\u{13a0}'..='\u{13ff}', '\u{ab70}'..='\u{abbf}'],
    // Osage, Adlam
    &['\u{104b0}'..='\u{104ff}'],
    &['\u{1e900}'..='\u{1e943}'],
];

/// The iota below a Greek vowel. It can be left out like an accent, and is a letter of its own in
/// capitals: ᾅδης is αδης and ΑΙΔΗΣ. So it stays in a folded word, and [`compare`] takes it for
/// an iota or for nothing.
const IOTA_BELOW: char = '\u{345}';

const TATWEEL: char = '\u{640}';

/// The blocks of the script of a letter; `None` if the index folds case and marks of that script
/// itself.
pub fn blocks(letter: char) -> Option<&'static [RangeInclusive<char>]> {
    let of = |blocks: &&&[RangeInclusive<char>]| blocks.iter().any(|b| b.contains(&letter));
    // Most letters are none of these.
    (letter >= '\u{370}').then(|| SCRIPTS.iter().find(of).copied())?
}

/// A word without case and marks, to be compared by [`alike`] and [`begins`]. Words that the
/// index holds equal are equal here, and so are some that it tells apart.
pub fn fold(word: &str) -> Cow<'_, str> {
    if word.is_ascii() {
        // A word without capitals needs no copy, and most have none.
        return match word.bytes().any(|byte| byte.is_ascii_uppercase()) {
            true => Cow::Owned(word.to_ascii_lowercase()),
            false => Cow::Borrowed(word),
        };
    }
    let folded: String = bare(word.chars()).collect();
    if folded.is_empty() && word.contains(TATWEEL) {
        // A word of nothing but tatweels would fold to nothing, and then be found everywhere.
        return Cow::Owned(TATWEEL.to_string());
    }
    Cow::Owned(folded)
}

/// True if two folded words are the same.
pub fn alike(word: &str, other: &str) -> bool {
    word == other || matches!(compare(word.char_indices(), other), WordOverlap::Whole)
}

/// True if the folded `word` begins with the folded `other`.
pub fn begins(word: &str, other: &str) -> bool {
    word.starts_with(other)
        || matches!(
            compare(word.char_indices(), other),
            WordOverlap::Whole | WordOverlap::Beyond(_)
        )
}

/// The part of a word that agrees with a folded word. Places are bytes of the word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WordOverlap {
    /// All of both.
    Whole,
    /// All of the word, and the other goes on.
    Short,
    /// All of the other, and the word goes on from this place.
    Beyond(usize),
    /// Less than either: at this place they differ.
    Apart(usize),
}

/// Compares a word as it is written with a folded one.
pub fn along(word: &str, folded: &str) -> WordOverlap {
    let letters = word.char_indices().flat_map(|(start, letter)| {
        // A letter can be several without its case: its place belongs to the first, and the place
        // behind it to the rest.
        let at = iter::once(start).chain(iter::repeat(start + letter.len_utf8()));
        at.zip(bare(iter::once(letter)))
    });
    compare(letters, folded)
}

fn compare(word: impl Iterator<Item = (usize, char)>, other: &str) -> WordOverlap {
    let mut word = word.peekable();
    let mut other = other.chars().peekable();
    loop {
        let (ours, theirs) = (word.peek().copied(), other.peek().copied());
        match (ours.map(|(_, letter)| letter), theirs) {
            (None, None) => return WordOverlap::Whole,
            (a, b) if a == b => {
                word.next();
                other.next();
            }
            (Some(IOTA_BELOW), _) => {
                word.next();
                other.next_if_eq(&'ι');
            }
            (_, Some(IOTA_BELOW)) => {
                other.next();
                word.next_if(|&(_, letter)| letter == 'ι');
            }
            _ => {
                return match ours {
                    None => WordOverlap::Short,
                    Some((at, _)) if theirs.is_none() => WordOverlap::Beyond(at),
                    Some((at, _)) => WordOverlap::Apart(at),
                };
            }
        }
    }
}

/// Letters without case and marks.
fn bare(letters: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    letters.nfd().filter(|&c| !is_taken_off(c)).flat_map(|c| {
        let below = (c == IOTA_BELOW).then_some(c);
        // Fold by way of upper case: two small letters can share a capital, and two capitals a
        // small letter.
        let caseless = c
            .to_lowercase()
            .flat_map(char::to_uppercase)
            .flat_map(char::to_lowercase)
            .filter(move |_| below.is_none());
        below.into_iter().chain(caseless)
    })
}

fn is_taken_off(c: char) -> bool {
    match c {
        ..'\u{300}' | IOTA_BELOW => false,
        '\u{300}'..='\u{36f}' | TATWEEL => true,
        _ => is_combining_mark(c) && blocks(c).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_alike_without_case_and_marks() {
        for words in [
            &["cafe", "Café", "CAFE\u{301}"][..],
            &["tieng", "tiếng", "TIẾNG", "tie\u{302}\u{301}ng"],
            &["istanbul", "İstanbul", "ISTANBUL", "ıstanbul"],
            &["strasse", "straße", "STRASSE", "STRAẞE"],
            &["σπιτι", "σπίτι", "ΣΠΊΤΙ", "ΣΠΙΤΙ", "σπι\u{301}τι"],
            &["λογοσ", "λόγος", "ΛΟΓΟΣ", "Λόγοσ"],
            &["αδης", "ᾅδης", "ᾍΔΗΣ", "α\u{314}\u{301}\u{345}δης", "ΑΔΗΣ"],
            &["αιδης", "ᾅδης", "ᾍΔΗΣ", "ἍΙΔΗΣ", "ΑΙΔΗΣ"],
            &["τω", "τῷ", "Τῼ"],
            &["елка", "ёлка", "ЁЛКА", "е\u{308}лка"],
            &["мой", "МОЙ", "мои\u{306}", "мои"],
            &["їжак", "ЇЖАК", "іжак"],
            &["مدرسة", "مَدْرَسَةٌ", "مدرســـة", "مَدرسة"],
            &["احمد", "أحمد", "أَحْمَد", "ا\u{654}حمد"],
            &["שלום", "שָׁלוֹם", "\u{fb2a}לום", "שלו\u{5b9}ם"],
            &["ܫܠܡܐ", "ܫܠܳܡܳܐ"],
            &["և", "ԵՒ", "եւ"],
            &["დედა", "ᲓᲔᲓᲐ"],
            &["ᏣᎳᎩ", "ꮳꮃꭹ"],
            &["한국", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}"],
            &["ـ", "ـــ"],
        ] {
            for word in words {
                let same = alike(&fold(word), &fold(words[0]));
                assert!(same, "{word} and {}", words[0]);
            }
        }
        for (word, other) in [
            ("đo", "do"),
            ("søn", "son"),
            ("दिन", "दन"),
            ("ไป", "ไ"),
            ("مدرسة", "مدرسه"),
            ("αιδης", "αδης"),
            ("елка", "елк"),
            ("ـ", "ب"),
        ] {
            assert!(!alike(&fold(word), &fold(other)), "{word} and {other}");
        }
    }

    #[test]
    fn a_word_goes_along_with_another_to_a_border() {
        for (word, folded, expect) in [
            ("σπίτι", "σπιτι", WordOverlap::Whole),
            ("σπίτ", "σπιτι", WordOverlap::Short),
            ("", "σ", WordOverlap::Short),
            ("σπίτι", "σπι", WordOverlap::Beyond("σπί".len())),
            ("σπίτι", "σπα", WordOverlap::Apart("σπ".len())),
            ("ᾅδης", "αιδ", WordOverlap::Beyond("ᾅδ".len())),
            ("ᾅδης", "α", WordOverlap::Beyond("ᾅ".len())),
            ("τῷ", "τω", WordOverlap::Whole),
            ("τω", "τω\u{345}", WordOverlap::Whole),
            ("τωι", "τω\u{345}", WordOverlap::Whole),
            ("שָׁלוֹם", "ש", WordOverlap::Beyond("שָׁ".len())),
            ("ــب", "ت", WordOverlap::Apart("ــ".len())),
            ("և", "ե", WordOverlap::Beyond("և".len())),
            ("ևս", "եր", WordOverlap::Apart("և".len())),
        ] {
            assert_eq!(along(word, folded), expect, "{word} and {folded}");
        }
    }

    proptest! {
        #[test]
        fn a_word_is_alike_to_itself_in_any_form(word in any::<String>()) {
            let folded = fold(&word);
            for other in [word.nfc().collect(), word.nfd().collect::<String>()] {
                prop_assert!(alike(&fold(&other), &folded));
                prop_assert!(begins(&fold(&other), &folded));
            }
            // In this form each letter can be folded alone.
            let word: String = word.nfd().collect();
            let is_word = !folded.is_empty() && !word.chars().all(|c| c == TATWEEL);
            prop_assert!(!is_word || along(&word, &folded) == WordOverlap::Whole, "{folded:?}");
        }

        #[test]
        fn where_words_part_is_a_border(word in any::<String>(), other in any::<String>()) {
            if let WordOverlap::Beyond(at) | WordOverlap::Apart(at) = along(&word, &fold(&other)) {
                prop_assert!(word.is_char_boundary(at));
            }
        }
    }
}
