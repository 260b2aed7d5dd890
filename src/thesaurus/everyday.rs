//! Everyday words that short forms are spelt like. A label that is one of them belongs among the hidden ones: in running text,
//! and in a query that short forms are added to, it would be found wherever the word stands.
//!
//! It is no dictionary: the words are those of general English, and of writing about research, that short forms of
//! organisations, programmes and schemes are made to spell.

use std::collections::HashSet;
use std::sync::LazyLock;

/// The words, folded.
const WORDS: &str = "
    a able about above ace aces ache aching act acting action acts add age aged agenda ages agree agreed aha ahead aid
    aided aids aim aims air alarm alert alive all ally alone along aloud alpha also alter am amber among an and angel
    ant any apart app apple apply apps apt arc arch are area arena arise ark arm arms army art arts as ash aside ask
    asks asset at atlas atom aware away axis baby back bad badge bag balance ball ban band bank bar bare bars base
    based basic basis bat bath be beacon beam bear beat bed beds bee been before begin being bell belt bench bend best
    beta better between bid bids big bike bill bills bin bird birth bit bite bits black bless block blood blue blues
    board boat body bold bond bone book boost boot born boss both bow bowl box boy brain brake brave bread break
    bridge brief bright bring buddy budget bug build bus buy buys by cab cafe cage call calls calm came camp camps can
    candle cane cap capital caps car card cards care cared cares caring cars case cases cash cast castle cat cats
    cause cell cells cent centre chain chair champ champion chance change chaos chap chaps chart chat check chess
    chest chi chief child choice choose circle city civic claim clan clap clasp class classic clay clean clear clever
    click client climb clinic clock close cloud club clue clues coach coast coat code codes coin cold come comet
    comfort common compact company compass complete con concert cone confer connect contact cook cool cop cope copes
    copy core cores corn cost costs cot could count course court cover cow craft create credit creed crisis cross
    crown cub cube cup cure cured cut cycle dab dad daily dales dam dame dance dare dark dart dash data date dates
    dawn day days dear debt deep delta dens dent des desk dial dice did die diet dig digs dip direct dish do does dog
    dome done door dose dot dots double dove down draft drag drama drape dream dress drip drive drop drug dry due duet
    dust duty each eager eagle ear early earn ears earth ease east easy eat echo edge elder element elf elite else
    ember embrace emerge emit empower enable end ends engage enhance enrich ensure enter epic era eras essence esteem
    even event ever every evolve exact exam excel exchange expert explore extend eye eyes fab face faces fact facts
    fade fair faith fall falls fame family fan far farm fast fat fate father favour fax fear feat fed fee feel fees
    feet felt fern few field fig fight file fill film fin final find fine finger fir fire firm first fish fit fits
    five fix flag flair flame flap flash flat flex flight flip flow flu fly foal focal focus fog fold folk food foot
    for force forge form forms forth forum forward foster found four frail frame frames free fresh friend from front
    fruit fuel full fun fund funds future gag gain gains gala gallery game gap gaps garden gas gate gave gel gem gems
    gender gene general get gets gift girl give given glad glass globe glow go goal goals god going gold gone good got
    grace grade grand grant grants graph grasp great greed green grid grip ground group grow guard guide gulf gum gun
    guy gym had hair half hall halo halt ham hand hands happen happy hard hare harm harms harp has hat hats have haven
    he head heads heal health hear heart heat heel held hello help helps hen her here hero heron hers hi hid hide high
    hill him hint hints hip hips his hit hits hive hoe hold hole holy home homes hop hope hopes horizon host hot hour
    house how hub hubs hug hum human hunt hut i ice icon idea ideal ideas idle ids if ill image imagine imp impact
    impress improve in inch index influence info inform ink inn innovate input insight inspire insure intact intend
    inter into invent invest invite iris iron is island issue issues it item its jab jam jar jaw jazz jet jig job jobs
    join joint jot joy judge jump just keen keep kept key keys kid kids kin kind king kit kite kits knot know lab
    label labs lad lady lake lamb lamp land lane lap laps large las laser last late launch law laws lay lead leaf
    league lean leap learn leave led left leg legacy legs lens less let lets level lid lie life lift lifts light like
    limb lime limit line link linked links lion lip lips list lists lit lite live lives load loan local log logic logo
    long look loop lord lose loss lost lot lots lotus love low luck lung mad made magic magnet maid mail main make
    makes male man manage many map maps march mark market mars mask mass mast master mat match mate matrix matter max
    may maze me meal mean means meat medal media medic meet melody men mental mentor menu merit met metal method
    metric mid might mild mile mill min mind minds mine mint mirror mix mob mod mode model modern moment monitor moon
    more mosaic most moth mother motion motor mount move moves much mug mum muscle muse music must my nap narrow
    nature near neat neck need needs nes nest nests net nets network never new news next nice niche night nine no
    noble nod node none norm north nose not note notes novel now nurse nut oak oar oars oasis oat oats ocean odd of
    off offer office oil old omega on once one only onto open opera opt optic option or oral orbit order organ origin
    other our out oval over owl own owner ox pace paces pack pact pacts pad page paid pain pair palm pals pam pan
    panel pans paper par parade park part parts party pass past pat patch path paths pause pave pay pays peace peak
    pear pearl peer peers pen pep per perfect perform pet pets phase phi phone pi piano pick pie pig pill pilot pilots
    pin pine pink pip pipe pit pivot place places plan plane planet planned plans plant plate platform play plays plea
    pledge plot plus pod pods poem point pole poll pond pool pools poor pop port portal pose post pot potential pound
    power practice praise precise premier prepare press prevent price pride prime print prior prism prize pro probe
    process product profile project promise promote proof protect proud prove pub pubs pull pulse pump pure purpose
    push put puts quality quest quick quiet quit quite quiz quota radar radio raft rag rail rain raise ram rams ran
    range rank rap rapid rare rat rate rates ray reach react read ready real reap rear reason record red reed reef ref
    reform refuge regain rein relate relay relief rely remote rent rep repair report reps rescue reset resolve respect
    respond response rest restore result return review revive reward rib rich ride right rights ring rip rise risk
    risks river road rob robust rock rod role roles roll roof room root rope rose rota round route row rub ruby rug
    rule rules run runs rush safe safer sage said sail sale salt same sample sand sap sat save saved saver saves
    saving savings say scale scan scans scar school scope score scores scout sea seal search seat second sector secure
    see seed seek seen self sell send sense sent serve set sets settle seven shade shape shaped share shares sharp she
    shed shield shift ship ships shop shore short shot should show side sight sign signal silver simple sin since sing
    sins sip sir sit site sits six size skill skills skin sky slam sleep slim slip slot slow smart smile smooth snap
    so soap soar social sock soft soil solar sold solid solo solve some son song soon sort soul sound source south spa
    space span spark speak spec speech speed spell spin spine spiral spirit spot spots spread spring spur squad square
    stable staff stag stage stages stair stamp stand star stars start state states station status stay steam stem step
    steps still stir stock stop store storm story strand stream street strength stress strike string strive strong
    study sub such suit sum summit sun sure surf surge sustain swan swap sweet swift switch synergy system tab table
    tabs tail take takes tale talk talks tall tame tan tank tap tape taps target task tasks taste tax tea teach team
    teams tear teeth tell temple tempo ten tens tent term terms test tests text than that the thee them theme then
    there these they thin think this thread three thrive through tide tidy tie ties tiger tight tile till time times
    tin tip tips tired to toast today toe together token told toll tone too took tool tools top topic tops tot total
    tots touch tour tower town toy toys trace track tract trade trail train trait transfer transform transit trap
    travel tray treat tree trek trend trial trials triangle tribe trim trio trip trips triumph true trust try tub tube
    tune turn twin twins two type types umbrella under unify union unique unit unite united units unity up upon use
    used user uses valid valley value van vast vat verse very vest vet via vice view viewpoint views vine virtual
    virtue visa vision visit vista vital vivid voice voices vote vow wage wait walk wall war ward warm was wash watch
    water wave waves wax way ways we web wed weigh well went were west wet what wheel when where which while whisper
    white who whole why wide wife wild will win wind window wing wings wins wire wise wish wit with witness woman won
    wonder wood word words work works world worth would wrap write yard year years yes yet yield you young your youth
    zest zinc zone zones zoo
";

/// Whether a folded word is an everyday one, or is found in the plural where the everyday word stands.
pub(super) fn is_everyday(word: &str) -> bool {
    static EVERYDAY: LazyLock<HashSet<&str>> = LazyLock::new(|| WORDS.split_whitespace().collect());
    EVERYDAY.contains(word) || EVERYDAY.contains(format!("{word}s").as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_that_spell_words() {
        for word in [
            "cats", "pals", "star", "case", "act", "link", "nice", "fit", "pact", "hit", "set", "aim", "chi", "ha",
            "id",
        ] {
            assert!(is_everyday(word), "{word}");
        }
        for word in ["pct", "tpp", "commissioning", "purchasing", "fundholding", "rationing", "icp"] {
            assert!(!is_everyday(word), "{word}");
        }
    }

    #[test]
    fn the_words_are_in_order_and_folded() {
        let words: Vec<&str> = WORDS.split_whitespace().collect();
        for pair in words.windows(2) {
            assert!(pair[0] < pair[1], "{pair:?}");
        }
        assert!(words.iter().all(|word| crate::words::key(word) == **word));
    }
}
