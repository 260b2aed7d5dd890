//! Synthetic files with a fixed seed, with the fields, in the order and of the length that the real ones have.

use std::fmt::Write as _;

use crate::collection::{Random, word};

/// Draws the parts of a record.
struct Work {
    title: String,
    abstract_text: String,
    authors: Vec<(String, String)>,
    year: usize,
    number: usize,
    subjects: Vec<String>,
}

fn text(random: &mut Random, words: usize) -> String {
    let mut out = String::new();
    for k in 0..words {
        out.push_str(if k == 0 {
            ""
        } else if k % 17 == 0 {
            ". "
        } else {
            " "
        });
        word(random.zipf(30_000), &mut out);
    }
    out
}

fn work(random: &mut Random, number: usize) -> Work {
    let (title_words, abstract_words) = (8 + random.below(10), 120 + random.below(120));
    let (authors, subjects) = (1 + random.below(5), 4 + random.below(8));
    Work {
        title: text(random, title_words),
        abstract_text: text(random, abstract_words),
        authors: (0..authors)
            .map(|_| (format!("Family{}", random.zipf(20_000)), format!("Given{}", random.zipf(2000))))
            .collect(),
        year: 2024 - random.zipf(50),
        number,
        subjects: (0..subjects).map(|_| text(random, 2)).collect(),
    }
}

/// Works until the output is long enough.
fn until(size: usize, mut add: impl FnMut(&mut Vec<u8>, Work)) -> Vec<u8> {
    let mut random = Random::new(42);
    let mut out = Vec::with_capacity(size + 64 * 1024);
    for number in 1.. {
        if out.len() >= size {
            break;
        }
        add(&mut out, work(&mut random, number));
    }
    out
}

pub(crate) fn medline(size: usize) -> Vec<u8> {
    let mut out = b"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<PubmedArticleSet>\n".to_vec();
    out.extend(until(size, |out, w| {
        let (half, rest) = w.abstract_text.split_at(w.abstract_text.len() / 2);
        let mut x = format!(
            "<PubmedArticle>\n  <MedlineCitation Status=\"MEDLINE\" Owner=\"NLM\">\n    <PMID Version=\"1\">{0}</PMID>\n    \
             <DateRevised>\n      <Year>2019</Year>\n      <Month>11</Month>\n      <Day>02</Day>\n    </DateRevised>\n    \
             <Article PubModel=\"Print\">\n      <Journal>\n        <ISSN IssnType=\"Print\">0959-8138</ISSN>\n        \
             <JournalIssue CitedMedium=\"Print\">\n          <Volume>{1}</Volume>\n          <Issue>7109</Issue>\n          \
             <PubDate>\n            <Year>{2}</Year>\n            <Month>Sep</Month>\n          </PubDate>\n        \
             </JournalIssue>\n        <Title>BMJ (Clinical research ed.)</Title>\n        \
             <ISOAbbreviation>BMJ</ISOAbbreviation>\n      </Journal>\n      <ArticleTitle>{3}.</ArticleTitle>\n      \
             <Pagination>\n        <MedlinePgn>652-5</MedlinePgn>\n      </Pagination>\n      <Abstract>\n        \
             <AbstractText Label=\"BACKGROUND\" NlmCategory=\"BACKGROUND\">{half}.</AbstractText>\n        \
             <AbstractText Label=\"RESULTS\" NlmCategory=\"RESULTS\">{rest} &lt; 5 &amp; more.</AbstractText>\n      \
             </Abstract>\n      <AuthorList CompleteYN=\"Y\">\n",
            w.number, w.number % 400, w.year, w.title
        );
        for (family, given) in &w.authors {
            let _ = writeln!(
                x,
                "        <Author ValidYN=\"Y\">\n          <LastName>{family}</LastName>\n          \
                 <ForeName>{given}</ForeName>\n          <Initials>G</Initials>\n          <AffiliationInfo>\n            \
                 <Affiliation>Department of Public Health and Policy, University.</Affiliation>\n          \
                 </AffiliationInfo>\n        </Author>"
            );
        }
        x.push_str(
            "      </AuthorList>\n      <Language>eng</Language>\n      <PublicationTypeList>\n        \
             <PublicationType UI=\"D016428\">Journal Article</PublicationType>\n      </PublicationTypeList>\n    </Article>\n    \
             <MedlineJournalInfo>\n      <Country>England</Country>\n      <MedlineTA>BMJ</MedlineTA>\n      \
             <NlmUniqueID>8900488</NlmUniqueID>\n    </MedlineJournalInfo>\n    <MeshHeadingList>\n",
        );
        for subject in &w.subjects {
            let _ = writeln!(
                x,
                "      <MeshHeading>\n        <DescriptorName UI=\"D003251\" MajorTopicYN=\"Y\">{subject}</DescriptorName>\n        \
                 <QualifierName UI=\"Q000458\" MajorTopicYN=\"N\">organization &amp; administration</QualifierName>\n      \
                 </MeshHeading>"
            );
        }
        let _ = writeln!(
            x,
            "    </MeshHeadingList>\n  </MedlineCitation>\n  <PubmedData>\n    <PublicationStatus>ppublish</PublicationStatus>\n    \
             <ArticleIdList>\n      <ArticleId IdType=\"pubmed\">{0}</ArticleId>\n      \
             <ArticleId IdType=\"doi\">10.1136/bmj.{0}</ArticleId>\n    </ArticleIdList>\n  </PubmedData>\n</PubmedArticle>",
            w.number
        );
        out.extend_from_slice(x.as_bytes());
    }));
    out.extend_from_slice(b"</PubmedArticleSet>\n");
    out
}

pub(crate) fn marc(size: usize) -> Vec<u8> {
    until(size, |out, w| {
        let mut fields: Vec<(&str, String)> = vec![
            ("001", format!("ocm{:08}", w.number)),
            ("008", format!("990101s{}    enk           000 0 eng d", w.year)),
            ("040", "  \u{1f}aUk\u{1f}beng\u{1f}cUk".into()),
            ("082", "04\u{1f}a362.1\u{1f}221".into()),
            ("100", format!("1 \u{1f}a{}, {},\u{1f}eauthor.", w.authors[0].0, w.authors[0].1)),
            ("245", format!("10\u{1f}a{} :\u{1f}ban evaluation /\u{1f}c{}.", w.title, w.authors[0].0)),
            ("260", format!("  \u{1f}aLondon :\u{1f}bKing's Fund,\u{1f}cc{}.", w.year)),
            ("300", "  \u{1f}av, 70 p. ;\u{1f}c30 cm.".into()),
            ("490", "1 \u{1f}aTotal purchasing ;\u{1f}v12".into()),
            ("504", "  \u{1f}aIncludes bibliographical references and index.".into()),
            ("520", format!("  \u{1f}a{}.", w.abstract_text)),
        ];
        for subject in &w.subjects {
            fields.push(("650", format!(" 0\u{1f}a{subject}\u{1f}zGreat Britain\u{1f}xHistory.")));
        }
        for (family, given) in &w.authors[1..] {
            fields.push(("700", format!("1 \u{1f}a{family}, {given}.")));
        }
        let (mut directory, mut data) = (String::new(), String::new());
        for (tag, value) in &fields {
            let _ = write!(directory, "{tag}{:04}{:05}", value.len() + 1, data.len());
            data.push_str(value);
            data.push('\u{1e}');
        }
        let base = 24 + directory.len() + 1;
        let length = base + data.len() + 1;
        let record = format!("{length:05}nam a22{base:05} a 4500{directory}\u{1e}{data}\u{1d}");
        out.extend_from_slice(record.as_bytes());
    })
}

pub(crate) fn ris(size: usize) -> Vec<u8> {
    until(size, |out, w| {
        let mut x = format!("TY  - JOUR\r\nID  - {}\r\n", w.number);
        for (family, given) in &w.authors {
            let _ = write!(x, "AU  - {family}, {given}\r\n");
        }
        let _ = write!(
            x,
            "TI  - {}\r\nT2  - British Medical Journal\r\nPY  - {}\r\nVL  - 315\r\nIS  - 7109\r\nSP  - 652\r\nEP  - 655\r\n\
             SN  - 0959-8138\r\nDO  - 10.1136/bmj.{}\r\nAB  - {}.\r\n",
            w.title, w.year, w.number, w.abstract_text
        );
        for subject in &w.subjects {
            let _ = write!(x, "KW  - {subject}\r\n");
        }
        x.push_str("LA  - eng\r\nUR  - https://www.example.org/record\r\nER  - \r\n\r\n");
        out.extend_from_slice(x.as_bytes());
    })
}

/// Landing pages of articles with what surrounds them: navigation, scripts, lists of further articles.
pub(crate) fn pages(size: usize) -> Vec<Vec<u8>> {
    let mut random = Random::new(42);
    let (mut pages, mut bytes) = (Vec::new(), 0);
    while bytes < size {
        let w = work(&mut random, pages.len() + 1);
        let mut x = format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<title>{0} | BMJ</title>\n\
             <meta name=\"citation_title\" content=\"{0}\">\n<meta name=\"citation_journal_title\" content=\"BMJ\">\n\
             <meta name=\"citation_publication_date\" content=\"{1}\">\n<meta name=\"citation_doi\" content=\"10.1136/bmj.{2}\">\n",
            w.title, w.year, w.number
        );
        for (family, given) in &w.authors {
            let _ = writeln!(x, "<meta name=\"citation_author\" content=\"{family}, {given}\">");
        }
        x.push_str("<script>window.settings = {\"a\": [1, 2, 3]};</script>\n</head><body>\n<nav><ul>\n");
        for i in 0..40 {
            let _ = writeln!(
                x,
                "<li class=\"menu-item item-{i}\"><a href=\"/section/{i}\"><span>Section {i}</span></a></li>"
            );
        }
        let _ = writeln!(
            x,
            "</ul></nav>\n<main><article><h1>{}</h1>\n<section class=\"abstract\" id=\"abstract\"><h2>Abstract</h2>\n<p>{}.</p>\
             </section>",
            w.title, w.abstract_text
        );
        x.push_str("</article></main>\n<aside><h2>Related articles</h2><ul>\n");
        for i in 0..60 {
            let _ = writeln!(
                x,
                "<li><div class=\"teaser\"><a href=\"/a/{i}\">{}</a> <em>BMJ</em></div></li>",
                text(&mut random, 8)
            );
        }
        x.push_str("</ul></aside>\n<footer><p>Cookies help us deliver this site.</p></footer></body></html>\n");
        bytes += x.len();
        pages.push(x.into_bytes());
    }
    pages
}
