//! What an agent is made of.

use agents_core::{
    Length, ModelOffer,
    spec::{GREETING_LIMIT, INSTRUCTIONS_LIMIT, MAX_OUTPUT_TOKENS, MAX_SUGGESTIONS},
};
use kernel::{AccountId, ProblemKind};
use leptos::{prelude::*, task::spawn_local};
use ui::{
    AvatarShape, Button, ButtonKind, Card, CharacterCounter, Checkbox, Field, FormError, FormSkeleton, LongForm,
    Select, TextArea, TextInput, Variant, amount,
};
use web::{Done, Form, FormState, Loaded, Outcome, PortraitField, browser, param};

use super::elsewhere::{Elsewhere, differences, texts};
use crate::{
    api::builder::{Save, build_form},
    dto::builder::BuildForm,
    parts::builder::{AgentFrame, BuilderTab, RetiredNotice, refresh_head, typed},
};

/// The page to build an agent on.
#[component]
pub fn Build() -> impl IntoView {
    view! {
        <AgentFrame tab=BuilderTab::Build>
            <Inside />
        </AgentFrame>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let id = param("id");
    let form = Resource::new(move || id.get(), build_form);
    view! {
        <Done says=&[
            ("made", "Your agent is made. Say what it is for, try it out, and publish it when its checks pass."),
            ("saved", "Saved."),
        ] />
        <Loaded resource=form skeleton=|| view! { <FormSkeleton fields=6 /> } let:form>
            <Editor form />
        </Loaded>
    }
    .into_any()
}

/// How far the form is from being saved.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kept {
    AsOpened,
    /// What was typed before, and not saved, is there again.
    Back,
    Changed,
    Saved,
}

#[component]
fn Editor(form: BuildForm) -> impl IntoView {
    let state = FormState::<Save>::new();
    let uploading = RwSignal::new(false);
    let kept = RwSignal::new(Kept::AsOpened);
    // Never the number that a refused form came with: whoever saves again has been told what stands there now.
    let number = RwSignal::new(form.number);
    let is_retired = form.agent.state == agents_core::AgentState::Retired;
    let elsewhere = elsewhere(state, &form, number);
    let refresh = refresh_head();
    let agent = form.agent.id;
    let typed =
        TypedBefore { key: StoredValue::new(format!("agent-build:{agent}")), saved: StoredValue::new(texts(&form)) };
    // A form that was refused without JavaScript has what was typed.
    if !is_retired && state.problem().with_untracked(Option::is_none) {
        Effect::new(move |_| {
            if typed.bring_back() {
                kept.set(Kept::Back);
            }
        });
    }
    let on_done = move |outcome: Outcome| {
        if let Outcome::Go(path) = outcome
            && let Some(saved) = path.rsplit("number=").next().and_then(|it| it.parse().ok())
        {
            number.set(saved);
        }
        elsewhere.set(Vec::new());
        kept.set(Kept::Saved);
        typed.is_saved(agent);
        refresh.run(());
    };
    let said = move || match kept.get() {
        Kept::AsOpened => "",
        Kept::Back => "What you typed before is here again. It is not saved yet.",
        Kept::Changed => "Not saved yet.",
        Kept::Saved => "Saved. Try it out, or run its checks.",
    };
    let bar = move || {
        view! {
            <Button variant=Variant::Primary busy=state.busy() disabled=uploading>"Save"</Button>
            <span role="status">{said}</span>
            {move || {
                (kept.get() == Kept::Back)
                    .then(|| {
                        let discard = move |_| {
                            typed.discard();
                            kept.set(Kept::AsOpened);
                        };
                        view! { <Button kind=ButtonKind::Button variant=Variant::Quiet on_click=discard>"Discard it"</Button> }
                    })
            }}
        }
    };
    let changed = move |()| {
        kept.set(Kept::Changed);
        typed.keep();
    };
    let id = form.agent.id.to_string();
    let fields = view! {
        <FormError message=state.message() id="build-error" />
        <Elsewhere differences=elsewhere />
        <input type="hidden" name="agent" value=id />
        <input type="hidden" name="number" value=move || number.get().to_string() />
        <Presentation state uploading form=form.clone() />
        <Manner state form=form.clone() />
        <Beginning state form=form.clone() />
        <Engine state form />
    };
    if is_retired {
        return view! {
            <RetiredNotice />
            <Form state on_done><LongForm>{fields}</LongForm></Form>
        }
        .into_any();
    }
    view! {
        <Form state multipart=true on_done>
            <LongForm on_change=changed bar>{fields}</LongForm>
        </Form>
    }
    .into_any()
}

/// What the browser keeps of what is typed, and was not saved.
#[derive(Clone, Copy)]
struct TypedBefore {
    key: StoredValue<String>,
    saved: StoredValue<typed::Saved>,
}

impl TypedBefore {
    /// Nothing, when the page was left.
    fn with<T>(self, work: impl FnOnce(&str, &typed::Saved) -> T) -> Option<T> {
        self.key.try_with_value(|key| self.saved.try_with_value(|saved| work(key, saved))).flatten()
    }

    fn keep(self) {
        _ = self.with(typed::keep);
    }

    fn bring_back(self) -> bool {
        self.with(typed::bring_back).unwrap_or_default()
    }

    fn discard(self) {
        _ = self.with(typed::discard);
    }

    /// All was saved. What is typed from now on is held against that, in the form in which it was saved.
    fn is_saved(self, agent: AccountId) {
        _ = self.key.try_with_value(|key| browser::forget(key));
        spawn_local(async move {
            if let Ok(fresh) = build_form(agent.to_string()).await {
                _ = self.saved.try_set_value(texts(&fresh));
            }
        });
    }
}

/// What stands in a draft that was saved somewhere else meanwhile, where it is other than here.
fn elsewhere(state: FormState<Save>, form: &BuildForm, number: RwSignal<u32>) -> RwSignal<Vec<(String, String)>> {
    let problem = state.problem();
    let is_conflict = move || problem.with(|it| it.as_ref().is_some_and(|it| it.kind == ProblemKind::Conflict));
    // A form that was refused without JavaScript has what was typed; else it is compared with what it began with.
    let typed = |field: &str, stored: &str| state.value(field, stored);
    let found = if untrack(is_conflict) { differences(form, typed) } else { Vec::new() };
    let (found, opened) = (RwSignal::new(found), StoredValue::new(form.clone()));
    let agent = form.agent.id;
    Effect::watch(
        is_conflict,
        move |conflict, _, _| {
            if !*conflict {
                return;
            }
            spawn_local(async move {
                let Ok(fresh) = build_form(agent.to_string()).await else { return };
                let Some(opened) = opened.try_get_value() else { return };
                _ = found.try_set(differences(&fresh, |field, _| opened.field(field)));
                _ = number.try_set(fresh.number);
            });
        },
        false,
    );
    found
}

/// How it presents itself.
#[component]
fn Presentation(state: FormState<Save>, uploading: RwSignal<bool>, form: BuildForm) -> impl IntoView {
    let note = format!("What others see at @{}. The handle can't be changed.", form.agent.handle);
    view! {
        <Card title="How it presents itself" note>
            <PortraitField
                state
                uploading
                name=form.agent.name.clone()
                shape=AvatarShape::Agent
                portrait=form.agent.portrait.clone()
            />
            <Field id="name" label="Name" error=state.error("name")>
                <TextInput
                    name="name"
                    value=state.value("name", form.agent.name.clone())
                    autocomplete="off"
                    required=true
                    maxlength=60
                />
            </Field>
            <Field
                id="headline"
                label="Headline"
                optional=true
                hint="What it does, in a line."
                error=state.error("headline")
            >
                <TextInput name="headline" value=state.value("headline", form.headline) autocomplete="off" maxlength=100 />
            </Field>
            <Field
                id="bio"
                label="Bio"
                optional=true
                hint="Markdown: *emphasis*, **strong**, lists and links."
                error=state.error("bio")
            >
                <TextArea name="bio" value=state.value("bio", form.bio) rows=3 />
            </Field>
        </Card>
    }
    .into_any()
}

/// The number of characters, as the server counts them.
fn length(text: &str) -> u32 {
    u32::try_from(text.trim().replace("\r\n", "\n").chars().count()).unwrap_or(u32::MAX)
}

/// What it is for, and how it speaks.
#[component]
fn Manner(state: FormState<Save>, form: BuildForm) -> impl IntoView {
    let instructions = state.value("instructions", form.draft.instructions.clone());
    let used = RwSignal::new(length(&instructions));
    let limit = u32::try_from(INSTRUCTIONS_LIMIT).unwrap_or(u32::MAX);
    let lengths = [Length::Short, Length::Medium, Length::Long].map(|it| {
        let words = match it {
            Length::Short => "A sentence or two",
            Length::Medium => "A paragraph or two",
            Length::Long => "As long as it takes",
        };
        (length_word(it).to_owned(), words.to_owned())
    });
    view! {
        <Card title="What it is for" note="How it goes about its work, and how it sounds.">
            <Field
                id="instructions"
                label="Instructions"
                hint="What it is for, what it does first, what it leaves to a person. Plain sentences work best."
                error=state.error("instructions")
                aside=move || view! { <CharacterCounter used limit /> }
            >
                <TextArea
                    name="instructions"
                    value=instructions
                    rows=10
                    on_input=move |text: String| used.set(length(&text))
                />
            </Field>
            <Field id="tone" label="Tone" optional=true hint="How it sounds, such as: warm, exact." error=state.error("tone")>
                <TextInput name="tone" value=state.value("tone", form.draft.tone.clone()) autocomplete="off" />
            </Field>
            <Field
                id="style"
                label="Style"
                optional=true
                hint="How it writes, such as: short sentences, no jargon."
                error=state.error("style")
            >
                <TextInput name="style" value=state.value("style", form.draft.style.clone()) autocomplete="off" />
            </Field>
            <Field
                id="topics"
                label="Topics"
                optional=true
                hint="One a line. Leave it empty for anything."
                error=state.error("topics")
            >
                <TextArea name="topics" value=state.value("topics", form.draft.topics.join("\n")) rows=3 />
            </Field>
            <Field id="length" label="Length of answers" error=state.error("length")>
                <Select
                    name="length"
                    options=lengths.into()
                    value=state.value("length", length_word(form.draft.length))
                />
            </Field>
        </Card>
    }
    .into_any()
}

/// The name a length is stored by.
pub(super) const fn length_word(length: Length) -> &'static str {
    match length {
        Length::Short => "short",
        Length::Medium => "medium",
        Length::Long => "long",
    }
}

/// How a conversation begins.
#[component]
fn Beginning(state: FormState<Save>, form: BuildForm) -> impl IntoView {
    let hint = format!("One a line, up to {MAX_SUGGESTIONS}: what somebody could ask first.");
    view! {
        <Card title="How a conversation begins">
            <Field
                id="greeting"
                label="Greeting"
                optional=true
                hint=format!("What it says first. Up to {GREETING_LIMIT} characters.")
                error=state.error("greeting")
            >
                <TextArea name="greeting" value=state.value("greeting", form.draft.greeting.clone()) rows=2 />
            </Field>
            <Field id="suggestions" label="Suggested questions" optional=true hint error=state.error("suggestions")>
                <TextArea name="suggestions" value=state.value("suggestions", form.draft.suggestions.join("\n")) rows=3 />
            </Field>
        </Card>
    }
    .into_any()
}

/// Which model answers, and how.
#[component]
fn Engine(state: FormState<Save>, form: BuildForm) -> impl IntoView {
    let models = models(&form.models, &form.draft.model);
    let liveliness = form.draft.liveliness.map(|it| it.to_string()).unwrap_or_default();
    let lively = state.value("liveliness", liveliness);
    let is_checked = match state.problem().with_untracked(Option::is_some) {
        // A box that is not ticked is not sent.
        true => state.value("remembers", "") == "true",
        false => form.draft.remembers,
    };
    let range = format!(
        "The most it writes at once, from {} to {} tokens; a token is about three quarters of a word. What an answer can cost at most is set aside before it is written.",
        MAX_OUTPUT_TOKENS.start(),
        MAX_OUTPUT_TOKENS.end()
    );
    view! {
        <Card title="What it answers by">
            <Field
                id="model"
                label="Model"
                hint="Prices are for a million tokens, of questions and of answers. When this one can't be reached, the next one answers."
                error=state.error("model")
            >
                <Select name="model" options=models value=state.value("model", form.draft.model.clone()) />
            </Field>
            <Field id="liveliness" label="Liveliness" error=state.error("liveliness")>
                <Select name="liveliness" options=livelinesses(&lively) value=lively.clone() />
            </Field>
            <Field
                id="max_output_tokens"
                label="Longest answer"
                hint=range
                error=state.error("max_output_tokens")
            >
                <TextInput
                    name="max_output_tokens"
                    value=state.value("max_output_tokens", form.draft.max_output_tokens.to_string())
                    input_mode="numeric"
                    autocomplete="off"
                    required=true
                    maxlength=5
                    spellcheck=false
                />
            </Field>
            <Checkbox
                name="remembers"
                label="It remembers whom it speaks with"
                hint="Everybody sees what it remembers of them, changes it and deletes it."
                checked=is_checked
            />
        </Card>
    }
    .into_any()
}

/// The models to choose from, with what they cost.
fn models(offered: &[ModelOffer], chosen: &str) -> Vec<(String, String)> {
    let first = offered.first().map_or("none", |it| it.label.as_str());
    let price = |it: &ModelOffer| match it.is_free() {
        true => "free".to_owned(),
        false => format!("{} and {}", amount(it.input), amount(it.output)),
    };
    let mut options = vec![(String::new(), format!("The first of this server: {first}"))];
    options.extend(offered.iter().map(|it| (it.name.clone(), format!("{} · {}", it.label, price(it)))));
    if !chosen.is_empty() && !offered.iter().any(|it| it.name == chosen) {
        options.push((chosen.to_owned(), format!("{chosen} · not offered here, so the first answers")));
    }
    options
}

/// How lively it can be; with the number itself, when it is another one.
fn livelinesses(chosen: &str) -> Vec<(String, String)> {
    let mut options: Vec<(String, String)> = [
        ("", "The model's own way"),
        ("0", "The same each time"),
        ("30", "Steady"),
        ("60", "Varied"),
        ("100", "Lively"),
    ]
    .map(|(key, words)| (key.to_owned(), words.to_owned()))
    .into();
    if !options.iter().any(|(key, _)| key == chosen) {
        options.push((chosen.to_owned(), format!("{chosen} of 100")));
    }
    options
}

#[cfg(test)]
mod tests {
    use kernel::{Currency, Money};

    use super::*;

    #[test]
    fn models_are_shown_with_their_prices_and_one_that_is_gone_stays_chosen() {
        let euros = |minor| Money::new(minor, Currency::Eur);
        let offer = |name: &str, cents| ModelOffer {
            name: name.to_owned(),
            label: name.to_uppercase(),
            input: euros(cents),
            output: euros(4 * cents),
            tools: false,
            pictures: false,
        };
        let words: Vec<_> =
            models(&[offer("a/b", 250), offer("c/d", 0)], "e/f").into_iter().map(|(_, it)| it).collect();
        assert_eq!(
            words,
            [
                "The first of this server: A/B",
                "A/B · 2.50 EUR and 10.00 EUR",
                "C/D · free",
                "e/f · not offered here, so the first answers"
            ]
        );
    }
}
