//! Forms that only ask: what was chosen stands in the address of the page that answers, so it can be kept and sent on.

use leptos::{html::form, prelude::*};
use leptos_router::hooks::{use_location, use_navigate};

/// A form that leads to a page, with what was chosen in its address. Without JavaScript the browser does the same.
#[component]
pub fn QueryForm(
    /// The page that answers.
    #[prop(into)]
    action: String,
    /// What is asked, for assistive software.
    #[prop(into)]
    label: String,
    /// The inputs and the button. They are made anew when the address changes by something else, such as going back.
    children: ChildrenFn,
) -> impl IntoView {
    let navigate = use_navigate();
    let search = use_location().search;
    let version = RwSignal::new(0_u32);
    let sent = StoredValue::new(String::new());
    Effect::watch(
        move || search.get(),
        move |now, _, _| {
            if sent.with_value(|sent| now.trim_start_matches('?') != sent) {
                version.update(|it| *it += 1);
            }
        },
        false,
    );
    let page = action.clone();
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        let Some(query) = asked(&event) else { return };
        event.prevent_default();
        let address = if query.is_empty() { page.clone() } else { format!("{page}?{query}") };
        sent.set_value(query);
        navigate(&address, leptos_router::NavigateOptions::default());
    };
    form()
        .method("get")
        .action(action)
        .attr("role", "search")
        .attr("aria-label", label)
        .on(leptos::ev::submit, on_submit)
        .child(move || {
            version.track();
            children()
        })
        .into_any()
}

/// What was chosen, as it stands in an address; what was left empty is left out.
#[cfg(target_arch = "wasm32")]
fn asked(event: &leptos::ev::SubmitEvent) -> Option<String> {
    let data = leptos::form::form_data_from_event(event).ok()?;
    let fields = web_sys::UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?;
    let fields: String = fields.to_string().into();
    Some(said(&fields))
}

#[cfg(not(target_arch = "wasm32"))]
fn asked(_event: &leptos::ev::SubmitEvent) -> Option<String> {
    None
}

#[cfg(any(target_arch = "wasm32", test))]
fn said(fields: &str) -> String {
    fields.split('&').filter(|pair| !pair.is_empty() && !pair.ends_with('=')).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_empty_is_not_asked() {
        assert_eq!(super::said("words=a+b&category=&max=3"), "words=a+b&max=3");
        assert_eq!(super::said("words=&category="), "");
    }
}
