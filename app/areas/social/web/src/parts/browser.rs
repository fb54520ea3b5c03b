//! What only a browser can do. On the server each of these does nothing.

#[cfg(target_arch = "wasm32")]
pub use here::{Picked, chosen, copy, forget, load, new_key, save, scroll_to, scroll_to_top, typed_before};
#[cfg(not(target_arch = "wasm32"))]
pub use rendered::{Picked, chosen, copy, forget, load, new_key, save, scroll_to, scroll_to_top, typed_before};

#[cfg(target_arch = "wasm32")]
mod here {
    use leptos::{ev::Event, prelude::*, task::spawn_local};
    use wasm_bindgen::{JsCast, JsValue, closure::Closure};
    use web::{Failure, upload::Uploaded};
    use web_sys::{HtmlInputElement, HtmlTextAreaElement, Storage, js_sys};

    /// A picture that somebody picked.
    pub struct Picked(web_sys::File);

    impl Picked {
        /// The name of its file.
        pub fn name(&self) -> String {
            self.0.name()
        }

        /// An address under which this page, and no other, can show it.
        pub fn preview(&self) -> String {
            web_sys::Url::create_object_url_with_blob(&self.0).unwrap_or_default()
        }

        /// Uploads it. `progress` goes from 0 to 100.
        pub fn upload(self, progress: RwSignal<u8>, done: impl FnOnce(Result<Uploaded, Failure>) + 'static) {
            spawn_local(async move { done(web::upload::upload(self.0, "post", progress).await) });
        }
    }

    /// The pictures that were just picked; picking the same one again counts as another time.
    pub fn chosen(event: &Event) -> Vec<Picked> {
        let Some(input) = event.target().and_then(|it| it.dyn_into::<HtmlInputElement>().ok()) else {
            return Vec::new();
        };
        let files = input.files();
        let picked =
            files.iter().flat_map(|files| (0..files.length()).filter_map(|at| files.item(at))).map(Picked).collect();
        input.set_value("");
        picked
    }

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

    /// A key for what is written next. It tells an author's own submissions apart, and guards nothing.
    pub fn new_key() -> Option<String> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 65 535")]
        let part = || (js_sys::Math::random() * 65_536.0) as u16;
        Some((0..8).map(|_| format!("{:04x}", part())).collect())
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

    /// Shows the top of the page.
    pub fn scroll_to_top() {
        window().scroll_to_with_x_and_y(0.0, 0.0);
    }

    /// Shows an element, once what has just changed stands on the page.
    pub fn scroll_to(id: String) {
        request_animation_frame(move || {
            if let Some(element) = document().get_element_by_id(&id) {
                element.scroll_into_view();
            }
        });
    }

    /// What somebody typed into a text area before the page came alive.
    pub fn typed_before(id: &str) -> Option<String> {
        let area = document().get_element_by_id(id)?.dyn_into::<HtmlTextAreaElement>().ok()?;
        Some(area.value())
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod rendered {
    use leptos::{ev::Event, prelude::RwSignal};
    use web::{Failure, upload::Uploaded};

    /// A picture that somebody picked: nobody, here.
    pub enum Picked {}

    impl Picked {
        /// The name of its file.
        pub fn name(&self) -> String {
            match *self {}
        }

        /// An address to show it.
        pub fn preview(&self) -> String {
            match *self {}
        }

        /// Uploads it.
        pub fn upload(self, _progress: RwSignal<u8>, _done: impl FnOnce(Result<Uploaded, Failure>) + 'static) {
            match self {}
        }
    }

    /// The pictures that were just picked.
    pub const fn chosen(_event: &Event) -> Vec<Picked> {
        Vec::new()
    }

    /// What was kept under a name.
    pub const fn load(_key: &str) -> Option<String> {
        None
    }

    /// Keeps something under a name.
    pub const fn save(_key: &str, _text: &str) {}

    /// Forgets what was kept under a name.
    pub const fn forget(_key: &str) {}

    /// A key for what is written next.
    pub const fn new_key() -> Option<String> {
        None
    }

    /// Copies a text.
    pub fn copy(_text: &str, done: impl FnOnce(bool) + Clone + 'static) {
        done(false);
    }

    /// Shows the top of the page.
    pub const fn scroll_to_top() {}

    /// Shows an element.
    pub fn scroll_to(_id: String) {}

    /// What somebody typed before the page came alive.
    pub const fn typed_before(_id: &str) -> Option<String> {
        None
    }
}
