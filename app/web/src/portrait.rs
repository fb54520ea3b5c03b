//! The portrait in a form: uploaded as soon as it is picked where the page is alive, or with the form where it isn't.

use leptos::prelude::*;
#[cfg(target_arch = "wasm32")]
use leptos::task::spawn_local;
use server_fn::ServerFn;
use ui::{Avatar, AvatarShape, AvatarSize, Checkbox, Field, FileInput, Portrait};

use crate::{Failure, FormState, Outcome};

/// The portrait. The form sends it as `portrait` with a file, or as `kept_portrait` when it was uploaded before, and
/// `remove_portrait` to take it away.
#[component]
pub fn PortraitField<S>(
    /// The form it stands in.
    state: FormState<S>,
    /// Set while a picture is on its way: the form is not sent before it has arrived.
    uploading: RwSignal<bool>,
    /// Whose portrait it is.
    #[prop(into)]
    name: String,
    /// What kind of account that is.
    #[prop(optional)]
    shape: AvatarShape,
    /// The one it has.
    portrait: Option<Portrait>,
) -> impl IntoView
where
    S: ServerFn<Output = Outcome, Error = Failure> + 'static,
{
    // A picture that came with a refused form was stored, and is kept for the next try.
    let stored = state.value("portrait", "");
    let kept = if stored.is_empty() { state.value("kept_portrait", "") } else { stored };
    let (for_field, for_file) = (state.error("portrait"), state.error("image"));
    let refused = Signal::derive(move || for_field.get().or_else(|| for_file.get()));
    let removed = state.value("remove_portrait", "") == "true";
    Parts { kept, refused, uploading, name, shape, portrait, removed }.into_view()
}

/// What does not depend on the form's function: the browser's bundle has this once.
struct Parts {
    kept: String,
    refused: Signal<Option<String>>,
    uploading: RwSignal<bool>,
    name: String,
    shape: AvatarShape,
    portrait: Option<Portrait>,
    removed: bool,
}

impl Parts {
    fn into_view(self) -> AnyView {
        let Self { kept, refused, uploading, name, shape, portrait, removed } = self;
        let has_portrait = portrait.is_some();
        let shown = RwSignal::new(portrait);
        let kept = RwSignal::new(if untrack(|| refused.get()).is_some() { String::new() } else { kept });
        let progress = RwSignal::new(0_u8);
        let failed = RwSignal::new(None::<String>);
        let error = Signal::derive(move || failed.get().or_else(|| refused.get()));
        let on_change = move |event: leptos::ev::Event| {
            upload(&event, Upload { shown, kept, progress, failed, uploading });
        };
        let course = move || {
            if uploading.get() {
                format!("Uploading: {} %", progress.get())
            } else if kept.read().is_empty() {
                String::new()
            } else {
                "The chosen picture is uploaded. Save to show it.".to_owned()
            }
        };
        view! {
            <Field id="portrait" label="Portrait" optional=true hint="JPEG, PNG, WebP or GIF, up to 10 MB. It is cut to a square." error>
                {move || view! { <Avatar portrait=shown.get() name=name.clone() size=AvatarSize::Huge shape /> }}
                <FileInput name="portrait_file" on_change />
                <div role="status">{course}</div>
            </Field>
            <input type="hidden" name="kept_portrait" value=move || kept.get() />
            {has_portrait
                .then(|| view! { <Checkbox name="remove_portrait" label="Remove the portrait" checked=removed /> })}
        }
        .into_any()
    }
}

/// Where the course of an upload is shown.
#[derive(Clone, Copy)]
#[cfg_attr(not(target_arch = "wasm32"), expect(dead_code, reason = "nobody picks files on the server"))]
struct Upload {
    shown: RwSignal<Option<Portrait>>,
    kept: RwSignal<String>,
    progress: RwSignal<u8>,
    failed: RwSignal<Option<String>>,
    uploading: RwSignal<bool>,
}

/// Uploads the picture that was picked.
#[cfg(target_arch = "wasm32")]
fn upload(event: &leptos::ev::Event, to: Upload) {
    let Some(file) = crate::upload::picked(event).into_iter().next() else { return };
    to.failed.set(None);
    to.progress.set(0);
    to.uploading.set(true);
    spawn_local(async move {
        let answer = crate::upload::upload(file, "portrait", to.progress).await;
        // Nothing is left to be told when the page was left meanwhile.
        _ = to.uploading.try_set(false);
        match answer {
            Ok(uploaded) => {
                _ = to.kept.try_set(uploaded.media.to_string());
                _ = to.shown.try_set(Some(uploaded.url.into()));
            }
            Err(Failure(problem)) => _ = to.failed.try_set(Some(problem.message)),
        }
    });
}

/// Nobody picks files on the server.
#[cfg(not(target_arch = "wasm32"))]
const fn upload(_event: &leptos::ev::Event, _to: Upload) {}
