//! What only a browser can do. On the server each of these does nothing.

pub use web::browser::{copy, forget, load, save};

#[cfg(target_arch = "wasm32")]
pub use here::{Picked, chosen, follow, typed_before};
#[cfg(not(target_arch = "wasm32"))]
pub use rendered::{Picked, chosen, follow, typed_before};

/// What is heard of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(not(target_arch = "wasm32"), expect(dead_code, reason = "nothing is heard on the server"))]
pub enum Heard {
    /// More of it.
    Words {
        /// Paragraphs that are complete, as sanitised HTML: in place of the text after those before them.
        html: Option<String>,
        /// What comes after them.
        text: String,
    },
    /// A tool was called, or has answered.
    Steps,
    /// The connection was lost; it is being tried again.
    Lost,
    /// Somebody has to decide whether a tool may be used, before it goes on.
    Asks,
    /// It has ended.
    End,
}

#[cfg(target_arch = "wasm32")]
mod here {
    use std::rc::Rc;

    use leptos::{ev::Event, prelude::*, task::spawn_local};
    use serde::Deserialize;
    use social_core::Attachment;
    use wasm_bindgen::{JsCast, closure::Closure};
    use web::Failure;
    use web_sys::{EventSource, HtmlInputElement, HtmlTextAreaElement, MessageEvent, js_sys};

    use super::Heard;

    /// How an answer ends for the time being that waits for a decision.
    const DECIDING: &str = "deciding";

    #[derive(Deserialize)]
    struct Ended {
        state: String,
    }

    #[derive(Deserialize)]
    struct Words {
        html: Option<String>,
        text: String,
    }

    /// Follows an answer until it ends, or until the caller's owner is gone. A lost connection comes back by itself, and goes on
    /// where it was.
    pub fn follow(address: &str, hear: impl Fn(Heard) + 'static) {
        let hear = Rc::new(hear);
        let Ok(source) = EventSource::new(address) else { return hear(Heard::End) };
        let told = Rc::clone(&hear);
        let on_words = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let words = event.data().as_string().and_then(|text| serde_json::from_str::<Words>(&text).ok());
            if let Some(Words { html, text }) = words {
                told(Heard::Words { html, text });
            }
        });
        let (told, ending) = (Rc::clone(&hear), source.clone());
        let on_end = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            ending.close();
            let ended = event.data().as_string().and_then(|text| serde_json::from_str::<Ended>(&text).ok());
            told(if ended.is_some_and(|it| it.state == DECIDING) { Heard::Asks } else { Heard::End });
        });
        let told = Rc::clone(&hear);
        let on_steps = Closure::<dyn Fn()>::new(move || told(Heard::Steps));
        let lost = source.clone();
        let on_error = Closure::<dyn Fn()>::new(move || {
            // Closed for good when the server does not know the answer, or not whoever asks: what there is is loaded.
            hear(if lost.ready_state() == EventSource::CLOSED { Heard::End } else { Heard::Lost });
        });
        _ = source.add_event_listener_with_callback("words", on_words.as_ref().unchecked_ref());
        _ = source.add_event_listener_with_callback("steps", on_steps.as_ref().unchecked_ref());
        _ = source.add_event_listener_with_callback("end", on_end.as_ref().unchecked_ref());
        source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        let kept = StoredValue::new_local((source, on_words, on_steps, on_end, on_error));
        on_cleanup(move || {
            _ = kept.try_with_value(|(source, ..)| {
                source.set_onerror(None);
                source.close();
            });
        });
    }

    /// A file that somebody picked.
    pub struct Picked(web_sys::File);

    impl Picked {
        /// Its name.
        pub fn name(&self) -> String {
            self.0.name()
        }

        /// Uploads it. `progress` goes from 0 to 100.
        pub fn upload(self, progress: RwSignal<u8>, done: impl FnOnce(Result<Attachment, Failure>) + 'static) {
            let name = String::from(js_sys::encode_uri_component(&self.0.name()));
            let path = format!("/api/attachment?name={name}");
            spawn_local(async move { done(web::upload::upload_to(self.0, &path, progress).await) });
        }
    }

    /// The files that were just picked; picking the same one again counts as another time.
    pub fn chosen(event: &Event) -> Vec<Picked> {
        let picked = web::upload::picked(event).into_iter().map(Picked).collect();
        if let Some(input) = event.target().and_then(|it| it.dyn_into::<HtmlInputElement>().ok()) {
            input.set_value("");
        }
        picked
    }

    /// What somebody typed into a text area before the page came alive.
    pub fn typed_before(id: &str) -> Option<String> {
        let area = document().get_element_by_id(id)?.dyn_into::<HtmlTextAreaElement>().ok()?;
        Some(area.value()).filter(|text| !text.trim().is_empty())
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod rendered {
    use leptos::{ev::Event, prelude::RwSignal};
    use social_core::Attachment;
    use web::Failure;

    use super::Heard;

    /// A file that somebody picked: nobody, here.
    pub enum Picked {}

    impl Picked {
        /// Its name.
        pub fn name(&self) -> String {
            match *self {}
        }

        /// Uploads it.
        pub fn upload(self, _progress: RwSignal<u8>, _done: impl FnOnce(Result<Attachment, Failure>) + 'static) {
            match self {}
        }
    }

    /// The files that were just picked.
    pub const fn chosen(_event: &Event) -> Vec<Picked> {
        Vec::new()
    }

    /// Follows an answer.
    pub fn follow(_address: &str, _hear: impl Fn(Heard) + 'static) {}

    /// What somebody typed before the page came alive.
    pub const fn typed_before(_id: &str) -> Option<String> {
        None
    }
}
