//! One's profile: name, headline, bio and portrait.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_query_map;
use ui::{
    Avatar, AvatarSize, Button, ButtonRow, Card, CharacterCounter, Checkbox, Field, FileInput, FormError, FormSkeleton,
    FormStack, Notice, Portrait, Prose, Section, TextArea, TextInput, Tone, Variant,
};
use web::{Debounce, Form, FormState, Loaded};

use crate::{
    api::{EditProfile, SignOut, my_profile, preview_bio},
    dto::OwnProfile,
    parts::{SettingsFrame, SettingsTab},
};

/// How many characters a bio has at most.
const BIO: u32 = 500;
/// How long to wait for more letters before the preview is made.
const PAUSE: Duration = Duration::from_millis(400);

/// The page to edit one's profile on.
#[component]
pub fn ProfilePage() -> impl IntoView {
    view! {
        <SettingsFrame tab=SettingsTab::Profile>
            <Profile />
        </SettingsFrame>
    }
    .into_any()
}

#[component]
fn Profile() -> impl IntoView {
    let profile = Resource::new(|| (), |()| my_profile());
    let saved = use_query_map().with_untracked(|query| query.get_str("saved") == Some("profile"));
    view! {
        {saved.then(|| view! { <Notice tone=Tone::Success live=true>"Your profile was saved."</Notice> })}
        <Loaded resource=profile skeleton=|| view! { <FormSkeleton fields=4 /> } let:profile>
            <ProfileForm profile />
        </Loaded>
        <Section title="This device">
            <SignOutHere />
        </Section>
    }
}

#[component]
fn ProfileForm(profile: OwnProfile) -> impl IntoView {
    let state = FormState::<EditProfile>::new();
    // Set while a picture is on its way: the form is not sent before it has arrived.
    let uploading = RwSignal::new(false);
    view! {
        <Card title="Profile" note=format!("What others see at @{}.", profile.handle)>
            <Form state multipart=true>
                <FormStack>
                    <FormError message=state.message() />
                    <PortraitField state uploading name=profile.name.clone() portrait=profile.portrait />
                    <Field id="name" label="Name" error=state.error("name")>
                        <TextInput
                            name="name"
                            value=state.value("name", profile.name)
                            autocomplete="name"
                            required=true
                            maxlength=60
                        />
                    </Field>
                    <Field
                        id="headline"
                        label="Headline"
                        optional=true
                        hint="What you do, in a line."
                        error=state.error("headline")
                    >
                        <TextInput name="headline" value=state.value("headline", profile.headline) maxlength=100 />
                    </Field>
                    <BioField state bio=profile.bio bio_html=profile.bio_html />
                    <ButtonRow>
                        <Button variant=Variant::Primary busy=state.busy() disabled=uploading>"Save"</Button>
                    </ButtonRow>
                </FormStack>
            </Form>
        </Card>
    }
    .into_any()
}

/// The portrait: uploaded as soon as it is picked where the page is alive, or with the form where it isn't.
#[component]
fn PortraitField(
    state: FormState<EditProfile>,
    uploading: RwSignal<bool>,
    name: String,
    portrait: Option<Portrait>,
) -> impl IntoView {
    let has_portrait = portrait.is_some();
    let shown = RwSignal::new(portrait);
    // A picture that came with a refused form was stored, and is kept for the next try.
    let stored = state.value("portrait", "");
    let kept = if stored.is_empty() { state.value("kept_portrait", "") } else { stored };
    let (for_field, for_file) = (state.error("portrait"), state.error("image"));
    let refused = move || for_field.get().or_else(|| for_file.get());
    let kept = RwSignal::new(if untrack(refused).is_some() { String::new() } else { kept });
    let progress = RwSignal::new(0_u8);
    let failed = RwSignal::new(None::<String>);
    let error = Signal::derive(move || failed.get().or_else(refused));
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
            {move || view! { <Avatar portrait=shown.get() name=name.clone() size=AvatarSize::Huge /> }}
            <FileInput name="portrait_file" on_change />
            <div role="status">{course}</div>
        </Field>
        <input type="hidden" name="kept_portrait" value=move || kept.get() />
        {has_portrait.then(|| view! {
            <Checkbox
                name="remove_portrait"
                label="Remove the portrait"
                checked=state.value("remove_portrait", "") == "true"
            />
        })}
    }
    .into_any()
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
    use leptos::wasm_bindgen::JsCast;

    let input = event.target().and_then(|it| it.dyn_into::<web_sys::HtmlInputElement>().ok());
    let Some(file) = input.and_then(|input| input.files()).and_then(|files| files.item(0)) else { return };
    to.failed.set(None);
    to.progress.set(0);
    to.uploading.set(true);
    spawn_local(async move {
        let answer = web::upload::upload(file, "portrait", to.progress).await;
        // Nothing is left to be told when the page was left meanwhile.
        _ = to.uploading.try_set(false);
        match answer {
            Ok(uploaded) => {
                _ = to.kept.try_set(uploaded.media.to_string());
                _ = to.shown.try_set(Some(uploaded.url.into()));
            }
            Err(web::Failure(problem)) => _ = to.failed.try_set(Some(problem.message)),
        }
    });
}

/// Nobody picks files on the server.
#[cfg(not(target_arch = "wasm32"))]
const fn upload(_event: &leptos::ev::Event, _to: Upload) {}

/// The bio, and how it will look.
#[component]
fn BioField(state: FormState<EditProfile>, bio: String, bio_html: String) -> impl IntoView {
    let typed = state.value("bio", bio);
    let used = RwSignal::new(length(&typed));
    let preview = RwSignal::new(bio_html);
    let debounce = Debounce::new(PAUSE);
    let on_input = move |text: String| {
        used.set(length(&text));
        debounce.ask(move |asked| {
            spawn_local(async move {
                // A preview that fails stays as it was: saving will say what is wrong.
                if let Ok(html) = preview_bio(text).await
                    && asked.is_latest()
                {
                    preview.set(html);
                }
            });
        });
    };
    view! {
        <Field
            id="bio"
            label="Bio"
            optional=true
            hint="Markdown: *emphasis*, **strong**, lists and links."
            error=state.error("bio")
            aside=move || view! { <CharacterCounter used limit=BIO /> }
        >
            <TextArea name="bio" value=typed rows=4 on_input />
        </Field>
        {move || {
            (!preview.read().is_empty())
                .then(|| view! {
                    <Section title="How it looks">
                        <Prose html=preview />
                    </Section>
                })
        }}
    }
    .into_any()
}

/// The number of characters, as the server counts them.
fn length(text: &str) -> u32 {
    u32::try_from(text.trim().replace("\r\n", "\n").chars().count()).unwrap_or(u32::MAX)
}

#[component]
fn SignOutHere() -> impl IntoView {
    let state = FormState::<SignOut>::new();
    view! {
        <Form state>
            <FormError message=state.message() id="sign-out-error" />
            <Button busy=state.busy()>"Sign out"</Button>
        </Form>
    }
}
