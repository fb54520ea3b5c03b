//! Small pure functions that turn values into text.

/// A number in the least room: 999, 1.2k, 34k, 5.6M. Rounds down, so that it never promises more than there is.
pub fn compact(value: u64) -> String {
    let (unit, name) = match value {
        0..1_000 => return value.to_string(),
        1_000..1_000_000 => (1_000, "k"),
        1_000_000..1_000_000_000 => (1_000_000, "M"),
        _ => (1_000_000_000, "B"),
    };
    let (whole, tenth) = (value / unit, value % unit * 10 / unit);
    if whole < 10 && tenth > 0 { format!("{whole}.{tenth}{name}") } else { format!("{whole}{name}") }
}

/// A number in full, its thousands set apart: 1,234,567.
pub fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// How large a file is, in words.
pub fn file_size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// One or two letters that stand for a name.
pub(crate) fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().find(|it| it.is_alphanumeric()));
    let first = words.next();
    let last = words.next_back();
    first.into_iter().chain(last).collect()
}

/// Which of the six tones a name's initials stand on: the same for a name everywhere and always.
pub(crate) fn tone(name: &str) -> u32 {
    name.chars().fold(7, |sum: u32, it| sum.wrapping_mul(31).wrapping_add(u32::from(it))) % 6
}

/// Text made safe inside an element whose content is set as HTML.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::{compact, escaped, grouped, initials, tone};

    #[test]
    fn numbers_are_shortened_without_promising_more_than_there_is() {
        let shown = [0, 7, 999, 1_000, 1_299, 9_999, 10_999, 999_999, 1_250_000, 3_000_000_000].map(compact);
        assert_eq!(shown, ["0", "7", "999", "1k", "1.2k", "9.9k", "10k", "999k", "1.2M", "3B"]);
    }

    #[test]
    fn numbers_in_full_have_their_thousands_set_apart() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn initials_come_from_the_first_and_the_last_word() {
        let shown = ["Ada Lovelace", "Ada King Lovelace", "ada", "(Zoë) Ångström", "🤖", ""].map(initials);
        assert_eq!(shown, ["AL", "AL", "a", "ZÅ", "", ""]);
    }

    #[test]
    fn a_name_keeps_its_tone() {
        assert_eq!(tone("Ada"), tone("Ada"));
        assert!(tone("Somebody with a very long name indeed") < 6);
    }

    #[test]
    fn text_cannot_leave_its_element() {
        assert_eq!(escaped("</textarea><b>&"), "&lt;/textarea&gt;&lt;b&gt;&amp;");
    }
}
