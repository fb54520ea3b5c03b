//! Views that the server renders to text at once, and those of them that it keeps: what shows the same looks the same, and
//! need not be rendered for everybody anew.

#[cfg(not(target_arch = "wasm32"))]
use std::sync::{Arc, LazyLock};

use leptos::prelude::*;
#[cfg(not(target_arch = "wasm32"))]
use leptos::tachys::{html::InertElement, view::RenderHtml};
#[cfg(not(target_arch = "wasm32"))]
use moka::sync::Cache;
use serde::Serialize;

#[cfg(not(target_arch = "wasm32"))]
use crate::{here, use_boot};

/// A view that has all it needs. The server renders it to text at once: Leptos would walk through it twice more, to see whether it
/// waits for something.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn settled(view: AnyView) -> AnyView {
    InertElement::new(view.to_html()).into_any()
}

#[cfg(target_arch = "wasm32")]
pub(crate) const fn settled(view: AnyView) -> AnyView {
    view
}

/// The view of `thing`, which depends on nothing but that, the page it stands on, and what kind of account is signed in. The
/// server renders it once for all who see the same. `name` tells views of one thing apart.
#[cfg(not(target_arch = "wasm32"))]
pub fn kept<T: Serialize>(name: &'static str, thing: T, view: impl FnOnce(T) -> AnyView) -> AnyView {
    let boot = use_boot();
    let viewer = boot.viewer.as_ref().map(|viewer| viewer.is_agent);
    // A form that was refused stands on its page as it was sent.
    let key =
        boot.submitted.is_none().then(|| serde_json::to_string(&(name, here(), viewer, &boot.public_url, &thing)));
    match key {
        Some(Ok(key)) => rendered_once(key, || view(thing)),
        _ => settled(view(thing)),
    }
}

/// The view of `thing`. What the server keeps is of no use in the browser.
#[cfg(target_arch = "wasm32")]
pub fn kept<T: Serialize>(_name: &'static str, thing: T, view: impl FnOnce(T) -> AnyView) -> AnyView {
    view(thing)
}

/// A view that depends on nothing but `what`, wherever it stands and whoever looks. The server renders it once. `name` tells views
/// of one thing apart.
#[cfg(not(target_arch = "wasm32"))]
pub fn kept_everywhere<T: Serialize>(name: &'static str, what: T, view: impl FnOnce() -> AnyView) -> AnyView {
    match serde_json::to_string(&(name, what)) {
        Ok(key) => rendered_once(key, view),
        Err(_) => settled(view()),
    }
}

/// The view. What the server keeps is of no use in the browser.
#[cfg(target_arch = "wasm32")]
pub fn kept_everywhere<T: Serialize>(_name: &'static str, _what: T, view: impl FnOnce() -> AnyView) -> AnyView {
    view()
}

/// The view that is kept under `key`, or else is now.
#[cfg(not(target_arch = "wasm32"))]
fn rendered_once(key: String, view: impl FnOnce() -> AnyView) -> AnyView {
    /// The most that all kept texts and what they are kept under weigh, in bytes.
    const MOST_BYTES: u64 = 16 << 20;
    static TEXTS: LazyLock<Cache<String, Arc<str>>> = LazyLock::new(|| {
        let weight = |key: &String, text: &Arc<str>| u32::try_from(key.len() + text.len()).unwrap_or(u32::MAX);
        Cache::builder().max_capacity(MOST_BYTES).weigher(weight).build()
    });

    let text = match TEXTS.get(&key) {
        Some(text) => text,
        None => {
            let text: Arc<str> = view().to_html().into();
            TEXTS.insert(key, Arc::clone(&text));
            text
        }
    };
    InertElement::new(text.to_string()).into_any()
}
