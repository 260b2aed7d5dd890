//! Writes the languages of ISO 639 as a table without pointers. The tables of the crate that knows them have some thirty thousand,
//! which a program has to set right whenever it starts: longer than a search takes.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let mut languages: Vec<_> = isolang::languages().map(|l| (l.to_639_3(), l.to_639_1(), l.to_name())).collect();
    languages.sort_unstable();
    let mut rows = String::new();
    let mut names = String::new();
    for (three, two, name) in &languages {
        let two = two.unwrap_or("\0\0");
        writeln!(rows, "    (*b{three:?}, *b{two:?}, {}, {}),", names.len(), name.len())?;
        names.push_str(name);
    }
    let mut by_two: Vec<usize> = (0..languages.len()).filter(|at| languages[*at].1.is_some()).collect();
    by_two.sort_unstable_by_key(|at| languages[*at].1);
    let mut by_name: Vec<usize> = (0..languages.len()).collect();
    by_name.sort_by_key(|at| languages[*at].2);
    let mut out = format!("static LANGUAGES: [Row; {}] = [\n{rows}];\n", languages.len());
    writeln!(out, "static NAMES: &str = {names:?};")?;
    writeln!(out, "static BY_TWO_LETTERS: [u16; {}] = {by_two:?};", by_two.len())?;
    writeln!(out, "static BY_NAME: [u16; {}] = {by_name:?};", by_name.len())?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("iso639.rs"), out)?;
    Ok(())
}
