-- The home feed looks for the followed among the youngest posts of all, so the index of those says whose they are.
create index posts_youngest on posts (id desc) include (author_id) where root_id is null and deleted_at is null;
drop index posts_public_feed;
alter index posts_youngest rename to posts_public_feed;
