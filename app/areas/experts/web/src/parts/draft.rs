//! A long text that the browser keeps while it is typed, so that it is there again when somebody comes back to the page.

use leptos::prelude::*;
use server_fn::ServerFn;
use ui::{Button, ButtonKind, ButtonSize, Field, TextArea, Variant};
use web::{Failure, FormState, Outcome, browser};

use super::most;

/// A text area whose text is kept by the browser until it is saved. It says when what stands in it is not saved yet.
#[component]
pub fn DraftArea<S>(
    /// The form it is a field of.
    state: FormState<S>,
    /// Its name, and its id unless it has one of its own.
    name: &'static str,
    /// Its id, where another field of the page has this name.
    #[prop(optional)]
    id: Option<&'static str>,
    /// Must not be empty.
    #[prop(optional)]
    required: bool,
    /// What it is.
    #[prop(into)]
    label: String,
    /// What to know before typing.
    #[prop(into)]
    hint: String,
    /// What is saved.
    saved: String,
    /// Under which the browser keeps it.
    #[prop(into)]
    key: String,
    /// How many lines it has at least.
    rows: u32,
    /// The most characters.
    limit: usize,
) -> impl IntoView
where
    S: ServerFn<Output = Outcome, Error = Failure> + 'static,
{
    let (key, saved) = (StoredValue::new(key), StoredValue::new(saved));
    let value = state.value(name, saved.get_value());
    let (text, is_back) = (RwSignal::new(value.clone()), RwSignal::new(false));
    // A form that was refused without JavaScript has what was typed.
    if state.problem().with_untracked(Option::is_none) {
        Effect::new(move |_| {
            let kept = key.with_value(|key| browser::load(key)).and_then(|kept| still_meant(&kept, &saved.get_value()));
            if let Some(kept) = kept {
                text.set(kept);
                is_back.set(true);
            }
        });
    }
    let typed = move |typed: String| {
        let saved = saved.get_value();
        key.with_value(|key| {
            if typed == saved { browser::forget(key) } else { browser::save(key, &to_keep(&saved, &typed)) }
        });
    };
    let discard = move |_: leptos::ev::MouseEvent| {
        text.set(saved.get_value());
        is_back.set(false);
        key.with_value(|key| browser::forget(key));
    };
    let id = id.unwrap_or(name);
    view! {
        <Field id label hint optional=!required error=state.error(name)>
            <TextArea name value text rows required maxlength=most(limit) on_input=typed />
        </Field>
        {move || {
            is_back
                .get()
                .then(|| view! {
                    <p role="status">
                        "What you typed before is here again. It is not saved yet. "
                        <Button kind=ButtonKind::Button variant=Variant::Quiet size=ButtonSize::Small on_click=discard>
                            "Discard it"
                        </Button>
                    </p>
                })
        }}
    }
    .into_any()
}

/// Between what was saved and what was typed. Nobody types it.
const BETWEEN: char = '\u{1f}';

/// What the browser keeps: what was typed, behind what was saved then.
fn to_keep(saved: &str, typed: &str) -> String {
    format!("{saved}{BETWEEN}{typed}")
}

/// What was typed before, if nothing else was saved since, and it is not what is saved.
fn still_meant(kept: &str, saved: &str) -> Option<String> {
    let (was, typed) = kept.split_once(BETWEEN)?;
    (was == saved && typed != saved).then(|| typed.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_saved_since_counts() {
        let kept = to_keep("old", "new\nlines");
        assert_eq!(still_meant(&kept, "old"), Some("new\nlines".to_owned()));
        assert_eq!(still_meant(&kept, "other"), None);
        assert_eq!(still_meant(&to_keep("old", "old"), "old"), None);
        assert_eq!(still_meant("nothing of ours", ""), None);
    }
}
