-- How much of the cluster whoever watches it sees, in his own words; told by `status`.
ALTER TABLE watch_term
    ADD COLUMN seen_at    timestamptz,
    ADD COLUMN complaints text[] NOT NULL DEFAULT '{}';
