//! The flags of every command.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

mod thesaurus;

pub(crate) use self::thesaurus::{
    Thesauri, ThesaurusArgs, ThesaurusCheckArgs, ThesaurusCommand, ThesaurusFormat, ThesaurusListArgs,
};

/// Full-text search for commissioning literature: saved pages, dumps and exports in, ranked passages and facets out.
#[derive(Debug, Parser)]
#[command(name = "commlit", version, max_term_width = 100, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// The folder of the index
    #[arg(long, global = true, value_name = "DIR", env = "COMMLIT_INDEX", default_value = ".commlit")]
    pub(crate) index: PathBuf,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Read files and folders, extract records, merge and index them
    Ingest(IngestArgs),
    /// Read files and folders and print their records as JSON lines, without an index
    Extract(ExtractArgs),
    /// Find records: ranked passages and facets
    Search(SearchArgs),
    /// Show one record
    Show(ShowArgs),
    /// Run a search strategy of numbered lines, count every line, and show the records of the last
    Strategy(StrategyArgs),
    /// Write a query or a strategy in another query language
    Translate(TranslateArgs),
    /// Tell why a record matches a query, part by part, or why it does not
    Why(WhyArgs),
    /// Look into the thesaurus, verify one, write it out
    Thesaurus(ThesaurusArgs),
    /// Write all records that match in a citation format, or as references in a style
    Export(ExportArgs),
    /// Ask many queries and write a TREC run, with the time they took
    Run(RunArgs),
    /// Count records by facet
    Facets(FacetsArgs),
    /// Show figures of the index
    Stats(ReportArgs),
    /// Verify the index, and list what was set aside when it was made
    Check(ReportArgs),
}

#[derive(Debug, Args)]
pub(crate) struct IngestArgs {
    /// Files and folders
    #[arg(required_unless_present = "authorities", value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Remove records of files below the given paths that are no longer there
    #[arg(long)]
    pub(crate) prune: bool,
    /// Throw the index away first and make it anew
    #[arg(long)]
    pub(crate) rebuild: bool,
    /// Read COLUMN of tables as FIELD (title, creators, year, abstract, …; `ignore` leaves it out); may be repeated
    #[arg(long, value_name = "COLUMN=FIELD")]
    pub(crate) map: Vec<String>,
    /// About how much memory to take, in megabytes (64 at least), however much there is to read
    #[arg(long, value_name = "MB", default_value_t = 512, value_parser = memory)]
    pub(crate) memory: usize,
    #[command(flatten)]
    pub(crate) thesauri: Thesauri,
    /// Keep this list of publishers and places that are the same (field, variant, preferred form, parted by tabs) with the
    /// index; an empty file takes it back
    #[arg(long, value_name = "FILE")]
    pub(crate) authorities: Option<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExtractArgs {
    /// Files and folders
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Read COLUMN of tables as FIELD (title, creators, year, abstract, …; `ignore` leaves it out); may be repeated
    #[arg(long, value_name = "COLUMN=FIELD")]
    pub(crate) map: Vec<String>,
}

/// What is asked, shared by the commands that ask.
#[derive(Debug, Args)]
pub(crate) struct Restrictions {
    /// Only records whose FIELD has VALUE, as a facet shows it, (none) for those without one; repeat for alternatives within
    /// a field, and for further fields that must hold too
    #[arg(long, value_name = "FIELD=VALUE")]
    pub(crate) filter: Vec<String>,
    /// Only records published in these years, both included: 1994..2000, 1994.., ..2000 or 1997
    #[arg(long, value_name = "FROM..TO", allow_hyphen_values = true)]
    pub(crate) year: Option<String>,
    /// The language the query is written in
    #[arg(long, value_enum, default_value = "plain")]
    pub(crate) syntax: Syntax,
    #[command(flatten)]
    pub(crate) expand: ExpandArgs,
}

/// What the thesaurus may add, shared by the commands that ask.
#[derive(Debug, Args)]
pub(crate) struct ExpandArgs {
    /// What the thesaurus adds to words of plain syntax outside quotation marks
    #[arg(long, value_enum, default_value = "near")]
    pub(crate) expand: Expand,
    /// Look for the words as they are, the same as --expand nothing
    #[arg(long, conflicts_with = "expand")]
    pub(crate) no_expand: bool,
    /// Look for everything narrower too, the same as --expand narrower
    #[arg(long, conflicts_with_all = ["expand", "no_expand"])]
    pub(crate) explode: bool,
}

impl ExpandArgs {
    /// What is added where the query language allows so much.
    pub(crate) fn of(&self, allowed: commlit::search::Expand) -> commlit::search::Expand {
        use commlit::search::Expand as Added;
        match self.expand {
            _ if allowed == Added::Nothing || self.no_expand => Added::Nothing,
            _ if self.explode => Added::Narrower,
            Expand::Nothing => Added::Nothing,
            Expand::Same => Added::Same,
            Expand::Near => Added::Near,
            Expand::Narrower => Added::Narrower,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Expand {
    /// Nothing
    Nothing,
    /// Other names of the same thing: primary care trust and PCT
    Same,
    /// Those, and near-synonyms at a reduced weight: purchasing and commissioning
    Near,
    /// Those, and everything narrower: commissioning organisation and clinical commissioning group
    Narrower,
}

#[derive(Debug, Args)]
pub(crate) struct SearchArgs {
    /// Words; "a phrase"; AND, OR, NOT, + and -; field:word, year:1994..2000, word*; * alone for every record
    #[arg(value_name = "QUERY", allow_hyphen_values = true, required_unless_present = "more_like")]
    pub(crate) query: Option<String>,
    /// Further words of the query, where it was not put in quotation marks
    #[arg(value_name = "WORD", hide = true)]
    pub(crate) more: Vec<String>,
    /// Records like this one, by its most telling words; a QUERY restricts them
    #[arg(long, value_name = "ID")]
    pub(crate) more_like: Option<String>,
    /// Let the words of the best records make the order again (RM3), from so many RECORDS, so many WORDS, and with this
    /// WEIGHT of the query
    #[arg(long, value_name = "RECORDS,WORDS,WEIGHT", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub(crate) feedback: Option<String>,
    /// First bring the index up to date with this file or folder; may be repeated
    #[arg(long, value_name = "PATH")]
    pub(crate) corpus: Vec<PathBuf>,
    /// With --corpus: the thesaurus that the index is to have, as for ingest; may be repeated
    #[arg(long, value_name = "FILE", requires = "corpus")]
    pub(crate) thesaurus: Vec<PathBuf>,
    /// Take the thesauri of --thesaurus in place of commlit's
    #[arg(long, requires = "thesaurus")]
    pub(crate) thesaurus_only: bool,
    #[command(flatten)]
    pub(crate) restrictions: Restrictions,
    /// Count the values of FIELD and show the N most frequent; may be repeated; `none` for no facets
    #[arg(long, value_name = "FIELD[:N]")]
    pub(crate) facet: Vec<String>,
    /// Count records without a value too, as (none)
    #[arg(long)]
    pub(crate) missing: bool,
    /// How many records to show
    #[arg(long, short = 'n', value_name = "N", default_value_t = 10)]
    pub(crate) limit: usize,
    /// How many records to pass over first
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) offset: usize,
    /// How many passages to show a record
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(crate) passages: usize,
    /// The order of the records
    #[arg(long, value_enum, default_value = "relevance")]
    pub(crate) sort: SortOrder,
    /// What to print
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: SearchFormat,
    /// For --format reference: a built-in style (apa, vancouver, …) or a CSL file [default: harvard-cite-them-right]
    #[cfg(feature = "styles")]
    #[arg(long, value_name = "STYLE")]
    pub(crate) style: Option<String>,
    /// Print the answer as JSON, the same as --format json
    #[arg(long, conflicts_with = "format")]
    pub(crate) json: bool,
    /// Say of each record what its score is made of
    #[arg(long)]
    pub(crate) explain: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The id of a record, as a search shows it
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Print the record in a citation format
    #[arg(long, value_enum)]
    pub(crate) format: Option<ExportFormat>,
    /// For --format reference: a built-in style (apa, vancouver, …) or a CSL file [default: harvard-cite-them-right]
    #[cfg(feature = "styles")]
    #[arg(long, value_name = "STYLE")]
    pub(crate) style: Option<String>,
    /// Print the record as JSON
    #[arg(long, conflicts_with = "format")]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// What to export, as for search; * for every record
    #[arg(required = true, value_name = "QUERY")]
    pub(crate) query: Vec<String>,
    #[command(flatten)]
    pub(crate) restrictions: Restrictions,
    /// The order of the records; references are in the order of their style
    #[arg(long, value_enum, default_value = "relevance")]
    pub(crate) sort: SortOrder,
    /// What to write [default: ris, or reference where a style is given]
    #[arg(long, value_enum)]
    pub(crate) format: Option<ExportFormat>,
    /// For --format reference: a built-in style (apa, vancouver, …) or a CSL file [default: harvard-cite-them-right]
    #[cfg(feature = "styles")]
    #[arg(long, value_name = "STYLE")]
    pub(crate) style: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct FacetsArgs {
    /// The fields to count, each with the number of values to show; all of them where none is named
    #[arg(value_name = "FIELD[:N]")]
    pub(crate) fields: Vec<String>,
    /// Count among the records that match this query
    #[arg(long, value_name = "QUERY", default_value = "*", allow_hyphen_values = true)]
    pub(crate) query: String,
    #[command(flatten)]
    pub(crate) restrictions: Restrictions,
    /// How many values of each field to pass over first
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) offset: usize,
    /// Only values of which a word begins so; capitals and diacritics do not matter
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    pub(crate) prefix: String,
    /// Count records without a value too, as (none)
    #[arg(long)]
    pub(crate) missing: bool,
    /// Show which printed forms of a publisher or place are counted together
    #[arg(long)]
    pub(crate) variants: bool,
    /// Print the counts as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct WhyArgs {
    /// The record's id
    pub(crate) id: String,
    /// The query
    #[arg(long, allow_hyphen_values = true, required_unless_present = "strategy")]
    pub(crate) query: Option<String>,
    /// A line of the strategy in this file instead of a query
    #[arg(long, value_name = "FILE", conflicts_with = "query")]
    pub(crate) strategy: Option<PathBuf>,
    /// The number of the line; the last one if not given
    #[arg(long, value_name = "N", requires = "strategy", conflicts_with = "query")]
    pub(crate) line: Option<u32>,
    /// The language of the query (plain if not given) or of the strategy (guessed if not given)
    #[arg(long, value_enum)]
    pub(crate) syntax: Option<Syntax>,
    #[command(flatten)]
    pub(crate) expand: ExpandArgs,
    /// Print the answer as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct StrategyArgs {
    /// The file; - for standard input
    pub(crate) file: PathBuf,
    /// The language of its lines; guessed if not given
    #[arg(long, value_enum)]
    pub(crate) syntax: Option<Syntax>,
    /// Only say what looks wrong or doubtful
    #[arg(long)]
    pub(crate) check: bool,
    /// Show the records of this line instead of the last one
    #[arg(long, value_name = "N")]
    pub(crate) line: Option<u32>,
    /// How many records to show
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) limit: usize,
    /// How many records to pass over first
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) offset: usize,
    /// The form of the answer
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: StrategyFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StrategyFormat {
    /// A table of lines and counts, then records
    Text,
    /// Everything, for programs
    Json,
    /// A line of the table a line of the strategy
    Csv,
    /// What a systematic review reports of a search (PRISMA-S): database, date, versions, every line with its count
    Report,
}

#[derive(Debug, Args)]
pub(crate) struct TranslateArgs {
    /// The query
    #[arg(allow_hyphen_values = true)]
    pub(crate) query: Option<String>,
    /// A strategy instead of a query; - for standard input
    #[arg(long, value_name = "FILE", conflicts_with = "query")]
    pub(crate) strategy: Option<PathBuf>,
    /// The language it is written in
    #[arg(long, value_enum)]
    pub(crate) from: Syntax,
    /// The language to write it in
    #[arg(long, value_enum)]
    pub(crate) to: Syntax,
}

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// The queries: an id, a tab and a query a line
    #[arg(long, value_name = "FILE")]
    pub(crate) queries: PathBuf,
    /// Where the run is written; standard output if not given
    #[arg(long, value_name = "RUN")]
    pub(crate) out: Option<PathBuf>,
    /// The language the queries are written in
    #[arg(long, value_enum, default_value = "plain")]
    pub(crate) syntax: Syntax,
    #[command(flatten)]
    pub(crate) expand: ExpandArgs,
    /// How many records a query
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(crate) limit: usize,
    /// Count this facet for every query too, FIELD or FIELD:N; repeat for several
    #[arg(long, value_name = "FIELD", visible_alias = "facets")]
    pub(crate) facet: Vec<String>,
    /// Let the words of the best records make the order again, and find further records where any word is enough (RM3)
    #[arg(long, value_name = "RECORDS,WORDS,WEIGHT", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub(crate) feedback: Option<String>,
    /// Choose so many passages a record too
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) passages: usize,
    /// Print what it took as JSON on standard output
    #[arg(long, requires = "out")]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// Print the report as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Syntax {
    /// What one types into a search box
    Plain,
    /// Ovid: commission$.ti,ab. adj3 …, exp Contract Services/, or/1-5
    Ovid,
    /// PubMed: commission*[tiab] AND "Contract Services"[mh]
    #[value(name = "pubmed")]
    PubMed,
    /// EBSCOhost: TI commission* N3 service*, MH "Contract Services+"
    Ebsco,
    /// Cochrane Library: (commission* NEAR/3 service*):ti,ab
    Cochrane,
}

impl From<Syntax> for commlit::query::Syntax {
    fn from(syntax: Syntax) -> Self {
        match syntax {
            Syntax::Plain => commlit::query::Syntax::Plain,
            Syntax::Ovid => commlit::query::Syntax::Ovid,
            Syntax::PubMed => commlit::query::Syntax::PubMed,
            Syntax::Ebsco => commlit::query::Syntax::Ebsco,
            Syntax::Cochrane => commlit::query::Syntax::Cochrane,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SortOrder {
    /// Best first
    Relevance,
    /// Latest year first
    Newest,
    /// Earliest year first
    Oldest,
    /// By title
    Title,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SearchFormat {
    /// For reading
    Text,
    /// The whole answer as one JSON object
    Json,
    /// One hit a line as JSON
    Jsonl,
    /// One hit a row, with a header
    Csv,
    /// A TREC run: query, Q0, id, rank, score, run
    Trec,
    /// RIS
    Ris,
    /// BibTeX
    Bibtex,
    /// CSL-JSON
    CslJson,
    /// EndNote XML
    EndnoteXml,
    /// References in a style
    #[cfg(feature = "styles")]
    Reference,
    /// References in a style, as HTML
    #[cfg(feature = "styles")]
    ReferenceHtml,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// RIS
    Ris,
    /// BibTeX
    Bibtex,
    /// CSL-JSON
    CslJson,
    /// EndNote XML
    EndnoteXml,
    /// One record a row, with a header
    Csv,
    /// One record a line as JSON, as extract prints them
    Jsonl,
    /// References in a style
    #[cfg(feature = "styles")]
    Reference,
    /// References in a style, as HTML
    #[cfg(feature = "styles")]
    ReferenceHtml,
}

impl From<SortOrder> for commlit::search::Sort {
    fn from(order: SortOrder) -> Self {
        match order {
            SortOrder::Relevance => Self::Relevance,
            SortOrder::Newest => Self::Newest,
            SortOrder::Oldest => Self::Oldest,
            SortOrder::Title => Self::Title,
        }
    }
}

impl ExportFormat {
    /// Whether a style decides what it looks like.
    pub(crate) fn is_reference(self) -> bool {
        match self {
            #[cfg(feature = "styles")]
            ExportFormat::Reference | ExportFormat::ReferenceHtml => true,
            _ => false,
        }
    }
}

impl SearchFormat {
    /// The format of records, for those that say nothing of the search.
    pub(crate) fn of_records(self) -> Option<ExportFormat> {
        match self {
            SearchFormat::Ris => Some(ExportFormat::Ris),
            SearchFormat::Bibtex => Some(ExportFormat::Bibtex),
            SearchFormat::CslJson => Some(ExportFormat::CslJson),
            SearchFormat::EndnoteXml => Some(ExportFormat::EndnoteXml),
            #[cfg(feature = "styles")]
            SearchFormat::Reference => Some(ExportFormat::Reference),
            #[cfg(feature = "styles")]
            SearchFormat::ReferenceHtml => Some(ExportFormat::ReferenceHtml),
            SearchFormat::Text | SearchFormat::Json | SearchFormat::Jsonl | SearchFormat::Csv | SearchFormat::Trec => {
                None
            }
        }
    }
}

// Without the styles there is no flag for one.
macro_rules! style_of {
    ($($args:ty),*) => {$(
        impl $args {
            /// The style of references that is asked for.
            pub(crate) fn style(&self) -> Option<&str> {
                #[cfg(feature = "styles")]
                return self.style.as_deref();
                #[cfg(not(feature = "styles"))]
                None
            }
        }
    )*};
}
style_of!(SearchArgs, ShowArgs, ExportArgs);

/// Megabytes of memory that an ingest gets along with.
fn memory(text: &str) -> Result<usize, String> {
    match text.parse::<usize>() {
        Ok(megabytes @ 64..=1_000_000) => Ok(megabytes),
        _ => Err("not a number of megabytes from 64".into()),
    }
}
