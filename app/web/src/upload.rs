//! Pictures and other files on their way to the server: one at a time, with progress, as soon as they are picked.

use kernel::MediaId;
use serde::{Deserialize, Serialize};

/// What the server says of an uploaded picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uploaded {
    /// Names the picture in a form.
    pub media: MediaId,
    /// Where to see it.
    pub url: String,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
}

/// Where pictures are uploaded to. `purpose` is `post` or `portrait`.
pub fn upload_path(purpose: &str) -> String {
    format!("/api/upload?purpose={purpose}")
}

#[cfg(target_arch = "wasm32")]
pub use browser::{picked, upload, upload_to};

#[cfg(target_arch = "wasm32")]
mod browser {
    use futures::channel::oneshot;
    use kernel::{Problem, ProblemKind};
    use leptos::prelude::*;
    use serde::de::DeserializeOwned;
    use wasm_bindgen::{JsCast, closure::Closure};
    use web_sys::{File, HtmlInputElement, ProgressEvent, XmlHttpRequest};

    use super::{Uploaded, upload_path};
    use crate::Failure;

    /// Uploads one picture. `progress` goes from 0 to 100.
    ///
    /// # Errors
    /// With what the server said of it, or that it could not be reached.
    pub async fn upload(file: File, purpose: &str, progress: RwSignal<u8>) -> Result<Uploaded, Failure> {
        upload_to(file, &upload_path(purpose), progress).await
    }

    /// The files that were picked in an input.
    pub fn picked(event: &leptos::ev::Event) -> Vec<File> {
        let input = event.target().and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
        let files = input.and_then(|input| input.files());
        files.map(|files| (0..files.length()).filter_map(|at| files.item(at)).collect()).unwrap_or_default()
    }

    /// Uploads one file to an address of ours. `progress` goes from 0 to 100.
    ///
    /// # Errors
    /// With what the server said of it, or that it could not be reached.
    pub async fn upload_to<T: DeserializeOwned>(file: File, path: &str, progress: RwSignal<u8>) -> Result<T, Failure> {
        let lost = || {
            Failure(Problem::new(
                ProblemKind::Unavailable,
                "The upload was interrupted. Check your connection and try again.",
            ))
        };
        // `fetch` can't tell how much of a body has been sent; only this older interface can.
        let request = XmlHttpRequest::new().map_err(|_| lost())?;
        request.open("POST", path).map_err(|_| lost())?;
        request.set_request_header("accept", "application/json").map_err(|_| lost())?;

        let on_progress = Closure::<dyn Fn(ProgressEvent)>::new(move |event: ProgressEvent| {
            if event.length_computable() && event.total() > 0.0 {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
                progress.set((event.loaded() / event.total() * 100.0).clamp(0.0, 100.0) as u8);
            }
        });
        if let Ok(target) = request.upload() {
            target.set_onprogress(Some(on_progress.as_ref().unchecked_ref()));
        }
        let (done, finished) = oneshot::channel();
        let on_end = Closure::once(move || _ = done.send(()));
        request.set_onloadend(Some(on_end.as_ref().unchecked_ref()));

        request.send_with_opt_blob(Some(&file)).map_err(|_| lost())?;
        finished.await.map_err(|_| lost())?;

        let status = request.status().unwrap_or(0);
        let body = request.response_text().ok().flatten().unwrap_or_default();
        match status {
            200..=299 => serde_json::from_str(&body).map_err(|_| lost()),
            _ => Err(serde_json::from_str(&body).map(Failure).unwrap_or_else(|_| lost())),
        }
    }
}
