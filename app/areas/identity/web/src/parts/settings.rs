//! The frame of the settings.

use leptos::prelude::*;
use leptos_meta::Title;
use ui::{PageBody, PageHeader, Tab, Tabs};
use web::ProblemView;

use super::SignOut;
use crate::routes;

/// Title and tabs around one page of the settings; whoever is not signed in is told so.
#[component]
pub fn SettingsFrame(
    /// The page's own title.
    title: &'static str,
    /// Its address.
    path: &'static str,
    /// The page.
    children: ChildrenFn,
) -> impl IntoView {
    let tabs = [(routes::SETTINGS, "Profile"), (routes::DEVICES, "Devices"), (routes::APPEARANCE, "Appearance")];
    let open = path == routes::APPEARANCE || web::use_viewer().is_some();
    #[cfg(not(target_arch = "wasm32"))]
    if !open {
        web::server::set_status(401);
    }
    view! {
        <Title text=format!("{title} · Settings") />
        <PageHeader title="Settings" actions=move || (web::use_viewer().is_some()).then(|| view! { <SignOut /> }) />
        <Tabs label="Settings">
            {tabs
                .into_iter()
                .map(|(href, label)| view! { <Tab href label current=href == path /> })
                .collect_view()}
        </Tabs>
        <PageBody>
            {if open { children().into_any() } else { view! { <ProblemView problem=kernel::Problem::unauthenticated() /> }.into_any() }}
        </PageBody>
    }
    .into_any()
}
