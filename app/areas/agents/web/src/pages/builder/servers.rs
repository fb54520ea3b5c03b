//! Servers of tools: what somebody connects for their agents, and how each of them is doing.

use agents_core::mcp::{ADDRESS_LIMIT, HEADER_LIMIT, MAX_SERVERS, NAME_LIMIT};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use ui::{
    Badge, Button, ButtonRow, ButtonSize, Card, Description, DescriptionList, Disclosure, EmptyState, Field, FormError,
    FormStack, IconName, ListSkeleton, Notice, PageBody, PageHeader, PasswordInput, TextInput, Timestamp, Tone,
    Variant,
};
use web::{Done, Failure, Form, FormState, Loaded, MembersOnly, Outcome, use_viewer};

use crate::{
    api::builder::{self as api, AddServer, AskServer, RemoveServer},
    dto::builder::{self as dto, ServerLine},
    parts::builder::RowError,
    routes::builder as routes,
};

type Loading = Resource<Result<dto::Servers, Failure>>;

/// The page of one's servers of tools.
#[component]
pub fn Servers() -> impl IntoView {
    let inside = if use_viewer().is_some() {
        view! { <Inside /> }.into_any()
    } else {
        view! { <MembersOnly title="Sign in to connect tools" /> }.into_any()
    };
    view! {
        <Title text="Tool servers" />
        <PageHeader
            title="Tool servers"
            note="Servers that speak the Model Context Protocol (MCP) offer tools to your agents."
            back=routes::AGENTS
            back_label="All agents"
        />
        <PageBody>{inside}</PageBody>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let servers: Loading = Resource::new(|| (), |()| api::servers());
    view! {
        <Done says=&[
            ("added", "It was added, and asked what it offers. Choose on the Tools page of each agent which tools it may use."),
            ("asked", "It was asked again."),
            ("removed", "It was removed. Agents go on without its tools."),
        ] />
        <Loaded resource=servers skeleton=|| view! { <ListSkeleton count=3 /> } let:it>
            <List it servers />
        </Loaded>
    }
    .into_any()
}

#[component]
fn List(it: dto::Servers, servers: Loading) -> impl IntoView {
    let is_empty = it.servers.is_empty();
    let cards = it.servers.into_iter().map(|server| view! { <Server server servers /> }.into_any()).collect_view();
    let new = if it.is_full {
        view! { <Notice>{format!("You have {MAX_SERVERS} servers, which is the most. Remove one to add another.")}</Notice> }
            .into_any()
    } else {
        view! { <NewServer servers /> }.into_any()
    };
    view! {
        {is_empty
            .then(|| {
                view! {
                    <EmptyState
                        icon=IconName::Settings
                        title="No servers yet"
                        text="A server lends agents its tools: a calendar, a shop, a search of your own. You add one by its address, and choose for each agent what it may use."
                    />
                }
            })}
        {cards}
        {new}
    }
    .into_any()
}

/// What a page does when one of its forms was accepted.
fn after(servers: Loading) -> Callback<Outcome> {
    let navigate = use_navigate();
    Callback::new(move |outcome| {
        if let Outcome::Go(path) = outcome {
            navigate(&path, NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
        }
        servers.refetch();
    })
}

#[component]
fn Server(server: ServerLine, servers: Loading) -> impl IntoView {
    let (tone, word) = match (&server.problem, &server.asked) {
        (Some(_), _) => (Tone::Danger, "Can't be used"),
        (None, Some(_)) => (Tone::Success, "Answers"),
        (None, None) => (Tone::Neutral, "Not asked yet"),
    };
    let note = if server.operators { "Offered by the operator of this site".to_owned() } else { server.address };
    let problem = server.problem.map(|problem| view! { <Notice tone=Tone::Warning>{problem}</Notice> });
    let moment = |moment: Option<web::Moment>| match moment {
        Some(at) => view! { <Timestamp when=at.into() /> }.into_any(),
        None => view! { "Never" }.into_any(),
    };
    let (asked, answered) = (moment(server.asked), moment(server.answered));
    let header = server.header.map(|header| {
        view! { <Description term="Secret">{format!("Sent in the header {header}. It is kept sealed, and never shown.")}</Description> }
    });
    let (id, name) = (server.id.to_string(), server.name.clone());
    let remove = (!server.operators).then(|| view! { <Remove id=id.clone() name servers /> });
    view! {
        <Card title=server.name note actions=move || view! { <Badge tone>{word}</Badge> }>
            {problem}
            <DescriptionList>
                <Description term="Last asked">{asked}</Description>
                <Description term="Last answered">{answered}</Description>
                {header}
            </DescriptionList>
            <Tools tools=server.tools />
            <Ask id servers />
            {remove}
        </Card>
    }
    .into_any()
}

/// What it offers, in its own words.
#[component]
fn Tools(tools: Vec<(String, String)>) -> impl IntoView {
    let title = match tools.len() {
        0 => return view! { <p>"It offers no tools, as far as is known."</p> }.into_any(),
        1 => "1 tool".to_owned(),
        count => format!("{count} tools"),
    };
    let tools = tools.into_iter().map(|(name, said)| {
        let said = if said.trim().is_empty() { "The server does not say what it does.".to_owned() } else { said };
        view! { <Description term=name>{said}</Description> }
    });
    let tools = tools.collect_view();
    view! {
        <Disclosure title note=Some("In the words of whoever runs the server.".to_owned())>
            <DescriptionList>{tools}</DescriptionList>
        </Disclosure>
    }
    .into_any()
}

#[component]
fn Ask(id: String, servers: Loading) -> impl IntoView {
    let state = FormState::<AskServer>::of(id.clone());
    view! {
        <Form state on_done=after(servers)>
            <input type="hidden" name="server" value=id />
            <ButtonRow>
                <Button size=ButtonSize::Small icon=IconName::Refresh busy=state.busy()>"Ask again"</Button>
            </ButtonRow>
            <RowError message=state.message() />
        </Form>
    }
    .into_any()
}

#[component]
fn Remove(id: String, name: String, servers: Loading) -> impl IntoView {
    let state = FormState::<RemoveServer>::of(id.clone());
    let open = state.problem().with_untracked(Option::is_some);
    view! {
        <Disclosure title="Remove" note=None open>
            <Form state on_done=after(servers)>
                <FormError message=state.message() id=format!("remove-{id}-error") />
                <p>{format!("No agent will use the tools of {name} any more. Its address and its secret are deleted.")}</p>
                <input type="hidden" name="server" value=id />
                <ButtonRow>
                    <Button size=ButtonSize::Small variant=Variant::Danger busy=state.busy()>"Remove it"</Button>
                </ButtonRow>
            </Form>
        </Disclosure>
    }
    .into_any()
}

fn most(limit: usize) -> u32 {
    u32::try_from(limit).unwrap_or(u32::MAX)
}

#[component]
fn NewServer(servers: Loading) -> impl IntoView {
    let state = FormState::<AddServer>::new();
    view! {
        <Card
            title="Add a server"
            note="It is asked at once what it offers. Its tools ask before each use: whoever talks with the agent says yes or no."
        >
            <Form state on_done=after(servers)>
                <FormStack>
                    <FormError message=state.message() id="server-error" />
                    <Field
                        id="name"
                        label="Name"
                        hint="Small letters, digits and hyphens. It stands before the name of each tool."
                        error=state.error("name")
                    >
                        <TextInput
                            name="name"
                            value=state.value("name", "")
                            autocomplete="off"
                            required=true
                            maxlength=most(NAME_LIMIT)
                            spellcheck=false
                        />
                    </Field>
                    <Field
                        id="address"
                        label="Address"
                        hint="Of a public server, such as https://example.org/mcp."
                        error=state.error("address")
                    >
                        <TextInput
                            name="address"
                            kind="url"
                            value=state.value("address", "")
                            autocomplete="off"
                            required=true
                            maxlength=most(ADDRESS_LIMIT)
                            spellcheck=false
                        />
                    </Field>
                    <Field
                        id="secret"
                        label="Secret"
                        hint="What the server wants to see, such as Bearer and a key. It is kept sealed, sent to this server only, and never shown again."
                        error=state.error("secret")
                        optional=true
                    >
                        <PasswordInput name="secret" autocomplete="off" required=false maxlength=most(HEADER_LIMIT) />
                    </Field>
                    <Field
                        id="header"
                        label="Header of the secret"
                        hint="Leave it, unless the server asks for another one."
                        error=state.error("header")
                    >
                        <TextInput
                            name="header"
                            value=state.value("header", "Authorization")
                            autocomplete="off"
                            maxlength=100
                            spellcheck=false
                        />
                    </Field>
                    <ButtonRow>
                        <Button variant=Variant::Primary busy=state.busy()>"Add the server"</Button>
                    </ButtonRow>
                </FormStack>
            </Form>
        </Card>
    }
    .into_any()
}
