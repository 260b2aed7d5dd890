//! The draft at its end: what could only be decided with every field at hand.

use super::super::clean;
use super::{Draft, push_new};
use crate::ingest::values;
use crate::record::{Container, Creator, Record, TitleSource};

impl Draft {
    /// The record; `Err` with the reason where there is nothing that could be one.
    pub(in crate::ingest::tagged) fn finish(mut self) -> Result<Record, String> {
        self.finish_title();
        self.finish_creators();
        self.finish_date();
        self.finish_container();
        for (label, list) in std::mem::take(&mut self.joined) {
            self.note(label, &list.join("; "));
        }
        let mut record = self.record;
        let text = values::paragraphs(self.abstracts.iter().flat_map(|text| text.split("\n\n")));
        if !text.is_empty() {
            record.truncated = clean::is_cut_off(&text);
            record.abstract_text = Some(text);
        }
        record.alternative_titles.retain(|title| *title != record.title);
        // Some exports repeat the place as a second publisher.
        if record.publisher.len() > 1 && record.place.len() == 1 {
            record.publisher.retain(|publisher| !record.place.contains(publisher));
        }
        let identifiers = [("DOI", &record.doi), ("PMID", &record.pmid), ("PMCID", &record.pmcid)];
        let named = identifiers.iter().find_map(|(label, id)| id.as_ref().map(|id| format!("{label} {id}")));
        if record.title.is_empty()
            && record.abstract_text.is_none()
            && record.notes.is_empty()
            && let Some(name) = named
        {
            // Nothing but an identifier still names a work that can be looked up.
            record.title = name;
            record.title_source = Some(TitleSource::Derived);
            return Ok(record);
        }
        if record.title.is_empty() && record.abstract_text.is_none() && record.notes.is_empty() {
            return Err("a record without a title or any text".into());
        }
        Ok(record)
    }

    fn finish_title(&mut self) {
        let mut title = String::new();
        let mut first = "";
        for (i, (tag, text)) in self.titles.iter().enumerate() {
            if i >= 20 {
                push_new(&mut self.record.alternative_titles, clean::title(text));
            } else if title.is_empty() {
                (title, first) = (text.clone(), tag);
            } else if values::title(text) == values::title(&title) || title.contains(text.as_str()) && text.len() > 20 {
                // The same title with a second tag.
            } else if title.ends_with(':') || tag == first {
                let joint = if title.ends_with([':', '?', '!', '.', ';']) { " " } else { ": " };
                title = format!("{title}{joint}{text}");
            } else {
                push_new(&mut self.record.alternative_titles, clean::title(text));
            }
        }
        let mut title = clean::title(&title);
        let plain = clean::unbracketed(&title).map(clean::title);
        if let Some(plain) = plain {
            title = plain;
        }
        for weak in std::mem::take(&mut self.weak_titles) {
            if title.is_empty() {
                title = weak;
            } else if !title.to_lowercase().starts_with(&weak.to_lowercase()) {
                push_new(&mut self.record.alternative_titles, weak);
            }
        }
        if !title.is_empty() {
            self.record.title = title;
            self.record.title_source = Some(TitleSource::Record);
        }
    }

    fn finish_creators(&mut self) {
        // Short forms count only where nobody is named in full; otherwise they are the same people.
        let authors = self.creators.iter().any(|c| c.role.is_none());
        if !authors {
            let short = std::mem::take(&mut self.short_authors).into_iter().filter(|name| !name.is_empty());
            let mut all: Vec<Creator> = short.map(Creator::new).collect();
            all.append(&mut self.creators);
            self.creators = all;
        }
        self.record.creators = std::mem::take(&mut self.creators);
    }

    fn finish_date(&mut self) {
        let all: Vec<&String> = self.years.iter().chain(&self.dates).collect();
        let year = all.iter().find_map(|text| values::year(text));
        self.record.year = year;
        let says_more = |text: &str| year.is_none_or(|y| text != y.to_string());
        let dated = all.iter().find(|text| says_more(text) && values::year(text) == year && text.len() <= 40);
        // A day and month beside the year: "JUN 8", "Jun".
        let part = self.dates.iter().find(|text| values::year(text).is_none() && text.chars().any(char::is_alphabetic));
        self.record.date = match (dated, part, year) {
            (Some(date), _, _) => Some((*date).clone()),
            (None, Some(part), Some(year)) if part.len() <= 20 => Some(format!("{part} {year}")),
            (None, _, None) => all.first().map(|text| (*text).clone()),
            _ => None,
        }
        .filter(|date| !date.is_empty());
    }

    fn finish_container(&mut self) {
        let pages = match (self.pages.take(), self.first_page.is_empty() && self.last_page.is_empty()) {
            (pages, false) => {
                if let Some(pages) =
                    pages.filter(|p| clean::pages(p) != clean::page_range(&self.first_page, &self.last_page))
                {
                    self.note("Pages", &pages);
                }
                Some(match self.last_page.is_empty() {
                    true => clean::pages(&self.first_page),
                    false if self.first_page.contains('-') => clean::pages(&self.first_page),
                    false => clean::pages(&clean::page_range(&self.first_page, &self.last_page)),
                })
            }
            (Some(pages), true) => Some(clean::pages(&pages)),
            (None, true) => None,
        };
        let mut pages = pages.filter(|pages| !pages.is_empty());
        match self.article_number.take() {
            Some(number) if pages.is_none() => pages = Some(number),
            Some(number) if pages.as_deref() != Some(number.as_str()) => self.note("Article number", &number),
            _ => {}
        }
        let mut names = std::mem::take(&mut self.containers);
        names.append(&mut self.weak_containers);
        let mut short = std::mem::take(&mut self.short_containers);
        let title = if !names.is_empty() {
            names.remove(0)
        } else if !short.is_empty() && (self.stands_in || self.record.item_type.is_none()) {
            short.remove(0)
        } else {
            String::new()
        };
        let same = |a: &str, b: &str| a.to_lowercase() == b.to_lowercase();
        for name in names.into_iter().filter(|name| !same(name, &title)) {
            self.note("Also in", &name);
        }
        for name in short.into_iter().filter(|name| !same(name, &title)) {
            self.note("Abbreviated title", &name);
        }
        // A book's own pages are its extent; its volume stays with what can say it.
        if title.is_empty() && !self.stands_in {
            if let Some(pages) = pages.take() {
                if self.record.extent.is_none() && !pages.contains('-') {
                    self.record.extent = Some(pages);
                } else if self.record.extent.as_ref() != Some(&pages) {
                    self.note("Pages", &pages);
                }
            }
            for (label, value) in [("Volume", self.volume.take()), ("Number", self.issue.take())] {
                if let Some(value) = value {
                    self.note(label, &value);
                }
            }
            return;
        }
        let mut container =
            Container { title, volume: self.volume.take(), issue: self.issue.take(), pages, issn: None };
        if !self.record.issn.is_empty() && self.record.isbn.is_empty() | self.stands_in {
            container.issn = Some(self.record.issn.remove(0));
        }
        if container != Container::default() {
            self.record.container = Some(container);
        }
    }
}
