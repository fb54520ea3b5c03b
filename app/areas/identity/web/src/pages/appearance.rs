//! Light and dark.

use leptos::{prelude::*, task::spawn_local};
use ui::{Card, FormError, ThemeSwitch};
use web::{Failure, Form, FormState, Theme, use_boot};

use crate::{
    api::{SetTheme, set_theme},
    parts::{SettingsFrame, SettingsTab},
};

/// The page to choose light or dark on. It concerns this browser only, so visitors may, too.
#[component]
pub fn AppearancePage() -> impl IntoView {
    view! {
        <SettingsFrame tab=SettingsTab::Appearance>
            <Appearance />
        </SettingsFrame>
    }
    .into_any()
}

#[component]
fn Appearance() -> impl IntoView {
    let state = FormState::<SetTheme>::new();
    let current = RwSignal::new(use_boot().theme.as_str().to_owned());
    // The page was loaded with one theme, and another may have been chosen since.
    Effect::new(move |_| {
        if let Some(root) = document().document_element() {
            let chosen = root.get_attribute("data-theme").unwrap_or_default();
            current.set(Theme::parse(&chosen).as_str().to_owned());
        }
    });
    let on_choose = move |theme: &'static str| {
        show(theme);
        current.set(theme.to_owned());
        spawn_local(async move {
            if let Err(Failure(problem)) = set_theme(theme.to_owned()).await {
                state.problem().set(Some(problem));
            }
        });
    };
    view! {
        <Card title="Theme" note="Remembered in this browser.">
            <Form state>
                <FormError message=state.message() />
                <ThemeSwitch current on_choose />
            </Form>
        </Card>
    }
}

/// Dresses the page at once; the server remembers it for the next one.
fn show(theme: &'static str) {
    let Some(root) = document().document_element() else { return };
    // Neither can fail with these names: both are valid XML names.
    _ = if theme == Theme::System.as_str() {
        root.remove_attribute("data-theme")
    } else {
        root.set_attribute("data-theme", theme)
    };
}
