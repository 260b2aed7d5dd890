//! What is particular to the imports and exports of Bulkrax, which fills Hyku and Hyrax repositories.

/// Whether a header is one of Bulkrax.
pub(super) fn is_header(names: &[String]) -> bool {
    let has = |wanted: &[&str]| {
        names.iter().any(|n| wanted.iter().any(|w| n.trim().trim_start_matches('\u{feff}').eq_ignore_ascii_case(w)))
    };
    has(&[
        "model",
        "source_identifier",
        "has_model",
        "work_type",
        "bulkrax_identifier",
        "rights_statement",
        "file",
        "files",
    ]) && !has(&["Key", "Item Type"])
}

/// Why a row is no work, when its model says so.
pub(super) fn not_a_work(model: &str) -> Option<&'static str> {
    let model: String = model.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let model = model.strip_prefix("hyrax").unwrap_or(&model);
    match model.strip_suffix("resource").filter(|m| !m.is_empty()).unwrap_or(model) {
        "collection" | "collections" | "adminset" | "administrativeset" | "pcdmcollection" => {
            Some("a collection of the repository, not a work")
        }
        "fileset" | "file" | "filesets" => Some("a file of a work, not a work"),
        _ => None,
    }
}

/// The values of a cell: bars and semicolons separate.
pub(super) fn values(cell: &str) -> Vec<&str> {
    cell.split(['|', ';']).map(str::trim).filter(|v| !v.is_empty()).collect()
}
