//! Where a check is written or changed.

use agents_core::{
    Check, Language, Rule,
    check::{MOST_CHARS, QUESTION_LIMIT},
};
use leptos::prelude::*;
use ui::{
    Button, ButtonLink, ButtonRow, Card, Disclosure, Field, FormError, FormSkeleton, FormStack, Select, TextArea,
    TextInput, Variant,
};
use web::{Form, FormState, Loaded, param};

use crate::{
    api::builder::{RemoveCheck, SaveCheck, check_form},
    dto::builder::CheckForm,
    parts::builder::{AgentFrame, BuilderTab},
    routes::builder as routes,
};

/// The page to write a check on.
#[component]
pub fn NewCheck() -> impl IntoView {
    view! {
        <AgentFrame tab=BuilderTab::Checks>
            <Inside is_new=true />
        </AgentFrame>
    }
    .into_any()
}

/// The page to change a check on.
#[component]
pub fn EditCheck() -> impl IntoView {
    view! {
        <AgentFrame tab=BuilderTab::Checks>
            <Inside is_new=false />
        </AgentFrame>
    }
    .into_any()
}

#[component]
fn Inside(is_new: bool) -> impl IntoView {
    let (id, check) = (param("id"), param("check"));
    let form = Resource::new(move || (id.get(), (!is_new).then(|| check.get())), |(id, check)| check_form(id, check));
    view! {
        <Loaded resource=form skeleton=|| view! { <FormSkeleton fields=6 /> } let:form>
            <Editor form />
        </Loaded>
    }
    .into_any()
}

/// A check as the form has it.
#[derive(Default, Clone)]
struct Fields {
    says: Vec<String>,
    lacks: Vec<String>,
    manner: &'static str,
    cites: String,
    most: String,
    language: String,
}

impl Fields {
    fn of(check: &Check) -> Self {
        let mut fields = Self::default();
        for rule in &check.rules {
            match rule {
                Rule::Contains { text } => fields.says.push(text.clone()),
                Rule::Lacks { text } => fields.lacks.push(text.clone()),
                Rule::CitesSource { source: None } => fields.cites = "any".to_owned(),
                Rule::CitesSource { source: Some(source) } => fields.cites = source.to_string(),
                Rule::Declines => fields.manner = "declines",
                Rule::Answers => fields.manner = "answers",
                Rule::AtMostChars { most } => fields.most = most.to_string(),
                Rule::InLanguage { language } => fields.language = language_word(*language),
            }
        }
        fields
    }
}

/// The name a language is stored by.
fn language_word(language: Language) -> String {
    language.name().to_lowercase()
}

#[component]
fn Editor(form: CheckForm) -> impl IntoView {
    let agent = param("id").get_untracked();
    let state = FormState::<SaveCheck>::new();
    let is_new = form.check.is_none();
    let fields = form.check.as_ref().map(Fields::of).unwrap_or_default();
    let (id, question) = form.check.map(|it| (it.id.to_string(), it.question)).unwrap_or_default();
    let (for_removal, removed) = (agent.clone(), id.clone());
    let title = if is_new { "New check" } else { "Edit the check" };
    view! {
        <Card title note="A question, and at least one thing that must be true of the answer.">
            <Form state>
                <FormStack>
                    <FormError message=state.message() id="check-error" />
                    <input type="hidden" name="agent" value=agent.clone() />
                    <input type="hidden" name="check" value=id />
                    <Field
                        id="question"
                        label="Question"
                        hint="As somebody would ask it."
                        error=state.error("question")
                    >
                        <TextArea
                            name="question"
                            value=state.value("question", question)
                            rows=2
                            required=true
                            maxlength=u32::try_from(QUESTION_LIMIT).unwrap_or(u32::MAX)
                        />
                    </Field>
                    <Words state fields=fields.clone() />
                    <Rest state fields sources=form.sources />
                    <ButtonRow>
                        <Button variant=Variant::Primary busy=state.busy()>"Save the check"</Button>
                        <ButtonLink href=routes::checks(agent) variant=Variant::Quiet>"Cancel"</ButtonLink>
                    </ButtonRow>
                </FormStack>
            </Form>
        </Card>
        {(!is_new).then(|| view! { <Remove agent=for_removal check=removed /> })}
    }
    .into_any()
}

/// The way to be rid of it, which asks first.
#[component]
fn Remove(agent: String, check: String) -> impl IntoView {
    let state = FormState::<RemoveCheck>::new();
    let open = state.problem().with_untracked(Option::is_some);
    view! {
        <Disclosure title="Remove this check" note=None open>
            <Form state>
                <FormStack>
                    <FormError message=state.message() id="remove-error" />
                    <p>"It is not asked any more. The others have to be run again before the draft can be published."</p>
                    <input type="hidden" name="agent" value=agent />
                    <input type="hidden" name="check" value=check />
                    <ButtonRow>
                        <Button variant=Variant::Danger busy=state.busy()>"Remove it"</Button>
                    </ButtonRow>
                </FormStack>
            </Form>
        </Disclosure>
    }
    .into_any()
}

/// What the answer says, and whether it is one.
#[component]
fn Words(state: FormState<SaveCheck>, fields: Fields) -> impl IntoView {
    let manners =
        [("", "Doesn't matter"), ("answers", "It answers"), ("declines", "It says that it doesn't know, or won't say")];
    view! {
        <Field id="manner" label="Whether it answers" error=state.error("manner")>
            <Select
                name="manner"
                options=manners.map(|(key, words)| (key.to_owned(), words.to_owned())).into()
                value=state.value("manner", fields.manner)
            />
        </Field>
        <Field
            id="says"
            label="It says"
            optional=true
            hint="Words that must be in the answer, in capitals or small letters. One thing a line."
            error=state.error("rules")
        >
            <TextArea name="says" value=state.value("says", fields.says.join("\n")) rows=2 />
        </Field>
        <Field
            id="lacks"
            label="It doesn't say"
            optional=true
            hint="Words that must not be in the answer. One thing a line."
        >
            <TextArea name="lacks" value=state.value("lacks", fields.lacks.join("\n")) rows=2 />
        </Field>
    }
    .into_any()
}

/// What it cites, how long it is, and in which language.
#[component]
fn Rest(state: FormState<SaveCheck>, fields: Fields, sources: Vec<(kernel::SourceId, String)>) -> impl IntoView {
    let cited = [(String::new(), "Doesn't matter".to_owned()), ("any".to_owned(), "Anything it knows".to_owned())]
        .into_iter()
        .chain(sources.into_iter().map(|(id, title)| (id.to_string(), title)))
        .collect();
    let languages = [(String::new(), "Doesn't matter".to_owned())]
        .into_iter()
        .chain(Language::KNOWN.iter().map(|it| (language_word(*it), it.name().to_owned())))
        .collect();
    view! {
        <Field id="cites" label="It cites" error=state.error("cites")>
            <Select name="cites" options=cited value=state.value("cites", fields.cites) />
        </Field>
        <Field
            id="most"
            label="It is no longer than"
            optional=true
            hint=format!("In characters, from 1 to {MOST_CHARS}.")
            error=state.error("most")
        >
            <TextInput
                name="most"
                value=state.value("most", fields.most)
                input_mode="numeric"
                autocomplete="off"
                maxlength=6
                spellcheck=false
            />
        </Field>
        <Field id="language" label="It is in" error=state.error("language")>
            <Select name="language" options=languages value=state.value("language", fields.language) />
        </Field>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_names_languages_as_they_are_stored() {
        for language in Language::KNOWN {
            let stored = serde_json::to_value(language).expect("JSON");
            assert_eq!(stored.as_str(), Some(language_word(*language).as_str()));
        }
    }
}
