//! What an agent may do besides answering.

use agents_core::ToolMode;
use leptos::prelude::*;
use ui::{
    Badge, Button, ButtonLink, ButtonRow, Card, EmptyState, FormError, FormSkeleton, FormStack, IconName, Segments,
    Tone, Variant,
};
use web::{Done, Failure, Form, FormState, Loaded, param};

use crate::{
    api::builder::{SaveTools, tools_form},
    dto::builder::{ToolLine, ToolsForm},
    parts::builder::{AgentFrame, BuilderTab, RetiredNotice, after},
    routes::builder as routes,
};

/// The page to choose tools on.
#[component]
pub fn Tools() -> impl IntoView {
    view! {
        <AgentFrame tab=BuilderTab::Tools>
            <Inside />
        </AgentFrame>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let id = param("id");
    let form = Resource::new(move || id.get(), tools_form);
    view! {
        <Done says=&[("saved", "Saved. It uses them from the next answer to you on, and with everybody once it is published.")] />
        <Loaded resource=form skeleton=|| view! { <FormSkeleton fields=4 /> } let:it>
            <ToolsCard it form />
        </Loaded>
    }
    .into_any()
}

#[component]
fn ToolsCard(it: ToolsForm, form: Resource<Result<ToolsForm, Failure>>) -> impl IntoView {
    let id = param("id").get_untracked();
    if it.tools.is_empty() {
        let on = move || view! { <ButtonLink href=routes::build(id)>"Go on building"</ButtonLink> };
        return view! {
            <EmptyState
                icon=IconName::Settings
                title="There are no tools"
                text="This server offers none. The agent answers from what it knows."
                action=on
            />
        }
        .into_any();
    }
    let state = FormState::<SaveTools>::new();
    let rows = it.tools.into_iter().map(|tool| row(state, tool)).collect_view();
    let is_open = it.is_open;
    view! {
        {(!is_open).then(|| view! { <RetiredNotice /> })}
        <Card
            title="What it may do"
            note="Allow lets it decide by itself. Ask means that whoever it works for says yes each time. What publishes or spends never happens without somebody's yes."
        >
            <Form state on_done=after(form)>
                <FormStack>
                    <FormError message=state.message() id="tools-error" />
                    <input type="hidden" name="agent" value=id />
                    <input type="hidden" name="number" value=it.number.to_string() />
                    <div>{rows}</div>
                    {is_open
                        .then(|| {
                            view! {
                                <ButtonRow>
                                    <Button variant=Variant::Primary busy=state.busy()>"Save"</Button>
                                </ButtonRow>
                            }
                        })}
                </FormStack>
            </Form>
        </Card>
    }
    .into_any()
}

/// A tool, with what the agent may do with it.
fn row(state: FormState<SaveTools>, tool: ToolLine) -> AnyView {
    let ToolLine { name, label, summary, effect, source, mode } = tool;
    let options = [("allow", "Allow"), ("ask", "Ask"), ("off", "Off")];
    let chosen = match mode {
        ToolMode::Allow => "allow",
        ToolMode::Ask => "ask",
        ToolMode::Off => "off",
    };
    let field = format!("tools[{name}]");
    let value = state.value(&field, chosen);
    let mark = move || {
        view! {
            {effect.map(|effect| view! { <Badge tone=Tone::Warning>{effect}</Badge> })}
            {source.map(|source| view! { <Badge>{source}</Badge> })}
        }
    };
    view! {
        <Segments
            id=format!("tool-{name}")
            name=field
            title=label
            hint=summary
            mark
            options=options.map(|(key, words)| (key.to_owned(), words.to_owned())).into()
            value
        />
    }
    .into_any()
}
