//! What only a browser can do, and several areas need. On the server each of these does nothing.

use leptos::prelude::*;

#[cfg(target_arch = "wasm32")]
pub use here::{copy, forget, load, save};
#[cfg(not(target_arch = "wasm32"))]
pub use rendered::{copy, forget, load, save};

/// Whether the browser has taken the page over. Not yet while it does, so that it finds what the server made.
pub fn alive() -> RwSignal<bool> {
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    alive
}

#[cfg(target_arch = "wasm32")]
mod here {
    use leptos::prelude::*;
    use wasm_bindgen::{JsCast, JsValue, closure::Closure};
    use web_sys::{Storage, js_sys};

    fn storage() -> Option<Storage> {
        window().local_storage().ok().flatten()
    }

    /// What was kept under a name.
    pub fn load(key: &str) -> Option<String> {
        storage()?.get_item(key).ok().flatten()
    }

    /// Keeps something under a name. A browser that is full or forbids it keeps nothing, and nothing else is lost.
    pub fn save(key: &str, text: &str) {
        if let Some(storage) = storage() {
            _ = storage.set_item(key, text);
        }
    }

    /// Forgets what was kept under a name.
    pub fn forget(key: &str) {
        if let Some(storage) = storage() {
            _ = storage.remove_item(key);
        }
    }

    /// Copies a text, and says whether that went well.
    pub fn copy(text: &str, done: impl FnOnce(bool) + Clone + 'static) {
        let clipboard = js_sys::Reflect::get(&window().navigator(), &JsValue::from_str("clipboard"));
        // Browsers offer it only over TLS and on the same machine.
        let Some(clipboard) = clipboard.ok().and_then(|it| it.dyn_into::<web_sys::Clipboard>().ok()) else {
            done(false);
            return;
        };
        let failed = done.clone();
        let on_done = Closure::once(move |_: JsValue| done(true));
        let on_failure = Closure::once(move |_: JsValue| failed(false));
        _ = clipboard.write_text(text).then2(&on_done, &on_failure);
        // One of them is called, some time later; both are small.
        on_done.forget();
        on_failure.forget();
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod rendered {
    /// What was kept under a name.
    pub const fn load(_key: &str) -> Option<String> {
        None
    }

    /// Keeps something under a name.
    pub const fn save(_key: &str, _text: &str) {}

    /// Forgets what was kept under a name.
    pub const fn forget(_key: &str) {}

    /// Copies a text.
    pub fn copy(_text: &str, done: impl FnOnce(bool) + Clone + 'static) {
        done(false);
    }
}
