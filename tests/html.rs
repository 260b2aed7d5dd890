//! Saved pages: every page in `tests/cases/html` is read as the JSON file beside it says.
//!
//! The JSON is a list of what the reader emits, in order: `{"record": {…}}` or `{"reject": "…"}`. A page without one, and a
//! JSON file without a page, fail the test. After a change that is meant to change results, `BLESS=1 cargo test --test html`
//! rewrites the JSON; read the diff.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use commlit::ingest::{Format, Item, detect, html};
use proptest::prelude::*;
use serde_json::{Value, json};

fn items(bytes: &[u8]) -> Vec<Item> {
    let mut items = Vec::new();
    html::read(bytes, &mut |item| items.push(item));
    items
}

fn as_json(items: &[Item]) -> Value {
    let each = items.iter().map(|item| match &item.content {
        Ok(record) => json!({"record": record}),
        Err(reason) => json!({"reject": reason}),
    });
    Value::Array(each.collect())
}

#[test]
fn cases() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/html");
    let mut paths: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut failures = Vec::new();
    let mut pages = 0;
    for path in &paths {
        let name = path.file_name().unwrap().to_string_lossy();
        if path.extension().is_some_and(|ext| ext == "json") {
            assert!(path.with_extension("html").exists(), "{name} has no page");
            continue;
        }
        pages += 1;
        let bytes = std::fs::read(path).unwrap();
        let format = detect(&bytes[..bytes.len().min(64 * 1024)]);
        assert_eq!(format.map(Format::name), Ok("html"), "{name} is not recognised");
        let got = as_json(&items(&bytes));
        let expected: Option<Value> =
            std::fs::read_to_string(path.with_extension("json")).ok().map(|text| serde_json::from_str(&text).unwrap());
        if expected.as_ref() != Some(&got) {
            if std::env::var_os("BLESS").is_some() {
                std::fs::write(path.with_extension("json"), serde_json::to_string_pretty(&got).unwrap() + "\n")
                    .unwrap();
                continue;
            }
            failures.push(format!("{name} was read as\n{}", serde_json::to_string_pretty(&got).unwrap()));
        }
    }
    assert!(pages >= 30);
    assert!(failures.is_empty(), "{} of {pages} pages differ\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn other_markup_is_not_html() {
    for text in [
        "<?xml version=\"1.0\"?><collection xmlns=\"http://www.loc.gov/MARC21/slim\"><record/></collection>",
        "<?xml version='1.0' encoding='UTF-8'?>\n<OAI-PMH><record><title>a</title></record></OAI-PMH>",
        "<rss version=\"2.0\"><channel><title>a</title><link>b</link></channel></rss>",
        "<!DOCTYPE article PUBLIC \"-//NLM//DTD JATS\" \"x.dtd\"><article><front/></article>",
        "<article xmlns:xlink=\"http://www.w3.org/1999/xlink\"><front><title-group/></front><p>a <span>b</span></p></article>",
        "<PubmedArticleSet><PubmedArticle/></PubmedArticleSet>",
        "<record><title>a</title></record>",
        "Abstract\nThe tag <html> begins a page.",
        "<",
        "",
    ] {
        assert!(!html::recognises(text), "{text}");
    }
    for text in [
        "<html>",
        "<!-- saved from url=(0020)https://a.example/b --><!DOCTYPE html><html>",
        "\u{feff}<!doctype HTML>",
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" \"x\">",
        "<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\">",
        "<HEAD><TITLE>a</TITLE></HEAD>",
        "<div class=\"a\"><h1>b</h1></div>",
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>",
    ] {
        assert!(html::recognises(text), "{text}");
    }
}

#[test]
fn hostile_pages_are_read_in_time() {
    let n = 100_000;
    let started = std::time::Instant::now();
    for page in [
        format!("<html><body>{}text{}</body></html>", "<div>".repeat(n), "</div>".repeat(n)),
        format!("<script type='application/ld+json'>{}{}</script>", "[".repeat(n / 2), "]".repeat(n / 2)),
        (0..n / 5).map(|i| format!("<p><font x={i}>t")).collect(),
        format!("<p>a<div itemscope itemtype='http://schema.org/Book'>{}", "<i itemscope itemprop=a>".repeat(n / 4)),
        format!("<p {}>", (0..n).map(|i| format!("a{i}=b ")).collect::<String>()),
        "<table><tr><td>".repeat(n / 10),
        "<sup><a href='#r'>".repeat(n / 10),
        "<dl class='work-show'>".repeat(n / 20),
        "<h2>Abstract</h2><p>x</p>".repeat(n / 20),
        "<!--".repeat(n),
        "<a ".repeat(n),
    ] {
        assert!(!items(page.as_bytes()).is_empty());
    }
    // Generous, for slow machines in debug builds: what is quadratic takes many minutes.
    assert!(started.elapsed().as_secs() < 120, "{:?}", started.elapsed());
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert!(!items(&bytes).is_empty());
        let _ = html::recognises(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn tag_soup_never_panics(parts in proptest::collection::vec(soup(), 0..60)) {
        let page = parts.concat();
        prop_assert!(!items(page.as_bytes()).is_empty());
        let mut end = page.len() / 2;
        while !page.is_char_boundary(end) {
            end -= 1;
        }
        prop_assert!(!items(&page.as_bytes()[..end]).is_empty());
    }
}

/// Pieces of real markup and of text, in any order.
fn soup() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "<html>",
        "</html>",
        "<head>",
        "<body>",
        "</body>",
        "<dl class='work-show'>",
        "</dl>",
        "<dt>Label</dt>",
        "<dd>",
        "</dd>",
        "<li class='attribute attribute-title'>",
        "<li class='attribute attribute-creator'>",
        "<li class='attribute isbn'>",
        "<li class='attribute attribute-date_published'>",
        "<div class='hyrax-compound-entry'>",
        "</li>",
        "<h1>",
        "</h1>",
        "<h2>Abstract</h2>",
        "<table class='attributes'>",
        "<tr><th>",
        "<td>",
        "<dd class='blacklight-title_tsim'>",
        "<dd class='blacklight-published_display'>",
        "<meta name='citation_title' content='",
        "<meta name='dc.date' content='",
        "<meta name='citation_author' content='",
        "'>",
        "<script type='application/ld+json'>",
        "{\"@type\":\"Article\",\"name\":",
        "\"a\"",
        "}",
        "[",
        "]",
        "</script>",
        "<!--",
        "-->",
        "<div itemscope itemtype='http://schema.org/Book'>",
        "<i itemprop='name'>",
        "<i itemscope itemprop='author'>",
        "</i>",
        "</div>",
        "<span class='Z3988' title='rft.atitle=%C3%A9%zz+&rft.date=19&rft.aulast=x'>",
        "</span>",
        "<p>",
        "<b>",
        "</b>",
        "<br>",
        "<sup><a href='#r'>1",
        "<title>",
        "</title>",
        "&lt;p&gt;",
        "&amp;",
        "&#0;",
        "<",
        ">",
        "\"",
        "'",
        "=",
        "…",
        "...",
        " | ",
        ": ",
        "10.1000/x",
        "0306406152",
        "1999",
        "Smith, J.; Jones",
        "é",
        "\u{0}",
        "\u{202e}",
        "摘要",
        "<svg><title>",
        "<template>",
        "<frameset>",
        "<select>",
        "<math>",
        "<textarea>",
    ];
    prop_oneof![
        6 => proptest::sample::select(PIECES).prop_map(str::to_owned),
        1 => "\\PC{0,40}",
        1 => "(word ){15,40}\\.",
    ]
}
