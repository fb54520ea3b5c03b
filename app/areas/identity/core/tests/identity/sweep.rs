//! Clearing away.

use chrono::TimeDelta;
use identity_core::job::{self, Swept};

use super::*;

#[tokio::test]
async fn what_is_no_longer_needed_goes_and_the_rest_stays() {
    let app = TestApp::new().await;
    app.member("ana").await;
    app.sign_up("late", "late@example.org", PASSWORD).await.expect("signed up");
    app.request_reset("ana@example.org").await;
    _ = app.sign_in("ana", "not the password at all").await;
    let old = app.sign_in("ana", PASSWORD).await.expect("signed in");
    _ = app.sign_in("nobody", "not the password at all").await;
    let before = (app.count("accounts").await, app.count("sessions").await);
    assert_eq!(before, (2, 1));
    let nothing = Swept { accounts: 0, links: 0, sessions: 0, failures: 0 };
    let sweep = async || job::sweep(&app.database, app.world.now()).await.expect("swept");
    assert_eq!(sweep().await, nothing);

    // Failures go after a day; an unconfirmed account, with its login and its links, after a week, and its handle is free.
    app.clock.advance(TimeDelta::days(2));
    assert_eq!(sweep().await, Swept { failures: 2, ..nothing });
    app.clock.advance(TimeDelta::days(6));
    app.sign_up("fresh", "fresh@example.org", PASSWORD).await.expect("signed up");
    assert_eq!(sweep().await, Swept { accounts: 1, ..nothing });
    assert_eq!((app.count("accounts").await, app.count("logins").await), (2, 2));
    app.sign_up("late", "late@example.org", PASSWORD).await.expect("signed up again");

    // Sessions and links go thirty days after they have ended.
    app.clock.advance(TimeDelta::days(24));
    sweep().await;
    assert_eq!(app.count("sessions").await, 1);
    app.clock.advance(TimeDelta::days(30));
    sweep().await;
    assert_eq!((app.count("sessions").await, app.count("email_tokens").await), (0, 0));
    let gone = service::authenticate(app.database.pool(), &app.world, &old.token).await.expect("an answer");
    assert!(gone.is_none());
    app.sign_in("ana", PASSWORD).await.expect("a confirmed account stays");
}

#[tokio::test]
async fn an_account_that_others_sent_something_to_stays_and_is_in_nobodys_way() {
    let app = TestApp::new().await;
    app.sign_up("paid", "paid@example.org", PASSWORD).await.expect("signed up");
    app.sign_up("late", "late@example.org", PASSWORD).await.expect("signed up");
    sqlx::query(
        "insert into media (id, owner_id, content_type, width, height, variants, bytes, created_at)
         select gen_random_uuid(), id, 'image/webp', 1, 1, '{1}', 1, created_at from accounts where handle = 'paid'",
    )
    .execute(app.database.pool())
    .await
    .expect("something that is theirs");
    app.clock.advance(TimeDelta::days(8));
    let swept = job::sweep(&app.database, app.world.now()).await.expect("swept");
    assert_eq!(swept.accounts, 1);
    assert_eq!((app.count("accounts").await, app.count("logins").await), (1, 1));
}
