//! Words with wildcards, and how they match.
//!
//! It does *not* look anything up: which words of an index match is the engine's business.

use std::fmt::{self, Display, Formatter};

/// A folded word, or a pattern of words: a beginning, and gaps with what follows each.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pattern {
    /// The word, or what stands before the first gap; never empty in a query that can be run.
    pub word: String,
    /// The gaps, each with what follows it; none for a whole word.
    pub rest: Vec<(Gap, String)>,
}

/// Characters left open in a [`Pattern`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Gap {
    /// At least so many.
    pub min: u8,
    /// At most so many; any number where absent.
    pub max: Option<u8>,
}

impl Gap {
    /// Any number of characters, none included.
    pub const ANY: Gap = Gap { min: 0, max: None };
    /// Exactly one character.
    pub const ONE: Gap = Gap { min: 1, max: Some(1) };
    /// One character or none.
    pub const OPTIONAL: Gap = Gap { min: 0, max: Some(1) };

    /// At most so many characters.
    pub fn up_to(max: u8) -> Gap {
        Gap { min: 0, max: Some(max) }
    }
}

impl Pattern {
    /// A whole word.
    pub fn whole(word: impl Into<String>) -> Self {
        Pattern { word: word.into(), rest: Vec::new() }
    }

    /// Everything that begins so.
    pub fn truncated(word: impl Into<String>) -> Self {
        Pattern { word: word.into(), rest: vec![(Gap::ANY, String::new())] }
    }

    /// Adds a gap at the end; gaps side by side are one.
    pub fn push_gap(&mut self, gap: Gap) {
        match self.rest.last_mut() {
            Some((last, then)) if then.is_empty() && last.min.checked_add(gap.min).is_some() => {
                // More than a number can say is more than words have.
                *last = Gap { min: last.min + gap.min, max: last.max.zip(gap.max).and_then(|(a, b)| a.checked_add(b)) };
            }
            _ => self.rest.push((gap, String::new())),
        }
    }

    /// Adds text at the end.
    pub fn push_str(&mut self, text: &str) {
        match self.rest.last_mut() {
            Some((_, then)) => then.push_str(text),
            None => self.word.push_str(text),
        }
    }

    /// Whether it stands for one word only.
    pub fn is_whole(&self) -> bool {
        self.rest.is_empty()
    }

    /// Whether it stands for everything with a beginning.
    pub fn is_prefix(&self) -> bool {
        matches!(self.rest.as_slice(), [(Gap::ANY, then)] if then.is_empty())
    }

    /// Whether a folded word matches.
    pub fn matches(&self, word: &str) -> bool {
        if self.rest.is_empty() {
            return word == self.word;
        }
        word.strip_prefix(self.word.as_str()).is_some_and(|tail| self.matches_tail(tail))
    }

    /// Whether the rest of a word, after [`Pattern::word`], matches.
    pub fn matches_tail(&self, tail: &str) -> bool {
        if self.is_prefix() {
            return true;
        }
        // Every place in the tail that the pieces so far can end at, in order.
        let mut ends = vec![0];
        for (gap, then) in &self.rest {
            let mut next = Vec::new();
            for end in ends {
                let open = &tail[end..];
                let places = open.char_indices().map(|(i, _)| i).chain([open.len()]);
                let most = gap.max.map_or(usize::MAX, usize::from);
                for place in
                    places.skip(usize::from(gap.min)).take(most.saturating_sub(usize::from(gap.min)).saturating_add(1))
                {
                    if open[place..].starts_with(then.as_str()) {
                        next.push(end + place + then.len());
                    }
                }
            }
            next.sort_unstable();
            next.dedup();
            ends = next;
            if ends.is_empty() {
                return false;
            }
        }
        ends.last() == Some(&tail.len())
    }
}

impl From<String> for Pattern {
    fn from(word: String) -> Self {
        Pattern::whole(word)
    }
}

impl From<&str> for Pattern {
    fn from(word: &str) -> Self {
        Pattern::whole(word)
    }
}

impl Display for Gap {
    /// `*` for any number, `{1}`, `{0,1}` and the like for others.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match (self.min, self.max) {
            (0, None) => f.write_str("*"),
            (min, None) => write!(f, "{{{min},}}"),
            (min, Some(max)) if min == max => write!(f, "{{{min}}}"),
            (min, Some(max)) => write!(f, "{{{min},{max}}}"),
        }
    }
}

impl Display for Pattern {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.word)?;
        self.rest.iter().try_for_each(|(gap, then)| write!(f, "{gap}{then}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(word: &str, rest: &[(Gap, &str)]) -> Pattern {
        Pattern { word: word.into(), rest: rest.iter().map(|(g, t)| (*g, (*t).to_owned())).collect() }
    }

    #[test]
    fn gaps_are_counted_in_characters() {
        let organisation = pattern("organi", &[(Gap::ONE, "ation")]);
        let programme = pattern("program", &[(Gap::OPTIONAL, "e"), (Gap::up_to(1), "")]);
        let ends = pattern("a", &[(Gap::ANY, "b"), (Gap::ANY, "c")]);
        for (pattern, word, expected) in [
            (&organisation, "organisation", true),
            (&organisation, "organization", true),
            (&organisation, "organiation", false),
            (&organisation, "organißation", true),
            (&organisation, "organisations", false),
            (&programme, "programme", true),
            (&programme, "programmes", true),
            (&programme, "programe", true),
            (&programme, "program", false),
            (&programme, "programming", false),
            (&ends, "abcbc", true),
            (&ends, "abcb", false),
            (&ends, "axxbxxc", true),
        ] {
            assert_eq!(pattern.matches(word), expected, "{pattern} {word}");
        }
        assert!(Pattern::truncated("fund").matches("fund"));
        assert!(Pattern::truncated("fund").matches("fundholding"));
        assert!(!Pattern::truncated("fund").matches("fun"));
    }
}
