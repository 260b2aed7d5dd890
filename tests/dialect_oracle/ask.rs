//! Random queries: the text in one of the languages and what it means, made together from the grammar of the language.

use crate::meaning::{Dialect, Expr, Op, Piece, Value, Word, fits};
use crate::random::Random;
use crate::world::{HEADINGS, JOURNALS, LANGUAGES, NAMES, SUBDIVISIONS, World, field::*, words};

/// Words to ask for, folded; none is an operator or a field code.
const WORDS: &[&str] = &[
    "joint",
    "jointly",
    "care",
    "carer",
    "commission",
    "commissioning",
    "commissioner",
    "fund",
    "funds",
    "fundholding",
    "holding",
    "total",
    "purchase",
    "purchasing",
    "purchaser",
    "health",
    "healthy",
    "organisation",
    "organization",
    "cafe",
    "kings",
    "high",
    "frequency",
    "absent",
];
/// What may stand between quotation marks too.
const QUOTED: &[&str] = &["and", "or", "not", "of", "the", "1997"];

pub(crate) struct Ask<'a> {
    pub random: &'a mut Random,
    pub world: &'a World,
    pub dialect: Dialect,
    /// How many lines come before.
    pub lines: usize,
    /// How many parentheses are open, behind which a field may stand.
    pub within: usize,
}

type Written = (String, Expr);

impl Ask<'_> {
    /// A whole query.
    pub(crate) fn query(&mut self) -> Written {
        let depth = self.random.between(1, 3);
        self.flat(depth)
    }

    /// Operands with operators between them.
    fn flat(&mut self, depth: usize) -> Written {
        let count = self.random.between(1, 4);
        let (mut text, mut parts, mut ops) = (String::new(), Vec::new(), Vec::new());
        for i in 0..count {
            if i > 0 {
                // Beside a distance only what has places of words can stand.
                let op = match self.random.below(10) {
                    0..=3 => Op::And,
                    4..=6 => Op::Or,
                    _ => Op::Not,
                };
                let beside = self.dialect == Dialect::Cochrane && op == Op::And && self.random.chance(30);
                text.push_str(&if beside { " ".to_owned() } else { self.operator(op) });
                ops.push(op);
            }
            if self.dialect != Dialect::PubMed && self.random.chance(30) {
                let (chain, operands, nears) = self.chain(depth);
                text.push_str(&chain);
                parts.extend(operands);
                ops.extend(nears);
            } else {
                let (operand, expr) = self.operand(depth);
                text.push_str(&operand);
                parts.push(expr);
            }
        }
        (text, if parts.len() == 1 { parts.remove(0) } else { Expr::Flat(parts, ops) })
    }

    fn operator(&mut self, op: Op) -> String {
        let (name, near) = match (op, self.dialect) {
            (Op::And, Dialect::PubMed) if self.random.chance(10) => ("&".to_owned(), true),
            (Op::And, _) => ("and".to_owned(), false),
            (Op::Or, _) => ("or".to_owned(), false),
            (Op::Not, _) => ("not".to_owned(), false),
            (Op::Near(1, true), Dialect::Ovid) => ("adj".to_owned(), false),
            (Op::Near(n, _), Dialect::Ovid) => (format!("adj{n}"), false),
            (Op::Near(n, true), Dialect::Ebsco) => (format!("W{}", n - 1), true),
            (Op::Near(n, false), Dialect::Ebsco) => (format!("N{}", n - 1), true),
            (Op::Near(_, true), _) => ("next".to_owned(), false),
            (Op::Near(6, false), _) if self.random.chance(70) => ("near".to_owned(), false),
            (Op::Near(n, false), _) => (format!("near/{n}"), false),
        };
        let small = self.dialect != Dialect::PubMed && !near && self.random.chance(60);
        format!(" {} ", if small { name } else { name.to_uppercase() })
    }

    /// Operands joined by distances.
    fn chain(&mut self, depth: usize) -> (String, Vec<Expr>, Vec<Op>) {
        let with_and = self.random.chance(8);
        let at = self.random.below(2);
        let mut text = String::new();
        let (mut parts, mut ops) = (Vec::new(), Vec::new());
        for i in 0..if with_and { 2 } else { self.random.between(2, 3) } {
            if i > 0 {
                let ordered = self.random.chance(40);
                let op = match self.dialect {
                    Dialect::Ovid | Dialect::Cochrane if ordered => Op::Near(1, true),
                    Dialect::Cochrane if self.random.chance(20) => Op::Near(6, false),
                    _ => Op::Near(self.random.between(1, 5), ordered && self.dialect == Dialect::Ebsco),
                };
                text.push_str(&self.operator(op));
                ops.push(op);
            }
            let (operand, expr) = match with_and {
                true if i == at => self.both(),
                true => self.term(),
                false => self.near_operand(depth),
            };
            text.push_str(&operand);
            parts.push(expr);
        }
        (text, parts, ops)
    }

    /// `(a and b)`
    fn both(&mut self) -> Written {
        let ((a, left), (b, right)) = (self.term(), self.term());
        let text = format!("({a}{}{b})", self.operator(Op::And));
        (text, Expr::Group(Box::new(Expr::Flat(vec![left, right], vec![Op::And])), None))
    }

    /// Words, alternatives of words, or a distance in parentheses.
    fn near_operand(&mut self, depth: usize) -> Written {
        if depth == 0 || self.random.chance(55) {
            return self.term();
        }
        if self.random.chance(30) {
            let (text, parts, ops) = self.chain_without_and(depth - 1);
            return self.group(text, Expr::Flat(parts, ops));
        }
        let (mut text, mut parts, mut ops) = (String::new(), Vec::new(), Vec::new());
        for i in 0..self.random.between(2, 3) {
            if i > 0 {
                text.push_str(&self.operator(Op::Or));
                ops.push(Op::Or);
            }
            let (operand, expr) = self.near_operand(depth - 1);
            text.push_str(&operand);
            parts.push(expr);
        }
        self.group(text, Expr::Flat(parts, ops))
    }

    fn chain_without_and(&mut self, depth: usize) -> (String, Vec<Expr>, Vec<Op>) {
        let ((a, left), (b, right)) = (self.near_operand(depth), self.near_operand(depth));
        let op = match self.dialect {
            Dialect::Cochrane if self.random.chance(30) => Op::Near(1, true),
            _ => Op::Near(self.random.between(1, 4), false),
        };
        (format!("{a}{}{b}", self.operator(op)), vec![left, right], vec![op])
    }

    /// Parentheses around something, with or without a field for all of it.
    fn group(&mut self, inner: String, expr: Expr) -> Written {
        let (text, fields) = match self.random.chance(50) {
            true => self.said_of(&format!("({inner})")),
            false => (format!("({inner})"), None),
        };
        (text, Expr::Group(Box::new(expr), fields))
    }

    /// Anything that can stand between AND, OR and NOT.
    fn operand(&mut self, depth: usize) -> Written {
        match self.random.below(20) {
            0..=6 if depth > 0 => {
                self.within += 1;
                let (inner, expr) = self.flat(depth - 1);
                self.within -= 1;
                self.group(inner, expr)
            }
            7..=9 => self.value(),
            10 if self.dialect == Dialect::PubMed => self.window(),
            10 | 11 if self.dialect == Dialect::Ovid => self.frequency(depth.min(1)),
            12 | 13 if self.lines > 0 => self.line(),
            _ => self.term(),
        }
    }

    /// Words, with or without quotation marks and a field.
    fn term(&mut self) -> Written {
        let quoted = self.random.chance(25);
        // Cochrane joins bare words by AND; they are operands of their own.
        let most = if self.dialect == Dialect::Cochrane && !quoted { 1 } else { 3 };
        let count = if self.random.chance(70) { 1 } else { self.random.between(1, most) };
        let (mut text, mut all) = (String::new(), Vec::new());
        for i in 0..count {
            text.push_str(if i > 0 { " " } else { "" });
            if quoted && self.random.chance(20) {
                let word = self.random.text(QUOTED);
                text.push_str(word);
                all.push(self.stands_for(&[Piece::Letters(word.into())]));
            } else if self.random.chance(5) && (quoted || self.dialect != Dialect::PubMed) {
                text.push_str("fund-holding");
                all.extend(["fund", "holding"].map(|w| self.stands_for(&[Piece::Letters(w.into())])));
            } else {
                let (word, pieces) = self.word();
                text.push_str(&word);
                all.push(self.stands_for(&pieces));
            }
        }
        if quoted {
            text = self.random.pick(&[format!("\"{text}\""), format!("“{text}”")]).clone();
        }
        let (text, fields) = match self.random.chance(60) {
            true => self.said_of(&text),
            false => (text, None),
        };
        (text, Expr::Words { fields, words: all, quoted })
    }

    fn stands_for(&self, pieces: &[Piece]) -> Word {
        self.world.vocabulary.iter().map(|w| fits(pieces, w)).collect()
    }

    /// A word with or without wildcards.
    fn word(&mut self) -> (String, Vec<Piece>) {
        let word = self.random.text(WORDS);
        let any = Piece::Open(0, usize::MAX);
        let (mut text, mut pieces) = (word.to_owned(), vec![Piece::Letters(word.into())]);
        if self.random.chance(35) {
            let cut = self.random.between(3.min(word.len()), word.len());
            let stem = &word[..cut];
            let many = if self.dialect == Dialect::Ovid { self.random.text(&["$", "*", ":"]) } else { "*" };
            text = format!("{stem}{many}");
            pieces = vec![Piece::Letters(stem.into()), any];
            if self.dialect == Dialect::Ovid && many != ":" && self.random.chance(30) {
                let most = self.random.between(1, 12);
                text.push_str(&most.to_string());
                pieces[1] = Piece::Open(0, most);
            }
        } else if self.dialect != Dialect::PubMed && self.random.chance(25) && word.len() > 3 {
            // A wildcard in the word, instead of a letter or beside it.
            let at = self.random.between(2, word.len() - 1);
            let (one, optional) = match self.dialect {
                Dialect::Ovid => ("#", Some("?")),
                Dialect::Ebsco => ("?", Some("#")),
                _ => ("?", None),
            };
            let (mark, open) = match optional {
                Some(optional) if self.random.chance(50) => (optional, Piece::Open(0, 1)),
                _ => (one, Piece::Open(1, 1)),
            };
            let skip = usize::from(self.random.chance(70));
            let (before, after) = (&word[..at], &word[at + skip..]);
            text = format!("{before}{mark}{after}");
            pieces = vec![Piece::Letters(before.into()), open, Piece::Letters(after.into())];
            if self.random.chance(20) {
                text.push('*');
                pieces.push(Piece::Open(0, usize::MAX));
            }
        }
        if self.random.chance(15) {
            text = text.replacen("cafe", "café", 1).replacen("kings", "king’s", 1);
            text = if self.random.chance(50) { text.to_uppercase() } else { text };
        }
        (text, pieces)
    }

    /// A field of words, said of a word, a phrase or a group.
    fn said_of(&mut self, text: &str) -> (String, Option<u16>) {
        let mp = TITLE | ABSTRACT | SUBJECT;
        let codes: &[(&str, u16)] = match self.dialect {
            Dialect::Ovid => &[
                ("ti", TITLE),
                ("ab", ABSTRACT),
                ("ti,ab", TITLE | ABSTRACT),
                ("ab,ti", TITLE | ABSTRACT),
                ("ot", TITLE),
                ("tw", TITLE | ABSTRACT),
                ("mp", mp),
                ("ti,ab,kw", mp),
                ("kf", SUBJECT),
                ("hw", SUBJECT),
                ("af", ALL),
                ("pt", TYPE),
                ("so", JOURNAL | DETAIL),
                ("pb", PUBLISHER),
                ("cp", PLACE),
                ("tw,ot,hw", mp),
            ],
            Dialect::PubMed => &[
                ("ti", TITLE),
                ("tiab", TITLE | ABSTRACT),
                ("Title/Abstract", TITLE | ABSTRACT),
                ("ab", TITLE | ABSTRACT),
                ("tw", mp),
                ("Text Word", mp),
                ("all", ALL),
                ("All Fields", ALL),
                ("ot", SUBJECT),
                ("pt", TYPE),
                ("pl", PLACE),
            ],
            Dialect::Ebsco => &[
                ("TI", TITLE),
                ("AB", ABSTRACT),
                ("XB", TITLE | ABSTRACT),
                ("TX", ALL),
                ("SU", SUBJECT),
                ("AU", CREATOR),
                ("SO", JOURNAL),
                ("PT", TYPE),
            ],
            Dialect::Cochrane => &[
                ("ti", TITLE),
                ("ab", ABSTRACT),
                ("ti,ab", TITLE | ABSTRACT),
                ("ti,ab,kw", mp),
                ("kw", SUBJECT),
                ("au", CREATOR),
                ("so", JOURNAL),
                ("pt", TYPE),
            ],
        };
        let (code, fields) = *self.random.pick(codes);
        let big = self.random.chance(20);
        let code = if big { code.to_uppercase() } else { code.to_owned() };
        let text = match self.dialect {
            Dialect::Ovid => format!("{text}{}.{code}.", if self.random.chance(10) { " " } else { "" }),
            Dialect::PubMed => format!("{text}{}[{code}]", if self.random.chance(20) { " " } else { "" }),
            Dialect::Ebsco => format!("{code} {text}"),
            Dialect::Cochrane => format!("{text}:{}", code.to_lowercase()),
        };
        (text, Some(fields))
    }

    /// `"a b"[tiab:~2]`
    fn window(&mut self) -> Written {
        let others = self.random.below(5);
        let count = self.random.between(2, 3);
        let (mut written, mut all) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let word = self.random.text(WORDS);
            written.push(word);
            all.push(self.stands_for(&[Piece::Letters(word.into())]));
        }
        let (code, fields) =
            *self.random.pick(&[("ti", TITLE), ("tiab", TITLE | ABSTRACT), ("Title/Abstract", TITLE | ABSTRACT)]);
        (format!("\"{}\"[{code}:~{others}]", written.join(" ")), Expr::Window { fields, words: all, others })
    }

    /// `x.ab./freq=2`
    fn frequency(&mut self, depth: usize) -> Written {
        let times = self.random.between(2, 3);
        let (text, expr) = match self.random.chance(50) {
            true => self.near_operand(depth),
            false => {
                let (text, parts, ops) = self.chain_without_and(depth);
                (format!("({text})"), Expr::Group(Box::new(Expr::Flat(parts, ops)), None))
            }
        };
        // A field of its own where there is none yet.
        let has_field = matches!(&expr, Expr::Words { fields: Some(_), .. } | Expr::Group(_, Some(_)));
        let (text, fields) = if has_field { (text, None) } else { self.said_of(&text) };
        let slash = self.random.text(&["/freq=", " /freq=", " /FREQ = "]);
        (format!("{text}{slash}{times}"), Expr::Times(Box::new(expr), times, fields))
    }

    fn line(&mut self) -> Written {
        if self.random.chance(20) {
            let op = *self.random.pick(&[Op::And, Op::Or, Op::Not]);
            let ((a, left), (b, right)) = (self.one_line(), self.one_line());
            let text = format!("({a}{}{b})", self.operator(op));
            return (text, Expr::Group(Box::new(Expr::Flat(vec![left, right], vec![op])), None));
        }
        self.one_line()
    }

    fn one_line(&mut self) -> Written {
        let line = self.random.below(self.lines);
        let list = self.random.chance(30) && matches!(self.dialect, Dialect::Ovid | Dialect::Cochrane);
        if list {
            let last = self.random.between(line, self.lines - 1);
            let all = self.random.chance(30);
            let name = if all { "and" } else { "or" };
            let (from, to) = (line + 1, last + 1);
            let text = match self.dialect {
                Dialect::Ovid if self.random.chance(30) => format!("{from} - {to}/{name}"),
                Dialect::Ovid => format!("{name}/{from}-{to}"),
                _ => format!("{{{name} #{from}-#{to}}}"),
            };
            return (text, Expr::Lines { all, lines: (line..=last).collect() });
        }
        let mark = match self.dialect {
            // A bare number of which a field is said is looked for as a number.
            Dialect::Ovid if self.within == 0 => self.random.text(&["", "", "#"]),
            Dialect::Ebsco => "S",
            _ => "#",
        };
        (format!("{mark}{}", line + 1), Expr::Line(line))
    }

    /// Whole values, headings and years.
    fn value(&mut self) -> Written {
        match self.random.below(9) {
            0..=3 => self.heading(),
            4 => self.years(),
            5 => {
                let (code, name) = *self.random.pick(LANGUAGES);
                let name = if self.random.chance(50) { name } else { code };
                let text = match self.dialect {
                    Dialect::Ovid => format!("{name}.{}.", self.random.text(&["la", "lg"])),
                    Dialect::PubMed => format!("{name}[la]"),
                    Dialect::Ebsco => format!("LA {name}"),
                    Dialect::Cochrane => return self.heading(),
                };
                (text, Expr::Value(Value::Language(code.into())))
            }
            6 => {
                let pmid = self.random.pick(&self.world.docs).pmid.clone().unwrap_or_else(|| "99".into());
                let text = match self.dialect {
                    Dialect::Ovid => format!("{pmid}.{}.", self.random.text(&["ui", "an", "up"])),
                    Dialect::PubMed => format!("{pmid}[pmid]"),
                    Dialect::Ebsco => format!("AN {pmid}"),
                    Dialect::Cochrane => return self.heading(),
                };
                (text, Expr::Value(Value::Pmid(pmid)))
            }
            7 => self.journal(),
            _ => self.author(),
        }
    }

    /// A value or its beginning: as it is written, and what of it must be there.
    fn begun(&mut self, value: &str, wild: &str) -> (String, Vec<Piece>) {
        let folded = words(value).join(" ");
        if wild.is_empty() || self.random.chance(50) {
            return (
                if self.random.chance(50) { value.to_owned() } else { folded.clone() },
                vec![Piece::Letters(folded)],
            );
        }
        let mut cut = self.random.between(3, folded.len());
        while folded[..cut].ends_with(' ') {
            cut -= 1;
        }
        (format!("{}{wild}", &folded[..cut]), vec![Piece::Letters(folded[..cut].into()), Piece::Open(0, usize::MAX)])
    }

    fn journal(&mut self) -> Written {
        let title = self.random.text(JOURNALS);
        let wild = if self.dialect == Dialect::Ovid { "$" } else { "*" };
        let (text, pieces) = self.begun(title, wild);
        let text = match self.dialect {
            Dialect::Ovid => format!("{text}.jn."),
            Dialect::PubMed => format!("\"{text}\"[ta]"),
            Dialect::Ebsco => format!("JN \"{text}\""),
            Dialect::Cochrane => return self.heading(),
        };
        (text, Expr::Value(Value::Journal(pieces)))
    }

    fn author(&mut self) -> Written {
        match self.dialect {
            Dialect::Ovid => {
                let name = self.random.text(NAMES);
                let (text, pieces) = self.begun(name, "$");
                (format!("{text}.au."), Expr::Value(Value::Name(pieces)))
            }
            Dialect::PubMed => {
                let family = self.random.text(&["smith", "muller", "oneill"]);
                let initials = self.random.text(&["", "j", "ja", "a", "k"]);
                (
                    format!("{family} {initials}").trim().to_owned() + "[au]",
                    Expr::Value(Value::Author(family.into(), initials.into())),
                )
            }
            _ => self.heading(),
        }
    }

    fn years(&mut self) -> Written {
        let from = self.random.between(1985, 2005) as i32;
        let to = from + self.random.below(8) as i32;
        let (only, range) = (Value::Years(Some(from), Some(from)), Value::Years(Some(from), Some(to)));
        let since = Value::Years(Some(from), None);
        let (text, value) = match (self.dialect, self.random.below(3)) {
            (Dialect::Ovid, 0) => (format!("{from}.yr."), only),
            (Dialect::Ovid, _) => (format!("\"{from}-{to}\".yr."), range),
            (Dialect::PubMed, 0) => (format!("{from}[dp]"), only),
            (Dialect::PubMed, 1) => (format!("{from}:{to}[dp]"), range),
            (Dialect::PubMed, _) => {
                (format!("\"{from}/01/01\"[Date - Publication] : \"3000\"[Date - Publication]"), since)
            }
            (Dialect::Ebsco, 0) => (format!("PY {from}"), only),
            (Dialect::Ebsco, _) => (format!("DT {from}-{to}"), range),
            (Dialect::Cochrane, _) => return self.heading(),
        };
        (text, Expr::Value(value))
    }

    fn heading(&mut self) -> Written {
        let heading = self.random.text(HEADINGS);
        let (sub, short) = *self.random.pick(SUBDIVISIONS);
        if self.random.chance(12) {
            let text = match self.dialect {
                Dialect::Ovid => format!("{sub}.fs."),
                Dialect::PubMed => format!("{}[sh]", self.random.text(&[sub, short])),
                Dialect::Ebsco => return self.heading(),
                Dialect::Cochrane => format!("[mh /{}]", short.to_uppercase()),
            };
            return (text, Expr::Value(Value::Subdivision(sub.into())));
        }
        if self.random.chance(12) && matches!(self.dialect, Dialect::Ovid | Dialect::Cochrane) {
            // Two subdivisions are alternatives.
            let (other, second) = *self.random.pick(SUBDIVISIONS);
            let text = match self.dialect {
                Dialect::Ovid => format!("{heading}/{short}{}{second}", self.random.text(&[",", ", "])),
                _ => format!("[mh \"{heading}\"/{},{}]", short.to_uppercase(), second.to_uppercase()),
            };
            let name = vec![Piece::Letters(words(heading).join(" "))];
            let with = |s: &str| Value::Heading { name: name.clone(), subdivision: Some(s.into()), major: false };
            return (text, Expr::Any(vec![with(sub), with(other)]));
        }
        let major = self.random.chance(25);
        let exploded = self.random.chance(50);
        let with = self.random.chance(25);
        let mark = |on: bool, text: &'static str| if on { text } else { "" };
        let code = if self.random.chance(50) { short.to_uppercase() } else { short.to_owned() };
        let qualifier = if with { format!("/{code}") } else { String::new() };
        let quote = if self.random.chance(50) { "\"" } else { "" };
        let text = match self.dialect {
            Dialect::Ovid if !with && !major && !exploded && self.random.chance(40) => {
                let (text, pieces) = self.begun(heading, "$");
                return (format!("{text}.sh."), Expr::Value(Value::Heading { name: pieces, subdivision: None, major }));
            }
            Dialect::Ovid => {
                let slash = if with { short.to_owned() } else { String::new() };
                format!("{}{}{quote}{heading}{quote}/{slash}", mark(exploded, "exp "), mark(major, "*"))
            }
            Dialect::PubMed => {
                let tag = if major { "majr" } else { "mh" };
                format!("{quote}{heading}{qualifier}{quote}[{tag}{}]", mark(!exploded, ":noexp"))
            }
            Dialect::Ebsco => {
                let code = if major { "MM" } else { self.random.text(&["MH", "DE"]) };
                format!("{code} \"{heading}{}{qualifier}\"", mark(exploded, "+"))
            }
            Dialect::Cochrane if self.random.chance(30) && !major => {
                let tail = if exploded { "explode all trees" } else { "this term only" };
                let tail = if with {
                    format!("{tail} and with qualifier(s): [{sub} - {}]", short.to_uppercase())
                } else {
                    tail.into()
                };
                format!("MeSH descriptor: [{heading}] {tail}")
            }
            Dialect::Cochrane => {
                format!("[mh {}\"{heading}\"{qualifier}{}]", mark(!exploded, "^"), mark(major, "[mj]"))
            }
        };
        let name = vec![Piece::Letters(words(heading).join(" "))];
        let subdivision = with.then(|| sub.to_owned());
        (text, Expr::Value(Value::Heading { name, subdivision, major }))
    }

    /// A line of a strategy that restricts another.
    pub(crate) fn limit(&mut self) -> Option<Written> {
        if self.dialect != Dialect::Ovid || self.lines == 0 {
            return None;
        }
        let line = self.random.below(self.lines);
        let from = self.random.between(1985, 2005) as i32;
        let to = from + self.random.below(8) as i32;
        let (item, value) = match self.random.below(6) {
            0 => (format!("yr=\"{from} -Current\""), Value::Years(Some(from), None)),
            1 => (format!("yr={from}"), Value::Years(Some(from), Some(from))),
            2 => (format!("(yr=\"{from} - {to}\")"), Value::Years(Some(from), Some(to))),
            3 => ("english language".into(), Value::Language("en".into())),
            4 => ("humans".into(), Value::Everything),
            _ => (format!("(humans and yr=\"{from}-{to}\")"), Value::Years(Some(from), Some(to))),
        };
        let parts = vec![Expr::Line(line), Expr::Value(value)];
        Some((format!("limit {} to {item}", line + 1), Expr::Flat(parts, vec![Op::And])))
    }
}
