//! Keeps what is being written in this browser, until it is published.

use std::time::Duration;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    attached::{Attachments, Stored},
    browser, typed_before,
};

/// What is kept. Uploads are swept away by the server after a day, and are then said to be gone when they are sent.
#[derive(Serialize, Deserialize)]
struct Kept {
    body: String,
    #[serde(default)]
    pictures: Vec<(Stored, String)>,
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
        // Once the effects of the text area itself run: from then on it takes over what is set.
        Effect::new(move |_| set_timeout(move || keeper.bring_back(body, attachments), Duration::ZERO));
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
        // The page may have been left already.
        let Some(nothing) = body.try_with_untracked(String::is_empty) else { return };
        // What stands there came from a refused form, or was typed before the page was alive: both are newer.
        if !nothing || !untrack(|| attachments.is_empty()) {
            return;
        }
        if let Some(typed) = typed_before() {
            body.set(typed);
            return;
        }
        let kept = self.key.with_value(|key| browser::load(key));
        let Some(kept) = kept.and_then(|text| serde_json::from_str::<Kept>(&text).ok()) else { return };
        for (stored, alt) in kept.pictures {
            attachments.add(stored, alt);
        }
        body.set(kept.body);
    }

    fn keep(self, body: &str, pictures: &[(Stored, String)]) {
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
