//! Reference numbers that lost their superscript: "last year,1 and several" → "last year, and several".
//!
//! A number goes only where a reference stands and nothing else can: glued to the end of a word or to the punctuation after
//! one, before a space or the end. Figures, years, names with digits, times, amounts and identifiers stay. A number after
//! a space is never a reference here.

/// Abbreviations before a number that is theirs ("No.3", "pp.5-7").
const NUMBERED: [&str; 24] = [
    "no", "nos", "vol", "vols", "pp", "fig", "figs", "para", "paras", "ch", "chap", "ss", "reg", "regs", "art", "sec",
    "ref", "refs", "vs", "approx", "ca", "nr", "cl", "sch",
];

/// Words that carry a number of their own, also when the space between is lost ("section75").
const COUNTED: [&str; 24] = [
    "figure", "table", "section", "level", "stage", "phase", "type", "grade", "chapter", "part", "appendix", "wave",
    "tier", "band", "step", "round", "year", "covid", "article", "schedule", "option", "group", "page", "band",
];

/// The text without them.
pub(super) fn strip(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut i = 0;
    while let Some(c) = chars.get(i) {
        match reference(&chars, i) {
            Some(end) => i = end,
            None => {
                out.push(*c);
                i += 1;
            }
        }
    }
    out
}

/// Where the reference that begins at `start` ends.
fn reference(chars: &[char], start: usize) -> Option<usize> {
    let first = *chars.get(start)?;
    let before = *chars.get(start.checked_sub(1)?)?;
    if before.is_whitespace() {
        return None;
    }
    if first == '[' {
        return bracketed(chars, start);
    }
    let raised = is_raised(first);
    if !raised && !first.is_ascii_digit() {
        return None;
    }
    let end = numbers(chars, start)?;
    let next = chars.get(end).copied();
    let free = next.is_none_or(|c| c.is_whitespace() || matches!(c, '”' | '"' | '’' | ')'));
    let closed = next.is_some_and(|c| matches!(c, '.' | ',' | ';' | ':' | '?' | '!'))
        && chars.get(end + 1).is_none_or(|c| c.is_whitespace());
    let word_end = start - 1;
    let ok = match before {
        '.' | ',' | ';' | ':' | '?' | '!' => free && after_word(chars, word_end, end),
        ')' | ']' | '”' | '’' | '"' => {
            (free || closed)
                && chars
                    .get(start.wrapping_sub(2))
                    .is_some_and(|c| c.is_alphabetic() || matches!(c, '.' | ',' | '?' | '!'))
        }
        c if c.is_lowercase() => (free || closed) && after_plain_word(chars, word_end, raised),
        _ => false,
    };
    ok.then_some(end)
}

/// "[3]", "[3,4]", "[5-7]" glued to what it follows.
fn bracketed(chars: &[char], start: usize) -> Option<usize> {
    let end = numbers(chars, start + 1)?;
    (chars.get(end) == Some(&']')).then_some(end + 1)
}

/// One number of up to three digits, a list or a range of them; the place after it.
fn numbers(chars: &[char], start: usize) -> Option<usize> {
    let mut i = start;
    loop {
        let digits = chars.get(i..)?.iter().take(4).take_while(|c| c.is_ascii_digit() || is_raised(**c)).count();
        if !(1..=3).contains(&digits) || chars.get(i) == Some(&'0') {
            return None;
        }
        i += digits;
        let joined = chars.get(i).is_some_and(|c| matches!(c, ',' | '-' | '–' | '⁻'));
        if !joined || !chars.get(i + 1).is_some_and(|c| c.is_ascii_digit() || is_raised(*c)) {
            return Some(i);
        }
        i += 1;
    }
}

fn is_raised(c: char) -> bool {
    matches!(c, '¹' | '²' | '³' | '⁰' | '⁴'..='⁹')
}

/// The letters that end at `end` (exclusive), at most forty.
fn word_before(chars: &[char], end: usize) -> &[char] {
    let head = chars.get(..end).unwrap_or(&[]);
    let length = head.iter().rev().take(40).take_while(|c| c.is_alphabetic()).count();
    head.get(head.len() - length..).unwrap_or(&[])
}

/// Whether the punctuation mark at `mark` closes a word that numbers nothing; a year counts as one where a new sentence or a
/// small letter follows ("in 1991.2 The", but never "1997,8").
fn after_word(chars: &[char], mark: usize, end: usize) -> bool {
    let word = word_before(chars, mark);
    let before = mark.checked_sub(1).and_then(|i| chars.get(i)).copied().unwrap_or(' ');
    let joined = mark.checked_sub(word.len() + 1).and_then(|i| chars.get(i)).copied().unwrap_or(' ');
    match word.len() {
        0 if before.is_ascii_digit() => after_year(chars, mark, end),
        0 => matches!(before, ')' | ']' | '”' | '’' | '"' | '%') || is_raised(before),
        1 => joined == '.' && before.is_uppercase() || joined.is_ascii_digit() && matches!(before, 'm' | 'k' | 'p'),
        _ => {
            let folded: String = word.iter().flat_map(|c| c.to_lowercase()).collect();
            let address = matches!(joined, '/' | '@' | '_' | '=') || folded == "doi" || folded == "www";
            let numbered = chars.get(mark) == Some(&'.') && NUMBERED.contains(&folded.as_str());
            !address && !numbered
        }
    }
}

fn after_year(chars: &[char], mark: usize, end: usize) -> bool {
    let Some(digits) = mark.checked_sub(4).and_then(|i| chars.get(i..mark)) else { return false };
    let year: String = digits.iter().collect();
    let free = mark.checked_sub(5).and_then(|i| chars.get(i)).is_none_or(|c| c.is_whitespace() || *c == '(');
    let plausible = year.parse::<u32>().is_ok_and(|y| (1800..=2099).contains(&y));
    let sentence = chars.get(end).is_none() || chars.get(end + 1).is_some_and(|c| c.is_uppercase());
    plausible && free && chars.get(mark) == Some(&'.') && sentence
}

/// Whether a plain word ends at `last`: small letters (but for the first), long enough to be no symbol or unit.
fn after_plain_word(chars: &[char], last: usize, raised: bool) -> bool {
    let word = word_before(chars, last + 1);
    let head = (last + 1).checked_sub(word.len() + 1).and_then(|i| chars.get(i)).copied().unwrap_or(' ');
    let folded: String = word.iter().flat_map(|c| c.to_lowercase()).collect();
    let small = word.iter().skip(1).all(|c| c.is_lowercase());
    let least = if raised { 3 } else { 4 };
    word.len() >= least
        && small
        && !head.is_ascii_digit()
        && !matches!(head, '/' | '.' | '@' | '_' | '-' | '=')
        && !COUNTED.contains(&folded.as_str())
}
