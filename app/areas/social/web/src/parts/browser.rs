//! What only a browser can do. On the server each of these does nothing.

pub use web::browser::{copy, forget, load, save};

#[cfg(target_arch = "wasm32")]
pub use here::{Picked, chosen, new_key, scroll_to, scroll_to_top, typed_before};
#[cfg(not(target_arch = "wasm32"))]
pub use rendered::{Picked, chosen, new_key, scroll_to, scroll_to_top, typed_before};

#[cfg(target_arch = "wasm32")]
mod here {
    use leptos::{ev::Event, prelude::*, task::spawn_local};
    use wasm_bindgen::JsCast;
    use web::{Failure, upload::Uploaded};
    use web_sys::{HtmlInputElement, HtmlTextAreaElement, js_sys};

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

    /// A key for what is written next. It tells an author's own submissions apart, and guards nothing.
    pub fn new_key() -> Option<String> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 65 535")]
        let part = || (js_sys::Math::random() * 65_536.0) as u16;
        Some((0..8).map(|_| format!("{:04x}", part())).collect())
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

    /// A key for what is written next.
    pub const fn new_key() -> Option<String> {
        None
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
