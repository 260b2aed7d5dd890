//! Facets: values with bars, years as a histogram, and how to see what is not shown.

use commlit::search::{Facet, FacetField, FacetValue, NONE, Variant};

use super::results::grouped;
use super::text::{Look, Style, paragraph, printable, shortened, width};

/// How the values that are not shown can be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum More {
    /// By pages: `--offset`.
    Pages,
    /// By asking for more of them: `--facet FIELD:N`.
    Larger,
}

/// How many values `--facet` is said to take; there may be thousands.
const MOST_ADVISED: usize = 100;

/// Facets with bars; years as a histogram.
pub(crate) fn facets(facets: &[Facet], more: More, style: Style) -> String {
    let mut out = String::new();
    for facet in facets.iter().filter(|f| !f.values.is_empty() || f.offset > 0 && f.distinct > 0) {
        let name = facet.field.name();
        out.push_str(&style.paint(Look::Title, name));
        out.push_str(&style.paint(Look::Quiet, &hidden(facet, more)));
        out.push('\n');
        match facet.field {
            FacetField::Year => out.push_str(&histogram(&facet.values, style)),
            _ => out.push_str(&bars(&facet.values, style)),
        }
    }
    out
}

/// How many values are not shown, and how to see them.
fn hidden(facet: &Facet, more: More) -> String {
    let (name, distinct) = (facet.field.name(), facet.distinct);
    let given = facet.values.iter().filter(|v| v.value != NONE).count();
    if facet.offset > 0 && given == 0 {
        return format!("  (no more: {} in all)", grouped(distinct as u64));
    }
    // What is filtered by is shown though it comes after the page.
    let beyond = (facet.offset + given + facet.more).saturating_sub(distinct);
    let n = facet.more.saturating_sub(beyond);
    let values = if n == 1 { "value" } else { "values" };
    match more {
        _ if n == 0 => String::new(),
        More::Pages => {
            format!("  ({} more {values}; go on with --offset {})", grouped(n as u64), distinct - facet.more)
        }
        More::Larger => {
            format!("  ({} more {values}; --facet {name}:{})", grouped(n as u64), distinct.min(MOST_ADVISED))
        }
    }
}

const BAR: usize = 16;

fn bars(values: &[FacetValue], style: Style) -> String {
    let longest = values.iter().map(|v| v.count).max().unwrap_or(0).max(1);
    let room = style.width.unwrap_or(100).saturating_sub(BAR + 14).clamp(20, 60);
    let names: Vec<String> = values.iter().map(|v| shortened(&printable(&v.value), room)).collect();
    let column = names.iter().map(|n| width(n)).max().unwrap_or(0);
    let mut out = String::new();
    for (value, name) in values.iter().zip(&names) {
        let pad = " ".repeat(column - width(name));
        let name = if value.selected { style.paint(Look::Selected, name) } else { name.clone() };
        let mark = if value.selected { '*' } else { ' ' };
        let bar = bar(value.count, longest);
        let line = format!(" {mark}{name}{pad} {:>7}  {bar}", grouped(value.count));
        out.push_str(line.trim_end());
        out.push('\n');
        if !value.variants.is_empty() {
            out.push_str(&paragraph(&variants(&value.variants), &[], Some(Look::Quiet), 6, style));
        }
    }
    out
}

/// The printed forms of a value.
fn variants(variants: &[Variant]) -> String {
    let forms: Vec<String> = variants.iter().map(|v| format!("{} ({})", v.value, grouped(v.count))).collect();
    forms.join(" · ")
}

/// A bar in eighths of a column.
fn bar(count: u64, longest: u64) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    if count == 0 {
        return String::new();
    }
    let eighths = ((count as f64 / longest as f64) * (BAR * 8) as f64).round().max(1.0) as usize;
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

/// One column a year (or a few years, where they would not fit), gaps shown as gaps.
fn histogram(values: &[FacetValue], style: Style) -> String {
    const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    // What has no year stands in no column.
    let (years, without) = match values.split_last() {
        Some((last, years)) if last.value == NONE => (years, bars(std::slice::from_ref(last), style)),
        _ => (values, String::new()),
    };
    let counts: Vec<(i64, u64)> = years.iter().filter_map(|v| Some((v.value.parse().ok()?, v.count))).collect();
    let (Some((first, _)), Some((last, _))) = (counts.first(), counts.last()) else { return without };
    let columns = style.width.unwrap_or(100).saturating_sub(16).clamp(20, 80) as i64;
    let span = last - first + 1;
    let step = [1, 2, 5, 10, 20, 50, 100].into_iter().find(|s| span / s < columns).unwrap_or(span / columns + 1);
    let start = first.div_euclid(step) * step;
    let mut sums = vec![0_u64; usize::try_from((last - start) / step + 1).unwrap_or(1)];
    for (year, count) in &counts {
        if let Some(sum) = usize::try_from((year - start) / step).ok().and_then(|i| sums.get_mut(i)) {
            *sum += count;
        }
    }
    let peak = sums.iter().copied().max().unwrap_or(1).max(1);
    let at_peak = sums.iter().position(|s| *s == peak).unwrap_or(0) as i64 * step + start;
    let drawn: String = sums
        .iter()
        .map(|n| match n {
            0 => ' ',
            n => LEVELS[((n * 8).div_ceil(peak) as usize).clamp(1, 8) - 1],
        })
        .collect();
    let each = if step > 1 { format!(", a column is {step} years") } else { String::new() };
    let peak_years = if step > 1 { format!("{at_peak}-{}", at_peak + step - 1) } else { at_peak.to_string() };
    let most = format!("most: {} in {peak_years}{each}{}", grouped(peak), selected(years));
    format!("  {start} {drawn} {last}\n  {}\n{without}", style.paint(Look::Quiet, &most))
}

/// The years that are selected, those in a row together.
fn selected(values: &[FacetValue]) -> String {
    let runs = values.chunk_by(|a, b| a.selected == b.selected).filter(|run| run[0].selected);
    let runs: Vec<String> = runs
        .map(|run| match run {
            [first, .., last] => format!("{}-{}", first.value, last.value),
            [only] => only.value.clone(),
            [] => String::new(),
        })
        .collect();
    if runs.is_empty() { String::new() } else { format!("; selected: {}", runs.join(", ")) }
}
