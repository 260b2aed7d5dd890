//! TeX notation → text: accents, letters, symbols, quotation marks and dashes, text commands, simple mathematics.
//!
//! One pass without recursion, whatever the nesting. A command that is not known leaves its argument.

/// What kind of value is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Running text.
    Text,
    /// An address or identifier: dashes, tildes, quotation marks and dollars stand for themselves.
    Verbatim,
}

/// Decodes a value.
pub(super) fn decode(raw: &str, mode: Mode) -> String {
    if !raw.contains(['\\', '{', '}', '$', '~', '-', '`', '\'']) {
        return raw.to_owned();
    }
    let mut out = Text { out: String::with_capacity(raw.len()), accents: Vec::new() };
    let mut rest = raw;
    let mut math = false;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        match c {
            '\\' => {
                rest = command(after, &mut out, mode);
                continue;
            }
            '{' => {}
            '}' => {
                out.end_group();
                // Two arguments of a command that is not known are two words.
                if after.starts_with('{') && mode == Mode::Text && raw.contains("\\href") {
                    out.push(' ');
                }
            }
            '$' if mode == Mode::Text && math => math = false,
            '$' if mode == Mode::Text && is_math(after) => math = true,
            '^' | '_' if math => {}
            '~' if mode == Mode::Text => out.push(' '),
            '-' if mode == Mode::Text && !math && after.starts_with("--") => {
                out.push('—');
                rest = &after[2..];
                continue;
            }
            '-' if mode == Mode::Text && !math && after.starts_with('-') => {
                out.push('–');
                rest = &after[1..];
                continue;
            }
            '`' | '\'' if mode == Mode::Text && after.starts_with(c) => {
                out.push(if c == '`' { '“' } else { '”' });
                rest = &after[1..];
                continue;
            }
            '`' if mode == Mode::Text => out.push('‘'),
            _ => out.push(c),
        }
        rest = after;
    }
    out.end_group();
    out.out
}

/// Whether a dollar begins mathematics; most dollars in our literature are money.
fn is_math(after: &str) -> bool {
    let mut end = after.len().min(200);
    while !after.is_char_boundary(end) {
        end -= 1;
    }
    after[..end].find('$').is_some_and(|end| {
        let inside = &after[..end];
        inside.contains(['\\', '^', '_', '=', '<', '>']) || inside.chars().count() == 1
    })
}

/// Text with accents that wait for their letter.
struct Text {
    out: String,
    accents: Vec<char>,
}

impl Text {
    fn push(&mut self, c: char) {
        if self.accents.is_empty() {
            self.out.push(c);
        } else if !c.is_whitespace() {
            self.out.push(match c {
                'ı' => 'i',
                'ȷ' => 'j',
                c => c,
            });
            // Composed when the value is cleaned.
            self.out.extend(self.accents.drain(..).rev());
        }
    }

    /// An accent over nothing is the sign itself.
    fn end_group(&mut self) {
        for accent in std::mem::take(&mut self.accents) {
            match accent {
                '\u{302}' => self.out.push('^'),
                '\u{303}' => self.out.push('~'),
                _ => {}
            }
        }
    }

    fn accent(&mut self, accent: char) {
        // No letter carries more.
        if self.accents.len() < 4 {
            self.accents.push(accent);
        }
    }

    fn push_str(&mut self, text: &str) {
        text.chars().for_each(|c| self.push(c));
    }
}

/// A command after its backslash; gives what comes after it.
fn command<'t>(rest: &'t str, out: &mut Text, mode: Mode) -> &'t str {
    let Some(c) = rest.chars().next() else { return rest };
    let after = &rest[c.len_utf8()..];
    if !c.is_ascii_alphabetic() {
        let accent = match c {
            '`' => '\u{300}',
            '\'' | '´' => '\u{301}',
            '^' => '\u{302}',
            '~' => '\u{303}',
            '=' => '\u{304}',
            '.' => '\u{307}',
            '"' => '\u{308}',
            _ => {
                match c {
                    '-' | '/' | '!' | '@' | '(' | ')' | '[' | ']' if mode == Mode::Text => {}
                    '\\' | ' ' | ',' | ';' | ':' | '\n' | '\r' | '\t' if mode == Mode::Text => out.push(' '),
                    c => out.push(c),
                }
                return after;
            }
        };
        out.accent(accent);
        return after;
    }
    let len = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (name, mut after) = rest.split_at(len);
    let letter_accent = match name {
        "u" => Some('\u{306}'),
        "r" => Some('\u{30a}'),
        "H" => Some('\u{30b}'),
        "v" => Some('\u{30c}'),
        "d" => Some('\u{323}'),
        "c" => Some('\u{327}'),
        "k" => Some('\u{328}'),
        "b" => Some('\u{331}'),
        _ => None,
    };
    if let Some(accent) = letter_accent {
        out.accent(accent);
        return after;
    }
    if let Some(text) = symbol(name) {
        out.push_str(text);
        // A command's name ends at white space, which is not text; `{}` keeps a space that is.
        let trimmed = after.trim_start();
        after = trimmed.strip_prefix("{}").filter(|_| trimmed.len() == after.len()).unwrap_or(trimmed);
        return after;
    }
    if mode == Mode::Verbatim && !after.starts_with('{') {
        out.push('\\');
        out.push_str(name);
        return after;
    }
    after.trim_start()
}

fn symbol(name: &str) -> Option<&'static str> {
    SYMBOLS.iter().find(|(command, _)| *command == name).map(|(_, text)| *text)
}

const SYMBOLS: &[(&str, &str)] = &[
    ("i", "ı"),
    ("j", "ȷ"),
    ("l", "ł"),
    ("L", "Ł"),
    ("o", "ø"),
    ("O", "Ø"),
    ("aa", "å"),
    ("AA", "Å"),
    ("ae", "æ"),
    ("AE", "Æ"),
    ("oe", "œ"),
    ("OE", "Œ"),
    ("ss", "ß"),
    ("SS", "ẞ"),
    ("dh", "ð"),
    ("DH", "Ð"),
    ("dj", "đ"),
    ("DJ", "Đ"),
    ("th", "þ"),
    ("TH", "Þ"),
    ("ng", "ŋ"),
    ("NG", "Ŋ"),
    ("S", "§"),
    ("P", "¶"),
    ("pounds", "£"),
    ("textsterling", "£"),
    ("euro", "€"),
    ("texteuro", "€"),
    ("EUR", "€"),
    ("textyen", "¥"),
    ("textcent", "¢"),
    ("textdollar", "$"),
    ("copyright", "©"),
    ("textcopyright", "©"),
    ("textregistered", "®"),
    ("texttrademark", "™"),
    ("textdegree", "°"),
    ("degree", "°"),
    ("dots", "…"),
    ("ldots", "…"),
    ("textellipsis", "…"),
    ("textendash", "–"),
    ("textemdash", "—"),
    ("textquoteleft", "‘"),
    ("textquoteright", "’"),
    ("textquotesingle", "'"),
    ("textquotedbl", "\""),
    ("textquotedblleft", "“"),
    ("textquotedblright", "”"),
    ("lq", "‘"),
    ("rq", "’"),
    ("quotedblbase", "„"),
    ("quotesinglbase", "‚"),
    ("guillemotleft", "«"),
    ("guillemotright", "»"),
    ("guilsinglleft", "‹"),
    ("guilsinglright", "›"),
    ("textbackslash", "\\"),
    ("textasciitilde", "~"),
    ("textasciicircum", "^"),
    ("textasciigrave", "`"),
    ("textbar", "|"),
    ("textbraceleft", "{"),
    ("textbraceright", "}"),
    ("lbrace", "{"),
    ("rbrace", "}"),
    ("textbullet", "•"),
    ("bullet", "•"),
    ("dag", "†"),
    ("textdagger", "†"),
    ("ddag", "‡"),
    ("textdaggerdbl", "‡"),
    ("textless", "<"),
    ("textgreater", ">"),
    ("textexclamdown", "¡"),
    ("textquestiondown", "¿"),
    ("textordfeminine", "ª"),
    ("textordmasculine", "º"),
    ("textperiodcentered", "·"),
    ("cdot", "·"),
    ("textsection", "§"),
    ("textparagraph", "¶"),
    ("textunderscore", "_"),
    ("textonehalf", "½"),
    ("textonequarter", "¼"),
    ("textthreequarters", "¾"),
    ("textonesuperior", "¹"),
    ("texttwosuperior", "²"),
    ("textthreesuperior", "³"),
    ("textmu", "µ"),
    ("textpm", "±"),
    ("pm", "±"),
    ("texttimes", "×"),
    ("times", "×"),
    ("textdiv", "÷"),
    ("div", "÷"),
    ("leq", "≤"),
    ("le", "≤"),
    ("geq", "≥"),
    ("ge", "≥"),
    ("neq", "≠"),
    ("approx", "≈"),
    ("sim", "∼"),
    ("infty", "∞"),
    ("rightarrow", "→"),
    ("to", "→"),
    ("leftarrow", "←"),
    ("alpha", "α"),
    ("beta", "β"),
    ("gamma", "γ"),
    ("delta", "δ"),
    ("epsilon", "ε"),
    ("varepsilon", "ε"),
    ("zeta", "ζ"),
    ("eta", "η"),
    ("theta", "θ"),
    ("iota", "ι"),
    ("kappa", "κ"),
    ("lambda", "λ"),
    ("mu", "μ"),
    ("nu", "ν"),
    ("xi", "ξ"),
    ("pi", "π"),
    ("rho", "ρ"),
    ("sigma", "σ"),
    ("tau", "τ"),
    ("upsilon", "υ"),
    ("phi", "φ"),
    ("varphi", "φ"),
    ("chi", "χ"),
    ("psi", "ψ"),
    ("omega", "ω"),
    ("Gamma", "Γ"),
    ("Delta", "Δ"),
    ("Theta", "Θ"),
    ("Lambda", "Λ"),
    ("Xi", "Ξ"),
    ("Pi", "Π"),
    ("Sigma", "Σ"),
    ("Phi", "Φ"),
    ("Psi", "Ψ"),
    ("Omega", "Ω"),
    ("LaTeX", "LaTeX"),
    ("TeX", "TeX"),
    ("space", " "),
    ("slash", "/"),
    ("textvisiblespace", " "),
    ("newline", " "),
    ("par", "\n\n"),
    ("quad", " "),
    ("percent", "%"),
    ("textpercent", "%"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::values;

    #[test]
    fn text() {
        for (raw, expected) in [
            (r#"G{\'o}mez and G\'omez, Na\"{\i}ve, M\'\i a"#, "Gómez and Gómez, Naïve, Mía"),
            (r#"\v{S}koda, \c cedilla, \k{a}, \H{o}, {\AA}ngstr{\"o}m"#, "Škoda, çedilla, ą, ő, Ångström"),
            (r#"{\L}{\'o}d{\'z}, stra{\ss}e, \O re"#, "Łódź, straße, Øre"),
            (r#"{The {NHS}} \emph{in vitro} \textbf{a}"#, "The NHS in vitro a"),
            (r#"A \& B, 5\%, \$5, a\_b, \#1"#, "A & B, 5%, $5, a_b, #1"),
            (r#"``Quoted'' 1994--95 --- `so'"#, "“Quoted” 1994–95 — ‘so'"),
            (r#"It costs $5 million and $6"#, "It costs $5 million and $6"),
            (r#"$\beta$-blockers, H$_2$O, $p \leq 0.05$"#, "β-blockers, H2O, p ≤0.05"),
            (r#"Bose\textendash{} Einstein, \LaTeX{} x, Win\-dows"#, "Bose– Einstein, LaTeX x, Windows"),
            (r#"trailing \"#, "trailing"),
        ] {
            assert_eq!(values::line(&decode(raw, Mode::Text)), expected, "{raw}");
        }
        assert_eq!(
            decode(r#"https://a.example/{\textasciitilde}b--c\_d\%20e~f"#, Mode::Verbatim),
            "https://a.example/~b--c_d%20e~f"
        );
        let deep = "\\e{".repeat(100_000) + "x" + &"}".repeat(100_000);
        assert_eq!(decode(&deep, Mode::Text), "x");
    }
}
