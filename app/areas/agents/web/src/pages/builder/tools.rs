//! What an agent may do besides answering.

use agents_core::ToolMode;
use leptos::prelude::*;
use ui::{Badge, Button, ButtonRow, Card, FormError, FormSkeleton, FormStack, Notice, Segments, Tone, Variant};
use web::{Done, Failure, Form, FormState, Loaded, param};

use crate::{
    api::builder::{SaveTools, tools_form},
    dto::builder::{ToolGroup, ToolLine, ToolsForm},
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
    let state = FormState::<SaveTools>::new();
    let is_open = it.is_open;
    let groups = it.groups.into_iter().enumerate().map(|(at, group)| self::group(state, at, group)).collect_view();
    view! {
        {(!is_open).then(|| view! { <RetiredNotice /> })}
        <Form state on_done=after(form)>
            <FormStack>
                <FormError message=state.message() id="tools-error" />
                <input type="hidden" name="agent" value=id />
                <input type="hidden" name="number" value=it.number.to_string() />
                {groups}
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
        <p>
            "More tools come from servers that you connect. "
            <a href=routes::SERVERS>"Your tool servers"</a>
        </p>
    }
    .into_any()
}

/// Tools that come from the same place.
fn group(state: FormState<SaveTools>, place: usize, group: ToolGroup) -> AnyView {
    let rows = group.tools.into_iter().enumerate();
    let rows = rows.map(|(at, tool)| row(state, format!("tool-{place}-{at}"), tool)).collect_view();
    view! {
        <Card title=group.title note=group.note>
            {group.problem.map(|problem| view! { <Notice tone=Tone::Warning>{problem}</Notice> })}
            <div>{rows}</div>
        </Card>
    }
    .into_any()
}

/// A tool, with what the agent may do with it.
fn row(state: FormState<SaveTools>, id: String, tool: ToolLine) -> AnyView {
    let ToolLine { name, label, summary, effect, asks, mode } = tool;
    let options = [("allow", "Allow"), ("ask", "Ask"), ("off", "Off")];
    let options = options.into_iter().filter(|(key, _)| !asks || *key != "allow");
    let chosen = match mode {
        ToolMode::Allow => "allow",
        ToolMode::Ask => "ask",
        ToolMode::Off => "off",
    };
    let field = format!("tools[{name}]");
    let value = state.value(&field, chosen);
    let mark = move || effect.map(|effect| view! { <Badge tone=Tone::Warning>{effect}</Badge> });
    view! {
        <Segments
            id
            name=field
            title=label
            hint=summary
            mark
            options=options.map(|(key, words)| (key.to_owned(), words.to_owned())).collect()
            value
        />
    }
    .into_any()
}
