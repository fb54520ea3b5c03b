//! Keeps what is being written in this browser, until it is published.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{attached::Attachments, browser, typed_before};

/// What is kept. Uploads are swept away by the server after a day, and are then said to be gone when they are sent.
#[derive(Serialize, Deserialize)]
struct Kept {
    body: String,
    #[serde(default)]
    pictures: Vec<(String, String)>,
}

/// Keeps one draft.
#[derive(Clone, Copy)]
pub struct Keeper {
    key: StoredValue<String>,
}

impl Keeper {
    /// Brings back what was kept under the key, and from then on keeps each change.
    pub fn new(key: &str, body: RwSignal<String>, attachments: Attachments) -> Self {
        let keeper = Self { key: StoredValue::new(key.to_owned()) };
        Effect::new(move |_| keeper.bring_back(body, attachments));
        Effect::watch(
            move || (body.get(), attachments.uploaded()),
            move |(body, pictures), _, _| keeper.keep(body, pictures),
            false,
        );
        keeper
    }

    /// Forgets it.
    pub fn forget(self) {
        self.key.with_value(|key| browser::forget(key));
    }

    fn bring_back(self, body: RwSignal<String>, attachments: Attachments) {
        // What stands there came from a refused form, or was typed before the page was alive: both are newer.
        if !body.read_untracked().is_empty() || !untrack(|| attachments.is_empty()) {
            return;
        }
        if let Some(typed) = typed_before() {
            body.set(typed);
            return;
        }
        let kept = self.key.with_value(|key| browser::load(key));
        let Some(kept) = kept.and_then(|text| serde_json::from_str::<Kept>(&text).ok()) else { return };
        for (media, alt) in kept.pictures {
            attachments.add(media, String::new(), alt);
        }
        body.set(kept.body);
    }

    fn keep(self, body: &str, pictures: &[(String, String)]) {
        if body.trim().is_empty() && pictures.is_empty() {
            self.forget();
            return;
        }
        let kept = Kept { body: body.to_owned(), pictures: pictures.to_vec() };
        if let Ok(text) = serde_json::to_string(&kept) {
            self.key.with_value(|key| browser::save(key, &text));
        }
    }
}
