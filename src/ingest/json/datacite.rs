//! DataCite's metadata: the attributes of the REST API, or the schema as plain JSON.
//!
//! Not kept: the DOI's parts, states and time stamps, counts of views and citations, the client and provider, other formats
//! of the same data (`xml`, `types.bibtex`, …), identifiers of persons.

use serde_json::{Map, Value};

use super::members::{inner, keep, list, member, of, text};
use crate::ingest::{exchange, values};
use crate::record::Record;

pub(super) fn record(object: Map<String, Value>) -> Result<Record, String> {
    let object = match object.get("attributes") {
        Some(Value::Object(attributes)) if !object.contains_key("titles") => attributes.clone(),
        _ => object,
    };
    let mut r = Record::default();
    for (key, value) in &object {
        match key.as_str() {
            "id" | "type" | "prefix" | "suffix" | "state" | "created" | "registered" | "updated" | "published"
            | "isActive" | "xml" | "schemaVersion" | "metadataVersion" | "source" | "reason" | "viewCount"
            | "viewsOverTime" | "downloadCount" | "downloadsOverTime" | "referenceCount" | "citationCount"
            | "citationsOverTime" | "partCount" | "partOfCount" | "versionCount" | "versionOfCount" | "contentUrl"
            | "client" | "provider" | "clientId" | "providerId" | "agency" | "references" | "citations" | "parts"
            | "partOf" | "versions" | "versionOf" | "media" | "publicationYear" | "mode" | "event" | "creators"
            | "relationships" | "landingPage" => {}
            "titles" => titles(&mut r, value),
            "doi" => exchange::add_doi(&mut r, &text(value)),
            "url" => exchange::add_url(&mut r, &text(value)),
            "publisher" => {
                let name = if value.is_object() { of(value, "name") } else { text(value) };
                values::push_new(&mut r.publisher, exchange::line(&name));
            }
            "contributors" => people(&mut r, value),
            "dates" => {}
            "language" => exchange::add_language(&mut r, &text(value)),
            "types" => types(&mut r, value),
            "resourceType" => exchange::note(&mut r, "Type", &text(value)),
            "subjects" => list(value).for_each(|s| {
                let subject = if s.is_object() { of(s, "subject") } else { text(s) };
                values::push_new(&mut r.subjects, exchange::line(&subject));
            }),
            "descriptions" => list(value).for_each(|d| description(&mut r, d)),
            "container" => container(&mut r, value),
            "relatedItems" => list(value).for_each(|item| related_item(&mut r, item)),
            "relatedIdentifiers" => list(value).for_each(|i| {
                let label = exchange::label(&of(i, "relationType"));
                let label = if label.is_empty() { "Related".to_owned() } else { label };
                exchange::note(&mut r, &label, &of(i, "relatedIdentifier"));
            }),
            "identifiers" | "alternateIdentifiers" => list(value).for_each(|i| {
                let kind = [of(i, "identifierType"), of(i, "alternateIdentifierType")].concat();
                let text = [of(i, "identifier"), of(i, "alternateIdentifier")].concat();
                match kind.to_lowercase().as_str() {
                    "doi" => exchange::add_doi(&mut r, &text),
                    "isbn" => exchange::add_isbns(&mut r, &text),
                    "issn" | "eissn" => exchange::add_issns(&mut r, &text),
                    "pmid" => exchange::add_pmid(&mut r, &text),
                    "pmcid" => exchange::add_pmcid(&mut r, &text),
                    "url" => exchange::add_url(&mut r, &text),
                    _ => exchange::note(&mut r, if kind.is_empty() { "Identifier" } else { &kind }, &text),
                }
            }),
            "identifier" => {
                exchange::add_doi(&mut r, &if value.is_object() { of(value, "identifier") } else { text(value) })
            }
            "rightsList" => list(value).for_each(|rights| {
                let statement = [of(rights, "rights"), of(rights, "rightsUri")].into_iter().find(|t| !t.is_empty());
                match (&r.rights, statement) {
                    (None, statement) => r.rights = statement.map(|s| exchange::line(&s)),
                    (Some(_), Some(other)) => exchange::note(&mut r, "Rights", &other),
                    _ => {}
                }
            }),
            "sizes" => {
                let sizes: Vec<String> =
                    list(value).map(|s| exchange::line(&text(s))).filter(|s| !s.is_empty()).collect();
                r.extent = sizes.first().cloned();
                sizes.iter().skip(1).for_each(|s| exchange::note(&mut r, "Extent", s));
            }
            "version" => exchange::note(&mut r, "Version", &text(value)),
            "fundingReferences" => list(value).for_each(|f| {
                let award = [of(f, "awardNumber"), of(f, "awardTitle")]
                    .into_iter()
                    .filter(|t| !t.is_empty())
                    .collect::<Vec<_>>();
                let award = if award.is_empty() { String::new() } else { format!(" ({})", award.join(", ")) };
                exchange::note(&mut r, "Funder", &format!("{}{award}", of(f, "funderName")));
            }),
            _ => keep(&mut r, key, value),
        }
    }
    creators(&mut r, object.get("creators"));
    dates(&mut r, object.get("dates"), &member(&object, "publicationYear"));
    exchange::finished(r)
}

fn titles(r: &mut Record, value: &Value) {
    let kind = |t: &Value| of(t, "titleType").to_lowercase();
    let title = |t: &Value| if t.is_object() { of(t, "title") } else { text(t) };
    let main = list(value).find(|t| kind(t).is_empty()).or_else(|| list(value).next());
    let subtitle = list(value).find(|t| kind(t) == "subtitle");
    if let Some(main) = main {
        exchange::set_title(r, &title(main), &subtitle.map(title).unwrap_or_default());
    }
    for other in list(value).filter(|t| main != Some(t) && subtitle != Some(t)) {
        values::push_new(&mut r.alternative_titles, exchange::title(&title(other)));
    }
}

fn name(person: &Value) -> String {
    let (family, given) = (of(person, "familyName"), of(person, "givenName"));
    if !family.is_empty() && of(person, "nameType") != "Organizational" {
        return exchange::name(&family, &given, "");
    }
    let name = [of(person, "name"), of(person, "creatorName"), of(person, "contributorName")].concat();
    match of(person, "nameType").as_str() {
        "Organizational" => exchange::line(&name),
        _ => values::person(&exchange::line(&name)),
    }
}

fn add(r: &mut Record, person: &Value, role: Option<&str>) {
    exchange::add_creator(r, name(person), role);
    for affiliation in person.get("affiliation").into_iter().flat_map(list) {
        let name = if affiliation.is_object() { of(affiliation, "name") } else { text(affiliation) };
        exchange::note(r, "Affiliation", &name);
    }
}

fn creators(r: &mut Record, value: Option<&Value>) {
    let contributors = std::mem::take(&mut r.creators);
    value.into_iter().flat_map(list).for_each(|person| add(r, person, None));
    r.creators.extend(contributors);
}

fn people(r: &mut Record, value: &Value) {
    for person in list(value) {
        let kind = of(person, "contributorType");
        let role = match kind.as_str() {
            "Editor" => Some("edt"),
            "Translator" => Some("trl"),
            "DataCollector" | "DataCurator" | "DataManager" => Some("dtm"),
            "Distributor" => Some("dst"),
            "HostingInstitution" => Some("his"),
            "ProjectLeader" | "ProjectManager" => Some("pdr"),
            "ProjectMember" | "Researcher" | "WorkPackageLeader" => Some("res"),
            "Sponsor" | "Funder" => Some("spn"),
            "Supervisor" => Some("ths"),
            "RightsHolder" => Some("cph"),
            "Producer" => Some("pro"),
            "ContactPerson" | "RegistrationAgency" | "RegistrationAuthority" | "RelatedPerson" => {
                exchange::note(r, &exchange::label(&kind), &name(person));
                continue;
            }
            _ => Some("ctb"),
        };
        add(r, person, role);
    }
}

fn dates(r: &mut Record, value: Option<&Value>, year: &str) {
    r.year = values::year(year);
    for date in value.into_iter().flat_map(list) {
        let (kind, text) = (of(date, "dateType"), of(date, "date"));
        match kind.as_str() {
            "Issued" | "Published" if r.date.is_none() => values::set_date(r, &text),
            "Available" | "Created" | "Submitted" | "Updated" | "Accepted" | "Valid" | "Withdrawn" => {}
            "Issued" => {}
            _ => exchange::note(r, &exchange::label(&kind), &text),
        }
    }
    if r.year.is_none() {
        let other = value.into_iter().flat_map(list).find_map(|d| values::year(&of(d, "date")));
        r.year = other;
    }
}

fn types(r: &mut Record, value: &Value) {
    let specific = of(value, "resourceType");
    let general = of(value, "resourceTypeGeneral");
    let known = match general.as_str() {
        "Text" | "Other" | "" => values::item_type(&specific),
        "ConferenceProceeding" => Some("book"),
        "Journal" => Some("periodical"),
        "PeerReview" => Some("review"),
        "Standard" => Some("standard"),
        "Collection" => Some("collection"),
        "OutputManagementPlan" | "ProjectPlan" => Some("document"),
        general => values::item_type(general),
    };
    let citeproc = of(value, "citeproc");
    let citeproc =
        Some(citeproc).filter(|c| !matches!(c.as_str(), "" | "article")).and_then(|c| super::csl::item_type(&c));
    r.item_type = known.map(str::to_owned).or(citeproc).or_else(|| Some("document".into()));
    if !specific.is_empty() && values::item_type(&specific) != known {
        exchange::note(r, "Type", &specific);
    }
}

fn description(r: &mut Record, value: &Value) {
    let text = if value.is_object() { of(value, "description") } else { text(value) };
    match of(value, "descriptionType").as_str() {
        "Abstract" | "" => exchange::add_abstract(r, &text),
        "SeriesInformation" => values::push_new(&mut r.series, exchange::line(&text)),
        "TableOfContents" => exchange::note(r, "Contents", &text),
        "Other" => exchange::note(r, "Note", &text),
        other => exchange::note(r, &exchange::label(other), &text),
    }
}

fn container(r: &mut Record, value: &Value) {
    let some = |key: &str| Some(exchange::line(&of(value, key))).filter(|t| !t.is_empty());
    let title = some("title").unwrap_or_default();
    let is_series =
        of(value, "type").to_lowercase().contains("series") && some("volume").is_none() && some("firstPage").is_none();
    if is_series {
        values::push_new(&mut r.series, title);
        return;
    }
    let issn = values::issn(&of(value, "identifier"));
    let container = exchange::container(r);
    container.title = title;
    container.volume = some("volume");
    container.issue = some("issue");
    container.pages = match (some("firstPage"), some("lastPage")) {
        (Some(first), Some(last)) => Some(exchange::pages(&format!("{first}-{last}"))),
        (first, last) => first.or(last),
    };
    container.issn = issn;
}

/// The journal or book, in newer versions of the schema.
fn related_item(r: &mut Record, item: &Value) {
    let title =
        item.get("titles").into_iter().flat_map(|t| inner(t, "titles")).map(|t| of(t, "title")).find(|t| !t.is_empty());
    let title = exchange::line(&title.unwrap_or_default());
    if of(item, "relationType") != "IsPublishedIn" || r.container.as_ref().is_some_and(|c| !c.title.is_empty()) {
        exchange::note(r, &exchange::label(&of(item, "relationType")), &title);
        return;
    }
    let mut value = item.clone();
    if let Some(object) = value.as_object_mut() {
        object.insert("title".into(), Value::String(title));
        object.insert("type".into(), Value::Null);
        object.insert("identifier".into(), Value::Null);
    }
    container(r, &value);
}
