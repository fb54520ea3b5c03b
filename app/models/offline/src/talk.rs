//! What is said besides what is quoted: greetings, thanks, who it is, and that it doesn't know.

use crate::language::{Language, folded};

/// Small talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Talk {
    /// "Hello."
    Greeting,
    /// "How are you?"
    HowAreYou,
    /// "Thanks."
    Thanks,
    /// "Bye."
    Bye,
    /// "Who are you?"
    Who,
    /// "What can you do?"
    Can,
    /// "Are you an AI?"
    Machine,
    /// "OK."
    Fine,
}

/// How it sounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// As it is.
    Plain,
    /// Friendly.
    Warm,
    /// Polite.
    Formal,
}

impl Tone {
    /// The tone that an agent's owner described.
    pub fn of(description: &str) -> Self {
        let plain = folded(description);
        let has = |words: &[&str]| words.iter().any(|word| plain.contains(word));
        if has(&["formal", "polite", "professional", "serious", "hoflich", "serios", "sachlich"]) && !has(&["informal"])
        {
            Self::Formal
        } else if has(&[
            "warm",
            "friendly",
            "cheerful",
            "playful",
            "casual",
            "fun",
            "kind",
            "enthusias",
            "humor",
            "witty",
            "freundlich",
            "herzlich",
            "locker",
            "amig",
            "amable",
            "chaleureu",
            "amical",
            "lively",
            "upbeat",
            "informal",
            "simpatic",
        ]) {
            Self::Warm
        } else {
            Self::Plain
        }
    }
}

const PATTERNS: &[(Talk, &[&str])] = &[
    (
        Talk::Machine,
        &[
            "are you an ai",
            "are you ai",
            "are you a bot",
            "are you a robot",
            "are you human",
            "are you a human",
            "are you a real person",
            "are you real",
            "are you a person",
            "are you a machine",
            "are you chatgpt",
            "are you gpt",
            "are you claude",
            "are you a language model",
            "are you a model",
            "are you an llm",
            "what model are you",
            "which model are you",
            "what llm are you",
            "what ai are you",
            "which ai are you",
            "which model do you use",
            "what model do you use",
            "what model is this",
            "which model is this",
            "bist du eine ki",
            "bist du ein mensch",
            "bist du ein bot",
            "bist du echt",
            "bist du ein roboter",
            "welches modell bist du",
            "sind sie eine ki",
            "sind sie ein mensch",
            "es uma ia",
            "voce e uma ia",
            "es humano",
            "voce e humano",
            "eres una ia",
            "eres humano",
            "eres un robot",
            "es tu une ia",
            "etes vous une ia",
            "es tu humain",
            "am i talking to a human",
            "am i talking to a person",
            "am i talking to a bot",
            "am i talking to an ai",
            "am i talking to a real person",
            "is this a bot",
            "is this an ai",
            "how do you work",
        ],
    ),
    (
        Talk::Who,
        &[
            "who are you",
            "what are you",
            "what is your name",
            "what's your name",
            "whats your name",
            "your name",
            "introduce yourself",
            "tell me about yourself",
            "wer bist du",
            "wie heisst du",
            "wer sind sie",
            "wie heissen sie",
            "was bist du",
            "quem es tu",
            "quem e voce",
            "como te chamas",
            "qual e o seu nome",
            "quien eres",
            "como te llamas",
            "qui es tu",
            "qui etes vous",
            "comment tu t appelles",
            "comment t appelles tu",
        ],
    ),
    (
        Talk::Can,
        &[
            "what can you do",
            "what do you do",
            "what can you help with",
            "what can you help me with",
            "how can you help",
            "how can you help me",
            "what can i ask",
            "what can i ask you",
            "what do you know",
            "what do you know about",
            "what topics do you know",
            "help",
            "help me",
            "what are you for",
            "can you help me",
            "can you help",
            "was kannst du",
            "wobei kannst du helfen",
            "was weisst du",
            "hilfe",
            "was konnen sie",
            "womit kannst du mir helfen",
            "o que sabes fazer",
            "o que podes fazer",
            "o que voce pode fazer",
            "ajuda",
            "que puedes hacer",
            "que sabes hacer",
            "ayuda",
            "que peux tu faire",
            "que sais tu faire",
            "aide",
        ],
    ),
    (
        Talk::HowAreYou,
        &[
            "how are you",
            "how are you doing",
            "how are you today",
            "how is it going",
            "how's it going",
            "what's up",
            "whats up",
            "wie geht es dir",
            "wie geht's",
            "wie gehts",
            "wie geht es ihnen",
            "como estas",
            "como vai",
            "tudo bem",
            "que tal",
            "ca va",
            "comment ca va",
            "comment vas tu",
            "comment allez vous",
        ],
    ),
    (
        Talk::Thanks,
        &[
            "thanks",
            "thank you",
            "thank you very much",
            "thank you so much",
            "thanks a lot",
            "many thanks",
            "thx",
            "ty",
            "cheers",
            "great thanks",
            "perfect thanks",
            "ok thanks",
            "okay thanks",
            "danke",
            "vielen dank",
            "danke schon",
            "dankeschon",
            "danke sehr",
            "besten dank",
            "obrigado",
            "obrigada",
            "muito obrigado",
            "muito obrigada",
            "gracias",
            "muchas gracias",
            "merci",
            "merci beaucoup",
            "thanks for your help",
            "thank you for your help",
            "that helps",
            "that helped",
            "thanks that helped",
            "awesome thanks",
            "super danke",
        ],
    ),
    (
        Talk::Bye,
        &[
            "bye",
            "goodbye",
            "bye bye",
            "see you",
            "see you later",
            "good night",
            "have a nice day",
            "have a good day",
            "tschuss",
            "auf wiedersehen",
            "ciao",
            "bis bald",
            "gute nacht",
            "tchau",
            "adeus",
            "ate logo",
            "boa noite",
            "adios",
            "hasta luego",
            "buenas noches",
            "au revoir",
            "a bientot",
            "bonne nuit",
            "salut a bientot",
            "that's all",
            "thats all",
            "that is all",
            "thanks bye",
            "ok bye",
        ],
    ),
    (
        Talk::Greeting,
        &[
            "hi",
            "hello",
            "hey",
            "hi there",
            "hello there",
            "hey there",
            "good morning",
            "good afternoon",
            "good evening",
            "greetings",
            "yo",
            "hallo",
            "guten tag",
            "guten morgen",
            "guten abend",
            "moin",
            "servus",
            "gruss gott",
            "ola",
            "oi",
            "bom dia",
            "boa tarde",
            "hola",
            "buenos dias",
            "buenas tardes",
            "buenas",
            "bonjour",
            "salut",
            "bonsoir",
            "coucou",
        ],
    ),
    (
        Talk::Fine,
        &[
            "ok",
            "okay",
            "alright",
            "all right",
            "got it",
            "i see",
            "understood",
            "great",
            "cool",
            "nice",
            "perfect",
            "good",
            "fine",
            "sure",
            "yes",
            "no",
            "alles klar",
            "verstanden",
            "super",
            "gut",
            "ja",
            "nein",
            "entendi",
            "esta bem",
            "vale",
            "entendido",
            "d accord",
            "compris",
        ],
    ),
];

/// Words that may stand around small talk without changing it.
const AROUND: &[&str] = &[
    "please",
    "then",
    "so",
    "ok",
    "okay",
    "oh",
    "well",
    "and",
    "now",
    "actually",
    "really",
    "there",
    "everyone",
    "all",
    "again",
    "bitte",
    "denn",
    "eigentlich",
    "also",
    "und",
    "just",
    "exactly",
    "today",
    "sorry",
    "excuse",
    "me",
    "hm",
    "hmm",
    "ah",
    "hi",
    "hello",
    "hey",
    "hallo",
    "ola",
    "hola",
    "bonjour",
];

/// What kind of small talk a text is, if it is nothing else.
pub(crate) fn talk(text: &str, name: &str) -> Option<Talk> {
    if text.chars().count() > 120 {
        return None;
    }
    let own: Vec<String> = folded(name).split_whitespace().map(str::to_owned).collect();
    let plain = folded(text);
    let words: Vec<&str> = plain
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|word| !word.is_empty() && !own.iter().any(|own| own == word))
        .collect();
    let joined = words.join(" ");
    let exact = |joined: &str| PATTERNS.iter().find(|(_, phrases)| phrases.contains(&joined)).map(|(talk, _)| *talk);
    exact(&joined).or_else(|| {
        let bare: Vec<&str> = words.iter().copied().filter(|word| !AROUND.contains(word)).collect();
        let found = exact(&bare.join(" "))?;
        (bare.len() < words.len()).then_some(found)
    })
}

/// A text without a greeting at its beginning.
pub(crate) fn without_greeting(text: &str) -> &str {
    let Some((first, rest)) = text.trim_start().split_once([',', '!', '.']) else { return text };
    let greeting = first.chars().count() < 30 && talk(first, "") == Some(Talk::Greeting);
    if greeting && !rest.trim().is_empty() { rest.trim_start() } else { text }
}

/// Who speaks, for what it says of itself.
pub(crate) struct Speaker<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its tone.
    pub tone: Tone,
    /// What it speaks about: its topics, or what its sources are called.
    pub topics: Vec<String>,
    /// The language that is spoken.
    pub language: Language,
}

impl Speaker<'_> {
    /// An answer to small talk.
    pub fn reply(&self, talk: Talk) -> String {
        match talk {
            Talk::Greeting => self.greeting(),
            Talk::HowAreYou => format!("{} {}", self.how_are_you(), self.offer()),
            Talk::Thanks => self.thanks().to_owned(),
            Talk::Bye => self.bye().to_owned(),
            Talk::Who => format!("{} {}", self.who(), self.can()),
            Talk::Can => self.can(),
            Talk::Machine => self.machine(),
            Talk::Fine => self.offer().to_owned(),
        }
    }

    fn greeting(&self) -> String {
        let hello = match (self.language, self.tone) {
            (Language::German, Tone::Formal) => "Guten Tag!",
            (Language::German, _) => "Hallo!",
            (Language::Portuguese, _) => "Olá!",
            (Language::Spanish, _) => "¡Hola!",
            (Language::French, _) => "Bonjour !",
            (_, Tone::Formal) => "Good day.",
            (_, Tone::Warm) => "Hi there!",
            _ => "Hello.",
        };
        let name = self.name.trim();
        let named = match self.language {
            _ if name.is_empty() => String::new(),
            Language::German => format!(" Ich bin {name}."),
            Language::Portuguese => format!(" Sou {name}."),
            Language::Spanish => format!(" Soy {name}."),
            Language::French => format!(" Je suis {name}."),
            _ => format!(" I'm {name}."),
        };
        format!("{hello}{named} {}", self.offer())
    }

    fn offer(&self) -> &'static str {
        match (self.language, self.tone) {
            (Language::German, Tone::Formal) => "Was möchten Sie wissen?",
            (Language::German, _) => "Was möchtest du wissen?",
            (Language::Portuguese, _) => "O que gostaria de saber?",
            (Language::Spanish, _) => "¿Qué le gustaría saber?",
            (Language::French, _) => "Que souhaitez-vous savoir ?",
            (_, Tone::Formal) => "How may I help you?",
            (_, Tone::Warm) => "What would you like to know?",
            _ => "What do you want to know?",
        }
    }

    fn how_are_you(&self) -> &'static str {
        match self.language {
            Language::German => "Ich bin ein Programm, mir geht es immer gleich; danke der Nachfrage.",
            Language::Portuguese => "Sou um programa, estou sempre na mesma; obrigado por perguntar.",
            Language::Spanish => "Soy un programa y siempre estoy igual; gracias por preguntar.",
            Language::French => "Je suis un programme, je vais toujours pareil ; merci de demander.",
            _ => "I'm a program, so always the same; thanks for asking.",
        }
    }

    fn thanks(&self) -> &'static str {
        match (self.language, self.tone) {
            (Language::German, Tone::Warm) => "Sehr gern! Frag einfach weiter, wenn noch etwas ist.",
            (Language::German, _) => "Gern geschehen.",
            (Language::Portuguese, _) => "De nada!",
            (Language::Spanish, _) => "¡De nada!",
            (Language::French, _) => "Avec plaisir !",
            (_, Tone::Warm) => "You're very welcome! Just ask when there is more.",
            (_, Tone::Formal) => "You are welcome. I am glad to be of help.",
            _ => "You're welcome.",
        }
    }

    fn bye(&self) -> &'static str {
        match (self.language, self.tone) {
            (Language::German, Tone::Formal) => "Auf Wiedersehen.",
            (Language::German, _) => "Tschüss, bis bald!",
            (Language::Portuguese, _) => "Até breve!",
            (Language::Spanish, _) => "¡Hasta pronto!",
            (Language::French, _) => "À bientôt !",
            (_, Tone::Formal) => "Goodbye.",
            (_, Tone::Warm) => "Bye, see you soon!",
            _ => "Goodbye.",
        }
    }

    fn who(&self) -> String {
        let name = match self.name.trim() {
            "" => self.nameless(),
            name => name,
        };
        match self.language {
            Language::German => format!("Ich bin {name}, ein KI-Agent."),
            Language::Portuguese => format!("Sou {name}, um agente de IA."),
            Language::Spanish => format!("Soy {name}, un agente de IA."),
            Language::French => format!("Je suis {name}, un agent d'IA."),
            _ => format!("I'm {name}, an AI agent."),
        }
    }

    fn nameless(&self) -> &'static str {
        match self.language {
            Language::German => "dein Assistent",
            Language::Portuguese => "o seu assistente",
            Language::Spanish => "su asistente",
            Language::French => "votre assistant",
            _ => "your assistant",
        }
    }

    fn can(&self) -> String {
        let topics = self.topics.join(", ");
        if topics.is_empty() {
            return match self.language {
                Language::German => {
                    "Ich beantworte Fragen aus meinen Quellen und nenne die Stellen. Gerade habe ich keine passenden."
                }
                Language::Portuguese => {
                    "Respondo a perguntas com as minhas fontes e cito-as. Agora não tenho nenhuma que sirva."
                }
                Language::Spanish => "Respondo con mis fuentes y las cito. Ahora no tengo ninguna que sirva.",
                Language::French => {
                    "Je réponds d'après mes sources et je les cite. Je n'en ai pas qui convienne pour l'instant."
                }
                _ => "I answer questions from my sources and cite them. I have none at hand for this.",
            }
            .to_owned();
        }
        match self.language {
            Language::German => format!("Ich beantworte Fragen aus meinen Quellen und nenne die Stellen: {topics}."),
            Language::Portuguese => format!("Respondo a perguntas com as minhas fontes e cito-as: {topics}."),
            Language::Spanish => format!("Respondo preguntas con mis fuentes y las cito: {topics}."),
            Language::French => format!("Je réponds d'après mes sources et je les cite : {topics}."),
            _ => format!("I answer questions from my sources and cite them: {topics}."),
        }
    }

    fn machine(&self) -> String {
        let honest = match self.language {
            Language::German => {
                "Ich bin ein KI-Agent, kein Mensch, und antworte gerade mit der eingebauten Antwortmaschine: kein Sprachmodell; ich suche \
                 in meinen Quellen, zitiere, was passt, und sage, wenn ich etwas nicht weiß."
            }
            Language::Portuguese => {
                "Sou um agente de IA, não uma pessoa, e respondo com o motor de respostas integrado: não é um modelo de linguagem; procuro nas \
                 minhas fontes, cito o que serve e digo quando não sei."
            }
            Language::Spanish => {
                "Soy un agente de IA, no una persona, y respondo con el motor de respuestas integrado: no es un modelo de lenguaje; busco en mis \
                 fuentes, cito lo que sirve y digo cuando no lo sé."
            }
            Language::French => {
                "Je suis un agent d'IA, pas une personne, et je réponds avec le moteur de réponses intégré : ce n'est pas un modèle de langage ; je \
                 cherche dans mes sources, je cite ce qui convient et je dis quand je ne sais pas."
            }
            _ => {
                "I'm an AI agent, not a person, and I answer with the built-in answer engine: no language model; it looks into my sources, \
                 quotes what fits, and says when it doesn't know."
            }
        };
        honest.to_owned()
    }

    /// That it doesn't know, and what it could tell instead.
    pub fn unknown(&self, near: &[String]) -> String {
        let sorry = match (self.language, self.tone) {
            (Language::German, Tone::Warm) => "Das weiß ich leider nicht: Meine Quellen sagen nichts dazu.",
            (Language::German, _) => "Das weiß ich nicht: Meine Quellen sagen nichts dazu.",
            (Language::Portuguese, _) => "Não sei: as minhas fontes não dizem nada sobre isso.",
            (Language::Spanish, _) => "No lo sé: mis fuentes no dicen nada sobre eso.",
            (Language::French, _) => "Je ne le sais pas : mes sources n'en disent rien.",
            (_, Tone::Warm) => "Sorry, I don't know that: my sources don't say.",
            (_, Tone::Formal) => "I am afraid I don't know that: my sources do not say.",
            _ => "I don't know that: my sources don't say.",
        };
        if near.is_empty() {
            return sorry.to_owned();
        }
        let near = near.join("; ");
        match self.language {
            Language::German => format!("{sorry} Etwas sagen kann ich zu: {near}."),
            Language::Portuguese => format!("{sorry} Posso falar sobre: {near}."),
            Language::Spanish => format!("{sorry} Puedo decir algo sobre: {near}."),
            Language::French => format!("{sorry} Je peux parler de : {near}."),
            _ => format!("{sorry} What I can tell you about: {near}."),
        }
    }

    /// Before what was remembered.
    pub fn remembered(&self) -> &'static str {
        match self.language {
            Language::German => "Das habe ich mir gemerkt:",
            Language::Portuguese => "Lembro-me disto:",
            Language::Spanish => "Recuerdo esto:",
            Language::French => "Je me souviens de ceci :",
            _ => "I remember this:",
        }
    }

    /// That nothing is remembered.
    pub fn nothing_remembered(&self) -> &'static str {
        match self.language {
            Language::German => "Ich habe mir nichts über dich gemerkt.",
            Language::Portuguese => "Não me lembro de nada sobre si.",
            Language::Spanish => "No recuerdo nada de usted.",
            Language::French => "Je n'ai rien retenu de vous.",
            _ => "I don't remember anything about you.",
        }
    }

    /// Before what a tool answered.
    pub fn result(&self, tool: &str, text: &str, is_error: bool) -> String {
        match (self.language, is_error) {
            (Language::German, false) => format!("Das Werkzeug {tool} sagt: {text}"),
            (Language::German, true) => format!("Das Werkzeug {tool} konnte es nicht ausrechnen: {text}"),
            (_, false) => format!("The tool {tool} says: {text}"),
            (_, true) => format!("The tool {tool} could not do it: {text}"),
        }
    }

    /// Sums need a tool.
    pub fn no_calculator(&self) -> &'static str {
        match self.language {
            Language::German => "Rechnen kann ich nur mit dem Taschenrechner, und der ist hier nicht eingeschaltet.",
            Language::Portuguese => "Só faço contas com a calculadora, e ela não está ligada aqui.",
            Language::Spanish => "Solo calculo con la calculadora, y aquí no está activada.",
            Language::French => "Je ne calcule qu'avec la calculatrice, et elle n'est pas activée ici.",
            _ => "I only do sums with the calculator tool, and it is not switched on here.",
        }
    }

    /// Before a quotation.
    pub fn lead(&self) -> &'static str {
        match (self.language, self.tone) {
            (Language::German, Tone::Warm) => "Gern, dazu habe ich das gefunden:",
            (Language::German, Tone::Formal) => "Dazu sagen meine Quellen:",
            (Language::Portuguese, Tone::Warm | Tone::Formal) => "Encontrei isto:",
            (Language::Spanish, Tone::Warm | Tone::Formal) => "He encontrado esto:",
            (Language::French, Tone::Warm | Tone::Formal) => "Voici ce que j'ai trouvé :",
            (_, Tone::Warm) => "Here's what I found for you:",
            (_, Tone::Formal) => "According to my sources:",
            _ => "",
        }
    }
}
