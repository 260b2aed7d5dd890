//! The flags of `thesaurus`, and those of other commands that name a thesaurus.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// The thesaurus that an index is to have.
#[derive(Debug, Args)]
pub(crate) struct Thesauri {
    /// Join the thesaurus in FILE (a table, or SKOS in Turtle) to commlit's; may be repeated. The index keeps it. `shipped`
    /// alone goes back to commlit's
    #[arg(long, value_name = "FILE")]
    pub(crate) thesaurus: Vec<PathBuf>,
    /// Take the thesauri of --thesaurus in place of commlit's
    #[arg(long, requires = "thesaurus")]
    pub(crate) thesaurus_only: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ThesaurusArgs {
    #[command(subcommand)]
    pub(crate) command: ThesaurusCommand,
}

/// Without --thesaurus they speak of the thesaurus of the index, and of commlit's where there is no index.
#[derive(Debug, Subcommand)]
pub(crate) enum ThesaurusCommand {
    /// Show the concepts that have a label: its other labels, years and nations, what is broader, narrower, related, later
    Show(ThesaurusShowArgs),
    /// List concepts, one a line: label, years, nations, id, separated by tabs
    List(ThesaurusListArgs),
    /// Tell what is wrong with thesauri, with file and line; without a file, with the thesaurus of the index
    Check(ThesaurusCheckArgs),
    /// Write the thesaurus as a table or as SKOS
    Export(ThesaurusExportArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ThesaurusShowArgs {
    /// A label of any kind, or the id of a concept
    #[arg(required = true, value_name = "LABEL")]
    pub(crate) label: Vec<String>,
    #[command(flatten)]
    pub(crate) thesauri: Thesauri,
    /// Print the concepts as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ThesaurusListArgs {
    /// Only concepts with a label in which all these words begin words
    #[arg(value_name = "WORD")]
    pub(crate) words: Vec<String>,
    /// Only what was in force or in use in a year
    #[arg(long, value_name = "YEAR")]
    pub(crate) year: Option<i32>,
    /// Only what belongs to a nation
    #[arg(long, value_name = "NATION")]
    pub(crate) nation: Option<String>,
    #[command(flatten)]
    pub(crate) thesauri: Thesauri,
    /// Print the concepts as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ThesaurusCheckArgs {
    /// Tables, or SKOS in Turtle; they are verified as they are when joined to commlit's
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Verify the files as they are in place of commlit's
    #[arg(long, requires = "files")]
    pub(crate) thesaurus_only: bool,
    /// Print the findings as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ThesaurusExportArgs {
    /// What to write
    #[arg(long, value_enum, default_value = "tsv")]
    pub(crate) format: ThesaurusFormat,
    #[command(flatten)]
    pub(crate) thesauri: Thesauri,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ThesaurusFormat {
    /// A table, as --thesaurus reads it
    Tsv,
    /// SKOS in Turtle
    Ttl,
}
