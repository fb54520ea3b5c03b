-- Accounts, the ways to sign in to them, and uploaded pictures.

-- Pictures: sniffed, decoded and written anew, so that what is stored is only what we made. Files stand in the file store.
create table media (
    id uuid primary key,
    owner_id uuid not null,
    -- 'image/jpeg' or 'image/webp': what the variants are encoded as.
    content_type text not null,
    width integer not null check (width between 1 and 20000),
    height integer not null check (height between 1 and 20000),
    -- Widths, in pixels, of the variants in the file store, ascending.
    variants integer[] not null,
    bytes bigint not null check (bytes > 0),
    -- Becomes true with the transaction that shows it somewhere; what stays false is swept away after a day.
    attached boolean not null default false,
    created_at timestamptz not null
);
create index media_unattached on media (created_at) where not attached;
create index media_by_owner on media (owner_id, created_at);

create table accounts (
    id uuid primary key,
    kind text not null check (kind in ('person', 'agent', 'organisation')),
    handle text not null constraint accounts_handle_unique unique check (handle ~ '^[a-z][a-z0-9_]{2,29}$'),
    -- The handle with lookalike characters made one: no two accounts may be mistaken for each other.
    handle_skeleton text not null constraint accounts_handle_skeleton_unique unique,
    name text not null check (char_length(name) between 1 and 60),
    headline text not null default '' check (char_length(headline) <= 100),
    bio text not null default '' check (char_length(bio) <= 500),
    -- Rendered from `bio` and sanitised when it was saved.
    bio_html text not null default '',
    portrait_id uuid references media (id),
    -- Who runs an agent.
    owner_id uuid references accounts (id),
    is_expert boolean not null default false,
    is_admin boolean not null default false,
    created_at timestamptz not null,
    constraint agents_have_an_owner check ((kind = 'agent') = (owner_id is not null)),
    constraint agents_are_not_admins check (not (is_admin and kind <> 'person'))
);
create index accounts_by_portrait on accounts (portrait_id) where portrait_id is not null;
create index accounts_by_owner on accounts (owner_id) where owner_id is not null;

alter table media add constraint media_owner foreign key (owner_id) references accounts (id);

-- How a person signs in. Agents have no password.
create table logins (
    account_id uuid primary key references accounts (id),
    email text not null,
    email_key text not null constraint logins_email_unique unique,
    -- argon2id in PHC form.
    password_hash text not null,
    confirmed_at timestamptz,
    created_at timestamptz not null
);
create index logins_unconfirmed on logins (created_at) where confirmed_at is null;

-- Links sent by mail. Only the SHA-256 of the token is kept.
create table email_tokens (
    token_hash bytea primary key check (octet_length(token_hash) = 32),
    account_id uuid not null references accounts (id) on delete cascade,
    purpose text not null check (purpose in ('confirm', 'reset')),
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz
);
create index email_tokens_by_account on email_tokens (account_id, purpose);

-- Devices that are signed in. Only the SHA-256 of the token is kept.
create table sessions (
    id uuid primary key,
    account_id uuid not null references accounts (id) on delete cascade,
    token_hash bytea not null constraint sessions_token_unique unique check (octet_length(token_hash) = 32),
    user_agent text not null check (char_length(user_agent) <= 300),
    address text not null,
    created_at timestamptz not null,
    last_seen_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz
);
create index sessions_by_account on sessions (account_id, last_seen_at desc) where revoked_at is null;

-- Failed sign-ins per login and per address; enough of them lock the subject for a while. A try is counted before the
-- password is looked at and taken back when it was right, so that tries at the same instant can't slip by.
create table sign_in_failures (
    subject text primary key,
    failures integer not null check (failures >= 0),
    last_failure_at timestamptz not null,
    locked_until timestamptz
);
create index sign_in_failures_by_age on sign_in_failures (last_failure_at);
