//! What is typed into a form and not saved: the browser keeps it, so that it is there again when somebody comes back to the page.

#[cfg(any(target_arch = "wasm32", test))]
use serde::{Deserialize, Serialize};

#[cfg(target_arch = "wasm32")]
pub use here::{bring_back, discard, keep};
#[cfg(not(target_arch = "wasm32"))]
pub use rendered::{bring_back, discard, keep};

/// The names of a form's fields, which are their ids too, with what is saved of each.
pub type Saved = Vec<(&'static str, String)>;

/// A field with something typed into it.
#[cfg(any(target_arch = "wasm32", test))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Typed {
    name: String,
    /// What was saved of it then.
    was: String,
    now: String,
}

/// What of it can be shown again: where something else was saved meanwhile, that counts.
#[cfg(any(target_arch = "wasm32", test))]
fn still_meant(typed: Vec<Typed>, saved: &Saved) -> Vec<Typed> {
    let is_as_it_was = |it: &Typed| saved.iter().any(|(name, text)| *name == it.name && *text == it.was);
    typed.into_iter().filter(is_as_it_was).collect()
}

#[cfg(target_arch = "wasm32")]
mod here {
    use leptos::prelude::*;
    use wasm_bindgen::JsValue;
    use web::browser;
    use web_sys::{Event, js_sys::Reflect};

    use super::{Saved, Typed, still_meant};

    fn typed_into(id: &str) -> Option<String> {
        let field = document().get_element_by_id(id)?;
        Reflect::get(&field, &JsValue::from_str("value")).ok()?.as_string()
    }

    fn put_into(id: &str, text: &str) {
        let Some(field) = document().get_element_by_id(id) else { return };
        _ = Reflect::set(&field, &JsValue::from_str("value"), &JsValue::from_str(text));
        // What counts its characters hears of it.
        if let Ok(event) = Event::new("input") {
            _ = field.dispatch_event(&event);
        }
    }

    /// Keeps what is typed now. A browser that is full or forbids it keeps nothing, and nothing else is lost.
    pub fn keep(key: &str, saved: &Saved) {
        let typed = saved.iter().filter_map(|(name, was)| {
            let now = typed_into(name).filter(|now| now != was)?;
            Some(Typed { name: (*name).to_owned(), was: was.clone(), now })
        });
        let typed: Vec<Typed> = typed.collect();
        match serde_json::to_string(&typed) {
            Ok(text) if !typed.is_empty() => browser::save(key, &text),
            _ => browser::forget(key),
        }
    }

    /// Shows what was typed before, and says whether there was anything.
    pub fn bring_back(key: &str, saved: &Saved) -> bool {
        let typed =
            browser::load(key).and_then(|text| serde_json::from_str::<Vec<Typed>>(&text).ok()).unwrap_or_default();
        let typed = still_meant(typed, saved);
        for field in &typed {
            put_into(&field.name, &field.now);
        }
        if typed.is_empty() {
            browser::forget(key);
        }
        !typed.is_empty()
    }

    /// Shows what is saved, and forgets what was typed.
    pub fn discard(key: &str, saved: &Saved) {
        for (name, text) in saved {
            put_into(name, text);
        }
        browser::forget(key);
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod rendered {
    use super::Saved;

    /// Keeps what is typed now.
    pub const fn keep(_key: &str, _saved: &Saved) {}

    /// Shows what was typed before.
    pub const fn bring_back(_key: &str, _saved: &Saved) -> bool {
        false
    }

    /// Shows what is saved.
    pub const fn discard(_key: &str, _saved: &Saved) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_saved_elsewhere_meanwhile_counts() {
        let typed = |name: &str, was: &str| Typed { name: name.to_owned(), was: was.to_owned(), now: "new".to_owned() };
        let kept = vec![typed("tone", "warm"), typed("style", "short"), typed("gone", "")];
        let saved = vec![("tone", "warm".to_owned()), ("style", "long".to_owned())];
        assert_eq!(still_meant(kept, &saved), [typed("tone", "warm")]);
    }
}
