//! Columns by name: what the exports of databases and tools call the fields of a record, and what a caller calls them.

use std::collections::HashSet;
use std::fmt;

use crate::ingest::exchange;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Field {
    /// The title of the work.
    Title,
    /// A subtitle.
    Subtitle,
    /// A translated, original or other title.
    AlternativeTitle,
    /// The abstract.
    Abstract,
    /// A description: the abstract where there is no other.
    Description,
    /// Full text.
    Body,
    /// Authors.
    Authors,
    /// Authors with full given names, better than [`Field::Authors`].
    FullAuthors,
    /// Editors.
    Editors,
    /// Translators.
    Translators,
    /// Other persons and bodies.
    Contributors,
    /// Bodies responsible.
    Bodies,
    /// The year of publication.
    Year,
    /// The date of publication.
    Date,
    /// The month, beside a year.
    Month,
    /// The day of the month, beside a month.
    Day,
    /// The journal or book the work stands in.
    Container,
    /// The abbreviated title of the journal.
    ContainerAbbreviation,
    /// Volume.
    Volume,
    /// Issue or number.
    Issue,
    /// Pages as a range.
    Pages,
    /// The first page.
    FirstPage,
    /// The last page.
    LastPage,
    /// An article number, in place of pages.
    ArticleNumber,
    /// Volume, issue, pages and date in one (`1997 Mar 1;314(7081):600-3`).
    Citation,
    /// Publishers.
    Publisher,
    /// Places of publication.
    Place,
    /// Series.
    Series,
    /// The number in the series.
    SeriesNumber,
    /// The edition.
    Edition,
    /// The number of pages, or the extent as printed.
    Extent,
    /// ISBN.
    Isbn,
    /// ISSN.
    Issn,
    /// DOI.
    Doi,
    /// PubMed identifier.
    Pmid,
    /// PubMed Central identifier.
    Pmcid,
    /// Any identifier; told by its form.
    Identifier,
    /// Addresses.
    Url,
    /// Subjects and keywords.
    Subjects,
    /// Languages.
    Languages,
    /// The kind of work.
    Type,
    /// Rights or licence.
    Rights,
    /// Who may see it.
    Access,
    /// A note, under the column's own name.
    Note,
    /// Housekeeping: not kept.
    Ignore,
}

impl Field {
    /// Whether a column of this field says something of a work.
    pub(super) fn is_known(self) -> bool {
        !matches!(self, Field::Note | Field::Ignore)
    }

    /// The field of a name as users write it: the record's own names and the usual ones (`journal`, `author`, `keywords`).
    pub fn from_name(name: &str) -> Option<Field> {
        let key = key(name);
        match key.as_str() {
            "note" | "notes" => Some(Field::Note),
            "ignore" | "none" | "" => Some(Field::Ignore),
            "container" => Some(Field::Container),
            "creators" => Some(Field::Authors),
            "alternativetitles" => Some(Field::AlternativeTitle),
            "bodies" => Some(Field::Bodies),
            _ => by_key(&key).filter(|f| f.is_known()),
        }
    }
}

/// Columns that a caller assigns to fields, by the names of the columns in the header; case, spaces and punctuation do not
/// count.
///
/// ```
/// use commlit::ingest::table::{Mapping, read_with};
///
/// let mut mapping = Mapping::default();
/// mapping.add("Signatur der Quelle=title")?;
/// mapping.add("Jahr=year")?;
/// let mut titles = Vec::new();
/// read_with(b"Signatur der Quelle,Jahr\nTotal purchasing,1997\n", 1, &mapping, &mut |item| {
///     titles.extend(item.content.ok().map(|record| (record.title, record.year)));
/// });
/// assert_eq!(titles, [("Total purchasing".to_owned(), Some(1997))]);
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    columns: Vec<Assigned>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Assigned {
    /// As the caller wrote it.
    column: String,
    key: String,
    field: Field,
}

impl Mapping {
    /// Adds an assignment `column=field`. The last equals sign divides.
    ///
    /// # Errors
    /// What is wrong with it, and the names of fields there are.
    pub fn add(&mut self, assignment: &str) -> Result<(), String> {
        let (column, field) =
            assignment.rsplit_once('=').ok_or_else(|| format!("`{assignment}` is not of the form column=field"))?;
        if column.trim().is_empty() {
            return Err(format!("`{assignment}` names no column"));
        }
        let field = Field::from_name(field.trim())
            .ok_or_else(|| format!("`{}` is no field; fields are: {FIELDS}", field.trim()))?;
        self.assign(column, field);
        Ok(())
    }

    /// Assigns a column to a field; a later assignment of the same column replaces an earlier one.
    pub fn assign(&mut self, column: &str, field: Field) {
        let key = key(column);
        self.columns.retain(|other| other.key != key);
        self.columns.push(Assigned { column: column.trim().to_owned(), key, field });
    }

    /// Whether nothing is assigned.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    fn get(&self, key: &str) -> Option<Field> {
        self.columns.iter().find(|assigned| assigned.key == key).map(|assigned| assigned.field)
    }

    /// The assigned columns that a header does not have, quoted.
    pub(super) fn missing(&self, header: &[Column]) -> Vec<String> {
        let keys: HashSet<String> = header.iter().map(|column| key(&column.name)).collect();
        self.columns.iter().filter(|a| !keys.contains(&a.key)).map(|a| format!("`{}`", a.column)).collect()
    }
}

const FIELDS: &str = "title, subtitle, alternative_titles, creators, editors, translators, contributors, year, date, container, \
volume, issue, pages, publisher, place, series, edition, extent, isbn, issn, doi, pmid, pmcid, url, abstract, body, subjects, \
languages, type, rights, access, note, ignore";

impl fmt::Display for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut each: Vec<String> = self.columns.iter().map(|a| format!("{}={:?}", a.key, a.field)).collect();
        each.sort();
        f.write_str(&each.join(", "))
    }
}

/// A column of a table.
pub(super) struct Column {
    /// As the header has it.
    pub(super) name: String,
    /// For notes.
    pub(super) label: String,
    pub(super) field: Field,
}

/// The columns of a header.
pub(super) fn columns(names: &[String], mapping: &Mapping) -> Vec<Column> {
    // Two letters are a tag only among others of their kind.
    let tags = names.iter().filter(|name| tag(name).is_some()).count();
    let tagged = tags >= 6 && tags * 3 >= names.len() * 2;
    // The British Library's exports name the first creator in columns of his own, and everybody in one.
    let all_names = names.iter().any(|name| key(name) == "allnames");
    let of_first_name = |key: &str| all_names && matches!(key, "name" | "datesassociatedwithname" | "typeofname");
    names
        .iter()
        .map(|name| {
            let key = key(name);
            let bare = key.trim_end_matches(|c: char| c.is_ascii_digit());
            let field = mapping
                .get(&key)
                .or_else(|| of_first_name(&key).then_some(Field::Ignore))
                .or_else(|| tag(name).filter(|_| tagged))
                .or_else(|| by_key(&key))
                // Bulkrax and others number the columns of a repeated field.
                .or_else(|| by_key(bare).filter(|_| bare.len() > 3))
                .unwrap_or(Field::Note);
            Column { name: name.trim_start_matches('\u{feff}').trim().to_owned(), label: exchange::label(name), field }
        })
        .collect()
}

/// A name without what differs between exports: case, spaces, punctuation, a byte-order mark.
fn key(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The two-letter tags of Web of Science.
fn tag(name: &str) -> Option<Field> {
    Some(match name.trim_start_matches('\u{feff}') {
        "TI" => Field::Title,
        "AU" | "BA" => Field::Authors,
        "AF" | "BF" => Field::FullAuthors,
        "BE" => Field::Editors,
        "CA" | "GP" => Field::Bodies,
        "SO" => Field::Container,
        "SE" | "BS" => Field::Series,
        "LA" => Field::Languages,
        "DT" => Field::Type,
        "DE" | "ID" => Field::Subjects,
        "AB" => Field::Abstract,
        "PU" => Field::Publisher,
        "PI" => Field::Place,
        "SN" | "EI" => Field::Issn,
        "BN" => Field::Isbn,
        "J9" | "JI" => Field::ContainerAbbreviation,
        "PY" => Field::Year,
        "PD" => Field::Month,
        "VL" => Field::Volume,
        "IS" => Field::Issue,
        "BP" => Field::FirstPage,
        "EP" => Field::LastPage,
        "AR" => Field::ArticleNumber,
        "DI" => Field::Doi,
        "PM" => Field::Pmid,
        "WC" | "SC" | "CT" | "CY" | "CL" | "SP" | "HO" | "C1" | "RP" | "EM" | "FU" | "FX" | "CR" | "PA" | "PN"
        | "SU" | "SI" | "MA" | "D2" | "OA" | "C3" => Field::Note,
        "PT" | "RI" | "OI" | "NR" | "TC" | "Z9" | "U1" | "U2" | "EA" | "PG" | "WE" | "GA" | "UT" | "HC" | "HP"
        | "DA" | "ER" => Field::Ignore,
        _ => return None,
    })
}

fn by_key(key: &str) -> Option<Field> {
    Some(match key {
        "title" | "titles" | "articletitle" | "documenttitle" | "primarytitle" | "t1" | "itemtitle" | "fulltitle"
        | "worktitle" | "titlename" | "booktitle1" | "reporttitle" | "titre" | "titel" | "título"
        | "publicationname1" | "titleproper" | "dctitle" | "bibliotitle" | "reftitle" | "studytitle" | "maintitle"
        | "displaytitle" => Field::Title,
        "subtitle" | "remainderoftitle" | "parallelsubtitle" => Field::Subtitle,
        "alternatetitle" | "alternativetitle" | "titlealternate" | "titlealternative" | "originaltitle"
        | "alttitle" | "foreigntitle" | "translatedtitle" | "titletranslated" | "uniformtitle"
        | "dctermsalternative" | "englishtitle" | "variantitle" | "varianttitle" => Field::AlternativeTitle,
        "abstract" | "abstracttext" | "abstractnote" | "abstracts" | "summary" | "notesabstract" | "n2"
        | "dctermsabstract" | "resume" | "résumé" => Field::Abstract,
        "description" | "dcdescription" | "descriptions" => Field::Description,
        "fulltext" | "body" | "text" | "alltext" | "extractedtext" => Field::Body,
        "authors" | "author" | "allnames" | "authornames" | "authorname" | "creator" | "creators" | "firstauthors"
        | "dccreator" | "primaryauthors" | "authorlist" | "allauthors" | "a1" | "authorsprimary" | "mainauthor"
        | "auteurs" | "autores" | "personalauthor" | "inventor" | "bookauthors" | "bookauthor" => Field::Authors,
        "authorfullnames"
        | "authorsfullnames"
        | "authorsfullname"
        | "fullauthornames"
        | "bookauthorfullnames"
        | "authorfullname" => Field::FullAuthors,
        "editors" | "editor" | "bookeditors" | "secondaryauthors" | "a2" | "editornames" => Field::Editors,
        "translator" | "translators" => Field::Translators,
        "contributor" | "contributors" | "dccontributor" | "otherauthors" | "additionalauthors" => Field::Contributors,
        "corporateauthor"
        | "corporateauthors"
        | "corporatename"
        | "groupauthors"
        | "organisationalauthor"
        | "bookgroupauthors"
        | "corpcreators"
        | "organisation"
        | "organization"
        | "institution1" => Field::Bodies,
        "year"
        | "publicationyear"
        | "publishedyear"
        | "pubyear"
        | "yearofpublication"
        | "datepublishedyear"
        | "py"
        | "yr"
        | "copyrightdate"
        | "copyrightyear"
        | "publicationdateyear"
        | "année"
        | "jahr"
        | "año" => Field::Year,
        "date" | "publicationdate" | "publisheddate" | "datepublished" | "dateissued" | "datecreated" | "issued"
        | "pubdate" | "dcdate" | "dateofpublication" | "entrydate1" | "datepublication" | "coverdate"
        | "publicationdates" | "dcdateissued" => Field::Date,
        "day" | "publicationday" => Field::Day,
        "publishedmonth" | "month" | "publicationmonth" => Field::Month,
        "journal" | "journalname" | "journaltitle" | "sourcetitle" | "publicationtitle" | "journalbook"
        | "containertitle" | "secondarytitle" | "t2" | "periodical" | "booktitle" | "publication" | "journalfull"
        | "alternatetitle3" | "sourcepublication" | "proceedingstitle" | "jf" | "jo" | "hosttitle" | "magazine"
        | "fulljournalname" | "journalbooktitle" => Field::Container,
        "journalabbreviation"
        | "abbreviatedsourcetitle"
        | "journalisoabbreviation"
        | "isoabbreviation"
        | "journalabbr"
        | "abbreviatedjournal"
        | "alternatetitle1"
        | "alternatetitle2"
        | "ta"
        | "shortjournal" => Field::ContainerAbbreviation,
        "volume" | "vol" | "journalvolume" | "vl" => Field::Volume,
        "issue" | "number" | "issuenumber" | "journalissue" | "no" => Field::Issue,
        "pages" | "page" | "pagination" | "pagerange" | "pagenumbers" | "pp" => Field::Pages,
        "pagestart" | "startpage" | "firstpage" | "beginningpage" | "sp" | "spage" | "startingpage" => Field::FirstPage,
        "pageend" | "endpage" | "lastpage" | "ep" | "epage" | "endingpage" => Field::LastPage,
        "artno" | "articlenumber" | "articleno" => Field::ArticleNumber,
        "citation" | "source" | "bibliographiccitation" => Field::Citation,
        "publisher" | "publishers" | "publishercode" | "publishername" | "dcpublisher" | "imprint" => Field::Publisher,
        "place" | "placepublished" | "placeofpublication" | "publicationplace" | "publishercity"
        | "publisherlocation" | "location" | "publicationcity" | "city" | "placepublication" | "cityofpublication" => {
            Field::Place
        }
        "series" | "seriestitle" | "bookseriestitle" | "seriesname" | "seriestext" | "collectiontitle" => Field::Series,
        "seriesnumber" | "seriesvolume" | "numberwithinseries" => Field::SeriesNumber,
        "edition" | "editionstatement" => Field::Edition,
        "extent"
        | "numpages"
        | "numberofpages"
        | "pagecount"
        | "physicaldescription"
        | "formatextent"
        | "dctermsextent"
        | "pagetotal" => Field::Extent,
        "isbn" | "isbns" | "isbn13" | "isbn10" | "eisbn" | "isbnprint" => Field::Isbn,
        "issn" | "eissn" | "issns" | "issnprint" | "issnonline" | "pissn" | "issneissn" => Field::Issn,
        "doi" | "digitalobjectidentifier" | "doilink" | "dois" | "itemdoi" | "doinumber" => Field::Doi,
        "pmid" | "pubmedid" | "pubmed" | "medlinepmid" | "pmidnumber" => Field::Pmid,
        "pmcid" | "pmc" | "pubmedcentralid" => Field::Pmcid,
        "identifier" | "identifiers" | "dcidentifier" | "accessionnumber" | "alternateidentifier" => Field::Identifier,
        "url" | "urls" | "link" | "links" | "weblink" | "openurllink" | "fulltexturl" | "uri" | "relatedurl"
        | "officialurl" | "linkurl" | "ur" | "articleurl" | "documenturl" | "identifieruri" | "pdflink" => Field::Url,
        "keywords"
        | "keyword"
        | "subjects"
        | "subject"
        | "authorkeywords"
        | "indexkeywords"
        | "keywordsplus"
        | "meshterms"
        | "mesh"
        | "meshheadings"
        | "subjectheadings"
        | "descriptors"
        | "manualtags"
        | "automatictags"
        | "tags"
        | "dcsubject"
        | "indexterms"
        | "emtreedrugindextermsmajorfocus"
        | "emtreedrugindexterms"
        | "emtreemedicalindextermsmajorfocus"
        | "emtreemedicalindexterms"
        | "subjectterms"
        | "topics"
        | "topic"
        | "themes"
        | "schlagworte"
        | "identifierkeywords"
        | "subjectkeywords"
        | "thesaurusterms"
        | "ieeeterms"
        | "inspeccontrolledterms"
        | "majorsubjects" => Field::Subjects,
        "language"
        | "languages"
        | "languageoforiginaldocument"
        | "lang"
        | "dclanguage"
        | "la"
        | "articlelanguage"
        | "originallanguage" => Field::Languages,
        "type" | "itemtype" | "contenttype" | "documentidentifier" | "typeofresource" | "documenttype"
        | "typeofreference" | "resourcetype" | "publicationtype" | "doctype" | "reftype" | "referencetype"
        | "genre" | "dctype" | "worktype" | "materialtype" | "typeofwork" => Field::Type,
        "rights" | "license" | "licence" | "rightsstatement" | "copyright" | "rightslicense" | "dcrights" => {
            Field::Rights
        }
        "visibility" | "access" | "accessrights" => Field::Access,
        // Housekeeping, see the module.
        "key"
        | "dateadded"
        | "datemodified"
        | "accessdate"
        | "citedby"
        | "timescitedwoscore"
        | "timescitedalldatabases"
        | "180dayusagecount"
        | "since2013usagecount"
        | "citedreferencecount"
        | "eid"
        | "uniquewosid"
        | "utuniquewosid"
        | "dateofexport"
        | "authorids"
        | "authorsid"
        | "researcherids"
        | "orcids"
        | "idsnumber"
        | "librarycatalog"
        | "createdate"
        | "firstauthor"
        | "recordid"
        | "id"
        | "biblionumber"
        | "biblioitemnumber"
        | "itemnumber"
        | "timestamp"
        | "covidence"
        | "covidencenumber"
        | "ref"
        | "study"
        | "rayyanid"
        | "fileattachments"
        | "linkattachments"
        | "attachments"
        | "sourceidentifier"
        | "model"
        | "parents"
        | "children"
        | "file"
        | "files"
        | "remotefiles"
        | "importeddate"
        | "hasmodel"
        | "work"
        | "fileset"
        | "parent"
        | "bulkraxidentifier"
        | "parentscolumn"
        | "authorsids"
        | "highlycitedstatus"
        | "hotpaperstatus"
        | "webofsciencerecord"
        | "publicationstage"
        | "coden"
        | "rownumber"
        | "visibilityduringembargo"
        | "visibilityafterembargo"
        | "visibilityduringlease"
        | "visibilityafterlease" => Field::Ignore,
        _ => return None,
    })
}
