//! One's profile: name, headline, bio and portrait.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_query_map;
use ui::{
    Button, ButtonRow, Card, CharacterCounter, Field, FormError, FormSkeleton, FormStack, Notice, Prose, Section,
    TextArea, TextInput, Tone, Variant,
};
use web::{Debounce, Form, FormState, Loaded, PortraitField};

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
