//! Pages that are no record: result lists, login and error pages, framesets.
//!
//! A page that describes a work is a record whatever else is on it: many have a login form in their header and a list of
//! related works at their end. So the callers ask here only for pages without metadata of one work.

use scraper::ElementRef;

use super::dom::{self, all};
use super::page::Page;
use super::visible::Visible;

dom::selectors! {
    SHOWN = "#document.document, div.document#document, .blacklight-catalog-show, .show-document, #main-container .show-tools";
    BODY = "body";
    PASSWORD = "input[type='password' i]";
    FRAMES = "frameset";
}

/// Whether the page is built as a list of results: the markup of catalogues and repositories, never words alone.
pub(super) fn is_result_list(page: &Page) -> bool {
    if all(page, &SHOWN).next().is_some() {
        return false;
    }
    let listed = page.html.tree.nodes().filter_map(ElementRef::wrap).any(|element| {
        let class = element.attr("class").unwrap_or_default();
        let id = element.attr("id").unwrap_or_default();
        !(class.is_empty() && id.is_empty())
            && class.split_ascii_whitespace().chain([id]).any(|token| lists(element, token))
    });
    listed
        || all(page, &BODY).take(1).any(|body| {
            let class = body.attr("class").unwrap_or_default().to_ascii_lowercase();
            ["catalog-index", "search-results", "search-page", "page-search"].iter().any(|word| class.contains(word))
        })
}

/// Whether a class or id says that an element is part of a list of results. (A plain loop: as selectors these would be
/// matched against every element of every page.)
fn lists(element: ElementRef<'_>, token: &str) -> bool {
    match token {
        "search-result-title"
        | "index_title"
        | "ep_search_results"
        | "ep_paginate_list"
        | "artifact-item"
        | "search-results-list"
        | "userresults"
        | "gs_r"
        | "search-results-chunk"
        | "search-result" => true,
        // An empty box for results stands on many pages.
        "search-results" | "search_results" | "searchresults" => {
            element.child_elements().any(|child| child.value().name() == "li")
        }
        "document" => {
            let in_list = |node: ego_tree::NodeRef<'_, scraper::Node>| {
                node.value().as_element().is_some_and(|e| e.attr("id") == Some("documents"))
            };
            element.attr("id").is_some_and(|id| id.starts_with("document_")) || element.ancestors().any(in_list)
        }
        _ => false,
    }
}

/// Why a page without metadata of a work is no record either; `None` if its text may be read.
pub(super) fn reject(page: &Page, visible: &Visible, is_list: bool) -> Option<&'static str> {
    if all(page, &FRAMES).next().is_some() {
        return Some("a frameset: the text is in its frames, save the frame itself");
    }
    let title = visible.page_title.to_lowercase();
    let heading = visible.headings.first().map(|text| text.to_lowercase()).unwrap_or_default();
    let either = |test: &dyn Fn(&str) -> bool| test(&title) || test(&heading);
    const LIST: &[&str] = &[
        "search results",
        "results for",
        "search result",
        "suchergebnis",
        "résultats de",
        "resultados de",
        "risultati",
        "resultados da",
        "搜索结果",
        "zoekresultaten",
        "search -",
        "search |",
        "browse ",
    ];
    if is_list || either(&|text| LIST.iter().any(|words| text.starts_with(words))) {
        return Some("a list of search results, not a record: save the page of each work");
    }
    let words = visible.words();
    const ERROR: &[&str] = &[
        "not found",
        "access denied",
        "forbidden",
        "internal server error",
        "bad gateway",
        "service unavailable",
        "gateway time-out",
        "gateway timeout",
        "just a moment",
        "attention required",
        "are you a robot",
        "security check",
        "captcha",
        "verify you are human",
        "checking your browser",
        "something went wrong",
        "nicht gefunden",
        "introuvable",
        "no encontrada",
        "non trovata",
        "não encontrada",
        "page you were looking for",
        "unauthorized",
        "too many requests",
        "doesn't exist",
        "does not exist",
        "error 404",
        "404 error",
        "an error occurred",
        "site maintenance",
        "未找到",
    ];
    let code = |text: &str| {
        let digits = text.split(|c: char| !c.is_ascii_digit()).next().unwrap_or("");
        matches!(digits, "400" | "401" | "403" | "404" | "410" | "429" | "500" | "502" | "503" | "504")
    };
    if words < 300 && either(&|text| code(text) || ERROR.iter().any(|words| text.contains(words))) {
        return Some("an error page, not a record: save the page again once it shows the work");
    }
    const LOGIN: &[&str] = &[
        "log in",
        "login",
        "log on",
        "sign in",
        "sign-in",
        "anmelden",
        "anmeldung",
        "connexion",
        "se connecter",
        "iniciar sesión",
        "accedi",
        "entrar",
        "登录",
        "institutional login",
        "shibboleth",
        "inloggen",
    ];
    let password = all(page, &PASSWORD).next().is_some();
    let named = either(&|text| LOGIN.iter().any(|words| text.starts_with(words)));
    if words < 300 && (named || password && words < 80) {
        return Some("a login page, not a record: log in and save the page of the work");
    }
    None
}
