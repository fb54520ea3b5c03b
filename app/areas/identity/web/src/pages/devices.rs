//! The devices on which one is signed in.

use leptos::prelude::*;
use ui::{
    Badge, Button, ButtonRow, ButtonSize, Card, Cell, CellKind, Column, ListSkeleton, RowHead, Table, Timestamp, Tone,
    Variant,
};
use web::{Failure, Form, FormState, Loaded, Outcome, reload_at};

use crate::{
    api::{RevokeOtherSessions, RevokeSession, my_devices},
    dto::Device,
    parts::{SettingsFrame, SettingsTab},
};

type Devices = Resource<Result<Vec<Device>, Failure>>;

/// The page of signed-in devices.
#[component]
pub fn DevicesPage() -> impl IntoView {
    view! {
        <SettingsFrame tab=SettingsTab::Devices>
            <DeviceList />
        </SettingsFrame>
    }
    .into_any()
}

#[component]
fn DeviceList() -> impl IntoView {
    let devices: Devices = Resource::new(|| (), |()| my_devices());
    view! {
        <Card title="Signed-in devices" note="Sign out what you don't know or no longer use. A device that isn't used for 30 days is signed out by itself.">
            <Loaded resource=devices skeleton=|| view! { <ListSkeleton count=3 /> } let:list>
                <DeviceTable list devices />
            </Loaded>
        </Card>
    }
}

#[component]
fn DeviceTable(list: Vec<Device>, devices: Devices) -> impl IntoView {
    let others = list.iter().any(|device| !device.current);
    let heads = vec![Column::text("Device"), Column::text("Use"), Column::actions("Sign out")];
    let rows = list.into_iter().map(|device| view! { <DeviceRow device devices /> }.into_any()).collect_view();
    view! {
        <Table label="Signed-in devices" headers=heads stack=true>{rows}</Table>
        {others.then(|| view! { <SignOutOthers devices /> })}
    }
    .into_any()
}

#[component]
fn DeviceRow(device: Device, devices: Devices) -> impl IntoView {
    let state = FormState::<RevokeSession>::of(device.id.to_string());
    view! {
        <tr>
            <RowHead note=device.address>
                {device.name} {device.current.then(|| view! { " " <Badge tone=Tone::Accent>"This device"</Badge> })}
            </RowHead>
            // Said in words: on a phone the heads of the columns are not there.
            <Cell>
                "Last used: " <Timestamp when=device.last_used.into() /> <br /> "Signed in: "
                <Timestamp when=device.signed_in.into() />
            </Cell>
            <Cell kind=CellKind::Actions>
                <Form state on_done=move |outcome| after(outcome, devices)>
                    <input type="hidden" name="session" value=device.id.to_string() />
                    <Button size=ButtonSize::Small busy=state.busy()>"Sign out"</Button>
                    {move || state.message().get().map(|message| view! { <p role="alert">{message}</p> })}
                </Form>
            </Cell>
        </tr>
    }
}

#[component]
fn SignOutOthers(devices: Devices) -> impl IntoView {
    let state = FormState::<RevokeOtherSessions>::new();
    view! {
        <Form state on_done=move |outcome| after(outcome, devices)>
            <ButtonRow>
                <Button variant=Variant::Danger busy=state.busy()>"Sign out all other devices"</Button>
            </ButtonRow>
            {move || state.message().get().map(|message| view! { <p role="alert">{message}</p> })}
        </Form>
    }
}

/// Shows what is left, or leaves when it was this very device.
fn after(outcome: Outcome, devices: Devices) {
    match outcome {
        Outcome::Reload(path) | Outcome::Go(path) => reload_at(&path),
        Outcome::Stay => devices.refetch(),
    }
}
