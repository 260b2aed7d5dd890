//! PubMed and MEDLINE XML: `PubmedArticleSet` as efetch, the baseline files and PubMed's "Save" have it, bare articles and
//! citations, books and their chapters, and the escaped XML of the old "XML" display.
//!
//! Headings keep NLM's mark for a major topic as a trailing `*`, one heading for every qualifier. Left out as housekeeping:
//! dates of processing, status, owner and subset, NLM's numbers for journals, headings and substances, publisher item
//! identifiers, and citations of other works (reference lists). Deleted citations are no records, and nothing lost.

use super::clean;
use super::scan::{Inside, Records, cut as cut_records};
use super::tree::{Element, with_entities};
use super::{Prologue, decode, read_records, read_text};
use crate::ingest::{Cut, Item, values};
use crate::record::{Container, Creator, Record};

const RECORDS: Records = Records {
    names: &["PubmedArticle", "PubmedBookArticle"],
    bare: &["MedlineCitation", "BookDocument"],
    inside: Inside::Damage,
};

/// Whether the text begins like PubMed XML.
pub fn recognises(text: &str) -> bool {
    Prologue::of(text).is_some_and(|prologue| match prologue.root {
        "PubmedArticleSet" | "PubmedArticle" | "PubmedBookArticleSet" | "PubmedBookArticle" => true,
        "MedlineCitationSet" | "MedlineCitation" => true,
        "pre" => is_escaped(text),
        _ => false,
    })
}

/// PubMed's old display of XML was a page with the markup escaped.
fn is_escaped(text: &str) -> bool {
    let head = text.get(..2000).unwrap_or(text);
    head.contains("&lt;PubmedArticle") && !head.contains("<PubmedArticle")
}

/// Reads articles and book chapters; `first` is the number of the first.
pub fn read(bytes: &[u8], first: usize, emit: &mut dyn FnMut(Item)) {
    let head = bytes.get(..2000).unwrap_or(bytes);
    if head.starts_with(b"<") && is_escaped(&String::from_utf8_lossy(head)) {
        let text = decode(bytes);
        return read_text(&with_entities(&text), first, &RECORDS, convert, emit);
    }
    read_records(bytes, first, &RECORDS, convert, emit);
}

/// Cuts after the last whole record.
pub fn cut(bytes: &[u8]) -> Option<Cut> {
    cut_records(bytes, &RECORDS)
}

/// A record from any of the elements that are one.
pub(super) fn convert(root: Element<'_>) -> Result<Option<Record>, String> {
    let record = match root.name() {
        "PubmedBookArticle" => root.child("BookDocument").map(|book| book_document(book, root.child("PubmedBookData"))),
        "BookDocument" => Some(book_document(root, None)),
        "MedlineCitation" => Some(citation(root, None)),
        _ => root.child("MedlineCitation").map(|c| citation(c, root.child("PubmedData"))),
    };
    let record = record.ok_or("a PubMed record without a citation")?;
    if record.title.is_empty() && record.abstract_text.is_none() && record.pmid.is_none() {
        return Err("a PubMed record without title, abstract and identifier".into());
    }
    Ok(Some(clean::finished(record)))
}

fn citation(citation: Element<'_>, data: Option<Element<'_>>) -> Record {
    let mut r = Record { container: Some(Container::default()), ..Record::default() };
    r.pmid = citation.text_of("PMID").as_deref().and_then(values::pmid);
    if let Some(article) = citation.child("Article") {
        titles(&mut r, article);
        if let Some(journal) = article.child("Journal") {
            journal_of(&mut r, journal);
        }
        pagination(&mut r, article);
        for location in article.all("ELocationID") {
            identifier(&mut r, &location.attribute("EIdType").unwrap_or_default(), &location.text());
        }
        text_and_people(&mut r, article);
        electronic_date(&mut r, article);
        item_type(&mut r, article, "article-journal");
        data_banks(&mut r, article);
    }
    if let Some(journal) = citation.child("MedlineJournalInfo") {
        let abbreviation = journal.text_of("MedlineTA").unwrap_or_default();
        abbreviated_title(&mut r, &abbreviation);
        clean::note(&mut r, "Country of publication", &journal.text_of("Country").unwrap_or_default());
        clean::add_issn(&mut r, &journal.text_of("ISSNLinking").unwrap_or_default());
    }
    subjects(&mut r, citation);
    remarks(&mut r, citation);
    if let Some(data) = data {
        for id in data.path(&["ArticleIdList"]).iter().flat_map(|list| list.all("ArticleId")) {
            identifier(&mut r, &id.attribute("IdType").unwrap_or_default(), &id.text());
        }
    }
    r
}

fn titles(r: &mut Record, article: Element<'_>) {
    let given = article.text_of("ArticleTitle").unwrap_or_default();
    // A title in brackets is NLM's translation; the full stop stands outside or inside of them.
    let bare = given.trim_end_matches('.');
    match bare.strip_prefix('[').and_then(|t| t.strip_suffix(']')).filter(|t| !t.contains(['[', ']'])) {
        Some(translated) => r.title = clean::title(translated),
        None => r.title = clean::title(&given),
    }
    for vernacular in article.all("VernacularTitle") {
        let vernacular = clean::title(&vernacular.text());
        if r.title.is_empty() {
            r.title = vernacular;
        } else if vernacular != r.title {
            values::push_new(&mut r.alternative_titles, vernacular);
        }
    }
}

fn journal_of(r: &mut Record, journal: Element<'_>) {
    let title = values::title(&journal.text_of("Title").unwrap_or_default());
    if let Some(container) = &mut r.container {
        container.title = title.strip_suffix('.').unwrap_or(&title).to_owned();
    }
    abbreviated_title(r, &journal.text_of("ISOAbbreviation").unwrap_or_default());
    for issn in journal.all("ISSN") {
        clean::add_issn(r, &issn.text());
    }
    if let Some(issue) = journal.child("JournalIssue") {
        if let Some(container) = &mut r.container {
            container.volume = issue.text_of("Volume");
            container.issue = issue.text_of("Issue");
        }
        if let Some(date) = issue.child("PubDate").and_then(date) {
            values::set_date(r, &date);
        }
    }
}

/// The abbreviation stands for the title where there is none, and is a note where it differs from it.
fn abbreviated_title(r: &mut Record, abbreviation: &str) {
    let letters = |s: &str| s.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let known = r
        .notes
        .iter()
        .any(|n| n.strip_prefix("Journal abbreviation: ").is_some_and(|n| letters(n) == letters(abbreviation)));
    let container = r.container.get_or_insert_default();
    if container.title.is_empty() {
        container.title = abbreviation.to_owned();
    } else if letters(&container.title) != letters(abbreviation) && !known {
        clean::note(r, "Journal abbreviation", abbreviation);
    }
}

/// A date as printed: the parts that are there, or NLM's free form.
fn date(element: Element<'_>) -> Option<String> {
    if let Some(free) = element.text_of("MedlineDate") {
        return Some(free);
    }
    let month = element.text_of("Month").or_else(|| element.text_of("Season"));
    clean::date(element.text_of("Year"), month, element.text_of("Day"))
}

fn electronic_date(r: &mut Record, article: Element<'_>) {
    for element in article.all("ArticleDate") {
        let Some(date) = date(element) else { continue };
        if r.year.is_none() {
            values::set_date(r, &date);
        } else {
            clean::note(r, "Published electronically", &date);
        }
    }
}

fn pagination(r: &mut Record, article: Element<'_>) {
    let Some(pagination) = article.child("Pagination") else { return };
    let pages = pagination
        .text_of("MedlinePgn")
        .map(|pages| clean::pages(&pages))
        .or_else(|| clean::page_range(pagination.text_of("StartPage"), pagination.text_of("EndPage")));
    r.container.get_or_insert_default().pages = pages.filter(|p| !p.is_empty());
}

fn identifier(r: &mut Record, kind: &str, value: &str) {
    match kind {
        "doi" => clean::add_doi(r, value),
        "pubmed" if r.pmid.is_none() => r.pmid = values::pmid(value),
        "pmc" | "pmcid" if r.pmcid.is_none() => r.pmcid = values::pmcid(value),
        "mid" => clean::note(r, "Manuscript", value),
        "bookaccession" => clean::note(r, "Bookshelf", value),
        _ => {}
    }
}

/// What articles and book chapters have in common.
fn text_and_people(r: &mut Record, article: Element<'_>) {
    if let Some(element) = article.child("Abstract") {
        r.abstract_text = Some(abstract_of(element)).filter(|text| !text.is_empty());
        r.rights = element.text_of("CopyrightInformation");
        let text = r.abstract_text.as_deref().unwrap_or("");
        r.truncated = text.ends_with("WORDS)") && text.contains("(ABSTRACT TRUNCATED AT");
    }
    for language in article.all("Language") {
        clean::add_language(r, &language.text());
    }
    for list in article.all("AuthorList") {
        let role = list.has("Type", "editors").then(|| "edt".to_owned());
        for author in list.all("Author") {
            person(r, author, role.clone());
        }
    }
    for grant in article.path(&["GrantList"]).iter().flat_map(|list| list.all("Grant")) {
        let parts = ["GrantID", "Agency", "Country"].map(|name| grant.text_of(name));
        clean::note(r, "Grant", &parts.into_iter().flatten().collect::<Vec<_>>().join(", "));
    }
}

fn abstract_of(element: Element<'_>) -> String {
    let mut parts = Vec::new();
    for part in element.all("AbstractText") {
        let text = part.text();
        match part.attribute("Label").filter(|label| !label.eq_ignore_ascii_case("unlabelled")) {
            Some(label) if !text.is_empty() => parts.push(format!("{}: {text}", label.trim_end_matches([':', ' ']))),
            _ => parts.push(text),
        }
    }
    values::paragraphs(parts.iter().map(String::as_str))
}

fn person_name(author: Element<'_>) -> Option<String> {
    let body = author.text_of("CollectiveName").map(|name| match name.strip_suffix('.') {
        // The stop of the printed list, unless it is an abbreviation's.
        Some(bare) if !bare.ends_with(['.', ' ']) && bare.rsplit(' ').next().is_some_and(|word| word.len() > 4) => {
            bare.to_owned()
        }
        _ => name,
    });
    body.or_else(|| {
        let given =
            author.text_of("ForeName").or_else(|| author.text_of("FirstName")).or_else(|| author.text_of("Initials"));
        clean::name(author.text_of("LastName"), given, author.text_of("Suffix"))
    })
}

fn person(r: &mut Record, author: Element<'_>, role: Option<String>) {
    let Some(name) = person_name(author) else { return };
    for identifier in author.all("Identifier") {
        let label = identifier.attribute("Source").unwrap_or_else(|| "Identifier".into());
        clean::note(r, &label, &format!("{name} {}", identifier.text()));
    }
    let places =
        author.all("AffiliationInfo").flat_map(|info| info.all("Affiliation")).chain(author.all("Affiliation"));
    for place in places {
        clean::note(r, "Affiliation", &place.text());
    }
    let creator = Creator { name, role };
    if !r.creators.contains(&creator) {
        r.creators.push(creator);
    }
}

/// The kind of work, from its publication types; those that say more than that become notes.
fn item_type(r: &mut Record, article: Element<'_>, otherwise: &str) {
    let types: Vec<String> = article
        .all("PublicationTypeList")
        .flat_map(|list| list.all("PublicationType"))
        .chain(article.all("PublicationType"))
        .map(Element::text)
        .collect();
    let special = types.iter().find_map(|t| match t.as_str() {
        "Newspaper Article" => Some("article-newspaper"),
        "Preprint" => Some("article"),
        "Dataset" => Some("dataset"),
        "Academic Dissertation" => Some("thesis"),
        "Legislation" => Some("legislation"),
        "Technical Report" | "Government Publication" if otherwise == "book" => Some("report"),
        _ => None,
    });
    r.item_type = Some(special.unwrap_or(otherwise).to_owned());
    for kind in types.iter().filter(|t| !matches!(t.as_str(), "Journal Article" | "Newspaper Article" | "Preprint")) {
        clean::note(r, "Publication type", kind);
    }
}

fn data_banks(r: &mut Record, article: Element<'_>) {
    for bank in article.path(&["DataBankList"]).iter().flat_map(|list| list.all("DataBank")) {
        let name = bank.text_of("DataBankName").unwrap_or_default();
        for number in bank.path(&["AccessionNumberList"]).iter().flat_map(|list| list.all("AccessionNumber")) {
            clean::note(r, "Data bank", &format!("{name} {}", number.text()));
        }
    }
}

fn subjects(r: &mut Record, citation: Element<'_>) {
    let star = |element: Element<'_>| if element.has("MajorTopicYN", "Y") { "*" } else { "" };
    for heading in citation.path(&["MeshHeadingList"]).iter().flat_map(|list| list.all("MeshHeading")) {
        let Some(descriptor) = heading.child("DescriptorName").or_else(|| heading.child("Descriptor")) else {
            continue;
        };
        let main = format!("{}{}", descriptor.text(), star(descriptor));
        let mut qualified = false;
        for qualifier in heading.children().filter(|c| matches!(c.name(), "QualifierName" | "SubHeading")) {
            qualified = true;
            values::push_new(&mut r.subjects, format!("{main}/{}{}", qualifier.text(), star(qualifier)));
        }
        if !qualified {
            values::push_new(&mut r.subjects, main);
        }
    }
    for name in citation.path(&["SupplMeshList"]).iter().flat_map(|list| list.all("SupplMeshName")) {
        values::push_new(&mut r.subjects, name.text());
    }
    keywords(r, citation);
    for subject in citation.path(&["PersonalNameSubjectList"]).iter().flat_map(|list| list.all("PersonalNameSubject")) {
        values::push_new(&mut r.subjects, person_name(subject).unwrap_or_default());
    }
}

fn keywords(r: &mut Record, parent: Element<'_>) {
    for keyword in parent.all("KeywordList").flat_map(|list| list.all("Keyword")) {
        let keyword = keyword.text();
        values::push_new(&mut r.subjects, keyword.trim_end_matches(['.', ';', ',']).to_owned());
    }
}

/// What is said about the citation beside the article itself.
fn remarks(r: &mut Record, citation: Element<'_>) {
    for other in citation.all("OtherAbstract") {
        let text = abstract_of(other);
        if r.abstract_text.is_none() && !text.is_empty() {
            r.abstract_text = Some(text);
        } else {
            let kind = other.attribute("Language").or_else(|| other.attribute("Type")).unwrap_or_default();
            clean::note(r, &format!("Abstract ({kind})"), &text);
        }
    }
    for id in citation.all("OtherID").map(Element::text) {
        if let Some(pmcid) = id.split(' ').next().and_then(values::pmcid)
            && r.pmcid.is_none()
        {
            r.pmcid = Some(pmcid);
        }
    }
    for chemical in citation.path(&["ChemicalList"]).iter().flat_map(|list| list.all("Chemical")) {
        clean::note(r, "Substance", &chemical.text_of("NameOfSubstance").unwrap_or_default());
    }
    for gene in citation.path(&["GeneSymbolList"]).iter().flat_map(|list| list.all("GeneSymbol")) {
        clean::note(r, "Gene symbol", &gene.text());
    }
    for comment in citation.path(&["CommentsCorrectionsList"]).iter().flat_map(|list| list.all("CommentsCorrections")) {
        let kind = comment.attribute("RefType").unwrap_or_default();
        if kind != "Cites" {
            let pmid = comment.text_of("PMID").map(|p| format!(" PMID {p}")).unwrap_or_default();
            let source = format!("{}{pmid}", comment.text_of("RefSource").unwrap_or_default());
            clean::note(r, &clean::label(&kind), source.trim());
        }
    }
    for investigator in citation.path(&["InvestigatorList"]).iter().flat_map(|list| list.all("Investigator")) {
        clean::note(r, "Investigator", &person_name(investigator).unwrap_or_default());
    }
    for (element, label) in [
        ("GeneralNote", "Note"),
        ("SpaceFlightMission", "Space flight mission"),
        ("NumberOfReferences", "References"),
        ("CoiStatement", "Conflict of interest"),
    ] {
        for found in citation.all(element) {
            clean::note(r, label, &found.text());
        }
    }
}

fn book_document(document: Element<'_>, data: Option<Element<'_>>) -> Record {
    let mut r = Record { container: Some(Container::default()), ..Record::default() };
    r.pmid = document.text_of("PMID").as_deref().and_then(values::pmid);
    titles(&mut r, document);
    text_and_people(&mut r, document);
    let book_title = document.path(&["Book", "BookTitle"]).map(|t| clean::title(&t.text())).unwrap_or_default();
    let is_chapter = !r.title.is_empty() && r.title != book_title;
    if is_chapter {
        r.container.get_or_insert_default().title = book_title;
    } else {
        r.title = book_title;
    }
    item_type(&mut r, document, if is_chapter { "chapter" } else { "book" });
    if let Some(book) = document.child("Book") {
        book_of(&mut r, book, is_chapter);
    }
    pagination(&mut r, document);
    keywords(&mut r, document);
    if let Some(date) = document.child("ContributionDate").and_then(date) {
        clean::note(&mut r, "Contribution date", &date);
    }
    if let Some(date) = document.child("DateRevised").and_then(date) {
        clean::note(&mut r, "Revised", &date);
    }
    for label in document.all("LocationLabel") {
        let kind = label.attribute("Type").unwrap_or_else(|| "Location".into());
        clean::note(&mut r, &clean::label(&kind), &label.text());
    }
    for section in
        document.path(&["Sections"]).iter().flat_map(|list| list.descendants().filter(|s| s.name() == "SectionTitle"))
    {
        clean::note(&mut r, "Section", &section.text());
    }
    let lists = [document.child("ArticleIdList"), data.and_then(|d| d.child("ArticleIdList"))];
    for id in lists.iter().flatten().flat_map(|list| list.all("ArticleId")) {
        identifier(&mut r, &id.attribute("IdType").unwrap_or_default(), &id.text());
    }
    r
}

fn book_of(r: &mut Record, book: Element<'_>, is_chapter: bool) {
    if let Some(publisher) = book.child("Publisher") {
        values::push_new(&mut r.publisher, publisher.text_of("PublisherName").unwrap_or_default());
        let place = publisher.text_of("PublisherLocation").unwrap_or_default();
        values::push_new(&mut r.place, crate::ingest::marc::punctuation::unwrapped(&place).to_owned());
    }
    let begun = || book.child("BeginningDate").and_then(date);
    if let Some(date) = book.child("PubDate").and_then(date).or_else(begun) {
        values::set_date(r, &date);
    }
    for list in book.all("AuthorList") {
        // The authors of a book are its editors for one who cites a chapter.
        let role = (is_chapter || list.has("Type", "editors")).then(|| "edt".to_owned());
        for author in list.all("Author") {
            person(r, author, role.clone());
        }
    }
    r.container.get_or_insert_default().volume = book.text_of("Volume");
    clean::note(r, "Volume title", &book.text_of("VolumeTitle").unwrap_or_default());
    r.edition = book.text_of("Edition");
    values::push_new(&mut r.series, book.text_of("CollectionTitle").unwrap_or_default());
    for isbn in book.all("Isbn") {
        clean::add_isbn(r, &isbn.text());
    }
    for location in book.all("ELocationID") {
        let doi = location.text();
        if r.doi.is_none() && !is_chapter {
            clean::add_doi(r, &doi);
        } else {
            clean::note(r, "Book", &doi);
        }
    }
    clean::note(r, "Report number", &book.text_of("ReportNumber").unwrap_or_default());
    clean::note(r, "Medium", &book.text_of("Medium").unwrap_or_default());
}
