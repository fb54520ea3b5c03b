//! A question in front of the page.

use crate::{Icon, IconName};
use leptos::children::ViewFnOnce;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlDialogElement;

/// How large a dialog is. On a phone all but pictures become sheets.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum DialogSize {
    /// A question.
    #[default]
    Normal,
    /// A form.
    Wide,
    /// A picture.
    Picture,
}

impl DialogSize {
    const fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Wide => "wide",
            Self::Picture => "picture",
        }
    }
}

/// A modal dialog. It needs JavaScript to open, so whatever opens it is a link to a page that asks the same.
#[component]
pub fn Dialog(
    /// Its id, unique on the page.
    #[prop(into)]
    id: String,
    /// What it asks.
    #[prop(into)]
    title: String,
    /// Whether it is open.
    #[prop(into)]
    open: Signal<bool>,
    /// Called when it was closed, by whatever means; sets what `open` reads.
    #[prop(into)]
    on_close: Callback<()>,
    /// How large.
    #[prop(optional)]
    size: DialogSize,
    /// The answers: quiet first, the one that acts last.
    #[prop(optional, into)]
    actions: Option<ViewFnOnce>,
    /// What there is to know.
    children: Children,
) -> impl IntoView {
    let title_id = format!("{id}-title");
    let heading_id = title_id.clone();
    let element = id.clone();
    Effect::new(move |_| {
        let open = open.get();
        let found = document().get_element_by_id(&element).and_then(|it| it.dyn_into::<HtmlDialogElement>().ok());
        let Some(dialog) = found else { return };
        if open && !dialog.open() {
            // Refused only where the dialog has left the page, and then nobody sees it.
            let _ = dialog.show_modal();
        } else if !open && dialog.open() {
            dialog.close();
        }
    });
    view! {
        <dialog class="dialog" id=id data-size=size.name() aria-labelledby=title_id on:close=move |_| on_close.run(())>
            <div class="dialog-head">
                <h2 id=heading_id>{title}</h2>
            </div>
            <div class="dialog-body">
                {children()}
                {actions.map(|it| view! { <div class="dialog-actions">{it.run()}</div> })}
            </div>
            // Last in the order of focus, so that a dialog opens on its first field or its quiet answer.
            <form class="dialog-close" method="dialog">
                <button class="icon-button" type="submit" aria-label="Close"><Icon name=IconName::Close /></button>
            </form>
        </dialog>
    }
    .into_any()
}
