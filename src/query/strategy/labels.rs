//! The ends of a line: the number at its beginning, the hits at its end.

/// How surely a number at the beginning of a line is the line's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strength {
    /// Nothing but a space divides it from the rest: `1 exp Dementia/`, `S1 TI dementia`.
    Weak,
    /// `1.`, `1)`, `1:`, `1 /`, `#1`, or a tab.
    Strong,
}

/// The number at the beginning of a line.
#[derive(Debug)]
pub(super) struct Label<'t> {
    pub(super) number: u32,
    /// As written, `#` and `S` included.
    pub(super) written: &'t str,
    pub(super) rest: &'t str,
    pub(super) strength: Strength,
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}')
}

/// The number that a line may begin with.
pub(super) fn label(line: &str) -> Option<Label<'_>> {
    let bare = line.strip_prefix(['#', 'S', 's']).unwrap_or(line);
    let digits = bare.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=6).contains(&digits) {
        return None;
    }
    let marked = line.starts_with('#');
    let (before, after) = line.split_at(line.len() - bare.len() + digits);
    let number = bare[..digits].parse().ok()?;
    let found = |rest: &'_ str, strength| {
        let rest = &line[line.len() - rest.trim_start_matches(is_space).len()..];
        Some(Label { number, written: before, rest, strength })
    };
    let spaced = |rest: &str| rest.is_empty() || rest.starts_with(is_space);
    let next = after.chars().next();
    match next {
        Some('.' | ')' | ':' | ']') => {
            let rest = &after[1..];
            // `1.exp Dementia/`, but not `1.ti.` or `2.5 mg`.
            let word = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
            let is_field = (2..=3).contains(&word) && rest[word..].starts_with(['.', ',']);
            let glued =
                !is_field && rest.starts_with(|c: char| c.is_alphabetic() || matches!(c, '(' | '"' | '*' | '\u{201c}'));
            if next == Some('.') && rest.starts_with(|c: char| c.is_ascii_digit()) {
                return found(rest, Strength::Weak);
            }
            if spaced(rest) || next == Some('.') && glued { found(rest, Strength::Strong) } else { None }
        }
        Some('\t') => found(after, Strength::Strong),
        Some(c) if is_space(c) => {
            let rest = after.trim_start_matches(is_space);
            if let Some(rest) = rest.strip_prefix('/').filter(|r| spaced(r) && !begins_with_operator(r)) {
                return found(rest, Strength::Strong);
            }
            // `1 or 2`, `1 - 3/or`, `12 use medall`: an operand.
            let list = rest.starts_with(|c: char| matches!(c, '-' | '\u{2010}'..='\u{2015}' | ',' | '/' | '&' | '+'));
            let operand = begins_with_operator(rest) || list || first_word_is(rest, "use") || first_word_is(rest, "to");
            if operand { None } else { found(rest, if marked { Strength::Strong } else { Strength::Weak }) }
        }
        Some(_) => None,
        None => found("", Strength::Weak),
    }
}

fn first_word_is(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|w| w.eq_ignore_ascii_case(word))
        && text[word.len()..].chars().next().is_none_or(is_space)
}

fn is_operator(word: &str) -> bool {
    let name = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let near = ["adj", "near", "near/", "next", "next/", "n", "w"];
    word.len() <= 8
        && (["and", "or", "not"].iter().any(|o| word.eq_ignore_ascii_case(o))
            || near.iter().any(|o| name.eq_ignore_ascii_case(o)) && (name.len() < word.len() || name.len() == 3))
}

/// Whether a text begins with an operator that joins it to what stands before; `or/1-5` is an operand.
pub(super) fn begins_with_operator(text: &str) -> bool {
    let text = text.trim_start_matches(is_space);
    let end = text.find(|c: char| is_space(c) || matches!(c, '(' | '"' | '\u{201c}')).unwrap_or(text.len());
    // `or 1-5` and `or / 1-5` are lists.
    let after = text[end..].trim_start_matches(is_space);
    is_operator(&text[..end]) && !after.starts_with('/')
}

/// Whether a text ends with an operator, which something must follow.
pub(super) fn ends_with_operator(text: &str) -> bool {
    let text = text.trim_end_matches(is_space);
    let start = text.char_indices().rev().find(|(_, c)| is_space(*c) || matches!(c, ')' | '"' | '.' | '/'));
    start.is_some_and(|(i, c)| c != '/' && is_operator(&text[i + c.len_utf8()..]))
}

/// A number with or without commas, dots or spaces between thousands.
fn count(text: &str) -> Option<u64> {
    let text = text.trim_matches(is_space);
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let sound =
        text.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '\'' | '\u{a0}' | '\u{202f}' | '\u{2009}'));
    let begins = text.starts_with(|c: char| c.is_ascii_digit());
    (sound && begins && digits.len() <= 15).then(|| digits.parse().ok()).flatten()
}

/// The number of hits that was noted at the end of a line, and the line without it.
pub(super) fn hits(line: &str) -> Option<(&str, u64)> {
    let line = line.trim_end_matches(is_space);
    if let Some(inner) = line.strip_suffix([')', ']']) {
        let open = inner.rfind(['(', '['])?;
        let hits = count(&inner[open + 1..])?;
        let query = inner[..open].trim_end_matches(is_space);
        // A year in parentheses that the query asks for.
        let operand = query.is_empty() || ends_with_operator(query) || query.ends_with(['(', '=']);
        return (!operand).then_some((query, hits));
    }
    let start =
        line.char_indices().rev().find(|(_, c)| !c.is_ascii_digit() && *c != ',').map(|(i, c)| i + c.len_utf8())?;
    let hits = count(&line[start..])?;
    let before = &line[..start];
    let query = before.trim_end_matches(is_space);
    if query.len() == before.len() {
        return None;
    }
    // ` / 3454`
    if let Some(query) = query.strip_suffix('/').filter(|q| q.ends_with(is_space)) {
        return Some((query.trim_end_matches(is_space), hits));
    }
    let listed = || {
        let word = query.rsplit(is_space).next().unwrap_or("");
        let list = word.get(..3).is_some_and(|w| w.eq_ignore_ascii_case("or/"))
            || word.get(..4).is_some_and(|w| w.eq_ignore_ascii_case("and/"));
        list && word.ends_with(|c: char| c.is_ascii_digit())
    };
    (query.ends_with(['.', '/', ')']) || listed()).then_some((query, hits))
}

/// A line of a table.
pub(super) struct Table<'t> {
    pub(super) query: &'t str,
    pub(super) hits: u64,
    /// There were columns beside these two.
    pub(super) others: bool,
}

/// The columns of a line with tabs, where a later one is a number.
pub(super) fn columns(line: &str) -> Option<Table<'_>> {
    let (query, rest) = line.split_once('\t')?;
    let mut hits = None;
    let mut others = false;
    for column in rest.split('\t').map(|c| c.trim_matches(is_space)).filter(|c| !c.is_empty()) {
        match count(column.trim_start_matches('(').trim_end_matches(')')) {
            Some(n) if hits.is_none() => hits = Some(n),
            _ => others = true,
        }
    }
    Some(Table { query: query.trim_matches(is_space), hits: hits?, others })
}
