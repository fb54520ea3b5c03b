//! What changed from one point to another.

use agents_core::FieldChange;
use leptos::prelude::*;
use social_core::diff;
use ui::{
    Button, ButtonRow, Card, Change, Diff, DiffLine, EmptyState, Field, FormSkeleton, FormStack, IconName, Section,
    Select,
};
use web::{Loaded, param, query};

use crate::{
    api::builder as api,
    dto::builder::Comparison,
    parts::builder::{AgentFrame, BuilderTab},
    routes::builder as routes,
};

/// The page that compares two points.
#[component]
pub fn Compare() -> impl IntoView {
    view! {
        <AgentFrame tab=BuilderTab::Versions>
            <Inside />
        </AgentFrame>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let (id, from, to) = (param("id"), query("from"), query("to"));
    let comparison =
        Resource::new(move || (id.get(), from.get(), to.get()), |(id, from, to)| api::compare(id, from, to));
    view! {
        <Loaded resource=comparison skeleton=|| view! { <FormSkeleton fields=2 /> } let:it>
            <Contents it />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(it: Comparison) -> impl IntoView {
    let Comparison { points, from, to, changes } = it;
    let action = routes::compare(param("id").get_untracked());
    let (same, others) = (changes.is_empty(), points.clone());
    let parts = changes.into_iter().map(part).collect_view();
    view! {
        <Card title="Compare">
            <form method="get" action=action>
                <FormStack>
                    <Field id="from" label="From">
                        <Select name="from" options=others value=from />
                    </Field>
                    <Field id="to" label="To">
                        <Select name="to" options=points value=to />
                    </Field>
                    <ButtonRow>
                        <Button>"Compare"</Button>
                    </ButtonRow>
                </FormStack>
            </form>
        </Card>
        {same
            .then(|| {
                view! {
                    <EmptyState icon=IconName::Check title="No difference" text="Both are made of the same." />
                }
            })}
        {parts}
    }
    .into_any()
}

/// A field that is not the same.
fn part(change: FieldChange) -> AnyView {
    let name = label(&change.field);
    let line = |(change, text): (diff::Change, String)| {
        let change = match change {
            diff::Change::Same => Change::Same,
            diff::Change::Added => Change::Added,
            diff::Change::Removed => Change::Removed,
        };
        DiffLine { change, text }
    };
    let lines = change.pieces.into_iter().map(line).collect();
    view! {
        <Section title=name>
            <Diff label=format!("What changed: {name}") lines />
        </Section>
    }
    .into_any()
}

/// What people call a field.
fn label(field: &str) -> &'static str {
    match field {
        "instructions" => "Instructions",
        "tone" => "Tone",
        "style" => "Style",
        "topics" => "Topics",
        "length" => "Length of answers",
        "greeting" => "Greeting",
        "suggestions" => "Suggested questions",
        "model" => "Model",
        "liveliness" => "Liveliness",
        "max_output_tokens" => "Longest answer",
        "tools" => "Tools",
        "remembers" => "Memory",
        _ => "Something else",
    }
}

#[cfg(test)]
mod tests {
    use agents_core::{Length, Spec, ToolMode, agent::changes};

    use super::*;

    #[test]
    fn every_field_that_can_change_has_a_name() {
        let other = Spec {
            template: None,
            instructions: "x".to_owned(),
            tone: "x".to_owned(),
            style: "x".to_owned(),
            topics: vec!["x".to_owned()],
            length: Length::Long,
            greeting: "x".to_owned(),
            suggestions: vec!["x".to_owned()],
            model: "x".to_owned(),
            liveliness: Some(1),
            max_output_tokens: 64,
            tools: [("x".to_owned(), ToolMode::Ask)].into(),
            remembers: false,
        };
        let changed = changes(&Spec::default(), &other);
        assert_eq!(changed.len(), 12);
        for change in changed {
            assert_ne!(label(&change.field), "Something else", "{}", change.field);
        }
    }
}
