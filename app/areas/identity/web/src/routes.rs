//! The area's routes. Everything is rendered whole, so that the status says what was found.

use leptos::prelude::*;
use leptos_router::{ChooseView, SsrMode, any_nested_route::IntoAnyNestedRoute, components::Route, path};

use crate::pages::{
    AppearancePage, CheckMailPage, ConfirmEmailPage, DevicesPage, ForgotPasswordPage, LetterPage, MailboxPage,
    ProfilePage, ResetMailPage, ResetPasswordPage, SignInPage, SignUpPage,
};

/// The area's pages. The browser loads the code of all of them when somebody first goes to one.
#[derive(Debug, Clone, Copy)]
enum Page {
    SignUp,
    CheckMail,
    ConfirmEmail,
    SignIn,
    ForgotPassword,
    ResetMail,
    ResetPassword,
    Profile,
    Devices,
    Appearance,
    Mailbox,
    Letter,
}

#[lazy]
fn identity_page(page: Page) -> AnyView {
    match page {
        Page::SignUp => view! { <SignUpPage /> }.into_any(),
        Page::CheckMail => view! { <CheckMailPage /> }.into_any(),
        Page::ConfirmEmail => view! { <ConfirmEmailPage /> }.into_any(),
        Page::SignIn => view! { <SignInPage /> }.into_any(),
        Page::ForgotPassword => view! { <ForgotPasswordPage /> }.into_any(),
        Page::ResetMail => view! { <ResetMailPage /> }.into_any(),
        Page::ResetPassword => view! { <ResetPasswordPage /> }.into_any(),
        Page::Profile => view! { <ProfilePage /> }.into_any(),
        Page::Devices => view! { <DevicesPage /> }.into_any(),
        Page::Appearance => view! { <AppearancePage /> }.into_any(),
        Page::Mailbox => view! { <MailboxPage /> }.into_any(),
        Page::Letter => view! { <LetterPage /> }.into_any(),
    }
}

impl ChooseView for Page {
    async fn choose(self) -> AnyView {
        #[cfg(not(target_arch = "wasm32"))]
        web::announce_parts("identity_page");
        identity_page(self).await
    }

    async fn preload(&self) {
        #[cfg(target_arch = "wasm32")]
        __preload_identity_page().await;
    }
}

/// The area's routes.
#[component(transparent)]
pub fn IdentityRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/sign-up") view=Page::SignUp ssr=SsrMode::Async />
        <Route path=path!("/sign-up/check-mail") view=Page::CheckMail ssr=SsrMode::Async />
        <Route path=path!("/confirm-email") view=Page::ConfirmEmail ssr=SsrMode::Async />
        <Route path=path!("/sign-in") view=Page::SignIn ssr=SsrMode::Async />
        <Route path=path!("/forgot-password") view=Page::ForgotPassword ssr=SsrMode::Async />
        <Route path=path!("/forgot-password/check-mail") view=Page::ResetMail ssr=SsrMode::Async />
        <Route path=path!("/reset-password") view=Page::ResetPassword ssr=SsrMode::Async />
        <Route path=path!("/settings") view=Page::Profile ssr=SsrMode::Async />
        <Route path=path!("/settings/devices") view=Page::Devices ssr=SsrMode::Async />
        <Route path=path!("/settings/appearance") view=Page::Appearance ssr=SsrMode::Async />
        <Route path=path!("/dev/mailbox") view=Page::Mailbox ssr=SsrMode::Async />
        <Route path=path!("/dev/mailbox/:id") view=Page::Letter ssr=SsrMode::Async />
    }
    .into_inner()
    .into_any_nested_route()
}
