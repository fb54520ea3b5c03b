//! Languages: which one a text is in, its words that mean nothing alone, and the stems of the others. The stemmers are
//! Snowball's (M. F. Porter, snowballstem.org).

use std::{
    collections::{BTreeMap, HashSet},
    sync::LazyLock,
};

use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};
use unicode_segmentation::UnicodeSegmentation as _;

/// A language whose words are known. Texts in others are compared word by word, without stems.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// English; also what is spoken when nothing is known.
    #[default]
    English,
    /// German.
    German,
    /// Portuguese.
    Portuguese,
    /// Spanish.
    Spanish,
    /// French.
    French,
    /// Any other.
    Other,
}

/// Those whose words are known.
const KNOWN: [Language; 5] =
    [Language::English, Language::German, Language::Portuguese, Language::Spanish, Language::French];

/// Words without a meaning of their own. Question words are among them: they are looked at before.
fn stop_list(language: Language) -> &'static str {
    match language {
        Language::English => {
            "a about above after again against all am an and any are aren't as at be because been before being below between \
             both but by can can't cannot could couldn't did didn't do does doesn't doing don't down during each else etc \
             ever every few for from further had has hasn't have haven't having he hello her here hers herself hey hi him \
             himself his how how's i i'd i'll i'm i've if in into is isn't it it's its itself just let's like may me might \
             more most much must mustn't my myself no nor not of off oh ok okay on once one only or other ought our ours out \
             over own please s same shall she should shouldn't so some such t than that that's the their theirs them then \
             there there's these they they're this those through to too under until up upon us very was wasn't we well were \
             weren't what what's when where where's which while who who's whom whose why will with within without won't would \
             wouldn't yes you your yours yourself"
        }
        Language::German => {
            "ab aber alle allem allen aller alles als also am an auch auf aus bei beim bin bis bist bitte da dabei damit danach \
             dann das dass davon dazu dein deine dem den denn der des deshalb dich die dies diese diesem diesen dieser dieses \
             dir doch dort du durch ein eine einem einen einer eines er es etwa etwas euch euer für gegen gibt hab habe haben \
             hallo hat hatte hätte hier hin ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im in ins ist ja jede jedem jeden \
             jeder jedes kann kannst kein keine keinem keinen keiner können könnte man mehr mein meine meinem meinen meiner \
             mich mir mit muss müssen nach nein nicht noch nun nur ob oder ohne schon sehr sein seine seinem seinen seiner seit \
             sich sie sind so soll sollte sonst über um und uns unser unsere unter vom von vor wann war waren warum was weil \
             welche welchem welchen welcher welches wenn wer wem wen werde werden wie wieder will wir wird wo wofür woher wohin \
             womit wozu würde zu zum zur zwischen darf dürfen"
        }
        Language::Portuguese => {
            "a à ao aos as às até cada com como da das de dela dele delas deles depois do dos e é ela elas ele eles em entre era \
             essa essas esse esses esta está estão estas este estes eu foi for foram há isso isto já lá lhe lhes mais mas me \
             mesmo meu meus minha minhas muito na não nas nem no nos nós nossa nosso num numa o oi olá onde os ou para pela \
             pelas pelo pelos pode podem podes por porque posso qual quais quando quanto quanta quantos quantas que quê quem \
             são se sem sempre ser será seu seus só sua suas também te tem têm tenho ter teu tua tudo um uma umas uns vocês você"
        }
        Language::Spanish => {
            "a al algo alguna algunos ante antes como cómo con contra cual cuál cuales cuáles cuando cuándo cuanto cuánto cuánta \
             cuántos cuántas de del desde donde dónde durante e el él ella ellas ellos en entre era es esa ese eso esta está \
             están estas este esto estos fue ha hasta hay hola la las le les lo los más me mi mis mucho muy nada ni no nos o os \
             otra otro para pero por porque puede pueden puedo que qué quien quién se sea ser si sí sin sobre son su sus también \
             te tengo ti tiene tienen tu tus tú un una uno unos usted y ya yo"
        }
        Language::French => {
            "a à afin ai alors après as au aucun aussi autre aux avant avec avez avoir bonjour c ça car ce cela ces cet cette \
             chez ci comme comment d dans de des donc du elle elles en encore entre es est et étaient était être eu fait il ils \
             j je l la là le les leur leurs lui m ma mais me même mes moi mon n ne ni nos notre nous on ont où ou par pas peu \
             peut peuvent peux plus pour pourquoi qu quand que quel quelle quelles quels qui quoi s sa sans se ses si son sont \
             sur t ta te tes toi ton tous tout toute toutes très tu un une vos votre vous y"
        }
        Language::Other => "",
    }
}

/// Words that say little about what is asked: they are looked for, and it matters little when they aren't found.
fn light_list(language: Language) -> &'static str {
    match language {
        Language::English => {
            "able actually allow anybody anyone anything available best bit call called case come different everything exactly \
             find get getting give go going good got great guy happen happens hear help idea info information kind know know \
             long lot look make many mean means need new now number part people person possible put question quick really \
             right say see show someone something sort still supposed sure take tell thing things think time today try type \
             understand use used useful user using usually want way won work works explain describe mention according course \
             manual document talk keep next two must instead actual certain big set right first already allowed much stuff range method point advice option policy \
             rule detail value equipment process procedure feature device product item recommendation requirement spectrum setting \
             position amount length format frequency situation example purpose sort bring name called"
        }
        Language::German => {
            "angeben antwort art brauche brauchen bekomme bekommen bedeutet einfach erklären finde finden frage funktioniert ganz \
             gehen geht genau genug gern gut heißt irgendwie jemand lange leute machen mache macht man mal möchte möglich nehmen \
             sage sagen sehe sehen tun viel viele wissen weiß wollen zeigen zeit hoch lang eigentlich überhaupt geben nötig lassen nutzen benutzen verwenden braucht \
             passiert passieren erzählen erzähl nehme bringen"
        }
        Language::Portuguese => {
            "alguém algo coisa conseguir consigo dar dizer existe explicar fazer faço funciona gostaria haver informação jeito modo \
             muitos necessário obter parte pergunta pessoa possível precisa preciso quer quero saber tempo usar ver vou ficar dá"
        }
        Language::Spanish => {
            "alguien algo conseguir cosa dar decir existe explicar forma funciona gustaría hacer hago información manera muchos \
             necesario necesita necesito obtener parte persona posible pregunta quiere quiero saber tiempo usar ver voy"
        }
        Language::French => {
            "aimerais avoir besoin bien chose comprendre connaître dire existe expliquer façon faire faut fonctionne information \
             manière obtenir partie personne possible prendre question quelque quelqu savoir temps utiliser veux voir voudrais dois"
        }
        Language::Other => "",
    }
}

struct Words {
    stop: HashSet<String>,
    light: HashSet<String>,
}

static WORDS: LazyLock<BTreeMap<Language, Words>> = LazyLock::new(|| {
    let of = |language: Language| {
        let stop = stop_list(language).split_whitespace().map(folded).collect();
        let light = light_list(language).split_whitespace().map(|word| stem(language, word)).collect();
        (language, Words { stop, light })
    };
    KNOWN.into_iter().map(of).collect()
});

/// Small letters without accents: people leave them out, and texts that were read from files have lost some.
pub fn folded(word: &str) -> String {
    // Most words are of letters that never have accents.
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(word.len());
    for c in word.nfkd().filter(|c| !is_combining_mark(*c)) {
        match c {
            'ß' | 'ẞ' => out.push_str("ss"),
            'ø' | 'Ø' => out.push('o'),
            'æ' | 'Æ' => out.push_str("ae"),
            'œ' | 'Œ' => out.push_str("oe"),
            'ł' | 'Ł' => out.push('l'),
            '’' => out.push('\''),
            c => out.extend(c.to_lowercase()),
        }
    }
    out
}

/// The stem of a word, folded.
pub fn stem(language: Language, word: &str) -> String {
    let lower = word.to_lowercase().replace('’', "'");
    let lower = lower.trim_end_matches("'s");
    let algorithm = match language {
        Language::English => Algorithm::English,
        Language::German => Algorithm::German,
        Language::Portuguese => Algorithm::Portuguese,
        Language::Spanish => Algorithm::Spanish,
        Language::French => Algorithm::French,
        Language::Other => return folded(lower),
    };
    folded(&Stemmer::create(algorithm).stem(lower))
}

/// Whether a folded word means nothing alone.
pub fn is_stop(language: Language, word: &str) -> bool {
    WORDS.get(&language).is_some_and(|words| words.stop.contains(word))
}

/// Whether a stem says little about what is asked.
pub fn is_light(language: Language, stem: &str) -> bool {
    WORDS.get(&language).is_some_and(|words| words.light.contains(stem))
}

/// The language of a text: whose small words it has most of. `None` when there are none, or as many of another.
pub fn detect(text: &str) -> Option<Language> {
    let words: Vec<String> = text.unicode_words().take(400).map(folded).collect();
    let mut counts: Vec<(usize, Language)> = KNOWN
        .into_iter()
        .map(|language| {
            (words.iter().filter(|word| is_stop(language, word) || hints(language, word)).count(), language)
        })
        .collect();
    counts.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    (counts[0].0 > counts[1].0).then_some(counts[0].1)
}

/// Words that belong to one language and are no stop words.
fn hints(language: Language, word: &str) -> bool {
    let list: &[&str] = match language {
        Language::English => &["the", "hello", "thanks", "thank", "you", "price", "tickets"],
        Language::German => &["danke", "hallo", "tschuss", "kostet", "preis", "guten"],
        Language::Portuguese => &["obrigado", "obrigada", "ola", "tchau", "voce", "nao", "preco", "custa"],
        Language::Spanish => &["gracias", "hola", "adios", "buenos", "precio", "cuesta"],
        Language::French => &["merci", "bonjour", "salut", "prix", "coute", "combien"],
        Language::Other => &[],
    };
    list.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_by_their_small_words() {
        for (text, language) in [
            ("How much is the ticket?", Language::English),
            ("Wie lange dauert der Versand?", Language::German),
            ("Quanto custa o bilhete para a festa?", Language::Portuguese),
            ("¿Cuánto cuesta la entrada?", Language::Spanish),
            ("Combien coûte le billet ?", Language::French),
        ] {
            assert_eq!(detect(text), Some(language), "{text}");
        }
        assert_eq!(detect("42"), None);
        assert_eq!(detect("Сколько стоит билет?"), None);
    }

    #[test]
    fn words_of_one_family_have_one_stem() {
        for (language, words) in [
            (Language::English, ["refund", "refunds", "refunded"]),
            (Language::German, ["Rückgabe", "rückgaben", "Ruckgabe"]),
            (Language::Portuguese, ["bilhete", "bilhetes", "Bilhetes"]),
            (Language::French, ["remboursé", "rembourser", "remboursée"]),
        ] {
            let stems: HashSet<String> = words.iter().map(|word| stem(language, word)).collect();
            assert_eq!(stems.len(), 1, "{stems:?}");
        }
        assert_eq!(stem(Language::Other, "Žluťoučký"), "zlutoucky");
    }
}
