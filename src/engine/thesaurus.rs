//! The thesaurus of an index: commlit's, or one of its own that is kept beside it.
//!
//! Records are tagged with concepts when they are written and queries are read with them later, so an index keeps the
//! thesaurus it was made with: only an empty one takes another. Its own is a file in its folder, whole or not there at all,
//! with a checksum in its first line; without the file it is the one that comes with the program, and the version file says
//! which that was.

use std::fs;
use std::io::ErrorKind::NotFound;
use std::path::Path;

use super::write::{lock, sync_dir, write_durably};
use super::{Engine, Version};
use crate::error::{Error, ErrorKind, Result};
use crate::identity::hash_text;
use crate::thesaurus::Thesaurus;

/// The name of the file.
pub(super) const FILE: &str = "thesaurus.tsv";
/// What stands before the checksum.
const HEAD: &str = "# The thesaurus of this index, kept by commlit; to change it, ingest with --rebuild --thesaurus. ";

/// A thesaurus that is an index's own.
#[derive(Debug)]
pub(super) struct Own {
    thesaurus: Thesaurus,
    sum: u64,
}

/// Reads the thesaurus of an index, where it has its own.
pub(super) fn load(dir: &Path) -> Result<Option<Own>> {
    let path = dir.join(FILE);
    let damaged = |cause: Box<dyn std::error::Error + Send + Sync>| {
        Error::new(ErrorKind::Thesaurus, format!("cannot read the thesaurus of the index, {}", path.display()))
            .with_source(cause)
            .at_path(&path)
    };
    let text = match fs::read_to_string(&path) {
        Err(e) if e.kind() == NotFound => return Ok(None),
        other => other.map_err(|e| damaged(e.into()))?,
    };
    let stated = text.strip_prefix(HEAD).and_then(|rest| rest.split_once('\n'));
    let (stated, table) = stated.ok_or_else(|| damaged("its first line is missing".into()))?;
    let sum = sum_of(table);
    if u64::from_str_radix(stated, 16) != Ok(sum) {
        return Err(damaged("its checksum does not hold".into()));
    }
    let thesaurus = Thesaurus::parse(table).map_err(|e| damaged(e.into()))?;
    Ok(Some(Own { thesaurus, sum }))
}

fn sum_of(table: &str) -> u64 {
    hash_text("table", table)
}

/// Removes the thesaurus of an index.
pub(super) fn forget(dir: &Path) -> Result<()> {
    let path = dir.join(FILE);
    match fs::remove_file(&path) {
        Err(e) if e.kind() == NotFound => Ok(()),
        other => other.map_err(|e| Error::io("remove", &path, e)).and_then(|()| sync_dir(dir)),
    }
}

impl Engine {
    /// The thesaurus that queries are read with and records are tagged with.
    pub(crate) fn thesaurus(&self) -> &Thesaurus {
        self.own.as_ref().map_or_else(|| Thesaurus::shipped(), |own| &own.thesaurus)
    }

    /// Whether the thesaurus is the index's own.
    pub(crate) fn has_own_thesaurus(&self) -> bool {
        self.own.is_some()
    }

    /// Whether the records were tagged with another version of the thesaurus that comes with the program.
    pub(crate) fn is_of_another_thesaurus(&self) -> bool {
        let then = || Version::read(&self.dir).ok().and_then(|version| version.thesaurus);
        self.own.is_none() && then().is_some_and(|then| Version::now().thesaurus.is_some_and(|now| then != now))
    }

    /// Gives the index a thesaurus. One that says something else of words than what it has is only taken by an empty index.
    pub(crate) fn set_thesaurus(&mut self, thesaurus: &Thesaurus) -> Result<()> {
        let table = thesaurus.to_table();
        let is_shipped = table == Thesaurus::shipped().to_table();
        let is_here = match &self.own {
            None => is_shipped && !self.is_of_another_thesaurus(),
            Some(own) => !is_shipped && own.sum == sum_of(&table),
        };
        if is_here {
            return Ok(());
        }
        let _lock = lock(&self.dir)?;
        self.reload()?;
        // What the file says is what counts, also where white space was lost on the way.
        let written = if is_shipped { None } else { Some(Thesaurus::parse(&table)?) };
        let says_the_same =
            written.as_ref().is_some_and(|t| self.own.is_some() && t.fingerprint() == self.thesaurus().fingerprint());
        if !says_the_same && self.figures()?.records > 0 {
            let which = if self.own.is_some() { "a thesaurus of its own" } else { "commlit's thesaurus" };
            let message = format!("the index in {} was made with {which}, and keeps it", self.dir.display());
            return Err(Error::new(ErrorKind::Thesaurus, message).at_path(&self.dir));
        }
        match written {
            Some(thesaurus) => {
                let sum = sum_of(&table);
                write_durably(&self.dir.join(FILE), format!("{HEAD}{sum:016x}\n{table}").as_bytes())?;
                self.own = Some(Own { thesaurus, sum });
            }
            None => {
                forget(&self.dir)?;
                self.own = None;
            }
        }
        Version::now().write(&self.dir)
    }

    /// What holds before records are written, once the lock is held: nobody has given the index another thesaurus since it was
    /// opened, and an empty one is of the present version.
    pub(super) fn settle_thesaurus(&self) -> Result<()> {
        if load(&self.dir)?.map(|own| own.sum) != self.own.as_ref().map(|own| own.sum) {
            let message = "another process has given the index another thesaurus";
            return Err(Error::new(ErrorKind::Locked, message).with_hint("do it again").at_path(&self.dir));
        }
        match self.figures()?.records {
            0 if self.is_of_another_thesaurus() => Version::now().write(&self.dir),
            _ => Ok(()),
        }
    }
}
