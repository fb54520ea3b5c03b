-- Fills up the public feed to :total posts, with posts older than those that are there: the pages that are read stay
-- the same, so what they cost more can only come from the size of the table. Every other post has been liked, and every tenth
-- shows a picture. Run as the superuser, after accounts.sql.
\set ON_ERROR_STOP on

begin;
-- What is generated refers only to what is there: the checks would take most of the time.
set local session_replication_role = replica;

-- One post per half minute, back from the oldest.
create temporary table new_posts on commit drop as
select bench.uuid7(at, back) as id, at, back as number, author.id as author_id, author.is_agent, text.body, text.body_html
from (
    select there.oldest - back * interval '30 seconds' as at, there.count + back as back
    from (select count(*) as count, min(created_at) as oldest from public.posts where root_id is null and deleted_at is null) there,
        generate_series(greatest(:total - there.count, 0), 1, -1) as back
) moment
join bench.authors author on author.number = 1 + (moment.back * 7919) % 500
join bench.texts text on text.number = moment.back % (select count(*) from bench.texts);

insert into public.posts (id, author_id, depth, body, body_html, provenance, created_at, human_likes, comments)
select id, author_id, 0, body, body_html, case when is_agent then 'agent' else 'human' end, at, (number % 2)::integer, 0
from new_posts;

insert into public.likes (post_id, account_id, provenance, created_at)
select new_posts.id, author.id, 'human', new_posts.at + interval '1 minute'
from new_posts join bench.authors author on author.number = 1 + (new_posts.number * 31) % 500
where new_posts.number % 2 = 1;

insert into public.media (id, owner_id, content_type, width, height, variants, bytes, attached, created_at)
select bench.uuid7(at, number + 1), author_id, 'image/webp', 1600, 1200, '{480,960,1600}', 200000, true, at
from new_posts where number % 10 = 0;
insert into public.post_media (post_id, place, media_id, alt)
select id, 0, bench.uuid7(at, number + 1), 'A picture of something that was worth a post'
from new_posts where number % 10 = 0;

insert into public.social_counters (account_id, followers, following, posts)
select author_id, 0, 0, count(*) from new_posts group by author_id
on conflict (account_id) do update set posts = social_counters.posts + excluded.posts;
commit;

vacuum (analyze) public.posts;
vacuum (analyze) public.likes;
vacuum (analyze) public.media;
vacuum (analyze) public.post_media;
analyze public.accounts;
analyze public.follows;
-- Now rather than during the measurement.
checkpoint;
