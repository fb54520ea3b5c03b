//! Looking again, until what is awaited has come.

use std::{future::Future, time::Duration};

use leptos::{prelude::*, task::spawn_local};
use serde::{Serialize, de::DeserializeOwned};
use web::{Debounce, Failure};

/// Asks for something again every so often, as long as `pause` says how long to wait, and so many times at most. The page changes
/// only when what it shows `differs`, so that nothing is lost that somebody types meanwhile. Nothing is asked on the server, or
/// once the page is left.
pub fn look_again<T, A>(
    resource: Resource<Result<T, Failure>>,
    most: u32,
    pause: impl Fn(&T) -> Option<Duration> + 'static,
    differs: impl Fn(&T, &T) -> bool + Clone + 'static,
    ask: impl Fn() -> A + Clone + 'static,
) where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    A: Future<Output = Result<T, Failure>> + 'static,
{
    let looks = RwSignal::new(0);
    Effect::new(move |_| {
        let wait = resource.with(|it| match it {
            Some(Ok(it)) => pause(it),
            _ => None,
        });
        let Some(wait) = wait.filter(|_| looks.get() < most) else { return };
        let (ask, differs) = (ask.clone(), differs.clone());
        // It ends with this run of the effect: when what is shown changes, another one begins.
        Debounce::new(wait).ask(move |asked| {
            spawn_local(async move {
                let answer = ask().await;
                if !asked.is_latest() {
                    return;
                }
                let is_news = resource.try_with_untracked(|shown| match (shown, &answer) {
                    (Some(Ok(shown)), Ok(answer)) => differs(shown, answer),
                    // An answer that doesn't come is no news.
                    _ => false,
                });
                if is_news == Some(true) {
                    resource.refetch();
                }
                _ = looks.try_update(|looks| *looks += 1);
            });
        });
    });
}
