//! What is sent to the other one's browser at once, and what comes from there.

use experts_core::talk::{SIGNAL_LIMIT, Signal};

/// As many of the signals, from the first on, as can be sent at once: their text, and how many they are. Nothing
/// without any. One that is too long by itself is sent alone, and refused.
#[cfg_attr(not(any(target_arch = "wasm32", test)), expect(dead_code, reason = "nothing is sent by the server"))]
pub fn packet<'a>(signals: impl IntoIterator<Item = &'a Signal>) -> Option<(String, usize)> {
    let (mut text, mut count) = (String::from("["), 0);
    for signal in signals {
        // Signals are texts and numbers: they can be written.
        let next = serde_json::to_string(signal).unwrap_or_default();
        // With the comma before it, and the bracket after all.
        if count > 0 && text.len() + next.len() + 2 > SIGNAL_LIMIT {
            break;
        }
        if count > 0 {
            text.push(',');
        }
        text.push_str(&next);
        count += 1;
    }
    text.push(']');
    (count > 0).then_some((text, count))
}

/// What the other one's browser tells. What can't be read is left out: it is of another version of the page.
pub fn signals(texts: &[(i64, String)]) -> Vec<Signal> {
    texts.iter().flat_map(|(_, text)| serde_json::from_str::<Vec<Signal>>(text).unwrap_or_default()).collect()
}

#[cfg(test)]
mod tests {
    use experts_core::talk::What;

    use super::*;

    fn signal(word: &str, length: usize) -> Signal {
        Signal { from: word.to_owned(), to: None, what: What::Offer { sdp: "x".repeat(length) } }
    }

    #[test]
    fn as_many_are_sent_at_once_as_fit() {
        assert_eq!(packet(&[]), None);
        let all = [signal("a", 6_000), signal("b", 6_000), signal("c", 6_000)];
        let (text, count) = packet(&all).expect("signals");
        assert!(count == 2 && text.len() <= SIGNAL_LIMIT, "{count} in {}", text.len());
        assert_eq!(signals(&[(1, text)]), all[..2]);
        let (_, alone) = packet(&[signal("a", SIGNAL_LIMIT), signal("b", 1)]).expect("signals");
        assert_eq!(alone, 1);
    }

    #[test]
    fn what_can_not_be_read_is_left_out() {
        let told = [(1, "nonsense".to_owned()), (2, r#"[{"from":"a","what":"left"}]"#.to_owned())];
        let left = Signal { from: "a".to_owned(), to: None, what: What::Left };
        assert_eq!(signals(&told), [left]);
    }
}
