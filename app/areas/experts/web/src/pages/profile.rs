//! What an expert says of themselves.

use experts_core::{
    PolicyKind,
    expert::{ABOUT_LIMIT, HEADLINE_LIMIT, MOST_LANGUAGES, MOST_SKILLS, SKILL_LIMIT},
};
use leptos::prelude::*;
use ui::{
    Button, ButtonRow, Card, CheckGroup, Checkbox, Choice, ChoiceGroup, Field, FormError, FormStack, TextInput,
    Variant, ZoneInput,
};
use web::{Done, Form, FormState, LANGUAGES, language};

use super::setup::Inside;
use crate::{
    api::SaveProfile,
    dto::{Profile, Setup},
    parts::{DraftArea, SetupFrame, SetupTab, ladder_name, message_but, most},
    routes,
};

/// The fields of the form that say themselves what is wrong with them.
const FIELDS: &[&str] = &["headline", "about", "skills", "languages", "zone", "policy"];

/// The page of what an expert says of themselves.
#[component]
pub fn ProfilePage() -> impl IntoView {
    view! {
        <SetupFrame tab=SetupTab::Profile>
            <Done says=&[
                ("saved", "It is saved."),
                ("published", "You are in the directory. Others can book you now."),
                ("paused", "You take a break. Nobody new can book you."),
            ] />
            <Inside page=routes::SETUP with_zones=true show=contents />
        </SetupFrame>
    }
    .into_any()
}

fn contents(setup: Setup) -> AnyView {
    let Setup { begun, profile, zones, .. } = setup;
    view! { <Fields begun profile zones /> }.into_any()
}

#[component]
fn Fields(begun: bool, profile: Profile, zones: Vec<String>) -> impl IntoView {
    let state = FormState::<SaveProfile>::new();
    let Profile { headline, about, skills, languages, zone, policy, approval } = profile;
    // A box that is not ticked is not sent: after a refusal what counts is what was sent.
    let was_sent = state.problem().with_untracked(Option::is_some);
    let approves = if was_sent { state.value("approval", "") == "true" } else { approval };
    let guess = !begun && !was_sent;
    view! {
        <Form state>
            <FormStack>
                <FormError message=message_but(state, FIELDS) id="profile-error" />
                <Card title="What others see">
                    <FormStack>
                        <Field
                            id="headline"
                            label="In a line"
                            hint="What you do, and for whom."
                            error=state.error("headline")
                        >
                            <TextInput
                                name="headline"
                                value=state.value("headline", headline)
                                required=true
                                maxlength=most(HEADLINE_LIMIT)
                            />
                        </Field>
                        <DraftArea
                            state
                            name="about"
                            label="About you"
                            hint="Markdown. What you have done, and what ten minutes with you can bring."
                            saved=about
                            key="expert-about"
                            rows=6
                            limit=ABOUT_LIMIT
                        />
                        <Field
                            id="skills"
                            label="What you know about"
                            hint=format!("Divided by commas: at most {MOST_SKILLS}, of {SKILL_LIMIT} characters each.")
                            optional=true
                            error=state.error("skills")
                        >
                            <TextInput name="skills" value=state.value("skills", skills) maxlength=900 />
                        </Field>
                        <Languages state languages was_sent />
                        <Field
                            id="zone"
                            label="Your time zone"
                            hint="The hours you give are those of its clock. Others see times by their own."
                            error=state.error("zone")
                        >
                            <ZoneInput name="zone" value=state.value("zone", zone) zones guess />
                        </Field>
                    </FormStack>
                </Card>
                <Card title="How you are booked">
                    <FormStack>
                        <Policies state policy />
                        <Checkbox
                            name="approval"
                            label="Each booking waits for my word"
                            hint="The money is set aside until you say yes. Without a word within a day it goes back."
                            checked=approves
                        />
                    </FormStack>
                </Card>
                <ButtonRow>
                    <Button variant=Variant::Primary busy=state.busy()>"Save"</Button>
                </ButtonRow>
            </FormStack>
        </Form>
    }
    .into_any()
}

#[component]
fn Languages(state: FormState<SaveProfile>, languages: Vec<String>, was_sent: bool) -> impl IntoView {
    let known = LANGUAGES.into_iter().map(|(code, _)| code.to_owned());
    let is_other = |code: &&String| LANGUAGES.iter().all(|(known, _)| known != code);
    let others: Vec<String> = languages.iter().filter(is_other).cloned().collect();
    let boxes = known
        .chain(others)
        .enumerate()
        .map(|(at, code)| {
            let name = format!("languages[{at}]");
            let checked = if was_sent { state.value(&name, "") == code } else { languages.contains(&code) };
            view! { <Checkbox name value=code.clone() label=language(&code) checked /> }.into_any()
        })
        .collect_view();
    view! {
        <CheckGroup
            id="languages"
            legend=format!("Languages you speak, at most {MOST_LANGUAGES}")
            error=state.error("languages")
        >
            {boxes}
        </CheckGroup>
    }
    .into_any()
}

#[component]
fn Policies(state: FormState<SaveProfile>, policy: PolicyKind) -> impl IntoView {
    let chosen = state.value("policy", policy.as_str());
    let choices = PolicyKind::ALL
        .into_iter()
        .map(|kind| {
            let hint = Some(kind.policy().words().join("; "));
            let checked = chosen == kind.as_str();
            view! { <Choice name="policy" value=kind.as_str() label=ladder_name(kind) hint checked /> }.into_any()
        })
        .collect_view();
    view! {
        <ChoiceGroup id="policy" legend="What clients get back who cancel" error=state.error("policy")>{choices}</ChoiceGroup>
    }
    .into_any()
}
