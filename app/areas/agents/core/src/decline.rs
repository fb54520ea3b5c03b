//! Whether an answer says that it is none: told from its first words, the same way for every model.

/// How much of an answer is looked at, in characters: who declines does so first.
const BEGINNING: usize = 240;

/// What is said by those who don't know, can't or won't, in small letters.
const DECLINING: &[&str] = &[
    "i don't know",
    "i do not know",
    "i don't have",
    "i do not have",
    "i have no information",
    "sources don't say",
    "sources do not say",
    "i can't answer",
    "i cannot answer",
    "i can't help with",
    "i cannot help with",
    "i can't give",
    "i cannot give",
    "i can't provide",
    "i cannot provide",
    "i can't share",
    "i cannot share",
    "i can't tell",
    "i cannot tell",
    "i can't predict",
    "i cannot predict",
    "i'm not able to",
    "i am not able to",
    "i'm unable to",
    "i am unable to",
    "i won't be able",
    "weiß ich nicht",
    "weiß ich leider nicht",
    "kann ich nicht",
    "kann ich leider nicht",
    "keine information",
    "não sei",
    "não posso",
    "no lo sé",
    "no puedo",
    "je ne sais pas",
    "je ne le sais pas",
    "je ne peux pas",
    "non lo so",
    "non posso",
    "weet ik niet",
    "kan ik niet",
];

/// What sounds like declining and speaks of other times: "I say when I don't know".
const OTHER_TIMES: &[&str] = &[
    "when i don't know",
    "when i do not know",
    "if i don't know",
    "if i do not know",
    "wenn ich etwas nicht weiß",
    "quando não sei",
    "cuando no lo sé",
    "quand je ne sais pas",
];

/// Whether an answer says that it doesn't know, or won't say.
pub fn declines(answer: &str) -> bool {
    let beginning: String = answer.chars().take(BEGINNING).collect();
    let mut plain = beginning.to_lowercase().replace('’', "'").split_whitespace().collect::<Vec<_>>().join(" ");
    for other in OTHER_TIMES {
        plain = plain.replace(other, "");
    }
    DECLINING.iter().any(|words| plain.contains(words))
}

#[cfg(test)]
mod tests {
    use super::declines;

    #[test]
    fn who_declines_says_so_first() {
        for declining in [
            "I don't know that: my sources don't say.",
            "Sorry, I don’t know that.",
            "I'm afraid I cannot share personal phone numbers.",
            "Das weiß ich nicht: Meine Quellen sagen nichts dazu.",
            "Não sei: as minhas fontes não dizem nada sobre isso.",
            "I do not\nhave that number.",
        ] {
            assert!(declines(declining), "{declining}");
        }
        for answering in [
            "Hello! I answer from my sources and say when I don't know.",
            "You can return it within ten days [1].",
            "You don't have to bring the receipt, only the card you paid with.",
            "",
        ] {
            assert!(!declines(answering), "{answering}");
        }
        let late = format!("{} I don't know.", "It is like this. ".repeat(30));
        assert!(!declines(&late));
    }
}
