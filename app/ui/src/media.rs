//! Pictures in posts.

use crate::{Icon, IconName};
use leptos::children::ViewFnOnce;
use leptos::prelude::*;

/// A picture with everything the browser needs to keep its place free.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Picture {
    /// The address of the size shown.
    pub src: String,
    /// Other sizes, as in the `srcset` attribute.
    pub srcset: Option<String>,
    /// The address of the full size.
    pub href: String,
    /// What is to be seen; empty if nobody described it.
    pub alt: String,
    /// The width of `src` in pixels.
    pub width: u32,
    /// The height of `src` in pixels.
    pub height: u32,
}

/// One to four pictures, each leading to its full size.
#[component]
pub fn MediaGrid(
    /// The pictures; only the first four are shown.
    pictures: Vec<Picture>,
    /// The page is about their post: they take the card's whole width and are loaded at once. Others wait until the
    /// reader comes near.
    #[prop(optional)]
    focus: bool,
) -> impl IntoView {
    let count = pictures.len().min(4);
    // How wide each is shown: the page's measure, or the window, less what style/post.css puts around the grid. Where they
    // are too generous, the browser takes a larger file than it shows.
    let sizes = match (count, focus) {
        (1, false) => "(min-width: 700px) 34.25rem, calc(100vw - 5.25rem)",
        (1, true) => "(min-width: 700px) 37.5rem, calc(100vw - 2rem)",
        (_, false) => "(min-width: 700px) 17rem, calc(50vw - 2.625rem)",
        (_, true) => "(min-width: 700px) 18.75rem, calc(50vw - 1rem)",
    };
    let items = pictures
        .into_iter()
        .take(4)
        .enumerate()
        .map(|(at, picture)| {
            let described = !picture.alt.is_empty();
            let label = (!described).then(|| format!("Picture {} of {count}, not described", at + 1));
            view! {
                // Opened by the browser: a file is no page of the router.
                <a class="media-item" href=picture.href rel="external" aria-label=label>
                    <img
                        src=picture.src
                        srcset=picture.srcset
                        sizes=sizes
                        alt=picture.alt
                        width=picture.width
                        height=picture.height
                        loading=(!focus).then_some("lazy")
                        decoding="async"
                    />
                    {described.then(|| view! { <span class="media-alt" aria-hidden="true">"ALT"</span> })}
                </a>
            }
            .into_any()
        })
        .collect_view();
    view! { <div class="media-grid post-media" data-count=count.to_string()>{items}</div> }.into_any()
}

/// A picture waiting to be posted, with room for its description.
#[component]
pub fn MediaDraft(
    /// The address of a preview.
    #[prop(into)]
    src: String,
    /// The field for the description.
    children: Children,
    /// The button that takes it out.
    #[prop(optional, into)]
    remove: Option<ViewFnOnce>,
) -> impl IntoView {
    let placeholder = src.is_empty();
    view! {
        <div class="media-draft">
            {if placeholder {
                view! { <span class="skeleton" data-shape="portrait"></span> }.into_any()
            } else {
                view! { <img src=src alt="" width="88" height="88" /> }.into_any()
            }}
            <div>{children()}</div>
            {match remove {
                Some(remove) => remove.run(),
                None => view! { <Icon name=IconName::Image /> }.into_any(),
            }}
        </div>
    }
    .into_any()
}
