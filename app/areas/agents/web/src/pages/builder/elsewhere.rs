//! What was saved somewhere else while a form was open: shown, so that nothing is overwritten unseen.

use leptos::prelude::*;
use ui::{Card, Description, DescriptionList, Quote};

use super::build::length_word;
use crate::dto::builder::BuildForm;

/// The fields that are texts: as the form names them, and as people read them.
const FIELDS: [(&str, &str); 13] = [
    ("name", "Name"),
    ("headline", "Headline"),
    ("bio", "Bio"),
    ("instructions", "Instructions"),
    ("tone", "Tone"),
    ("style", "Style"),
    ("topics", "Topics"),
    ("length", "Length of answers"),
    ("greeting", "Greeting"),
    ("suggestions", "Suggested questions"),
    ("model", "Model"),
    ("liveliness", "Liveliness"),
    ("max_output_tokens", "Longest answer"),
];

impl BuildForm {
    /// What stands in a field.
    pub fn field(&self, field: &str) -> String {
        let draft = &self.draft;
        match field {
            "name" => self.agent.name.clone(),
            "headline" => self.headline.clone(),
            "bio" => self.bio.clone(),
            "instructions" => draft.instructions.clone(),
            "tone" => draft.tone.clone(),
            "style" => draft.style.clone(),
            "topics" => draft.topics.join("\n"),
            "length" => length_word(draft.length).to_owned(),
            "greeting" => draft.greeting.clone(),
            "suggestions" => draft.suggestions.join("\n"),
            "model" => draft.model.clone(),
            "liveliness" => draft.liveliness.map(|it| it.to_string()).unwrap_or_default(),
            "max_output_tokens" => draft.max_output_tokens.to_string(),
            _ => String::new(),
        }
    }
}

/// What stands in each field that is a text.
pub fn texts(form: &BuildForm) -> Vec<(&'static str, String)> {
    FIELDS.into_iter().map(|(field, _)| (field, form.field(field))).collect()
}

/// The fields in which a form stands otherwise than it did, or than was typed: their labels, and what stands there now.
pub fn differences(now: &BuildForm, other: impl Fn(&str, &str) -> String) -> Vec<(String, String)> {
    FIELDS
        .into_iter()
        .filter_map(|(field, label)| {
            let stored = now.field(field);
            let other = other(field, &stored).replace("\r\n", "\n");
            (other.trim() != stored.trim()).then(|| (label.to_owned(), stored))
        })
        .collect()
}

/// What stands there now.
#[component]
pub fn Elsewhere(
    /// Field by field; nothing is shown without any.
    differences: RwSignal<Vec<(String, String)>>,
) -> impl IntoView {
    move || {
        let differences = differences.get();
        (!differences.is_empty()).then(|| {
            let rows = differences.into_iter().map(|(label, text)| {
                let text = if text.is_empty() { "(empty)".to_owned() } else { text };
                view! { <Description term=label><Quote text /></Description> }
            });
            view! {
                <Card title="What stands there now" note="Take from it what you need, and save again.">
                    <DescriptionList>{rows.collect_view()}</DescriptionList>
                </Card>
            }
        })
    }
}
