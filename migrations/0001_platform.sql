-- The event log, rate limits and outgoing mail: what the server itself stands on.

-- Facts, appended in the transaction that makes them true; the outbox of everything that reacts to a change.
-- `position` is empty at first. One sequencer at a time numbers what has been committed, so that a reader who has seen
-- position n has seen all that will ever come before it (a serial number taken inside a transaction can't promise that:
-- a lower one may be committed later).
create sequence event_seq;
create sequence event_position;

create table events (
    id uuid not null,
    seq bigint not null default nextval('event_seq'),
    position bigint,
    kind text not null,
    version smallint not null check (version > 0),
    -- The thing it is about: a post, an account, a session.
    stream uuid not null,
    actor_id uuid,
    provenance text check (provenance in ('human', 'agent', 'agent_approved')),
    payload jsonb not null,
    occurred_at timestamptz not null,
    primary key (occurred_at, id)
) partition by range (occurred_at);

create index events_unsequenced on events (seq) where position is null;
create index events_by_position on events (position) where position is not null;
create index events_by_stream on events (stream, seq);

-- Takes what no month has a partition for, which is only what happened before Magentic was installed.
create table events_before partition of events default;

-- Creates the partition of the month that holds `moment`, unless it is there.
create function ensure_event_partition(moment timestamptz) returns void
language plpgsql as $$
declare
    first_day timestamptz := date_trunc('month', moment at time zone 'UTC') at time zone 'UTC';
    next_month timestamptz := (date_trunc('month', moment at time zone 'UTC') + interval '1 month') at time zone 'UTC';
    partition_name text := 'events_' || to_char(moment at time zone 'UTC', 'YYYY_MM');
begin
    perform pg_advisory_xact_lock(hashtext('ensure_event_partition'));
    if to_regclass(partition_name) is null
        and not exists (select from events_before where occurred_at >= first_day and occurred_at < next_month)
    then
        execute format('create table %I partition of events for values from (%L) to (%L)', partition_name, first_day, next_month);
    end if;
end
$$;

-- The generic cell rate algorithm keeps one instant per key: when the key's bucket will be empty again.
-- Unlogged: losing it in a crash forgives, which does no harm.
create unlogged table rate_limits (
    key text primary key,
    empty_at timestamptz not null
);
create index rate_limits_by_age on rate_limits (empty_at);

-- Letters, written in the transaction that causes them and sent by a job.
create table outgoing_mail (
    id uuid primary key,
    recipient text not null,
    subject text not null,
    body_text text not null,
    body_html text not null,
    created_at timestamptz not null,
    sent_at timestamptz,
    -- How it went out: to the development mailbox, or by SMTP.
    sent_via text check (sent_via in ('mailbox', 'smtp')),
    attempts integer not null default 0,
    last_error text,
    check ((sent_at is null) = (sent_via is null))
);
create index outgoing_mail_by_sending on outgoing_mail (id desc) where sent_via = 'mailbox';

-- Facts about this installation as a whole, such as whether the demo world has been loaded.
create table installation (
    fact text primary key,
    value text not null
);
