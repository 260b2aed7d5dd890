//! References in citation styles.

use commlit::Record;
use commlit::export::references::{Markup, References, Style};
use commlit::record::Creator;

use super::{cases, corpus};

pub(super) fn one(record: &Record, style: &str, markup: Markup) -> String {
    let style = Style::named(style).unwrap();
    let mut list = References::new(&style);
    list.add(record);
    let mut out = Vec::new();
    list.write(markup, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_list_of_references_is_sorted_and_tells_works_apart() {
    let cases = cases();
    let twin = Record { id: "twin".into(), title: "A second look at fundholding".into(), ..cases["thesis"].clone() };
    let style = Style::named(Style::DEFAULT).unwrap();
    let mut list = References::new(&style);
    for record in [&cases["thesis"], &twin, &cases["book"]] {
        list.add(record);
    }
    let texts = list.texts(Markup::Plain);
    assert_eq!(texts.len(), 3);
    assert!(texts[0].starts_with("Dixon, J. (1999a) A second look"), "{texts:#?}");
    assert!(texts[1].starts_with("Dixon, J. (1999b) Fundholding in practice"), "{texts:#?}");
    assert!(texts[2].starts_with("Glennerster, H., Matsaganis, M. and Owens, P. (1994)"), "{texts:#?}");
    let undated = Record { date: None, ..cases["article"].clone() };
    let vancouver = Style::named("vancouver").unwrap();
    let mut list = References::new(&vancouver);
    list.add(&undated);
    assert!(list.texts(Markup::Plain)[0].contains("BMJ. 1997;315(7109):652–5."));
    let mut list = References::new(&vancouver);
    list.add(&cases["article"]);
    list.add(&cases["book"]);
    let texts = list.texts(Markup::Plain);
    assert!(texts[0].starts_with("1. Mays N, Goodwin N") && texts[1].starts_with("2. Glennerster H"), "{texts:#?}");
}

#[test]
fn html_of_references_is_escaped() {
    let record = Record {
        id: "x".into(),
        title: "<script>alert(1)</script> & co".into(),
        url: vec!["javascript:alert(1)".into()],
        item_type: Some("webpage".into()),
        creators: vec![Creator::new("A <b> \"c\", D")],
        ..Record::default()
    };
    for style in Style::names() {
        let Ok(style) = Style::named(style) else { continue };
        let mut list = References::new(&style);
        list.add(&record);
        let html = list.texts(Markup::Html).concat();
        assert!(!html.contains("<script") && !html.contains("<b> ") && !html.contains("href=\"javascript"), "{html}");
    }
}

#[test]
fn every_style_takes_every_record() {
    let corpus = corpus();
    let cases = cases();
    let year = Record { id: "y".into(), title: "Years".into(), year: Some(123_456), ..Record::default() };
    for name in Style::names() {
        let Ok(style) = Style::named(name) else { continue };
        let mut list = References::new(&style);
        corpus.iter().take(4).chain(cases.values()).chain([&year]).for_each(|r| list.add(r));
        assert!(!list.texts(Markup::Plain).is_empty(), "{name}");
    }
}

#[test]
fn a_style_can_be_any_csl_file() {
    const STYLE: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0">
  <info><title>Short</title><id>short</id><updated>2024-01-01T00:00:00+00:00</updated></info>
  <citation><layout><text variable="title"/></layout></citation>
  <bibliography><layout><text variable="title" font-style="italic"/><text variable="publisher" prefix=" / "/></layout></bibliography>
</style>"#;
    const DEPENDENT: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<style xmlns="http://purl.org/net/xbiblio/csl" version="1.0" default-locale="en-GB">
  <info><title>Child</title><id>child</id><link href="PARENT" rel="independent-parent"/><updated>2024-01-01T00:00:00+00:00</updated></info>
</style>"#;
    let style = Style::from_csl(STYLE).unwrap();
    let mut list = References::new(&style);
    list.add(&cases()["book"]);
    let wanted = "<i>Implementing GP fundholding: wild card or winning hand?</i> / Open University Press";
    assert_eq!(list.texts(Markup::Html), [wanted]);
    assert!(Style::from_csl(&DEPENDENT.replace("PARENT", "http://www.zotero.org/styles/apa")).is_ok());
    for bad in [DEPENDENT, "", "<style/>", "no style", &STYLE.replace("bibliography", "bibliographies")] {
        assert!(Style::from_csl(bad).is_err(), "{bad}");
    }
    assert!(Style::named("nowhere").unwrap_err().hint().is_some());
}
