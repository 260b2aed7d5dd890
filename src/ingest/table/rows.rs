//! Rows of a table by byte ranges, and where to go on when quotation marks have swallowed some.

use csv::{ByteRecord, Reader, ReaderBuilder};

/// A longer row is taken for damage: a quotation mark that does not close.
const LONGEST_ROW: usize = 4 * 1024 * 1024;

pub(super) enum Status {
    Whole,
    /// As many cells, where the header has another number.
    Ragged(usize),
    Damaged,
}

pub(super) struct Row {
    pub(super) end: usize,
    pub(super) status: Status,
}

/// The rows after the header, empty ones left out.
pub(super) struct Rows<'b> {
    bytes: &'b [u8],
    delimiter: u8,
    width: usize,
    /// Where the reader's input begins.
    base: usize,
    reader: Reader<&'b [u8]>,
    cells: ByteRecord,
    quoting: bool,
    /// What may be read again after damage, so that the time stays that of the length.
    budget: usize,
}

impl<'b> Rows<'b> {
    pub(super) fn new(bytes: &'b [u8], start: usize, delimiter: u8, width: usize) -> Self {
        let reader = reader(bytes.get(start..).unwrap_or(&[]), delimiter, true);
        let budget = 16 * bytes.len() + 1024 * 1024;
        Rows { bytes, delimiter, width, base: start, reader, cells: ByteRecord::new(), quoting: true, budget }
    }

    /// The cells of the row that [`Rows::next`] has just given.
    pub(super) fn cells(&self) -> &ByteRecord {
        &self.cells
    }

    pub(super) fn next(&mut self) -> Option<Row> {
        loop {
            let (start, end) = self.read()?;
            if self.cells.iter().all(|cell| cell.trim_ascii().is_empty()) {
                continue;
            }
            let raw = &self.bytes[start..end];
            let extra = self.cells.iter().skip(self.width).any(|cell| !cell.trim_ascii().is_empty());
            let lines = raw.trim_ascii().contains(&b'\n');
            let odd = || raw.iter().filter(|b| **b == b'"').count() % 2 == 1;
            if self.quoting && lines && (extra || raw.len() > LONGEST_ROW || odd()) {
                let end = self.recover(start);
                return Some(Row { end, status: Status::Damaged });
            }
            let cells = self.cells.len();
            let ragged = extra || cells < self.width;
            return Some(Row { end, status: if ragged { Status::Ragged(cells) } else { Status::Whole } });
        }
    }

    /// Reads one row; its beginning and end.
    fn read(&mut self) -> Option<(usize, usize)> {
        // Reading from memory does not fail, and rows may have any number of cells.
        let read = self.reader.read_byte_record(&mut self.cells).unwrap_or(false);
        if !read {
            return None;
        }
        let place =
            |byte: u64| usize::try_from(byte).unwrap_or(usize::MAX).saturating_add(self.base).min(self.bytes.len());
        let mut start = place(self.cells.position().map_or(0, csv::Position::byte));
        let mut end = place(self.reader.position().byte()).max(start);
        start += self.bytes[start..end].iter().take_while(|b| matches!(b, b'\n' | b'\r')).count();
        // The reader stops between the two characters of a line end.
        if self.bytes.get(end) == Some(&b'\n') && end > 0 && self.bytes[end - 1] == b'\r' {
            end += 1;
        }
        Some((start, end))
    }

    /// Goes on at the next line with which a row of the header's width begins.
    fn recover(&mut self, damaged: usize) -> usize {
        let mut line = damaged;
        loop {
            let rest = &self.bytes[line..];
            let Some(next) =
                rest.iter().position(|b| *b == b'\n').map(|i| line + i + 1).filter(|n| *n < self.bytes.len())
            else {
                self.restart(self.bytes.len());
                return self.bytes.len();
            };
            line = next;
            self.restart(line);
            let Some((start, end)) = self.read() else { return self.bytes.len() };
            self.budget = self.budget.saturating_sub(end - line);
            if self.budget == 0 {
                self.quoting = false;
            }
            let odd = self.bytes[start..end].iter().filter(|b| **b == b'"').count() % 2 == 1;
            if self.cells.len() == self.width && !(self.quoting && odd) {
                self.restart(line);
                return line;
            }
        }
    }

    fn restart(&mut self, at: usize) {
        self.base = at;
        self.reader = reader(&self.bytes[at..], self.delimiter, self.quoting);
    }
}

fn reader(bytes: &[u8], delimiter: u8, quoting: bool) -> Reader<&[u8]> {
    ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .quoting(quoting)
        // A small buffer, for it is filled anew after every damage.
        .buffer_capacity(8 * 1024)
        .from_reader(bytes)
}

/// The cells of the first row and its length.
pub(super) fn first(bytes: &[u8], delimiter: u8) -> Option<(Vec<String>, usize)> {
    let mut reader = reader(bytes, delimiter, true);
    let mut cells = ByteRecord::new();
    if !reader.read_byte_record(&mut cells).ok()? {
        return None;
    }
    let mut len = usize::try_from(reader.position().byte()).ok()?.min(bytes.len());
    if bytes.get(len) == Some(&b'\n') && len > 0 && bytes[len - 1] == b'\r' {
        len += 1;
    }
    let mut names: Vec<String> = cells.iter().map(|c| String::from_utf8_lossy(c).trim().to_owned()).collect();
    // A separator at the end of the header makes no column.
    while names.last().is_some_and(String::is_empty) {
        names.pop();
    }
    Some((names, len))
}
