//! The languages of ISO 639: their codes and English names.
//!
//! The table is made of that of `isolang` when commlit is built. It does *not* know macrolanguages, scripts or regions.

/// The three letters of part 3, the two of part 1 or zeros, and where the English name begins and how long it is.
type Row = ([u8; 3], [u8; 2], u32, u8);

include!(concat!(env!("OUT_DIR"), "/iso639.rs"));

/// A language of ISO 639-3.
#[derive(Clone, Copy)]
pub(crate) struct Language(&'static Row);

impl Language {
    /// The language of a code of part 1 (`en`) or part 3 (`eng`), in small letters.
    pub(crate) fn of_code(code: &str) -> Option<Language> {
        if let Ok(two) = <&[u8; 2]>::try_from(code.as_bytes()) {
            let two_of = |at: &u16| LANGUAGES[usize::from(*at)].1;
            let at = BY_TWO_LETTERS.binary_search_by_key(two, two_of).ok()?;
            return Some(Language(&LANGUAGES[usize::from(BY_TWO_LETTERS[at])]));
        }
        let three = <&[u8; 3]>::try_from(code.as_bytes()).ok()?;
        let at = LANGUAGES.binary_search_by_key(three, |row| row.0).ok()?;
        Some(Language(&LANGUAGES[at]))
    }

    /// The language of an English name; of several with the same name, the first by its code.
    pub(crate) fn of_name(name: &str) -> Option<Language> {
        let language = |at: &u16| Language(&LANGUAGES[usize::from(*at)]);
        let at = BY_NAME.partition_point(|at| language(at).name() < name);
        BY_NAME.get(at).map(language).filter(|language| language.name() == name)
    }

    /// The code of part 1 where there is one, else that of part 3.
    pub(crate) fn code(self) -> &'static str {
        let (three, two, ..) = self.0;
        let code: &[u8] = if *two == [0; 2] { three } else { two };
        std::str::from_utf8(code).unwrap_or_default()
    }

    /// The English name.
    pub(crate) fn name(self) -> &'static str {
        let (start, len) = (self.0.2 as usize, usize::from(self.0.3));
        NAMES.get(start..start + len).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_is_found_by_its_codes_and_its_name() {
        assert!(LANGUAGES.len() > 7_000 && BY_TWO_LETTERS.len() > 180);
        for row in &LANGUAGES {
            let language = Language(row);
            assert_eq!(Language::of_code(language.code()).unwrap().name(), language.name());
            let three = std::str::from_utf8(&row.0).unwrap();
            assert_eq!(Language::of_code(three).unwrap().name(), language.name());
            let first = Language::of_name(language.name()).unwrap();
            assert!(first.name() == language.name() && first.0.0 <= row.0, "{three}");
        }
    }

    #[test]
    fn codes_and_names() {
        for (code, expected, name) in
            [("en", "en", "English"), ("cym", "cy", "Welsh"), ("enm", "enm", "Middle English")]
        {
            let language = Language::of_code(code).unwrap();
            assert_eq!((language.code(), language.name()), (expected, name));
            assert_eq!(Language::of_name(name).unwrap().code(), expected);
        }
        for nothing in ["", "\0\0", "EN", "zz", "zzz", "english", "Engli", "é", "\u{1f600}"] {
            assert!(Language::of_code(nothing).is_none() && Language::of_name(nothing).is_none(), "{nothing}");
        }
    }
}
