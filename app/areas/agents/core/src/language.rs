//! Which language a text is in: so that its words are found in all their forms.

use serde::{Deserialize, Serialize};

macro_rules! languages {
    ($($(#[$doc:meta])* $variant:ident, $config:literal, $words:literal;)*) => {
        /// A language whose words the database knows the forms of.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Language {
            $($(#[$doc])* $variant,)*
            /// Any other: words are found as they are written.
            Other,
        }

        impl Language {
            /// Those that are told apart.
            pub const KNOWN: &'static [Self] = &[$(Self::$variant,)*];

            /// The name the database's text search has for it.
            pub const fn config(self) -> &'static str {
                match self { $(Self::$variant => $config,)* Self::Other => "simple" }
            }

            /// Words that nearly every sentence has one of.
            const fn small_words(self) -> &'static str {
                match self { $(Self::$variant => $words,)* Self::Other => "" }
            }
        }
    };
}

languages! {
    /// English.
    English, "english",
        "the of and to is in that it for with as was on are be this by not or from have you your can will what how when which if";
    /// German.
    German, "german",
        "der die und das ist nicht ein eine den dem zu mit für auf sie von wird werden auch bei im des sich oder wie was wenn ich wir kann";
    /// Portuguese.
    Portuguese, "portuguese",
        "o os que não uma um com para da do das dos em na no é são por mais ao você pelo pela ou seu sua quando como foi está também";
    /// Spanish.
    Spanish, "spanish",
        "el los las que una un con para del en es son por más al y no lo su se como cuando fue está también usted pero hay le qué";
    /// French.
    French, "french",
        "le les des une un et est pas que pour dans sur avec du au aux ce cette il elle vous nous sont par plus ou qui ne se être";
    /// Italian.
    Italian, "italian",
        "il gli che di non una un con per della del nel sono è più alla dei delle anche come quando questo questa lo si ma o nella";
    /// Dutch.
    Dutch, "dutch",
        "de het een en van is niet dat op te zijn met voor aan er ook als bij door wordt worden naar je wij kan wat hoe wanneer of";
}

impl Language {
    /// The language of a text: whose small words it has most of, in its first thousand words. [`Language::Other`] when it has
    /// hardly any of those that are known, or as many of another.
    pub fn of(text: &str) -> Self {
        let words: Vec<String> = text
            .split(|c: char| !c.is_alphanumeric() && c != '\'')
            .filter(|word| !word.is_empty())
            .take(1000)
            .map(str::to_lowercase)
            .collect();
        let small = |language: &Self| {
            let list: Vec<&str> = language.small_words().split(' ').collect();
            words.iter().filter(|word| list.contains(&word.as_str())).count()
        };
        let mut counted: Vec<(usize, Self)> = Self::KNOWN.iter().map(|it| (small(it), *it)).collect();
        counted.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(&other.1)));
        let (best, next) = (counted[0], counted[1]);
        // A text of some length without small words is a list, or in a language that isn't known.
        if best.0 > next.0 && best.0 * 20 >= words.len() { best.1 } else { Self::Other }
    }

    /// What people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "German",
            Self::Portuguese => "Portuguese",
            Self::Spanish => "Spanish",
            Self::French => "French",
            Self::Italian => "Italian",
            Self::Dutch => "Dutch",
            Self::Other => "another language",
        }
    }

    /// Reads the name the database's text search has for it.
    pub fn of_config(config: &str) -> Self {
        Self::KNOWN.iter().copied().find(|it| it.config() == config).unwrap_or(Self::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_by_their_small_words() {
        for (text, language) in [
            ("You can return the ticket within ten days of the purchase.", Language::English),
            ("Die Rückgabe ist nicht möglich, wenn das Konzert verschoben wird.", Language::German),
            ("O bilhete não é devolvido quando a festa é adiada.", Language::Portuguese),
            ("El billete no se devuelve cuando la fiesta se aplaza por la lluvia.", Language::Spanish),
            ("Le billet n'est pas remboursé dans les dix jours.", Language::French),
            ("Il biglietto non è rimborsato nel caso di pioggia.", Language::Italian),
            ("Het kaartje wordt niet terugbetaald als het concert wordt verplaatst.", Language::Dutch),
            ("Билет не возвращается", Language::Other),
            ("4711; 0815; 42", Language::Other),
            ("", Language::Other),
        ] {
            assert_eq!(Language::of(text), language, "{text}");
            assert_eq!(Language::of_config(language.config()), language);
        }
    }
}
