//! Cleaning of values as tagged exports have them: markup and entities, page ranges, names with initials, labelled
//! abstracts, subject headings. It does *not* know of tags.

use crate::ingest::{responsibility, values};

/// Text without inline markup, entities decoded; block elements become paragraph breaks. What only looks like markup
/// (`p < 0.05`, `<no title>`) stays.
pub(super) fn plain(text: &str) -> String {
    let mut text = text.to_owned();
    // Twice: exports escape markup that they had escaped before.
    for _ in 0..2 {
        if text.contains('&') {
            text = decode_entities(&text);
        }
    }
    if text.contains('<') { strip_tags(&text) } else { text }
}

fn strip_tags(text: &str) -> String {
    const BLOCK: &[&str] = &["p", "br", "div", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "title", "sec"];
    const INLINE: &[&str] = &[
        "i",
        "b",
        "u",
        "em",
        "strong",
        "sub",
        "sup",
        "span",
        "a",
        "font",
        "small",
        "italic",
        "bold",
        "inf",
        "sc",
        "td",
        "th",
        "tt",
        "center",
        "body",
        "html",
        "cite",
        "q",
        "abbr",
        "underline",
        "monospace",
        "tbody",
    ];
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, tail) = rest.split_at(at);
        out.push_str(before);
        let inner = tail.get(1..).unwrap_or_default();
        let name = inner.strip_prefix('/').unwrap_or(inner);
        let length = name.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b':').count();
        let (name, after) = name.split_at(length);
        let lower = name.to_ascii_lowercase();
        let lower = lower.strip_prefix("jats:").unwrap_or(&lower);
        let markup = BLOCK.contains(&lower) || INLINE.contains(&lower) || lower.starts_with("mml:");
        // An end further off than any tag is long belongs to something else.
        let end = after
            .bytes()
            .take(2000)
            .position(|b| matches!(b, b'>' | b'<'))
            .filter(|end| after.as_bytes().get(*end) == Some(&b'>'));
        match end {
            Some(end) if markup && !after.starts_with(|c: char| !matches!(c, ' ' | '/' | '>' | '\n' | '\t')) => {
                if BLOCK.contains(&lower) {
                    out.push_str("\n\n");
                }
                rest = after.get(end + 1..).unwrap_or_default();
            }
            _ => {
                out.push('<');
                rest = inner;
            }
        }
    }
    out.push_str(rest);
    out
}

fn decode_entities(text: &str) -> String {
    const NAMED: &[(&str, &str)] = &[
        ("amp", "&"),
        ("lt", "<"),
        ("gt", ">"),
        ("quot", "\""),
        ("apos", "'"),
        ("nbsp", " "),
        ("ndash", "–"),
        ("mdash", "—"),
        ("lsquo", "‘"),
        ("rsquo", "’"),
        ("ldquo", "“"),
        ("rdquo", "”"),
        ("hellip", "…"),
        ("pound", "£"),
        ("euro", "€"),
        ("copy", "©"),
        ("reg", "®"),
        ("trade", "™"),
        ("deg", "°"),
        ("plusmn", "±"),
        ("times", "×"),
        ("micro", "µ"),
        ("le", "≤"),
        ("ge", "≥"),
        ("alpha", "α"),
        ("beta", "β"),
        ("gamma", "γ"),
        ("delta", "δ"),
        ("mu", "μ"),
        ("omega", "ω"),
        ("eacute", "é"),
        ("egrave", "è"),
        ("ecirc", "ê"),
        ("euml", "ë"),
        ("aacute", "á"),
        ("agrave", "à"),
        ("acirc", "â"),
        ("auml", "ä"),
        ("aring", "å"),
        ("atilde", "ã"),
        ("aelig", "æ"),
        ("iacute", "í"),
        ("igrave", "ì"),
        ("icirc", "î"),
        ("iuml", "ï"),
        ("oacute", "ó"),
        ("ograve", "ò"),
        ("ocirc", "ô"),
        ("ouml", "ö"),
        ("otilde", "õ"),
        ("oslash", "ø"),
        ("uacute", "ú"),
        ("ugrave", "ù"),
        ("ucirc", "û"),
        ("uuml", "ü"),
        ("ntilde", "ñ"),
        ("ccedil", "ç"),
        ("szlig", "ß"),
        ("Eacute", "É"),
        ("Auml", "Ä"),
        ("Ouml", "Ö"),
        ("Uuml", "Ü"),
        ("Oslash", "Ø"),
        ("Aring", "Å"),
        ("Ccedil", "Ç"),
        ("middot", "·"),
        ("bull", "•"),
        ("sect", "§"),
        ("frac12", "½"),
        ("acute", "´"),
        ("shy", ""),
    ];
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, tail) = rest.split_at(at);
        out.push_str(before);
        let inner = tail.get(1..).unwrap_or_default();
        let end = inner.bytes().take(12).position(|b| b == b';');
        let name = end.and_then(|end| inner.get(..end)).unwrap_or_default();
        let number = name.strip_prefix('#').and_then(|n| match n.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => n.parse().ok(),
        });
        let decoded = match number.and_then(char::from_u32) {
            Some(c) => Some(c.to_string()),
            None => NAMED.iter().find(|(n, _)| *n == name).map(|(_, c)| (*c).to_owned()),
        };
        match decoded {
            Some(text) => {
                out.push_str(&text);
                rest = inner.get(name.len() + 1..).unwrap_or_default();
            }
            None => {
                out.push('&');
                rest = inner;
            }
        }
    }
    out.push_str(rest);
    out
}

/// A title: one clean line, without the closing full stop, unless that belongs to an abbreviation or an ellipsis.
pub(super) fn title(text: &str) -> String {
    let text = values::title(&plain(text));
    let Some(rest) = text.strip_suffix('.') else { return text };
    let word = rest.rsplit([' ', '(', '-', '/']).next().unwrap_or(rest);
    let abbreviated = word.contains('.')
        || word.chars().count() == 1 && word.chars().all(char::is_uppercase)
        || matches!(
            word,
            "Inc" | "Ltd" | "Co" | "Corp" | "etc" | "al" | "Jr" | "Sr" | "St" | "Dr" | "ed" | "eds" | "vol" | "no"
        );
    if abbreviated || rest.ends_with(['.', '…']) { text } else { rest.trim_end().to_owned() }
}

/// A translated title in brackets, as NLM prints it, without them: `[Title].`
pub(super) fn unbracketed(text: &str) -> Option<&str> {
    let text = text.trim();
    let inner = text.strip_suffix('.').unwrap_or(text).strip_prefix('[')?.strip_suffix(']')?;
    (!inner.contains(['[', ']'])).then_some(inner)
}

/// `Family, Given` for a name as databases print it: `Smith JA`, `van der Berg A.-B.`, `Shannon,Claude E.`, `Jane Smith`.
pub(super) fn name(text: &str) -> String {
    let text = values::line(&plain(text));
    let text = text.trim_matches([';', ',', ' ', '*']).trim();
    if text.ends_with([')', ']'])
        && let Some((bare, _)) = responsibility::role_behind(text)
    {
        return format!("{}{}", name(bare), &text[bare.len()..]);
    }
    if let Some((family, given)) = text.split_once(',') {
        let (family, given) = (family.trim(), given.trim().trim_matches(','));
        return if given.is_empty() { family.to_owned() } else { format!("{family}, {}", spaced_commas(given)) };
    }
    if values::looks_corporate(text) {
        return text.to_owned();
    }
    let mut words: Vec<&str> = text.split(' ').collect();
    let suffix =
        words.last().is_some_and(|w| matches!(*w, "Jr" | "Jr." | "Sr" | "Sr." | "II" | "III" | "IV" | "2nd" | "3rd"));
    let suffix = if suffix && words.len() > 2 { words.pop() } else { None };
    let first = words.iter().rposition(|word| !are_initials(word)).map_or(0, |last| last + 1);
    if first == 0 || first >= words.len() || are_initials(words[0]) && first > 1 {
        return values::person(text);
    }
    let mut name = format!("{}, {}", words[..first].join(" "), words[first..].join(" "));
    if let Some(suffix) = suffix {
        name.push_str(", ");
        name.push_str(suffix);
    }
    name
}

fn spaced_commas(given: &str) -> String {
    given.split(',').map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn are_initials(word: &str) -> bool {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let capitals = word.chars().all(|c| c.is_uppercase() || matches!(c, '.' | '-'));
    capitals && (1..=4).contains(&letters) && (letters <= 3 || word.contains('.'))
}

/// A page or a range of pages: `256-9` → `256-259`, dashes of every kind made one, `p.` and `pp.` left out.
pub(super) fn pages(text: &str) -> String {
    let text = values::line(text).replace(['–', '—', '‐', '‑', '−'], "-").replace("--", "-");
    let text = text.trim_start_matches("pp").trim_start_matches("p.").trim_start_matches(['.', ' ', ':']);
    let text = text.strip_prefix("Page ").or_else(|| text.strip_prefix("Pages ")).unwrap_or(text);
    let parts = text.trim_end_matches(['.', ',', ';', ' ']).split([',', ';']).map(|part| {
        let part = part.trim();
        match part.split_once('-') {
            Some((start, end)) if !end.contains('-') => page_range(start.trim(), end.trim()),
            _ => part.to_owned(),
        }
    });
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// A range from its first and last page, the last one written out in full.
pub(super) fn page_range(start: &str, end: &str) -> String {
    if end.is_empty() || start == end {
        return start.to_owned();
    }
    if start.is_empty() {
        return end.to_owned();
    }
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let letters = start.bytes().take_while(|b| b.is_ascii_alphabetic()).count();
    let (prefix, number) = start.split_at(letters);
    let last = end.strip_prefix(prefix).unwrap_or(end);
    if digits(number) && digits(last) && last.len() < number.len() {
        let kept = &number[..number.len() - last.len()];
        return format!("{start}-{prefix}{kept}{last}");
    }
    format!("{start}-{end}")
}

/// Tells whether a value is pages at all: a number, a range, an article number, roman numerals.
pub(super) fn looks_like_pages(text: &str) -> bool {
    let text = text.trim();
    let roman = text.bytes().all(|b| b"ivxlcIVXLC-".contains(&b));
    text.len() <= 60 && (text.bytes().any(|b| b.is_ascii_digit()) || !text.is_empty() && roman)
}

/// A subject heading: the mark of a main topic stands behind what it marks (`*Software` → `Software*`,
/// `Information Storage and Retrieval/*methods` → `Information Storage and Retrieval/methods*`).
pub(super) fn heading(text: &str) -> String {
    let text = values::line(&plain(text));
    let text = text.trim_end_matches([';', ',']);
    if !text.contains('*') {
        return text.to_owned();
    }
    let parts = text.split('/').map(|part| match part.trim_start().strip_prefix('*') {
        Some(part) => format!("{}*", part.trim().trim_end_matches('*')),
        None => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

/// An abstract: clean paragraphs, one for each labelled section (`BACKGROUND: …`).
pub(super) fn abstract_text(text: &str) -> String {
    let text = plain(text);
    let mut paragraphs: Vec<&str> = Vec::new();
    for paragraph in text.split("\n\n") {
        let mut from = 0;
        for at in label_starts(paragraph) {
            if at > from {
                paragraphs.push(&paragraph[from..at]);
                from = at;
            }
        }
        paragraphs.push(&paragraph[from..]);
    }
    values::paragraphs(paragraphs)
}

/// Where labels in capitals stand at the beginning of a sentence; where the text begins with a usual label in small
/// letters, where other such labels stand.
fn label_starts(text: &str) -> Vec<usize> {
    let first = text.trim_start().split(':').next().unwrap_or_default();
    let small_letters = is_usual_label(first);
    let mut starts = Vec::new();
    for (at, _) in text.match_indices(':') {
        // A label has at most some forty letters; look back to the end of the sentence before it.
        let mut begin = at.saturating_sub(48);
        while !text.is_char_boundary(begin) {
            begin += 1;
        }
        let window = text.get(begin..at).unwrap_or_default();
        let start = window.rfind(['.', '?', '!', ')', ']', '\n']).map(|i| i + 1);
        let start = match start {
            Some(start) => begin + start,
            None if begin == 0 => 0,
            None => continue,
        };
        let label = text.get(start..at).unwrap_or_default();
        let trimmed = label.trim();
        let spaced = start == 0 || label.starts_with(char::is_whitespace);
        let capitals = trimmed.chars().filter(|c| c.is_uppercase()).count() >= 4
            && !trimmed.chars().any(char::is_lowercase)
            && !trimmed.chars().any(|c| c.is_ascii_digit());
        let followed = text.get(at + 1..).is_some_and(|rest| rest.starts_with(char::is_whitespace));
        if spaced && followed && (capitals || small_letters && is_usual_label(trimmed)) {
            starts.push(start + (label.len() - label.trim_start().len()));
        }
    }
    starts
}

fn is_usual_label(text: &str) -> bool {
    const LABELS: &[&str] = &[
        "background",
        "introduction",
        "objective",
        "objectives",
        "aim",
        "aims",
        "purpose",
        "context",
        "setting",
        "design",
        "study design",
        "methods",
        "method",
        "materials and methods",
        "methods and materials",
        "participants",
        "patients",
        "subjects",
        "intervention",
        "interventions",
        "measurements",
        "main outcome measures",
        "outcome measures",
        "main outcome measure",
        "results",
        "findings",
        "discussion",
        "conclusion",
        "conclusions",
        "interpretation",
        "limitations",
        "background and objectives",
        "background and aims",
        "methods and results",
        "data sources",
        "study selection",
        "data extraction",
        "data synthesis",
        "implications",
        "originality/value",
        "summary",
        "funding",
        "methods and findings",
        "background & aims",
        "research design",
        "practical implications",
        "design/methodology/approach",
        "research limitations/implications",
        "social implications",
        "purpose of review",
        "recent findings",
        "aims and objectives",
        "relevance to clinical practice",
        "aim of the study",
    ];
    LABELS.contains(&text.trim().to_lowercase().as_str())
}

/// Whether the source cut the text off.
pub(super) fn is_cut_off(text: &str) -> bool {
    let tail = text.trim_end();
    tail.ends_with('…') || tail.ends_with("...") || tail.contains("(ABSTRACT TRUNCATED")
}

/// An abstract and the statement of rights that publishers put behind it.
pub(super) fn without_copyright(text: &str) -> (&str, &str) {
    let start = ["Copyright ", "©", "(c) ", "(C) "].iter().filter_map(|sign| text.rfind(sign)).min();
    match start.map(|at| text.split_at(at)) {
        Some((before, rights))
            if rights.len() <= 250 && values::year(rights).is_some() && !before.trim().is_empty() =>
        {
            (before.trim_end(), rights)
        }
        _ => (text, ""),
    }
}
