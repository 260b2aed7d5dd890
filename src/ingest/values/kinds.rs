//! The kinds of works, by the words that sources have for them.

/// The CSL 1.0.2 item type for a source's own word for it: repository resource types, schema.org and Dublin Core types,
/// reference-manager names. Unknown words give nothing.
pub fn item_type(text: &str) -> Option<&'static str> {
    let key: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let key = key.strip_prefix("httpschemaorg").or_else(|| key.strip_prefix("httpsschemaorg")).unwrap_or(&key);
    let key = key.strip_prefix("infoeurepo").and_then(|k| k.strip_prefix("semantics")).unwrap_or(key);
    Some(match key {
        "report"
        | "researchreport"
        | "technicalreport"
        | "techreport"
        | "workingpaper"
        | "discussionpaper"
        | "policybrief"
        | "governmentdocument"
        | "guidance"
        | "briefing"
        | "whitepaper"
        | "annualreport"
        | "evaluationreport"
        | "reportseries"
        | "reports"
        | "monographreport"
        | "projectreport"
        | "commissionedreport"
        | "consultationdocument"
        | "consultationpaper"
        | "greenpaper"
        | "occasionalpaper"
        | "technicaldocumentation"
        | "researchpaper"
        | "internalreport"
        | "officialreport"
        | "workpaper"
        | "briefingpaper" => "report",
        "article"
        | "articlejournal"
        | "journalarticle"
        | "scholarlyarticle"
        | "medicalscholarlyarticle"
        | "reviewarticle"
        | "review"
        | "academicjournal"
        | "journalpaper"
        | "journal" => "article-journal",
        "magazinearticle" | "articlemagazine" => "article-magazine",
        "newsarticle" | "newspaperarticle" | "articlenewspaper" | "news" => "article-newspaper",
        "preprint" => "article",
        "book" | "ebook" | "monograph" | "editedbook" | "proceedings" => "book",
        "chapter" | "bookchapter" | "partofbook" | "booksection" | "bookpart" | "inbook" => "chapter",
        "thesis"
        | "dissertation"
        | "doctoralthesis"
        | "mastersthesis"
        | "masterthesis"
        | "phdthesis"
        | "bachelorthesis"
        | "thesisordissertation"
        | "thesisdissertation"
        | "dissertationthesis"
        | "etd"
        | "theses"
        | "dissertationorthesis"
        | "electronicthesisordissertation"
        | "electronicthesis"
        | "doctoraldissertation"
        | "mastersdissertation"
        | "academicthesis"
        | "capstoneproject"
        | "phdthesisordissertation"
        | "academicdissertation"
        | "diplomathesis"
        | "habilitationthesis" => "thesis",
        "conferencepaper"
        | "conferenceproceeding"
        | "conferenceobject"
        | "paperconference"
        | "proceedingsarticle"
        | "conferenceitem"
        | "conferenceorworkshopitem"
        | "conferencecontribution"
        | "conferenceabstract"
        | "conferenceproceedings"
        | "inproceedings"
        | "proceedingspaper"
        | "workshoppaper" => "paper-conference",
        "presentation" | "speech" | "lecture" | "slides" | "presentationdigitaldocument" => "speech",
        "webpage" | "website" | "aboutpage" | "itempage" => "webpage",
        "blogpost" | "blogposting" | "postweblog" => "post-weblog",
        "dataset" | "data" | "researchdata" => "dataset",
        "podcast" | "broadcast" | "radiobroadcast" | "tvbroadcast" | "podcastepisode" => "broadcast",
        "interview" => "interview",
        "manuscript" | "unpublished" | "unpublishedwork" => "manuscript",
        "bill" => "bill",
        "legislation" | "act" | "statute" => "legislation",
        "hearing" => "hearing",
        "pamphlet" | "leaflet" | "brochure" => "pamphlet",
        "letter" | "personalcommunication" | "correspondence" => "personal_communication",
        "encyclopediaarticle" | "entryencyclopedia" => "entry-encyclopedia",
        "map" | "cartographicmaterial" | "maporcartographicmaterial" => "map",
        "video" | "movie" | "motionpicture" | "film" | "videoobject" => "motion_picture",
        "audio" | "sound" | "song" | "audioobject" => "song",
        "image" | "photograph" | "poster" | "stillimage" | "imageobject" => "graphic",
        "software" | "computerprogram" | "softwaresourcecode" | "softwareorprogramcode" => "software",
        "patent" => "patent",
        _ => return None,
    })
}
